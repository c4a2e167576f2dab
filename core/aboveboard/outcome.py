"""What is known of a decision before it becomes a verdict."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field

from aboveboard.errors import EngineError
from aboveboard.events import StepEvent
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.engine import Answer
from aboveboard.reasons import REASONS
from aboveboard.verdicts import Arguments, Finding, Obligation, Verdict, in_order, worst

__all__ = ["Outcome", "conflict", "internal_error"]


@dataclass(slots=True)
class Outcome:
    """Findings and obligations as they come in, from the engine and from plugins.

    Attributes:
        findings: all of them.
        obligations: what the policies oblige to.
        beyond: ids of rules among the findings that the policies did not give.
        revision: of the policies that answered; empty when none did.
        question: what the engine was given; None when it did not come to that.
    """

    findings: list[Finding] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    revision: str = ""
    question: str | None = None

    def take(self, answer: Answer, catalogue: Catalogue, language: str) -> None:
        """Add what the engine found, worded by the catalogue."""
        self.revision = answer.revision
        for raw in answer.findings:
            message, law, remedy = catalogue.render(raw.rule, raw.args, language)
            # The answer was validated when it was read: once is enough.
            self.findings.append(
                Finding.model_construct(
                    rule=raw.rule,
                    effect=raw.effect,
                    message=message,
                    law=law,
                    remedy=remedy,
                    facts=raw.facts,
                    args=Arguments(raw.args),
                )
            )
            if raw.obligation is not None:
                self.obligations.append(
                    Obligation.model_construct(
                        kind=raw.obligation.kind,
                        rule=raw.rule,
                        paths=raw.obligation.paths,
                        notice=raw.obligation.notice,
                    )
                )

    def add(self, findings: list[Finding]) -> None:
        """Add what a plugin found."""
        self.findings.extend(findings)
        self.beyond.extend(finding.rule for finding in findings)

    def refuse(self, error: EngineError) -> None:
        """Add a deny with a reserved reason; one that there is not (of a plugin's engine) is ours."""
        self.add(
            [
                Finding.model_construct(
                    rule=error.reason if error.reason in REASONS else "runtime.policy_error",
                    effect="deny",
                    message=str(error),
                    law="",
                    remedy=error.remedy,
                    facts=(),
                    args=Arguments(),
                )
            ]
        )

    def tolerate(self, error: EngineError) -> None:
        """Keep as a warning what the settings let pass: no answer could be had, and all see it."""
        self.refuse(error)
        self.findings[-1] = self.findings[-1].model_copy(update={"effect": "warn"})

    def verdict(
        self, event: StepEvent, engine: str, started: float, *, enforced: bool = True
    ) -> Verdict:
        """The verdict as it stands; `started` is `time.perf_counter()` at the question."""
        findings = in_order(self.findings) if self.findings else ()
        return Verdict.model_construct(
            id=event.id,
            decision_id=str(uuid.uuid4()),
            step=event.step,
            phase=event.phase,
            effect=worst(findings),
            findings=findings,
            obligations=tuple(sorted(self.obligations, key=lambda o: (o.kind, o.rule, o.paths))),
            policy_revision=self.revision,
            engine=engine,
            duration_ms=round((time.perf_counter() - started) * 1000, 3),
            enforced=enforced,
        )


def conflict(paths: list[str], who: str) -> EngineError:
    """A source contradicts an earlier one."""
    return EngineError(
        "runtime.facts_conflict",
        f"What {who} says contradicts an earlier source on {', '.join(paths)}.",
        "Correct one of the two: a fact has one value.",
    )


def internal_error(error: Exception) -> EngineError:
    """A defect. The text of an unexpected error may quote what it met; its type may not."""
    return EngineError(
        "runtime.internal_error",
        f"Aboveboard itself failed with {type(error).__name__}.",
        "Please report it with the version and the step.",
    )
