"""Clients and requests that tests make."""

from __future__ import annotations

import ssl
from typing import Any

from anthropic import Anthropic, AsyncAnthropic
from anthropic._base_client import AsyncHttpxClientWrapper, SyncHttpxClientWrapper

__all__ = ["ANNA", "PRESSED", "asked", "aunwrapped", "offered", "unwrapped"]

ANNA = "anna@example.org"
PRESSED = "Osta nyt, vain tänään, viimeinen kappale!"
"""An answer that presses: it needs a human."""


_NO_HTTPS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here goes by https, and certificates take long to load. Else the clients are the SDK's own."""


def unwrapped(url: str | None = None, **more: Any) -> Anthropic:
    """A client, not governed."""
    http = SyncHttpxClientWrapper(verify=_NO_HTTPS)
    return Anthropic(api_key="sk", base_url=url, http_client=http, **more)


def aunwrapped(url: str | None = None, **more: Any) -> AsyncAnthropic:
    """An async client, not governed."""
    http = AsyncHttpxClientWrapper(verify=_NO_HTTPS)
    return AsyncAnthropic(api_key="sk", base_url=url, http_client=http, **more)


def asked(said: Any = "Hei, missä tilaukseni on?", **more: Any) -> dict[str, Any]:
    """The arguments of a call of the Messages API."""
    return {
        "model": "claude-opus-5-5",
        "max_tokens": 200,
        "messages": [{"role": "user", "content": said}],
        **more,
    }


def offered(*names: str) -> list[dict[str, Any]]:
    """Tools that a call offers."""
    return [
        {
            "name": name,
            "description": "Acts for the shop.",
            "input_schema": {"type": "object", "properties": {"product": {"type": "string"}}},
        }
        for name in names
    ]
