"""The explanation for the person concerned: in everyday words, with whom to turn to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aboveboard.errors import RecordError
from aboveboard.explaining.contacts import contacts
from aboveboard.explaining.factors import factors
from aboveboard.explaining.known import Known
from aboveboard.explaining.page import Block, Items, Lack, Page, Paragraph, Section, Terms
from aboveboard.explaining.reasons import reasons
from aboveboard.explaining.words import LANGUAGES, Words, known_language, words
from aboveboard.reasons import UNANSWERED

if TYPE_CHECKING:
    from aboveboard.records.record import Record
    from aboveboard.verdicts import Verdict

__all__ = ["for_person", "language_of"]

_ALONE = ("dpv:Autonomous", "dpv:FullAutomation")
_DUTIES = ("redact", "disclose", "mark", "notify", "erase")


def language_of(record: Record) -> str | None:
    """The language that the person is recorded to use, as a BCP 47 tag."""
    facts = record.event.facts
    message = getattr(facts, "message", None)
    return (facts.subject and facts.subject.language) or (message and message.language) or None


def for_person(record: Record, verdict: Verdict, known: Known) -> Page:
    """The page for the person; see `making.explain`.

    Raises:
        RecordError: there are no words in `known.language`.
    """
    language = known_language(known.language)
    if language is None:
        msg = f"There are no words in '{known.language}' for a person; there are {_names()}."
        raise RecordError(msg)
    speak = words(language)
    day = speak.day(record.event.time.astimezone(known.zone).date())
    lacks: list[Lack] = []
    weighed = tuple(factors(record, verdict, known, speak, lacks))
    sections = [
        Section(speak.say("what"), tuple(_what(record, verdict, speak))),
        Section(speak.say("why"), _why(verdict, known, speak)),
        *([Section(speak.say("factors"), weighed)] if weighed else ()),
        Section(speak.say("human"), _human(record, verdict, known, speak)),
        Section(speak.say("rights"), (*_rights(record, known, speak, lacks, day),)),
    ]
    return Page(
        audience="person",
        language=language,
        title=speak.say(f"title.{verdict.step}"),
        lead=tuple(_lead(known, speak, day, finished=not lacks)),
        sections=tuple(sections),
        lacks=tuple(lacks),
    )


def _names() -> str:
    return ", ".join(LANGUAGES)


def _lead(known: Known, speak: Words, day: str, *, finished: bool) -> Iterator[Paragraph]:
    if known.organisation is not None:
        text = speak.say("lead", date=day, organisation=known.organisation.name)
    else:
        text = speak.say("lead.nobody", date=day)
    yield Paragraph(text)
    if not speak.reviewed:
        yield Paragraph(speak.say("machine"), "note")
    if not finished:
        yield Paragraph(speak.say("unfinished"), "warning")


def _what(record: Record, verdict: Verdict, speak: Words) -> Iterator[Block]:
    text = speak.say(f"what.{verdict.step}")
    processing = record.event.facts.processing
    purposes = [speak.purpose(term) for term in (processing and processing.purposes) or ()]
    if any(purposes):
        text += " " + speak.say("what.purpose", purposes=speak.listed(filter(None, purposes)))
    yield Paragraph(text)
    if verdict.effect == "allow" and any(found.rule in UNANSWERED for found in verdict.findings):
        yield Paragraph(speak.say("outcome.unchecked"))
    elif verdict.enforced or verdict.effect == "allow":
        yield Paragraph(speak.say(f"outcome.{verdict.effect}.{verdict.phase}"))
    else:
        yield Paragraph(speak.say("outcome.watched"))
    # What a stopped step would have had to do was not done.
    if verdict.enforced and verdict.effect == "allow":
        kinds = {item.kind for item in verdict.obligations}
        for kind in _DUTIES:
            if kind in kinds:
                yield Paragraph(speak.say(f"duty.{kind}"))


def _why(verdict: Verdict, known: Known, speak: Words) -> tuple[Block, ...]:
    told, notes = reasons(verdict, known, speak)
    blocks: tuple[Block, ...] = tuple(Paragraph(text, "note") for text in notes)
    if len(told) == 1:
        return (*blocks, Paragraph(told[0]))
    return (*blocks, Items(told))


def _human(record: Record, verdict: Verdict, known: Known, speak: Words) -> tuple[Block, ...]:
    facts = record.event.facts
    review = getattr(facts, "human_review", None)
    said = list(_who(record, verdict))
    of_profile = known.organisation.human_review if known.organisation else None
    available = _first("available", review, of_profile)
    if available:
        said.append("human.review")
        if _first("authority_to_change", review, of_profile):
            said.append("human.change")
    elif available is False:
        said.append("human.no_review")
    return (Paragraph(" ".join(map(speak.say, said))),)


def _who(record: Record, verdict: Verdict) -> Iterator[str]:
    """Who made the result, and who stopped it."""
    facts = record.event.facts
    decision, review = (getattr(facts, name, None) for name in ("decision", "human_review"))
    automation = decision.automation if decision else None
    made = verdict.phase == "completed" or not verdict.stops
    # Who may review is not who did: a review that took time shows that.
    looked = bool(review and review.reviewer_id and review.time_spent_s)
    if made and (automation == "dpv:NotAutomated" or looked):
        yield "human.person"
    elif made and automation in _ALONE:
        yield "human.alone"
    elif made and automation is not None:
        yield "human.part"
    elif not verdict.stops:
        yield "human.unknown"
    if verdict.stops:
        yield "human.waits" if verdict.effect == "escalate" else "human.checked"


def _first(name: str, *sources: object) -> bool | None:
    found = (getattr(source, name) for source in sources if source is not None)
    return next((value for value in found if value is not None), None)


def _rights(
    record: Record, known: Known, speak: Words, lacks: list[Lack], day: str
) -> Iterator[Block]:
    yield Terms(tuple(contacts(record, known, speak, lacks)))
    yield Paragraph(speak.say("rights.authority_any"))
    yield Paragraph(speak.say("rights.day", date=day))
