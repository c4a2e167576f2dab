"""Evaluation times that can be merged: a count, a sum and a histogram, all of them integers.

Floats would make the sum of two parts depend on their order. A bucket is an eighth of a power of two,
so a quantile is right within 12.5 %.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Timing"]

_SUB_BITS = 3


@dataclass(slots=True)
class Timing:
    """Times of many evaluations.

    Attributes:
        count: how many.
        total_ns: their sum, in nanoseconds.
        buckets: how many in each bucket.
    """

    count: int = 0
    total_ns: int = 0
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, nanoseconds: int) -> None:
        """One evaluation more."""
        self.count += 1
        self.total_ns += nanoseconds
        self.buckets[_bucket(nanoseconds)] += 1

    def merge(self, other: Timing) -> None:
        """Take in another's."""
        self.count += other.count
        self.total_ns += other.total_ns
        self.buckets.update(other.buckets)

    @property
    def mean_us(self) -> float | None:
        """The mean in microseconds; None of nothing."""
        return self.total_ns / self.count / 1000 if self.count else None

    def quantile_us(self, share: float) -> float | None:
        """What `share` (0 to 1) of the evaluations took at most, in microseconds; None of nothing."""
        wanted = max(1, round(share * self.count))
        for bucket in sorted(self.buckets):
            wanted -= self.buckets[bucket]
            if wanted <= 0:
                return _upper(bucket) / 1000
        return None

    def as_dict(self) -> dict[str, Any]:
        """JSON object; keys of `buckets` are texts there."""
        buckets = {str(bucket): self.buckets[bucket] for bucket in sorted(self.buckets)}
        return {"count": self.count, "total_ns": self.total_ns, "buckets": buckets}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Timing:
        """What `as_dict` gave."""
        buckets = Counter({int(bucket): int(found) for bucket, found in raw["buckets"].items()})
        return cls(int(raw["count"]), int(raw["total_ns"]), buckets)


def _bucket(nanoseconds: int) -> int:
    value = max(nanoseconds, 1 << _SUB_BITS)
    shift = value.bit_length() - 1 - _SUB_BITS
    return (shift << _SUB_BITS) + (value >> shift) - (1 << _SUB_BITS)


def _upper(bucket: int) -> int:
    shift, rest = bucket >> _SUB_BITS, bucket & ((1 << _SUB_BITS) - 1)
    return ((1 << _SUB_BITS) + rest + 1 << shift) - 1
