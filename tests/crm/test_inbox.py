"""Webhooks count once, in the order of what happened; a refusal counts before all else."""

from __future__ import annotations

import pickle
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aboveboard import EventError, Gate, Settings, VocabularyError, WebhookError
from aboveboard.crm import Change, Inbox, Record, Refusal, event_of
from aboveboard.organisation import example
from aboveboard.testing import compliant_event
from tests.crm.acme import FIELDS

NOW = datetime.now(UTC)


@pytest.fixture
def gate() -> Gate:
    """One of its own for each test: an inbox gives it a store."""
    return Gate(Settings(), organisation=example())


def change(
    number: str | None, minutes: int = 0, *refusals: Refusal, known: bool = True, **values: Any
) -> Change:
    record = Record("people", "acme/people/7", values or {"name": "A"}, lambda _: None)
    at = NOW - timedelta(hours=1) + timedelta(minutes=minutes)
    return Change(number, at, "people.changed", record, refusals, known=known)


def inbox(gate: Gate, **more: Any) -> Inbox:
    return Inbox("acme", gate, FIELDS, purpose="contact_management", **more)


def test_each_counts_once(gate: Gate) -> None:
    box = inbox(gate)
    first = box.take([change("1"), change("2"), change("1")])
    assert (len(first.decided), first.duplicates) == (2, 1)
    again = box.take([change("2"), change("3")])
    assert (len(again.decided), again.duplicates) == (1, 1)
    assert (box.counts["received"], box.counts["duplicates"], box.counts["unread"]) == (3, 2, 0)


def test_without_an_id_each_counts(gate: Gate) -> None:
    assert len(inbox(gate).take([change(None), change(None)]).decided) == 2


def test_they_are_decided_in_the_order_in_which_they_happened(gate: Gate) -> None:
    decided = inbox(gate).take([change("late", 9), change("early", 1), change("mid", 5)]).decided
    assert [event.time for event, _ in decided] == sorted(event.time for event, _ in decided)


def test_an_event_bears_the_register_and_no_id_of_the_vendor(gate: Gate) -> None:
    ((event, verdict),) = inbox(gate).take([change("17")]).decided
    assert event.facts.processing is not None
    assert event.facts.processing.purpose == "contact_management"
    assert event.subject == gate.pseudonym("acme/people/7")
    assert event.id.startswith("acme:")
    assert "17" not in event.id.removeprefix(f"acme:{gate.pseudonym('acme/17')}")
    assert verdict.effect == "deny"  # nobody told what the person was told


def test_an_opt_out_that_comes_late_does_not_undo_a_later_yes(keeping: Gate) -> None:
    box = inbox(keeping)
    no, yes = Refusal("acme/people/7", "email"), Refusal("acme/people/7", "email", refused=False)
    box.take([change("2", 5, yes), change("1", 1, no)])
    subject = keeping.pseudonym("acme/people/7")
    assert keeping.store is not None
    assert keeping.store.of([subject]) == {}
    box.take([change("3", 6, no)])
    assert [entry.scope for entry in keeping.store.of([subject])[subject]] == ["email"]


def test_a_refusal_counts_even_when_its_event_cannot_be_made(keeping: Gate) -> None:
    bad = change("1", 0, Refusal("acme/people/7", "erasure"))
    bad.record.facts = {"subject": {"country": "Finland"}}
    received = inbox(keeping).take([bad, change("2")])
    assert len(received.decided) == 1  # it took none along
    (problem,) = received.unread
    assert "subject.country" in problem
    assert "Finland" not in problem
    subject = keeping.pseudonym("acme/people/7")
    assert keeping.store is not None
    assert [entry.scope for entry in keeping.store.of([subject])[subject]] == ["erasure"]


def test_a_time_in_the_future_does_not_shut_out_what_is_said_later(keeping: Gate) -> None:
    box = inbox(keeping)
    box.take([change("1", 60 * 24 * 400, Refusal("acme/people/7", "email"))])
    later = change("2", 0, Refusal("acme/people/7", "email", refused=False))
    later.at = datetime.now(UTC) + timedelta(seconds=1)
    keeping.store.record([])  # type: ignore[union-attr]
    box.take([later])
    subject = keeping.pseudonym("acme/people/7")
    entries = keeping.store.of([subject]).get(subject, ())  # type: ignore[union-attr]
    assert all(entry.at <= datetime.now(UTC) for entry in entries)


def test_what_nobody_knows_passes_as_unknown_and_is_named(gate: Gate, log: list[Any]) -> None:
    ((event, _),) = inbox(gate).take([change("1", known=False, colour="red")]).decided
    assert event.facts.fields is not None
    assert event.facts.fields[0].categories is None
    assert log[0] == {
        "event": "webhook.unknown",
        "log_level": "warning",
        "vendor": "acme",
        "kind": "people.changed",
        "object": "people",
    }


def test_what_is_refused_is_counted_and_told(gate: Gate, log: list[Any]) -> None:
    box = inbox(gate)
    error = box.refused("unsigned", "Acme webhook: no signature.")
    box.refused("unsigned", "again")
    assert isinstance(error, WebhookError)
    assert (error.reason, str(error)) == ("unsigned", "Acme webhook: no signature.")
    assert box.counts["refused.unsigned"] == 2
    assert log[0]["event"] == "webhook.refused"
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.reason, str(copy)) == (error.reason, str(error))


def test_many_threads_count_each_once(gate: Gate) -> None:
    box = inbox(gate)
    threads = [
        threading.Thread(target=box.take, args=([change(str(n)) for n in range(10)],))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (box.counts["received"], box.counts["duplicates"]) == (10, 30)


def test_a_purpose_that_there_is_not_is_said_at_once(gate: Gate) -> None:
    with pytest.raises(VocabularyError, match="Did you mean 'contact_management'"):
        Inbox("acme", gate, FIELDS, purpose="contact_managment")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[", "malformed"), (b"\xff", "malformed"), (b'{"a": 1, "a": 2}', "malformed"),
        (b"[NaN]", "malformed"), (b"[" * 100_000, "malformed"), (b" " * (5 << 20), "too_large"),
    ],
)  # fmt: skip
def test_a_body_is_json_of_a_fair_size(gate: Gate, body: bytes, reason: str) -> None:
    box = inbox(gate)
    with pytest.raises(WebhookError) as refused:
        box.read(body)
    assert refused.value.reason == reason
    assert box.counts[f"refused.{reason}"] == 1
    assert box.read(b'\xef\xbb\xbf[{"id": 1}]') == [{"id": 1}]


@pytest.mark.parametrize("name", ["", "\ud800", "x" * 100_000])
def test_a_field_that_bears_no_name_is_one_clear_error(gate: Gate, name: str) -> None:
    record = Record("people", "acme/people/7", {name: "secret"}, lambda _: None)
    with pytest.raises(EventError, match="name") as refused:
        event_of(record, FIELDS, source="/acme/app", pseudonym=gate.pseudonym, read=gate.detect)
    assert "secret" not in str(refused.value)


def test_without_any_store_an_opt_out_stops_the_next_step_of_this_process() -> None:
    gate = Gate(Settings(), organisation=example())
    Inbox("acme", gate, FIELDS).take([change("1", 0, Refusal("acme/people/7", "profiling"))])
    event = replace(compliant_event("profiling"), subject=gate.pseudonym("acme/people/7"))
    assert "SUPPRESSED" in gate.check(event).rules
    gate.close()
