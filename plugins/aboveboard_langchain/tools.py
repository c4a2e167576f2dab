"""Tools of a graph: each call is judged when it is about to run, whoever wrote its arguments last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest
from typing_extensions import Unpack

from aboveboard import ConfigurationError, StepStopped
from aboveboard.ai import (
    Guard,
    GuardKeywords,
    GuardOptions,
    OnStopped,
    Text,
    ToolCall,
    refusal,
)

__all__ = ["ToolGate", "tool_node"]

# What others may look up in a tool.
_SHOWN = (
    "args_schema", "description", "extras", "metadata", "name", "response_format", "return_direct",
    "tags",
)  # fmt: skip


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
        asked = _Asked(self.guard)
        try:
            if request.tool is None:  # of no name that the graph knows
                asked.ask(request.tool_call["name"], request.tool_call)
            result = run(asked.checked(request))
        except StepStopped as stopped:
            return self._stopped(asked.stopped or stopped, request.tool_call)
        if asked.stopped is not None:  # and somebody on the way made a message of it
            return self._stopped(asked.stopped, request.tool_call)
        return result

    async def acall(self, request: Any, run: Callable[[Any], Awaitable[Any]]) -> Any:
        """`call`, awaiting engine, handlers and tool."""
        asked = _Asked(self.guard)
        try:
            if request.tool is None:
                await asked.aask(request.tool_call["name"], request.tool_call)
            result = await run(asked.checked(request))
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


class _Asked:
    """One tool call on its way through the middleware that stands inside the gate."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._judged: Any = None
        self.stopped: StepStopped | None = None

    def checked(self, request: Any) -> Any:
        """The request, whose tool asks first, also after others have changed the request."""
        return _CheckedRequest(
            tool_call=request.tool_call,
            tool=request.tool,
            state=request.state,
            runtime=request.runtime,
            asked=self,
        )

    def ask(self, name: str, call: Mapping[str, Any]) -> None:
        """Judge a call that is about to run, unless the same was judged before."""
        with self._asking(name, call) as wanted:
            if wanted is not None:
                self._guard.tool(wanted)

    async def aask(self, name: str, call: Mapping[str, Any]) -> None:
        """`ask`, awaiting engine and handlers."""
        with self._asking(name, call) as wanted:
            if wanted is not None:
                await self._guard.atool(wanted)

    @contextmanager
    def _asking(self, name: str, call: Mapping[str, Any]) -> Iterator[ToolCall | None]:
        # What stops a call is kept: who stands between may make a message of it, or try again.
        if self.stopped is not None:
            raise self.stopped
        wanted = (name, call["args"])
        if wanted == self._judged:
            yield None
            return
        try:
            arguments = Text({"args": call["args"]}, "args")
            yield ToolCall(name, arguments, call.get("id"))
        except StepStopped as stopped:
            self.stopped = stopped
            raise
        self._judged = deepcopy(wanted)


@dataclass
class _CheckedRequest(ToolCallRequest):  # type: ignore[misc]
    """A request whose tool asks first. A changed copy of it is one, too, whatever tool it got."""

    asked: Any = field(kw_only=True)

    def __post_init__(self) -> None:
        if self.tool is not None:
            object.__setattr__(self, "tool", _CheckedTool.of(self.tool, self.asked, self.tool_call))


class _CheckedTool(BaseTool):  # type: ignore[misc]
    """Stands for a tool; asks whether it may run, with the arguments that it is about to run with."""

    inner: Any
    asked: Any
    # As the model or a person wrote it, without what the graph puts in: state, store, runtime.
    call: Any

    @classmethod
    def of(cls, tool: Any, asked: _Asked, call: Mapping[str, Any]) -> _CheckedTool:
        inner = tool.inner if isinstance(tool, cls) else tool
        made: _CheckedTool = cls.model_construct(inner=inner, asked=asked, call=call)
        for name in _SHOWN:
            setattr(made, name, getattr(inner, name))
        return made

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002
        self.asked.ask(self.inner.name, self.call)
        return self.inner.invoke(input, config, **kwargs)

    async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002
        await self.asked.aask(self.inner.name, self.call)
        return await self.inner.ainvoke(input, config, **kwargs)

    def _run(self, *_: Any, **__: Any) -> Any:
        msg = "A checked tool is invoked by its call."
        raise NotImplementedError(msg)
