"""A real client against a local server that follows Salesforce's documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simple_salesforce import Salesforce
from structlog.testing import capture_logs

import aboveboard_salesforce
from aboveboard import Gate, Settings
from aboveboard.organisation import example
from examples.salesforce.server import Org, local_session, running
from tests.plugins.salesforce.people import known, people

Client = Callable[..., Any]


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate(Settings(), organisation=example())


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Gate]:
    """A gate with a suppression store."""
    settings = Settings.load(
        suppression_store=tmp_path / "s.sqlite", subject_key="of more than sixteen bytes"
    )
    with Gate(settings, organisation=example()) as gate:
        yield gate


@pytest.fixture
def org() -> Org:
    return people()


@pytest.fixture
def host(org: Org) -> Iterator[str]:
    with running(org) as found:
        yield found


@pytest.fixture
def client(host: str, gate: Gate) -> Iterator[Client]:
    """Makes wrapped clients: `client(purpose="lead_scoring", …)`."""
    sessions = []

    def make(*, login: bool = False, **options: Any) -> Any:
        session = local_session(host)
        sessions.append(session)
        how: dict[str, Any] = {"session_id": "token-1", "instance_url": f"http://{host}"}
        if login:
            how = {"username": "u", "password": "p", "security_token": "t"}
        made = Salesforce(session=session, **how)
        given = {
            "gate": gate, "purpose": "contact_management", "facts": known, "recipient": "crm",
            **options,
        }  # fmt: skip
        return aboveboard_salesforce.wrap(made, **given)

    yield make
    for session in sessions:
        session.close()
