"""What is in record files: how many, of when, how they were decided, and what is missing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from aboveboard.errors import EventError, RecordError
from aboveboard.events import event_time
from aboveboard.facts import STEPS
from aboveboard.records.reading import GAP, NO_OBJECT, BadLine, record_lines
from aboveboard.records.record import VERSION
from aboveboard.verdicts import Effect

__all__ = ["Summary", "summarise", "written"]

_MOST_PROBLEMS = 1000


@dataclass(slots=True)
class Summary:
    """Counts of one file, or of several added up.

    Attributes:
        files: how many.
        bytes: as they lie on the disk.
        records: decisions, OPA's own ones too.
        first: the time of the earliest event, UTC; None when there is none.
        last: of the latest.
        half: lines that a crash left, or that are damaged, or whose form is not a record's.
        foreign: lines that are whole and no record.
        missing: decisions that could not be recorded, as the gaps say.
        effects: decisions by `<step> <effect>`.
        revisions: decisions by the revision of the policies.
        unenforced: decisions of monitor mode.
        problems: where lines are half, damaged or malformed; the first thousand of a file.
    """

    files: int = 0
    bytes: int = 0
    records: int = 0
    first: datetime | None = None
    last: datetime | None = None
    half: int = 0
    foreign: int = 0
    missing: int = 0
    unenforced: int = 0
    effects: Counter[str] = field(default_factory=Counter)
    revisions: Counter[str] = field(default_factory=Counter)
    problems: list[BadLine] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.half and not self.missing

    def add(self, other: Summary) -> None:
        """Count another's, too."""
        for name in ("files", "bytes", "records", "half", "foreign", "missing", "unenforced"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.first = min(filter(None, (self.first, other.first)), default=None)
        self.last = max(filter(None, (self.last, other.last)), default=None)
        self.effects.update(other.effects)
        self.revisions.update(other.revisions)
        self.problems.extend(other.problems)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "files": self.files,
            "bytes": self.bytes,
            "records": self.records,
            "first": written(self.first) or None,
            "last": written(self.last) or None,
            "half_lines": self.half,
            "other_lines": self.foreign,
            "missing": self.missing,
            "unenforced": self.unenforced,
            "effects": dict(sorted(self.effects.items())),
            "revisions": dict(sorted(self.revisions.items())),
            "problems": [{"place": bad.place, "problem": bad.problem} for bad in self.problems],
        }


def written(time: datetime | None) -> str:
    """A time as RFC 3339 text, UTC; '' for none."""
    return "" if time is None else time.isoformat().replace("+00:00", "Z")


def summarise(path: Path) -> Summary:
    """Count what is in one file: a year's records are many.

    Of each record its form, time, step and effect are looked at; whether its facts and findings are as
    they should be, replay finds out.

    Raises:
        RecordError: the file cannot be opened, or needs an extra that is not installed.
    """
    found = Summary(files=1, bytes=_size(path))
    for line in record_lines(path, gaps=True):
        if isinstance(line, BadLine):
            if line.problem == NO_OBJECT:
                found.foreign += 1
            else:
                _bad(found, line)
            continue
        try:
            raw = json.loads(line.text)
        except (ValueError, RecursionError):
            _bad(found, BadLine(line.place, "no JSON."))
            continue
        if line.text.startswith(GAP):
            found.missing += _number(raw)
        else:
            _count(found, raw, line.place)
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it is being compressed: it is found as that when it is opened
        return 0


def _number(raw: Any) -> int:
    gap = raw.get("gap") if isinstance(raw, Mapping) else None
    missing = gap.get("missing") if isinstance(gap, Mapping) else None
    return missing if isinstance(missing, int) else 0


def _count(found: Summary, raw: Any, place: str) -> None:
    try:
        seen = _seen(raw)
    except EventError as error:
        _bad(found, BadLine(place, str(error)))
        return
    if seen is None:
        found.foreign += 1
        return
    time, what, revision, enforced = seen
    found.records += 1
    found.unenforced += not enforced
    found.first = min(found.first or time, time)
    found.last = max(found.last or time, time)
    found.effects[what] += 1
    found.revisions[revision or "none"] += 1


def _seen(raw: Any) -> tuple[datetime, str, str, bool] | None:
    """When, what, by which policies and whether enforced; None when it is something else."""
    if not isinstance(raw, Mapping):
        return None
    if "record" in raw:
        return _seen_record(raw)
    asked = raw.get("input")
    if "decision_id" not in raw or not isinstance(asked, Mapping) or asked.get("step") not in STEPS:
        return None
    result = raw.get("result")
    revision = result.get("revision") if isinstance(result, Mapping) else None
    what = f"{asked['step']} recorded by OPA"
    return event_time(asked.get("time")), what, _text(revision or "", "result.revision"), True


def _seen_record(raw: Mapping[str, Any]) -> tuple[datetime, str, str, bool]:
    if type(raw["record"]) is not int or not 1 <= raw["record"] <= VERSION:
        msg = f"record: expected the version of the record, 1 to {VERSION}."
        raise RecordError(msg)
    event, verdict = (_object(raw.get(name), name) for name in ("event", "verdict"))
    step, effect, enforced = (
        verdict.get("step"),
        verdict.get("effect"),
        verdict.get("enforced", True),
    )
    if step not in STEPS or effect not in get_args(Effect) or not isinstance(enforced, bool):
        msg = "verdict: expected its step, its effect and whether it was enforced."
        raise RecordError(msg)
    revision = _text(verdict.get("policy_revision"), "verdict.policy_revision")
    try:
        time = event_time(event.get("time"))
    except EventError as error:
        msg = f"event.{error}"
        raise RecordError(msg) from None
    return time, f"{step} {effect}", revision, enforced


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        msg = f"{place}: expected text."
        raise RecordError(msg)
    return value


def _object(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        msg = f"{place}: expected a JSON object."
        raise RecordError(msg)
    return value


def _bad(found: Summary, line: BadLine) -> None:
    found.half += 1
    if len(found.problems) < _MOST_PROBLEMS:
        found.problems.append(line)
