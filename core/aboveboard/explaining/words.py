"""What the person's page says, by language: one file a language beside this module.

A file's `texts` are sentences with placeholders in braces; `purposes` and `categories` say in
everyday words what terms of the Data Privacy Vocabulary mean. A term without words of its own takes
those of the next broader one that has some. What nobody has reviewed says that a machine wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

__all__ = ["LANGUAGES", "Words", "known_language", "words"]

LANGUAGES = ("de", "en", "fi", "nl", "sv")
_TOP = "dpv:PersonalData"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language.

    Attributes:
        language: BCP 47.
        machine: what marks a text that a machine translated, in that language.
        reviewed: somebody who speaks the language has read the texts.
        months: names as they stand in a date.
        texts, purposes, categories: see the module.
    """

    language: str
    machine: str
    reviewed: bool
    months: tuple[str, ...]
    texts: Mapping[str, str]
    purposes: Mapping[str, str]
    categories: Mapping[str, str]

    def say(self, key: str, **values: str) -> str:
        """A text with its placeholders filled."""
        text = self.texts[key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def day(self, day: date) -> str:
        """A date in words."""
        month = self.months[day.month - 1]
        return self.say("date", day=str(day.day), month=month, year=str(day.year))

    def percent(self, basis_points: int) -> str:
        """A share, in whole percent."""
        return self.say("percent", number=str(round(basis_points / 100)))

    def listed(self, items: Iterable[str]) -> str:
        """`a, b and c`, each once."""
        found = tuple(dict.fromkeys(items))
        if len(found) < 2:
            return "".join(found)
        return ", ".join(found[:-1]) + self.texts["and"] + found[-1]

    def purpose(self, term: str) -> str:
        """Everyday words for a DPV purpose; '' when it and all broader ones have none."""
        return _nearest(term, self.purposes)

    def category(self, term: str) -> str:
        """Everyday words for a DPV category of data."""
        return _nearest(term, self.categories) or self.categories[_TOP]

    def unmarked(self, text: str) -> str:
        """A sentence without its mark of translation, where the page bears one for all of it."""
        return text.removesuffix(f" ({self.machine})") if self.machine else text


def known_language(tag: str | None) -> str | None:
    """The language of a tag such as `fi-FI`, if there are words in it."""
    primary = (tag or "").lower().partition("-")[0]
    return primary if primary in LANGUAGES else None


@cache
def words(language: str) -> Words:
    """The words of one of `LANGUAGES`."""
    path = files("aboveboard.explaining").joinpath("languages", f"{language}.json")
    raw = json.loads(path.read_text("utf-8"))
    return Words(
        language=raw["language"],
        machine=raw["machine"],
        reviewed=raw["reviewed_by"] is not None,
        months=tuple(raw["months"]),
        texts=raw["texts"],
        purposes=raw["purposes"],
        categories=raw["categories"],
    )


def _nearest(term: str, said: Mapping[str, str]) -> str:
    """Words of a term, or of the nearest broader one; "personal data" fits all and comes last."""
    from aboveboard.vocab import is_known
    from aboveboard.vocab import term as marker

    level = [term]
    while level:
        for found in level:
            if found in said and found != _TOP:
                return said[found]
        level = [up.id for here in level if is_known(here) for up in marker(here).broader]
    return ""
