"""Records what a gate decides, before the verdict is given; what could not be recorded is counted.

While the disk is full the decisions that are missing are counted. With the next one that can be recorded stands
a line that says how many there were:

    {"gap": {"missing": 3, "since": "2026-11-02T09:30:00Z", "until": "2026-11-02T09:31:00Z"}}

Until then a file of its own says so: see `gap_file`. A process that is killed between the two leaves both.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import BaseModel, ConfigDict

from aboveboard.errors import SettingsError
from aboveboard.events import StepEvent
from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.records.gap_file import GapFile
from aboveboard.records.record import mask_of, record_line
from aboveboard.records.tending import Compression, tend
from aboveboard.records.writing import Writer, begin_anew_in_forks
from aboveboard.records.zstd import zstd
from aboveboard.verdicts import Verdict

if TYPE_CHECKING:
    from aboveboard.settings import Settings

__all__ = ["Recorder", "RecordingStatus"]

_log = structlog.get_logger("aboveboard")


class RecordingStatus(BaseModel):
    """How a gate's recording fares; a part of `gate.status()`.

    Attributes:
        directory: where the records are.
        recorded: decisions that this gate has recorded.
        missing: decisions of it that could not be recorded, ever.
        failing_since: when the last one that could not be recorded was preceded by one that could;
            None while it works.
        error: why it fails; None while it works.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    directory: str
    recorded: int
    missing: int
    failing_since: datetime | None
    error: str | None


class Recorder:
    """Writes the decisions of one gate.

    Args:
        directory: of the record files.
        pseudonym: whose key makes the tokens that stand for what may not be on record.
        max_bytes: of one file.
        compression: of files that are closed.
        keep_days: how long records are kept; for ever when None.
        fsync: wait for the disk with each record.

    Raises:
        SettingsError: the directory cannot be made or written to.
        ConfigurationError: the compression needs an extra that is not installed.
    """

    def __init__(
        self,
        directory: Path,
        pseudonym: Pseudonymiser,
        *,
        max_bytes: int,
        compression: Compression,
        keep_days: int | None,
        fsync: bool,
    ) -> None:
        if compression == "zstd":
            zstd("write")
        _usable(directory)
        self.waits_for_disk = fsync
        self._directory = directory
        self._compression: Compression = compression
        self._keep_days = keep_days
        self._mask = lru_cache(maxsize=4096)(mask_of(pseudonym))
        self._writer = Writer(
            directory, max_bytes=max_bytes, fsync=fsync, on_closed=self._tend_soon
        )
        # Reentrant: a signal's handler may decide while this thread is recording.
        self._lock = threading.RLock()
        self._gap_file = GapFile(directory, fsync=fsync)
        self._gap_file.prepare()
        self._recorded = self._missing = self._gap = self._told = self._telling = 0
        self._since: datetime | None = None
        self._error: str | None = None
        self._tender: threading.Thread | None = None
        self._untidy = False
        begin_anew_in_forks(self)

    @classmethod
    def from_settings(cls, settings: Settings, pseudonym: Pseudonymiser) -> Recorder | None:
        """The recorder that the settings ask for; None when they ask for none."""
        if settings.record_directory is None:
            return None
        return cls(
            settings.record_directory,
            pseudonym,
            max_bytes=settings.record_max_bytes,
            compression=settings.record_compression,
            keep_days=settings.record_keep_days,
            fsync=settings.record_fsync,
        )

    @property
    def status(self) -> RecordingStatus:
        """How it fares."""
        with self._lock:
            return RecordingStatus(
                directory=str(self._directory),
                recorded=self._recorded,
                missing=self._missing,
                failing_since=self._since,
                error=self._error,
            )

    def record(
        self,
        event: StepEvent,
        verdict: Verdict,
        beyond: Collection[str],
        question: str | None = None,
    ) -> None:
        """Write one decision; when this returns, it is on record.

        Args:
            event: what was decided on, all facts in.
            verdict: the answer.
            beyond: ids of rules among its findings that the policies did not give.
            question: the event's `engine_input()`, when it is there.

        Raises:
            Exception: it could not be made or written; it is counted, and logged once.
        """
        with self._lock:
            if not self._gap_file.ready:  # this is a fork, or was closed
                self._gap_file.prepare()
            told, self._gap = self._gap, 0
            self._telling += told
            before = self._gap_line(told) if told else ""
        try:
            line = record_line(event, verdict, beyond, mask=self._mask, question=question)
            self._writer.write(f"{before}{line}\n".encode())
        except Exception as error:
            self._failed(told, why(error))
            raise
        except BaseException:  # interrupted: what was missing before is still to be told
            with self._lock:
                self._gap += told
                self._telling -= told
            raise
        with self._lock:
            self._recorded += 1
            first = self._recorded == 1
            if told:
                self._since = self._error = None
                self._told = 0
                self._telling -= told
                if left := self._gap + self._telling:  # another thread's, meanwhile
                    self._gap_file.tell(self._gap_line(left).rstrip())
                else:
                    self._gap_file.told()
        if told:
            self._tell(_log.warning, "recording.resumed", missing=told)
        if first:
            self._tend_soon()  # what others left behind

    def close(self, timeout_s: float) -> None:
        """Close the file, and wait for files that are being compressed, at most so many seconds."""
        self._writer.close()
        with self._lock:
            untold = self._gap if self._gap > self._told else 0
            self._told = self._gap
            self._gap_file.close()
        if untold:
            self._tell(_log.error, "recording.failed", missing=untold, problem=self._error)
        with self._lock:
            tender = self._tender
        if tender is not None:
            tender.join(timeout_s)

    def _tell(self, write: Callable[..., Any], name: str, **details: Any) -> None:
        """Log; when that fails, so will the log of the verdict, and that is a deny."""
        with suppress(Exception):
            write(name, directory=self._place, **details)

    @property
    def _place(self) -> str:
        return str(self._directory)

    def _failed(self, told: int, problem: str) -> None:
        with self._lock:
            self._gap += told + 1
            self._telling -= told
            self._missing += 1
            self._error = problem
            first = self._since is None
            if first:
                self._told = self._gap
            self._since = self._since or datetime.now(UTC)
            missing = self._gap
            self._gap_file.tell(self._gap_line(missing + self._telling).rstrip())
        if first:
            self._tell(_log.error, "recording.failed", missing=missing, problem=problem)

    def _gap_line(self, missing: int) -> str:
        since = self._since or datetime.now(UTC)
        gap = {"missing": missing, "since": _text(since), "until": _text(datetime.now(UTC))}
        return json.dumps({"gap": gap}, separators=(",", ":")) + "\n"

    def _tend_soon(self) -> None:
        """Compress and prune beside the decisions, in one thread."""
        with self._lock:
            self._untidy = True
            if self._tender is not None:
                return
            self._tender = threading.Thread(
                target=self._tend, name="aboveboard-records", daemon=True
            )
            try:
                self._tender.start()
            except RuntimeError:  # the interpreter is ending: the next process does it
                self._tender = None

    def _tend(self) -> None:
        while True:
            with self._lock:
                if not self._untidy:
                    self._tender = None
                    return
                self._untidy = False
                if self._gap_file.ready:
                    self._gap_file.prepare()
            try:
                tend(self._directory, compression=self._compression, keep_days=self._keep_days)
            except Exception as error:
                self._tell(_log.error, "recording.not_tidied", problem=why(error))

    def forked(self) -> None:
        """Begin anew in the child of a fork: what is missing is its parent's to tell."""
        self._lock = threading.RLock()
        self._gap_file.forked()
        self._recorded = self._missing = self._gap = self._told = self._telling = 0
        self._since = self._error = self._tender = None
        self._untidy = False


def why(error: Exception) -> str:
    """What is wrong, without names of files or values."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if isinstance(number, int) else type(error).__name__


def _usable(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        problem = None if os.access(directory, os.W_OK | os.X_OK) else "no permission"
    except OSError as error:
        problem = why(error)
    if problem is not None:
        msg = (
            f"Setting 'record_directory': '{directory}' cannot be written to ({problem}). "
            "Name a directory that this process may write to."
        )
        raise SettingsError(msg)


def _text(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
