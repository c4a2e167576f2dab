"""The decisions of `cases.json`, whose form is `cases.schema.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aboveboard.facts import Step

__all__ = ["CASES", "FILE", "SCHEMA", "Case", "Trial"]

FILE = Path(__file__).with_name("cases.json")
SCHEMA = Path(__file__).with_name("cases.schema.json")


@dataclass(frozen=True)
class Trial:
    """One step of the case, as changes to the compliant event of that step.

    Values stand by dotted path; null makes a fact unknown, and leaves a numbered item out.

    Attributes:
        step: the step that is tried, in both phases.
        scene: what the business was about. By itself it is lawful, so no finding comes from it.
        facts: what the authority blamed.
        expected: findings that the decision asks for, written `rule:effect` or
            `rule:effect:reason`.
        also: every further finding, and the law that it rests on.
        lawful: what the lawful twin does otherwise.
        lawfully: the twin in a sentence.
        note: what the facts cannot say, or why they were chosen.
    """

    step: Step
    scene: dict[str, Any]
    facts: dict[str, Any]
    expected: list[str]
    lawful: dict[str, Any]
    lawfully: str
    also: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Case:
    """A decision of an authority.

    Attributes:
        id: country, authority, company and year.
        authority: who decided.
        country: where, ISO 3166-1.
        year: of the decision.
        company: on whom.
        facts: what was found, in a few sentences.
        articles: what was broken.
        fine_eur: euros; None when there is none in euros.
        source: where to read it.
        confidence: how sure the facts are, `high` or `medium`.
        status: `stands` as far as known, `annulled` or `partly set aside`.
        tried: the steps it is tried in.
        status_note: what became of it.
        note: what the facts cannot say.
    """

    id: str
    authority: str
    country: str
    year: int
    company: str
    facts: str
    articles: list[str]
    fine_eur: int | None
    source: str
    confidence: str
    status: str
    tried: list[Trial]
    status_note: str = ""
    note: str = ""

    @property
    def stands(self) -> bool:
        """Whether the decision stands, as far as known."""
        return self.status == "stands"


def _read() -> list[Case]:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    return [
        Case(**{**case, "tried": [Trial(**trial) for trial in case["tried"]]})
        for case in document["cases"]
    ]


CASES = _read()
