"""Everything that Dataverse sends, as events: rows, pages of them, consent records, webhooks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.crm import Change, FieldMap, Record, Refusal, change_event, event_of, instant
from aboveboard.detecting import detect
from aboveboard_dataverse.people import consent_refusals, refusals
from aboveboard_dataverse.rows import records_of
from aboveboard_dataverse.tables import CONSENT_TABLE, PERSONS, Tables, identifier

__all__ = ["FIELDS", "NOT_SENT", "changes", "events"]

FIELDS = FieldMap.shipped("aboveboard_dataverse")
NOT_SENT = "columns_not_sent"
"""Stands for columns that changed and did not come along: nobody knows what they hold."""

_TABLES = Tables()
_CONTEXT = re.compile(r"#(\w+)(?:\(|/|$)")
_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_NAME = re.compile(r"[A-Za-z]\w{0,127}")
_NIL = "00000000-0000-0000-0000-000000000000"
_EMPTY = frozenset(
    ("Delete", "SetState", "SetStateDynamicEntity", "Assign", "Associate", "Disassociate")
)
_KNOWN = frozenset(("Create", "CreateMultiple", "Merge", "Update", "UpdateMultiple", "Upsert",
                    "UpsertMultiple", "msdyn_GDPROptoutContact", "msdyn_GDPROptoutLead")) | _EMPTY  # fmt: skip


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:
    """The standard events of anything that Dataverse sends.

    Args:
        payload: a JSON value: a row, a page of rows, a consent record, or a webhook's body.
        pseudonym: makes an event's subject of a person's identifier; `Gate.pseudonym` does.

    Raises:
        EventError: it is nothing that Dataverse sends; names the place, never a value.
    """
    if isinstance(payload, Mapping) and "MessageName" in payload:
        return [
            change_event("dataverse", "app", change, FIELDS, pseudonym=pseudonym, read=detect)
            for change in changes(payload)
        ]
    return [
        event_of(record, FIELDS, source="/dataverse/app", pseudonym=pseudonym, read=detect)
        for record in _records(payload)
    ]


def _records(payload: Any) -> Iterator[Record]:
    if isinstance(payload, Mapping):
        page = payload.get("value")
        context = _CONTEXT.search(str(payload.get("@odata.context") or ""))
        named = _TABLES.of_set(context[1]) if context else None
        guess = named.name if named else context[1] if context else ""
        rows = page if isinstance(page, list) else [payload]
        for place, row in enumerate(rows):
            if not isinstance(row, Mapping):
                msg = f"Dataverse value[{place}]: expected a row."
                raise EventError(msg)
            if any(not isinstance(key, str) for key in row):
                break
            found = records_of(_TABLES, guess, dict(row))
            if not found[0].object or (not guess and _TABLES.named(found[0].object) is None):
                break
            yield from found
        else:
            return
    msg = (
        "Dataverse: expected a row with its primary key or '@odata.context', a page of rows in 'value', "
        "or a webhook's context with 'MessageName'."
    )
    raise EventError(msg)


def changes(payload: Any, *, truncated: bool = False) -> list[Change]:
    """What a webhook's body tells: the execution context of one operation.

    Args:
        payload: its JSON value.
        truncated: Dataverse said that it left columns out, for size.

    Raises:
        EventError: it is no execution context; names the place, never a value.
    """
    if not isinstance(payload, Mapping):
        msg = "Dataverse webhook: expected an object."
        raise EventError(msg)
    message = _text(payload, "MessageName")
    table = _text(payload, "PrimaryEntityName").lower()
    at = _time(payload.get("OperationCreatedOn"))
    images = {name: _entities(payload, name) for name in ("PreEntityImages", "PostEntityImages")}
    found = _entities(payload, "InputParameters")
    targets = [entity for name, entity in found if name in ("Target", "Targets")]
    key = payload.get("PrimaryEntityId")
    if not targets:
        targets = [{"Id": key}]
        truncated = truncated or message not in _EMPTY
    told = []
    for number, target in enumerate(targets):
        own = target.get("Id") if target.get("Id") not in (None, _NIL) else key
        before, after = ({k: v for _, e in images[name] if _same(e, own, len(targets))
                          for k, v in _columns(e).items()}
                         for name in ("PreEntityImages", "PostEntityImages"))  # fmt: skip
        change = _change(table, message, own, _columns(target), (before, after), lost=truncated)
        change.id = _id(payload, message, table, own, number)
        change.at = at
        told.append(change)
    return told


def _change(
    table: str,
    message: str,
    key: object,
    changed: dict[str, Any],
    images: tuple[dict[str, Any], dict[str, Any]],
    *,
    lost: bool,
) -> Change:
    before, after = images
    whole = {**before, **after, **changed}
    primary = f"{table}id"
    if isinstance(key, str) and table in PERSONS:
        whole[primary] = key.lower()
    known = records_of(_TABLES, table, dict(whole))[0]
    subject = identifier(table, key) or known.subject
    values = {
        name: True if value in (None, "") else value  # what was emptied still is what changed
        for name, value in changed.items()
        if "@" not in name
    }
    if lost:
        values[NOT_SENT] = True
    record = Record(table, subject, values, lambda _: None, facts=known.facts)
    record.collected_at, record.also = known.collected_at, known.also
    refused: list[Refusal] = []
    if table in PERSONS:
        flags = (
            {**changed, "msdyn_gdproptout": True} if message.startswith("msdyn_GDPR") else changed
        )
        refused = list(refusals(subject, flags, {**before, **after}))
    elif table == CONSENT_TABLE:
        refused = list(consent_refusals(whole, before))
    understood = message in _KNOWN and _TABLES.named(table) is not None
    return Change(None, None, f"{table}.{message}", record, tuple(refused), known=understood)


def _entities(payload: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Entities among key and value pairs; a collection's ones each."""
    pairs = payload.get(name)
    if pairs is None:
        return []
    if not isinstance(pairs, list):
        msg = f"Dataverse webhook {name}: expected an array of keys and values."
        raise EventError(msg)
    found: list[tuple[str, Mapping[str, Any]]] = []
    for place, pair in enumerate(pairs):
        if not isinstance(pair, Mapping) or not isinstance(pair.get("key"), str):
            msg = f"Dataverse webhook {name}[{place}]: expected a key and a value."
            raise EventError(msg)
        value = pair.get("value")
        if not isinstance(value, Mapping):
            continue
        many = value.get("Entities")
        found.extend(
            (pair["key"], item)
            for item in (many if isinstance(many, list) else [value])
            if isinstance(item, Mapping) and ("Attributes" in item or "LogicalName" in item)
        )
    return found


def _columns(entity: Mapping[str, Any]) -> dict[str, Any]:
    attributes = entity.get("Attributes")
    if attributes is None:
        return {}
    if not isinstance(attributes, list):
        msg = "Dataverse webhook Attributes: expected an array of keys and values."
        raise EventError(msg)
    found: dict[str, Any] = {}
    for place, pair in enumerate(attributes):
        name = pair.get("key") if isinstance(pair, Mapping) else None
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            msg = f"Dataverse webhook Attributes[{place}]: expected a key and a value."
            raise EventError(msg)
        _put(found, name.lower(), pair.get("value"))
    return found


def _put(into: dict[str, Any], name: str, value: Any) -> None:
    """A value as a row of the Web API has it."""
    if isinstance(value, Mapping):
        if "Value" in value:
            into[name] = value["Value"]
        elif "Id" in value:
            into[name] = value["Id"]
            into[f"{name}@Microsoft.Dynamics.CRM.lookuplogicalname"] = value.get("LogicalName")
        else:
            into[name] = True
    elif isinstance(value, list):
        into[name] = True
    elif isinstance(value, str) and _DATE.fullmatch(value):
        when = _time(value)
        into[name] = True if when is None else when.isoformat()
    else:
        into[name] = value


def _time(value: object) -> datetime | None:
    fit = _DATE.fullmatch(value) if isinstance(value, str) else None
    if fit is None:
        return instant(value)
    milliseconds = int(fit[1])
    if not 0 <= milliseconds <= 4_102_444_800_000:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        msg = f"Dataverse webhook {name}: expected a name."
        raise EventError(msg)
    return value


def _same(entity: Mapping[str, Any], key: object, targets: int) -> bool:
    return targets == 1 or str(entity.get("Id")).lower() == str(key).lower()


def _id(
    payload: Mapping[str, Any], message: str, table: str, key: object, number: int
) -> str | None:
    """An asynchronous step is tried again under the same operation; others bear only their request's."""
    for name in ("OperationId", "RequestId", "CorrelationId"):
        value = payload.get(name)
        if isinstance(value, str) and value and value != _NIL:
            return f"{name}:{value}:{message}:{table}:{key}:{payload.get('Stage')}:{number}"
    return None
