"""`aboveboard replay`: what it prints, its exit codes, and an interruption at a terminal."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from aboveboard import Gate, Settings
from aboveboard.organisation import example
from aboveboard.records.record import record_line
from aboveboard.testing import compliant_event
from tests.policies.writing import rego

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

Run = "Callable[..., Result]"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    found = []
    with Gate(Settings(), organisation=example()) as gate:
        for changes in (None, {"objections.direct_marketing": True}):
            for phase in ("requested", "completed"):
                event = compliant_event("recommendation", phase, changes=changes)
                found.append(record_line(event, gate.check(event)))
    return found


@pytest.fixture
def records(lines: list[str], tmp_path: Path) -> Path:
    place = tmp_path / "records"
    place.mkdir()
    (place / "decisions-1.jsonl").write_text("\n".join(lines) + "\n")
    return place


@pytest.fixture
def changed(tmp_path: Path) -> str:
    place = tmp_path / "changed"
    place.mkdir()
    (place / "acme.rego").write_text(rego(changes={"_most := 3": "_most := 0"}))
    return str(place)


def test_what_would_change_is_shown_and_budgets_decide_the_exit_code(
    run: Callable[..., Result], records: Path, changed: str, tmp_path: Path
) -> None:
    (tmp_path / "aboveboard.toml").write_text('[budgets]\ncareful = ["newly_stopped > 10%"]\n')
    kept = run(
        "replay", str(records), "--against", changed, "--fail-if", "newly_allowed > 0",
        "--html", "report.html", "--rows", "rows.jsonl", "--processes", "1",
    )  # fmt: skip
    assert kept.exit_code == 0, kept.output
    assert kept.output.splitlines()[0] == (
        "Of 4 decisions 2 (50.0 %) would newly be stopped (denied)."
    )
    assert "kept    newly_allowed > 0" in kept.output
    assert "<!doctype html>" in (tmp_path / "report.html").read_text()
    assert len((tmp_path / "rows.jsonl").read_text().splitlines()) == 4
    exceeded = run(
        "replay", str(records), "--against", changed, "--budget", "careful", "--format", "json",
        "--processes", "1",
    )  # fmt: skip
    assert exceeded.exit_code == 1
    report = json.loads(exceeded.stdout)
    assert report["totals"]["newly_stopped"] == 2
    assert [result["outcome"] for result in report["budgets"]] == ["exceeded"]
    assert report["new"]["kind"] == "directory"
    assert [file["records"] for file in report["files"]] == [4]
    assert report["partial"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["records", "--against", "nowhere"], "'nowhere' is no directory of policies. Expected one, a bundle file"),
        (["none.jsonl", "--against", "bundled"], "'none.jsonl' is not there."),
        (["empty", "--against", "bundled"], "There are no record files there."),
        (["records"], "Missing option '--against'"),
        (["records", "--against", "bundled", "--fail-if", "newly_denyed > 1"], "Did you mean 'newly_denied'?"),
        (["records", "--against", "bundled", "--budget", "none"], "There is no budget 'none'."),
        (["records", "--against", "git:-x"], "names no revision"),
        (["records", "--against", "bundled", "--processes", "0"], "0 is not in the range"),
        (["records", "--against", "bundled", "--rows", "no/rows.jsonl"], "no/rows.jsonl' cannot be written"),
        (["records", "--against", "bundled", "--state", "no/state"], "cannot be written"),
        (["events.txt", "--against", "bundled"], "holds no record"),
        (["records", "--against", "bundled", "--rows", "records/rows.jsonl"], "over records, or among them"),
        (["events.txt", "--against", "bundled", "--html", "events.txt"], "over records, or among them"),
        (["events.txt", "--against", "bundled", "--state", "events.txt"], "over records, or among them"),
    ],
)  # fmt: skip
def test_bad_input_is_one_message_and_exit_code_2(
    run: Callable[..., Result], records: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "events.txt").write_text("hello\n")
    result = run("replay", *arguments)
    assert result.exit_code == 2, result.output
    assert said in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_a_rule_in_a_budget_that_nobody_has_costs_no_report(
    run: Callable[..., Result], records: Path
) -> None:
    result = run(
        "replay", str(records), "--against", "bundled", "--fail-if", "newly_denied[rule=R-DM-99] > 0",
        "--processes", "1",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "Of 4 decisions" in result.output
    assert "neither side has a rule of that name" in " ".join(result.stderr.split())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe with a name")
def test_records_may_come_through_a_pipe_and_none_is_lost_on_the_way(
    run: Callable[..., Result], lines: list[str], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    text = "\n".join(lines) + "\n"
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(text,))
    writer.start()
    result = run("replay", "pipe", "--against", "bundled", "--processes", "1")
    writer.join()
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Of 4 decisions none would change.\n")
    refused = run("replay", "pipe", "--against", "bundled", "--state", "state")
    assert refused.exit_code == 2
    assert "'pipe' is no file" in refused.output


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="signals a process group")
def test_an_interruption_leaves_a_report_that_says_so_and_a_state_to_go_on_from(
    start: Callable[..., subprocess.Popen[bytes]],
    run: Callable[..., Result],
    lines: list[str],
    tmp_path: Path,
) -> None:
    raw = json.loads(lines[1])
    with (tmp_path / "many.jsonl").open("w") as file:
        for number in range(20_000):
            raw["verdict"]["decision_id"] = f"d-{number}"
            file.write(json.dumps(raw) + "\n")
    arguments = ("replay", "many.jsonl", "--against", "bundled", "--state", "state")
    process = start(*arguments, "--rows", "rows.jsonl", start_new_session=True, cwd=tmp_path)
    rows = tmp_path / "rows.jsonl"
    for _ in range(600):
        if rows.exists() and rows.stat().st_size:
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the workers get it, too
    output, error = process.communicate(timeout=60)
    assert process.returncode == 130, error.decode()
    assert error.decode() == "Interrupted. Run it again to go on.\n"
    told = " ".join(output.decode().split())
    assert "This report is partial. It was interrupted after" in told
    state = json.loads((tmp_path / "state").read_text())
    assert 0 < state["comparison"]["records"] < 20_000
    assert len(rows.read_text().splitlines()) == state["comparison"]["records"]
    assert run("replay", "many.jsonl", "--against", "bundled", "--state", "state").exit_code == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe with a name")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("written", [False, True])
def test_a_pipe_that_brings_nothing_more_can_be_interrupted(
    start: Callable[..., subprocess.Popen[bytes]],
    lines: list[str],
    tmp_path: Path,
    number: signal.Signals,
    written: bool,
) -> None:
    os.mkfifo(tmp_path / "pipe")
    process = start(
        "replay", "pipe", "--against", "bundled", "--rows", "rows.jsonl", "--processes", "1",
        cwd=tmp_path,
    )  # fmt: skip
    for _ in range(600):
        if (tmp_path / "rows.jsonl").exists():  # made last, before records are read
            break
        time.sleep(0.05)
    writer = None
    if written:
        writer = (tmp_path / "pipe").open("w")
        raw = json.loads(lines[0])
        for count in range(16 + 10):  # a chunk, and a part of one
            raw["verdict"]["decision_id"] = f"d-{count}"
            writer.write(json.dumps(raw) + "\n")
        writer.flush()
    time.sleep(0.5)
    process.send_signal(number)
    sent = time.monotonic()
    output, error = process.communicate(timeout=60)
    assert time.monotonic() - sent < 5
    assert process.returncode == 130, error.decode()
    assert error.decode() == "Interrupted. With --state it could go on.\n"
    assert "This report is partial. It was interrupted after" in " ".join(output.decode().split())
    if writer is not None:
        with suppress(BrokenPipeError):
            writer.close()


def test_a_terminal_is_told_that_it_is_stopping(
    start: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    os.mkfifo(tmp_path / "pipe")
    process = start(
        "replay", "pipe", "--against", "bundled", "--rows", "rows.jsonl", stderr=follower,
        cwd=tmp_path,
    )  # fmt: skip
    os.close(follower)
    for _ in range(600):
        if (tmp_path / "rows.jsonl").exists():
            break
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Stopping; once more ends it at once.\r\n" in os.read(leader, 4096)
    os.close(leader)
