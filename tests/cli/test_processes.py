"""The command as a process: streams, pipes, signals, large inputs, a terminal."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.facts import PHASES, STEPS
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = 10_000
CHANGES: dict[str, dict[str, Any]] = {
    "data_collection": {"processing.legal_basis": None},
    "profiling": {"objections.profiling": None},
    "recommendation": {"objections.direct_marketing": True},
    "decision": {"decision.effect": "legal", "decision.automation": "dpv:FullAutomation"},
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Events of all steps and phases, a third of them changed, as JSON lines."""
    draw = random.Random(1)
    kinds = [
        json.loads(compliant_event(step, phase, changes=changes).to_json())
        for step in STEPS
        for phase in PHASES
        for changes in (None, None, CHANGES[step])
    ]
    path = tmp_path_factory.mktemp("mixed") / "events.jsonl"
    with path.open("w") as file:
        for number in range(EVENTS):
            file.write(json.dumps({**draw.choice(kinds), "id": f"e{number}"}) + "\n")
    return path


def finished(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Exit code, and the most memory it had, in KiB."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="tells a child's memory")
def test_large_inputs_need_no_more_memory(
    start: Callable[..., subprocess.Popen[bytes]], mixed: Path, tmp_path: Path
) -> None:
    lines = mixed.read_text().splitlines()
    (tmp_path / "few.jsonl").write_text("\n".join(lines[:200]))
    (tmp_path / "array.json").write_text("[" + ",\n".join(lines) + "]")
    outs = [tmp_path / name for name in ("few", "file", "piped", "array")]
    inputs = [str(tmp_path / "few.jsonl"), str(mixed), "-", str(tmp_path / "array.json")]
    running = []
    for out, path in zip(outs, inputs, strict=True):
        with out.open("wb") as stdout, (mixed if path == "-" else out).open("rb") as stdin:
            running.append(
                start("check", path, "--format", "jsonl", stdin=stdin, stdout=stdout, stderr=None)
            )
    codes, memory = zip(*(finished(process) for process in running), strict=True)
    assert codes == (1, 1, 1, 1)
    results = [out.read_text() for out in outs]
    assert results[1] == results[2] == results[3]
    found = [json.loads(line) for line in results[1].splitlines()]
    assert [verdict["id"] for verdict in found] == [f"e{number}" for number in range(EVENTS)]
    assert {verdict["effect"] for verdict in found} == {"allow", "escalate", "deny"}
    assert results[1].startswith(results[0])
    # 40 MB of input went through.
    assert max(memory[1:]) - memory[0] < 15 * 1024


def read_line(process: subprocess.Popen[bytes], within_s: float = 20) -> bytes:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], within_s)
    assert ready, "nothing was written in time"
    return process.stdout.readline()


@pytest.mark.parametrize("form", ["lines", "array"])
def test_verdicts_come_while_input_is_still_written(
    start: Callable[..., subprocess.Popen[bytes]], recorded: Callable[..., str], form: str
) -> None:
    process = start("check", "-", "--format", "jsonl")
    assert process.stdin is not None
    process.stdin.write(("[" if form == "array" else "").encode())
    for number in range(3):
        end = "," if form == "array" and number < 2 else "]" if form == "array" else ""
        process.stdin.write(f"{recorded(id=f'e{number}')}{end}\n".encode())
        process.stdin.flush()
        assert json.loads(read_line(process))["id"] == f"e{number}"
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15)])
def test_signals(
    start: Callable[..., subprocess.Popen[bytes]],
    recorded: Callable[..., str],
    number: signal.Signals,
    code: int,
) -> None:
    process = start("check", "-", "--format", "jsonl")
    assert process.stdin is not None
    process.stdin.write(f"{recorded()}\n".encode())
    process.stdin.flush()
    read_line(process)
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert err.strip() == (b"Interrupted." if code == 130 else b"")


def test_a_reader_that_goes_away(
    start: Callable[..., subprocess.Popen[bytes]], mixed: Path
) -> None:
    process = start("check", str(mixed), "--format", "jsonl")
    read_line(process)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (141, b"")


@pytest.mark.parametrize("arguments", [("policies", "list"), ("schema",), ("--help",)])
def test_a_reader_that_never_was(
    start: Callable[..., subprocess.Popen[bytes]], arguments: tuple[str, ...]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = start(*arguments, stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a full device")
@pytest.mark.parametrize("arguments", [("policies", "list"), ("--help",)])
def test_a_full_disk(
    start: Callable[..., subprocess.Popen[bytes]], arguments: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("wb") as full:
        process = start(*arguments, stdout=full)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 2
    assert err == b"Error: the output cannot be read or written (No space left on device).\n"


def test_an_encoding_that_lacks_characters(
    start: Callable[..., subprocess.Popen[bytes]], objected: Callable[[str], str]
) -> None:
    event = objected("ä")
    env = {**os.environ, "PYTHONIOENCODING": "iso8859-5"}
    out, err = start("check", "-", env=env).communicate(event.encode(), timeout=20)
    assert err == b""
    assert b"\\xe4" in out
    out, _ = start("check", "-", "--format", "jsonl", env=env).communicate(
        event.encode(), timeout=20
    )
    assert json.loads(out)["id"] == "ä"


def on_a_terminal(
    *arguments: str, stdin: Any = subprocess.DEVNULL, out: bool, err: bool
) -> tuple[bytes, bytes]:
    """Run with standard output or error (or both) a terminal; returns what each got."""
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "aboveboard", *arguments],
        stdin=stdin,
        stdout=follower if out else subprocess.DEVNULL,
        stderr=follower if err else subprocess.PIPE,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    )
    os.close(follower)
    seen = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            piece = os.read(leader, 1 << 16)
        except OSError:  # Linux says EIO when the other side is closed
            break
        if not piece:
            break
        seen += piece
    os.close(leader)
    _, said = process.communicate(timeout=20)
    return seen, said or b""


def test_progress_on_a_terminal(mixed: Path) -> None:
    seen, _ = on_a_terminal("check", str(mixed), "--format", "jsonl", out=False, err=True)
    assert b" events" in seen


def test_no_progress_for_few_events(tmp_path: Path, recorded: Callable[..., str]) -> None:
    (tmp_path / "e").write_text(recorded())
    seen, _ = on_a_terminal("check", "e", "--format", "jsonl", out=False, err=True)
    assert seen == b""


def test_a_table_in_colours_on_a_terminal(tmp_path: Path, objected: Callable[[str], str]) -> None:
    event = json.loads(objected("e1"))
    (tmp_path / "e").write_text(json.dumps({**event, "id": "[red]e1[/red]"}))
    seen, err = on_a_terminal("check", "e", out=True, err=False)
    assert err == b""
    assert b"\x1b[31mdeny" in seen
    assert b"[red]e1[/red]" in seen
