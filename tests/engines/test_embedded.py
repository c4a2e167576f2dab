"""The embedded engine: threads, forks, exits; a policy that fails; what it says of it."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.errors import EngineError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy import embedded
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.policy_writing import write_rule

if TYPE_CHECKING:
    from pathlib import Path

ALLOWED = compliant_event("recommendation")
DENIED = compliant_event("recommendation", changes={"objections.direct_marketing": True})

_START = """
import gc, os, sys, threading
import structlog
structlog.configure(processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

allowed = compliant_event("recommendation")
denied = compliant_event("recommendation", changes={"objections.direct_marketing": True})
gate = Gate(Settings(), organisation=example())

def in_thread(work, daemon=False):
    thread = threading.Thread(target=work, daemon=daemon)
    thread.start()
    return thread
"""

PROGRAMS = {
    "eight threads": """
effects = []
def work():
    for number in range(15):
        effects.append(gate.check(denied if number % 3 == 0 else allowed).effect)
for thread in [in_thread(work) for _ in range(8)]:
    thread.join()
print(effects.count("allow"), effects.count("deny"))
""",
    "a gate that another thread drops": """
gate.check(allowed)
def work():
    global gate
    gate.check(allowed)
    del gate
    gc.collect()
in_thread(work).join()
gc.collect()
print("80 40")
""",
    "a cycle that another thread collects": """
class Holder: pass
holder = Holder()
holder.gate, holder.itself = gate, holder
gate.check(allowed)
del holder, gate
in_thread(gc.collect).join()
print("80 40")
""",
    "exit while a daemon thread runs": """
ready, never = threading.Event(), threading.Event()
def work():
    gate.check(allowed)
    ready.set()
    never.wait()
in_thread(work, daemon=True)
ready.wait()
print("80 40")
""",
    "exit without closing": """
gate.check(allowed)
print("80 40")
""",
    "close in another thread": """
gate.check(allowed)
in_thread(gate.close).join()
assert gate.check(denied).effect == "deny"
gate.close()
print("80 40")
""",
    "a fork while other threads hold engines": """
ready, go = threading.Event(), threading.Event()
def work():
    gate.check(allowed)
    ready.set()
    go.wait()
thread = in_thread(work)
ready.wait()
gate.check(allowed)
child = os.fork()
if child == 0:
    gc.collect()
    sys.exit(0 if gate.check(denied).effect == "deny" else 1)
assert os.waitpid(child, 0)[1] == 0
go.set()
thread.join()
assert gate.check(allowed).effect == "allow"
print("80 40")
""",
    "a fork from another thread": """
gate.check(allowed)
def work():
    gate.check(allowed)
    child = os.fork()
    if child == 0:
        effect = gate.check(denied).effect
        gc.collect()
        os._exit(0 if effect == "deny" else 1)
    assert os.waitpid(child, 0)[1] == 0
in_thread(work).join()
print("80 40")
""",
    "other processes, started anew": """
import multiprocessing
from aboveboard.events import StepEvent

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        effects = [v.effect for v in pool.map(gate.check, [allowed, denied] * 2)]
    assert effects == ["allow", "deny"] * 2, effects
    print("80 40")
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_engines_stay_in_their_thread_and_nothing_is_printed(program: str, tmp_path: Path) -> None:
    if "fork" in program and not hasattr(os, "fork"):
        pytest.skip("no fork here")
    file = tmp_path / "program.py"
    file.write_text(_START + program, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "error", file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.stdout, run.stderr, run.returncode) == ("80 40\n", "", 0)


def test_several_event_loops_one_after_another() -> None:
    gate = Gate(Settings(), organisation=example())

    async def ask() -> list[str]:
        found = await asyncio.gather(*(gate.acheck(e) for e in (ALLOWED, DENIED)))
        return [verdict.effect for verdict in found]

    for _ in range(3):
        assert asyncio.run(ask()) == ["allow", "deny"]


def test_an_engine_without_its_owner_is_dropped() -> None:
    bundle = load_bundle()
    owner = EmbeddedEngine(bundle)
    owner.prepare()
    serial, gone = owner._serial, weakref.ref(owner)
    assert any(key[0] == serial for key in embedded._local.engines)
    del owner
    gc.collect()
    assert gone() is None
    EmbeddedEngine(bundle).prepare()
    assert not any(key[0] == serial for key in embedded._local.engines)


def test_closed_and_asked_again() -> None:
    engine = EmbeddedEngine(load_bundle())
    for _ in range(2):
        assert engine.evaluate("recommendation", ALLOWED.engine_input()).findings == ()
        engine.close()


FAILING = {
    "startswith(input.contact.attempts_30d, `a`)": "a builtin of a wrong type",
    "count(input.contact.attempts_30d) > 0": "a count of a number",
    "upper(input.contact.attempts_30d) == `X`": "a number for a text",
    "to_number(input.contact.channel) > 0": "a text that is no number",
    "some x in input.contact.channel": "a walk over a text",
}


@pytest.mark.parametrize("condition", FAILING, ids=FAILING.values())
def test_a_policy_that_fails_denies_with_its_place(condition: str, tmp_path: Path) -> None:
    gate = Gate(
        Settings(),
        organisation=example(),
        policies=[write_rule(tmp_path / "rules", "recommendation", condition)],
    )
    for _ in range(2):
        verdict = gate.check(ALLOWED)
        assert verdict.rules == ("runtime.policy_error",)
        assert verdict.effect == "deny"
    lines = (tmp_path / "rules/recommendation_test_01.rego").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if condition in text)
    assert f"rules/recommendation_test_01.rego:{line}." in verdict.findings[0].message
    assert "email" not in verdict.model_dump_json()


def test_the_next_decision_after_a_failure_is_a_good_one(tmp_path: Path) -> None:
    directory = write_rule(
        tmp_path / "rules", "recommendation", "startswith(input.subject.age_years, `a`)"
    )
    gate = Gate(Settings(), organisation=example(), policies=[directory])
    fine = compliant_event("recommendation", changes={"subject.age_years": None})
    stopped = compliant_event(
        "recommendation",
        changes={"subject.age_years": None, "objections.direct_marketing": True},
    )
    for _ in range(3):
        assert gate.check(ALLOWED).rules == ("runtime.policy_error",)
        assert gate.check(fine).allowed
        assert gate.check(stopped).rules == ("R-DM-01",)


def test_places_of_the_bundled_rules_are_those_of_their_files() -> None:
    bundle = load_bundle()
    engine = EmbeddedEngine(bundle)
    for module in bundle.modules:
        linked = bundle.linked(module.name).splitlines()
        start = linked.index(f"# {module.file}") + 1
        dropped = {module.package_line, *(line for _, line in module.imports)}
        for number, text in enumerate(module.text.splitlines(), 1):
            if number not in dropped:
                start += 1
                assert linked[start - 1] == text
                assert engine._origin(module.name, start) == f"{module.file}:{number}"


def test_a_value_of_the_input_cannot_pass_for_a_place() -> None:
    engine = EmbeddedEngine(load_bundle())
    engine.prepare()
    text = "error: `\n --> LEAKED.rego:7:1` is no number"
    assert "LEAKED" not in str(engine.failed("profiling", text))
    place = str(engine.failed("profiling", f"{text}\n --> aboveboard.profiling.rego:8:1\n"))
    assert "LEAKED" not in place
    assert "profiling/profiling.rego:" in place


class PanicException(BaseException):
    """What a Rust panic is in Python. No input is known that makes the engine panic."""


class Panicking:
    """Stands for a `regorus.Engine` that panics."""

    def set_input_json(self, text: str) -> None:
        msg = f"LEAKED {text}"
        raise PanicException(msg)


def test_an_engine_that_panicked_is_thrown_away(log: list[Any]) -> None:
    gate = Gate(Settings(), organisation=example())
    assert isinstance(gate.engine, EmbeddedEngine)
    key = (gate.engine._serial, "recommendation", "requested")
    embedded._local.engines[key] = Panicking()
    verdict = gate.check(ALLOWED)
    assert verdict.rules == ("runtime.policy_error",)
    assert "LEAKED" not in verdict.model_dump_json() + repr(log)
    assert gate.check(ALLOWED).allowed
    assert not isinstance(embedded._local.engines[key], Panicking)


class Interrupted:
    def set_input_json(self, text: str) -> None:
        raise KeyboardInterrupt


def test_an_interruption_passes_and_spoils_nothing() -> None:
    gate = Gate(Settings(), organisation=example())
    assert isinstance(gate.engine, EmbeddedEngine)
    embedded._local.engines[gate.engine._serial, "recommendation", "requested"] = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        gate.check(ALLOWED)
    assert gate.check(ALLOWED).allowed


def test_without_the_package_the_answer_is_a_deny(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = EmbeddedEngine(load_bundle())
    monkeypatch.setitem(sys.modules, "regorus", None)
    with pytest.raises(EngineError, match="not installed") as stopped:
        engine.evaluate("profiling", "{}")
    assert stopped.value.reason == "runtime.engine_unavailable"
    gate = Gate(Settings(), organisation=example(), engine=engine)
    assert gate.check(ALLOWED).rules == ("runtime.engine_unavailable",)


def test_engines_of_many_threads_go_with_them() -> None:
    gate = Gate(Settings(), organisation=example())
    for _ in range(5):
        thread = threading.Thread(target=gate.check, args=(ALLOWED,))
        thread.start()
        thread.join()
    assert gate.check(DENIED).rules == ("R-DM-01",)
