"""The auditor's explanation: on what ground, by which rules, who answers, and what can be shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aboveboard.explaining.answering import who_answers
from aboveboard.explaining.evidence import evidence
from aboveboard.explaining.known import Known, said
from aboveboard.explaining.page import (
    Block,
    Cell,
    Cells,
    Code,
    Page,
    Paragraph,
    Section,
    Table,
    Terms,
)
from aboveboard.explaining.shared import at_hand, day, laws, moment, outcome, plain_record, readable
from aboveboard.explaining.stating import where
from aboveboard.explaining.values import recorded

if TYPE_CHECKING:
    from aboveboard.policy.catalogue import RuleEntry
    from aboveboard.records.record import Record
    from aboveboard.verdicts import Verdict

__all__ = ["for_auditor"]

# What an auditor asks of every decision on personal data.
_WANTED = (
    "processing.purpose",
    "processing.legal_basis",
    "processing.allowed_categories",
    "processing.ropa_ref",
    "fields[].categories",
    "notice.id",
    "notice.delivered_at",
    "policy.approved_by",
    "audit.log_enabled",
)
_WANTED_OF_DECISIONS = (
    "decision.effect",
    "decision.automation",
    "human_review.available",
    "explanation.factors",
)


def for_auditor(record: Record, verdict: Verdict, known: Known) -> Page:
    """What an audit asks, and what the record answers."""
    facts = record.event.to_dict().get("data", {})
    lead = [Paragraph(outcome(verdict))]
    if note := at_hand(verdict, known):
        lead.append(Paragraph(note, "warning"))
    return Page(
        audience="auditor",
        language="en",
        title=f"Decision of {moment(record.event.time)}: {verdict.effect}",
        lead=tuple(lead),
        sections=(
            Section("What was decided", (_decided(record, verdict),)),
            Section("On what ground", (_ground(facts, known),)),
            Section("Who receives data", (_receives(facts),)),
            Section("What was found", tuple(_found(verdict, known))),
            Section("Which rules were asked", tuple(_asked(record, verdict, known))),
            Section("By which policies", (_policies(facts, verdict, known),)),
            Section("Who answers for it", tuple(who_answers(record, known.organisation))),
            Section("Human oversight", tuple(_oversight(facts))),
            Section("What can be shown", (evidence(record, known),)),
            Section("What is unknown", tuple(_unknown(facts, verdict))),
        ),
        record=plain_record(record),
    )


def _decided(record: Record, verdict: Verdict) -> Terms:
    event = record.event
    ai = event.facts.ai
    system = " ".join(filter(None, (ai.vendor, ai.model, ai.model_version))) if ai else ""
    mode = "enforced" if verdict.enforced else "monitored only: the step went on as it was"
    return Terms.of(
        ("Decision", Code(verdict.decision_id)),
        ("When", moment(event.time)),
        ("Step", f"{verdict.step.replace('_', ' ')}, {verdict.phase}"),
        ("Effect", f"{verdict.effect} ({mode})"),
        ("Done about it", tuple(_duty(item.kind, item.rule) for item in verdict.obligations)),
        ("About", Code(event.subject) if event.subject else "nobody in particular"),
        ("Asked by", Code(event.source)),
        ("AI system", system),
        ("Engine", verdict.engine),
    )


def _duty(kind: str, rule: str) -> str:
    return f"{kind} (asked by {rule})"


def _ground(facts: dict[str, Any], known: Known) -> Terms:
    processing = facts.get("processing", {})
    purpose = processing.get("purpose")
    register = known.organisation.purposes if known.organisation else {}
    title = f": {register[purpose].title}" if purpose in register else ""
    used = [item for field in facts.get("fields") or () for item in field.get("categories") or ()]
    days = processing.get("retention_days")
    notice = facts.get("notice", {})
    told = " ".join(filter(None, (notice.get("id"), notice.get("version"))))
    delivered = day(notice.get("delivered_at"))
    return Terms.of(
        ("Purpose", f"{purpose}{title}" if purpose else "unknown"),
        ("That is", _terms(processing.get("purposes"))),
        ("Legal basis", _terms([processing.get("legal_basis")]) or "unknown"),
        ("Special categories", _terms([processing.get("art9_condition")])),
        ("Offences", readable(processing.get("art10_authorisation"))),
        ("Operations", _terms(processing.get("operations"))),
        ("Data used", _terms(dict.fromkeys(used)) or "unknown"),
        ("Data allowed", _terms(processing.get("allowed_categories")) or "unknown"),
        ("Kept", f"{days:,} days" if days is not None else "unknown"),
        ("Notice", f"{told}, given {delivered or 'when is unknown'}" if told else "unknown"),
        ("Record of processing", processing.get("ropa_ref") or "unknown"),
    )


def _terms(ids: Any) -> tuple[str, ...]:
    """DPV ids with their labels."""
    from aboveboard.vocab import is_known, term

    return tuple(
        f"{term(item).label} ({item})" if is_known(item) else item for item in ids or () if item
    )


def _receives(facts: dict[str, Any]) -> Block:
    transfer, recipient, ai = (facts.get(name, {}) for name in ("transfer", "recipient", "ai"))
    if transfer.get("leaves_organisation") is False:
        return Paragraph("Nobody outside the organisation.")
    rows = Terms.of(
        ("Recipient", transfer.get("recipient") or recipient.get("id")),
        ("Role", recipient.get("role")),
        ("Contract", recipient.get("dpa_ref")),
        ("Country", transfer.get("recipient_country")),
        ("Ground of transfer", transfer.get("mechanism")),
        ("Transfer assessed", day(transfer.get("tia_done_at"))),
        ("AI vendor", ai.get("vendor")),
        ("AI runs in", ai.get("inference_region")),
        ("AI host", ai.get("base_url_host")),
        ("Vendor keeps", _days(ai.get("retention_days"))),
        ("Vendor trains on it", _yes(ai.get("trains_on_data"))),
    )
    if rows.rows:
        return rows
    own = " The model is the organisation's own." if ai.get("own") else ""
    return Paragraph(f"Unknown: the record states no recipient and no transfer.{own}")


def _days(value: int | None) -> str | None:
    return None if value is None else f"{value:,} days"


def _yes(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"


def _found(verdict: Verdict, known: Known) -> Iterator[Block]:
    if not verdict.findings:
        yield Paragraph("No rule found anything.")
    for finding in verdict.findings:
        words = said(finding, verdict, known)
        entry = known.bundle.catalogue.get(finding.rule)
        yield Section(
            finding.rule,
            (
                Paragraph(words.message or "It says nothing."),
                Terms.of(
                    ("Law", laws(words.law, entry)),
                    ("To pass", words.remedy),
                    ("Rests on", tuple(Code(path) for path in finding.facts)),
                ),
            ),
            finding.effect,
        )


def _asked(record: Record, verdict: Verdict, known: Known) -> Iterator[Block]:
    asked = [
        entry
        for entry in known.bundle.catalogue
        if verdict.step in entry.steps and verdict.phase in entry.phases
    ]
    effects: dict[str, list[str]] = {}
    for finding in verdict.findings:
        found = effects.setdefault(finding.rule, [])
        if finding.effect not in found:
            found.append(finding.effect)
    spoke = sum(entry.rule in effects for entry in asked)
    answered = bool(verdict.policy_revision)
    lead = (
        f"{len(asked)} rules apply to this step and phase: {spoke} found something, "
        f"{len(asked) - spoke} found nothing."
        if answered
        else f"{len(asked)} rules apply to this step and phase. None of them gave an answer."
    )
    if answered and not known.same_policies(verdict):
        lead += " That is by the policies at hand; those that decided may have had other rules."
    yield Paragraph(lead)
    known_ids = {entry.rule for entry in asked}
    rows: list[tuple[Cells, ...]] = [
        (Code(rule), ", ".join(found), _beyond(rule, record, known), "", "")
        for rule, found in effects.items()
        if rule not in known_ids
    ]
    quiet = "nothing" if answered else "no answer"
    ranked = sorted(asked, key=lambda entry: entry.rule not in effects)
    rows += [_row(entry, ", ".join(effects.get(entry.rule, ())) or quiet) for entry in ranked]
    yield Table(("Rule", "Found", "Demands", "Law", "Binds from"), tuple(rows))


def _row(entry: RuleEntry, found: str) -> tuple[Cells, ...]:
    return (
        Code(entry.rule),
        found,
        entry.title,
        laws(entry.law, entry),
        entry.applies_from or "",
    )


def _beyond(rule: str, record: Record, known: Known) -> str:
    from aboveboard.reasons import REASONS

    if rule in REASONS:
        return REASONS[rule]
    if rule in record.beyond:
        return "Added by a plugin, not by a policy."
    if known.bundle.catalogue.get(rule) is not None:
        return "By the policies at hand it does not apply to this step and phase."
    return "The policies at hand do not have it."


def _policies(facts: dict[str, Any], verdict: Verdict, known: Known) -> Terms:
    approval = facts.get("policy", {})
    approved = approval.get("approved_revision")
    by = approval.get("approved_by")
    stated = known.organisation.policies if known.organisation else None
    if stated is not None:
        approved = approved or stated.approved_revision
        by = by and (stated.approved_by or by)
    revision = verdict.policy_revision
    match: Cell = "unknown: nobody stated which revision was approved"
    if approved:
        match = "yes" if approved == revision else f"no: {approved} was approved"
    same = "yes" if known.same_policies(verdict) else f"no: {known.bundle.revision} is at hand"
    return Terms.of(
        ("Decided by", Code(revision) if revision else "none"),
        ("At hand", same if revision else None),
        ("Approved by", readable(by) or "unknown"),
        ("Approved", day(approval.get("approved_at")) or "unknown"),
        ("This very revision", match if revision else None),
        ("Review due", day(approval.get("review_due_at")) or "unknown"),
    )


def _oversight(facts: dict[str, Any]) -> Iterator[Block]:
    decision, review, human = (
        facts.get(name, {}) for name in ("decision", "human_review", "human")
    )
    spent, overturned = review.get("time_spent_s"), review.get("overturn_rate_90d_bp")
    rows = Terms.of(
        ("Effect on the person", decision.get("effect")),
        ("Automation", _terms([decision.get("automation")])),
        ("Exception of Art. 22(2)", decision.get("art22_exception")),
        ("A human can review it", _yes(review.get("available"))),
        ("The reviewer may change it", _yes(review.get("authority_to_change"))),
        ("Reviewed by", readable(review.get("reviewer_id"))),
        ("The review took", None if spent is None else f"{spent:,} s"),
        (
            "Reviews that changed a result",
            None if overturned is None else f"{overturned / 100:g} %",
        ),
        ("A human was there", _yes(human.get("available"))),
        ("Contest at", readable(decision.get("contest_channel"))),
        ("Main factors", tuple(_factors(facts))),
    )
    if rows.rows:
        yield rows
    else:
        yield Paragraph("The record states nothing of it.")


def _factors(facts: dict[str, Any]) -> Iterator[str]:
    for factor in facts.get("explanation", {}).get("factors") or ():
        weight = factor.get("weight_bp")
        share = "" if weight is None else f", {weight / 100:g} %"
        yield f"{factor.get('name')}: {factor.get('direction') or 'direction unknown'}{share}"


def _unknown(facts: dict[str, Any], verdict: Verdict) -> Iterator[Block]:
    wanted = [*_WANTED, *(_WANTED_OF_DECISIONS if verdict.step == "decision" else ())]
    of_findings = (path for finding in verdict.findings for path in finding.facts)
    unknown = [path for path in dict.fromkeys((*wanted, *of_findings)) if not recorded(facts, path)]
    if not unknown:
        yield Paragraph("Nothing that an audit asks first, and nothing that a finding rests on.")
        return
    yield Table(("Fact", "State it in"), tuple((Code(path), where(path)) for path in unknown))
