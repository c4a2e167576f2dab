"""Locks on open files that end with their process, however it ends.

A lock belongs to the file as it was opened, so one process may hold two that exclude each other.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["locked", "maintenance", "unlocked"]

LOCK_NAME = ".aboveboard-records.lock"
# A share on the network may know no locks: one writer a file needs none, only who rewrites it does.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 62  # a locked byte cannot be read there, so it is one that no file has

    def locked(fd: int, *, wait: bool = True) -> bool:
        """Lock an open file; False when somebody else has it and `wait` is False."""
        while True:
            here = os.lseek(fd, 0, os.SEEK_CUR)
            os.lseek(fd, _FAR, os.SEEK_SET)
            try:
                msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
            else:
                return True
            finally:
                os.lseek(fd, here, os.SEEK_SET)

    def unlocked(fd: int) -> None:
        """Give the lock back."""
        here = os.lseek(fd, 0, os.SEEK_CUR)
        os.lseek(fd, _FAR, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
        os.lseek(fd, here, os.SEEK_SET)

else:
    import fcntl

    def locked(fd: int, *, wait: bool = True) -> bool:
        """Lock an open file; False when somebody else has it and `wait` is False."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return True

    def unlocked(fd: int) -> None:
        """Give the lock back."""
        try:
            fcntl.flock(fd, fcntl.LOCK_UN)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise


@contextmanager
def maintenance(directory: Path, *, wait: bool) -> Iterator[bool]:
    """One process at a time compresses, prunes and forgets in a directory.

    Args:
        directory: of record files.
        wait: until whoever does so now is done.

    Yields:
        False when somebody else does and `wait` is False: leave the directory alone.
    """
    path = directory / LOCK_NAME
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except PermissionError:  # another user's: to lock it, it need not be written to
        fd = os.open(path, os.O_RDONLY)
    try:
        yield locked(fd, wait=wait)
    finally:
        os.close(fd)  # the lock goes with it
