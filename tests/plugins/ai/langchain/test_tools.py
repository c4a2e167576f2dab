"""Tool calls of agents: judged when they are about to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware, ToolErrorMiddleware, ToolRetryMiddleware
from langchain.tools import ToolRuntime
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool, tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.types import Command

from aboveboard import ConfigurationError, StepDenied, StepEscalated
from aboveboard.ai import Guard, GuardOptions
from aboveboard.testing.recorder import Recorder
from aboveboard_langchain import GateMiddleware, tool_node
from tests.plugins.ai.langchain.conftest import EMAIL, ask, call, calls, script

Made = Callable[..., Any]
ORDER = {"product": "lamp", "email": EMAIL}
RAN = ("order_product", {**ORDER, "discount": 0})


def decisions(recorder: Recorder) -> list[str]:
    return [verdict.effect for verdict in recorder.verdicts if verdict.step == "decision"]


def test_a_declared_tool_runs_with_what_the_person_gave(
    agent: Made, ran: list[Any], recorder: Recorder
) -> None:
    model = script(
        lambda asked: call("order_product", product="lamp", email=words(asked)), "Valmis."
    )
    answer = agent(model).invoke(ask(f"Tilaa lamppu, {EMAIL}"))
    assert ran == [RAN]
    assert EMAIL not in str(model.seen)
    assert decisions(recorder) == ["allow"]
    assert answer["messages"][-1].text.endswith("Valmis.")


def words(asked: list[Any]) -> str:
    """The last word that reached the model: a mask of the address."""
    word: str = asked[-1].text.split()[-1]
    assert word.startswith("[EMAIL")
    return word


def test_a_tool_that_nobody_declared_does_not_run(
    agent: Made, ran: list[Any], recorder: Recorder, log: list[Any]
) -> None:
    with pytest.raises(StepEscalated) as stopped:
        agent(script(call("close_account", customer=EMAIL), "Never said.")).invoke(ask("Hei"))
    assert ran == []
    assert decisions(recorder) == ["escalate"]
    assert len(recorder.reviews) == 1
    assert EMAIL not in f"{stopped.value}{stopped.value.verdict}{log}"


def test_a_tool_that_is_denied_does_not_run(agent: Made, ran: list[Any]) -> None:
    model = script(call("order_product", **ORDER, discount=90), "Never said.")
    with pytest.raises(StepDenied, match="HOUSE-01"):
        agent(model).invoke(ask("Hei"))
    assert ran == []


def test_the_model_is_told_and_the_talk_goes_on(agent: Made, ran: list[Any]) -> None:
    model = script(call("close_account", customer=EMAIL), "En voi.")
    answer = agent(model, on_stopped="tell").invoke(ask("Hei"))
    (told,) = [one for one in answer["messages"] if isinstance(one, ToolMessage)]
    assert ran == []
    assert told.status == "error"
    assert told.tool_call_id == "1"
    assert "a human has to decide" in told.text
    assert "R-ADM-01" in told.text
    assert EMAIL not in told.text
    assert answer["messages"][-1].text.endswith("En voi.")


def test_a_tool_that_does_not_exist_is_judged_as_one_that_nobody_declared(
    agent: Made, recorder: Recorder
) -> None:
    with pytest.raises(StepEscalated):
        agent(script(call("wipe_everything"))).invoke(ask("Hei"))
    model = script(call("wipe_everything"), "En voi.")
    answer = anyio.run(agent(model, on_stopped="tell").ainvoke, ask("Hei"))
    assert answer["messages"][-1].text.endswith("En voi.")
    assert decisions(recorder) == ["escalate", "escalate"]


def test_async_is_the_same(agent: Made, ran: list[Any]) -> None:
    wanted = calls(("order_product", "1", ORDER), ("close_account", "2", {"customer": "x"}))

    async def talk() -> Any:
        return await agent(script(wanted, "Valmis."), on_stopped="tell").ainvoke(ask("Hei"))

    answer = anyio.run(talk)
    assert ran == [RAN]
    told = {one.tool_call_id: one.status for one in answer["messages"] if one.type == "tool"}
    assert told == {"1": "success", "2": "error"}


@pytest.mark.parametrize(
    "order", [("close_account", "order_product"), ("order_product", "close_account")]
)
def test_of_calls_side_by_side_each_is_judged(
    agent: Made, ran: list[Any], recorder: Recorder, order: tuple[str, str]
) -> None:
    given = {"order_product": ORDER, "close_account": {"customer": "x"}}
    wanted = calls(*((name, str(at), given[name]) for at, name in enumerate(order)))
    answer = agent(script(wanted, "Valmis."), on_stopped="tell").invoke(ask("Hei"))
    assert ran == [RAN]
    assert sorted(decisions(recorder)) == ["allow", "escalate"]
    told = {one.name: one.status for one in answer["messages"] if one.type == "tool"}
    assert told == {"order_product": "success", "close_account": "error"}


def test_after_a_stop_what_ran_beside_it_does_not_run_again(agent: Made, ran: list[Any]) -> None:
    wanted = calls(("order_product", "1", ORDER), ("close_account", "2", {"customer": "x"}))
    made = agent(script(wanted, "Valmis."), keywords={"checkpointer": InMemorySaver()})
    thread = {"configurable": {"thread_id": "1"}}
    with pytest.raises(StepEscalated):
        made.invoke(ask("Hei"), thread)
    for _ in range(2):  # resumed from the checkpoint, with the same calls
        with pytest.raises(StepEscalated):
            made.invoke(None, thread)
    assert ran == [RAN]


class Edits(AgentMiddleware):
    """Changes arguments behind the gate's back."""

    def __init__(self, **changes: Any) -> None:
        super().__init__()
        self.changes = changes

    def wrap_tool_call(self, request: Any, handler: Any) -> Any:
        arguments = {**request.tool_call["args"], **self.changes}
        return handler(request.override(tool_call={**request.tool_call, "args": arguments}))

    async def awrap_tool_call(self, request: Any, handler: Any) -> Any:
        arguments = {**request.tool_call["args"], **self.changes}
        return await handler(request.override(tool_call={**request.tool_call, "args": arguments}))


def test_arguments_that_middleware_inside_changes_are_judged_again(
    agent: Made, ran: list[Any], recorder: Recorder
) -> None:
    model = script(call("order_product", **ORDER), "Valmis.")
    agent(model, inside=[Edits(product="sofa")]).invoke(ask("Hei"))
    assert decisions(recorder) == ["allow"]
    assert ran == [("order_product", {**ORDER, "product": "sofa", "discount": 0})]


def test_arguments_that_middleware_inside_must_not_give_stop_the_tool(
    agent: Made, ran: list[Any], recorder: Recorder
) -> None:
    def made() -> Any:
        model = script(call("order_product", **ORDER), "Never said.")
        return agent(model, inside=[Edits(discount=90)])

    with pytest.raises(StepDenied, match="HOUSE-01"):
        made().invoke(ask("Hei"))
    with pytest.raises(StepDenied, match="HOUSE-01"):
        anyio.run(made().ainvoke, ask("Hei"))
    assert ran == []
    assert decisions(recorder) == ["deny"] * 2


@pytest.mark.parametrize(
    "inside",
    [
        ToolRetryMiddleware(max_retries=2, initial_delay=0.0, jitter=False),
        ToolErrorMiddleware(lambda *_: "It failed."),
    ],
    ids=["retry", "error"],
)
@pytest.mark.parametrize("on_stopped", ["raise", "tell"])
def test_a_stop_comes_out_whatever_stands_between(
    agent: Made, ran: list[Any], recorder: Recorder, inside: Any, on_stopped: str
) -> None:
    model = script(call("order_product", **ORDER), "En voi.")
    made = agent(model, inside=[inside, Edits(discount=90)], on_stopped=on_stopped)
    if on_stopped == "raise":
        with pytest.raises(StepDenied, match="HOUSE-01"):
            made.invoke(ask("Hei"))
    else:
        (told,) = [one for one in made.invoke(ask("Hei"))["messages"] if one.type == "tool"]
        assert "HOUSE-01" in told.text
    assert ran == []
    assert decisions(recorder) == ["deny"]


class Swaps(AgentMiddleware):
    """Runs another tool than the one that was asked for."""

    def __init__(self, other: Any) -> None:
        super().__init__()
        self.other = other

    def wrap_tool_call(self, request: Any, handler: Any) -> Any:
        changed = {**request.tool_call, "name": self.other.name, "args": {"customer": "x"}}
        return handler(request.override(tool_call=changed, tool=self.other))


def test_another_tool_than_the_one_that_was_asked_for_is_judged(
    agent: Made, ran: list[Any], tools: list[Any], recorder: Recorder
) -> None:
    model = script(call("order_product", **ORDER), "Never said.")
    with pytest.raises(StepEscalated):
        agent(model, inside=[Swaps(tools[2])]).invoke(ask("Hei"))
    assert ran == []
    assert decisions(recorder) == ["escalate"]


class EditsInPlace(AgentMiddleware):
    """Changes the request as LangChain would rather have it not changed."""

    def __init__(self, tool: Any = None) -> None:
        super().__init__()
        self.tool = tool

    def wrap_tool_call(self, request: Any, handler: Any) -> Any:
        changed = {**request.tool_call, "args": {**ORDER, "discount": 90}}
        name, value = ("tool", self.tool) if self.tool is not None else ("tool_call", changed)
        with pytest.warns(DeprecationWarning, match="override"):
            setattr(request, name, value)
        return handler(request)


class MakesAnew(AgentMiddleware):
    """Makes a request of its own."""

    def wrap_tool_call(self, request: Any, handler: Any) -> Any:
        changed = {**request.tool_call, "args": {**ORDER, "discount": 90}}
        return handler(ToolCallRequest(changed, request.tool, request.state, request.runtime))


class CallsByItself(AgentMiddleware):
    """Calls the tool without LangChain's help."""

    def wrap_tool_call(self, request: Any, handler: Any) -> Any:
        said = request.tool.invoke({**ORDER, "discount": 90})
        return ToolMessage(said, tool_call_id=request.tool_call["id"], name=request.tool.name)


@pytest.mark.parametrize("inside", [EditsInPlace(), MakesAnew(), CallsByItself()])
def test_there_is_no_way_around_the_check_in_the_tool(
    agent: Made, ran: list[Any], recorder: Recorder, inside: Any
) -> None:
    with pytest.raises(StepDenied, match="HOUSE-01"):
        agent(script(call("order_product", **ORDER)), inside=[inside]).invoke(ask("Hei"))
    assert ran == []
    assert decisions(recorder) == ["deny"]


def test_a_tool_that_is_put_in_in_place_is_judged(
    agent: Made, ran: list[Any], tools: list[Any]
) -> None:
    with pytest.raises(StepEscalated):
        agent(script(call("order_product", **ORDER)), inside=[EditsInPlace(tools[2])]).invoke(
            ask("Hei")
        )
    assert ran == []


def test_a_stop_within_a_tool_comes_out(options: dict[str, Any], decided: Any) -> None:
    guard = Guard("inner", GuardOptions(purpose=options["purpose"], gate=decided[0]))

    @tool
    def order_product(product: str, email: str) -> str:
        """Do something that is refused."""
        guard.refuse(f"order {len(product + email)}")
        return "ordered"

    retry = ToolRetryMiddleware(max_retries=2, initial_delay=0.0, jitter=False)
    model = script(call("order_product", **ORDER), "Never said.")
    with pytest.raises(StepDenied, match="not_governed"):
        create_agent(model, [order_product], middleware=[GateMiddleware(**options), retry]).invoke(
            ask("Hei")
        )


def test_a_tool_with_a_schema_in_json_is_judged_by_all_it_is_given(
    options: dict[str, Any], recorder: Recorder
) -> None:
    seen: list[Any] = []
    schema = {"type": "object", "properties": {"product": {"type": "string"}}}
    order = StructuredTool.from_function(
        lambda **given: seen.append(given) or "ordered",
        name="order_product",
        description="Order.",
        args_schema=schema,
    )
    for arguments in ({"product": "lamp"}, {"product": "lamp", "discount": 90}):
        model = script(call("order_product", **arguments), "Valmis.")
        made = create_agent(model, [order], middleware=[GateMiddleware(**options)])
        if "discount" in arguments:
            with pytest.raises(StepDenied, match="HOUSE-01"):
                made.invoke(ask("Hei"))
        else:
            made.invoke(ask("Hei"))
    assert decisions(recorder) == ["allow", "deny"]
    assert len(seen) == 1


def test_a_retry_runs_a_tool_again_under_one_verdict(
    options: dict[str, Any], recorder: Recorder
) -> None:
    tries: list[int] = []

    @tool
    def order_product(product: str, email: str) -> str:
        """Order a product, at the second try."""
        tries.append(1)
        if len(tries) == 1:
            raise OSError
        return f"ordered {product} for {email}"

    retry = ToolRetryMiddleware(max_retries=2, initial_delay=0.0, jitter=False)
    model = script(call("order_product", **ORDER), "Valmis.")
    middleware = [GateMiddleware(**options), retry]
    create_agent(model, [order_product], middleware=middleware).invoke(ask("Hei"))
    assert len(tries) == 2
    assert decisions(recorder) == ["allow"]


def test_what_the_graph_puts_in_itself_is_no_argument(
    options: dict[str, Any], recorder: Recorder
) -> None:
    seen: list[Any] = []

    @tool
    def order_product(product: str, runtime: ToolRuntime) -> str:
        """Order a product."""
        seen.append((product, runtime.tool_call_id))
        return "ordered"

    model = script(call("order_product", product="lamp"), "Valmis.")
    middleware = [GateMiddleware(**options), Edits(product="sofa")]
    create_agent(model, [order_product], middleware=middleware).invoke(ask("Hei"))
    assert seen == [("sofa", "1")]
    names = [
        event.facts.security.tool_calls[0].argument_names
        for event in recorder.events
        if event.step == "decision"
    ]
    assert [list(each) for each in names] == [["product"]]


def test_a_tool_that_hands_over_to_another_agent_is_judged(
    options: dict[str, Any], recorder: Recorder
) -> None:
    @tool
    def transfer_to_billing() -> Any:
        """Hand over."""
        return Command(goto="billing", graph=Command.PARENT)

    made = create_agent(
        script(call("transfer_to_billing")), [transfer_to_billing],
        middleware=[GateMiddleware(**options)],
    )  # fmt: skip
    with pytest.raises(StepEscalated):
        made.invoke(ask("Hei"))
    assert decisions(recorder) == ["escalate"]


# A graph of one's own.


def graph(tools: list[Any], answer: AIMessage, /, **options: Any) -> Any:
    built = StateGraph(MessagesState)
    built.add_node("model", lambda _: {"messages": [answer]})
    built.add_node("tools", tool_node(tools, **options))
    built.add_edge(START, "model")
    built.add_edge("model", "tools")
    return built.compile()


def test_the_tools_of_a_graph_of_ones_own(
    tools: list[Any], options: dict[str, Any], ran: list[Any], recorder: Recorder
) -> None:
    wanted = calls(("order_product", "1", ORDER), ("close_account", "2", {"customer": "x"}))
    with pytest.raises(StepEscalated):
        graph(tools, call("close_account", customer="x"), **options).invoke(ask("Hei"))
    told = graph(tools, wanted, on_stopped="tell", **options)
    answer = anyio.run(told.ainvoke, ask("Hei"))
    assert ran == [RAN]
    assert [one.status for one in answer["messages"] if one.type == "tool"] == ["success", "error"]
    assert decisions(recorder).count("allow") == 1


def test_wrong_options_are_said_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="on_stopped"):
        GateMiddleware(on_stopped="ignore", **options)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="on_stopped"):
        tool_node([], on_stopped="ignore", **options)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="tools"):
        GateMiddleware(**{**options, "tools": {"order_product": "a tool"}})


def test_without_a_talk_a_tool_is_judged_all_the_same(agent: Made, ran: list[Any]) -> None:
    model = script(call("order_product", **ORDER), "Valmis.")
    made = agent(model, conversation=None, models=False)
    answer = made.invoke({"messages": [HumanMessage("Hei")]})
    assert ran == [RAN]
    assert answer["messages"][-1].text.endswith("Valmis.")


def test_a_new_hook_of_middleware_is_noticed() -> None:
    hooks = {"after_agent", "after_model", "before_agent", "before_model"}
    wraps = {"wrap_model_call", "wrap_tool_call"}
    both = {*hooks, *wraps, *(f"a{name}" for name in (*hooks, *wraps))}
    data = {"name", "state_schema", "trace_policy", "transformers"}
    assert {name for name in dir(AgentMiddleware) if not name.startswith("_")} == both | data
