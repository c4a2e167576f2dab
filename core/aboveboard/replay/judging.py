"""From a record to what it comes to: the old answer, the new one, and in what they differ."""

from __future__ import annotations

from typing import Protocol

from aboveboard.events import StepEvent
from aboveboard.inputs import with_inputs_hash
from aboveboard.records.record import Record
from aboveboard.replay.comparing import Difference, Drift
from aboveboard.replay.deciding import Decided, decided, obligation_text, refused
from aboveboard.replay.rows import Kind, Row
from aboveboard.verdicts import Verdict

__all__ = ["Decider", "Judge", "recorded"]


class Decider(Protocol):
    """Answers about events: a `Replayer`, or one that remembers like events."""

    @property
    def revision(self) -> str:
        """Of its policies."""

    def prepare(self, event: StepEvent) -> None:
        """Build what is needed to answer about such an event."""

    def ask(self, event: StepEvent, question: str) -> Decided:
        """The answer to an event with its `engine_input`."""


class Judge:
    """Compares the recorded verdicts, or a baseline, with changed policies.

    Args:
        new: the changed policies.
        baseline: what they are compared with; the recorded verdicts when left out.
    """

    def __init__(self, new: Decider, baseline: Decider | None = None) -> None:
        self._new = new
        self._baseline = baseline

    def prepare(self, event: StepEvent) -> None:
        """Build what is needed for such an event, so that its evaluation is not timed with it."""
        for side in (self._new, self._baseline):
            if side is not None:
                side.prepare(event)

    def judge(self, record: Record, place: str = "", *, failed: str | None = None) -> Difference:
        """Judge one record anew.

        Args:
            record: as it was read.
            place: where it stood, `file:line`.
            failed: a reserved reason, when it is known that the policies end the process.
        """
        event = record.event
        _, question = with_inputs_hash(event, event.engine_input())
        then = recorded(record)
        # What plugins found is set aside; that the policies give no answer never is.
        aside = frozenset(rule for rule in record.beyond if not rule.startswith("runtime."))
        new = self._new.ask(event, question) if failed is None else refused(failed)
        old = then
        baseline: Decided | None = None
        if self._baseline is not None:
            old = baseline = (
                self._baseline.ask(event, question) if failed is None else refused(failed)
            )
        drift = self._drift(
            record, place, then, new.without(aside), baseline and baseline.without(aside)
        )
        return Difference(
            place=place,
            row=self._row(
                record,
                old,
                new if baseline is not None else new.without(aside),
                drift=drift is not None,
            ),
            size=len(question),
            old_ns=None if old is None else old.nanoseconds,
            new_ns=new.nanoseconds,
            drift=drift,
            time=event.time,
        )

    def _row(self, record: Record, old: Decided | None, new: Decided, *, drift: bool) -> Row:
        event, verdict = record.event, record.verdict
        before: dict[str, str] = {} if old is None else old.findings
        owed_before = () if old is None else old.obligations
        kind = _kind(old, new)
        added = tuple(sorted(new.findings.keys() - before.keys()))
        removed = tuple(sorted(before.keys() - new.findings.keys()))
        both = sorted(before.keys() & new.findings.keys())
        told = "" if verdict is None else verdict.policy_revision
        return Row(
            decision_id=None if verdict is None else verdict.decision_id,
            event_id=event.id,
            step=event.step,
            phase=event.phase,
            vendor=_vendor(event),
            segment=_segment(event),
            country=_country(event),
            kind=kind,
            old_effect=None if old is None else old.effect,
            new_effect=new.effect,
            causes=() if old is None else _causes(kind, old, new),
            rules_added=added,
            rules_removed=removed,
            rules_changed=tuple(
                f"{rule} {before[rule]}>{new.findings[rule]}"
                for rule in both
                if before[rule] != new.findings[rule]
            ),
            rules_kept=tuple(rule for rule in both if before[rule] == new.findings[rule]),
            obligations_added=tuple(o for o in new.obligations if o not in owed_before),
            obligations_removed=tuple(o for o in owed_before if o not in new.obligations),
            recorded_revision=told,
            old_revision=told if self._baseline is None else self._baseline.revision,
            new_revision=self._new.revision,
            drift=drift,
        )

    def _drift(
        self,
        record: Record,
        place: str,
        then: Decided | None,
        new: Decided,
        baseline: Decided | None,
    ) -> Drift | None:
        """What the record's own policies decide otherwise now; all without what is set aside."""
        verdict = record.verdict
        if then is None or verdict is None:
            return None
        if verdict.policy_revision == self._new.revision:
            now = new
        elif self._baseline is not None and verdict.policy_revision == self._baseline.revision:
            now = baseline or new
        else:
            return None
        other = []
        if then.obligations != now.obligations:
            other.append("obligations")
        shared = then.findings.keys() & now.findings.keys()
        if any(then.findings[rule] != now.findings[rule] for rule in shared):
            other.append("effects")
        added = tuple(sorted(now.findings.keys() - then.findings.keys()))
        removed = tuple(sorted(then.findings.keys() - now.findings.keys()))
        if then.effect == now.effect and not (added or removed or other):
            return None
        return Drift(
            place=place,
            decision_id=verdict.decision_id,
            step=record.event.step,
            phase=record.event.phase,
            revision=verdict.policy_revision,
            recorded_effect=then.effect,
            effect=now.effect,
            rules_added=added,
            rules_removed=removed,
            other=tuple(other),
        )


def recorded(record: Record) -> Decided | None:
    """What the policies gave at the time; None when they gave no answer, or none is on record.

    What plugins found (`beyond`) is left aside. The time is that of the whole decision.
    """
    verdict = record.verdict
    # No revision, no answer: the engine was away, or the step was refused for another reason.
    if verdict is None or not verdict.policy_revision:
        return None
    return _of_policies(verdict, frozenset(record.beyond))


def _of_policies(verdict: Verdict, beyond: frozenset[str]) -> Decided:
    return decided(
        [(item.rule, item.effect) for item in verdict.findings if item.rule not in beyond],
        [
            obligation_text(item.rule, item.kind, item.notice, item.paths)
            for item in verdict.obligations
            if item.rule not in beyond
        ],
        round(verdict.duration_ms * 1_000_000),
    )


def _kind(old: Decided | None, new: Decided) -> Kind:
    if old is None:
        return "unanswered"
    if old.effect != new.effect:
        if old.effect == "allow":
            return "newly_stopped"
        if new.effect == "allow":
            return "newly_allowed"
        return "stricter" if new.effect == "deny" else "milder"
    if old.obligations != new.obligations:
        return "obligations"
    return "same" if old.findings == new.findings else "rules"


def _causes(kind: Kind, old: Decided, new: Decided) -> tuple[str, ...]:
    if kind in ("newly_stopped", "stricter"):
        found = _with(new, new.effect)
    elif kind in ("newly_allowed", "milder"):
        found = _with(old, old.effect)
    elif kind == "obligations":
        changed = set(old.obligations) ^ set(new.obligations)
        found = {text.partition(" ")[0] for text in changed}
    elif kind == "rules":
        found = {
            rule
            for rule in old.findings.keys() | new.findings.keys()
            if old.findings.get(rule) != new.findings.get(rule)
        }
    else:
        found = set()
    return tuple(sorted(found))


def _with(side: Decided, effect: str) -> set[str]:
    return {rule for rule, own in side.findings.items() if own == effect}


def _vendor(event: StepEvent) -> str:
    ai = event.facts.ai
    if ai is not None and ai.vendor is not None:
        return ai.vendor
    return event.source.split("/")[1]


def _segment(event: StepEvent) -> str:
    subject = event.facts.subject
    if subject is None:
        return "unknown/unknown"
    kind = f"{subject.type or 'unknown'}/{subject.relationship or 'unknown'}"
    return f"{kind}/minor" if subject.is_minor else kind


def _country(event: StepEvent) -> str:
    subject = event.facts.subject
    return "unknown" if subject is None or subject.country is None else subject.country
