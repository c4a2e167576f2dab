"""Whether it holds under load: right verdicts, flat memory, an event loop that breathes.

    tox -e load                 # prints the table and checks it against the targets
    tox -e load -- --write      # also writes tests/benchmarks/LOAD.md

Nobody pauses: each of 8 threads, then each of 200 tasks, asks again as soon as it is answered, so
the gate is always at its limit. Each verdict is compared with the one that its event got alone.

Two things are as on a server. OPA has one core and the load another, where there are two, so that the
two do not take each other's; what the host of a virtual machine takes is in the stalls all the same.
And what is there before the load is kept out of garbage collection (`gc.freeze`), which else stops
every thread of a process for as long as it takes to walk through all that was ever imported.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import resource
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aboveboard import Gate, Settings, StepEvent
from aboveboard.facts import Phase, Step
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import compliant_event
from aboveboard.verdicts import Verdict
from tests.benchmarks.load_table import Row, render
from tests.benchmarks.run import quiet
from tests.opa_server import opa_server
from tools.opa import find_opa

LOAD = Path(__file__).with_name("LOAD.md")
THREADS, TASKS, DECISIONS, GATES = 8, 200, 300_000, 200
KEPT = 1 << 17
"""Latencies that one tally keeps: the last ones, in memory that is taken before measuring."""

CHANGES: Sequence[tuple[Step, Phase, Mapping[str, Any]]] = (
    ("data_collection", "requested", {}),
    ("data_collection", "requested", {"fields.0.categories": ["pd:HealthRecord"]}),
    ("data_collection", "requested", {"processing.legal_basis": None}),
    ("profiling", "requested", {}),
    ("profiling", "requested", {"objections.profiling": True}),
    ("recommendation", "requested", {}),
    ("recommendation", "requested", {"consent.0.status": "dpv:ConsentWithdrawn"}),
    ("recommendation", "requested", {"objections.direct_marketing": True}),
    ("recommendation", "completed", {"recommendation.cheapest_suitable_shown": False}),
    ("decision", "requested", {}),
    ("decision", "requested", {"conversation.user_requested_human": True}),
    ("decision", "requested", {"ai.interacts_directly": True}),
)


@dataclass(frozen=True, slots=True)
class Case:
    """An event and what it was answered when nothing else went on."""

    event: StepEvent
    expected: tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Tally:
    """What one thread, or all tasks of one loop, counted."""

    count: int = 0
    wrong: int = 0
    failed: int = 0
    times: array[float] = field(default_factory=lambda: array("d", bytes(8 * KEPT)))

    def add(self, case: Case, verdict: Verdict, started: float) -> None:
        self.times[self.count % KEPT] = time.perf_counter() - started
        self.count += 1
        found = answered(verdict)
        if found != case.expected:
            self.wrong += 1
            self.failed += any(rule.startswith("runtime.") for rule in found[1])


def main() -> int:
    """Load, print, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each load (60)")
    parser.add_argument("--write", action="store_true", help="write LOAD.md")
    arguments = parser.parse_args()
    quiet()
    cases = make_cases()
    # What is to leave memory flat comes before what takes some for its threads and tasks.
    rows = [many_decisions(cases), many_gates(cases)]
    rows += [*embedded(cases, arguments.seconds), *opa(cases, arguments.seconds)]
    table = render(rows, arguments.seconds, len(cases))
    print(table)
    if arguments.write:
        LOAD.write_text(table, encoding="utf-8")
    return 0 if all(row.holds for row in rows) else 1


def make_cases() -> list[Case]:
    """The events, each decided once by the embedded engine."""
    with gate_of("embedded") as gate:
        events = [compliant_event(step, phase, changes=to) for step, phase, to in CHANGES]
        cases = [Case(event, answered(gate.check(event))) for event in events]
    assert {case.expected[0] for case in cases} == {"allow", "escalate", "deny"}
    return cases


def answered(verdict: Verdict) -> tuple[str, tuple[str, ...]]:
    """Effect and rules of a verdict."""
    return verdict.effect, tuple(sorted(finding.rule for finding in verdict.findings))


@contextmanager
def gate_of(engine: Literal["embedded", "opa"], url: str | None = None) -> Iterator[Gate]:
    """A gate that is closed in the end; OPA shares the cores with the load, so it may take long."""
    stated: dict[str, Any] = {"opa_url": url, "timeout_s": 10} if url else {}
    gate = Gate(Settings.load(engine=engine, **stated), organisation=example())
    try:
        yield gate
    finally:
        gate.close()


def embedded(cases: Sequence[Case], seconds: float) -> list[Row]:
    """Threads and tasks on the embedded engine."""
    with gate_of("embedded") as gate:
        return [
            in_threads("embedded", gate, cases, seconds),
            asyncio.run(in_tasks("embedded", gate, cases, seconds)),
        ]


def opa(cases: Sequence[Case], seconds: float) -> list[Row]:
    """Threads and tasks on a real OPA server."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch, "bundle.tar.gz")
        archive.write_bytes(write_archive(load_bundle()))
        os.environ.setdefault("GOMAXPROCS", "1")  # read by OPA, which is a Go program
        with opa_server(find_opa(), archive, bundle=True) as url, gate_of("opa", url) as gate:
            return [
                in_threads("opa", gate, cases, seconds),
                asyncio.run(in_tasks("opa", gate, cases, seconds)),
            ]


def in_threads(engine: str, gate: Gate, cases: Sequence[Case], seconds: float) -> Row:
    """8 threads, each through all events in an order of its own."""
    tallies = [Tally() for _ in range(THREADS)]
    begin = time.perf_counter()
    end = begin + seconds

    def work(number: int, tally: Tally) -> None:
        while (started := time.perf_counter()) < end:
            case = cases[(tally.count + number) % len(cases)]
            tally.add(case, gate.check(case.event), started)

    with ThreadPoolExecutor(THREADS) as pool:
        running = [pool.submit(work, number, tally) for number, tally in enumerate(tallies)]
        time.sleep(seconds / 5)
        before = rss_mb()
        for one in running:
            one.result()
    return row(f"{engine}, {THREADS} threads", tallies, begin, before)


async def in_tasks(engine: str, gate: Gate, cases: Sequence[Case], seconds: float) -> Row:
    """200 tasks in one event loop, and one that notes how long it was kept waiting."""
    tally, stalls = Tally(), [0.0]
    for case in cases:
        await gate.acheck(case.event)
    gc.collect()
    gc.freeze()
    begin = time.perf_counter()
    end = begin + seconds

    async def work(number: int) -> None:
        while (started := time.perf_counter()) < end:
            number = (number + 1) % len(cases)
            verdict = await gate.acheck(cases[number].event)
            tally.add(cases[number], verdict, started)

    async def heartbeat() -> None:
        while (started := time.perf_counter()) < end:
            await asyncio.sleep(0.001)
            stalls[0] = max(stalls[0], time.perf_counter() - started - 0.001)

    async def early() -> float:
        await asyncio.sleep(seconds / 5)
        return rss_mb()

    async with asyncio.TaskGroup() as group:
        group.create_task(heartbeat())
        sampled = group.create_task(early())
        for number in range(TASKS):
            group.create_task(work(number))
    found = row(f"{engine}, {TASKS} tasks", [tally], begin, sampled.result(), stalls[0] * 1000)
    gc.unfreeze()
    await gate.engine.aclose()
    return found


def many_decisions(cases: Sequence[Case], number: int = DECISIONS) -> Row:
    """Decisions one after the other; memory from a tenth of them on."""
    with gate_of("embedded") as gate:
        tally, before, begin = Tally(), 0.0, time.perf_counter()
        for done in range(number):
            if done == number // 10:
                before = rss_mb()
            case = cases[done % len(cases)]
            tally.add(case, gate.check(case.event), time.perf_counter())
        return row(f"embedded, {number:,} decisions in a row", [tally], begin, before, times=False)


def many_gates(cases: Sequence[Case], number: int = GATES) -> Row:
    """Gates made, asked one question and closed; memory from a tenth of them on."""
    tally, before, begin = Tally(), 0.0, time.perf_counter()
    for done in range(number):
        if done == number // 10:
            before = rss_mb()
        case = cases[done % len(cases)]
        with gate_of("embedded") as gate:
            tally.add(case, gate.check(case.event), time.perf_counter())
    return row(f"embedded, {number} gates made and closed", [tally], begin, before, times=False)


def row(
    name: str,
    tallies: Sequence[Tally],
    begin: float,
    before: float,
    stall_ms: float | None = None,
    *,
    times: bool = True,
) -> Row:
    """Add up; memory is read before anything else takes some."""
    seconds, rss = time.perf_counter() - begin, (before, rss_mb())
    kept = [t for one in tallies for t in one.times[: min(one.count, KEPT)]] if times else []
    count = sum(one.count for one in tallies)
    wrong, failed = sum(one.wrong for one in tallies), sum(one.failed for one in tallies)
    return Row(name, count, wrong, failed, seconds, rss, sorted(kept), stall_ms)


def rss_mb() -> float:
    """Resident memory of this process in MB; its peak where there is no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
