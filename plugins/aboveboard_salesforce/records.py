"""Salesforce's records as the guard wants to know them: whose they are, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aboveboard.crm import Record, instant, join_facts
from aboveboard_salesforce.ids import id18, identifier
from aboveboard_salesforce.people import consent_facts, flag, own_facts

__all__ = [
    "LINKS",
    "Column",
    "Place",
    "email_identifier",
    "flat_records",
    "flat_values",
    "records_of",
]

PEOPLE = frozenset(["Lead", "Contact", "Individual", "User"])
LINKS: dict[str, tuple[str, ...]] = {
    "Task": ("WhoId",),
    "Event": ("WhoId",),
    "Case": ("ContactId",),
    "CampaignMember": ("LeadOrContactId", "LeadId", "ContactId"),
    "OpportunityContactRole": ("ContactId",),
    "ContactPointTypeConsent": ("PartyId",),
    "ContactPointEmail": ("ParentId",),
    "ContactPointPhone": ("ParentId",),
    "ContactPointAddress": ("ParentId",),
    "LeadScoreHistory": ("LeadId",),
    "ScoreIntelligence": ("BaseId",),
}
"""Objects that are about a person whom a field names; the first that is filled counts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in an answer.

    Attributes:
        holder: the list or the record that holds it; None when it is the answer.
        item: the record itself.
        key: its key, when a record holds it.
        touch: called when it is taken out.
    """

    holder: Any
    item: Any
    key: str | None = None
    touch: Callable[[], Any] = bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column of rows that are no nested records: CSV, or what a query counted."""

    key: str
    object: str
    field: str
    related: bool = False


def records_of(
    item: Mapping[str, Any],
    touch: Callable[[], Any],
    *,
    object_name: str | None = None,
    number: object = None,
    place: Place | None = None,
    names: Mapping[str, str] | None = None,
    person_accounts: bool = False,
) -> list[Record]:
    """A record, with the records that stand within it.

    Args:
        item: as Salesforce gives or takes it.
        touch: called when something is taken out of it.
        object_name: its object, where `attributes` do not say.
        number: its id, where neither `Id` nor `attributes` say.
        place: where it stands.
        names: keys that are not the field's own name → name of the field.
        person_accounts: the organisation has accounts that are people.
    """
    attributes = item.get("attributes")
    told = attributes if isinstance(attributes, Mapping) else {}
    kind = told.get("type")
    name = kind if isinstance(kind, str) and kind else (object_name or "")
    values: dict[str, Any] = {}
    keys: dict[str, str] = {}
    inner: list[tuple[str, Mapping[str, Any], Place]] = []
    for key, value in item.items():
        if key == "attributes":
            continue
        found = list(_within(item, key, value, touch))
        if found:
            inner += found
            continue
        field = (names or {}).get(key, key)
        values[field] = value
        keys[field] = key

    def remove(field: str) -> None:
        if isinstance(item, dict) and keys.get(field, field) in item:
            del item[keys.get(field, field)]
            touch()

    if number is None:
        number = values.get("Id") or values.get("id") or _last(told.get("url"))
    record = _record(name, values, remove, number, person_accounts=person_accounts)
    record.source = place or Place(None, item)
    found_inner: list[Record] = []
    for _, child, where in inner:
        below = records_of(child, touch, place=where, person_accounts=person_accounts)
        if below and below[0].object == "Individual" and where.key is not None:
            _same_person(record, below[0])
        found_inner += below
    return [record, *found_inner]


def flat_records(
    columns: Iterable[Column],
    row: dict[str, Any],
    remove: Callable[[str], Any],
    place: Place,
    *,
    person_accounts: bool = False,
) -> list[Record]:
    """A row as records: one of its own object, and one of each that it is joined with."""
    groups: dict[tuple[str, bool], dict[str, str]] = {}
    for column in columns:
        groups.setdefault((column.object, column.related), {})[column.field] = column.key
    found: list[Record] = []
    main: Record | None = None
    for (name, related), fields in sorted(groups.items(), key=lambda group: group[0][1]):

        def cut(field: str, fields: dict[str, str] = fields) -> None:
            if field in fields:
                remove(fields[field])

        values = {field: row.get(key) for field, key in fields.items()}
        number = values.get("Id") or values.get("sf__Id")
        record = _record(name, values, cut, number, person_accounts=person_accounts)
        record.source = place
        found.append(record)
        if not related:
            main = record
        elif name == "Individual" and main is not None:
            _same_person(main, record)
    return found


def flat_values(name: str, values: dict[str, Any], number: object) -> Record:
    """A record that stands in no answer."""
    record = _record(name, values, lambda _: None, number, person_accounts=False)
    record.source = values
    return record


def email_identifier(address: object) -> str | None:
    """Identifier of an address, under which it may have refused."""
    if not isinstance(address, str) or "@" not in address:
        return None
    return f"salesforce/email/{address.strip().lower()}"


def _record(
    name: str,
    values: dict[str, Any],
    remove: Callable[[str], Any],
    number: object,
    *,
    person_accounts: bool,
) -> Record:
    if name == "Account":
        said = flag(values.get("IsPersonAccount"))
        filled = any(
            value not in (None, "", False, "false")
            for key, value in values.items()
            if key.startswith("Person") and key != "PersonHasOptedOutOfFax"
        )
        if said or (said is None and (filled or person_accounts)):
            subject = identifier(number, "Account") if said or filled else None
            name = "PersonAccount"
        else:
            subject = None
    elif name in PEOPLE:
        subject = identifier(number, name)
    else:
        links = (identifier(values.get(key)) for key in LINKS.get(name, ()))
        subject = next((link for link in links if link is not None), None)
    facts = own_facts(name, values) if subject is not None or name in PEOPLE else {}
    if name == "ContactPointTypeConsent":
        facts = {"subject": {"type": "natural_person"}, **consent_facts([{**values, "Id": number}])}
    also = [
        identifier(values.get("IndividualId") or values.get("PersonIndividualId"), "Individual"),
        email_identifier(values.get("Email") or values.get("PersonEmail")),
    ]
    return Record(
        name,
        subject,
        values,
        remove,
        facts=facts,
        collected_at=instant(values.get("CreatedDate")),
        active_at=instant(values.get("LastActivityDate")),
        also=tuple(item for item in also if item and item != subject and subject),
    )


def _same_person(record: Record, individual: Record) -> None:
    """The Individual of a lead or contact is the same person."""
    join_facts(record.facts, dict(individual.facts))
    if record.subject is not None:
        if individual.subject is not None:
            record.also = (*record.also, individual.subject)
        individual.subject = record.subject
    individual.facts = dict(record.facts)


def _within(
    item: Mapping[str, Any], key: str, value: Any, touch: Callable[[], Any]
) -> Iterator[tuple[str, Mapping[str, Any], Place]]:
    if not isinstance(value, Mapping):
        return
    rows = value.get("records")
    if isinstance(rows, list):
        for row in rows:
            if isinstance(row, Mapping):
                yield key, row, Place(rows, row, None, touch)
    elif isinstance(value.get("attributes"), Mapping):
        yield key, value, Place(item, value, key, touch)


def _last(url: object) -> str | None:
    return id18(url.rsplit("/", 1)[-1]) if isinstance(url, str) else None
