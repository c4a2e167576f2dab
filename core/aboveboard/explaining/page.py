"""What an explanation consists of; how it looks is for `page_text` and `page_html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = [
    "Block",
    "Cell",
    "Cells",
    "Code",
    "Command",
    "Items",
    "Lack",
    "Link",
    "Page",
    "Paragraph",
    "Section",
    "Table",
    "Terms",
]


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere: an address that begins with https://, mailto: or tel:."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name, id or value, as programs write it."""

    text: str


Cell = str | Link | Code
Cells = Cell | tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences; `note` is for what is said about the page, `warning` for what is wrong."""

    text: str
    kind: Literal["plain", "note", "warning"] = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Names with their values, of which a name may have several."""

    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    @classmethod
    def of(cls, *rows: tuple[str, Cell | Sequence[Cell] | None]) -> Terms:
        """Leave out what has no value."""
        kept: list[tuple[str, tuple[Cell, ...]]] = []
        for name, value in rows:
            values = (value,) if isinstance(value, str | Link | Code) else tuple(value or ())
            if values and values != ("",):
                kept.append((name, values))
        return cls(tuple(kept))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are headers; a cell may hold several things."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Cells, ...], ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A line for a shell."""

    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it; `tag` is an effect, shown beside the heading."""

    title: str
    blocks: tuple[Block, ...]
    tag: str = ""


Block = Paragraph | Items | Terms | Table | Command | Section


@dataclass(frozen=True, slots=True)
class Lack:
    """What the page lacks, and where it is to be stated."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Page:
    """One explanation.

    Attributes:
        audience: for whom it is.
        language: BCP 47.
        title: of the page.
        lead: a sentence or two below the title.
        sections: in order.
        lacks: what is missing before it is finished; for whoever made it, not for who reads it.
        record: event and verdict as plain JSON; None on a person's page, which shows no ids.
    """

    audience: str
    language: str
    title: str
    lead: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    lacks: tuple[Lack, ...] = ()
    record: dict[str, Any] | None = field(default=None, repr=False)
