"""Asks plugins on the way of a decision: facts before it, tightening with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aboveboard.errors import EngineError
from aboveboard.events import StepEvent
from aboveboard.facts import STEPS
from aboveboard.manager import PluginManager
from aboveboard.outcome import Outcome, conflict
from aboveboard.verdicts import Finding

__all__ = ["Consultation"]

_REMEDY = "See 'aboveboard plugins' for which there are, and the plugin's own log."


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
            try:
                facts: Mapping[str, Any] | None = _call(found, event)
                if facts is None:
                    continue
                event, conflicts = event.with_facts(facts)
            except Exception as error:
                raise EngineError(
                    "runtime.facts_failed",
                    f"The facts hook of plugin '{found.plugin_name}' failed with "
                    f"{type(error).__name__}.",
                    _REMEDY,
                ) from None
            if conflicts:
                raise conflict(conflicts, f"plugin '{found.plugin_name}'")
        return event

    def tighten(self, event: StepEvent, outcome: Outcome) -> None:
        """Add the findings of step hooks. Raises EngineError when one fails."""
        for found in self._steps[event.step]:
            try:
                findings: Iterable[Any] | None = _call(found, event)
                if findings is not None:
                    outcome.findings.extend([Finding.model_validate(item) for item in findings])
            except Exception as error:
                raise EngineError(
                    "runtime.hook_failed",
                    f"The {event.step} hook of plugin '{found.plugin_name}' failed with "
                    f"{type(error).__name__}.",
                    _REMEDY,
                ) from None


def _call(implementation: Any, event: StepEvent) -> Any:
    """Implementations may leave out the argument."""
    return implementation.function(*(event for _ in implementation.argnames))
