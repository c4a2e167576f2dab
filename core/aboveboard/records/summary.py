"""What is in record files: how many, of when, how they were decided, and what is missing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aboveboard.records.reading import GAP, NO_OBJECT, BadLine, record_lines

__all__ = ["Summary", "summarise"]


@dataclass(slots=True)
class Summary:
    """Counts of one file, or of several added up.

    Attributes:
        files: how many.
        bytes: as they lie on the disk.
        records: decisions, OPA's own ones too.
        first: the time of the earliest event, as it stands there; '' when there is none.
        last: of the latest.
        half: lines that a crash left, or that are damaged.
        foreign: lines that are whole and no record.
        missing: decisions that could not be recorded, as the gaps say.
        effects: decisions by `<step> <effect>`.
        revisions: decisions by the revision of the policies.
        unenforced: decisions of monitor mode.
        problems: where lines are half or damaged.
    """

    files: int = 0
    bytes: int = 0
    records: int = 0
    first: str = ""
    last: str = ""
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
        self.first = min(filter(None, (self.first, other.first)), default="")
        self.last = max(self.last, other.last)
        self.effects.update(other.effects)
        self.revisions.update(other.revisions)
        self.problems.extend(other.problems)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "files": self.files,
            "bytes": self.bytes,
            "records": self.records,
            "first": self.first or None,
            "last": self.last or None,
            "half_lines": self.half,
            "other_lines": self.foreign,
            "missing": self.missing,
            "unenforced": self.unenforced,
            "effects": dict(sorted(self.effects.items())),
            "revisions": dict(sorted(self.revisions.items())),
            "problems": [{"place": bad.place, "problem": bad.problem} for bad in self.problems],
        }


def summarise(path: Path) -> Summary:
    """Count what is in one file. Lines are looked at, not validated: a year's records are many.

    Raises:
        RecordError: the file cannot be opened, or needs an extra that is not installed.
    """
    found = Summary(files=1, bytes=_size(path))
    for line in record_lines(path, gaps=True):
        if isinstance(line, BadLine):
            if line.problem == NO_OBJECT:
                found.foreign += 1
            else:
                found.half += 1
                found.problems.append(line)
            continue
        try:
            raw = json.loads(line.text)
        except (ValueError, RecursionError):
            found.half += 1
            found.problems.append(BadLine(line.place, "no JSON."))
            continue
        if line.text.startswith(GAP):
            found.missing += _number(raw)
        else:
            _count(found, raw)
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


def _count(found: Summary, raw: Any) -> None:
    if not isinstance(raw, Mapping):
        found.foreign += 1
        return
    event, verdict, asked = raw.get("event"), raw.get("verdict"), raw.get("input")
    if "record" in raw and isinstance(event, Mapping) and isinstance(verdict, Mapping):
        time, step = event.get("time"), verdict.get("step")
        effect, revision = verdict.get("effect"), verdict.get("policy_revision")
        found.unenforced += verdict.get("enforced") is False
    elif "decision_id" in raw and isinstance(asked, Mapping) and "step" in asked:
        result = raw.get("result")
        time, step, effect = asked.get("time"), asked.get("step"), "recorded by OPA"
        revision = result.get("revision") if isinstance(result, Mapping) else None
    else:
        found.foreign += 1
        return
    found.records += 1
    if isinstance(time, str):
        found.first = min(found.first or time, time)
        found.last = max(found.last, time)
    found.effects[f"{step} {effect}"] += 1
    found.revisions[str(revision or "none")] += 1
