"""Records made by a real gate, and policies that differ from those that made them."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard import Gate, Settings
from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, STEPS
from aboveboard.organisation import example
from aboveboard.policy.bundle import load_bundle
from aboveboard.records.record import record_line
from aboveboard.testing import compliant_event
from tests.policies.writing import rego

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aboveboard.policy.bundle import PolicyBundle

CHANGES: dict[str, dict[str, Any]] = {
    "data_collection": {"processing.legal_basis": None},
    "profiling": {"objections.profiling": True},
    "recommendation": {"objections.direct_marketing": True},
    "decision": {"decision.effect": "legal", "decision.automation": "dpv:FullAutomation"},
}


@pytest.fixture(autouse=True)
def _place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate(Settings(), organisation=example())


@pytest.fixture(scope="session")
def made(gate: Gate) -> list[str]:
    """Lines of records: each step and phase, as it should be and with something wrong."""
    lines = []
    for step in STEPS:
        for phase in PHASES:
            for changes in (None, CHANGES[step]):
                event = compliant_event(step, phase, changes=changes)
                lines.append(record_line(event, gate.check(event)))
    assert {json.loads(line)["verdict"]["effect"] for line in lines} >= {"allow", "deny"}
    return lines


@pytest.fixture(scope="session")
def many(made: list[str]) -> Callable[[int], str]:
    """The text of a file of so many records, each a decision of its own, all about a recommendation.

    Of four, two are of a completed one, the first of them as it should be.
    """
    kinds = [line for line in made if ".recommendation." in line]

    def make(number: int) -> str:
        lines = []
        for index in range(number):
            raw = json.loads(kinds[index % len(kinds)])
            own = str(uuid.UUID(int=index + 1))
            raw["event"]["id"] = raw["verdict"]["id"] = f"e-{index}"
            raw["verdict"]["decision_id"] = own
            lines.append(json.dumps(raw, separators=(",", ":")))
        return "\n".join(lines) + "\n"

    return make


@pytest.fixture(scope="session")
def three_items(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Policies under which a recommendation shows at most no item at all: all completed ones stop."""
    directory = tmp_path_factory.mktemp("changed") / "policies"
    directory.mkdir()
    text = rego(changes={"_acme_1_most := 3": "_acme_1_most := 0"})
    (directory / "items.rego").write_text(text)
    return directory


@pytest.fixture(scope="session")
def stricter(three_items: Path) -> PolicyBundle:
    return load_bundle([three_items])


@pytest.fixture(scope="session")
def shipped() -> PolicyBundle:
    return load_bundle()


def renamed(event: StepEvent, name: str) -> StepEvent:
    return replace(event, id=name)
