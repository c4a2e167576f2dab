"""HubSpot's webhooks: an array of events, signed with signature version 3."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aboveboard import EventError, Gate
from aboveboard.crm import Change, FieldMap, Inbox, Received, Refusal, instant
from aboveboard.suppression import Suppression
from aboveboard_hubspot.people import identifier, object_name
from aboveboard_hubspot.records import HubSpotRecord, list_of

__all__ = ["FIELDS", "Webhooks", "changes"]

FIELDS = FieldMap.shipped("aboveboard_hubspot")
_WINDOW_S = 300
_KINDS = frozenset(
    {
        "associationChange",
        "creation",
        "deletion",
        "merge",
        "newMessage",
        "privacyDeletion",
        "propertyChange",
        "restore",
    }
)
_OBJECTS = frozenset(
    {
        "companies",
        "contacts",
        "conversations",
        "deals",
        "leads",
        "line_items",
        "products",
        "tickets",
    }
)
# What HubSpot decodes in the URL before it signs it.
_DECODED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'", "%28": "(",
    "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip


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
    if not isinstance(kind, str) or not kind.strip():
        msg = (
            f"HubSpot webhook [{place}].subscriptionType: expected a text such as "
            "'contact.creation'."
        )
        raise EventError(msg)
    named, _, happened = kind.rpartition(".")
    name = object_name(item.get("objectTypeId") if named == "object" else named)
    number = _number(item, place, "objectId")
    values: dict[str, Any] = {}
    changed = item.get("propertyName")
    if happened == "propertyChange":
        if not isinstance(changed, str) or not changed.strip():
            msg = f"HubSpot webhook [{place}].propertyName: expected the name of a property."
            raise EventError(msg)
        values[changed] = _value(item.get("propertyValue"))
    if happened == "associationChange":
        number = _number(item, place, "fromObjectId") if number is None else number
        values["associationType"] = item.get("associationType") or True
    at = instant(item.get("occurredAt"))
    known = happened in _KINDS and name in _OBJECTS
    subject = identifier(name, number)
    record = HubSpotRecord(name, subject, values, lambda _: None, collected_at=at)
    refusals: tuple[Refusal, ...] = ()
    if name == "contacts":
        record.facts = {"subject": {"type": "natural_person"}}
        if subject is not None:
            refusals = _refusals(subject, happened, changed, item)
    if refusals and refusals[0].scope == "erasure":
        asked = {"type": "erasure", "status": "open"}
        record.facts["rights_requests"] = [asked if at is None else {**asked, "received_at": at}]
    return Change(_id(item, number), at, kind, record, refusals, known=known)


def _refusals(
    subject: str, happened: str, changed: Any, item: Mapping[str, Any]
) -> tuple[Refusal, ...]:
    if happened == "privacyDeletion":
        return (Refusal(subject, "erasure"),)
    if happened == "propertyChange" and changed == "hs_email_optout":
        flag = str(item.get("propertyValue")).strip().lower()
        if flag in ("true", "false"):
            return (Refusal(subject, "email", flag == "true"),)
    return ()


def _number(item: Mapping[str, Any], place: int, key: str) -> int | str | None:
    number = item.get(key)
    if isinstance(number, bool) or not isinstance(number, int | str | None):
        msg = f"HubSpot webhook [{place}].{key}: expected a number."
        raise EventError(msg)
    return number


def _id(item: Mapping[str, Any], number: object) -> str | None:
    """What tells an event from all others: HubSpot says that its eventId alone does not."""
    if item.get("eventId") in (None, ""):
        return None
    parts = [item.get(key) for key in ("portalId", "eventId", "subscriptionType", "occurredAt")]
    return ":".join(map(str, [*parts, number, item.get("propertyName")]))


def _value(value: Any) -> Any:
    """A field that was emptied still is what changed."""
    return True if value in (None, "", [], {}) else value


class Webhooks:
    """Receives HubSpot's webhooks.

        hooks = aboveboard_hubspot.Webhooks(gate, client_secret=…, purpose="contact_management")
        hooks.receive(body, headers, method="POST", url="https://example.com/hubspot")

    Attributes:
        inbox: takes them in, and counts what was received, came twice or was refused.

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
            WebhookError: it is unsigned, too old, too large or not understood; nothing of it was
                taken in.
        """
        named = {str(key).lower(): str(value) for key, value in headers.items()}
        stamp = named.get("x-hubspot-request-timestamp", "").strip()
        given = named.get("x-hubspot-signature-v3", "").strip().encode("utf-8", "replace")
        wanted = (self._signature(method, each, body, stamp) for each in (url, _decoded(url)))
        if not any(hmac.compare_digest(each, given) for each in wanted):
            raise self.inbox.refused(
                "unsigned",
                "HubSpot webhook: X-HubSpot-Signature-v3 does not fit. Check the app's secret, and "
                "that 'url' is the one HubSpot calls.",
            )
        sent = instant(stamp)
        if sent is None or abs(self._clock() - sent.timestamp()) > _WINDOW_S:
            raise self.inbox.refused(
                "stale",
                "HubSpot webhook: its time is more than five minutes away. Check the clock.",
            )
        payload = self.inbox.read(body)
        try:
            told = changes(payload)
        except EventError as error:
            raise self.inbox.refused("malformed", str(error)) from None
        self._carry_over(list_of(payload) or [payload])
        return self.inbox.take(told)

    def _signature(self, method: str, url: str, body: bytes, stamp: str) -> bytes:
        text = f"{method.upper()}{url}".encode("utf-8", "replace") + body
        text += stamp.encode("utf-8", "replace")
        return base64.b64encode(hmac.new(self._secret, text, hashlib.sha256).digest())

    def _carry_over(self, items: Iterable[Mapping[str, Any]]) -> None:
        """What a person refused counts for the record into which theirs was merged."""
        store, pseudonym = self.inbox.store, self.inbox.gate.pseudonym
        assert store is not None  # noqa: S101
        for item in items:
            if item.get("subscriptionType") not in ("contact.merge", "object.merge"):
                continue
            if object_name(item.get("objectTypeId", "contact")) != "contacts":
                continue
            into = [
                identifier("contacts", item.get(key)) for key in ("newObjectId", "primaryObjectId")
            ]
            old = [
                identifier("contacts", number)
                for number in [*list_of(item.get("mergedObjectIds")), item.get("primaryObjectId")]
            ]
            held = store.of(pseudonym(each) for each in old if each)
            store.record(
                Suppression(pseudonym(each), entry.scope, entry.refused, entry.at)
                for each in into
                if each
                for entries in held.values()
                for entry in entries
            )


def _decoded(url: str) -> str:
    for code, character in _DECODED.items():
        url = url.replace(code, character).replace(code.lower(), character)
    return url
