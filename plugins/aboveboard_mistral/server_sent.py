"""Server-sent events: read from the bytes of a stream, and written again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DONE", "Event", "Events", "NotAnEventError", "encoded"]

DONE = b"data: [DONE]\n\n"
"""The end of a stream of chat."""

_BOUNDARY = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_LINES = re.compile(r"\r\n|\n|\r")


def encoded(body: dict[str, Any]) -> bytes:
    """JSON as it goes over the net. Half of a character, as streams may cut it, stays escaped."""
    try:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()


class NotAnEventError(ValueError):
    """What came is no JSON, so nobody can judge it. Its text never quotes it."""


@dataclass(slots=True, repr=False)
class Event:
    """One event. No repr: it would show what the model says.

    Attributes:
        data: the JSON that it brings.
        fields: its other lines, such as `event: message.output.delta`.
    """

    data: dict[str, Any]
    fields: list[str] = field(default_factory=list)

    def to_bytes(self) -> bytes:
        """The event as it goes over the net."""
        head = "".join(f"{line}\n" for line in self.fields).encode("utf-8", "replace")
        return b"%sdata: %s\n\n" % (head, encoded(self.data))


class Events:
    """Reads the events of one stream.

    Attributes:
        done: the stream said that it is at its end.
    """

    def __init__(self) -> None:
        self.done = False
        self._held = b""
        self._begun = False

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The events that are complete with this piece.

        Raises:
            NotAnEventError: one of them is no JSON object.
        """
        self._held += piece
        while not self.done and (found := _BOUNDARY.search(self._held)):
            if found.end() == len(self._held) and found[0].endswith(b"\r"):
                return  # the \n of this line may still come
            block, self._held = self._held[: found.start()], self._held[found.end() :]
            yield from self._event(block)

    def end(self) -> Iterator[Event]:
        """What is left when no more comes.

        Raises:
            NotAnEventError: it is no JSON object.
        """
        block, self._held = self._held, b""
        if not self.done:
            yield from self._event(block)

    def _event(self, block: bytes) -> Iterator[Event]:
        try:
            text = block.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            msg = "An event of the stream is no text in UTF-8."
            raise NotAnEventError(msg) from None
        if not self._begun:
            self._begun, text = True, text.removeprefix("\ufeff")
        data: list[str] = []
        fields: list[str] = []
        for line in _LINES.split(text):
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
            elif name in ("event", "id", "retry"):
                fields.append(line)
        if not data:
            return  # a comment that keeps the connection open
        told = "\n".join(data)
        if told == "[DONE]":
            self.done = True
            return
        yield Event(_object(told), fields)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        msg = "An event of the stream is no JSON object."
        raise NotAnEventError(msg)
    return found
