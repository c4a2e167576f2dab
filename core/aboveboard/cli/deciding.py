"""From a JSON value to a verdict, or to what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.cli.reading import Bad, Given
from aboveboard.errors import EventError, VocabularyError
from aboveboard.events import StepEvent
from aboveboard.markers import hookimpl

if TYPE_CHECKING:
    from aboveboard.gate import Gate
    from aboveboard.verdicts import Verdict

__all__ = ["Decider"]

_CONFLICT_REMEDY = "Correct the event, or the organisation's file."


class Decider:
    """Makes an event of each value and asks the gate.

    Args:
        gate: decides.
        fill: fill each event with what the gate's organisation states.
    """

    def __init__(self, gate: Gate, *, fill: bool) -> None:
        self._gate = gate
        self._fill = fill
        self._seen = _Seen()
        if gate.manager.implemented("aboveboard_facts"):
            gate.register(self._seen, "aboveboard.cli", inline=True)

    def decide(self, given: Given) -> tuple[StepEvent, Verdict] | Bad:
        """The event with all its facts, and the verdict; or what was expected instead."""
        try:
            event = StepEvent.from_dict(given.value)
        except EventError as error:
            return Bad(given.place, str(error))
        except RecursionError:
            return Bad(given.place, "data: expected facts that are nested less deeply.")
        return self.decide_on(event, given.place)

    def decide_on(self, event: StepEvent, place: str) -> tuple[StepEvent, Verdict] | Bad:
        """`decide` for what is an event already; `place` is where it stood."""
        if self._fill:
            try:
                event = self._gate.complete(event)
            except VocabularyError as error:
                return Bad(place, f"data: {error}")
            except EventError as error:
                text = str(error).removesuffix(" Correct one of the two.")
                refused = self._gate.refuse(event, "runtime.facts_conflict", text, _CONFLICT_REMEDY)
                return event, refused
        verdict = self._gate.check(event)
        return self._seen.event or event, verdict


class _Seen:
    """Plugins give facts inside the gate; the verdict's hook is where the event has them all."""

    def __init__(self) -> None:
        self.event: StepEvent | None = None

    @hookimpl
    def aboveboard_verdict(self, event: StepEvent) -> None:
        """Keep the event that was decided on."""
        self.event = event
