"""`with profiling(...) as step:`, for what is no function of its own."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import pickle
import threading
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import (
    NotPersonal,
    SignatureError,
    StepDenied,
    SubjectId,
    data_collection,
    pd,
    profiling,
)
from aboveboard.gate import Gate
from aboveboard.steps import AsyncStepBlock, StepBlock
from tests.steps.gates import gate_with
from tests.steps.helpers import ASKED, LAWFUL, collecting, scoring

FIELD = {"name": "lead.job", "categories": ["pd:Job"]}
KNOWN: dict[str, Any] = {**ASKED, "fields": [FIELD]}
OBJECTING = {**KNOWN, "objections": {"profiling": True}}


class Score(BaseModel):
    value: Annotated[int, NotPersonal]
    religion: Annotated[str | None, pd.Religion] = None


class Contact(BaseModel):
    id: Annotated[str, SubjectId]
    name: Annotated[str, pd.Name]
    age: Annotated[int | None, pd.Age] = None


def block(gate: Gate, **more: Any) -> profiling:
    return scoring(gate=gate, **{"facts": KNOWN, **more})


def collected(gate: Gate) -> data_collection:
    return collecting(gate=gate, facts={**LAWFUL, "fields": []})


def test_judged_at_the_start_and_at_the_end(gate: Gate, log: list[dict]) -> None:
    with block(gate, subject="lead-1") as step:
        assert isinstance(step, StepBlock)
        assert (step.verdict.phase, step.verdict.effect) == ("requested", "allow")
        assert step.completed is None
        log.append({"event": "ran"})
        assert step.complete(80, facts={"ai.prompt_hash": "x"}) == 80
        assert step.completed is not None
        assert step.completed.phase == "completed"
    assert [(e["event"], e.get("phase")) for e in log] == [
        ("step.allowed", "requested"),
        ("ran", None),
        ("step.allowed", "completed"),
    ]
    assert log[0]["subject"] == gate.pseudonym("lead-1") == log[2]["subject"]


def test_a_denied_block_does_not_run(gate: Gate) -> None:
    ran = []
    with pytest.raises(StepDenied, match="step 'lead_scoring' was stopped"):  # noqa: SIM117
        with block(gate, facts=OBJECTING):
            ran.append(True)
    assert ran == []


def test_left_without_a_word_it_is_judged_all_the_same(tmp_path, log: list[dict]) -> None:
    gate = gate_with(tmp_path, "profiling", phase="completed")
    ran = []
    with pytest.raises(StepDenied) as stopped:  # noqa: SIM117
        with block(gate):
            ran.append(True)
    assert ran == [True]
    assert stopped.value.verdict.phase == "completed"


def test_a_result_that_may_not_leave_is_withheld(tmp_path, log: list[dict]) -> None:
    gate = gate_with(tmp_path, "profiling", phase="completed")
    with block(gate) as step:
        with pytest.raises(StepDenied):
            step.complete("LEAKED")
        assert step.completed is not None
        assert step.completed.effect == "deny"
    assert [entry["phase"] for entry in log] == ["requested", "completed"]


def test_an_exception_passes_unchanged_and_judges_nothing(gate: Gate, log: list[dict]) -> None:
    error = KeyError("own")
    with pytest.raises(KeyError) as caught, block(gate):
        raise error
    assert caught.value is error
    assert [entry["phase"] for entry in log] == ["requested"]


def test_the_fields_of_a_result_are_those_of_its_class(gate: Gate) -> None:
    people = [Contact(id="1", name="N", age=52)]
    with collected(gate) as step:
        first = step.complete(people[0])
        assert (first.name, first.age) == ("N", None)
        assert [item.age for item in step.complete(people)] == [None]
        assert step.complete([]) == []
    assert people[0].age == 52


def test_collected_data_that_say_nothing_do_not_pass(gate: Gate) -> None:
    with collected(gate) as step:
        with pytest.raises(StepDenied, match="cut"):
            step.complete("anything")
        named = [{"name": "result", "categories": ["pd:Name"]}]
        assert step.complete("buyer", facts={"fields": named}) == "buyer"


def test_what_a_block_cannot_cut_stops_it(gate: Gate) -> None:
    fields = [FIELD, {"name": "lead.religion", "categories": ["pd:Religion"]}]
    with (
        pytest.raises(StepDenied, match=r"lead\.religion"),
        block(gate, facts={**KNOWN, "fields": fields}),
    ):
        pass


def test_facts_of_the_result_and_a_facts_function(tmp_path) -> None:
    gate = gate_with(tmp_path, "profiling", 'input.ai.prompt_hash == "b"', phase="completed")
    with block(gate, facts=lambda: KNOWN, result_facts=lambda x: {"ai.prompt_hash": x}) as step:
        assert step.complete("a") == "a"
        with pytest.raises(StepDenied, match="TEST-01"):
            step.complete("b")
        with pytest.raises(StepDenied, match="contradict"):
            step.complete("a", facts={"ai.prompt_hash": "b"})
        with pytest.raises(StepDenied, match=r"runtime\.facts_failed"):
            step.complete("a", facts={"no.such": 1})


def test_entered_again_within_itself_and_by_interleaved_generators(
    gate: Gate, log: list[dict]
) -> None:
    shared = block(gate)
    with shared as outer, shared as inner:
        assert outer is not inner
        inner.complete(1)
    assert len(log) == 4

    def run(name: str):
        with shared as step:
            yield name
            step.complete(name)
            yield f"{name} done"

    one, two = run("one"), run("two")
    assert [next(one), next(two), next(one), next(two)] == ["one", "two", "one done", "two done"]
    assert [next(one, None), next(two, None)] == [None, None]
    assert len(log) == 8

    def recurse(depth: int) -> int:
        with shared as step:
            return step.complete(0 if depth == 0 else 1 + recurse(depth - 1))

    assert recurse(5) == 5
    assert len(log) == 8 + 12


def test_an_exit_stack_enters_and_leaves(gate: Gate, log: list[dict]) -> None:
    shared = block(gate)
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(shared)
        second = stack.enter_context(shared)
        assert second.complete(2) == 2
        assert first.completed is None
    assert [entry["phase"] for entry in log].count("completed") == 2


def test_many_threads_share_one_object(gate: Gate) -> None:
    shared = block(gate)
    barrier = threading.Barrier(8)
    done: list[int] = []

    def work(number: int) -> None:
        barrier.wait()
        for turn in range(10):
            with shared as step:
                done.append(step.complete(number * 100 + turn))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == sorted(n * 100 + t for n in range(8) for t in range(10))


@pytest.mark.anyio
async def test_tasks_that_enter_and_leave_by_hand_close_their_own(gate: Gate) -> None:
    """One frame after another lies in the same place in memory."""
    step = scoring(gate=gate)

    class Toggled:
        block: Any = None

        def toggle(self) -> None:
            if self.block is None:
                self.block = step.__enter__()
            else:
                step.__exit__(None, None, None)

    async def one(turns: int) -> bool:
        mine = Toggled()
        mine.toggle()
        for _ in range(turns):
            await asyncio.sleep(0)
        mine.toggle()
        return mine.block.completed is not None

    assert await asyncio.gather(*(one(turns) for turns in (1, 5, 3, 2))) == [True] * 4


@pytest.mark.anyio
async def test_async_blocks(gate: Gate, log: list[dict]) -> None:
    shared = block(gate)

    async def work(number: int) -> int:
        async with shared as step:
            assert isinstance(step, AsyncStepBlock)
            await asyncio.sleep(0)
            return await step.complete(number)

    assert await asyncio.gather(*(work(n) for n in range(20))) == list(range(20))
    assert [entry["phase"] for entry in log].count("completed") == 20
    log.clear()
    async with shared:
        pass
    assert [entry["phase"] for entry in log] == ["requested", "completed"]
    with pytest.raises(KeyError):
        async with shared:
            raise KeyError
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(shared)
    with pytest.raises(StepDenied):
        async with block(gate, facts=OBJECTING):
            pass


def test_what_is_for_functions_is_refused(gate: Gate) -> None:
    def score() -> int:
        return 1

    with pytest.raises(SignatureError, match="subject= is for 'with' blocks"):
        scoring(gate=gate, subject="1")(score)
    with pytest.raises(SignatureError, match="on_stopped is for generators"):
        block(gate, on_stopped="skip").__enter__()
    with pytest.raises(SignatureError, match="names 'lead'"):
        block(gate, facts=lambda lead: {}).__enter__()


def test_the_object_is_pickled_and_copied() -> None:
    given = profiling(purpose="lead_scoring", facts=KNOWN, subject="1", on_stopped="skip")
    for twin in (pickle.loads(pickle.dumps(given)), copy.copy(given), copy.deepcopy(given)):
        assert type(twin) is profiling
        assert twin._options == given._options
