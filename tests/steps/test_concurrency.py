"""Threads, tasks and cancellation: each call is judged by itself, and the next one works."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import Gate, NotPersonal, Settings, StepDenied, SubjectId, pd
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import compliant_event
from tests.steps.helpers import ASKED, OBJECTS, scoring


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]
    age: Annotated[int | None, pd.Age] = None


def objecting(lead: Lead) -> dict[str, Any]:
    return OBJECTS if lead.job == "objecting" else ASKED


def leads() -> list[Lead]:
    return [
        Lead(id=str(number), job="objecting" if number % 3 == 0 else f"job-{number}", age=number)
        for number in range(120)
    ]


def test_threads_share_a_step_and_mix_nothing_up(gate: Gate) -> None:
    @scoring(gate=gate, facts=objecting)
    def score(lead: Lead) -> Annotated[str, NotPersonal]:
        assert lead.age is None
        return lead.job

    barrier = threading.Barrier(8)

    def work(lead: Lead) -> str:
        if int(lead.id) < 8:
            barrier.wait()
        try:
            return score(lead)
        except StepDenied:
            return "denied"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, leads()))
    assert found == ["denied" if lead.job == "objecting" else lead.job for lead in leads()]


@pytest.mark.anyio
async def test_tasks_share_a_step_and_mix_nothing_up(gate: Gate) -> None:
    @scoring(gate=gate, facts=objecting)
    async def score(lead: Lead) -> Annotated[str, NotPersonal]:
        await asyncio.sleep(0)
        assert lead.age is None
        return lead.job

    async def work(lead: Lead) -> str:
        try:
            return await score(lead)
        except StepDenied:
            return "denied"

    found = await asyncio.gather(*map(work, leads()))
    assert found == ["denied" if lead.job == "objecting" else lead.job for lead in leads()]


@pytest.mark.anyio
async def test_a_decision_cancelled_on_its_way_leaves_nothing_half_done() -> None:
    asked = asyncio.Event()
    release = asyncio.Event()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await release.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    ran = []
    gate = Gate(Settings(engine="opa", opa_url=url, timeout_s=30), organisation=example())

    @scoring(gate=gate, facts=ASKED)
    async def score(lead: Lead) -> Annotated[int, NotPersonal]:
        ran.append(lead)
        return 1

    task = asyncio.create_task(score(Lead(id="1", job="x")))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ran == []
    release.set()
    await gate.aclose()
    server.close()


@pytest.mark.anyio
@pytest.mark.opa
async def test_after_cancelled_decisions_the_next_ones_are_right(
    opa_server: Any, tmp_path: Any
) -> None:
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    allowed = compliant_event("profiling")
    denied = compliant_event("profiling", changes={"objections.profiling": True})
    with opa_server(archive, bundle=True) as url:
        gate = Gate(Settings(engine="opa", opa_url=url, timeout_s=10), organisation=example())
        assert (await gate.acheck(allowed)).effect == "allow"
        for turn in range(40):
            task = asyncio.create_task(gate.acheck(denied))
            for _ in range(turn % 8):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            # An answer that was meant for the cancelled one would deny this one.
            assert (await gate.acheck(allowed)).effect == "allow"
        assert (await gate.acheck(denied)).effect == "deny"
        await gate.aclose()


@pytest.mark.anyio
async def test_a_cancelled_step_is_not_judged_afterwards(gate: Gate, log: list[dict]) -> None:
    started = asyncio.Event()

    @scoring(gate=gate)
    async def score(lead: Lead) -> Annotated[int, NotPersonal]:
        started.set()
        await asyncio.Event().wait()
        return 1

    task = asyncio.create_task(score(Lead(id="1", job="x")))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [entry["phase"] for entry in log] == ["requested"]
