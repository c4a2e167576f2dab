"""`disclose`: the person is told before the step runs, or the step does not run."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import Disclosure, StepDenied, SubjectId, pd, recommendation
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from tests.steps.helpers import LAWFUL

FACTS: dict[str, Any] = {
    **LAWFUL,
    "profile": {"features": [], "protected_attributes": [], "proxies": []},
    "objections": {"profiling": False, "direct_marketing": False},
    "contact.channel": "chat",
    "contact.asked_for": True,
    "ai.interacts_directly": True,
    "ai.agent_on_behalf_of": "Esimerkki Oy",
    "recommendation.purchase_advice": False,
    "answer": {"grounded": True, "policy_claim": False},
    "subject.language": "fi",
    "message.language": "fi",
    "feedback.channel_present": True,
}


class Customer(BaseModel):
    id: Annotated[str, SubjectId]
    interest: Annotated[str, pd.Interest] = ""


JANE = Customer(id="LEAKED-jane")


def advising(gate: Gate, **options: Any) -> Any:
    return recommendation(
        purpose="product_advice", gate=gate, **{"facts": FACTS, "result_facts": {}, **options}
    )


def test_told_in_the_persons_language_before_the_step_runs(gate: Gate, log: list[dict]) -> None:
    order: list[Any] = []

    @advising(gate, disclose=order.append)
    def answer(customer: Customer) -> str:
        order.append("ran")
        return "text"

    assert answer(JANE) == "text"
    shown, ran = order
    assert ran == "ran"
    assert isinstance(shown, Disclosure)
    assert (shown.notice, shown.language, shown.rule) == ("ai_disclosure", "fi", "R-AID-01")
    assert "tekoäly" in shown.text
    assert shown.event.phase == "requested"
    assert [entry["event"] for entry in log] == ["step.allowed", "step.allowed"]


def test_the_completed_event_knows_that_the_person_was_told(gate: Gate) -> None:
    events = []

    class Sink:
        from aboveboard import hookimpl

        @hookimpl
        def aboveboard_verdict(self, event: Any, verdict: Any) -> None:
            events.append(event)

    own = Gate(Settings(sinks="inline"), organisation=example(), plugins=[Sink()])

    @advising(own, disclose=lambda item: None)
    def answer(customer: Customer) -> str:
        return "text"

    answer(JANE)
    before, after = events
    assert before.facts.ai.disclosure_shown_at is None
    assert after.facts.ai.disclosure_shown_at == before.time
    assert after.facts.ai.disclosure_language == "fi"
    assert after.facts.ai.disclosure_shown_age_s == 0


def test_the_gates_handler_serves_steps_without_one() -> None:
    shown: list[Disclosure] = []
    own = Gate(Settings(), organisation=example(), disclose=shown.append)

    @advising(own)
    def answer(customer: Customer) -> str:
        return "text"

    answer(JANE)
    assert len(shown) == 1


def raising(item: Disclosure) -> None:
    msg = "LEAKED-handler"
    raise RuntimeError(msg)


async def awaited(item: Disclosure) -> None:
    return None


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (None, "nothing shows it"),
        (raising, "its handler failed with RuntimeError"),
        (awaited, "its handler failed with TypeError"),
    ],
)
def test_not_told_means_not_run(gate: Gate, handler: Any, why: str, log: list[dict]) -> None:
    ran = []

    @advising(gate, disclose=handler)
    def answer(customer: Customer) -> str:
        ran.append(1)
        return "text"

    with pytest.raises(StepDenied, match=why) as stopped:
        answer(JANE)
    assert ran == []
    assert stopped.value.verdict.rules == ("runtime.obligation_failed",)
    assert "LEAKED" not in str(stopped.value) + repr(log)


@pytest.mark.anyio
async def test_a_coroutine_takes_either_kind_of_handler(gate: Gate) -> None:
    shown: list[Disclosure] = []

    async def tell(item: Disclosure) -> None:
        shown.append(item)

    for handler in (tell, shown.append):

        @advising(gate, disclose=handler)
        async def answer(customer: Customer) -> str:
            return "text"

        assert await answer(JANE) == "text"
    assert len(shown) == 2


@pytest.mark.anyio
@pytest.mark.parametrize("handler", [raising, None])
async def test_a_coroutine_is_not_run_untold(gate: Gate, handler: Any) -> None:
    ran = []

    @advising(gate, disclose=handler)
    async def answer(customer: Customer) -> str:
        ran.append(1)
        return "text"

    with pytest.raises(StepDenied):
        await answer(JANE)
    assert ran == []


def test_told_already_is_not_told_again(gate: Gate) -> None:
    from datetime import UTC, datetime

    shown: list[Disclosure] = []
    told = {"ai.disclosure_shown_at": datetime.now(UTC), "ai.disclosure_language": "fi"}

    @advising(gate, facts={**FACTS, **told}, disclose=shown.append)
    def answer(customer: Customer) -> str:
        return "text"

    answer(JANE)
    assert shown == []


def test_a_notice_that_nobody_worded_denies(ruled) -> None:
    gate = ruled(
        "recommendation", effect="oblige", obligation={"kind": "disclose", "notice": "no_such"}
    )

    @advising(gate, disclose=lambda item: None)
    def answer(customer: Customer) -> str:
        return "text"

    with pytest.raises(StepDenied, match="Nobody has worded the notice 'no_such'"):
        answer(JANE)


def test_a_disclosure_without_a_notice_denies(ruled) -> None:
    @advising(
        ruled("recommendation", effect="oblige", obligation={"kind": "disclose"}),
        disclose=lambda item: None,
    )
    def answer(customer: Customer) -> str:
        return "text"

    with pytest.raises(StepDenied):
        answer(JANE)
