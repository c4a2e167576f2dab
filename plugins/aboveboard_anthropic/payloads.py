"""Events of JSON of the Messages API that a proxy recorded or a program kept."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.ai import ModelAnswer, ModelCall, recorded_events
from aboveboard_anthropic.answers import answer_of
from aboveboard_anthropic.recording import joined
from aboveboard_anthropic.requests import message_call

__all__ = ["events"]

_EXPECTED = (
    "a request (with 'messages'), an answer (of type 'message'), a list of a stream's events, a batch "
    "(with 'requests'), or {'request': …, 'response': …}"
)


def events(
    payload: Any,
    pseudonym: Callable[[object], str],  # noqa: ARG001  (every plugin's signature)
) -> list[StepEvent]:
    """Events of one call, its answer, or both.

    Args:
        payload: JSON of a request, of an answer, of a stream's events as a list, of a batch of
            requests, or `{"request": …, "response": …}`.
        pseudonym: of the gate; the Messages API names nobody, so none is made.

    Raises:
        EventError: the payload is none of these; the text names the place, never a value.
    """
    payload = copy.deepcopy(payload)
    if isinstance(payload, dict) and payload.keys() & {"request", "response"}:
        request, response = payload.get("request"), payload.get("response")
        call = None if request is None else _call(request, "request")
        return recorded_events(
            "anthropic", call, None if response is None else _answer(response, "response")
        )
    if isinstance(payload, dict) and isinstance(payload.get("requests"), list):
        return [
            event
            for at, item in enumerate(payload["requests"])
            for event in recorded_events("anthropic", _item(item, f"requests.{at}"), None)
        ]
    if isinstance(payload, dict) and "messages" in payload:
        return recorded_events("anthropic", _call(payload, "payload"), None)
    if isinstance(payload, list) or (
        isinstance(payload, dict) and payload.get("type") == "message"
    ):
        return recorded_events("anthropic", None, _answer(payload, "payload"))
    msg = f"payload: expected {_EXPECTED}."
    raise EventError(msg)


def _call(body: Any, place: str) -> ModelCall:
    if not isinstance(body, dict):
        msg = f"{place}: expected an object."
        raise EventError(msg)
    messages = body.get("messages")
    if not isinstance(messages, list):
        msg = f"{place}.messages: expected a list."
        raise EventError(msg)
    for at, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("content"), str | list):
            msg = f"{place}.messages.{at}: expected an object whose 'content' is a text or a list."
            raise EventError(msg)
    return message_call(body, "messages.create")


def _item(item: Any, place: str) -> ModelCall:
    return _call(item.get("params") if isinstance(item, dict) else None, f"{place}.params")


def _answer(response: Any, place: str) -> ModelAnswer:
    if isinstance(response, list):
        return joined(response, place)
    if not isinstance(response, dict) or not isinstance(response.get("content"), list):
        msg = f"{place}.content: expected a list of blocks."
        raise EventError(msg)
    return answer_of(response)
