"""Anything that HubSpot sends as events: webhooks, records, pages of them, statuses of consent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.crm import Record, change_event, event_of
from aboveboard.detecting import detect
from aboveboard_hubspot.people import object_name
from aboveboard_hubspot.records import (
    HubSpotRecord,
    behaviour_of,
    items_of,
    membership_of,
    record_of,
    subscription_of,
)
from aboveboard_hubspot.webhooks import FIELDS, changes

__all__ = ["events"]

_EVERY = frozenset(FIELDS.of_object("*"))
_OWN = {name: frozenset(FIELDS.of_object(name)) - _EVERY for name in FIELDS.objects()}
_STATUSES = ("statuses", "subscriberIdString", "subscriptionStatuses")


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:
    """The standard events of anything that HubSpot sends: webhooks, records, pages, statuses.

    Args:
        payload: a JSON value.
        pseudonym: makes an event's subject of a person's identifier; `Gate.pseudonym` does.

    Raises:
        EventError: it is nothing that HubSpot sends; names the place, never a value.
    """
    if isinstance(payload, list) or (isinstance(payload, dict) and "subscriptionType" in payload):
        told = changes(payload)
        account = _account(payload)
        return [
            change_event("hubspot", account, change, FIELDS, pseudonym=pseudonym, read=detect)
            for change in told
        ]
    return [
        event_of(record, FIELDS, source="/hubspot/app", pseudonym=pseudonym, read=detect)
        for record in _records(payload)
    ]


def _records(payload: Any) -> Iterator[Record]:
    if not isinstance(payload, Mapping):
        msg = (
            "HubSpot: expected an object with 'properties', a page of them in 'results', a webhook's "
            "array of events, or the statuses of an address."
        )
        raise EventError(msg)
    paged = isinstance(payload.get("results"), list)
    for place, item in enumerate(items_of(payload)):
        record = _record(item)
        if record is None:
            where = f"results[{place}]" if paged else "payload"
            msg = (
                f"HubSpot {where}: expected an object with 'properties', or the statuses of an "
                "address."
            )
            raise EventError(msg)
        yield record
    if not paged and not payload:
        msg = "HubSpot payload: it is empty."
        raise EventError(msg)


def _record(item: Any) -> HubSpotRecord | None:
    if not isinstance(item, Mapping):
        return None
    if any(key in item for key in _STATUSES):
        return subscription_of(item)
    if "eventType" in item or "eventName" in item:
        return behaviour_of(item)
    if "recordId" in item:
        return membership_of(item["recordId"], True, item)
    if isinstance(item.get("properties"), Mapping):
        return record_of(_object(item), item)
    if "userId" in item and "email" in item:
        return record_of("owners", item)
    return None


def _object(item: Mapping[str, Any]) -> str:
    """The object a record is of, which only its path would say: the one whose fields it has."""
    if item.get("objectTypeId"):
        return object_name(item["objectTypeId"])
    history = item.get("propertiesWithHistory")
    names = {*item["properties"], *(history if isinstance(history, Mapping) else ())}
    # Contacts first: where two fit as well, it is taken for a person's.
    best = max(
        sorted(_OWN, key=lambda name: name != "contacts"), key=lambda n: len(names & _OWN[n])
    )
    return best if names & _OWN[best] else "objects"


def _account(payload: Any) -> str:
    first = payload[0] if isinstance(payload, list) and payload else payload
    portal = first.get("portalId") if isinstance(first, Mapping) else None
    return str(portal) if isinstance(portal, int) and not isinstance(portal, bool) else "app"
