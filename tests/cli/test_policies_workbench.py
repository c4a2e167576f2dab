"""`aboveboard policies check` and `policies test`: options, outputs, exit codes, watching."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import Result

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "examples" / "house_policies" / "policies"
NO_OPA = (
    "note: OPA is not on PATH. Not done: Formatted (AB-FORMAT-01), OpaStrict (AB-OPA-01), TypesFit "
    "(AB-TYPE-01). Install it (https://www.openpolicyagent.org/docs/#1-download-opa) or name it with "
    "--opa. [AB-UNDONE-01]\n"
)


@pytest.fixture(autouse=True)
def _no_opa_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv("PATH", os.pathsep.join(f for f in folders if not Path(f, "opa").exists()))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOUSE, tmp_path / "policies"))


def untimed(text: str) -> str:
    return re.sub(r"\(\d+\.\d s\)", "(T s)", text)


def test_what_a_person_reads(run: Callable[..., Result], house: Path) -> None:
    result = run("policies", "check", "policies")
    assert untimed(result.stdout) == f"{NO_OPA}policies: nothing found (T s).\n"
    assert result.exit_code == 0
    file = house / "attempts.rego"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("attempts_7d >=", "attempt_7d >=") + "\n_idle if input.time\n", "utf-8"
    )
    result = run("policies", "check", "policies")
    assert untimed(result.stdout) == (
        f"{NO_OPA}"
        "note: The policies do not load. Not done: AB-COMPILE-01. [AB-UNDONE-01]\n"
        "policies/attempts.rego:26: error: 'contact.attempt_7d' is no fact of the step "
        "'recommendation'. Did you mean 'contact.attempts_7d'? [AB-FACT-01]\n"
        "policies/attempts.rego:46: warning: No finding reaches '_idle'. Use it, or take it out. "
        "[AB-DEAD-02]\n"
        "policies: 1 error, 1 warning (T s).\n"
    )
    assert result.exit_code == 1


def test_warnings_can_be_let_pass(run: Callable[..., Result], house: Path) -> None:
    file = house / "attempts.rego"
    file.write_text(file.read_text("utf-8") + "\n_idle if input.time\n", "utf-8")
    assert run("policies", "check", "policies").exit_code == 1
    assert run("policies", "check", "--fail-on", "error", "policies").exit_code == 0


@pytest.mark.opa
def test_with_opa_named(run: Callable[..., Result], house: Path, opa_binary: Path) -> None:
    result = run("policies", "check", "--opa", str(opa_binary), "--require-opa", "policies")
    assert untimed(result.stdout) == "policies: nothing found (T s).\n"
    (house.parent / "aboveboard.toml").write_text(
        f'policies = ["policies"]\nopa_binary = "{opa_binary}"\n'
    )
    for command in ("check", "test"):
        result = run("policies", command, "--require-opa")
        assert result.exit_code == 0, result.output
        assert untimed(result.stdout).endswith("policies: nothing found (T s).\n")


@pytest.mark.parametrize("command", ["check", "test"])
def test_opa_can_be_required(command: str, run: Callable[..., Result], house: Path) -> None:
    result = run("policies", command, "--require-opa", "policies")
    assert result.exit_code == 2
    assert "Error: OPA is required and not on PATH." in result.stderr
    result = run("policies", command, "--opa", "nowhere", "policies")
    assert result.exit_code == 2
    assert "nowhere' cannot be run" in result.stderr


def test_the_engine_opa_needs_opa(run: Callable[..., Result], house: Path) -> None:
    assert run("policies", "test", "--engine", "opa", "policies").exit_code == 2


@pytest.mark.parametrize("command", ["check", "test"])
@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_a_report_goes_to_a_file(
    command: str, form: str, run: Callable[..., Result], house: Path
) -> None:
    printed = run("policies", command, "--format", form, "policies")
    result = run("policies", command, "--format", form, "-o", "report", "policies")
    assert result.exit_code == printed.exit_code == 0
    assert untimed(result.stdout).endswith("policies: nothing found (T s).\n")
    text = Path("report").read_text("utf-8")
    if form == "github":
        assert text == printed.stdout
        assert text.startswith("::notice title=AB-UNDONE-01 Undone::OPA is not on PATH.")
    elif form == "junit":
        assert ET.fromstring(text).get("failures") == "0"
    else:
        assert list(json.loads(text)) == list(json.loads(printed.stdout))


@pytest.mark.parametrize("command", ["check", "test"])
def test_a_report_that_cannot_be_written(
    command: str, run: Callable[..., Result], house: Path
) -> None:
    result = run("policies", command, "-o", "nowhere/report", "policies")
    assert result.exit_code == 2
    assert "'nowhere/report' cannot be written" in result.stderr


@pytest.mark.parametrize("command", ["check", "test"])
def test_bad_input_is_one_error(command: str, run: Callable[..., Result], house: Path) -> None:
    result = run("policies", command, "nowhere")
    assert result.exit_code == 2
    assert result.stderr == "Error: nowhere: no such directory of policies.\n"


def test_what_a_person_reads_of_tests(run: Callable[..., Result], house: Path) -> None:
    (house / "attempts_test.rego").unlink()
    table = house / "attempts.examples.yaml"
    lines = table.read_text("utf-8").splitlines()
    table.write_text("\n".join(lines[:12]) + "\n", "utf-8")
    result = run("policies", "test", "--engine", "embedded", "--min-coverage", "60", "policies")
    assert untimed(result.stdout) == (
        "error: Tests reach 50 % of the findings; 60 % are asked for. [AB-COVERAGE-02]\n"
        "Not reached by any test (1 of 2 findings):\n"
        "  policies/attempts.rego:36  ESIMERKKI-02 (unknown)\n"
        "Findings reached: 50 %.\n"
        "embedded: 2 passed.\n"
        "policies: 1 error (T s).\n"
    )
    assert result.exit_code == 1
    assert run("policies", "test", "--min-coverage", "50", "policies").exit_code == 0


def test_a_wrong_percentage(run: Callable[..., Result], house: Path) -> None:
    for wrong in ("101", "-1", "x", "nan"):
        result = run("policies", "test", "--min-coverage", wrong, "policies")
        assert result.exit_code == 2, wrong


def test_a_pattern_that_nothing_has(run: Callable[..., Result], house: Path) -> None:
    result = run("policies", "test", "-k", "nothing", "policies")
    assert result.exit_code == 2
    assert result.stderr == "Error: No test and no example has 'nothing' in its name.\n"


class Watched:
    """A process that watches, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.said = b""

    def until(self, text: str, times: int = 1) -> None:
        end = time.monotonic() + 60
        assert self.process.stdout is not None
        while self.said.count(text.encode()) < times:
            ready, _, _ = select.select([self.process.stdout], [], [], end - time.monotonic())
            assert ready, self.said.decode()
            chunk = os.read(self.process.stdout.fileno(), 1 << 16)
            assert chunk, self.said.decode()
            self.said += chunk


@pytest.fixture
def watch(start: Callable[..., subprocess.Popen[bytes]]) -> Callable[..., Watched]:
    def call(*arguments: str) -> Watched:
        return Watched(start("policies", "test", "--watch", *arguments, stderr=subprocess.STDOUT))

    return call


WAITING = "Waiting for changes; Ctrl-C ends."


def test_watching_runs_again_and_ends_quietly(watch: Callable[..., Watched], house: Path) -> None:
    watched = watch("policies")
    try:
        watched.until(WAITING)
        assert b"embedded: 6 passed." in watched.said
        rule = (house / "attempts.rego").read_text("utf-8")
        (house / "attempts.rego").write_text(rule.replace("} if {", "} if {{", 1), "utf-8")
        watched.until("Error: policies/attempts.rego:")
        (house / "attempts.rego").write_text(rule.replace('"deny"', '"warn"', 1), "utf-8")
        watched.until("[AB-TEST-01]")
        (house / "attempts.rego").write_text(rule, "utf-8")
        watched.until("embedded: 6 passed.", 2)
        watched.until(WAITING, 4)
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(20) == 0
        assert watched.process.stdout is not None
        rest = watched.process.stdout.read()
        assert b"Traceback" not in watched.said + rest
    finally:
        watched.process.kill()
        watched.process.communicate()


@pytest.mark.opa
def test_interrupted_in_the_middle_it_leaves_nothing_behind(
    watch: Callable[..., Watched],
    house: Path,
    opa_binary: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    text = (house / "attempts_test.rego").read_text("utf-8")
    endless = "count([a | some a in numbers.range(1, 9000); some b in numbers.range(1, 9000); a + b == 0]) == 0"
    (house / "attempts_test.rego").write_text(f"{text}\ntest_long if {endless}\n", "utf-8")
    watched = watch("--opa", str(opa_binary), "policies")
    try:
        end = time.monotonic() + 30
        while not any(scratch.glob("aboveboard-workbench-*/tests/d*")):
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(0.5)
        watched.process.send_signal(signal.SIGINT)
        assert watched.process.wait(20) == 0
        said = watched.process.communicate()[0]
        assert b"Traceback" not in said
        assert list(scratch.iterdir()) == []
    finally:
        watched.process.kill()
        watched.process.communicate()


@pytest.mark.opa
def test_interrupted_without_watching(
    start: Callable[..., subprocess.Popen[bytes]], house: Path, opa_binary: Path
) -> None:
    process = start("policies", "test", "--opa", str(opa_binary), "policies")
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    # Python itself says it by the signal where it was making a class of a dataclass.
    assert process.returncode in (0, 130, -signal.SIGINT), err.decode()
    assert b"Traceback" not in out + err


@pytest.mark.parametrize("command", ["check", "test", "docs"])
def test_a_report_is_not_written_over_policies(
    run: Callable[..., Result], house: Path, command: str
) -> None:
    named = ["--policies", "policies"] if command == "docs" else ["policies"]
    before = (house / "attempts.rego").read_bytes()
    result = run("policies", command, *named, "-o", "policies/attempts.rego")
    assert result.exit_code == 2
    assert "'policies/attempts.rego' would be written over what is read" in result.stderr
    assert (house / "attempts.rego").read_bytes() == before
