"""A HubSpot on this machine, its real client, and what a lawful seller knows beside it."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hubspot
import pytest
from structlog.testing import capture_logs

import aboveboard_hubspot
from aboveboard import Gate, Settings
from aboveboard.crm import Record
from aboveboard.organisation import example
from examples.hubspot.server import HubSpotServer

SAMPLES = Path(__file__).parent / "samples"
WORK_EMAIL = {
    "hubspot/contacts": {"email": {"categories": ["pd:EmailAddressWork"], "source": "provided"}}
}


def sample(name: str) -> Any:
    """A payload as HubSpot documents it."""
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def known(record: Record | None = None) -> dict[str, Any]:
    """What HubSpot does not know of a person and a lawful seller does."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {"is_minor": False, "vulnerable_flags": []},
        "rights_requests": [],
        "notice": {
            "delivered_at": then, "art14_delivered_at": then, "language": "fi", "shown_7d": 0,
        },
        "fields[]": {"collected_purposes": ["dpv:CustomerRelationshipManagement"]},
    }  # fmt: skip


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture
def server() -> Iterator[HubSpotServer]:
    with HubSpotServer() as server:
        for number, name in ((1, "Aino"), (2, "Eetu"), (3, "Saara")):
            address = f"{name.lower()}@example.com"
            server.put(
                "contacts",
                number,
                email=address,
                firstname=name,
                lastname="Esimerkki",
                jobtitle="Buyer",
                company="Esimerkki Oy",
                country="Finland",
                hs_language="fi",
                hs_email_optout="false",
                lifecyclestage="lead",
                hs_predictivecontactscore_v2="12.34",
            )
            server.statuses[address] = [
                {
                    "subscriptionId": 7716990,
                    "status": "SUBSCRIBED",
                    "channel": "EMAIL",
                    "legalBasis": "CONSENT_WITH_NOTICE",
                    "timestamp": "2026-03-02T08:14:05Z",
                    "subscriberIdString": address,
                }
            ]
        yield server
        gc.collect()  # the SDK leaves its sockets to the collector; here they close within their test


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate(Settings.load(fields=WORK_EMAIL), organisation=example())


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Gate]:
    """A gate with a suppression store."""
    settings = Settings.load(
        fields=WORK_EMAIL,
        suppression_store=tmp_path / "s.sqlite",
        subject_key="of more than sixteen bytes",
    )
    with Gate(settings, organisation=example()) as gate:
        yield gate


Wrap = Callable[..., Any]


@pytest.fixture
def wrap(server: HubSpotServer, gate: Gate) -> Wrap:
    """A client of the local server, wrapped for keeping contacts."""

    def make(*, client: dict[str, Any] | None = None, **more: Any) -> Any:
        options = {
            "purpose": "contact_management", "recipient": "crm", "facts": known, "gate": gate, **more,
        }  # fmt: skip
        made = hubspot.HubSpot(
            access_token="token", host=server.url, base_url=server.url, **(client or {})
        )
        return aboveboard_hubspot.wrap(made, **options)

    return make


class Seen:
    """A plugin that keeps the events that are decided on."""

    def __init__(self) -> None:
        from aboveboard import hookimpl

        self.events: list[Any] = []
        for step in ("data_collection", "profiling", "recommendation", "decision"):
            setattr(self, f"aboveboard_{step}", hookimpl(self._keep(f"aboveboard_{step}")))

    def _keep(self, name: str) -> Callable[[Any], None]:
        def keep(event: Any) -> None:
            self.events.append(event)

        keep.__name__ = name
        return keep


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def watched(seen: Seen) -> Gate:
    """A gate whose events `seen` keeps."""
    return Gate(Settings.load(fields=WORK_EMAIL), organisation=example(), plugins=[seen])
