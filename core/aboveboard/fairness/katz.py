"""Between which ends the ratio of two rates lies."""

from __future__ import annotations

from math import exp, inf, log, sqrt

__all__ = ["katz_interval"]

_Z_95 = 1.959963984540054  # the normal distribution's 97.5 % point


def katz_interval(
    selected: int, n: int, reference_selected: int, reference_n: int
) -> tuple[float, float]:
    """95 % interval of a group's rate divided by that of the reference, on the log scale.

    Katz, Baptista, Azen & Pike 1978 (Biometrics 34:469-474). The formula has no answer where one
    of the two selected nobody, and an interval without width where both selected everybody: there
    half a person is added to each of the four cells (Haldane and Anscombe), and an end that the
    counts themselves reach stays there (0 where the group has nobody, no upper end where the
    reference has nobody).

    Args:
        selected: people of the group with the favourable outcome, 0 to `n`.
        n: people of the group, at least 1.
        reference_selected: the same of the reference group.
        reference_n: the same of the reference group.

    Returns:
        Lower and upper end, 0 to infinity.
    """
    a, m, b, k = float(selected), float(n), float(reference_selected), float(reference_n)
    if not a or not b or (a == m and b == k):
        a, m, b, k = a + 0.5, m + 1, b + 0.5, k + 1
    # Each difference by itself: 1/a - 1/m is never negative, so neither is what is rooted.
    spread = _Z_95 * sqrt((m - a) / (a * m) + (k - b) / (b * k))
    centre = log(a / m) - log(b / k)
    low = 0.0 if not selected else exp(centre - spread)
    high = inf if not reference_selected else exp(min(centre + spread, 700.0))
    return low, high
