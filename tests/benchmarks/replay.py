"""Replaying records, against OPA on the same policies, events and cores.

OPA is asked in the two ways that a batch is given to it: one request to a running server with all events as an
array, and `opa exec` on one file an event. Its start, and that of our processes, is taken off both and shown
apart. Records are of a stream of sales events of all steps and phases, each with a person, a time and
ids of its own.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aboveboard import Gate, Settings
from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, STEPS
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.records.record import parse_record, record_line
from aboveboard.replay.running import Replay, replay
from aboveboard.testing import compliant_event
from tests.benchmarks.quiet import quiet
from tests.opa_server import opa_server
from tools.opa import find_opa

__all__ = [
    "Replayed",
    "measure_replay",
    "peak_memory",
    "replay_page",
    "replay_targets",
    "write_records",
]

RECORDS = 4_000
START_RECORDS = 160
ROUNDS = 3
MEMORY_RECORDS = 50_000
ARRAY, EXEC, MEMORY_MB = 1.5, 2.0, 400
NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"objections.direct_marketing": True},
    {"objections.profiling": True},
    {"subject.relationship": "prospect"},
    {"subject.country": "SE"},
    {"processing.legal_basis": None},
    {"ai.confidence_bp": 4100},
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was measured, µs a record but for the last three.

    Attributes:
        plain: our replay without deduplication, all cores.
        alike: with it.
        array: OPA, one request with an array.
        files: `opa exec`, one file an event.
        start_ms: of ours, with `START_RECORDS` records, in milliseconds.
        reused: share of the records whose answer was known from a like event.
        memory_mb: most memory of all our processes together, at `MEMORY_RECORDS` records.
    """

    plain: float
    alike: float
    array: float
    files: float
    start_ms: float
    reused: float
    memory_mb: float


def measure_replay() -> Replayed:
    """Measure everything, in turns."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        records = place / "records.jsonl"
        write_records(records, RECORDS)
        few = place / "few.jsonl"
        # Enough for each process to build what it needs for every step and phase.
        few.write_bytes(b"".join(records.read_bytes().splitlines(keepends=True)[:START_RECORDS]))
        archive = place / "bundle.tar.gz"
        archive.write_bytes(write_archive(load_bundle()))
        questions = _questions(records)
        directories = _as_files(place, questions)
        found: dict[str, list[float]] = {name: [] for name in ("plain", "alike", "array", "files")}
        starts, reused = [], 0
        scale = RECORDS / (RECORDS - START_RECORDS)
        with opa_server(find_opa(), archive, bundle=True) as url:
            for _ in range(ROUNDS):
                start = _seconds(lambda: _replay(few))
                starts.append(start)
                found["plain"].append((_seconds(lambda: _replay(records)) - start) * scale)
                begun = time.perf_counter()
                reused = _replay(records, deduplicate=True)
                found["alike"].append((time.perf_counter() - begun - start) * scale)
                found["array"].append(_seconds(lambda: _ask(url, questions)))
                one = [min(path.iterdir()) for path in directories]
                idle = _seconds(lambda one=one: _exec(archive, one))  # type: ignore[misc]
                found["files"].append(_seconds(lambda: _exec(archive, directories)) - idle)
        many = place / "many.jsonl"
        write_records(many, MEMORY_RECORDS)
        return Replayed(
            **{name: sorted(times)[ROUNDS // 2] / RECORDS * 1e6 for name, times in found.items()},
            start_ms=sorted(starts)[ROUNDS // 2] * 1e3,
            reused=reused / RECORDS,
            memory_mb=peak_memory(many),
        )


def write_records(path: Path, number: int) -> None:
    """Write so many records, each a decision of its own."""
    draw = random.Random(7)
    with Gate(Settings(), organisation=example()) as gate:
        kinds = list(_kinds(gate))
    with path.open("w", encoding="utf-8") as file:
        for _ in range(number):
            line = draw.choice(kinds)
            event = str(uuid.UUID(int=draw.getrandbits(128)))
            for old, new in (
                ("%event%", event),
                ("%decision%", str(uuid.UUID(int=draw.getrandbits(128)))),
                ("k1:00000000000000000000000000000000", f"k1:{draw.getrandbits(128):032x}"),
            ):
                line = line.replace(old, new)
            file.write(line + "\n")


def _kinds(gate: Gate) -> Iterator[str]:
    for step in STEPS:
        for phase in PHASES:
            for number, changes in enumerate(CHANGES):
                try:
                    made = compliant_event(
                        step, phase, changes=changes, time=NOW + timedelta(minutes=number)
                    )
                except Exception:
                    continue
                event = StepEvent.create(
                    step, phase, made.facts, id="%event%", time=made.time,
                    subject="k1:" + "0" * 32, source=made.source,
                )  # fmt: skip
                verdict = gate.check(event)
                yield record_line(event, verdict.model_copy(update={"decision_id": "%decision%"}))


def _replay(path: Path, *, deduplicate: bool = False) -> int:
    found = replay(Replay([path], load_bundle(), deduplicate=deduplicate))
    assert not found.comparison.bad
    assert found.comparison.drifted == 0
    return found.comparison.reused


def _questions(path: Path) -> list[tuple[str, str]]:
    """Step and input of each record."""
    events = (parse_record(line).event for line in path.read_bytes().splitlines())
    return [(event.step, event.engine_input()) for event in events]


def _ask(url: str, questions: list[tuple[str, str]]) -> None:
    # By step: `data.aboveboard[input.step]` would have OPA evaluate the packages of all steps.
    query = "; ".join(
        f'{step} := [a | some e in input; e.step == "{step}"; '
        f"a := data.aboveboard.{step}.answer with input as e]"
        for step in STEPS
    )
    array = ",".join(text for _, text in questions)
    body = f'{{"query":{json.dumps(query)},"input":[{array}]}}'.encode()
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=600)
    connection.request("POST", "/v1/query", body, {"Content-Type": "application/json"})
    (result,) = json.loads(connection.getresponse().read())["result"]
    connection.close()
    assert sum(len(result[step]) for step in STEPS) == len(questions)


def _as_files(place: Path, questions: list[tuple[str, str]]) -> list[Path]:
    for number, (step, text) in enumerate(questions):
        directory = place / "inputs" / step
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"{number:06}.json").write_text(text, encoding="utf-8")
    return [place / "inputs" / step for step in STEPS]


def _exec(archive: Path, paths: list[Path]) -> None:
    for step, path in zip(STEPS, paths, strict=True):
        subprocess.run(
            [
                str(find_opa()), "exec", "--bundle", str(archive),
                "--decision", f"aboveboard/{step}/answer", str(path),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def peak_memory(records: Path, *options: str) -> float:
    """The most memory that the command and its processes had together, in MB.

    Of what processes share each has its share (Linux: proportional set size).
    """
    command = [sys.executable, "-m", "aboveboard", "replay", str(records), "--against", "bundled"]
    peak = 0.0
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_memory, [process.pid, *_children(process.pid)])))
            time.sleep(0.2)
    assert process.returncode == 0
    return peak


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return []
    own = [int(child) for child in text.split()]
    return [*own, *(below for child in own for below in _children(child))]


def _memory(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((line for line in text.splitlines() if line.startswith("Pss:")), "Pss: 0 kB")
    return int(line.split()[1]) / 1024


def replay_targets(found: Replayed) -> Iterator[tuple[str, str, str, bool]]:
    """Name, value, limit and whether it holds."""
    array, files = found.array / found.plain, found.files / found.plain
    yield ("OPA, an array in one request ÷ replay", f"{array:.2f}", f"≥ {ARRAY}", array >= ARRAY)
    yield ("opa exec, a file an event ÷ replay", f"{files:.2f}", f"≥ {EXEC:g}", files >= EXEC)
    yield (
        f"replay, most memory at {MEMORY_RECORDS:,} records",
        f"{found.memory_mb:.0f} MB",
        f"< {MEMORY_MB} MB",
        found.memory_mb < MEMORY_MB,
    )


def replay_page(found: Replayed) -> str:
    """One table."""
    lines = [
        "## Replay",
        "",
        (
            f"{RECORDS:,} records, the whole library, {os.cpu_count()} cores. With --deduplicate, of like "
            f"events one is evaluated: here {found.reused:.0%} were like another."
        ),
        "",
        "| | a record |",
        "|---|---:|",
        f"| replay | {found.plain:.0f} µs |",
        f"| replay --deduplicate | {found.alike:.0f} µs |",
        f"| OPA, one request with an array | {found.array:.0f} µs |",
        f"| opa exec, one file an event | {found.files:.0f} µs |",
        f"| start of a replay, with {START_RECORDS} records, taken off | {found.start_ms:.0f} ms |",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    quiet()
    measured = measure_replay()
    print(replay_page(measured))
    for line in replay_targets(measured):
        print(*line)
