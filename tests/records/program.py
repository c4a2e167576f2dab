"""A process that records without end, for tests that kill it or work beside it.

    python -m tests.records.program DIRECTORY MAX_BYTES [COMPRESSION]

Prints a number once the record of that number is written.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.records.record import parse_record
from aboveboard.records.recorder import Recorder

SAMPLE = Path(__file__).parent / "frozen" / "v1.jsonl"
PEOPLE = 5


def subject(number: int) -> str:
    """Whom a record is about."""
    return f"k1:{number % PEOPLE:032x}"


def main() -> None:
    directory, max_bytes, *compression = sys.argv[1:]
    record = parse_record(SAMPLE.read_text(encoding="utf-8").splitlines()[0])
    assert record.verdict is not None
    recorder = Recorder(
        Path(directory),
        Pseudonymiser(b"sixteen bytes or more"),
        max_bytes=int(max_bytes),
        compression=(compression or ["gzip"])[0],  # type: ignore[arg-type]
        keep_days=None,
        fsync=False,
    )
    for number in count():
        event = replace(record.event, subject=subject(number), traceparent=None)
        verdict = record.verdict.model_copy(update={"decision_id": str(number)})
        recorder.record(event, verdict, ())
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        time.sleep(0.001)  # or the disk would be full before the test is done


if __name__ == "__main__":
    main()
