"""Every kind of callable, and what cannot be governed says so."""

from __future__ import annotations

import contextlib
import functools
import inspect
import operator
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import NotPersonal, SignatureError, StepDenied, SubjectId, pd, profiling
from aboveboard.gate import Gate
from tests.steps.gates import gate_with
from tests.steps.helpers import scoring

Number = Annotated[int, NotPersonal]


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]
    age: Annotated[int | None, pd.Age] = None


LEAD = Lead(id="1", job="buyer", age=52)


def governed(log: list[dict]) -> int:
    """How many decisions were made since last asked."""
    count = len(log)
    log.clear()
    return count


def test_methods_of_every_kind_above_and_below(gate: Gate, log: list[dict]) -> None:
    step = scoring(gate=gate)

    class Scorer:
        factor = 3

        @step
        @classmethod
        def above(cls, lead: Lead) -> Number:
            assert lead.age is None
            return len(lead.job) * cls.factor

        @classmethod
        @step
        def below(cls, lead: Lead) -> Number:
            assert lead.age is None
            return len(lead.job) * cls.factor

        @step
        @staticmethod
        def static(lead: Lead) -> Number:
            assert lead.age is None
            return len(lead.job)

        def _plain(self, lead: Lead, factor: Number) -> Number:
            assert lead.age is None
            return len(lead.job) * factor

        part = step(functools.partialmethod(_plain, factor=2))
        whole = functools.partialmethod(step(_plain), factor=4)

    for scorer in (Scorer, Scorer()):
        assert (scorer.above(LEAD), scorer.below(LEAD), scorer.static(LEAD)) == (15, 15, 5)
        assert governed(log) == 6
    assert (Scorer().part(LEAD), Scorer().whole(LEAD)) == (10, 20)
    assert governed(log) == 4
    bound = step(Scorer()._plain)
    assert bound(LEAD, 1) == 5
    assert bound.__name__ == "_plain"


def test_what_a_partial_has_fixed_is_judged_too(gate: Gate) -> None:
    @scoring(gate=gate)
    def age(lead: Lead) -> Any:
        return lead.age

    def plain(lead: Lead) -> Any:
        return lead.age

    assert functools.partial(age, LEAD)() is None
    assert scoring(gate=gate)(functools.partial(plain, LEAD))() is None
    assert scoring(gate=gate)(functools.partial(plain, lead=LEAD))() is None


class Plain:
    """Scores."""

    secret = "attribute"

    def __call__(self, lead: Lead) -> Number:
        return len(lead.job)


class Async:
    async def __call__(self, lead: Lead) -> Number:
        return len(lead.job)


class Streaming:
    def __call__(self, lead: Lead) -> Iterator[Number]:
        yield len(lead.job)


class AsyncStreaming:
    async def __call__(self, lead: Lead) -> AsyncIterator[Number]:
        yield len(lead.job)


@pytest.mark.anyio
async def test_objects_that_are_called(gate: Gate, log: list[dict]) -> None:
    step = scoring(gate=gate)
    plain = step(Plain())
    assert plain(LEAD) == 5
    assert (plain.__name__, plain.__doc__) == ("Plain", "Scores.")
    assert list(inspect.signature(plain).parameters) == ["lead"]
    assert await step(Async())(LEAD) == 5
    assert inspect.iscoroutinefunction(step(Async()))
    assert list(step(Streaming())(LEAD)) == [5]
    assert [item async for item in step(AsyncStreaming())(LEAD)] == [5]
    assert governed(log) == 8


def test_a_cache_below_stays_a_cache(gate: Gate) -> None:
    ran = []

    @scoring(gate=gate)
    @functools.cache
    def score(number: Number) -> Number:
        ran.append(number)
        return number

    assert (score(1), score(1)) == (1, 1)
    assert ran == [1]


def test_lambdas_say_nothing_of_their_arguments(gate: Gate) -> None:
    assert scoring(gate=gate)(lambda: 5)() == 5
    with pytest.raises(SignatureError, match=r"Parameter 'lead' of '.*<lambda>'"):
        scoring(gate=gate)(lambda lead: 5)


@pytest.mark.parametrize("thing", [len, print, {}.get, str.upper, "x".upper, dict.fromkeys])
def test_builtins_are_refused_by_name(gate: Gate, thing: Any) -> None:
    with pytest.raises(SignatureError, match="is built in and says nothing"):
        scoring(gate=gate)(thing)
    with pytest.raises(SignatureError, match="is built in and says nothing"):
        scoring(gate=gate)(functools.partial(thing, "x"))


@pytest.mark.parametrize("thing", [operator.itemgetter(0), operator.methodcaller("LEAKED")])
def test_objects_that_say_nothing_of_their_arguments_are_refused(gate: Gate, thing: Any) -> None:
    # From Python 3.13 on they say that there is one, and not what it is.
    said = "says nothing of its arguments|does not say what it is"
    with pytest.raises(SignatureError, match=said) as refused:
        scoring(gate=gate)(thing)
    assert "LEAKED" not in str(refused.value)


@pytest.mark.parametrize("option", [
    "purpose", "model", "recipient", "facts", "result_facts", "disclose", "gate",
])  # fmt: skip
def test_options_of_the_wrong_type_are_refused_by_name(option: str) -> None:
    with pytest.raises(SignatureError, match=rf"^{option}: expected .*; got bytes\.$"):
        profiling(**{option: b"LEAKED"})  # type: ignore[arg-type]


def test_properties_are_refused_with_the_way_out(gate: Gate) -> None:
    with pytest.raises(SignatureError, match="below @property"):
        scoring(gate=gate)(property(lambda self: 1))


def redacting(tmp_path: Any, path: str) -> Gate:
    return gate_with(
        tmp_path,
        "profiling",
        effect="oblige",
        obligation={"kind": "redact", "paths": [path]},
    )


def test_positional_only_arguments_that_were_not_given_are_cut(tmp_path) -> None:
    @scoring(gate=redacting(tmp_path, "lead.age"))
    def score(number: Number = 1, lead: Lead = LEAD, /, **more: Number) -> tuple[Any, ...]:
        return number, lead.age, more

    assert score() == (1, None, {})
    assert score(2) == (2, None, {})
    assert score(2, LEAD, lead=7) == (2, None, {"lead": 7})


def test_keyword_only_arguments_after_any_number_are_cut(tmp_path) -> None:
    @scoring(gate=redacting(tmp_path, "lead.age"))
    def score(number: Number, *rest: Number, lead: Lead = LEAD) -> tuple[Any, ...]:
        return number, rest, lead.age

    assert score(1, 2, 3) == (1, (2, 3), None)
    assert score(1, 2, 3, lead=LEAD) == (1, (2, 3), None)


def test_a_context_manager_function_in_either_order(gate: Gate, log: list[dict]) -> None:
    seen: list[Any] = []

    def session(lead: Lead) -> Iterator[Number]:
        seen.append(lead.age)
        try:
            yield 5
        except KeyError:
            seen.append("caught")
        finally:
            seen.append("closed")

    step = scoring(gate=gate)
    for managed in (
        contextlib.contextmanager(step(session)),
        step(contextlib.contextmanager(session)),
    ):
        assert managed.__name__ == "session"
        with managed(LEAD) as number:
            assert number == 5
            assert [entry["phase"] for entry in log] == ["requested", "completed"]
            raise KeyError
        assert seen == [None, "caught", "closed"]
        seen.clear()
        log.clear()


@pytest.mark.anyio
async def test_an_async_context_manager_function_in_either_order(
    gate: Gate, log: list[dict]
) -> None:
    seen: list[Any] = []

    async def session(lead: Lead) -> AsyncIterator[Number]:
        try:
            yield 5
        finally:
            seen.append("closed")

    step = scoring(gate=gate)
    for managed in (
        contextlib.asynccontextmanager(step(session)),
        step(contextlib.asynccontextmanager(session)),
    ):
        async with managed(LEAD) as number:
            assert number == 5
        assert seen == ["closed"]
        assert governed(log) == 2
        seen.clear()


def test_a_denied_context_manager_is_not_entered(tmp_path) -> None:
    ran = []

    @scoring(gate=gate_with(tmp_path, "profiling"))
    @contextlib.contextmanager
    def session(lead: Lead) -> Iterator[Number]:
        ran.append(True)
        yield 1

    with pytest.raises(StepDenied), session(LEAD):
        ran.append(True)
    assert ran == []
