"""Verdicts for sinks, escalations for reviewers: given to all of them, changed and delayed by none.

Each has a worker of its own (`sink_worker`), so that a slow one keeps back neither the step that was
decided nor the others. In the mode `inline` each is called before the verdict is given.
"""

from __future__ import annotations

import weakref
from typing import Any, Literal

import structlog

from aboveboard.events import StepEvent
from aboveboard.manager import PluginManager
from aboveboard.sink_worker import SinkStatus, Worker, flush_workers
from aboveboard.verdicts import Verdict

__all__ = ["SinkStatus", "Sinks", "case_reference"]

_log = structlog.get_logger("aboveboard")
_MAX_REFERENCE = 256


class Sinks:
    """The sinks and reviewers of one gate.

    Args:
        manager: knows the plugins.
        size: verdicts that may wait for one sink.
        mode: `queued`, or `inline`, which calls them in the deciding thread.
    """

    def __init__(
        self, manager: PluginManager, *, size: int, mode: Literal["queued", "inline"]
    ) -> None:
        self._manager = manager
        self._size = size
        self._inline = mode == "inline"
        self._verdict: tuple[Worker, ...] = ()
        self._review: tuple[Worker, ...] = ()
        self._workers: list[Worker] = []
        # Threads hold their worker, not the gate: when that is gone, they end.
        weakref.finalize(self, _stop, self._workers).atexit = False
        self.refresh()

    @property
    def status(self) -> tuple[SinkStatus, ...]:
        """How each keeps up, in the order of the plugins."""
        return tuple(worker.status for worker in self._workers)

    def refresh(self, inline: object = None) -> None:
        """Take in plugins that came and let go of those that went.

        Args:
            inline: a plugin that is always called in the deciding thread.
        """
        self._verdict = self._workers_of("aboveboard_verdict", inline)
        self._review = self._workers_of("aboveboard_review", inline)
        wanted = [*self._verdict, *self._review]
        gone = [worker for worker in self._workers if worker not in wanted]
        self._workers[:] = wanted
        _stop(gone)

    def _workers_of(self, hook: str, inline: object) -> tuple[Worker, ...]:
        kept = {id(worker.implementation): worker for worker in self._workers}
        return tuple(
            kept.get(id(found))
            or Worker(
                found,
                hook,
                size=self._size,
                inline=self._inline or (inline is not None and found.plugin is inline),
                on_result=_acknowledged if hook == "aboveboard_review" else None,
            )
            for found in self._manager.implementations(hook)
        )

    def send(self, event: StepEvent, verdict: Verdict) -> None:
        """Give a verdict to every sink."""
        for worker in self._verdict:
            worker.send(event, verdict)

    def review(self, event: StepEvent, verdict: Verdict) -> None:
        """Hand an escalation to every reviewer."""
        for worker in self._review:
            worker.send(event, verdict)

    def flush(self, timeout_s: float) -> bool:
        """Wait until what was sent so far is delivered; False when time ran out first."""
        return flush_workers(self._workers, timeout_s)

    def close(self, timeout_s: float) -> bool:
        """`flush`, and let the threads end. What is sent later starts them anew."""
        done = self.flush(timeout_s)
        _stop(self._workers)
        return done


def _stop(workers: list[Worker]) -> None:
    for worker in workers:
        worker.stop()


def _acknowledged(plugin: str, verdict: Verdict, reference: Any) -> None:
    _log.info(
        "review.requested",
        plugin=plugin,
        decision_id=verdict.decision_id,
        event_id=verdict.id,
        step=verdict.step,
        reference=case_reference(reference),
    )


def case_reference(given: object) -> str | None:
    """What a case is known as. It goes into logs: it may neither forge a line there nor be a document.

    Raises:
        TypeError, ValueError: it is no reference.
    """
    if given is None:
        return None
    if not isinstance(given, str):
        msg = "A case's reference is a text or None."
        raise TypeError(msg)
    if not given.isprintable() or not 0 < len(given) <= _MAX_REFERENCE:
        msg = f"A case's reference has 1 to {_MAX_REFERENCE} printable characters."
        raise ValueError(msg)
    return given
