"""Record files are read to the last whole line, whatever happened to them."""

from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard import ConfigurationError, RecordError
from aboveboard.records.reading import MAX_BYTES, BadLine, Line, record_files, record_lines
from aboveboard.records.zstd import zstd as library_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = [json.dumps({"record": 1, "number": number, "text": "ä" * 40}) for number in range(200)]
TEXT = "".join(f"{row}\n" for row in ROWS).encode()


def plain(data: bytes) -> bytes:
    return data


def zstd(data: bytes) -> bytes:
    library: Any = library_of("write")
    packed: bytes = library.compress(data, options={library.CompressionParameter.checksum_flag: 1})
    return packed


PACKERS = [plain, gzip.compress, zstd]


def lines(path: Path) -> list[bytes]:
    return [item.text for item in record_lines(path) if isinstance(item, Line)]


def bad(path: Path) -> list[str]:
    return [
        str(item).removeprefix(f"{path}")
        for item in record_lines(path)
        if isinstance(item, BadLine)
    ]


def file(folder: Path, data: bytes) -> Path:
    path = folder / "records"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("pack", PACKERS)
def test_whole_files(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = file(tmp_path, pack(TEXT))
    assert lines(path) == [row.encode() for row in ROWS]
    assert bad(path) == []
    assert [item.place for item in record_lines(path)][2] == f"{path}:3"


@pytest.mark.parametrize("pack", PACKERS)
def test_files_that_were_put_together(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = file(tmp_path, pack(TEXT) + pack(TEXT))
    assert lines(path) == 2 * [row.encode() for row in ROWS]
    assert bad(path) == []


@pytest.mark.parametrize("pack", PACKERS[1:])
def test_compressed_files_with_something_after(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path = file(tmp_path, pack(TEXT) + b"\0" * (1 << 20))  # padding
    assert (len(lines(path)), bad(path)) == (200, [])
    path = file(tmp_path, pack(TEXT) + b"more")
    assert (len(lines(path)), bad(path)) == (
        200,
        [":200: the compressed data go on as something else."],
    )


def test_a_plain_file_cut_anywhere(tmp_path: Path) -> None:
    """As a crash or a full disk leaves it."""
    start = len(TEXT) - len(ROWS[-1].encode()) - 5
    for end in range(start, len(TEXT) + 1):
        path = file(tmp_path, TEXT[:end])
        whole = sum(TEXT[:end].count(row.encode()) for row in ROWS[-3:]) + 197
        assert len(lines(path)) == whole, end
        cut = not TEXT[:end].endswith((b"}\n", b"}"))
        assert len(bad(path)) == cut
        assert not cut or bad(path) == [f":{whole + 1}: half a line, as a crash leaves it."]


@pytest.mark.parametrize("pack", PACKERS[1:])
def test_a_compressed_file_cut_anywhere(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(TEXT)
    for end in range(8, len(packed), 3):
        path = file(tmp_path, packed[:end])
        found = lines(path)
        assert found == [row.encode() for row in ROWS][: len(found)]
        (problem,) = bad(path)
        assert "the compressed data are cut off" in problem


@pytest.mark.parametrize("pack", PACKERS[1:])
def test_a_compressed_file_with_a_wrong_byte_anywhere(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(TEXT)
    for place in range(12, len(packed), 5):
        path = file(tmp_path, packed[:place] + bytes([packed[place] ^ 255]) + packed[place + 1 :])
        assert bad(path), place


@pytest.mark.parametrize(
    ("data", "whole", "says"),
    [
        (b"", 0, []),
        (b"\n\n  \n", 0, []),
        (b"\xef\xbb\xbf{}\n", 1, []),
        (b"{}\r\n{}\r\n", 2, []),
        (b'{"a":1\n{}\n', 1, [":1: half a line, as a crash leaves it."]),
        (b"{}\n\0\0\0\0", 1, [":2: half a line, as a crash leaves it."]),
        (b"{}\nhello\n{}\n", 2, [":2: expected a JSON object a line."]),
        (b'{}\n{"a":"}', 1, [":2: half a line, as a crash leaves it."]),
        (
            b"{}\n" + b"x" * (MAX_BYTES + 1) + b"\n{}\n",
            2,
            [":2: longer than 10 MiB; no record is."],
        ),
    ],
)
def test_lines_of_all_kinds(tmp_path: Path, data: bytes, whole: int, says: list[str]) -> None:
    path = file(tmp_path, data)
    assert len(lines(path)) == whole
    assert bad(path) == says


@pytest.mark.parametrize("pack", PACKERS)
def test_an_array_as_opa_uploads_it(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = file(tmp_path, pack(f" [{', '.join(ROWS)}]\n".encode()))
    assert [json.loads(line) for line in lines(path)] == [json.loads(row) for row in ROWS]
    assert next(iter(record_lines(path))).place == f"{path}[0]"
    path = file(tmp_path, pack(f"[{ROWS[0]}, {ROWS[1][:20]}".encode()))
    assert len(lines(path)) == 1
    assert bad(path) == ["[1]: expected ']' before the end of the input."]


def test_a_gap_is_no_record(tmp_path: Path) -> None:
    path = file(tmp_path, b'{"gap":{"missing":3}}\n{"record":1}\n')
    assert lines(path) == [b'{"record":1}']
    assert len(list(record_lines(path, gaps=True))) == 2


@pytest.mark.parametrize("pack", PACKERS)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = file(tmp_path, pack(TEXT * 200))
    tracemalloc.start()
    try:
        assert sum(1 for _ in record_lines(path)) == 40_000
        assert tracemalloc.get_traced_memory()[1] < 3 << 20
    finally:
        tracemalloc.stop()


def test_a_directory_is_its_files_in_order_of_time(tmp_path: Path) -> None:
    names = [
        "decisions-20261102T093000.000000Z-5c0ffee5-4711-9f86d081.jsonl.gz",
        "decisions-20261102T093000.000001Z-5c0ffee5-4711-9f86d081.jsonl",
        "decisions-20261103T000000.000000Z-00000000-1-00000000.jsonl.zst",
        "opa.jsonl",
    ]
    for name in [
        *reversed(names),
        ".decisions-20261102T093000.000000Z-5c0ffee5-4711-9f86d081.jsonl.gz.tmp",
        ".aboveboard-records.lock",
        "README.md",
        # It is compressed, and a crash came before it could go.
        "decisions-20261102T093000.000000Z-5c0ffee5-4711-9f86d081.jsonl",
    ]:
        (tmp_path / name).touch()
    assert [path.name for path in record_files(tmp_path)] == names
    assert record_files(tmp_path / "README.md") == [tmp_path / "README.md"]


def test_a_file_that_was_compressed_since_it_was_listed(tmp_path: Path) -> None:
    (tmp_path / "decisions.jsonl.gz").write_bytes(gzip.compress(TEXT))
    assert len(lines(tmp_path / "decisions.jsonl")) == 200


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"is not there\. Name a file of records"):
        record_files(tmp_path / "nowhere")
    with pytest.raises(RecordError, match="is not there"):
        list(record_lines(tmp_path / "nowhere"))


def test_zstd_without_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path, zstd(TEXT))
    monkeypatch.setitem(sys.modules, "compression", None)
    monkeypatch.setitem(sys.modules, "backports", None)
    with pytest.raises(
        ConfigurationError, match=r"install the extra: pip install 'aboveboard\[zstd\]'"
    ):
        list(record_lines(path))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no /dev/zero here")
def test_what_never_ends() -> None:
    with pytest.raises(RecordError, match="'/dev/zero' is a device, which may never end"):
        list(record_lines(Path("/dev/zero")))
