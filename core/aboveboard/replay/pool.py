"""Workers, and chunks in the order in which they were read.

No executor of the standard library goes on when a worker is killed or frozen, which a policy can do.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import c_longlong
from multiprocessing.connection import Connection, wait
from typing import Any

from aboveboard.errors import ReplayError
from aboveboard.records.reading import BadLine
from aboveboard.replay.chunks import Chunk
from aboveboard.replay.comparing import Bad, Difference, Foreign
from aboveboard.replay.worker import Work, serve

__all__ = ["MAX_FAILED", "Pool"]

MAX_FAILED = 10
"""So many records may end a worker, twice each, before the policies are given up."""

_START_S = 60.0
_STARTS = 3
_DEATHS = 4
"""On one record: two with the policies, and two more, which may be another's doing, without."""
_GRACE_S = 60.0
_LOOK_S = 0.2
_AHEAD = 4
_CONTEXT = multiprocessing.get_context("spawn")

Result = list[Difference | Bad | Foreign]


class Pool:
    """Judges chunks in several processes.

    Args:
        work: what each is to do.
        processes: how many.
        stopped: asked between chunks and while waiting; True ends it early.
    """

    def __init__(self, work: Work, processes: int, stopped: Callable[[], bool]) -> None:
        self._work = work
        self._stopped = stopped
        self._workers: list[_Worker] = []
        self._processes = processes
        self._failed = self._unstarted = 0
        self.complete = False
        """Whether all chunks have been judged."""

    def results(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Result]]:
        """Each chunk with what its lines come to, in order.

        Raises:
            ReplayError: workers do not start, or end on too many records.
        """
        try:
            yield from self._results(chunks)
        finally:
            for worker in self._workers:
                worker.end()

    def _results(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, Result]]:
        waiting: deque[Chunk] = deque()
        done: dict[int, tuple[Chunk, Result]] = {}
        following, more = 0, True
        while not self._stopped():
            # Read ahead while workers are busy, but not without end when one is slow.
            while more and len(waiting) < self._processes:
                chunk = next(chunks, None)
                if chunk is None:
                    more = False
                else:
                    waiting.append(chunk)
            if self._stopped():  # also what reads has ended then, though there may be more
                break
            self._hand_out(waiting, following)
            if following in done:
                yield done.pop(following)
                following += 1
                continue
            busy = [worker for worker in self._workers if worker.chunk is not None]
            if not (busy or waiting):
                self.complete = True
                return
            self._take_in(waiting, done)
        # What was answered while a pipe was waited for counts.
        self._take_in(waiting, done, wait_s=0)
        while following in done:
            yield done.pop(following)
            following += 1

    def _take_in(
        self,
        waiting: deque[Chunk],
        done: dict[int, tuple[Chunk, Result]],
        wait_s: float = _LOOK_S,
    ) -> None:
        for worker, result in self._finished(wait_s):
            chunk, worker.chunk = worker.chunk, None
            if chunk is None:
                continue
            if result is None:
                waiting.appendleft(chunk)
            else:
                done[chunk.number] = (chunk, result)

    def _hand_out(self, waiting: deque[Chunk], following: int) -> None:
        for worker in self._workers:
            if not waiting or waiting[0].number >= following + _AHEAD * self._processes:
                return
            if worker.ready and worker.chunk is None:
                worker.give(waiting.popleft())
        while waiting and len(self._workers) < min(self._processes, len(waiting) + self._busy()):
            self._workers.append(_Worker(self._work))

    def _busy(self) -> int:
        return sum(worker.chunk is not None for worker in self._workers)

    def _finished(self, wait_s: float) -> Iterator[tuple[_Worker, Result | None]]:
        """Workers that have answered, or have ended: those without a result."""
        by_handle: dict[Any, _Worker] = {}
        for worker in self._workers:
            by_handle[worker.connection] = by_handle[worker.sentinel] = worker
        found = wait(list(by_handle), timeout=wait_s)
        told = {by_handle[handle].key: by_handle[handle] for handle in found}
        for worker in list(self._workers):
            if worker.key in told:
                answer = worker.answer()
                if answer == "ready":
                    worker.ready = True
                    continue
                if answer is not None:
                    yield worker, answer
                    continue
                self._ended(worker)
                yield worker, None
            elif worker.frozen(self._work.limit_s + _GRACE_S):
                self._ended(worker)
                yield worker, None

    def _ended(self, worker: _Worker) -> None:
        """Replace a worker, and remember on which record it ended."""
        at = worker.counter.value
        code, frozen = worker.end()
        self._workers.remove(worker)
        if not worker.ready:
            self._unstarted += 1
        if self._unstarted > _STARTS:
            msg = (
                f"A process that evaluates policies did not start (exit code {code}). Is there "
                "memory enough, and can this Python start another?"
            )
            raise ReplayError(msg)
        chunk = worker.chunk
        if chunk is None or not 0 <= at < len(chunk.items):
            at = 0
        if chunk is not None:
            chunk.deaths[at] = chunk.deaths.get(at, 0) + 1
            # Once may be another's doing: whoever looks for memory kills the largest process.
            if chunk.deaths[at] > 1 and at not in chunk.failed:
                chunk.failed[at] = "runtime.timeout" if frozen else "runtime.policy_error"
                self._failed += 1
            if chunk.deaths[at] > _DEATHS:
                # The policies have not been asked any more: it was not they.
                msg = (
                    f"Aboveboard itself ended (exit code {code}) on {chunk.items[at].place}. Please "
                    "report it with the version and the step; without that line the replay goes on."
                )
                raise ReplayError(msg)
            if self._failed > MAX_FAILED:
                how = f"take over {self._work.limit_s:g} s" if frozen else "crash the engine"
                msg = (
                    f"The policies {how} on {self._failed} records, lastly on "
                    f"{chunk.items[at].place}. Repair them first: 'aboveboard check' with that "
                    "event alone shows it."
                )
                raise ReplayError(msg)


class _Worker:
    """One process, and the chunk that it has."""

    def __init__(self, work: Work) -> None:
        self.connection: Connection
        self.connection, theirs = _CONTEXT.Pipe()
        self.counter: Any = _CONTEXT.RawValue(c_longlong, -1)
        self.chunk: Chunk | None = None
        self.ready = False
        self._seen, self._since = -1, time.monotonic()
        self._killed = False
        self._process = _CONTEXT.Process(
            target=serve, args=(work, theirs, self.counter), daemon=True
        )
        with _signals_kept():
            self._process.start()
        theirs.close()
        self.key = id(self)

    @property
    def sentinel(self) -> int:
        """Ready when the process has ended."""
        return self._process.sentinel

    def give(self, chunk: Chunk) -> None:
        """Send a chunk to judge."""
        self.chunk = chunk
        self._seen, self._since = -1, time.monotonic()
        lines = [
            (item.place, b"" if isinstance(item, BadLine) else item.text) for item in chunk.items
        ]
        with suppress(OSError):  # it has ended: `_finished` sees to it
            self.connection.send((lines, chunk.failed))

    def answer(self) -> Any:
        """What it sent; None when it has ended."""
        try:
            return self.connection.recv() if self.connection.poll() else None
        except (EOFError, OSError):
            return None

    def frozen(self, limit_s: float) -> bool:
        """Whether it has been at one record for too long."""
        now = time.monotonic()
        if not self.ready:
            return now - self._since > _START_S
        if self.chunk is None:
            return False
        if self.counter.value != self._seen:
            self._seen, self._since = self.counter.value, now
            return False
        if now - self._since > limit_s:
            self._killed = True
        return self._killed

    def end(self) -> tuple[int | None, bool]:
        """End it; returns its exit code and whether it was frozen."""
        self.connection.close()
        if self._killed:
            self._process.kill()
        else:
            self._process.join(0.5 if self.chunk is None else 0)
            if self._process.is_alive():
                self._process.kill()
        self._process.join()
        code = self._process.exitcode
        frozen = self._killed or code == -getattr(signal, "SIGPROF", 0)
        self._process.close()
        return code, frozen


@contextmanager
def _signals_kept() -> Iterator[None]:
    """A process that starts inherits what is blocked: Ctrl-C never reaches it, not even at first."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
