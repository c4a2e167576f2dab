"""Each hook of the plugin, through a gate."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from aboveboard import Gate, StepEvent
from aboveboard.testing import compliant_event


@pytest.fixture
def about(aboveboard_gate: Gate) -> Any:
    """A compliant offer to one of the CRM's people, whose objections nobody else knows."""

    def make(contact_id: str, phase: Any = "requested", **changes: Any) -> StepEvent:
        unknown = {"objections.direct_marketing": None, "objections.profiling": None}
        given = {name.replace("__", "."): value for name, value in changes.items()}
        event = compliant_event("recommendation", phase, changes={**unknown, **given})
        return dataclasses.replace(event, subject=aboveboard_gate.pseudonym(contact_id))

    return make


def test_the_crm_says_who_objected(aboveboard_gate: Gate, about: Any) -> None:
    assert aboveboard_gate.check(about("c-100")).rules == ()
    assert aboveboard_gate.check(about("c-200")).rules == ("R-DM-01",)


def test_whom_it_does_not_know_stays_unknown(aboveboard_gate: Gate, about: Any) -> None:
    assert not aboveboard_gate.check(about("c-999")).allowed


def test_without_the_export_nothing_is_known(
    aboveboard_gate: Gate, about: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_CRM_EXPORT", "gone.csv")
    assert aboveboard_gate.check(about("c-100")).rules == ("runtime.facts_failed",)


def test_no_offers_by_text_message(aboveboard_gate: Gate, about: Any) -> None:
    verdict = aboveboard_gate.check(about("c-100", contact__channel="sms"))
    assert "ACME-01" in verdict.rules
    found = next(finding for finding in verdict.findings if finding.rule == "ACME-01")
    assert found.message == "Acme sends no offers by sms."


def test_key_accounts_need_a_human(aboveboard_gate: Gate, about: Any) -> None:
    assert aboveboard_gate.check(about("c-300")).allowed
    verdict = aboveboard_gate.check(about("c-300", "completed"))
    assert (verdict.effect, verdict.rules) == ("escalate", ("ACME-02",))


def test_every_verdict_is_in_the_journal(aboveboard_gate: Gate, about: Any) -> None:
    verdicts = [aboveboard_gate.check(about(name)) for name in ("c-100", "c-200")]
    lines = Path(os.environ["ACME_JOURNAL"]).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [verdict.as_dict() for verdict in verdicts]
