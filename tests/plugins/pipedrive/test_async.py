"""The same for an async client: judged in a thread, the loop goes on."""

from __future__ import annotations

import json
import threading
from typing import Any

import anyio
import httpx
import pytest

import aboveboard_pipedrive
from aboveboard import Gate, StepDenied
from aboveboard.crm import Record
from examples.pipedrive.server import LANGUAGE, PipedriveServer
from tests.plugins.pipedrive.conftest import known

pytestmark = pytest.mark.anyio


def wrapped(server: PipedriveServer, gate: Gate, **options: Any) -> httpx.AsyncClient:
    client = httpx.AsyncClient(
        base_url=server.url, headers={"x-api-token": server.token}, trust_env=False
    )
    stated = {
        "purpose": "contact_management", "gate": gate, "recipient": "crm", "facts": known, **options,
    }  # fmt: skip
    return aboveboard_pipedrive.wrap(client, **stated)


async def test_a_page_is_cut_and_judged_off_the_loop(server: PipedriveServer, gate: Gate) -> None:
    threads: set[int] = set()

    def facts(_: Record) -> dict[str, Any]:
        threads.add(threading.get_ident())
        return known()

    async with wrapped(server, gate, facts=facts) as client:
        data = (await client.get("/api/v2/persons")).json()["data"]
    assert len(data) == 4
    assert "birthday" not in data[0]
    assert LANGUAGE in data[0]["custom_fields"]
    assert threading.get_ident() not in threads
    assert threads


async def test_look_ups_go_over_the_same_client(server: PipedriveServer, gate: Gate) -> None:
    limits = httpx.Limits(max_connections=1)
    inner = httpx.AsyncHTTPTransport(limits=limits)
    governed = aboveboard_pipedrive.transport(
        inner, purpose="contact_management", gate=gate, recipient="crm", facts=known
    )
    headers = {"x-api-token": server.token}
    async with httpx.AsyncClient(
        base_url=server.url, headers=headers, transport=governed
    ) as client:
        answer = await client.get("/api/v2/persons/search", params={"term": "a"})
    assert answer.json()["data"]["items"]
    assert [path for _, path, _ in server.asked] == ["/api/v2/persons/search", "/api/v2/persons"]


async def test_many_at_once_get_their_own(server: PipedriveServer, gate: Gate) -> None:
    found: dict[int, Any] = {}
    async with wrapped(server, gate) as client:

        async def one(number: int) -> None:
            answer = await client.get(f"/api/v2/persons/{number % 4 + 1}")
            found[number] = answer.json()["data"]["id"]

        async with anyio.create_task_group() as group:
            for number in range(24):
                group.start_soon(one, number)
    assert found == {number: number % 4 + 1 for number in range(24)}


async def test_a_stop_comes_out_as_itself(server: PipedriveServer, gate: Gate) -> None:
    async with wrapped(server, gate) as client:
        with pytest.raises(StepDenied):
            await client.patch("/api/v2/persons/1", json={"label_ids": [5]})
        with pytest.raises(StepDenied):
            await client.get("/api/v2/horoscopes")
        server.answers = [None]
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/v2/persons")
    assert ("PATCH", "/api/v2/persons/1") not in [item[:2] for item in server.asked]


async def test_a_stream_is_given_back_whole(server: PipedriveServer, gate: Gate) -> None:
    async with (
        wrapped(server, gate) as client,
        client.stream("GET", "/api/v2/persons/1") as response,
    ):
        parts = [part async for part in response.aiter_bytes()]
    assert "birthday" not in json.loads(b"".join(parts))["data"]


async def test_an_account_without_campaigns_is_asked_once(
    server: PipedriveServer, gate: Gate
) -> None:
    server.campaigns = False
    async with wrapped(server, gate) as client:
        for number in (1, 2):
            assert (await client.get(f"/api/v2/persons/{number}")).status_code == 200
    asked = [query.get("include_fields") for _, path, query in server.asked if "persons/" in path]
    assert asked == ["doi_status,marketing_status", None, None]


async def test_a_write_is_cut_before_it_leaves(server: PipedriveServer, gate: Gate) -> None:
    body = {"job_title": "Buyer of pumps", "birthday": "1984-03-02"}
    async with wrapped(server, gate) as client:
        await client.patch("/api/v2/persons/1", json=body)
    index = [item[:2] for item in server.asked].index(("PATCH", "/api/v2/persons/1"))
    assert server.bodies[index] == {"job_title": "Buyer of pumps"}
