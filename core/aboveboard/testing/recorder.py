"""Keeps what a gate was asked and what it answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aboveboard.events import StepEvent
from aboveboard.gate import Gate
from aboveboard.markers import hookimpl
from aboveboard.verdicts import Verdict

__all__ = ["Recorder", "recording"]


class Recorder:
    """A plugin that keeps events and verdicts, in the order of the decisions.

    Register it with `gate.register(recorder, inline=True)`, or use `recording`, so that a verdict
    is here as soon as it was given.
    """

    def __init__(self) -> None:
        self._decided: list[tuple[StepEvent, Verdict]] = []
        self._reviews: list[Verdict] = []

    def __repr__(self) -> str:
        return f"Recorder({len(self._decided)} decisions)"

    @property
    def events(self) -> tuple[StepEvent, ...]:
        """The events that were decided, with all their facts."""
        return tuple(event for event, _ in self._decided)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The answers; the n-th belongs to the n-th event."""
        return tuple(verdict for _, verdict in self._decided)

    @property
    def reviews(self) -> tuple[Verdict, ...]:
        """The escalations that were handed to a human."""
        return tuple(self._reviews)

    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that found something, each once, in the order in which they spoke."""
        return tuple(dict.fromkeys(rule for verdict in self.verdicts for rule in verdict.rules))

    def clear(self) -> None:
        """Forget everything."""
        self._decided.clear()
        self._reviews.clear()

    @hookimpl
    def aboveboard_verdict(self, event: StepEvent, verdict: Verdict) -> None:
        """Keep a verdict."""
        self._decided.append((event, verdict))

    @hookimpl
    def aboveboard_review(self, verdict: Verdict) -> None:
        """Keep an escalation."""
        self._reviews.append(verdict)


@contextmanager
def recording(gate: Gate) -> Iterator[Recorder]:
    """Record what a gate decides and make it the default gate, for as long as a `with` block lasts.

    The default is that of this thread or task, as with `Gate.active`; the recorder also sees what
    other threads ask of the gate.
    """
    recorder = Recorder()
    gate.register(recorder, inline=True)
    try:
        with gate.active():
            yield recorder
    finally:
        gate.unregister(recorder)
