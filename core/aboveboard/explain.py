"""One structlog event for each verdict, named after what became of the step.

- `step.allowed`, `step.escalated`, `step.denied`: what the verdict says, and what happened.
- `step.would_escalate`, `step.would_deny`: monitor mode; the step ran all the same.
- `step.allowed_unanswered`: no answer could be had, and the setting `allow_on` let the step go on.

The library never configures structlog; what processors the application has, these events meet.
"""

from __future__ import annotations

import structlog

from aboveboard.events import StepEvent
from aboveboard.reasons import UNANSWERED
from aboveboard.verdicts import Verdict

__all__ = ["EVENTS", "WOULD", "log_verdict", "sentence"]

EVENTS = {"allow": "step.allowed", "escalate": "step.escalated", "deny": "step.denied"}
WOULD = {"allow": "step.allowed", "escalate": "step.would_escalate", "deny": "step.would_deny"}

_log = structlog.get_logger("aboveboard")


def log_verdict(event: StepEvent, verdict: Verdict) -> None:
    """Log a verdict with its reasons; no value of a fact is among the keywords.

    `rules`, `messages`, `law` and `remedy` run in parallel: the n-th of each belong together.
    `parent_decision_id` and `traceparent` are there when the event has them.
    """
    findings = verdict.findings
    name = (EVENTS if verdict.enforced else WOULD)[verdict.effect]
    if findings and verdict.effect == "allow" and _unanswered(verdict):
        name = "step.allowed_unanswered"
    write = _log.info if name == "step.allowed" else _log.warning
    write(
        name,
        decision_id=verdict.decision_id,
        event_id=verdict.id,
        step=verdict.step,
        phase=verdict.phase,
        subject=event.subject,
        rules=[finding.rule for finding in findings],
        messages=[finding.message for finding in findings],
        law=[finding.law for finding in findings],
        remedy=[finding.remedy for finding in findings],
        obligations=[obligation.kind for obligation in verdict.obligations],
        policy_revision=verdict.policy_revision,
        engine=verdict.engine,
        duration_ms=verdict.duration_ms,
        enforced=verdict.enforced,
        **_place(event),
    )


def _place(event: StepEvent) -> dict[str, str]:
    """Where the event stands, as far as it stands anywhere."""
    place = {"parent_decision_id": event.parent_decision_id, "traceparent": event.traceparent}
    return {name: value for name, value in place.items() if value is not None}


def _unanswered(verdict: Verdict) -> bool:
    """No policy spoke: a reserved reason stands among the findings of an allow."""
    return any(finding.rule in UNANSWERED for finding in verdict.findings)


def sentence(verdict: Verdict, name: str) -> str:
    """What stopped a step, for a person: messages with rule and law, then what to do.

    Args:
        verdict: one that escalates or denies.
        name: of the step's function.
    """
    how = "needs a human's decision" if verdict.effect == "escalate" else "was stopped"
    step = verdict.step.replace("_", " ")
    lines = [f"The {step} step '{name}' {how}:"]
    for finding in verdict.stopping():
        law = f", {finding.law}" if finding.law else ""
        lines.append(f"- {finding.message} ({finding.rule}{law}) {finding.remedy}".rstrip())
    return "\n".join(lines)
