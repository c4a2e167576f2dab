"""What a report is made of: strict models, each of them plain numbers and texts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from aboveboard.replay.rows import KINDS
from aboveboard.verdicts import Effect

__all__ = [
    "CHANGES",
    "EFFECT_CHANGES",
    "STRICT",
    "BadLine",
    "Compared",
    "DriftShown",
    "Drifted",
    "EffectChange",
    "ExampleShown",
    "Group",
    "OldAndNew",
    "RecordFile",
    "Times",
    "Totals",
]

CHANGES = tuple(kind for kind in KINDS if kind not in ("same", "unanswered"))
EFFECT_CHANGES = ("newly_stopped", "newly_allowed", "stricter", "milder")
STRICT = ConfigDict(
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

    model_config = STRICT

    kind: Literal["recorded", "shipped", "directory", "bundle", "git"]
    given: str = ""
    revision: str = ""
    rules: tuple[str, ...] = ()


class RecordFile(BaseModel):
    """One file of records. `read` is False for one that was not read to its end."""

    model_config = STRICT

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

    model_config = STRICT

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

    model_config = STRICT

    value: str
    counts: dict[str, NonNegativeInt]

    @property
    def compared(self) -> int:
        """Decisions with an old answer. Not for a rule."""
        return self.counts.get("records", 0) - self.counts.get("unanswered", 0)

    @property
    def changed(self) -> int:
        """Decisions that changed, each once; of a rule: because of it."""
        return sum(self.counts.get(kind, 0) for kind in CHANGES)

    @property
    def changed_effect(self) -> int:
        """Decisions with another effect; of a rule: because of it."""
        return sum(self.counts.get(kind, 0) for kind in EFFECT_CHANGES)


class EffectChange(BaseModel):
    """How many decisions went from one effect to another, or kept it."""

    model_config = STRICT

    old: Effect
    new: Effect
    decisions: NonNegativeInt


class Times(BaseModel):
    """How long evaluations took, in microseconds; quantiles are right within 12.5 %."""

    model_config = STRICT

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

    model_config = STRICT

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

    model_config = STRICT

    kind: str
    rule: str
    size: NonNegativeInt
    place: str
    row: dict[str, Any]
    event: dict[str, Any] | None


class DriftShown(BaseModel):
    """A decision that its own policies decide otherwise now; see `replay.comparing.Drift`."""

    model_config = STRICT

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

    model_config = STRICT

    checked: NonNegativeInt
    found: NonNegativeInt
    listed: tuple[DriftShown, ...]


class BadLine(BaseModel):
    """A line that holds no record: where, and what was expected."""

    model_config = STRICT

    place: str
    problem: str
