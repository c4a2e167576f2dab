"""People of our own making, in an organisation of our own making."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard.crm import Record
from examples.salesforce.server import Org

__all__ = ["AINO", "INDIVIDUAL", "PEKKA", "SALLA", "known", "lead_ids", "people"]

AINO = "00Q5g00000AbCdEEAV"
PEKKA = "00Q5g00000AbCdFEAV"
SALLA = "0035g00000AbCdGAAV"
INDIVIDUAL = "0PK5g0000004CdEGAU"
_FLAGS = (
    "HasOptedOutProfiling", "HasOptedOutSolicit", "HasOptedOutProcessing", "HasOptedOutTracking",
    "HasOptedOutGeoTracking", "ShouldForget", "SendIndividualData", "CanStorePiiElsewhere",
)  # fmt: skip


def known(record: Record | None = None) -> dict[str, Any]:
    """What a CRM does not know and a lawful seller does."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {"language": "fi", "vulnerable_flags": []},
        "notice": {
            "delivered_at": then, "art14_delivered_at": then, "language": "fi", "shown_7d": 0,
        },
        "fields[]": {
            "collected_purposes": ["dpv:CustomerRelationshipManagement"], "collected_at": then,
        },
    }  # fmt: skip


def lead_ids(count: int) -> list[str]:
    """Ids of that many leads."""
    from aboveboard_salesforce.ids import id18

    return [id18(f"00Q5g0000{number:06d}") or "" for number in range(count)]


def people() -> Org:
    """Two leads, a contact, and what they have chosen."""
    org = Org()
    lead = {
        "FirstName": "Aino", "LastName": "Virtanen", "Name": "Aino Virtanen",
        "Title": "Head of Procurement", "Company": "Esimerkki Oy",
        "Email": "aino.virtanen@example.com", "Phone": "+358401234567", "Country": "Finland",
        "LeadSource": "Web", "Status": "Open", "HasOptedOutOfEmail": False, "DoNotCall": False,
        "IndividualId": INDIVIDUAL, "Religion__c": "none of your business", "Shoe_Size__c": "43",
        "CreatedDate": "2026-10-02T08:14:05.000+0000",
    }  # fmt: skip
    org.add("Lead", AINO, **lead)
    org.add("Lead", PEKKA, **{**lead, "FirstName": "Pekka", "LastName": "Laine",
            "Name": "Pekka Laine", "Email": "pekka.laine@example.com", "IndividualId": None,
            "HasOptedOutOfEmail": True})  # fmt: skip
    org.add("Contact", SALLA, Name="Salla Niemi", Email="salla@example.com", AccountId="001A",
            MailingCountry="Finland", HasOptedOutOfEmail=False, DoNotCall=True,
            Birthdate="2012-05-05", IndividualId=None)  # fmt: skip
    org.add("Individual", INDIVIDUAL, Name="Aino Virtanen", BirthDate="1980-01-01",
            IndividualsAge=None, **dict.fromkeys(_FLAGS, False))  # fmt: skip
    org.add("ContactPointTypeConsent", "0ZX5g0000008OkAGAU", Name="Aino", PartyId=INDIVIDUAL,
            ContactPointType="Email", PrivacyConsentStatus="OptIn",
            CaptureDate="2026-03-02T08:14:05.000+0000", CaptureSource="https://example.com/form",
            DoubleConsentCaptureDate=None, EffectiveFrom="2026-03-02T08:20:11.000+0000",
            EffectiveTo="2036-03-02T08:20:11.000+0000", DataUsePurposeId=None)  # fmt: skip
    org.add("Account", "001000000000001AAA", Name="Esimerkki Oy", Industry="Manufacturing")
    org.classes["Lead"] = {
        "Religion__c": {"ComplianceGroup": "GDPR;PII", "SecurityClassification": "Restricted"},
        "Shoe_Size__c": {"ComplianceGroup": None, "SecurityClassification": "Internal"},
    }
    return org
