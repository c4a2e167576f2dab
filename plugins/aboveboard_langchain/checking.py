"""One tool call on its way: the check goes along in the tool, past whatever middleware stands behind.

Middleware may change a request, put another tool into it, try again, or make a message of an error. What
is judged is therefore what the tool is about to be given, and nothing before that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from langchain_core.tools import BaseTool
from langgraph.prebuilt.tool_node import ToolCallRequest

from aboveboard import StepStopped
from aboveboard.ai import Guard, Text, ToolCall

__all__ = ["Asked", "CheckedRequest"]

# What others may look up in a tool.
_SHOWN = (
    "args_schema", "description", "extras", "metadata", "name", "response_format", "return_direct",
    "tags",
)  # fmt: skip
_JSON = (bool, dict, float, int, list, str, type(None))


class Asked:
    """What was asked of one tool call, through all its tries.

    Attributes:
        stopped: what stopped it. Who stands between may make a message of it.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._judged: Any = None
        self.stopped: StepStopped | None = None

    def ask(self, name: str, arguments: dict[str, Any]) -> None:
        """Judge a call that is about to run, unless the same was judged before.

        Raises:
            StepDenied, StepEscalated: it must not run; at each try, without a second verdict.
        """
        with self._asking(name, arguments) as wanted:
            if wanted is not None:
                self._guard.tool(wanted)

    async def aask(self, name: str, arguments: dict[str, Any]) -> None:
        """`ask`, awaiting engine and handlers."""
        with self._asking(name, arguments) as wanted:
            if wanted is not None:
                await self._guard.atool(wanted)

    @contextmanager
    def _asking(self, name: str, arguments: dict[str, Any]) -> Iterator[ToolCall | None]:
        if self.stopped is not None:
            raise self.stopped
        wanted = (name, arguments)
        if wanted == self._judged:
            yield None
            return
        with self.keeping():
            yield ToolCall(name, Text({"arguments": arguments}, "arguments"))
        self._judged = deepcopy(wanted)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Keep what stops, also within the tool itself."""
        try:
            yield
        except StepStopped as stopped:
            self.stopped = stopped
            raise


@dataclass
class CheckedRequest(ToolCallRequest):  # type: ignore[misc]
    """A request whose tool asks first. A changed copy of it is one, too, whatever tool it got."""

    asked: Any = field(kw_only=True)

    @classmethod
    def of(cls, request: Any, asked: Asked) -> CheckedRequest:
        """The request, checked."""
        return cls(
            tool_call=request.tool_call,
            tool=request.tool,
            state=request.state,
            runtime=request.runtime,
            asked=asked,
        )

    def __post_init__(self) -> None:
        if self.tool is not None:
            checked = _CheckedTool.of(self.tool, self.asked, self.tool_call)
            object.__setattr__(self, "tool", checked)

    def __setattr__(self, name: str, value: Any) -> None:
        """LangChain still lets requests be changed in place."""
        super().__setattr__(name, value)
        if hasattr(self, "asked"):
            self.__post_init__()


class _CheckedTool(BaseTool):  # type: ignore[misc]
    """Stands for a tool; asks whether it may run with what it is given."""

    inner: Any
    asked: Any
    call: Any

    @classmethod
    def of(cls, tool: Any, asked: Asked, call: Mapping[str, Any]) -> _CheckedTool:
        inner = tool.inner if isinstance(tool, cls) else tool
        made: _CheckedTool = cls.model_construct(inner=inner, asked=asked, call=call)
        for name in _SHOWN:
            setattr(made, name, getattr(inner, name))
        return made

    def invoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002
        self.asked.ask(self.inner.name, self._arguments(input))
        with self.asked.keeping():
            return self.inner.invoke(input, config, **kwargs)

    async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002
        await self.asked.aask(self.inner.name, self._arguments(input))
        with self.asked.keeping():
            return await self.inner.ainvoke(input, config, **kwargs)

    def _arguments(self, given: Any) -> dict[str, Any]:
        """What the tool is given, without what the graph itself puts in: state, store, runtime."""
        if not isinstance(given, Mapping):
            return {"input": given}
        arguments = given["args"] if given.get("type") == "tool_call" else given
        shown = self._names()
        return {
            name: value
            for name, value in arguments.items()
            if isinstance(value, _JSON)
            and (shown is None or name in shown or name in self.call["args"])
        }

    def _names(self) -> set[str] | None:
        """Names of the arguments that the model is shown; None where the tool takes any."""
        schema = self.inner.tool_call_schema
        if isinstance(schema, dict):
            return None
        aliases = (known.alias for known in schema.model_fields.values())
        return {*schema.model_fields, *(alias for alias in aliases if alias)}

    def _run(self, *_: Any, **__: Any) -> Any:
        msg = "A checked tool is invoked by its call."
        raise NotImplementedError(msg)
