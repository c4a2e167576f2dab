"""What is known around a record: the policies and the organisation at hand, and where it lay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.organisation import Organisation
    from aboveboard.policy.bundle import PolicyBundle
    from aboveboard.records.record import Record
    from aboveboard.verdicts import Finding, Verdict

__all__ = ["Known", "Said", "said"]


@dataclass(frozen=True, slots=True)
class Known:
    """What an explanation may draw on beside the record.

    Attributes:
        bundle: the policies at hand.
        organisation: register and profile as stated today; None when the settings name none.
        language: of messages to engineer and auditor, BCP 47.
        place: where the record lay, such as `records/a.jsonl:12`; '' for standard input.
        parents: records of the decisions that it happened in, nearest first.
        parent_missing: the nearest of those that the records do not hold, or None.
    """

    bundle: PolicyBundle
    organisation: Organisation | None = None
    language: str = "en"
    place: str = ""
    parents: tuple[Record, ...] = ()
    parent_missing: str | None = None

    def same_policies(self, verdict: Verdict) -> bool:
        """Whether the policies at hand are those that decided."""
        return verdict.policy_revision == self.bundle.revision

    @property
    def zone(self) -> tzinfo:
        """The zone that the organisation's hours are in, or UTC."""
        from datetime import UTC
        from zoneinfo import ZoneInfo

        hours = self.organisation.opening_hours if self.organisation else None
        return ZoneInfo(hours.time_zone) if hours else UTC


@dataclass(frozen=True, slots=True)
class Said:
    """What a finding says, and whether in words of the policies at hand or in those on record."""

    message: str
    law: str
    remedy: str
    recorded: bool


def said(finding: Finding, verdict: Verdict, known: Known) -> Said:
    """The words of a finding: by the policies that decided, else as the verdict has them."""
    entry = known.bundle.catalogue.get(finding.rule)
    # What an OPA logged has no words; those of the policies at hand are all there are.
    wordless = finding.message in ("", finding.rule)
    if entry is not None and (wordless or known.same_policies(verdict)):
        message, law, remedy = known.bundle.catalogue.render(
            finding.rule, finding.args, known.language
        )
        return Said(message, law, remedy, recorded=False)
    return Said(finding.message, finding.law, finding.remedy, recorded=True)
