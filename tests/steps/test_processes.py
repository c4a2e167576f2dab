"""Steps in other processes, pickled and copied; gates pickle their settings and no secret."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import as_file, files
from typing import Any

import pytest

from aboveboard import Gate, Settings, StepDenied, set_default_gate
from aboveboard.errors import SettingsError
from aboveboard.organisation import example
from aboveboard.testing import compliant_event
from tests.steps.pipeline import Lead, doubled, score

LEAD = Lead(id="1", job="buyer", age=52)
KEY = "LEAKED-key-of-the-pseudonyms"

METHODS = [name for name in ("fork", "spawn") if name in multiprocessing.get_all_start_methods()]


@pytest.fixture(autouse=True)
def default(monkeypatch: pytest.MonkeyPatch):
    """The default gate, made anew, and the one that a process with settings of its own makes."""
    with as_file(files("aboveboard.organisation").joinpath("esimerkki.yaml")) as path:
        monkeypatch.setenv("ABOVEBOARD_ORGANISATION", str(path))
    before = set_default_gate(Gate(Settings(), organisation=example()))
    yield
    set_default_gate(before)


@pytest.mark.parametrize("method", METHODS)
def test_a_pool_of_processes_runs_governed_steps(method: str) -> None:
    assert score(LEAD) == 5
    context = multiprocessing.get_context(method)
    with warnings.catch_warnings():
        # Python warns of forks while threads run; the test's own executor has one.
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            assert list(pool.map(score, [LEAD] * 4)) == [5] * 4
            assert pool.submit(doubled, LEAD).result() == 10
            refused = pool.submit(score, Lead(id="2", job="objecting"))
            with pytest.raises(StepDenied, match="objected to profiling") as stopped:
                refused.result()
            assert "R-OBJ-01" in stopped.value.verdict.rules
    assert score(LEAD) == 5


@pytest.mark.skipif("fork" not in METHODS, reason="this system does not fork")
def test_a_fork_while_the_default_gate_is_made_does_not_hang() -> None:
    from aboveboard import defaults as module

    set_default_gate(None)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with module._default_lock:
            held.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = multiprocessing.get_context("fork").Process(target=_make_default)
            child.start()
        child.join(20)
        assert child.exitcode == 0
    finally:
        done.set()
        thread.join()


def _make_default() -> None:
    from aboveboard import default_gate

    sys.exit(0 if default_gate() is default_gate() else 1)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_decorated_function_pickles_by_its_name(protocol: int) -> None:
    assert pickle.loads(pickle.dumps(score, protocol)) is score
    assert copy.copy(score) is copy.deepcopy(score) is score
    twin = pickle.loads(pickle.dumps(doubled, protocol))
    assert twin.func is score
    assert copy.deepcopy(doubled)(LEAD) == 10


def _gate(**settings: Any) -> Gate:
    return Gate(Settings(**settings), organisation=example())


def test_a_gate_pickles_its_settings_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = _gate(subject_key=KEY, language="fi", mode="monitor", modes={"lead_scoring": "enforce"})
    sent = pickle.dumps(gate)
    assert KEY.encode() not in sent
    with pytest.raises(SettingsError, match="without their secret 'subject_key'") as lost:
        pickle.loads(sent)
    assert KEY not in str(lost.value)
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", KEY)
    twin = pickle.loads(sent)
    assert twin.settings == gate.settings
    assert twin.pseudonym("1") == gate.pseudonym("1")
    assert twin.engine is not gate.engine
    event = compliant_event("profiling")
    assert twin.check(event).enforced
    assert twin.check(event).policy_revision == gate.check(event).policy_revision


def test_a_gate_is_copied_with_its_settings() -> None:
    gate = _gate(subject_key=KEY)
    for twin in (copy.copy(gate), copy.deepcopy(gate)):
        assert twin.pseudonym("1") == gate.pseudonym("1")
        assert twin.engine is not gate.engine
        assert twin.check(compliant_event("profiling")).effect == "allow"


def test_plugins_that_came_later_go_along() -> None:
    gate = _gate()
    plugin = Plugin()
    gate.register(plugin)
    assert "TEST" in pickle.loads(pickle.dumps(gate)).check(compliant_event("profiling")).rules
    gate.unregister(plugin)
    assert pickle.loads(pickle.dumps(gate)).check(compliant_event("profiling")).rules == ()


def test_a_copy_registers_them_as_they_were() -> None:
    gate = _gate()
    gate.register(Keeping(), "journal", inline=True)
    for twin in (copy.copy(gate), copy.deepcopy(gate), pickle.loads(pickle.dumps(gate))):
        twin.check(compliant_event("profiling"))
        (sink,) = twin.sinks
        assert (sink.plugin, sink.delivered, sink.waiting) == ("journal", 1, 0)


class Keeping:
    """A sink that takes the thread it is called in for the deciding one."""

    def __init__(self) -> None:
        self.decides = threading.get_ident()

    from aboveboard import hookimpl

    @hookimpl
    def aboveboard_verdict(self) -> None:
        if threading.get_ident() != self.decides:
            raise AssertionError


class Plugin:
    """A step hook."""

    from aboveboard import hookimpl

    @hookimpl
    def aboveboard_profiling(self) -> list[Any]:
        from aboveboard import Finding

        return [Finding(rule="TEST", effect="warn", message="Spoke.")]


def test_a_gate_with_an_engine_of_its_own_is_not_sent_without_it() -> None:
    gate = Gate(Settings(), organisation=example(), engine=_gate().engine)
    with pytest.raises(TypeError, match="engine of its own"):
        pickle.dumps(gate)
