"""Takes a person out of the records: whole lines, from every file, compressed or still being written to."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from aboveboard.errors import RecordError
from aboveboard.records.locking import maintenance
from aboveboard.records.reading import RawLine, raw_lines, record_files
from aboveboard.records.tending import clean, closed, packed, replacing
from aboveboard.records.writing import sync_directory

__all__ = ["Forgotten", "forget"]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out.

    Attributes:
        records: how many.
        files: the files that held them.
        searched: how many files were looked through.
        unsearched: files that are damaged: they are as they were, and may hold more.
    """

    records: int
    files: tuple[Path, ...]
    searched: int
    unsearched: tuple[Path, ...]


def forget(
    directory: Path,
    subjects: Collection[str],
    *,
    dry_run: bool = False,
    each: Callable[[Path], None] = lambda _: None,
) -> Forgotten:
    """Remove all records of some people, made until now, from a directory.

    Processes may go on recording there: whose file has to change begins a new one. Each file is
    replaced as a whole; interrupted, this leaves files that are done and files that are as they were.

    Args:
        directory: of record files.
        subjects: pseudonyms, as events have them.
        dry_run: only count.
        each: called with each file before it is looked through.

    Raises:
        RecordError: there is no such directory.
        OSError: a file cannot be read or replaced; the others stay as they are then.
    """
    if not directory.is_dir():
        msg = f"'{directory}' is no directory of records."
        raise RecordError(msg)
    wanted = frozenset(subjects)
    needles = [json.dumps(subject).encode() for subject in wanted]

    def theirs(text: bytes) -> bool:
        return any(needle in text for needle in needles) and _is_of(text, wanted)

    removed = 0
    changed: list[Path] = []
    damaged: list[Path] = []
    with maintenance(directory, wait=True):
        clean(directory)
        files = record_files(directory)
        for path in files:
            each(path)
            found = _count(path, theirs)
            if found is None:
                damaged.append(path)
            elif found and dry_run:
                removed += found
                changed.append(path)
            elif found:
                removed += _rewrite(path, theirs)
                changed.append(path)
        if changed and not dry_run:
            sync_directory(directory)
    return Forgotten(removed, tuple(changed), len(files), tuple(damaged))


def _is_of(text: bytes, wanted: Collection[str]) -> bool:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return True  # half a line that names the person: nothing else can be done with it
    event = raw.get("event") if isinstance(raw, dict) else None
    return isinstance(event, dict) and event.get("subject") in wanted


def _count(path: Path, theirs: Callable[[bytes], bool]) -> int | None:
    """How many lines are theirs; None when the file cannot be read to its end."""
    found = 0
    for line in raw_lines(path):
        if line.text is None:
            return None
        found += theirs(line.text)
    return found


def _rewrite(path: Path, theirs: Callable[[bytes], bool]) -> int:
    plain = path.suffix == ".jsonl"
    if plain:
        closed(path)  # what comes now goes into another file
    removed = 0
    with replacing(path, like=path, closed=plain) as stream, packed(stream, path) as sink:
        for line in _whole(path):
            assert line.text is not None  # noqa: S101  (for the type checker)
            if theirs(line.text):
                removed += 1
            else:
                sink.write(line.text + (b"\n" if line.ended else b""))
    return removed


def _whole(path: Path) -> Iterator[RawLine]:
    for line in raw_lines(path):
        if line.text is None:  # it was whole a moment ago
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        yield line
