"""Reserved reasons: why a step stops although no policy spoke.

They stand where a rule's id stands in a finding. All of them deny, unless the setting `allow_on`
names that very reason for that very step: the finding is then a warning, and the verdict is logged as
`step.allowed_unanswered`. `runtime.unexpected_revision` warns, unless `on_unexpected_revision` says
otherwise: policies did answer, though not the expected ones.
"""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["REASONS", "UNANSWERED"]

REASONS = MappingProxyType(
    {
        "runtime.engine_unavailable": "The engine is not there: not installed, down, or refusing.",
        "runtime.timeout": "The engine did not answer in time (timeout_s).",
        "runtime.policy_error": "A policy failed on this event, or answered in the wrong shape.",
        "runtime.unexpected_revision": "Other policies answered than expected_revisions names.",
        "runtime.input_too_large": "The event is larger than max_event_bytes.",
        "runtime.facts_failed": "A facts function or plugin raised, or gave what are no facts.",
        "runtime.facts_conflict": "Two sources contradict each other on a fact.",
        "runtime.hook_failed": "A plugin's step hook raised, or returned what is no finding.",
        "runtime.obligation_failed": "What a policy demands (redact, disclose) cannot be done.",
        "runtime.not_governed": "A vendor's plugin does not judge this request, and lets none by.",
        "runtime.recording_failed": "The decision could not be put on record (record_directory).",
        "runtime.explanation_failed": "The decision could not be logged.",
        "runtime.internal_error": "A defect in Aboveboard; please report it.",
    }
)
"""Every reserved reason and what it means."""

UNANSWERED = frozenset(REASONS) - {"runtime.unexpected_revision"}
"""Those that stand in the place of what the policies would have said, not beside it."""
