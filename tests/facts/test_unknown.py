"""What an engine is given has no unknowns in it, at any depth."""

import json
from typing import Any

import pytest
from hypothesis import given

from aboveboard.facts import (
    STEP_FACTS,
    STEPS,
    ProfilingFacts,
    Recommendation,
    RecommendationFacts,
    RecommendedItem,
    Step,
    StepFacts,
)
from tests.facts.strategies import step_facts


def nulls(value: Any, path: str = "") -> list[str]:
    """Paths of the nulls in plain data."""
    if value is None:
        return [path]
    if isinstance(value, dict):
        return [p for key, below in value.items() for p in nulls(below, f"{path}.{key}")]
    if isinstance(value, list):
        return [p for i, below in enumerate(value) for p in nulls(below, f"{path}.{i}")]
    return []


@given(step_facts())
def test_unknown_is_left_out_at_every_depth(facts: StepFacts) -> None:
    text = facts.model_dump_json(exclude_none=True)
    assert nulls(json.loads(text)) == []
    assert json.loads(text) == facts.model_dump(mode="json", exclude_none=True)


@given(step_facts())
def test_leaving_unknown_out_loses_nothing(facts: StepFacts) -> None:
    model = type(facts)
    assert model.model_validate_json(facts.model_dump_json(exclude_none=True)) == facts
    assert model.model_validate_json(facts.model_dump_json()) == facts
    assert model.model_validate(facts.model_dump()) == facts


def test_known_empty_stays() -> None:
    facts = RecommendationFacts(
        consent=(),
        recommendation=Recommendation(items=(RecommendedItem(), RecommendedItem(id="a"))),
    )
    assert json.loads(facts.model_dump_json(exclude_none=True)) == {
        "consent": [],
        "recommendation": {"items": [{}, {"id": "a"}]},
    }


@pytest.mark.parametrize("step", STEPS)
def test_of_nothing_known_nothing_is_left(step: Step) -> None:
    assert STEP_FACTS[step]().model_dump_json(exclude_none=True) == "{}"


def test_an_item_of_a_list_is_never_unknown() -> None:
    with pytest.raises(ValueError, match=r"consent\.0"):
        ProfilingFacts.model_validate({"consent": [None]})
