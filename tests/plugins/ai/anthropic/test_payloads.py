"""Events of JSON that was recorded: `aboveboard check --from anthropic`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard import EventError, StepEvent
from aboveboard.manager import PluginManager
from aboveboard_anthropic import events
from aboveboard_anthropic.plugin import aboveboard_events
from tests.plugins.ai.anthropic.asking import ANNA, PRESSED, asked, offered
from tests.plugins.ai.anthropic.vendor import events_of, message, text, tool

REQUEST = asked(f"Olen {ANNA}", tools=offered("order_product"), inference_geo="us")
ANSWER = message(PRESSED, tool("order_product", {"product": "tuoli"}))


def made(payload: Any) -> list[StepEvent]:
    return events(payload, str)


def steps(payload: Any) -> list[tuple[str, str]]:
    return [(event.step, event.phase) for event in made(payload)]


ASKED = [("profiling", "requested"), ("recommendation", "requested")]
ANSWERED = [("recommendation", "completed"), ("decision", "requested")]


def test_requests_and_answers_are_told_apart() -> None:
    assert steps(REQUEST) == ASKED
    assert steps(ANSWER) == ANSWERED
    assert steps({"request": REQUEST, "response": ANSWER}) == ASKED + ANSWERED
    assert steps(list(events_of(ANSWER))) == ANSWERED
    assert steps({"request": REQUEST, "response": list(events_of(ANSWER))}) == ASKED + ANSWERED
    assert steps({"requests": [{"custom_id": "1", "params": REQUEST}] * 2}) == ASKED + ASKED


def test_the_facts_of_a_request() -> None:
    event = made(REQUEST)[0]
    facts: Any = event.facts
    assert event.source == "/anthropic/app"
    assert facts.ai.vendor == "anthropic"
    assert facts.ai.model == "claude-opus-5-5"
    assert facts.ai.inference_region == "us"
    assert facts.prompt.detected_categories == ("pd:EmailAddress",)
    assert ANNA not in str(event.facts)


@pytest.mark.parametrize("payload", [ANSWER, list(events_of(ANSWER, 3))])
def test_the_facts_of_an_answer(payload: Any) -> None:
    completed, decided = made(payload)
    facts: Any = completed.facts
    assert facts.usage.inference_geo == "eu"
    assert facts.tokens.total == 50
    assert facts.recommendation.scarcity_claim.present
    assert "kappale" not in str(completed.facts)
    told: Any = decided.facts
    assert told.security.tool_calls[0].name == "order_product"
    assert told.security.tool_calls[0].argument_names == ("product",)


def test_citations_are_sources() -> None:
    cited = {
        "type": "page_location",
        "file_id": "file_1",
        "cited_text": PRESSED,
        "document_index": 0,
    }
    for payload in (
        message(text("Hei.", citations=[cited])),
        list(events_of(message(text("Hei.", citations=[cited])))),
    ):
        facts: Any = made(payload)[0].facts
        assert facts.answer.sources == ("file_1",)
        assert facts.recommendation.scarcity_claim.present


def test_a_payload_is_left_as_it_was() -> None:
    payload = message({"type": "tool_use", "name": "x", "input": None})
    made(payload)
    assert payload["content"][0]["input"] is None


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ({}, "payload"),
        (None, "payload"),
        ("secret", "payload"),
        ([], "payload"),
        ([{"type": "secret"}], "payload"),
        ([{"type": "message_start"}, "secret"], r"payload\.1"),
        ({"messages": "secret"}, r"payload\.messages"),
        ({"messages": ["secret"]}, r"payload\.messages\.0"),
        ({"messages": [{"role": "user", "content": {"secret": 1}}]}, r"payload\.messages\.0"),
        ({"type": "message", "content": "secret"}, r"payload\.content"),
        ({"request": ["secret"]}, "request"),
        ({"request": REQUEST, "response": "secret"}, "response"),
        ({"requests": [{"params": "secret"}]}, r"requests\.0\.params"),
        ({"inference_geo_values": ["secret"]}, "payload"),
    ],
)
def test_what_is_no_payload_is_named_by_its_place(payload: Any, place: str) -> None:
    with pytest.raises(EventError, match=place) as error:
        made(payload)
    assert "secret" not in str(error.value)


@settings(deadline=None, max_examples=40)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "messages",
                        "content",
                        "request",
                        "response",
                        "requests",
                        "params",
                        "model",
                    ]
                ),
                inner | st.sampled_from(["message", "message_start", "text", "tool_use"]),
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_gives_events_or_an_event_error(payload: Any) -> None:
    try:
        assert all(isinstance(event, StepEvent) for event in made(payload))
    except EventError:
        pass


def test_the_hook_answers_for_its_vendor_alone() -> None:
    assert aboveboard_events("openai", REQUEST, str) is None
    assert len(list(aboveboard_events("anthropic", REQUEST, str) or ())) == 2
    assert PluginManager is not None
