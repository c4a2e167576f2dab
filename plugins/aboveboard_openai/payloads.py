"""Events of payloads that were recorded: requests, answers and streams as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.ai import (
    Chunk,
    ModelAnswer,
    ModelCall,
    StreamReader,
    Text,
    ToolCall,
    recorded_events,
)
from aboveboard_openai.apis import API_OF, Api
from aboveboard_openai.bodies import copied
from aboveboard_openai.json_texts import listed, mapping

__all__ = ["events"]

_ANSWERS = {
    "chat.completion": "chat.completions.create",
    "response": "responses.create",
    "text_completion": "completions.create",
}
_REQUEST = "a request with 'messages', 'input' or 'prompt'"
_ANSWER = "an answer whose 'object' is chat.completion, response or text_completion"


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:  # noqa: ARG001
    """Events of what was sent to OpenAI, and of what came back.

    Args:
        payload: the JSON of a request, of an answer, of both (`{"request": …, "response": …}`), or a
            list of the chunks of a stream.
        pseudonym: as `Gate.pseudonym`; payloads name no person.

    Raises:
        EventError: it is something else; names the place, never a value.
    """
    given = copied(payload)
    if isinstance(given, list):
        return recorded_events("openai", None, _streamed(given, "the list"))
    if not isinstance(given, dict):
        msg = f"OpenAI: expected {_REQUEST}, {_ANSWER}, or a list of chunks."
        raise EventError(msg)
    if "request" not in given and "response" not in given:
        api = _answer_api(given)
        if api is not None:
            return recorded_events("openai", None, api.answer(given))
        return recorded_events("openai", _call(given, "the payload"), None)
    call = _call(given["request"], "'request'") if "request" in given else None
    answer = _answer(given["response"]) if given.get("response") is not None else None
    return recorded_events("openai", call, answer)


def _call(given: Any, where: str) -> ModelCall:
    body = mapping(given)
    model = str(body.get("model", ""))
    if isinstance(body.get("messages"), list):
        name = "chat.completions.create"
    elif isinstance(body.get("prompt"), str | list):
        name = "completions.create"
    elif "moderation" in model and "input" in body:
        name = "moderations.create"
    elif "embedding" in model and "input" in body:
        name = "embeddings.create"
    elif isinstance(body.get("input"), str | list) or isinstance(body.get("prompt"), dict):
        name = "responses.create"
    else:
        msg = f"OpenAI, {where}: expected {_REQUEST}, or {_ANSWER}."
        raise EventError(msg)
    return API_OF[name].call(body)


def _answer(given: Any) -> ModelAnswer:
    if isinstance(given, list):
        return _streamed(given, "'response'")
    api = _answer_api(mapping(given))
    if api is None:
        msg = f"OpenAI, 'response': expected {_ANSWER}, or a list of chunks."
        raise EventError(msg)
    return api.answer(given)


def _answer_api(body: Mapping[str, Any]) -> Api | None:
    kind = body.get("object")
    name = _ANSWERS.get(kind) if isinstance(kind, str) else None
    return None if name is None else API_OF[name]


def _streamed(chunks: list[Any], where: str) -> ModelAnswer:
    """The answer that the chunks of a stream make together."""
    kinds = [mapping(chunk) for chunk in chunks]
    if chunks and all(kind.get("object") == "chat.completion.chunk" for kind in kinds):
        api = API_OF["chat.completions.create"]
    elif chunks and all(kind.get("object") == "text_completion" for kind in kinds):
        api = API_OF["completions.create"]
    elif chunks and all(_is_event(kind) for kind in kinds):
        api = API_OF["responses.create"]
    else:
        msg = f"OpenAI, {where}: expected chunks of one stream, from its first on."
        raise EventError(msg)
    return _joined(api.reader(), chunks)


def _is_event(body: Mapping[str, Any]) -> bool:
    return str(body.get("type", "")).startswith(("response.", "error"))


def _joined(reader: StreamReader, chunks: list[Any]) -> ModelAnswer:
    answer = ModelAnswer()
    texts: dict[Any, str] = {}
    names: dict[Any, tuple[str, str | None]] = {}
    arguments: dict[Any, str] = {}
    for read in _read(reader, chunks):
        for channel, place in read.texts:
            texts[channel] = texts.get(channel, "") + place.value
        for channel, name, number in read.tools:
            names[channel] = name, number
        for channel, place in read.arguments:
            arguments[channel] = arguments.get(channel, "") + place.value
        answer.tool_calls += read.calls
        answer.outcome = read.outcome or answer.outcome
        answer.model = read.model or answer.model
        answer.tokens = answer.tokens if read.tokens is None else read.tokens
        answer.sources = tuple(dict.fromkeys((*answer.sources, *read.sources)))
        answer.unread = tuple(dict.fromkeys((*answer.unread, *read.unread)))
    answer.texts = [Text({"text": text}, "text") for text in texts.values() if text]
    answer.tool_calls += [
        ToolCall(name, Text({"arguments": arguments.get(channel, "")}, "arguments"), number)
        for channel, (name, number) in names.items()
    ]
    return answer


def _read(reader: StreamReader, chunks: list[Any]) -> Iterator[Chunk]:
    for chunk in listed(chunks):
        yield reader(chunk)
