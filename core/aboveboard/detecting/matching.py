"""Find the phrases of one lexicon or several in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aboveboard.detecting.detection import Detection
from aboveboard.detecting.normal import Normal
from aboveboard.detecting.phrases import GAP, Phrase, Token, Words, parse, tokens

__all__ = ["SURE", "UNSURE", "Matcher"]

SURE = 9_000
"""Confidence of a phrase that says it by itself, in basis points."""
UNSURE = 6_000
"""Confidence of a phrase that says it only where the sentence is about a person."""


@dataclass(frozen=True, slots=True)
class _Entry:
    phrase: Phrase
    category: str
    weak: bool = False
    cancels: bool = False


@dataclass(slots=True)
class Matcher:
    """Phrases of categories, by their first item.

    Strong phrases stand by themselves; weak ones need a cue in their sentence that it is about a
    person; a cancelling phrase takes away what it overlaps ("union station").
    """

    words: Words = field(default_factory=Words)
    entries: dict[str, list[_Entry]] = field(default_factory=dict)
    cues: set[str] = field(default_factory=set)
    firms: frozenset[str] = frozenset()

    def add(
        self,
        category: str,
        phrases: Iterable[str],
        *,
        weak: bool = False,
        cancels: bool = False,
    ) -> None:
        """Phrases of a category."""
        for text in phrases:
            entry = _Entry(parse(text), category, weak, cancels)
            for item in entry.phrase.items:
                self.words.add(item or ())
            for first in entry.phrase.items[0] or ():
                self.entries.setdefault(first, []).append(entry)

    def about_people(self, cues: Iterable[str]) -> None:
        """Words that make a sentence one about a person."""
        for cue in cues:
            self.cues.add(cue)
            self.words.add((cue,))

    def find(self, normal: Normal) -> list[Detection]:
        """What a text has, in order of place."""
        row = tokens(normal.text)
        fits = [self.words.fits(token.word) for token in row]
        found: list[tuple[int, int, _Entry]] = []
        for at, patterns in enumerate(fits):
            if patterns:
                found.extend(self._at(at, patterns, row, fits, normal))
        if not found:
            return []
        cancelled = [(start, end, e.category) for start, end, e in found if e.cancels]
        people = {
            token.sentence
            for token, patterns in zip(row, fits, strict=True)
            if not patterns.isdisjoint(self.cues)
        } if any(e.weak for _, _, e in found) else set()
        best: dict[tuple[int, int, str], int] = {}
        for start, end, entry in found:
            if entry.cancels or (entry.weak and row[start].sentence not in people):
                continue
            if self._names_a_firm(start, end, row):
                continue
            if any(c == entry.category and s < end and start < e for s, e, c in cancelled):
                continue
            key = (start, end, entry.category)
            best[key] = max(best.get(key, 0), UNSURE if entry.weak else SURE)
        return [
            Detection(*normal.span(row[start].start, row[end - 1].end), category, confidence)
            for (start, end, category), confidence in sorted(best.items())
        ]

    def _names_a_firm(self, start: int, end: int, row: list[Token]) -> bool:
        """`Krankenhaus Nord AG` is a customer's name: a legal form follows within three words."""
        if end - start > 2:
            return False
        return any(
            token.word in self.firms and token.sentence == row[start].sentence
            for token in row[end : end + 3]
        )

    def _at(
        self,
        at: int,
        patterns: frozenset[str],
        row: list[Token],
        fits: list[frozenset[str]],
        normal: Normal,
    ) -> Iterator[tuple[int, int, _Entry]]:
        for pattern in patterns:
            for entry in self.entries.get(pattern, ()):
                end = _end(entry.phrase.items, 1, at + 1, row[at].sentence, row, fits)
                if end and (not entry.phrase.capitals or _capitals(row[at:end], normal)):
                    yield at, end, entry


def _end(
    items: tuple[frozenset[str] | None, ...],
    item: int,
    at: int,
    sentence: int,
    row: list[Token],
    fits: list[frozenset[str]],
) -> int:
    """Where the rest of a phrase ends that goes on at a token; 0 when it does not."""
    while item < len(items):
        wanted = items[item]
        if wanted is None:
            for skipped in range(GAP + 1):
                end = _end(items, item + 1, at + skipped, sentence, row, fits)
                if end:
                    return end
            return 0
        if at >= len(row) or row[at].sentence != sentence or wanted.isdisjoint(fits[at]):
            return 0
        item, at = item + 1, at + 1
    return at


def _capitals(row: list[Token], normal: Normal) -> bool:
    """Whether the phrase's first word is in capitals where it stands."""
    start, end = normal.span(row[0].start, row[0].end)
    return normal.given[start:end].isupper()
