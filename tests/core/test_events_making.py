"""Events out: what `create` takes, what CloudEvents and the engines are given."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jsonschema
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.errors import EventError
from aboveboard.events import StepEvent, schema_id
from aboveboard.facts import PHASES, STEP_FACTS, STEPS, ProfilingFacts
from aboveboard.schemas import engine_schema, event_schema
from aboveboard.testing import compliant_event
from tests.facts.strategies import nearby, step_facts

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
STEP_OF = {model: step for step, model in STEP_FACTS.items()}
VALIDATORS = {
    (kind, step): jsonschema.Draft202012Validator(make(step))
    for kind, make in (("event", event_schema), ("engine", engine_schema))
    for step in STEPS
}

events = st.builds(
    lambda facts, phase, time: StepEvent.create(STEP_OF[type(facts)], phase, facts, time=time),
    step_facts(),
    st.sampled_from(PHASES),
    nearby,
)


@settings(max_examples=150, deadline=None)
@given(events)
def test_written_and_read_again_it_is_the_same_event(event: StepEvent) -> None:
    again = StepEvent.from_json(event.to_json())
    assert again == event
    assert again.engine_input() == event.engine_input()
    assert StepEvent.from_dict(event.to_dict()) == event


@settings(max_examples=100, deadline=None)
@given(events)
def test_the_schemas_take_what_is_written(event: StepEvent) -> None:
    data = event.to_dict()["data"]
    VALIDATORS["event", event.step].validate(data)
    asked = json.loads(event.engine_input())
    VALIDATORS["engine", event.step].validate(asked)
    assert {"step": event.step, "phase": event.phase}.items() <= asked.items()


@settings(max_examples=50, deadline=None)
@given(events)
def test_pickles_and_copies_are_the_same_event(event: StepEvent) -> None:
    for twin in (pickle.loads(pickle.dumps(event)), copy.copy(event), copy.deepcopy(event)):
        assert twin == event


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("phase", PHASES)
def test_the_cloudevents_package_reads_what_we_write(step: Any, phase: Any) -> None:
    event = compliant_event(step, phase, time=NOW)
    read = JSONFormat().read(CloudEvent, event.to_json())
    assert read.get_id() == event.id
    assert read.get_type() == f"io.aboveboard.{step}.{phase}.v1"
    assert read.get_source() == event.source
    assert read.get_subject() == event.subject
    assert read.get_time() == NOW
    assert read.get_datacontenttype() == "application/json"
    assert read.get_dataschema() == schema_id(step)
    assert read.get_data() == event.to_dict()["data"]


def test_no_null_is_written() -> None:
    text = StepEvent.create("profiling", facts={"ai": {"model": None}, "consent": [{}]}).to_json()
    assert "null" not in text
    assert "subject" not in json.loads(text)


@pytest.mark.parametrize(
    "facts",
    [
        {"ai": {"model": "m"}},
        {"ai.model": "m"},
        {"ai": {"model": "m"}, "ai.vendor": None},
        {"ai.model": "m", "ai": None},
        ProfilingFacts.model_validate({"ai": {"model": "m"}}),
    ],
    ids=["nested", "dotted", "both", "null", "model"],
)
def test_facts_in_any_form(facts: Any) -> None:
    assert StepEvent.create("profiling", facts=facts).facts.ai.model == "m"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "options",
    [
        {"step": "profilng"},
        {"step": ["profiling"]},
        {"phase": "done"},
        {"phase": {}},
        {"id": ""},
        {"id": 5},
        {"id": "a\nb"},
        {"id": "x" * 257},
        {"id": "\ud800"},
        {"source": 5},
        {"source": "LEAKED"},
        {"source": "/" + "x" * 300},
        {"subject": 5},
        {"subject": "LEAKED"},
        {"time": 5},
        {"time": "2026-11-02T09:00:00Z"},
        {"time": datetime(2026, 11, 2)},  # noqa: DTZ001
        {"time": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))},
        {"facts": ["LEAKED"]},
        {"facts": "LEAKED"},
        {"facts": {5: "LEAKED"}},
        {"facts": {"ai": {"model": "LEAKED"}, "ai.model": "other"}},
        {"facts": {"ai": "LEAKED", "ai.model": "x"}},
        {"facts": {"nonsense": "LEAKED"}},
        {"facts": STEP_FACTS["decision"].model_validate({})},
    ],
    ids=repr,
)
def test_what_is_no_event_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(EventError) as refused:
        StepEvent.create(**{"step": "profiling", **options})
    assert "LEAKED" not in str(refused.value)
    assert str(refused.value).endswith((".", "?"))


def test_facts_that_hold_themselves() -> None:
    found: dict[str, Any] = {}
    found["ai"] = found
    with pytest.raises(EventError, match="nested"):
        StepEvent.create("profiling", facts=found)


def test_times_become_utc() -> None:
    event = StepEvent.create("profiling", time=NOW.astimezone(timezone(timedelta(hours=5.5))))
    assert event.time == NOW
    assert event.time.tzinfo is UTC
    assert '"time":"2026-11-02T09:00:00Z"' in event.engine_input()


def test_without_facts_the_question_is_still_json() -> None:
    asked = json.loads(StepEvent.create("decision", "completed", time=NOW).engine_input())
    assert asked == {"step": "decision", "phase": "completed", "time": "2026-11-02T09:00:00Z"}


def test_ages_count_from_the_events_own_time() -> None:
    facts = {"notice": {"delivered_at": NOW - timedelta(days=3, hours=1)}}
    event = StepEvent.create("profiling", facts=facts, time=NOW)
    assert event.facts.notice is not None
    assert event.facts.notice.delivered_age_days == 3
    later, _ = event.with_facts({"objections": {"at": NOW - timedelta(days=1)}})
    assert later.facts.objections.age_days == 1  # type: ignore[attr-defined]
    assert later.id == event.id


def test_further_facts_fill_and_never_contradict() -> None:
    event = StepEvent.create("profiling", facts={"subject.country": "FI"}, time=NOW)
    filled, conflicts = event.with_facts({"subject.language": "fi", "subject": {"country": "FI"}})
    assert conflicts == []
    assert filled.facts.subject is not None
    assert filled.facts.subject.language == "fi"
    _, conflicts = event.with_facts({"subject": {"country": "NL"}, "consent": []})
    assert conflicts == ["subject.country"]
    with pytest.raises(EventError, match="objectoins"):
        event.with_facts({"objectoins": {}})
    with pytest.raises(EventError):
        event.with_facts({5: 1})  # type: ignore[dict-item]


def test_events_are_frozen() -> None:
    event = StepEvent.create("profiling")
    with pytest.raises(AttributeError):
        event.id = "x"  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        event.facts.ai = None  # type: ignore[misc]
