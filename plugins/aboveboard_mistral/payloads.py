"""Recorded JSON of Mistral's API as events: requests, answers, both together, streams."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.ai import ModelAnswer, ModelCall, StreamReader, Text, ToolCall, recorded_events
from aboveboard_mistral.answers import completion, conversation
from aboveboard_mistral.requests import call_of
from aboveboard_mistral.server_sent import Event
from aboveboard_mistral.streams import CompletionReader, ConversationReader

__all__ = ["events"]


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:  # noqa: ARG001
    """The standard events of what was sent to Mistral, and of what it answered.

    Args:
        payload: JSON of a request, of an answer, `{"request": …, "response": …}`, or the list of a
            stream's chunks.
        pseudonym: not needed: the API names no person.

    Raises:
        EventError: it is nothing of Mistral's; names the place, never a value.
    """
    # Reading may not change what is not ours.
    given = copy.deepcopy(payload)
    if isinstance(given, dict) and isinstance(given.get("request"), dict):
        call = _call(given["request"], "request")
        answer = _answer(given.get("response"), "response") if given.get("response") else None
        return recorded_events("mistral", call, answer)
    if isinstance(given, dict) and _is_request(given):
        return recorded_events("mistral", _call(given, ""), None)
    return recorded_events("mistral", None, _answer(given, ""))


def _said(answer: ModelAnswer) -> ModelAnswer:
    """The answer without texts that say nothing, which stand beside calls of tools."""
    answer.texts = [text for text in answer.texts if text.value.strip()]
    return answer


def _is_request(body: Mapping[str, Any]) -> bool:
    return any(name in body for name in ("messages", "inputs", "input", "prompt"))


def _call(body: dict[str, Any], where: str) -> ModelCall:
    wanted: dict[str, tuple[str, type | tuple[type, ...]]] = {
        "messages": ("agents.complete" if "agent_id" in body else "chat.complete", list),
        "inputs": ("beta.conversations.start", (str, list)),
        "input": ("classifiers.moderate", (str, list, dict)),
        "prompt": ("fim.complete", str),
    }
    for field, (name, kinds) in wanted.items():
        if field in body:
            if not isinstance(body[field], kinds):
                msg = "expected a text or a list"
                raise _problem(msg, where, field)
            return call_of(name, body)
    msg = "expected 'messages', 'inputs', 'input' or 'prompt'"
    raise _problem(msg, where)


def _answer(body: Any, where: str) -> ModelAnswer | None:
    if isinstance(body, list):
        return _streamed(body, where)
    if isinstance(body, dict):
        if isinstance(body.get("choices"), list):
            if any(isinstance(item, dict) and "delta" in item for item in body["choices"]):
                return _streamed([body], where)
            return _said(completion(body))
        if isinstance(body.get("outputs"), list):
            return _said(conversation(body))
        if isinstance(body.get("results"), list) or _is_embedding(body):
            return None  # labels and vectors say nothing
    msg = "expected an answer with 'choices', 'outputs', 'results' or 'data', or a list of chunks"
    raise _problem(msg, where)


def _is_embedding(body: Mapping[str, Any]) -> bool:
    data = body.get("data")
    return isinstance(data, list) and all(
        isinstance(item, dict) and "embedding" in item for item in data
    )


def _streamed(chunks: list[Any], where: str) -> ModelAnswer:
    answer = ModelAnswer()
    said: dict[Any, str] = {}
    tools: dict[Any, ToolCall] = {}
    readers: dict[bool, StreamReader] = {True: CompletionReader(), False: ConversationReader()}
    for index, item in enumerate(chunks):
        held = item.get("data", item) if isinstance(item, dict) else None
        if not isinstance(held, dict) or not ("choices" in held or "type" in held):
            msg = "expected a chunk with 'choices' or 'type'"
            raise _problem(msg, where, index)
        brings = readers["choices" in held](Event(held))
        for channel, text in brings.texts:
            said[channel] = said.get(channel, "") + text.value
        for channel, name, number in brings.tools:
            tools[channel] = ToolCall(name, Text({"arguments": ""}, "arguments"), number)
        for channel, text in brings.arguments:
            tools[channel].arguments.value += text.value
        answer.tool_calls += brings.calls
        answer.outcome = brings.outcome or answer.outcome
        answer.model = brings.model or answer.model
        answer.tokens = brings.tokens if brings.tokens is not None else answer.tokens
        answer.sources = (*answer.sources, *brings.sources)
    if not chunks:
        msg = "expected chunks; the list is empty"
        raise _problem(msg, where)
    answer.texts = [Text({"text": text}, "text") for text in said.values()]
    answer.tool_calls = [*tools.values(), *answer.tool_calls]
    return _said(answer)


def _problem(what: str, *where: str | int) -> EventError:
    place = ".".join(str(item) for item in where if item != "")
    place = f"'{place}': " if place else ""
    return EventError(f"Mistral: {place}{what}.")
