"""Record files as chunks of raw lines: what a worker judges at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aboveboard.records.reading import BadLine, Line, record_lines
from aboveboard.replay.parquet import is_parquet, parquet_lines

__all__ = ["Chunk", "Position", "chunks"]

_FIRST, _MOST = 16, 512
_MOST_BYTES = 2 << 20

Item = Line | BadLine


@dataclass(frozen=True, slots=True)
class Position:
    """How far a replay has come: `lines` of file number `file` are done, and all files before it."""

    file: int = 0
    lines: int = 0


@dataclass(slots=True)
class Chunk:
    """Lines that are judged together.

    Attributes:
        number: from 0.
        items: lines, and what is none.
        end: the position behind it.
        read: bytes that were read for it.
        deaths: by item, how often a worker ended on it.
        failed: by item, the reserved reason of lines on which workers end.
    """

    number: int
    items: list[Item]
    end: Position
    read: int
    deaths: dict[int, int] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)


def chunks(
    files: Sequence[Path],
    start: Position,
    reader: Callable[[Path], Iterator[Item]] | None = None,
) -> Iterator[Chunk]:
    """The files from a position on, in order; few lines a chunk first, so that all workers begin."""
    number, limit = 0, _FIRST
    for index in range(start.file, len(files)):
        skipped = start.lines if index == start.file else 0
        done = skipped
        items: list[Item] = []
        size = read = 0
        for item in (reader or _lines)(files[index]):
            own = len(item.text) + 1 if isinstance(item, Line) else 0
            read += own
            if skipped:
                skipped -= 1
                continue
            items.append(item)
            done += 1
            size += own
            if len(items) >= limit or size >= _MOST_BYTES:
                yield Chunk(number, items, Position(index, done), read)
                number, limit = number + 1, min(2 * limit, _MOST)
                items, size, read = [], 0, 0
        if items:
            yield Chunk(number, items, Position(index, done), read)
            number += 1


def _lines(path: Path) -> Iterator[Item]:
    return parquet_lines(path) if is_parquet(path) else record_lines(path, gaps=True)
