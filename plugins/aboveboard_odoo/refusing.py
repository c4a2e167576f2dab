"""What people refuse by a call that the program makes for them."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from aboveboard.crm import Refusal
from aboveboard_odoo.calls import OdooCall
from aboveboard_odoo.metadata import Ask
from aboveboard_odoo.people import email_id, identifier, phone_id
from aboveboard_odoo.routes import SUBSCRIPTIONS
from aboveboard_odoo.values import link

__all__ = ["refusals_of"]

_log = structlog.get_logger("aboveboard")


def refusals_of(call: OdooCall, ask: Ask) -> Iterable[Refusal]:
    """Who refuses what; none where nobody can tell: the call goes through all the same."""
    items = call.values()
    if call.model in SUBSCRIPTIONS:
        contacts = {link(item.get("contact_id")) for item in items}
        if call.method == "write":
            contacts = _contacts(call, ask)
        people = (identifier("mailing.contact", contact) for contact in contacts)
        return [Refusal(name, "email") for name in people if name]
    if call.model == "mail.blacklist":
        addresses = (email_id(item.get("email")) for item in items)
        return [Refusal(name, "email") for name in addresses if name]
    numbers = [item.get("number") for item in items] or [call.get("number")]
    people = (phone_id(number) for number in numbers)
    return [
        refusal
        for name in people
        if name
        for refusal in (Refusal(name, "phone"), Refusal(name, "sms"))
    ]


def _contacts(call: OdooCall, ask: Ask) -> set[int | None]:
    try:
        rows = ask(call.model, "read", [call.ids(), ["contact_id"]], {})
        return {link(row["contact_id"]) for row in rows}
    except Exception as error:
        _log.warning("lookup.failed", lookup="odoo.contacts", error=type(error).__name__)
        return set()
