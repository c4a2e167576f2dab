"""A directory of records is kept in order, and no crash on the way loses one."""

from __future__ import annotations

import gzip
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.records.locking import maintenance
from aboveboard.records.naming import this_host
from aboveboard.records.reading import record_files
from aboveboard.records.tending import compress, tend
from aboveboard.records.writing import Writer
from tests.records.beside import numbers, on_record, recording
from tests.records.test_writing import row, written

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
GONE = 2**22 + 1
"""Larger than any process id."""


def file(
    folder: Path,
    rows: range = range(3),
    *,
    begun: datetime = NOW,
    pid: int = GONE,
    host: str | None = None,
    closed: bool = False,
) -> Path:
    name = f"decisions-{begun:%Y%m%dT%H%M%S.%fZ}-{host or this_host()}-{pid}-{len(rows):08x}.jsonl"
    path = folder / name
    path.write_bytes(b"".join(map(row, rows)))
    if closed:
        path.chmod(0o400)
    return path


def names(folder: Path) -> list[str]:
    return [path.name[-8:].lstrip("0123456789abcdef") for path in record_files(folder)]


@pytest.mark.parametrize(("compression", "ending"), [("gzip", ".gz"), ("zstd", ".zst")])
def test_what_is_closed_is_compressed(tmp_path: Path, compression: Any, ending: str) -> None:
    path = file(tmp_path, range(300), closed=True, pid=os.getpid())
    size, then = path.stat().st_size, path.stat().st_mtime_ns
    done = tend(tmp_path, compression=compression, keep_days=None, now=NOW)
    assert done.compressed == (path,)
    (packed,) = record_files(tmp_path)
    assert packed.name == path.name + ending
    assert packed.stat().st_size < size / 10
    assert packed.stat().st_mtime_ns == then
    assert stat.S_IMODE(packed.stat().st_mode) == 0o600
    assert written(tmp_path) == list(range(300))
    assert tend(tmp_path, compression=compression, keep_days=None, now=NOW).compressed == ()


def test_without_compression_files_stay_as_they_are(tmp_path: Path) -> None:
    path = file(tmp_path, closed=True)
    tend(tmp_path, compression="none", keep_days=None, now=NOW)
    assert record_files(tmp_path) == [path]


def test_what_a_dead_process_left_is_closed_and_compressed(tmp_path: Path) -> None:
    path = file(tmp_path)
    assert tend(tmp_path, compression="gzip", keep_days=None).compressed == (path,)
    assert written(tmp_path) == [0, 1, 2]


def test_an_empty_file_goes(tmp_path: Path) -> None:
    file(tmp_path, range(0))
    tend(tmp_path, compression="gzip", keep_days=None)
    assert record_files(tmp_path) == []


@pytest.mark.parametrize(
    "whose", [{"pid": os.getpid()}, {"host": "00000000"}], ids=["alive", "of another host"]
)
def test_what_somebody_may_be_writing_is_left_for_a_day(
    tmp_path: Path, whose: dict[str, Any]
) -> None:
    path = file(tmp_path, **whose)
    assert tend(tmp_path, compression="gzip", keep_days=None).compressed == ()
    later = datetime.now(UTC) + timedelta(days=1, minutes=1)
    assert tend(tmp_path, compression="gzip", keep_days=None, now=later).compressed == (path,)


def test_a_writer_that_idled_goes_on_in_a_new_file(tmp_path: Path) -> None:
    writer = Writer(tmp_path, max_bytes=1 << 20)
    writer.write(row(0))
    later = datetime.now(UTC) + timedelta(days=2)
    tend(tmp_path, compression="gzip", keep_days=None, now=later)
    writer.write(row(1))
    assert names(tmp_path) == [".jsonl.gz", ".jsonl"] or len(record_files(tmp_path)) == 2
    assert written(tmp_path) == [0, 1]


def test_too_old_is_what_ended_so_many_days_ago(tmp_path: Path) -> None:
    """By the day in the name: a file that was copied yesterday is as old as its decisions."""
    for days in range(5):
        file(tmp_path, begun=NOW - timedelta(days=days), closed=True)
    (tmp_path / "opa.jsonl").write_bytes(b"{}\n")
    midnight = NOW.replace(hour=0, minute=0)
    for now, left in [(midnight, 4), (midnight + timedelta(days=1) - timedelta(seconds=1), 4),
                      (midnight + timedelta(days=1), 3)]:  # fmt: skip
        tend(tmp_path, compression="gzip", keep_days=3, now=now)
        assert len(record_files(tmp_path)) == left + 1, now
    assert (tmp_path / "opa.jsonl").exists()


def test_a_file_that_is_being_written_can_be_too_old(tmp_path: Path) -> None:
    writer = Writer(tmp_path, max_bytes=1 << 20)
    writer.write(row(0))
    tend(tmp_path, compression="gzip", keep_days=1, now=datetime.now(UTC) + timedelta(days=3))
    assert record_files(tmp_path) == []
    writer.write(row(1))
    assert written(tmp_path) == [1]


def test_what_a_crash_left_is_cleared_away(tmp_path: Path) -> None:
    path = file(tmp_path, closed=True)
    (tmp_path / f".{path.name}.gz.tmp").write_bytes(b"half")
    whole = file(tmp_path, range(10, 15), closed=True)
    (tmp_path / f"{whole.name}.gz").write_bytes(gzip.compress(whole.read_bytes()))
    assert written(tmp_path) == [0, 1, 2, *range(10, 15)]
    tend(tmp_path, compression="gzip", keep_days=None)
    assert written(tmp_path) == [0, 1, 2, *range(10, 15)]
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".gz", ".gz", ".lock"]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    file(tmp_path, closed=True)
    with maintenance(tmp_path, wait=False) as ours:
        assert ours
        assert tend(tmp_path, compression="gzip", keep_days=1).removed == ()
    assert len(tend(tmp_path, compression="gzip", keep_days=None).compressed) == 1


def test_a_disk_that_is_full_while_compressing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, range(500), closed=True)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("aboveboard.records.tending.os.fsync", full)
        with pytest.raises(OSError, match="No space left"):
            compress(path, "gzip")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert written(tmp_path) == list(range(500))


def test_a_kill_while_compressing(tmp_path: Path) -> None:
    """At every moment of it: all records are there, each once, and the next process tidies up."""
    path = file(tmp_path, range(60_000), closed=True)
    program = (
        "import sys; from pathlib import Path; from aboveboard.records.tending import tend\n"
        "print('now', flush=True); tend(Path(sys.argv[1]), compression='gzip', keep_days=None)"
    )
    for wait in (0.0, 0.01, 0.05):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
        (found,) = record_files(tmp_path)
        assert found.stem in (path.name, path.stem)
    assert written(tmp_path) == list(range(60_000))
    tend(tmp_path, compression="gzip", keep_days=None)
    assert names(tmp_path) == ["jsonl.gz"] or record_files(tmp_path)[0].suffix == ".gz"
    assert written(tmp_path) == list(range(60_000))
    assert not list(tmp_path.glob(".*.tmp"))


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_a_process_compresses_while_it_records(tmp_path: Path, compression: str) -> None:
    with recording(tmp_path, max_bytes=40_000, compression=compression) as process:
        process.more(300)
        end = time.monotonic() + 20
        while time.monotonic() < end and len(record_files(tmp_path)) < 5:
            process.more(10)
        packed = [path for path in record_files(tmp_path) if path.suffix != ".jsonl"]
        assert packed
    found = numbers(tmp_path)
    assert found == list(range(len(found)))
    assert len(on_record(tmp_path)[1]) <= 1
