"""A Pipedrive on this machine, gates, and what a lawful seller knows beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

import aboveboard_pipedrive
from aboveboard import Gate, Settings
from aboveboard.crm import Record
from aboveboard.organisation import example
from examples.pipedrive.server import LANGUAGE, PipedriveServer

KEY = "of more than sixteen bytes"


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture
def server() -> Iterator[PipedriveServer]:
    with PipedriveServer() as running:
        yield running


FIELDS = {
    "pipedrive/persons": {"Preferred language": ["pd:Language"], "Agreed to mail on": []},
    "pipedrive/notes": {"content": {"categories": ["pd:Communication"], "free_text": True}},
}


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate(Settings.load(fields=FIELDS, subject_key=KEY), organisation=example())


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Gate]:
    """A gate with a suppression store."""
    settings = Settings.load(
        suppression_store=tmp_path / "s.sqlite", subject_key=KEY, fields=FIELDS
    )
    with Gate(settings, organisation=example()) as gate:
        yield gate


def known(record: Record | None = None) -> dict[str, Any]:
    """What a CRM does not know and a lawful seller does."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {
            "type": "natural_person", "country": "FI", "language": "fi", "is_minor": False,
            "relationship": "lead", "vulnerable_flags": [],
        },
        "rights_requests": [],
        "notice": {
            "delivered_at": then, "art14_delivered_at": then, "language": "fi", "shown_7d": 0,
        },
        "fields[]": {
            "collected_purposes": ["dpv:CustomerRelationshipManagement"], "collected_at": then,
            "source": "provided",
        },
    }  # fmt: skip


Make = Callable[..., Any]


@pytest.fixture
def make(server: PipedriveServer, gate: Gate) -> Iterator[Make]:
    """Wrapped clients, closed at the end."""
    made: list[httpx.Client] = []

    def one(**options: Any) -> httpx.Client:
        client = httpx.Client(
            base_url=server.url, headers={"x-api-token": server.token}, trust_env=False
        )
        made.append(client)
        stated = {
            "purpose": "contact_management", "gate": gate, "recipient": "crm", "facts": known,
            **options,
        }  # fmt: skip
        return aboveboard_pipedrive.wrap(client, **stated)

    yield one
    for client in made:
        client.close()


__all__ = ["FIELDS", "KEY", "LANGUAGE", "PipedriveServer", "known"]
