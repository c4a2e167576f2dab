"""What engineer and auditor are both told."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aboveboard.explaining.page import Cell, Link
from aboveboard.reasons import UNANSWERED

if TYPE_CHECKING:
    from aboveboard.explaining.known import Known
    from aboveboard.policy.catalogue import RuleEntry
    from aboveboard.records.record import Record
    from aboveboard.verdicts import Verdict

__all__ = ["at_hand", "day", "laws", "moment", "outcome", "plain_record", "readable"]

_WEB = re.compile(r"https?://[^\s<>|\\\"'`]+")

# As pseudonyms are.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}:[0-9a-f]{16,128}")

_OUTCOMES = {
    ("allow", "requested"): "The step was allowed to begin.",
    ("allow", "completed"): "The result was allowed out.",
    ("escalate", "requested"): "The step was stopped until a human decides.",
    ("escalate", "completed"): "The result was held back until a human decides.",
    ("deny", "requested"): "The step was stopped before it began.",
    ("deny", "completed"): "The result was held back.",
}


def outcome(verdict: Verdict) -> str:
    """What became of the step, in a sentence."""
    if not verdict.enforced and verdict.effect != "allow":
        return "In monitor mode the step went on as it was; it would have been stopped."
    text = _OUTCOMES[verdict.effect, verdict.phase]
    unanswered = any(finding.rule in UNANSWERED for finding in verdict.findings)
    if verdict.effect == "allow" and unanswered:
        return f"{text} No answer could be had, and the settings let it go on all the same."
    return text


def at_hand(verdict: Verdict, known: Known) -> str:
    """What to know when the policies at hand are not those that decided; '' when they are."""
    if not verdict.policy_revision:
        return "No policy answered: what stopped it is a reserved reason, or a plugin."
    if known.same_policies(verdict):
        return ""
    return (
        f"Other policies decided than those at hand ({verdict.policy_revision} then, "
        f"{known.bundle.revision} now). Texts are as recorded in the verdict; what is said of rules "
        "beyond that is by the policies at hand."
    )


def moment(time: datetime) -> str:
    """A time in UTC, to the second."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"


def day(stated: str | None) -> str | None:
    """A recorded time as a day; None for an unknown one."""
    return stated[:10] if stated else None


def readable(stated: str | None) -> str | None:
    """A recorded text; of a token, which stands for what may not be on record, just that it is known."""
    return "known, and on record as a token only" if stated and _TOKEN.fullmatch(stated) else stated


def laws(law: str, entry: RuleEntry | None) -> tuple[Cell, ...]:
    """Each law as cited, with its link where the catalogue has one for these very laws."""
    cited = [item for item in law.split("; ") if item]
    links = entry.links if entry is not None and entry.law == law else ()
    if len(links) != len(cited):
        return tuple(cited)
    return tuple(
        Link(item, link) if _WEB.fullmatch(link) else item
        for item, link in zip(cited, links, strict=True)
    )


def plain_record(record: Record) -> dict[str, Any]:
    """Event and verdict as plain JSON."""
    found: dict[str, Any] = {"event": record.event.to_dict()}
    if record.verdict is not None:
        found["verdict"] = record.verdict.as_dict()
    if record.beyond:
        found["beyond"] = list(record.beyond)
    return found
