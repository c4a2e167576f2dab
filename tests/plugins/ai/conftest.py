"""Fixtures for the plugins of AI vendors."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from aboveboard import Gate
from aboveboard.testing.recorder import Recorder
from tests.assistant import assistant_gate
from tools.aimock import Aimock, AimockNotFoundError, aimock_server, find_aimock


@pytest.fixture(scope="session")
def aimock() -> Callable[..., AbstractContextManager[Aimock]]:
    """Start a fake vendor: `with aimock([{"match": …, "response": …}]) as fake:`.

    Without Node a laptop skips the test; CI fails.
    """
    try:
        program = find_aimock()
    except AimockNotFoundError as error:
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))
    return functools.partial(aimock_server, program)


@pytest.fixture
def assistant() -> Iterator[tuple[Gate, Recorder]]:
    """A gate on the example organisation, and what it decided."""
    with assistant_gate() as made:
        yield made
