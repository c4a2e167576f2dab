"""Tells that records are missing while the disk is full, whatever becomes of the process then.

Beside its records a process keeps a small hidden file, made while there is room:

    .decisions-20261102T093000.123456Z-5c0ffee5-4711-9f86d081.gap

It holds a line that says how many records are missing. When recording fails it takes the name of a record file,
`decisions-….gap.jsonl`, for which no room is needed, and gets its own back once the gap stands among the records.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aboveboard.records.naming import FileName, new_name, this_host
from aboveboard.records.writing import sync_directory

__all__ = ["GapFile", "clean_gap_files"]

_HIDDEN = ".gap"
_MODE = 0o600
_SIZE = 256
"""Bytes of the line: always the same, so that another number can be written over it on a full disk."""
_IDLE = timedelta(days=30)
"""So long another host may go without beginning a record file before its hidden file is taken away."""
_STARTED = datetime.now(UTC)
_FLAGS = os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FIRST = '{"gap":{"missing":1}}'


class GapFile:
    """The hidden file of one recorder, and its other name. Whoever uses it takes care of threads.

    No method raises OSError: what cannot be told here is in the log.

    Args:
        directory: of the records.
        fsync: wait for the disk.
    """

    def __init__(self, directory: Path, *, fsync: bool) -> None:
        self._directory = directory
        self._fsync = fsync
        self._hidden: Path | None = None
        self._shown: Path | None = None
        self._pid = os.getpid()

    @property
    def ready(self) -> bool:
        """Whether it was made in this process."""
        return self._hidden is not None

    def prepare(self) -> None:
        """Make it where it is not there; where it is, say that it is still in use."""
        if self._shown is not None:
            return
        if self._hidden is not None:
            try:
                os.utime(self._hidden)
            except FileNotFoundError:
                self._hidden = None
            except OSError:
                return
            else:
                return
        name = new_name(datetime.now(UTC), gap=True).removesuffix(f"{_HIDDEN}.jsonl")
        path = self._directory / f".{name}{_HIDDEN}"
        with suppress(OSError):
            os.close(os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, _MODE))
            self._hidden = path
            _put(path, _FIRST, fsync=self._fsync)

    def tell(self, line: str) -> None:
        """Say that records are missing.

        Args:
            line: that says how many and since when; where it cannot be written, it is one at least.
        """
        if self._shown is None:
            self.prepare()  # it may have gone
            if self._hidden is None:
                return
            _put(self._hidden, line, fsync=self._fsync)
            shown = self._directory / new_name(datetime.now(UTC), gap=True)
            self._shown = shown  # first: a signal's handler may come here, too
            try:
                self._hidden.rename(shown)
            except OSError:
                self._shown = None
            else:
                if self._fsync:
                    sync_directory(self._directory)
        else:
            _put(self._shown, line, fsync=self._fsync)

    def told(self) -> None:
        """Take it back: what it says stands among the records."""
        if self._shown is None or self._hidden is None:
            return
        try:
            self._shown.rename(self._hidden)
        except OSError:
            with suppress(OSError):
                self._shown.unlink()
            self._hidden = None
        else:
            _put(self._hidden, _FIRST, fsync=False)
        self._shown = None

    def close(self) -> None:
        """Leave nothing behind, unless records are missing."""
        if self._hidden is not None and self._shown is None and self._pid == os.getpid():
            with suppress(OSError):
                self._hidden.unlink()
            self._hidden = None

    def __del__(self) -> None:
        """Of a gate that nobody closed."""
        with suppress(Exception):
            self.close()

    def forked(self) -> None:
        """Begin anew in the child of a fork: the file is its parent's."""
        self._hidden = self._shown = None
        self._pid = os.getpid()


def clean_gap_files(directory: Path) -> None:
    """Take away the hidden files of processes that have ended."""
    for path in directory.glob(f".decisions-*{_HIDDEN}"):
        name = FileName.of(Path(f"{path.name[1:]}.jsonl"))
        if name is None:
            continue
        with suppress(OSError):  # another user's must not keep back the rest
            if _ended(name) or datetime.fromtimestamp(path.stat().st_mtime, UTC) + _IDLE < (
                datetime.now(UTC)
            ):
                path.unlink()


def _ended(name: FileName) -> bool:
    if name.host != this_host():
        return False
    # In a container every process may have the same number: one before this is not this one.
    return name.begun < _STARTED if name.pid == os.getpid() else not name.alive


def _put(path: Path, line: str, *, fsync: bool) -> None:
    """Write a line over the one that is there; an empty file, for which there is no room, stays empty."""
    data = f"{line.removesuffix('}').ljust(_SIZE - 2)}}}\n".encode()
    with suppress(OSError):
        fd = os.open(path, _FLAGS)
        try:
            if os.write(fd, data) != len(data):
                os.ftruncate(fd, 0)
            elif fsync:
                os.fsync(fd)
        finally:
            os.close(fd)
