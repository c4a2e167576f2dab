"""What each rule says, on both engines: the changes to a compliant event, and the findings.

How a rule draws its lines is tested in Rego beside it; here it is seen as the gate's caller sees it,
in every step it serves and in both phases.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.facts import PHASES, STEPS, Phase, Step
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from aboveboard.gate import Gate
    from aboveboard.verdicts import Verdict

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
C, P, R, D = STEPS

WITHDRAWN = {
    "status": "dpv:ConsentWithdrawn",
    "purpose": "dpv:DirectMarketing",
    "channel": "email",
    "withdrawn_at": NOW - timedelta(days=1),
}
GIVEN = {
    "status": "dpv:ConsentGiven",
    "purpose": "dpv:DirectMarketing",
    "channel": "email",
    "given_at": NOW - timedelta(days=30),
    "proof_ref": "form-1",
    "explicit": True,
}
ON_CONSENT = {
    "processing.legal_basis": "eu-gdpr:A6-1-a",
    "processing.purposes": ["dpv:DirectMarketing"],
    "contact.channel": "email",
}
US = {"transfer.leaves_organisation": True, "transfer.recipient_country": "US"}
CERTIFIED = {
    **US,
    "transfer.mechanism": "adequacy",
    "transfer.dpf_certified": True,
    "transfer.dpf_scope": ["non_hr"],
}
CLAUSES = {"transfer.scc_module": 2, "transfer.tia_done_at": NOW - timedelta(days=9)}
ALONE = {"decision.effect": "legal", "decision.automation": "dpv:FullAutomation"}
TALKS = {"ai.interacts_directly": True}


@dataclass(frozen=True)
class Case:
    """Changes to the compliant event of some steps, and all that is found in each phase.

    Findings are written `rule:effect`, or `rule:effect:reason`.
    """

    steps: tuple[Step, ...]
    changes: dict[str, Any]
    requested: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        found = "+".join(sorted(self.requested | self.completed)) or "nothing"
        return f"{found} by {','.join(self.changes)}"


CASES = [
    Case(STEPS, {}),
    # R-LB-01
    Case((C, P, R, D), {"processing.legal_basis": None}, {"R-LB-01:deny"}),
    Case((C, P, R, D), {"processing.purposes": None}, {"R-LB-01:deny:purpose"}),
    Case((C, P, R, D), {"processing.purposes": []}, {"R-LB-01:deny:purpose"}),
    Case((C, P), {"processing.legal_basis": None, "processing.personal_data": False}),
    # R-CONS-01
    Case((C, P, R), {**ON_CONSENT, "consent": [GIVEN]}),
    Case((C, P, R), {**ON_CONSENT, "consent": []}, {"R-CONS-01:deny"}),
    Case((C, P, R), {**ON_CONSENT, "consent": None}, {"R-CONS-01:deny:unknown"}),
    Case((R,), {"contact.channel": "sms"}, {"R-CONS-01:deny"}),
    Case((R,), {"contact.channel": None}, {"R-CONS-01:deny:channel"}),
    Case((R,), {"consent.0.proof_ref": None}, {"R-CONS-01:deny"}),
    Case((R,), {"consent.0.given_at": None, "consent.0.age_days": None}, {"R-CONS-01:deny"}),
    Case((R,), {"consent.0.given_at": NOW + timedelta(hours=1)}, {"R-CONS-01:deny"}),
    Case((R,), {"consent.0.expires_at": NOW - timedelta(seconds=1)}, {"R-CONS-01:deny"}),
    Case((R,), {"consent.0.expires_at": NOW + timedelta(seconds=1)}),
    # R-CONS-03
    Case((C, P, R), {**ON_CONSENT, "consent": [WITHDRAWN]},
         {"R-CONS-01:deny", "R-CONS-03:deny"}),
    Case((C, P, R), {**ON_CONSENT, "consent": [GIVEN, WITHDRAWN]},
         {"R-CONS-01:deny", "R-CONS-03:deny"}),
    Case((C, P, R), {**ON_CONSENT, "consent": [{**GIVEN, "given_at": NOW}, WITHDRAWN]}),
    Case((R,), {"consent.0.withdrawn_at": NOW}, {"R-CONS-01:deny", "R-CONS-03:deny"}),
    Case((R,), {"consent.0.withdrawn_at": NOW + timedelta(days=9)},
         {"R-CONS-01:deny", "R-CONS-03:deny"}),
    Case((D,), {**ON_CONSENT, "consent": [WITHDRAWN]}, {"R-CONS-03:deny"}),
    Case((D,), {**ON_CONSENT, "consent": [{**WITHDRAWN, "channel": "sms"}]}),
    Case((D,), {**ON_CONSENT, "consent": None}),
    # R-MIN-01
    Case((C, P), {"fields.0.categories": ["pd:Income"]}, {"R-MIN-01:oblige"}),
    Case((C, P), {"fields.0.categories": None}, {"R-MIN-01:oblige"}),
    Case((C, P), {"fields.0.necessary_for": ["dpv:AcademicResearch"]}, {"R-MIN-01:oblige"}),
    Case((C, P), {"processing.allowed_categories": None}, {"R-MIN-01:oblige"}),
    Case((R, D), {"fields.0.categories": ["pd:Income"]}),
    # R-SPEC-01
    Case((C, P), {"fields.0.categories": ["pd:Health"]}, {"R-MIN-01:oblige", "R-SPEC-01:deny"}),
    Case((R, D), {"fields.0.categories": ["pd:Health"]}, {"R-SPEC-01:deny"}),
    Case((C, P, R, D), {"fields.0.detected_categories": ["pd:EthnicOrigin"]}, {"R-SPEC-01:deny"}),
    Case((R, D), {"fields.0.categories": ["pd:Health"],
                  "processing.art9_condition": "eu-gdpr:A9-2-f"}),
    Case((R,), {"fields.0.categories": ["pd:Health"],
                "processing.art9_condition": "eu-gdpr:A9-2-a"}),
    Case((R,), {"fields.0.categories": ["pd:Health"], "consent.0.explicit": False,
                "processing.art9_condition": "eu-gdpr:A9-2-a"}, {"R-SPEC-01:deny"}),
    Case((C, P, R, D), {"fields.0.free_text": True}, {"R-SPEC-01:escalate:unscanned"}),
    Case((C, P, R, D), {"fields.0.free_text": True, "fields.0.text_scanned": True}),
    # R-OBJ-01
    Case((P, R, D), {"objections.profiling": True}, {"R-OBJ-01:deny"}),
    Case((P, R, D), {"objections.profiling": True, "objections.compelling_grounds_ref": "CG-1"}),
    Case((P, R, D), {"objections.profiling": None}, {"R-OBJ-01:deny:unknown"}),
    Case((P, R, D), {"objections.channel": None}, {"R-OBJ-01:warn:channel"}),
    # R-DM-01
    Case((R,), {"objections.direct_marketing": True}, {"R-DM-01:deny"}),
    Case((R,), {"objections.direct_marketing": None}, {"R-DM-01:deny:unknown"}),
    Case((P,), {"objections.direct_marketing": True, "processing.purposes": ["dpv:Marketing"]},
         {"R-DM-01:deny"}),
    Case((P,), {"objections.direct_marketing": None,
                "processing.purposes": ["dpv:TargetedAdvertising"]}, {"R-DM-01:deny:unknown"}),
    Case((P,), {"objections.direct_marketing": True}),
    # R-AID-01
    Case((R, D), TALKS, {"R-AID-01:oblige"}, {"R-AID-01:deny:undisclosed"}),
    Case((R, D), {"ai.interacts_directly": None},
         {"R-AID-01:oblige"}, {"R-AID-01:deny:undisclosed"}),
    Case((R, D), {**TALKS, "ai.disclosure_shown_at": NOW, "ai.disclosure_language": "fi"}),
    Case((R, D), {**TALKS, "ai.disclosure_shown_at": NOW, "ai.disclosure_language": "en"},
         {"R-AID-01:oblige"}, {"R-AID-01:deny:undisclosed"}),
    Case((R, D), {**TALKS, "ai.disclosure_shown_at": NOW + timedelta(seconds=9)},
         {"R-AID-01:oblige"}, {"R-AID-01:deny:undisclosed"}),
    Case((R, D), {**TALKS, "ai.disclosure_shown_at": NOW, "ai.human_persona": True},
         {"R-AID-01:deny:persona"}, {"R-AID-01:deny:persona"}),
    Case((R, D), {**TALKS, "ai.disclosure_shown_at": NOW,
                  "conversation.first_message_at": NOW - timedelta(minutes=1)},
         {"R-AID-01:warn:late"}, {"R-AID-01:warn:late"}),
    # R-HUM-01
    Case((R, D), {"conversation.user_requested_human": True},
         {"R-HUM-01:escalate"}, {"R-HUM-01:escalate"}),
    Case((R, D), {"conversation.user_requested_human": True, "handover.offered_at": NOW}),
    Case((R, D), {"conversation.user_requested_human": True, "handover.callback_at": NOW}),
    Case((R, D), {"conversation.user_requested_human": True, "handover.offered_at": NOW,
                  "human.available": False}, {"R-HUM-01:escalate"}, {"R-HUM-01:escalate"}),
    Case((R, D), {"conversation.user_requested_human": None}),
    # R-ADM-01
    Case((D,), ALONE, {"R-ADM-01:escalate"}, {"R-ADM-01:escalate"}),
    Case((D,), {**ALONE, "human.available": False},
         {"R-ADM-01:deny:nobody"}, {"R-ADM-01:deny:nobody"}),
    Case((D,), {**ALONE, "decision.art22_exception": "contract"}),
    Case((D,), {"decision.effect": "legal"}),
    Case((D,), {"decision.effect": "legal", "decision.score_decisive": True},
         {"R-ADM-01:escalate"}, {"R-ADM-01:escalate"}),
    Case((D,), {"decision.effect": None},
         {"R-ADM-01:escalate:unknown"}, {"R-ADM-01:escalate:unknown"}),
    Case((D,), {"decision.automation": None},
         {"R-ADM-01:escalate:unknown"}, {"R-ADM-01:escalate:unknown"}),
    # R-TRF-01
    Case((C, P, R, D), US, {"R-TRF-01:deny"}),
    Case((C, P, R, D), CERTIFIED, {"R-TRF-01:warn:framework_alone"}),
    Case((C, P, R, D), {**CERTIFIED, **CLAUSES}),
    Case((C, P, R, D), {**US, **CLAUSES, "transfer.mechanism": "scc"}),
    Case((C, P, R, D), {**US, **CLAUSES, "transfer.mechanism": "scc",
                        "transfer.tia_done_at": NOW + timedelta(days=9)}, {"R-TRF-01:deny"}),
    Case((C, P, R, D), {**US, "transfer.mechanism": "bcr"}, {"R-TRF-01:deny"}),
    Case((C, P, R, D), {**US, "transfer.mechanism": "derogation", "transfer.routine": True},
         {"R-TRF-01:deny"}),
    Case((C, P, R, D), {"transfer.leaves_organisation": True, "transfer.recipient_country": None},
         {"R-TRF-01:deny:unknown"}),
    Case((C, P, R, D), {"transfer.recipient_country": None, "transfer.recipient": None,
                        "transfer.leaves_organisation": None, "ai.base_url_host": "ai.example"},
         {"R-TRF-01:deny:unknown"}),
    # R-ALT-01
    Case((R,), {"recommendation.alternatives_count": 1}, completed={"R-ALT-01:oblige"}),
    Case((R,), {"recommendation.cheapest_suitable_shown": None}, completed={"R-ALT-01:oblige"}),
    Case((R,), {"recommendation": None}, completed={"R-ALT-01:oblige"}),
    Case((R,), {"recommendation.items.1.total_price_minor": None},
         completed={"R-ALT-01:deny:price"}),
    Case((R,), {"recommendation.items.0.tax_included": False},
         completed={"R-ALT-01:deny:price"}),
    Case((R,), {"recommendation.purchase_advice": False, "recommendation.items": None}),
]  # fmt: skip
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


@pytest.mark.parametrize(("step", "phase", "case"), EACH)
def test_findings(step: Step, phase: Phase, case: Case, gate: Gate) -> None:
    verdict = gate.check(compliant_event(step, phase, changes=case.changes, time=NOW))
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

    assert obliged("profiling", "requested", {"fields.1.categories": ["pd:Income"]}) == [
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
