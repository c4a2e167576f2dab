"""Masks: what a detector found leaves as a placeholder, and comes back as it was.

A placeholder (`[EMAIL_ADDRESS_5f3a9c]`) is the same for the same value, whoever asks and however
often: it is made of the value by the gate's key. The values stay in memory, for as long as the masks
do; nothing here is logged or stored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from aboveboard.ai.texts import strings
from aboveboard.detecting import Detection

__all__ = ["PLACEHOLDER_START", "Masks"]

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]{0,63}_[0-9a-f]{6,64}\]")
PLACEHOLDER_START = re.compile(r"\[(?:[A-Z][A-Z_]{0,64}(?:[0-9a-f]{1,64})?)?\Z")
"""The beginning of a placeholder at the end of a text: more of it may follow."""
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^A-Z_]|^_+")
_DIGITS = 6


class Masks:
    """What stands for what, in one conversation or one call.

    Args:
        keyed: makes a text of a value that nobody can make without the key: the gate's pseudonym.
    """

    __slots__ = ("_keyed", "_placeholder_of", "_value_of")

    def __init__(self, keyed: Callable[[object], str]) -> None:
        self._keyed = keyed
        self._placeholder_of: dict[tuple[str, str], str] = {}
        self._value_of: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Masks({len(self)})"

    def __len__(self) -> int:
        return len(self._value_of)

    def __reduce__(self) -> Any:
        msg = "Masks hold what must not leave: they are kept in memory alone."
        raise TypeError(msg)

    def mask(self, text: str, found: Iterable[Detection], others: Sequence[str] = ()) -> str:
        """The text with placeholders.

        Args:
            text: what leaves.
            found: detections in it; those that are no data of a person stay.
            others: further texts of the same call: no placeholder is one of their words.
        """
        parts: list[str] = []
        at = 0
        for start, end, category in _apart(found):
            parts += text[at:start], self._placeholder(category, text[start:end], (text, *others))
            at = end
        return "".join((*parts, text[at:]))

    def unmask(self, text: str) -> str:
        """The text with what its placeholders stand for; those of others stay."""
        if not self._value_of:
            return text
        return _PLACEHOLDER.sub(lambda found: self._value_of.get(found[0], found[0]), text)

    def unmask_json(self, text: str) -> str:
        """`unmask` within JSON: what comes back is escaped as its strings are."""
        if not self._value_of:
            return text

        def value(found: re.Match[str]) -> str:
            known = self._value_of.get(found[0])
            return found[0] if known is None else json.dumps(known, ensure_ascii=False)[1:-1]

        return _PLACEHOLDER.sub(value, text)

    def unmask_within(self, value: Any) -> None:
        """`unmask` every text of a JSON value, in place."""
        for text in strings(value):
            if "[" in text.value:
                text.value = self.unmask(text.value)

    def _placeholder(self, category: str, value: str, texts: Sequence[str]) -> str:
        known = self._placeholder_of.get((category, value))
        if known is not None:
            return known
        label = _OTHER.sub("", _WORDS.sub("_", category.rpartition(":")[2]).upper()) or "DATA"
        digest = hashlib.sha256(self._keyed(f"{category} {value}").encode()).hexdigest()
        for digits in range(_DIGITS, len(digest) + 1):
            made = f"[{label}_{digest[:digits]}]"
            # Two values may begin alike, and a text may hold what looks like a placeholder.
            if made not in self._value_of and not any(made in text for text in texts):
                break
        self._placeholder_of[category, value] = made
        self._value_of[made] = value
        return made


def _apart(found: Iterable[Detection]) -> list[tuple[int, int, str]]:
    """Spans that do not overlap, in order: what overlaps becomes one, named as its longest part."""
    spans: list[tuple[int, int, str]] = []
    length = 0
    for item in sorted(item for item in found if not item.signal):
        if spans and item.start < spans[-1][1]:
            start, end, category = spans[-1]
            if item.end - item.start > length:
                length, category = item.end - item.start, item.category
            spans[-1] = (start, max(end, item.end), category)
        else:
            length = item.end - item.start
            spans.append((item.start, item.end, item.category))
    return spans
