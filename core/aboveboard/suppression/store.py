"""What a person refused, kept where every process of the organisation sees it at once.

Consent platforms and CRMs tell of an opt-out or an erasure by webhook, to one process. The others must
not go on until their caches run out. A store holds pseudonyms, channels and times: no name, no
address, no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, get_args, runtime_checkable

from aboveboard.facts.people import Channel

__all__ = ["SCOPES", "Duty", "Scope", "Suppression", "SuppressionStore"]

Scope = Channel | Literal["any", "erasure", "processing", "profiling"]
"""What is refused: marketing over one channel or over `any`, profiling, all processing, or the whole
record (`erasure`)."""

SCOPES: tuple[str, ...] = (*get_args(Channel), "any", "erasure", "processing", "profiling")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One person's standing on one scope.

    Attributes:
        subject: pseudonym of the person.
        scope: what it is about.
        refused: True where it must not happen; False where an earlier refusal was taken back.
        at: when the person said so, UTC.
    """

    subject: str
    scope: Scope
    refused: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that a policy demands and somebody has to do: erase data, or notify a person.

    Attributes:
        id: to say that it is done.
        kind: `erase` or `notify`.
        subject: pseudonym of the person.
        rule: the rule that demands it.
        paths: names of the fields that it is about.
        since: when it was first demanded, UTC.
    """

    id: int
    kind: str
    subject: str
    rule: str
    paths: tuple[str, ...]
    since: datetime


@runtime_checkable
class SuppressionStore(Protocol):
    """Shared by threads and processes. Any method may raise: a step that rests on it is stopped."""

    def record(self, entries: Iterable[Suppression]) -> int:
        """Take in what people said; of one person and scope the latest counts, whatever comes first.

        Returns:
            How many changed what the store knows.
        """

    def of(
        self, subjects: Iterable[str], *, lifted: bool = False
    ) -> Mapping[str, tuple[Suppression, ...]]:
        """What stands refused, for each pseudonym that has anything.

        Args:
            subjects: pseudonyms.
            lifted: with what was refused once and taken back.
        """

    def first_seen(self, event_ids: Iterable[str], at: datetime) -> frozenset[str]:
        """Remember the event ids of a webhook; those that were not there before."""

    def demand(
        self, kind: str, subject: str, rule: str, paths: Iterable[str], at: datetime
    ) -> None:
        """Queue a duty, once for each kind, person, rule and set of fields until it is done."""

    def duties(self, limit: int = 1000) -> tuple[Duty, ...]:
        """What is still to be done, oldest first."""

    def done(self, duty: int) -> bool:
        """Take a duty off the queue; False when it is not on it."""

    def close(self) -> None:
        """Release files and connections."""
