"""Asks plugins on the way of a decision: facts before it, tightening with it, sinks after it."""

from __future__ import annotations

from typing import Any

import structlog

from aboveboard.errors import EngineError, EventError
from aboveboard.events import StepEvent
from aboveboard.facts import STEPS
from aboveboard.manager import PluginManager
from aboveboard.outcome import Outcome, conflict
from aboveboard.verdicts import Finding, Verdict

__all__ = ["Consultation"]

_log = structlog.get_logger("aboveboard")
_REMEDY = "See 'aboveboard plugins' for which there are, and the plugin's own log."


class Consultation:
    """The hooks that some plugin implements; what nobody implements costs nothing."""

    def __init__(self, manager: PluginManager) -> None:
        hook = manager.hook
        has = manager.implemented
        self._facts: Any = hook.aboveboard_facts if has("aboveboard_facts") else None
        self._verdict: Any = hook.aboveboard_verdict if has("aboveboard_verdict") else None
        self._steps: dict[str, Any] = {
            step: getattr(hook, f"aboveboard_{step}") for step in STEPS if has(f"aboveboard_{step}")
        }

    def with_facts(self, event: StepEvent) -> StepEvent:
        """The event with what plugins know of it.

        Raises:
            EngineError: a plugin failed, gave no facts of this step, or contradicts what is known.
        """
        if self._facts is None:
            return event
        conflicts: list[str] = []
        try:
            for facts in reversed(self._facts(event=event)):
                event, conflicts = event.with_facts(facts)
                if conflicts:
                    break
        except EventError as error:  # its text names facts and no values
            msg = f"A plugin's facts hook gave what are no facts: {error}"
            raise EngineError("runtime.facts_failed", msg, _REMEDY) from None
        except Exception as error:
            raise EngineError(
                "runtime.facts_failed",
                f"A plugin's facts hook failed with {type(error).__name__}.",
                _REMEDY,
            ) from None
        if conflicts:
            raise conflict(conflicts, "a plugin")
        return event

    def tighten(self, event: StepEvent, outcome: Outcome) -> None:
        """Add the findings of step hooks. Raises EngineError when one fails."""
        hook = self._steps.get(event.step)
        if hook is None:
            return
        try:
            for findings in hook(event=event):
                outcome.findings.extend(Finding.model_validate(item) for item in findings)
        except Exception as error:
            raise EngineError(
                "runtime.hook_failed",
                f"A plugin's {event.step} hook failed with {type(error).__name__}.",
                _REMEDY,
            ) from None

    def send(self, event: StepEvent, verdict: Verdict) -> None:
        """Give the verdict to every sink; one that raises is logged and keeps it from no other."""
        if self._verdict is None:
            return
        arguments = {"event": event, "verdict": verdict}
        for implementation in reversed(self._verdict.get_hookimpls()):
            try:
                implementation.function(*(arguments[name] for name in implementation.argnames))
            except Exception as error:
                _log.error(
                    "plugin.failed",
                    plugin=implementation.plugin_name,
                    hook="aboveboard_verdict",
                    error=type(error).__name__,
                )
