"""One everyday event: what the business states of it, and the one fact that makes it unlawful.

What holds for all events of a firm stands in its profile (`lumikoto.yaml`, `kadewerk.yaml`), from
which a gate fills it in. An event here states the rest: the person, the fields, what CRM and
registers say of this very case.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from aboveboard.events import StepEvent
from aboveboard.facts.merging import as_mapping, merge
from aboveboard.facts.paths import set_path

if TYPE_CHECKING:
    from aboveboard.facts import Phase, Step
    from aboveboard.gate import Gate
    from aboveboard.verdicts import Verdict

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
"""A Monday, within opening hours."""
MONTH_AGO = NOW - timedelta(days=30)

Firm = Literal["lumikoto", "kadewerk"]

NO_REQUESTS: dict[str, Any] = {"rights_requests": []}
"""What a CRM says of most people: they ask nothing about their data."""
ASKED: dict[str, Any] = {**NO_REQUESTS, "objections.profiling": False}
"""The same, where something is profiled: nor do they object to it."""
TOLD: dict[str, Any] = {"notice.delivered_at": MONTH_AGO}
TO_RUN_AGAIN: dict[str, Any] = {"audit.inputs_hash": "sha256:3f79bb7b435b05321651daefd374cdc6"}
"""What lets a model's result be run again."""
SURE: dict[str, Any] = {"ai.confidence_bp": 8800, "ai.in_distribution": True}


@dataclass(frozen=True)
class Everyday:
    """A lawful event, and its unlawful neighbour.

    Attributes:
        title: what happens, in a few words.
        country: where.
        step: of the event; both its phases are judged.
        firm: whose profile fills it.
        purpose: short name in that firm's register.
        facts: what the business states of this very case, by dotted path.
        after: what it states besides once the step is done.
        change: the one fact of the unlawful neighbour; None makes it unknown.
        requested: what the neighbour is told before the step, `rule:effect` or
            `rule:effect:reason`, warnings left out.
        completed: what the neighbour is told after it.
        warns: what the lawful event is warned of all the same.
        model: of the firm.
        recipient: of the firm.
    """

    title: str
    country: str
    step: Step
    firm: Firm
    purpose: str
    facts: dict[str, Any]
    change: dict[str, Any]
    requested: frozenset[str] | set[str] = frozenset()
    completed: frozenset[str] | set[str] = frozenset()
    after: dict[str, Any] = field(default_factory=dict)
    warns: frozenset[str] | set[str] = frozenset()
    model: str | None = None
    recipient: str | None = None

    def __str__(self) -> str:
        return f"{self.country} {self.title}"

    def stated(self, phase: Phase) -> dict[str, Any]:
        """The facts that the business states itself, nested."""
        facts = copy.deepcopy(as_mapping(self.facts))
        if phase == "completed":
            # Facts of other cases hang on the same constants.
            merge(facts, copy.deepcopy(as_mapping(self.after)))
        return facts

    def concerns_the_result(self) -> bool:
        """Whether the changed fact is known once the step is done, and not before."""
        return next(iter(self.change)).split(".0")[0] in self.after

    def event(self, gate: Gate, phase: Phase, changes: dict[str, Any] | None = None) -> StepEvent:
        """The event as `Gate.event` makes it, at a time that does not move."""
        facts = self.stated(phase)
        for path, value in (changes or {}).items():
            set_path(facts, path, value)
        event = StepEvent.create(self.step, phase, facts, source="/aboveboard/app", time=NOW)
        return gate.complete(
            event, purpose=self.purpose, model=self.model, recipient=self.recipient
        )


def person(country: str, language: str, relationship: str = "customer") -> dict[str, Any]:
    """Facts of a person."""
    return {
        "subject.type": "natural_person",
        "subject.country": country,
        "subject.language": language,
        "subject.relationship": relationship,
    }


def datum(name: str, category: str, *purposes: str, **more: Any) -> dict[str, Any]:
    """A field of a month ago, given by the person for these purposes."""
    return {
        "name": name,
        "categories": [category],
        "source": "provided",
        "collected_purposes": list(purposes),
        "collected_at": MONTH_AGO,
        **more,
    }


def consent(purpose: str, channel: str | None, language: str, **more: Any) -> dict[str, Any]:
    """A consent of a month ago that was a real choice."""
    given = {
        "status": "dpv:ConsentGiven",
        "purpose": purpose,
        "channel": channel,
        "given_at": MONTH_AGO,
        "proof_ref": "form-20261003-17",
        "granular": True,
        "preticked": False,
        "bundled_with_contract": False,
        "informed": True,
        "dark_pattern": False,
        "notice_version": "2026-09",
        "wording_language": language,
        **more,
    }
    return {name: value for name, value in given.items() if value is not None}


def found(verdict: Verdict) -> set[str]:
    """The findings as an event writes them."""
    return {
        ":".join(filter(None, (item.rule, item.effect, str(item.args.get("reason", "")))))
        for item in verdict.findings
    }
