"""The first Ctrl-C, or SIGTERM, ends a replay in order; also while it waits for records from a pipe."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["Stopping", "stopping"]

_Item = TypeVar("_Item")


class _Interrupted(BaseException):
    """Ends a read: Python takes one up again after any signal whose handler raises nothing."""


class Stopping:
    """Whether a replay is to end.

    Args:
        tell: called once, in the handler of the first signal: it may do what a handler may.
    """

    def __init__(self, tell: Callable[[], None] | None = None) -> None:
        self._tell = tell
        self._told = self._reading = False

    def __call__(self) -> bool:
        """True once somebody has said so."""
        return self._told

    def stop(self) -> None:
        """Say so, in the thread that reads."""
        first, self._told = not self._told, True
        if first and self._tell is not None:
            self._tell()
        if self._reading:
            self._reading = False
            raise _Interrupted

    def reading(self, items: Iterator[_Item]) -> Iterator[_Item]:
        """The items, until it is to end; what is read just then is dropped."""
        while True:
            try:
                try:
                    self._reading = True
                    if self._told:
                        return
                    item = next(items)
                finally:
                    self._reading = False
            except (StopIteration, _Interrupted):
                return
            yield item


@contextmanager
def stopping(tell: Callable[[], None] | None = None) -> Iterator[Stopping]:
    """Heed the first Ctrl-C and the first SIGTERM; the second does what it did before.

    In another thread than the main one, signals are not for us.
    """
    found = Stopping(tell)
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before: dict[int, Any] = {}

    def heed(number: int, _: object) -> None:
        signal.signal(number, before[number])
        found.stop()

    for number in map(int, (signal.SIGINT, signal.SIGTERM)):
        before[number] = signal.getsignal(number)
        signal.signal(number, heed)
    try:
        yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
