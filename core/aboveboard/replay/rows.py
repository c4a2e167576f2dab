"""One row a record: what was decided, what would be, and in what the two differ.

The same rows come from one machine and from a cluster, so nothing in them depends on time or order:

    {"decision_id": …, "event_id": …, "step": …, "phase": …, "vendor": …, "segment": …, "country": …,
     "kind": …, "old_effect": "allow" | "escalate" | "deny" | null, "new_effect": …,
     "causes": […], "rules_added": […], "rules_removed": […], "rules_changed": […], "rules_kept": […],
     "obligations_added": […], "obligations_removed": […],
     "recorded_revision": …, "old_revision": …, "new_revision": …, "drift": true | false}
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal, get_args

from aboveboard.facts import Phase, Step
from aboveboard.verdicts import Effect

__all__ = ["COLUMNS", "KINDS", "Kind", "Row"]

Kind = Literal[
    "same",
    "newly_stopped",  # allow → escalate or deny
    "newly_allowed",  # escalate or deny → allow
    "stricter",  # escalate → deny
    "milder",  # deny → escalate
    "obligations",  # the same effect with other obligations
    "rules",  # the same effect and obligations by other rules
    "unanswered",  # the policies gave no answer at the time: there is nothing to compare with
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""How a record differs, the first that fits."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one record comes to.

    Attributes:
        decision_id: of the recorded verdict; None for an event that has none.
        event_id: of the event.
        step: `data_collection`, `profiling`, `recommendation` or `decision`.
        phase: `requested` or `completed`.
        vendor: the AI's vendor (`ai.vendor`), else the first part of the event's source.
        segment: who the person is to the seller: `<subject.type>/<subject.relationship>`, with
            `/minor` for a child; `unknown` stands for what is not known.
        country: of the person (`subject.country`); `unknown` where it is not known.
        kind: see `Kind`.
        old_effect: of the recorded verdict, or of the baseline; None where there is none.
        new_effect: of the changed policies.
        causes: the rules that the difference rests on: those that stop now, those that stopped
            before, those with other obligations.
        rules_added: rules that find something now and did not before, by name; so are all lists.
        rules_removed: the other way round.
        rules_changed: rules that find something on both sides with another effect: `ID warn>deny`.
        rules_kept: rules that find the same.
        obligations_added: `RULE kind notice=… path,path`, such as `R-MIN-01 redact contact.age`.
        obligations_removed: the other way round.
        recorded_revision: of the policies that made the recorded verdict; empty when none did.
        old_revision: of the policies that `old_effect` is from.
        new_revision: of the changed policies.
        drift: policies of one revision decided otherwise now than when it was recorded.
    """

    decision_id: str | None
    event_id: str
    step: Step
    phase: Phase
    vendor: str
    segment: str
    country: str
    kind: Kind
    old_effect: Effect | None
    new_effect: Effect
    causes: tuple[str, ...]
    rules_added: tuple[str, ...]
    rules_removed: tuple[str, ...]
    rules_changed: tuple[str, ...]
    rules_kept: tuple[str, ...]
    obligations_added: tuple[str, ...]
    obligations_removed: tuple[str, ...]
    recorded_revision: str
    old_revision: str
    new_revision: str
    drift: bool

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the module's docstring."""
        values = ((name, getattr(self, name)) for name in COLUMNS)
        return {name: list(value) if COLUMNS[name] == "texts" else value for name, value in values}


def _column(annotation: str) -> str:
    if annotation.startswith("tuple"):
        return "texts"
    return "flag" if annotation == "bool" else "text"


COLUMNS = MappingProxyType({item.name: _column(str(item.type)) for item in fields(Row)})
"""Name → `text`, `texts` (a list of them) or `flag`, in order. `decision_id` and `old_effect` may be null."""
