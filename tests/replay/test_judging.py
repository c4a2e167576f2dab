"""What is compared, and what is set aside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard import Gate, Settings, hookimpl
from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, STEPS
from aboveboard.organisation import example
from aboveboard.policy.bundle import load_bundle
from aboveboard.records.record import Record, parse_record, record_line
from aboveboard.replay.deciding import Replayer
from aboveboard.replay.judging import Judge, recorded
from aboveboard.testing import compliant_event
from tests.policies.cases import CASES
from tests.policies.cases.case import NOW
from tests.policies.test_rules import assessed
from tests.policies.writing import rego

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.policy.bundle import PolicyBundle


@pytest.fixture(scope="module")
def judge(shipped: PolicyBundle) -> Judge:
    return Judge(Replayer(shipped))


@pytest.mark.parametrize("step", STEPS)
def test_the_policies_that_decided_say_the_same_of_each_rules_cases(
    gate: Gate, judge: Judge, step: Any
) -> None:
    for phase in PHASES:
        for case in CASES[::5]:
            if step not in case.steps:
                continue
            event = compliant_event(step, phase, changes=assessed(step, case.changes), time=NOW)
            verdict = gate.check(event)
            found = judge.judge(parse_record(record_line(event, verdict)), "f:1")
            assert (found.row.kind, found.drift) == ("same", None)
            assert found.row.old_effect == verdict.effect
            assert set(found.row.rules_kept) == set(verdict.rules)


class Tightening:
    """A plugin that adds to what policies found, under an id of its own."""

    @hookimpl
    def aboveboard_profiling(self) -> list[dict[str, Any]]:
        return [{"rule": "ACME-9", "effect": "deny", "message": "No."}]


class Failing:
    @hookimpl
    def aboveboard_profiling(self) -> None:
        msg = "nothing works"
        raise OSError(msg)


@pytest.mark.parametrize(
    ("plugin", "beyond"), [(Tightening(), "ACME-9"), (Failing(), "runtime.hook_failed")]
)
def test_what_plugins_found_is_set_aside(judge: Judge, plugin: object, beyond: str) -> None:
    with Gate(Settings(), organisation=example(), plugins=[plugin]) as gate:
        event = compliant_event("profiling", changes={"objections.profiling": True})
        verdict = gate.check(event)
    assert beyond in verdict.rules
    record = parse_record(record_line(event, verdict, [beyond]))
    found = judge.judge(record)
    assert (found.row.kind, found.drift) == ("same", None)
    assert found.row.rules_kept == ("R-OBJ-01",)
    # Not set aside, it would be the policies' doing.
    found = judge.judge(replace(record, beyond=()))
    assert (found.row.kind, found.row.rules_removed, found.row.drift) == ("rules", (beyond,), True)


def test_a_record_that_holds_no_answer_of_policies_is_compared_with_nothing(
    gate: Gate, judge: Judge, shipped: PolicyBundle
) -> None:
    event = compliant_event("profiling")
    verdict = gate.refuse(event, "runtime.facts_conflict", "Two values.", "Correct one.")
    for record in (
        parse_record(record_line(event, verdict, ["runtime.facts_conflict"])),
        Record(event, None),
    ):
        assert recorded(record) is None
        found = judge.judge(record)
        assert (found.row.kind, found.row.old_effect, found.row.new_effect) == (
            "unanswered",
            None,
            "allow",
        )
        assert found.drift is None
        with_baseline = Judge(Replayer(shipped), Replayer(shipped)).judge(record)
        assert (with_baseline.row.kind, with_baseline.row.old_effect) == ("same", "allow")


def test_drift_is_told_apart_from_a_change(
    gate: Gate, judge: Judge, shipped: PolicyBundle, tmp_path: Path
) -> None:
    event = compliant_event("profiling")
    verdict = gate.check(event)
    stopped = gate.check(compliant_event("profiling", changes={"objections.profiling": True}))
    wrong = verdict.model_copy(update={"effect": stopped.effect, "findings": stopped.findings})
    found = judge.judge(Record(event, wrong), "f:7")
    assert found.row.kind == "newly_allowed"
    assert found.row.drift
    assert found.drift is not None
    assert (found.drift.place, found.drift.recorded_effect, found.drift.effect) == (
        "f:7",
        "deny",
        "allow",
    )
    assert found.drift.rules_removed == ("R-OBJ-01",)
    # Of other policies than the record's, it is their doing.
    other = wrong.model_copy(update={"policy_revision": "sha256:of-old"})
    assert judge.judge(Record(event, other)).drift is None
    # The baseline is what decided: it is held against the record, and not the changed policies.
    (tmp_path / "acme.rego").write_text(rego())
    changed = Judge(Replayer(load_bundle([tmp_path])), Replayer(shipped))
    assert changed.judge(Record(event, verdict)).drift is None
    assert changed.judge(Record(event, wrong)).drift is not None


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Replayer]:
    """Policies by the effect of their one rule on a completed recommendation."""
    found = {}
    for effect in ("warn", "escalate", "deny"):
        place = tmp_path_factory.mktemp(effect)
        text = rego(
            changes={'"effect": "deny"': f'"effect": "{effect}"', "_most := 3": "_most := 0"}
        )
        (place / "acme.rego").write_text(text)
        found[effect] = Replayer(load_bundle([place]))
    return found


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("warn", "deny", "newly_stopped"),
        ("deny", "warn", "newly_allowed"),
        ("escalate", "deny", "stricter"),
        ("deny", "escalate", "milder"),
        ("deny", "deny", "same"),
    ],
)
def test_kinds_of_change(sides: dict[str, Replayer], old: str, new: str, kind: str) -> None:
    found = Judge(sides[new], sides[old]).judge(
        Record(compliant_event("recommendation", "completed"), None)
    )
    row = found.row
    changes = () if old == new else (f"ACME-1 {old}>{new}",)
    assert (row.kind, row.rules_changed) == (kind, changes)
    assert row.causes == (("ACME-1",) if changes else ())
    assert (row.rules_added, row.rules_removed) == ((), ())


def test_other_obligations_are_told_by_their_rule(tmp_path: Path) -> None:
    sides = []
    for name, paths in (("old", '["contact.age"]'), ("new", '["contact.age", "contact.name"]')):
        place = tmp_path / name
        place.mkdir()
        text = rego(changes={
            '"effect": "deny",': f'"effect": "oblige",\n\t"obligation": {{"kind": "redact", "paths": {paths}}},',
            "_most := 3": "_most := 0",
        })  # fmt: skip
        (place / "acme.rego").write_text(text)
        sides.append(Replayer(load_bundle([place])))
    row = (
        Judge(sides[1], sides[0])
        .judge(Record(compliant_event("recommendation", "completed"), None))
        .row
    )
    assert (row.kind, row.causes) == ("obligations", ("ACME-1",))
    assert row.obligations_removed == ("ACME-1 redact contact.age",)
    assert row.obligations_added == ("ACME-1 redact contact.age,contact.name",)


def test_who_it_is_about_is_counted_by_kind_and_never_by_name(judge: Judge) -> None:
    changes = {"subject.is_minor": True, "subject.relationship": "lead", "ai.vendor": "acme"}
    row = judge.judge(Record(compliant_event("profiling", changes=changes), None)).row
    assert (row.vendor, row.segment, row.country) == ("acme", "natural_person/lead/minor", "FI")
    bare = judge.judge(Record(StepEvent.create("profiling", source="/hubspot/1"), None)).row
    assert (bare.vendor, bare.segment, bare.country) == ("hubspot", "unknown/unknown", "unknown")
