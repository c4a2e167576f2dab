"""What of a decision can be shown later: hashes, logs, traces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from aboveboard.explaining.page import Code, Terms
from aboveboard.explaining.values import found_at
from aboveboard.records.minimising import TOKENS

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.explaining.known import Known
    from aboveboard.organisation import Organisation
    from aboveboard.records.record import Record

__all__ = ["evidence", "inputs_hashes", "restored", "tokens_in"]

# As pseudonyms are.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}:[0-9a-f]{16,128}")


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
        ("Computed again", _computed(event, stated, known) if stated else None),
        ("Decisions are logged", "unknown" if logged is None else "yes" if logged else "no"),
        ("Log is kept", None if days is None else f"{days:,} days"),
        ("Trace", Code(event.traceparent) if event.traceparent else None),
        ("Within decision", Code(event.parent_decision_id) if event.parent_decision_id else None),
    )


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


def tokens_in(event: StepEvent) -> tuple[str, ...]:
    """Dotted paths of the facts that stand on record as tokens."""
    facts = event.facts.model_dump(mode="json", exclude_none=True)
    return tuple(
        path
        for path in TOKENS
        if any(
            isinstance(value, str) and _TOKEN.fullmatch(value)
            for found in found_at(facts, path)
            for value in (found if isinstance(found, list) else [found])
        )
    )


def restored(event: StepEvent, organisation: Organisation) -> StepEvent:
    """The event with what the organisation states in place of tokens, as far as it is its to state."""
    facts: Any = event.facts
    stated = dict(_stated(event, organisation))
    for path in tokens_in(event):
        value = stated.get(path)
        if value is not None:
            name, _, leaf = path.partition(".")
            group = getattr(facts, name).model_copy(update={leaf: value})
            facts = facts.model_copy(update={name: group})
    return replace(event, facts=facts)


def _stated(event: StepEvent, organisation: Organisation) -> Iterator[tuple[str, str | None]]:
    from aboveboard.organisation.hours import in_words

    contact, hours = organisation.contact, organisation.opening_hours
    if contact is not None:
        yield "decision.contest_channel", contact.contest_channel
        yield "objections.channel", contact.objection_channel
    if hours is not None:
        yield "human.opening_hours", in_words(hours)
    if organisation.policies is not None:
        yield "policy.approved_by", organisation.policies.approved_by
    processing = event.facts.processing
    purpose = organisation.purposes.get((processing and processing.purpose) or "")
    if purpose is not None:
        for name in ("art10_authorisation", "national_id_ground", "credit_permission_ref"):
            yield f"processing.{name}", getattr(purpose, name)


def _question(event: StepEvent, audit: object) -> str:
    facts = event.facts.model_copy(update={"audit": audit})
    return replace(event, facts=facts).engine_input()


def _computed(event: StepEvent, stated: str, known: Known) -> str:
    if stated in inputs_hashes(event):
        return "the same: the facts on record are those that were decided on"
    tokens = tokens_in(event)
    if known.organisation is not None and stated in inputs_hashes(
        restored(event, known.organisation)
    ):
        return (
            "the same, with what the organisation states in place of the tokens on record: the facts "
            "are those that were decided on"
        )
    if tokens:
        return (
            f"not possible: {', '.join(tokens)} went in as they were and stand on record as tokens"
        )
    return "another: whoever made the event stated it, or the record was changed"
