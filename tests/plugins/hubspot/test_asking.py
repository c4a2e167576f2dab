"""What the plugin asks HubSpot for itself: once a page, kept a while, and unknown when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from aboveboard import Gate, StepDenied, StepEscalated
from examples.hubspot.server import HubSpotServer
from tests.plugins.hubspot.conftest import Seen, Wrap, known

STATUSES = "statuses/batch/read"


def read(client: Any, number: str = "1", *names: str) -> Any:
    return client.crm.contacts.basic_api.get_by_id(number, properties=[*names, "email"])


def test_consent_is_asked_once_and_kept(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    client.crm.contacts.get_all(properties=["email"])
    read(client, "2")
    assert [request.body["inputs"] for request in server.asked(STATUSES)] == [
        ["aino@example.com", "eetu@example.com", "saara@example.com"]
    ]
    assert server.asked(STATUSES)[0].query == {"channel": "EMAIL"}
    again = wrap(ttl_s=0)
    read(again)
    read(again)
    assert len(server.asked(STATUSES)) == 3
    read(wrap(lookups=False))
    assert len(server.asked(STATUSES)) == 3


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"message": "aino@example.com"}, {}), (403, {}, {}), (200, {}, {}), (200, b"<", {}),
        (200, {"results": [{"subscriberIdString": "aino@example.com"}]}, {}),
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n",
    ],
)  # fmt: skip
def test_a_look_up_that_fails_is_unknown(
    wrap: Wrap, server: HubSpotServer, log: list[Any], answer: Any
) -> None:
    told: list[Any] = []
    server.special = lambda r: answer if STATUSES in r.path else None
    client = wrap(facts=lambda record: told.append(record.facts.get("consent")) or known())
    assert read(client).properties["email"] == "aino@example.com"
    assert told == [None, None]  # before the request, and with its answer
    (entry,) = [entry for entry in log if entry["event"] == "lookup.failed"]
    assert entry["lookup"] == "hubspot.subscriptions"
    assert "aino" not in str(entry)


def test_an_address_that_hubspot_leaves_out_is_unknown(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen
) -> None:
    server.special = lambda r: (
        (207, {"results": [], "numErrors": 1}, {}) if STATUSES in r.path else None
    )
    read(wrap(gate=watched))
    assert seen.events[-1].facts.consent is None
    server.special = lambda _: None
    server.statuses["aino@example.com"] = []
    read(wrap(gate=watched))
    assert seen.events[-1].facts.consent == ()


def test_a_page_of_more_than_a_hundred(wrap: Wrap, server: HubSpotServer) -> None:
    for number in range(10, 160):
        server.put("contacts", number, email=f"n{number}@example.com")
    page = wrap().crm.contacts.search_api.do_search({"properties": ["email"], "limit": 200})
    assert len(page.results) == 153
    assert [len(request.body["inputs"]) for request in server.asked(STATUSES)] == [100, 53]


def test_only_the_types_that_the_purpose_is_about_count(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen
) -> None:
    server.statuses["aino@example.com"].append({"subscriptionId": 2, "status": "UNSUBSCRIBED"})
    for types, found in ((None, 2), ([7716990], 1), (["2"], 1), ([], 0)):
        read(wrap(gate=watched, subscription_types=types))
        assert len(seen.events[-1].facts.consent) == found


def test_a_contact_that_is_written_to_is_looked_up(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen, log: list[Any]
) -> None:
    client = wrap(gate=watched)
    title = {"properties": {"jobtitle": "CEO"}}
    client.crm.contacts.basic_api.update("1", title)
    client.crm.contacts.basic_api.update("1", title)
    asked = server.asked("batch/read")
    assert [request.body["inputs"] for request in asked] == [[{"id": "1"}]]
    assert asked[0].headers["Authorization"] == "Bearer token"
    assert seen.events[-1].facts.subject.relationship == "lead"
    server.special = lambda r: (503, {}, {}) if "batch/read" in r.path else None
    with pytest.raises((StepDenied, StepEscalated)):
        wrap(gate=watched).crm.contacts.basic_api.update("1", title)  # nobody knows how old it is
    assert [entry["lookup"] for entry in log if entry["event"] == "lookup.failed"] == [
        "hubspot.contacts"
    ]


def sensitive(name: str, degree: str, *categories: str) -> dict[str, Any]:
    return {"name": name, "dataSensitivity": degree, "sensitiveDataCategories": list(categories),
            "label": name, "type": "string"}  # fmt: skip


def test_what_the_portal_marked_as_sensitive_is_known_as_such(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen
) -> None:
    server.properties["contacts"] = [
        sensitive("passport", "sensitive"),
        sensitive("illness", "highly_sensitive", "HIPAA"),
        sensitive("jobtitle", "highly_sensitive"),
        sensitive("shoe_size", "non_sensitive"),
    ]
    client = wrap(gate=watched)
    for _ in range(2):
        read(client, "1", "passport", "illness", "shoe_size", "jobtitle")
    read(client, "1", "hat_size")
    degrees = [request.query["dataSensitivity"] for request in server.asked("/crm/v3/properties")]
    assert degrees == [
        "sensitive",
        "highly_sensitive",
    ]  # once for each object, not for each request
    fields = {field.name: field.categories for field in seen.events[0].facts.fields}
    assert fields["passport"] == ("dpv:SpecialCategoryPersonalData",)
    assert fields["illness"] == ("pd:Health",)
    assert fields["shoe_size"] is None
    assert fields["jobtitle"] == ("pd:Job",)  # what is shipped and set goes before
    read(client)
    assert len(server.asked("/crm/v3/properties")) == 2


def test_definitions_that_cannot_be_had_are_not_asked_for_at_each_request(
    wrap: Wrap, server: HubSpotServer, log: list[Any]
) -> None:
    server.special = lambda r: (
        (403, {"message": "scopes"}, {}) if "/properties/" in r.path else None
    )
    client = wrap()
    for _ in range(3):
        assert "shoe_size" not in read(client, "1", "shoe_size").properties
    assert len(server.asked("/crm/v3/properties")) == 1
    assert [entry["lookup"] for entry in log if entry["event"] == "lookup.failed"] == [
        "hubspot.properties"
    ]


def test_the_raw_client_asks_by_its_own_way(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()
    path = "/crm/v3/objects/contacts/1"
    client.api_request({"path": path, "qs": {"properties": "email,shoe_size"}})
    assert len(server.asked(STATUSES)) == 1
    assert len(server.asked("/crm/v3/properties")) == 2
    assert all(r.headers["Authorization"] == "Bearer token" for r in server.log)
    server.special = lambda r: (500, {}, {}) if STATUSES in r.path else None
    fresh = wrap()
    assert fresh.api_request({"path": path}).ok
