"""Odoo's webhooks, and all else that it sends or keeps, as events."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aboveboard import EventError, Gate, StepEvent
from aboveboard.crm import (
    Change,
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
from aboveboard_odoo.people import (
    email_id,
    person_facts,
    phone_id,
    privacy_facts,
    subscription_facts,
)
from aboveboard_odoo.reading import FIELDS, record_of
from aboveboard_odoo.routes import SUBSCRIPTIONS, plain_model
from aboveboard_odoo.values import link

__all__ = ["Webhooks", "changes", "events"]

_OWN = frozenset(["_action", "_id", "_model", "_name"])
_SHORTEST_SECRET = 16


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:
    """The standard events of anything that Odoo sends: webhooks, records, pages, whole answers.

    Args:
        payload: a JSON value.
        pseudonym: makes an event's subject of a person's identifier; `Gate.pseudonym` does.

    Raises:
        EventError: it is nothing that Odoo sends; names the place, never a value.
    """
    if isinstance(payload, Mapping) and "_model" in payload:
        return [
            change_event("odoo", "app", change, FIELDS, pseudonym=pseudonym, read=detect)
            for change in changes(payload)
        ]
    return [
        event_of(record, FIELDS, source="/odoo/app", pseudonym=pseudonym, read=detect)
        for record in _records(payload)
    ]


def changes(payload: Any) -> list[Change]:
    """What the body of a "Send Webhook Notification" tells: one change.

    Odoo gives it no id of its own: it is told apart by what it says, so that the same body counts
    once. Choose `write_date` among the action's fields, or a change that is made again is a duplicate.

    Raises:
        EventError: it is no such body; names the place, never a value.
    """
    if not isinstance(payload, Mapping):
        msg = "Odoo webhook: expected an object with '_model' and '_id'."
        raise EventError(msg)
    model, number = payload.get("_model"), payload.get("_id")
    if not isinstance(model, str) or not _is_model(model):
        msg = "Odoo webhook: _model: expected the name of a model such as 'crm.lead'."
        raise EventError(msg)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        msg = "Odoo webhook: _id: expected the number of a record."
        raise EventError(msg)
    row = {str(key): value for key, value in payload.items() if key not in _OWN}
    row["id"] = number
    at = instant(row.get("write_date"), naive_is_utc=True)
    record = record_of(model, row)
    # A field that was emptied still is what changed.
    record.values = {
        name: True if value is None else value
        for name, value in record.values.items()
        if name != "id"
    }
    _consent(model, row, record)
    return [
        Change(
            _id(payload),
            at,
            f"{model} webhook",
            record,
            tuple(_refusals(model, row, record.subject)),
            known=model in FIELDS.objects() or plain_model(model),
        )
    ]


def _id(payload: Mapping[str, Any]) -> str:
    """A hash of the body and of which record it is of, and when it was changed."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), default=str)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"{payload['_model']}:{payload['_id']}:{payload.get('write_date') or ''}:{digest}"


def _is_model(name: str) -> bool:
    return len(name) <= 128 and name.replace(".", "").replace("_", "").isalnum() and name.isascii()


def _consent(model: str, row: Mapping[str, Any], record: Record) -> None:
    """What records of consent tell of the person beside their fields."""
    if model in SUBSCRIPTIONS:
        own = {**row, "subscription_ids": [row]} if "opt_out" in row else row
        join_facts(record.facts, subscription_facts([own]))
    elif model == "privacy.consent":
        join_facts(record.facts, privacy_facts([row], {}))
    elif model in ("mail.blacklist", "phone.blacklist") and row.get("active") is not False:
        name = "is_blacklisted" if model == "mail.blacklist" else "phone_blacklisted"
        join_facts(record.facts, person_facts(model, {name: True, "is_company": False}))


def _refusals(model: str, row: Mapping[str, Any], subject: str | None) -> Iterator[Refusal]:
    """What the person refused, or took back, by a change.

    Only an entry of the black list that was made inactive takes a refusal back: that a person is on no
    black list says nothing of the lists that the person left.
    """
    if model == "mail.blacklist":
        if name := email_id(row.get("email")):
            yield Refusal(name, "email", row.get("active") is not False)
    elif model == "phone.blacklist":
        if name := phone_id(row.get("number")):
            for scope in ("phone", "sms"):
                yield Refusal(name, scope, row.get("active") is not False)
    elif model in SUBSCRIPTIONS:
        if row.get("opt_out") is True and subject is not None:
            yield Refusal(subject, "email")
    elif model == "privacy.consent":
        if row.get("state") == "answered" and row.get("accepted") is False and subject is not None:
            yield Refusal(subject, "any")
    else:
        yield from _of_person(row, subject)


def _of_person(row: Mapping[str, Any], subject: str | None) -> Iterator[Refusal]:
    names = [
        subject,
        email_id(row.get("email_normalized") or row.get("email_from") or row.get("email")),
    ]
    if row.get("is_blacklisted") is True:
        yield from (Refusal(name, "email") for name in names if name)
    if row.get("phone_blacklisted") is True:
        for name in (subject, phone_id(row.get("phone_sanitized"))):
            if name:
                yield Refusal(name, "phone")
                yield Refusal(name, "sms")


def _records(payload: Any) -> Iterator[Record]:
    """Records of an answer, a page, a webhook's kin, or one alone."""
    if isinstance(payload, Mapping):
        if payload.get("jsonrpc") == "2.0" and "result" in payload:
            payload = payload["result"]
        elif _grouped(payload):
            for model, rows in payload.items():
                for row in rows:
                    yield _record(model, row)
            return
    if isinstance(payload, Mapping):
        records = payload.get("records")
        payload = records if isinstance(records, list) else [payload]
    if isinstance(payload, list) and all(
        isinstance(row, Mapping) and link(row.get("id")) is not None for row in payload
    ):
        for row in payload:
            yield _record(_guess(row), row)
        return
    msg = (
        "Odoo: expected the body of a webhook with '_model', records with their 'id', a page of them in "
        "'records' or 'result', or lists of records by model."
    )
    raise EventError(msg)


def _grouped(payload: Mapping[str, Any]) -> bool:
    """Whether it is lists of records, each under its model's name."""
    return bool(payload) and all(
        "." in str(model)
        and _is_model(str(model))
        and isinstance(rows, list)
        and all(isinstance(row, Mapping) for row in rows)
        for model, rows in payload.items()
    )


def _record(model: str, row: Mapping[str, Any]) -> Record:
    own = {str(key): value for key, value in row.items()}
    record = record_of(model, own)
    _consent(model, own, record)
    record.values = {name: value for name, value in record.values.items() if name != "id"}
    return record


def _guess(row: Mapping[str, Any]) -> str:
    """The model a record is of, which only the request said: the one whose fields it has."""
    names = set(row)
    if "opt_out" in names and {"contact_id", "list_id"} <= names:
        return "mailing.subscription"
    if {"accepted", "activity_id"} <= names:
        return "privacy.consent"

    def shared(model: str) -> int:
        described = FIELDS.of_object(model)
        general = FIELDS.of_object("")
        return len([name for name in names if name in described and name not in general])

    best = max(FIELDS.objects(), key=shared)
    if shared(best):
        return best
    # A black list has nothing but an address or a number.
    return "" if names.isdisjoint({"email", "number"}) else "mail.blacklist"


class Webhooks:
    """Receives the bodies of Odoo's "Send Webhook Notification" actions.

        hooks = aboveboard_odoo.Webhooks(gate, secret=…, purpose="contact_management")
        hooks.receive(body, headers, url=url)

    Odoo signs nothing. A secret of your own makes up for it: put it into the action's URL
    (`https://example.com/odoo?token=…`), or let a proxy put it into the header `X-Webhook-Token`.

    Args:
        gate: who decides.
        secret: of at least 16 characters, which only Odoo and you know.
        purpose: what the data is used for.
        account: a name of this Odoo, for the events' source.
        parameter: of the URL, that bears the secret.
        header: that bears it instead.

    Raises:
        ValueError: the secret is too short.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        secret: str,
        purpose: str | None = None,
        account: str = "app",
        parameter: str = "token",
        header: str = "X-Webhook-Token",
    ) -> None:
        if len(secret) < _SHORTEST_SECRET:
            msg = f"secret: expected at least {_SHORTEST_SECRET} characters."
            raise ValueError(msg)
        self.inbox = Inbox("odoo", gate, FIELDS, account=account, purpose=purpose)
        self._secret = secret.encode()
        self._parameter = parameter
        self._header = header.lower()

    def receive(self, body: bytes, headers: Mapping[str, str], *, url: str = "") -> Received:
        """Check the secret, take in what the body tells, decide on the event.

        Args:
            body: as it came, unread.
            headers: of the request, in any case.
            url: as Odoo called it, with its query.

        Raises:
            WebhookError: it bears no secret, is too large or is not understood; nothing of it counts.
        """
        if not any(hmac.compare_digest(self._secret, given) for given in self._given(headers, url)):
            raise self.inbox.refused(
                "unsigned",
                f"Odoo webhook: the secret is neither in the URL's '{self._parameter}' nor in the header. "
                "Put it into the URL of the action in Odoo.",
            )
        payload = self.inbox.read(body)
        try:
            return self.inbox.take(changes(payload))
        except EventError as error:
            raise self.inbox.refused("malformed", str(error)) from None

    def _given(self, headers: Mapping[str, str], url: str) -> list[bytes]:
        named = {key.lower(): value for key, value in headers.items()}
        try:
            query = parse_qs(urlsplit(url).query)
        except ValueError:
            query = {}
        found = [named.get(self._header, ""), *query.get(self._parameter, [])]
        return [text.encode("utf-8", "replace") for text in found]
