"""What the gate asks of an engine, and how an answer is read.

Question: the facts of one event, as JSON. Answer: the findings of `data.aboveboard.<step>.answer` and
the revision of the bundle that gave them. An engine either answers in full or raises EngineError.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from aboveboard.errors import EngineError
from aboveboard.facts import Step
from aboveboard.policy.catalogue import Catalogue
from aboveboard.verdicts import Argument, FindingEffect

__all__ = [
    "Answer",
    "EngineHealth",
    "PolicyEngine",
    "RawFinding",
    "RawObligation",
    "Reporting",
    "read_answer",
]

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class RawObligation(BaseModel):
    """An obligation as Rego writes it."""

    model_config = _STRICT
    kind: str
    paths: tuple[str, ...] = ()
    notice: str | None = None


class RawFinding(BaseModel):
    """A finding as Rego writes it: ids and arguments, no text."""

    model_config = _STRICT
    rule: str
    effect: FindingEffect
    facts: tuple[str, ...]
    args: dict[str, Argument]
    obligation: RawObligation | None = None


class Answer(BaseModel):
    """What an engine gives back for one event."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True
    )
    findings: tuple[RawFinding, ...]
    revision: str = Field(min_length=1)


class EngineHealth(BaseModel):
    """How an engine that others run is doing.

    Attributes:
        healthy: it can decide now.
        revision: of the policies that it decides by; None when it cannot tell.
        error: what needs looking at, such as an update that it could not take; None when nothing.
    """

    model_config = _STRICT
    healthy: bool
    revision: str | None = None
    error: str | None = None


_ANSWER = TypeAdapter(Answer)
_NAMES = {*Answer.model_fields, *RawFinding.model_fields, *RawObligation.model_fields}


class PolicyEngine(Protocol):
    """An engine holds one policy bundle and answers for one event at a time, from any thread."""

    @property
    def name(self) -> str:
        """What the settings call it: `embedded`, `opa`, `managed`, or a plugin's own."""

    @property
    def catalogue(self) -> Catalogue:
        """The messages of the bundle that answers."""

    def prepare(self) -> None:
        """Do before the first question what would make it slow. May raise EngineError."""

    def evaluate(self, step: Step, facts: str) -> Answer:
        """Answer for one event.

        Args:
            step: which step's package is asked.
            facts: Rego's `input` as a JSON object.

        Raises:
            EngineError: no usable answer; the reason is one of the reserved ones.
        """

    async def aevaluate(self, step: Step, facts: str) -> Answer:
        """`evaluate` without blocking the event loop on a network."""

    def close(self) -> None:
        """Release connections. The engine is not used after."""

    async def aclose(self) -> None:
        """`close` for what belongs to the running event loop."""


@runtime_checkable
class Reporting(Protocol):
    """What an engine adds that can be down without the gate's doing; `gate.status()` asks it."""

    def health(self) -> EngineHealth:
        """Ask it. Never raises EngineError: what is wrong is in the answer."""

    async def ahealth(self) -> EngineHealth:
        """`health` without blocking the event loop."""


def read_answer(payload: str | bytes | dict[str, Any]) -> Answer:
    """Validate an answer: what is not of the expected shape must never read as "no findings".

    Raises:
        EngineError: `runtime.policy_error`.
    """
    try:
        if isinstance(payload, str | bytes):
            answer = _ANSWER.validate_json(payload)
        else:
            answer = _ANSWER.validate_python(payload)
    except ValidationError as error:
        # Names that a policy made up may hold what it read.
        found = error.errors(include_input=False)[0]["loc"]
        place = ".".join(str(part) for part in found if isinstance(part, int) or part in _NAMES)
        msg = f"The policies gave an answer of the wrong shape{f' at {place}' if place else ''}."
        raise EngineError(
            "runtime.policy_error",
            msg,
            "Check that 'findings' holds objects {rule, effect, facts, args, obligation} only.",
        ) from None
    for finding in answer.findings:
        if finding.rule.startswith("runtime."):
            raise EngineError(
                "runtime.policy_error",
                "A policy answered with a reserved reason in place of its rule's id.",
                "Give the finding the id that stands in the rule's metadata.",
            )
        if finding.effect == "oblige" and finding.obligation is None:
            raise EngineError(
                "runtime.policy_error",
                f"Rule {finding.rule} obliges to something and does not say to what.",
                "Give the finding an 'obligation' {kind, paths, notice}.",
            )
    return answer
