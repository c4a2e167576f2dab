"""Small policies of an organisation, for tests that need one that says a certain thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["write_rule"]

_RULE = """package organisation.test.{step}

import future.keywords.not

# METADATA
# title: Rule {id}
# description: A rule that a test needs.
# related_resources:
# - ref: https://example.org/handbook
#   description: Handbook
# custom:
#   id: {id}
#   steps: [{step}]
#   phases: [{phase}]
#   severity: high
#   unknown: does not fire
#   message: {{en: "{id} speaks."}}
#   remedy: {{en: "Change what {id} is about."}}
findings contains {{
	"rule": "{id}",
	"effect": "{effect}",
	"facts": ["ai.model"],
	"args": {{}},{obligation}
}} if {{
	input.phase == "{phase}"
	{condition}
}}
"""


def write_rule(
    directory: Path,
    step: str,
    condition: str = "true",
    *,
    rule: str = "TEST-01",
    effect: str = "deny",
    phase: str = "requested",
    obligation: dict[str, Any] | None = None,
) -> Path:
    """Write one rule of package `organisation.test.<step>`; returns the policy directory."""
    directory.mkdir(parents=True, exist_ok=True)
    demand = f'\n\t"obligation": {json.dumps(obligation)},' if obligation else ""
    text = _RULE.format(
        step=step, id=rule, effect=effect, phase=phase, condition=condition, obligation=demand
    )
    (directory / f"{step}_{rule.lower().replace('-', '_')}.rego").write_text(text, encoding="utf-8")
    return directory
