"""HubSpot, governed: `client = aboveboard_hubspot.wrap(HubSpot(access_token=…), purpose=…)`.

For hubspot-api-client 12 (extra `aboveboard[hubspot]`). A person's identifier is
`hubspot/contacts/<id>`; an address that refuses is `hubspot/email/<address>`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard_hubspot.client import wrap
    from aboveboard_hubspot.payloads import events
    from aboveboard_hubspot.webhooks import Webhooks, changes

__all__ = ["Webhooks", "changes", "events", "wrap"]

_HOMES = {
    "Webhooks": "webhooks",
    "changes": "webhooks",
    "events": "payloads",
    "wrap": "client",
}


def __getattr__(name: str) -> Any:
    """The public names, when they are used: every gate imports this package for its hooks alone."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
