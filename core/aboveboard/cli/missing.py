"""Which unknown facts stopped events, and where each is best stated.

Most denies of a first run say that nobody stated something. Stated once, in the right place, it
stops no event any more.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from aboveboard.explaining.stating import is_known, where

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.verdicts import Verdict

__all__ = ["Missing", "is_known", "where"]


class Missing:
    """Counts, over all events, the unknown facts that stopping findings rest on."""

    def __init__(self) -> None:
        self._events: Counter[str] = Counter()

    def add(self, event: StepEvent, verdict: Verdict) -> None:
        """Count one verdict; a fact counts once an event."""
        paths = {
            path
            for finding in verdict.findings
            if finding.effect in ("deny", "escalate")
            for path in finding.facts
            if not is_known(event, path)
        }
        self._events.update(paths)

    def top(self, number: int) -> list[tuple[str, int, str]]:
        """The facts that stopped most events: path, number of events, where to state it."""
        ranked = sorted(self._events.items(), key=lambda item: (-item[1], item[0]))
        return [(path, events, where(path)) for path, events in ranked[:number]]

    def __len__(self) -> int:
        return len(self._events)
