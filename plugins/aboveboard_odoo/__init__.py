"""Odoo, governed: `odoo = aboveboard_odoo.wrap(odoorpc.ODOO(…), purpose=…)`.

For OdooRPC 0.10 (extra `aboveboard[odoo]`) and Odoo 13 to 18. A person's identifier is
`odoo/<model>/<id>`; an address that refuses is `odoo/email/<address>`, a number `odoo/phone/<number>`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard_odoo.client import wrap
    from aboveboard_odoo.webhooks import Webhooks, changes, events

__all__ = ["Webhooks", "changes", "events", "wrap"]


def __getattr__(name: str) -> Any:
    """The public names, when they are used: every gate imports this package for its hooks alone."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    part = "client" if name == "wrap" else "webhooks"
    return getattr(import_module(f"{__name__}.{part}"), name)
