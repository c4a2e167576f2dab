"""Change events, platform events and records as standard events; and what opts people out."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aboveboard import EventError, Gate, Settings, StepEvent, WebhookError
from aboveboard.organisation import example
from aboveboard_salesforce import ChangeEvents, changes, events
from tests.plugins.salesforce.people import AINO, INDIVIDUAL

SAMPLES = {path.stem: json.loads(path.read_text("utf-8"))["payload"]
           for path in sorted(Path(__file__).parent.joinpath("samples").glob("*.json"))}  # fmt: skip


def pseudonym(value: object) -> str:
    return "k1:" + hashlib.sha256(str(value).encode()).hexdigest()[:32]


def told(name: str) -> list[StepEvent]:
    return events(SAMPLES[name], pseudonym)


def facts(event: StepEvent) -> dict[str, Any]:
    return event.facts.model_dump(exclude_none=True)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_sample_is_understood(name: str) -> None:
    found = told(name)
    assert found
    text = "".join(event.to_json() for event in found)
    for value in ("virtanen", "Aino", "salla", "Turku", "sick leave", "lomastaan", AINO):
        assert value not in text


def test_a_change_is_of_the_person_and_at_its_time() -> None:
    (event,) = told("lead_change_event")
    assert event.subject == pseudonym(f"salesforce/Lead/{AINO}")
    assert event.time == datetime.fromtimestamp(1760267000, UTC)
    (change,) = changes(SAMPLES["lead_change_event"])
    assert change.kind == "Lead.UPDATE"
    assert [(r.scope, r.refused) for r in change.refusals] == [("email", True)]
    assert change.id == f"0002343d-9d90-e395-ed20-cf416ba652ad:1:{AINO}"


def test_short_ids_are_the_same_person() -> None:
    (change,) = changes(SAMPLES["contact_created_event"])
    assert change.record.subject == "salesforce/Contact/0035g00000AbCdGAAV"
    assert {(r.scope, r.refused) for r in change.refusals} == {
        ("email", False), ("phone", True), ("automated_call", True)}  # fmt: skip


def test_an_individual_says_what_counts_for_all() -> None:
    (change,) = changes(SAMPLES["individual_change_event"])
    assert {(r.scope, r.refused) for r in change.refusals} == {
        ("erasure", True), ("profiling", True)}  # fmt: skip
    (event,) = told("individual_change_event")
    (request,) = facts(event)["rights_requests"]
    assert request["type"] == "erasure"
    assert request["received_at"] == datetime.fromtimestamp(1760267000, UTC)
    requests = facts(told("individual_record")[0])["rights_requests"]
    assert {item["type"] for item in requests} == {"access", "objection"}


def test_a_consent_is_of_its_party(log: list[Any]) -> None:
    (change,) = changes(SAMPLES["consent_change_event"])
    (refusal,) = change.refusals
    assert (refusal.identifier, refusal.scope) == (f"salesforce/Individual/{INDIVIDUAL}", "email")
    body = json.loads(json.dumps(SAMPLES["consent_change_event"]))
    del body["payload"]["PartyId"]
    (change,) = changes(body)
    assert change.refusals == ()
    assert [entry["event"] for entry in log] == ["webhook.unresolved"]
    consent = facts(told("consent_bundle")[0])["consent"][0]
    assert consent["status"] == "dpv:ConsentExpired"
    assert "proof_ref" not in consent


def test_several_records_are_several_events() -> None:
    first, second = told("merged_event")
    assert first.subject != second.subject
    assert first.id != second.id
    assert [field["name"] for field in facts(first)["fields"]] == ["Rating"]


def test_an_event_of_ones_own_is_unknown_data(log: list[Any]) -> None:
    (event,) = told("platform_event")
    fields = facts(event)["fields"]
    assert {field["name"] for field in fields} >= {"Order_Number__c", "Health_Note__c"}
    assert all("categories" not in field for field in fields)
    assert log[0]["event"] == "webhook.unknown"
    assert log[0]["object"] == "Order_Placed__e"


def test_records_within_records() -> None:
    account, contact, person = told("account_with_contacts")
    assert account.subject is None
    assert contact.subject == pseudonym("salesforce/Contact/0035g00000AbCdGAAV")
    assert person.subject == pseudonym("salesforce/Account/0015g000000002AAAA") or person.subject
    assert facts(person)["subject"]["country"] == "FI"
    lead = told("lead_page")[0]
    assert facts(lead)["subject"]["is_minor"] is True


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ({}, "payload"), ([], "payload"), (None, "payload"), (7, "payload"), ("x", "payload"),
        ({"records": [7]}, "payload.records[0]"),
        ({"records": [{"Name": "Aino"}]}, "payload.records[0]"),
        ({"attributes": {"type": 5}}, "payload"),
        ({"ChangeEventHeader": 5}, "ChangeEventHeader"),
        ({"ChangeEventHeader": {}}, "entityName"),
        ({"ChangeEventHeader": {"entityName": "Lead"}}, "changeType"),
        ({"ChangeEventHeader": {"entityName": "Lead", "changeType": "UPDATE"}}, "recordIds"),
        ({"ChangeEventHeader": {"entityName": "Lead", "changeType": "UPDATE", "recordIds": [1]}}, "recordIds"),
        ({"ChangeEventHeader": {"entityName": "L", "changeType": "U", "recordIds": ["x"] * 2001}}, "2000"),
        ([{"ChangeEventHeader": {"entityName": "Lead", "changeType": "U", "recordIds": ["x"]}}, 7], "[1]"),
        ({"payload": {"a": 1}, "event": {"replayId": 1}}, "[0]"),
        ({"payload": {"CreatedDate": "x"}, "event": {"replayId": {}}}, "replayId"),
    ],
)  # fmt: skip
def test_what_is_not_understood_names_the_place(payload: Any, place: str) -> None:
    with pytest.raises(EventError) as caught:
        events(payload, pseudonym)
    assert place in str(caught.value)
    assert "Aino" not in str(caught.value)


def test_deep_nesting_is_one_error() -> None:
    deep: Any = {"attributes": {"type": "Lead"}}
    for _ in range(400):
        deep = {"attributes": {"type": "Lead"}, "Child": deep}
    with pytest.raises(EventError, match="too deeply"):
        events(deep, pseudonym)


def test_an_opt_out_counts_at_once(keeping: Gate) -> None:
    inbox = ChangeEvents(keeping, purpose="contact_management")
    received = inbox.receive([SAMPLES["individual_change_event"], SAMPLES["lead_change_event"]])
    assert len(received.decided) == 2
    assert keeping.store is not None
    person = keeping.pseudonym(f"salesforce/Individual/{INDIVIDUAL}")
    assert {e.scope for e in keeping.store.of([person])[person]} == {"erasure", "profiling"}
    again = inbox.receive(json.dumps(SAMPLES["lead_change_event"]))
    assert (again.duplicates, again.decided) == (1, ())


def test_late_events_do_not_undo_what_came_after(keeping: Gate) -> None:
    inbox = ChangeEvents(keeping)
    first = json.loads(json.dumps(SAMPLES["lead_change_event"]))
    header = first["data"]["payload"]["ChangeEventHeader"]
    header.update(commitTimestamp=1760266000000, transactionKey="earlier")
    first["data"]["payload"]["HasOptedOutOfEmail"] = False
    inbox.receive(SAMPLES["lead_change_event"])
    inbox.receive(first)
    assert keeping.store is not None
    person = keeping.pseudonym(f"salesforce/Lead/{AINO}")
    assert [entry.scope for entry in keeping.store.of([person])[person]] == ["email"]


def test_what_is_not_trusted_is_counted(keeping: Gate) -> None:
    inbox = ChangeEvents(keeping)
    for body, reason in (
        (b"{", "malformed"), ("[" * 100_000, "malformed"), ({"x": 1}, "malformed"), ([], "malformed"),
        (b" " * ((4 << 20) + 1), "too_large"), (b"\xff\xfe{", "malformed"), ("\ud800", "malformed"),
    ):  # fmt: skip
        with pytest.raises(WebhookError) as caught:
            inbox.receive(body)
        assert caught.value.reason == reason
    assert inbox.inbox.counts["refused.malformed"] == 6


def _receive(path: str) -> None:
    settings = Settings.load(suppression_store=path, subject_key="of more than sixteen bytes")
    with Gate(settings, organisation=example()) as gate:
        ChangeEvents(gate).receive(SAMPLES["individual_change_event"])


def test_an_opt_out_counts_in_other_processes(tmp_path: Path) -> None:
    path = str(tmp_path / "s.sqlite")
    process = multiprocessing.get_context("spawn").Process(target=_receive, args=(path,))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    settings = Settings.load(suppression_store=path, subject_key="of more than sixteen bytes")
    with Gate(settings, organisation=example()) as gate:
        assert gate.store is not None
        person = gate.pseudonym(f"salesforce/Individual/{INDIVIDUAL}")
        assert {e.scope for e in gate.store.of([person])[person]} == {"erasure", "profiling"}


def test_the_hook_reads_salesforce(gate: Gate) -> None:
    from aboveboard_salesforce.plugin import aboveboard_events

    assert aboveboard_events("hubspot", {}, pseudonym) is None
    found = aboveboard_events("salesforce", SAMPLES["lead_page"], pseudonym)
    assert found is not None
    assert len(list(found)) == 3
