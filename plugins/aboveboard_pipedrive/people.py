"""What Pipedrive knows of a person's choices, as facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import age_on, country_code, instant

__all__ = [
    "OBJECTS",
    "addresses",
    "custom_value",
    "identifier",
    "object_name",
    "person_facts",
    "when",
]

OBJECTS = {
    "activity": "activities", "comment": "comments", "deal": "deals", "file": "files",
    "filter": "filters", "lead": "leads", "mailMessage": "mailMessages",
    "mailThread": "mailThreads", "mail_message": "mailMessages", "note": "notes",
    "organization": "organizations", "person": "persons", "pipeline": "pipelines",
    "product": "products", "project": "projects", "stage": "stages", "task": "tasks",
    "user": "users",
}  # fmt: skip
"""Objects by the name that webhooks, searches and flows use."""

_STATUSES = {
    "subscribed": "dpv:ConsentGiven",
    "archived": "dpv:ConsentGiven",
    "unsubscribed": "dpv:ConsentWithdrawn",
    "no_consent": "dpv:ConsentUnknown",
}


def object_name(name: object) -> str:
    """One name for an object, whether a path or a webhook names it."""
    text = str(name)
    return OBJECTS.get(text, text)


def when(value: object) -> datetime | None:
    """A date or a time as Pipedrive writes it, as text; without an offset it is UTC."""
    return instant(value, naive_is_utc=True) if isinstance(value, str) else None


def identifier(number: object) -> str | None:
    """A person's identifier from the number Pipedrive gives; None of what is none."""
    if isinstance(number, Mapping):  # version 1 nests the person below its id
        number = number.get("value", number.get("id"))
    if isinstance(number, bool) or not isinstance(number, int | str):
        return None
    text = str(number)
    return f"pipedrive/persons/{text}" if text.isascii() and text.isdigit() else None


def addresses(person: Mapping[str, Any]) -> tuple[str, ...]:
    """Identifiers of a person's e-mail addresses, under which an opt-out may stand."""
    found = []
    for name in ("emails", "email"):
        listed = person.get(name)
        for item in listed if isinstance(listed, list) else [listed]:
            value = item.get("value") if isinstance(item, Mapping) else item
            if isinstance(value, str) and "@" in value:
                found.append(f"pipedrive/email/{value.strip().lower()}")
    return tuple(dict.fromkeys(found))


def custom_value(record: Mapping[str, Any], code: str | None) -> Any:
    """The value of a custom field; versions and webhooks wrap it differently."""
    if code is None:
        return None
    own = record.get("custom_fields")
    value = own.get(code) if isinstance(own, Mapping) else record.get(code)
    if isinstance(value, Mapping):
        value = value.get("value", value.get("label", value.get("id")))
    return value


def person_facts(
    person: Mapping[str, Any],
    now: datetime | None = None,
    *,
    date_field: str | None = None,
    proof_field: str | None = None,
) -> dict[str, Any]:
    """Facts of the person from their own record.

    Pipedrive says whether the person takes marketing mail, but neither since when nor how one could
    prove it: only custom fields of the account do.

    Args:
        person: as Pipedrive gives it; what is missing was not asked for, and nobody knows.
        now: when age counts, and after which no date can lie; the present moment when left out.
        date_field: code of the custom field with the date of consent.
        proof_field: code of the custom field with its proof.
    """
    now = now or datetime.now(UTC)
    subject: dict[str, Any] = {"type": "natural_person"}
    facts: dict[str, Any] = {"subject": subject}
    address = person.get("postal_address")
    country = address.get("country") if isinstance(address, Mapping) else None
    if code := country_code(country or person.get("postal_address_country")):
        subject["country"] = code
    age = age_on(person.get("birthday"), now.date())
    if age is not None:
        subject["age_years"] = age
    state = person.get("marketing_status")
    status = _STATUSES.get(state) if isinstance(state, str) else None
    if status is None:
        return facts
    if status == "dpv:ConsentGiven" and _pending(person.get("doi_status")):
        status = "dpv:ConsentRequested"
    told: dict[str, Any] = {
        "status": status,
        "purpose": "dpv:DirectMarketing",
        "channel": "email",
    }
    since = when(custom_value(person, date_field))
    if since is not None and since <= now and status == "dpv:ConsentGiven":
        told["given_at"] = since
    proof = custom_value(person, proof_field)
    whose = identifier(person.get("id"))
    if proof not in (None, "", [], {}) and whose and status == "dpv:ConsentGiven":
        # Where the proof stands, not what it says, which may name the person.
        told["proof_ref"] = f"{whose}/{proof_field}"
    facts["consent"] = [told]
    if state == "unsubscribed":
        facts["objections"] = {"direct_marketing": True}
    elif state != "no_consent":
        facts["objections"] = {"direct_marketing": False}
    return facts


def _pending(status: object) -> bool:
    """A double opt-in that waits for the person; the names of its states are not documented."""
    return isinstance(status, str) and any(word in status.lower() for word in ("pending", "sent"))
