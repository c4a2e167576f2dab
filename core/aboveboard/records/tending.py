"""Keeps a directory of records in order: what is closed is compressed, what is too old goes.

Whoever rotates does so for all: files that a process left behind when it died are closed and compressed like its
own. At every moment of it a crash leaves all records: the compressed file takes its name when it is whole, and
the plain one goes after that.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Literal

from aboveboard.records.gap_file import clean_gap_files
from aboveboard.records.locking import locked, maintenance
from aboveboard.records.naming import FileName, this_host
from aboveboard.records.writing import close_for_good, is_closed, sync_directory
from aboveboard.records.zstd import zstd

__all__ = [
    "COMPRESSED_ENDINGS",
    "Compression",
    "clean",
    "closed",
    "compress",
    "outdated",
    "packed",
    "remove",
    "replacing",
    "tend",
]

Compression = Literal["none", "gzip", "zstd"]
COMPRESSED_ENDINGS = {"gzip": ".gz", "zstd": ".zst"}
_TEMPORARY = ".tmp"
_IDLE = timedelta(days=1)
"""A file that nobody wrote to for so long is closed, whoever has it: its writer begins a new one."""


@dataclass(frozen=True, slots=True)
class Tended:
    """What was done.

    Attributes:
        compressed: files that are compressed now.
        removed: files that were older than they may be.
    """

    compressed: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()


def tend(
    directory: Path,
    *,
    compression: Compression,
    keep_days: int | None,
    now: datetime | None = None,
    wait: bool = False,
) -> Tended:
    """Compress what is closed and remove what is too old; does nothing while another process does.

    Raises:
        OSError: a file cannot be written or removed; all records are still there.
    """
    now = datetime.now(UTC) if now is None else now
    with maintenance(directory, wait=wait) as ours:
        if not ours:
            return Tended()
        clean(directory)
        removed = remove(outdated(directory, keep_days, now)) if keep_days is not None else ()
        compressed: list[Path] = []
        failed: OSError | None = None
        for path in sorted(directory.glob("decisions-*.jsonl")) if compression != "none" else ():
            try:
                if _compress_abandoned(path, compression, now):
                    compressed.append(path)
            except OSError as error:  # one that belongs to another user must not keep back the rest
                failed = failed or error
        if failed is not None:
            raise failed
        return Tended(tuple(compressed), removed)


def _compress_abandoned(path: Path, compression: Compression, now: datetime) -> bool:
    name = FileName.of(path)
    if name is None or name.gap or not _abandoned(path, name, now) or not closed(path):
        return False
    if path.stat().st_size == 0:
        path.unlink()
        return False
    compress(path, compression)
    return True


def clean(directory: Path) -> None:
    """Take away what a crash left of compressing. The directory is locked for maintenance."""
    for left in directory.glob(f".decisions-*{_TEMPORARY}"):
        left.unlink(missing_ok=True)
    clean_gap_files(directory)
    names = {entry.name for entry in directory.iterdir()}
    for name in names:
        if FileName.of(Path(name)) and names & {
            f"{name}{end}" for end in COMPRESSED_ENDINGS.values()
        }:
            (directory / name).unlink(missing_ok=True)


def outdated(directory: Path, keep_days: int, now: datetime) -> list[Path]:
    """Record files whose last decision is older than so many days.

    A file holds the decisions of one day (UTC), which its name says: the day it was copied does not
    count. Files of other names are nobody's but yours.
    """
    found = []
    for path in sorted(directory.iterdir()):
        name = FileName.of(path)
        if name is not None:
            day = name.begun.replace(hour=0, minute=0, second=0, microsecond=0)
            if day + timedelta(days=1 + keep_days) <= now:
                found.append(path)
    return found


def remove(paths: list[Path]) -> tuple[Path, ...]:
    """Remove record files, their writers alive or not. The directory is locked for maintenance."""
    for path in paths:
        if path.suffix == ".jsonl":
            closed(path)
        path.unlink(missing_ok=True)
    return tuple(paths)


def closed(path: Path) -> bool:
    """Close a plain file for good, if it is not yet; False when it has gone meanwhile."""
    try:
        fd = os.open(path, os.O_RDWR)  # a lock on a share wants to write
    except FileNotFoundError:
        return False
    except PermissionError:  # it is closed already, or not ours
        fd = os.open(path, os.O_RDONLY)
    try:
        if not is_closed(os.fstat(fd)):
            locked(fd)  # for as long as one record takes to write
            close_for_good(fd)
    finally:
        os.close(fd)
    return True


def compress(path: Path, compression: Compression) -> None:
    """Put a compressed file in the place of a closed one."""
    target = Path(f"{path}{COMPRESSED_ENDINGS[compression]}")
    with (
        path.open("rb") as source,
        replacing(target, like=path) as stream,
        packed(stream, target) as sink,
    ):
        shutil.copyfileobj(source, sink, 1 << 18)
    sync_directory(target.parent)
    path.unlink(missing_ok=True)


@contextmanager
def packed(stream: IO[bytes], target: Path) -> Iterator[IO[bytes]]:
    """A stream that compresses into another as the name of the file says."""
    if target.suffix == ".gz":
        with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as sink:
            yield sink  # type: ignore[misc]
    elif target.suffix == ".zst":
        library = zstd("write")
        options = {library.CompressionParameter.checksum_flag: 1}
        with library.ZstdFile(stream, "wb", options=options) as sink:
            yield sink
    else:
        yield stream


@contextmanager
def replacing(target: Path, *, like: Path, closed: bool = False) -> Iterator[IO[bytes]]:
    """A new file that takes the place of another once it is whole and on the disk, or never.

    Args:
        target: where it will stand.
        like: whose times it keeps.
        closed: it is a plain file that takes no more records.
    """
    made = target.with_name(f".{target.name}{_TEMPORARY}")
    before = like.stat()
    fd = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(fd)
            if closed:
                close_for_good(fd)
        os.utime(made, ns=(before.st_atime_ns, before.st_mtime_ns))
        made.replace(target)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise


def _abandoned(path: Path, name: FileName, now: datetime) -> bool:
    """Whether nobody writes to a plain file any more."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    if is_closed(found):
        return True
    if name.host == this_host() and not name.alive:
        return True
    return datetime.fromtimestamp(found.st_mtime, UTC) + _IDLE < now
