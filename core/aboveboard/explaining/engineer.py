"""The engineer's explanation: what decided, on which facts, and how to see it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aboveboard.explaining.known import Known, said
from aboveboard.explaining.page import (
    Block,
    Cell,
    Code,
    Command,
    Page,
    Paragraph,
    Section,
    Table,
    Terms,
)
from aboveboard.explaining.shared import at_hand, laws, moment, outcome, plain_record
from aboveboard.explaining.stating import where
from aboveboard.explaining.values import recorded
from aboveboard.reasons import REASONS

if TYPE_CHECKING:
    from aboveboard.records.record import Record
    from aboveboard.verdicts import Finding, Verdict

__all__ = ["for_engineer"]

_FACTS = (
    "Facts are kinds, dates, counts and flags, never people's names, never texts; a token such as k1:9f86… stands for "
    "what may not be on record. They are of one person all the same, whose pseudonym stands in the "
    "event: pass them on with care."
)


def for_engineer(record: Record, verdict: Verdict, known: Known) -> Page:
    """What happened, in the terms of the code."""
    event = record.event
    step = f"{verdict.step} {verdict.phase}"
    lead = [Paragraph(outcome(verdict))]
    if note := at_hand(verdict, known):
        lead.append(Paragraph(note, "warning"))
    sections = [
        Section("Decision", (_decision(record, verdict),)),
        Section("Findings", tuple(_findings(record, verdict, known))),
    ]
    if verdict.obligations:
        sections.append(Section("Obligations", (_obligations(verdict),)))
    if event.parent_decision_id is not None:
        sections.append(Section("Within", tuple(_within(known))))
    sections.append(Section("See it again", tuple(_again(verdict, known))))
    return Page(
        audience="engineer",
        language="en",
        title=f"{step}: {verdict.effect}",
        lead=tuple(lead),
        sections=tuple(sections),
        record=plain_record(record),
    )


def _decision(record: Record, verdict: Verdict) -> Terms:
    event = record.event
    ai = event.facts.ai
    model = " ".join(filter(None, (ai.model, ai.model_version))) if ai else ""
    processing = event.facts.processing
    return Terms.of(
        ("Decision", Code(verdict.decision_id)),
        ("Event", Code(event.id)),
        ("Step", f"{verdict.step} ({verdict.phase})"),
        ("Effect", verdict.effect if verdict.enforced else f"{verdict.effect} (monitor mode)"),
        ("Time", moment(event.time)),
        ("Source", Code(event.source)),
        ("Subject", Code(event.subject) if event.subject else "nobody in particular"),
        ("Purpose", Code(processing.purpose) if processing and processing.purpose else None),
        ("Model", Code(model) if model else None),
        ("Engine", verdict.engine),
        ("Policies", Code(verdict.policy_revision) if verdict.policy_revision else "none answered"),
        ("Took", f"{verdict.duration_ms:g} ms"),
        ("Trace", Code(event.traceparent) if event.traceparent else None),
        ("Within", Code(event.parent_decision_id) if event.parent_decision_id else None),
    )


def _findings(record: Record, verdict: Verdict, known: Known) -> Iterator[Block]:
    if not verdict.findings:
        yield Paragraph("No rule found anything.")
        return
    facts = record.event.to_dict().get("data", {})
    for finding in verdict.findings:
        yield Section(
            finding.rule, tuple(_finding(finding, facts, record, verdict, known)), finding.effect
        )
    if any(finding.facts for finding in verdict.findings):
        yield Paragraph(_FACTS, "note")


def _finding(
    finding: Finding, facts: dict[str, Any], record: Record, verdict: Verdict, known: Known
) -> Iterator[Block]:
    words = said(finding, verdict, known)
    entry = known.bundle.catalogue.get(finding.rule)
    yield Paragraph(words.message or "It says nothing.")
    yield Terms.of(
        ("Law", laws(words.law, entry)),
        ("To pass", words.remedy),
        ("With", Code(_arguments(finding)) if finding.args else None),
        ("Comes from", _origin(finding, record, known)),
        ("Policy", Code(entry.file) if entry is not None and entry.file else None),
        ("If unknown", entry.unknown if entry is not None else None),
    )
    if finding.facts:
        yield Table(
            ("Fact", "On record", "State it in"),
            tuple(_fact(path, facts) for path in finding.facts),
        )


def _arguments(finding: Finding) -> str:
    import json

    return json.dumps(dict(finding.args), ensure_ascii=False)


def _fact(path: str, facts: dict[str, Any]) -> tuple[Cell, ...]:
    values = recorded(facts, path)
    value: Cell = Code("; ".join(values)) if values else "unknown"
    return Code(path), value, where(path)


def _origin(finding: Finding, record: Record, known: Known) -> str | None:
    if finding.rule in REASONS:
        return f"No policy: a reserved reason. {REASONS[finding.rule]}"
    if finding.rule in record.beyond:
        return "No policy: a plugin added it."
    if known.bundle.catalogue.get(finding.rule) is None:
        return "A rule that the policies at hand do not have."
    return None


def _obligations(verdict: Verdict) -> Table:
    return Table(
        ("Do", "Asked by", "What"),
        tuple(
            (
                item.kind,
                Code(item.rule),
                Code(", ".join(item.paths) or item.notice or "–"),
            )
            for item in verdict.obligations
        ),
    )


def _within(known: Known) -> Iterator[Block]:
    if known.parents:
        yield Table(
            ("Decision", "Step", "Effect", "Rules", "Time"),
            tuple(
                (
                    Code(parent.verdict.decision_id if parent.verdict else ""),
                    f"{parent.event.step} {parent.event.phase}",
                    parent.verdict.effect if parent.verdict else "",
                    ", ".join(parent.verdict.rules) if parent.verdict else "",
                    moment(parent.event.time),
                )
                for parent in known.parents
            ),
        )
    if known.parent_missing is not None:
        yield Paragraph(
            f"It happened within decision {known.parent_missing}, which the records at hand do not "
            "hold."
            if not known.parents
            else f"The outermost of these happened within decision {known.parent_missing}, which the "
            "records at hand do not hold."
        )


def _again(verdict: Verdict, known: Known) -> Iterator[Block]:
    target = shlex.quote(verdict.decision_id)
    records = ""
    if known.place:
        file, _, _ = known.place.rpartition(":")
        records = shlex.quote(file or known.place)
    wanted = f"{target} --records {records}" if records else target
    yield Paragraph("Ask the policies at hand about the recorded event:")
    yield Command(
        f"aboveboard explain {wanted} --format json | jq .record.event | aboveboard check -"
    )
    if records:
        yield Paragraph("See what changed policies would change, here and in all its file:")
        yield Command(f"aboveboard replay {records} --against POLICIES")
    if verdict.findings and verdict.findings[0].rule not in REASONS:
        yield Paragraph("Read the rule:")
        yield Command(f"aboveboard policies show {shlex.quote(verdict.findings[0].rule)}")
