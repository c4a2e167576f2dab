"""A short load on each engine: right verdicts and flat memory. How fast is for `load.py` to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.benchmarks import load
from tests.benchmarks.load_table import Row, line

SECONDS = 10

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def cases() -> list[load.Case]:
    return load.make_cases()


# First: what is to leave memory flat comes before what takes some for its threads and tasks.
def test_many_decisions_and_many_gates_leave_nothing_behind(cases: list[load.Case]) -> None:
    for row in (load.many_decisions(cases, 30_000), load.many_gates(cases, 50)):
        assert row.right, line(row)
        assert row.flat, line(row)


@pytest.mark.parametrize("engine", [load.embedded, pytest.param(load.opa, marks=pytest.mark.opa)])
def test_threads_and_tasks_get_right_verdicts_in_flat_memory(
    engine: Callable[[Sequence[load.Case], float], list[Row]], cases: list[load.Case]
) -> None:
    for row in engine(cases, SECONDS):
        assert row.right, line(row)
        assert row.flat, line(row)
