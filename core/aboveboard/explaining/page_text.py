"""An explanation as plain text, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from aboveboard.explaining.page import (
    Block,
    Cells,
    Code,
    Command,
    Items,
    Link,
    Page,
    Paragraph,
    Section,
    Table,
    Terms,
)

__all__ = ["as_json", "as_text"]

_WIDTH = 92
_LONGEST_NAME = 34


def as_text(page: Page) -> str:
    """The page as lines of at most some ninety characters; ids and addresses stay whole."""
    return "\n".join(_lines(page)).rstrip() + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield page.title
    yield "=" * len(page.title)
    for paragraph in page.lead:
        yield ""
        yield from _hanging("", paragraph.text)
    for section in page.sections:
        yield ""
        yield ""
        yield section.title
        yield "-" * len(section.title)
        for block in section.blocks:
            if not isinstance(block, Terms | Command):
                yield ""
            yield from _block(block, "")


def _block(block: Block, indent: str) -> Iterator[str]:
    match block:
        case Paragraph(text, _):
            yield from _hanging(indent, text)
        case Items(items):
            for item in items:
                yield from _hanging(f"{indent}- ", item)
        case Terms(rows):
            yield from _terms(rows, indent)
        case Table(headers, rows):
            yield from _table(headers, rows, indent)
        case Command(text):
            yield f"{indent}  {text}"
        case Section(title, blocks, tag):
            yield f"{indent}{title}{f'  ({tag})' if tag else ''}"
            for inner in blocks:
                yield from _block(inner, f"{indent}  ")


def _terms(rows: tuple[tuple[str, tuple[Any, ...]], ...], indent: str) -> Iterator[str]:
    if any(len(name) > _LONGEST_NAME for name, _ in rows):
        for name, values in rows:
            yield from _hanging(f"{indent}- ", f"{name}: {'; '.join(map(_cell, values))}")
        return
    width = max((len(name) for name, _ in rows), default=0) + 2
    for name, values in rows:
        for number, value in enumerate(values):
            lead = name if number == 0 else ""
            yield from _hanging(f"{indent}{lead.ljust(width)}", _cell(value))


def _table(
    headers: tuple[str, ...], rows: tuple[tuple[Cells, ...], ...], indent: str
) -> Iterator[str]:
    """Columns whose cells wrap; the addresses of links, each once, below."""
    filled = [n for n in range(len(headers)) if any(row[n] for row in rows)]
    if not filled:
        return
    lines = [[headers[n].upper() for n in filled]]
    lines += [[_cells(row[n], short=True) for n in filled] for row in rows]
    widths = _widths(lines, _WIDTH - len(indent))
    for line in lines:
        wrapped = [_wrap(cell, width) for cell, width in zip(line, widths, strict=True)]
        for parts in zip_longest(*wrapped, fillvalue=""):
            padded = [part.ljust(width) for part, width in zip(parts, widths, strict=True)]
            yield f"{indent}{'  '.join(padded)}".rstrip()
    links: dict[str, str] = {}
    for row in rows:
        for cell in row:
            for item in cell if isinstance(cell, tuple) else (cell,):
                if isinstance(item, Link):
                    links.setdefault(item.href, item.text)
    if links:
        yield ""
        for href, text in links.items():
            yield f"{indent}{href}  ({text})"


def _widths(lines: list[list[str]], room: int) -> list[int]:
    """Widths that fit the room, taken from the widest; no word is cut for it."""
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [
        max((len(word) for cell in column for word in cell.split()), default=1)
        for column in columns
    ]
    while sum(widths) + 2 * (len(widths) - 1) > room:
        spare = [(width, n) for n, width in enumerate(widths) if width > max(least[n], 12)]
        if not spare:
            break
        widths[max(spare)[1]] -= 1
    return widths


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _cells(cells: Cells, *, short: bool = False) -> str:
    many = cells if isinstance(cells, tuple) else (cells,)
    return "; ".join(
        cell.text if short and isinstance(cell, Link) else _cell(cell) for cell in many
    )


def _cell(cell: str | Link | Code) -> str:
    match cell:
        case Link(text, href):
            # On paper the address is what counts; of a law its name is.
            shown = href.removeprefix("https://").removeprefix("mailto:").removeprefix("tel:")
            return text if shown == text else f"{text} <{href}>"
        case Code(text):
            return text
        case _:
            return cell


def _hanging(lead: str, text: str) -> list[str]:
    """The text behind its lead, further lines below its first word."""
    room = max(24, _WIDTH - len(lead))
    lines = textwrap.wrap(
        " ".join(text.split()), room, break_long_words=False, break_on_hyphens=False
    ) or [""]
    return [
        f"{lead if number == 0 else ' ' * len(lead)}{line}".rstrip()
        for number, line in enumerate(lines)
    ]


def as_json(page: Page) -> dict[str, Any]:
    """The page as plain JSON: its words block by block, and the record unless a person is told."""
    found: dict[str, Any] = {
        "for": page.audience,
        "language": page.language,
        "title": page.title,
        "lead": [paragraph.text for paragraph in page.lead],
        "sections": [_section(section) for section in page.sections],
        "missing": [{"what": lack.what, "where": lack.where} for lack in page.lacks],
    }
    if page.record is not None:
        found["record"] = page.record
    return found


def _section(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {"title": section.title}
    if section.tag:
        found["tag"] = section.tag
    found["blocks"] = [_plain(block) for block in section.blocks]
    return found


def _plain(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(text, kind):
            return {kind if kind != "plain" else "text": text}
        case Items(items):
            return {"list": list(items)}
        case Terms(rows):
            return {"terms": [{"name": n, "values": [_value(v) for v in vs]} for n, vs in rows]}
        case Table(headers, rows):
            return {
                "headers": list(headers),
                "rows": [[_values(cell) for cell in row] for row in rows],
            }
        case Command(text):
            return {"command": text}
        case Section():
            return _section(block)


def _values(cells: Cells) -> Any:
    return [_value(cell) for cell in cells] if isinstance(cells, tuple) else _value(cells)


def _value(cell: str | Link | Code) -> Any:
    match cell:
        case Link(text, href):
            return {"text": text, "href": href}
        case Code(text):
            return text
        case _:
            return cell
