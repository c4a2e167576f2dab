"""`aboveboard.testing`: what plugin and policy authors test with."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

import aboveboard.testing
from aboveboard import Gate, Settings, StepDenied, default_gate, profiling
from aboveboard.organisation import example
from aboveboard.testing import Recorder, compliant_event, recording

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def _helpers_can_be_imported(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """In the pytest of a test, too, whose root is elsewhere."""
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))


@pytest.fixture
def gate() -> Gate:
    return Gate(Settings(plugins=()), organisation=example())


@profiling(purpose="lead_scoring", model="propensity-3.1")
def score() -> int:
    return 80


def test_what_is_decided_while_it_lasts_is_recorded(gate: Gate) -> None:
    event = compliant_event("recommendation")
    gate.check(event)
    with recording(gate) as recorder:
        assert default_gate() is gate
        verdict = gate.check(event)
        with pytest.raises(StepDenied):
            score()  # nobody said whether the person objects
        thread = threading.Thread(target=gate.check, args=(event,))
        thread.start()
        thread.join()
    gate.check(event)
    assert recorder.verdicts[0] is verdict
    assert recorder.events[0] == event
    assert [event.step for event in recorder.events] == [
        "recommendation",
        "profiling",
        "recommendation",
    ]
    assert "R-OBJ-01" in recorder.rules()
    assert repr(recorder) == "Recorder(3 decisions)"
    recorder.clear()
    assert (recorder.events, recorder.verdicts, recorder.rules()) == ((), (), ())
    assert default_gate() is not gate


def test_it_ends_when_the_block_raises(gate: Gate) -> None:
    with pytest.raises(ZeroDivisionError), recording(gate):
        1 / 0  # noqa: B018
    assert gate.sinks == ()


def test_escalations_are_kept(gate: Gate) -> None:
    recorder = Recorder()
    gate.register(recorder, inline=True)
    event = compliant_event("decision", changes={"decision.effect": None})
    escalated = gate.check(event).model_copy(update={"effect": "escalate"})
    gate.request_review(event, escalated)
    assert recorder.reviews == (escalated,)


def test_the_names_are_there_and_pytest_is_not_needed() -> None:
    assert all(hasattr(aboveboard.testing, name) for name in aboveboard.testing.__all__)
    program = "import aboveboard.testing, sys; sys.exit('pytest' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


CONFTEST = 'pytest_plugins = ["aboveboard.testing.pytest_plugin"]\n'
PIPELINE = """
import threading
import pytest
from aboveboard import StepDenied, default_gate
from aboveboard.testing import compliant_event
from tests.steps.helpers import scoring

@scoring()
def score():
    return 80
"""


def test_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        PIPELINE
        + """
def test_a_step_runs(aboveboard_recorder):
    assert score() == 80
    assert [event.phase for event in aboveboard_recorder.events] == ["requested", "completed"]
    assert aboveboard_recorder.rules() == ()

def test_in_every_thread(aboveboard_gate):
    found = []
    thread = threading.Thread(target=lambda: found.append(default_gate()))
    thread.start()
    thread.join()
    assert found == [aboveboard_gate]

def test_each_test_has_its_own(aboveboard_gate, aboveboard_recorder):
    assert aboveboard_recorder.events == ()
    aboveboard_gate.check(compliant_event("recommendation"))
    assert len(aboveboard_recorder.events) == 1

def test_without_the_fixture_it_is_another():
    assert default_gate().manager.implementations("aboveboard_verdict") == ()
"""
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)


def test_the_gate_s_options_can_be_set(pytester: pytest.Pytester, tmp_path: Path) -> None:
    from tests.policy_writing import write_rule

    rules = write_rule(tmp_path / "rules", "profiling", rule="ACME-03")
    pytester.makeconftest(
        CONFTEST
        + f"""
import pytest

@pytest.fixture
def aboveboard_gate_options():
    return {{"policies": [{str(rules)!r}]}}
"""
    )
    pytester.makepyfile(
        PIPELINE
        + """
def test_the_rule_speaks(aboveboard_recorder):
    with pytest.raises(StepDenied):
        score()
    assert aboveboard_recorder.rules() == ("ACME-03",)
"""
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_project_s_settings_count(pytester: pytest.Pytester, tmp_path: Path) -> None:
    from tests.policy_writing import write_rule

    write_rule(pytester.path / "rules", "profiling", rule="ACME-04")
    (pytester.path / "aboveboard.toml").write_text('policies = ["rules"]\n')
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        PIPELINE
        + """
def test_the_rule_speaks(aboveboard_gate, aboveboard_recorder):
    with pytest.raises(StepDenied):
        score()
    assert aboveboard_recorder.rules() == ("ACME-04",)
    assert aboveboard_gate.settings.sinks == "inline"
"""
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
