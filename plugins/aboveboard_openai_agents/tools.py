"""Tools and hand-offs: the check is in their own invocation, after approval and beside nothing else."""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable
from typing import Any

from agents import FunctionTool

from aboveboard import StepStopped
from aboveboard.ai import Guard, OnStopped, Text, ToolCall, refusal
from aboveboard_openai_agents.stops import noted, noting, outward

__all__ = ["Judge", "governed_handoff", "governed_tool", "is_governed"]

# Run by the vendor: no call of theirs passes here, so the program has to say what they do.
_HOSTED = {
    "CodeInterpreterTool",
    "FileSearchTool",
    "HostedMCPTool",
    "ImageGenerationTool",
    "ProgrammaticToolCallingTool",
    "ToolSearchTool",
    "WebSearchTool",
}


class Judge:
    """Judges the tool calls of agents.

    Args:
        guard: who judges.
        on_stopped: see `aboveboard.ai.OnStopped`.
    """

    def __init__(self, guard: Guard, on_stopped: OnStopped) -> None:
        self.guard = guard
        self.on_stopped = on_stopped

    async def stops(self, name: str, arguments: str) -> StepStopped | None:
        """What stops a call; None when it may be made."""
        try:
            await self.guard.atool(ToolCall(name, Text({"arguments": arguments}, "arguments")))
        except StepStopped as stopped:
            return stopped
        return None

    def refuse(self, name: str, why: str) -> None:
        """Refuse a tool that cannot be judged, unless `passing` names it.

        Raises:
            StepDenied: it is refused.
        """
        try:
            self.guard.refuse(f"tools.{name}", why)
        except StepStopped as stopped:
            raise outward(stopped) from None


class _Invoker:
    """Calls a tool when it may be called, with the arguments that it is about to be called with."""

    def __init__(self, inner: Callable[..., Any], judge: Judge, name: str) -> None:
        self._inner = inner
        self._judge = judge
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # Marks that the SDK puts on the functions it makes; none that binds the inner one past us.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._inner, name)

    def __agents_bind_function_tool__(self, tool: Any) -> _Invoker:
        """The SDK binds an invoker to each copy of its tool."""
        bind = getattr(self._inner, "__agents_bind_function_tool__", None)
        inner = self._inner if bind is None else bind(tool)
        return _Invoker(inner, self._judge, self._name)

    async def __call__(self, context: Any, arguments: str) -> Any:
        stopped = await self._judge.stops(self._name, arguments)
        if stopped is not None:
            if self._judge.on_stopped == "tell":
                return refusal(stopped)
            raise noted(outward(stopped))
        with noting() as stops:
            result = await self._inner(context, arguments)
        if stops:  # of an agent within this tool, of which the SDK made a text for the model
            raise noted(stops[0])
        return result


def is_governed(thing: Any) -> bool:
    """True for a tool or a hand-off that is judged, or was let through by name."""
    return bool(getattr(thing, "_aboveboard", False))


def governed_tool(tool: Any, judge: Judge) -> Any:
    """A copy of a tool that asks first.

    Raises:
        StepDenied: it is a tool that cannot be judged, and nobody declared it or let it through.
    """
    if is_governed(tool):
        return tool
    made = copy.copy(tool)
    if isinstance(tool, FunctionTool):
        _check_nested(tool, judge)
        name = str(tool.qualified_name)
        made.on_invoke_tool = _Invoker(made.on_invoke_tool, judge, name)
    else:
        _check_other(tool, judge)
    made._aboveboard = True  # noqa: SLF001
    return made


def _check_nested(tool: Any, judge: Judge) -> None:
    nested = getattr(tool, "_agent_instance", None)
    if nested is not None and not hasattr(type(nested), "_aboveboard"):
        judge.refuse(
            tool.name,
            f"The tool '{tool.name}' runs an agent that is not governed. Make it of a governed one: "
            "govern(agent, …).as_tool(…).",
        )


def _check_other(tool: Any, judge: Judge) -> None:
    name, kind = str(tool.name), type(tool).__name__
    if kind not in _HOSTED:
        judge.refuse(
            name, f"The tool '{name}' acts on this machine by itself: none of its calls is judged."
        )
    elif name not in judge.guard.options.tools:
        judge.refuse(
            name,
            f"The tool '{name}' is run by the vendor, and nobody says what it does. Declare it in "
            "'tools'.",
        )


def governed_handoff(handoff: Any, judge: Judge, agent_of: Callable[[Any], Any]) -> Any:
    """A copy of a hand-off that asks first and leads to a governed agent.

    Args:
        handoff: of the SDK.
        judge: who judges; a stop always comes out, for a hand-off has no answer to the model.
        agent_of: the governed copy of an agent.
    """
    if is_governed(handoff):
        return handoff
    made: Any = copy.copy(handoff)
    invoke = handoff.on_invoke_handoff

    async def asking(context: Any, arguments: str) -> Any:
        stopped = await judge.stops(handoff.tool_name, arguments)
        if stopped is not None:
            raise noted(outward(stopped))
        return agent_of(await invoke(context, arguments))

    made.on_invoke_handoff = asking
    target = handoff._agent_ref and handoff._agent_ref()  # noqa: SLF001
    if target is not None:
        made._agent_ref = weakref.ref(agent_of(target))  # noqa: SLF001
    made._aboveboard = True  # noqa: SLF001
    return made
