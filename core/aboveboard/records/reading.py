"""Lines of record files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BadLine", "Line", "record_files", "record_lines"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its place."""

    place: str
    text: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    """What could not be read."""

    place: str
    problem: str


def record_files(path: Path) -> list[Path]:
    """The record files of a directory, or the file itself."""
    return sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]


def record_lines(path: Path) -> Iterator[Line | BadLine]:
    """Line by line."""
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"\x1f\x8b"
    with gzip.open(path) if zipped else path.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            if not text.endswith(b"\n"):
                yield BadLine(f"{path}:{number}", "cut off.")
            else:
                yield Line(f"{path}:{number}", text.rstrip(b"\n"))
