"""A small Odoo, gates, and clients of the real SDK."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

import aboveboard_odoo
from aboveboard import Gate, Settings
from aboveboard.crm import Record
from aboveboard.organisation import example
from examples.odoo.server import OdooServer

odoorpc = pytest.importorskip("odoorpc")


def known(record: Record | None = None) -> dict[str, Any]:
    """What Odoo does not know and a lawful seller does."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {"is_minor": False, "vulnerable_flags": []},
        "rights_requests": [],
        "notice": {
            "delivered_at": then,
            "art14_delivered_at": then,
            "language": "fi",
            "shown_7d": 0,
        },
        "fields[]": {"collected_purposes": ["dpv:CustomerRelationshipManagement"]},
    }


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
def server() -> Iterator[OdooServer]:
    with OdooServer() as server:
        yield server


@pytest.fixture
def plain(server: OdooServer) -> Any:
    """A client that nobody governs, logged in."""
    odoo = odoorpc.ODOO("127.0.0.1", port=server.port, timeout=5)
    odoo.login("crm", "bot", "secret")
    server.calls.clear()
    return odoo


@pytest.fixture
def wrapped(plain: Any, gate: Gate, server: OdooServer) -> Callable[..., Any]:
    """Govern the client: `wrapped(purpose="lead_scoring")`."""

    def make(**more: Any) -> Any:
        options: dict[str, Any] = {
            "purpose": "contact_management",
            "recipient": "crm",
            "facts": known,
            "gate": gate,
            **more,
        }
        return aboveboard_odoo.wrap(plain, **options)

    return make
