"""What HubSpot knows of a person's choices, as facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aboveboard.crm import age_on, country_code, instant

__all__ = ["BASES", "OBJECTS", "contact_facts", "identifier", "object_name", "subscription_facts"]

OBJECTS = {
    "0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets", "0-7": "products",
    "0-8": "line_items", "0-136": "leads", "contact": "contacts", "company": "companies",
    "deal": "deals", "ticket": "tickets", "lead": "leads", "product": "products",
    "line_item": "line_items", "conversation": "conversations",
}  # fmt: skip
"""Objects by their type id, and by the name that webhooks use."""

# Texts of the property hs_legal_basis, up to their dash: what follows it only says for whom.
_BASES = {
    "legitimate interest": "eu-gdpr:A6-1-f",
    "performance of a contract": "eu-gdpr:A6-1-b",
    "freely given consent from contact": "eu-gdpr:A6-1-a",
}
BASES = {
    "CONSENT_WITH_NOTICE": "eu-gdpr:A6-1-a",
    "LEGITIMATE_INTEREST_PQL": "eu-gdpr:A6-1-f",
    "LEGITIMATE_INTEREST_CLIENT": "eu-gdpr:A6-1-f",
    "LEGITIMATE_INTEREST_OTHER": "eu-gdpr:A6-1-f",
    "PERFORMANCE_OF_CONTRACT": "eu-gdpr:A6-1-b",
}
"""`legalBasis` of a subscription; NON_GDPR and PROCESS_AND_STORE name none."""

_STAGES = {
    "subscriber": "lead", "lead": "lead", "marketingqualifiedlead": "lead",
    "salesqualifiedlead": "prospect", "opportunity": "prospect", "customer": "customer",
    "evangelist": "customer", "other": "other",
}  # fmt: skip
_STATUSES = {
    "SUBSCRIBED": "dpv:ConsentGiven",
    "UNSUBSCRIBED": "dpv:ConsentWithdrawn",
    "NOT_SUBSCRIBED": "dpv:ConsentWithdrawn",
    "NOT_SPECIFIED": "dpv:ConsentUnknown",
}


def object_name(name: object) -> str:
    """One name for an object, whether a path, a type id or a webhook names it."""
    text = str(name)
    return OBJECTS.get(text.lower(), text.lower())


def identifier(object_: str, number: object) -> str | None:
    """Whose data a record is: of contacts their own, of other objects nobody's in particular."""
    if object_ != "contacts" or number in (None, ""):
        return None
    return f"hubspot/contacts/{number}"


def contact_facts(properties: Mapping[str, Any], *, asked: bool = True) -> dict[str, Any]:
    """Facts of the person from the contact's own properties.

    Args:
        properties: as HubSpot gives them: texts, `None` where empty. One that is missing was not
            asked for, and nobody knows.
        asked: the properties of consent were asked for, so that empty is an answer.
    """
    facts: dict[str, Any] = {"subject": {"type": "natural_person"}}
    subject = facts["subject"]
    if code := country_code(properties.get("country")):
        subject["country"] = code
    if language := _language(properties.get("hs_language")):
        subject["language"] = language
    today = instant(properties.get("lastmodifieddate"))
    if today is not None:
        age = age_on(properties.get("date_of_birth"), today.date())
        if age is not None:
            subject["age_years"] = age
    stage = str(properties.get("lifecyclestage") or "").lower()
    if stage in _STAGES:
        subject["relationship"] = _STAGES[stage]
    basis = _basis(properties.get("hs_legal_basis"))
    if basis is not None:
        facts["processing"] = {"legal_basis": basis}
    optout = _flag(properties.get("hs_email_optout"))
    if optout:
        facts["objections"] = {"direct_marketing": True}
        facts["consent"] = [
            {
                "status": "dpv:ConsentWithdrawn",
                "purpose": "dpv:DirectMarketing",
                "channel": "email",
            }
        ]
    elif optout is False and asked:
        facts["objections"] = {"direct_marketing": False}
    return facts


def subscription_facts(statuses: object) -> dict[str, Any]:
    """Facts of the statuses of one address, of either version of the API; {} of anything else.

    HubSpot keeps consent by address and type of subscription, apart from the contact's legal basis.
    """
    if not isinstance(statuses, list):
        return {}
    consent: list[dict[str, Any]] = []
    for item in statuses:
        if not isinstance(item, Mapping):
            continue
        status = _STATUSES.get(str(item.get("status")))
        if status is None:
            continue
        told: dict[str, Any] = {
            "status": status,
            "purpose": "dpv:DirectMarketing",
            "channel": "email",
        }
        number = item.get("id") or item.get("subscriptionId")
        if item.get("legalBasis") == "CONSENT_WITH_NOTICE" and number:
            told["proof_ref"] = f"hubspot/subscriptions/{number}"
        when = instant(item.get("timestamp"))
        if when is not None:
            told["withdrawn_at" if status == "dpv:ConsentWithdrawn" else "given_at"] = when
        consent.append(told)
    return {"consent": consent}


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
    if not isinstance(text, str) or not 2 <= len(text) <= 35:
        return None
    tag = text.replace("_", "-")
    parts = tag.split("-")
    fits = (
        parts[0].isalpha()
        and parts[0].isascii()
        and all(p.isalnum() and p.isascii() for p in parts)
    )
    return tag if fits else None


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())
