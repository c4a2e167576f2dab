"""Salesforce, governed: `sf = aboveboard_salesforce.wrap(Salesforce(…), purpose=…)`.

For simple-salesforce 1.12 (extra `aboveboard[salesforce]`). A person's identifier is
`salesforce/<Object>/<id of 18 characters>`, such as `salesforce/Lead/00Q5g00000AbCdEEAV`; an address
that refuses is `salesforce/email/<address>`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard_salesforce.change_events import ChangeEvents, changes, events
    from aboveboard_salesforce.client import session, wrap

__all__ = ["ChangeEvents", "changes", "events", "session", "wrap"]

_HOMES = {
    "ChangeEvents": "change_events",
    "changes": "change_events",
    "events": "change_events",
    "session": "client",
    "wrap": "client",
}


def __getattr__(name: str) -> Any:
    """The public names, when they are used: every gate imports this package for its hooks alone."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
