"""The store by default: one SQLite file, shared by the processes of one machine.

Write-ahead logging lets readers go on while one process writes; what is written is on disk before
`record` returns, so a process that is killed loses nothing that it answered for.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aboveboard.errors import ConfigurationError
from aboveboard.suppression.store import SCOPES, Duty, Suppression

__all__ = ["SqliteStore"]

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS suppression (
    subject TEXT NOT NULL, scope TEXT NOT NULL, refused INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (subject, scope)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seen_at ON seen (at);
CREATE TABLE IF NOT EXISTS duty (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL,
    rule TEXT NOT NULL, paths TEXT NOT NULL, since TEXT NOT NULL,
    UNIQUE (kind, subject, rule, paths)
);
"""
_MAX_ASKED = 500  # well below SQLite's limit of parameters
_KEPT = timedelta(days=30)
_SWEEP_EVERY = 1000
_MAX_IDLE = 8


class SqliteStore:
    """A `SuppressionStore` in a file.

    Args:
        path: of the file; made when it is not there. `:memory:` keeps it in this process, for tests.
        timeout_s: how long to wait for another process that writes, in seconds.

    Raises:
        ConfigurationError: the file cannot be opened, or is something else.
    """

    def __init__(self, path: Path | str, *, timeout_s: float = 5.0) -> None:
        self.path = str(path)
        self._timeout_s = timeout_s
        self._shared: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._idle: list[sqlite3.Connection] = []
        self._inherited: list[sqlite3.Connection] = []
        self._process = os.getpid()
        self._seen = 0
        # Whoever forgets to close a store is not warned of it years later, by a garbage collection.
        weakref.finalize(self, _close, self._idle)
        try:
            if self.path == ":memory:":
                self._shared = self._connect()
                weakref.finalize(self, self._shared.close)
            with self._connection() as connection:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version not in (0, _VERSION):
                    msg = f"Suppression store '{path}' was written by a newer version ({version})."
                    raise ConfigurationError(msg)
                connection.executescript(_SCHEMA)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.Error as error:
            msg = (
                f"Suppression store '{path}' cannot be opened ({type(error).__name__}). Name a file "
                "that may be written, or one that this store has made."
            )
            raise ConfigurationError(msg) from None

    def __repr__(self) -> str:
        return f"SqliteStore({self.path!r})"

    def __reduce__(self) -> tuple[type[SqliteStore], tuple[str]]:
        return type(self), (self.path,)

    def record(self, entries: Iterable[Suppression]) -> int:
        """See `SuppressionStore.record`."""
        rows = [
            (_known(entry).subject, entry.scope, entry.refused, _text(entry.at))
            for entry in entries
        ]
        if not rows:
            return 0
        with self._connection() as connection:
            before = connection.total_changes
            # Of two at the same moment the refusal counts.
            connection.executemany(
                "INSERT INTO suppression VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " refused = excluded.refused, at = excluded.at WHERE excluded.at > at"
                " OR (excluded.at = at AND excluded.refused > refused)",
                rows,
            )
            return connection.total_changes - before

    def of(
        self, subjects: Iterable[str], *, lifted: bool = False
    ) -> Mapping[str, tuple[Suppression, ...]]:
        """See `SuppressionStore.of`."""
        asked = list(dict.fromkeys(subjects))
        found: dict[str, list[Suppression]] = {}
        with self._connection() as connection:
            for start in range(0, len(asked), _MAX_ASKED):
                part = asked[start : start + _MAX_ASKED]
                marks = ",".join("?" * len(part))
                rows = connection.execute(
                    "SELECT subject, scope, refused, at FROM suppression"  # noqa: S608  (marks)
                    f" WHERE subject IN ({marks}) AND refused >= ? ORDER BY subject, scope",
                    (*part, not lifted),
                )
                for subject, scope, refused, at in rows:
                    time = datetime.fromisoformat(at)
                    entry = Suppression(subject, scope, bool(refused), time)
                    found.setdefault(subject, []).append(entry)
        return {subject: tuple(entries) for subject, entries in found.items()}

    def first_seen(self, event_ids: Iterable[str], at: datetime) -> frozenset[str]:
        """See `SuppressionStore.first_seen`; ids are forgotten after 30 days."""
        asked = dict.fromkeys(event_ids)
        if not asked:
            return frozenset()
        with self._connection() as connection:
            self._seen += 1
            if self._seen % _SWEEP_EVERY == 1:
                limit = _text(datetime.now(UTC) - _KEPT)
                connection.execute("DELETE FROM seen WHERE at < ?", (limit,))
            return frozenset(
                name
                for name in asked
                if connection.execute(
                    "INSERT OR IGNORE INTO seen VALUES (?, ?)", (name, _text(at))
                ).rowcount
                == 1
            )

    def demand(
        self, kind: str, subject: str, rule: str, paths: Iterable[str], at: datetime
    ) -> None:
        """See `SuppressionStore.demand`."""
        named = "\n".join(sorted(set(paths)))
        with self._connection() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO duty (kind, subject, rule, paths, since)"
                " VALUES (?, ?, ?, ?, ?)",
                (kind, subject, rule, named, _text(at)),
            )

    def duties(self, limit: int = 1000) -> tuple[Duty, ...]:
        """See `SuppressionStore.duties`."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT id, kind, subject, rule, paths, since FROM duty ORDER BY since, id LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(
            Duty(number, kind, subject, rule, tuple(paths.split("\n")) if paths else (),
                 datetime.fromisoformat(since))
            for number, kind, subject, rule, paths, since in rows
        )  # fmt: skip

    def done(self, duty: int) -> bool:
        """See `SuppressionStore.done`."""
        with self._connection() as connection:
            return connection.execute("DELETE FROM duty WHERE id = ?", (duty,)).rowcount == 1

    def close(self) -> None:
        """Close what is open; it is opened again when it is asked again. In memory all is gone."""
        with self._lock:
            _close(self._idle)
        if self._shared is not None:
            self._shared.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else has, in a transaction that is on disk at the end."""
        if self._shared is not None:
            with self._lock, self._shared:
                yield self._shared
            return
        with self._lock:
            if self._process != os.getpid():  # a fork must neither use nor close its parent's
                self._inherited += self._idle
                self._idle.clear()
                self._process = os.getpid()
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._connect()
        try:
            with connection:
                yield connection
        except BaseException:
            connection.close()  # it may be what is wrong
            raise
        with self._lock:
            keep = len(self._idle) < _MAX_IDLE
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._timeout_s, check_same_thread=False)
        try:
            if self.path != ":memory:":
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _close(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def _known(entry: Suppression) -> Suppression:
    if entry.scope not in SCOPES:
        msg = f"There is no scope {entry.scope!r}; there are {', '.join(SCOPES)}."
        raise ValueError(msg)
    return entry


def _text(at: datetime) -> str:
    """As it sorts: UTC, always with microseconds."""
    if at.tzinfo is None:
        msg = "A time needs its offset from UTC."
        raise ValueError(msg)
    return at.astimezone(UTC).isoformat(timespec="microseconds")
