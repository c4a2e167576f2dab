"""Every reserved reason, each by a real cause. Engines' own are in tests/engines."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import structlog

import aboveboard
from aboveboard import reasons
from aboveboard.errors import EngineError, EventError, SettingsError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.engine import Answer
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event

EVENT = compliant_event("recommendation")
TESTS = Path(__file__).parents[1]


def test_each_reason_is_tested_and_each_tested_one_is_reserved() -> None:
    texts = [p.read_text("utf-8") for p in TESTS.rglob("test_*.py")]
    tested = set(re.findall(r'"(runtime\.[a-z_]+)"', "\n".join(texts)))
    assert tested == set(reasons.REASONS)


def test_each_reason_used_is_reserved() -> None:
    source = Path(inspect.getfile(aboveboard)).parent
    used = {
        reason
        for path in source.rglob("*.py")
        if path.name != "reasons.py"
        for reason in re.findall(r'"(runtime\.[a-z_]+)"', path.read_text("utf-8"))
    }
    assert used == set(reasons.REASONS)
    assert all(text.endswith(".") for text in reasons.REASONS.values())


def test_reasons_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        reasons.REASONS["other"] = ""  # type: ignore[index]


def test_an_event_that_is_too_large() -> None:
    gate = Gate(Settings(max_event_bytes=8192), organisation=example())
    large = compliant_event(
        "recommendation", changes={"subject.purchased_product_ids": ["LEAKED" * 20] * 80}
    )
    verdict = gate.check(large)
    assert verdict.rules == ("runtime.input_too_large",)
    assert verdict.policy_revision == ""
    assert "8192 bytes" in verdict.findings[0].message
    assert "LEAKED" not in verdict.model_dump_json()
    assert gate.check(compliant_event("decision")).allowed


class Defective:
    """An engine of one's own with a defect."""

    name = "own"
    catalogue = Catalogue(())

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def evaluate(self, step: str, facts: str) -> Answer:
        raise self.error

    async def aevaluate(self, step: str, facts: str) -> Answer:
        raise self.error

    def prepare(self) -> None: ...
    def close(self) -> None: ...
    async def aclose(self) -> None: ...


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (RuntimeError("LEAKED"), "runtime.internal_error"),
        (RecursionError("LEAKED"), "runtime.internal_error"),
        (MemoryError("LEAKED"), "runtime.internal_error"),
        (EngineError("runtime.timeout", "Late.", "Wait."), "runtime.timeout"),
        (EngineError("acme.reason", "Late.", "Wait."), "runtime.policy_error"),
    ],
    ids=repr,
)
@pytest.mark.anyio
async def test_a_defect_denies(error: Exception, rule: str, log: list[Any]) -> None:
    gate = Gate(Settings(), organisation=example(), engine=Defective(error))
    for verdict in (gate.check(EVENT), await gate.acheck(EVENT)):
        assert (verdict.effect, verdict.rules) == ("deny", (rule,))
        assert verdict.engine == "own"
        assert "LEAKED" not in verdict.model_dump_json() + repr(log)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit()])
def test_an_interruption_is_no_verdict(error: BaseException) -> None:
    gate = Gate(Settings(), organisation=example(), engine=Defective(error))
    with pytest.raises(type(error)):
        gate.check(EVENT)


@pytest.mark.parametrize("thing", [None, {}, "text", EVENT.facts])
@pytest.mark.anyio
async def test_what_is_no_event_is_no_verdict(gate: Gate, thing: Any) -> None:
    with pytest.raises(EventError, match="decides on a StepEvent"):
        gate.check(thing)
    with pytest.raises(EventError, match="decides on a StepEvent"):
        await gate.acheck(thing)


def test_a_decision_that_cannot_be_logged_denies(gate: Gate) -> None:
    def broken(logger: Any, name: str, event: Any) -> Any:
        msg = "LEAKED"
        raise OSError(msg)

    before = structlog.get_config()
    structlog.configure(processors=[broken])
    try:
        verdict = gate.check(EVENT)
    finally:
        structlog.configure(**before)
    assert verdict.rules == ("runtime.explanation_failed",)
    assert "OSError" in verdict.findings[0].message
    assert "LEAKED" not in verdict.model_dump_json()
    assert verdict.policy_revision != ""
    assert gate.check(EVENT).allowed


def test_a_processor_that_drops_the_event_stops_nothing(gate: Gate) -> None:
    def quiet(logger: Any, name: str, event: Any) -> Any:
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[quiet])
    try:
        assert gate.check(EVENT).allowed
    finally:
        structlog.configure(**before)


def test_refusing_is_logged_and_sent_as_any_verdict(plugged: Any, log: list[Any]) -> None:
    sent: list[Any] = []

    class Sink:
        @aboveboard.hookimpl
        def aboveboard_verdict(self, verdict: Any) -> None:
            sent.append(verdict)

    verdict = plugged(Sink()).refuse(EVENT, "runtime.facts_failed", "It failed.", "Mend it.")
    assert sent == [verdict]
    assert verdict.rules == ("runtime.facts_failed",)
    assert (log[0]["event"], log[0]["messages"]) == ("step.denied", ["It failed."])


def test_directories_for_a_server_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="policies of its server"):
        Gate(Settings(engine="opa"), organisation=example(), policies=[tmp_path])
