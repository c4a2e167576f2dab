"""Recorded JSON as events."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import structlog
from click.testing import CliRunner

from aboveboard import EventError, StepEvent
from aboveboard.cli import cli
from aboveboard_mistral import events
from tests.plugins.ai.mistral.conftest import chunk, completion

ASKED = {
    "model": "mistral-large-latest",
    "messages": [{"role": "user", "content": "Olen anna@esimerkki.example"}],
}
CALL = {"id": "t1", "function": {"name": "order_product", "arguments": '{"product": "kahvi"}'}}
SAID = completion({"content": "Hei."})
WANTS = completion({"content": "", "tool_calls": [CALL]}, "tool_calls")
STREAM = [
    chunk({"role": "assistant", "content": "Osta nyt, "}),
    chunk({"content": "vain 2 jäljellä!"}),
    chunk({"content": "", "tool_calls": [CALL]}),
    chunk({"content": ""}, "stop", usage={"total_tokens": 9}),
]
TALK = [
    {"event": "conversation.response.started", "data": {"type": "conversation.response.started"}},
    {"type": "message.output.delta", "content": "Hei."},
    {"type": "conversation.response.done", "usage": {"total_tokens": 9}},
]
OUTPUTS = {"outputs": [{"type": "message.output", "content": "Hei.", "model": "m"}]}

ASK = [("profiling", "requested"), ("recommendation", "requested")]
ANSWER = [("recommendation", "completed")]
DECIDE = [("decision", "requested")]


def nobody(value: object) -> str:
    raise AssertionError


def told(payload: Any) -> list[StepEvent]:
    kept = copy.deepcopy(payload)
    found = list(events(payload, nobody))
    assert payload == kept
    return found


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        (ASKED, ASK),
        ({**ASKED, "agent_id": "ag_1"}, ASK),
        ({"model": "m", "inputs": "Hei"}, ASK),
        ({"model": "codestral", "prompt": "def"}, ASK),
        ({"model": "mistral-embed", "input": ["Hei"]}, ASK[:1]),
        (SAID, ANSWER),
        (OUTPUTS, ANSWER),
        (STREAM, ANSWER + DECIDE),
        (STREAM[0], ANSWER),
        (TALK, ANSWER),
        ({"request": ASKED, "response": SAID}, ASK + ANSWER),
        ({"request": ASKED, "response": STREAM}, ASK + ANSWER + DECIDE),
        ({"request": ASKED}, ASK),
        ({"model": "m", "results": [{"categories": {"pii": True}}]}, []),
        ({"object": "list", "data": [{"object": "embedding", "embedding": [0.1]}]}, []),
    ],
)
def test_what_was_recorded(payload: Any, wanted: Any) -> None:
    assert [(event.step, event.phase) for event in told(payload)] == wanted


def test_facts_of_a_request_and_its_answer() -> None:
    asked, _, said, decided = told({"request": ASKED, "response": STREAM})
    assert asked.source == "/mistral/app"
    assert asked.facts.prompt.detected_categories == ("pd:EmailAddress",)
    assert said.facts.ai.vendor == "mistral"
    assert said.facts.ai.model == "mistral-large-latest"
    assert said.facts.ai.model_version == "mistral-large-2512"
    assert said.facts.tokens.total == 9
    assert said.facts.recommendation.scarcity_claim.present is True
    assert decided.facts.security.tool_calls[0].name == "order_product"
    (only,) = told(WANTS)
    assert (only.step, only.facts.security.tool_calls[0].argument_names) == (
        "decision",
        ("product",),
    )


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (None, "expected an answer"),
        (7, "expected an answer"),
        ("Anna", "expected an answer"),
        ({}, "expected an answer"),
        ([], "the list is empty"),
        (["Anna"], "'0'"),
        ([chunk({}), {"Anna": 1}], "'1'"),
        ({"choices": "Anna"}, "expected an answer"),
        ({"messages": "Anna"}, "'messages'"),
        ({"request": {"messages": "Anna"}}, "'request.messages'"),
        ({"request": {"Anna": 1}}, "'request'"),
        ({"request": ASKED, "response": "Anna"}, "'response'"),
        ({"request": ASKED, "response": ["Anna"]}, "'response.0'"),
        ({"default_host": "api.mistral.ai", "hosting": "EU"}, "expected an answer"),
    ],
)
def test_what_is_nothing_of_mistral_is_told_by_its_place(payload: Any, place: str) -> None:
    with pytest.raises(EventError, match="Mistral") as failed:
        events(payload, nobody)
    assert place in str(failed.value)
    assert "Anna" not in str(failed.value)


def test_another_vendor_is_left_to_others() -> None:
    from aboveboard_mistral.plugin import aboveboard_events

    assert aboveboard_events("mistral_of_others", ASKED, nobody) is None
    assert aboveboard_events("mistral", SAID, nobody)


def test_a_recorded_call_is_checked_from_the_command_line() -> None:
    payload = json.dumps({"request": ASKED, "response": SAID})
    result = CliRunner().invoke(cli, ["check", "--from", "mistral", "-"], input=payload)
    structlog.reset_defaults()
    assert "3 events" in result.stdout
    assert "anna@" not in result.output
