"""From a result to the facts that policies judge."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil, floor, isfinite

from aboveboard.errors import ConfigurationError
from aboveboard.facts import MAX_ID, MAX_INTEGER
from aboveboard.facts.fairness import Fairness, FairnessGroup
from aboveboard.fairness.assessing import Assessment
from aboveboard.fairness.counts import OutcomeCounts
from aboveboard.fairness.report import FairnessReport

__all__ = ["fairness_facts"]


def fairness_facts(
    report: FairnessReport,
    *,
    stratum: str | None = None,
    evaluated_at: datetime | None = None,
    model_version: str | None = None,
    window_days: int | None = None,
) -> Fairness:
    """The facts `fairness.*` of an event, or of a model in the organisation's file.

    Basis points are rounded against the model, so that a rule which compares them says what the
    report says: ratio and interval down (`< 8000` is `< 0.8`), p up and never 0 (`<= 500` is
    `<= 0.05`), the difference to the nearest. `p_value_bp` and `ci95_*_bp` are those of the group
    with the gravest answer, of several the one with the lowest ratio; `impact_ratio_min_bp` is the
    lowest of all. Thin groups have no part in these four: they stand in `groups`, where a rule sees
    their n. What there was nothing to compute from is unknown.

    Args:
        report: the results.
        stratum: value of the stratum that the event belongs to; None for the gravest of all strata
            and the whole.
        evaluated_at: when the check was made, with an offset; now when left out.
        model_version: version of the model whose outcomes they are.
        window_days: days that the outcomes cover.

    Raises:
        TableError: there is no such stratum.
        ConfigurationError: a time without offset, a version or a window that cannot be a fact.
    """
    at = evaluated_at if evaluated_at is not None else datetime.now(UTC).replace(microsecond=0)
    if at.utcoffset() is None:
        msg = "evaluated_at needs an offset from UTC."
        raise ConfigurationError(msg)
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        msg = "evaluated_at lies outside the years 1 to 9999 in UTC."
        raise ConfigurationError(msg) from None
    if model_version is not None and not 0 < len(model_version.strip()) <= MAX_ID:
        msg = f"The model's version is text of 1 to {MAX_ID} characters."
        raise ConfigurationError(msg)
    if window_days is not None and not 0 <= window_days <= MAX_INTEGER:
        msg = "The window is a number of days, from 0 to 2^53 - 1."
        raise ConfigurationError(msg)
    one = report.worst if stratum is None else report.stratum(stratum)
    return Fairness(
        evaluated_at=at,
        model_version=model_version,
        window_days=window_days,
        stratum=_label(report.counts.stratum_by, one.stratum),
        groups=_groups(report.counts, one),
        **_numbers(one),
    )


def _label(by: str | None, value: str | None) -> str | None:
    return None if value is None else f"{by}:{value}"


def _groups(counts: OutcomeCounts, one: Assessment) -> tuple[FairnessGroup, ...]:
    return tuple(
        FairnessGroup(
            name=_label(counts.group_by, result.group.name),
            n=result.group.n,
            selected=result.group.selected,
        )
        for result in one.groups
    )


def _numbers(one: Assessment) -> dict[str, int]:
    judged = one.judged
    compared = [result.comparison for result in judged if result.comparison]
    if not compared:
        return {}
    decisive = compared[0]
    rates = [result.group.rate for result in one.groups if result.group.n >= one.thresholds.n_min]
    known = [rate for rate in rates if rate is not None]
    numbers = {
        "impact_ratio_min_bp": _down(min(item.ratio for item in compared)),
        "dp_difference_bp": round((max(known) - min(known)) * 10_000),
        "ci95_low_bp": _down(decisive.ci95[0]),
    }
    if decisive.p_holm is not None:
        numbers["p_value_bp"] = min(10_000, max(1, ceil(round(decisive.p_holm * 10_000, 6))))
    if isfinite(decisive.ci95[1]):
        numbers["ci95_high_bp"] = min(MAX_INTEGER, _down(decisive.ci95[1]))
    return numbers


def _down(value: float) -> int:
    # 0.57 * 10 000 is 5699.999…: that is no reason to say 5699.
    return floor(round(value * 10_000, 6))
