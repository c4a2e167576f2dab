"""What HubSpot knows of a person's choices, as facts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import age_on, country_code, instant

__all__ = [
    "address_of",
    "contact_facts",
    "identifier",
    "object_name",
    "subscription_basis",
    "subscription_facts",
]

OBJECTS = {
    "0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets", "0-7": "products",
    "0-8": "line_items", "0-14": "quotes", "0-18": "communications", "0-27": "tasks",
    "0-46": "notes", "0-47": "meetings", "0-48": "calls", "0-49": "emails", "0-53": "invoices",
    "0-116": "postal_mail", "0-136": "leads",
    "contact": "contacts", "company": "companies", "deal": "deals", "ticket": "tickets",
    "lead": "leads", "product": "products", "line_item": "line_items", "quote": "quotes",
    "note": "notes", "task": "tasks", "call": "calls", "meeting": "meetings", "email": "emails",
    "communication": "communications", "conversation": "conversations",
}  # fmt: skip
"""Objects by their type id, and by the singular that webhooks and properties use."""

# Texts of the property hs_legal_basis, up to their dash: what follows it only says for whom.
_BASES = {
    "legitimate interest": "eu-gdpr:A6-1-f",
    "performance of a contract": "eu-gdpr:A6-1-b",
    "freely given consent from contact": "eu-gdpr:A6-1-a",
}
# `legalBasis` of a subscription; NON_GDPR and PROCESS_AND_STORE name none.
_SUBSCRIPTION_BASES = {
    "CONSENT_WITH_NOTICE": "eu-gdpr:A6-1-a",
    "LEGITIMATE_INTEREST_PQL": "eu-gdpr:A6-1-f",
    "LEGITIMATE_INTEREST_CLIENT": "eu-gdpr:A6-1-f",
    "LEGITIMATE_INTEREST_OTHER": "eu-gdpr:A6-1-f",
    "PERFORMANCE_OF_CONTRACT": "eu-gdpr:A6-1-b",
}
_STAGES = {
    "subscriber": "lead", "lead": "lead", "marketingqualifiedlead": "lead",
    "salesqualifiedlead": "prospect", "opportunity": "prospect", "customer": "customer",
    "evangelist": "customer", "other": "other",
}  # fmt: skip
_STATUSES = {
    "SUBSCRIBED": "dpv:ConsentGiven",
    "UNSUBSCRIBED": "dpv:ConsentWithdrawn",
    "NOT_SUBSCRIBED": "dpv:ConsentRefused",
    "NOT_SPECIFIED": "dpv:ConsentUnknown",
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_WIDE = frozenset({"BRAND_WIDE_STATUS", "PORTAL_WIDE_STATUS"})


def object_name(name: object) -> str:
    """One name for an object, whether a path, a type id or a webhook names it."""
    text = str(name).lower()
    return OBJECTS.get(text, text)


def identifier(object_: str, number: object) -> str | None:
    """Whose data a record is: of contacts their own, of other objects nobody's in particular."""
    if object_ != "contacts" or isinstance(number, bool) or not isinstance(number, int | str):
        return None
    text = str(number).strip()
    return f"hubspot/contacts/{text}" if text else None


def address_of(text: object) -> str | None:
    """The identifier of an e-mail address, in one spelling; None when it is none."""
    if not isinstance(text, str) or not text.strip():
        return None
    return f"hubspot/email/{text.strip().lower()}"


def contact_facts(properties: Mapping[str, Any], *, now: datetime | None = None) -> dict[str, Any]:
    """Facts of the person from the contact's own properties.

    Args:
        properties: as HubSpot gives them: texts, `None` where empty. What is missing or empty nobody
            knows.
        now: when they are read.
    """
    subject: dict[str, Any] = {"type": "natural_person"}
    facts: dict[str, Any] = {"subject": subject}
    if code := country_code(properties.get("country")):
        subject["country"] = code
    if language := _language(properties.get("hs_language")):
        subject["language"] = language
    age = age_on(properties.get("date_of_birth"), (now or datetime.now(UTC)).date())
    if age is not None:
        subject["age_years"] = age
    stage = str(properties.get("lifecyclestage") or "").lower()
    if stage in _STAGES:
        subject["relationship"] = _STAGES[stage]
    basis = _basis(properties.get("hs_legal_basis"))
    if basis is not None:
        facts["processing"] = {"legal_basis": basis}
    optout = _flag(properties.get("hs_email_optout"))
    if optout is not None:
        facts["objections"] = {"direct_marketing": optout}
    if optout:
        facts["consent"] = [_marketing("dpv:ConsentWithdrawn")]
    return facts


def subscription_facts(statuses: object, types: Collection[str] | None = None) -> dict[str, Any]:
    """Facts of the statuses of one address, of either version of the API; {} of anything else.

    HubSpot keeps consent by address and type of subscription, apart from the contact's legal basis.
    A subscription that rests on another basis than consent is no consent.

    Args:
        statuses: as HubSpot lists them.
        types: ids of the types that count; all of them when left out. What is refused for a whole
            portal or brand counts always.
    """
    if not isinstance(statuses, list):
        return {}
    consent: list[dict[str, Any]] = []
    refused = False
    for item in statuses:
        if not isinstance(item, Mapping):
            continue
        status = _STATUSES.get(str(item.get("status")))
        wide = str(item.get("sourceOfStatus")) in _WIDE and status != "dpv:ConsentGiven"
        number = _type_of(item)
        if status is None or not (wide or types is None or number in types):
            continue
        refused = refused or (wide and item.get("sourceOfStatus") == "PORTAL_WIDE_STATUS")
        basis = item.get("legalBasis")
        if (
            status == "dpv:ConsentGiven"
            and _SUBSCRIPTION_BASES.get(str(basis), "A6-1-a")[-1] != "a"
        ):
            status = "dpv:ConsentUnknown"
        told = _marketing(status)
        if basis == "CONSENT_WITH_NOTICE" and status == "dpv:ConsentGiven" and number:
            told["proof_ref"] = f"hubspot/subscriptions/{number}"
        when = instant(item.get("timestamp"))
        if when is not None and status != "dpv:ConsentUnknown":
            told["withdrawn_at" if status == "dpv:ConsentWithdrawn" else "given_at"] = when
        consent.append(told)
    facts: dict[str, Any] = {"consent": consent}
    if refused:
        facts["objections"] = {"direct_marketing": True}
    elif consent and {item["status"] for item in consent} <= {
        "dpv:ConsentGiven",
        "dpv:ConsentUnknown",
    }:
        # Who opted out of anything that counts here would be unsubscribed from it.
        facts["objections"] = {"direct_marketing": False}
    return facts


def subscription_basis(statuses: object, types: Collection[str] | None = None) -> dict[str, Any]:
    """The one basis that all subscriptions of an address rest on, for sending to it; {} otherwise."""
    named = {
        _SUBSCRIPTION_BASES.get(str(item.get("legalBasis")))
        for item in (statuses if isinstance(statuses, list) else ())
        if isinstance(item, Mapping)
        and item.get("status") == "SUBSCRIBED"
        and (types is None or _type_of(item) in types)
    }
    basis = named.pop() if len(named) == 1 else None
    return {} if basis is None else {"processing": {"legal_basis": basis}}


def _marketing(status: str) -> dict[str, Any]:
    return {"status": status, "purpose": "dpv:DirectMarketing", "channel": "email"}


def _type_of(item: Mapping[str, Any]) -> str:
    number = item.get("subscriptionId") or item.get("id")
    return str(number) if isinstance(number, int | str) and len(str(number)) <= 40 else ""


def _basis(text: object) -> str | None:
    """The one basis that the contact's boxes name; None for none, several, or "not applicable"."""
    if not isinstance(text, str):
        return None
    named = {_BASES.get(_before_dash(part)) for part in text.split(";") if part.strip()}
    return named.pop() if len(named) == 1 else None


def _before_dash(text: str) -> str:
    for dash in ("–", "—", " - "):
        text = text.partition(dash)[0]
    return text.strip().lower()


def _language(text: object) -> str | None:
    tag = text.strip().replace("_", "-") if isinstance(text, str) else ""
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) else None


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())
