"""A whole replay: files in, counts out, on all cores and in flat memory.

Chunks of raw lines go to the workers of a `Pool`; what they come to is counted here, in the order of the
records, so that a replay that was stopped has counted all records up to a place and none behind it.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aboveboard.errors import ReplayError
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.records.reading import GAP, BadLine, Line, record_files
from aboveboard.records.record import parse_record
from aboveboard.replay.chunks import Chunk, Position, chunks
from aboveboard.replay.comparing import Bad, Comparison, Difference, Foreign
from aboveboard.replay.gaps import NO_GAP, missing_in
from aboveboard.replay.parquet import check_columns, is_parquet
from aboveboard.replay.pool import Pool
from aboveboard.replay.rowfile import RowFile, open_rows
from aboveboard.replay.seen import Seen
from aboveboard.replay.state import StateFile, identity
from aboveboard.replay.stopping import Stopping, stopping
from aboveboard.replay.worker import Work

__all__ = [
    "REMEMBERED",
    "FileCount",
    "Finished",
    "Replay",
    "available_cores",
    "keep_apart",
    "replay",
]

REMEMBERED = 50_000
"""Answers that a worker remembers of like events, with `deduplicate`."""

_SAVE_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Replay:
    """What to replay, and how.

    Attributes:
        records: record files, or directories that stand for all of theirs.
        new: the changed policies.
        baseline: what they are compared with; None for the recorded verdicts.
        processes: how many evaluate; all cores when None.
        deduplicate: events that differ only in facts that no rule reads are evaluated once.
        rows: file of one row a record: JSON lines, or Parquet for a name that ends so.
        state: file that a stopped replay is taken up again from.
        limit_s: for the evaluation of one record, in seconds of the processor.
        advanced: is told the records and bytes that were read since the last time.
        interrupted: is called once, in the handler of the signal that ends it.
    """

    records: Sequence[Path]
    new: PolicyBundle
    baseline: PolicyBundle | None = None
    processes: int | None = None
    deduplicate: bool = False
    rows: Path | None = None
    state: Path | None = None
    limit_s: float = 10.0
    advanced: Callable[[int, int], None] | None = None
    interrupted: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class FileCount:
    """One file: records and bad lines in it, and whether it was read to its end."""

    path: Path
    records: int
    bad: int
    read: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of it.

    Attributes:
        comparison: the counts.
        partial: it was stopped: the counts are of the records up to `position`.
        position: see `partial`.
        files: the record files, with what was found in each.
        processes: that evaluated.
        seconds: that it took, this time.
        resumed: records that were counted before it was taken up again.
    """

    comparison: Comparison
    partial: bool
    position: Position
    files: tuple[FileCount, ...]
    processes: int
    seconds: float
    resumed: int = 0


def replay(task: Replay) -> Finished:
    """Replay records.

    Ctrl-C (and SIGTERM) end it after the records that are counted: the result is `partial`, and the state
    file, if there is one, says where to go on. A second Ctrl-C raises KeyboardInterrupt.

    Raises:
        ReplayError: records cannot be read, a file not written, policies end the process.
    """
    started = time.monotonic()
    files = _files(task.records)
    keep_apart(task.records, [path for path in (task.rows, task.state) if path is not None])
    run = _Run(task, files)
    with stopping(task.interrupted) as stopped:
        try:
            run.go(stopped)
        finally:
            run.close()
    return Finished(
        comparison=run.comparison,
        partial=not run.complete,
        position=run.position,
        files=run.file_counts(),
        processes=run.processes,
        seconds=time.monotonic() - started,
        resumed=run.resumed,
    )


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Run:
    def __init__(self, task: Replay, paths: list[Path]) -> None:
        self._task = task
        self._paths = paths
        self.processes = task.processes or available_cores()
        self.position = Position()
        self.files: list[Counter[str]] = [Counter() for _ in paths]
        self.complete = False
        self.resumed = 0
        baseline = None if task.baseline is None else task.baseline.revision
        self.comparison = Comparison(task.new.revision, baseline)
        self._seen = Seen()
        self._state: StateFile | None = None
        size = None
        if task.state is not None:
            self._state, size = self._resume(task.state)
        self._rows: RowFile | None = None
        if task.rows is not None:
            try:
                self._rows = open_rows(task.rows, size, resumable=self._state is not None)
            except BaseException:
                if self._state is not None:
                    self._state.close()
                raise
        self._saved = time.monotonic()
        self._counting = False

    def _resume(self, path: Path) -> tuple[StateFile, int | None]:
        state = StateFile(
            path,
            {
                "records": identity(self._paths),
                "policies": self._task.new.revision,
                "baseline": self.comparison.baseline_revision,
                "rows": None if self._task.rows is None else str(self._task.rows),
            },
        )
        found = state.load()
        if found is None:
            return state, None
        self.position, self.comparison = found.position, found.comparison
        self.files = found.files
        self.resumed = self.comparison.records
        for mark in state.marks():
            self._seen.add_mark(mark)
        return state, found.rows

    def go(self, stopped: Stopping) -> None:
        """Until all is counted, or it is stopped."""
        task = self._task
        work = Work(task.new, task.baseline, REMEMBERED if task.deduplicate else 0, task.limit_s)
        pool = Pool(work, self.processes, stopped)
        try:
            for chunk, results in pool.results(stopped.reading(chunks(self._paths, self.position))):
                self._count(chunk, results)
                self._save()
        except OSError as error:
            name = error.filename or "the records"
            msg = f"'{name}' cannot be read ({error.strerror})."
            raise ReplayError(msg) from None
        self.complete = pool.complete

    def file_counts(self) -> tuple[FileCount, ...]:
        """What was found in each file."""
        return tuple(
            FileCount(path, found["records"], found["bad"], self.complete or n < self.position.file)
            for n, (path, found) in enumerate(zip(self._paths, self.files, strict=True))
        )

    def close(self) -> None:
        """Leave files as the next one needs them; a second Ctrl-C leaves them as last saved."""
        try:
            if not self._counting:
                self._save(now=True)
            if self._rows is not None:
                self._rows.close()
        finally:
            if self._state is not None:
                self._state.close()

    def _count(self, chunk: Chunk, results: Sequence[Difference | Bad | Foreign]) -> None:
        self._counting = True
        file = self.files[chunk.end.file]
        for item, found in zip(chunk.items, results, strict=True):
            if isinstance(item, BadLine):
                self._bad(file, item.place, item.problem)
            elif item.text.startswith(GAP):
                self._gap(file, item)
            elif isinstance(found, Foreign):
                self.comparison.foreign += 1
            elif isinstance(found, Bad):
                self._bad(file, found.place, found.problem)
            elif self._is_new(found.row.decision_id):
                file["records"] += 1
                self.comparison.add(found, _Event(item.text))
                if self._rows is not None:
                    self._rows.write(found.row)
            else:
                self.comparison.add_duplicate()
        self.position = chunk.end
        self._counting = False
        if self._task.advanced is not None:
            self._task.advanced(len(chunk.items), chunk.read)

    def _bad(self, file: Counter[str], place: str, problem: str) -> None:
        file["bad"] += 1
        self.comparison.add_bad(place, problem)

    def _gap(self, file: Counter[str], item: Line) -> None:
        """What the recorder could not write, as it said itself."""
        missing = missing_in(item.text)
        if missing is None:
            self._bad(file, item.place, NO_GAP)
        else:
            self.comparison.missing += missing

    def _is_new(self, decision_id: str | None) -> bool:
        if decision_id is None:
            return True
        mark = self._seen.add(decision_id)
        if mark is not None and self._state is not None:
            self._state.saw(mark)
        return mark is not None

    def _save(self, *, now: bool = False) -> None:
        if not now and time.monotonic() - self._saved < _SAVE_EVERY_S:
            return
        size = None if self._rows is None else self._rows.save()
        if self._state is not None:
            self._state.save(self.position, self.comparison, self.files, size)
        self._saved = time.monotonic()


@dataclass(frozen=True, slots=True)
class _Event:
    """The event of a line, read when somebody asks."""

    text: bytes = field(repr=False)

    def __call__(self) -> dict[str, Any]:
        return parse_record(self.text).event.to_dict()


def _files(records: Sequence[Path]) -> list[Path]:
    files = [file for path in records for file in record_files(path)]
    if not files:
        msg = "There are no record files there. The setting 'record_directory' has decisions recorded."
        raise ReplayError(msg)
    for path in files:
        if is_parquet(path):
            check_columns(path)
    return files


def keep_apart(records: Sequence[Path], outputs: Sequence[Path]) -> None:
    """See that nothing is written over records, or where it would be taken for some.

    Raises:
        ReplayError: it would be.
    """
    for output in outputs:
        target = output.resolve()
        for path in map(Path.resolve, records):
            if path in (target, target.parent):
                msg = f"'{output}' would be written over records, or among them. Choose another place."
                raise ReplayError(msg)
