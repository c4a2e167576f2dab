"""Find the phrases of one lexicon or several in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from aboveboard.detecting.detection import Detection
from aboveboard.detecting.normal import Normal
from aboveboard.detecting.phrases import (
    GAP,
    Phrase,
    Token,
    Words,
    parse,
    sentences,
    tokens,
    words,
)

__all__ = ["SURE", "UNSURE", "Matcher"]

SURE = 9_000
"""Confidence of a phrase that says it by itself, in basis points."""
UNSURE = 6_000
"""Confidence of a phrase that says it only where the sentence is about a person."""

_SHORT = 3


@dataclass(frozen=True, slots=True)
class _Entry:
    phrase: Phrase
    category: str
    weak: bool = False
    cancels: bool = False


@dataclass(slots=True)
class _Starts:
    """Phrases that begin with one pattern, by what has to follow it.

    Many begin alike (`her`, a number) and few go on with the word that stands next.
    """

    alone: list[_Entry] = field(default_factory=list)
    gap: list[_Entry] = field(default_factory=list)
    then: dict[str, list[_Entry]] = field(default_factory=dict)

    def add(self, entry: _Entry) -> None:
        items = entry.phrase.items
        if len(items) == 1:
            self.alone.append(entry)
        elif (second := items[1]) is None:
            self.gap.append(entry)
        else:
            for pattern in second:
                self.then.setdefault(pattern, []).append(entry)

    def that_may_go_on(self, following: frozenset[str] | None) -> Iterator[_Entry]:
        """Those of more than one word that a next word does not rule out; None for no next word."""
        if following is not None:
            yield from self.gap
            for pattern in following if self.then else ():
                yield from self.then.get(pattern, ())


@dataclass(slots=True)
class Matcher:
    """Phrases of categories, by their first item.

    Strong phrases stand by themselves; weak ones need a cue in their sentence that it is about a
    person; a cancelling phrase takes away what it overlaps ("union station").
    """

    words: Words = field(default_factory=Words)
    entries: dict[str, _Starts] = field(default_factory=dict)
    cues: set[str] = field(default_factory=set)
    firms: frozenset[str] = frozenset()
    _first: dict[str, bool] = field(default_factory=dict)

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
                self.entries.setdefault(first, _Starts()).add(entry)

    def about_people(self, cues: Iterable[str]) -> None:
        """Words that make a sentence one about a person."""
        for cue in cues:
            self.cues.add(cue)
            self.words.add((cue,))

    def find(self, normal: Normal) -> list[Detection]:
        """What a text has, in order of place."""
        found: list[Detection] = []
        for start, end in sentences(normal.text):
            if any(map(self._begins, words(normal.text, start, end))):
                found += self._in_sentence(start, end, normal)
        return found

    def _begins(self, word: str) -> bool:
        """Whether any phrase may begin with a word."""
        known = self._first.get(word)
        if known is None:
            known = not self.words.fits(word).isdisjoint(self.entries)
            if len(self._first) < 20_000 and len(word) <= 40:
                self._first[word] = known
        return known

    def _in_sentence(self, start: int, end: int, normal: Normal) -> list[Detection]:
        row = tokens(normal.text, start, end)
        fits = [self.words.fits(token.word) for token in row]
        found = [hit for at in range(len(row)) for hit in self._at(at, row, fits, normal)]
        cancelled: dict[str, set[int]] = {}
        for first, last, entry in found:
            if entry.cancels:
                cancelled.setdefault(entry.category, set()).update(range(first, last))
        about_people = any(not patterns.isdisjoint(self.cues) for patterns in fits)
        best: dict[tuple[int, int, str], int] = {}
        for first, last, entry in found:
            if entry.cancels or (entry.weak and not about_people):
                continue
            if not cancelled.get(entry.category, set()).isdisjoint(range(first, last)):
                continue
            if self._names_a_firm(first, last, row, normal):
                continue
            key = (first, last, entry.category)
            best[key] = max(best.get(key, 0), UNSURE if entry.weak else SURE)
        return [
            Detection(*normal.span(row[first].start, row[last - 1].end), category, confidence)
            for (first, last, category), confidence in sorted(best.items())
        ]

    def _names_a_firm(self, start: int, end: int, row: list[Token], normal: Normal) -> bool:
        """`Krankenhaus Nord AG` is a customer's name: a legal form follows within three words."""
        if end - start > 2:
            return False
        given = normal.given
        return any(
            token.word in self.firms
            # `ab`, `as` and `se` in small letters are words of one language or another.
            and (
                len(token.word) > _SHORT or given[normal.span(token.start, token.end)[0]].isupper()
            )
            for token in row[end : end + 3]
        )

    def _at(
        self,
        at: int,
        row: list[Token],
        fits: list[frozenset[str]],
        normal: Normal,
    ) -> Iterator[tuple[int, int, _Entry]]:
        following = fits[at + 1] if at + 1 < len(fits) else None
        for pattern in fits[at]:
            starts = self.entries.get(pattern)
            if starts is None:
                continue
            for entry in chain(starts.alone, starts.that_may_go_on(following)):
                end = _end(entry.phrase.items, at, fits)
                if end and (not entry.phrase.capitals or _capitals(row[at:end], normal)):
                    yield at, end, entry


def _end(
    items: tuple[frozenset[str] | None, ...],
    at: int,
    fits: list[frozenset[str]],
) -> int:
    """Where items end that begin at a token; 0 when they do not follow there."""
    for item, wanted in enumerate(items):
        if wanted is None:
            for skipped in range(GAP + 1):
                end = _end(items[item + 1 :], at + skipped, fits)
                if end:
                    return end
            return 0
        if at >= len(fits) or wanted.isdisjoint(fits[at]):
            return 0
        at += 1
    return at


def _capitals(row: list[Token], normal: Normal) -> bool:
    """Whether the phrase's first word is in capitals where it stands: `CDU`, `AfD`, `PAMin`."""
    start, end = normal.span(row[0].start, row[0].end)
    word = normal.given[start:end]
    return word.isupper() or sum(map(str.isupper, word)) > 1
