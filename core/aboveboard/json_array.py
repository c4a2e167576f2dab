"""The elements of one large JSON array, read as they come."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from aboveboard.strict_json import DECODER, NotJson, loads, well_formed

__all__ = ["TOKENS", "elements"]

TOKENS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[{}\[\],]', re.DOTALL)
"""Whole texts, so that brackets inside them do not count, and the brackets and commas outside.

The group holds a text's closing quote; '' where the text does not end.
"""

_CHUNK = 1 << 18
_LARGE = 1 << 20
_SPACE = " \t\r\n"


class _Ended(Exception):
    """The input ended before the element did."""


class _TooLong(Exception):
    """The element is longer than any event."""


def elements(read: Callable[[int], str], limit: int) -> Iterator[tuple[int, Any]]:
    """Yield each element with its index; one that cannot be read comes as `NotJson`.

    Args:
        read: gives about so many bytes of text; '' at the end. The first character is `[`.
        limit: characters that one element may have; after a longer one the rest is not read.
    """
    buffer = _Buffer(read, limit)
    buffer.next_character()
    buffer.skip(1)
    index = 0
    if buffer.next_character() == "]":
        buffer.skip(1)
        yield from _nothing_more(buffer, index)
        return
    while True:
        try:
            yield index, buffer.element()
        except _Ended:
            yield index, NotJson("expected ']' before the end of the input.")
            return
        except _TooLong:
            yield index, NotJson(f"longer than {limit >> 20} MiB; no event is. The rest is unread.")
            return
        index += 1
        follows = buffer.next_character()
        buffer.skip(1)
        if follows == "]":
            yield from _nothing_more(buffer, index)
            return
        if follows != ",":
            yield index, NotJson("expected ',' or ']' after the event before. The rest is unread.")
            return


def _nothing_more(buffer: _Buffer, index: int) -> Iterator[tuple[int, NotJson]]:
    if buffer.next_character():
        yield index, NotJson("expected nothing after the array's end.")


class _Buffer:
    def __init__(self, read: Callable[[int], str], limit: int) -> None:
        self._read = read
        self._limit = limit
        self._text = ""
        self._at = 0

    def next_character(self) -> str:
        """The next that is no white space, not taken; '' at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def skip(self, number: int) -> None:
        self._at += number

    def element(self) -> Any:
        """The next element, or the NotJson that it is. Raises _Ended and _TooLong."""
        first = self.next_character()
        while True:
            if first == "{":
                # The quick way: most elements are fine and in the buffer.
                try:
                    value, end = DECODER.raw_decode(self._text, self._at)
                except (ValueError, RecursionError):
                    pass
                else:
                    return self._taken(end, value)
            end = self._end()
            if end >= 0:
                text = self._text[self._at : end]
                self._at = end
                try:
                    return loads(text)
                except NotJson as error:
                    return error
            if len(self._text) - self._at > self._limit:
                raise _TooLong
            if not self._more_by_a_quarter():
                raise _Ended

    def _taken(self, end: int, value: Any) -> Any:
        text = self._text[self._at : end]
        self._at = end
        if len(text) > self._limit:
            return NotJson(f"longer than {self._limit >> 20} MiB; no event is.")
        try:
            well_formed(value, text)
        except NotJson as error:
            return error
        return value

    def _end(self) -> int:
        """Where the element ends, right or wrong as it is; -1 when the buffer does not reach it."""
        depth = 0
        for token in TOKENS.finditer(self._text, self._at):
            kind = token[0][0]
            if kind == '"':
                if not token[1]:
                    return -1
            elif kind in "{[":
                depth += 1
            elif depth == 0:
                return token.start()
            elif kind != ",":
                depth -= 1
        return -1

    def _more_by_a_quarter(self) -> bool:
        """Read on; of a large element much at once, or it would be looked at too many times."""
        have = len(self._text) - self._at
        wanted = have + have // 4 if have > _LARGE else have + 1
        while len(self._text) - self._at < wanted:
            if not self._more():
                break
        return len(self._text) > have

    def _more(self) -> bool:
        more = self._read(_CHUNK)
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)
