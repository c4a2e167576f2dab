"""`aboveboard schema`: what it prints validates events, what it writes is what OPA checks with."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import jsonschema
import pytest

from aboveboard.facts import STEPS
from aboveboard.organisation import organisation_schema
from aboveboard.policy.bundle import bundled_directory
from aboveboard.replay.report import report_schema
from aboveboard.schemas import engine_schema, event_schema
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.mark.parametrize("step", STEPS)
def test_a_step(run: Callable[..., Result], step: str) -> None:
    result = run("schema", step)
    schema = json.loads(result.stdout)
    assert (result.exit_code, schema) == (0, event_schema(step))  # type: ignore[arg-type]
    jsonschema.validate(compliant_event(step).to_dict()["data"], schema)  # type: ignore[arg-type]
    assert json.loads(run("schema", step, "--engine").stdout) == engine_schema(step)  # type: ignore[arg-type]


def test_all_steps(run: Callable[..., Result]) -> None:
    assert json.loads(run("schema").stdout) == {step: event_schema(step) for step in STEPS}


def test_organisation(run: Callable[..., Result]) -> None:
    assert json.loads(run("schema", "organisation").stdout) == organisation_schema()


def test_the_report_of_a_replay(run: Callable[..., Result]) -> None:
    assert json.loads(run("schema", "replay_report").stdout) == report_schema()


def test_directory(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("schema", "--directory", "a/b")
    assert result.stdout == (
        "Wrote data_collection.json, profiling.json, recommendation.json, decision.json to a/b.\n"
    )
    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "a/b").iterdir()}
    assert written == {f"{step}.json": engine_schema(step) for step in STEPS}
    before = {path: path.read_bytes() for path in (tmp_path / "a/b").iterdir()}
    run("schema", "--directory", "a/b")
    assert {path: path.read_bytes() for path in before} == before


def test_directory_of_one(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("schema", "decision", "--directory", "d").stdout == "Wrote decision.json to d.\n"
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["decision.json"]


def test_directory_that_cannot_be(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("schema", "--directory", "file/below")
    assert result.exit_code == 2
    assert (
        result.stderr
        == "Error: 'file/below' cannot be written (Not a directory). Choose another place.\n"
    )


def test_an_unknown_step(run: Callable[..., Result]) -> None:
    result = run("schema", "decisions")
    assert result.exit_code == 2
    assert "'data_collection', 'profiling', 'recommendation', 'decision'" in result.stderr


@pytest.mark.opa
def test_opa_takes_the_schemas(
    run: Callable[..., Result], opa_binary: Path, tmp_path: Path
) -> None:
    run("schema", "--directory", "schemas")
    done = subprocess.run(
        [opa_binary, "check", "--schema", tmp_path / "schemas", bundled_directory() / "aboveboard"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
