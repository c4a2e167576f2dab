"""What Dataverse knows of a person's choices, as facts."""

from __future__ import annotations

import locale
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from aboveboard.crm import Refusal, age_on, country_code, instant
from aboveboard.suppression import Scope

__all__ = [
    "CHOICES",
    "SURE",
    "addresses",
    "consent_facts",
    "consent_refusals",
    "person_facts",
    "refusals",
]

SURE = ("address1_country", "createdon", "donotbulkemail", "donotbulkpostalmail", "donotemail", "donotphone",
        "donotpostalmail", "donotsendmm", "emailaddress1", "mobilephone")  # fmt: skip
"""Columns that leads and contacts have in every environment."""
CHOICES = (*SURE, "adx_preferredlcid", "birthdate", "msdyn_gdproptout", "mspp_userpreferredlcid")
"""Columns that tell of a person's choices, age, country and language."""

_CHANNELS: dict[str, Scope] = {
    "donotbulkemail": "email", "donotemail": "email", "donotphone": "phone",
    "donotbulkpostalmail": "post", "donotpostalmail": "post",
}  # fmt: skip
_STATUSES = {
    534120000: "dpv:ConsentUnknown",
    534120001: "dpv:ConsentGiven",
    534120002: "dpv:ConsentWithdrawn",
}
_POINTS: dict[int, Scope] = {534120000: "email", 534120001: "sms", 534120003: "voice"}
T = TypeVar("T")
_DIRECT = "dpv:DirectMarketing"
_OUT = 534120002


def person_facts(
    table: str, values: Mapping[str, Any], today: date | None = None
) -> dict[str, Any]:
    """Facts of a lead or contact from its own columns.

    Args:
        table: `lead` or `contact`.
        values: its columns; one that is missing was not asked for, and nobody knows.
        today: the day that ages are counted to; today when left out.
    """
    subject: dict[str, Any] = {"type": "natural_person"}
    if code := country_code(values.get("address1_country")):
        subject["country"] = code
    age = age_on(values.get("birthdate"), today or datetime.now(UTC).date())
    if age is not None:
        subject["age_years"] = age
    if language := _language(values):
        subject["language"] = language
    if table == "lead":
        subject["relationship"] = "lead"
    facts: dict[str, Any] = {"subject": subject}
    whole, mailings = _flag(values.get("msdyn_gdproptout")), _flag(values.get("donotsendmm"))
    objections: dict[str, bool] = {}
    if whole is not None:
        objections["profiling"] = whole
    if whole or mailings:
        objections["direct_marketing"] = True
    elif mailings is False:
        objections["direct_marketing"] = False
    if objections:
        facts["objections"] = objections
    refused = dict.fromkeys(
        scope for name, scope in _CHANNELS.items() if _flag(values.get(name)) is True
    )
    if refused:
        facts["consent"] = [
            {"status": "dpv:ConsentRefused", "purpose": _DIRECT, "channel": scope}
            for scope in refused
        ]
    return facts


def addresses(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Identifiers of a person's addresses, under which consent and refusals are kept."""
    found = []
    for name in ("emailaddress1", "emailaddress2", "emailaddress3"):
        text = values.get(name)
        if isinstance(text, str) and "@" in text:
            found.append(f"dataverse/email/{text.strip().lower()}")
    phone = values.get("mobilephone")
    if isinstance(phone, str) and re.search(r"\d{5}", re.sub(r"\W", "", phone)):
        found.append(f"dataverse/phone/{phone.strip().lower()}")
    return tuple(dict.fromkeys(found))


def consent_facts(rows: object) -> dict[str, Any]:
    """Facts of the consent records of one address; {} of anything else."""
    if not isinstance(rows, list):
        return {}
    told = []
    for row in rows:
        if not isinstance(row, Mapping) or row.get("statecode") not in (0, None):
            continue
        status, channel = _code(_STATUSES, row.get("msdynmkt_value")), _point(row)
        if status is None or channel is None:
            continue
        consent: dict[str, Any] = {"status": status, "purpose": _DIRECT, "channel": channel}
        number = row.get("msdynmkt_contactpointconsent4id")
        if status == "dpv:ConsentGiven" and isinstance(number, str) and len(number) <= 64:
            consent["proof_ref"] = f"dataverse/contactpointconsent/{number.lower()}"
        when = instant(row.get("modifiedon")) or instant(row.get("createdon"))
        if when is not None and status != "dpv:ConsentUnknown":
            consent["withdrawn_at" if status == "dpv:ConsentWithdrawn" else "given_at"] = when
        told.append(consent)
    return {"consent": told}


def refusals(
    subject: str | None, changed: Mapping[str, Any], known: Mapping[str, Any]
) -> Iterable[Refusal]:
    """What a person refuses, or takes back, by columns that change.

    Two columns speak of e-mail and two of post: a refusal is taken back when neither still stands.

    Args:
        subject: the person.
        changed: the columns that change.
        known: the whole row afterwards, as far as it is known.
    """
    if subject is None:
        return
    row = {**known, **changed}
    for scope in dict.fromkeys(_CHANNELS.values()):
        names = [name for name, channel in _CHANNELS.items() if channel == scope]
        if any(_flag(changed.get(name)) is not None for name in names):
            flags = [_flag(row.get(name)) for name in names]
            if any(flags):
                yield Refusal(subject, scope)
            elif None not in flags:
                yield Refusal(subject, scope, refused=False)
    if _flag(changed.get("msdyn_gdproptout")) is not None:
        yield Refusal(subject, "profiling", _flag(changed["msdyn_gdproptout"]) is True)
    if any(_flag(changed.get(name)) is not None for name in ("donotsendmm", "msdyn_gdproptout")):
        flags = [_flag(row.get(name)) for name in ("donotsendmm", "msdyn_gdproptout")]
        if any(flags) or None not in flags:
            yield Refusal(subject, "any", any(flags))


def consent_refusals(row: Mapping[str, Any], before: Mapping[str, Any]) -> Iterable[Refusal]:
    """What a consent record says of its address: out at once, back in only where this one had said out.

    Consent is kept by purpose and topic: to agree to one takes back no refusal of another.
    """
    address, channel, value = _address(row), _point(row), row.get("msdynmkt_value")
    if address is None or channel is None or isinstance(value, bool):
        return
    if value == _OUT:
        yield Refusal(address, channel)
    elif value == 534120001 and before.get("msdynmkt_value") == _OUT:
        yield Refusal(address, channel, refused=False)


def _address(row: Mapping[str, Any]) -> str | None:
    text = row.get("msdynmkt_contactpointvalue")
    if not isinstance(text, str) or not text.strip():
        return None
    kind = "email" if "@" in text else "phone"
    return f"dataverse/{kind}/{text.strip().lower()}"


def consent_subject(row: Mapping[str, Any]) -> str | None:
    """Whose a consent record is: its address's."""
    return _address(row)


def _point(row: Mapping[str, Any]) -> Scope | None:
    return _code(_POINTS, row.get("msdynmkt_contactpointtype"))


def _code(names: Mapping[int, T], value: object) -> T | None:
    return names.get(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _language(values: Mapping[str, Any]) -> str | None:
    for name in ("adx_preferredlcid", "mspp_userpreferredlcid"):
        number = values.get(name)
        if isinstance(number, int) and number in locale.windows_locale:
            return locale.windows_locale[number].replace("_", "-")
    return None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
