"""What Odoo knows of a person's choices, as facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import age_on, country_code, instant
from aboveboard_odoo.values import address, link, link_name

__all__ = [
    "CONSENT_FIELDS",
    "PEOPLE",
    "also_known_as",
    "email_id",
    "identifier",
    "language",
    "person_facts",
    "phone_id",
    "privacy_facts",
    "subject_of",
    "subscription_facts",
]

PEOPLE = frozenset(
    [
        "crm.lead",
        "event.registration",
        "hr.applicant",
        "hr.candidate",
        "hr.employee",
        "hr.employee.public",
        "mailing.contact",
        "res.partner",
        "res.users",
    ]
)
"""Models whose record is a person."""

CONSENT_FIELDS = (
    "birthdate_date",
    "contact_id",
    "country_code",
    "country_id",
    "create_date",
    "customer_rank",
    "email_normalized",
    "is_blacklisted",
    "is_company",
    "lang",
    "lang_code",
    "lang_id",
    "partner_id",
    "phone_blacklisted",
    "type",
)
"""What is asked for beside what the program asks, where the model has it, and taken out again."""

# What `res.lang` calls a language, up to its country.
_LANGUAGES = {
    "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "finnish": "fi",
    "french": "fr", "german": "de", "italian": "it", "norwegian": "no", "polish": "pl",
    "portuguese": "pt", "spanish": "es", "swedish": "sv",
}  # fmt: skip


def identifier(model: object, number: object) -> str | None:
    """`odoo/<model>/<id>` of a record that is a person; None of others."""
    number = link(number)
    if number is None or number <= 0 or model not in PEOPLE:
        return None
    return f"odoo/{model}/{number}"


def email_id(value: object) -> str | None:
    """`odoo/email/<address>` of a text that holds an address."""
    found = address(value)
    return None if found is None else f"odoo/email/{found}"


def phone_id(value: object) -> str | None:
    """`odoo/phone/<number>` of a number as Odoo sanitises it, with its digits only."""
    if not isinstance(value, str):
        return None
    digits = "".join(sign for sign in value if sign.isdigit())
    return f"odoo/phone/+{digits}" if len(digits) > 3 else None


def subject_of(model: str, row: Mapping[str, Any]) -> str | None:
    """Whose data a record is: a person's own, or that of the person it is linked to."""
    if model in PEOPLE:
        return identifier(model, row.get("id"))
    if model == "mail.blacklist":
        return email_id(row.get("email"))
    if model == "phone.blacklist":
        return phone_id(row.get("number"))
    if model in ("mailing.contact.subscription", "mailing.subscription"):
        return identifier("mailing.contact", row.get("contact_id"))
    for of, number in (("model", "res_id"), ("res_model", "res_id")):
        if row.get(of) in PEOPLE:
            return identifier(row[of], row.get(number))
    return identifier("res.partner", row.get("partner_id"))


def also_known_as(model: str, row: Mapping[str, Any], subject: str | None) -> tuple[str, ...]:
    """Other identifiers under which the same person may have refused something."""
    # Of messages, `email_from` is the sender.
    names = ("email_normalized", "email", *(("email_from",) if model in PEOPLE else ()))
    addresses = (email_id(row.get(name)) for name in names)
    known = [
        next((found for found in addresses if found), None),
        identifier("res.partner", row.get("partner_id")),
    ]
    known.append(phone_id(row.get("phone_sanitized")))
    return tuple(name for name in known if name is not None and name != subject)


def person_facts(model: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of the person from the record's own fields; a field that is missing tells nothing."""
    facts: dict[str, Any] = {}
    subject: dict[str, Any] = {}
    if row.get("is_company") is True:
        subject["type"] = "legal_person"
    elif model in PEOPLE or row.get("is_company") is False:
        subject["type"] = "natural_person"
    code = country_code(row.get("country_code")) or country_code(link_name(row.get("country_id")))
    if code:
        subject["country"] = code
    if tongue := language(row):
        subject["language"] = tongue
    age = age_on(row.get("birthdate_date"), datetime.now(UTC).date())
    if age is not None:
        subject["age_years"] = age
    if relationship := _relationship(model, row):
        subject["relationship"] = relationship
    if subject:
        facts["subject"] = subject
    facts.update(_refusals(row))
    return facts


def language(row: Mapping[str, Any]) -> str | None:
    """The person's language, BCP 47, from a code (`fi_FI`) or the name of a language."""
    for name in ("lang", "lang_code"):
        text = row.get(name)
        if isinstance(text, str) and 2 <= len(text) <= 35:
            parts = text.partition("@")[0].replace("_", "-").split("-")
            if parts[0].isalpha() and all(part.isalnum() and part.isascii() for part in parts):
                return "-".join(parts)
    named = link_name(row.get("lang_id"))
    if named is None:
        return None
    words = named.replace("/", " ").replace("(", " ").lower().split()
    return _LANGUAGES.get(words[0]) if words else None


def subscription_facts(contacts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Facts of one address from the mailing contacts that bear it.

    Odoo holds who is on a list and who left it, and no proof of how somebody came on it: to be on a
    list is a consent that nobody knows of.

    Args:
        contacts: each with `is_blacklisted` and its subscriptions in `subscription_ids`.
    """
    consent: list[dict[str, Any]] = []
    facts: dict[str, Any] = {}
    for contact in contacts:
        if contact.get("is_blacklisted") is True:
            facts.update(_refusals(contact))
        subscriptions = contact.get("subscription_ids")
        items = subscriptions if isinstance(subscriptions, list) else ()
        consent.extend(_subscription(item) for item in items if isinstance(item, Mapping))
    facts["consent"] = [*facts.get("consent", []), *consent]
    return facts


def _subscription(item: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"purpose": "dpv:DirectMarketing", "channel": "email"}
    if item.get("opt_out") is not True:
        return {**told, "status": "dpv:ConsentUnknown"}
    told["status"] = "dpv:ConsentWithdrawn"
    when = _utc(item.get("opt_out_datetime") or item.get("unsubscription_date"))
    if when is not None:
        told["withdrawn_at"] = when
    return told


def privacy_facts(
    rows: Iterable[Mapping[str, Any]], activities: Mapping[int, str]
) -> dict[str, Any]:
    """Facts of the records of `privacy.consent` (OCA) of one person.

    Args:
        rows: each with `id`, `state`, `accepted`, `activity_id`, `write_date`.
        activities: the purpose of each activity, by its id; the module itself does not say it.
    """
    consent: list[dict[str, Any]] = []
    for row in rows:
        state, accepted, number = row.get("state"), row.get("accepted"), link(row.get("id"))
        told: dict[str, Any] = {"status": "dpv:ConsentUnknown"}
        if state == "sent":
            told["status"] = "dpv:ConsentRequested"
        elif state == "answered" and isinstance(accepted, bool):
            told["status"] = "dpv:ConsentGiven" if accepted else "dpv:ConsentRefused"
            when = _utc(row.get("write_date"))
            if when is not None:
                told["given_at"] = when
            if accepted and number is not None:
                told["proof_ref"] = f"odoo/privacy.consent/{number}"
        purpose = activities.get(link(row.get("activity_id")) or 0)
        if purpose is not None:
            told["purpose"] = purpose
        consent.append(told)
    return {"consent": consent}


def _refusals(row: Mapping[str, Any]) -> dict[str, Any]:
    """Black lists are objections per channel; not to be on one is to have made none."""
    consent: list[dict[str, Any]] = []
    email, phone = row.get("is_blacklisted"), row.get("phone_blacklisted")
    for refused, channels in ((email, ("email",)), (phone, ("phone", "sms"))):
        if refused is True:
            consent.extend(
                {
                    "status": "dpv:ConsentWithdrawn",
                    "purpose": "dpv:DirectMarketing",
                    "channel": channel,
                }
                for channel in channels
            )
    facts: dict[str, Any] = {"consent": consent} if consent else {}
    if email is True:
        facts["objections"] = {"direct_marketing": True}
    elif email is False and phone is not True:
        facts["objections"] = {"direct_marketing": False}
    return facts


def _relationship(model: str, row: Mapping[str, Any]) -> str | None:
    if model in ("res.users", "hr.employee", "hr.employee.public"):
        return "employee"
    if model in ("hr.applicant", "hr.candidate"):
        return "applicant"
    if model == "crm.lead":
        return {"lead": "lead", "opportunity": "prospect"}.get(str(row.get("type")))
    rank = row.get("customer_rank")
    if isinstance(rank, int) and not isinstance(rank, bool) and rank > 0:
        return "customer"
    return None


def _utc(value: object) -> datetime | None:
    return instant(value, naive_is_utc=True)
