"""Events of calls that were made before."""

from __future__ import annotations

from aboveboard.ai import ModelAnswer, Text, ToolCall, recorded_events
from tests.ai.acme import answer_of, call_of


def test_a_call_and_its_answer_are_events() -> None:
    call = call_of([{"role": "user", "content": "Olen anna@example.org"}])
    response = {"text": "Vain tänään!", "tools": [{"name": "x", "arguments": '{"a": 1}'}]}
    made = recorded_events("acme", call, answer_of(response))
    assert [(event.step, event.phase) for event in made] == [
        ("profiling", "requested"),
        ("recommendation", "requested"),
        ("recommendation", "completed"),
        ("decision", "requested"),
    ]
    asked, _, told, decided = (event.facts.model_dump(exclude_none=True) for event in made)
    assert asked["prompt"]["detected_categories"] == ("pd:EmailAddress",)
    assert told["recommendation"]["urgency_terms"] == 1
    assert decided["security"]["tool_calls"] == ({"name": "x", "argument_names": ("a",)},)
    assert "anna" not in str([event.to_json() for event in made])


def test_an_answer_alone_is_an_event() -> None:
    [event] = recorded_events("acme", None, answer_of({"text": "Hei."}))
    assert event.source == "/acme/app"
    assert event.facts.ai.model_version == "acme-large-2026-08"


def test_a_call_for_tools_alone_says_nothing_to_the_person() -> None:
    call = ToolCall("x", Text({"a": "[]"}, "a"))
    [event] = recorded_events("acme", None, ModelAnswer(tool_calls=[call]))
    assert event.step == "decision"


def test_what_has_no_answer_is_profiling_alone() -> None:
    call = call_of([{"role": "user", "content": "Hei"}], answers=False)
    [event] = recorded_events("acme", call, None)
    assert event.step == "profiling"
