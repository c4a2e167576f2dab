"""Events of JSON that was recorded before."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from click.testing import CliRunner

from aboveboard import EventError, Gate
from aboveboard.cli import cli
from aboveboard.organisation import example
from aboveboard_gemini import events
from tests.plugins.ai.gemini.serving import answer, chunk

MAIL = "anna@example.fi"
REQUEST = {
    "model": "models/gemini-3.6-flash",
    "systemInstruction": {"parts": [{"text": "Be kind."}]},
    "contents": [{"role": "user", "parts": [{"text": f"Olen {MAIL}."}]}],
    "tools": [{"functionDeclarations": [{"name": "find"}]}],
}
CALL = {"functionCall": {"name": "find", "args": {"words": "x"}}}


def told(payload: Any) -> list[tuple[str, str]]:
    before = copy.deepcopy(payload)
    found = events(payload, str)
    assert payload == before
    assert MAIL not in str(found)
    return [(event.step, event.phase) for event in found]


ASKED = [("profiling", "requested"), ("recommendation", "requested")]
ANSWERED = [("recommendation", "completed")]
CALLED = [("decision", "requested")]


@pytest.mark.parametrize(
    ("payload", "steps"),
    [
        (REQUEST, ASKED),
        (answer("Hei."), ANSWERED),
        (answer("Hetki.", CALL), ANSWERED + CALLED),
        (answer(CALL), CALLED),
        ({"promptFeedback": {"blockReason": "SAFETY"}}, ANSWERED),
        ([chunk("He"), chunk("i."), chunk("", finish="STOP")], ANSWERED),
        ([chunk(CALL), chunk("", finish="STOP")], ANSWERED + CALLED),
        ({"request": REQUEST, "response": answer("Hei.")}, ASKED + ANSWERED),
        ({"request": REQUEST, "response": [chunk("Hei.")]}, ASKED + ANSWERED),
        ({"request": REQUEST}, ASKED),
        ({"response": answer("Hei.")}, ANSWERED),
        ({"requests": [{"content": {"parts": [{"text": "x"}]}}]}, ASKED[:1]),
        ({"instances": [{"content": "x"}]}, ASKED[:1]),
    ],
)
def test_what_is_understood(payload: Any, steps: list[tuple[str, str]]) -> None:
    assert told(payload) == steps


def test_what_an_event_tells() -> None:
    asked, _, came = events({"request": REQUEST, "response": answer("Hei.")})
    facts = asked.facts
    assert (facts.ai.vendor, facts.ai.model) == ("gemini", "gemini-3.6-flash")
    assert facts.prompt.detected_categories == ("pd:EmailAddress",)
    assert came.facts.ai.model_version == "gemini-3.6-flash-001"
    assert came.facts.tokens.total == 12


def test_a_gate_judges_them() -> None:
    with Gate(organisation=example()) as gate:
        verdicts = [gate.check(event) for event in events(REQUEST)]
    assert all(verdict.findings for verdict in verdicts)


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (None, "payload"),
        ("text", "payload"),
        ({}, "payload"),
        ([], "payload"),
        ([1], r"payload\[0\]"),
        ([{"secret": 1}], r"payload\[0\]"),
        ({"contents": "secret"}, r"payload\.contents"),
        ({"contents": ["secret"]}, r"payload\.contents\[0\]"),
        ({"contents": [{"parts": "secret"}]}, r"payload\.contents\[0\]\.parts"),
        ({"contents": [{"parts": ["secret"]}]}, r"payload\.contents\[0\]\.parts"),
        ({"candidates": {"secret": 1}}, r"payload\.candidates"),
        ({"candidates": [{"content": {"parts": ["secret"]}}]}, r"payload\.candidates\[0\]"),
        ({"request": 1, "response": None}, "request"),
        ({"response": {"secret": 1}}, "response"),
        ({"request": REQUEST, "response": ["secret"]}, r"response\[0\]"),
        ({"developer_api_host": "secret"}, "payload"),
    ],
)
def test_what_is_none_of_geminis(payload: Any, place: str) -> None:
    with pytest.raises(EventError, match=f"^{place}") as wrong:
        events(payload)
    assert "secret" not in str(wrong.value)


def test_the_command_line_understands_them() -> None:
    given = json.dumps(answer("Hei."))
    called = CliRunner().invoke(cli, ["check", "--from", "gemini", "-"], input=given)
    assert "recommendation" in called.output
    assert "Hei." not in called.output
