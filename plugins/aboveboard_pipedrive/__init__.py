"""Pipedrive, governed: `client = aboveboard_pipedrive.wrap(httpx.Client(base_url=…), purpose=…)`.

For Pipedrive's API v2 and what is left of v1, over httpx (extra `aboveboard[pipedrive]`). A person's
identifier is `pipedrive/persons/<id>`; an address that refuses is `pipedrive/email/<address>`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard_pipedrive.client import transport, wrap
    from aboveboard_pipedrive.webhooks import Webhooks, changes, events

__all__ = ["Webhooks", "changes", "events", "transport", "wrap"]

_HOMES = {
    "Webhooks": "webhooks",
    "changes": "webhooks",
    "events": "webhooks",
    "transport": "client",
    "wrap": "client",
}


def __getattr__(name: str) -> Any:
    """The public names, when they are used: every gate imports this package for its hooks alone."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
