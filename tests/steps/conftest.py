"""A gate of the example organisation, what it logs, and the facts that let a lead be scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from tests.policy_writing import write_rule
from tests.steps.gates import uncounted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def gate() -> Gate:
    """One gate for all: building its engine takes longer than any test here."""
    return Gate(Settings(), organisation=example())


@pytest.fixture(scope="session")
def uncounted_gate() -> Gate:
    """A gate whose register does not say how many people the scoring of leads covers."""
    return Gate(Settings(), organisation=uncounted())


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as logged:
        yield logged


@pytest.fixture
def ruled(tmp_path: Path) -> Callable[..., Gate]:
    """A gate with one more rule: `ruled("profiling", effect="escalate")`."""

    def make(step: str, condition: str = "true", **rule: Any) -> Gate:
        options = {key: rule.pop(key) for key in ("plugins", "disclose") if key in rule}
        directory = write_rule(tmp_path / "policies", step, condition, **rule)
        return Gate(Settings(), organisation=example(), policies=[directory], **options)

    return make
