"""Fixtures for the kit of AI vendors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aboveboard import Gate
from aboveboard.testing.recorder import Recorder
from tests.ai.acme import Acme
from tests.assistant import assistant_gate


@pytest.fixture(scope="session")
def shared() -> Iterator[tuple[Gate, Recorder]]:
    with assistant_gate() as made:
        yield made


@pytest.fixture
def gate(shared: tuple[Gate, Recorder]) -> Gate:
    shared[1].clear()
    return shared[0]


@pytest.fixture
def recorder(gate: Gate, shared: tuple[Gate, Recorder]) -> Recorder:
    return shared[1]


@pytest.fixture
def acme(gate: Gate) -> Acme:
    return Acme(gate)
