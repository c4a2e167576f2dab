"""A table as CSV, read line by line: memory does not grow with the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import IO

from aboveboard.errors import TableError
from aboveboard.fairness.tally import Columns, Tally

__all__ = ["count_csv"]

_MAX_LINE = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_WHOLE = re.compile(r"([0-9]{1,15})(?:\.0+)?")


def count_csv(stream: IO[bytes], name: str, columns: Columns) -> Tally:
    """Count the rows of a CSV file with a header line.

    UTF-8, with or without byte order mark; comma, semicolon, tab or bar between the cells, as the
    header has it; quotes as RFC 4180 has them; any line ends.

    Args:
        stream: the file's bytes.
        name: what messages call it.
        columns: which columns mean what.

    Raises:
        TableError: the file is no such table; the text has the line.
    """
    # Bytes that are no UTF-8 are kept for now: only in a cell that counts do they matter.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        return _counted(text, name, columns)
    finally:
        text.detach()


def _counted(text: io.TextIOWrapper, name: str, columns: Columns) -> Tally:
    lines = _lines(text, name)
    before, first = next(((n, line) for n, line in enumerate(lines) if line.strip()), (0, ""))
    if not first:
        msg = f"{name}: is empty; expected a header line and rows."
        raise TableError(msg)
    reader = csv.reader(chain([first], lines), delimiter=_delimiter(first, columns), strict=True)
    tally = Tally(columns, name)
    try:
        header = [cell.strip() for cell in next(reader)]
        places = columns.find(header, f"{name}:{before + 1}")
        keys, numbers = places[: len(columns.keys)], places[len(columns.keys) :]
        width = len(header)
        seen: dict[tuple[str, ...], int] = {}
        for row in reader:
            if len(row) != width:
                if not any(map(str.strip, row)):
                    continue
                _even(row, width, f"{name}:{before + reader.line_num}")
            cells = tuple([row[place] for place in keys])
            if not any(cells) and not any(map(str.strip, row)):
                continue
            if numbers:
                place = f"{name}:{before + reader.line_num}"
                n, selected = (
                    _number(row[i], f"{place}, column '{what}'")
                    for i, what in zip(numbers, ("n", "selected"), strict=True)
                )
                tally.add_counts(cells, n, selected, place)
            elif cells in seen:
                seen[cells] += 1
            else:
                # Values are judged where they first stand; the tally refuses too many of them.
                tally.add(cells, f"{name}:{before + reader.line_num}", rows=0)
                seen[cells] = 1
        for cells, rows in seen.items():
            tally.add(cells, name, rows)
    except csv.Error as error:
        msg = f"{name}:{before + reader.line_num}: not CSV ({error}). Is a quote left open?"
        raise TableError(msg) from None
    return tally


def _lines(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    number = 0
    while line := text.readline(_MAX_LINE):
        number += 1
        if len(line) == _MAX_LINE:
            msg = f"{name}:{number}: longer than {_MAX_LINE >> 20} MiB; no line of a table is."
            raise TableError(msg)
        yield line


def _delimiter(header: str, columns: Columns) -> str:
    """The one that finds the most needed columns, of equals the one that finds more columns."""

    def found(delimiter: str) -> tuple[int, int]:
        cells = [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), [])]
        return sum(name in cells for name in columns.needed), len(cells)

    return max(_DELIMITERS, key=found)


def _even(row: list[str], width: int, place: str) -> None:
    """Let a row pass that is too long by empty cells, as spreadsheets write them."""
    if len(row) > width and not any(map(str.strip, row[width:])):
        return
    msg = (
        f"{place}: has {len(row)} cells where the header has {width}. A cell that holds the "
        "separator has to stand in quotes."
    )
    raise TableError(msg)


def _number(cell: str, place: str) -> int:
    found = _WHOLE.fullmatch(cell.strip())
    if found is None:
        msg = f"{place}: expected a whole number from 0, without separators."
        raise TableError(msg)
    return int(found[1])
