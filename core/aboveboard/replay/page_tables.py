"""Tables of the page: every cell escaped, numbers to sort by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from aboveboard.facts import PHASES

__all__ = ["Cell", "named", "table"]

Cell = tuple[str, float | None]
"""What a cell says, and the number that it is sorted by; None for a text."""


def table(
    caption: str,
    heads: Sequence[tuple[str, bool]],
    rows: Iterable[Sequence[Cell]],
    rest: Sequence[Cell] | None = None,
    *,
    sortable: bool = True,
) -> Iterator[str]:
    """A table. A head is its text and whether it stands over numbers."""
    style = ' class="sortable"' if sortable else ""
    yield f'<div class="scroll" tabindex="0"><table{style}>'
    yield f"<caption>{escape(caption)}</caption>\n<thead><tr>"
    for head, number in heads:
        style = ' class="number"' if number else ""
        yield f'<th scope="col"{style}>{escape(head)}</th>'
    yield "</tr></thead>\n<tbody>"
    for row in rows:
        yield f"<tr>{''.join(_cells(row))}</tr>"
    yield "</tbody>"
    if rest is not None:
        yield f"<tfoot><tr>{''.join(_cells(rest))}</tr></tfoot>"
    yield "</table></div>"


def _cells(row: Sequence[Cell]) -> Iterator[str]:
    for index, (text, number) in enumerate(row):
        if number is not None:
            zero = "" if number else " zero"
            yield f'<td class="number{zero}" data-value="{number}">{escape(text)}</td>'
        elif index == 0:
            yield f'<th scope="row">{escape(text).replace("/", "/<wbr>")}</th>'
        else:
            yield f"<td>{escape(text)}</td>"


def named(value: str) -> str:
    """`data collection, requested` for a step; any other value as it is."""
    step, _, phase = value.partition("/")
    return f"{step.replace('_', ' ')}, {phase}" if phase in PHASES else value
