"""A whole fairness check: everybody, and every stratum by itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from aboveboard.errors import TableError
from aboveboard.fairness.assessing import Assessment, assess
from aboveboard.fairness.counts import OutcomeCounts
from aboveboard.fairness.outcomes import Outcome, severity
from aboveboard.fairness.thresholds import DEFAULT, Thresholds

__all__ = ["FairnessReport", "check_fairness"]


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """The results of a fairness check.

    Attributes:
        counts: what it was made from.
        overall: over all strata together.
        strata: one stratum by one, by name; empty where there is no key.
    """

    counts: OutcomeCounts
    overall: Assessment
    strata: tuple[Assessment, ...]

    @property
    def worst(self) -> Assessment:
        """The gravest of the strata and the whole: what is stated of the model as such.

        The whole counts, too, where there are strata: the key may itself be what parts the groups,
        and then a difference that no stratum shows is one all the same.
        """
        return min((self.overall, *self.strata), key=_gravest)

    @property
    def outcome(self) -> Outcome:
        """The gravest answer anywhere."""
        return self.worst.outcome

    @property
    def strata_disagree(self) -> bool:
        """Whether a stratum has another answer than the whole, or the same with another best group.

        A difference that nobody found is none to disagree about.
        """
        return any(
            one.outcome != self.overall.outcome
            or (one.outcome != "pass" and one.reference != self.overall.reference)
            for one in self.strata
        )

    def stratum(self, name: str) -> Assessment:
        """The result of one stratum, for an event that belongs to it. Raises TableError."""
        for one in self.strata:
            if one.stratum == name:
                return one
        msg = "The table has no such stratum: it was not checked."
        raise TableError(msg)


def _gravest(one: Assessment) -> tuple[int, float, bool, str]:
    judged = one.judged
    comparison = judged[0].comparison if judged else None
    ratio = comparison.ratio if comparison else inf
    return -severity(one.outcome), ratio, one.stratum is not None, one.stratum or ""


def check_fairness(counts: OutcomeCounts, thresholds: Thresholds = DEFAULT) -> FairnessReport:
    """Check whether a model favours some groups.

    Args:
        counts: people and favourable outcomes by group, and by stratum.
        thresholds: what to hold them against.

    Raises:
        ConfigurationError: scipy is not installed.
    """
    overall = assess(counts.overall, None, thresholds)
    if counts.stratum_by is None:
        return FairnessReport(counts, overall, ())
    strata = tuple(assess(groups, name, thresholds) for name, groups in counts.strata.items())
    return FairnessReport(counts, overall, strata)
