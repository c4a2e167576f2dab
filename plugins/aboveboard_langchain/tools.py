"""Tools of a graph: each call is judged when it is about to run, whoever wrote its arguments last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langgraph.prebuilt import ToolNode
from typing_extensions import Unpack

from aboveboard import ConfigurationError, StepStopped
from aboveboard.ai import Guard, GuardKeywords, GuardOptions, OnStopped, refusal
from aboveboard_langchain.checking import Asked, CheckedRequest

__all__ = ["ToolGate", "tool_node"]


def tool_node(
    tools: Sequence[BaseTool | Callable[..., Any]],
    /,
    *,
    on_stopped: OnStopped = "raise",
    name: str = "tools",
    messages_key: str = "messages",
    **options: Unpack[GuardKeywords],
) -> Any:
    """A `ToolNode` of LangGraph whose tool calls are judged, for graphs of one's own.

    Args:
        tools: as `ToolNode` takes them.
        on_stopped: `raise` lets a stop out of the graph, `tell` tells the model.
        name: of the node.
        messages_key: of the state, under which messages stand.
        options: see `aboveboard.ai.GuardOptions`.

    Raises:
        ConfigurationError: an option is wrong.
    """
    gate = ToolGate(Guard("langchain", GuardOptions(**options)), on_stopped)
    return ToolNode(
        tools,
        name=name,
        messages_key=messages_key,
        wrap_tool_call=gate.call,
        awrap_tool_call=gate.acall,
    )


class ToolGate:
    """Judges the tool calls of an agent.

    Args:
        guard: who judges.
        on_stopped: see `OnStopped`.

    Raises:
        ConfigurationError: `on_stopped` is neither.
    """

    def __init__(self, guard: Guard, on_stopped: OnStopped) -> None:
        if on_stopped not in ("raise", "tell"):
            msg = f"on_stopped: expected 'raise' or 'tell'; got {on_stopped!r}."
            raise ConfigurationError(msg)
        self.guard = guard
        self._on_stopped = on_stopped

    def call(self, request: Any, run: Callable[[Any], Any]) -> Any:
        """Run a call whose tool asks whether it may."""
        asked = Asked(self.guard)
        try:
            if request.tool is None:  # of no name that the graph knows
                asked.ask(request.tool_call["name"], request.tool_call["args"])
            result = run(CheckedRequest.of(request, asked))
        except StepStopped as stopped:
            return self._stopped(asked.stopped or stopped, request.tool_call)
        if asked.stopped is not None:  # and somebody on the way made a message of it
            return self._stopped(asked.stopped, request.tool_call)
        return result

    async def acall(self, request: Any, run: Callable[[Any], Awaitable[Any]]) -> Any:
        """`call`, awaiting engine, handlers and tool."""
        asked = Asked(self.guard)
        try:
            if request.tool is None:
                await asked.aask(request.tool_call["name"], request.tool_call["args"])
            result = await run(CheckedRequest.of(request, asked))
        except StepStopped as stopped:
            return self._stopped(asked.stopped or stopped, request.tool_call)
        if asked.stopped is not None:
            return self._stopped(asked.stopped, request.tool_call)
        return result

    def _stopped(self, stopped: StepStopped, call: Mapping[str, Any]) -> ToolMessage:
        if self._on_stopped == "raise":
            raise stopped
        return ToolMessage(
            content=refusal(stopped),
            name=call["name"],
            tool_call_id=call["id"],
            status="error",
        )
