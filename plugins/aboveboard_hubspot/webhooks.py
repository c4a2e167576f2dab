"""HubSpot's webhooks, an array of events with signature version 3; and all else that it sends, as events."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aboveboard import EventError, Gate, StepEvent
from aboveboard.crm import (
    Change,
    FieldMap,
    HttpCall,
    Inbox,
    Received,
    Record,
    Refusal,
    change_event,
    event_of,
    instant,
)
from aboveboard.detecting import detect
from aboveboard_hubspot.dialect import HubSpotDialect, record_of
from aboveboard_hubspot.people import identifier, object_name

__all__ = ["Webhooks", "changes", "events"]

FIELDS = FieldMap.shipped("aboveboard_hubspot")
_WINDOW_S = 300
_KINDS = frozenset(
    [
        "associationChange",
        "creation",
        "deletion",
        "merge",
        "newMessage",
        "privacyDeletion",
        "propertyChange",
        "restore",
    ]
)
_OBJECTS = frozenset(
    [
        "contacts",
        "companies",
        "deals",
        "tickets",
        "products",
        "line_items",
        "leads",
        "conversations",
        "object",
    ]
)


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
            change_event("hubspot", account, c, FIELDS, pseudonym=pseudonym, read=detect)
            for c in told
        ]
    return [
        event_of(record, FIELDS, source="/hubspot/app", pseudonym=pseudonym, read=detect)
        for record in _records(payload)
    ]


def changes(payload: Any) -> list[Change]:
    """What a webhook's body tells, each of its events a change.

    Raises:
        EventError: it is no array of HubSpot's events; names the place, never a value.
    """
    items = payload if isinstance(payload, list) else [payload]
    if not items:
        msg = "HubSpot webhook: the array is empty; HubSpot sends 1 to 100 events."
        raise EventError(msg)
    return [_change(item, place) for place, item in enumerate(items)]


def _change(item: Any, place: int) -> Change:
    if not isinstance(item, Mapping):
        msg = f"HubSpot webhook [{place}]: expected an object."
        raise EventError(msg)
    kind = item.get("subscriptionType")
    if not isinstance(kind, str) or not kind:
        msg = f"HubSpot webhook [{place}].subscriptionType: expected a text such as 'contact.creation'."
        raise EventError(msg)
    named, _, happened = kind.rpartition(".")
    name = object_name(item.get("objectTypeId") if named == "object" else named)
    number = item.get("objectId")
    if isinstance(number, bool) or not isinstance(number, int | str | None):
        msg = f"HubSpot webhook [{place}].objectId: expected a number."
        raise EventError(msg)
    property_ = item.get("propertyName")
    values = {property_: _value(item.get("propertyValue"))} if isinstance(property_, str) else {}
    at = instant(item.get("occurredAt"))
    record = Record(name, identifier(name, number), values, lambda _: None, collected_at=at)
    refusals: list[Refusal] = []
    subject = record.subject
    if name == "contacts":
        record.facts = {"subject": {"type": "natural_person"}}
        if happened == "privacyDeletion" and subject:
            refusals.append(Refusal(subject, "erasure"))
            asked = {"type": "erasure", "status": "open"}
            record.facts["rights_requests"] = [
                asked if at is None else {**asked, "received_at": at}
            ]
        if property_ == "hs_email_optout" and subject:
            flag = str(item.get("propertyValue")).strip().lower()
            if flag in ("true", "false"):
                refusals.append(Refusal(subject, "email", flag == "true"))
    event_id = item.get("eventId")
    return Change(
        None if event_id in (None, "") else f"{item.get('portalId')}:{event_id}:{kind}:{number}",
        at,
        kind,
        record,
        tuple(refusals),
        known=happened in _KINDS and name in _OBJECTS,
    )


def _value(value: Any) -> Any:
    """A field that was emptied still is what changed."""
    return True if value in (None, "") else value


def _records(payload: Any) -> Iterator[Record]:
    """Records, a page of them, or statuses of subscriptions."""
    if isinstance(payload, Mapping):
        results = payload.get("results")
        for item in results if isinstance(results, list) else [payload]:
            if not isinstance(item, Mapping):
                break
            if "subscriptionStatuses" in item or "subscriberIdString" in item:
                call = HttpCall("GET", "/communication-preferences/v3/status/email/-")
                call.route, call.params = HubSpotDialect.routes.match("GET", call.path)  # type: ignore[misc]
                yield from HubSpotDialect().records(call, item)
            elif isinstance(item.get("properties"), Mapping):
                yield record_of(_guess(item["properties"]), item)
            else:
                break
        else:
            return
    msg = (
        "HubSpot: expected an object with 'properties', a page of them in 'results', a webhook's array "
        "of events, or the statuses of an address."
    )
    raise EventError(msg)


def _guess(properties: Mapping[str, Any]) -> str:
    """The object a record is of, which only its path would say: the one whose fields it has."""
    names = set(properties)
    best = max(FIELDS.objects(), key=lambda name: len(names.intersection(FIELDS.of_object(name))))
    return best if names.intersection(FIELDS.of_object(best)) else "objects"


def _account(payload: Any) -> str:
    first = payload[0] if isinstance(payload, list) and payload else payload
    portal = first.get("portalId") if isinstance(first, Mapping) else None
    return str(portal) if isinstance(portal, int) and not isinstance(portal, bool) else "app"


class Webhooks:
    """Receives HubSpot's webhooks.

        hooks = aboveboard_hubspot.Webhooks(gate, client_secret=…, purpose="contact_management")
        hooks.receive(body, headers, method="POST", url="https://example.com/hubspot")

    Args:
        gate: who decides.
        client_secret: of the app that HubSpot signs with.
        purpose: what the data is used for.
        account: the portal's id, for the events' source.
        clock: seconds since 1970; for tests.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        client_secret: str,
        purpose: str | None = None,
        account: str = "app",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.inbox = Inbox("hubspot", gate, FIELDS, account=account, purpose=purpose)
        self._secret = client_secret.encode()
        self._clock = clock

    def receive(
        self, body: bytes, headers: Mapping[str, str], *, url: str, method: str = "POST"
    ) -> Received:
        """Check the signature, take in what the body tells, decide on each event.

        Args:
            body: as it came, unread.
            headers: of the request, in any case.
            url: as HubSpot called it, with scheme and query.
            method: of the request.

        Raises:
            WebhookError: it is unsigned, too old or not understood; nothing of it was taken in.
        """
        named = {key.lower(): value for key, value in headers.items()}
        stamp = named.get("x-hubspot-request-timestamp", "")
        given = named.get("x-hubspot-signature-v3", "")
        text = method.encode() + url.encode() + body + stamp.encode()
        wanted = base64.b64encode(hmac.new(self._secret, text, hashlib.sha256).digest())
        if not hmac.compare_digest(wanted, given.encode("utf-8", "replace")):
            raise self.inbox.refused(
                "unsigned",
                "HubSpot webhook: X-HubSpot-Signature-v3 does not fit. Check the app's secret, and "
                "that 'url' is the one HubSpot calls.",
            )
        if not stamp.isdigit() or abs(self._clock() - int(stamp) / 1000) > _WINDOW_S:
            raise self.inbox.refused(
                "stale",
                "HubSpot webhook: its time is more than five minutes away. Check the clock.",
            )
        try:
            told = changes(json.loads(body))
        except (ValueError, RecursionError):
            raise self.inbox.refused("malformed", "HubSpot webhook: the body is no JSON.") from None
        except EventError as error:
            raise self.inbox.refused("malformed", str(error)) from None
        return self.inbox.take(told)
