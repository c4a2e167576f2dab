"""Text as the detector reads it, with the way back to the offsets of the text as it was given.

Compatibility forms are unified (NFKC), case is folded, and what cannot be seen is left out: a
zero-width space inside a word, or a word in full-width letters, would otherwise hide it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Normal", "normal"]

# A character that is not ASCII with what precedes and combines with it: they compose together.
_CLUSTER = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
# Hyphens of all kinds and spaces of all kinds stand for one another in numbers.
_SAME = {ord(c): "-" for c in "‐‑‒–—−"}
# Not seen, though Unicode calls them marks or letters: joiners, variation selectors, fillers.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


@dataclass(frozen=True, slots=True)
class Normal:
    """A normalised text.

    Attributes:
        text: what to search.
        given: the text as it was given.
        offsets: for each character of `text` its offset in `given`; None when they are the same.
    """

    text: str
    given: str
    offsets: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the text as it was given; combining characters stay with their letter."""
        if self.offsets is None:
            return start, end
        last = self.offsets[end - 1]
        after = last + 1
        while after < len(self.given) and unicodedata.combining(self.given[after]):
            after += 1
        return self.offsets[start], after


def normal(given: str) -> Normal:
    """Normalise a text. Lone surrogates stay as they are: no word has one."""
    if given.isascii():
        return Normal(given.lower(), given, None)
    parts: list[str] = []
    offsets: list[int] = []
    at = 0
    for found in _CLUSTER.finditer(given):
        start, end = found.span()
        parts.append(given[at:start].lower())
        offsets.extend(range(at, start))
        at = end
        _add(given, start, end, parts, offsets)
    parts.append(given[at:].lower())
    offsets.extend(range(at, len(given)))
    return Normal("".join(parts), given, offsets)


def _add(given: str, start: int, end: int, parts: list[str], offsets: list[int]) -> None:
    while start < end:
        after = start + 1
        while after < end and unicodedata.combining(given[after]):
            after += 1
        folded = _folded(given[start:after])
        parts.append(folded)
        offsets.extend([start] * len(folded))
        start = after


def _folded(cluster: str) -> str:
    if len(cluster) == 1:
        return _letter(cluster)
    # A letter under hundreds of accents is no word, and sorting them takes long.
    return _compose(cluster[:8])


def _letter(letter: str) -> str:
    found = _LETTERS.get(letter)
    if found is None:
        found = _compose(letter)
        if len(_LETTERS) < 4096:
            _LETTERS[letter] = found
    return found


_LETTERS: dict[str, str] = {}


def _compose(cluster: str) -> str:
    seen = "".join(c for c in _UNSEEN.sub("", cluster) if unicodedata.category(c) != "Cf")
    # `ß` stays: casefold would make `ss` of it, and lexicons are written as people write.
    folded = unicodedata.normalize("NFKC", seen).lower()
    return unicodedata.normalize("NFC", folded).translate(_SAME)
