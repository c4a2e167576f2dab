"""Asks the policies about a recorded event: no plugin, no organisation, nothing is logged.

A recorded event has all facts in it, so the policies alone say what they would decide.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from aboveboard.errors import EngineError
from aboveboard.events import StepEvent
from aboveboard.facts import Phase, Step
from aboveboard.inputs import with_inputs_hash
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.engine import Answer
from aboveboard.reasons import REASONS
from aboveboard.verdicts import Effect

__all__ = ["Decided", "Replayer", "decided", "obligation_text"]

_STRENGTH = {"deny": 0, "escalate": 1, "oblige": 2, "warn": 3}


@dataclass(frozen=True, slots=True)
class Decided:
    """What policies say of one event.

    Attributes:
        effect: `deny`, `escalate` or `allow`.
        findings: by rule its gravest effect: `deny`, `escalate`, `oblige` or `warn`.
        obligations: see `obligation_text`; in order.
        nanoseconds: that the evaluation took; None when the answer to a like event was taken.
    """

    effect: Effect
    findings: dict[str, str]
    obligations: tuple[str, ...]
    nanoseconds: int | None

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that found something, by name."""
        return tuple(sorted(self.findings))

    @property
    def seconds(self) -> float:
        """That the evaluation took."""
        return (self.nanoseconds or 0) / 1e9

    def without(self, rules: frozenset[str]) -> Decided:
        """The same, but for what some rules found."""
        if rules.isdisjoint(self.findings):
            return self
        return decided(
            [(rule, effect) for rule, effect in self.findings.items() if rule not in rules],
            [text for text in self.obligations if text.partition(" ")[0] not in rules],
            self.nanoseconds,
        )


class Replayer:
    """Decides with one policy set, in this process.

    Args:
        bundle: the policies.

    The engine belongs to the thread that asks first; hold one replayer for each process.
    """

    def __init__(self, bundle: PolicyBundle) -> None:
        self._engine = EmbeddedEngine(bundle)
        self._prepared: set[tuple[Step, Phase]] = set()
        self.bundle = bundle

    @property
    def revision(self) -> str:
        """Of the policies."""
        return self.bundle.revision

    @property
    def asked_whole(self) -> int:
        """How often the whole packages were asked, because what was linked gave no answer."""
        return self._engine.asked_whole

    def prepare(self, event: StepEvent) -> None:
        """Build what is needed to answer about an event of its step and phase."""
        if (event.step, event.phase) not in self._prepared:
            self._prepared.add((event.step, event.phase))
            with suppress(EngineError):  # `ask` says it of each event
                self._engine.prepare_for(event.step, event.phase)

    def decide(self, event: StepEvent) -> Decided:
        """What the policies say. No answer is a deny with a reserved reason, as at a gate."""
        _, question = with_inputs_hash(event, event.engine_input())
        return self.ask(event, question)

    def ask(self, event: StepEvent, question: str) -> Decided:
        """`decide` for an event whose `engine_input` was made."""
        started = time.perf_counter_ns()
        try:
            answer = self._engine.evaluate(event.step, question)
        except EngineError as error:
            return refused(error.reason, time.perf_counter_ns() - started)
        return _read(answer, time.perf_counter_ns() - started)


def refused(reason: str, nanoseconds: int = 0) -> Decided:
    """A deny because the policies gave no answer."""
    rule = reason if reason in REASONS else "runtime.policy_error"
    return Decided("deny", {rule: "deny"}, (), nanoseconds)


def decided(
    findings: list[tuple[str, str]], obligations: list[str], nanoseconds: int | None
) -> Decided:
    """Put together what was found: (rule, effect) as often as it was."""
    gravest: dict[str, str] = {}
    for rule, found in findings:
        if rule not in gravest or _STRENGTH[found] < _STRENGTH[gravest[rule]]:
            gravest[rule] = found
    effects = set(gravest.values())
    effect: Effect = (
        "deny" if "deny" in effects else "escalate" if "escalate" in effects else "allow"
    )
    return Decided(effect, gravest, tuple(sorted(set(obligations))), nanoseconds)


def obligation_text(rule: str, kind: str, notice: str | None, paths: tuple[str, ...]) -> str:
    """`RULE kind notice=… path,path`, such as `R-MIN-01 redact contact.age`."""
    parts = [rule, kind]
    if notice is not None:
        parts.append(f"notice={notice}")
    if paths:
        parts.append(",".join(sorted(paths)))
    return " ".join(parts)


def _read(answer: Answer, nanoseconds: int) -> Decided:
    if not answer.findings:
        return Decided("allow", {}, (), nanoseconds)
    return decided(
        [(item.rule, item.effect) for item in answer.findings],
        [
            obligation_text(item.rule, owed.kind, owed.notice, owed.paths)
            for item in answer.findings
            if (owed := item.obligation) is not None
        ],
        nanoseconds,
    )
