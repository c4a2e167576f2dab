"""Ids, field kinds from metadata, people's facts, and queries as they are read."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from aboveboard.crm import FieldMap
from aboveboard_salesforce.ids import id18, identifier
from aboveboard_salesforce.metadata import kinds_of
from aboveboard_salesforce.people import consent_facts, individual_facts, own_facts
from aboveboard_salesforce.soql import SoqlError, parse_soql
from aboveboard_salesforce.sosl import parse_sosl

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("00Q5g00000AbCdE", "00Q5g00000AbCdEEAV"),
        ("00Q5g00000AbCdEEAV", "00Q5g00000AbCdEEAV"),
        ("00Q5g00000AbCdEeav", "00Q5g00000AbCdEEAV"),  # a suffix that a spreadsheet lower-cased
        ("0PK5g0000004CdE", "0PK5g0000004CdEGAU"),
        ("0055g00000XyZab", "0055g00000XyZabAAF"),
        ("00Q5g00000AbCd", None), ("00Q5g00000AbCdä", None), ("", None), (None, None), (7, None),
        (["00Q5g00000AbCdE"], None),
    ],
)  # fmt: skip
def test_ids(given: Any, wanted: str | None) -> None:
    assert id18(given) == wanted


def test_identifiers_are_of_people() -> None:
    assert identifier("0035g00000AbCdG") == "salesforce/Contact/0035g00000AbCdGAAV"
    assert identifier("0065g00000AbCdG") is None
    assert identifier("000000000000000AAA", "Lead") is None


def test_metadata_says_what_fields_hold() -> None:
    fields: list[dict[str, Any]] = [
        {"name": "Note__c", "type": "textarea"}, {"name": "Mail__c", "type": "email"},
        {"name": "Health__c", "type": "string"}, {"name": "Card__c", "type": "string"},
        {"name": "Secret__c", "type": "double"}, {"name": "Public__c", "type": "string"},
        {"name": "City__c", "type": "string", "compoundFieldName": "Home__c"},
        {"name": None, "type": "string"}, {"name": "Odd__c", "type": 5}, {},
    ]  # fmt: skip
    classes: dict[str, Any] = {
        "Health__c": {"ComplianceGroup": "HIPAA;GDPR", "SecurityClassification": "Internal"},
        "Card__c": {"ComplianceGroup": "PCI"},
        "Secret__c": {"ComplianceGroup": "PII", "SecurityClassification": "MissionCritical"},
        "Public__c": {"ComplianceGroup": None, "SecurityClassification": "Public"},
        "Home__c": {"ComplianceGroup": "CCPA", "SecurityClassification": None},
    }
    kinds = FieldMap.of({"Lead": kinds_of(fields, classes)}, "test")
    told = {name: kind.categories for name, kind in kinds.of_object("Lead").items()}
    assert told == {
        "Note__c": None, "Mail__c": ("pd:EmailAddress",), "Health__c": ("pd:Health",),
        "Card__c": ("pd:PaymentCard",), "Secret__c": ("dpv:SensitivePersonalData",),
        "Public__c": None, "City__c": ("dpv:PersonalData",),
    }  # fmt: skip
    assert kinds.kind("Lead", "Note__c").free_text is True
    assert kinds.kind("Lead", "Secret__c").free_text is False


def test_people_by_their_own_fields() -> None:
    facts = own_facts("Lead", {"CountryCode": "US", "State": "CA", "HasOptedOutOfEmail": "true"})
    assert facts["subject"]["us_state"] == "CA"
    assert facts["objections"] == {"direct_marketing": True}
    assert own_facts("Contact", {"MailingCountry": "Suomi"})["subject"]["country"] == "FI"
    assert own_facts("User", {})["subject"]["relationship"] == "employee"
    assert own_facts("Opportunity", {"Name": "x"}) == {}


@pytest.mark.parametrize(
    ("text", "minor"),
    [("18 or older", False), ("21+", False), ("Under 13", True), ("16 or Older", None),
     ("Under 65", None), ("Adult", None), (None, None), (18, None), ("", None)],
)  # fmt: skip
def test_bands_of_age(text: Any, minor: bool | None) -> None:
    subject = individual_facts({"IndividualsAge": text})["subject"]
    assert subject.get("is_minor") is minor


def test_a_date_of_birth_goes_before_the_band() -> None:
    facts = individual_facts({"BirthDate": "2015-01-01", "IndividualsAge": "18 or older"})
    assert facts["subject"]["is_minor"] is True
    assert "age_years" not in individual_facts({"BirthDate": "2999-01-01"})["subject"]


def consent(**more: Any) -> dict[str, Any]:
    row = {"Id": "0ZX5g0000008OkA", "ContactPointType": "Email", "PrivacyConsentStatus": "OptIn",
           "CaptureDate": "2026-03-02T08:14:05.000+0000", "CaptureSource": "https://example.com"}  # fmt: skip
    return {**row, **more}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, {"status": "dpv:ConsentGiven", "channel": "email"}),
        ({"PrivacyConsentStatus": "OptOut"}, {"status": "dpv:ConsentRefused", "purpose": "dpv:DirectMarketing"}),
        ({"PrivacyConsentStatus": "Seen"}, {"status": "dpv:ConsentRequested"}),
        ({"PrivacyConsentStatus": "NotSeen"}, {"status": "dpv:ConsentUnknown"}),
        ({"EffectiveTo": "2026-10-31T00:00:00.000+0000"}, {"status": "dpv:ConsentExpired"}),
        ({"EffectiveFrom": "2026-12-31T00:00:00.000+0000"}, {"status": "dpv:ConsentUnknown"}),
        ({"ContactPointType": "MailingAddress"}, {"channel": "post"}),
        ({"DataUsePurpose": {"Name": "Newsletter"}}, {"purpose": "dpv:DirectMarketing"}),
    ],
)  # fmt: skip
def test_consents(more: dict[str, Any], wanted: dict[str, Any]) -> None:
    (found,) = consent_facts([consent(**more)], now=NOW)["consent"]
    assert wanted.items() <= found.items()


def test_consents_that_prove_nothing() -> None:
    assert consent_facts([consent(PrivacyConsentStatus="Maybe"), {}], now=NOW)["consent"] == []
    (found,) = consent_facts([consent(CaptureSource=None)], now=NOW)["consent"]
    assert "proof_ref" not in found
    (found,) = consent_facts([consent(ContactPointType="Social")], now=NOW)["consent"]
    assert "channel" not in found
    assert "purpose" not in found


def test_a_basis_is_that_of_the_purpose_of_this_name() -> None:
    rows = [
        consent(
            DataUsePurpose={
                "Name": "Lead Scoring",
                "LegalBasis": {"Name": "x", "Source": "GDPR Art 6(1)(f)"},
            }
        )
    ]
    assert consent_facts(rows, purpose="lead_scoring", now=NOW)["processing"] == {
        "legal_basis": "eu-gdpr:A6-1-f"
    }
    assert "processing" not in consent_facts(rows, purpose="direct_marketing", now=NOW)
    assert "processing" not in consent_facts(rows, now=NOW)


@pytest.mark.parametrize(
    ("query", "asked", "used"),
    [
        ("SELECT l.Email e, Owner.Name FROM Lead l", ["Email", "Owner.Name"], []),
        ("select Id from Lead where not (Email like '%(x' or Amount > USD5)", ["Id"], ["Email", "Amount"]),
        ("SELECT Id FROM Lead WHERE CreatedDate = LAST_N_DAYS:5 LIMIT 3 OFFSET 1 FOR VIEW", ["Id"], ["CreatedDate"]),
        ("SELECT toLabel(Status), FORMAT(convertCurrency(Amount)) a FROM Opportunity", ["Status", "Amount"], []),
        ("SELECT Id FROM Lead WHERE A__c IN ('x', 'FROM y') AND B__c INCLUDES ('a;b') ORDER BY C__c NULLS LAST",
         ["Id"], ["A__c", "B__c", "C__c"]),
        ("SELECT Id FROM Lead WHERE DISTANCE(Loc__c, GEOLOCATION(37.7,-122.4), 'mi') < 20", ["Id"], ["Loc__c"]),
        ("SELECT Id FROM Lead WHERE Id NOT IN (SELECT LeadId FROM CampaignMember WHERE Status = 'x') ALL ROWS",
         ["Id"], ["Id", "LeadId", "Status"]),
    ],
)  # fmt: skip
def test_queries_are_read(query: str, asked: list[str], used: list[str]) -> None:
    found = parse_soql(query)
    assert [path for item in found.items for path in item.paths] == asked
    assert [path for _, path in found.used] == used


@pytest.mark.parametrize(
    "query",
    [
        "", "SELECT", "SELECT FROM Lead", "SELECT Id", "SELECT Id FROM", "SELECT Id FROM Lead; x",
        "SELECT Id FROM Lead WHERE Name = 'x", "SELECT Id FROM Lead, Contact", "DELETE FROM Lead",
        "SELECT Id FROM Lead)", "SELECT Id, FROM Lead", "SELECT FIELDS(SOME) FROM Lead",
        "SELECT TYPEOF Who WHEN Lead THEN Email END FROM Task", "SELECT (Id) FROM Lead",
        "SELECT Id FROM Lead WITH DATA CATEGORY a__c AT b__c", "SELECT * FROM Lead",
        "SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT (SELECT Id FROM h) FROM g) FROM f) FROM e) FROM d) FROM c) FROM b) FROM a",
        "SELECT Id FROM Contact c, c.Account a", "SELECT COUNT(Id FROM Lead",
    ],
)  # fmt: skip
def test_what_is_no_query_is_not_read(query: str) -> None:
    with pytest.raises(SoqlError):
        parse_soql(query)


def test_searches_are_read() -> None:
    text = "FIND {a (b} IN NAME FIELDS RETURNING Lead(Id, Email WHERE Name = ')' LIMIT 2), Task LIMIT 9"
    found = parse_sosl(text)
    assert [name for name, _ in found.parts] == ["Lead", "Task"]
    assert found.text() == text
    for wrong in (
        "",
        "FIND x",
        "FIND {x} RETURNING",
        "FIND {x} RETURNING Lead(Id",
        "FIND {x} RETURNING Lead(Id) x",
    ):
        with pytest.raises(SoqlError):
            parse_sosl(wrong)


def test_payloads_are_read_without_the_sdk() -> None:
    """`check --from salesforce` and the hook need neither simple-salesforce nor requests."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['simple_salesforce', 'requests'])); "
        "from aboveboard_salesforce import ChangeEvents, changes, events, session, wrap; "
        "assert callable(changes) and callable(events)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
