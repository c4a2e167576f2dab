"""What a replay found, as one document: text, JSON and HTML are written from it, and budgets read it.

    {"report": 1, "aboveboard": "0.1.0", "made_at": …, "partial": null | why,
     "old": {"kind", "given", "revision"}, "new": …, "files": [{"path", "records", "bad"}],
     "totals": {"records", "compared", "newly_stopped", …}, "effects": [{"old", "new", "decisions"}],
     "groups": {"rule": [{"value", "counts"}], "step": …}, "cut": ["vendor"],
     "times": {"old": {"count", "mean_us", "p50_us", "p95_us", "p99_us"} | null, "new": …},
     "examples": […], "drift": {"checked", "found", "listed"}, "bad_lines": […], "budgets": […]}

It is versioned and strict: a field that is not known is refused, so that a newer report is never read as
an older one with less in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from aboveboard.errors import EventError
from aboveboard.replay.budget_results import BudgetResult
from aboveboard.replay.comparing import DIMENSIONS, Comparison
from aboveboard.replay.rows import KINDS
from aboveboard.replay.timing import Timing
from aboveboard.verdicts import Effect

__all__ = [
    "VERSION",
    "Compared",
    "Group",
    "RecordFile",
    "Report",
    "Times",
    "Totals",
    "report_schema",
]

VERSION = 1
_CHANGES = tuple(kind for kind in KINDS if kind not in ("same", "unanswered"))
_EFFECTS = ("newly_stopped", "newly_allowed", "stricter", "milder")
_STRICT = ConfigDict(
    frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True
)


class Compared(BaseModel):
    """One side of the comparison.

    Attributes:
        kind: `recorded`: the verdicts on record; else where the policies come from.
        given: as it was asked for, such as a directory or a revision of git; empty for `recorded`.
        revision: of the policies; empty for `recorded`, whose verdicts may be of many.
        rules: ids of all the rules that they have.
    """

    model_config = _STRICT

    kind: Literal["recorded", "shipped", "directory", "bundle", "git"]
    given: str = ""
    revision: str = ""
    rules: tuple[str, ...] = ()


class RecordFile(BaseModel):
    """One file of records. `read` is False for one that was not read to its end."""

    model_config = _STRICT

    path: str
    records: NonNegativeInt
    bad: NonNegativeInt = 0
    read: bool = True


class Totals(BaseModel):
    """Counts of decisions.

    Attributes:
        records: that could be read, duplicates left out.
        compared: of these, those with an old answer; what percentages are of.
        unanswered: those without: no policies answered at the time.
        newly_stopped: were allowed, would be escalated or denied.
        newly_denied: were not denied, would be.
        newly_escalated: were allowed, would wait for a human.
        newly_allowed: were stopped, would be allowed.
        stricter: were escalated, would be denied.
        milder: were denied, would be escalated.
        changed_effect: any other effect: newly stopped, newly allowed, stricter or milder.
        changed_obligations: other obligations, whatever else changed.
        changed_rules: other rules, whatever else changed.
        changed: any of it.
        failed: the changed policies gave no answer, which is a deny.
        bad: lines that hold no record.
        foreign: lines of a log of OPA's that are something else than a decision of these policies.
        missing: records that were never written, as the recorder says.
        duplicates: records of a decision that had been seen.
        reused: answers taken from a like event.
    """

    model_config = _STRICT

    records: NonNegativeInt
    compared: NonNegativeInt
    unanswered: NonNegativeInt
    newly_stopped: NonNegativeInt
    newly_denied: NonNegativeInt
    newly_escalated: NonNegativeInt
    newly_allowed: NonNegativeInt
    stricter: NonNegativeInt
    milder: NonNegativeInt
    changed_effect: NonNegativeInt
    changed_obligations: NonNegativeInt
    changed_rules: NonNegativeInt
    changed: NonNegativeInt
    failed: NonNegativeInt
    bad: NonNegativeInt
    foreign: NonNegativeInt
    missing: NonNegativeInt
    duplicates: NonNegativeInt
    reused: NonNegativeInt


class Group(BaseModel):
    """Counts of one rule, step, vendor, segment, country or revision.

    Attributes:
        value: `R-DM-02`, `profiling/requested`, `openai` …
        counts: by name; what is not there is 0. `newly_stopped`, `newly_denied` … as in `Totals`: of
            a rule, those of which it is a cause. Beside them `records`, of a rule `old` and `new`:
            decisions in which it found something.
    """

    model_config = _STRICT

    value: str
    counts: dict[str, NonNegativeInt]

    @property
    def compared(self) -> int:
        """Decisions with an old answer. Not for a rule."""
        return self.counts.get("records", 0) - self.counts.get("unanswered", 0)

    @property
    def changed(self) -> int:
        """Decisions that changed, each once; of a rule: because of it."""
        return sum(self.counts.get(kind, 0) for kind in _CHANGES)

    @property
    def changed_effect(self) -> int:
        """Decisions with another effect; of a rule: because of it."""
        return sum(self.counts.get(kind, 0) for kind in _EFFECTS)


class EffectChange(BaseModel):
    """How many decisions went from one effect to another, or kept it."""

    model_config = _STRICT

    old: Effect
    new: Effect
    decisions: NonNegativeInt


class Times(BaseModel):
    """How long evaluations took, in microseconds; quantiles are right within 12.5 %."""

    model_config = _STRICT

    count: NonNegativeInt
    mean_us: float = Field(ge=0)
    p50_us: float = Field(ge=0)
    p95_us: float = Field(ge=0)
    p99_us: float = Field(ge=0)


class OldAndNew(BaseModel):
    """Times on both sides; None where nothing was timed.

    The old ones are of evaluations by the baseline, on this machine. Where the recorded verdicts are what is
    compared, they are of whole decisions as they were then, wherever that was.
    """

    model_config = _STRICT

    old: Times | None
    new: Times | None


class ExampleShown(BaseModel):
    """The smallest decision of one kind that rests on one rule.

    Attributes:
        kind: `newly_stopped`, `newly_allowed`, `stricter`, `milder`, `obligations` or `rules`.
        rule: that it rests on; empty where it rests on none.
        place: of the record, `file:line`; empty on a cluster.
        row: what it came to; see `replay.rows`.
        event: the event; None where it is too large to be kept.
    """

    model_config = _STRICT

    kind: str
    rule: str
    size: NonNegativeInt
    place: str
    row: dict[str, Any]
    event: dict[str, Any] | None


class DriftShown(BaseModel):
    """A decision that its own policies decide otherwise now; see `replay.comparing.Drift`."""

    model_config = _STRICT

    place: str
    decision_id: str
    step: str
    phase: str
    revision: str
    recorded_effect: str
    effect: str
    rules_added: tuple[str, ...]
    rules_removed: tuple[str, ...]
    other: tuple[str, ...]


class Drifted(BaseModel):
    """Decisions of the very policies that were replayed: how many, and which came out otherwise.

    Attributes:
        checked: records of one of the replayed revisions.
        found: of these, those that are decided otherwise now.
        listed: the first of them.
    """

    model_config = _STRICT

    checked: NonNegativeInt
    found: NonNegativeInt
    listed: tuple[DriftShown, ...]


class BadLine(BaseModel):
    """A line that holds no record: where, and what was expected."""

    model_config = _STRICT

    place: str
    problem: str


class Report(BaseModel):
    """The document of the module's docstring.

    Attributes:
        report: version of this document.
        aboveboard: version of the program.
        made_at: when, UTC.
        seconds: that the replay took; None where it was not timed.
        partial: why not all records were judged; None where they were.
        first_time: of the earliest event; None where nobody looked.
        last_time: of the latest.
        cut: dimensions of which not all values are listed.
    """

    model_config = _STRICT

    report: Literal[1] = 1
    aboveboard: str
    made_at: AwareDatetime
    seconds: float | None = Field(default=None, ge=0)
    partial: str | None = None
    old: Compared
    new: Compared
    files: tuple[RecordFile, ...] = ()
    first_time: AwareDatetime | None = None
    last_time: AwareDatetime | None = None
    totals: Totals
    effects: tuple[EffectChange, ...]
    groups: dict[str, tuple[Group, ...]]
    cut: tuple[str, ...] = ()
    times: OldAndNew
    examples: tuple[ExampleShown, ...] = ()
    drift: Drifted
    bad_lines: tuple[BadLine, ...] = ()
    budgets: tuple[BudgetResult, ...] = ()

    @classmethod
    def of(
        cls,
        comparison: Comparison,
        *,
        new: Compared,
        old: Compared | None = None,
        files: Iterable[RecordFile] = (),
        partial: str | None = None,
        seconds: float | None = None,
        made_at: datetime | None = None,
    ) -> Report:
        """Write down what records came to.

        Args:
            comparison: the counts.
            new: the changed policies.
            old: what they are compared with; the recorded verdicts when left out.
            files: where the records came from.
            partial: why not all records were judged, as a sentence.
            seconds: that the replay took.
            made_at: when; now when left out.
        """
        return cls(
            aboveboard=_version(),
            made_at=made_at or datetime.now(UTC),
            seconds=seconds,
            partial=partial,
            old=old or Compared(kind="recorded"),
            new=new,
            files=tuple(files),
            first_time=comparison.first_time,
            last_time=comparison.last_time,
            totals=_totals(comparison),
            effects=_effects(comparison.effects),
            groups={name: _group(comparison.groups[name]) for name in DIMENSIONS},
            cut=tuple(sorted(comparison.cut)),
            times=OldAndNew(old=_times(comparison.old_time), new=_times(comparison.new_time)),
            examples=tuple(ExampleShown(**one.as_dict()) for one in comparison.examples),
            drift=Drifted(
                checked=_checked(comparison),
                found=comparison.drifted,
                listed=tuple(
                    DriftShown(**{n: getattr(one, n) for n in DriftShown.model_fields})
                    for one in comparison.drifts
                ),
            ),
            bad_lines=tuple(
                BadLine(place=one.place, problem=one.problem) for one in comparison.bad_lines
            ),
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Report:
        """Read a report that `to_json` wrote.

        Raises:
            EventError: it is none, or one of another version; the text names the place.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the report"
            msg = f"{place}: {first['msg']}. Was it written by another version of Aboveboard?"
            raise EventError(msg) from None

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the module's docstring."""
        return self.model_dump(mode="json")

    def judged(self, results: Iterable[BudgetResult]) -> Report:
        """The same with what became of budgets."""
        return self.model_copy(update={"budgets": tuple(results)})

    def group(self, dimension: str, value: str) -> Group | None:
        """The counts of one value; None where it did not occur, or was cut."""
        return next((one for one in self.groups[dimension] if one.value == value), None)


def report_schema() -> dict[str, Any]:
    """JSON Schema of a report, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:aboveboard:replay-report:v{VERSION}",
        **Report.model_json_schema(mode="serialization"),
    }


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("aboveboard")
    except PackageNotFoundError:
        return "unknown"


def _totals(found: Comparison) -> Totals:
    kinds = found.kinds
    return Totals(
        records=found.records,
        compared=found.compared,
        unanswered=found.unanswered,
        newly_stopped=kinds["newly_stopped"],
        newly_denied=found.newly_denied,
        newly_escalated=found.newly_escalated,
        newly_allowed=kinds["newly_allowed"],
        stricter=kinds["stricter"],
        milder=kinds["milder"],
        changed_effect=sum(kinds[kind] for kind in _EFFECTS),
        changed_obligations=found.changed_obligations,
        changed_rules=found.changed_rules,
        changed=found.changed,
        failed=sum(counts["failed"] for counts in found.groups["step"].values()),
        bad=found.bad,
        foreign=found.foreign,
        missing=found.missing,
        duplicates=found.duplicates,
        reused=found.reused,
    )


def _effects(effects: Mapping[str, int]) -> tuple[EffectChange, ...]:
    order: dict[str, Effect] = {"allow": "allow", "escalate": "escalate", "deny": "deny"}
    return tuple(
        EffectChange(old=old, new=new, decisions=effects.get(f"{old}>{new}", 0))
        for old in order.values()
        for new in order.values()
    )


def _group(values: Mapping[str, Mapping[str, int]]) -> tuple[Group, ...]:
    """The most changed first, then those of which there is most, then by name."""
    groups = [
        Group(value=value, counts={name: n for name, n in sorted(counts.items()) if n})
        for value, counts in values.items()
    ]
    return tuple(sorted(groups, key=lambda one: (-one.changed, -_size(one), one.value)))


def _size(group: Group) -> int:
    return max(group.counts.get(name, 0) for name in ("records", "old", "new"))


def _times(timing: Timing) -> Times | None:
    mean, p50, p95, p99 = timing.mean_us, *(timing.quantile_us(q) for q in (0.5, 0.95, 0.99))
    if mean is None or p50 is None or p95 is None or p99 is None:
        return None
    return Times(count=timing.count, mean_us=mean, p50_us=p50, p95_us=p95, p99_us=p99)


def _checked(found: Comparison) -> int:
    replayed = {found.new_revision, found.baseline_revision}
    revisions = found.groups["revision"]
    return sum(counts["records"] for name, counts in revisions.items() if name in replayed)
