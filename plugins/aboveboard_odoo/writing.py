"""Records that a call writes, also those that lie in the values of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import Guard, Record
from aboveboard_odoo.calls import OdooCall
from aboveboard_odoo.domains import Relation
from aboveboard_odoo.people import also_known_as, email_id, identifier, person_facts, subject_of
from aboveboard_odoo.reading import Types, values_of
from aboveboard_odoo.routes import plain_model

__all__ = ["by_id", "commands", "written_by"]

_FIXED: dict[str, dict[str, Any]] = {
    "action_archive": {"active": True},
    "action_set_automated_probability": {"probability": True},
    "action_set_lost": {"lost_reason_id": True, "probability": True},
    "action_set_won": {"probability": True, "stage_id": True},
    "action_set_won_rainbowman": {"probability": True, "stage_id": True},
    "action_unarchive": {"active": True},
    "activity_feedback": {"activity_ids": True},
    "convert_opportunity": {"partner_id": True, "type": True},
    "toggle_active": {"active": True},
}
"""What methods write that take no values."""
_MAX_DEPTH = 10


def written_by(
    call: OdooCall, guard: Guard, types: Types | None, relation: Relation
) -> Iterator[Record]:
    """The records that a call writes.

    Args:
        call: the call; its values are changed when a field must not be written.
        guard: refuses what cannot be left out of it.
        types: of the model's fields.
        relation: the models that fields link to.
    """
    if call.method == "name_create":
        yield _named(call, guard)
    elif call.method == "activity_schedule":
        names = ("summary", "note")
        values = {name: text for name in names if isinstance(text := call.get(name), str) and text}
        yield from by_id("mail.activity", call, values, lambda name: call.put(name, ""))
    elif call.method in ("create", "web_save", "write", "copy"):
        for values in call.values() or [{}]:
            yield from _with_values(call, values, types, relation)
    else:
        values = _FIXED.get(call.method, {"": True})
        yield from by_id(call.model, call, values, _cannot(call, guard))


def by_id(
    object_name: str, call: OdooCall, values: dict[str, Any], remove: Callable[[str], Any]
) -> Iterator[Record]:
    """A record for each that a call is made on, all with the same values."""
    numbers: list[int | None] = [*call.ids()] or [None]
    for number in numbers:
        yield Record(object_name, identifier(call.model, number), dict(values), remove)


def commands(value: Any) -> Iterator[dict[str, Any]]:
    """The values in Odoo's commands `[0, 0, {…}]` and `[1, id, {…}]`, each with the `id` it is of."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, list) and len(item) == 3 and isinstance(item[2], dict):
            yield item[2]


def _with_values(
    call: OdooCall, values: dict[str, Any], types: Types | None, relation: Relation
) -> Iterator[Record]:
    numbers: list[int | None] = [] if call.method == "create" else [*call.ids()]
    for number in [] if plain_model(call.model) else numbers or [None]:
        row = values if number is None else {**values, "id": number}
        yield _record(call.model, row, values, types)
    yield from _nested(call.model, values, relation, 0)


def _nested(model: str, values: dict[str, Any], relation: Relation, depth: int) -> Iterator[Record]:
    for name, value in values.items():
        for inner in commands(value):
            owner = relation(model, name) or f"{model}.{name}"
            if not plain_model(owner):
                yield _record(owner, inner, inner, None)
            if depth < _MAX_DEPTH:
                yield from _nested(owner, inner, relation, depth + 1)


def _record(model: str, row: dict[str, Any], values: dict[str, Any], types: Types | None) -> Record:
    subject = subject_of(model, row) or email_id(
        row.get("email") or row.get("email_from") or row.get("email_normalized")
    )
    return Record(
        model,
        subject,
        values_of(model, values, types),
        lambda name: values.pop(name, None),
        facts=person_facts(model, row),
        collected_at=None if "id" in row else datetime.now(UTC),  # new to the CRM
        also=also_known_as(model, row, subject),
        source=values,
    )


def _named(call: OdooCall, guard: Guard) -> Record:
    name = call.get("name")
    values = {"name": name} if isinstance(name, str) else {"name": True}
    return Record(call.model, email_id(name), values, _cannot(call, guard))


def _cannot(call: OdooCall, guard: Guard) -> Callable[[str], Any]:
    """What a method writes by itself cannot be left out: it is refused."""

    def remove(name: str) -> None:
        guard.refuse(call.name, f"'{call.name}' writes '{name}', which this purpose does not need.")

    return remove
