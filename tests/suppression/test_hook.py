"""A gate with a store asks it about everybody, and the store's refusal goes before other sources."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aboveboard import ConfigurationError, Gate, Settings, SettingsError
from aboveboard.organisation import example
from aboveboard.suppression import Suppression
from aboveboard.testing import SUBJECT, compliant_event

KEY = "a key of more than sixteen bytes"


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    settings = Settings.load(
        suppression_store=tmp_path / "s.sqlite", subject_key=KEY, sinks="inline"
    )
    with Gate(settings, organisation=example()) as gate:
        yield gate  # type: ignore[misc]


def refuse(gate: Gate, scope: str) -> None:
    assert gate.store is not None
    at = datetime.now(UTC) - timedelta(minutes=1)
    gate.store.record([Suppression(SUBJECT, scope, True, at)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ("email", {"recommendation"}),
        ("any", {"recommendation"}),
        ("sms", set()),
        ("profiling", {"profiling", "decision"}),
        ("processing", {"data_collection", "profiling", "recommendation", "decision"}),
        ("erasure", {"data_collection", "profiling", "recommendation", "decision"}),
    ],
)
def test_what_a_refusal_stops(gate: Gate, scope: str, stopped: set[str]) -> None:
    steps = ("data_collection", "profiling", "recommendation", "decision")
    events = {step: compliant_event(step) for step in steps}  # type: ignore[arg-type]
    assert {step for step, event in events.items() if gate.check(event).stops} == set()
    refuse(gate, scope)
    verdicts = {step: gate.check(event) for step, event in events.items()}
    assert {step for step, verdict in verdicts.items() if verdict.stops} == stopped
    for step in stopped:
        assert "SUPPRESSED" in verdicts[step].rules


def test_over_an_unknown_channel_any_refusal_of_marketing_counts(gate: Gate) -> None:
    event = compliant_event("recommendation", changes={"contact.channel": None})
    assert "SUPPRESSED" not in gate.check(event).rules
    refuse(gate, "sms")
    assert "SUPPRESSED" in gate.check(event).rules


def test_who_is_nobody_in_particular_is_not_asked_about(gate: Gate) -> None:
    refuse(gate, "erasure")
    event = replace(compliant_event("profiling"), subject=None)
    assert gate.check(event).effect == "allow"


def test_facts_that_nobody_knew_are_filled_in(gate: Gate) -> None:
    refuse(gate, "any")
    event = compliant_event(
        "recommendation", changes={"objections": None, "suppression_list": None}
    )
    rules = gate.check(event).rules
    assert {"R-DM-01", "SUPPRESSED"} <= set(rules)


def test_not_to_be_on_the_list_is_known_too(gate: Gate) -> None:
    event = compliant_event("recommendation", changes={"suppression_list": None})
    assert gate.check(event).effect == "allow"
    without = Gate(Settings.load(), organisation=example())
    assert "R-DM-04" in without.check(event).rules


def test_the_same_event_is_asked_about_anew(gate: Gate) -> None:
    event = compliant_event("profiling")
    assert gate.check(event).effect == "allow"
    refuse(gate, "profiling")
    assert gate.check(event).effect == "deny"


def test_a_store_that_fails_stops_the_step(gate: Gate, tmp_path: Path) -> None:
    assert gate.store is not None
    gate.store.close()
    (tmp_path / "s.sqlite").unlink()
    (tmp_path / "s.sqlite").mkdir()
    verdict = gate.check(compliant_event("profiling"))
    assert verdict.rules == ("runtime.facts_failed",)
    (tmp_path / "s.sqlite").rmdir()


def test_without_a_key_processes_would_not_know_each_others_people(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Set subject_key"):
        Gate(Settings.load(suppression_store=tmp_path / "s.sqlite"))


OTHER = """
import sys
from datetime import UTC, datetime
from aboveboard import Gate, Settings
from aboveboard.suppression import Suppression
gate = Gate(Settings.load(suppression_store=sys.argv[1], subject_key=sys.argv[2]))
gate.store.record([Suppression(gate.pseudonym("lead-1"), "profiling", True, datetime.now(UTC))])
"""


def test_an_opt_out_in_one_process_stops_the_next_step_of_another(
    gate: Gate, tmp_path: Path
) -> None:
    event = replace(compliant_event("profiling"), subject=gate.pseudonym("lead-1"))
    assert gate.check(event).effect == "allow"
    subprocess.run([sys.executable, "-c", OTHER, str(tmp_path / "s.sqlite"), KEY], check=True)
    assert "SUPPRESSED" in gate.check(event).rules


class Kept:
    """A store of one's own: what a database of several machines would be."""

    def __init__(self, *entries: Suppression) -> None:
        self.entries = entries

    def of(self, subjects: Any, *, lifted: bool = False) -> dict[str, tuple[Suppression, ...]]:
        asked = set(subjects)
        return {entry.subject: (entry,) for entry in self.entries if entry.subject in asked}

    def close(self) -> None:
        """Nothing is open."""


def test_a_store_of_ones_own_is_asked() -> None:
    refused = Suppression(SUBJECT, "profiling", True, datetime.now(UTC))
    store: Any = Kept(refused)
    gate = Gate(Settings(), organisation=example(), store=store)
    assert gate.store is store
    assert "SUPPRESSED" in gate.check(compliant_event("profiling")).rules
    gate.close()


def test_a_gate_may_get_its_store_later_and_once() -> None:
    gate = Gate(Settings(), organisation=example())
    event = compliant_event("profiling")
    assert gate.check(event).effect == "allow"
    store: Any = Kept(Suppression(SUBJECT, "profiling", True, datetime.now(UTC)))
    gate.keep_refusals(store)
    assert "SUPPRESSED" in gate.check(event).rules
    with pytest.raises(ConfigurationError, match="has a suppression store"):
        gate.keep_refusals(store)
