"""What each rule says, on both engines: the changes to a compliant event, and the findings.

How a rule draws its lines is tested in Rego beside it; here it is seen as the gate's caller sees it,
in every step it serves and in both phases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.facts import PHASES, Phase, Step
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import compliant_event
from tests.policies.cases import CASES
from tests.policies.cases.case import NOW, TALKS, WITHDRAWN, Case

if TYPE_CHECKING:
    from aboveboard.gate import Gate
    from aboveboard.verdicts import Verdict

pytestmark = pytest.mark.library

EACH = [
    pytest.param(step, phase, case, id=f"{step}-{phase}-{case}")
    for case in CASES
    for step in case.steps
    for phase in PHASES
]


def found(verdict: Verdict) -> set[str]:
    """The findings as a case writes them."""
    return {
        ":".join(filter(None, (item.rule, item.effect, str(item.args.get("reason", "")))))
        for item in verdict.findings
    }


def assessed(step: Step, changes: dict[str, Any]) -> dict[str, Any]:
    """The compliant profile rests on an assessment of its purpose: so do those of other purposes,
    unless a case tries just that."""
    if step == "profiling" and "processing.purposes" in changes:
        return {"compatibility.covers_purposes": changes["processing.purposes"], **changes}
    return changes


@pytest.mark.parametrize(("step", "phase", "case"), EACH)
def test_findings(step: Step, phase: Phase, case: Case, gate: Gate) -> None:
    changes = assessed(step, case.changes)
    verdict = gate.check(compliant_event(step, phase, changes=changes, time=case.time))
    assert found(verdict) == (case.requested if phase == "requested" else case.completed)
    effects = {finding.effect for finding in verdict.findings}
    worst = next((effect for effect in ("deny", "escalate") if effect in effects), "allow")
    assert verdict.effect == worst
    for finding in verdict.findings:
        assert finding.message.endswith(".")
        assert finding.remedy.endswith(".")
        assert finding.law
        assert not {"{", "}", "?"} & set(finding.message + finding.remedy)


def test_every_rule_is_tried_in_each_of_its_steps_and_phases() -> None:
    tried = {
        (text.split(":")[0], step, phase)
        for case in CASES
        for step in case.steps
        for phase, texts in (("requested", case.requested), ("completed", case.completed))
        for text in texts
    }
    served = {
        (entry.rule, step, phase)
        for entry in load_bundle().catalogue
        for step in entry.steps
        for phase in entry.phases
    }
    assert tried == served


def test_every_reason_is_tried() -> None:
    tried = {text for case in CASES for text in case.requested | case.completed}
    reasons = {tuple(text.split(":")[::2]) for text in tried if text.count(":") == 2}
    catalogue = load_bundle().catalogue
    assert reasons == {
        (entry.rule, reason)
        for entry in catalogue
        for reason in entry.messages
        if reason != "default"
    }


def test_what_is_obliged(gate: Gate) -> None:
    def obliged(step: Step, phase: Phase, changes: dict[str, Any]) -> list[dict[str, Any]]:
        event = compliant_event(step, phase, changes=changes, time=NOW)
        return [item.model_dump(exclude_defaults=True) for item in gate.check(event).obligations]

    assert obliged("profiling", "requested", {"fields.1.categories": ["pd:Picture"]}) == [
        {"kind": "redact", "rule": "R-MIN-01", "paths": ("lead.purchases",)}
    ]
    assert obliged("recommendation", "requested", TALKS) == [
        {"kind": "disclose", "rule": "R-AID-01", "notice": "ai_disclosure"}
    ]
    assert obliged("recommendation", "completed", {"recommendation.alternatives_count": 0}) == [
        {"kind": "disclose", "rule": "R-ALT-01", "notice": "alternatives"}
    ]
    withdrawn = {"consent": [WITHDRAWN], "processing.derived_fields": ["score", "segment"]}
    assert obliged("recommendation", "requested", withdrawn) == [
        {"kind": "erase", "rule": "R-CONS-03", "paths": ("score", "segment")}
    ]


def test_ids_that_dpv_does_not_have_cannot_slip_by(gate: Gate) -> None:
    """Events refuse them; whoever asks an engine without an event is answered with care."""
    text = compliant_event("recommendation", time=NOW).engine_input()
    for old, new, rules in (
        ("dpv:DirectMarketing", "dpv:DirectMarketting", {"R-CONS-01"}),
        ('"direct_marketing":false', '"direct_marketing":true', {"R-DM-01"}),
        ("pd:EmailAddressWork", "pd:EmailAdress", {"R-SPEC-01"}),
    ):
        assert old in text
        answer = gate.engine.evaluate("recommendation", text.replace(old, new))
        assert {item.rule for item in answer.findings} >= rules
    unknown = text.replace("dpv:DirectMarketing", "dpv:X").replace(
        '"direct_marketing":false', '"direct_marketing":true'
    )
    answer = gate.engine.evaluate("recommendation", unknown)
    assert "R-DM-01" in {item.rule for item in answer.findings}
