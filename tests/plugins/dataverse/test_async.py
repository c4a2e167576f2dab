"""The SDK's asynchronous client is governed as the other one is."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from PowerPlatform.Dataverse.aio.async_client import AsyncDataverseClient
from PowerPlatform.Dataverse.core.config import DataverseConfig
from PowerPlatform.Dataverse.core.errors import HttpError

import aboveboard_dataverse
from aboveboard import StepDenied
from examples.dataverse.server import Failure
from tests.plugins.dataverse.conftest import KNOWN
from tests.plugins.dataverse.people import AINO, BART, Credential

pytestmark = pytest.mark.anyio


class AsyncCredential:
    """Gives tokens without asking anybody."""

    async def get_token(self, *names: str, **more: Any) -> Any:
        """A token."""
        return Credential().get_token(*names, **more)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> AsyncCredential:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""


@asynccontextmanager
async def opened(server: Any, gate: Any, **more: Any) -> AsyncIterator[Any]:
    """A wrapped client of the server."""
    trusting = ssl.create_default_context(cafile=str(server.certificate))
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting))
    config = DataverseConfig(http_retries=2, http_backoff=0.01, http_timeout=5.0)
    client = AsyncDataverseClient(server.url, AsyncCredential(), config)
    client._session = session
    options = {"purpose": "contact_management", "facts": KNOWN, "gate": gate, **more}
    async with session, aboveboard_dataverse.wrap(client, **options) as wrapped:
        yield wrapped


async def test_what_is_not_needed_is_never_fetched(server: Any, gate: Any, seen: Any) -> None:
    async with opened(server, gate()) as client:
        row = await client.records.retrieve("lead", AINO, select=["fullname", "new_religion"])
    assert dict(row) == {"leadid": AINO, "fullname": "Aino Esimerkki"}
    (asked,) = server.requests(f"leads({AINO})")
    assert "new_religion" not in asked
    assert seen.events()[0].facts.subject.country == "FI"


async def test_pages_sql_and_batches_are_cut(server: Any, gate: Any) -> None:
    async with opened(server, gate()) as client:
        rows = [
            set(row.keys())
            async for page in client.records.list_pages("lead", select=["fullname"], page_size=1)
            for row in page
        ]
        assert rows == [{"leadid", "fullname"}] * 2
        found = await client.query.sql("SELECT fullname, new_religion FROM lead")
        assert [set(row.keys()) for row in found] == [{"fullname"}] * 2
        batch = client.batch.new()
        batch.records.retrieve("lead", AINO, select=["fullname", "new_religion"])
        result = await batch.execute()
        assert "new_religion" not in result.responses[0].data


async def test_a_score_of_who_objects_is_denied_and_tried_once(server: Any, gate: Any) -> None:
    more = {"purpose": "lead_scoring", "model": "propensity-3.1"}
    async with opened(server, gate(), **more) as client:
        with pytest.raises(StepDenied, match="R-OBJ-01"):
            await client.records.update("lead", BART, {"msdyn_leadscore": 99})
    assert not server.requests("PATCH")


async def test_the_clients_errors_stay(server: Any, gate: Any) -> None:
    async with opened(server, gate()) as client:
        server.fail("leads", Failure(403))
        with pytest.raises(HttpError, match="The server says no"):
            await client.records.list("lead", select=["fullname"])
