"""The gates of the two firms, on each engine."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aboveboard.gate import Gate
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRMS = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.yaml"))}


@pytest.fixture(scope="session", params=["embedded", pytest.param("opa", marks=pytest.mark.opa)])
def gates(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Gate]]:
    """A gate of each firm with the bundled policies, on each engine in turn."""
    with ExitStack() as open_:
        settings = Settings()
        if request.param == "opa":
            archive = tmp_path_factory.mktemp("bundle") / "bundle.tar.gz"
            archive.write_bytes(write_archive(load_bundle()))
            server = request.getfixturevalue("opa_server")(archive, bundle=True)
            url = open_.enter_context(server)
            settings = Settings(engine="opa", opa_url=url, timeout_s=30)
        yield {
            name: open_.enter_context(Gate(settings, organisation=path))
            for name, path in FIRMS.items()
        }
