"""What an answer means, in sentences for people."""

from __future__ import annotations

from types import MappingProxyType

from aboveboard.fairness.outcomes import Outcome, Why
from aboveboard.fairness.report import FairnessReport
from aboveboard.fairness.thresholds import Thresholds

__all__ = ["explain", "reason"]

_REASONS: MappingProxyType[Why, str] = MappingProxyType(
    {
        "certain_gap": "whole interval below {ratio:g}",
        "likely_gap": "ratio below {ratio:g}, unlikely by chance",
        "unsure_gap": "not enough data: ratio below {ratio:g}, may be chance",
        "thin": "not enough data: fewer than {n_min} people, no claim",
        "no_reference": "no group is large enough to compare with",
        "nobody": "nobody was selected, nothing to compare",
        "alone": "only one group, nothing to compare",
        "no_gap": "",
    }
)

_OUTCOMES: MappingProxyType[Outcome, str] = MappingProxyType(
    {
        "deny": "Stop automated use for these decisions until the cause is found and removed.",
        "escalate": "A person has to look at the cause before the model goes on deciding.",
        "warn": "There is too little data for a claim. That is no pass: collect more outcomes, or "
        "join small groups where that makes sense. In a decision step it goes to a person.",
        "pass": "No difference that these data could show.",
    }
)

_NO_RULE_OF_LAW = (
    "{ratio:g} is a screen from US practice (29 CFR 1607.4(D)). EU law has no such rule: it shows "
    "where to look, and neither proves discrimination nor rules it out."
)
_WIDE = (
    "Where an interval reaches below {ratio:g}, the data do not rule out a difference of that size."
)
_SIMPSON = (
    "The strata and the whole do not say the same. Read the strata one by one: a pooled rate mixes "
    "how groups fare with where they apply."
)


def reason(why: Why | None, thresholds: Thresholds) -> str:
    """What an answer rests on, in a few words; '' for a pass and for the reference."""
    return _REASONS[why].format_map(_values(thresholds)) if why else ""


def explain(report: FairnessReport) -> list[str]:
    """What the result means and what it does not, a paragraph an item."""
    thresholds = report.overall.thresholds
    paragraphs = [_OUTCOMES[report.outcome]]
    if report.outcome == "pass" and any(
        item.comparison and item.comparison.ci95[0] < thresholds.ratio
        for one in (report.overall, *report.strata)
        for item in one.judged
    ):
        paragraphs.append(_WIDE.format_map(_values(thresholds)))
    if report.strata_disagree:
        paragraphs.append(_SIMPSON)
    if report.counts.left_out:
        paragraphs.append(
            f"Rows left out because their outcome is blank: {report.counts.left_out:,}."
        )
    paragraphs.append(_NO_RULE_OF_LAW.format_map(_values(thresholds)))
    return paragraphs


def _values(thresholds: Thresholds) -> dict[str, float]:
    return {"ratio": thresholds.ratio, "n_min": thresholds.n_min}
