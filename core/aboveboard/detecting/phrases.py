"""The small language of the lexicons.

A phrase is a row of items, parted by spaces:

- `word` is that word, `word*` any word that begins so (inflection, compounds), `*word` one that ends
  so, `*word*` one that holds it;
- `one|other` is either;
- `^CDU` is the word in capitals, two of them at least: `cdu` in small letters is not meant;
- `#` is a number, or a number word of the lexicon;
- `...` is up to four words of any kind in the same sentence; never first or last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["GAP", "Phrase", "Token", "Words", "parse", "sentences", "tokens", "words"]

GAP = 4
# A full stop inside a word (`ver.di`) parts words, not sentences.
# Nor does one after a title end a sentence.
# Only the last of a row of marks is asked what follows: a dotted line would be asked for each dot.
_ENDS = re.compile(r"(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bfr)(?<!\bhr)(?<!\bmrs)[.!?;](?=\s|\Z)|\n")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands."""

    word: str
    start: int
    end: int


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a normalised text begin and end."""
    start = 0
    for match in _ENDS.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def words(text: str, start: int, end: int) -> list[str]:
    """The words of a sentence."""
    return _WORD.findall(text, start, end)


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words of a sentence and where they stand."""
    return [Token(m.group(), m.start(), m.end()) for m in _WORD.finditer(text, start, end)]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase; each item is the set of its patterns, or None for a gap."""

    items: tuple[frozenset[str] | None, ...]
    capitals: bool = False


def parse(text: str) -> Phrase:
    """Read a phrase. Raises ValueError when it is none."""
    items: list[frozenset[str] | None] = []
    capitals = False
    for item in text.split():
        if item == "...":
            items.append(None)
            continue
        if item.startswith("^"):
            capitals = True
            item = item[1:]  # noqa: PLW2901
        options = item.lower().split("|")
        if len(options) == 1 and not item.startswith("#") and "*" not in item:
            # `can't` and `ver.di` are two words each.
            items.extend(frozenset({word}) for word in _WORD.findall(options[0]))
        else:
            items.append(frozenset(options))
    if not items or items[0] is None or items[-1] is None:
        msg = "A phrase begins and ends with a word."
        raise ValueError(msg)
    return Phrase(tuple(items), capitals)


@dataclass(slots=True)
class Words:
    """Which patterns a word fits; kept for words that were seen, as most are seen again."""

    numbers: frozenset[str] = frozenset()
    exact: set[str] = field(default_factory=set)
    begins: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    holds: set[str] = field(default_factory=set)
    _lengths: tuple[Sequence[int], Sequence[int]] = ((), ())
    _seen: dict[str, frozenset[str]] = field(default_factory=dict)

    def add(self, patterns: Iterable[str]) -> None:
        """Patterns to look for."""
        for pattern in patterns:
            bare = pattern.strip("*")
            if pattern.startswith("*"):
                (self.holds if pattern.endswith("*") else self.ends).add(bare)
            elif pattern.endswith("*"):
                self.begins.add(bare)
            else:
                self.exact.add(pattern)
        self._lengths = (sorted({*map(len, self.begins)}), sorted({*map(len, self.ends)}))

    def fits(self, word: str) -> frozenset[str]:
        """The patterns that a word fits."""
        known = self._seen.get(word)
        if known is None:
            known = frozenset(self._fits(word))
            # A text of a million different words must not stay in memory.
            if len(self._seen) < 20_000 and len(word) <= 40:
                self._seen[word] = known
        return known

    def _fits(self, word: str) -> Iterable[str]:
        if len(word) > 80:
            return  # no word of any language
        if word in self.exact:
            yield word
        if word.isdigit() or word in self.numbers:
            yield "#"
        for length in self._lengths[0]:
            if length > len(word):
                break
            if word[:length] in self.begins:
                yield f"{word[:length]}*"
        for length in self._lengths[1]:
            if length > len(word):
                break
            if word[-length:] in self.ends:
                yield f"*{word[-length:]}"
        for part in self.holds:
            if part in word:
                yield f"*{part}*"
