"""What is logged, and gates with queued sinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as logged:
        yield logged


@pytest.fixture
def gated() -> Iterator[Callable[..., Gate]]:
    """A gate with sinks: `gated(Sink(), sink_queue_size=3)`; closed when the test ends."""
    made: list[Gate] = []

    def make(*plugins: object, **options: Any) -> Gate:
        options = {"sink_flush_timeout_s": 1, "plugins": (), **options}
        made.append(Gate(Settings(**options), organisation=example(), plugins=plugins))
        return made[-1]

    yield make
    for gate in made:
        gate.close()
