"""HubSpot's requests and answers, as the exchange wants to know them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import Dialect, HttpCall, Record, Refusal, join_facts
from aboveboard_hubspot.asking import CONSENT_PROPERTIES, Asking
from aboveboard_hubspot.people import (
    address_of,
    identifier,
    object_name,
    subscription_basis,
    subscription_facts,
)
from aboveboard_hubspot.records import (
    HubSpotRecord,
    behaviour_of,
    items_of,
    list_of,
    membership_of,
    record_of,
    subscription_of,
    texts_of,
)
from aboveboard_hubspot.routes import ROUTES

__all__ = ["HubSpotDialect"]

_ALWAYS = ("createdate", "hs_lastmodifieddate", "hs_object_id")
DEFAULTS = {
    "contacts": (
        "createdate",
        "email",
        "firstname",
        "hs_object_id",
        "lastmodifieddate",
        "lastname",
    ),
    "companies": (*_ALWAYS, "domain", "name"),
    "deals": (*_ALWAYS, "amount", "closedate", "dealname", "dealstage", "pipeline"),
    "tickets": (
        *_ALWAYS,
        "content",
        "hs_pipeline",
        "hs_pipeline_stage",
        "hs_ticket_category",
        "hs_ticket_priority",
        "subject",
    ),
}
"""What HubSpot gives of an object when no properties are asked for."""
_HELD = ("events", "memberships", "subscriptions")
_MARKS = ("id", "properties", "recipient", "subscriptionStatuses")


class HubSpotDialect(Dialect):
    """How HubSpot says it.

    Args:
        asking: look-ups of consent and of what custom fields are; None asks nothing.
        types: ids of the subscription types that count; all when left out.
    """

    routes = ROUTES

    def __init__(self, asking: Asking | None = None, types: Collection[str] | None = None) -> None:
        self._asking = asking
        self._types = types

    def object(self, call: HttpCall) -> str:
        """See `Dialect.object`."""
        return object_name(super().object(call))

    def names(self, call: HttpCall) -> list[str]:
        """The properties that are asked for; without any HubSpot gives its default ones."""
        name = self.object(call)
        if (call.route and call.route.object) or call.route is None:
            return []
        plain, history = _asked(call, "properties"), _asked(call, "propertiesWithHistory")
        asked = [*(plain or DEFAULTS.get(name, _ALWAYS)), *history]
        self._describe(name, [*asked, *self.relied_on(call)])
        return asked

    def relied_on(self, call: HttpCall) -> list[str]:
        """See `Dialect.relied_on`: of a search, what it filters and sorts by."""
        return _filtered(call.body) if call.path.endswith("/search") else []

    def leave_out(self, call: HttpCall, names: frozenset[str]) -> None:
        """See `Dialect.leave_out`. To ask for nothing would bring the default ones: id is asked for."""
        plain = _asked(call, "properties") or DEFAULTS.get(self.object(call), _ALWAYS)
        _ask(call, "properties", [n for n in plain if n not in names] or ["hs_object_id"])
        history = [n for n in _asked(call, "propertiesWithHistory") if n not in names]
        _ask(call, "propertiesWithHistory", history)

    def ask_too(self, call: HttpCall) -> frozenset[str]:
        """See `Dialect.ask_too`."""
        if self.object(call) != "contacts":
            return frozenset()
        asked = _asked(call, "properties") or DEFAULTS["contacts"]
        wanted = {*CONSENT_PROPERTIES, *(("email",) if self._asking else ())}
        extra = wanted.difference(call.left_out, asked, _asked(call, "propertiesWithHistory"))
        if extra:
            _ask(call, "properties", [*asked, *sorted(extra)])
        return frozenset(extra)

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """See `Dialect.records`."""
        name = self.object(call)
        items = [item for item in items_of(answer) if isinstance(item, dict)]
        if call.route is not None and call.route.handling == "write" and name in _HELD:
            return []  # it gives back what was written, or ids
        found: list[Record] = []
        if name == "subscriptions":
            owner = call.params.get("address")
            for item in items:
                found.append(one := subscription_of(item, self._types))
                if one.subject is None and owner:
                    one.subject = address_of(owner)
        elif name == "memberships":
            held = [_membership(call, item) for item in items]
            self._look_up(held)
            found.extend(held)
        elif name == "events":
            found.extend(behaviour_of(item) for item in items)
        else:
            revealed = dict.fromkeys(self.relied_on(call), True)
            for item in items:
                found.append(record := record_of(name, item))
                record.values = {**revealed, **record.values}
        return found

    def understood(self, call: HttpCall, answer: Any) -> bool:
        """Whether `records` finds all that an answer holds; what it does not find nobody judges."""
        if answer in (None, [], {}):
            return True
        if not isinstance(answer, dict):
            return False
        results = answer.get("results")
        if isinstance(results, list):
            return all(isinstance(item, dict) for item in results)
        if call.route is not None and call.route.handling == "write" and self.object(call) in _HELD:
            return True
        marked = not answer.keys().isdisjoint(_MARKS)
        return results is None and (marked or "results" in answer)

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
        if self._asking is None:
            return
        by_address: dict[str, list[HubSpotRecord]] = {}
        for record in records:
            if isinstance(record, HubSpotRecord) and not record.looked_up:
                for address in record.also:
                    by_address.setdefault(address, []).append(record)
        found = self._asking.statuses(by_address) if by_address else {}
        for address, statuses in found.items():
            for record in by_address[address]:
                # Each its own facts: later facts are joined into them.
                join_facts(record.facts, subscription_facts(statuses, self._types))
                if record.facts.get("contact"):
                    join_facts(record.facts, subscription_basis(statuses, self._types))

    def written(self, call: HttpCall) -> list[Record]:
        """See `Dialect.written`."""
        name, body = self.object(call), call.body
        entries = body if isinstance(body, dict) else {}
        if name == "subscriptions":
            return [subscription_of(entries)]
        if name == "memberships":
            added = body if isinstance(body, list) else list_of(entries.get("recordIdsToAdd"))
            found = [membership_of(item, call.params.get("list")) for item in added]
        elif name == "events":
            inputs = list_of(entries.get("inputs")) if "inputs" in entries else [entries]
            return [behaviour_of(item) for item in inputs if isinstance(item, dict)]
        elif call.path.endswith("/merge"):
            merged = (entries.get("primaryObjectId"), entries.get("objectIdToMerge"))
            found = [record_of(name, {"id": number}) for number in merged]
        else:
            found = list(self._objects(name, call))
            for record in found if _makes(call) else ():
                record.collected_at = datetime.now(UTC)
            self._describe(name, dict.fromkeys(key for one in found for key in one.values))
        self._look_up(found)
        return list(found)

    def recipients(self, call: HttpCall) -> list[Record]:
        """See `Dialect.recipients`."""
        body = call.body if isinstance(call.body, dict) else {}
        if self.object(call) == "sequences":
            held = {"sequenceId": body.get("sequenceId")}
            one = record_of("contacts", {"id": body.get("contactId")})
            one.object, one.values = "sequences", held
            found = [one]
        else:
            found = list(_mailed(body))
        for record in found:
            record.facts = {"contact": {"channel": "email"}, "subject": {"type": "natural_person"}}
        # A message costs two look-ups: whose address it is, for what that person refused by other
        # ways, and what the address is subscribed to.
        self._look_up(found)
        for record in found:
            record.looked_up = False
        return list(found)

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:
        """See `Dialect.refusals`."""
        body = call.body if isinstance(call.body, dict) else {}
        if call.path.endswith("/gdpr-delete"):
            number = body.get("objectId")
            if self.object(call) != "contacts":
                return
            found = (
                address_of(number)
                if body.get("idProperty") == "email"
                else identifier("contacts", number)
            )
            if found:
                yield Refusal(found, "erasure")
            return
        stated = [
            body.get("emailAddress"),
            call.params.get("address"),
            *list_of(body.get("inputs")),
        ]
        for address in filter(None, map(address_of, stated)):
            yield Refusal(address, "email")

    def _objects(self, name: str, call: HttpCall) -> Iterator[HubSpotRecord]:
        body = call.body if isinstance(call.body, dict) else {}
        by = dict(call.query).get("idProperty")
        for item in list_of(body.get("inputs")) if "inputs" in body else [body]:
            if isinstance(item, dict):
                by_item = item.get("idProperty") or by
                named = {**({"id": call.params["id"]} if "id" in call.params else {}), **item}
                yield record_of(name, named, item, id_property=by_item)

    def _describe(self, name: str, names: Iterable[str]) -> None:
        if self._asking is not None:
            self._asking.describe(name, list(names))

    def _look_up(self, records: Sequence[HubSpotRecord]) -> None:
        """One request for what HubSpot knows of the contacts that a request names by a number."""
        named = [record for record in records if record.number and not record.looked_up]
        if self._asking is None or not named:
            return
        by = named[0].id_property
        numbers = {record.number for record in named if record.id_property == by}
        found = self._asking.contacts(numbers, "" if by == "hs_object_id" else by)
        for record in named:
            record.looked_up = True
            if record.id_property != by or record.number not in found:
                continue  # nobody knows
            contact = found[record.number]
            if contact is None:
                record.collected_at = datetime.now(UTC)
                continue
            known = record_of("contacts", contact)
            record.subject = known.subject
            record.also = known.also
            record.collected_at = record.collected_at or known.collected_at
            join_facts(record.facts, known.facts)


def _makes(call: HttpCall) -> bool:
    """Whether a request makes new records: HubSpot gets what is in them now."""
    template = call.route.template if call.route else ""
    return template.endswith("/create") or (
        call.method == "POST" and template.endswith("/{object}")
    )


def _asked(call: HttpCall, key: str) -> list[str]:
    if isinstance(call.body, dict):
        return [name for name in texts_of(call.body.get(key)) if name]
    return [
        name.strip()
        for asked, value in call.query
        if asked == key
        for name in str(value).split(",")
        if name.strip()
    ]


def _ask(call: HttpCall, key: str, names: Sequence[str]) -> None:
    names = list(dict.fromkeys(names))
    if isinstance(call.body, dict):
        if names or key in call.body:
            call.body[key] = names
        return
    call.query = [item for item in call.query if item[0] != key]
    if names:
        call.query.append((key, ",".join(names)))


def _filtered(body: Any) -> list[str]:
    """Names of the properties that a search filters and sorts by."""
    if not isinstance(body, dict):
        return []
    groups = [body, *(group for group in list_of(body.get("filterGroups")))]
    filters = [
        item
        for group in groups
        if isinstance(group, dict)
        for item in list_of(group.get("filters"))
    ]
    named = [
        item.get("propertyName") if isinstance(item, dict) else item
        for item in [*filters, *list_of(body.get("sorts"))]
    ]
    return list(
        dict.fromkeys(n.strip().lstrip("-") for n in named if isinstance(n, str) and n.strip())
    )


def _membership(call: HttpCall, item: dict[str, Any]) -> HubSpotRecord:
    if "type" in call.params:
        own = call.params["id"] if object_name(call.params["type"]) == "contacts" else None
        return membership_of(own, item.get("listId"), item)
    return membership_of(item.get("recordId"), call.params.get("list"), item)


def _mailed(body: dict[str, Any]) -> Iterator[HubSpotRecord]:
    """Everybody whom a single mail reaches, with what is put into it of them."""
    held = body.get("message")
    message = held if isinstance(held, dict) else {}
    own = body.get("contactProperties")
    custom = body.get("customProperties")
    values = {
        **({f"custom.{name}": value for name, value in custom.items()} if isinstance(custom, dict) else {}),
        **(own if isinstance(own, dict) else {}),
    }  # fmt: skip

    def remove(name: str) -> None:
        if isinstance(own, dict):
            own.pop(name, None)
        if isinstance(custom, dict):
            custom.pop(name.removeprefix("custom."), None)

    for to in [message.get("to"), *list_of(message.get("cc")), *list_of(message.get("bcc"))]:
        address = address_of(to)
        if address or to == message.get("to"):
            also = (address,) if address else ()
            yield HubSpotRecord(
                "contacts",
                address,
                {"email": to, **values},
                remove,
                also=also,
                id_property="email",
                number=to.strip().lower() if isinstance(to, str) else "",
            )
