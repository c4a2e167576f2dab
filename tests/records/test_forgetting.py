"""Who is to be forgotten is in no file, and nobody else's record is lost, whoever writes meanwhile."""

from __future__ import annotations

import gzip
import json
import stat
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from aboveboard import RecordError
from aboveboard.records.forgetting import forget
from aboveboard.records.reading import record_files
from aboveboard.records.tending import tend
from tests.records.beside import numbers, on_record, recording
from tests.records.program import PEOPLE, subject

if TYPE_CHECKING:
    from pathlib import Path

THEM, OTHER = subject(1), subject(2)


def line(who: str | None, number: int) -> bytes:
    event = {"specversion": "1.0", "subject": who, "data": {}}
    verdict = {"decision_id": str(number)}
    return json.dumps({"record": 1, "event": event, "verdict": verdict}).encode() + b"\n"


def test_whole_lines_go_from_every_file(tmp_path: Path) -> None:
    rows = b"".join(line(who, i) for i, who in enumerate([THEM, OTHER, None, THEM, OTHER]))
    (tmp_path / "decisions-a.jsonl").write_bytes(rows)
    (tmp_path / "decisions-b.jsonl.gz").write_bytes(gzip.compress(rows))
    (tmp_path / "decisions-c.jsonl").write_bytes(line(OTHER, 9))
    untouched = (tmp_path / "decisions-c.jsonl").stat()
    found = forget(tmp_path, [THEM])
    assert (found.records, found.searched, found.unsearched) == (4, 3, ())
    assert [path.name[10:] for path in found.files] == ["a.jsonl", "b.jsonl.gz"]
    assert numbers(tmp_path) == [1, 2, 4, 1, 2, 4, 9]
    assert (tmp_path / "decisions-c.jsonl").stat() == untouched
    assert stat.S_IMODE((tmp_path / "decisions-a.jsonl").stat().st_mode) == 0o400
    assert stat.S_IMODE((tmp_path / "decisions-b.jsonl.gz").stat().st_mode) == 0o600
    assert forget(tmp_path, [THEM]).records == 0


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "decisions-a.jsonl"
    path.write_bytes(line(THEM, 0) + line(OTHER, 1))
    before = path.read_bytes(), path.stat()
    found = forget(tmp_path, [THEM, OTHER], dry_run=True)
    assert (found.records, len(found.files)) == (2, 1)
    assert (path.read_bytes(), path.stat()) == before


def test_who_is_merely_mentioned_is_not_whom_it_is_about(tmp_path: Path) -> None:
    """The pseudonym stands somewhere else in the line."""
    raw = json.loads(line(OTHER, 0))
    raw["event"]["data"] = {"notice": {"id": THEM}}
    rest = b'{"half": "' + THEM.encode() + b'" \n' + b"\0\0\n" + b'{"gap":{"missing":1}}\n'
    (tmp_path / "decisions-a.jsonl").write_bytes(json.dumps(raw).encode() + b"\n" + rest)
    found = forget(tmp_path, [THEM])
    assert found.records == 1  # half a line that names the person
    assert numbers(tmp_path) == [0]
    assert (tmp_path / "decisions-a.jsonl").read_bytes().count(b"\n") == 3


def test_lines_that_stay_stay_as_they_were(tmp_path: Path) -> None:
    """Byte for byte: what is odd about them is not ours to mend."""
    odd = b'{ "record":1 ,"event":{} }\r\n\n  \nhello \xff\n{"half'
    (tmp_path / "decisions-a.jsonl").write_bytes(line(THEM, 0) + odd)
    forget(tmp_path, [THEM])
    assert (tmp_path / "decisions-a.jsonl").read_bytes() == odd


def test_a_damaged_file_is_told_and_left(tmp_path: Path) -> None:
    packed = gzip.compress(line(THEM, 0) * 500)
    (tmp_path / "decisions-a.jsonl.gz").write_bytes(packed[:-20])
    (tmp_path / "decisions-b.jsonl").write_bytes(line(THEM, 0))
    found = forget(tmp_path, [THEM])
    assert [path.name for path in found.unsearched] == ["decisions-a.jsonl.gz"]
    assert found.records == 1
    assert (tmp_path / "decisions-a.jsonl.gz").read_bytes() == packed[:-20]


def test_what_a_crash_left_of_a_file_holds_nobody_either(tmp_path: Path) -> None:
    name = "decisions-20261102T093000.000000Z-5c0ffee5-4711-9f86d081.jsonl"
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(line(THEM, 0) + line(OTHER, 1)))
    (tmp_path / name).write_bytes(line(THEM, 0) + line(OTHER, 1))
    (tmp_path / f".{name}.gz.tmp").write_bytes(line(THEM, 0))
    forget(tmp_path, [THEM])
    left = [path for path in tmp_path.iterdir() if path.suffix != ".lock"]
    assert [path.name for path in left] == [f"{name}.gz"]
    assert gzip.decompress(left[0].read_bytes()) == line(OTHER, 1)


def test_a_full_disk_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "decisions-a.jsonl"
    path.write_bytes(line(THEM, 0) + line(OTHER, 1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("aboveboard.records.tending.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            forget(tmp_path, [THEM])
    assert numbers(tmp_path) == [0, 1]
    assert forget(tmp_path, [THEM]).records == 1


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="is no directory of records"):
        forget(tmp_path / "nowhere", [THEM])


def test_beside_processes_that_record(tmp_path: Path) -> None:
    """Two real processes write, rotate and compress; one person after the other is forgotten."""
    with recording(tmp_path, 60_000) as one, recording(tmp_path, 60_000) as two:
        removed = 0
        for person in range(3):
            one.more(30)
            two.more(30)
            done = one.last, two.last
            found = forget(tmp_path, [subject(person)])
            removed += found.records
            assert found.unsearched == ()
            # Whoever was forgotten is not in what was written before; later records may be there.
            left = Counter(numbers(tmp_path))
            for number in range(person, min(done), PEOPLE):
                assert left[number] == 0, number
        one.more(30)
        two.more(30)
        last = one.kill(), two.kill()
    assert removed > 0
    left = Counter(numbers(tmp_path))
    for number in range(min(last)):
        if number % PEOPLE >= 3:
            assert left[number] == 2, number  # nobody else's record is lost
    assert max(left.values()) <= 2
    assert on_record(tmp_path)[1] in ([], ["half a line, as a crash leaves it."])
    tend(tmp_path, compression="gzip", keep_days=None)
    forget(tmp_path, [subject(person) for person in range(PEOPLE)])
    assert numbers(tmp_path) == []
    assert all(b"subject" not in _content(path) for path in record_files(tmp_path))


def _content(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw
