"""What the plugin asks HubSpot for itself: consent, once a page, and what custom fields are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol
from urllib.parse import quote

from aboveboard.crm import FieldMap, Guard, Lookups
from aboveboard_hubspot.people import address_of, identifier
from aboveboard_hubspot.records import list_of

__all__ = ["CONSENT_PROPERTIES", "Asking", "Sender", "sending"]

CONSENT_PROPERTIES = (
    "country",
    "hs_email_optout",
    "hs_language",
    "hs_legal_basis",
    "lifecyclestage",
)
"""What is asked for beside what the program asks, and taken out again before it gets the answer."""

_MOST = 100  # of a batch of HubSpot's
_DEFINITIONS_S = 3600.0
_WAIT_S = 60.0
_SPECIAL = "dpv:SpecialCategoryPersonalData"


class Sender(Protocol):
    """Makes a request as the program's own is made, with its credentials, judged by nobody."""

    def __call__(self, method: str, path: str, query: list[tuple[str, str]], body: Any) -> Any:
        """The answer, as a JSON value.

        Raises:
            Exception: the client's own; whoever asks takes any for "nobody knows".
        """


_current: ContextVar[Sender] = ContextVar("aboveboard_hubspot_sender")


@contextmanager
def sending(sender: Sender) -> Iterator[None]:
    """What is asked for meanwhile, on this thread, goes out by this sender."""
    token = _current.set(sender)
    try:
        yield
    finally:
        _current.reset(token)


class Asking:
    """Look-ups of one client.

    Args:
        guard: learns what custom fields are.
        ttl_s: how long an answer about a person counts, in seconds.
    """

    def __init__(self, guard: Guard, ttl_s: float) -> None:
        self._guard = guard
        self._statuses = Lookups("hubspot.subscriptions", _statuses, ttl_s=ttl_s)
        self._contacts = Lookups("hubspot.contacts", _contacts, ttl_s=ttl_s)
        self._definitions = Lookups("hubspot.properties", self._describe, ttl_s=_DEFINITIONS_S)
        self._failed: dict[str, float] = {}
        self._lock = threading.Lock()

    def statuses(self, addresses: Iterable[str]) -> dict[str, Any]:
        """Statuses by the identifier of an address; an address is missing when nobody knows."""
        return {
            address: found
            for address, found in self._statuses.get(addresses).items()
            if found is not None
        }

    def contacts(
        self, numbers: Iterable[str], id_property: str
    ) -> dict[str, Mapping[str, Any] | None]:
        """Contacts by the number that the program named them by; None where HubSpot has none."""
        asked = {f"{id_property}:{number}": number for number in numbers}
        if not asked or len(asked) > _MOST:
            return {}
        found = self._contacts.get(asked)
        return {asked[key]: contact for key, contact in found.items()}

    def describe(self, object_name: str, names: Iterable[str]) -> None:
        """Learn what HubSpot says of fields that nobody has described, once for each object."""
        fields = self._guard.fields
        if all(fields.kind(object_name, name).categories is not None for name in names):
            return
        now = time.monotonic()
        with self._lock:
            if self._failed.get(object_name, 0.0) > now:
                return
        if object_name not in self._definitions.get([object_name]):
            with self._lock:
                self._failed[object_name] = now + _WAIT_S

    def _describe(self, names: list[str]) -> dict[str, Any]:
        """Properties that the portal marked as sensitive: HubSpot lists them only when asked."""
        (name,) = names
        found: dict[str, Any] = {}
        for degree in ("sensitive", "highly_sensitive"):
            answer = _ask(
                "GET", f"/crm/v3/properties/{quote(name, safe='')}", [("dataSensitivity", degree)]
            )
            for item in answer["results"]:
                if item.get("dataSensitivity") in ("sensitive", "highly_sensitive"):
                    found[str(item["name"])] = [_category(item)]
        if found:
            self._guard.learn(FieldMap.of({name: found}, "HubSpot's properties"))
        return {name: True}


def _category(item: Mapping[str, Any]) -> str:
    """What a sensitive property holds: the portal says that it is, seldom what it is."""
    return "pd:Health" if "HIPAA" in list_of(item.get("sensitiveDataCategories")) else _SPECIAL


def _ask(method: str, path: str, query: list[tuple[str, str]], body: Any = None) -> Any:
    return _current.get()(method, path, query, body)


def _statuses(addresses: list[str]) -> dict[str, Any]:
    """Statuses by address: one request for each hundred, which is all that HubSpot takes."""
    found: dict[str, Any] = {}
    for start in range(0, len(addresses), _MOST):
        asked = [
            address.removeprefix("hubspot/email/") for address in addresses[start : start + _MOST]
        ]
        answer = _ask(
            "POST",
            "/communication-preferences/v4/statuses/batch/read",
            [("channel", "EMAIL")],
            {"inputs": asked},
        )
        for item in answer["results"]:
            if isinstance(item["statuses"], list) and (
                key := address_of(item["subscriberIdString"])
            ):
                found[key] = item["statuses"]
    return found


def _contacts(keys: list[str]) -> dict[str, Any]:
    """Contacts with the properties of consent, by `<id property>:<number>`; of one such property."""
    id_property = keys[0].partition(":")[0]
    body: dict[str, Any] = {
        "inputs": [{"id": key.partition(":")[2]} for key in keys],
        "properties": list(dict.fromkeys([*CONSENT_PROPERTIES, "email", id_property or "email"])),
    }
    if id_property:
        body["idProperty"] = id_property
    answer = _ask("POST", "/crm/v3/objects/contacts/batch/read", [], body)
    found: dict[str, Any] = {}
    for item in answer["results"]:
        properties = item["properties"]
        named = item["id"] if not id_property else properties.get(id_property)
        if identifier("contacts", item["id"]) and named:
            found[_spelt(id_property, str(named))] = item
    return {key: found.get(_spelt(*key.partition(":")[::2])) for key in keys}


def _spelt(id_property: str, number: str) -> str:
    return number.strip().lower() if id_property == "email" else number.strip()
