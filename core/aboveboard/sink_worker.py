"""One sink: its bounded queue, and the daemon thread that calls it.

A sink that is slow keeps back nobody else; a full queue drops what comes next rather than wait. What
is dropped is counted and logged (`sink.dropped`), whether the queue was full or the process ended.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Literal

import structlog

from aboveboard.events import StepEvent
from aboveboard.verdicts import Verdict

__all__ = ["SinkStatus", "Worker", "flush_workers"]

_log = structlog.get_logger("aboveboard")
_REPORT_EVERY_S = 1.0
_EXIT_DEADLINE_S = 5.0

Item = tuple[StepEvent, Verdict]


@dataclass(frozen=True, slots=True)
class SinkStatus:
    """How one sink keeps up.

    Attributes:
        plugin: its name.
        hook: `aboveboard_verdict`, or `aboveboard_review` for a reviewer.
        waiting: verdicts that it has not done with.
        delivered: calls that came back.
        failed: calls that raised; each is logged as `plugin.failed`.
        dropped: verdicts that it never got: its queue was full, or the process ended.
    """

    plugin: str
    hook: str
    waiting: int
    delivered: int
    failed: int
    dropped: int


class Worker:
    """One implementation of a hook, its queue and its thread.

    Args:
        implementation: pluggy's record of it.
        hook: its name.
        size: verdicts that may wait.
        inline: call it at once, in the deciding thread.
        on_result: told what each call returned, with the plugin's name and the verdict.
    """

    def __init__(
        self,
        implementation: Any,
        hook: str,
        *,
        size: int,
        inline: bool = False,
        on_result: Callable[[str, Verdict, Any], None] | None = None,
    ) -> None:
        self.implementation = implementation
        self.plugin = str(implementation.plugin_name)
        self.hook = hook
        self._names: tuple[str, ...] = tuple(implementation.argnames)
        self._size = size
        self._inline = inline
        self._on_result = on_result
        self._begin()
        _all.add(self)

    def _begin(self) -> None:
        """Nothing waits and no thread runs; also in the child of a fork, which has no threads."""
        self._queue: SimpleQueue[Item | None] = SimpleQueue()
        # Reentrant: a signal's handler may decide, too.
        self._lock = threading.RLock()
        self._done = threading.Condition(self._lock)
        self._thread: threading.Thread | None = None
        self._taken = self._delivered = self._failed = 0
        self._dropped = self._given_up = self._reported = 0
        self._report_at = 0.0

    def __reduce__(self) -> Any:
        msg = "A sink's queue stays in its process."
        raise TypeError(msg)

    @property
    def status(self) -> SinkStatus:
        """How it keeps up, now."""
        return SinkStatus(
            self.plugin,
            self.hook,
            self._taken - self._finished,
            self._delivered,
            self._failed,
            self._dropped,
        )

    @property
    def _finished(self) -> int:
        return self._delivered + self._failed + self._given_up

    def send(self, event: StepEvent, verdict: Verdict) -> None:
        """Take a verdict; never waits, never raises."""
        if self._inline or _exit.begun:
            with self._lock:
                self._taken += 1
            self._deliver(event, verdict, Exception)
            return
        with self._lock:
            full = self._taken - self._finished >= self._size
            if full:
                self._dropped += 1
            else:
                self._taken += 1
                self._queue.put((event, verdict))
        if full:
            self._report("queue_full")
        elif self._thread is None:
            self._start()

    def flush(self, deadline: float) -> bool:
        """Wait until what was taken so far is done with, or `time.monotonic()` is `deadline`."""
        if self._thread is None or self._thread is threading.current_thread():
            return True
        with self._done:
            taken = self._taken
            return self._done.wait_for(
                lambda: self._finished >= taken, max(0.0, deadline - time.monotonic())
            )

    def stop(self) -> None:
        """End the thread once it has delivered what waits."""
        self._report("queue_full", now=True)
        if self._thread is not None:
            self._queue.put(None)

    def give_up(self, reason: str) -> None:
        """Drop what still waits, and say so."""
        dropped = len(self._drained())
        with self._done:
            self._dropped += dropped
            self._given_up += dropped
            self._done.notify_all()
        self._report(reason, now=True)

    def _drained(self) -> list[Item]:
        found: list[Item] = []
        try:
            while True:
                item = self._queue.get_nowait()
                if item is not None:
                    found.append(item)
        except Empty:
            return found

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            thread = threading.Thread(
                target=self._work, name=f"aboveboard-sink-{self.plugin}", daemon=True
            )
            self._thread = thread
            _running.add(self)
            _watch_exit()
            try:
                thread.start()
            except RuntimeError:  # no more threads: late is better than lost
                self._thread = None
                _running.discard(self)
        if self._thread is None:
            for item in self._drained():
                self._deliver(*item, Exception)

    def _work(self) -> None:
        queue = self._queue
        while True:
            item = queue.get()
            if item is None:
                with self._lock:
                    # Who puts something in holds the lock: it comes before this, or starts anew.
                    if queue.empty():
                        _running.discard(self)
                        self._thread = None
                        return
                continue
            self._deliver(*item, BaseException)
            item = None  # an empty queue keeps nothing alive
            self._report("queue_full")

    def _deliver(self, event: StepEvent, verdict: Verdict, caught: type[BaseException]) -> None:
        arguments = {"event": event, "verdict": verdict}
        try:
            result = self.implementation.function(*(arguments[name] for name in self._names))
            if self._on_result is not None:
                self._on_result(self.plugin, verdict, result)
        except caught as error:
            _log_failure(self.plugin, self.hook, error)
            with self._done:
                self._failed += 1
                self._done.notify_all()
        else:
            with self._done:
                self._delivered += 1
                self._done.notify_all()

    def _report(self, reason: str, *, now: bool = False) -> None:
        """Log what was dropped since the last time, once a second at most."""
        if self._dropped == self._reported:
            return
        when = time.monotonic()
        with self._lock:
            if when < self._report_at and not now:
                return
            self._report_at = when + _REPORT_EVERY_S
            dropped, self._reported = self._dropped - self._reported, self._dropped
        if dropped:
            _say(
                "sink.dropped",
                plugin=self.plugin,
                hook=self.hook,
                reason=reason,
                dropped=dropped,
                dropped_in_all=self._dropped,
            )


def flush_workers(workers: Iterable[Worker], timeout_s: float) -> bool:
    """Wait until all that was sent so far has been delivered.

    Args:
        workers: whose queues.
        timeout_s: for all of them together, in seconds.

    Returns:
        False when the time ran out first; what waits goes on waiting.
    """
    deadline = time.monotonic() + timeout_s
    return all(worker.flush(deadline) for worker in workers)


def _log_failure(plugin: str, hook: str, error: BaseException) -> None:
    """The text of an error may quote what it met; its type and the system's error name may not."""
    import errno

    details: dict[str, str] = {}
    if isinstance(error, OSError) and error.errno is not None:
        details["errno"] = errno.errorcode.get(error.errno, str(error.errno))
    _say("plugin.failed", plugin=plugin, hook=hook, error=type(error).__name__, **details)


def _say(event: str, **details: Any) -> None:
    try:
        _log.error(event, **details)
    except Exception:  # noqa: S110  (the verdict stands, whatever becomes of its echo)
        pass


@dataclass(slots=True)
class _Exit:
    """Whether this process is on its way out, and whether that is watched."""

    begun: bool = False
    watched_by: Literal["nobody", "atexit", "multiprocessing"] = "nobody"


_exit = _Exit()
_running: set[Worker] = set()
"""Those with a thread: what a gate that is gone has sent is still delivered."""
_all: weakref.WeakSet[Worker] = weakref.WeakSet()


def _watch_exit() -> None:
    """Children of multiprocessing leave by its finalizers, other processes by atexit."""
    if _exit.watched_by == "nobody":
        atexit.register(_at_exit)
        _exit.watched_by = "atexit"
    util = sys.modules.get("multiprocessing.util")
    if _exit.watched_by == "atexit" and util is not None:
        util.Finalize(None, _at_exit, exitpriority=0)
        _exit.watched_by = "multiprocessing"


def _at_exit() -> None:
    workers = list(_running)
    if not flush_workers(workers, _EXIT_DEADLINE_S):
        for worker in workers:
            worker.give_up("exit")
    # From here on nobody waits for a thread.
    _exit.begun = True


def _after_fork() -> None:
    """What waits is the parent's to deliver; the child begins with nothing."""
    for worker in list(_all):
        worker._begin()  # noqa: SLF001  (its locks and its thread stayed in the parent)
    _running.clear()
    _exit.begun = False
    if _exit.watched_by == "multiprocessing":
        _exit.watched_by = "atexit"  # the child's finalizers are its own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
