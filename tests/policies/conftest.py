"""Gates on both engines with the bundled policies, and directories of an organisation's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.settings import Settings
from tests.policies.writing import Directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENGINES = ["embedded", pytest.param("opa", marks=pytest.mark.opa)]


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as logged:
        yield logged


@pytest.fixture(scope="session")
def make_gate(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Gate]]:
    """Make a gate: `make_gate("opa", directory)`; OPA serves the same policies."""
    made: list[Gate] = []

    def make(engine: str, *directories: Path) -> Gate:
        if engine == "embedded":
            made.append(Gate(Settings(), organisation=example(), policies=directories))
            return made[-1]
        archive = tmp_path_factory.mktemp("bundle") / "bundle.tar.gz"
        archive.write_bytes(write_archive(load_bundle(directories)))
        server = request.getfixturevalue("opa_server")(archive, bundle=True)
        url = server.__enter__()
        request.addfinalizer(lambda: server.__exit__(None, None, None))
        settings = Settings(engine="opa", opa_url=url, timeout_s=30)
        made.append(Gate(settings, organisation=example()))
        return made[-1]

    yield make
    for gate in made:
        gate.close()


@pytest.fixture(scope="session", params=ENGINES)
def gate(request: pytest.FixtureRequest, make_gate: Callable[..., Gate]) -> Gate:
    """A gate with the bundled policies, on each engine in turn."""
    return make_gate(request.param)


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    """A directory for an organisation's policies."""
    return Directory(tmp_path / "policies")
