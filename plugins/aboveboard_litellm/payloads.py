"""Reads recorded JSON of LiteLLM: a request, an answer, both, or the chunks of a stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.ai import ModelAnswer, ModelCall, recorded_events
from aboveboard_litellm import response_objects
from aboveboard_litellm.answers import answer_of
from aboveboard_litellm.copies import copied
from aboveboard_litellm.recordings import answer_of_chunks
from aboveboard_litellm.requests import call_of
from aboveboard_litellm.response_requests import response_call

__all__ = ["events"]


def events(payload: Any, _pseudonym: Callable[[object], str]) -> list[StepEvent]:
    """The events of a recorded call.

    Args:
        payload: a request (`{"model": …, "messages": […]}`, `prompt` or `input`), an answer, a list
            of chunks, or `{"request": …, "response": …}`.
        _pseudonym: not needed: no identifier of a person stands in a place of its own.

    Raises:
        EventError: it is none of them; names the place, never a value.
    """
    call: ModelCall | None = None
    answer: ModelAnswer | None = None
    if isinstance(payload, Mapping) and "request" in payload:
        call = _call(payload["request"], "request")
        if payload.get("response") is not None:
            answer = _answer(payload["response"], "response")
    elif isinstance(payload, Mapping) and ("messages" in payload or "choices" not in payload):
        call, answer = _either(payload)
    else:
        answer = _answer(payload, "payload")
    return recorded_events("litellm", call, answer)


def _either(payload: Mapping[str, Any]) -> tuple[ModelCall | None, ModelAnswer | None]:
    if "output" in payload and "input" not in payload:
        return None, _answer(payload, "payload")
    return _call(payload, "payload"), None


def _call(given: Any, where: str) -> ModelCall:
    if not isinstance(given, Mapping):
        raise _unknown(where, "an object")
    request = copied(given)
    if "messages" in request:
        if not isinstance(request["messages"], list):
            raise _unknown(where, "a list of messages")
        return call_of("chat", "completion", request)
    if "prompt" in request and "input" not in request:
        return call_of("text", "text_completion", request)
    if "input" not in request or not isinstance(request["input"], str | list):
        raise _unknown(where, "a request with messages, prompt or input")
    model = str(request.get("model", ""))
    for kind in ("embedding", "moderation"):
        if kind[:5] in model:
            return call_of(kind, kind, request)
    return response_call("responses", request)


def _answer(given: Any, where: str) -> ModelAnswer:
    if isinstance(given, list):
        if not given or not all(isinstance(item, Mapping) for item in given):
            raise _unknown(where, "chunks of a stream")
        return answer_of_chunks(copied(given))
    if isinstance(given, Mapping) and isinstance(given.get("choices"), list):
        response = copied(given)
        if any(isinstance(item, Mapping) and "delta" in item for item in response["choices"]):
            return answer_of_chunks([response])
        return answer_of(response)
    if isinstance(given, Mapping) and isinstance(given.get("output"), list):
        return response_objects.answer_of(copied(given))
    raise _unknown(where, "an answer with choices or output")


def _unknown(where: str, expected: str) -> EventError:
    return EventError(f"{where}: expected {expected} of LiteLLM.")
