"""What the made-up firm knows and its Tryton does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard.crm import Record

__all__ = ["OWN_FIELDS", "known", "signed_up"]

# The firm sells to firms: the addresses it has are those of people's work.
WORK = {"categories": ["pd:EmailAddressWork"], "source": "provided", "free_text": False}
OWN_FIELDS = {
    "tryton/party.party": {"email": WORK},
    "tryton/sale.opportunity": {"party.email": WORK},
}
"""The setting `fields` of the firm."""


def known(record: Record) -> dict[str, Any]:
    """What the firm knows and Tryton does not: its leads are people, told of it when they asked."""
    facts: dict[str, Any] = {
        "subject.type": "natural_person",
        "subject.is_minor": False,
        "rights_requests": [],
        "notice.delivered_at": record.collected_at,
        "fields[].collected_purposes": ["dpv:CustomerRelationshipManagement"],
    }
    if "conversion_probability" in record.values:
        facts |= SURE
    if record.object == "marketing.email":
        facts |= signed_up(datetime.now(UTC) - timedelta(days=1))
    return facts


def signed_up(at: datetime) -> dict[str, Any]:
    """What the form on the firm's pages keeps of who signs up."""
    return {
        "subject.country": "FI",
        "subject.language": "fi",
        "subject.relationship": "lead",
        "subject.vulnerable_flags": [],
        "notice.delivered_at": at,
        "fields[].collected_at": at,
        "fields[].collected_purposes": ["dpv:DirectMarketing"],
        "objections.direct_marketing": False,
        # A list is joined, and no product shown that others could stand beside.
        "recommendation.items": [],
        "message.language": "fi",
        "feedback.channel_present": True,  # in the foot of each message
        "recommendation.alternatives_exist": False,
        "consent": [
            {
                "status": "dpv:ConsentGiven",
                "purpose": "dpv:DirectMarketing",
                "channel": "email",
                "given_at": at,
                "proof_ref": "form-2026-311",
                "granular": True,
                "preticked": False,
                "bundled_with_contract": False,
                "informed": True,
                "dark_pattern": False,
                "notice_version": "2026-09",
                "wording_language": "fi",
            }
        ],
    }


SURE = {
    "ai.confidence_bp": 9100,
    "ai.in_distribution": True,
    "explanation.present": True,
    "energy.estimate_mwh": 40,
    "fields[].confidence_bp": 9100,
}
"""What the model says of its scores."""
