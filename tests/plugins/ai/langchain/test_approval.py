"""A person approves a tool call, or changes it first: what runs is what was judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from aboveboard import StepDenied, StepEscalated
from aboveboard.testing.recorder import Recorder
from tests.plugins.ai.langchain.conftest import EMAIL, ask, call, calls, script

Made = Callable[..., Any]
ORDER = {"product": "lamp", "email": EMAIL}
THREAD = {"configurable": {"thread_id": "1"}}
APPROVE = {"type": "approve"}


def edit(name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "edit", "edited_action": {"name": name, "args": arguments}}


def resume(*decisions: dict[str, Any]) -> Any:
    return Command(resume={"decisions": list(decisions)})


@pytest.fixture(params=["after", "before"])
def paused(request: pytest.FixtureRequest, agent: Made) -> Callable[..., Any]:
    """An agent that waits for a person; LangChain's middleware stands before the gate, or after it."""

    def make(*answers: Any, **options: Any) -> Any:
        human = HumanInTheLoopMiddleware(
            interrupt_on={"order_product": True, "close_account": True, "find_products": False}
        )
        place = {"inside" if request.param == "after" else "before": [human]}
        made = agent(
            script(*answers), keywords={"checkpointer": InMemorySaver()}, **place, **options
        )
        stopped = made.invoke(ask("Hei"), THREAD)
        assert stopped["__interrupt__"]
        return made

    return make


def decisions(recorder: Recorder) -> list[str]:
    return [verdict.effect for verdict in recorder.verdicts if verdict.step == "decision"]


def test_nothing_runs_before_a_person_approves(
    paused: Made, ran: list[Any], recorder: Recorder
) -> None:
    made = paused(call("order_product", **ORDER), "Valmis.")
    assert ran == []
    assert decisions(recorder) == []
    answer = made.invoke(resume(APPROVE), THREAD)
    assert ran == [("order_product", {**ORDER, "discount": 0})]
    assert decisions(recorder) == ["allow"]
    assert answer["messages"][-1].text.endswith("Valmis.")


def test_what_the_approver_changes_is_judged_before_it_runs(
    paused: Made, ran: list[Any], recorder: Recorder
) -> None:
    made = paused(call("order_product", **ORDER), "Never said.")
    with pytest.raises(StepDenied, match="HOUSE-01"):
        made.invoke(resume(edit("order_product", **ORDER, discount=90)), THREAD)
    assert ran == []
    assert decisions(recorder) == ["deny"]


def test_an_approver_may_change_what_the_rules_allow(paused: Made, ran: list[Any]) -> None:
    made = paused(call("order_product", **ORDER, discount=90), "Valmis.")
    made.invoke(resume(edit("order_product", product="sofa", email=EMAIL)), THREAD)
    assert ran == [("order_product", {"product": "sofa", "email": EMAIL, "discount": 0})]


def test_an_approver_cannot_put_another_tool_in_its_place(
    paused: Made, ran: list[Any], recorder: Recorder
) -> None:
    made = paused(call("order_product", **ORDER), "Never said.")
    with pytest.raises(StepEscalated):
        made.invoke(resume(edit("close_account", customer="x")), THREAD)
    assert ran == []
    assert decisions(recorder) == ["escalate"]


def test_approval_is_no_way_around_the_rules(paused: Made, ran: list[Any]) -> None:
    made = paused(call("close_account", customer="x"), "En voi.", on_stopped="tell")
    answer = made.invoke(resume(APPROVE), THREAD)
    assert ran == []
    assert answer["messages"][-1].text.endswith("En voi.")
    assert [one.status for one in answer["messages"] if one.type == "tool"] == ["error"]


def test_of_calls_side_by_side_one_is_changed(
    paused: Made, ran: list[Any], recorder: Recorder
) -> None:
    wanted = calls(("order_product", "1", ORDER), ("order_product", "2", ORDER))
    made = paused(wanted, "Valmis.", on_stopped="tell")

    async def go() -> Any:
        changed = edit("order_product", **ORDER, discount=90)
        return await made.ainvoke(resume(APPROVE, changed), THREAD)

    answer = anyio.run(go)
    assert ran == [("order_product", {**ORDER, "discount": 0})]
    assert sorted(decisions(recorder)) == ["allow", "deny"]
    told = {one.tool_call_id: one.status for one in answer["messages"] if one.type == "tool"}
    assert told == {"1": "success", "2": "error"}


def test_a_stop_after_approval_is_not_forgotten_when_the_talk_is_resumed(
    paused: Made, ran: list[Any]
) -> None:
    made = paused(call("order_product", **ORDER), "Never said.")
    for step in (resume(edit("order_product", **ORDER, discount=90)), None, None):
        with pytest.raises(StepDenied, match="HOUSE-01"):
            made.invoke(step, THREAD)
    assert ran == []


@pytest.mark.parametrize("place", ["inside", "before"])
def test_a_person_who_is_asked_for_each_call_by_itself(
    agent: Made, ran: list[Any], recorder: Recorder, place: str
) -> None:
    human = HumanInTheLoopMiddleware(
        interrupt_on={"order_product": True}, interrupt_mode="per_call"
    )
    wanted = calls(("order_product", "1", ORDER), ("order_product", "2", ORDER))
    made = agent(
        script(wanted, "Valmis."),
        on_stopped="tell",
        keywords={"checkpointer": InMemorySaver()},
        **{place: [human]},
    )
    waiting = made.invoke(ask("Hei"), THREAD)["__interrupt__"]
    assert (len(waiting), decisions(recorder)) == (2, [])
    changed = edit("order_product", **ORDER, discount=90)
    answers = {
        each.id: changed if each.value["tool_call_id"] == "2" else APPROVE for each in waiting
    }
    answer = made.invoke(Command(resume=answers), THREAD)
    assert ran == [("order_product", {**ORDER, "discount": 0})]
    assert sorted(decisions(recorder)) == ["allow", "deny"]
    told = {one.tool_call_id: one.status for one in answer["messages"] if one.type == "tool"}
    assert told == {"1": "success", "2": "error"}
