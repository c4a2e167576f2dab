"""Which decisions have been seen, in memory that does not grow.

Eight bytes a decision: a hash of its id, in two tables. When the younger is full, the older is dropped,
so a duplicate is found that is at most a million decisions apart, and mostly of up to two.
"""

from __future__ import annotations

from array import array
from hashlib import blake2b

__all__ = ["GENERATION", "Seen"]

GENERATION = 1_000_000
_SMALLEST = 1 << 12


class Seen:
    """The decisions of late."""

    def __init__(self) -> None:
        self._young, self._old = _Table(), _Table()

    def add(self, decision_id: str) -> int | None:
        """Remember a decision: its mark when it is new, None when it was seen."""
        mark = int.from_bytes(blake2b(decision_id.encode(), digest_size=8).digest(), "big") or 1
        return mark if self.add_mark(mark) else None

    def add_mark(self, mark: int) -> bool:
        """The same by the mark; False when it was seen."""
        if mark in self._old or not self._young.add(mark):
            return False
        if len(self._young) >= GENERATION:
            self._old, self._young = self._young, _Table()
        return True


class _Table:
    """A set of 64-bit numbers other than 0: open addressing, at most half full."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, mark: int) -> bool:
        return self._slots[self._place(mark)] == mark

    def add(self, mark: int) -> bool:
        """False when it is there."""
        place = self._place(mark)
        if self._slots[place] == mark:
            return False
        self._slots[place] = mark
        self._count += 1
        if 2 * self._count > len(self._slots):
            self._grow()
        return True

    def _place(self, mark: int) -> int:
        slots = self._slots
        mask = len(slots) - 1
        place = mark & mask
        while slots[place] not in (0, mark):
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        before = self._slots
        self._slots = array("Q", bytes(16 * len(before)))
        for mark in before:
            if mark:
                self._slots[self._place(mark)] = mark
