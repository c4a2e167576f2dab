"""Async generators: as generators, and a cancelled consumer closes the source."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import NotPersonal, StepDenied, SubjectId, pd, profiling
from aboveboard.gate import Gate
from tests.steps.helpers import scoring

pytestmark = pytest.mark.anyio

Number = Annotated[int, NotPersonal]


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]


LEAD = Lead(id="1", job="buyer")


def judged(item: Any) -> dict[str, Any]:
    return {"ai.prompt_hash": "bad" if item == 13 else "good"}


@pytest.fixture
def stopping(ruled) -> Gate:
    return ruled("profiling", 'input.ai.prompt_hash == "bad"', phase="completed")


async def test_items_leave_one_by_one(gate: Gate, log: list[dict]) -> None:
    drawn = []

    @scoring(gate=gate)
    async def scores(lead: Lead) -> AsyncIterator[Number]:
        for item in range(3):
            drawn.append(item)
            yield item

    assert inspect.isasyncgenfunction(scores)
    stream = scores(LEAD)
    assert (drawn, log) == ([], [])
    async for item in stream:
        assert drawn == list(range(item + 1))
    assert [entry["phase"] for entry in log] == ["requested", *["completed"] * 3]


async def test_a_denied_stream_never_starts(gate: Gate) -> None:
    ran = []

    @profiling(purpose="lead_scoring", facts={"objections.profiling": True}, gate=gate)
    async def scores(lead: Lead) -> AsyncIterator[Number]:
        ran.append(lead)
        yield 1

    with pytest.raises(StepDenied):
        await anext(scores(LEAD))
    assert ran == []


async def test_a_stopped_item_raises_and_closes_the_source(stopping: Gate) -> None:
    seen: list[Any] = []

    @scoring(gate=stopping, result_facts=judged)
    async def scores(lead: Lead) -> AsyncIterator[Number]:
        try:
            for item in (1, 13, 3):
                seen.append(item)
                yield item
        finally:
            await asyncio.sleep(0)
            seen.append("closed")

    stream = scores(LEAD)
    assert await anext(stream) == 1
    with pytest.raises(StepDenied):
        await anext(stream)
    assert seen == [1, 13, "closed"]
    assert [item async for item in stream] == []


async def test_stopped_items_are_skipped_where_that_is_chosen(stopping: Gate) -> None:
    @scoring(gate=stopping, result_facts=judged, on_stopped="skip")
    async def scores(lead: Lead) -> AsyncIterator[Number]:
        for item in (13, 1, 13, 2):
            yield item

    assert [item async for item in scores(LEAD)] == [1, 2]


async def test_asend_athrow_and_aclose_are_the_sources_own(gate: Gate) -> None:
    closed = []

    @scoring(gate=gate)
    async def echo(lead: Lead) -> AsyncGenerator[Number, Annotated[Any, NotPersonal]]:
        try:
            got = yield 0
            while True:
                try:
                    got = yield got
                except KeyError as error:
                    got = yield error.args[0]
        finally:
            closed.append(True)

    stream = echo(LEAD)
    assert await anext(stream) == 0
    assert await stream.asend(5) == 5
    assert await stream.athrow(KeyError(7)) == 7
    error = ValueError("as thrown")
    with pytest.raises(ValueError, match="as thrown") as thrown:
        await stream.athrow(error)
    assert thrown.value is error
    assert closed == [True]

    stream = echo(LEAD)
    await anext(stream)
    await stream.aclose()
    assert closed == [True, True]


async def test_a_consumer_cancelled_while_it_waits_closes_the_source(gate: Gate) -> None:
    seen: list[str] = []
    waiting = asyncio.Event()

    @scoring(gate=gate)
    async def scores(lead: Lead) -> AsyncIterator[Number]:
        try:
            yield 1
            waiting.set()
            await asyncio.Event().wait()
        finally:
            seen.append("closed")

    async def consume() -> None:
        async for item in scores(LEAD):
            seen.append(str(item))  # noqa: PERF401  (one by one)

    task = asyncio.create_task(consume())
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["1", "closed"]


async def test_a_consumer_cancelled_while_an_item_is_judged_closes_the_source(ruled) -> None:
    seen: list[str] = []
    asked = asyncio.Event()

    async def show(_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    gate = ruled(
        "profiling",
        phase="completed",
        effect="oblige",
        obligation={"kind": "disclose", "notice": "ai_disclosure"},
        disclose=show,
    )

    @scoring(gate=gate)
    async def scores(lead: Lead) -> AsyncIterator[Number]:
        try:
            yield 1
        finally:
            seen.append("closed")

    task = asyncio.create_task(anext(scores(LEAD)))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["closed"]


async def test_a_stream_that_nobody_finishes_is_closed_with_its_loop(gate: Gate) -> None:
    seen: list[str] = []

    @scoring(gate=gate)
    async def scores(lead: Lead) -> AsyncIterator[Number]:
        try:
            yield 1
            yield 2
        finally:
            seen.append("closed")

    async for _ in scores(LEAD):
        break
    for _ in range(5):
        await asyncio.sleep(0)
    assert seen == ["closed"]


async def test_a_coroutine_that_returns_a_stream(stopping: Gate) -> None:
    async def source() -> AsyncIterator[int]:
        yield 1
        yield 13

    @scoring(gate=stopping, result_facts=judged)
    async def opened(lead: Lead) -> AsyncIterator[Number]:
        return source()

    @scoring(gate=stopping, result_facts=judged)
    def given(lead: Lead):
        return source()

    for stream in (await opened(LEAD), given(LEAD)):
        assert await anext(stream) == 1
        with pytest.raises(StepDenied):
            await anext(stream)


async def test_what_a_plain_function_leaves_to_await_is_judged(stopping: Gate) -> None:
    async def later(number: int) -> int:
        return number

    @scoring(gate=stopping, result_facts=judged)
    def score(lead: Lead, number: Number):
        return later(number)

    assert await score(LEAD, 1) == 1
    with pytest.raises(StepDenied):
        await score(LEAD, 13)
