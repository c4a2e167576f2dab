"""A governed client of google-genai, and a Gemini on this machine."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from aboveboard import Gate
from aboveboard.testing.recorder import Recorder
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts
from tests.plugins.ai.gemini.serving import Vendor

genai = pytest.importorskip("google.genai")

import aboveboard_gemini  # noqa: E402

NO_HTTPS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
GEMINI = "gemini-3.6-flash"
MAIL = "anna@example.fi"
FAST = {"attempts": 3, "initial_delay": 0.01, "max_delay": 0.02, "jitter": 0.01}


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as running:
        yield running


def make(url: str, *, httpx: bool = True, **http: Any) -> Any:
    """A client of the SDK, not governed; async over httpx, or over aiohttp where that is there."""
    import httpx2

    # No https here, and certificates take long to load.
    http["client_args"] = {"verify": NO_HTTPS}
    http["async_client_args"] = {"verify": NO_HTTPS, "ssl": NO_HTTPS}
    if httpx:
        http["async_client_args"]["transport"] = httpx2.AsyncHTTPTransport(verify=NO_HTTPS)
    options = genai.types.HttpOptions(base_url=url, api_version="v1beta", **http)
    return genai.Client(api_key="a-key", http_options=options)


@pytest.fixture
def govern(assistant: tuple[Gate, Recorder]) -> Iterator[Callable[..., Any]]:
    """Make a governed client: `govern(url, **options)`; options of the transport in `http=`."""
    made: list[Any] = []

    def one(url: str, *, http: dict[str, Any] | None = None, **options: Any) -> Any:
        stated = {
            "purpose": PURPOSE, "model": MODEL, "gate": assistant[0], "host": HOST, "tools": TOOLS,
            "facts": chat_facts(),
        }  # fmt: skip
        made.append(make(url, **(http or {})))
        return aboveboard_gemini.wrap(made[-1], **(stated | options))

    yield one
    for client in made:
        client.close()
