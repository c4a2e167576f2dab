"""Names of record files: when a file was begun, where and by whom.

    decisions-20261102T093000.123456Z-5c0ffee5-4711-9f86d081.jsonl        begun then, by process 4711
    decisions-20261102T093000.123456Z-5c0ffee5-4711-9f86d081.jsonl.gz     closed and compressed
    decisions-20261102T093000.123456Z-5c0ffee5-4711-9f86d081.gap.jsonl    records of it are missing since then

In the order of their names they are in the order of time.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

__all__ = ["ENDINGS", "FileName", "in_order_of_time", "new_name", "this_host"]

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
_NAME = re.compile(
    r"decisions-(?P<time>[0-9]{8}T[0-9]{6}\.[0-9]{6}Z)-(?P<host>[0-9a-f]{8})-(?P<pid>[0-9]{1,10})-"
    r"[0-9a-f]{8}(?:(?P<gap>\.gap)\.jsonl|\.jsonl(?P<packed>\.gz|\.zst)?)"
)
_TIME = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of a record file says.

    Attributes:
        begun: when its first decision was recorded, or shortly before; UTC.
        host: a hash of the host's name.
        pid: of the process that wrote it.
        packed: whether it is compressed.
        gap: whether it holds no records but says that some are missing.
    """

    begun: datetime
    host: str
    pid: int
    packed: bool
    gap: bool = False

    @classmethod
    def of(cls, path: Path) -> FileName | None:
        """What a file's name says; None when it is none of ours."""
        found = _NAME.fullmatch(path.name)
        if found is None:
            return None
        try:
            begun = datetime.strptime(found["time"], _TIME).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(
            begun,
            found["host"],
            int(found["pid"]),
            found["packed"] is not None,
            found["gap"] is not None,
        )

    @property
    def alive(self) -> bool:
        """Whether there is a process of that number on this host."""
        if os.name == "nt":
            return True  # to ask is to end it there
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True


def new_name(now: datetime, *, gap: bool = False) -> str:
    """A name that no other file has, whatever process and host makes it."""
    name = f"decisions-{now.strftime(_TIME)}-{this_host()}-{os.getpid()}-{secrets.token_hex(4)}"
    return f"{name}.gap.jsonl" if gap else f"{name}.jsonl"


@cache
def this_host() -> str:
    """Eight hexadecimal digits for this host; its name may be that of a person's laptop."""
    return sha256(socket.gethostname().encode()).hexdigest()[:8]


def in_order_of_time(paths: Iterable[Path]) -> list[Path]:
    """By name, which begins with the time; whatever else is there comes in the order of its name."""
    return sorted(paths, key=lambda path: path.name)
