"""Policies from outside are tried in a child process: what crashes or freezes does it there."""

from __future__ import annotations

import json
import multiprocessing.spawn
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.errors import PolicyError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy import bundle, checks, child
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.compiling import compile_apart
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.policy_writing import write_rule
from tools.samples import FILE, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED = compliant_event("recommendation")
RECURSIVE = "\n_test_01_down(n) := _test_01_down(n + 1)\n"
RUNAWAY = (
    "count({x | some a in numbers.range(0, 9000); some b in numbers.range(0, 9000); x := a}) > 0"
)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without the check that finds recursion by reading, as if it had been deceived."""
    monkeypatch.setattr(checks, "_check_recursion", lambda *_: iter(()))
    bundle._bundled.cache_clear()
    yield
    bundle._bundled.cache_clear()


def recursive(directory: Path) -> Path:
    write_rule(directory, "recommendation", "_test_01_down(1)")
    file = directory / "recommendation_test_01.rego"
    file.write_text(file.read_text() + RECURSIVE)
    return directory


def make(*directories: Path, **options: Any) -> Gate:
    return Gate(Settings(**options), organisation=example(), policies=directories)


def test_good_policies_load_and_decide(tmp_path: Path) -> None:
    assert make(write_rule(tmp_path / "good", "recommendation")).check(ALLOWED).rules == (
        "TEST-01",
    )


def test_a_recursive_function_is_found_by_reading(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"recommendation_test_01\.rego:\d+: .*itself"):
        make(recursive(tmp_path / "deep"))


@pytest.mark.usefixtures("unread")
def test_a_recursive_function_crashes_the_child_only(tmp_path: Path) -> None:
    deep = recursive(tmp_path / "deep")
    good = write_rule(tmp_path / "good", "profiling", rule="TEST-02")
    with pytest.raises(PolicyError, match="crashed the embedded engine") as refused:
        make(good, deep)
    text = str(refused.value)
    assert str(deep) in text
    assert str(good) not in text
    assert "calls itself" in text
    assert make(good).check(ALLOWED).allowed


def test_a_runaway_rule_is_ended(tmp_path: Path) -> None:
    slow = write_rule(tmp_path / "slow", "recommendation", RUNAWAY)
    good = write_rule(tmp_path / "good", "profiling", rule="TEST-02")
    with pytest.raises(PolicyError, match=r"did not compile and answer within 0\.3 s") as refused:
        make(slow, good, policy_compile_timeout_s=0.3)
    assert str(slow) in str(refused.value)
    assert str(good) not in str(refused.value)
    assert "policy_compile_timeout_s" in str(refused.value)


def test_a_rule_that_one_engine_alone_takes(tmp_path: Path) -> None:
    """Read without complaint, refused when compiled: file and line, and no word of the engine's."""
    odd = write_rule(tmp_path / "odd", "recommendation", "x := y")
    found = load_bundle([odd])
    with pytest.raises(PolicyError, match=r"do not compile\.") as refused:
        compile_apart(found, [odd], 10)
    assert str(odd) in str(refused.value)
    assert "odd/recommendation_test_01.rego:26" in str(refused.value)
    assert "unsafe" not in str(refused.value)


def test_an_error_on_some_facts_is_for_the_event_that_has_them(tmp_path: Path) -> None:
    odd = write_rule(tmp_path / "odd", "recommendation", "to_number(input.ai.model) > 1")
    gate = make(odd)
    assert gate.check(ALLOWED).rules == ("runtime.policy_error",)


def test_the_bundled_policies_alone_need_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    assert Gate(Settings(), organisation=example()).check(ALLOWED).allowed


def test_a_plugins_policies_are_tried_too(tmp_path: Path) -> None:
    from aboveboard import hookimpl

    slow = write_rule(tmp_path / "slow", "recommendation", RUNAWAY)

    class Brings:
        @hookimpl
        def aboveboard_policies(self) -> Any:
            return [slow]

    with pytest.raises(PolicyError, match="did not compile"):
        Gate(Settings(policy_compile_timeout_s=0.3), organisation=example(), plugins=[Brings()])


def test_a_frozen_application_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To run `sys.executable` there would start the application once more."""
    good = write_rule(tmp_path / "good", "recommendation")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(PolicyError, match=r"multiprocessing\.set_executable") as refused:
        make(good)
    assert str(good) in str(refused.value)
    python = tmp_path / "python3"
    python.symlink_to(sys.executable)
    before = multiprocessing.spawn.get_executable()
    multiprocessing.set_executable(os.fsencode(sys.executable) + b"x")
    try:
        assert child.python_command("compile_child.py") is None
        monkeypatch.setattr(sys, "executable", "/opt/application")
        multiprocessing.set_executable(str(python))
        assert child.python_command("compile_child.py") is not None
    finally:
        multiprocessing.set_executable(before)


def test_a_program_that_is_no_python_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = tmp_path / "uwsgi"
    server.write_text("#!/bin/sh\nexit 0\n")
    server.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(server))
    monkeypatch.setattr(multiprocessing.spawn, "_python_exe", str(server))
    assert child.python_command("compile_child.py") is None


def test_a_child_that_only_says_nothing_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = write_rule(tmp_path / "good", "recommendation")
    monkeypatch.setattr(child, "python_command", lambda _: [sys.executable, "-c", "pass"])
    with pytest.raises(PolicyError, match="crashed the embedded engine"):
        make(good)


def test_the_child_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", "LEAKED")
    monkeypatch.setenv("PYTHONSTARTUP", "LEAKED")
    assert "LEAKED" not in json.dumps(child.environment())
    assert "PATH" in child.environment()


def test_in_a_spawned_process(tmp_path: Path) -> None:
    """A gate that is made where multiprocessing spawned: `__main__` is another there."""
    good = write_rule(tmp_path / "good", "recommendation")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_decide, (str(good),)) == ("TEST-01",)


def _decide(directory: str) -> tuple[str, ...]:
    return make(Path(directory)).check(ALLOWED).rules


def test_the_samples_are_the_compliant_events() -> None:
    assert FILE.read_text(encoding="utf-8") == samples(), "run 'python -m tools.samples'"
