"""A table as a data frame: pandas, polars, pyarrow and what else narwhals knows."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from aboveboard.errors import TableError
from aboveboard.fairness.extra import needed
from aboveboard.fairness.tally import Columns, Tally

if TYPE_CHECKING:
    from aboveboard.fairness.counts import OutcomeCounts

__all__ = ["add_frame", "counts_from_frame"]

_ROWS = "aboveboard rows"


def counts_from_frame(
    frame: Any,
    *,
    group: str,
    outcome: str | None = None,
    favourable: str | None = None,
    stratum: str | None = None,
) -> OutcomeCounts:
    """Count a data frame's rows; the frame's own engine does it.

    Args:
        frame: an eager or lazy data frame of any library that narwhals knows, one row a person (or
            decision); a table of counts with columns `n` and `selected` when `outcome` is left out.
        group: column whose values make the groups.
        outcome: column that says what became of each.
        favourable: value of `outcome` that is good for the person, as text; left out where the
            column holds booleans, 1 and 0 or yes and no.
        stratum: column whose values make the strata.

    Returns:
        The counts. A missing group or stratum is one of its own, `(blank)`; rows with a missing
        outcome are left out and told in `left_out`.

    Raises:
        TableError: it is no data frame, has not these columns, or they cannot be counted.
        ConfigurationError: narwhals is not installed.
    """
    tally = Tally(Columns(group, outcome, stratum, favourable), "data frame")
    add_frame(tally, frame)
    return tally.counts()


def add_frame(tally: Tally, frame: Any, before: int = 0) -> None:
    """Count a frame into a tally; `before` is how many rows of its table were counted before."""
    nw = needed("narwhals", "Reading data frames")
    try:
        table = nw.from_native(frame)
        names = table.collect_schema().names()
    except TypeError:
        msg = "Expected a data frame, as of pandas, polars or pyarrow."
        raise TableError(msg) from None
    except Exception as error:  # a name twice, or a lazy frame that cannot be made
        msg = f"{tally.name}: its columns cannot be told ({type(error).__name__})."
        raise TableError(msg) from None
    columns = tally.columns
    columns.find(names, tally.name)
    keys = list(columns.keys)
    counted = columns.outcome is not None
    try:
        if counted:
            table = table.group_by(keys).agg(nw.len().alias(_ROWS))
        else:
            table = table.select(list(columns.needed))
        if isinstance(table, nw.LazyFrame):
            table = table.collect()
        rows = table.iter_rows()
    except Exception as error:
        # Each library has errors of its own; that the columns cannot be grouped is what they say.
        msg = (
            f"{tally.name}: the columns {', '.join(map(repr, keys))} cannot be counted "
            f"({type(error).__name__}). Expected texts, numbers or booleans."
        )
        raise TableError(msg) from None
    for number, row in enumerate(rows, before + 1):
        cells = tuple(_text(value) for value in row[: len(keys)])
        if counted:
            tally.add(cells, tally.name, int(row[-1]))
        else:
            place = f"{tally.name}, row {number}"
            n, selected = (
                _whole(value, f"{place}, column '{name}'")
                for value, name in zip(row[-2:], ("n", "selected"), strict=True)
            )
            tally.add_counts(cells, n, selected, place)


def _text(value: Any) -> str:
    """A cell as CSV would have it: '' for a missing one."""
    value = _plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):  # older programs write texts so into Parquet
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, Collection) and not isinstance(value, str):
        msg = "A cell holds several values. Expected texts, numbers or booleans."
        raise TableError(msg)
    return str(value)


def _plain(value: Any) -> Any:
    """Python's own value for numpy's; None for whatever a library calls missing."""
    if hasattr(value, "as_py"):
        value = value.as_py()
    elif hasattr(value, "item"):
        value = value.item()
    # NaN and NaT are not equal to themselves; pandas' NA will not say.
    try:
        missing = bool(value != value)  # noqa: PLR0124
    except TypeError:
        missing = True
    return None if missing else value


def _whole(value: Any, place: str) -> int:
    value = _plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**15:
        msg = f"{place}: expected a whole number from 0."
        raise TableError(msg)
    return value
