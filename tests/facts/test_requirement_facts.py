"""The facts cover the 81 requirements: the table beside this file says which rule reads what."""

import json
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest

from aboveboard.facts import STEP_FACTS, STEPS, DataField, Derived, FactGroup, Step, fact_paths
from aboveboard.facts.derived import group_type


class Requirement(TypedDict):
    """Paths a rule reads, and the settings of the organisation that are not facts of an event."""

    steps: list[Step]
    facts: list[str]
    organisation: NotRequired[list[str]]


TABLE: dict[str, Requirement] = json.loads(
    (Path(__file__).parent / "requirement_facts.json").read_text(encoding="utf-8"),
)
# Times that are recorded but that no rule compares.
RECORDED = {"inferred_at", "notified_at", "right_notified_at"}


def groups() -> set[type[FactGroup]]:
    """Every group class that a step model reaches."""
    found: set[type[FactGroup]] = set()
    waiting: list[type[FactGroup]] = list(STEP_FACTS.values())
    while waiting:
        model = waiting.pop()
        found.add(model)
        for field in model.model_fields.values():
            inner, _ = group_type(field.annotation)
            if inner is not None and inner not in found:
                waiting.append(inner)
    return found


GROUPS = sorted(groups(), key=str)


def leaves(step: Step) -> set[str]:
    paths = fact_paths(step)
    return {p for p in paths if not any(q.startswith((f"{p}.", f"{p}[]")) for q in paths)}


def test_every_requirement_is_there() -> None:
    assert len(TABLE) == 81
    assert all(rule["facts"] for rule in TABLE.values())


@pytest.mark.parametrize("rule", TABLE)
def test_every_step_of_a_rule_has_its_facts(rule: str) -> None:
    for step in TABLE[rule]["steps"]:
        missing = [path for path in TABLE[rule]["facts"] if path not in fact_paths(step)]
        assert missing == [], f"{rule} in {step}"


@pytest.mark.parametrize("step", STEPS)
def test_a_step_holds_only_groups_that_a_rule_of_the_step_reads(step: Step) -> None:
    read = {
        path.partition(".")[0].removesuffix("[]")
        for rule in TABLE.values()
        if step in rule["steps"]
        for path in rule["facts"]
    }
    assert set(STEP_FACTS[step].model_fields) == read


# What plugins of AI vendors tell in one vocabulary, for rules of organisations.
FOR_ORGANISATIONS = {"answer.outcome"}


def test_every_fact_serves_a_rule() -> None:
    read = {path for rule in TABLE.values() for path in rule["facts"]}
    assert set().union(*map(leaves, STEPS)) - read == FOR_ORGANISATIONS


@pytest.mark.parametrize("model", GROUPS)
def test_every_fact_is_optional_and_described(model: type[FactGroup]) -> None:
    assert model.__doc__
    for name, field in model.model_fields.items():
        # A field that nobody can name cannot be cut: it is the one thing never unknown.
        assert field.default is None or (model, name) == (DataField, "name"), name
        assert field.description, name
        assert field.description.endswith("."), name
        assert "\n" not in field.description, name


@pytest.mark.parametrize("model", GROUPS)
def test_every_time_a_rule_compares_has_an_integer_beside_it(model: type[FactGroup]) -> None:
    fields = model.model_fields
    sources = {
        mark.source
        for field in fields.values()
        for mark in field.metadata
        if isinstance(mark, Derived)
    }
    times = {name for name in fields if name == "at" or name.endswith("_at")}
    assert sources <= times
    assert times - sources <= RECORDED


@pytest.mark.parametrize("step", STEPS)
def test_json_schema_describes_every_fact_and_refuses_others(step: Step) -> None:
    schema = STEP_FACTS[step].model_json_schema()
    models = [schema, *schema["$defs"].values()]
    assert all(model["additionalProperties"] is False for model in models)
    assert all(
        field.get("description") for model in models for field in model["properties"].values()
    )
