"""What tests of record directories share: processes that write, and what they left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aboveboard.records.reading import BadLine, Line, record_files, record_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Process", "numbers", "on_record", "recording"]


class Process:
    """A process that records without end."""

    def __init__(self, directory: Path, max_bytes: int, compression: str) -> None:
        command = [sys.executable, "-m", "tests.records.program", str(directory), str(max_bytes)]
        self._process = subprocess.Popen([*command, compression], stdout=subprocess.PIPE, text=True)
        self.last = -1
        self._new = threading.Condition()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):
                with self._new:
                    self.last = int(line)
                    self._new.notify_all()

    def more(self, records: int) -> None:
        """Wait until it has written so many more."""
        with self._new:
            wanted = self.last + records
            assert self._new.wait_for(lambda: self.last >= wanted, 60)

    def kill(self) -> int:
        """End it at once; returns the number of the last record that it knew to be written."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self.last


@contextmanager
def recording(
    directory: Path, max_bytes: int = 1 << 17, compression: str = "gzip"
) -> Iterator[Process]:
    """A process that records for as long as the block lasts."""
    process = Process(directory, max_bytes, compression)
    try:
        process.more(1)
        yield process
    finally:
        process.kill()


def on_record(directory: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """The records of a directory and what is no record."""
    whole, bad = [], []
    for path in record_files(directory):
        for line in record_lines(path):
            if isinstance(line, Line):
                whole.append(json.loads(line.text))
            else:
                assert isinstance(line, BadLine)
                bad.append(line.problem)
    return whole, bad


def numbers(directory: Path) -> list[int]:
    """Which of a process's records are there, in the order in which they are read."""
    return [int(record["verdict"]["decision_id"]) for record in on_record(directory)[0]]
