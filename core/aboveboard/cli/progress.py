"""A progress line on the terminal, once it is clear that it will take a while."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import click

__all__ = ["Progress"]

_PATIENCE_S = 1.0
_EVERY = 100


class Told(Protocol):
    """An input that says how far it has been read, in bytes."""

    def tell(self) -> int:
        """As of a stream."""


class Progress:
    """Counts events on standard error, if that is a terminal and nothing else writes to it.

    Args:
        wanted: False when results go to the same terminal as they come.
        paths: the files, whose size says how long it will be; any other input has none.
        total: bytes to read, for who counts them with `advance`.
        noun: what is counted.
    """

    def __init__(
        self, *, wanted: bool, paths: list[Path], total: int | None = None, noun: str = "events"
    ) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._start = time.monotonic()
        self._bar: Any = None
        self._task: Any = None
        self._count = 0
        self._done = 0
        self._total = _size(paths) if paths else total
        self._noun = noun
        self._stream: Told | None = None
        self._read = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def reading(self, stream: Told) -> None:
        """The next input; its position is how far we are."""
        self._done += self._read
        self._read = 0
        self._stream = stream

    def step(self) -> None:
        """One event more."""
        self._count += 1
        if not self._wanted or self._count % _EVERY:
            return
        if self._bar is None:
            if time.monotonic() - self._start < _PATIENCE_S:
                return
            self._begin()
        self._bar.update(self._task, completed=self._position(), events=f"{self._count:,}")

    def advance(self, count: int, read: int) -> None:
        """Some more: how many, and of how many bytes."""
        self._done += read
        self._count += count
        if not self._wanted:
            return
        if self._bar is None:
            if time.monotonic() - self._start < _PATIENCE_S:
                return
            self._begin()
        rate = self._count / (time.monotonic() - self._start)
        self._bar.update(
            self._task, completed=self._done, events=f"{self._count:,}", rate=f"{rate:,.0f}/s"
        )

    def report(self, line: str) -> None:
        """Write a line of one's own to standard error, above the progress line."""
        if self._bar is None:
            click.echo(line, err=True)
        else:
            from rich.text import Text

            self._bar.console.print(Text(line), soft_wrap=True)

    def _begin(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        self._bar = Bar(
            TextColumn(f"{{task.fields[events]}} {self._noun}"),
            TextColumn("{task.fields[rate]}"),
            BarColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            # Standard output is results: rich must not take it over.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._bar.start()
        self._task = self._bar.add_task("", total=self._total, events="", rate="")

    def _position(self) -> int:
        if self._stream is not None and self._total is not None:
            try:
                self._read = self._stream.tell()
            except (OSError, ValueError):
                pass
        return self._done + self._read


def _size(paths: list[Path]) -> int | None:
    total = 0
    for path in paths:
        try:
            found = os.stat(path)  # noqa: PTH116  (`-` is a path here and no file)
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        total += found.st_size
    return total or None
