"""Tell the person: what a `disclose` obligation demands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aboveboard.events import StepEvent
from aboveboard.organisation import Organisation
from aboveboard.steps.notices import TEXTS

__all__ = ["Disclosure", "DisclosureHandler", "disclosed_facts", "disclosure", "spoken"]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What has to be shown to the person before the step goes on.

    Attributes:
        notice: which notice, such as `ai_disclosure`.
        text: its words: the organisation's own, or ours where it has none.
        language: of the text, BCP 47.
        rule: the rule that asks for it.
        event: the event that it belongs to.
        own: the words are the organisation's own.
    """

    notice: str
    text: str
    language: str
    rule: str
    event: StepEvent
    own: bool = False


DisclosureHandler = Callable[[Disclosure], Any]
"""Shows the text to the person. It raises when it could not: the step is then denied."""


def disclosure(
    notice: str, rule: str, event: StepEvent, organisation: Organisation, fallback: str
) -> Disclosure | None:
    """Word a notice in the person's language; None when nobody has its text.

    Args:
        notice: id of the notice.
        rule: the rule that asks for it.
        event: the event; `conversation.language` or `subject.language` says the language.
        organisation: its notices' texts come first.
        fallback: language to use when the person's is unknown.
    """
    wanted = spoken(event) or fallback
    entry = (organisation.notices or {}).get(notice)
    known = (((entry.texts if entry else None) or {}, True), (TEXTS.get(notice, {}), False))
    for texts, own in known:
        for language in (wanted, wanted.split("-")[0]):
            if language in texts:
                return Disclosure(notice, texts[language], language, rule, event, own)
    for texts, own in known:
        if "en" in texts:
            return Disclosure(notice, texts["en"], "en", rule, event, own)
    return None


def spoken(event: StepEvent) -> str | None:
    """The language of the talk, or else of the person; None when neither is known."""
    talk, subject = getattr(event.facts, "conversation", None), event.facts.subject
    return (talk.language if talk else None) or (subject.language if subject else None)


def disclosed_facts(done: Disclosure) -> dict[str, dict[str, Any]]:
    """What is known once a notice was shown, by group, for the events that follow in the call.

    Of notices that only the organisation can word, nothing, where the words were ours.
    """
    now = done.event.time
    if done.notice == "ai_disclosure":
        return {"ai": {"disclosure_shown_at": now, "disclosure_language": done.language}}
    if done.notice == "emotion_recognition":
        return {"ai": {"emotion_notice_at": now}}
    if done.notice in _FLAGS:
        group, name = _FLAGS[done.notice]
        return {group: {name: True}}
    if not done.own:
        return {}
    if done.notice == "automated_decision":
        return {"admt": {"pre_use_notice_at": now}}
    if done.notice == "data_from_others":
        return {"notice": {"art14_delivered_at": now}}
    notice = done.event.facts.notice
    if notice is None or notice.id != done.notice:
        return {}
    given = {"delivered_at": notice.delivered_at, "art14_delivered_at": notice.art14_delivered_at}
    return {"notice": {name: now for name, before in given.items() if before is None}}


_FLAGS = {
    "deepfake": ("ai", "deepfake_labelled"),
    "feedback": ("feedback", "channel_present"),
    "personalised_price": ("recommendation", "personalised_price_disclosed"),
}
