"""The four answers of a fairness check, and which of them some numbers give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from aboveboard.fairness.thresholds import Thresholds

__all__ = ["Outcome", "Why", "classify", "severity", "worst"]

Outcome = Literal["pass", "warn", "escalate", "deny"]
Why = Literal[
    "certain_gap", "likely_gap", "unsure_gap", "thin", "no_reference", "nobody", "alone", "no_gap"
]
"""Why an outcome is what it is; `aboveboard.fairness.texts` says each in a sentence."""

_ORDER: tuple[Outcome, ...] = ("pass", "warn", "escalate", "deny")


def classify(
    n: int,
    ratio: float,
    p_holm: float,
    upper: float,
    thresholds: Thresholds,
) -> tuple[Outcome, Why]:
    """The answer for one group against the reference.

    Args:
        n: people of the group.
        ratio: impact ratio.
        p_holm: Holm-corrected p.
        upper: upper end of the ratio's 95 % interval.
        thresholds: what to hold them against.

    Returns:
        Too few people: warn, whatever the numbers say. Interval wholly below the ratio's
        threshold: deny. Ratio below it: escalate when that is unlikely by chance, else warn.
        Pass otherwise.
    """
    if n < thresholds.n_min:
        return "warn", "thin"
    if upper < thresholds.ratio:
        return "deny", "certain_gap"
    if ratio < thresholds.ratio:
        return ("escalate", "likely_gap") if p_holm < thresholds.p else ("warn", "unsure_gap")
    return "pass", "no_gap"


def severity(outcome: Outcome) -> int:
    """0 for pass to 3 for deny."""
    return _ORDER.index(outcome)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The gravest of them; without any there is nothing that could pass: warn."""
    return max(outcomes, key=severity, default="warn")
