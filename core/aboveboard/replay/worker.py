"""The process that judges: policies may freeze it or crash it, and the one that started it goes on.

It is sent a chunk's lines and answers with what each comes to, one message a chunk. Before each line it
writes the line's number to a counter that both processes see.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aboveboard.errors import RecordError
from aboveboard.outcome import internal_error
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.records.record import Record, parse_record
from aboveboard.replay.comparing import Bad, Difference, Foreign
from aboveboard.replay.deciding import Replayer
from aboveboard.replay.judging import Decider, Judge

__all__ = ["Work", "judged", "make_judge", "serve"]

_MEMORY = 4 << 30
"""What a worker may take before it ends: a policy that builds something huge takes all there is."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker is to do.

    Attributes:
        new: the changed policies.
        baseline: what they are compared with; None for the recorded verdicts.
        remembered: answers to remember, so that like events are evaluated once; 0 for none.
        limit_s: for one record, in seconds of the processor.
    """

    new: PolicyBundle
    baseline: PolicyBundle | None = None
    remembered: int = 0
    limit_s: float = 10.0


def make_judge(work: Work) -> Judge:
    """What judges, in this process."""
    return Judge(
        _decider(work.new, work), None if work.baseline is None else _decider(work.baseline, work)
    )


def _decider(bundle: PolicyBundle, work: Work) -> Decider:
    replayer = Replayer(bundle)
    if not work.remembered:
        return replayer
    from aboveboard.replay.keys import Remembering

    return Remembering(replayer, work.remembered)


def judged(
    judge: Judge,
    place: str,
    text: bytes,
    failed: str | None = None,
    *,
    limit_s: float | None = None,
) -> Difference | Bad | Foreign:
    """What one line comes to. A defect of ours is told at its place, and costs this line alone.

    Args:
        judge: of this process.
        place: where it stood, `file:line`.
        text: the line.
        failed: a reserved reason, when it is known that the policies end the process.
        limit_s: when the evaluation ends the process, in seconds of its own time, where the system
            can do that: a busy machine makes no policy slower.
    """
    try:
        record = parse_record(text)
    except RecordError as error:
        return Foreign() if error.kind == "foreign" else Bad(place, str(error))
    except RecursionError:
        return Bad(place, "expected JSON that is nested less deeply.")
    except MemoryError:
        raise
    except Exception as error:
        return _defect(place, error)
    try:
        return _judged(judge, record, place, failed, limit_s)
    except MemoryError:
        raise  # what policies build may be too large, and after it nothing here is sure
    except Exception as error:
        return _defect(place, error)


def _judged(
    judge: Judge, record: Record, place: str, failed: str | None, limit_s: float | None
) -> Difference:
    judge.prepare(record.event)
    limited = limit_s is not None and hasattr(signal, "setitimer")
    if limited:
        # The engine holds the interpreter, and perhaps nobody watches any more.
        signal.setitimer(signal.ITIMER_PROF, limit_s or 0)
    try:
        return judge.judge(record, place, failed=failed)
    finally:
        if limited:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _defect(place: str, error: Exception) -> Bad:
    told = internal_error(error)
    return Bad(place, f"{told.reason}: {told} {told.remedy}")


def serve(work: Work, connection: Connection, counter: Any) -> None:
    """Judge chunks until the other side closes.

    Args:
        work: what to do.
        connection: sends `(lines, failed)`: of each line place and text, and by its number the
            reserved reason of one that must not be tried; receives a list, one item a line.
        counter: `ctypes.c_longlong`; the number of the line that is being judged, -1 between chunks.
    """
    _prepare_process()
    judge = make_judge(work)
    connection.send("ready")
    while True:
        try:
            received: tuple[Sequence[tuple[str, bytes]], Mapping[int, str]] = connection.recv()
        except (EOFError, OSError):
            return
        lines, failed = received
        results: list[Difference | Bad | Foreign] = []
        for number, (place, text) in enumerate(lines):
            counter.value = number
            reason = failed.get(number)
            results.append(judged(judge, place, text, reason, limit_s=work.limit_s))
        counter.value = -1
        try:
            connection.send(results)
        except (BrokenPipeError, ConnectionError):
            return


def _prepare_process() -> None:
    # The terminal's Ctrl-C is the other process's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    # An engine that panics says so on standard error, in the midst of the report.
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    if sys.platform == "win32":
        return
    import resource

    for limit, size in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, _MEMORY)):
        try:
            resource.setrlimit(limit, (size, resource.getrlimit(limit)[1]))
        except (OSError, ValueError):
            pass  # a lower limit is set already
