"""What is the same for every call of one step with one gate, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aboveboard.errors import EventError, SignatureError
from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, Phase, Step, StepFacts, derive
from aboveboard.facts.derived import stable_for
from aboveboard.facts.merging import EACH, as_mapping, fill, merge
from aboveboard.organisation import Organisation, open_at

if TYPE_CHECKING:
    from aboveboard.gate import Gate
    from aboveboard.steps.telling import Options

__all__ = ["Prepared", "prepare", "static_facts"]


@dataclass(slots=True)
class Prepared:
    """Register, profile, keywords and annotations of a step, as facts.

    Opening hours change by the minute and ages by the day: the facts of the moment are kept for as
    long as they stay true. The gate is not held here: what is prepared goes when its gate goes.
    """

    organisation: Organisation
    facts: dict[Phase, StepFacts]
    source: str
    opening_hours: bool
    # What mappings say of each field, for the fields that only a call brings.
    each: dict[Phase, dict[str, Any]]
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


def prepare(
    gate: Gate,
    step: Step,
    name: str,
    options: Options,
    *,
    source: str,
    fields: Callable[[Phase], dict[str, Any]] | None = None,
) -> Prepared:
    """What no call of a step changes, for both phases.

    Args:
        gate: whose register and profile are asked.
        step: one of the four steps.
        name: of the function, block or vendor, for messages.
        options: purpose, model, recipient and facts.
        source: of the events.
        fields: what annotations say of the fields in a phase.

    Raises:
        SignatureError: facts are none of the step, or contradict each other.
        VocabularyError: nobody registered the purpose or the recipient.
    """
    stated = gate.facts(
        step, purpose=options.purpose, model=options.model, recipient=options.recipient
    )
    static = {
        phase: static_facts(
            step, phase, name, {**stated, **(fields(phase) if fields else {})}, options
        )
        for phase in PHASES
    }
    return Prepared(
        organisation=gate.organisation,
        facts={phase: facts for phase, (facts, _) in static.items()},
        source=source,
        opening_hours=step in ("recommendation", "decision")
        and gate.organisation.opening_hours is not None,
        each={phase: each for phase, (_, each) in static.items()},
    )


def static_facts(
    step: Step, phase: Phase, name: str, stated: dict[str, Any], options: Options
) -> tuple[StepFacts, dict[str, Any]]:
    """Register, profile, annotations and the facts that were given as a mapping.

    Args:
        step: one of the four steps.
        phase: whether the facts are of what goes in or of what came out.
        name: of the function or block, for messages.
        stated: what register, profile and annotations say.
        options: `facts` and, for what came out, `result_facts`; functions are passed over. Of each
            field that came out `facts` says nothing, save where it is the data collected.

    Returns:
        The facts, and what they say of each field.

    Raises:
        SignatureError: they are no facts of the step, or contradict each other.
    """
    try:
        known = as_mapping(stated)
        sources = [options.facts] if phase == "requested" else [options.facts, options.result_facts]
        for position, source in enumerate(sources):
            if source is None or callable(source):
                continue
            more = as_mapping(source)
            if (phase, position) == ("completed", 0) and step != "data_collection":
                more.pop(EACH, None)
            conflicts = merge(known, more)
            if conflicts:
                msg = f"they contradict register, profile or annotations on {conflicts}."
                raise EventError(msg)
        return StepEvent.create(step, phase, known).facts, known.get(EACH, {})
    except (EventError, ValueError, TypeError) as error:
        msg = f"The facts of '{name}' cannot stand: {error}"
        raise SignatureError(msg) from None
