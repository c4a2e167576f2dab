"""Tables with known answers, and the command line in a place of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import scipy.stats  # noqa: F401  (a second to import: not in the midst of a property's deadline)
import structlog
from click.testing import CliRunner

from aboveboard.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

TABLES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("tables.json").read_text(encoding="utf-8")
)

# Admitted of applied by department and sex; the six of them sum to the table `ucb_admissions_sex`.
DEPARTMENTS = {
    "A": {"Male": (825, 512), "Female": (108, 89)},
    "B": {"Male": (560, 353), "Female": (25, 17)},
    "C": {"Male": (325, 120), "Female": (593, 202)},
    "D": {"Male": (417, 138), "Female": (375, 131)},
    "E": {"Male": (191, 53), "Female": (393, 94)},
    "F": {"Male": (373, 22), "Female": (341, 24)},
}


@pytest.fixture(params=TABLES, ids=lambda table: table["id"])
def table(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.param)


@pytest.fixture
def departments() -> dict[str, dict[str, tuple[int, int]]]:
    return DEPARTMENTS


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """`run("rows.csv", "--group", "sex")`, in an empty directory."""
    for name in list(os.environ):
        if name.startswith("ABOVEBOARD_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(
            cli,
            ["fairness", *arguments],
            prog_name="aboveboard",
            catch_exceptions=False,
            **options,
        )

    yield call
    structlog.reset_defaults()
