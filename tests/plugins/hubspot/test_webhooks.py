"""Webhooks: only HubSpot's own count, each once, and a person's no before all else."""

from __future__ import annotations

import json
import multiprocessing
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hubspot.utils.signature import Signature

from aboveboard import EventError, Gate, Settings, StepDenied, StepEscalated, WebhookError
from aboveboard.organisation import example
from aboveboard.suppression import Suppression
from aboveboard_hubspot import Webhooks, changes
from tests.plugins.hubspot.conftest import WORK_EMAIL, Wrap, sample

SECRET = "a secret of an app"
URL = "https://example.com/hubspot?portal=1"


def signed(
    body: bytes,
    *,
    url: str = URL,
    at: float | None = None,
    ahead: float = 0,
    secret: str = SECRET,
) -> dict[str, str]:
    """Headers as HubSpot sends them; the signature is made by HubSpot's own code."""
    stamp = str(int((time.time() + ahead if at is None else at) * 1000))
    made = Signature.get_signature(secret, body.decode(), "v3", url, "POST", stamp)
    return {"X-HubSpot-Signature-v3": made, "X-HubSpot-Request-Timestamp": stamp}


def hooks(gate: Gate, **more: Any) -> Webhooks:
    return Webhooks(gate, client_secret=SECRET, purpose="contact_management", **more)


def receive(box: Webhooks, payload: Any, **more: Any) -> Any:
    body = (
        payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    )
    return box.receive(body, signed(body, **more), url=more.get("url", URL))


def test_what_hubspot_signed_is_taken_in(keeping: Gate) -> None:
    received = receive(hooks(keeping), sample("webhook_property_change"))
    assert [event.step for event, _ in received.decided] == ["data_collection"] * 4
    event = received.decided[0][0]
    assert event.source == "/hubspot/app"
    assert event.subject == keeping.pseudonym("hubspot/contacts/70010002001")
    assert [(field.name, field.categories) for field in event.facts.fields] == [
        ("jobtitle", ("pd:Job",))
    ]
    assert "Ostaja" not in event.to_json()


def test_the_same_as_hubspots_own_check(keeping: Gate) -> None:
    """Body, URL and time in odd spellings: HubSpot's code and ours agree on what is signed."""
    box = hooks(keeping)
    payload = sample("webhook_privacy_deletion")
    for number, (text, url) in enumerate(
        [
            (json.dumps(payload), "https://example.com/h"),
            (json.dumps(payload, indent=3), "https://example.com/h?b=2&a=1"),
            (json.dumps([{**payload[0], "note": "\u00e4\u2013\U0001f9d1"}], ensure_ascii=False), "https://\u00e4.example/"),
        ]
    ):  # fmt: skip
        headers = signed(text.encode(), url=url)
        assert Signature.is_valid(
            headers["X-HubSpot-Signature-v3"], SECRET, text, url, "POST", "v3",
            headers["X-HubSpot-Request-Timestamp"],
        )  # fmt: skip
        lower = {key.lower(): value for key, value in headers.items()}
        assert box.receive(text.encode(), lower, url=url).duplicates == min(number, 1)


def test_hubspot_decodes_some_of_the_url(keeping: Gate) -> None:
    body = json.dumps(sample("webhook_privacy_deletion")).encode()
    headers = signed(body, url="https://example.com/h?to=a@b,c:d")
    assert (
        hooks(keeping).receive(body, headers, url="https://example.com/h?to=a%40b%2cc%3Ad").decided
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda h: {},
        lambda h: {**h, "X-HubSpot-Signature-v3": ""},
        lambda h: {**h, "X-HubSpot-Signature-v3": h["X-HubSpot-Signature-v3"][:-2]},
        lambda h: {**h, "X-HubSpot-Signature-v3": "\udcff\u00e4"},
        lambda h: {**h, "X-HubSpot-Request-Timestamp": "1"},
        lambda h: {**h, "X-HubSpot-Request-Timestamp": "\u00b2\udcff"},
        lambda h: {"X-HubSpot-Signature": "v1 or v2", "X-HubSpot-Signature-Version": "v2"},
    ],
)  # fmt: skip
def test_what_is_not_signed_is_refused_and_counted(
    keeping: Gate, spoil: Any, log: list[Any]
) -> None:
    box = hooks(keeping)
    body = json.dumps(sample("webhook_privacy_deletion")).encode()
    with pytest.raises(WebhookError) as refused:
        box.receive(body, spoil(signed(body)), url=URL)
    assert refused.value.reason == "unsigned"
    assert dict(box.inbox.counts) == {"refused.unsigned": 1}
    assert [entry["reason"] for entry in log if entry["event"] == "webhook.refused"] == ["unsigned"]
    assert keeping.store is not None
    assert keeping.store.of([keeping.pseudonym("hubspot/contacts/70010002002")]) == {}


@pytest.mark.parametrize(
    ("other", "reason"),
    [({"url": "https://evil.example/"}, "unsigned"), ({"secret": "another"}, "unsigned"),
     ({"at": 0}, "stale"), ({"ahead": -400}, "stale"), ({"ahead": 400}, "stale")],
)  # fmt: skip
def test_another_place_secret_or_time(keeping: Gate, other: dict[str, Any], reason: str) -> None:
    box = hooks(keeping)
    body = json.dumps(sample("webhook_property_change")).encode()
    with pytest.raises(WebhookError) as refused:
        box.receive(body, signed(body, **other), url=URL)
    assert refused.value.reason == reason
    with pytest.raises(WebhookError, match="does not fit"):
        box.receive(body + b" ", signed(body), url=URL)
    with pytest.raises(WebhookError, match="does not fit"):
        box.receive(body, signed(body), url=URL, method="PUT")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "malformed"), (b"{", "malformed"), (b"[" * 20_000, "malformed"), ([], "malformed"),
        (b'[{"subscriptionType": "contact.creation", "objectId": 1, "objectId": 2}]', "malformed"),
        (b"7", "malformed"), (b"[7]", "malformed"), (b"null", "malformed"), ({}, "malformed"),
        ([{"subscriptionType": 7}], "malformed"), ([{"subscriptionType": " "}], "malformed"),
        ([{"subscriptionType": "contact.creation", "objectId": 1.5}], "malformed"),
        ([{"subscriptionType": "contact.creation", "objectId": True}], "malformed"),
        ([{"subscriptionType": "contact.propertyChange", "objectId": 1}], "malformed"),
        ([{"subscriptionType": "contact.propertyChange", "objectId": 1, "propertyName": []}], "malformed"),
        (b"[" + b" " * (5 << 20) + b"]", "too_large"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_whole(keeping: Gate, payload: Any, reason: str) -> None:
    box = hooks(keeping)
    with pytest.raises(WebhookError) as refused:
        receive(box, payload)
    assert refused.value.reason == reason
    assert dict(box.inbox.counts) == {f"refused.{reason}": 1}
    if isinstance(payload, list) and payload:
        good = sample("webhook_privacy_deletion")
        with pytest.raises(WebhookError):
            receive(box, [*good, *payload])
        assert keeping.store is not None
        assert keeping.store.of([keeping.pseudonym("hubspot/contacts/70010002002")]) == {}


def test_each_counts_once_in_the_order_of_what_happened(keeping: Gate) -> None:
    box = hooks(keeping)
    payload = sample("webhook_property_change")
    first = receive(box, list(reversed(payload)))
    times = [event.time for event, _ in first.decided]
    assert times == sorted(times)
    tried_again = [{**item, "attemptNumber": 1} for item in payload]
    assert receive(box, tried_again) == type(first)((), 4)
    # HubSpot does not promise that an eventId is used once.
    other = [{**payload[0], "propertyName": "city", "propertyValue": "Tampere"},
             {**payload[0], "objectId": 5}, {**payload[0], "occurredAt": 1790000009000}]  # fmt: skip
    assert len(receive(box, other).decided) == 3
    assert +box.inbox.counts == {"received": 7, "duplicates": 4}


def test_an_erasure_counts_before_anything_else(keeping: Gate, wrap: Wrap) -> None:
    person = keeping.pseudonym("hubspot/contacts/1")
    client = wrap(gate=keeping)
    assert client.crm.contacts.basic_api.get_by_id("1", properties=["email"])
    payload = [{**sample("webhook_privacy_deletion")[0], "objectId": 1}]
    received = receive(hooks(keeping), payload)
    assert keeping.store is not None
    assert [entry.scope for entry in keeping.store.of([person])[person]] == ["erasure"]
    assert received.decided[0][1].effect == "deny"
    with pytest.raises(StepDenied, match="asked for erasure"):
        client.crm.contacts.basic_api.get_by_id("1", properties=["email"])


def test_an_opt_out_stops_the_next_mail_and_may_be_taken_back(keeping: Gate, wrap: Wrap) -> None:
    def change(value: str, at: int) -> list[dict[str, Any]]:
        return [{**sample("webhook_property_change")[1], "objectId": 1, "propertyValue": value,
                 "eventId": at, "occurredAt": 1790000000000 + at}]  # fmt: skip

    box = hooks(keeping)
    assert keeping.store is not None
    person = keeping.pseudonym("hubspot/contacts/1")
    enrol = {"method": "POST", "path": "/automation/v4/sequences/enrollments",
             "body": {"sequenceId": "9", "contactId": "1"}}  # fmt: skip
    receive(box, change("true", 2))
    with pytest.raises(StepDenied, match="refused marketing over this channel"):
        wrap(gate=keeping, purpose="direct_marketing").api_request(enrol)
    receive(box, change("false", 1))  # it came late: the opt-out is the newer one
    assert keeping.store.of([person])
    receive(box, change("", 3))
    receive(box, change("maybe", 4))
    assert keeping.store.of([person])
    receive(box, change("false", 5))
    assert keeping.store.of([person]) == {}


def test_what_was_refused_counts_for_the_merged_record(keeping: Gate) -> None:
    assert keeping.store is not None
    merged = keeping.pseudonym("hubspot/contacts/70010002002")
    keeping.store.record([Suppression(merged, "email", True, datetime.now(UTC))])
    received = receive(hooks(keeping), sample("webhook_lifecycle"))
    assert len(received.decided) == 8
    for number in (70010002001, 70010002009):
        person = keeping.pseudonym(f"hubspot/contacts/{number}")
        assert [entry.scope for entry in keeping.store.of([person])[person]] == ["email"]


def test_unknown_kinds_and_objects_pass_as_unknown(keeping: Gate, log: list[Any]) -> None:
    new = {"subscriptionType": "contact.scoreChange", "objectId": 1, "eventId": 1, "score": 7}
    received = receive(hooks(keeping), [*sample("webhook_object"), new])
    assert len(received.decided) == 3
    unknown = [(e["kind"], e["object"]) for e in log if e["event"] == "webhook.unknown"]
    assert unknown == [("object.creation", "2-40012"), ("contact.scoreChange", "contacts")]


def test_without_a_store_a_refusal_counts_in_this_process(gate: Gate) -> None:
    box = hooks(gate)
    receive(box, sample("webhook_privacy_deletion"))
    assert box.inbox.store is not None
    assert box.inbox.store.of([gate.pseudonym("hubspot/contacts/70010002002")])


def test_changes_of_one_event_alone() -> None:
    (change,) = changes(sample("webhook_privacy_deletion")[0])
    assert change.refusals[0].scope == "erasure"
    with pytest.raises(EventError, match="1 to 100"):
        changes([])


def _receiving(path: str) -> None:
    settings = Settings.load(
        fields=WORK_EMAIL, suppression_store=path, subject_key="of more than sixteen bytes"
    )
    with Gate(settings, organisation=example()) as gate:
        receive(hooks(gate), [{**sample("webhook_privacy_deletion")[0], "objectId": 1}])


def test_it_counts_in_every_process(keeping: Gate, wrap: Wrap, tmp_path: Path) -> None:
    client = wrap(gate=keeping)
    assert client.crm.contacts.basic_api.get_by_id("1", properties=["email"])
    other = multiprocessing.get_context("spawn").Process(
        target=_receiving, args=(str(tmp_path / "s.sqlite"),)
    )
    other.start()
    other.join(60)
    assert other.exitcode == 0
    with pytest.raises((StepDenied, StepEscalated), match="asked for erasure"):
        client.crm.contacts.basic_api.get_by_id("1", properties=["email"])
