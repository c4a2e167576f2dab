"""Records are written whole, at once, by any number of threads and processes; a crash loses none."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from aboveboard.records.naming import FileName
from aboveboard.records.reading import record_files
from aboveboard.records.writing import Writer
from tests.records.beside import numbers, on_record, recording

if TYPE_CHECKING:
    from pathlib import Path


def row(number: int, size: int = 40) -> bytes:
    return json.dumps({"number": number, "text": "x" * size}).encode() + b"\n"


def written(directory: Path) -> list[int]:
    return [record["number"] for record in on_record(directory)[0]]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a" / "records", max_bytes=1 << 20)
    writer.write(row(1))
    assert writer.path is not None
    assert mode(writer.path) == 0o600
    assert mode(tmp_path / "a" / "records") == 0o700
    writer.close()
    (path,) = record_files(tmp_path / "a" / "records")
    assert mode(path) == 0o400  # it takes no more


def test_the_name_says_when_where_and_who(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    writer = Writer(tmp_path, max_bytes=1 << 20)
    writer.write(row(1))
    assert writer.path is not None
    name = FileName.of(writer.path)
    assert name is not None
    assert before <= name.begun <= datetime.now(UTC)
    assert (name.pid, name.packed) == (os.getpid(), False)


@pytest.mark.parametrize(
    "name",
    [
        "records.jsonl",
        "decisions-20261102T093000.000000Z-5c0ffee5-4711-9f86d081.jsonl.bak",
        "decisions-20261399T093000.000000Z-5c0ffee5-4711-9f86d081.jsonl",
        ".decisions-20261102T093000.000000Z-5c0ffee5-4711-9f86d081.jsonl",
    ],
)
def test_other_names_say_nothing(tmp_path: Path, name: str) -> None:
    assert FileName.of(tmp_path / name) is None


def test_a_full_file_is_followed_by_another(tmp_path: Path) -> None:
    closed: list[int] = []
    writer = Writer(tmp_path, max_bytes=300, on_closed=lambda: closed.append(1))
    for number in range(20):
        writer.write(row(number))
    writer.close()
    files = record_files(tmp_path)
    assert len(files) == len(closed) + 1 > 3
    assert max(path.stat().st_size for path in files) <= 300
    assert written(tmp_path) == list(range(20))


def test_a_record_that_is_larger_than_a_file_may_be(tmp_path: Path) -> None:
    writer = Writer(tmp_path, max_bytes=300)
    for number, size in enumerate((40, 4000, 40)):
        writer.write(row(number, size))
    writer.close()
    assert (len(record_files(tmp_path)), written(tmp_path)) == (3, [0, 1, 2])


def test_a_day_has_files_of_its_own(tmp_path: Path) -> None:
    now = datetime(2026, 11, 2, 23, 59, 59, 999_999, tzinfo=UTC)
    writer = Writer(tmp_path, max_bytes=1 << 20, now=lambda: now)
    writer.write(row(0))
    writer.write(row(1))
    now += timedelta(microseconds=1)
    writer.write(row(2))
    writer.close()
    assert [path.name[:18] for path in record_files(tmp_path)] == [
        "decisions-20261102",
        "decisions-20261103",
    ]
    assert written(tmp_path) == [0, 1, 2]


def test_nothing_written_leaves_nothing(tmp_path: Path) -> None:
    writer = Writer(tmp_path, max_bytes=1 << 20)
    writer.close()
    assert record_files(tmp_path) == []
    writer.write(b"")
    writer.close()
    assert record_files(tmp_path) == []
    writer.write(row(1))  # closed is not dead
    assert written(tmp_path) == [1]


def test_many_threads(tmp_path: Path) -> None:
    writer = Writer(tmp_path, max_bytes=4000)

    def work(first: int) -> None:
        for number in range(first, first + 200):
            writer.write(row(number, 40 + number % 50))

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 1600, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert Counter(written(tmp_path)) == Counter(range(1600))
    assert on_record(tmp_path)[1] == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_has_a_file_of_its_own(tmp_path: Path) -> None:
    program = f"""
import os, sys, threading
from pathlib import Path
from aboveboard.records.writing import Writer
from tests.records.test_writing import row
writer = Writer(Path({str(tmp_path)!r}), max_bytes=1 << 20)
writer.write(row(0))
ours = writer.path
writer._mutex.acquire()  # as if another thread were writing just now
child = os.fork()
if child == 0:
    assert writer.path is None
    for number in range(100, 200):
        writer.write(row(number))
    assert writer.path != ours
    os._exit(0)
writer._mutex.release()
for number in range(1, 100):
    writer.write(row(number))
assert writer.path == ours
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)
    assert sorted(written(tmp_path)) == list(range(200))
    assert len(record_files(tmp_path)) == 2


def test_a_file_that_somebody_closed_is_left_alone(tmp_path: Path) -> None:
    writer = Writer(tmp_path, max_bytes=1 << 20)
    writer.write(row(0))
    first = writer.path
    assert first is not None
    first.chmod(0o400)
    writer.write(row(1))
    second = writer.path
    assert second != first
    assert second is not None
    second.unlink()
    writer.write(row(2))
    assert writer.path not in (first, second)
    assert written(tmp_path) == [0, 2]


def test_a_directory_that_goes_is_made_again(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "records", max_bytes=100)
    writer.write(row(0))
    assert writer.path is not None
    writer.path.unlink()
    (tmp_path / "records").rmdir()
    writer.write(row(1))
    assert written(tmp_path / "records") == [1]


@pytest.mark.parametrize("fsync", [False, True])
def test_what_does_not_fit_is_not_there(tmp_path: Path, fsync: bool) -> None:
    """A limit on the size of files ends a write in the middle, as a full disk does."""
    program = f"""
import resource
from pathlib import Path
from aboveboard.records.writing import Writer
from tests.records.test_writing import row
writer = Writer(Path({str(tmp_path)!r}), max_bytes=1 << 20, fsync={fsync})
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, -1))
for number in range(100):
    try:
        writer.write(row(number, 53))
    except OSError as error:
        print(number, error.errno)
        break
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
writer.write(row(1000))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, timeout=60, capture_output=True, text=True
    )
    number, errno = map(int, done.stdout.split())
    assert os.strerror(errno) == "File too large"
    assert on_record(tmp_path)[1] == []
    assert written(tmp_path) == [*range(number), 1000]
    assert len(record_files(tmp_path)) == 1


def test_half_a_line_that_cannot_be_taken_back_ends_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(tmp_path, max_bytes=1 << 20)
    writer.write(row(0))

    def half(fd: int, data: bytes) -> int:
        if len(data) > 10 and data[:1] == b"{":
            return os.pwrite(fd, data[:10], os.fstat(fd).st_size)
        raise OSError(28, "No space left on device")

    def no_way(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("aboveboard.records.writing.os.write", half)
        patched.setattr("aboveboard.records.writing.os.ftruncate", no_way)
        with pytest.raises(OSError, match="No space left"):
            writer.write(row(1))
    writer.write(row(2))
    assert written(tmp_path) == [0, 2]
    assert on_record(tmp_path)[1] == ["half a line, as a crash leaves it."]
    assert len(record_files(tmp_path)) == 2


def test_processes_on_one_directory(tmp_path: Path) -> None:
    with recording(tmp_path) as one, recording(tmp_path) as two:
        one.more(100)
        two.more(100)
        least = one.last, two.last
    found = Counter(numbers(tmp_path))
    assert all(found[number] == 2 for number in range(min(least)))
    assert max(found.values()) == 2


@pytest.mark.parametrize("records", [1, 37, 90])
def test_a_process_that_is_killed(tmp_path: Path, records: int) -> None:
    """While it writes, rotates and compresses: what it knew to be written is there, each once."""
    with recording(tmp_path, max_bytes=20_000) as process:
        process.more(records)
        last = process.kill()
    found = numbers(tmp_path)
    assert found == list(range(len(found)))
    assert last + 1 <= len(found) <= last + 3  # it was killed before it could say so
    assert len(on_record(tmp_path)[1]) <= 1
