"""Records as a gate writes them, of decisions of many kinds."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs

from aboveboard import Gate, Settings, hookimpl
from aboveboard.facts import PHASES, STEPS
from aboveboard.organisation import example
from aboveboard.records.record import record_line
from aboveboard.testing import compliant_event

__all__ = ["BAD", "STRICTER", "recorded_lines", "write_policies"]

BAD = ('{"record":1,"event":', "not JSON", '{"record":99,"event":{},"verdict":null}', "[]")
"""Lines that hold no record."""

_TIME = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
_CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"subject.country": "NL"},
    {"objections.profiling": True},
    {"objections.direct_marketing": True, "subject.country": "DE"},
    {"subject.country": None, "subject.relationship": "lead"},
    {"subject.age_years": 15, "subject.is_minor": True},
)

STRICTER = """package organisation.acme.{step}

import future.keywords.not

# METADATA
# title: Nobody in the Netherlands
# description: We do not sell there any more.
# related_resources:
# - ref: https://example.org/handbook
#   description: Handbook
# custom:
#   id: ACME-{number}
#   steps: [{step}]
#   phases: [requested]
#   severity: low
#   unknown: does not fire
#   message: {{en: "Not in the Netherlands."}}
#   remedy: {{en: "Leave the person out."}}
findings contains {{"rule": "ACME-{number}", "effect": "deny", "facts": ["subject.country"], "args": {{}}}} if {{
	input.phase == "requested"
	input.subject.country == "NL"
}}
"""


class _Seen:
    """Keeps the event as it was decided on."""

    @hookimpl
    def aboveboard_verdict(self, event: Any, verdict: Any) -> None:
        self.line = record_line(event, verdict)


def recorded_lines(count: int) -> list[str]:
    """Records of `count` decisions, each of an id of its own."""
    seen = _Seen()
    lines = []
    kinds = itertools.cycle(itertools.product(STEPS, PHASES, _CHANGES))
    with capture_logs(), Gate(Settings(), organisation=example()) as gate:
        gate.register(seen, "tests.records", inline=True)
        for step, phase, changes in itertools.islice(kinds, count):
            try:
                event = compliant_event(step, phase, changes=changes, time=_TIME)
            except Exception:  # a step that has no such fact
                event = compliant_event(step, phase, time=_TIME)
            gate.check(event)
            lines.append(seen.line)
    return lines


def write_policies(directory: Path) -> Path:
    """A policy set with rules that stop what the bundled ones allow."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, step in enumerate(("profiling", "recommendation")):
        text = STRICTER.format(step=step, number=number)
        (directory / f"{step}.rego").write_text(text, encoding="utf-8")
    return directory
