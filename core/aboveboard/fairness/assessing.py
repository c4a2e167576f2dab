"""One set of groups, held against the best of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from aboveboard.fairness.counts import Group
from aboveboard.fairness.exact import Test, two_sided_p
from aboveboard.fairness.holm import holm
from aboveboard.fairness.katz import katz_interval
from aboveboard.fairness.outcomes import Outcome, Why, classify, severity, worst
from aboveboard.fairness.thresholds import DEFAULT, Thresholds

__all__ = ["Assessment", "Comparison", "GroupResult", "assess"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One group against the reference.

    Attributes:
        ratio: impact ratio, the group's rate divided by the reference's; above 1 only for a group
            too small to set the reference.
        difference: demographic parity difference, the reference's rate less the group's, -1 to 1.
        p: two-sided p of the two rates being the same.
        p_holm: the same, corrected for the number of groups compared; None for a thin group, of
            which nothing is claimed and which therefore costs the others nothing.
        test: which test gave p.
        ci95: 95 % interval of the ratio.
    """

    ratio: float
    difference: float
    p: float
    p_holm: float | None
    test: Test
    ci95: tuple[float, float]


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What is known about one group.

    Attributes:
        group: its counts.
        share: its share of all people, 0 to 1.
        comparison: with the reference; None for the reference itself, for a group without people
            and where there is nothing to compare with.
        outcome: the answer; None for the reference.
        why: what the answer rests on; None for the reference.
    """

    group: Group
    share: float
    comparison: Comparison | None
    outcome: Outcome | None
    why: Why | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A fairness check of one stratum, or of everybody.

    Attributes:
        stratum: the stratum's value; None for everybody.
        groups: results, by the group's name.
        reference: name of the group with the best rate among those large enough; None if none is.
        outcome: the gravest answer of any group.
        thresholds: what it was held against.
    """

    stratum: str | None
    groups: tuple[GroupResult, ...]
    reference: str | None
    outcome: Outcome
    thresholds: Thresholds

    @property
    def n(self) -> int:
        """People in all groups."""
        return sum(result.group.n for result in self.groups)

    @property
    def judged(self) -> tuple[GroupResult, ...]:
        """Groups that were compared and have people enough for a claim, gravest first."""
        compared = [
            result
            for result in self.groups
            if result.comparison and result.group.n >= self.thresholds.n_min
        ]
        return tuple(sorted(compared, key=_gravest))


def _gravest(result: GroupResult) -> tuple[int, float, str]:
    ratio = result.comparison.ratio if result.comparison else 0.0
    return -severity(result.outcome or "pass"), ratio, result.group.name


def assess(
    groups: Sequence[Group], stratum: str | None = None, thresholds: Thresholds = DEFAULT
) -> Assessment:
    """Compare groups with the one that has the best rate.

    That is looked for among groups of `n_min` people and a share of `share_min`, so that a handful
    of people does not set what all others are held against; of equal rates the larger group, then
    the first by name. All groups are tested, small ones too.

    Args:
        groups: counts; their order makes no difference.
        stratum: the stratum's value, which the result carries on.
        thresholds: what to hold them against.

    Raises:
        ConfigurationError: scipy is not installed.
    """
    ordered = sorted(groups)
    total = sum(group.n for group in ordered)
    reference = _reference(ordered, total, thresholds)
    if reference is None or not reference.selected or len(ordered) == 1:
        results = [_alone(group, total, reference, thresholds) for group in ordered]
        return Assessment(
            stratum, tuple(results), reference.name if reference else None, "warn", thresholds
        )
    compared = [group for group in ordered if group.n and group is not reference]
    raw = {group.name: two_sided_p(*_pair(group, reference)) for group in compared}
    family = [group.name for group in compared if group.n >= thresholds.n_min]
    corrected = dict(zip(family, holm([raw[name][0] for name in family]), strict=True))
    results = []
    for group in ordered:
        share = group.n / total
        if group is reference:
            results.append(GroupResult(group, share, None, None, None))
        elif not group.n:
            results.append(GroupResult(group, share, None, "warn", "thin"))
        else:
            p, test = raw[group.name]
            rates = Fraction(group.selected, group.n), Fraction(reference.selected, reference.n)
            comparison = Comparison(
                ratio=float(rates[0] / rates[1]),
                difference=float(rates[1] - rates[0]),
                p=p,
                p_holm=corrected.get(group.name),
                test=test,
                ci95=katz_interval(*_pair(group, reference)),
            )
            outcome, why = classify(
                group.n,
                comparison.ratio,
                corrected.get(group.name, 1.0),
                comparison.ci95[1],
                thresholds,
            )
            results.append(GroupResult(group, share, comparison, outcome, why))
    outcome = worst(result.outcome for result in results if result.outcome)
    return Assessment(stratum, tuple(results), reference.name, outcome, thresholds)


def _reference(groups: Sequence[Group], total: int, thresholds: Thresholds) -> Group | None:
    large = [
        group
        for group in groups
        if group.n >= thresholds.n_min and group.n >= thresholds.share_min * total
    ]
    # Fractions: two rates that are equal have to be so in every order of the groups.
    return min(
        large,
        key=lambda group: (-Fraction(group.selected, group.n), -group.n, group.name),
        default=None,
    )


def _alone(
    group: Group, total: int, reference: Group | None, thresholds: Thresholds
) -> GroupResult:
    """A group where there is nothing to compare with, which is nothing to pass by."""
    why: Why
    if group.n < thresholds.n_min:
        why = "thin"
    elif reference is None:
        why = "no_reference"
    else:
        why = "nobody" if not reference.selected else "alone"
    return GroupResult(group, group.n / total if total else 0.0, None, "warn", why)


def _pair(group: Group, reference: Group) -> tuple[int, int, int, int]:
    return group.selected, group.n, reference.selected, reference.n
