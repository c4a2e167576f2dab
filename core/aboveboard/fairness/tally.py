"""Rows become counts: whatever the table is, it is counted here."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aboveboard.errors import TableError
from aboveboard.fairness.counts import BLANK, MAX_LABEL, OutcomeCounts
from aboveboard.nearest import nearest

__all__ = ["MAX_VALUES", "Columns", "Tally", "label"]

MAX_VALUES = 1_000
"""Different values of one column; a column with more is no column of groups."""

_MAX_SPELLINGS = 100_000
_YES = frozenset({"1", "t", "true", "y", "yes"})
_NO = frozenset({"0", "f", "false", "n", "no"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table mean what.

    Attributes:
        group: whose values make the groups.
        outcome: what became of each row's person; None for a table of counts, whose columns `n`
            and `selected` are counted already.
        stratum: whose values make the strata; None without.
        favourable: the value of `outcome` that is good for the person; None where it holds yes and
            no, true and false or 1 and 0.
    """

    group: str
    outcome: str | None = None
    stratum: str | None = None
    favourable: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns whose values are counted: group, then outcome and stratum if named."""
        return tuple(name for name in (self.group, self.outcome, self.stratum) if name is not None)

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that the table has to have."""
        return self.keys if self.outcome is not None else (*self.keys, "n", "selected")

    def find(self, names: Sequence[str], place: str) -> tuple[int, ...]:
        """Where the needed columns are. Raises TableError: one is missing or there twice."""
        if len(set(self.needed)) < len(self.needed):
            msg = f"{place}: group, outcome, stratum and the counts are columns of their own."
            raise TableError(msg)
        return tuple(self._index(names, name, place) for name in self.needed)

    def _index(self, names: Sequence[str], name: str, place: str) -> int:
        found = names.count(name)
        if found == 1:
            return names.index(name)
        if found:
            msg = f"{place}: column '{name}' is there {found} times. Rename all but one."
            raise TableError(msg)
        there = [str(other) for other in names]  # a frame's may be numbers
        close = nearest(name, there)
        hint = f" Did you mean '{close}'?" if close else ""
        shown = ", ".join(f"'{other[:40]}'" for other in there[:12]) or "none"
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        counted = ""
        if self.outcome is None and name in ("n", "selected"):
            counted = (
                " Without an outcome column (--outcome) a table of counts is expected, with "
                "columns n and selected."
            )
        msg = f"{place}: there is no column '{name}'.{hint} It has {shown}{more}.{counted}"
        raise TableError(msg)


def label(text: str, place: str) -> str:
    """A value as a name: white space evened out, letters composed. Raises TableError for no name."""
    name = " ".join(text.split())
    if name.isascii() and name.isprintable() and len(name) <= MAX_LABEL:
        return name
    # `å` is one letter or two by who wrote it; as two groups each would be thin.
    name = unicodedata.normalize("NFC", name)
    if len(name) > MAX_LABEL:
        msg = f"{place}: longer than {MAX_LABEL} characters; a group's or outcome's name is not."
        raise TableError(msg)
    if any("\ud800" <= char <= "\udfff" for char in name):
        msg = f"{place}: expected UTF-8 text. Save or convert the file as UTF-8."
        raise TableError(msg)
    if any(char < " " or "\x7f" <= char <= "\x9f" for char in name):
        msg = f"{place}: holds a control character; a group's or outcome's name does not."
        raise TableError(msg)
    return name


class Tally:
    """Counts the rows of one table, in memory that depends on its groups and not on its rows."""

    def __init__(self, columns: Columns, name: str) -> None:
        self.columns = columns
        self.name = name
        self._rows: Counter[tuple[str, ...]] = Counter()
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._values: tuple[set[str], ...] = tuple(set() for _ in columns.keys)
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, cells: tuple[str, ...], place: str, rows: int = 1) -> None:
        """Count rows that have these values in `columns.keys`; `place` is for the message."""
        if cells not in self._names:
            self._names[cells] = self._labels(cells, place)
        self._rows[self._names[cells]] += rows

    def add_counts(self, cells: tuple[str, ...], n: int, selected: int, place: str) -> None:
        """Take a group's counts from a table of counts."""
        group, *rest = self._labels(cells, place)
        key = (rest[0] or BLANK if rest else "", group or BLANK)
        if n < 0 or selected < 0:
            msg = f"{place}: n and selected are whole numbers from 0."
            raise TableError(msg)
        if selected > n:
            msg = f"{place}: selected is more than n. Is one of the columns another's?"
            raise TableError(msg)
        if key in self._counts:
            msg = f"{place}: the group was there before. Join its rows, or name the column that "
            msg += "parts them as the stratum (--stratum); pooled rates mislead."
            raise TableError(msg)
        self._counts[key] = n, selected

    def _labels(self, cells: tuple[str, ...], place: str) -> tuple[str, ...]:
        columns = self.columns.keys
        names = tuple(
            label(cell, f"{place}, column '{column}'")
            for cell, column in zip(cells, columns, strict=True)
        )
        for name, column, values in zip(names, columns, self._values, strict=True):
            values.add(name)
            if len(values) > MAX_VALUES or len(self._names) > _MAX_SPELLINGS:
                msg = (
                    f"{place}: column '{column}' has more than {MAX_VALUES:,} different values. "
                    "Name a column with few, or put its values into classes first."
                )
                raise TableError(msg)
        return names

    def counts(self) -> OutcomeCounts:
        """What was counted. Raises TableError: no rows, or no telling what is favourable."""
        if self.columns.outcome is None:
            strata: dict[str, dict[str, tuple[int, int]]] = {}
            for (stratum, group), counted in self._counts.items():
                strata.setdefault(stratum, {})[group] = counted
            return self._made(strata, 0)
        favourable = self._favourable() if self._rows else frozenset[str]()
        sums: dict[str, dict[str, tuple[int, int]]] = {}
        left_out = 0
        for (group, outcome, *rest), rows in self._rows.items():
            if not outcome:
                left_out += rows
                continue
            groups = sums.setdefault(rest[0] or BLANK if rest else "", {})
            n, selected = groups.get(group or BLANK, (0, 0))
            more = rows if outcome in favourable else 0
            groups[group or BLANK] = (n + rows, selected + more)
        return self._made(sums, left_out)

    def _made(self, strata: dict[str, dict[str, tuple[int, int]]], left_out: int) -> OutcomeCounts:
        if not strata:
            what = "no row has an outcome" if left_out else "there are no rows, only a header"
            msg = f"{self.name}: {what}; nothing can be counted."
            raise TableError(msg)
        try:
            return OutcomeCounts.of_strata(
                strata, self.columns.group, self.columns.stratum, left_out
            )
        except TableError as error:
            msg = f"{self.name}: {error}"
            raise TableError(msg) from None

    def _favourable(self) -> frozenset[str]:
        values = self._values[1] - {""}
        place = f"{self.name}, column '{self.columns.outcome}'"
        asked = self.columns.favourable
        if asked is None:
            if all(value.casefold() in _YES | _NO for value in values):
                return frozenset(value for value in values if value.casefold() in _YES)
            msg = (
                f"{place}: holds other values than yes and no. Say which one is good for the "
                "person: --favourable VALUE."
            )
            raise TableError(msg)
        if not isinstance(asked, str):
            msg = f"{place}: the favourable value is named as text, such as '1' or 'true'."
            raise TableError(msg)
        wanted = unicodedata.normalize("NFC", " ".join(asked.split()))
        if wanted in values:
            return frozenset({wanted})
        alike = [value for value in values if value.casefold() == wanted.casefold()]
        hint = f" Did you mean '{alike[0]}'?" if alike else " Is it spelt as in the table?"
        msg = f"{place}: no row has the favourable value that was named.{hint}"
        raise TableError(msg)
