"""What may not happen does not happen, and says why."""

from __future__ import annotations

import copy
import pickle
from typing import Annotated

import pytest
from pydantic import BaseModel

from aboveboard import (
    NotPersonal,
    StepDenied,
    StepEscalated,
    StepStopped,
    SubjectId,
    Verdict,
    decision,
    pd,
    profiling,
)
from aboveboard.gate import Gate
from tests.steps.helpers import ASKED, OBJECTS, scoring


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]


LEAD = Lead(id="1", job="buyer")


def test_a_denied_function_does_not_run(gate: Gate) -> None:
    ran = []

    @profiling(purpose="lead_scoring", facts={"objections.profiling": True}, gate=gate)
    def score(lead: Lead) -> int:
        ran.append(lead)
        return 1

    with pytest.raises(StepDenied):
        score(LEAD)
    assert ran == []


def test_an_escalated_function_does_not_run(ruled) -> None:
    ran = []

    @scoring(gate=ruled("profiling", effect="escalate"))
    def score(lead: Lead) -> int:
        ran.append(lead)
        return 1

    with pytest.raises(StepEscalated) as stopped:
        score(LEAD)
    assert ran == []
    assert stopped.value.verdict.effect == "escalate"


@pytest.mark.parametrize(("effect", "kind"), [("deny", StepDenied), ("escalate", StepEscalated)])
def test_a_result_that_may_not_leave_is_withheld(ruled, effect: str, kind: type) -> None:
    ran = []

    @scoring(gate=ruled("profiling", effect=effect, phase="completed"))
    def score(lead: Lead) -> str:
        ran.append("yes")
        return "LEAKED-result"

    with pytest.raises(kind) as stopped:
        score(LEAD)
    assert ran == ["yes"]
    assert stopped.value.verdict.phase == "completed"
    assert "LEAKED" not in str(stopped.value)


@pytest.mark.anyio
@pytest.mark.parametrize("phase", ["requested", "completed"])
async def test_coroutines_are_stopped_in_either_phase(ruled, phase: str) -> None:
    ran = []

    @scoring(gate=ruled("profiling", phase=phase))
    async def score(lead: Lead) -> int:
        ran.append(lead)
        return 1

    with pytest.raises(StepDenied):
        await score(LEAD)
    assert len(ran) == (phase == "completed")


def test_a_warning_lets_the_step_run(ruled, log: list[dict]) -> None:
    @scoring(gate=ruled("profiling", effect="warn"))
    def score(lead: Lead) -> int:
        return 1

    assert score(LEAD) == 1
    assert log[0]["rules"] == ["TEST-01"]


def test_deny_goes_over_escalate(ruled) -> None:
    @scoring(facts=OBJECTS, gate=ruled("profiling", effect="escalate"))
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied) as stopped:
        score(LEAD)
    assert set(stopped.value.verdict.rules) >= {"TEST-01", "R-OBJ-01"}
    assert stopped.value.verdict.rules[0] == "R-OBJ-01"


def test_the_text_is_a_persons_sentence(gate: Gate) -> None:
    @scoring(facts=OBJECTS, gate=gate)
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied) as stopped:
        score(LEAD)
    first, second, *_ = str(stopped.value).splitlines()
    assert first.startswith("The profiling step '")
    assert first.endswith("score' was stopped:")
    assert second.startswith("- The person has objected to profiling. (R-OBJ-01, GDPR Art. 21")
    assert second.endswith(".")


def test_the_text_of_an_escalation_asks_for_a_human(ruled) -> None:
    @scoring(gate=ruled("profiling", effect="escalate"))
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepEscalated, match="needs a human's decision") as stopped:
        score(LEAD)
    assert "- TEST-01 speaks. (TEST-01, Handbook) Change what TEST-01 is about." in str(
        stopped.value
    )


def _stopped(gate: Gate) -> StepDenied:
    @profiling(purpose="lead_scoring", facts={"objections.profiling": True}, gate=gate)
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied) as stopped:
        score(LEAD)
    return stopped.value


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickled_and_read_again(gate: Gate, protocol: int) -> None:
    error = _stopped(gate)
    twin = pickle.loads(pickle.dumps(error, protocol))
    assert type(twin) is StepDenied
    assert str(twin) == str(error)
    assert twin.verdict == error.verdict
    assert isinstance(twin.verdict, Verdict)
    assert twin.verdict.findings[0].law == error.verdict.findings[0].law


def test_copied(gate: Gate) -> None:
    error = _stopped(gate)
    for twin in (copy.copy(error), copy.deepcopy(error)):
        assert (str(twin), twin.verdict) == (str(error), error.verdict)
    assert copy.deepcopy(error.verdict) == error.verdict


def test_one_except_catches_both(ruled) -> None:
    for effect in ("deny", "escalate"):

        @scoring(gate=ruled("profiling", effect=effect))
        def score(lead: Lead) -> int:
            return 1

        with pytest.raises(StepStopped) as stopped:
            score(LEAD)
        assert stopped.value.verdict.effect == effect


def test_no_chain_of_exceptions_shows_the_inside(gate: Gate) -> None:
    error = _stopped(gate)
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


def test_a_decision_with_a_human_in_it(gate: Gate) -> None:
    facts = {
        **{name: known for name, known in ASKED.items() if name != "energy"},
        "ai.interacts_directly": False,
        "ai.model": "order-check",
        "ai.own": True,
        "ai.model_version": "1.4.0",
        "feedback.channel_present": True,
        "subject.language": "fi",
        "message.language": "fi",
        "decision.effect": "none",
        "decision.automation": "dpv:PartialAutomation",
        "decision.score_decisive": False,
    }

    @decision(purpose="order_handling", facts=facts, gate=gate)
    def accept(lead: Lead, amount: Annotated[int, NotPersonal]) -> bool:
        return amount < 10

    assert accept(LEAD, 5) is True

    @decision(
        purpose="order_handling",
        facts={**facts, "conversation.user_requested_human": True},
        gate=gate,
    )
    def asked(lead: Lead) -> bool:
        return True

    with pytest.raises(StepEscalated, match="asked for a human"):
        asked(LEAD)
