"""The gate as middleware of `create_agent`: tools at their execution, the model around its call.

List it first. It then has the last word on both sides: its checks sit in the tool and the model
themselves, behind every other middleware, and what they stop comes out whatever a retry or an error
handler on the way made of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from typing_extensions import Unpack

from aboveboard.ai import Guard, GuardKeywords, GuardOptions, OnStopped
from aboveboard_langchain.asking import JUDGED, Memory
from aboveboard_langchain.models import for_agent
from aboveboard_langchain.tools import ToolGate

__all__ = ["GateMiddleware"]

_OTHER_MODEL = (
    "An answer comes from a model that is not governed: some middleware put another in its place, or "
    "wrote the answer itself. Give that middleware a model of 'aboveboard_langchain.wrap'."
)


class GateMiddleware(AgentMiddleware):  # type: ignore[misc]
    """Judges every tool call of an agent, and what its model is told and says.

    Args:
        on_stopped: `raise` lets the stop of a tool out of the agent as `StepDenied` or
            `StepEscalated`; `tell` does not run the tool and tells the model so. What stops the
            model itself always comes out.
        models: False leaves the agent's model to whoever governs it, such as a vendor's plugin.
        options: see `aboveboard.ai.GuardOptions`.

    Raises:
        ConfigurationError: an option is wrong.
    """

    def __init__(
        self,
        *,
        on_stopped: OnStopped = "raise",
        models: bool = True,
        **options: Unpack[GuardKeywords],
    ) -> None:
        super().__init__()
        self._guard = Guard("langchain", GuardOptions(**options))
        self._tools = ToolGate(self._guard, on_stopped)
        self._models = models

    def wrap_tool_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Judge a tool call and run it, if it may."""
        return self._tools.call(request, handler)

    async def awrap_tool_call(self, request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        """`wrap_tool_call`, awaiting engine, handlers and tool."""
        return await self._tools.acall(request, handler)

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        """Judge what the agent's model is told and says."""
        if not self._models:
            return handler(request)
        governed, memory = self._governed(request)
        try:
            response = handler(governed)
        finally:
            _raise(memory)
        self._check(response)
        return response

    async def awrap_model_call(self, request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        """`wrap_model_call`, awaiting engine, handlers and model."""
        if not self._models:
            return await handler(request)
        governed, memory = self._governed(request)
        try:
            response = await handler(governed)
        finally:
            _raise(memory)
        self._check(response)
        return response

    def _governed(self, request: Any) -> tuple[Any, Memory]:
        wanted = request.response_format
        model, memory = for_agent(
            request.model, self._guard, structured=_schemas(wanted), plain=wanted is None
        )
        return request.override(model=model), memory

    def _check(self, response: Any) -> None:
        """Refuse an answer that nobody judged."""
        inner = getattr(response, "model_response", response)
        for message in getattr(inner, "result", [inner]):
            if message.type == "ai" and not message.response_metadata.get(JUDGED):
                self._guard.refuse("wrap_model_call", _OTHER_MODEL)


def _raise(memory: Memory) -> None:
    if memory.stopped is not None:
        raise memory.stopped


def _schemas(wanted: Any) -> tuple[str, ...]:
    """Names of the tools by which an answer comes in a form."""
    specs = getattr(wanted, "schema_specs", None)
    if specs is not None:
        return tuple(spec.name for spec in specs)
    schema = getattr(wanted, "schema", wanted)
    if wanted is None:
        return ()
    from langchain.agents.structured_output import ToolStrategy

    return tuple(spec.name for spec in ToolStrategy(schema).schema_specs)
