"""Records that are missing are told though the process ends while its disk is full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from click.testing import CliRunner

from aboveboard.cli import cli
from aboveboard.records.gap_file import GapFile, clean_gap_files
from aboveboard.records.reading import record_files
from aboveboard.records.summary import summarise
from aboveboard.records.tending import tend
from tests.records.program import SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = '{"gap":{"missing":3,"since":"2026-11-02T09:30:00Z","until":"2026-11-02T09:31:00Z"}}'
PROGRAM = """
import os, resource, signal, sys
from dataclasses import replace
from pathlib import Path
from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.records.record import parse_record
from aboveboard.records.recorder import Recorder
from tests.records.program import SAMPLE

place, how = Path(sys.argv[1]), sys.argv[2]
record = parse_record(SAMPLE.read_text(encoding="utf-8").splitlines()[0])

def recorder():
    return Recorder(place, Pseudonymiser(b"sixteen bytes or more"), max_bytes=1 << 20,
                    compression="gzip", keep_days=None, fsync=how == "fsync")

def fill():
    try:
        with (place / "ballast").open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 512)
    except OSError:
        pass

def decide(one, times):
    failed = 0
    for _ in range(times):
        try:
            one.record(record.event, record.verdict, ())
        except OSError:
            failed += 1
    return failed

if how == "begun-full":
    fill()
one = recorder()
if how != "begun-full":
    assert decide(one, 2) == 0
    fill()
while not decide(one, 1):
    pass
assert decide(one, 4) == 4
if how == "closed":
    one.close(1)
    sys.exit()
if how == "resumed":
    (place / "ballast").unlink()
    assert decide(one, 1) == 0
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """The command line configures structlog for its process, and here that is the tests'."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a file system needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def shown(place: Path) -> list[Path]:
    return sorted(place.glob("*.gap.jsonl"))


def hidden(place: Path) -> list[Path]:
    return sorted(place.glob(".*.gap"))


@pytest.mark.parametrize(
    ("how", "missing"),
    [("killed", 5), ("fsync", 5), ("closed", 5), ("begun-full", 1), ("resumed", 5)],
)
def test_a_process_that_ends_on_a_full_disk(disk: Path, how: str, missing: int) -> None:
    command = [sys.executable, "-c", PROGRAM, str(disk), how]
    subprocess.run(command, check=False, timeout=60, cwd=Path.cwd())
    gaps = shown(disk)
    assert len(gaps) == (0 if how == "resumed" else 1)
    assert sum(summarise(path).missing for path in record_files(disk)) == missing
    (disk / "ballast").unlink(missing_ok=True)
    runner = CliRunner()
    for name in ("list", "show"):
        result = runner.invoke(cli, ["record", name, str(disk)])
        assert result.exit_code == 1, result.output
        assert all(path.name in result.output for path in gaps)


def test_a_replay_counts_it(tmp_path: Path) -> None:
    place = tmp_path / "records"
    place.mkdir()
    (place / "decisions.jsonl").write_bytes(SAMPLE.read_bytes())
    command = ["replay", str(place), "--against", "bundled", "--fail-if", "missing > 0"]
    assert CliRunner().invoke(cli, command).exit_code == 0
    mark = GapFile(place, fsync=False)
    mark.tell(LINE)
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 1, result.output


def test_it_goes_when_the_gap_is_told(tmp_path: Path) -> None:
    mark = GapFile(tmp_path, fsync=True)
    mark.prepare()
    assert (shown(tmp_path), record_files(tmp_path), len(hidden(tmp_path))) == ([], [], 1)
    mark.tell(LINE)
    mark.tell(LINE.replace("3", "12345678901234", 1))
    (path,) = shown(tmp_path)
    assert (hidden(tmp_path), summarise(path).missing) == ([], 12345678901234)
    assert (path.stat().st_mode & 0o777, path.stat().st_size) == (0o600, 256)
    mark.told()
    assert (shown(tmp_path), len(hidden(tmp_path))) == ([], 1)
    mark.tell(LINE)
    mark.close()
    assert len(shown(tmp_path)) == 1  # it is still so
    mark.told()
    mark.close()
    assert list(tmp_path.iterdir()) == []


def test_an_empty_one_stands_for_one(tmp_path: Path) -> None:
    mark = GapFile(tmp_path, fsync=False)
    mark.tell(LINE)
    (path,) = shown(tmp_path)
    path.write_bytes(b"")
    assert summarise(path).missing == 1
    path.unlink()
    assert summarise(path).missing == 0  # told among the records since it was listed


def test_one_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    mark = GapFile(tmp_path, fsync=False)
    mark.prepare()
    hidden(tmp_path)[0].unlink()
    mark.tell(LINE)
    assert summarise(shown(tmp_path)[0]).missing == 3
    shown(tmp_path)[0].unlink()
    mark.told()
    mark.tell(LINE)
    assert len(shown(tmp_path)) == 1


def test_a_directory_that_is_gone_is_no_other_error(tmp_path: Path) -> None:
    mark = GapFile(tmp_path / "nowhere", fsync=True)
    mark.prepare()
    mark.tell(LINE)
    mark.told()
    mark.close()
    assert not mark.ready


def test_tidying_up_takes_hidden_ones_of_the_dead_and_no_gap(tmp_path: Path) -> None:
    mark = GapFile(tmp_path, fsync=False)
    mark.prepare()
    (ours,) = hidden(tmp_path)
    stem, host, _, end = ours.name.rsplit("-", 3)
    before = stem.replace(f"{datetime.now(UTC):%Y}", "2020", 1)
    dead, other, forgotten, predecessor = (
        tmp_path / name
        for name in (
            f"{stem}-{host}-999999999-{end}",
            f"{stem}-00000000-1-{end}",
            f"{stem}-00000000-2-{end}",
            f"{before}-{host}-{os.getpid()}-{end}",
        )
    )
    for path in (dead, other, forgotten, predecessor):
        path.touch()
    os.utime(forgotten, (0, 0))
    told = tmp_path / "decisions-20261102T093000.000000Z-00000000-1-00000000.gap.jsonl"
    told.write_text(json.dumps({"gap": {"missing": 2}}).replace(" ", "") + "\n")
    now = datetime(2026, 12, 2, tzinfo=UTC)
    tend(tmp_path, compression="gzip", keep_days=60, now=now)
    assert hidden(tmp_path) == sorted([ours, other])
    assert shown(tmp_path) == [told]
    assert summarise(told).missing == 2
    tend(tmp_path, compression="gzip", keep_days=20, now=now)
    assert shown(tmp_path) == []  # too old, like records
    clean_gap_files(tmp_path)
    assert ours.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_leaves_its_parents_alone(tmp_path: Path) -> None:
    mark = GapFile(tmp_path, fsync=False)
    mark.prepare()
    mark._pid = -1  # as a child has it that nobody told
    mark.close()
    assert len(hidden(tmp_path)) == 1
    mark.forked()
    assert not mark.ready
