"""Tell the person: what a `disclose` obligation demands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from aboveboard.events import StepEvent
from aboveboard.organisation import Organisation

__all__ = ["Disclosure", "DisclosureHandler", "disclosed_facts", "disclosure", "spoken"]

_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ai_disclosure": {
            "en": "You are talking to an AI assistant.",
            "fi": "Keskustelet tekoälyavustajan kanssa.",
            "nl": "U spreekt met een AI-assistent.",
            "sv": "Du talar med en AI-assistent.",
            "de": "Sie sprechen mit einem KI-Assistenten.",
        },
        "alternatives": {
            "en": "There are other suitable products; ask for a comparison with prices.",
            "fi": "Muitakin sopivia tuotteita on; pyydä vertailu hintoineen.",
            "nl": "Er zijn andere geschikte producten; vraag om een vergelijking met prijzen.",
            "sv": "Det finns andra lämpliga produkter; be om en jämförelse med priser.",
            "de": "Es gibt andere passende Produkte; fragen Sie nach einem Vergleich mit Preisen.",
        },
        "feedback": {
            "en": "You can give feedback on this message or challenge it; ask us how.",
            "fi": "Voit antaa palautetta tästä viestistä tai riitauttaa sen; kysy meiltä miten.",
            "nl": "U kunt op dit bericht reageren of het aanvechten; vraag ons hoe.",
            "sv": "Du kan ge synpunkter på detta meddelande eller bestrida det; fråga oss hur.",
            "de": "Sie können diese Nachricht bewerten oder anfechten; fragen Sie uns, wie.",
        },
        "language": {
            "en": "If this is not in your language, ask us for it in your language.",
            "fi": "Jos tämä ei ole omalla kielelläsi, pyydä se meiltä omalla kielelläsi.",
            "nl": "Is dit niet in uw taal? Vraag ons erom in uw taal.",
            "sv": "Om detta inte är på ditt språk, be oss om det på ditt språk.",
            "de": "Ist dies nicht in Ihrer Sprache, fragen Sie uns danach in Ihrer Sprache.",
        },
    }
)
"""Texts for notices that the organisation has not worded. Machine-made but for English."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What has to be shown to the person before the step goes on.

    Attributes:
        notice: which notice, such as `ai_disclosure`.
        text: its words: the organisation's own, or ours where it has none.
        language: of the text, BCP 47.
        rule: the rule that asks for it.
        event: the event that it belongs to.
    """

    notice: str
    text: str
    language: str
    rule: str
    event: StepEvent


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
    for texts in ((entry.texts if entry else None) or {}, _TEXTS.get(notice, {})):
        for language in (wanted, wanted.split("-")[0]):
            if language in texts:
                return Disclosure(notice, texts[language], language, rule, event)
    for texts in ((entry.texts if entry else None) or {}, _TEXTS.get(notice, {})):
        if "en" in texts:
            return Disclosure(notice, texts["en"], "en", rule, event)
    return None


def spoken(event: StepEvent) -> str | None:
    """The language of the talk, or else of the person; None when neither is known."""
    talk, subject = getattr(event.facts, "conversation", None), event.facts.subject
    return (talk.language if talk else None) or (subject.language if subject else None)


def disclosed_facts(done: Disclosure) -> dict[str, Any]:
    """What is known once a notice was shown, for the event after the step."""
    if done.notice == "ai_disclosure":
        return {"disclosure_shown_at": done.event.time, "disclosure_language": done.language}
    return {}
