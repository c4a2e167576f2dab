"""The smallest event of each kind of difference, by the rule that it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aboveboard.replay.places import place_order

__all__ = ["MAX_EXAMPLES", "MAX_EXAMPLE_BYTES", "Example", "Examples"]

MAX_EXAMPLES = 600
MAX_EXAMPLE_BYTES = 32 << 10
"""A larger event is no help to whoever reads it, and examples are kept in memory."""


@dataclass(frozen=True, slots=True)
class Example:
    """One record of a kind.

    Attributes:
        kind: see `rows.Kind`.
        rule: one of the row's `causes`; empty when it has none.
        size: of the facts as JSON, in characters.
        place: where the record stood, `file:line`.
        row: what it came to, as `Row.as_dict()` gives it.
        event: the event as JSON object; None when it is over `MAX_EXAMPLE_BYTES`.
    """

    kind: str
    rule: str
    size: int
    place: str
    row: dict[str, Any]
    event: dict[str, Any] | None

    @property
    def order(self) -> tuple[Any, ...]:
        """By size; the rest settles ties, in the same way wherever they meet."""
        return _order(self.size, self.row, self.place)

    def as_dict(self) -> dict[str, Any]:
        """JSON object."""
        return {
            "kind": self.kind,
            "rule": self.rule,
            "size": self.size,
            "place": self.place,
            "row": self.row,
            "event": self.event,
        }


class Examples:
    """The smallest example by kind and rule. Merging is associative and commutative.

    Of more than `MAX_EXAMPLES` kinds and rules those first by name are kept: whichever is left out of a
    part would be left out of the whole.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Example] = {}

    def __iter__(self) -> Any:
        return iter(self._found[key] for key in sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)

    def add(
        self,
        kind: str,
        rule: str,
        *,
        size: int,
        place: str,
        row: dict[str, Any],
        event: Callable[[], dict[str, Any]],
    ) -> None:
        """Look at one record more; `event` is asked only if it is the smallest so far."""
        key = (kind, rule)
        best = self._found.get(key)
        if best is not None and best.order < _order(size, row, place):
            return
        kept = event() if size <= MAX_EXAMPLE_BYTES else None
        self._keep(Example(kind, rule, size, place, row, kept))

    def merge(self, other: Examples) -> None:
        """Take in another's."""
        for example in other:
            self._keep(example)

    def _keep(self, example: Example) -> None:
        key = (example.kind, example.rule)
        best = self._found.get(key)
        if best is None or _whole(example) < _whole(best):
            self._found[key] = example
            if len(self._found) > MAX_EXAMPLES:
                del self._found[max(self._found)]

    def as_list(self) -> list[dict[str, Any]]:
        """JSON array."""
        return [example.as_dict() for example in self]

    @classmethod
    def from_list(cls, raw: list[dict[str, Any]]) -> Examples:
        """What `as_list` gave."""
        made = cls()
        for item in raw:
            made._keep(Example(**item))
        return made


def _order(size: int, row: dict[str, Any], place: str) -> tuple[Any, ...]:
    return size, row["decision_id"] or "", row["event_id"], *place_order(place)


def _whole(example: Example) -> tuple[Any, ...]:
    return *example.order, json.dumps([example.row, example.event], sort_keys=True)
