"""Why, in words for the person: from the rules' own texts, never a rule's id or a field's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aboveboard.reasons import REASONS, UNANSWERED

if TYPE_CHECKING:
    from aboveboard.explaining.known import Known
    from aboveboard.explaining.words import Words
    from aboveboard.verdicts import Finding, Verdict

__all__ = ["fit_for_person", "reasons"]

_SUPPRESSED = "SUPPRESSED"
# Ids of rules and terms, names of fields, what stands in quotes, and articles are for others.
_INTERNAL = re.compile(
    r"[a-z0-9]_[a-z0-9]|[a-z]\.[a-z]|\b[A-Z]+-[A-Z0-9]+|\b\w+:\w|\[|\bArt\.|(?<!\w)'"
)


def fit_for_person(text: str) -> bool:
    """Whether a recorded text could stand before a person: no ids and no names of fields."""
    return bool(text) and _INTERNAL.search(text) is None


def reasons(verdict: Verdict, known: Known, speak: Words) -> tuple[tuple[str, ...], list[str]]:
    """A sentence for each finding that stopped or changed something, each once.

    Returns:
        The sentences, and notes on where they come from.
    """
    told: list[str] = []
    notes: dict[str, None] = {}
    for finding in verdict.findings:
        if finding.effect == "warn" and finding.rule not in UNANSWERED:
            continue
        text, note = _reason(finding, verdict, known, speak)
        if text and text not in told:
            told.append(text)
            if note:
                notes[note] = None
    if not told:
        told.append(speak.say("why.nothing"))
    return tuple(told), list(notes)


def _reason(
    finding: Finding, verdict: Verdict, known: Known, speak: Words
) -> tuple[str, str | None]:
    if finding.rule in REASONS:
        return speak.say("why.unanswered"), None
    if finding.rule == _SUPPRESSED:
        return speak.say("why.refused"), None
    if known.same_policies(verdict) or _says_the_same(finding, known):
        text = known.bundle.catalogue.for_person(finding.rule, finding.args, speak.language)
        return speak.unmarked(text) or speak.say("why.other"), None
    if verdict.policy_revision and fit_for_person(finding.message):
        return finding.message, speak.say("why.recorded")
    return speak.say("why.unfit" if verdict.policy_revision else "why.other"), None


def _says_the_same(finding: Finding, known: Known) -> bool:
    """Whether the rule of today words this finding as it was worded: it is still the same rule."""
    entry = known.bundle.catalogue.get(finding.rule)
    if entry is None:
        return False
    languages = {language for texts in entry.messages.values() for language in texts}
    return any(
        known.bundle.catalogue.render(finding.rule, finding.args, language)[0] == finding.message
        for language in languages
    )
