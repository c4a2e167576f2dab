"""How likely a difference between two rates is by chance alone."""

from __future__ import annotations

from math import erfc, sqrt
from typing import Literal

from aboveboard.fairness.extra import needed

__all__ = ["FISHER_MAX", "Test", "two_sided_p"]

Test = Literal["fisher", "z"]

FISHER_MAX = 10_000_000
"""People in both groups together up to which Fisher's test is always taken: milliseconds there."""

_EXPECTED_MIN = 5


def two_sided_p(selected: int, n: int, other_selected: int, other_n: int) -> tuple[float, Test]:
    """Two-sided p of two groups' rates being the same, and the test that gave it.

    Fisher's exact test, which holds at any size. Only beyond `FISHER_MAX` people, where its sums
    grow long and both tests agree to many digits, the z test for two proportions (pooled, without
    continuity correction), and only if all four expected cells hold 5 people or more.

    Args:
        selected: people with the favourable outcome, 0 to `n`.
        n: people of the group, at least 1.
        other_selected: the same of the other group.
        other_n: the same of the other group.

    Returns:
        p from 0 to 1; 1 where nobody or everybody was selected.

    Raises:
        ConfigurationError: scipy is not installed.
    """
    chosen, total = selected + other_selected, n + other_n
    if chosen in (0, total):
        return 1.0, "fisher"
    smallest = min(n, other_n) * min(chosen, total - chosen) / total
    if total > FISHER_MAX and smallest >= _EXPECTED_MIN:
        return _z(selected, n, other_selected, other_n), "z"
    stats = needed("scipy.stats", "A fairness check")
    table = [[selected, n - selected], [other_selected, other_n - other_selected]]
    return min(1.0, float(stats.fisher_exact(table).pvalue)), "fisher"


def _z(selected: int, n: int, other_selected: int, other_n: int) -> float:
    pooled = (selected + other_selected) / (n + other_n)
    error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / other_n))
    z = abs(selected / n - other_selected / other_n) / error
    return erfc(z / sqrt(2))
