"""Free text of a decorated step is read before the step is judged."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import FreeText, Gate, Settings, StepEscalated, hookimpl, pd, profiling
from aboveboard.detecting import (
    Detection,
    conversation_facts,
    detect,
    field_facts,
    prompt_facts,
    recommendation_facts,
)
from aboveboard.organisation import example
from tests.steps.helpers import ASKED

SECRET = "LEAKED"


class Lead(BaseModel):
    notes: Annotated[str | None, pd.Interaction, FreeText] = None


def _gate(plugins: Any = (), **settings: Any) -> tuple[Gate, list[Any]]:
    events: list[Any] = []

    class Sink:
        @hookimpl
        def aboveboard_verdict(self, event: Any) -> None:
            events.append(event)

    made = Gate(
        Settings(sinks="inline", **settings), organisation=example(), plugins=[Sink(), *plugins]
    )
    return made, events


def _score(gate: Gate, lead: Lead, **more: Any) -> Any:
    @profiling(purpose="lead_scoring", model="propensity-3.1", gate=gate, facts={**ASKED, **more})
    def score(lead: Lead) -> str | None:
        return lead.notes

    return score(lead)


def test_harmless_text_passes_and_is_known_to_be_read() -> None:
    gate, events = _gate()
    assert _score(gate, Lead(notes="Likes the demo.")) == "Likes the demo."
    (field,) = events[0].facts.fields
    assert (field.text_scanned, field.detected_categories) == (True, ())
    assert field.detector_confidence_bp is None


def test_a_special_category_is_cut_and_no_word_leaves() -> None:
    gate, events = _gate()
    assert _score(gate, Lead(notes=f"{SECRET}: she has cancer")) is None
    (field,) = events[0].facts.fields
    assert field.detected_categories == ("pd:Health",)
    (span,) = field.detected_spans
    assert (span.category, span.start, span.end) == ("pd:Health", 16, 22)
    assert SECRET not in events[0].to_json()
    assert "cancer" not in events[0].to_json()


class Finds:
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str | None]] = []

    @hookimpl
    def aboveboard_detect(self, text: str, language: str | None) -> Any:
        self.asked.append((text, language))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_detectors_of_plugins_add_to_the_built_in_one() -> None:
    finds = Finds([Detection(0, 4, "pd:Religion", 7_000)])
    gate, _ = _gate([finds])
    assert gate.detect("text a@b.example", "en") == (
        Detection(0, 4, "pd:Religion", 7_000),
        Detection(5, 16, "pd:EmailAddress", 9_900),
    )
    assert finds.asked == [("text a@b.example", "en")]
    gate.unregister(finds)
    assert gate.detect("text") == ()


def test_a_plugin_may_stand_alone_and_may_pass() -> None:
    alone, _ = _gate([Finds([])], detector="plugins")
    assert alone.detect("a@b.example") == ()
    passes, _ = _gate([Finds(None)], detector="plugins")
    assert passes.detect("a@b.example") is None


@pytest.mark.parametrize("answer", [ValueError(SECRET), ["pd:Health"], 5])
def test_a_detector_that_fails_leaves_the_text_unread(
    answer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    gate, events = _gate([Finds(answer)])
    for _ in range(2):
        with pytest.raises(StepEscalated, match="not known whether this free text"):
            _score(gate, Lead(notes=SECRET))
    assert events[0].facts.fields[0].text_scanned is None
    said = capsys.readouterr()
    assert (said.out + said.err).count("plugin.failed") == 1
    assert SECRET not in said.out + said.err


@pytest.mark.parametrize("setting", ["off", "plugins"])
def test_without_a_detector_the_text_stays_unread(setting: str) -> None:
    gate, _ = _gate(detector=setting)
    with pytest.raises(StepEscalated, match="not known whether this free text"):
        _score(gate, Lead(notes="hello"))
    assert gate.detect("hello") is None


def test_what_the_step_says_of_its_text_stands() -> None:
    gate, events = _gate()
    said = {"name": "lead.notes", "text_scanned": True, "detected_categories": []}
    assert _score(gate, Lead(notes="she has cancer"), fields=[said]) == "she has cancer"
    assert events[0].facts.fields[0].detected_spans is None


def test_several_texts_have_categories_and_no_places() -> None:
    gate, events = _gate()

    @profiling(purpose="lead_scoring", model="propensity-3.1", gate=gate, facts=ASKED)
    def score(leads: list[Lead]) -> int:
        return len(leads)

    score([Lead(notes="fine"), Lead(notes=None), Lead(notes="she has cancer")])
    (field,) = events[0].facts.fields
    assert field.detected_categories == ("pd:Health",)
    assert field.detected_spans is None


def test_signals_become_facts_of_talk_and_offer() -> None:
    asked = detect("I am desperate, get me a real person", "en")
    assert conversation_facts(asked) == {
        "conversation": {"user_requested_human": True, "distress_score_bp": 9_000}
    }
    assert conversation_facts(()) == {
        "conversation": {"user_requested_human": False, "distress_score_bp": 0}
    }
    assert recommendation_facts(detect("Hurry, only 2 left!", "en"))["recommendation"] == {
        "urgency_terms": 2,
        "scarcity_claim": {"present": True},
        "countdown": {"present": True},
        "confirmshaming": False,
    }
    assert prompt_facts(detect("a@b.example")) == {
        "prompt": {
            "text_scanned": True,
            "detected_categories": ["pd:EmailAddress"],
            "detector_confidence_bp": 9_900,
        }
    }


def test_of_a_text_that_nobody_read_nothing_is_known() -> None:
    """`gate.detect` gives None then, and its answer goes straight into these."""
    gate, _ = _gate(detector="off")
    read = gate.detect("I can't cope any more.")
    for told in (field_facts, prompt_facts, conversation_facts, recommendation_facts):
        assert told(read) == {}
