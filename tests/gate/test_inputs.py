"""The hash of what a decision rests on."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, STEPS, Step
from aboveboard.gate import Gate
from aboveboard.inputs import with_inputs_hash
from aboveboard.testing import compliant_event

CHANGES: tuple[dict[str, Any], ...] = (
    {"audit.inputs_hash": None},
    {"audit": None},
    {"audit": {}},
    {"audit": {"inputs_hash": None}, "ai.model_version": '1"audit":{}'},
)


@pytest.mark.parametrize("step", ["profiling", "decision"])
@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_filled_before_a_person_is_judged(step: Step, changes: dict[str, Any]) -> None:
    event = compliant_event(step, changes=changes)
    before = event.engine_input()
    filled, question = with_inputs_hash(event, before)
    assert filled.facts.audit is not None
    assert filled.facts.audit.inputs_hash == f"sha256:{sha256(before.encode()).hexdigest()}"
    assert json.loads(question) == json.loads(filled.engine_input())
    assert with_inputs_hash(filled, question) == (filled, question)
    # Whoever has the event can compute it again.
    audit = filled.facts.audit.model_copy(update={"inputs_hash": None})
    bare = filled.facts.model_copy(update={"audit": audit if event.facts.audit else None})
    again = StepEvent.from_dict({**filled.to_dict(), "data": json.loads(bare.model_dump_json())})
    assert again.engine_input() == before


def test_what_is_stated_stays() -> None:
    event = compliant_event("profiling", changes={"audit.inputs_hash": "sha256:mine"})
    question = event.engine_input()
    assert with_inputs_hash(event, question) == (event, question)


def test_only_there() -> None:
    for step in STEPS:
        for phase in PHASES:
            if step not in {"profiling", "decision"} or phase != "requested":
                event = compliant_event(step, phase, changes={"audit.inputs_hash": None})
                question = event.engine_input()
                assert with_inputs_hash(event, question) == (event, question)


def test_the_gate_fills_it(gate: Gate) -> None:
    steps: tuple[Step, ...] = ("decision", "profiling")
    for step in steps:
        event = compliant_event(step, changes={"audit.inputs_hash": None})
        assert gate.check(event).findings == ()
        answer = gate.engine.evaluate(step, event.engine_input())
        assert [item.rule for item in answer.findings] == ["R-EXP-02"]
