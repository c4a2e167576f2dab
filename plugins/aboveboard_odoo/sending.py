"""Those whom a call sends something to, a record each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import structlog

from aboveboard.crm import Guard, Record
from aboveboard_odoo.calls import OdooCall
from aboveboard_odoo.metadata import Ask
from aboveboard_odoo.people import PEOPLE, email_id, identifier, phone_id
from aboveboard_odoo.values import empty, link, shown

__all__ = ["recipients_of"]

_log = structlog.get_logger("aboveboard")
_TEXTS = ("body", "body_html", "message", "name", "subject", "summary")
_CARRIERS = {
    "mail.compose.message": ["model", "partner_ids", "res_ids"],
    "mail.mail": ["email_to", "recipient_ids"],
    "sms.composer": ["numbers", "res_ids", "res_model"],
    "sms.sms": ["number", "partner_id"],
}
"""Messages that lie ready, and the fields that say for whom: they are read once, before they leave."""
_SMS = ("sms.composer", "sms.sms")


def recipients_of(call: OdooCall, guard: Guard, ask: Ask) -> list[Record]:
    """The recipients; one record of nobody known where the call does not name any.

    Args:
        call: the call; a text that must not be sent is taken out of it.
        guard: refuses what cannot be taken out.
        ask: reads a message that lies ready.
    """
    people = list(dict.fromkeys(_people(call, ask)))
    channel = _channel(call)
    holders = call.values() or [call.kwargs]
    texts = {
        name: shown(holder[name], "html")
        for holder in holders
        for name in _TEXTS
        if not empty(name, holder.get(name))
    }

    def remove(name: str) -> None:
        if not any(name in holder for holder in holders):
            guard.refuse(call.name, f"'{call.name}' sends '{name}', which cannot be left out.")
        for holder in holders:
            holder.pop(name, None)

    object_name = "mail.message" if call.method.startswith("message_") else call.model
    return [
        Record(
            object_name,
            person,
            dict(texts),
            remove,
            facts={"contact": {"channel": channel}, **_kind(person)},
            also=tuple(item for item in also if item != person),
        )
        for person, also in people or [(None, ())]
    ]


def _kind(person: str | None) -> dict[str, Any]:
    """A partner may be a firm, which its own record says; everybody else is a human being."""
    if person is not None and person.startswith("odoo/res.partner/"):
        return {}
    return {"subject": {"type": "natural_person"}}


def _channel(call: OdooCall) -> str:
    if call.model in _SMS or call.method.startswith("message_post_sms"):
        return "sms"
    return "chat" if call.model.startswith("whatsapp.") else "email"


def _people(call: OdooCall, ask: Ask) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    if call.method in ("message_subscribe", "message_notify") or call.method.startswith("message_"):
        partners = _numbers(call.get("partner_ids"))
        owners = call.ids() if not partners and call.model in PEOPLE else []
        yield from _named("res.partner", partners)
        yield from _named(call.model, owners)
        return
    if call.model == "mailing.mailing":
        return
    if call.model == "mail.template":
        return
    rows: Iterable[Any] = call.values()
    if call.model in _CARRIERS and call.method != "create" and call.ids():
        rows = [*rows, *_read(call, ask)]
    elif call.model == "privacy.consent":
        rows = _read(call, ask)
    for row in rows:
        if isinstance(row, dict):
            yield from _of_row(row)


def _of_row(row: dict[str, Any]) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Whom a message that is written down goes to."""
    for name in ("recipient_ids", "partner_ids"):
        yield from _named("res.partner", _numbers(row.get(name)))
    yield from _named("res.partner", [link(row.get("partner_id"))])
    yield from _named("mailing.contact", [link(row.get("contact_id"))])
    for name in ("email_to", "email_cc"):
        for part in str(row.get(name) or "").replace(";", ",").split(","):
            if found := email_id(part):
                yield found, ()
    for name in ("number", "numbers"):
        for part in str(row.get(name) or "").split(","):
            if found := phone_id(part):
                yield found, ()
    model = row.get("model") or row.get("res_model")
    if isinstance(model, str):
        yield from _named(model, _listed(row.get("res_ids") or row.get("res_id")))


def _named(model: str, numbers: Iterable[Any]) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    for number in numbers:
        if name := identifier(model, number):
            yield name, ()


def _numbers(value: Any) -> list[int]:
    """Ids in a list, or in Odoo's commands `[4, id]` and `[6, 0, ids]`."""
    found: list[int] = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, list) and len(item) == 3 and isinstance(item[2], list):
            found.extend(number for entry in item[2] if (number := link(entry)) is not None)
        elif isinstance(item, list) and len(item) > 1:
            found.extend(number for number in [link(item[1])] if number)
        elif (number := link(item)) is not None:
            found.append(number)
    return found


def _listed(value: Any) -> list[int]:
    """Ids as a number, a list, or a list written as a text, as composers keep it."""
    if isinstance(value, str):
        return [int(part) for part in value.strip("[]() ").split(",") if part.strip().isdigit()]
    return _numbers(value)


def _read(call: OdooCall, ask: Ask) -> list[Any]:
    names = _CARRIERS.get(call.model, ["partner_id"])
    try:
        found = ask(call.model, "read", [call.ids(), names], {})
    except Exception as error:
        _log.warning("lookup.failed", lookup="odoo.recipients", error=type(error).__name__)
        return []
    return found if isinstance(found, list) else []
