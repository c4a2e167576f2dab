"""Salesforce's change events and platform events; and all else that it sends, as standard events.

Salesforce calls nobody: a subscriber of the organisation's (Pub/Sub API, CometD) gets the events over
a connection that it has signed in to, decodes them, and hands them on. There is no signature to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import structlog

from aboveboard import EventError, Gate, StepEvent
from aboveboard.crm import (
    Change,
    FieldMap,
    Inbox,
    Received,
    Record,
    Refusal,
    change_event,
    event_of,
    instant,
    join_facts,
)
from aboveboard.detecting import detect
from aboveboard_salesforce.dialect import refusals_of
from aboveboard_salesforce.ids import id18
from aboveboard_salesforce.people import OPT_OUTS, flag
from aboveboard_salesforce.records import flat_values, records_of

__all__ = ["ChangeEvents", "changes", "events"]

_log = structlog.get_logger("aboveboard")
FIELDS = FieldMap.shipped("aboveboard_salesforce")
_MAX_RECORDS = 2000
_MAX_DEPTH = 20
_TYPES = frozenset(
    f"{gap}{kind}" for gap in ("", "GAP_") for kind in ("CREATE", "UPDATE", "DELETE", "UNDELETE")
) | {"GAP_OVERFLOW", "SNAPSHOT"}
_CHANNELS = {"email": "email", "phone": "phone", "mailingaddress": "post", "web": "web"}


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:
    """The standard events of anything that Salesforce sends: change events, records, pages, consents.

    Args:
        payload: a JSON value.
        pseudonym: makes an event's subject of a person's identifier; `Gate.pseudonym` does.

    Raises:
        EventError: it is nothing that Salesforce sends; names the place, never a value.
    """
    first = payload[0] if isinstance(payload, list) and payload else payload
    if _is_change(first):
        return [
            change_event("salesforce", "app", change, FIELDS, pseudonym=pseudonym, read=detect)
            for change in changes(payload)
        ]
    return [
        event_of(record, FIELDS, source="/salesforce/app", pseudonym=pseudonym, read=detect)
        for record in _records(payload, "payload", 0)
    ]


def changes(payload: Any) -> list[Change]:
    """What change events and platform events tell, one change for each record.

    Args:
        payload: one event or a list: the payload itself, or within `{"payload", "event"}` or
            `{"data": …, "channel"}`, as clients hand it out.

    Raises:
        EventError: it is no event; names the place, never a value.
    """
    items = payload if isinstance(payload, list) else [payload]
    if not items:
        msg = "Salesforce change events: the list is empty."
        raise EventError(msg)
    return [change for number, item in enumerate(items) for change in _changes(item, number)]


def _changes(item: Any, number: int) -> Iterator[Change]:
    place = f"Salesforce event [{number}]"
    body, outer, channel = _opened(item, place)
    header = body.get("ChangeEventHeader")
    replay = outer.get("replayId", outer.get("replay_id"))
    if isinstance(replay, bool) or not isinstance(replay, int | str | None):
        msg = f"{place}.event.replayId: expected a number or a text."
        raise EventError(msg)
    if header is None:
        yield _platform_event(body, outer, channel, replay, place)
        return
    if not isinstance(header, Mapping):
        msg = f"{place}.ChangeEventHeader: expected an object."
        raise EventError(msg)
    name, kind = header.get("entityName"), header.get("changeType")
    if not isinstance(name, str) or not name:
        msg = f"{place}.ChangeEventHeader.entityName: expected a text such as 'Lead'."
        raise EventError(msg)
    if not isinstance(kind, str) or not kind:
        msg = f"{place}.ChangeEventHeader.changeType: expected a text such as 'UPDATE'."
        raise EventError(msg)
    ids = header.get("recordIds")
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
        msg = f"{place}.ChangeEventHeader.recordIds: expected a list of ids."
        raise EventError(msg)
    if len(ids) > _MAX_RECORDS:
        msg = f"{place}.ChangeEventHeader.recordIds: more than {_MAX_RECORDS}; no event has."
        raise EventError(msg)
    at = instant(header.get("commitTimestamp"))
    values = _values(body, header)
    made = _event_id(header, channel, replay)
    for record_id in ids:
        yield _change((name, kind), record_id, values, at, made)


def _change(
    kind: tuple[str, str],
    record_id: str,
    values: Mapping[str, Any],
    at: datetime | None,
    made: str | None,
) -> Change:
    name, happened = kind
    record = flat_values(name, dict(values), id18(record_id))
    record.collected_at = record.collected_at or at
    refusals: list[Refusal] = []
    if record.subject is not None and name != "User":
        if name != "ContactPointTypeConsent":
            refusals += refusals_of(record.subject, values)
        else:
            refusals += _consent(record.subject, values)
    if record.subject is None and (
        any(flag(values.get(field)) for field in OPT_OUTS)
        or (name == "ContactPointTypeConsent" and "PrivacyConsentStatus" in values)
    ):
        # Whose it is stands in a field that did not change, and so is not in the event.
        _log.warning("webhook.unresolved", vendor="salesforce", object=name, kind=happened)
    for refusal in refusals:
        if refusal.scope == "erasure" and refusal.refused and at is not None:
            for request in record.facts.get("rights_requests", ()):
                if request.get("type") == "erasure":
                    request["received_at"] = at
    return Change(
        None if made is None else f"{made}:{id18(record_id) or record_id}",
        at,
        f"{name}.{happened}",
        record,
        tuple(refusals),
        known=happened in _TYPES and record.object in FIELDS.objects(),
    )


def _consent(subject: str, values: Mapping[str, Any]) -> Iterator[Refusal]:
    status = values.get("PrivacyConsentStatus")
    if status not in ("OptIn", "OptOut"):
        return
    kind = values.get("ContactPointType")
    channel = _CHANNELS.get(kind.lower()) if isinstance(kind, str) else None
    if channel is None and status == "OptIn":
        return  # over which channel is not said: it takes nothing back
    yield Refusal(subject, channel or "any", status == "OptOut")  # type: ignore[arg-type]


def _platform_event(
    body: Mapping[Any, Any], outer: Mapping[str, Any], channel: str, replay: object, place: str
) -> Change:
    """An organisation's own event: what its fields hold nobody has described but the settings."""
    if "CreatedDate" not in body and "CreatedById" not in body and not channel:
        msg = f"{place}: expected ChangeEventHeader, or an event of a channel."
        raise EventError(msg)
    name = channel.rstrip("/").rpartition("/")[2] or "PlatformEvent"
    values = {key: value for key, value in body.items() if isinstance(key, str)}
    uuid = outer.get("EventUuid") or body.get("EventUuid")
    made = uuid if isinstance(uuid, str) and uuid else None
    if made is None and replay not in (None, ""):
        made = f"{channel}:{replay}"
    at = instant(body.get("CreatedDate"))
    record = Record(name, None, values, lambda _: None, collected_at=at)
    return Change(made, at, name, record, known=name in FIELDS.objects())


def _opened(item: Any, place: str) -> tuple[Mapping[Any, Any], Mapping[str, Any], str]:
    """An event without its envelopes: its fields, what the bus says of it, its channel."""
    if not isinstance(item, Mapping):
        msg = f"{place}: expected an object."
        raise EventError(msg)
    channel = item.get("channel")
    if isinstance(item.get("data"), Mapping) and "ChangeEventHeader" not in item:
        item = item["data"]
    outer = item.get("event")
    told = dict(outer) if isinstance(outer, Mapping) else {}
    for key in ("replayId", "replay_id"):
        if key in item:
            told.setdefault(key, item[key])
    body = item.get("payload") if "ChangeEventHeader" not in item else item
    if body is None and "payload" not in item:
        body = item
    if not isinstance(body, Mapping):
        msg = f"{place}.payload: expected an object."
        raise EventError(msg)
    return body, told, channel if isinstance(channel, str) else ""


def _values(body: Mapping[Any, Any], header: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that changed; one that was emptied still is what changed."""
    values = {
        key: value
        for key, value in body.items()
        if isinstance(key, str)
        and key not in ("ChangeEventHeader", "event", "replayId", "replay_id", "schema", "channel")
        and value is not None
    }
    for key in ("nulledFields", "changedFields"):
        named = header.get(key)
        for name in named if isinstance(named, list) else ():
            # Undecoded, they are bitmaps such as 0x400000; `Name.LastName` is a part of `Name`.
            if isinstance(name, str) and name and not name.startswith(("0x", "0X")):
                values.setdefault(name.partition(".")[0], True if key == "nulledFields" else None)
    return {key: value for key, value in values.items() if value is not None}


def _event_id(header: Mapping[str, Any], channel: str, replay: object) -> str | None:
    """The transaction and the place in it: the same however often and over whatever channel it comes."""
    key, number = header.get("transactionKey"), header.get("sequenceNumber")
    if isinstance(key, str) and key and isinstance(number, int) and not isinstance(number, bool):
        return f"{key}:{number}"
    return f"{channel}:{replay}" if replay not in (None, "") else None


def _is_change(item: Any) -> bool:
    if not isinstance(item, Mapping):
        return False
    if "ChangeEventHeader" in item:
        return True
    inner = item["data"] if isinstance(item.get("data"), Mapping) else item
    body = inner.get("payload")
    return isinstance(body, Mapping) and (
        "ChangeEventHeader" in body
        or any(key in inner for key in ("event", "replayId", "replay_id", "schema"))
        or "channel" in item
    )


def _records(payload: Any, place: str, depth: int) -> Iterator[Record]:
    """Records, pages of them, or several under names of one's own."""
    if depth > _MAX_DEPTH:
        msg = f"Salesforce {place}: nested too deeply."
        raise EventError(msg)
    if isinstance(payload, Mapping):
        attributes = payload.get("attributes")
        if isinstance(attributes, Mapping) and isinstance(attributes.get("type"), str):
            if _depth(payload) > _MAX_DEPTH:
                msg = f"Salesforce {place}: nested too deeply."
                raise EventError(msg)
            yield from _of_people(records_of(payload, bool))
            return
        for key in ("records", "searchRecords", "compositeResponse", "results"):
            if isinstance(payload.get(key), list):
                yield from _list(payload[key], f"{place}.{key}", depth)
                return
        if depth and isinstance(payload.get("body"), Mapping | list):
            yield from _records(payload["body"], f"{place}.body", depth + 1)
            return
        if payload and all(
            isinstance(value, Mapping) and "attributes" in value for value in payload.values()
        ):
            for key, value in payload.items():
                yield from _records(value, f"{place}.{key}", depth + 1)
            return
    elif isinstance(payload, list) and payload:
        yield from _list(payload, place, depth)
        return
    msg = (
        f"Salesforce {place}: expected a record with 'attributes', a page of them in 'records', or a "
        "change event with 'ChangeEventHeader'."
    )
    raise EventError(msg)


def _list(items: list[Any], place: str, depth: int) -> Iterator[Record]:
    for number, item in enumerate(items):
        yield from _records(item, f"{place}[{number}]", depth + 1)


def _of_people(records: list[Record]) -> list[Record]:
    """Facts of a record that stands within another of the same person belong to both."""
    main = records[0]
    for record in records[1:]:
        if record.subject is not None and record.subject == main.subject:
            join_facts(main.facts, dict(record.facts))
    return records


def _depth(value: Any, so_far: int = 0) -> int:
    if so_far > _MAX_DEPTH + 1 or not isinstance(value, Mapping | list):
        return so_far
    inner = value.values() if isinstance(value, Mapping) else value
    return max((_depth(item, so_far + 1) for item in inner), default=so_far)


class ChangeEvents:
    """Receives the events that a subscriber of the organisation's hands on.

        inbox = aboveboard_salesforce.ChangeEvents(gate, purpose="contact_management")
        inbox.receive(decoded_event)

    Opt-outs and erasures are in the suppression store before anything else is done. Events that come
    twice, or late, count once and in the order in which they happened.

    Args:
        gate: who decides.
        purpose: what the data is used for.
        account: the organisation's id, for the events' source.
        fields: what further fields hold: a `FieldMap`, over those that ship and under the setting.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        purpose: str | None = None,
        account: str = "app",
        fields: FieldMap | None = None,
    ) -> None:
        known = FIELDS if fields is None else fields.over(FIELDS)
        self.inbox = Inbox("salesforce", gate, known, account=account, purpose=purpose)

    def receive(self, event: Any) -> Received:
        """Take in one event or a list of them.

        Args:
            event: decoded, or as JSON text or bytes.

        Raises:
            WebhookError: it is too large or not understood; nothing of it was taken in.
        """
        if isinstance(event, str):
            event = event.encode("utf-8", "surrogatepass")
        if isinstance(event, bytes | bytearray):
            event = self.inbox.read(bytes(event))
        try:
            told = changes(event)
        except EventError as error:
            raise self.inbox.refused("malformed", str(error)) from None
        return self.inbox.take(told)
