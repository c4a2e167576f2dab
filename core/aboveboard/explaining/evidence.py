"""What of a decision can be shown later: hashes, logs, traces."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from aboveboard.explaining.page import Code, Terms

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.explaining.known import Known
    from aboveboard.records.record import Record

__all__ = ["evidence", "inputs_hashes"]


def inputs_hashes(event: StepEvent) -> tuple[str, ...]:
    """What `audit.inputs_hash` of an event would be, computed again from its facts.

    It was taken of the question before it stood in it: with an empty group `audit`, or without one.
    """
    audit = event.facts.audit
    if audit is None or audit.inputs_hash is None:
        return ()
    without = audit.model_copy(update={"inputs_hash": None})
    left = [without] if without.model_dump(exclude_none=True) else [None, without]
    return tuple(f"sha256:{sha256(_question(event, group).encode()).hexdigest()}" for group in left)


def _question(event: StepEvent, audit: object) -> str:
    facts = event.facts.model_copy(update={"audit": audit})
    return replace(event, facts=facts).engine_input()


def evidence(record: Record, known: Known) -> Terms:
    """What is there to show, and whether it fits the record."""
    event = record.event
    audit = event.facts.audit
    stated = audit.inputs_hash if audit else None
    logged = audit.log_enabled if audit else None
    days = audit.retention_days if audit else None
    return Terms.of(
        ("Record", known.place or "read from standard input"),
        ("Hash of the inputs", Code(stated) if stated else "none on record"),
        ("Computed again", _computed(event, stated)),
        ("Decisions are logged", "unknown" if logged is None else "yes" if logged else "no"),
        ("Log is kept", None if days is None else f"{days:,} days"),
        ("Trace", Code(event.traceparent) if event.traceparent else None),
        ("Within decision", Code(event.parent_decision_id) if event.parent_decision_id else None),
    )


def _computed(event: StepEvent, stated: str | None) -> str | None:
    if stated is None:
        return None
    if stated in inputs_hashes(event):
        return "the same: the facts on record are those that were decided on"
    return (
        "another: it was stated by whoever made the event, or the record was minimised or changed"
    )
