"""Wrong types, huge pages, odd texts, many threads."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aboveboard import StepDenied
from examples.pipedrive.server import PipedriveServer, person
from tests.plugins.pipedrive.conftest import Make

ODD: list[Any] = [
    {}, {"data": None}, {"data": []}, {"data": [None, 3, "x", [1]]}, {"data": "Aino Esimerkki"},
    {"data": [{"custom_fields": [1]}, {"custom_fields": None}, {"emails": {"a": 1}}]},
    {"data": [{"id": {"id": {"id": 1}}, "name": ["Aino"]}]}, {"additional_data": "x", "data": [{}]},
    {"related_objects": [1], "data": [{}]}, {"related_objects": {"person": [1]}, "data": [{}]},
    {"data": {"items": [{"item": None}, 3, {"item": {"type": 7}}]}},
    {"data": [{"id": 1, "name": "🦄 Ünïcødé \u202e \x00"}]},
]  # fmt: skip
PATHS = [
    "/api/v2/persons", "/api/v2/persons/search", "/v1/leads", "/v1/recents", "/v1/notes",
    "/v1/persons/1/changelog", "/v1/persons/1/flow", "/api/v2/itemSearch", "/v1/users",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_crashes_the_program(make: Make, server: PipedriveServer, path: str) -> None:
    client = make()
    for answer in ODD:
        server.routes[path] = lambda answer=answer: {"success": True, **answer}
        try:
            given = client.get(path)
        except StepDenied:
            continue
        assert given.status_code == 200
        assert isinstance(given.json(), dict)


def test_what_nobody_understands_is_not_given(make: Make, server: PipedriveServer) -> None:
    server.routes["/api/v2/persons"] = lambda: {
        "success": True, "data": ["Aino Esimerkki", {"id": 1, "shoe": "Aino Esimerkki"}],
        "more": {"of": "Aino Esimerkki"},
    }  # fmt: skip
    assert "Aino" not in make().get("/api/v2/persons").text


def test_a_huge_page_is_one_page(make: Make, server: PipedriveServer) -> None:
    for number in range(5, 501):
        server.persons[number] = person(number, f"Person {number}")
    data = make().get("/api/v2/persons", params={"limit": 500}).json()["data"]
    assert len(data) == 500
    assert len(server.asked) == 2
    assert not any("birthday" in item for item in data)


def test_many_threads_get_their_own(make: Make) -> None:
    client = make()

    def one(number: int) -> int:
        data = client.get(f"/api/v2/persons/{number % 4 + 1}").json()["data"]
        assert "birthday" not in data
        return int(data["id"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(40))) == [number % 4 + 1 for number in range(40)]


def test_a_custom_field_that_is_named_twice_stays_unknown(
    make: Make, server: PipedriveServer
) -> None:
    twin = "e" * 40
    definitions = [
        {"field_name": "Preferred language", "field_code": code, "field_type": "varchar",
         "is_custom_field": True}
        for code in ("d4de1c1518b4531717c676029a45911c340390a6", twin)
    ]  # fmt: skip
    server.routes["/api/v2/personFields"] = lambda: {"success": True, "data": definitions}
    server.persons[1]["custom_fields"] = {definitions[0]["field_code"]: "fi", twin: "secret"}
    assert make().get("/api/v2/persons/1").json()["data"]["custom_fields"] == {}


def test_a_custom_field_cannot_take_over_the_name_of_a_standard_one(
    make: Make, server: PipedriveServer
) -> None:
    code = "a" * 40
    server.routes["/api/v2/personFields"] = lambda: {
        "success": True,
        "data": [{"field_name": "name", "field_code": code, "field_type": "varchar"}],
    }
    server.persons[1]["custom_fields"] = {code: "secret"}
    assert "secret" not in make().get("/api/v2/persons/1").text


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b'{"data": [7]}', b'{"data": [{"a": 1}]}'])
def test_definitions_that_are_none_leave_fields_unknown(
    make: Make, server: PipedriveServer, log: list[Any], answer: bytes
) -> None:
    page = json.dumps({"success": True, "data": [{"id": 1, "custom_fields": {"b" * 40: "secret"}}]})
    server.answers = [(200, {}, page.encode()), (200, {}, answer)]
    assert "secret" not in make().get("/api/v2/persons/1").text
    assert [entry for entry in log if entry["event"] == "lookup.failed"]
