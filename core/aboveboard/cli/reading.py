"""From files and pipes to JSON values, one at a time: memory does not grow with the input.

An input is one JSON object, an array of them, JSON lines, or objects written one after another over
several lines each; gzip is told by its first bytes. What cannot be read is reported with its place,
and reading goes on behind it.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, cast

from aboveboard.cli.output import plain
from aboveboard.json_array import TOKENS, elements
from aboveboard.strict_json import NotJson, loads

__all__ = ["GZIP", "MAX_BYTES", "Bad", "Given", "Rest", "unzipped", "values"]

MAX_BYTES = 10 << 20
"""Of one line, and of one event. Far above any event; memory has to end somewhere."""

_BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Given:
    """A JSON value, and where it stands: `file:line` or `file[index]`."""

    place: str
    value: Any


@dataclass(frozen=True, slots=True)
class Bad:
    """Something that is no event: where, and what was expected. No value is quoted."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


def values(stream: IO[bytes], name: str) -> Iterator[Given | Bad]:
    """Read an input to its end.

    Args:
        stream: bytes, as in the file; it is not closed.
        name: what messages call it.
    """
    name = plain(name)
    lines = _Lines(stream)
    found = False
    try:
        lines.open()
        for item in _values(lines, name):
            found = True
            yield item
    except (OSError, EOFError, zlib.error) as error:
        # gzip's errors are an OSError, an EOFError and zlib's own.
        detail = "the compressed data are damaged or cut off" if lines.compressed else "read error"
        if isinstance(error, OSError) and error.strerror:
            detail = error.strerror
        yield Bad(f"{name}:{lines.number + 1}", f"cannot be read further ({detail}).")
    else:
        if not found:
            yield Bad(
                name, "no events; expected a CloudEvents JSON object, an array or JSON lines."
            )


def _values(lines: _Lines, name: str) -> Iterator[Given | Bad]:
    if lines.peek(2) in _UTF_16:
        yield Bad(f"{name}:1", "expected UTF-8 text; this is UTF-16.")
        return
    if lines.first_character() == b"[":
        for index, value in elements(lines.text, MAX_BYTES):
            place = f"{name}[{index}]"
            yield Bad(place, str(value)) if isinstance(value, NotJson) else Given(place, value)
        return
    yield from _objects(lines, name)


def _objects(lines: _Lines, name: str) -> Iterator[Given | Bad]:
    open_object: _Open | None = None
    for number, line in lines:
        if line is None:
            open_object = None
            yield Bad(f"{name}:{number}", f"longer than {MAX_BYTES >> 20} MiB; no event is.")
            continue
        if open_object is not None:
            if not _begins_anew(line):
                problem = open_object.add(line)
                if open_object.closed or problem:
                    yield open_object.result(name, problem)
                    open_object = None
                continue
            yield open_object.result(name, "expected the end of this event before the next one.")
            open_object = None
        if not line.strip():
            continue
        try:
            yield Given(f"{name}:{number}", loads(line))
        except NotJson as error:
            begun = _Open(number, line)
            if begun.closed or begun.broken:
                yield Bad(f"{name}:{number}", str(error))
            else:
                open_object = begun
    if open_object is not None:
        yield open_object.result(
            name, "expected the end of this event before the end of the input."
        )


def _begins_anew(line: str) -> bool:
    """A whole event on one line: what was open before it was cut off, as a crash leaves it."""
    if not line.startswith("{") or '"specversion"' not in line:
        return False
    try:
        return isinstance(loads(line), dict)
    except NotJson:
        return False


class _Open:
    """An object that goes on over several lines."""

    def __init__(self, number: int, line: str) -> None:
        self.number = number
        self._lines: list[str] = []
        self._size = 0
        self._depth = 0
        self.broken = not line.lstrip().startswith("{")
        if not self.broken:
            self.add(line)

    @property
    def closed(self) -> bool:
        return self._depth <= 0

    def add(self, line: str) -> str:
        """Take one more line; returns what is wrong with it, or ''."""
        depth, whole = _balance(line)
        self._depth += depth
        self._size += len(line)
        self._lines.append(line)
        if not whole:
            self.broken = True
            return "expected JSON: a text does not end on its line."
        if self._size > MAX_BYTES:
            return f"longer than {MAX_BYTES >> 20} MiB; no event is."
        return ""

    def result(self, name: str, problem: str = "") -> Given | Bad:
        place = f"{name}:{self.number}"
        if problem:
            return Bad(place, problem)
        try:
            return Given(place, loads("\n".join(self._lines)))
        except NotJson as error:
            return Bad(f"{name}:{self.number + error.line - 1}", str(error))


def _balance(line: str) -> tuple[int, bool]:
    """How many brackets more a line opens than closes, and whether its texts end."""
    depth = 0
    for token in TOKENS.finditer(line):
        first = token[0][0]
        if first in "{[":
            depth += 1
        elif first in "}]":
            depth -= 1
        elif first == '"' and not token[1]:
            return depth, False
    return depth, True


class _Lines:
    """Numbered lines of a byte stream, decompressed, without byte order mark and line ends."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream: IO[bytes] = stream
        self._ahead = b""
        self.number = 0
        self.compressed = False

    def open(self) -> None:
        """Look at the first bytes: gzip, byte order mark."""
        if self.peek(2) == GZIP:
            self.compressed = True
            # What was looked at has to be read again, and a pipe cannot be wound back.
            self._stream = unzipped(Rest(self._take(), self._stream))
        if self.peek(3) == _BOM:
            self._ahead = self._ahead[3:]

    def peek(self, size: int) -> bytes:
        while len(self._ahead) < size:
            more = self._stream.read(size - len(self._ahead))
            if not more:
                break
            self._ahead += more
        return self._ahead[:size]

    def first_character(self) -> bytes:
        """The first that is no white space; lines before it are counted and dropped."""
        while True:
            byte = self.peek(1)
            if byte == b"\n":
                self.number += 1
            if not byte.isspace():
                return byte
            self._ahead = self._ahead[1:]

    def text(self, size: int) -> str:
        """About `size` bytes more as text; '' at the end. Bytes that are not UTF-8 are kept."""
        # read1 where there is one: a pipe's array is decided on while it is still being written.
        read: Callable[[int], bytes] = getattr(self._stream, "read1", self._stream.read)
        raw = self._take() + read(size)
        if raw:
            # A character may have been cut in two: take at most the three bytes it still lacks.
            for _ in range(3):
                if _ends_whole(raw):
                    break
                raw += self._stream.read(1)
        return raw.decode("utf-8", "surrogateescape")

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        """Lines by number; None for one that is too long, which is read past."""
        while line := self._line():
            self.number += 1
            if len(line) > MAX_BYTES:
                while line and not line.endswith(b"\n"):
                    line = self._stream.readline(MAX_BYTES)
                yield self.number, None
            else:
                yield self.number, line.decode("utf-8", "surrogateescape").rstrip("\r\n")

    def _line(self) -> bytes:
        head, newline, self._ahead = self._ahead.partition(b"\n")
        return head + newline if newline else head + self._stream.readline(MAX_BYTES + 1)

    def _take(self) -> bytes:
        ahead, self._ahead = self._ahead, b""
        return ahead


def unzipped(stream: Any) -> IO[bytes]:
    """A stream of the bytes that a gzip stream holds; it may lack all methods but `read`."""
    # Typed as Any: GzipFile reads on and asks for no more of a file than `read`.
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))


def _ends_whole(raw: bytes) -> bool:
    """Whether the last character is not one that lacks bytes."""
    for back, byte in enumerate(reversed(raw[-4:])):
        if byte & 0xC0 != 0x80:
            needed = 3 if byte >= 0xF0 else 2 if byte >= 0xE0 else 1 if byte >= 0xC0 else 0
            return back >= needed
    return True


class Rest:
    """A stream with some bytes put back before it, for readers that only ever read on."""

    def __init__(self, ahead: bytes, stream: IO[bytes]) -> None:
        self._ahead = ahead
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """As any stream does."""
        if not self._ahead:
            return self._stream.read(size)
        if size < 0:
            ahead, self._ahead = self._ahead, b""
            return ahead + self._stream.read()
        ahead, self._ahead = self._ahead[:size], self._ahead[size:]
        return ahead
