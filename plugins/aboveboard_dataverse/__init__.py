"""Dynamics 365 (Dataverse), governed: `aboveboard_dataverse.wrap(DataverseClient(…), purpose=…)`.

For PowerPlatform-Dataverse-Client 1 (extra `aboveboard[dataverse]`). A person's identifier is
`dataverse/<table>/<guid>`, such as `dataverse/lead/…`; an address that refuses is
`dataverse/email/<address>`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard_dataverse.client import wrap
    from aboveboard_dataverse.payloads import changes, events
    from aboveboard_dataverse.webhooks import Webhooks

__all__ = ["Webhooks", "changes", "events", "wrap"]

_HOMES = {
    "Webhooks": "webhooks",
    "changes": "payloads",
    "events": "payloads",
    "wrap": "client",
}


def __getattr__(name: str) -> Any:
    """The public names, when they are used: every gate imports this package for its hooks alone."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
