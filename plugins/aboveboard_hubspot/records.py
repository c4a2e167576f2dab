"""Records of HubSpot in each of the shapes in which it gives and takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aboveboard.crm import Record, instant
from aboveboard_hubspot.people import (
    address_of,
    contact_facts,
    identifier,
    object_name,
    subscription_facts,
)

__all__ = [
    "HubSpotRecord",
    "behaviour_of",
    "items_of",
    "list_of",
    "membership_of",
    "record_of",
    "subscription_of",
    "texts_of",
]

_ENVELOPE = frozenset(
    {
        "archived",
        "archivedAt",
        "associations",
        "createdAt",
        "id",
        "idProperty",
        "new",
        "objectWriteTraceId",
        "properties",
        "propertiesWithHistory",
        "updatedAt",
        "url",
    }
)
# Types of associations with a contact at their other end: of deals, tickets, quotes, feedback, calls,
# mails, meetings, notes, tasks, communications, letters and leads.
_TO_CONTACT = frozenset({3, 16, 69, 81, 98, 194, 198, 200, 202, 204, 453, 578, 608})
_ABOUT_STATUS = frozenset(
    {
        "emailAddress",
        "legalBasis",
        "legalBasisExplanation",
        "recipient",
        "status",
        "statuses",
        "subscriberIdString",
        "subscriptionId",
        "subscriptionStatuses",
    }
)


@dataclass(slots=True, repr=False)
class HubSpotRecord(Record):
    """A record of HubSpot.

    Attributes:
        id_property: what its number is a number of, where that is not HubSpot's own id.
        number: as the program named the record.
        looked_up: its facts have been asked for; nothing more is asked.
    """

    id_property: str = ""
    number: str = ""
    looked_up: bool = False


def record_of(
    name: str, item: Mapping[str, Any], holder: Any = None, *, id_property: object = None
) -> HubSpotRecord:
    """One object as HubSpot gives or takes it.

    Args:
        name: such as `contacts`.
        item: `{"id", "properties", "createdAt", …}`; of owners and users the fields themselves.
        holder: what fields are taken out of; `item` itself when left out.
        id_property: which property `id` is of, when it is not HubSpot's own id.
    """
    holder = item if holder is None else holder
    held = item.get("properties")
    properties = held if isinstance(held, Mapping) else {}
    # What lies beside the properties: the fields of owners, and whatever a later version brings.
    beside = {key: value for key, value in item.items() if key not in _ENVELOPE}
    if held is not None and held is not properties:
        beside["properties"] = held
    told = item.get("propertiesWithHistory")
    history = {
        key: [old.get("value") for old in list_of(versions) if isinstance(old, Mapping)]
        for key, versions in (told.items() if isinstance(told, Mapping) else ())
    }
    latest = {key: old[0] for key, old in history.items() if old}
    values = {**beside, **{key: _text(old) for key, old in history.items()}}
    values.update((key, value) for key, value in properties.items() if key not in history)
    address = address_of(properties.get("email") or latest.get("email"))
    subject, number = _whose(name, item, id_property)

    def remove(field: str) -> None:
        for key in ("properties", "propertiesWithHistory"):
            if isinstance(holder.get(key), dict):
                holder[key].pop(field, None)
        if field in beside:
            holder.pop(field, None)

    facts: dict[str, Any] = {}
    if name == "contacts":
        facts = contact_facts({**latest, **properties})
        if subject is None:
            subject = address
    elif subject is not None:
        facts = {"subject": {"type": "natural_person"}}
    elif name == "companies":
        facts = {"subject": {"type": "legal_person"}}
    return HubSpotRecord(
        name,
        subject,
        values,
        remove,
        facts=facts,
        collected_at=instant(item.get("createdAt")) or instant(properties.get("createdate")),
        active_at=instant(properties.get("notes_last_contacted")),
        also=(address,) if name == "contacts" and address else (),
        source=holder,
        id_property=str(id_property or ""),
        number=number,
    )


def _whose(name: str, item: Mapping[str, Any], id_property: object) -> tuple[str | None, str]:
    """The person a record is of, and the number it is named by."""
    number = item.get("id")
    if name == "contacts":
        if id_property in (None, "", "hs_object_id"):
            found = identifier(name, number)
            return found, "" if found is None else str(number).strip()
        if id_property == "email":
            return address_of(number), str(number).strip().lower()
        return None, str(number)
    people = set(_contacts_of(item.get("associations")))
    if len(people) == 1 and (person := people.pop()) and (found := identifier("contacts", person)):
        return found, person
    return None, ""


def _contacts_of(associations: Any) -> Iterator[str]:
    """Ids of the contacts that a record belongs to, as an answer has them or a new record."""
    if isinstance(associations, Mapping):
        held = associations.get("contacts")
        for item in list_of(held.get("results")) if isinstance(held, Mapping) else ():
            if isinstance(item, Mapping) and item.get("id"):
                yield str(item["id"])
    for item in list_of(associations):
        to = item.get("to") if isinstance(item, Mapping) else None
        if isinstance(to, Mapping) and to.get("id"):
            for kind in list_of(item.get("types")):
                number = kind.get("associationTypeId") if isinstance(kind, Mapping) else None
                if isinstance(number, int) and number in _TO_CONTACT:
                    yield str(to["id"])


def subscription_of(item: Mapping[str, Any], types: Any = None) -> HubSpotRecord:
    """The subscriptions of an address, or one of them."""
    owner = item.get("recipient") or item.get("emailAddress") or item.get("subscriberIdString")
    statuses = item.get("subscriptionStatuses")
    if statuses is None:
        statuses = item.get("statuses")
    if statuses is None and "status" in item:
        statuses = [item]
    values = {key: value for key, value in item.items() if key in _ABOUT_STATUS}
    facts = {} if statuses is None else subscription_facts(statuses, types)
    facts["subject"] = {"type": "natural_person"}
    address = address_of(owner)
    return HubSpotRecord(
        "subscriptions",
        address,
        values,
        lambda name: _pop(item, name),
        facts=facts,
        also=(address,) if address else (),
        source=item,
        looked_up=statuses is not None,
    )


def membership_of(number: object, list_id: object, source: Any = None) -> HubSpotRecord:
    """A contact that is on a list, or is put on it: a segment says something of a person."""
    subject = identifier("contacts", number)
    return HubSpotRecord(
        "memberships",
        subject,
        {"list": list_id},
        lambda _: None,
        facts={"subject": {"type": "natural_person"}},
        source=source,
        number="" if subject is None else str(number).strip(),
    )


def behaviour_of(item: Mapping[str, Any]) -> HubSpotRecord:
    """What somebody did, as HubSpot tells it or is told."""
    properties = item.get("properties")
    values = dict(properties) if isinstance(properties, Mapping) else {}
    kind = item.get("objectType")
    number = item.get("objectId")
    subject = identifier("contacts" if kind is None else object_name(kind), number)
    address = address_of(item.get("email"))
    return HubSpotRecord(
        "events",
        subject or address,
        {"eventName": item.get("eventName") or item.get("eventType"), **values},
        lambda name: _pop(properties, name),
        facts={"subject": {"type": "natural_person"}} if subject or address else {},
        collected_at=instant(item.get("occurredAt")),
        also=(address,) if address else (),
        source=item,
        number="" if subject is None else str(number).strip(),
    )


def items_of(answer: Any) -> list[Any]:
    """The objects of a page, or the one that was asked for."""
    if isinstance(answer, Mapping):
        results = answer.get("results")
        return results if isinstance(results, list) else [answer] if answer else []
    return answer if isinstance(answer, list) else []


def texts_of(value: Any) -> list[str]:
    """The texts of a list; none of anything else."""
    return [item for item in list_of(value) if isinstance(item, str)]


def list_of(value: Any) -> list[Any]:
    """A list as it is; none of anything else."""
    return value if isinstance(value, list) else []


def _text(versions: list[Any]) -> Any:
    """All values that a field has had, for whoever reads them."""
    return "\n".join(str(value) for value in versions if value not in (None, "")) or None


def _pop(holder: Any, name: str) -> None:
    if isinstance(holder, dict):
        holder.pop(name, None)
