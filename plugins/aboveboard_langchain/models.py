"""A chat model of any vendor, governed: `model = aboveboard_langchain.wrap(ChatAnything(…), purpose=…)`.

The model is copied into a class of its own that has the same name, so it is still what it was. What
every one of its methods ends in (`_generate`, `_agenerate`) judges the prompt, asks the model that was
given, and judges the answer before anybody is told of it: callbacks, tracers and streams see what was
judged. Streams are held until the whole answer was judged.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from typing_extensions import Unpack

from aboveboard import ConfigurationError
from aboveboard.ai import Guard, GuardKeywords, GuardOptions
from aboveboard_langchain.asking import (
    STRUCTURED,
    TOOLS,
    Asked,
    Governance,
    Memory,
    check_vendors_tools,
)
from aboveboard_langchain.requests import offered_names

__all__ = ["for_agent", "govern", "governance_of", "wrap"]

M = TypeVar("M")
_COUNTING = "get_num_tokens_from_messages"


def wrap(model: M, /, **options: Unpack[GuardKeywords]) -> M:
    """A chat model that judges what it is told and what it says.

    Args:
        model: any `BaseChatModel`; it stays as it is.
        options: see `aboveboard.ai.GuardOptions`.

    Returns:
        A copy of the model, of a class derived from its own.

    Raises:
        ConfigurationError: it is no chat model, or governed already, or an option is wrong.
    """
    _check(model)
    if governance_of(model) is not None:
        msg = "The chat model is governed already."
        raise ConfigurationError(msg)
    governed: M = govern(model, Governance(Guard("langchain", GuardOptions(**options)), model))
    return governed


def governance_of(model: Any) -> Governance | None:
    """How a model is governed; None when it is not."""
    found = getattr(model, "_aboveboard", None)
    return found if isinstance(found, Governance) else None


def govern(model: Any, governance: Governance) -> Any:
    """A governed copy of a chat model."""
    _check(model)
    changes: dict[str, Any] = {"disable_streaming": True}
    # An answer out of a cache would be shown without a verdict of its own.
    changes["cache"] = False
    made = model.model_copy(update=changes)
    base: Any = type(model)
    object.__setattr__(made, "__class__", _governed_class(base))
    private = {**(made.__pydantic_private__ or {}), "_aboveboard": governance}
    object.__setattr__(made, "__pydantic_private__", private)
    return made


def _check(model: Any) -> None:
    from langchain_core.language_models.chat_models import BaseChatModel

    if not isinstance(model, BaseChatModel):
        msg = f"Expected a chat model of LangChain (BaseChatModel); got {type(model).__name__}."
        raise ConfigurationError(msg)


@cache
def _governed_class(base: Any) -> Any:
    from pydantic import PrivateAttr

    space = {
        "__module__": base.__module__,
        "__qualname__": base.__qualname__,
        "__doc__": base.__doc__,
        "_aboveboard": PrivateAttr(default=None),
        "_generate": _generate,
        "_agenerate": _agenerate,
        "_stream": _stream,
        "_astream": _astream,
        "bind_tools": _bind_tools,
        "model_copy": _model_copy,
        _COUNTING: _count_tokens,
    }
    made = type(base)(base.__name__, (base,), space)
    for name in ("_stream_chat_model_events", "_astream_chat_model_events"):
        setattr(made, name, None)  # a vendor's own stream of events would not pass `_stream`
    return made


def _model_copy(self: Any, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Any:
    """A copy with other settings: the model that is asked gets them, too."""
    governance: Governance = self._aboveboard
    inner = governance.inner.model_copy(update=update, deep=deep)
    return govern(inner, replace(governance, inner=inner))


def _generate(
    self: Any,
    messages: list[Any],
    stop: list[str] | None = None,
    run_manager: Any = None,  # noqa: ARG001  (it would be told words that nobody has judged)
    **kwargs: Any,
) -> Any:
    asked = Asked(self, messages, kwargs)
    with asked:
        governed, own = asked.waiting() or asked.keep(asked.guard.begin(asked.call))
        result = asked.inner._generate(own, stop=stop, **asked.kwargs)  # noqa: SLF001
        answer = asked.answer(result)
        return asked.judged(governed, governed.end(answer, result))


async def _agenerate(
    self: Any,
    messages: list[Any],
    stop: list[str] | None = None,
    run_manager: Any = None,  # noqa: ARG001
    **kwargs: Any,
) -> Any:
    asked = Asked(self, messages, kwargs)
    with asked:
        governed, own = asked.waiting() or asked.keep(await asked.guard.abegin(asked.call))
        result = await asked.inner._agenerate(own, stop=stop, **asked.kwargs)  # noqa: SLF001
        answer = asked.answer(result)
        return asked.judged(governed, await governed.aend(answer, result))


def _stream(
    self: Any,
    messages: list[Any],
    stop: list[str] | None = None,
    run_manager: Any = None,
    **kwargs: Any,
) -> Iterator[Any]:
    """The whole answer as one chunk, when it has been judged."""
    yield _chunk(self._generate(messages, stop, run_manager, **kwargs))


async def _astream(
    self: Any,
    messages: list[Any],
    stop: list[str] | None = None,
    run_manager: Any = None,
    **kwargs: Any,
) -> AsyncIterator[Any]:
    yield _chunk(await self._agenerate(messages, stop, run_manager, **kwargs))


def _chunk(result: Any) -> Any:
    import json

    from langchain_core.messages import AIMessageChunk
    from langchain_core.outputs import ChatGenerationChunk

    message = result.generations[0].message
    calls: Any = [
        {"name": call["name"], "args": json.dumps(call["args"]), "id": call["id"], "index": index}
        for index, call in enumerate(message.tool_calls)
    ]
    whole = AIMessageChunk(
        content=message.content,
        additional_kwargs=message.additional_kwargs,
        response_metadata=message.response_metadata,
        id=message.id,
        tool_call_chunks=calls,
        usage_metadata=message.usage_metadata,
        chunk_position="last",
    )
    return ChatGenerationChunk(message=whole)


def _bind_tools(self: Any, tools: Sequence[Any], **kwargs: Any) -> Any:
    governance: Governance = self._aboveboard
    bound = type(governance.inner).bind_tools(self, tools, **kwargs)
    if bound is self:
        bound = self.bind()
    offered = offered_names(tools)
    check_vendors_tools(governance.guard, offered)
    if not hasattr(bound, "kwargs") or getattr(bound, "bound", None) is not self:
        msg = f"{type(self).__name__} binds tools in a way that cannot be governed."
        raise ConfigurationError(msg)
    names = tuple(name for name, _ in offered)
    known = {**bound.kwargs, TOOLS: names}
    if kwargs.get("ls_structured_output_format") is not None:
        known[STRUCTURED] = names
    return bound.model_copy(update={"kwargs": known})


def _count_tokens(self: Any, messages: list[Any], tools: Sequence[Any] | None = None) -> int:
    """Counting by a vendor's API sends the messages there."""
    from langchain_core.language_models import BaseLanguageModel

    inner = self._aboveboard.inner
    if getattr(type(inner), _COUNTING) is not getattr(BaseLanguageModel, _COUNTING):
        self._aboveboard.guard.refuse(_COUNTING)
    count: int = inner.get_num_tokens_from_messages(messages, tools)
    return count


def for_agent(
    model: Any, guard: Guard, *, structured: Collection[str], plain: bool
) -> tuple[Any, Memory]:
    """The model of an agent, governed for one call of it; one that is governed stays as it is."""
    memory = Memory()
    known = governance_of(model)
    governance = known or Governance(guard, model)
    made = replace(governance, structured=structured, plain=plain, decides=False, memory=memory)
    return govern(governance.inner, made), memory
