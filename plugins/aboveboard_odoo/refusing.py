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
        contacts = _linked(call, ask, "contact_id")
        people = (identifier("mailing.contact", contact) for contact in contacts)
        return [Refusal(name, "email") for name in people if name]
    if call.model == "privacy.consent":
        partners = _linked(call, ask, "partner_id")
        people = (identifier("res.partner", partner) for partner in partners)
        return [Refusal(name, "any") for name in people if name]
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


def _linked(call: OdooCall, ask: Ask, name: str) -> set[int | None]:
    """Whom the records of a call lead to; those that are there already are asked."""
    if call.method == "create":
        return {link(item.get(name)) for item in call.values()}
    try:
        rows = ask(call.model, "read", [call.ids(), [name]], {})
        return {link(row[name]) for row in rows}
    except Exception as error:
        _log.warning("lookup.failed", lookup="odoo.refusals", error=type(error).__name__)
        return set()
