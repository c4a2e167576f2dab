"""Asks plugins on the way of a decision: facts before it, tightening with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from aboveboard.errors import EngineError, EventError
from aboveboard.events import StepEvent
from aboveboard.facts import STEPS
from aboveboard.manager import PluginManager
from aboveboard.outcome import Outcome, conflict
from aboveboard.policy.metadata import MAX_ID, RULE_ID
from aboveboard.verdicts import Finding

__all__ = ["Consultation"]

_REMEDY = "See 'aboveboard plugins' for which there are, and the plugin's own log."
_UNSPEAKABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class Consultation:
    """The hooks that some plugin implements, in the set order; what nobody implements is free."""

    def __init__(self, manager: PluginManager) -> None:
        self._facts = manager.implementations("aboveboard_facts")
        self._steps = {step: manager.implementations(f"aboveboard_{step}") for step in STEPS}

    def with_facts(self, event: StepEvent) -> StepEvent:
        """The event with what plugins know of it; each sees what those before it said.

        Raises:
            EngineError: a plugin failed, gave no facts of this step, or contradicts what is known.
        """
        for found in self._facts:
            who = f"the facts hook of plugin '{found.plugin_name}'"
            try:
                facts: Mapping[str, Any] | None = _call(found, event)
            except Exception as error:
                raise _failed(
                    "runtime.facts_failed", f"{who} failed with {type(error).__name__}"
                ) from None
            if facts is None:
                continue
            try:
                event, conflicts = event.with_facts(facts)
            except EventError as error:  # its text names facts and no values
                raise _failed(
                    "runtime.facts_failed", f"{who} gave what are no facts: {error}"
                ) from None
            except Exception as error:
                raise _failed(
                    "runtime.facts_failed", f"{who} gave what are no facts ({type(error).__name__})"
                ) from None
            if conflicts:
                raise conflict(conflicts, f"plugin '{found.plugin_name}'")
        return event

    def tighten(self, event: StepEvent, outcome: Outcome) -> None:
        """Add the findings of step hooks. Raises EngineError when one fails."""
        for found in self._steps[event.step]:
            who = f"the {event.step} hook of plugin '{found.plugin_name}'"
            try:
                findings: Iterable[Any] | None = _call(found, event)
                if findings is not None:
                    outcome.add([_finding(item) for item in findings])
            except _NoFindingError as error:
                raise _failed(
                    "runtime.hook_failed", f"{who} returned what is no finding: {error}"
                ) from None
            except Exception as error:
                raise _failed(
                    "runtime.hook_failed", f"{who} failed with {type(error).__name__}"
                ) from None


class _NoFindingError(ValueError):
    """Says what is wrong with a finding, and quotes nothing of it."""


def _finding(item: Any) -> Finding:
    """A finding of a plugin: it may neither pass for one of ours nor break the log it goes into."""
    found = Finding.model_validate(item)
    if len(found.rule) > MAX_ID or not re.fullmatch(RULE_ID, found.rule):
        msg = "its rule is an id of letters, digits, '-' and '_', such as ACME-01"
        raise _NoFindingError(msg)
    if found.effect == "oblige":
        msg = "it obliges to something, which only a policy can; here it is deny, escalate or warn"
        raise _NoFindingError(msg)
    texts = (found.message, found.law, found.remedy, *found.facts)
    if any(map(_UNSPEAKABLE.search, texts)):
        msg = "its texts hold control characters or halves of characters"
        raise _NoFindingError(msg)
    return found


def _failed(reason: str, message: str) -> EngineError:
    message = f"{message[0].upper()}{message[1:]}".removesuffix(".")
    return EngineError(reason, f"{message}.", _REMEDY)


def _call(implementation: Any, event: StepEvent) -> Any:
    """Implementations may leave out the argument."""
    return implementation.function(*(event for _ in implementation.argnames))
