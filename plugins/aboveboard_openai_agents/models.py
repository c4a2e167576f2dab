"""A model of the SDK, governed: it judges what it is told and what it says, whoever runs it.

Streams are held: the model is asked for its whole answer, which is judged and then streamed as one
piece, for callers that print what comes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

from agents import Model, MultiProvider
from typing_extensions import Unpack

from aboveboard import ConfigurationError, StepStopped
from aboveboard.ai import (
    Guard,
    GuardKeywords,
    GuardOptions,
    ModelAnswer,
    Text,
    ToolCall,
)
from aboveboard_openai_agents.requests import Request, model_call
from aboveboard_openai_agents.stops import noted, outward
from aboveboard_openai_agents.tries import again, done, waits

__all__ = ["GovernedModel", "wrap"]

# Items of an answer that say nothing to the person: what the vendor did by itself, and its thoughts.
_SILENT = {
    "code_interpreter_call": "code",
    "compaction": None,
    "computer_call": None,
    "file_search_call": None,
    "image_generation_call": "image",
    "mcp_approval_request": None,
    "mcp_call": None,
    "mcp_list_tools": None,
    "reasoning": None,
    "tool_search_call": None,
    "tool_search_output": None,
    "web_search_call": None,
}


def wrap(
    model: Any,
    /,
    *,
    provider: Any = None,
    decides: bool = True,
    **options: Unpack[GuardKeywords],
) -> GovernedModel:
    """A model that judges what it is told and what it says, such as for `RunConfig(model=…)`.

    Args:
        model: a `Model`, or the name of one.
        provider: the `ModelProvider` that a name is looked up in; that of OpenAI when left out.
        decides: the tools that an answer asks for are judged with it; False for governed agents,
            which judge them when they are about to run.
        options: see `aboveboard.ai.GuardOptions`.

    Raises:
        ConfigurationError: it is no model, or governed already, or an option is wrong.
    """
    if isinstance(model, GovernedModel):
        msg = "The model is governed already."
        raise ConfigurationError(msg)
    if not isinstance(model, Model | str):
        msg = f"Expected a Model of the OpenAI Agents SDK, or a name; got {type(model).__name__}."
        raise ConfigurationError(msg)
    guard = Guard("openai_agents", GuardOptions(**options))
    return GovernedModel(guard, model, provider=provider, decides=decides)


class GovernedModel(Model):  # type: ignore[misc]
    """Stands before a model.

    Args:
        guard: who judges.
        model: that is asked, or its name; None for the SDK's default.
        provider: where a name is looked up.
        decides: as of `ModelCall`.
    """

    def __init__(self, guard: Guard, model: Any, *, provider: Any, decides: bool) -> None:
        self._guard = guard
        self._given = model
        self._provider = provider
        self._decides = decides

    @property
    def inner(self) -> Any:
        """The model that is asked."""
        if isinstance(self._given, Model):
            return self._given
        if self._provider is None:
            self._provider = MultiProvider()
        self._given = self._provider.get_model(self._given)
        return self._given

    @property
    def model(self) -> str | None:
        """Name of the model that is asked, as far as known."""
        name = getattr(self.inner, "model", None)
        return name if isinstance(name, str) else None

    async def close(self) -> None:
        """Close the model that is asked."""
        await self.inner.close()

    async def _cleanup_on_run_end(self, owner: object) -> None:
        await self.inner._cleanup_on_run_end(owner)  # noqa: SLF001

    def get_retry_advice(self, request: Any) -> Any:
        """A stop is never retried; for the rest the model that is asked knows."""
        if isinstance(request.error, StepStopped):
            from agents.retry import ModelRetryAdvice

            return ModelRetryAdvice(suggested=False, replay_safety="unsafe")
        return self.inner.get_retry_advice(request)

    async def get_response(  # noqa: PLR0917  (as the SDK calls it)
        self,
        system_instructions: str | None,
        input: Any,  # noqa: A002
        model_settings: Any,
        tools: list[Any],
        output_schema: Any,
        handoffs: list[Any],
        tracing: Any,
        *,
        previous_response_id: str | None = None,
        conversation_id: str | None = None,
        prompt: Any = None,
    ) -> Any:
        """Judge what is asked, ask, and judge the answer."""
        stored = previous_response_id or conversation_id
        try:
            self._check_tracing(tracing)
            asked = [id(self), system_instructions, input, prompt, model_settings, stored]
            known = again(asked, self._guard.conversation)
            if known is None:
                kept = Request(system_instructions, input, prompt, model_settings)
                call = model_call(
                    kept,
                    self.inner,
                    tools,
                    handoffs,
                    stored=bool(stored),
                    plain=output_schema is None or output_schema.is_plain_text(),
                    decides=self._decides,
                )
                governed = await self._guard.abegin(call)
                waits(asked, governed, kept)
            else:
                governed, kept = known
            request = deepcopy(kept)
            response = await self.inner.get_response(
                request.system,
                request.input,
                request.settings,
                tools,
                output_schema,
                handoffs,
                tracing,
                previous_response_id=previous_response_id,
                conversation_id=conversation_id,
                prompt=request.prompt,
            )
            done()
            response.output = deepcopy(response.output)
            return await governed.aend(_answer(response), response)
        except StepStopped as stopped:
            raise noted(outward(stopped)) from None

    async def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """The whole answer, when it has been judged, as the events of one piece."""
        from aboveboard_openai_agents.events import events

        response = await self.get_response(*args, **kwargs)
        for event in events(response, self.model):
            yield event

    def _check_tracing(self, tracing: Any) -> None:
        """Traces go to the vendor by a way of their own, and nobody judges them."""
        from agents.tracing import get_current_trace
        from agents.tracing.traces import NoOpTrace

        trace = get_current_trace()
        if not tracing.include_data() or trace is None or isinstance(trace, NoOpTrace):
            return
        self._guard.refuse(
            "tracing",
            "The run is traced with all that is said, arguments of tools as well, and the traces leave "
            "unjudged. Set RunConfig(trace_include_sensitive_data=False).",
        )


def _answer(response: Any) -> ModelAnswer:
    answer = ModelAnswer(tokens=response.usage.total_tokens or None)
    for item in response.output:
        if item.type == "message":
            _read_message(item, answer)
        elif item.type == "function_call":
            answer.tool_calls.append(ToolCall(item.name, Text(item, "arguments"), item.call_id))
        elif item.type == "custom_tool_call":
            answer.tool_calls.append(ToolCall(item.name, Text(item, "input"), item.call_id))
        else:
            kind = _SILENT.get(item.type, "file")
            answer.unread += (kind,) if kind is not None else ()
    if answer.outcome is None and answer.tool_calls:
        answer.outcome = "tool_calls"
    return answer


def _read_message(item: Any, answer: ModelAnswer) -> None:
    for part in item.content:
        if part.type == "output_text":
            answer.texts.append(Text(part, "text"))
            noted_in = (getattr(note, "url", None) for note in part.annotations or ())
            answer.sources += tuple(url for url in noted_in if url)
        elif part.type == "refusal":
            answer.texts.append(Text(part, "refusal"))
            answer.outcome = "refused"
        else:
            answer.unread += (str(part.type),)
