"""An organisation's policy directory, written by a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import load_bundle

__all__ = ["SECOND", "Directory", "refused", "rego"]

_METADATA = """# METADATA
# title: At most three items
# description: A recommendation shows at most three items.
# related_resources:
# - ref: https://handbook.example/offers
#   description: Handbook, offers
# custom:
#   id: ACME-1
#   steps: [recommendation]
#   phases: [completed]
#   severity: low
#   unknown: does not fire
#   message:
#     en: "{count} items are shown, and {most} are allowed."
#     fi: "Tuotteita näytetään {count}, sallittu on {most}."
#   remedy:
#     en: Show fewer items.
"""
_FINDING = """findings contains {
	"rule": "ACME-1",
	"effect": "deny",
	"facts": ["recommendation.items"],
	"args": {"count": _acme_1_count, "most": _acme_1_most},
} if {
	input.phase == "completed"
	_acme_1_count > _acme_1_most
}
"""
_HELPERS = """_acme_1_count := count(input.recommendation.items)

_acme_1_most := 3
"""


def rego(
    *,
    package: str = "organisation.acme.recommendation",
    imports: str = "import future.keywords.not\n",
    metadata: str = _METADATA,
    finding: str = _FINDING,
    helpers: str = _HELPERS,
    changes: dict[str, str] | None = None,
) -> str:
    """A file that loads, with a part in place of its own; `changes` replaces words anywhere."""
    text = f"package {package}\n\n{imports}\n{helpers}\n{metadata}{finding}"
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    return text


SECOND = """
# METADATA
# title: Another
# custom:
#   id: ACME-1
#   reason: other
#   message: {en: Another.}
#   remedy: {en: Another.}
findings contains {
	"rule": "ACME-1",
	"effect": "warn",
	"facts": ["recommendation.items"],
	"args": {"reason": "other"},
} if {
	input.phase == "completed"
	input.recommendation.is_advert
}
"""
"""A further finding of the same rule, to stand below it."""


def refused(*directories: Path) -> str:
    """What loading says of directories that do not load."""
    with pytest.raises(PolicyError) as caught:
        load_bundle(directories)
    return str(caught.value)


class Directory:
    """A policy directory on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)

    def add(self, name: str = "acme_1.rego", text: str | bytes | None = None) -> Path:
        """Write a policy; the good one when no text is given. Returns the directory."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = rego() if text is None else text
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        return self.path

    def reference(self, name: str, document: Any, schema: Any = None) -> Path:
        """Write reference data, and its schema when one is given."""
        self.add(f"reference/{name}.json", json.dumps(document))
        if schema is not None:
            self.add(f"reference/schemas/{name}.json", json.dumps(schema))
        return self.path
