"""Events of JSON that was sent to Gemini or came from it, as `aboveboard check --from gemini` reads it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.ai import Chunk, ModelAnswer, ModelCall, Text, recorded_events
from aboveboard_gemini.answers import read_answer
from aboveboard_gemini.requests import read_request
from aboveboard_gemini.routes import Route
from aboveboard_gemini.streams import ChunkReader

__all__ = ["events"]

_ANSWERED = ("candidates", "promptFeedback")
_A_REQUEST = "'contents', 'candidates', 'promptFeedback', 'requests' or a list of chunks"
_AN_ANSWER = "'candidates', 'promptFeedback' or a list of chunks"
_PLACES = {"contents": "parts", "candidates": "content", "tools": None, "requests": None}


def events(payload: Any, pseudonym: Callable[[object], str] | None = None) -> list[StepEvent]:
    """The events of a request, an answer, both, or the chunks of a stream.

    Args:
        payload: JSON of a request (`contents`), of an answer (`candidates`), a list of the chunks of a
            stream, or `{"request": …, "response": …}` of any of them.
        pseudonym: not needed; nothing here names a person.

    Raises:
        EventError: it is none of these; names the place, never a value.
    """
    del pseudonym
    given = copy.deepcopy(payload)
    if isinstance(given, dict) and ("request" in given or "response" in given):
        asked, came = given.get("request"), given.get("response")
        call = None if asked is None else _call(asked, "request")
        return recorded_events("gemini", call, None if came is None else _answer(came, "response"))
    if isinstance(given, list) or (
        isinstance(given, dict) and any(key in given for key in _ANSWERED)
    ):
        return recorded_events("gemini", None, _answer(given, "payload"))
    return recorded_events("gemini", _call(given, "payload"), None)


def _call(given: Any, place: str) -> ModelCall:
    if not isinstance(given, dict):
        raise _none("a JSON object", place)
    embeds = "contents" not in given and any(
        key in given for key in ("requests", "instances", "content")
    )
    if not embeds and "contents" not in given:
        raise _none(_A_REQUEST, place)
    _check(given, place)
    model = given.get("model")
    name = model.rpartition("/")[2] if isinstance(model, str) else None
    operation = "models.embed_content" if embeds else "models.generate_content"
    return read_request(Route(operation, "embeds" if embeds else "answers", name), given)


def _answer(given: Any, place: str) -> ModelAnswer:
    if isinstance(given, list):
        return _joined(given, place)
    if not isinstance(given, dict) or not any(key in given for key in _ANSWERED):
        raise _none(_AN_ANSWER, place)
    _check(given, place)
    return read_answer(given)


def _joined(chunks: list[Any], place: str) -> ModelAnswer:
    """An answer of the chunks that it came in."""
    if not chunks:
        raise _none("at least one chunk", place)
    reader = ChunkReader(lambda: None)
    answer = ModelAnswer()
    texts: dict[Any, str] = {}
    for i, chunk in enumerate(chunks):
        known = (*_ANSWERED, "usageMetadata", "modelVersion", "responseId")
        if not isinstance(chunk, dict) or not any(key in chunk for key in known):
            raise _none("a chunk of an answer of Gemini", f"{place}[{i}]")
        _check(chunk, f"{place}[{i}]")
        _add(answer, reader(chunk), texts)
    answer.texts = [Text({"text": text}, "text") for text in texts.values()]
    return answer


def _add(answer: ModelAnswer, brings: Chunk, texts: dict[Any, str]) -> None:
    for channel, piece in brings.texts:
        texts[channel] = texts.get(channel, "") + piece.value
    answer.quotes += brings.quotes
    answer.tool_calls += brings.calls
    answer.unread = tuple(dict.fromkeys((*answer.unread, *brings.unread)))
    answer.sources = tuple(dict.fromkeys((*answer.sources, *brings.sources)))
    answer.outcome = brings.outcome or answer.outcome
    answer.model = brings.model or answer.model
    answer.tokens = answer.tokens if brings.tokens is None else brings.tokens


def _check(given: dict[str, Any], place: str) -> None:
    """Whether its lists are lists of objects, as everything else is read leniently."""
    for key, inner in _PLACES.items():
        if key not in given:
            continue
        items = given[key]
        if not isinstance(items, list):
            raise _none("a list", f"{place}.{key}")
        for i, item in enumerate(items):
            if not isinstance(item, dict):
                raise _none("an object", f"{place}.{key}[{i}]")
            held = item.get(inner) if inner else None
            if inner == "content" and isinstance(held, dict):
                held = held.get("parts")
            if held is not None and (
                not isinstance(held, list) or not all(isinstance(part, dict) for part in held)
            ):
                raise _none("a list of parts", f"{place}.{key}[{i}].{inner}")


def _none(expected: str, place: str) -> EventError:
    return EventError(f"{place}: this is no JSON of Gemini; expected {expected}.")
