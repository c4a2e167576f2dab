"""Pipedrive's webhooks, version 2; and all else that it sends, as events."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from aboveboard import ConfigurationError, EventError, Gate, StepEvent
from aboveboard.crm import (
    Change,
    FieldMap,
    Guard,
    Inbox,
    Received,
    Record,
    Refusal,
    change_event,
    event_of,
    instant,
)
from aboveboard.detecting import detect
from aboveboard.suppression import Suppression
from aboveboard_pipedrive.people import addresses, identifier, object_name, person_facts
from aboveboard_pipedrive.records import record_of, records_of

__all__ = ["Webhooks", "changes", "events"]

FIELDS = FieldMap.shipped("aboveboard_pipedrive")
_ACTIONS = frozenset({"change", "create", "delete"})
_ENTITIES = frozenset(
    [
        "activity",
        "deal",
        "lead",
        "note",
        "organization",
        "person",
        "pipeline",
        "product",
        "project",
        "stage",
        "user",
    ]
)


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:
    """The standard events of anything that Pipedrive sends: webhooks, records, pages, searches.

    Args:
        payload: a JSON value.
        pseudonym: makes an event's subject of a person's identifier; `Gate.pseudonym` does.

    Raises:
        EventError: it is nothing that Pipedrive sends; names the place, never a value.
    """
    if isinstance(payload, dict) and "meta" in payload:
        return [
            change_event(
                "pipedrive", _account(payload), change, FIELDS, pseudonym=pseudonym, read=detect
            )
            for change in changes(payload)
        ]
    return [
        event_of(record, FIELDS, source="/pipedrive/app", pseudonym=pseudonym, read=detect)
        for record in _records(payload)
    ]


def changes(
    payload: Any, *, date_field: str | None = None, proof_field: str | None = None
) -> list[Change]:
    """What a webhook's body tells.

    Args:
        payload: the body as a JSON value.
        date_field: code of the custom field with the date of consent.
        proof_field: code of the custom field with its proof.

    Raises:
        EventError: it is no webhook of version 2; names the place, never a value.
    """
    if not isinstance(payload, Mapping):
        msg = "Pipedrive webhook: expected an object with 'meta', 'data' and 'previous'."
        raise EventError(msg)
    meta = payload.get("meta")
    if not isinstance(meta, Mapping):
        msg = "Pipedrive webhook: 'meta': expected an object."
        raise EventError(msg)
    if "object" in meta and "entity" not in meta:
        msg = "Pipedrive webhook: it is of version 1. Make the webhook anew with version '2.0'."
        raise EventError(msg)
    for name in ("action", "entity"):
        if not isinstance(meta.get(name), str) or not meta[name]:
            msg = f"Pipedrive webhook: 'meta.{name}': expected a text such as 'person'."
            raise EventError(msg)
    number = meta.get("entity_id")
    if isinstance(number, bool) or not isinstance(number, int | str | None):
        msg = "Pipedrive webhook: 'meta.entity_id': expected a number or a text."
        raise EventError(msg)
    for name in ("data", "previous"):
        if not isinstance(payload.get(name), dict | None):
            msg = f"Pipedrive webhook: '{name}': expected an object or null."
            raise EventError(msg)
    return [_change(meta, payload, date_field, proof_field)]


def _change(
    meta: Mapping[str, Any],
    payload: Mapping[str, Any],
    date_field: str | None,
    proof_field: str | None,
) -> Change:
    action, entity, at = meta["action"], meta["entity"], instant(meta.get("timestamp"))
    known = action in _ACTIONS and entity in _ENTITIES
    data = payload.get("data") or {}
    name = object_name(entity)
    record = _told(name, data, payload.get("previous") or {}, at)
    refusals: tuple[Refusal, ...] = ()
    if name == "persons":
        record.subject = identifier(meta.get("entity_id")) or record.subject
        record.facts = person_facts(data, at, date_field=date_field, proof_field=proof_field)
        if record.subject is not None:
            refusals = tuple(_refusals(record.subject, data, payload.get("previous") or {}))
    event_id = meta.get("id")
    named = isinstance(event_id, int | str) and not isinstance(event_id, bool) and event_id != ""
    return Change(
        f"{meta.get('company_id')}:{event_id}" if named else None,
        at,
        f"{action}.{entity}",
        record,
        refusals,
        known=known,
    )


def _told(name: str, data: dict[str, Any], previous: dict[str, Any], at: datetime | None) -> Record:
    """All that the webhook brings in: the record as it is, and what of it was before."""
    record = record_of(name, data)
    before = record_of(name, previous)
    values = dict(record.values)
    for field, value in before.values.items():
        if values.get(field) in (None, "", [], {}):
            values[field] = value
    for key, nested in (*data.items(), *previous.items()):
        if isinstance(nested, Mapping) and key not in values and key != "custom_fields":
            values[key] = nested
    record.values = values
    record.subject = record.subject or before.subject
    record.collected_at = record.collected_at or before.collected_at or at
    record.also = tuple(dict.fromkeys((*record.also, *before.also)))
    return record


def _refusals(
    subject: str, data: Mapping[str, Any], previous: Mapping[str, Any]
) -> Iterator[Refusal]:
    """An opt-out from mail; one that was taken back only where the webhook says that it changed."""
    state = data.get("marketing_status")
    if state == "unsubscribed":
        refused = True
    elif state == "subscribed" and previous.get("marketing_status") not in (None, state):
        refused = False
    else:
        return
    for who in (subject, *addresses(data)):
        yield Refusal(who, "email", refused)


def _records(payload: Any) -> Iterator[Record]:
    """Records, pages of them, searches, and requests that write a person's marketing status."""
    if isinstance(payload, dict):
        if isinstance(payload.get("request"), dict) and "marketing_status" in payload["request"]:
            yield record_of("persons", payload["request"], person_facts)
            return
        if payload.get("success") is True and "data" in payload:
            yield from records_of(_kind(payload["data"]), payload, person_facts)
            return
        if "success" not in payload and (name := _guess(payload)) is not None:
            yield from records_of(name, {"data": payload}, person_facts)
            return
    msg = (
        "Pipedrive: expected an answer with 'success' and 'data', a record, or a webhook with 'meta', "
        "'data' and 'previous'."
    )
    raise EventError(msg)


def _kind(data: Any) -> str:
    """What an answer holds, which only its path would say."""
    first = data[0] if isinstance(data, list) and data else data
    if not isinstance(first, dict):
        return "records"
    if "items" in first or isinstance(first.get("item"), dict):
        return "search:answers"
    if isinstance(first.get("data"), dict) and ("object" in first or "item" in first):
        return "mixed"
    if "field_key" in first and "new_value" in first:
        return "records/changes"
    return _guess(first) or "records"


def _guess(item: Mapping[str, Any]) -> str | None:
    """The object a record is of: the one whose fields it has."""
    names = set(item)

    def shared(name: str) -> int:
        own = FIELDS.of_object(name).keys() - FIELDS.of_object("").keys()
        return len(names.intersection(own))

    best = max(FIELDS.objects(), key=shared)
    return best if shared(best) else None


def _account(payload: Mapping[str, Any]) -> str:
    meta = payload["meta"]
    company = meta.get("company_id") if isinstance(meta, Mapping) else None
    text = str(company)
    return text if text.isascii() and text.isdigit() and not isinstance(company, bool) else "app"


class Webhooks:
    """Receives Pipedrive's webhooks.

        hooks = aboveboard_pipedrive.Webhooks(gate, user="…", password="…", purpose="…")
        hooks.receive(body, headers)

    Pipedrive does not sign: it sends the user and the password that the webhook was made with
    (`http_auth_user`, `http_auth_password`) as HTTP Basic. Let it call an https address only.

    Args:
        gate: who decides.
        user: as the webhook was made with.
        password: as the webhook was made with.
        purpose: what the data is used for.
        account: the company's id, for the events' source.
        deletion_is_erasure: take the deletion of a person for a demand of erasure. People delete
            duplicates, too: those that are merged do not count.
        consent_date_field: code of the custom field with the date of consent.
        consent_proof_field: code of the custom field with its proof.

    Raises:
        ConfigurationError: there is no password.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        user: str,
        password: str,
        purpose: str | None = None,
        account: str = "app",
        deletion_is_erasure: bool = False,
        consent_date_field: str | None = None,
        consent_proof_field: str | None = None,
    ) -> None:
        if not password:
            msg = "password: Pipedrive does not sign webhooks: without a password anyone could send one."
            raise ConfigurationError(msg)
        fields = Guard("pipedrive", purpose=purpose, fields=FIELDS, gate=gate).fields
        self.inbox = Inbox("pipedrive", gate, fields, account=account, purpose=purpose)
        self._wanted = f"{user}:{password}".encode()
        self._deletion_is_erasure = deletion_is_erasure
        self._fields = {"date_field": consent_date_field, "proof_field": consent_proof_field}

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Received:
        """Check the password, take in what the body tells, decide on it.

        Args:
            body: as it came, unread.
            headers: of the request, in any case.

        Raises:
            WebhookError: it bears no or another password, or is not understood; nothing of it was
                taken in.
        """
        named = {key.lower(): value for key, value in headers.items()}
        if not hmac.compare_digest(self._wanted, _basic(named.get("authorization"))):
            raise self.inbox.refused(
                "unsigned",
                "Pipedrive webhook: user and password do not fit. Make the webhook with the same "
                "http_auth_user and http_auth_password.",
            )
        payload = self.inbox.read(body)
        try:
            told = changes(payload, **self._fields)
        except EventError as error:
            raise self.inbox.refused("malformed", str(error)) from None
        for change in told:
            self._deleted(change, payload["meta"])
        return self.inbox.take(told)

    def _deleted(self, change: Change, meta: Mapping[str, Any]) -> None:
        subject = change.record.subject
        if change.kind != "delete.person" or subject is None:
            return
        heir = identifier(meta.get("merged_to_id"))
        if heir is not None:
            self._inherit(subject, heir)
        elif self._deletion_is_erasure and meta.get("merged_to_id") is None:
            change.refusals = (*change.refusals, Refusal(subject, "erasure"))
            asked = {"type": "erasure", "status": "open", "received_at": change.at}
            change.record.facts["rights_requests"] = [
                {key: value for key, value in asked.items() if value is not None}
            ]

    def _inherit(self, subject: str, heir: str) -> None:
        """What was refused by the one of two merged records stands refused for the other."""
        assert self.inbox.store is not None  # noqa: S101
        old, new = self.inbox.gate.pseudonym(subject), self.inbox.gate.pseudonym(heir)
        stand: Iterable[Suppression] = self.inbox.store.of([old]).get(old, ())
        self.inbox.store.record(Suppression(new, entry.scope, True, entry.at) for entry in stand)


def _basic(header: str | None) -> bytes:
    """User and password of HTTP Basic; empty when it is something else."""
    kind, _, text = (header or "").strip().partition(" ")
    if kind.lower() != "basic":
        return b""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return b""
