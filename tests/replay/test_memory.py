"""Memory does not grow with the records."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.replay import MEMORY_MB, peak_memory, write_records

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")


def test_fifty_thousand_records(tmp_path: Path) -> None:
    """What is remembered of like events takes memory, too, and spares CI their evaluation."""
    records = tmp_path / "records.jsonl"
    write_records(records, 50_000)
    assert peak_memory(records, "--deduplicate") < MEMORY_MB


@pytest.mark.nightly
def test_a_million_records(tmp_path: Path) -> None:
    records = tmp_path / "records.jsonl"
    write_records(records, 1_000_000)
    assert peak_memory(records) < MEMORY_MB
