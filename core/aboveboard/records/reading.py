"""From record files to lines, one at a time: memory does not grow with the file.

A file is JSON lines, or one JSON array as OPA uploads its decision log; gzip and zstd are told by the first
bytes. What a crash left of a line is reported with its place, and reading goes on behind it.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aboveboard.errors import RecordError
from aboveboard.json_array import elements
from aboveboard.records.naming import ENDINGS, in_order_of_time
from aboveboard.records.zstd import zstd
from aboveboard.strict_json import NotJson

__all__ = [
    "GAP",
    "MAX_BYTES",
    "NO_OBJECT",
    "BadLine",
    "Line",
    "RawLine",
    "raw_lines",
    "record_files",
    "record_lines",
]

MAX_BYTES = 10 << 20
"""Of one line. Far above any record; memory has to end somewhere."""

GAP = b'{"gap":'
"""How a line begins that says how many records are missing; it is no record."""

GAP_ENDING = ".gap.jsonl"
"""How a file's name ends that holds no records but says that some are missing; it may be empty."""

_CHUNK = 1 << 18
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BOM = codecs.BOM_UTF8
NO_OBJECT = "expected a JSON object a line."
_HALF = "half a line, as a crash leaves it."


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is whole, and where it stands: `file:line` or `file[index]`."""

    place: str
    text: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    """What is no whole line: where, and what is wrong with it. Nothing of it is quoted."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as it stands in its file.

    Attributes:
        text: without its end; None for what cannot be read: a line that is far too long, or damage.
        ended: whether its end is there.
    """

    text: bytes | None
    ended: bool


def raw_lines(path: Path) -> Iterator[RawLine]:
    """Every line of a file, whatever is in it, for who writes it anew.

    Raises:
        RecordError: the file cannot be opened, or needs an extra that is not installed.
        OSError: it cannot be read further.
    """
    with _opened(path) as file:
        stream = _Stream(file)
        for text, whole in stream.lines():
            if whole or not stream.damage:
                yield RawLine(text, whole)
        if stream.damage:
            yield RawLine(None, ended=False)


def record_files(path: Path) -> list[Path]:
    """The record files that a path stands for: itself, or those of a directory in order of time.

    Raises:
        RecordError: it is not there, or a directory that cannot be read.
    """
    if not path.is_dir():
        if not path.exists():
            msg = (
                f"'{path}' is not there. Name a file of records, or the directory that holds them."
            )
            raise RecordError(msg)
        return [path]
    try:
        found = [entry for entry in path.iterdir() if entry.name.endswith(ENDINGS)]
    except OSError as error:
        msg = f"'{path}' cannot be read ({error.strerror})."
        raise RecordError(msg) from None
    names = {entry.name for entry in found}
    # A crash between compressing and removing leaves both; the compressed one is whole.
    return in_order_of_time(
        entry
        for entry in found
        if not entry.name.startswith(".")
        and not ({f"{entry.name}.gz", f"{entry.name}.zst"} & names)
    )


def record_lines(path: Path, *, gaps: bool = False) -> Iterator[Line | BadLine]:
    """The lines of a file, whole ones and what is left of others. Blank lines are skipped.

    Args:
        path: of one file. One that has been compressed since it was listed is found as that.
        gaps: yield the lines that say how many records are missing, too.

    Raises:
        RecordError: the file cannot be opened, or needs an extra that is not installed.
    """
    with _opened(path) as file:
        stream = _Stream(file)
        if gaps and path.name.endswith(GAP_ENDING) and _is_empty(path):
            yield Line(f"{path}:1", GAP + b'{"missing":1}}')  # there was no room to say how many
        try:
            for item in _items(stream, str(path)):
                if gaps or not (isinstance(item, Line) and item.text.startswith(GAP)):
                    yield item
        except OSError as error:
            yield BadLine(
                f"{path}:{stream.line + 1}", f"cannot be read further ({error.strerror})."
            )


def _opened(path: Path) -> IO[bytes]:
    for ending in ("", ".gz", ".zst"):
        try:
            file = Path(f"{path}{ending}").open("rb")  # noqa: SIM115  (who reads it closes it)
            if file.isatty() or not stat.S_ISCHR(os.fstat(file.fileno()).st_mode):
                return file
            file.close()
            msg = f"'{path}' is a device, which may never end. Name a file, a pipe or a directory."
            raise RecordError(msg)
        except FileNotFoundError:
            continue
        except OSError as error:
            msg = f"'{path}' cannot be read ({error.strerror})."
            raise RecordError(msg) from None
    if path.name.endswith(GAP_ENDING):  # since it was listed, what it said went among the records
        return io.BytesIO()
    msg = f"'{path}' is not there."
    raise RecordError(msg)


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError:
        return False


def _items(stream: _Stream, name: str) -> Iterator[Line | BadLine]:
    if stream.begins_with(b"["):
        for index, value in elements(stream.text, MAX_BYTES):
            place = f"{name}[{index}]"
            if isinstance(value, NotJson):
                yield BadLine(place, str(value))
            else:
                yield Line(place, json.dumps(value, separators=(",", ":")).encode())
        if stream.damage:
            yield BadLine(f"{name}[…]", stream.damage)
        return
    for text, whole in stream.lines():
        place = f"{name}:{stream.line}"
        if text is None:
            yield BadLine(place, f"longer than {MAX_BYTES >> 20} MiB; no record is.")
        elif not (text := text.rstrip(b"\r")) or text.isspace():
            continue
        elif not whole and stream.damage:
            break  # said below, once
        elif (text[:1], text[-1:]) == (b"{", b"}") and (whole or _is_json(text)):
            yield Line(place, text)
        else:
            yield BadLine(place, _HALF if text[:1] in b"{\0" else NO_OBJECT)
    if stream.damage:
        yield BadLine(f"{name}:{stream.line}", stream.damage)


def _is_json(text: bytes) -> bool:
    """A last line without its end: whole if somebody saved it so, half if a crash did."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class _Stream:
    """A file's bytes, decompressed; what is damaged ends it and says so.

    Attributes:
        line: number of the line that was read last, from 1.
        damage: what ended it early; '' while all is well.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.line = 0
        self.damage = ""
        self._pieces = self._decompressed()
        self._ahead = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def begins_with(self, first: bytes) -> bool:
        """Whether this is the first byte that is no white space."""
        while not self._ahead.strip() and (piece := next(self._pieces, b"")):
            self._ahead += piece
        self._ahead = self._ahead.removeprefix(_BOM)
        return self._ahead.lstrip().startswith(first)

    def text(self, _: int) -> str:
        """Some more text; '' at the end."""
        while piece := self._take():
            if text := self._decoder.decode(piece):
                return text
        return self._decoder.decode(b"", final=True)

    def lines(self) -> Iterator[tuple[bytes | None, bool]]:
        """Each line without its end, and whether it had one; None for one that is too long."""
        parts: list[bytes] = []
        size = 0
        while piece := self._take():
            *ended, rest = piece.split(b"\n")
            for text in ended:
                self.line += 1
                size += len(text)
                yield (None if size > MAX_BYTES else b"".join((*parts, text))), True
                parts, size = [], 0
            size += len(rest)
            # Of what is too long already, no more is kept.
            if rest and size <= MAX_BYTES:
                parts.append(rest)
        if size:
            self.line += 1
            yield (None if size > MAX_BYTES else b"".join(parts)), False

    def _take(self) -> bytes:
        ahead, self._ahead = self._ahead, b""
        return ahead or next(self._pieces, b"")

    def _decompressed(self) -> Iterator[bytes]:
        raw = self._file.read(_CHUNK)
        unpack = _unpacker(raw)
        while raw:
            if unpack is None:
                yield raw
                raw = self._file.read(_CHUNK)
                continue
            try:
                yield from unpack.pieces(raw)
            except (zlib.error, unpack.error):  # neither quotes anything
                self.damage = "the compressed data are damaged; cannot be read further."
                return
            raw = unpack.unused or self._file.read(_CHUNK)
            while unpack.ended and raw and not raw.strip(b"\0"):  # padding of a tape or a disk
                raw = self._file.read(_CHUNK)
            if unpack.ended and raw:
                # Files that were put together hold one compressed piece after another.
                unpack = _unpacker(raw)
                if unpack is None:
                    self.damage = "the compressed data go on as something else."
                    return
        if unpack is not None and not unpack.ended:
            self.damage = "the compressed data are cut off; cannot be read further."


class _Gzip:
    """Takes gzip apart, a bounded piece at a time."""

    error: type[Exception] = zlib.error

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    @property
    def ended(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        while raw and not self.ended:
            if piece := self._inner.decompress(raw, _CHUNK):
                yield piece
            raw = self._inner.unconsumed_tail


class _Zstd:
    """Takes zstd apart, a bounded piece at a time."""

    def __init__(self) -> None:
        library = zstd("read")
        self.error: type[Exception] = library.ZstdError
        self._inner = library.ZstdDecompressor()

    @property
    def ended(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused(self) -> bytes:
        return bytes(self._inner.unused_data)

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        while piece := self._inner.decompress(raw, _CHUNK):
            yield piece
            if self._inner.eof or self._inner.needs_input:
                return
            raw = b""


def _unpacker(head: bytes) -> _Gzip | _Zstd | None:
    if head.startswith(_GZIP):
        return _Gzip()
    if head.startswith(_ZSTD):
        return _Zstd()
    return None
