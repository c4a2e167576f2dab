"""What is the same for every call of a decorated function under one gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aboveboard.facts import Phase, StepFacts, derive
from aboveboard.facts.derived import stable_for
from aboveboard.facts.merging import fill
from aboveboard.organisation import Organisation, open_at

__all__ = ["Prepared"]


@dataclass(slots=True)
class Prepared:
    """What is the same for every call of one function with one gate.

    Opening hours change by the minute and ages by the day: the facts of the moment are kept for as
    long as they stay true.
    """

    organisation: Organisation
    facts: dict[Phase, StepFacts]
    source: str
    opening_hours: bool
    now: dict[Phase, tuple[StepFacts, datetime, datetime]] = field(default_factory=dict)

    def at(self, phase: Phase, when: datetime) -> StepFacts:
        """The facts that hold at a moment, derived, before those of the call."""
        kept = self.now.get(phase)
        if kept is None or not kept[1] <= when < kept[2]:
            facts = derive(self.open(self.facts[phase], when), when)
            # Bounded, so that adding it to a time cannot overflow.
            stable = min(stable_for(facts, when), timedelta(days=1))
            if self.opening_hours:
                stable = min(
                    stable, timedelta(seconds=60 - when.second, microseconds=-when.microsecond)
                )
            kept = self.now[phase] = (facts, when, when + stable)
        return kept[0]

    def open(self, facts: StepFacts, when: datetime) -> StepFacts:
        """The facts with the opening hours, which speak only where nobody else does."""
        opened = open_at(self.organisation, when) if self.opening_hours else None
        if opened is None:
            return facts
        return fill(facts, {"human": {"available": opened}})[0]
