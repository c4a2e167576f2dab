"""How results are printed: tables for people, plain columns for pipes, JSON for programs."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

__all__ = ["count", "on_terminal", "plain", "print_table", "to_json", "write_json"]

EFFECT_STYLES = {"allow": "green", "escalate": "yellow", "deny": "red"}
_ESCAPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str, limit: int = 0) -> str:
    """Text that cannot steer a terminal: control characters escaped, cut to `limit` if given.

    Ids, file names and messages of plugins come from outside.
    """
    if not text.isprintable():
        text = "".join(
            char.encode("unicode_escape").decode("ascii")
            if unicodedata.category(char) in _ESCAPED
            else char
            for char in text
        )
    return f"{text[: limit - 1]}…" if limit and len(text) > limit else text


def count(number: int, noun: str) -> str:
    """`1 event`, `2,000 events`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def on_terminal() -> bool:
    """Whether results are read by a person: standard output is a terminal."""
    return sys.stdout.isatty()


def to_json(value: Any, indent: int | None = None) -> str:
    """JSON text that standard output can take: characters beyond ASCII only where it has them."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    return json.dumps(value, ensure_ascii=encoding != "utf8", indent=indent)


def write_json(value: Any) -> None:
    """Print JSON, indented for people; programs do not mind."""
    click.echo(to_json(value, indent=2))


def print_table(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    styles: Mapping[str, str] | None = None,
) -> None:
    """Print rows of text.

    Args:
        headers: a title a column.
        rows: as many cells each; a cell is one line.
        styles: on a terminal, colours of cells in the first column, by their text.
    """
    cells = [[plain(cell) for cell in row] for row in rows]
    if on_terminal():
        _rich_table(headers, cells, styles or {})
        return
    lines = [[header.upper() for header in headers], *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def _rich_table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], styles: Mapping[str, str]
) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for index, header in enumerate(headers):
        last = index == len(headers) - 1
        table.add_column(header, overflow="fold", ratio=1 if last and len(headers) > 3 else None)
    for row in rows:
        # Text, not str: brackets in an id are no markup.
        first = Text(row[0], style=styles.get(row[0], ""))
        table.add_row(first, *(Text(cell) for cell in row[1:]))
    Console(file=sys.stdout).print(table)
