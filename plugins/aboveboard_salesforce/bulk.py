"""Bulk jobs: whose records their files hold, and CSV as rows."""

from __future__ import annotations

import csv
import io
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aboveboard_salesforce.lines import Line, LineError
from aboveboard_salesforce.soql import Soql

__all__ = ["PAGE", "Job", "Jobs", "Table"]

PAGE = 2000
"""Rows of a page of results: as many as one look-up of choices takes."""

_KEPT = 10_000
_DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
_QUERIES = frozenset(["query", "queryall"])


@dataclass(slots=True)
class Job:
    """A bulk job.

    Attributes:
        object: whose records it moves.
        operation: in small letters: `insert`, `harddelete`, `query`, `queryall` …
        delimiter: of its CSV.
        form: `JSON`, `CSV` or `XML`.
        soql: its query, when this process made it.
        added: the plugin asked for `Id`, which the program did not.
    """

    object: str
    operation: str
    delimiter: str = ","
    form: str = "CSV"
    soql: Soql | None = None
    added: bool = False

    @property
    def reads(self) -> bool:
        """Whether it brings records."""
        return self.operation in _QUERIES

    @property
    def deletes(self) -> bool:
        """Whether it takes records away."""
        return self.operation in ("delete", "harddelete")


class Jobs:
    """Jobs by id: those made here, and those that Salesforce tells of."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, answer: Any, soql: Soql | None = None, *, added: bool = False) -> Job | None:
        """Remember a job that was made; its id and what it is about stand in the answer."""
        if not isinstance(answer, Mapping) or not isinstance(answer.get("id"), str):
            return None
        job = Job(
            str(answer.get("object") or (soql.object if soql else "")),
            str(answer.get("operation") or "").lower(),
            _DELIMITERS.get(str(answer.get("columnDelimiter") or "COMMA"), ","),
            str(answer.get("contentType") or "CSV").upper(),
            soql,
            added,
        )
        with self._lock:
            self._known[answer["id"]] = job
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return job

    def of(self, number: str, line: Line | None, path: str) -> Job | None:
        """A job by its id; None when it cannot be found out."""
        with self._lock:
            found = self._known.get(number)
        if found is not None or line is None:
            return found
        try:
            return self.note(line.send("GET", path))
        except LineError:
            return None

    def query(self, number: str, soql: Soql) -> None:
        """Remember the query of a job that was made without one."""
        with self._lock:
            job = self._known.get(number)
            if job is not None:
                job.soql = soql
                job.object = soql.object


@dataclass(slots=True, repr=False)
class Table:
    """CSV. No repr: it would show people's data."""

    columns: list[str]
    rows: list[dict[str, Any]]
    delimiter: str = ","
    ending: str = "\n"
    gone: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, text: str, delimiter: str) -> Table:
        """Read a file with its header.

        Raises:
            ValueError: its rows do not fit its header.
        """
        ending = "\r\n" if "\r\n" in text[:10_000] else "\n"
        reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter)
        try:
            lines = [line for line in reader if line]
        except csv.Error:
            msg = "no CSV"
            raise ValueError(msg) from None
        if not lines:
            return cls([], [], delimiter, ending)
        columns = [name.strip() for name in lines[0]]
        if len(set(columns)) != len(columns):
            msg = "columns of one name"
            raise ValueError(msg)
        if any(len(line) != len(columns) for line in lines[1:]):
            msg = "rows of other lengths than the header"
            raise ValueError(msg)
        rows = [dict(zip(columns, line, strict=True)) for line in lines[1:]]
        return cls(columns, rows, delimiter, ending)

    def text(self) -> str:
        """The file; what was taken out of a row is an empty cell, which Salesforce leaves alone."""
        columns = [name for name in self.columns if name not in self.gone]
        out = io.StringIO(newline="")
        writer = csv.writer(
            out, delimiter=self.delimiter, lineterminator=self.ending, quoting=csv.QUOTE_ALL
        )
        if columns:
            writer.writerow(columns)
        writer.writerows([row.get(name, "") for name in columns] for row in self.rows)
        return out.getvalue()
