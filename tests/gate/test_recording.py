"""What a gate decides is on record before it says so; what cannot be recorded is not done."""

from __future__ import annotations

import errno
import gc
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from aboveboard import ConfigurationError, Gate, Settings, SettingsError, hookimpl
from aboveboard.organisation import example
from aboveboard.records.reading import Line, record_files, record_lines
from aboveboard.records.record import Record, parse_record
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = "sixteen bytes or more"
DENIED = {"objections.profiling": True, "objections.compelling_grounds_ref": None}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "records"


@pytest.fixture
def recording(place: Path) -> Iterator[Callable[..., Gate]]:
    """Gates that record: `recording(plugins=…, record_fsync=True)`."""
    made: list[Gate] = []

    def make(plugins: tuple[object, ...] = (), **options: Any) -> Gate:
        settings = Settings(**{"record_directory": place, "subject_key": KEY, **options})
        made.append(Gate(settings, organisation=example(), plugins=plugins))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


def on_record(place: Path) -> list[Record]:
    return [
        parse_record(line.text)
        for path in record_files(place)
        for line in record_lines(path)
        if isinstance(line, Line)
    ]


class FullDisk:
    """Stands for a disk that is full while `full` says so."""

    def __init__(self, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        assert gate._recorder is not None
        write = gate._recorder._writer.write

        def maybe(data: bytes) -> None:
            if self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/secret/place")
            write(data)

        monkeypatch.setattr(gate._recorder._writer, "write", maybe)


@pytest.mark.parametrize("changes", [{}, DENIED])
def test_each_decision_is_there_when_its_verdict_is(
    recording: Callable[..., Gate], place: Path, changes: dict[str, Any]
) -> None:
    gate = recording()
    event = compliant_event("profiling", changes=changes)
    verdict = gate.check(event)
    (record,) = on_record(place)
    assert record.verdict == verdict
    assert record.beyond == ()
    assert record.event.facts.audit is not None
    assert record.event.facts.audit.inputs_hash is not None  # what was decided on, all facts in
    assert (record.event.id, record.event.subject) == (event.id, event.subject)


@pytest.mark.anyio
@pytest.mark.parametrize("fsync", [False, True])
async def test_in_an_event_loop(recording: Callable[..., Gate], place: Path, fsync: bool) -> None:
    gate = recording(record_fsync=fsync)
    verdict = await gate.acheck(compliant_event("decision"))
    assert [record.verdict for record in on_record(place)] == [verdict]


def test_facts_of_plugins_are_on_record_and_their_findings_told_apart(
    recording: Callable[..., Gate], place: Path
) -> None:
    class Plugin:
        @hookimpl
        def aboveboard_facts(self) -> dict[str, Any]:
            return {"score": {"context_used": "shop"}}

        @hookimpl
        def aboveboard_profiling(self) -> list[Any]:
            return [{"rule": "ACME-01", "effect": "escalate", "message": "LEAKED"}]

    verdict = recording((Plugin(),)).check(compliant_event("profiling", changes=DENIED))
    assert verdict.rules == ("R-OBJ-01", "ACME-01")
    (record,) = on_record(place)
    assert record.beyond == ("ACME-01",)
    assert record.verdict is not None
    assert record.verdict.rules == verdict.rules
    assert record.event.to_dict()["data"]["score"]["context_used"] == "shop"


def test_a_decision_without_an_answer(recording: Callable[..., Gate], place: Path) -> None:
    class Plugin:
        @hookimpl
        def aboveboard_facts(self) -> None:
            raise RuntimeError

    recording((Plugin(),)).check(compliant_event("profiling"))
    (record,) = on_record(place)
    assert record.beyond == ("runtime.facts_failed",)
    assert record.verdict is not None
    assert (record.verdict.effect, record.verdict.policy_revision) == ("deny", "")


def test_refusals_are_recorded_and_previews_are_not(
    recording: Callable[..., Gate], place: Path
) -> None:
    gate = recording()
    gate.preview(compliant_event("profiling"))
    gate.refuse(compliant_event("profiling"), "runtime.not_governed", "No.", "")
    assert [record.beyond for record in on_record(place)] == [("runtime.not_governed",)]


def test_monitor_mode_is_told(recording: Callable[..., Gate], place: Path) -> None:
    recording(mode="monitor").check(compliant_event("profiling", changes=DENIED))
    (record,) = on_record(place)
    assert record.verdict is not None
    assert (record.verdict.effect, record.verdict.enforced) == ("deny", False)


def test_what_cannot_be_recorded_is_not_done(
    recording: Callable[..., Gate], monkeypatch: pytest.MonkeyPatch, log: list[Any]
) -> None:
    gate = recording()
    FullDisk(gate, monkeypatch)
    verdict = gate.check(compliant_event("profiling"))
    assert (verdict.effect, verdict.rules) == ("deny", ("runtime.recording_failed",))
    (finding,) = verdict.findings
    assert finding.message == (f"The decision could not be recorded ({os.strerror(errno.ENOSPC)}).")
    assert "record_directory" in finding.remedy
    assert [entry["event"] for entry in log] == ["recording.failed", "step.denied"]
    assert "/secret/place" not in json.dumps(log, default=str)


def test_the_settings_may_let_a_step_by(
    recording: Callable[..., Gate], monkeypatch: pytest.MonkeyPatch, log: list[Any]
) -> None:
    gate = recording(allow_on={"profiling": ["runtime.recording_failed"]})
    FullDisk(gate, monkeypatch)
    verdict = gate.check(compliant_event("profiling"))
    assert (verdict.effect, verdict.findings[0].effect) == ("allow", "warn")
    assert log[-1]["event"] == "step.allowed_unanswered"
    assert gate.check(compliant_event("profiling", changes=DENIED)).effect == "deny"
    assert gate.check(compliant_event("decision")).rules == ("runtime.recording_failed",)


def test_a_gap_is_counted_and_told_once(
    recording: Callable[..., Gate],
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    log: list[Any],
) -> None:
    gate = recording()
    gate.check(compliant_event("profiling"))
    disk = FullDisk(gate, monkeypatch)
    for _ in range(3):
        gate.check(compliant_event("profiling"))
    status = gate.status().recording
    assert status is not None
    assert (status.recorded, status.missing, status.error) == (1, 3, os.strerror(errno.ENOSPC))
    assert status.failing_since is not None
    disk.full = False
    gate.check(compliant_event("profiling"))
    status = gate.status().recording
    assert status is not None
    assert status.model_dump() == {
        "directory": str(place),
        "recorded": 2,
        "missing": 3,
        "failing_since": None,
        "error": None,
    }
    told = [entry for entry in log if entry["event"].startswith("recording.")]
    assert [(entry["event"], entry["missing"]) for entry in told] == [
        ("recording.failed", 1),
        ("recording.resumed", 3),
    ]
    (path,) = record_files(place)
    lines = [json.loads(item.text) for item in record_lines(path, gaps=True)]  # type: ignore[union-attr]
    assert [line.get("gap", {}).get("missing") for line in lines] == [None, 3, None]
    assert lines[1]["gap"]["since"] < lines[1]["gap"]["until"]


def test_a_gap_that_is_still_open_is_told_at_the_end(
    recording: Callable[..., Gate], monkeypatch: pytest.MonkeyPatch, log: list[Any]
) -> None:
    gate = recording()
    FullDisk(gate, monkeypatch)
    gate.check(compliant_event("profiling"))
    gate.check(compliant_event("profiling"))
    gate.close()
    told = [entry["missing"] for entry in log if entry["event"] == "recording.failed"]
    assert told == [1, 2]


def test_threads_count_each_gap_once(
    recording: Callable[..., Gate], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = recording()
    disk = FullDisk(gate, monkeypatch)
    disk.full = False
    event = compliant_event("decision")

    def work() -> None:
        for _ in range(40):
            gate.check(event)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        disk.full = not disk.full
        time.sleep(0.005)
    for thread in threads:
        thread.join()
    disk.full = False
    gate.check(event)
    status = gate.status().recording
    assert status is not None
    assert status.recorded + status.missing == 161
    gaps = [
        json.loads(item.text)["gap"]["missing"]
        for path in record_files(place)
        for item in record_lines(path, gaps=True)
        if isinstance(item, Line) and item.text.startswith(b'{"gap"')
    ]
    assert sum(gaps) == status.missing
    assert not list(place.glob("*.gap.jsonl"))  # all is told among the records
    assert len(on_record(place)) == status.recorded


def test_what_could_not_be_logged_is_on_record_as_the_deny_that_it_became(
    recording: Callable[..., Gate], place: Path
) -> None:
    def broken(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    gate = recording()
    before = structlog.get_config()
    structlog.configure(processors=[broken])
    try:
        verdict = gate.check(compliant_event("profiling"))
    finally:
        structlog.configure(**before)
    assert verdict.rules == ("runtime.explanation_failed",)
    first, second = on_record(place)
    assert first.verdict is not None
    assert (first.verdict.effect, first.beyond) == ("allow", ())
    assert (second.verdict, second.beyond) == (verdict, ("runtime.explanation_failed",))


def test_a_real_full_disk(tmp_path: Path) -> None:
    """A file system of 256 KB: what fits is whole, what does not is denied, and room heals it."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("mounting a file system needs root")
    try:
        settings = Settings(record_directory=place, record_max_bytes=1 << 16, subject_key=KEY)
        with Gate(settings, organisation=example()) as gate:
            event = compliant_event("profiling")
            verdicts = []
            while len(verdicts) < 400:
                verdicts.append(gate.check(event))
                if verdicts[-1].effect == "deny" and len(verdicts) > 100:
                    break
            ballast = place / "ballast"
            if verdicts[-1].effect == "allow":  # compressing made room as fast as it was used
                with pytest.raises(OSError, match="No space"):
                    ballast.write_bytes(b"x" * (1 << 20))
                while gate.check(event).effect == "allow":
                    pass
            status = gate.status().recording
            assert status is not None
            assert status.error == os.strerror(errno.ENOSPC)
            ballast.unlink(missing_ok=True)
            for path in record_files(place)[:2]:
                path.unlink()
            assert gate.check(event).effect == "allow"
            status = gate.status().recording
            assert status is not None
            assert (status.error, status.missing > 0) == (None, True)
        assert all(isinstance(i, Line) for p in record_files(place) for i in record_lines(p))
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SettingsError, match=r"record_directory.*cannot be written to"):
            Gate(Settings(record_directory=place), organisation=example())


def test_zstd_without_its_extra(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression", None)
    monkeypatch.setitem(sys.modules, "backports", None)
    settings = Settings(record_directory=place, record_compression="zstd")
    with pytest.raises(ConfigurationError, match=r"aboveboard\[zstd\]"):
        Gate(settings, organisation=example())
    assert not place.exists()


def test_a_pickled_gate_records_too(
    recording: Callable[..., Gate], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", KEY)
    with pickle.loads(pickle.dumps(recording())) as twin:
        twin.check(compliant_event("decision"))
    assert len(on_record(place)) == 1


def test_without_a_directory_nothing_is_recorded(gate: Gate) -> None:
    assert gate.recording is None
    assert gate.status().recording is None


def test_what_others_left_is_tidied_up(recording: Callable[..., Gate], place: Path) -> None:
    place.mkdir()
    left = place / "decisions-20261102T093000.000000Z-00000000-1-00000000.jsonl"
    left.write_bytes(b'{"record":1}\n')
    left.chmod(0o400)
    gate = recording(record_keep_days=36_525)
    gate.check(compliant_event("decision"))
    gate.close()
    assert (place / f"{left.name}.gz").exists()
    assert not left.exists()


def test_a_directory_that_cannot_be_tidied_up_is_told(
    recording: Callable[..., Gate], monkeypatch: pytest.MonkeyPatch, log: list[Any]
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "secret")

    monkeypatch.setattr("aboveboard.records.recorder.tend", broken)
    gate = recording()
    assert gate.check(compliant_event("decision")).effect == "allow"
    gate.close()
    (entry,) = [entry for entry in log if entry["event"] == "recording.not_tidied"]
    assert entry["problem"] == os.strerror(errno.EIO)


def test_a_signal_that_comes_while_recording_may_decide_too(
    recording: Callable[..., Gate], place: Path
) -> None:
    gate = recording()
    event = compliant_event("decision")
    gate.check(event)
    handled = []

    def decide(*_: object) -> None:
        handled.append(gate.check(event).effect)
        # Not at an interval: on a busy machine the next would come within this one, without end.
        if len(handled) < 20:
            signal.setitimer(signal.ITIMER_REAL, 0.001)

    before = signal.signal(signal.SIGALRM, decide)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    try:
        for _ in range(150):
            gate.check(event)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert handled
    assert len(on_record(place)) == 151 + len(handled)


def test_a_gate_that_nobody_closed_keeps_no_file_open(place: Path) -> None:
    gate = Gate(Settings(record_directory=place, subject_key=KEY), organisation=example())
    gate.check(compliant_event("decision"))
    (path,) = record_files(place)
    assert path.stat().st_mode & 0o200
    del gate
    end = time.monotonic() + 10
    while path.stat().st_mode & 0o200 and time.monotonic() < end:
        time.sleep(0.01)  # the thread that tidies up has it until it is done
        gc.collect()
    assert not path.stat().st_mode & 0o200  # closed for good
