"""HubSpot's requests and answers, as the exchange wants to know them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aboveboard.crm import Dialect, HttpCall, Lookups, Record, Refusal, instant, join_facts
from aboveboard_hubspot.people import contact_facts, identifier, object_name, subscription_facts
from aboveboard_hubspot.routes import ROUTES

__all__ = ["CONSENT_PROPERTIES", "HubSpotDialect", "record_of"]

CONSENT_PROPERTIES = (
    "country",
    "hs_email_optout",
    "hs_language",
    "hs_legal_basis",
    "lifecyclestage",
)
"""What is asked for beside what the program asks, and taken out again before it gets the answer."""
DEFAULT_PROPERTIES = (
    "createdate",
    "email",
    "firstname",
    "hs_object_id",
    "lastmodifieddate",
    "lastname",
)
"""What HubSpot gives of a contact when nothing is asked for."""


class HubSpotDialect(Dialect):
    """How HubSpot says it.

    Args:
        fetch_statuses: addresses → statuses by address, by one request; None asks nobody.
        ttl_s: how long an answer counts, in seconds.
    """

    routes = ROUTES

    def __init__(
        self,
        fetch_statuses: Callable[[list[str]], Mapping[str, Any]] | None = None,
        ttl_s: float = 30.0,
    ) -> None:
        self.lookups: Lookups | None = None
        if fetch_statuses is not None:
            self.lookups = Lookups("hubspot.subscriptions", fetch_statuses, ttl_s=ttl_s)

    def object(self, call: HttpCall) -> str:
        """See `Dialect.object`."""
        return object_name(super().object(call))

    def names(self, call: HttpCall) -> list[str]:
        """The properties that are asked for; without any HubSpot gives its default ones."""
        if isinstance(call.body, dict):
            asked = [*_texts(call.body.get("properties")),
                     *_texts(call.body.get("propertiesWithHistory"))]  # fmt: skip
        else:
            asked = [
                name
                for key, value in call.query
                if key in ("properties", "propertiesWithHistory")
                for name in str(value).split(",")
            ]
        return [name for name in asked if name]

    def leave_out(self, call: HttpCall, names: frozenset[str]) -> None:
        """See `Dialect.leave_out`. To ask for nothing would bring the default ones: id is asked for."""
        if isinstance(call.body, dict):
            for key in ("properties", "propertiesWithHistory"):
                if key in call.body:
                    call.body[key] = [n for n in _texts(call.body[key]) if n not in names]
            if not call.body.get("properties"):
                call.body["properties"] = ["hs_object_id"]
            return
        history = any(key == "propertiesWithHistory" for key, _ in call.query)
        kept = {
            key: [
                name
                for asked, value in call.query
                if asked == key
                for name in str(value).split(",")
                if name not in names
            ]
            for key in ("properties", "propertiesWithHistory")
        }
        call.query = [item for item in call.query if item[0] not in kept]
        call.query.append(("properties", ",".join(kept["properties"]) or "hs_object_id"))
        if history and kept["propertiesWithHistory"]:
            call.query.append(("propertiesWithHistory", ",".join(kept["propertiesWithHistory"])))

    def ask_too(self, call: HttpCall) -> frozenset[str]:
        """See `Dialect.ask_too`."""
        if self.object(call) != "contacts":
            return frozenset()
        asked = self.names(call)
        wanted = {*CONSENT_PROPERTIES, *(("email",) if self.lookups else ())}
        extra = frozenset(wanted - call.left_out).difference(asked or DEFAULT_PROPERTIES)
        names = [*(asked or DEFAULT_PROPERTIES), *sorted(extra)]
        if isinstance(call.body, dict):
            call.body["properties"] = list(
                dict.fromkeys([*_texts(call.body.get("properties")), *names])
            )
        else:
            call.query = [item for item in call.query if item[0] != "properties"]
            call.query.append(("properties", ",".join(names)))
        return extra

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """See `Dialect.records`."""
        name = self.object(call)
        if name == "subscriptions":
            return [_subscriptions(item) for item in _items(answer, "recipient")]
        if name == "memberships":
            return [
                Record(
                    name,
                    identifier("contacts", item.get("recordId")),
                    {"list": call.params.get("id")},
                    lambda _: None,
                    source=item,
                )
                for item in _items(answer, "recordId")
            ]
        return [record_of(name, item) for item in _items(answer, "id")]

    def drop(self, answer: Any, record: Record) -> None:
        """See `Dialect.drop`. What was asked for by itself cannot be left out: it is emptied."""
        results = answer.get("results") if isinstance(answer, dict) else None
        if isinstance(results, list):
            answer["results"] = [item for item in results if item is not record.source]
        else:
            for name in list(record.values):
                record.remove(name)

    def learn(self, records: Sequence[Record]) -> None:
        """One request for the subscriptions of all addresses of a page."""
        if self.lookups is None:
            return
        by_address: dict[str, list[Record]] = {}
        for record in records:
            for address in record.also:
                by_address.setdefault(address.removeprefix("hubspot/email/"), []).append(record)
        found = self.lookups.get(by_address) if by_address else {}
        for address, owners in by_address.items():
            if address not in found:
                continue  # it could not be looked up: nobody knows
            told = subscription_facts(found[address] or [])
            for record in owners:
                join_facts(record.facts, told)

    def written(self, call: HttpCall) -> list[Record]:
        """See `Dialect.written`."""
        name = self.object(call)
        body = call.body
        if name == "subscriptions" and isinstance(body, dict):
            return [_subscriptions(body)]
        if name == "memberships":
            ids = body if isinstance(body, list) else _list((body or {}).get("recordIdsToAdd"))
            return [
                Record(name, identifier("contacts", item), {"list": call.params.get("id")},
                       lambda _: None)
                for item in ids
            ]  # fmt: skip
        if name == "events":
            inputs = body.get("inputs") if isinstance(body, dict) else None
            return [_event(item) for item in _list(inputs) or [body] if isinstance(item, dict)]
        inputs = body.get("inputs") if isinstance(body, dict) else None
        items = _list(inputs) if inputs is not None else [body]
        return [
            record_of(name, {"id": call.params.get("id"), **item}, item)
            for item in items
            if isinstance(item, dict)
        ]

    def recipients(self, call: HttpCall) -> list[Record]:
        """See `Dialect.recipients`."""
        body = call.body if isinstance(call.body, dict) else {}
        if self.object(call) == "sequences":
            record = Record("sequences", identifier("contacts", body.get("contactId")),
                            {"sequenceId": body.get("sequenceId")}, lambda _: None)  # fmt: skip
        else:
            message = body.get("message") if isinstance(body.get("message"), dict) else {}
            address = str(message.get("to") or "").strip().lower()
            record = Record("emails", (address and f"hubspot/email/{address}") or None,
                            {"to": address or None}, lambda _: None)  # fmt: skip
        record.facts = {"contact": {"channel": "email"}, "subject": {"type": "natural_person"}}
        return [record]

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:
        """See `Dialect.refusals`."""
        body = call.body if isinstance(call.body, dict) else {}
        if call.path.endswith("/gdpr-delete"):
            number = body.get("objectId")
            if body.get("idProperty") == "email":
                yield Refusal(f"hubspot/email/{str(number).strip().lower()}", "erasure")
            elif number:
                yield Refusal(f"hubspot/contacts/{number}", "erasure")
            return
        address = body.get("emailAddress") or call.params.get("address")
        if address:
            yield Refusal(f"hubspot/email/{str(address).strip().lower()}", "email")


def record_of(name: str, item: Mapping[str, Any], holder: Any = None) -> Record:
    """One object as HubSpot gives or takes it.

    Args:
        name: such as `contacts`.
        item: `{"id", "properties", "createdAt", …}`; of owners and users the fields themselves.
        holder: what fields are taken out of; `item` itself when left out.
    """
    holder = item if holder is None else holder
    properties = item.get("properties")
    if not isinstance(properties, Mapping):
        properties = {
            key: value
            for key, value in item.items()
            if key not in ("id", "createdAt", "updatedAt", "archived", "associations", "properties")
        } if name in ("owners", "users") else {}  # fmt: skip
    history = item.get("propertiesWithHistory")
    values = {**dict.fromkeys(history if isinstance(history, Mapping) else (), True), **properties}
    address = values.get("email")
    also = ()
    if name == "contacts" and isinstance(address, str) and address.strip():
        also = (f"hubspot/email/{address.strip().lower()}",)

    def remove(field: str) -> None:
        for key in ("properties", "propertiesWithHistory"):
            if isinstance(holder.get(key), dict):
                holder[key].pop(field, None)
        if name in ("owners", "users"):
            holder.pop(field, None)

    return Record(
        name,
        identifier(name, item.get("id")),
        values,
        remove,
        facts=contact_facts(properties) if name == "contacts" else {},
        collected_at=instant(item.get("createdAt")) or instant(properties.get("createdate")),
        active_at=instant(properties.get("notes_last_contacted")),
        also=also,
        source=holder,
    )


def _subscriptions(item: Mapping[str, Any]) -> Record:
    address = item.get("recipient") or item.get("emailAddress") or item.get("subscriberIdString")
    statuses = item.get("subscriptionStatuses") or item.get("statuses")
    values = {
        key: value
        for key, value in item.items()
        if key in ("recipient", "emailAddress", "subscriptionId", "legalBasis", "statuses",
                   "subscriptionStatuses", "legalBasisExplanation")
    }  # fmt: skip
    facts = subscription_facts(statuses) if statuses is not None else {}
    subject = f"hubspot/email/{str(address).strip().lower()}" if address else None
    return Record("subscriptions", subject, values, lambda name: _pop(item, name), facts=facts,
                  source=item)  # fmt: skip


def _event(item: Mapping[str, Any]) -> Record:
    properties = item.get("properties")
    values = dict(properties) if isinstance(properties, Mapping) else {}
    address = item.get("email")
    subject = identifier("contacts", item.get("objectId"))
    if subject is None and isinstance(address, str) and address.strip():
        subject = f"hubspot/email/{address.strip().lower()}"
    return Record("events", subject, values, lambda name: _pop(properties, name))


def _pop(holder: Any, name: str) -> None:
    if isinstance(holder, dict):
        holder.pop(name, None)


def _items(answer: Any, mark: str) -> Iterator[dict[str, Any]]:
    """The objects of a page, or the one that was asked for."""
    if not isinstance(answer, dict):
        return
    results = answer.get("results")
    for item in results if isinstance(results, list) else [answer]:
        if isinstance(item, dict) and (mark in item or isinstance(results, list)):
            yield item


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
