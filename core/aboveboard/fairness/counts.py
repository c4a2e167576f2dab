"""Counts of people by group, and by stratum where there is a key for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aboveboard.errors import TableError
from aboveboard.facts.base import MAX_INTEGER

__all__ = ["BLANK", "MAX_LABEL", "Group", "OutcomeCounts"]

BLANK = "(blank)"
"""The group, or stratum, of people for whom the table names none: they are not left out."""

MAX_LABEL = 80
"""Characters of a group's or stratum's value; longer ones are no groups."""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Counts of one group.

    Attributes:
        name: the value that makes the group, such as `sv`; not blank.
        n: people of the group whose outcome is known; not negative.
        selected: those of them with the favourable outcome; 0 to `n`.
    """

    name: str
    n: int
    selected: int

    def __post_init__(self) -> None:
        """Refuse counts that no table can have. Raises TableError."""
        if not _is_name(self.name, MAX_LABEL):
            msg = f"A group's name is text of 1 to {MAX_LABEL} characters."
            raise TableError(msg)
        for number in (self.n, self.selected):
            if type(number) is not int or number < 0:  # a bool is an int, but no number of people
                msg = "n and selected are whole numbers from 0."
                raise TableError(msg)
        if self.selected > self.n:
            msg = "selected is more than n: of a group no more people than it has can be selected."
            raise TableError(msg)
        if self.n > MAX_INTEGER:
            msg = "n is larger than 2^53 - 1."
            raise TableError(msg)

    @property
    def rate(self) -> float | None:
        """Share selected, 0 to 1; None for a group without people."""
        return self.selected / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """What a fairness check is made from.

    Attributes:
        group_by: what makes the groups, such as `language`; it becomes part of their labels.
        strata: groups by stratum; one stratum named '' where there is no key.
        stratum_by: what makes the strata, such as `segment`; None without.
        left_out: rows whose outcome was blank, so that they belong to neither side.
    """

    group_by: str
    strata: Mapping[str, tuple[Group, ...]]
    stratum_by: str | None = None
    left_out: int = 0

    @classmethod
    def of(cls, groups: Mapping[str, tuple[int, int]], group_by: str = "group") -> OutcomeCounts:
        """Counts without strata.

        Args:
            groups: (n, selected) by the group's name.
            group_by: what makes the groups.

        Raises:
            TableError: counts that no table can have, or no groups.
        """
        return cls.of_strata({"": groups}, group_by=group_by, stratum_by=None)

    @classmethod
    def of_strata(
        cls,
        strata: Mapping[str, Mapping[str, tuple[int, int]]],
        group_by: str = "group",
        stratum_by: str | None = "stratum",
        left_out: int = 0,
    ) -> OutcomeCounts:
        """Counts by stratum.

        Args:
            strata: (n, selected) by the group's name, by the stratum's.
            group_by: what makes the groups.
            stratum_by: what makes the strata.
            left_out: rows whose outcome was blank.

        Raises:
            TableError: counts that no table can have, or no groups.
        """
        for name, what in ((group_by, "group_by"), (stratum_by or "-", "stratum_by")):
            if not _is_name(name, MAX_LABEL // 2):
                msg = f"{what}: a column's name of 1 to {MAX_LABEL // 2} characters. Rename the column."
                raise TableError(msg)
        try:
            ordered = {
                name: tuple(Group(group, *strata[name][group]) for group in sorted(strata[name]))
                for name in sorted(strata)
            }
        except TypeError:
            msg = "Expected (n, selected) for each group by its name, which is text."
            raise TableError(msg) from None
        if not any(ordered.values()):
            msg = "There are no groups to compare: the table is empty."
            raise TableError(msg)
        if stratum_by is not None and not all(_is_name(name, MAX_LABEL) for name in ordered):
            msg = f"A stratum's name is text of 1 to {MAX_LABEL} characters."
            raise TableError(msg)
        return cls(group_by, ordered, stratum_by, left_out)

    @property
    def overall(self) -> tuple[Group, ...]:
        """The groups over all strata, by name."""
        return _summed(group for groups in self.strata.values() for group in groups)


def _is_name(given: object, longest: int) -> bool:
    return isinstance(given, str) and bool(given.strip()) and len(given) <= longest


def _summed(groups: Iterable[Group]) -> tuple[Group, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for group in groups:
        n, selected = sums.get(group.name, (0, 0))
        sums[group.name] = (n + group.n, selected + group.selected)
    return tuple(Group(name, *sums[name]) for name in sorted(sums))
