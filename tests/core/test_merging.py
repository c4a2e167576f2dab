"""Sources of facts meet: each may fill, none may contradict silently."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.events import StepEvent
from aboveboard.facts import STEP_FACTS, STEPS, Subject
from aboveboard.facts.merging import as_mapping, fill, merge
from tests.facts.strategies import plain, step_facts

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "nested"),
    [
        ({}, {}),
        ({"ai.model": "m", "ai.vendor": "v"}, {"ai": {"model": "m", "vendor": "v"}}),
        ({"ai.model": "m", "ai": {"vendor": "v"}}, {"ai": {"model": "m", "vendor": "v"}}),
        ({"ai": {"model": "m"}, "ai.model": "m"}, {"ai": {"model": "m"}}),
        ({"ai": None, "ai.model": "m"}, {"ai": {"model": "m"}}),
        ({"ai.model": "m", "ai": None}, {"ai": {"model": "m"}}),
        ({"subject": Subject(country="FI")}, {"subject": {"country": "FI"}}),
    ],
)
def test_dotted_keys_unfold(given: Any, nested: Any) -> None:
    assert as_mapping(given) == nested


@pytest.mark.parametrize(
    "given",
    [
        {"ai": {"model": "m"}, "ai.model": "n"},
        {"ai.model": "n", "ai": {"model": "m"}},
        {"ai": 5, "ai.model": "n"},
        {"ai.model": "n", "ai.model.x": 1},
    ],
)
def test_a_fact_given_twice_with_two_values_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match="ai"):
        as_mapping(given)


@pytest.mark.parametrize(
    ("one", "other", "conflicts"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, ["a"]),
        ({"a": False}, {"a": 0}, ["a"]),
        ({"a": 1}, {"a": None}, []),
        ({"a": None}, {"a": 1}, []),
        ({"a": []}, {"a": ["x"]}, ["a"]),
        ({"a": ["x"]}, {"a": ("x",)}, []),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, ["a"]),
        ({"a": {"b": 1}}, {"a": {"b": 2, "c": 3}}, ["a.b"]),
        ({"a": 1}, {"a": {"b": 2}}, ["a"]),
        ({"a": {"b": 2}}, {"a": 1}, ["a"]),
    ],
)
def test_contradictions_are_found(one: Any, other: Any, conflicts: list[str]) -> None:
    assert merge(one, other) == conflicts


def test_merging_changes_nothing_that_was_given() -> None:
    more = {"a": {"b": 1}, "fields": [{"name": "x", "free_text": True}]}
    known: dict[str, Any] = {"fields": [{"name": "x"}]}
    before = [dict(item) for item in known["fields"]]
    given_fields = known["fields"]
    merge(known, more)
    known["a"]["c"] = 2
    known["fields"][0]["source"] = "provided"
    assert more == {"a": {"b": 1}, "fields": [{"name": "x", "free_text": True}]}
    assert given_fields == before


@given(step_facts())
def test_filling_with_the_same_again_changes_and_contradicts_nothing(facts: Any) -> None:
    assert fill(facts, facts.model_dump(exclude_none=True)) == (facts, [])
    assert fill(facts, {}) == (facts, [])


two_of_a_step = st.sampled_from(STEPS).flatmap(
    lambda step: st.tuples(
        *[st.builds(STEP_FACTS[step].model_validate, plain(STEP_FACTS[step]))] * 2
    )
)


@given(two_of_a_step)
def test_what_is_known_is_never_overwritten(two: Any) -> None:
    facts, other = two
    filled, _ = fill(facts, other.model_dump(exclude_none=True))
    known = facts.model_dump(exclude_none=True)
    known.pop("fields", None)
    assert merge(filled.model_dump(exclude_none=True), known) == []


def test_a_derived_age_is_no_contradiction() -> None:
    consent = {"status": "dpv:ConsentGiven", "given_at": NOW - timedelta(days=3)}
    event = StepEvent.create("profiling", facts={"consent": [consent]}, time=NOW)
    text = {**consent, "given_at": "2026-10-30T00:00:00Z"}
    for again in (consent, text):
        assert event.with_facts({"consent": [again]}) == (event, [])
    for other in ({**consent, "status": "dpv:ConsentRefused"}, {"status": "dpv:ConsentGiven"}):
        assert event.with_facts({"consent": [other]})[1] == ["consent"]
    assert event.with_facts({"consent": [consent, consent]})[1] == ["consent"]


FIELDS = [{"name": "notes", "free_text": True}, {"name": "job", "categories": ["pd:Job"]}]


@pytest.mark.parametrize(
    ("more", "conflicts"),
    [
        ([{"name": "notes", "text_scanned": True}], []),
        ([{"name": "city", "categories": ["pd:City"]}], []),
        ([{"name": "job", "categories": ["pd:City"]}], ["fields[].categories"]),
        ([{"name": "notes", "free_text": False}], ["fields[].free_text"]),
        ([{"name": "job"}, {"name": "job"}], ["fields"]),
    ],
)
def test_fields_are_joined_by_their_name(more: Any, conflicts: list[str]) -> None:
    event = StepEvent.create("profiling", facts={"fields": FIELDS})
    assert event.with_facts({"fields": more})[1] == conflicts
    assert merge({"fields": FIELDS}, {"fields": more}) == conflicts


def test_a_field_without_a_name_joins_nothing() -> None:
    assert merge({"fields": FIELDS}, {"fields": [{"free_text": True}]}) == ["fields"]


def test_joined_fields_know_what_both_say() -> None:
    event = StepEvent.create("profiling", facts={"fields": FIELDS})
    joined, _ = event.with_facts(
        {"fields": [{"name": "notes", "text_scanned": True}, {"name": "city"}]}
    )
    assert joined.facts.fields is not None
    notes, job, city = joined.facts.fields
    assert (notes.free_text, notes.text_scanned) == (True, True)
    assert (job.categories, city.name) == (("pd:Job",), "city")


def test_conflicts_come_in_order() -> None:
    facts = {"subject": {"country": "FI", "language": "fi"}, "ai": {"model": "m"}}
    event = StepEvent.create("profiling", facts=facts)
    other = {"subject": {"language": "nl", "country": "NL"}, "ai": {"model": "n"}}
    assert event.with_facts(other)[1] == ["ai.model", "subject.country", "subject.language"]
