"""Generators: nothing runs before the first item, and every item is judged as it leaves."""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterable, Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import (
    NotPersonal,
    SignatureError,
    StepDenied,
    StepEscalated,
    SubjectId,
    data_collection,
    pd,
    profiling,
)
from aboveboard.gate import Gate
from aboveboard.steps.signature import read_signature
from tests.steps.helpers import collecting, scoring

Number = Annotated[int, NotPersonal]


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]


class Contact(BaseModel):
    id: Annotated[str, SubjectId]
    name: Annotated[str, pd.Name]
    age: Annotated[int | None, pd.Age] = None


class Score(BaseModel):
    value: Annotated[int, NotPersonal]
    religion: Annotated[str | None, pd.Religion] = None


LEAD = Lead(id="1", job="buyer")
BAD = {"ai.prompt_hash": "bad"}


def judged(item: Any) -> dict[str, Any]:
    """Facts of an item: 13 is bad."""
    return BAD if item == 13 else {"ai.prompt_hash": "good"}


@pytest.fixture
def stopping(ruled) -> Gate:
    """Stops items of the bad prompt."""
    return ruled("profiling", 'input.ai.prompt_hash == "bad"', phase="completed")


def test_the_request_is_decided_at_the_first_item(gate: Gate, log: list[dict]) -> None:
    ran = []

    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        ran.append(lead)
        yield 1
        yield 2

    stream = scores(LEAD)
    assert (ran, log) == ([], [])
    assert next(stream) == 1
    assert ran == [LEAD]
    assert [entry["phase"] for entry in log] == ["requested", "completed"]
    assert list(stream) == [2]
    assert [entry["phase"] for entry in log] == ["requested", "completed", "completed"]


def test_a_denied_stream_never_starts(gate: Gate) -> None:
    ran = []

    @profiling(purpose="lead_scoring", facts={"objections.profiling": True}, gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        ran.append(lead)
        yield 1

    stream = scores(LEAD)
    with pytest.raises(StepDenied):
        next(stream)
    assert ran == []
    assert list(stream) == []


def test_it_is_still_a_generator_function(gate: Gate) -> None:
    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        """As they come."""
        yield 1

    assert inspect.isgeneratorfunction(scores)
    assert inspect.isgenerator(scores(LEAD))
    assert (scores.__name__, scores.__doc__) == ("scores", "As they come.")
    with pytest.raises(TypeError, match="lead"):
        next(scores())  # type: ignore[call-arg]


@pytest.mark.parametrize(("effect", "kind"), [("deny", StepDenied), ("escalate", StepEscalated)])
def test_a_stopped_item_raises_and_closes_the_source(ruled, effect: str, kind: type) -> None:
    seen: list[Any] = []
    gate = ruled("profiling", 'input.ai.prompt_hash == "bad"', phase="completed", effect=effect)

    @scoring(gate=gate, result_facts=judged)
    def scores(lead: Lead) -> Iterator[Number]:
        try:
            for item in (1, 13, 3):
                seen.append(item)
                yield item
        finally:
            seen.append("closed")

    stream = scores(LEAD)
    assert next(stream) == 1
    with pytest.raises(kind) as stopped:
        next(stream)
    assert stopped.value.verdict.phase == "completed"
    assert seen == [1, 13, "closed"]
    assert list(stream) == []


def test_stopped_items_are_skipped_where_that_is_chosen(stopping: Gate, log: list[dict]) -> None:
    @scoring(gate=stopping, result_facts=judged, on_stopped="skip")
    def scores(lead: Lead) -> Iterator[Number]:
        yield from (13, 1, 13, 2, 13)

    assert list(scores(LEAD)) == [1, 2]
    assert [entry["event"] for entry in log].count("step.denied") == 3


def test_skipping_is_not_for_the_request_nor_for_steps_inside(gate: Gate) -> None:
    refusing = {"objections.profiling": True}

    @profiling(purpose="lead_scoring", facts=refusing, gate=gate, on_stopped="skip")
    def scores(lead: Lead) -> Iterator[Number]:
        yield 1

    with pytest.raises(StepDenied):
        list(scores(LEAD))

    @profiling(purpose="lead_scoring", facts=refusing, gate=gate)
    def inner(lead: Lead) -> Number:
        return 1

    @scoring(gate=gate, on_stopped="skip")
    def outer(lead: Lead) -> Iterator[Number]:
        yield inner(lead)

    with pytest.raises(StepDenied, match="inner"):
        list(outer(LEAD))


def test_the_source_is_never_ahead_of_what_was_judged(gate: Gate) -> None:
    drawn = []

    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        for item in range(3):
            drawn.append(item)
            yield item

    for expected, item in enumerate(scores(LEAD)):
        assert item == expected
        assert drawn == list(range(expected + 1))


def test_send_throw_and_the_return_value_are_the_sources_own(gate: Gate) -> None:
    @scoring(gate=gate)
    def echo(lead: Lead) -> Generator[Number, Annotated[Any, NotPersonal], str]:
        got = yield 0
        while got != "stop":
            try:
                got = yield got
            except KeyError as error:
                got = yield error.args[0]
        return "returned"

    stream = echo(LEAD)
    assert next(stream) == 0
    assert stream.send(5) == 5
    assert stream.throw(KeyError(7)) == 7
    assert stream.send(8) == 8
    with pytest.raises(StopIteration) as end:
        stream.send("stop")
    assert end.value.value == "returned"

    stream = echo(LEAD)
    next(stream)
    error = ValueError("as thrown")
    with pytest.raises(ValueError, match="as thrown") as thrown:
        stream.throw(error)
    assert thrown.value is error


def test_close_runs_the_sources_finally(gate: Gate) -> None:
    closed = []

    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    stream = scores(LEAD)
    next(stream)
    stream.close()
    assert closed == [True]
    stream = scores(LEAD)
    next(stream)
    del stream
    assert closed == [True, True]
    scores(LEAD).close()
    assert closed == [True, True]


def test_a_source_that_will_not_close_is_pythons_own_error(gate: Gate) -> None:
    @scoring(gate=gate)
    def stubborn(lead: Lead) -> Iterator[Number]:
        while True:
            try:
                yield 1
            except GeneratorExit:
                yield 2

    stream = stubborn(LEAD)
    next(stream)
    with pytest.raises(RuntimeError, match="ignored GeneratorExit"):
        stream.close()


def test_an_exception_of_the_source_passes_unchanged(gate: Gate) -> None:
    error = LookupError("own")

    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        yield 1
        raise error

    stream = scores(LEAD)
    next(stream)
    with pytest.raises(LookupError) as caught:
        next(stream)
    assert caught.value is error


def test_each_item_is_cut_on_its_own(ruled) -> None:
    gate = ruled(
        "profiling",
        'input.ai.prompt_hash == "bad"',
        phase="completed",
        effect="oblige",
        obligation={"kind": "redact", "paths": ["result.religion"]},
    )

    @scoring(gate=gate, result_facts=lambda item: judged(item.value))
    def scores(lead: Lead) -> Iterator[Score]:
        for value in (13, 1, 13):
            yield Score(value=value, religion="stated")

    assert [item.religion for item in scores(LEAD)] == [None, "stated", None]


def test_a_notice_is_shown_before_the_item_and_then_known(ruled) -> None:
    shown: list[str] = []
    gate = ruled(
        "profiling",
        "not input.ai.disclosure_shown_at",
        phase="completed",
        effect="oblige",
        obligation={"kind": "disclose", "notice": "ai_disclosure"},
        disclose=lambda item: shown.append(item.notice),
    )

    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number]:
        shown.append("first")
        yield 1
        shown.append("second")
        yield 2

    assert list(scores(LEAD)) == [1, 2]
    assert shown == ["first", "ai_disclosure", "second"]


def test_iterators_that_a_plain_function_returns_are_judged_too(stopping: Gate) -> None:
    @scoring(gate=stopping, result_facts=judged)
    def annotated(lead: Lead) -> Iterator[Number]:
        return iter([1, 13])

    @scoring(gate=stopping, result_facts=judged)
    def unannotated(lead: Lead):
        return (item for item in (1, 13))

    for function in (annotated, unannotated):
        stream = function(LEAD)
        assert next(stream) == 1
        with pytest.raises(StepDenied):
            next(stream)


def test_a_stream_that_is_not_there_is_a_result(gate: Gate, log: list[dict]) -> None:
    @scoring(gate=gate)
    def scores(lead: Lead) -> Iterator[Number] | None:
        return None

    assert scores(LEAD) is None
    assert [entry["phase"] for entry in log] == ["requested", "completed"]


def test_the_annotation_says_what_an_item_is() -> None:
    def numbers(n: Number) -> Annotated[Iterator[int], NotPersonal]: ...

    assert read_signature(numbers, result_needed=True).result == ()

    def leads(n: Number) -> Generator[Lead, None, None]: ...
    def pages(n: Number) -> Iterator[list[Lead]]: ...
    def some(n: Number) -> Iterable[Lead]:
        yield LEAD

    read = read_signature(leads, result_needed=True)
    assert [field.path for field in read.result] == ["result.job"]
    assert read.streamed
    read = read_signature(pages, result_needed=True)
    assert [field.path for field in read.result] == ["result[].job"]
    assert not read_signature(some, result_needed=False).streamed
    assert read_signature(some, result_needed=True, yields=True).streamed


def test_collecting_item_by_item(gate: Gate, log: list[dict]) -> None:
    @collecting(gate=gate)
    def leads(n: Number) -> Iterator[Contact]:
        for number in range(n):
            yield Contact(id=str(number), name="N", age=52)

    assert [(lead.id, lead.age) for lead in leads(2)] == [("0", None), ("1", None)]


def wrong_items(lead: Lead) -> int:
    yield 1


def unsaid_items(lead: Lead):
    yield LEAD


def sent(lead: Lead) -> Generator[Number, str, None]:
    yield 1


def returned(number: Number) -> Generator[Lead, None, Lead]:
    yield LEAD
    return LEAD


@pytest.mark.parametrize(
    ("step", "function", "message"),
    [
        (profiling, wrong_items, "not annotated as what does"),
        (data_collection, unsaid_items, "does not say what it returns"),
        (profiling, sent, "is sent into 'sent'"),
        (data_collection, returned, "is returned by 'returned'"),
    ],
)
def test_what_would_pass_unseen_is_refused_at_decoration(
    gate: Gate, step: Any, function: Any, message: str
) -> None:
    with pytest.raises(SignatureError, match=message):
        step(purpose="lead_scoring", gate=gate)(function)


def test_skipping_is_for_generators(gate: Gate) -> None:
    def score(lead: Lead) -> Number:
        return 1

    with pytest.raises(SignatureError, match="gives out no items"):
        scoring(gate=gate, on_stopped="skip")(score)
    with pytest.raises(SignatureError, match="expected 'raise' or 'skip'"):
        scoring(gate=gate, on_stopped="ignore")
