"""What Salesforce knows of a person's choices, as facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import age_on, country_code, instant, join_facts
from aboveboard_salesforce.ids import id18

__all__ = ["OPT_OUTS", "consent_facts", "flag", "individual_facts", "own_facts"]

OPT_OUTS: dict[str, tuple[str, ...]] = {
    "HasOptedOutOfEmail": ("email",),
    "PersonHasOptedOutOfEmail": ("email",),
    "DoNotCall": ("phone", "automated_call"),
    "PersonDoNotCall": ("phone", "automated_call"),
    "HasOptedOutSolicit": ("any",),
    "HasOptedOutProfiling": ("profiling",),
    "HasOptedOutProcessing": ("processing",),
    "HasOptedOutTracking": ("web",),
    "ShouldForget": ("erasure",),
}
"""Fields by which a person refuses, and the scopes of the suppression store that they mean."""

_STATUSES = {
    "optin": "dpv:ConsentGiven",
    "optout": "dpv:ConsentRefused",
    "seen": "dpv:ConsentRequested",
    "notseen": "dpv:ConsentUnknown",
}
_CHANNELS = {
    "email": "email",
    "mailingaddress": "post",
    "phone": "phone",
    "web": "web",
    "sms": "sms",
    "textmessage": "sms",
    "push": "push",
    "chat": "chat",
    "whatsapp": "chat",
}
_COUNTRIES = {
    "Lead": ("CountryCode", "Country"),
    "Contact": ("MailingCountryCode", "MailingCountry"),
    "PersonAccount": ("PersonMailingCountryCode", "PersonMailingCountry", "BillingCountry"),
    "User": ("CountryCode", "Country"),
}
_STATES = {
    "Lead": ("StateCode", "State"),
    "Contact": ("MailingStateCode", "MailingState"),
    "PersonAccount": ("PersonMailingStateCode", "PersonMailingState"),
}
_MARKETING = re.compile(r"market|newsletter|promot|advert|campaign", re.IGNORECASE)
_OLDER = re.compile(r"(\d{1,2})\s*(?:\+|or\s+(?:older|over)|and\s+(?:older|over))", re.IGNORECASE)
_UNDER = re.compile(r"(?:under|below|younger than)\s*(\d{1,2})", re.IGNORECASE)
_ARTICLE = re.compile(r"6\s*\(?1\)?\s*\(?([a-f])\)?(?![a-z])", re.IGNORECASE)
_BASES = {
    "consent": "eu-gdpr:A6-1-a",
    "contract": "eu-gdpr:A6-1-b",
    "legal obligation": "eu-gdpr:A6-1-c",
    "vital interest": "eu-gdpr:A6-1-d",
    "public": "eu-gdpr:A6-1-e",
    "legitimate interest": "eu-gdpr:A6-1-f",
}


def flag(value: object) -> bool | None:
    """A checkbox, as JSON or as CSV has it."""
    if isinstance(value, bool):
        return value
    return (
        {"true": True, "false": False}.get(value.strip().lower())
        if isinstance(value, str)
        else None
    )


def own_facts(object_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a person from a record's own fields.

    Args:
        object_name: `Lead`, `Contact`, `PersonAccount`, `Individual` or `User`; of others nothing is told.
        values: the record's fields; what is missing was not asked for, and nobody knows.
    """
    if object_name == "Individual":
        return individual_facts(values)
    if object_name not in ("Lead", "Contact", "PersonAccount", "User"):
        return {}
    facts: dict[str, Any] = {"subject": {"type": "natural_person"}}
    subject = facts["subject"]
    for name in _COUNTRIES[object_name]:
        if code := country_code(values.get(name)):
            subject["country"] = code
            break
    if subject.get("country") == "US":
        for name in _STATES.get(object_name, ()):
            state = values.get(name)
            if isinstance(state, str) and re.fullmatch("[A-Z]{2}", state):
                subject["us_state"] = state
                break
    if object_name == "Lead" and flag(values.get("IsConverted")) is not True:
        subject["relationship"] = "lead"
    if object_name == "User":
        subject["relationship"] = "employee"
    _born(subject, values.get("Birthdate") or values.get("PersonBirthdate"))
    prefix = "Person" if object_name == "PersonAccount" else ""
    email = flag(values.get(f"{prefix}HasOptedOutOfEmail"))
    consent = []
    if email is not None:
        facts["objections"] = {"direct_marketing": email}
    if email:
        consent.append(_refused("email"))
    if flag(values.get(f"{prefix}DoNotCall")):
        consent += [_refused("phone"), _refused("automated_call")]
    if consent:
        facts["consent"] = consent
    return facts


def individual_facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a person from the fields of their Individual.

    Opting out of processing is an objection, and until it is settled their data may only be stored
    (GDPR Art. 18(1)(d)). `HasOptedOutGeoTracking` and `CanStorePiiElsewhere` have no fact.
    """
    facts: dict[str, Any] = {"subject": {"type": "natural_person"}}
    objections = {
        fact: said
        for fact, name in (
            ("profiling", "HasOptedOutProfiling"),
            ("direct_marketing", "HasOptedOutSolicit"),
        )
        if (said := flag(values.get(name))) is not None
    }
    if objections:
        facts["objections"] = objections
    if flag(values.get("HasOptedOutTracking")):
        facts["consent"] = [{"status": "dpv:ConsentRefused", "channel": "web"}]
    requests = [
        {"type": kind, "status": "open"}
        for kind, name in (
            ("erasure", "ShouldForget"),
            ("access", "SendIndividualData"),
            ("objection", "HasOptedOutProcessing"),
        )
        if flag(values.get(name))
    ]
    if requests:
        facts["rights_requests"] = requests
    if flag(values.get("HasOptedOutProcessing")):
        facts["restriction"] = {"active": True}
    _born(facts["subject"], values.get("BirthDate"))
    _age_band(facts["subject"], values.get("IndividualsAge"))
    return facts


def consent_facts(
    rows: Iterable[Mapping[str, Any]], *, purpose: str | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """Facts of a person's ContactPointTypeConsent records.

    Args:
        rows: the records, with `DataUsePurpose` and its `LegalBasis` where they have them.
        purpose: short name of what the data is used for: the legal basis of the DataUsePurpose of
            that name is the basis of the processing; of others it says nothing.
        now: the time; for tests.
    """
    now = now or datetime.now(UTC)
    consent: list[dict[str, Any]] = []
    bases: set[str] = set()
    for row in rows:
        told = _consent(row, now)
        if told:
            consent.append(told)
        used = row.get("DataUsePurpose")
        if isinstance(used, Mapping) and purpose and _short(used.get("Name")) == _short(purpose):
            basis = used.get("LegalBasis")
            if isinstance(basis, Mapping) and (found := _basis(basis)):
                bases.add(found)
    facts: dict[str, Any] = {"consent": consent}
    if len(bases) == 1:
        facts["processing"] = {"legal_basis": bases.pop()}
    return facts


def _consent(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    status = _STATUSES.get(_letters(row.get("PrivacyConsentStatus")))
    if status is None:
        return {}
    told: dict[str, Any] = {"status": status}
    channel = _CHANNELS.get(_letters(row.get("ContactPointType")))
    if channel is not None:
        told["channel"] = channel
    used = row.get("DataUsePurpose")
    name = used.get("Name") if isinstance(used, Mapping) else None
    if (isinstance(name, str) and _MARKETING.search(name)) or status == "dpv:ConsentRefused":
        told["purpose"] = "dpv:DirectMarketing"
    given = instant(row.get("DoubleConsentCaptureDate")) or instant(row.get("CaptureDate"))
    if given is not None and given <= now:
        told["given_at"] = given
    if status != "dpv:ConsentGiven":
        return told
    number = id18(row.get("Id"))
    if number is not None and row.get("CaptureSource") and given is not None:
        told["proof_ref"] = f"salesforce/ContactPointTypeConsent/{number}"
    begins = instant(row.get("EffectiveFrom"))
    ends = instant(row.get("EffectiveTo"))
    if ends is not None:
        told["expires_at"] = ends
        if ends <= now:
            told["status"] = "dpv:ConsentExpired"
    if begins is not None and begins > now:
        told["status"] = "dpv:ConsentUnknown"
    return told


def _refused(channel: str) -> dict[str, Any]:
    return {
        "status": "dpv:ConsentRefused",
        "purpose": "dpv:DirectMarketing",
        "channel": channel,
    }


def _born(subject: dict[str, Any], born: object) -> None:
    age = age_on(born, datetime.now(UTC).date())
    if age is not None:
        join_facts(subject, {"age_years": age, "is_minor": age < 18})


def _age_band(subject: dict[str, Any], text: object) -> None:
    """A picklist that organisations word themselves, such as `16 or Older`: only 18 settles it."""
    if not isinstance(text, str) or "is_minor" in subject:
        return
    if (older := _OLDER.search(text)) and int(older[1]) >= 18:
        subject["is_minor"] = False
    elif (under := _UNDER.search(text)) and int(under[1]) <= 18:
        subject["is_minor"] = True


def _basis(record: Mapping[str, Any]) -> str | None:
    for text in (record.get("Source"), record.get("Name")):
        if not isinstance(text, str):
            continue
        if article := _ARTICLE.search(text):
            return f"eu-gdpr:A6-1-{article[1].lower()}"
        named = {basis for word, basis in _BASES.items() if word in text.lower()}
        if len(named) == 1:
            return named.pop()
    return None


def _letters(value: object) -> str:
    return re.sub(r"[^a-z]", "", value.lower()) if isinstance(value, str) else ""


def _short(value: object) -> str:
    return re.sub(r"[\s_-]+", "_", value.strip().lower()) if isinstance(value, str) else ""
