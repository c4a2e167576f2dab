"""Find one decision among records: line by line, so that a year of them fills no memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aboveboard.errors import RecordError
from aboveboard.records.reading import BadLine, record_files, record_lines
from aboveboard.records.record import Record, parse_record

__all__ = ["MIN_PREFIX", "Found", "Search", "at_place", "parents_of"]

MIN_PREFIX = 8
"""Shortest beginning of a decision's id that is looked for."""

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]*")
_MAX_CHAIN = 16
_MAX_TOLD = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A record and where it lay."""

    place: str
    record: Record


@dataclass(slots=True)
class Search:
    """Reads records and looks for decisions.

    Attributes:
        paths: files of records and directories of such files.
        on_line: called with the size of each line that was read, in bytes, and its file.
        unread: how many lines could not be read in the first search.
    """

    paths: Sequence[Path]
    on_line: Callable[[Path, int], None] = lambda _path, _size: None
    unread: int = 0
    _first: bool = field(default=True, repr=False)

    def decision(self, wanted: str) -> Found:
        """The decision of an id, or of a beginning of one that no other shares.

        Raises:
            RecordError: there is none, or several; or `wanted` is no such id.
        """
        if len(wanted) < MIN_PREFIX or _ID.fullmatch(wanted) is None:
            msg = (
                f"'{wanted}' is no file and no id of a decision. Give at least the first "
                f"{MIN_PREFIX} characters of an id, or a file with one record, or FILE:LINE."
            )
            raise RecordError(msg)
        # A copy of a line is no second record.
        decisions: dict[str, dict[bytes, str]] = {}
        first: dict[str, Found] = {}
        for line, found in self._holding(wanted, starts=True):
            decision = _decision_id(found.record)
            first.setdefault(decision, found)
            places = decisions.setdefault(decision, {})
            if len(places) <= _MAX_TOLD:
                places.setdefault(line, found.place)
            if len(decisions) > _MAX_TOLD:
                break
        if wanted in decisions:
            decisions = {wanted: decisions[wanted]}
        if len(decisions) > 1:
            msg = f"Several decisions begin with '{wanted}': {_listed(list(decisions))}. Give more of it."
            raise RecordError(msg)
        for decision, places in decisions.items():
            if len(places) > 1:
                msg = (
                    f"Decision {decision} stands in the records more than once, and not the same: "
                    f"{_listed(list(places.values()))}. Name one of them as FILE:LINE."
                )
                raise RecordError(msg)
            return first[decision]
        unread = f" Lines that could not be read: {self.unread:,}." if self.unread else ""
        read = ", ".join(f"'{path}'" for path in self.paths)
        msg = (
            f"No decision {wanted} in {read}.{unread} Name other records with --records, or the "
            "setting 'record_directory'."
        )
        raise RecordError(msg)

    def parent(self, wanted: str) -> Record | None:
        """The first record of a decision's id, or None."""
        return next((found.record for _, found in self._holding(wanted, starts=False)), None)

    def _holding(self, wanted: str, *, starts: bool) -> Iterator[tuple[bytes, Found]]:
        needle = json.dumps(wanted)[1:-1].encode()
        counting, self._first = self._first, False
        for path in self.paths:
            for file in record_files(path):
                for line in record_lines(file):
                    if isinstance(line, BadLine):
                        self.unread += counting
                        continue
                    self.on_line(file, len(line.text))
                    if needle not in line.text:
                        continue
                    try:
                        record = parse_record(line.text)
                    except RecordError:
                        self.unread += counting
                        continue
                    decision = _decision_id(record)
                    if decision == wanted or (starts and decision.startswith(wanted)):
                        yield line.text, Found(line.place, record)


def parents_of(record: Record, search: Search | None) -> tuple[tuple[Record, ...], str | None]:
    """The decisions that it happened in, nearest first, and the first that is not to be found.

    The records are read once for each: a decision is in force before what happens in it, so that
    one pass forwards cannot know whom to look out for.
    """
    chain: list[Record] = []
    seen = {_decision_id(record)}
    wanted = record.event.parent_decision_id
    while wanted is not None and wanted not in seen and len(chain) < _MAX_CHAIN:
        seen.add(wanted)
        parent = search.parent(wanted) if search is not None else None
        if parent is None:
            return tuple(chain), wanted
        chain.append(parent)
        wanted = parent.event.parent_decision_id
    return tuple(chain), None


def at_place(path: Path, place: str) -> Found:
    """The record at a place of a file.

    Args:
        path: of the file.
        place: `:12` for a line, `[3]` for an element of an array.

    Raises:
        RecordError: there is no such place, or no record there.
    """
    wanted = f"{path}{place}"
    for line in record_lines(path):
        if line.place != wanted:
            continue
        if isinstance(line, BadLine):
            raise RecordError(str(line))
        try:
            return Found(line.place, parse_record(line.text))
        except RecordError as error:
            msg = f"{line.place}: {error}"
            raise RecordError(msg, error.kind) from None
    msg = f"{wanted}: there is no record there."
    raise RecordError(msg)


def _decision_id(record: Record) -> str:
    return record.verdict.decision_id if record.verdict else ""


def _listed(items: list[str]) -> str:
    more = f" and {len(items) - _MAX_TOLD} more" if len(items) > _MAX_TOLD else ""
    return ", ".join(items[:_MAX_TOLD]) + more
