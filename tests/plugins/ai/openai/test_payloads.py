"""Recorded payloads become events, or an error that names the place and no value."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard import EventError
from aboveboard.cli.group import cli
from aboveboard_openai import events
from tests.plugins.ai.openai.server import (
    chunks,
    completion,
    function_call,
    message,
    response,
    response_events,
    tool_call,
)

CHAT = {
    "model": "gpt-5.4-mini",
    "messages": [{"role": "user", "content": "Olen matti@example.com"}],
    "tools": [{"type": "function", "function": {"name": "find"}}],
}
RESPONSE = {"model": "gpt-5.4-mini", "input": "Hei matti@example.com"}


def told(payload: Any) -> list[tuple[str, str]]:
    return [(event.step, event.phase) for event in events(payload, str)]


ASKED = [("profiling", "requested"), ("recommendation", "requested")]
SAID = [("recommendation", "completed")]
DECIDED = [("decision", "requested")]


@pytest.mark.parametrize(
    ("payload", "steps"),
    [
        (CHAT, ASKED),
        (RESPONSE, ASKED),
        ({"model": "m", "prompt": "Hei"}, ASKED),
        ({"model": "m", "prompt": {"id": "p"}}, ASKED),
        ({"model": "text-embedding-3-small", "input": ["a"]}, ASKED[:1]),
        ({"model": "omni-moderation-latest", "input": "a"}, ASKED[:1]),
        (completion("Hei"), SAID),
        (completion(None, refusal="En voi."), SAID),
        (completion(None, tool_calls=[tool_call("find", "{}")]), DECIDED),
        (response(message("Hei"), function_call("find", "{}")), SAID + DECIDED),
        (chunks({"content": "Hei"}), SAID),
        (chunks({"tool_calls": [{"index": 0, **tool_call("find", "{}")}]}), DECIDED),
        (response_events(message("Hei"), function_call("find", "{}")), SAID + DECIDED),
        ({"object": "text_completion", "choices": [{"text": "Hei"}]}, SAID),
        ([{"object": "text_completion", "choices": [{"text": "Hei"}]}], SAID),
        ({"request": CHAT, "response": completion("Hei")}, ASKED + SAID),
        ({"request": RESPONSE, "response": response_events(message("Hei"))}, ASKED + SAID),
        ({"request": CHAT, "response": None}, ASKED),
        ({"response": completion("Hei")}, SAID),
    ],
)
def test_steps(payload: Any, steps: list[tuple[str, str]]) -> None:
    before = copy.deepcopy(payload)
    assert told(payload) == steps
    assert payload == before


def test_facts_of_a_call_and_its_answer() -> None:
    asked, _, said = events({"request": CHAT, "response": completion("Hei")}, str)
    assert asked.facts.ai.model == "gpt-5.4-mini"
    assert asked.facts.ai.vendor == "openai"
    assert asked.facts.prompt.detected_categories == ("pd:EmailAddress",)
    assert said.facts.ai.model_version == "gpt-5.4-mini-2026-03-17"
    assert said.facts.tokens.total == 30
    assert "matti@example.com" not in asked.to_json()


def test_a_stream_is_joined() -> None:
    parts = [{"content": "Enää 2 jäl"}, {"content": "jellä, tilaa heti!"}]
    whole, joined = (
        events(payload, str)[0].facts.recommendation
        for payload in (completion("Enää 2 jäljellä, tilaa heti!"), chunks(*parts))
    )
    assert joined == whole
    assert joined.urgency_terms > 0


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ("text secret", "a list of chunks"),
        (None, "a list of chunks"),
        ({}, "the payload"),
        ({"error": {"message": "secret"}}, "the payload"),
        ({"messages": "secret"}, "the payload"),
        ([], "the list"),
        ([{"secret": 1}], "the list"),
        ([*chunks({"content": "a"}), {"type": "response.created"}], "the list"),
        ({"request": {"secret": 1}}, "'request'"),
        ({"request": CHAT, "response": {"secret": 1}}, "'response'"),
        ({"request": CHAT, "response": ["secret"]}, "'response'"),
        ({"object": ["secret"]}, "the payload"),
    ],
)
def test_what_is_none_is_named_without_its_values(payload: Any, place: str) -> None:
    with pytest.raises(EventError, match=place) as wrong:
        events(payload, str)
    assert "secret" not in str(wrong.value)


def test_the_command_understands_them(tmp_path: Path) -> None:
    file = tmp_path / "payload.json"
    file.write_text(json.dumps({"request": CHAT, "response": completion("Hei")}), "utf-8")
    done = CliRunner().invoke(cli, ["check", "--from", "openai", str(file)])
    assert done.exit_code in (0, 1), done.output
    assert "matti@example.com" not in done.output
    file.write_text('{"secret": 1}', "utf-8")
    done = CliRunner().invoke(cli, ["check", "--from", "openai", str(file)])
    assert done.exit_code == 2
    assert "expected a request" in done.output


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
PAYLOADS: list[Any] = [
    {"request": CHAT, "response": completion("Hei", tool_calls=[tool_call("a", "{}")])},
    {"request": {**RESPONSE, "input": [message("a"), function_call("b", "{}")]}},
    response(message("Hei", refusal="En"), function_call("find", "{}")),
    response_events(message("Hei", refusal="En"), function_call("find", "{}")),
    chunks({"content": "a"}, {"tool_calls": [{"index": 0, **tool_call("a", "{}")}]}),
    {"object": "text_completion", "choices": [{"text": "Hei", "finish_reason": "stop"}]},
]


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: Any = ()
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
    return ([at] if at else []) + [it for key, item in inner for it in places(item, (*at, key))]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_a_payload_holds(data: st.DataObject) -> None:
    """A payload with anything anywhere is understood, or is an EventError."""
    payload = copy.deepcopy(data.draw(st.sampled_from(PAYLOADS)))
    for _ in range(data.draw(st.integers(1, 2))):
        *way, last = data.draw(st.sampled_from(places(payload)))
        holder = payload
        try:
            for key in way:
                holder = holder[key]
            holder[last] = data.draw(JSON)
        except (KeyError, IndexError, TypeError):
            continue
    try:
        events(payload, str)
    except EventError:
        pass
