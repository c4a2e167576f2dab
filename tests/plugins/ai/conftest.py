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
from tests.policy_writing import write_rule
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


@pytest.fixture(scope="session")
def one_gate() -> Iterator[tuple[Gate, Recorder]]:
    with assistant_gate() as made:
        yield made


@pytest.fixture
def assistant(one_gate: tuple[Gate, Recorder]) -> tuple[Gate, Recorder]:
    """A gate on the example organisation, and what it decided in this test.

    It is one for all tests: it takes long to make one, and it keeps nothing of a call.
    """
    one_gate[1].clear()
    return one_gate


@pytest.fixture(scope="session")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gate, Recorder]]:
    """A gate for agents; a rule of the house denies tools that give a discount."""
    rule = write_rule(
        tmp_path_factory.mktemp("rules"),
        "decision",
        '"discount" in input.security.tool_calls[_].argument_names',
        rule="HOUSE-01",
    )
    with assistant_gate(policies=[rule]) as made:
        yield made
