"""Whose a record is, and what Tryton knows of a person's choices, as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import country_code

__all__ = [
    "OWNERS", "PARTY", "SUBSCRIPTION", "by_email", "identifier", "party_facts", "party_names",
    "subscription_facts", "utc",
]  # fmt: skip

PARTY = "party.party"
OWNERS = {
    PARTY: "",
    "party.address": "party",
    "party.contact_mechanism": "party",
    "party.identifier": "party",
    "sale.opportunity": "party",
    "sale.sale": "party",
}
"""The field of a model that names the party whose data its records are; "" is the record itself."""

SUBSCRIPTION = ("email", "active", "list_", "create_date", "write_date")
"""The fields of `marketing.email` that tell of an opt-out."""

_STAGES = {
    "lead": "lead", "opportunity": "prospect", "converted": "customer", "won": "customer",
}  # fmt: skip


def identifier(party: object) -> str | None:
    """Of a person, by the id of their party."""
    if isinstance(party, bool) or not isinstance(party, int):
        return None
    return f"tryton/{PARTY}/{party}"


def by_email(address: object) -> str | None:
    """Of an address, as mailing lists know people by nothing else."""
    if not isinstance(address, str) or not address.strip():
        return None
    return f"tryton/email/{address.strip().lower()}"


def utc(value: object) -> datetime | None:
    """Tryton's times are UTC and do not say so."""
    if not isinstance(value, datetime):
        return None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def party_names(model: str, *, categories: bool) -> list[str]:
    """The fields that tell of the person, to ask for beside what the program asks."""
    owner = OWNERS.get(model)
    if owner is None:
        return []
    names = [
        "addresses.country.code",
        "contact_mechanisms.type",
        "contact_mechanisms.value",
        "lang.code",
    ]
    if categories:
        names.append("categories.name")
    found = [f"{owner}.{name}" if owner else name for name in names]
    found += [
        "create_date",
        *([owner] if owner else []),
        *(["state"] if model == "sale.opportunity" else []),
    ]
    return found


def party_facts(
    model: str, values: Mapping[str, Any], objections: Mapping[str, str]
) -> tuple[str | None, tuple[str, ...], dict[str, Any]]:
    """Whose a record is, under which addresses, and what it tells of them.

    Args:
        model: what it is a record of.
        values: its fields, by flat name. One that is missing was not asked for: nobody knows.
        objections: objection → name of the party category that stands for it.
    """
    owner = OWNERS.get(model)
    if owner is None:
        return None, (), {}
    subject = identifier(values.get(owner or "id"))
    at = f"{owner}." if owner else ""
    person: dict[str, Any] = {}
    countries = {country_code(code) for code in _list(values.get(f"{at}addresses.country.code"))}
    if len(countries) == 1 and (country := countries.pop()) is not None:
        person["country"] = country
    language = values.get(f"{at}lang.code")
    if isinstance(language, str) and language.replace("_", "").isalnum():
        person["language"] = language.replace("_", "-")
    if stage := _STAGES.get(str(values.get("state"))) if model == "sale.opportunity" else None:
        person["relationship"] = stage
    facts: dict[str, Any] = {"subject": person} if person else {}
    if objections and subject is not None:
        held = {str(name) for name in _list(values.get(f"{at}categories.name"))}
        facts["objections"] = {what: name in held for what, name in objections.items()}
    kinds = _list(values.get(f"{at}contact_mechanisms.type"))
    texts = _list(values.get(f"{at}contact_mechanisms.value"))
    if len(kinds) != len(texts):
        return subject, (), facts
    addresses = [by_email(text) for kind, text in zip(kinds, texts, strict=True) if kind == "email"]
    return subject, tuple(address for address in addresses if address), facts


def subscription_facts(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the entries of one address on mailing lists tell.

    An entry that was never active was asked for and not confirmed; one that was switched off is an
    opt-out. Tryton keeps no proof of a consent, nor the day on which it was given. To be on no list
    says nothing: the consent may be kept elsewhere.
    """
    consent: list[dict[str, Any]] = []
    for entry in entries:
        active, changed = entry.get("active"), utc(entry.get("write_date"))
        told: dict[str, Any] = {"purpose": "dpv:DirectMarketing", "channel": "email"}
        if active not in (True, False):
            continue
        if active:
            told["status"] = "dpv:ConsentGiven"
        elif changed is None:
            told["status"] = "dpv:ConsentRequested"
        else:
            told |= {"status": "dpv:ConsentWithdrawn", "withdrawn_at": changed}
        consent.append(told)
    return {"consent": consent} if consent else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
