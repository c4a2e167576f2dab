"""Sinks at the end of a process, in a forked one, and with a full disk."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from aboveboard import hookimpl
from aboveboard.testing import compliant_event

EVENT = compliant_event("recommendation")

SETUP = """
import json, os, sys, time, multiprocessing
import structlog
from pathlib import Path
from aboveboard import Gate, Settings, hookimpl
from aboveboard.organisation import example
from aboveboard.testing import compliant_event

structlog.configure(processors=[structlog.processors.JSONRenderer()],
                    logger_factory=structlog.WriteLoggerFactory(sys.stderr))
OUT = Path(sys.argv[1])
EVENT = compliant_event("recommendation")

class Lines:
    wait_s = 0.0

    @hookimpl
    def aboveboard_verdict(self, verdict):
        time.sleep(self.wait_s)
        with OUT.open("a") as stream:
            stream.write(f"{os.getpid()} {verdict.decision_id}\\n")

def made(**settings):
    gate = Gate(Settings(plugins=(), **settings), organisation=example(), plugins=[Lines()])
    gate.engine.prepare()
    return gate
"""


@pytest.fixture
def program(tmp_path: Path) -> Any:
    """Run a program that decides; its lines of output, its log and its exit code."""

    def run(text: str) -> tuple[list[str], list[Any], int]:
        script, out = tmp_path / "program.py", tmp_path / "out"
        script.write_text(SETUP + text)
        done = subprocess.run(
            # Python 3.12 and later warn of forks beside threads, which is what is tried here.
            [sys.executable, "-W", "ignore:This process:DeprecationWarning", str(script), str(out)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={name: value for name, value in os.environ.items() if "ABOVEBOARD" not in name},
        )
        assert "Traceback" not in done.stderr, done.stderr
        log = [json.loads(line) for line in done.stderr.splitlines()]
        lines = out.read_text().splitlines() if out.exists() else []
        return lines, log, done.returncode

    return run


def test_a_process_that_ends_waits_for_its_sinks(program: Any) -> None:
    lines, log, code = program(
        "Lines.wait_s = 0.01\ngate = made()\nfor _ in range(20): gate.check(EVENT)\nsys.exit(3)"
    )
    assert (len(lines), code) == (20, 3)
    assert [entry["event"] for entry in log] == ["step.allowed"] * 20


def test_but_not_for_ever(program: Any) -> None:
    started = time.monotonic()
    lines, log, code = program(
        "import aboveboard.sink_worker as w; w._EXIT_DEADLINE_S = 0.3\n"
        "Lines.wait_s = 30\ngate = made()\nfor _ in range(4): gate.check(EVENT)\n"
    )
    assert (lines, code) == ([], 0)
    assert time.monotonic() - started < 20
    dropped = log[-1]
    assert (dropped["event"], dropped["reason"], dropped["dropped"]) == ("sink.dropped", "exit", 3)


def test_verdicts_that_come_at_exit_are_delivered_at_once(program: Any) -> None:
    # Registered before the first verdict, so it runs after the queues were waited for.
    lines, _, code = program(
        "import atexit\ngate = made()\natexit.register(lambda: gate.check(EVENT))\ngate.check(EVENT)"
    )
    assert (len(lines), code) == (2, 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_queues_of_its_own(program: Any) -> None:
    lines, _, code = program(
        """
Lines.wait_s = 0.05
gate = made()
for _ in range(5): gate.check(EVENT)     # most of them wait when the process forks
child = os.fork()
if child == 0:
    for _ in range(3): gate.check(EVENT)
    assert gate.flush_sinks(10)
    assert gate.sinks[0].delivered == 3
    os._exit(0)
_, status = os.waitpid(child, 0)
assert status == 0, status
"""
    )
    assert code == 0
    pids = [line.split()[0] for line in lines]
    assert sorted(map(pids.count, set(pids))) == [3, 5]
    assert len(set(lines)) == 8


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_multiprocessing_deliver_before_they_end(program: Any, method: str) -> None:
    if method == "fork" and not hasattr(os, "fork"):
        pytest.skip("no fork here")
    lines, _, code = program(
        f"""
def decide(gate):
    gate.check(EVENT)
    gate.check(EVENT)

if __name__ == "__main__":
    Lines.wait_s = 0.02
    gate = made()
    gate.check(EVENT)
    context = multiprocessing.get_context("{method}")
    workers = [context.Process(target=decide, args=(gate,)) for _ in range(2)]
    for worker in workers: worker.start()
    for worker in workers: worker.join(); assert worker.exitcode == 0
"""
    )
    assert code == 0
    pids = [line.split()[0] for line in lines]
    assert sorted(map(pids.count, set(pids))) == [1, 2, 2]


class Writes:
    def __init__(self, path: str) -> None:
        self.path = path

    @hookimpl
    def aboveboard_verdict(self, verdict: Any) -> None:
        with open(self.path, "ab", buffering=0) as stream:  # noqa: PTH123
            stream.write(verdict.model_dump_json().encode() + b"\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full here")
@pytest.mark.parametrize("mode", ["inline", "queued"])
def test_a_full_disk_under_a_sink(gated: Any, tmp_path: Path, mode: str, log: list[Any]) -> None:
    other = tmp_path / "other"
    gate = gated(Writes("/dev/full"), Writes(str(other)), sinks=mode)
    for _ in range(2):
        assert gate.check(EVENT).allowed
    assert gate.flush_sinks(5)
    failed = [entry for entry in log if entry["event"] == "plugin.failed"]
    assert [(e["error"], e["errno"]) for e in failed] == [("OSError", "ENOSPC")] * 2
    assert len(other.read_bytes().splitlines()) == 2
    assert [status.failed for status in gate.sinks] == [2, 0]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of that kind")
def test_a_file_that_may_not_grow(program: Any) -> None:
    _, log, code = program(
        """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
gate = made()
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
for _ in range(10): assert gate.check(EVENT).allowed
gate.close()
resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))
assert gate.sinks[0].failed > 0, gate.sinks
assert gate.check(EVENT).allowed
"""
    )
    assert code == 0
    failed = [entry for entry in log if entry["event"] == "plugin.failed"]
    assert {entry["errno"] for entry in failed} == {errno.errorcode[errno.EFBIG]}
    assert [entry["event"] for entry in log].count("step.allowed") == 11
