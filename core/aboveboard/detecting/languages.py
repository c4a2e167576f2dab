"""Which language a text is in, by the small words that every sentence has; None where they do not say.

For five languages, and only where it is plain: a wrong guess would have somebody told that a message
is not in their language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["language_of"]

_WORD = re.compile(r"[^\W\d_]+")
_READ = 4000
"""Characters that are looked at: the beginning of a text says it."""
_LEAST = 2
"""Words of a language that a text must have, and as many more than of any other."""

_SMALL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        language: frozenset(words.split())
        for language, words in {
            "en": "a about and are at be been but by can could do does for from get had has have he her "
            "his how i if in is it its my no not of on or our she should that the their there they "
            "this to us was we were what when which who will with would you your",
            "fi": "ei ja on että en hän ovat oli mutta kun jos niin se ne tämä sinun minun minä sinä me te "
            "voi voin voit voitte haluan myös vain jo kuin mikä missä mitä koska olen olet olemme "
            "onko kiitos tai sekä kanssa siitä tämän sen hänen emme eivät joka nyt meille teille",
            "nl": "aan als bij dan dat de deze die dit door een en er geen haar heb hebben heeft het hij "
            "hoe ik in is je jij kan kunnen maar met mijn naar niet nog of om ons ook op over te tot u uw "
            "uit van voor was wat we wel wij worden zich zij zijn zou",
            "sv": "att av och det den de en ett för från har hade han hon i inte jag kan kommer men med "
            "mig min mycket ni när nu någon om oss på sig sin ska som så till under ut var vi vill "
            "vår är också eller där hur utan din ditt dig efter blir",
            "de": "aber als am an auch auf aus bei bin bis das dass dem den der des die doch du ein eine "
            "einem einen einer er es für habe haben hat ich ihr ihre im in ist kann können mein mich mir "
            "mit nach nicht noch nur oder sein sich sie sind über um und uns von vor war was wenn wie wir "
            "wird zu zum zur",
        }.items()
    }
)


def language_of(text: str) -> str | None:
    """The language of a text: en, fi, nl, sv or de; None for any other, or where it is not plain.

    Args:
        text: any text. It is read and forgotten.
    """
    words = [word.lower() for word in _WORD.findall(text[:_READ])]
    counts = {language: sum(word in small for word in words) for language, small in _SMALL.items()}
    (first, most), (_, next_most) = sorted(counts.items(), key=lambda item: -item[1])[:2]
    return first if most - next_most >= _LEAST else None
