"""A file that one replay writes, and no other at the same time; the lock ends with its process."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO, Literal

from aboveboard.errors import ReplayError
from aboveboard.records.locking import locked

__all__ = ["owned"]


def owned(path: Path, mode: Literal["wb", "r+b", "ab"], told: Path | None = None) -> IO[bytes]:
    """Open a file and lock it until it is closed. A pipe or a device is shared as it always was.

    Args:
        path: of the file.
        mode: as of `open`. Nothing is cut before the lock is had.
        told: the file that the user named, when it is another one.

    Raises:
        ReplayError: another replay writes it.
        OSError: it cannot be opened.
    """

    def without_cutting(name: str, flags: int) -> int:
        return os.open(name, flags & ~os.O_TRUNC, 0o666)

    stream = open(path, mode, opener=without_cutting)  # noqa: SIM115  (Path's takes no opener)
    try:
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            if not locked(stream.fileno(), wait=False):
                msg = f"'{told or path}' is in use by another replay. Wait for it, or name another file."
                raise ReplayError(msg)
            if mode == "wb":
                stream.truncate(0)
    except BaseException:
        stream.close()
        raise
    return stream
