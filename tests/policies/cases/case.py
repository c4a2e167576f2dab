"""A case: changes to the compliant event of some steps, and all that is found then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard.facts import STEPS, Step

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
C, P, R, D = STEPS

WITHDRAWN = {
    "status": "dpv:ConsentWithdrawn",
    "purpose": "dpv:DirectMarketing",
    "channel": "email",
    "withdrawn_at": NOW - timedelta(days=1),
}
GIVEN = {
    "status": "dpv:ConsentGiven",
    "purpose": "dpv:DirectMarketing",
    "channel": "email",
    "given_at": NOW - timedelta(days=30),
    "proof_ref": "form-1",
    "explicit": True,
    "granular": True,
    "preticked": False,
    "bundled_with_contract": False,
    "informed": True,
    "dark_pattern": False,
    "notice_version": "2026-09",
    "wording_language": "fi",
}
REFUSED = {
    "status": "dpv:ConsentRefused",
    "purpose": "dpv:DirectMarketing",
    "channel": "email",
    "given_at": NOW - timedelta(days=1),
}
ON_CONSENT = {
    "processing.legal_basis": "eu-gdpr:A6-1-a",
    "processing.purposes": ["dpv:DirectMarketing"],
    "contact.channel": "email",
    "notice.covers_purposes": ["dpv:DirectMarketing"],
}
# Data of an organisation are none of a person's; of people, a plain "no" is not taken at its word.
NOT_PERSONAL = {"processing.personal_data": False, "subject.type": "legal_person"}
US = {"transfer.leaves_organisation": True, "transfer.recipient_country": "US"}
CERTIFIED = {
    **US,
    "transfer.mechanism": "adequacy",
    "transfer.dpf_certified": True,
    "transfer.dpf_scope": ["non_hr"],
}
CLAUSES = {"transfer.scc_module": 2, "transfer.tia_done_at": NOW - timedelta(days=9)}
ALONE = {"decision.effect": "legal", "decision.automation": "dpv:FullAutomation"}
TALKS = {
    "ai.interacts_directly": True,
    "ai.agent_on_behalf_of": "Esimerkki Oy",
    "ai.output_marked": True,
}
TOLD = {**TALKS, "ai.disclosure_shown_at": NOW, "ai.disclosure_language": "fi"}


@dataclass(frozen=True)
class Case:
    """Changes to the compliant event of some steps, and all that is found in each phase.

    Findings are written `rule:effect`, or `rule:effect:reason`. `time` is of the event:
    a rule may bind from a day on.
    """

    steps: tuple[Step, ...]
    changes: dict[str, Any]
    requested: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    # What has a date is tried on both sides of it.
    time: datetime = NOW

    def __str__(self) -> str:
        found = "+".join(sorted(self.requested | self.completed)) or "nothing"
        return f"{found} by {','.join(self.changes)}"
