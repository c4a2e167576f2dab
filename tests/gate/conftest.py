"""What is logged, and gates with plugins."""

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


@pytest.fixture(scope="session")
def gate() -> Gate:
    """A gate of the example organisation, without plugins."""
    return Gate(Settings(), organisation=example())


@pytest.fixture
def plugged() -> Callable[..., Gate]:
    """A gate with plugins, whose sinks have a verdict when it is given: `plugged(Plugin())`."""

    def make(*plugins: object, **options: Any) -> Gate:
        settings = Settings(**{"sinks": "inline", **options})
        return Gate(settings, organisation=example(), plugins=plugins)

    return make
