"""One structlog event for each verdict: `step.allowed`, `step.escalated` or `step.denied`.

The library never configures structlog; what processors the application has, these events meet.
"""

from __future__ import annotations

import structlog

from aboveboard.events import StepEvent
from aboveboard.verdicts import Verdict

__all__ = ["EVENTS", "log_verdict", "sentence"]

EVENTS = {"allow": "step.allowed", "escalate": "step.escalated", "deny": "step.denied"}

_log = structlog.get_logger("aboveboard")


def log_verdict(event: StepEvent, verdict: Verdict) -> None:
    """Log a verdict with its reasons; no value of a fact is among the keywords.

    `rules`, `messages`, `law` and `remedy` run in parallel: the n-th of each belong together.
    """
    write = _log.info if verdict.effect == "allow" else _log.warning
    findings = verdict.findings
    write(
        EVENTS[verdict.effect],
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
    )


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
