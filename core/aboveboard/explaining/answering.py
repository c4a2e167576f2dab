"""Who answers for what a decision rests on, by the organisation's file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aboveboard.explaining.page import Block, Paragraph, Table

if TYPE_CHECKING:
    from aboveboard.organisation import Organisation
    from aboveboard.organisation.base import Entry
    from aboveboard.records.record import Record

__all__ = ["who_answers"]


def who_answers(record: Record, organisation: Organisation | None) -> Iterator[Block]:
    """Each statement that the decision rests on, with the role that answers and the day it was read."""
    if organisation is None:
        yield Paragraph(
            "Unknown: the settings name no organisation's file ('organisation', or --organisation)."
        )
        return
    rows = tuple(
        (what, name, entry.owner or organisation.owner or "unknown", _day(entry, organisation))
        for what, name, entry in _entries(record, organisation)
    )
    if not rows:
        yield Paragraph("The organisation's file has no entry that the event names.")
        return
    yield Table(("Statement", "Entry", "Answers", "Last checked"), rows)
    yield Paragraph(
        f"As {organisation.name} states it today, which may not be what it stated then.", "note"
    )


def _day(entry: Entry, organisation: Organisation) -> str:
    day = entry.dated or organisation.dated
    return day.isoformat() if day else "unknown"


def _entries(record: Record, org: Organisation) -> Iterator[tuple[str, str, Entry]]:
    facts = record.event.facts
    named = facts.processing.purpose if facts.processing else None
    purpose = org.purposes.get(named or "")
    if purpose is not None and named is not None:
        yield "Purpose", named, purpose
        if purpose.notice in (org.notices or {}):
            yield "Notice", purpose.notice or "", (org.notices or {})[purpose.notice or ""]
        assessments = org.assessments
        for what, kept, reference in (
            ("Balancing test", assessments and assessments.lia, purpose.lia),
            ("Impact assessment", assessments and assessments.dpia, purpose.dpia),
            ("Further use", assessments and assessments.compatibility, purpose.compatibility),
        ):
            found: Entry | None = (kept or {}).get(reference or "")
            if found is not None:
                yield what, reference or "", found
    model = facts.ai.model if facts.ai else None
    system = (org.models or {}).get(model or "")
    if system is not None and model is not None:
        yield "Model", model, system
    recipient = facts.transfer.recipient if facts.transfer else None
    for name in dict.fromkeys((recipient, system.processor if system else None)):
        processor = (org.processors or {}).get(name or "")
        if processor is not None and name is not None:
            yield "Processor", name, processor
    for what, entry in (
        ("Human review", org.human_review),
        ("Approval of policies", org.policies),
        ("Log of decisions", org.audit),
        ("Security", org.security),
    ):
        if entry is not None:
            yield what, "", entry
