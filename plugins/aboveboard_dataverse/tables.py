"""Tables: the name in paths, the name in metadata, the primary key, and whose data a row is."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["CONSENT_TABLE", "PERSONS", "Table", "Tables", "identifier"]

CONSENT_TABLE = "msdynmkt_contactpointconsent4"
PERSONS = ("contact", "lead")
"""Tables whose rows are people."""

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_NIL = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: its logical name, such as `lead`.
        set: its entity set, such as `leads`, as it stands in paths.
        key: its primary key, such as `leadid`.
    """

    name: str
    set: str
    key: str


_ACTIVITIES = ("activitypointer", "appointment", "campaignactivity", "campaignresponse", "email",
               "fax", "letter", "phonecall", "task")  # fmt: skip
_PLURALS = {
    "activityparty": "activityparties", "businessunit": "businessunits",
    "campaignactivity": "campaignactivities", "customeraddress": "customeraddresses",
    "fax": "faxes", "leadaddress": "leadaddresses", "opportunity": "opportunities",
    "transactioncurrency": "transactioncurrencies",
}  # fmt: skip
_NAMES = (
    *_ACTIVITIES, "account", "activityparty", "annotation", "businessunit", "campaign", "competitor",
    "connection", "contact", "customeraddress", "incident", "invoice", "lead", "leadaddress", "list",
    "listmember", "opportunity", "pricelevel", "product", "quote", "salesorder", "systemuser", "team",
    "template", "transactioncurrency", CONSENT_TABLE,
)  # fmt: skip
_KNOWN = tuple(
    Table(
        name, _PLURALS.get(name, f"{name}s"), "activityid" if name in _ACTIVITIES else f"{name}id"
    )
    for name in _NAMES
)

# Navigation properties that do not bear their target's name.
_TARGETS = {
    "contact_customer_accounts": "contact", "createdby": "systemuser",
    "lead_parent_contact": "lead", "manager": "systemuser", "modifiedby": "systemuser",
    "originatingleadid": "lead", "owningteam": "team", "owninguser": "systemuser",
    "parentaccountid": "account", "parentcontactid": "contact", "primarycontactid": "contact",
    "email_activity_parties": "activityparty", "qualifyingopportunityid": "opportunity",
    "transactioncurrencyid": "transactioncurrency",
}  # fmt: skip
_POLYMORPHIC = re.compile(
    r"(?:customerid|objectid|parentcustomerid|partyid|regardingobjectid)_([a-z]+)(?:_.*)?"
)
_PLURAL_TARGET = re.compile(r"[a-z]+_([a-z]+?)(?:e?s)")

# Lookups that say whose data a row of another table is; None where they name the table themselves.
_OWNERS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "annotation": (("objectid", None),),
    "activityparty": (("partyid", None),),
    "incident": (("primarycontactid", "contact"), ("customerid", None)),
    "opportunity": (("parentcontactid", "contact"), ("customerid", None)),
    "quote": (("customerid", None),),
    "salesorder": (("customerid", None),),
    "invoice": (("customerid", None),),
    "listmember": (("entityid", None),),
    **dict.fromkeys(_ACTIVITIES, (("regardingobjectid", None),)),
}


def identifier(table: str, key: object) -> str | None:
    """Whose data a row is: of leads and contacts their own, of other tables nobody's in particular."""
    if table not in PERSONS or not isinstance(key, str):
        return None
    guid = key.strip().strip("{}").lower()
    return f"dataverse/{table}/{guid}" if _GUID.fullmatch(guid) and guid != _NIL else None


class Tables:
    """What is known of tables: the standard ones, and what the environment's metadata told."""

    def __init__(self) -> None:
        self._by_set = {table.set: table for table in _KNOWN}
        self._by_name = {table.name: table for table in _KNOWN}
        self._lock = threading.Lock()

    def of_set(self, name: str) -> Table | None:
        """The table of an entity set; None when nobody knows it."""
        return self._by_set.get(name)

    def named(self, name: str) -> Table | None:
        """The table of a logical name; None when nobody knows it."""
        return self._by_name.get(name)

    def take(self, item: Mapping[str, Any]) -> Table | None:
        """Learn from one entity definition; None when it does not say enough."""
        texts = [item.get(key) for key in ("LogicalName", "EntitySetName", "PrimaryIdAttribute")]
        if not all(isinstance(text, str) and text for text in texts):
            return None
        table = Table(str(texts[0]).lower(), str(texts[1]), str(texts[2]).lower())
        with self._lock:
            self._by_set = {**self._by_set, table.set: table}
            self._by_name = {**self._by_name, table.name: table}
        return table

    def target(self, navigation: str) -> str:
        """The table that a navigation property leads to, as far as its name tells; else the property."""
        name = navigation.lower()
        found = _TARGETS.get(name)
        if found is not None:
            return found
        for pattern in (_POLYMORPHIC, _PLURAL_TARGET):
            fit = pattern.fullmatch(name)
            if fit and fit[1] in self._by_name:
                return fit[1]
        return name.removesuffix("id") if name.removesuffix("id") in self._by_name else name

    def of_row(self, guess: str, columns: Iterable[str]) -> str:
        """The table of a row that nobody named: its primary key is always among its columns."""
        held = set(columns)
        known = self._by_name.get(guess)
        if known is not None and known.key in held:
            return guess
        fits = [t.name for t in self._by_name.values() if t.key in held and t.key != "activityid"]
        return fits[0] if len(fits) == 1 else guess

    def subject(
        self, table: str, values: Mapping[str, Any], targets: Mapping[str, Any]
    ) -> str | None:
        """The person whom a row is about.

        Args:
            table: logical name of the row's table.
            values: its columns.
            targets: tables that its lookups lead to, where the answer says it.
        """
        if table in PERSONS:
            return identifier(table, values.get(f"{table}id"))
        for column, target in _OWNERS.get(table, ()):
            found = identifier(str(target or targets.get(column) or ""), values.get(column))
            if found is not None:
                return found
        return None
