"""Whatever HubSpot sends becomes events, or one error that says where it went wrong."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from aboveboard import EventError, Gate
from aboveboard.vendor_events import vendor_events
from aboveboard_hubspot import events
from tests.plugins.hubspot.conftest import SAMPLES, sample

NAMES = sorted(path.stem for path in SAMPLES.glob("*.json"))
COUNTS = {
    "contact_page": 2,
    "webhook_property_change": 4,
    "webhook_lifecycle": 8,
    "webhook_object": 2,
}


def pseudonym(identifier: object) -> str:
    return f"k1:{hashlib.sha256(str(identifier).encode()).hexdigest()}"


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_understood(name: str, gate: Gate) -> None:
    found = events(sample(name), pseudonym)
    assert len(found) == COUNTS.get(name, 1)
    assert all(event.step == "data_collection" for event in found)
    assert vendor_events(gate.manager, "hubspot", sample(name), gate.pseudonym)
    text = "".join(event.to_json() for event in found)
    for value in ("Ilona", "harjukone", "+3584", "semestern", "Harjukone"):
        assert value not in text


def test_a_contact() -> None:
    (event,) = events(sample("contact_read"), pseudonym)
    assert event.source == "/hubspot/app"
    assert event.subject == pseudonym("hubspot/contacts/70010002001")
    fields = {field.name: field for field in event.facts.fields}
    assert fields["hs_predictivecontactscore_v2"].source == "inferred"
    assert fields["jobtitle"].collected_at.isoformat() == "2026-02-11T07:30:00+00:00"
    assert "hs_email_optout" not in fields  # it is of nobody: it says what may be done
    subject = event.facts.subject
    assert (subject.country, subject.language, subject.relationship) == ("FI", "fi", "prospect")
    assert event.facts.processing.legal_basis == "eu-gdpr:A6-1-f"


def test_what_a_text_holds_is_read() -> None:
    page = sample("contact_page")
    page["results"][1]["properties"]["message"] = "I was on sick leave after surgery."
    fields = {field.name: field for field in events(page, pseudonym)[1].facts.fields}
    assert fields["message"].text_scanned is True
    assert "pd:Health" in fields["message"].detected_categories


def test_statuses_of_both_versions() -> None:
    (v3,) = events(sample("subscription_statuses"), pseudonym)
    assert v3.subject == pseudonym("hubspot/email/ilona.koski@example.com")
    assert [(c.status, c.proof_ref) for c in v3.facts.consent] == [
        ("dpv:ConsentGiven", "hubspot/subscriptions/88001"),
        ("dpv:ConsentRefused", None),
    ]
    (v4,) = events(sample("subscription_statuses_v4"), pseudonym)
    given, withdrawn, unknown = v4.facts.consent
    assert given.given_at.isoformat() == "2026-02-11T07:31:00+00:00"
    assert withdrawn.withdrawn_at.isoformat() == "2026-08-01T10:00:00+00:00"
    assert (withdrawn.status, unknown.status) == ("dpv:ConsentWithdrawn", "dpv:ConsentUnknown")
    # A subscription that rests on legitimate interests is no consent.
    (one,) = events(sample("subscription_of_one_address"), pseudonym)
    assert [c.status for c in one.facts.consent] == ["dpv:ConsentUnknown"]


def test_a_note_is_of_its_contact_and_a_company_of_nobody() -> None:
    assert events(sample("note_read"), pseudonym)[0].subject == pseudonym(
        "hubspot/contacts/70010002001"
    )
    (company,) = events(sample("company_page"), pseudonym)
    assert (company.subject, company.facts.subject.type) == (None, "legal_person")


def test_a_webhook_is_of_its_portal() -> None:
    found = events(sample("webhook_property_change"), pseudonym)
    assert found[0].source == "/hubspot/20001"
    assert found[0].time.isoformat() == "2026-09-21T14:13:21+00:00"
    assert found[0].id.startswith("hubspot:k1:")
    assert events([{"subscriptionType": "contact.creation"}], pseudonym)[0].source == "/hubspot/app"


def test_a_record_that_might_be_a_persons_is_one() -> None:
    (event,) = events(
        {"id": "1", "properties": {"city": "Oulu", "phone": "1", "industry": "X"}}, pseudonym
    )
    assert event.subject == pseudonym("hubspot/contacts/1")
    (event,) = events(
        {"id": "1", "properties": {"hs_object_id": "1", "shoe_size": "43"}}, pseudonym
    )
    assert (event.subject, event.facts.fields[0].categories) == (None, None)
    assert events({"results": []}, pseudonym) == []


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (None, "expected an object"), (7, "expected an object"), ("x", "expected an object"),
        ({}, "empty"), ([], "array is empty"), ([7], r"\[0\]"), ({"id": "1"}, "payload"),
        ({"results": [{"id": "1"}]}, r"results\[0\]"), ({"results": ["a@example.com"]}, r"results\[0\]"),
        ({"properties": "a@example.com"}, "payload"),
        ([{"subscriptionType": "contact.creation"}, {"subscriptionType": None}], r"\[1\]\.subscriptionType"),
    ],
)  # fmt: skip
def test_anything_else_is_one_clear_error(payload: Any, place: str) -> None:
    with pytest.raises(EventError, match=place) as wrong:
        events(payload, pseudonym)
    assert "example.com" not in str(wrong.value)


@pytest.mark.parametrize("name", ["", "a" * 200, "\u0000", " "])
def test_a_field_that_nobody_can_name(name: str) -> None:
    with pytest.raises(EventError):
        events({"id": "1", "properties": {name: "x", "email": "a@example.com"}}, pseudonym)


def test_odd_numbers_and_times_are_unknown() -> None:
    odd = {**sample("webhook_privacy_deletion")[0], "occurredAt": 10**300}
    (event,) = events([odd], pseudonym)
    assert event.facts.rights_requests[0].received_at is None
    for strange in (float("inf"), -1, "yesterday", [], {}, True):
        assert events([{**odd, "occurredAt": strange}], pseudonym)


def test_odd_types_within_are_unknown() -> None:
    statuses = [
        {"id": [], "status": [], "sourceOfStatus": {}},
        {"status": "SUBSCRIBED", "sourceOfStatus": []},
        7,
    ]
    (event,) = events({"recipient": "a@example.com", "subscriptionStatuses": statuses}, pseudonym)
    assert [consent.status for consent in event.facts.consent] == ["dpv:ConsentGiven"]
    types = [{"associationTypeId": []}, 7]
    note = {
        "properties": {"hs_note_body": "x"},
        "associations": [{"to": {"id": "1"}, "types": types}, 7],
    }
    assert events(note, pseudonym)[0].subject is None


def test_other_vendors_are_left_alone() -> None:
    from aboveboard_hubspot.plugin import aboveboard_events

    assert aboveboard_events("salesforce", {}, pseudonym) is None


def test_the_samples_are_json_as_everybody_reads_it() -> None:
    for name in NAMES:
        assert json.loads((SAMPLES / f"{name}.json").read_text("utf-8")) == sample(name)
