"""How fast a decision is: one table, one run, medians, ratios.

    tox -e bench                 # prints the table and checks it against the targets
    tox -e bench -- --write      # also writes tests/benchmarks/RESULTS.md

The whole library, the compliant recommendation event, identical bytes to every engine. What is compared
is measured in turns, round by round, so that a busy moment hits all alike.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import aiohttp

from aboveboard import Gate, Settings, SubjectId, recommendation
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.linking import ANSWER
from aboveboard.testing import compliant_event, compliant_facts
from tests.benchmarks.ai import ai_page, ai_targets, measure_ai
from tests.benchmarks.crm import crm_page, crm_targets, measure_crms
from tests.benchmarks.library import library_page, library_targets, measure
from tests.benchmarks.quiet import quiet
from tests.benchmarks.replay import measure_replay, replay_page, replay_targets
from tests.benchmarks.workbench import measure_workbench, workbench_page, workbench_targets
from tests.opa_server import opa_server
from tools.opa import find_opa

RESULTS = Path(__file__).with_name("RESULTS.md")
PATH = "/v1/data/aboveboard/recommendation/answer?strict-builtin-errors=true"
HEADERS = {"Content-Type": "application/json"}
ROUNDS, CALLS = 30, 40


@dataclass(frozen=True, slots=True)
class Target:
    """A figure to reach: its name, what was measured, the limit and whether it holds."""

    name: str
    value: str
    limit: str
    holds: bool


def main() -> int:
    """Measure, print, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write RESULTS.md")
    arguments = parser.parse_args()
    quiet()
    with tempfile.TemporaryDirectory() as scratch:
        bundle = load_bundle()
        archive = Path(scratch, "bundle.tar.gz")
        archive.write_bytes(write_archive(bundle))
        with opa_server(find_opa(), archive, bundle=True) as url:
            medians = decisions(url, Path(scratch))
            medians |= asyncio.run(asynchronous(url))
    medians |= start_up()
    library = measure()
    crms = measure_crms()
    models = measure_ai()
    replayed = measure_replay()
    workbench = measure_workbench()
    others = (
        *library_targets(library),
        *crm_targets(crms),
        *ai_targets(models),
        *replay_targets(replayed),
        *workbench_targets(workbench),
    )
    judged = [*targets(medians), *(Target(*line) for line in others)]
    table = render(medians, judged) + library_page(library) + "\n" + crm_page(crms)
    table += "\n" + ai_page(models) + "\n" + replay_page(replayed) + workbench_page(workbench)
    print(table)
    if arguments.write:
        RESULTS.write_text(table, encoding="utf-8")
    return 0 if all(target.holds for target in judged) else 1


def decisions(url: str, scratch: Path) -> dict[str, float]:
    """Medians in µs of everything synchronous."""
    event = compliant_event("recommendation")
    completed = compliant_event("recommendation", "completed")
    embedded = Gate(Settings.load(engine="embedded"), organisation=example())
    opa = Gate(Settings.load(engine="opa", opa_url=url, timeout_s=10), organisation=example())
    recorded, synced = (
        Gate(
            Settings.load(record_directory=scratch / str(fsync), record_fsync=fsync),
            organisation=example(),
        )
        for fsync in (False, True)
    )
    question = event.engine_input()
    engine = embedded.engine._engine("recommendation", "requested")  # type: ignore[attr-defined]
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    body = b'{"input":' + question.encode() + b"}"

    def evaluate() -> None:
        engine.set_input_json(question)
        engine.eval_rule_as_json(ANSWER)

    def raw() -> None:
        connection.request("POST", PATH, body, HEADERS)
        connection.getresponse().read()

    facts = compliant_facts("recommendation")
    del facts["fields"]  # the function has none

    @recommendation(purpose="direct_marketing", model="recommender-2", facts=facts, gate=embedded)
    def offer(customer: Annotated[str, SubjectId]) -> None:
        """Do nothing."""

    assert embedded.check(event).effect == opa.check(event).effect == "allow"
    found = in_turns(
        {
            "embedded engine alone": evaluate,
            "gate.check, embedded": lambda: embedded.check(event),
            "gate.check, embedded, recorded": lambda: recorded.check(event),
            "gate.check, embedded, recorded with record_fsync": lambda: synced.check(event),
            "two gate.check (requested, completed)": lambda: (
                embedded.check(event),
                embedded.check(completed),
            ),
            "decorated function that does nothing": lambda: offer("c-1"),
            "OPA, raw kept-alive HTTP": raw,
            "gate.check, opa": lambda: opa.check(event),
        }
    )
    for gate in (opa, recorded, synced):
        gate.close()
    return found


async def asynchronous(url: str) -> dict[str, float]:
    """Medians in µs of what is awaited."""
    event = compliant_event("recommendation")
    body = b'{"input":' + event.engine_input().encode() + b"}"
    opa = Gate(Settings.load(engine="opa", opa_url=url, timeout_s=10), organisation=example())
    async with aiohttp.ClientSession() as session:

        async def raw() -> None:
            async with session.post(url + PATH, data=body, headers=HEADERS) as response:
                await response.read()

        async def check() -> None:
            await opa.acheck(event)

        found = await in_turns_async({"OPA, raw aiohttp": raw, "gate.acheck, opa": check})
    await opa.aclose()
    return found


def in_turns(calls: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Median µs of each call, measured round by round."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            for _ in range(3):
                call()
            for _ in range(CALLS):
                start = time.perf_counter_ns()
                call()
                times[name].append((time.perf_counter_ns() - start) / 1000)
    return {name: statistics.median(found) for name, found in times.items()}


async def in_turns_async(calls: dict[str, Callable[[], Awaitable[None]]]) -> dict[str, float]:
    """`in_turns` for coroutine functions."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            for _ in range(3):
                await call()
            for _ in range(CALLS):
                start = time.perf_counter_ns()
                await call()
                times[name].append((time.perf_counter_ns() - start) / 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def start_up() -> dict[str, float]:
    """Median µs from process start to exit, of three programs and of Python itself."""
    programs = {
        "python -c pass": ["-c", "pass"],
        "import aboveboard": ["-c", "import aboveboard"],
        "import aboveboard, every public name": [
            "-c",
            "import aboveboard; [getattr(aboveboard, name) for name in aboveboard.__all__]",
        ],
        "aboveboard --help": ["-m", "aboveboard", "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(9):
        for name, arguments in programs.items():
            start = time.perf_counter_ns()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            times[name].append((time.perf_counter_ns() - start) / 1000)
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def targets(m: dict[str, float]) -> list[Target]:
    """What the figures are held against."""
    own = m["gate.check, embedded"] - m["embedded engine alone"]
    wrap = m["decorated function that does nothing"] - m["two gate.check (requested, completed)"]
    record = m["gate.check, embedded, recorded"] / m["gate.check, embedded"]
    ahead = m["OPA, raw kept-alive HTTP"] / m["gate.check, embedded"]
    sync = m["gate.check, opa"] / m["OPA, raw kept-alive HTTP"]
    wait = m["gate.acheck, opa"] / m["OPA, raw aiohttp"]
    imported = (m["import aboveboard"] - m["python -c pass"]) / 1e6
    names = (m["import aboveboard, every public name"] - m["python -c pass"]) / 1e6
    helped = m["aboveboard --help"] / 1e6
    return [
        Target("gate.check embedded above its engine", f"{own:.0f} µs", "≤ 130 µs", own <= 130),
        Target("gate.check recorded ÷ not", f"{record:.2f}", "≤ 1.25", record <= 1.25),
        Target("raw HTTP to OPA ÷ gate.check embedded", f"{ahead:.2f}", "≥ 2", ahead >= 2),
        Target("gate.check opa ÷ raw HTTP", f"{sync:.2f}", "≤ 2", sync <= 2),
        Target("gate.acheck opa ÷ raw aiohttp", f"{wait:.2f}", "≤ 1.3", wait <= 1.3),
        Target("decorated above two gate.check", f"{wrap:.0f} µs", "≤ 60 µs", wrap <= 60),
        Target("import aboveboard", f"{imported:.2f} s", "< 0.45 s", imported < 0.45),
        Target("import and touch every public name", f"{names:.2f} s", "(no target)", True),
        Target("aboveboard --help, whole process", f"{helped:.2f} s", "< 0.6 s", helped < 0.6),
    ]


def render(medians: dict[str, float], found: list[Target]) -> str:
    """The page: machine, medians, targets."""
    lines = [
        "# How fast",
        "",
        f"{machine()}. Medians of one run of `tox -e bench`.",
        "",
        "| measured | median |",
        "|---|---:|",
        *(f"| {name} | {shown(value)} |" for name, value in medians.items()),
        "",
        "| target | measured | limit | holds |",
        "|---|---:|---:|---|",
        *(
            f"| {target.name} | {target.value} | {target.limit} | "
            f"{'yes' if target.holds else '**no**'} |"
            for target in found
        ),
        "",
    ]
    return "\n".join(lines)


def shown(microseconds: float) -> str:
    """µs, or ms from 10 000 µs on."""
    return f"{microseconds / 1000:.0f} ms" if microseconds >= 10_000 else f"{microseconds:.0f} µs"


def machine() -> str:
    """Processor, cores, Python and system."""
    python = f"Python {platform.python_version()}"
    return f"{processor()}, {os.cpu_count()} cores, {python}, {platform.system()}"


def processor() -> str:
    """The processor's name, as Linux knows it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())
