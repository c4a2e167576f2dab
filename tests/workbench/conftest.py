"""Policy directories to judge, and the ways to judge them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aboveboard.workbench.checking import Request, check
from aboveboard.workbench.report import Report

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(__file__).parent / "schemas"

RULE = """package organisation.test.profiling

import future.keywords.not

# METADATA
# title: A rule
# description: A rule that a test needs.
# related_resources:
# - ref: https://example.org/handbook
#   description: Handbook
# custom:
#   id: TEST-01
#   steps: [profiling]
#   phases: [requested]
#   severity: high
#   unknown: does not fire
#   message: {en: It speaks.}
#   remedy: {en: Change it.}
findings contains {
	"rule": "TEST-01",
	"effect": "deny",
	"facts": ["ai.model"],
	"args": {},
} if {
	input.phase == "requested"
	input.ai.model == "m"
}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory of policies, `own`, in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example's policies, in the working directory as `policies`."""
    monkeypatch.chdir(tmp_path)
    source = ROOT / "examples" / "house_policies" / "policies"
    return Path(shutil.copytree(source, tmp_path / "policies"))


@pytest.fixture
def judge() -> Callable[..., Report]:
    """Judge directories: `judge(place, opa=binary)`."""

    def call(*directories: Path, opa: Path | None = None) -> Report:
        return check(Request(directories, opa=opa, compile_timeout_s=10))

    return call


def told(report: Report) -> list[str]:
    """What was found, without what could not be done: `AB-… file:line`."""
    return [
        f"{item.check} {item.file}:{item.line}"
        for item in report.findings
        if item.check != "AB-UNDONE-01"
    ]
