"""Inputs of every shape, whole and broken, in pieces of every size."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard import json_array
from aboveboard.cli import reading
from aboveboard.cli.reading import Bad, Given, values

A, B = {"specversion": "1.0", "id": "a"}, {"specversion": "1.0", "id": "b", "n": [1, {"x": "}"}]}
LINES = f"{json.dumps(A)}\n{json.dumps(B)}\n"
PRETTY = f"{json.dumps(A, indent=2)}\n{json.dumps(B, indent=2)}\n"


def read(data: bytes | str) -> list[tuple[str, Any]]:
    raw = data.encode() if isinstance(data, str) else data
    return [
        (item.place, item.value if isinstance(item, Given) else f"BAD {item.problem}")
        for item in values(io.BytesIO(raw), "f")
    ]


SHAPES: dict[str, tuple[Any, Any]] = {
    "object": (json.dumps(A), [("f:1", A)]),
    "pretty object": (json.dumps(A, indent=2), [("f:1", A)]),
    "lines": (LINES, [("f:1", A), ("f:2", B)]),
    "lines, no newline at the end": (LINES.rstrip(), [("f:1", A), ("f:2", B)]),
    "lines, CRLF": (LINES.replace("\n", "\r\n"), [("f:1", A), ("f:2", B)]),
    "blank lines": (LINES.replace("\n", "\n\n  \n"), [("f:1", A), ("f:4", B)]),
    "blank lines first": ("\n \n" + LINES, [("f:3", A), ("f:4", B)]),
    "pretty objects": (PRETTY, [("f:1", A), ("f:5", B)]),
    "pretty objects, CRLF": (PRETTY.replace("\n", "\r\n"), [("f:1", A), ("f:5", B)]),
    "byte order mark": ("\ufeff" + LINES, [("f:1", A), ("f:2", B)]),
    "array": (json.dumps([A, B]), [("f[0]", A), ("f[1]", B)]),
    "pretty array": (json.dumps([A, B], indent=2), [("f[0]", A), ("f[1]", B)]),
    "array, blank lines and mark": ("\ufeff\n\n[\n" + json.dumps(A) + "]", [("f[0]", A)]),
    "lines zipped": (gzip.compress(LINES.encode()), [("f:1", A), ("f:2", B)]),
    "array zipped": (gzip.compress(json.dumps([A, B]).encode()), [("f[0]", A), ("f[1]", B)]),
    "two members zipped": (
        gzip.compress(f"{json.dumps(A)}\n".encode()) + gzip.compress(json.dumps(B).encode()),
        [("f:1", A), ("f:2", B)],
    ),
    "zipped, byte order mark": (
        gzip.compress(("\ufeff" + LINES).encode()),
        [("f:1", A), ("f:2", B)],
    ),
    "no object": ("3\n", [("f:1", 3)]),
}


@pytest.mark.parametrize("case", SHAPES)
def test_shapes(case: str) -> None:
    data, expected = SHAPES[case]
    assert read(data) == expected


NO_EVENTS = "BAD no events; expected a CloudEvents JSON object, an array or JSON lines."
LINE = json.dumps(A)
BROKEN: dict[str, tuple[Any, Any]] = {
    "empty": ("", [("f", NO_EVENTS)]),
    "blank": ("\n \r\n", [("f", NO_EVENTS)]),
    "only a mark": ("\ufeff", [("f", NO_EVENTS)]),
    "empty array": ("[ ]", [("f", NO_EVENTS)]),
    "empty zipped": (gzip.compress(b""), [("f", NO_EVENTS)]),
    "word between": (
        f"{LINE}\nhello\n{LINE}\n",
        [("f:1", A), ("f:2", "BAD expected JSON: expecting value at column 1."), ("f:3", A)],
    ),
    "cut off within a text": (
        f'{{"specversion": "1.\n{LINE}\n',
        [("f:1", "BAD expected JSON: unterminated string starting at column 17."), ("f:2", A)],
    ),
    "cut off between": (
        f'{{"specversion": "1.0",\n{LINE}\n{LINE}\n',
        [
            ("f:1", "BAD expected the end of this event before the next one."),
            ("f:2", A),
            ("f:3", A),
        ],
    ),
    "cut off at the end": (
        f'{LINE}\n{{"a": {{\n',
        [("f:1", A), ("f:2", "BAD expected the end of this event before the end of the input.")],
    ),
    "broken within a pretty one": (
        f'{{\n "a": 1\n "b": 2\n}}\n{LINE}\n',
        [("f:3", "BAD expected JSON: expecting ',' delimiter at column 2."), ("f:5", A)],
    ),
    "two on a line": (
        f"{LINE}{LINE}\n{LINE}\n",
        [("f:1", f"BAD expected JSON: extra data at column {len(LINE) + 1}."), ("f:2", A)],
    ),
    "not UTF-8": (
        b'{"a": "\xff"}\n' + LINE.encode(),
        [("f:1", "BAD expected UTF-8 text."), ("f:2", A)],
    ),
    "UTF-16": (LINES.encode("utf-16"), [("f:1", "BAD expected UTF-8 text; this is UTF-16.")]),
    "long line": (
        "{" + " " * reading.MAX_BYTES + f"}}\n{LINE}\n",
        [("f:1", "BAD longer than 10 MiB; no event is."), ("f:2", A)],
    ),
    "zipped, cut off": (
        gzip.compress(LINES.encode())[:-12],
        None,
    ),
    "zip magic only": (
        b"\x1f\x8bnot at all",
        [("f:1", "BAD cannot be read further (the compressed data are damaged or cut off).")],
    ),
    "element broken": (
        f'[{LINE}, {{"a": }}, {{"a": NaN}}, 3, "x", {LINE}]',
        [
            ("f[0]", A),
            ("f[1]", "BAD expected JSON: expecting value at column 7."),
            ("f[2]", "BAD expected JSON; NaN is no JSON number."),
            ("f[3]", 3),
            ("f[4]", "x"),
            ("f[5]", A),
        ],
    ),
    "element not UTF-8": (
        b'[{"a": "\xff"}, ' + LINE.encode() + b"]",
        [("f[0]", "BAD expected UTF-8 text."), ("f[1]", A)],
    ),
    "comma at the end": (
        f"[{LINE},]",
        [("f[0]", A), ("f[1]", "BAD expected JSON: expecting value at column 1.")],
    ),
    "no end": (f"[{LINE}", [("f[0]", A), ("f[1]", None)]),
    "cut off within an element": (
        f'[{LINE}, {{"a": "b',
        [("f[0]", A), ("f[1]", "BAD expected ']' before the end of the input.")],
    ),
    "text that ends in an escaped quote": (
        '[{"a": "b\\"}]',
        [("f[0]", "BAD expected ']' before the end of the input.")],
    ),
    "no comma": (
        f"[{LINE} {LINE}]",
        [("f[0]", A), ("f[1]", None)],
    ),
    "more after it": (
        f"[{LINE}] {LINE}",
        [("f[0]", A), ("f[1]", "BAD expected nothing after the array's end.")],
    ),
    "deep": ("[" * 100_000, None),
    "deep objects": ('{"a":' * 100_000, None),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken(case: str) -> None:
    data, expected = BROKEN[case]
    found = read(data)
    if expected is None:
        assert all(isinstance(value, str) and value.startswith("BAD ") for _, value in found[-1:])
        return
    assert [place for place, _ in found] == [place for place, _ in expected]
    for (_, value), (_, wanted) in zip(found, expected, strict=True):
        assert value == wanted or (wanted is None and value.startswith("BAD "))


def test_a_long_element_ends_an_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1 << 20)
    monkeypatch.setattr(json_array, "_CHUNK", 1 << 16)
    found = read(f'[{LINE}, {{"a": "{"x" * (1 << 21)}"}}, {LINE}]')
    assert found == [
        ("f[0]", A),
        ("f[1]", "BAD longer than 1 MiB; no event is. The rest is unread."),
    ]


def test_a_long_pretty_object_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    filler = "".join(f'"k{i}": 1,\n' for i in range(200))
    found = read(f"{{\n{filler}")
    assert found[0] == ("f:1", "BAD longer than 0 MiB; no event is.")


class Pieces(io.RawIOBase):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._data[: min(self._size, len(buffer))]
        buffer[: len(piece)] = piece
        self._data = self._data[len(piece) :]
        return len(piece)


@pytest.mark.parametrize("case", SHAPES)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_pieces(case: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "_CHUNK", 5)
    data, expected = SHAPES[case]
    raw = data.encode() if isinstance(data, str) else data
    stream = io.BufferedReader(Pieces(raw, size), buffer_size=max(size, 1))
    found = [(i.place, i.value) for i in values(stream, "f") if isinstance(i, Given)]
    assert found == expected


json_objects = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
        lambda below: (
            st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3)
        ),
        max_leaves=6,
    ),
    max_size=4,
)


@given(st.lists(json_objects, min_size=1, max_size=5), st.booleans())
def test_every_shape_reads_the_same(objects: list[Any], ascii_only: bool) -> None:
    dumped = [json.dumps(item, ensure_ascii=ascii_only) for item in objects]
    pretty = [json.dumps(item, ensure_ascii=ascii_only, indent=1) for item in objects]
    texts = ["\n".join(dumped), "\n".join(pretty), "[" + ",".join(dumped) + "]"]
    for text in [*texts, "[\n" + ",\n".join(pretty) + "\n]"]:
        assert [value for _, value in read(text)] == objects


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ \n1aé', max_size=60).map(str.encode))
def test_nothing_makes_it_raise(data: bytes) -> None:
    for item in values(io.BytesIO(data), "f"):
        assert isinstance(item, Given | Bad)


def test_names_cannot_steer_the_terminal() -> None:
    (bad,) = values(io.BytesIO(b""), "\x1b[2J.json")
    assert str(bad).startswith("\\x1b[2J.json: no events")
