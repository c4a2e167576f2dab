"""How fast the same replay is on Apache Spark with two cores, against two processes of our own.

    tox -e spark-bench                       # 1,000,000 events; some 20 minutes
    tox -e spark-bench -- --events 50000

The same files of recorded decisions, the whole library, every answer evaluated (no deduplication), and the
same counts at the end. What starts up (Java, Python's workers, their engines) is measured apart: a first
small replay does it. Both sides run in turns; the medians count.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aboveboard import spark
from aboveboard.policy.bundle import load_bundle
from aboveboard.replay.comparing import Comparison
from aboveboard.replay.running import Replay, replay
from tests.replay.records import recorded_lines, write_policies

__all__ = ["RATIO", "main"]

RATIO = 1.5
"""Spark may take so many times as long as two processes."""

_FILES = 8


def main() -> int:
    """Measure and print; returns 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aboveboard-bench-") as scratch:
        records = Path(scratch, "records")
        _write(records, given.events)
        policies = write_policies(Path(scratch, "policies"))
        return _measure(records, policies, given.events, given.rounds)


def _measure(records: Path, policies: Path, events: int, rounds: int) -> int:
    new = load_bundle([policies])
    own, other = [], []
    with _session() as (session, started):
        few = session.createDataFrame([(line,) for line in recorded_lines(96)], "record string")
        _, first = _timed(lambda: spark.summary(spark.replay(few.repartition(2), new)))
        frame = session.read.text(str(records))
        for _ in range(rounds):
            ours, seconds = _timed(lambda: replay(Replay([records], new, processes=2)).comparison)
            own.append(seconds)
            theirs, seconds = _timed(lambda: spark.summary(spark.replay(frame, new)))
            other.append(seconds)
            if _counts(ours) != _counts(theirs):
                print("The two do not agree.")
                return 1
    two, spark_s = statistics.median(own), statistics.median(other)
    ratio = spark_s / two
    print(f"{events:,} events, {sum(map(_size, records.iterdir())) / 1e6:,.0f} MB")
    print(f"two processes   {two:9.1f} s  {events / two:9,.0f}/s")
    print(f"Spark local[2]  {spark_s:9.1f} s  {events / spark_s:9,.0f}/s")
    print(f"start-up apart  {started:9.1f} s for Java, {first:.1f} s for the first, small replay")
    print(f"Spark takes {ratio:.2f} times as long; at most {RATIO} is the target.")
    return 0 if ratio <= RATIO else 1


def _size(path: Path) -> int:
    return path.stat().st_size


def _timed(work: Any) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def _counts(found: Comparison) -> dict[str, Any]:
    return {
        name: value
        for name, value in found.as_dict().items()
        if name in ("records", "compared", "kinds", "effects", "groups", "bad")
    }


def _write(directory: Path, events: int) -> None:
    """Decisions of many kinds, each with an id of its own."""
    directory.mkdir()
    parts = [_around_id(line) for line in recorded_lines(96)]
    for number in range(_FILES):
        path = directory / f"decisions-{number}.jsonl"
        with path.open("w", encoding="utf-8") as stream:
            for index in range(number, events, _FILES):
                before, after = parts[(index // _FILES + 12 * number) % len(parts)]
                stream.write(f"{before}{uuid.UUID(int=index)}{after}\n")


def _around_id(line: str) -> tuple[str, str]:
    name = json.loads(line)["verdict"]["decision_id"]
    before, _, after = line.partition(name)
    assert name not in after
    return before, after


@contextmanager
def _session() -> Iterator[tuple[Any, float]]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    started = time.perf_counter()
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    try:
        yield session, time.perf_counter() - started
    finally:
        session.stop()


if __name__ == "__main__":
    sys.exit(main())
