"""Facts about groups of people: fairness of a model, and whom its training data stands for."""

from typing import Annotated

from aboveboard.facts.base import (
    BasisPoints,
    Count,
    FactGroup,
    Id,
    Items,
    Span,
    UtcDatetime,
    fact,
    group,
)
from aboveboard.facts.derived import AgeOf

__all__ = ["Dataset", "Fairness", "FairnessGroup", "GroupShare", "Population"]


class FairnessGroup(FactGroup):
    """Counts of one group in a fairness check."""

    name: Id | None = fact("Label of the group, such as language:sv.")
    n: Count | None = fact("People of the group in the window.")
    selected: Count | None = fact("Those of them with the favourable outcome.")


class Fairness(FactGroup):
    """The latest fairness check on record for the model."""

    evaluated_at: UtcDatetime | None = fact("When it was made.")
    evaluated_age_days: Annotated[Span | None, AgeOf("evaluated_at")] = fact(
        "Whole days since `evaluated_at` (derived)."
    )
    model_version: Id | None = fact("Version of the model it was made on.")
    window_days: Count | None = fact("Period the counts cover, days.")
    stratum: Id | None = fact("Segment or channel the counts are limited to.")
    groups: Items[FairnessGroup] | None = group(FairnessGroup, many=True)
    impact_ratio_min_bp: Count | None = fact("Lowest impact ratio of any group, basis points.")
    dp_difference_bp: BasisPoints | None = fact("Demographic parity difference, basis points.")
    p_value_bp: BasisPoints | None = fact(
        "Fisher's exact p, Holm-corrected, basis points, rounded up."
    )
    ci95_low_bp: Count | None = fact("Lower end of the ratio's 95 % interval, basis points.")
    ci95_high_bp: Count | None = fact("Upper end of the ratio's 95 % interval, basis points.")


class GroupShare(FactGroup):
    """Share of one group in a set of people."""

    name: Id | None = fact("Label of the group.")
    share_bp: BasisPoints | None = fact("Its share, basis points.")


class Dataset(FactGroup):
    """The data that the model was trained on."""

    id: Id | None = fact("Id of the dataset.")
    groups: Items[GroupShare] | None = group(GroupShare, many=True)
    representation_gap_max_bp: BasisPoints | None = fact(
        "Largest gap between training and population share, basis points."
    )


class Population(FactGroup):
    """The people that the model is used on."""

    groups: Items[GroupShare] | None = group(GroupShare, many=True)
