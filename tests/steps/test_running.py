"""A governed function is still the function: arguments, result, name, exceptions."""

from __future__ import annotations

import functools
import inspect
from typing import Annotated

import pytest
from pydantic import BaseModel

from aboveboard import NotPersonal, StepDenied, SubjectId, pd, profiling, set_default_gate
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from tests.steps.helpers import scoring

Job = Annotated[str, pd.Job]
Number = Annotated[int, NotPersonal]


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Job


class OwnError(Exception):
    pass


def test_arguments_of_every_kind_arrive(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(
        job: Job, /, number: Number, more: Number = 3, *rest: Number, last: Number = 5
    ) -> tuple[object, ...]:
        return job, number, more, rest, last

    assert score("a", 1) == ("a", 1, 3, (), 5)
    assert score("a", number=1, more=2) == ("a", 1, 2, (), 5)
    assert score("a", 1, 2, 7, 8, last=9) == ("a", 1, 2, (7, 8), 9)


def test_keyword_only_and_keywords_that_are_not_personal(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(*, lead: Lead, **options: Number) -> tuple[str, dict[str, int]]:
        return lead.job, options

    assert score(lead=Lead(id="1", job="buyer"), depth=2) == ("buyer", {"depth": 2})


def test_name_docstring_and_signature_stay(gate: Gate) -> None:
    def score(lead: Lead, number: Number = 2) -> int:
        """How likely."""
        return number

    governed = scoring(gate=gate)(score)
    assert governed.__name__ == "score"
    assert governed.__doc__ == "How likely."
    assert governed.__module__ == __name__
    assert inspect.signature(governed) == inspect.signature(score)
    assert inspect.unwrap(governed) is score


def test_a_missing_argument_is_the_functions_own_type_error(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(TypeError, match="lead"):
        score()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        score(Lead(id="1", job="x"), 2)  # type: ignore[call-arg]


def test_an_exception_of_the_function_passes_unchanged(gate: Gate) -> None:
    error = OwnError("as raised")

    @scoring(gate=gate)
    def score(lead: Lead) -> int:
        raise error

    with pytest.raises(OwnError) as caught:
        score(Lead(id="1", job="x"))
    assert caught.value is error


def test_methods_class_methods_and_static_methods(gate: Gate) -> None:
    class Scorer:
        factor = 3

        @scoring(gate=gate)
        def own(self, lead: Lead) -> int:
            return len(lead.job) * self.factor

        @classmethod
        @scoring(gate=gate)
        def of_class(cls, lead: Lead) -> int:
            return len(lead.job) * cls.factor

        @staticmethod
        @scoring(gate=gate)
        def static(lead: Lead) -> int:
            return len(lead.job)

    lead = Lead(id="1", job="buyer")
    assert (Scorer().own(lead), Scorer.of_class(lead), Scorer.static(lead)) == (15, 15, 5)
    assert Scorer().own(lead=lead) == 15


def test_partials_and_objects_that_are_called(gate: Gate) -> None:
    def score(lead: Lead, factor: Number) -> int:
        return len(lead.job) * factor

    class Scorer:
        def __call__(self, lead: Lead) -> int:
            return len(lead.job)

    lead = Lead(id="1", job="buyer")
    assert scoring(gate=gate)(functools.partial(score, factor=2))(lead) == 10
    assert scoring(gate=gate)(Scorer())(lead) == 5


def test_a_decorator_below_keeps_the_annotations(gate: Gate) -> None:
    def shouting(function):
        @functools.wraps(function)
        def called(*args, **kwargs):
            return function(*args, **kwargs).upper()

        return called

    @scoring(gate=gate)
    @shouting
    def score(lead: Lead) -> str:
        return lead.job

    assert score(Lead(id="1", job="buyer")) == "BUYER"


def test_both_phases_are_decided_and_logged(gate: Gate, log: list[dict]) -> None:
    @scoring(gate=gate)
    def score(lead: Lead) -> int:
        log.append({"event": "ran"})
        return 1

    score(Lead(id="1", job="x"))
    assert [(e["event"], e.get("phase")) for e in log] == [
        ("step.allowed", "requested"),
        ("ran", None),
        ("step.allowed", "completed"),
    ]
    assert len({entry["decision_id"] for entry in log if "decision_id" in entry}) == 2


def test_the_default_gate_is_asked_when_none_is_named(gate: Gate) -> None:
    before = set_default_gate(gate)
    try:

        @scoring()
        def score(lead: Lead) -> int:
            return 1

        assert score(Lead(id="1", job="x")) == 1
    finally:
        set_default_gate(before)


def test_a_new_default_gate_takes_over_at_the_next_call(ruled) -> None:
    before = set_default_gate(ruled("profiling", effect="deny"))
    try:

        @scoring()
        def score(lead: Lead) -> int:
            return 1

        with pytest.raises(StepDenied):
            score(Lead(id="1", job="x"))
        set_default_gate(Gate(Settings(), organisation=example()))
        assert score(Lead(id="1", job="x")) == 1
    finally:
        set_default_gate(before)


def test_recursion_and_nested_steps(gate: Gate) -> None:
    @scoring(gate=gate)
    def inner(lead: Lead) -> int:
        return 1

    @scoring(gate=gate)
    def outer(lead: Lead, depth: Number) -> int:
        return inner(lead) if depth == 0 else 1 + outer(lead, depth - 1)

    assert outer(Lead(id="1", job="x"), 3) == 4


def test_a_denial_of_an_inner_step_passes_through_the_outer_one(gate: Gate) -> None:
    @profiling(purpose="lead_scoring", facts={"objections.profiling": True}, gate=gate)
    def inner(lead: Lead) -> int:
        return 1

    @scoring(gate=gate)
    def outer(lead: Lead) -> int:
        return inner(lead)

    with pytest.raises(StepDenied, match=r"'.*inner'"):
        outer(Lead(id="1", job="x"))
