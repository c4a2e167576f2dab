"""The pre-commit hooks and the GitHub Action: valid by their public schemas, and their commands run."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from aboveboard.cli import cli
from tests.workbench.conftest import ROOT, SCHEMAS


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "schema"),
    [(".pre-commit-hooks.yaml", "pre-commit-hooks"), ("action.yml", "github-action")],
)
def test_they_pass_their_schemas(name: str, schema: str) -> None:
    rules = json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8"))
    kind = jsonschema.validators.validator_for(rules)
    found = loaded(name)
    kind(rules).validate(found)
    if isinstance(found, list):
        del found[0]["entry"]
    else:
        del found["runs"]["using"]
    assert not kind(rules).is_valid(found)


def test_the_hooks_are_commands_that_there_are() -> None:
    hooks = {hook["id"]: hook for hook in loaded(".pre-commit-hooks.yaml")}
    assert list(hooks) == ["aboveboard-policies-check", "aboveboard-policies-test"]
    for hook in hooks.values():
        program, *arguments = shlex.split(hook["entry"])
        assert program == "aboveboard"
        assert CliRunner().invoke(cli, [*arguments, "--help"]).exit_code == 0
        for name in ("a/b.rego", "a/x.examples.yaml", "reference/x.json", "aboveboard.toml"):
            assert re.search(hook["files"], name)
        assert not re.search(hook["files"], "score.py")


STEPS: list[Mapping[str, Any]] = loaded("action.yml")["runs"]["steps"]


def test_no_input_becomes_code() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")


def test_each_input_is_used() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    for name in loaded("action.yml")["inputs"]:
        assert f"inputs.{name}" in text


def step(name: str) -> str:
    return next(str(item["run"]) for item in STEPS if item.get("name") == name)


@pytest.fixture
def shell(tmp_path: Path, opa_binary: Path) -> Any:
    """Run a step as the runner does."""
    tools = tmp_path / "tools"
    tools.mkdir()
    program = tools / "aboveboard"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> "{tmp_path}/asked"\nexec "{sys.executable}" -m aboveboard "$@"\n'
    )
    program.chmod(0o755)
    (tools / "opa").symlink_to(opa_binary)

    def run(script: str, where: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
        keep = {name: value for name, value in os.environ.items() if "ABOVEBOARD" not in name}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=where,
            env={**keep, "PATH": f"{tools}:{os.environ['PATH']}", **inputs},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    return run


@pytest.mark.opa
def test_the_check_annotates_and_writes_sarif(house: Path, shell: Any, tmp_path: Path) -> None:
    (house / "attempts.rego").write_text(
        (house / "attempts.rego").read_text("utf-8").replace("} if {", "}  if {"), "utf-8"
    )
    sarif, output = tmp_path / "a b.sarif", tmp_path / "output"
    inputs = {"SARIF": str(sarif), "GITHUB_OUTPUT": str(output), "DIRECTORIES": "policies"}
    done = shell(step("Check policies"), house.parent, FAIL_ON="warning", **inputs)
    assert done.returncode == 1
    assert done.stdout.startswith(
        "::warning file=policies/attempts.rego,line=24,title=AB-FORMAT-01"
    )
    assert json.loads(sarif.read_text("utf-8"))["runs"][0]["results"]
    assert output.read_text("utf-8") == f"file={sarif}\n"
    assert shell(step("Check policies"), house.parent, FAIL_ON="error", **inputs).returncode == 0


@pytest.mark.opa
def test_the_tests_take_a_least_coverage(house: Path, shell: Any, tmp_path: Path) -> None:
    (house / "attempts.examples.yaml").unlink()
    script, inputs = step("Test policies"), {"DIRECTORIES": "policies", "FAIL_ON": "warning"}
    assert shell(script, house.parent, MIN_COVERAGE="", **inputs).returncode == 0
    done = shell(script, house.parent, MIN_COVERAGE="90", **inputs)
    assert done.returncode == 1
    assert (
        "::error title=AB-COVERAGE-02 CoverageEnough::Tests reach 50 %25 of the findings"
        in done.stdout
    )


def test_the_replay_is_asked_for_as_it_is_spelt(tmp_path: Path) -> None:
    """Only the words: the command itself has tests of its own."""
    script = "aboveboard() { printf '<%s>' \"$@\"; }\n" + step("Replay recorded decisions")
    told = {"RECORDS": "a.jsonl b.jsonl", "DIRECTORIES": "policies", "BASELINE": "", "FAIL_IF": ""}
    for more, said in (
        ({}, "<replay><a.jsonl><b.jsonl><--against=policies>"),
        (
            {"BASELINE": "git:origin/main", "FAIL_IF": "newly_denied > 0.5%"},
            "<replay><a.jsonl><b.jsonl><--against=policies><--baseline><git:origin/main>\
<--fail-if><newly_denied > 0.5%>",
        ),
    ):
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            env={"PATH": os.environ["PATH"], **told, **more},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout == said
