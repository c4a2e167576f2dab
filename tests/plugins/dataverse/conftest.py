"""A local Dataverse, gates, and the real SDK's client."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.config import DataverseConfig

import aboveboard_dataverse
from aboveboard import Gate, Settings, StepEvent, Verdict, hookimpl
from aboveboard.organisation import example
from examples.dataverse.server import Dataverse
from tests.plugins.dataverse.people import COLUMNS, Credential, tables
from tests.policy_writing import write_rule

if TYPE_CHECKING:
    from collections.abc import Iterable


THEN = datetime(2026, 10, 20, tzinfo=UTC)
KNOWN: dict[str, Any] = {
    "rights_requests": [],
    "notice": {
        "delivered_at": THEN, "art14_delivered_at": THEN, "language": "fi", "shown_7d": 0,
    },
    "fields[]": {"collected_purposes": ["dpv:CustomerRelationshipManagement"]},
}  # fmt: skip
"""What Dataverse does not know and a lawful seller does."""


class Seen:
    """Every event that was decided, with its verdict."""

    def __init__(self) -> None:
        self.all: list[tuple[StepEvent, Verdict]] = []
        self.gates: list[Gate] = []

    @hookimpl
    def aboveboard_verdict(self, event: StepEvent, verdict: Verdict) -> None:
        """Keep it."""
        self.all.append((event, verdict))

    def events(self, step: str | None = None) -> list[StepEvent]:
        """Events of a step."""
        for gate in self.gates:
            gate.flush_sinks()
        return [event for event, _ in self.all if step in (None, event.step)]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Dataverse]:
    with Dataverse(tmp_path, tables(), COLUMNS) as running:
        yield running


@pytest.fixture
def gate(tmp_path: Path, seen: Seen) -> Callable[..., Gate]:
    """A gate that allows everything but what its rules say: `gate(("data_collection", "…", {…}))`."""

    def make(*rules: tuple[str, str, dict[str, Any]], **settings: Any) -> Gate:
        directory = tmp_path / "rules"
        for number, (step, condition, more) in enumerate(rules):
            write_rule(directory, step, condition, **{"rule": f"TEST-{number:02}", **more})
        made = Gate(
            Settings(subject_key="a key of thirty-two characters...", **settings),
            organisation=example(),
            policies=[directory] if rules else [],
            plugins=[seen],
        )
        seen.gates.append(made)
        return made

    return make


@pytest.fixture
def connect(
    server: Dataverse, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., DataverseClient]]:
    """`connect(gate=…)`: a wrapped client of the server; without a gate a bare one."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.certificate))
    with contextlib.ExitStack() as stack:

        def make(gate: Gate | None = None, **more: Any) -> DataverseClient:
            config = DataverseConfig(http_retries=3, http_backoff=0.01, http_timeout=5.0)
            client = DataverseClient(server.url, Credential(), config)
            stack.callback(client.close)
            if gate is None:
                return client
            return aboveboard_dataverse.wrap(
                client, gate=gate, **{"purpose": "contact_management", "facts": KNOWN, **more}
            )

        yield make


def names(rows: Iterable[Any]) -> set[str]:
    """Columns of rows."""
    return {name for row in rows for name in row.keys()}  # noqa: SIM118
