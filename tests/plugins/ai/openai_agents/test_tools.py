"""Tools and hand-offs of agents: judged when they are about to be called."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from dataclasses import fields
from typing import Any, get_args, get_origin

import anyio
import pytest
from agents import (
    Agent,
    AgentsException,
    ApplyPatchTool,
    CodeInterpreterTool,
    CustomTool,
    Runner,
    RunState,
    WebSearchTool,
    function_tool,
    handoff,
)
from agents.mcp import MCPServer
from agents.tool import Tool as AnyTool
from agents.tool_context import ToolContext

from aboveboard import ConfigurationError, StepDenied, StepEscalated
from aboveboard.ai import Tool
from aboveboard.testing.recorder import Recorder
from aboveboard_openai_agents import govern
from tests.plugins.ai.openai_agents.conftest import (
    DECLARED,
    EMAIL,
    QUIET,
    Script,
    call,
    decisions,
    run,
)

Made = Callable[..., Any]
ORDER = {"product": "lamp", "email": EMAIL}


def test_a_declared_tool_runs_with_what_the_person_gave(
    agent: Made, ran: list[Any], recorder: Recorder
) -> None:
    def orders(asked: Any) -> Any:
        word = asked[-1]["content"].split()[-1]
        assert word.startswith("[EMAIL")
        return call("order_product", product="lamp", email=word)

    model = Script(orders, "Valmis.")
    answer = run(agent(model), f"Tilaa lamppu, {EMAIL}")
    assert ran == [("order_product", ORDER)]
    assert EMAIL not in str(model.seen)
    assert decisions(recorder) == ["allow"]
    assert answer.final_output.endswith("Valmis.")


def test_a_tool_that_nobody_declared_does_not_run(
    agent: Made, ran: list[Any], recorder: Recorder, log: list[Any]
) -> None:
    with pytest.raises(StepEscalated) as stopped:
        run(agent(Script(call("close_account", customer=EMAIL))), "Hei")
    assert ran == []
    assert decisions(recorder) == ["escalate"]
    assert len(recorder.reviews) == 1
    assert stopped.value.verdict.effect == "escalate"
    assert EMAIL not in f"{stopped.value}{stopped.value.verdict}{log}"


def test_a_tool_that_is_denied_does_not_run(agent: Made, ran: list[Any]) -> None:
    tools = {**DECLARED, "find_products": Tool(scope="x", effect="none", result=(), trusted=True)}
    model = Script(call("find_products", query="lamp", discount=90))
    with pytest.raises(StepDenied, match="HOUSE-01"):
        run(agent(model, tools=tools), "Hei")
    assert ran == []


def test_the_model_is_told_and_the_talk_goes_on(agent: Made, ran: list[Any]) -> None:
    model = Script(call("close_account", customer=EMAIL), "En voi.")
    answer = run(agent(model, on_stopped="tell"), "Hei")
    told = model.seen[1][1][-1]["output"]
    assert ran == []
    assert "a human has to decide" in told
    assert EMAIL not in told
    assert answer.final_output.endswith("En voi.")


@pytest.mark.parametrize("on_stopped", ["raise", "tell"])
@pytest.mark.parametrize("first", ["order_product", "close_account"])
def test_of_calls_side_by_side_each_is_judged(
    agent: Made, ran: list[Any], recorder: Recorder, first: str, on_stopped: str
) -> None:
    wanted = [call("order_product", "1", **ORDER), call("close_account", "2", customer="x")]
    wanted = wanted if first == "order_product" else wanted[::-1]
    made = agent(Script(wanted, "Valmis."), on_stopped=on_stopped)
    if on_stopped == "raise":
        with pytest.raises(StepEscalated):
            run(made, "Hei")
        assert ("order_product", ORDER) not in ran[1:]
        assert "close_account" not in str(ran)
    else:
        run(made, "Hei")
        assert ran == [("order_product", ORDER)]
        assert sorted(decisions(recorder)) == ["allow", "escalate"]


def test_streamed_runs_are_the_same(agent: Made, ran: list[Any]) -> None:
    async def go(made: Any) -> list[Any]:
        stream = Runner.run_streamed(made, "Hei", run_config=QUIET)
        return [event async for event in stream.stream_events()]

    with pytest.raises(StepEscalated):
        anyio.run(go, agent(Script(call("close_account", customer="x"))))
    assert ran == []
    anyio.run(go, agent(Script(call("order_product", **ORDER), "Valmis.")))
    assert ran == [("order_product", ORDER)]


# Approval.


def approving(agent: Made, *answers: Any, **options: Any) -> Any:
    """An agent that waits for a person, with its state."""
    ran: list[Any] = []

    @function_tool(needs_approval=True, strict_mode=False)
    def order_product(product: str, email: str, discount: int = 0) -> str:
        """Order a product."""
        ran.append((product, email, discount))
        return "ordered"

    made = agent(Script(*answers), keywords={"tools": [order_product]}, **options)
    return made, run(made, "Hei"), ran


def resume(made: Any, state: Any) -> Any:
    """Approve what waits, and go on."""

    async def go() -> Any:
        for item in state.get_interruptions():
            state.approve(item)
        return await Runner.run(made, state, run_config=QUIET)

    return anyio.run(go)


def kept(made: Any, result: Any, change: Callable[[str], str] = str) -> Any:
    """The state as another process finds it, as JSON that somebody may have changed."""

    async def go() -> Any:
        return await RunState.from_string(made, change(result.to_state().to_string()))

    return anyio.run(go)


def test_nothing_runs_or_is_judged_before_a_person_approves(
    agent: Made, recorder: Recorder
) -> None:
    made, result, ran = approving(agent, call("order_product", **ORDER), "Valmis.")
    assert len(result.interruptions) == 1
    assert (ran, decisions(recorder)) == ([], [])
    answer = resume(made, kept(made, result))
    assert ran == [("lamp", EMAIL, 0)]
    assert decisions(recorder) == ["allow"]
    assert answer.final_output.endswith("Valmis.")


def test_what_was_changed_while_it_waited_is_judged_before_it_runs(
    agent: Made, recorder: Recorder
) -> None:
    made, result, ran = approving(agent, call("order_product", **ORDER), "Never said.")
    state = result.to_state()
    changed = json.dumps({**ORDER, "discount": 90})
    waiting = state._last_processed_response.functions  # type: ignore[union-attr]
    for item in (*state.get_interruptions(), *result.interruptions):
        item.raw_item.arguments = changed
    for each in waiting:
        each.tool_call.arguments = changed
    with pytest.raises((StepDenied, AgentsException)):  # the SDK may see it first
        resume(made, state)
    assert ran == []
    assert "allow" not in decisions(recorder)


def test_the_check_is_in_the_invocation_itself(agent: Made) -> None:
    made, _, ran = approving(agent, call("order_product", **ORDER), "Never said.")
    (tool,) = made.tools

    async def invoke(arguments: dict[str, Any]) -> Any:
        text = json.dumps(arguments)
        context = ToolContext(
            context=None, tool_name=tool.name, tool_call_id="1", tool_arguments=text
        )
        return await tool.on_invoke_tool(context, text)

    assert anyio.run(invoke, ORDER) == "ordered"
    for copied in (tool, copy(tool)):  # the SDK copies tools, and binds the copies anew
        tool = copied
        with pytest.raises(StepDenied, match="HOUSE-01"):
            anyio.run(invoke, {**ORDER, "discount": 90})
    assert ran == [("lamp", EMAIL, 0)]


def test_what_was_changed_where_it_was_kept_does_not_run(agent: Made, recorder: Recorder) -> None:
    made, result, ran = approving(agent, call("order_product", **ORDER), "Never said.")

    def change(text: str) -> str:
        assert '\\"lamp\\"' in text
        return text.replace('\\"lamp\\"', '\\"lamp\\", \\"discount\\": 90')

    with pytest.raises((StepDenied, AgentsException)):  # the SDK knows the call by its hash
        resume(made, kept(made, result, change))
    assert ran == []
    assert "allow" not in decisions(recorder)


def test_approval_is_no_way_around_the_rules(agent: Made) -> None:
    made, result, ran = approving(
        agent, call("order_product", **ORDER, discount=90), "En voi.", on_stopped="tell"
    )
    assert resume(made, kept(made, result)).final_output.endswith("En voi.")
    assert ran == []


# Hand-offs.


def test_a_hand_off_is_judged_and_leads_to_a_governed_agent(
    options: dict[str, Any], tools: list[Any], ran: list[Any], recorder: Recorder
) -> None:
    model = Script(call("transfer_to_billing"), call("close_account", "2", customer="x"))
    billing = Agent(name="billing", model=model, tools=tools)
    sales = Agent(name="sales", model=model, handoffs=[billing])
    billing.handoffs.append(sales)  # they may hand over to each other
    with pytest.raises(StepEscalated):
        run(govern(sales, **options), "Hei")
    assert ran == []
    assert decisions(recorder) == ["allow", "escalate"]
    assert isinstance(sales.handoffs[0], Agent)


@pytest.mark.parametrize("on_stopped", ["raise", "tell"])
def test_a_hand_off_that_nobody_declared_does_not_happen(
    options: dict[str, Any], recorder: Recorder, on_stopped: str
) -> None:
    called: list[Any] = []
    model = Script(call("give_away"), "Never said.")
    other = handoff(
        Agent(name="other", model=model), tool_name_override="give_away", on_handoff=called.append
    )
    sales = govern(
        Agent(name="sales", model=model, handoffs=[other]), on_stopped=on_stopped, **options
    )
    with pytest.raises(StepEscalated):
        run(sales, "Hei")
    assert called == []
    assert len(model.seen) == 1
    assert decisions(recorder) == ["escalate"]


# Agents as tools.


@pytest.mark.parametrize("streamed", [False, True])
def test_a_stop_within_an_agent_that_is_a_tool_comes_out(
    options: dict[str, Any], tools: list[Any], ran: list[Any], streamed: bool
) -> None:
    inner = govern(
        Agent(name="inner", model=Script(call("close_account", customer="x")), tools=tools),
        **options,
    )
    declared = {
        **DECLARED,
        "ask_inner": Tool(acts=False, scope="agents.ask", result=(), trusted=True),
    }
    asking = inner.as_tool("ask_inner", "Ask.", on_stream=(lambda _: None) if streamed else None)
    outer = Agent(
        name="outer", model=Script(call("ask_inner", input="x"), "Never said."), tools=[asking]
    )
    with pytest.raises(StepEscalated):
        run(govern(outer, **{**options, "tools": declared}), "Hei")
    assert ran == []


def test_an_agent_that_is_a_tool_and_not_governed_is_refused(options: dict[str, Any]) -> None:
    inner = Agent(name="inner", model=Script()).as_tool("ask_inner", "Ask.")
    outer = Agent(name="outer", model=Script(), tools=[inner])
    with pytest.raises(StepDenied, match="not governed"):
        govern(outer, **options)
    assert govern(outer, **options, passing=["tools.ask_inner"])


# Other tools.


class Server(MCPServer):
    """An MCP server within this process."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[Any] = []

    name = "shop"
    _error_name = "shop"

    async def connect(self) -> None: ...

    async def cleanup(self) -> None: ...

    async def list_tools(self, run_context: Any = None, agent: Any = None) -> Any:
        import mcp_types

        schema = {"type": "object", "properties": {"query": {"type": "string"}}}
        return [
            mcp_types.Tool(name=name, input_schema=schema) for name in ("order_product", "wipe")
        ]

    async def call_tool(self, tool_name: str, arguments: Any, meta: Any = None) -> Any:
        import mcp_types

        self.called.append((tool_name, arguments))
        return mcp_types.CallToolResult(content=[mcp_types.TextContent(type="text", text="ok")])

    async def list_prompts(self, *_: Any) -> Any:
        raise NotImplementedError

    async def get_prompt(self, *_: Any) -> Any:
        raise NotImplementedError


def test_tools_of_an_mcp_server_are_judged(agent: Made) -> None:
    server = Server()
    keywords = {"tools": [], "mcp_servers": [server]}
    run(agent(Script(call("order_product", query="x"), "Valmis."), keywords=keywords), "Hei")
    assert server.called == [("order_product", {"query": "x"})]
    with pytest.raises(StepEscalated):
        run(agent(Script(call("wipe", query="x")), keywords=keywords), "Hei")
    assert len(server.called) == 1


def test_tools_that_the_vendor_runs_are_refused_unless_they_are_declared(agent: Made) -> None:
    for tool in (
        WebSearchTool(),
        CodeInterpreterTool(
            tool_config={"type": "code_interpreter", "container": {"type": "auto"}}
        ),
    ):
        keywords = {"tools": [tool]}
        with pytest.raises(StepDenied, match="not_governed"):
            agent(Script("Hei."), keywords=keywords)
        declared = {**DECLARED, tool.name: Tool(scope="web.read", acts=False, trusted=True)}
        model = Script("Hei.")
        run(agent(model, keywords=keywords, tools=declared), "Hei")
        assert len(model.seen) == 1


def test_tools_that_act_on_this_machine_by_themselves_are_refused(agent: Made) -> None:
    for tool in (
        ApplyPatchTool(editor=object()),  # type: ignore[arg-type]
        CustomTool(name="raw", description="", on_invoke_tool=lambda *_: "ran"),  # type: ignore[arg-type]
    ):
        declared = {**DECLARED, tool.name: Tool(scope="x", acts=False)}
        with pytest.raises(StepDenied, match="this machine"):
            agent(Script(), keywords={"tools": [tool]}, tools=declared)
        assert agent(Script(), keywords={"tools": [tool]}, passing=[f"tools.{tool.name}"])


def test_what_is_given_later_is_governed_or_refused(
    agent: Made, tools: list[Any], ran: list[Any]
) -> None:
    wanted = call("close_account", customer="x")
    made = agent(Script(wanted), keywords={"tools": []})
    made.tools = tools
    with pytest.raises(StepEscalated):
        run(made, "Hei")
    clone = agent(Script(wanted), keywords={"tools": []}).clone(name="clone", tools=tools)
    with pytest.raises(StepEscalated):
        run(clone, "Hei")
    made = agent(Script(wanted), keywords={"tools": []})
    made.tools.append(tools[2])
    with pytest.raises(StepDenied, match="Assign a new list"):
        run(made, "Hei")
    made = agent(Script(call("transfer_to_other")), keywords={"tools": []})
    made.handoffs.append(Agent(name="other"))
    with pytest.raises(StepDenied, match="Assign a new list"):
        run(made, "Hei")
    assert ran == []


def test_a_tool_that_fails_still_tells_the_model_so(agent: Made) -> None:
    @function_tool
    def order_product(product: str, email: str) -> str:
        """Fail."""
        raise OSError(product + email)

    model = Script(call("order_product", **ORDER), "Ei onnistunut.")
    answer = run(agent(model, keywords={"tools": [order_product]}), "Hei")
    assert "error" in str(model.seen[1][1][-1]).lower()
    assert answer.final_output.endswith("Ei onnistunut.")


def test_a_governed_agent_is_what_it_was(agent: Made, tools: list[Any], options: Any) -> None:
    plain = Agent(name="sales", model=Script(), tools=tools)
    made = govern(plain, **options)
    assert type(made).__name__ == "Agent"
    assert isinstance(made, Agent)
    assert plain.tools is tools
    assert plain.tools[0].on_invoke_tool is not made.tools[0].on_invoke_tool
    with pytest.raises(ConfigurationError, match="already"):
        govern(made, **options)
    with pytest.raises(ConfigurationError, match="str"):
        govern("sales", **options)
    with pytest.raises(ConfigurationError, match="on_stopped"):
        govern(plain, on_stopped="ignore", **options)  # type: ignore[arg-type]


def test_new_kinds_of_tools_and_parts_of_agents_are_noticed() -> None:
    """Each is governed, or refused; what is new is refused until somebody has looked at it."""
    hosted = {
        "CodeInterpreterTool", "FileSearchTool", "HostedMCPTool", "ImageGenerationTool",
        "ProgrammaticToolCallingTool", "ToolSearchTool", "WebSearchTool",
    }  # fmt: skip
    local = {"ApplyPatchTool", "ComputerTool", "CustomTool", "LocalShellTool", "ShellTool"}
    kinds = {(get_origin(kind) or kind).__name__ for kind in get_args(AnyTool)}
    assert kinds == {"FunctionTool", *hosted, *local}
    acting = {"tools", "mcp_servers", "handoffs", "model"}
    apart = {
        "name", "handoff_description", "mcp_config", "instructions", "prompt", "model_settings",
        "input_guardrails", "output_guardrails", "output_type", "hooks", "tool_use_behavior",
        "reset_tool_choice",
    }  # fmt: skip
    assert {field.name for field in fields(Agent)} == acting | apart
