"""Several comparisons at once: p-values that are corrected for having looked more than once."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["holm"]


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction (Holm 1979, Scand. J. Statist. 6:65-70).

    Args:
        p_values: p of each comparison, 0 to 1.

    Returns:
        The corrected ones in the same order: the smallest times their number, the next times one
        less, …, never less than the one before and never above 1.
    """
    corrected = [1.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = highest
    return corrected
