"""The built-in detector: lexicons and patterns, offline."""

from __future__ import annotations

from functools import cache

from aboveboard.detecting.detection import Detection
from aboveboard.detecting.lexicon_files import LANGUAGES, lexicon, pressure
from aboveboard.detecting.matching import Matcher
from aboveboard.detecting.normal import normal
from aboveboard.detecting.numbers import numbers

__all__ = ["LANGUAGES", "detect"]


def detect(text: str, language: str | None = None) -> tuple[Detection, ...]:
    """What a text tells of people, how a talk goes, and whether it presses.

    Args:
        text: any text. It is read and forgotten.
        language: its language, BCP 47, when known: its lexicon alone is asked. Otherwise, and for a
            language that has no lexicon, all are. Patterns of numbers are the same for all.

    Returns:
        Detections in order of place, with offsets into the text as given.
    """
    tag = None if language is None else language.partition("-")[0].lower()
    read = normal(text)
    found = numbers(read) + _matcher(tag if tag in LANGUAGES else None).find(read)
    return tuple(sorted(set(found)))


@cache
def _matcher(language: str | None) -> Matcher:
    asked = LANGUAGES if language is None else (language,)
    matcher = Matcher()
    firms: set[str] = set()
    words: set[str] = set()
    for each in asked:
        known = lexicon(each)
        firms.update(known["firms"])
        words.update(known["numbers"])
        matcher.about_people(known["people"])
        for category, phrases in known["categories"].items():
            matcher.add(category, phrases["strong"])
            matcher.add(category, phrases.get("weak", ()), weak=True)
            matcher.add(category, phrases.get("not", ()), cancels=True)
        for signal, pressing in pressure(each).items():
            matcher.add(signal, pressing["strong"])
            matcher.add(signal, pressing.get("not", ()), cancels=True)
    matcher.firms = frozenset(firms)
    matcher.words.numbers = frozenset(words)
    return matcher
