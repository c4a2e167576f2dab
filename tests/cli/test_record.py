"""`aboveboard record`: what is on record, whom to forget, what is too old."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aboveboard import Gate, Settings
from aboveboard.organisation import example
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from click.testing import Result

Run = Callable[..., "Result"]
KEY = "sixteen bytes or more"
OLD = "decisions-20200102T093000.000000Z-00000000-1-00000000.jsonl"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ABOVEBOARD_RECORD_DIRECTORY", str(tmp_path / "records"))
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", KEY)
    return tmp_path / "records"


@pytest.fixture
def filled(place: Path) -> Path:
    # Not compressed: the thread that tidies up may come before, or after, the gate is closed.
    settings = Settings(record_directory=place, subject_key=KEY, record_compression="none")
    with Gate(settings, organisation=example()) as gate:
        for person in ("crm/1", "crm/2", "crm/1"):
            facts = compliant_event("recommendation").facts
            gate.check(gate.event("recommendation", facts=facts.model_dump(), subject=person))
        gate.refuse(compliant_event("decision"), "runtime.not_governed", "No.", "")
    return place


def shown(run: Run) -> dict[str, object]:
    found: dict[str, object] = json.loads(run("record", "show", "--format", "json").stdout)
    return found


def test_list(run: Run, filled: Path) -> None:
    (path,) = filled.glob("*.jsonl")
    result = run("record", "list")
    assert result.exit_code == 0
    header, line = result.stdout.splitlines()
    assert header.split("  ")[0] == "FILE"
    assert line.split()[:2] == [path.name, "4"]
    (one,) = json.loads(run("record", "list", str(filled), "--format", "json").stdout)
    assert (one["file"], one["records"], one["missing"]) == (str(path), 4, 0)


def test_show(run: Run, filled: Path) -> None:
    result = run("record", "show")
    assert result.exit_code == 0
    assert result.stdout.startswith("4 records in 1 file, ")
    assert "  decision deny: 1\n  recommendation allow: 3\n" in result.stdout
    found = shown(run)
    assert found["effects"] == {"decision deny": 1, "recommendation allow": 3}
    assert len(found["revisions"]) == 2  # type: ignore[arg-type]


def test_what_is_missing_is_told_and_the_exit_code_says_so(run: Run, filled: Path) -> None:
    (filled / "b.jsonl").write_text('{"gap":{"missing":7}}\n{"rec\n{"other":1}\nhello\n')
    (filled / "c.jsonl.gz").write_bytes(gzip.compress(b'{"other":1}\n' * 99)[:-9])
    for command in ("list", "show"):
        assert run("record", command).exit_code == 1
    text = run("record", "show").stdout
    assert f"7 missing: they could not be written. It says so in:\n  {filled / 'b.jsonl'}\n" in text
    assert "2 lines that a crash left half, or that are damaged or malformed:" in text
    assert "b.jsonl:2: half a line, as a crash leaves it." in text
    assert "lines of something else." in text
    assert (shown(run)["missing"], shown(run)["half_lines"]) == (7, 2)


SURROGATE = "\\ud800"


@pytest.mark.parametrize(
    ("part", "changes", "problem"),
    [
        ("event", {"time": SURROGATE}, "event.time: expected an RFC 3339 time"),
        ("event", {"time": "2026-11-02T09:30:00"}, "event.time: expected an RFC 3339 time"),
        ("event", {"time": None}, "event.time: expected an RFC 3339 time"),
        ("verdict", {"step": ["profiling"]}, "verdict: expected its step"),
        ("verdict", {"effect": SURROGATE}, "verdict: expected its step"),
        ("verdict", {"enforced": "no"}, "verdict: expected its step"),
        ("verdict", {"policy_revision": {}}, "verdict.policy_revision: expected text."),
        ("", {"record": True}, "record: expected the version of the record, 1 to 1."),
        ("", {"record": 2}, "record: expected the version of the record, 1 to 1."),
        ("", {"event": 1}, "event: expected a JSON object."),
        ("", {"verdict": []}, "verdict: expected a JSON object."),
    ],
)
def test_what_has_not_the_form_of_a_record_is_none(
    run: Run, filled: Path, part: str, changes: dict[str, object], problem: str
) -> None:
    (path,) = filled.glob("*.jsonl")
    first, *others = path.read_text().splitlines()
    raw = json.loads(first)
    (raw[part] if part else raw).update(changes)
    bad = filled / "bad.jsonl"
    bad.write_text("\n".join([json.dumps(raw).replace("\\\\u", "\\u"), *others]) + "\n")
    result = run("record", "show", str(bad))
    assert result.exit_code == 1
    assert result.stdout.startswith("3 records in 1 file, ")
    assert f"{bad}:1: {problem}" in result.stdout
    listed = run("record", "list", str(bad))
    assert listed.exit_code == 1
    assert "d800" not in result.stdout + listed.stdout


def test_times_are_told_in_utc_and_in_order(run: Run, filled: Path) -> None:
    (path,) = filled.glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()[:3]]
    times = ("2026-11-02T09:30:00.5Z", "2026-11-02T09:30:00Z", "2026-11-02T10:30:00+05:00")
    for raw, time in zip(lines, times, strict=True):
        raw["event"]["time"] = time
    other = filled / "other.jsonl"
    other.write_text("".join(f"{json.dumps(raw)}\n" for raw in lines))
    text = run("record", "show", str(other)).stdout
    assert "from 2026-11-02T05:30:00Z to 2026-11-02T09:30:00.500000Z\n" in text


def test_the_decision_log_of_opa(run: Run) -> None:
    log = Path(__file__).parents[1] / "records" / "frozen" / "opa-1.19.0.jsonl"
    found = json.loads(run("record", "show", str(log), "--format", "json").stdout)
    assert (found["records"], found["other_lines"], found["half_lines"]) == (3, 3, 0)


def test_nothing(run: Run, place: Path) -> None:
    place.mkdir()
    assert run("record", "list").stdout == "There are no records.\n"
    assert run("record", "show").stdout == "0 records in 0 files, 0 bytes\n"


def test_forget(run: Run, filled: Path) -> None:
    would = "Would remove 2 records of 1 file; 1 file searched.\n"
    done = "Removed 2 records of 1 file; 1 file searched.\n"
    assert run("record", "forget", "--raw", "crm/1", "--dry-run").stdout == would
    assert shown(run)["records"] == 4
    assert run("record", "forget", "--raw", "crm/1").stdout == done
    assert shown(run)["records"] == 2
    nobody = json.loads(run("record", "forget", "--raw", "crm/1", "--format", "json").stdout)
    assert nobody == {
        "records": 0, "files": [], "searched": 1, "unsearched": [], "dry_run": False
    }  # fmt: skip
    (path,) = filled.glob("*.jsonl")
    subject = json.loads(path.read_text().splitlines()[0])["event"]["subject"]
    assert run("record", "forget", subject, "--directory", str(filled)).stdout.startswith(
        "Removed 1 record "
    )


def test_forget_beside_a_damaged_file(run: Run, filled: Path) -> None:
    (filled / "c.jsonl.gz").write_bytes(gzip.compress(b'{"record":1}\n' * 99)[:-9])
    result = run("record", "forget", "--raw", "crm/1")
    assert result.exit_code == 1
    assert "c.jsonl.gz is damaged and was left as it is" in result.stderr


def test_prune(run: Run, filled: Path) -> None:
    (filled / OLD).write_bytes(b'{"record":1}\n')
    assert run("record", "prune", "--keep-days", "9", "--dry-run").stdout == (
        f"Would remove {OLD}.\n"
    )
    result = run("record", "prune", "--keep-days", "9")
    assert result.stdout == f"Removed {OLD}.\nCompressed 1 file.\n"
    assert run("record", "prune", "--keep-days", "9").stdout == "Nothing is too old.\n"
    assert json.loads(run("record", "prune", "--keep-days", "9", "--format", "json").stdout) == {
        "removed": [], "compressed": [], "dry_run": False
    }  # fmt: skip
    assert shown(run)["records"] == 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "nowhere"], "'nowhere' is not there. Name a file of records"),
        (["show"], "No directory of records is named."),
        (["forget", "k1:" + 32 * "0"], "No directory of records is named."),
        (["forget", "k1:" + 32 * "0", "--directory", "nowhere"], "'nowhere' is no directory"),
        (["forget", "LEAKED", "--directory", "."], "SUBJECT 1 is no pseudonym"),
        (["forget", "--raw", "LEAKED", "--directory", "."], "Without subject_key nobody's"),
        (["forget"], "Missing argument 'SUBJECT...'"),
        (["prune", "--directory", "."], "Give --keep-days, or set record_keep_days."),
        (["prune", "--directory", ".", "--keep-days", "0"], "Invalid value for '--keep-days'"),
    ],
)
def test_bad_input(run: Run, arguments: list[str], says: str) -> None:
    result = run("record", *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "LEAKED" not in result.stderr


def test_a_dry_run_of_events_is_not_recorded(run: Run, place: Path) -> None:
    event = compliant_event("recommendation").to_json()
    assert run("check", "-", input=event).exit_code == 0
    assert not place.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("command", [["forget", "k1:" + 32 * "0"], ["prune", "--keep-days", "1"]])
def test_root_leaves_the_files_of_others_alone(run: Run, filled: Path, command: list[str]) -> None:
    os.chown(filled, 12345, 12345)
    result = run("record", *command)
    assert result.exit_code == 2
    assert "belongs to another user. Run this as that user, such as by 'sudo -u \\#12345'." in (
        result.stderr
    )
