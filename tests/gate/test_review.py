"""`aboveboard_review`: an escalation comes before a human, and the log says so."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard import StepDenied, StepEscalated, hookimpl, profiling
from aboveboard.testing import compliant_event
from tests.steps.helpers import ASKED

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.gate import Gate

ESCALATE = {"rule": "ACME-02", "effect": "escalate", "message": "Ask somebody."}


class Reviewed:
    """Escalates or denies every profiling step, and opens cases."""

    def __init__(self, reference: Any = "CASE-1", effect: str = "escalate") -> None:
        self.reference, self.effect = reference, effect
        self.cases: list[tuple[Any, Any]] = []

    @hookimpl
    def aboveboard_profiling(self) -> Any:
        return [{**ESCALATE, "effect": self.effect}]

    @hookimpl
    def aboveboard_review(self, event: Any, verdict: Any) -> Any:
        self.cases.append((event, verdict))
        if isinstance(self.reference, BaseException):
            raise self.reference
        return self.reference


def scoring(gate: Gate) -> Callable[[], int]:
    @profiling(
        purpose="lead_scoring",
        model="propensity-3.1",
        facts=ASKED,
        gate=gate,
    )
    def score() -> int:
        raise AssertionError

    return score


@pytest.mark.parametrize("reference", ["CASE-1", None])
def test_a_step_that_is_escalated_is_handed_to_a_human(
    plugged: Any, log: list[Any], reference: str | None
) -> None:
    plugin = Reviewed(reference)
    with pytest.raises(StepEscalated) as stopped:
        scoring(plugged(plugin))()
    assert [verdict for _, verdict in plugin.cases] == [stopped.value.verdict]
    assert plugin.cases[0][0].step == "profiling"
    (requested,) = [entry for entry in log if entry["event"] == "review.requested"]
    assert requested["reference"] == reference
    assert requested["decision_id"] == stopped.value.verdict.decision_id
    assert requested["plugin"] == "Reviewed"


def test_it_does_not_keep_the_step_waiting(plugged: Any, log: list[Any]) -> None:
    may_go = threading.Event()

    class Slow(Reviewed):
        @hookimpl
        def aboveboard_review(self, verdict: Any) -> str:
            may_go.wait(10)
            return "CASE-2"

    gate = plugged(Slow(), sinks="queued")
    with pytest.raises(StepEscalated):
        scoring(gate)()
    assert "review.requested" not in {entry["event"] for entry in log}
    assert [(status.hook, status.waiting) for status in gate.sinks] == [("aboveboard_review", 1)]
    may_go.set()
    gate.close()
    assert "review.requested" in {entry["event"] for entry in log}


def test_what_is_denied_or_only_asked_about_is_not(plugged: Any) -> None:
    denying, escalating = Reviewed(effect="deny"), Reviewed()
    with pytest.raises(StepDenied):
        scoring(plugged(denying))()
    gate = plugged(escalating)
    event = compliant_event("profiling")
    verdict = gate.check(event)
    assert verdict.effect == "escalate"
    assert (denying.cases, escalating.cases) == ([], [])
    # Whoever stops a step by hand asks for it.
    gate.request_review(event, verdict)
    gate.request_review(event, plugged().check(event))
    assert escalating.cases == [(event, verdict)]


@pytest.mark.parametrize(
    "reference", [RuntimeError("LEAKED"), 5, "", "LEAKED\nforged=1", "LEAKED" * 50]
)
def test_a_reviewer_that_fails_is_reported(plugged: Any, log: list[Any], reference: Any) -> None:
    with pytest.raises(StepEscalated):
        scoring(plugged(Reviewed(reference)))()
    (failed,) = [entry for entry in log if entry["event"] == "plugin.failed"]
    assert failed["hook"] == "aboveboard_review"
    assert "LEAKED" not in repr(log)
