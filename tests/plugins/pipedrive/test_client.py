"""An httpx client of Pipedrive, wrapped: what is asked, what is given, what is stopped."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import httpx
import pytest

import aboveboard_pipedrive
from aboveboard import ConfigurationError, Gate, StepDenied
from aboveboard.crm import Record
from examples.pipedrive.server import AGREED, LANGUAGE, PROOF, SCORE, PipedriveServer
from tests.plugins.pipedrive.conftest import Make, known


def asked(server: PipedriveServer) -> list[str]:
    return [f"{method} {path}" for method, path, _ in server.asked]


def test_a_page_comes_without_what_the_purpose_does_not_need(
    make: Make, server: PipedriveServer
) -> None:
    answer = make().get("/api/v2/persons", params={"limit": 2}).json()
    assert [item["id"] for item in answer["data"]] == [1, 2]
    for item in answer["data"]:
        assert {"name", "phones", "job_title"} <= item.keys()
        assert not {"emails", "birthday", "notes", "postal_address"} & item.keys()
        assert item["custom_fields"] == {LANGUAGE: 1, AGREED: "2026-10-02", SCORE: None}
    assert answer["additional_data"] == {"next_cursor": "2"}


def test_the_plugin_asks_for_consent_and_takes_it_out_again(
    make: Make, server: PipedriveServer
) -> None:
    seen: list[Any] = []

    def facts(record: Record) -> dict[str, Any]:
        seen.append(record.facts.get("consent"))
        return known()

    answer = make(facts=facts).get(
        "/api/v2/persons/1", params={"include_fields": "open_deals_count"}
    )
    assert server.asked[0][2]["include_fields"] == "open_deals_count,doi_status,marketing_status"
    assert "marketing_status" not in answer.json()["data"]
    assert seen[-1][0]["status"] == "dpv:ConsentGiven"


def test_who_asks_for_the_status_gets_it(make: Make) -> None:
    params = {"include_fields": "marketing_status"}
    data = make().get("/api/v2/persons/1", params=params).json()["data"]
    assert data["marketing_status"] == "subscribed"
    assert "doi_status" not in data


def test_an_account_without_campaigns_is_asked_once(make: Make, server: PipedriveServer) -> None:
    server.campaigns = False
    client = make()
    assert client.get("/api/v2/persons/1").status_code == 200
    assert client.get("/api/v2/persons/2").status_code == 200
    extra = [query.get("include_fields") for _, path, query in server.asked if "persons/" in path]
    assert extra == ["doi_status,marketing_status", None, None]


def test_what_only_the_program_asks_for_is_its_own_error(
    make: Make, server: PipedriveServer
) -> None:
    server.campaigns = False
    params = {"include_fields": "marketing_status,doi_status"}
    answer = make().get("/api/v2/persons/1", params=params)
    assert answer.status_code == 400
    assert answer.json()["error"] == "Invalid include_fields"
    assert len(server.asked) == 1


def test_a_field_that_must_not_be_had_is_never_asked_for(
    make: Make, server: PipedriveServer
) -> None:
    params = {"custom_fields": f"{LANGUAGE},{PROOF}"}
    data = make().get("/api/v2/persons/1", params=params).json()["data"]
    assert server.asked[-1][2]["custom_fields"] == LANGUAGE
    assert data["custom_fields"] == {LANGUAGE: 1}


def test_no_custom_field_left_does_not_bring_them_all(make: Make, server: PipedriveServer) -> None:
    data = make().get("/api/v2/persons/1", params={"custom_fields": PROOF}).json()["data"]
    assert server.asked[-1][2]["custom_fields"] == PROOF
    assert data["custom_fields"] == {}


def test_definitions_are_asked_for_once(make: Make, server: PipedriveServer) -> None:
    client = make()
    for number in (1, 2, 3, 1):
        client.get(f"/api/v2/persons/{number}")
    assert asked(server).count("GET /api/v2/personFields") == 1


def test_a_search_costs_one_request_for_consent(make: Make, server: PipedriveServer) -> None:
    seen: dict[str | None, Any] = {}

    def facts(record: Record) -> dict[str, Any]:
        seen[record.subject] = record.facts.get("consent")
        return known()

    client = make(facts=facts)
    for _ in range(2):
        answer = client.get("/api/v2/persons/search", params={"term": "e"}).json()
    assert len(answer["data"]["items"]) == 4
    assert "emails" not in answer["data"]["items"][0]["item"]
    assert seen["pipedrive/persons/2"][0]["status"] == "dpv:ConsentGiven"
    ours = [query for _, path, query in server.asked if path == "/api/v2/persons"]
    assert [query["ids"] for query in ours] == ["1,2,3,4"]


def test_a_failed_look_up_leaves_consent_unknown(
    make: Make, server: PipedriveServer, log: list[Any]
) -> None:
    items = [{"result_score": 1.0, "item": {"id": 1, "type": "person", "name": "Aino Esimerkki"}}]
    page = json.dumps({"success": True, "data": {"items": items}}).encode()
    server.answers = [(200, {}, page), (500, {}, b"{}")]
    answer = make().get("/api/v2/persons/search", params={"term": "aino"})
    assert answer.json()["data"]["items"] == items
    (entry,) = [entry for entry in log if entry["event"] == "lookup.failed"]
    assert entry["lookup"] == "pipedrive.persons"


def test_a_score_is_profiling_and_stops_without_its_facts(
    make: Make, server: PipedriveServer
) -> None:
    with pytest.raises(StepDenied) as stopped:
        make().patch("/api/v2/persons/1", json={"label_ids": [5]})
    assert stopped.value.verdict.effect == "deny"
    assert "PATCH /api/v2/persons/1" not in asked(server)
    assert server.persons[1]["label_ids"] == []


def test_what_is_written_leaves_without_what_must_not_be_kept(
    make: Make, server: PipedriveServer
) -> None:
    answer = make().patch(
        "/api/v2/persons/1", json={"job_title": "Head of pumps", "birthday": "1984-03-02"}
    )
    assert answer.status_code == 200
    index = asked(server).index("PATCH /api/v2/persons/1")
    assert server.bodies[index] == {"job_title": "Head of pumps"}
    assert "birthday" not in answer.json()["data"]


def test_a_form_is_read_as_version_1_takes_it(make: Make, server: PipedriveServer) -> None:
    make().put("/v1/mailbox/mailThreads/3", data={"deal_id": "5", "mood": "sour"})
    assert server.bodies[0] == b"deal_id=5"


def test_what_cannot_be_read_is_not_written(make: Make, server: PipedriveServer) -> None:
    client = make()
    for content in (b"\x00\xff", b'"text"', b"[" * 100_000):
        with pytest.raises(StepDenied, match="no JSON"):
            client.post("/api/v2/persons", content=content)
    assert server.asked == []


def test_an_opt_out_always_goes_through_and_counts_at_once(
    server: PipedriveServer, make: Make, keeping: Gate
) -> None:
    client = make(gate=keeping)
    answer = client.patch("/api/v2/persons/1", json={"marketing_status": "unsubscribed"})
    assert answer.status_code == 200
    assert server.persons[1]["marketing_status"] == "unsubscribed"
    assert keeping.store is not None
    subject = keeping.pseudonym("pipedrive/persons/1")
    assert [entry.scope for entry in keeping.store.of([subject])[subject]] == ["email"]


def test_an_opt_out_that_is_done_is_not_undone_by_its_answer(
    server: PipedriveServer, make: Make, keeping: Gate
) -> None:
    def facts(_: Record) -> dict[str, Any]:
        return {**known(), "rights_requests": [{"type": "erasure", "status": "open"}]}

    client = make(gate=keeping, facts=facts)
    answer = client.patch("/api/v2/persons/1", json={"marketing_status": "unsubscribed"})
    assert answer.status_code == 200
    assert "Aino" not in answer.text
    assert server.persons[1]["marketing_status"] == "unsubscribed"


def test_records_that_must_not_be_had_are_left_out(make: Make) -> None:
    def facts(record: Record) -> dict[str, Any]:
        gone = (
            [{"type": "erasure", "status": "open"}]
            if record.subject == "pipedrive/persons/2"
            else []
        )
        return {**known(), "rights_requests": gone}

    client = make(facts=facts, on_stopped="skip")
    assert [p["id"] for p in client.get("/api/v2/persons").json()["data"]] == [1, 3, 4]
    assert client.get("/api/v2/persons/2").json()["data"] == {"custom_fields": {}}
    with pytest.raises(StepDenied):
        make(facts=facts).get("/api/v2/persons/2")


def test_an_unknown_path_is_refused_by_name(make: Make, server: PipedriveServer) -> None:
    with pytest.raises(StepDenied, match=r"GET /api/\{…\}/horoscopes"):
        make().get("/api/v2/horoscopes")
    with pytest.raises(StepDenied) as stopped:
        make().get("/api/v2/persons/aino@example.com/secrets")
    assert "aino" not in str(stopped.value)
    assert server.asked == []
    passed = make(passing=["GET /api/{…}/horoscopes"]).get("/api/v2/horoscopes")
    assert passed.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/v1/files/3/download", "/v1/persons/1/products", "/v1/persons", "/v1/deals/timeline"],
)
def test_what_nobody_can_judge_is_refused(make: Make, server: PipedriveServer, path: str) -> None:
    with pytest.raises(StepDenied) as stopped:
        make().get(path)
    assert stopped.value.verdict.findings[0].rule == "runtime.not_governed"
    assert server.asked == []


@pytest.mark.parametrize(
    "path", ["/v1/currencies%2F..%2Fpersons", "/api/v2//persons", "/v1/stages/%2e%2e/persons/1"]
)
def test_a_path_in_disguise_is_refused(make: Make, server: PipedriveServer, path: str) -> None:
    with pytest.raises(StepDenied):
        make().get(path)
    assert server.asked == []


def test_nobodys_data_goes_by(make: Make, server: PipedriveServer, log: list[Any]) -> None:
    assert make().get("/v1/currencies").json()["data"][0]["code"] == "EUR"
    assert make().get("/api/v1/currencies").status_code == 404
    assert [entry for entry in log if entry["event"].startswith("step.")] == []


def test_errors_stay_the_clients_own(make: Make, server: PipedriveServer) -> None:
    client = make()
    answer = client.get("/api/v2/persons/99")
    assert answer.status_code == 404
    with pytest.raises(httpx.HTTPStatusError):
        answer.raise_for_status()
    server.answers = [
        (429, {"retry-after": "2"}, b'{"success":false,"error":"request over limit"}')
    ]
    answer = client.get("/api/v2/persons")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.json()["error"] == "request over limit"
    client.headers["x-api-token"] = "wrong"
    assert client.get("/api/v2/persons").json()["error"] == "unauthorized access"


def test_a_server_that_hangs_up_is_an_error_of_httpx(make: Make, server: PipedriveServer) -> None:
    server.answers = [None]
    with pytest.raises(httpx.RemoteProtocolError):
        make().get("/api/v2/persons")


def test_what_is_no_json_is_not_given(make: Make, server: PipedriveServer) -> None:
    for content in (b"<html>", b"[1]", b'"x"'):
        server.answers = [(200, {"content-type": "text/html"}, content)]
        with pytest.raises(StepDenied, match="no JSON object"):
            make().get("/api/v2/persons")
    server.answers = [(200, {}, b"")]
    assert make().get("/api/v2/persons").content == b""


def test_a_token_that_ran_out_is_fetched_anew(server: PipedriveServer, gate: Gate) -> None:
    class OAuth(httpx.Auth):
        requires_response_body = True
        token = "old"

        def auth_flow(
            self, request: httpx.Request
        ) -> Generator[httpx.Request, httpx.Response, None]:
            request.headers["authorization"] = f"Bearer {self.token}"
            response = yield request
            if response.status_code == 401:
                renewed = yield httpx.Request("POST", f"{server.url}/oauth/token")
                self.token = renewed.json()["access_token"]
                request.headers["authorization"] = f"Bearer {self.token}"
                yield request

    with httpx.Client(base_url=server.url, auth=OAuth(), trust_env=False) as client:
        aboveboard_pipedrive.wrap(
            client, purpose="contact_management", gate=gate, recipient="crm", facts=known
        )
        assert len(client.get("/api/v2/persons").json()["data"]) == 4


def test_the_token_is_in_no_log_and_no_error(
    server: PipedriveServer, gate: Gate, log: list[Any]
) -> None:
    params = {"api_token": server.token}
    with httpx.Client(base_url=server.url, params=params, trust_env=False) as client:
        aboveboard_pipedrive.wrap(
            client, purpose="contact_management", gate=gate, recipient="crm", facts=known
        )
        assert client.get("/api/v2/persons").status_code == 200
        assert "GET /api/v2/personFields" in asked(server)
        with pytest.raises(StepDenied) as stopped:
            client.get("/api/v2/horoscopes")
    assert server.token not in str(stopped.value)
    assert server.token not in str(log)


def test_a_stream_is_read_judged_and_given_back_whole(make: Make) -> None:
    with make().stream("GET", "/api/v2/persons", params={"limit": 1}) as response:
        data = json.loads(b"".join(response.iter_bytes()))["data"]
    assert "birthday" not in data[0]
    assert response.elapsed.total_seconds() >= 0


def test_pages_follow_the_cursor(make: Make) -> None:
    client = make()
    found: list[int] = []
    cursor: str | None = "0"
    while cursor:
        answer = client.get("/api/v2/persons", params={"limit": 3, "cursor": cursor}).json()
        found += [item["id"] for item in answer["data"]]
        cursor = answer["additional_data"]["next_cursor"]
    assert found == [1, 2, 3, 4]


def test_a_note_is_written_and_its_answer_judged(make: Make, server: PipedriveServer) -> None:
    body = {"content": "Wants a new offer.", "person_id": 1}
    answer = make().post("/v1/notes", json=body).json()["data"]
    assert server.notes[0]["content"] == "Wants a new offer."
    assert answer["id"] == 1


def test_what_version_1_nests_is_judged_too(make: Make, server: PipedriveServer) -> None:
    whole = {"value": 1, "name": "Aino Esimerkki", "birthday": "1984-03-02", "phone": []}
    server.routes["/v1/deals/5/participants"] = lambda: {
        "success": True,
        "data": [
            {"id": 3, "person_id": dict(whole), "person": {"id": 1, "birthday": "1984-03-02"}}
        ],
        "related_objects": {"person": {"1": dict(whole)}, "user": {"9": {"id": 9, "mood": "x"}}},
        "surprise": {"birthday": "1984-03-02"},
        "additional_data": {"pagination": {"start": 0}, "people": ["Aino Esimerkki"]},
    }
    answer = make().get("/v1/deals/5/participants").json()
    assert "1984" not in json.dumps(answer)
    assert answer["data"][0]["person_id"] == {"value": 1, "name": "Aino Esimerkki", "phone": []}
    assert answer["related_objects"]["user"] == {"9": {"id": 9}}
    assert answer["additional_data"] == {"pagination": {"start": 0}}
    assert "surprise" not in answer


def test_changelogs_and_flows_are_judged_value_by_value(
    make: Make, server: PipedriveServer
) -> None:
    def change(key: str) -> dict[str, Any]:
        return {"field_key": key, "old_value": "1984-03-02", "new_value": "1984-03-03", "time": "x"}

    server.routes["/v1/persons/1/changelog"] = lambda: {
        "success": True, "data": [change("birthday"), change("phone"), change("own"), {"a": 1}],
    }  # fmt: skip
    server.routes["/v1/persons/1/flow"] = lambda: {
        "success": True,
        "data": [
            {"object": "personChange", "timestamp": "x", "data": change("birthday")},
            {"object": "activity", "timestamp": "x", "data": {"id": 1, "note": "1984-03-02"}},
            {"object": "person", "data": {"id": 1, "birthday": "1984-03-02"}},
            {"object": "horoscope", "data": {"sign": "1984-03-02"}},
            {"object": "odd", "data": "1984-03-02"},
            "1984-03-02",
        ],
    }
    client = make()
    log = client.get("/v1/persons/1/changelog").json()["data"]
    assert [entry.get("new_value") for entry in log] == [None, "1984-03-03", None, None]
    assert "1984" not in json.dumps(client.get("/v1/persons/1/flow").json())


def test_proxies_are_governed_as_well(server: PipedriveServer, gate: Gate) -> None:
    mounts = {"http://": httpx.HTTPTransport()}
    with httpx.Client(base_url=server.url, mounts=mounts, trust_env=False) as client:
        aboveboard_pipedrive.wrap(client, purpose="contact_management", gate=gate)
        with pytest.raises(StepDenied):
            client.get("/api/v2/horoscopes")


def test_a_transport_can_be_passed_to_the_client(server: PipedriveServer, gate: Gate) -> None:
    governed = aboveboard_pipedrive.transport(
        purpose="contact_management", gate=gate, recipient="crm", facts=known
    )
    headers = {"x-api-token": server.token}
    with httpx.Client(base_url=server.url, headers=headers, transport=governed) as client:
        assert "birthday" not in client.get("/api/v2/persons/1").json()["data"]
        with pytest.raises(ConfigurationError, match="wrapped already"):
            aboveboard_pipedrive.wrap(client, purpose="contact_management", gate=gate)


@pytest.mark.parametrize(
    ("client", "text"),
    [(object(), "httpx.Client"), (None, "httpx.Client"), (httpx.Client(), "base_url")],
)
def test_what_is_no_client_of_pipedrive_is_said(client: Any, text: str, gate: Gate) -> None:
    with pytest.raises(ConfigurationError, match=text):
        aboveboard_pipedrive.wrap(client, purpose="contact_management", gate=gate)
    with pytest.raises(ConfigurationError, match="transport"):
        aboveboard_pipedrive.transport(client or 1, purpose="contact_management", gate=gate)
