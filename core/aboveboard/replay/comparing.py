"""What all records come to: counts that can be merged, so that parts are counted apart.

`Comparison.add` takes one record's `Difference`, `merge` another `Comparison`. Merging is associative
and commutative, and memory does not grow with the records: what could be endless (values of a group,
examples, lists) is cut in a way that gives the same whatever the parts were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aboveboard.replay.examples import Examples
from aboveboard.replay.places import first
from aboveboard.replay.rows import KINDS, Kind, Row
from aboveboard.replay.timing import Timing

__all__ = ["DIMENSIONS", "MAX_VALUES", "Bad", "Comparison", "Difference", "Drift", "Foreign"]

DIMENSIONS = ("rule", "step", "vendor", "segment", "country", "revision")
"""What is counted by: `step` is `<step>/<phase>`, `revision` that of the recorded verdict."""

MAX_VALUES = 1_000
"""Of one dimension; those first by name are kept, and `Comparison.cut` names the dimension."""

_DIFFERENT = frozenset(KINDS) - {"same", "unanswered"}


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that holds no record: where, and what was expected. No value is quoted."""

    place: str
    problem: str

    @property
    def sort_text(self) -> str:
        """Settles ties."""
        return self.problem


@dataclass(frozen=True, slots=True)
class Foreign:
    """A line of a log that is whole and no decision of these policies."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A record whose own policies decide otherwise now than they did.

    Attributes:
        place: `file:line`.
        decision_id: of the recorded verdict.
        step: of the event.
        phase: of the event.
        revision: of the policies, then and now.
        recorded_effect: then.
        effect: now.
        rules_added: found now and not then.
        rules_removed: found then and not now.
        other: what else differs: `obligations`, `effects` of findings, or nothing.
    """

    place: str
    decision_id: str
    step: str
    phase: str
    revision: str
    recorded_effect: str
    effect: str
    rules_added: tuple[str, ...]
    rules_removed: tuple[str, ...]
    other: tuple[str, ...] = ()

    @property
    def sort_text(self) -> str:
        """Settles ties."""
        return repr(self.as_dict())

    def as_dict(self) -> dict[str, Any]:
        """JSON object."""
        lists = ("rules_added", "rules_removed", "other")
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: list(v) if name in lists else v for name, v in values.items()}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Drift:
        """What `as_dict` gave."""
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Difference:
    """One record, judged anew.

    Attributes:
        place: where it stood, `file:line`; empty on a cluster.
        row: what it came to.
        size: of the event's facts as JSON, in characters.
        old_ns: what the old answer took: the recorded decision as a whole, or the baseline's
            evaluation. None when nothing was timed.
        new_ns: what the evaluation took; None when the answer was known from a like event.
        drift: see `Drift`; None where there is none.
        time: of the event.
    """

    place: str
    row: Row
    size: int
    old_ns: int | None = None
    new_ns: int | None = None
    drift: Drift | None = None
    time: datetime | None = None


@dataclass(slots=True)
class Comparison:
    """Counts over records.

    Attributes:
        new_revision: of the changed policies.
        baseline_revision: of the policies that they are compared with; None when they are compared
            with the recorded verdicts.
        records: that could be read, duplicates left out.
        compared: of these, those with an old answer.
        unanswered: of these, those without: nothing answered at the time.
        duplicates: records left out because their `decision_id` had been seen.
        reused: evaluations saved because a like event had been evaluated.
        bad: lines that hold no record.
        foreign: lines of a log of OPA's that are something else than a decision of these policies.
        missing: records that were never written, as the recorder has noted among the others.
        drifted: records whose own policies decide otherwise now.
        kinds: records by `rows.Kind`.
        effects: records by effect before and after, `allow>deny`; also those that did not change.
        changed_obligations: records with other obligations, whatever else changed.
        changed_rules: records with other rules (found, or their effect), whatever else changed.
        groups: dimension → value → counts. A rule counts `old` and `new` (records in which it found
            something) and the kinds of which it is a cause; any other value counts `records` and
            their kinds.
        cut: dimensions of which values were left out.
        examples: the smallest of each kind and rule.
        old_time: see `Difference.old_ns`.
        new_time: see `Difference.new_ns`.
        bad_lines: the first of them.
        drifts: the first of them.
        first_time: of the earliest event.
        last_time: of the latest.
    """

    new_revision: str
    baseline_revision: str | None = None
    records: int = 0
    compared: int = 0
    unanswered: int = 0
    duplicates: int = 0
    reused: int = 0
    bad: int = 0
    foreign: int = 0
    missing: int = 0
    drifted: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    changed_obligations: int = 0
    changed_rules: int = 0
    groups: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: {name: {} for name in DIMENSIONS}
    )
    cut: set[str] = field(default_factory=set)
    examples: Examples = field(default_factory=Examples)
    old_time: Timing = field(default_factory=Timing)
    new_time: Timing = field(default_factory=Timing)
    bad_lines: list[Bad] = field(default_factory=list)
    drifts: list[Drift] = field(default_factory=list)
    first_time: datetime | None = None
    last_time: datetime | None = None

    @property
    def changed(self) -> int:
        """Records that differ in any way."""
        return sum(self.kinds[kind] for kind in _DIFFERENT)

    @property
    def newly_denied(self) -> int:
        """Records that are denied now and were not before."""
        return self.effects["allow>deny"] + self.effects["escalate>deny"]

    @property
    def newly_escalated(self) -> int:
        """Records that wait for a human now and were let through before."""
        return self.effects["allow>escalate"]

    def add(self, found: Difference, event: Callable[[], dict[str, Any]]) -> None:
        """Count one record; `event` gives its event as a JSON object, where it is an example."""
        row = found.row
        self.records += 1
        self._span(found.time, found.time)
        self.kinds[row.kind] += 1
        if row.old_effect is None:
            self.unanswered += 1
        else:
            self.compared += 1
            self.effects[f"{row.old_effect}>{row.new_effect}"] += 1
            self.changed_obligations += bool(row.obligations_added or row.obligations_removed)
            self.changed_rules += bool(row.rules_added or row.rules_removed or row.rules_changed)
        for dimension, value, counts in _counted(row):
            self._count(dimension, value, counts)
        if row.kind in _DIFFERENT:
            for rule in row.causes or ("",):
                self.examples.add(
                    row.kind,
                    rule,
                    size=found.size,
                    place=found.place,
                    row=row.as_dict(),
                    event=event,
                )
        if found.old_ns is not None:
            self.old_time.add(found.old_ns)
        if found.new_ns is not None:
            self.new_time.add(found.new_ns)
        else:
            self.reused += 1
        if found.drift is not None:
            self.drifted += 1
            self.drifts = first([*self.drifts, found.drift])

    def add_bad(self, place: str, problem: str) -> None:
        """Count a line that holds no record."""
        self.bad += 1
        self.bad_lines = first([*self.bad_lines, Bad(place, problem)])

    def add_duplicate(self) -> None:
        """Count a record whose decision had been seen."""
        self.duplicates += 1

    def _span(self, first: datetime | None, last: datetime | None) -> None:
        if first is not None and (self.first_time is None or first < self.first_time):
            self.first_time = first
        if last is not None and (self.last_time is None or last > self.last_time):
            self.last_time = last

    def merge(self, other: Comparison) -> None:
        """Take in the counts of other records.

        Raises:
            ValueError: they are of other policies.
        """
        if (self.new_revision, self.baseline_revision) != (
            other.new_revision,
            other.baseline_revision,
        ):
            msg = "Comparisons of different policies cannot be merged."
            raise ValueError(msg)
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.kinds.update(other.kinds)
        self.effects.update(other.effects)
        self.cut |= other.cut
        for dimension, values in other.groups.items():
            for value, counts in values.items():
                self._count(dimension, value, counts)
        self.examples.merge(other.examples)
        self.old_time.merge(other.old_time)
        self.new_time.merge(other.new_time)
        self.bad_lines = first([*self.bad_lines, *other.bad_lines])
        self.drifts = first([*self.drifts, *other.drifts])
        self._span(other.first_time, other.last_time)

    def _count(self, dimension: str, value: str, counts: Counter[str]) -> None:
        values = self.groups[dimension]
        known = values.get(value)
        if known is not None:
            known.update(counts)
            return
        values[value] = Counter(counts)
        if len(values) > MAX_VALUES:
            del values[max(values)]
            self.cut.add(dimension)

    def as_dict(self) -> dict[str, Any]:
        """JSON object, the same for equal comparisons."""
        return {
            "new_revision": self.new_revision,
            "baseline_revision": self.baseline_revision,
            **{name: getattr(self, name) for name in _NUMBERS},
            "kinds": dict(sorted(self.kinds.items())),
            "effects": dict(sorted(self.effects.items())),
            "groups": {
                dimension: {value: dict(sorted(values[value].items())) for value in sorted(values)}
                for dimension, values in self.groups.items()
            },
            "cut": sorted(self.cut),
            "examples": self.examples.as_list(),
            "old_time": self.old_time.as_dict(),
            "new_time": self.new_time.as_dict(),
            "bad_lines": [{"place": b.place, "problem": b.problem} for b in self.bad_lines],
            "drifts": [drift.as_dict() for drift in self.drifts],
            "first_time": None if self.first_time is None else self.first_time.isoformat(),
            "last_time": None if self.last_time is None else self.last_time.isoformat(),
        }

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Comparison:
        """What `as_dict` gave."""
        return cls(
            new_revision=raw["new_revision"],
            baseline_revision=raw["baseline_revision"],
            **{name: int(raw[name]) for name in _NUMBERS},
            kinds=Counter(raw["kinds"]),
            effects=Counter(raw["effects"]),
            groups={
                name: {v: Counter(c) for v, c in raw["groups"][name].items()} for name in DIMENSIONS
            },
            cut=set(raw["cut"]),
            examples=Examples.from_list(raw["examples"]),
            old_time=Timing.from_dict(raw["old_time"]),
            new_time=Timing.from_dict(raw["new_time"]),
            bad_lines=[Bad(**item) for item in raw["bad_lines"]],
            drifts=[Drift.from_dict(item) for item in raw["drifts"]],
            first_time=_moment(raw["first_time"]),
            last_time=_moment(raw["last_time"]),
        )


_NUMBERS = (
    "records",
    "compared",
    "unanswered",
    "duplicates",
    "reused",
    "bad",
    "foreign",
    "missing",
    "drifted",
    "changed_obligations",
    "changed_rules",
)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _counted(row: Row) -> Iterator[tuple[str, str, Counter[str]]]:
    """Dimension, value and what to add."""
    plain = Counter({"records": 1, row.kind: 1, **dict.fromkeys(_beside(row), 1)})
    yield "step", f"{row.step}/{row.phase}", plain
    yield "vendor", row.vendor, plain
    yield "segment", row.segment, plain
    yield "country", row.country, plain
    yield "revision", row.recorded_revision or "none", plain
    kind: Kind | None = row.kind if row.kind in _DIFFERENT else None
    changed = tuple(item.partition(" ")[0] for item in row.rules_changed)
    for rule in {*row.rules_added, *row.rules_removed, *row.rules_kept, *changed, *row.causes}:
        counts: Counter[str] = Counter()
        if rule in row.rules_added or rule in row.rules_kept or rule in changed:
            counts["new"] = 1
        if rule in row.rules_removed or rule in row.rules_kept or rule in changed:
            counts["old"] = 1
        if kind is not None and rule in row.causes:
            counts[kind] = 1
        counts.update(name for name, rules in _beside(row).items() if rule in rules)
        yield "rule", rule, counts


def _beside(row: Row) -> dict[str, set[str]]:
    """What a record counts as beside its kind, and the rules that are a cause of it."""
    found: dict[str, set[str]] = {}
    reserved = {rule for rule in _found_now(row) if rule.startswith("runtime.")}
    if reserved:
        found["failed"] = reserved
    if row.old_effect is None:
        return found
    if row.new_effect == "deny" != row.old_effect:
        found["newly_denied"] = set(row.causes)
    if (row.old_effect, row.new_effect) == ("allow", "escalate"):
        found["newly_escalated"] = set(row.causes)
    if owed := {*row.obligations_added, *row.obligations_removed}:
        found["changed_obligations"] = {text.partition(" ")[0] for text in owed}
    changed = {text.partition(" ")[0] for text in row.rules_changed}
    if changed := {*changed, *row.rules_added, *row.rules_removed}:
        found["changed_rules"] = changed
    return found


def _found_now(row: Row) -> set[str]:
    return {*row.rules_added, *row.rules_kept, *(t.partition(" ")[0] for t in row.rules_changed)}
