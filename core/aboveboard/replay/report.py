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

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from aboveboard.errors import EventError
from aboveboard.replay.budget_results import BudgetResult
from aboveboard.replay.comparing import DIMENSIONS, Comparison
from aboveboard.replay.report_parts import (
    EFFECT_CHANGES,
    STRICT,
    BadLine,
    Compared,
    Drifted,
    DriftShown,
    EffectChange,
    ExampleShown,
    Group,
    OldAndNew,
    RecordFile,
    Times,
    Totals,
)
from aboveboard.replay.timing import Timing
from aboveboard.verdicts import Effect

__all__ = [
    "VERSION",
    "Compared",
    "DriftShown",
    "ExampleShown",
    "Group",
    "RecordFile",
    "Report",
    "Times",
    "Totals",
    "report_schema",
]

VERSION = 1


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

    model_config = STRICT

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
        changed_effect=sum(kinds[kind] for kind in EFFECT_CHANGES),
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
