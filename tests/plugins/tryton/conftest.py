"""A real Tryton in a process of its own, and the plugin that speaks to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aboveboard import Gate, Settings
from aboveboard.organisation import example
from tools.tryton import Tryton, TrytonNotFoundError, find_tryton, tryton_server

ROOT = Path(__file__).resolve().parents[3]
# As if it were installed: it is a package of its own, and no part of the distribution.
sys.path.append(str(ROOT / "examples" / "tryton_crm"))

from tryton_aboveboard import TrytonClient  # noqa: E402

from examples.tryton_crm.firm import OWN_FIELDS  # noqa: E402
from examples.tryton_crm.seed import Seeded, seed  # noqa: E402


class Spy:
    """A transport that keeps what is sent to Tryton."""

    def __init__(self, client: TrytonClient) -> None:
        self.calls: list[tuple[str, list[Any]]] = []
        self._send = client.transport
        client.transport = self

    def __call__(self, method: str, params: list[Any], context: Any) -> Any:
        self.calls.append((method, params))
        return self._send(method, params, context)

    @property
    def methods(self) -> list[str]:
        """Names of the methods that were called."""
        return [method for method, _ in self.calls]


@pytest.fixture(scope="session")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    """Without one a laptop skips; CI fails, so that nobody is lulled."""
    try:
        with tryton_server(find_tryton(), tmp_path_factory.mktemp("tryton")) as server:
            yield server
    except TrytonNotFoundError as error:
        if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def connect(tryton: Tryton) -> Callable[[], TrytonClient]:
    """Makes clients that nobody governs; they share one session, as to log in takes 0.2 s."""
    first = TrytonClient(tryton.url, tryton.database, tryton.user, tryton.password)
    first.call("model.res.user.search", [])

    def make() -> TrytonClient:
        client = TrytonClient(tryton.url, tryton.database, tryton.user, tryton.password)
        client._session = first._session
        return client

    return make


@pytest.fixture(scope="session")
def staff(connect: Callable[[], TrytonClient]) -> TrytonClient:
    """The firm's own people, who work in Tryton itself."""
    return connect()


@pytest.fixture(scope="session")
def made(staff: TrytonClient) -> Seeded:
    return seed(staff)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    settings = Settings.load(
        plugins=(),
        subject_key="a key of sixteen bytes or more",
        suppression_store=tmp_path / "suppression.sqlite",
        fields=OWN_FIELDS,
    )
    with Gate(settings, organisation=example()) as made:
        yield made
