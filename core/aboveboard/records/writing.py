"""Writes records: a file a process, each line at once, a new file when one is full or a day is over.

Nobody else writes into a file, so no line is cut by another's; a crash leaves at most half of the last one.
Who has to change a file (to forget a person, to tidy up) takes its lock for a moment and makes it read-only:
it is closed then, and its writer goes on in a new one.
"""

from __future__ import annotations

import os
import stat
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from aboveboard.records.locking import locked, unlocked
from aboveboard.records.naming import new_name

__all__ = [
    "CLOSED_MODE",
    "Writer",
    "begin_anew_in_forks",
    "close_for_good",
    "is_closed",
    "sync_directory",
]

CLOSED_MODE = 0o400
_FILE_MODE, _DIRECTORY_MODE = 0o600, 0o700
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def _now() -> datetime:
    return datetime.now(UTC)


class Writer:
    """The file that this process writes to at the moment. May be shared by threads.

    Args:
        directory: made, for its owner only, where it is not there.
        max_bytes: a file is closed before it grows larger, unless by a single record.
        fsync: wait for the disk with each record.
        on_closed: called after a file was closed, in the thread that wrote.
        now: the clock, UTC; for tests.
    """

    def __init__(
        self,
        directory: Path,
        *,
        max_bytes: int,
        fsync: bool = False,
        on_closed: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.directory = directory
        self._max_bytes = max_bytes
        self._fsync = fsync
        self._on_closed = on_closed
        self._now = now
        self._fd: int | None = None
        self._day: date | None = None
        self._path: Path | None = None
        # Reentrant: a signal's handler may decide while this thread is writing.
        self._mutex = threading.RLock()
        begin_anew_in_forks(self)

    @property
    def path(self) -> Path | None:
        """Of the file that is written to; None before the first record and after `close`."""
        return self._path

    def write(self, data: bytes) -> None:
        """Append whole lines at once.

        Raises:
            OSError: they could not be written; nothing of them is left, as far as the disk allows.
        """
        with self._mutex:
            before = self._path
            fd, size = self._ready(len(data))
            try:
                _write_all(fd, data)
                if self._fsync:
                    os.fsync(fd)
            except OSError:
                try:
                    os.ftruncate(fd, size)
                except OSError:  # half a line stays: what follows goes into another file
                    self._let_go(fd)
                raise
            finally:
                if self._fd is not None:
                    unlocked(fd)
        if before is not None and self._path is not before:
            self._on_closed()

    def close(self) -> None:
        """Close the file; the next record begins a new one."""
        with self._mutex:
            if self._fd is not None and locked(self._fd):
                self._let_go(self._fd)

    def __del__(self) -> None:
        """A gate that nobody closed must not keep its file open."""
        with suppress(Exception):
            self.close()

    def _ready(self, more: int) -> tuple[int, int]:
        """An open, locked file that has room, and its size."""
        today = self._now().date()
        while True:
            if self._fd is None:
                self._open()
            fd = self._fd
            assert fd is not None  # noqa: S101  (for the type checker)
            locked(fd)
            found = os.fstat(fd)
            if is_closed(found):  # by somebody who has to change it
                self._drop(fd)
                continue
            full = found.st_size > 0 and found.st_size + more > self._max_bytes
            if not full and self._day == today:
                return fd, found.st_size
            self._let_go(fd)

    def _open(self) -> None:
        now = self._now()
        self.directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        path = self.directory / new_name(now)
        self._fd = os.open(path, _FLAGS, _FILE_MODE)
        self._path, self._day = path, now.date()
        if self._fsync:
            sync_directory(self.directory)

    def _let_go(self, fd: int) -> None:
        """Close a file that is locked, for good."""
        with suppress(OSError):
            found = os.fstat(fd)
            # One that somebody closed is somebody's to remove: its name may be another file's.
            if self._path is not None and found.st_size == 0 and not is_closed(found):
                self._path.unlink()
            close_for_good(fd)
        self._drop(fd)

    def _drop(self, fd: int) -> None:
        self._fd = self._path = self._day = None
        os.close(fd)  # its lock goes with it

    def forked(self) -> None:
        """Begin anew in the child of a fork: the file is its parent's."""
        self._mutex = threading.RLock()
        if self._fd is not None:
            self._drop(self._fd)


def is_closed(found: os.stat_result) -> bool:
    """Whether a file takes no more records: it is read-only, or its name is gone."""
    return not found.st_mode & stat.S_IWUSR or found.st_nlink == 0


def close_for_good(fd: int) -> None:
    """Let a file that is locked take no more records; its writer sees that before the next one."""
    if sys.platform != "win32":  # there an open file cannot be replaced or removed anyway
        os.fchmod(fd, CLOSED_MODE)


def sync_directory(directory: Path) -> None:
    """Wait until names in a directory are on the disk; where directories cannot be opened, nothing."""
    with suppress(OSError):
        fd = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _write_all(fd: int, data: bytes) -> None:
    # One call, unless the disk has room for a part of it only: the next call says why.
    done = os.write(fd, data)
    while done < len(data):
        done += os.write(fd, data[done:])


class _Forkable(Protocol):
    def forked(self) -> None:
        """Begin anew, in the child."""


_forkable: weakref.WeakSet[_Forkable] = weakref.WeakSet()


def begin_anew_in_forks(what: _Forkable) -> None:
    """Have its `forked` called in each child of a fork."""
    _forkable.add(what)


def _after_fork() -> None:
    for what in list(_forkable):
        what.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
