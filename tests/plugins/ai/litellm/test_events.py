"""Recorded JSON of LiteLLM as events."""

from __future__ import annotations

from typing import Any

import pytest

from aboveboard import EventError
from aboveboard_litellm import events

REQUEST = {
    "model": "mistral/mistral-large-latest",
    "messages": [
        {"role": "system", "content": "Vastaa lyhyesti."},
        {"role": "user", "content": "Olen matti@example.com"},
    ],
    "tools": [{"type": "function", "function": {"name": "score", "parameters": {}}}],
    "metadata": {"purpose": "x"},
    "api_base": None,
}
ANSWER = {
    "id": "c-1",
    "model": "mistral-large-2411",
    "object": "chat.completion",
    "choices": [
        {
            "finish_reason": "stop",
            "index": 0,
            "message": {"role": "assistant", "content": "Hei.", "provider_specific_fields": {}},
        }
    ],
    "usage": {"total_tokens": 12},
}
CALLS = {
    **ANSWER,
    "choices": [
        {
            "finish_reason": "tool_calls",
            "message": {
                "content": None,
                "tool_calls": [
                    {"id": "1", "function": {"name": "score", "arguments": '{"points": 1}'}}
                ],
            },
        }
    ],
}
CHUNKS = [
    {"model": "m", "choices": [{"index": 0, "delta": {"content": "He"}}]},
    {"model": "m", "choices": [{"index": 0, "delta": {"content": "i."}, "finish_reason": "stop"}]},
]
RESPONSE = {
    "model": "m",
    "status": "completed",
    "output": [
        {"type": "message", "content": [{"type": "output_text", "text": "Hei."}]},
        {"type": "function_call", "name": "score", "call_id": "1", "arguments": "{}"},
    ],
}
EVENTS = [
    {"type": "response.created", "response": {**RESPONSE, "output": []}},
    {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "Hei."},
    {
        "type": "response.output_item.done",
        "output_index": 1,
        "item": RESPONSE["output"][1],  # type: ignore[index]
    },
    {"type": "response.completed", "response": RESPONSE},
]


def read(payload: Any) -> list[tuple[str, str]]:
    return [(event.step, event.phase) for event in events(payload, str)]


ASKED = [("profiling", "requested"), ("recommendation", "requested")]
SAID = [("recommendation", "completed")]
DECIDED = [("decision", "requested")]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (REQUEST, ASKED),
        (ANSWER, SAID),
        (CALLS, DECIDED),
        ({"request": REQUEST, "response": ANSWER}, ASKED + SAID),
        ({"request": REQUEST, "response": CHUNKS}, ASKED + SAID),
        ({"request": REQUEST}, ASKED),
        (CHUNKS, SAID),
        (CHUNKS[0], SAID),
        ({"model": "m", "prompt": "Hei"}, ASKED),
        ({"model": "m", "input": "Hei"}, ASKED),
        ({"model": "text-embedding-3-small", "input": ["Hei"]}, ASKED[:1]),
        ({"model": "omni-moderation-latest", "input": "Hei"}, ASKED[:1]),
        (RESPONSE, SAID + DECIDED),
        (EVENTS, SAID + DECIDED),
        ({"choices": [{"text": "Hei.", "finish_reason": "length"}]}, SAID),
    ],
)
def test_payloads(payload: Any, expected: list[tuple[str, str]]) -> None:
    assert read(payload) == expected


def test_facts() -> None:
    first = events(REQUEST, str)[0]
    assert first.source == "/litellm/app"
    assert first.facts.ai.model == "mistral/mistral-large-latest"
    assert "pd:EmailAddress" in str(first.facts.fields)
    said = events({"request": REQUEST, "response": ANSWER}, str)[-1]
    assert said.facts.ai.model_version == "mistral-large-2411"
    assert "matti" not in repr(first)


@pytest.mark.parametrize(
    "payload",
    [
        None, 1, "Olen matti@example.com", [], ["matti@example.com"], {}, {"messages": "matti@x.fi"},
        {"request": 1}, {"request": REQUEST, "response": "matti@example.com"}, {"input": 3},
        {"choices": "matti"}, {"output": {}},
    ],
)  # fmt: skip
def test_what_is_no_payload(payload: Any) -> None:
    with pytest.raises(EventError) as error:
        events(payload, str)
    assert "matti" not in str(error.value)
