"""`aboveboard event`: a compliant event passes, and one --set shows one rule at work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, STEPS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("phase", PHASES)
def test_the_compliant_event_passes(run: Callable[..., Result], step: str, phase: str) -> None:
    event = run("event", "--step", step, "--phase", phase, "--compliant")
    assert (event.exit_code, event.stderr) == (0, "")
    assert event.stdout.startswith('{\n  "')
    result = run("check", "-", "--format", "json", input=event.stdout)
    (found,) = json.loads(result.stdout)
    assert (result.exit_code, found["findings"]) == (0, [])
    assert (found["step"], found["phase"]) == (step, phase)


def test_one_fact_shows_one_rule(run: Callable[..., Result]) -> None:
    event = run(
        "event",
        "--step",
        "recommendation",
        "--compliant",
        "--set",
        "objections.direct_marketing=true",
    )
    result = run("check", "-", "--format", "json", input=event.stdout)
    (found,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [finding["rule"] for finding in found["findings"]] == ["R-DM-01"]


def test_several_events_follow_each_other(run: Callable[..., Result]) -> None:
    text = "".join(run("event", "--step", step, "--compliant").stdout for step in STEPS)
    result = run("check", "-", input=text)
    assert result.exit_code == 0
    assert "4 events: 4 allowed" in result.stdout


def facts(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    StepEvent.from_json(result.stdout)
    found: dict[str, Any] = json.loads(result.stdout)["data"]
    return found


def test_without_compliant_nothing_is_known(run: Callable[..., Result]) -> None:
    assert facts(run("event", "--step", "decision")) == {}


def test_settings_are_json(run: Callable[..., Result]) -> None:
    found = facts(
        run(
            *("event", "--step", "recommendation"),
            *("--set", 'ai.model="recommender-2"'),
            *("--set", "consent=[]"),
            *("--set", 'objections={"profiling": false}'),
            *("--set", "objections.direct_marketing=true"),
            *("--set", 'fields.0.name="a=b"'),
        )
    )
    assert found == {
        "ai": {"model": "recommender-2"},
        "consent": [],
        "objections": {"profiling": False, "direct_marketing": True},
        "fields": [{"name": "a=b"}],
    }


def test_null_makes_unknown(run: Callable[..., Result]) -> None:
    found = facts(
        run(
            "event", "--step", "recommendation", "--compliant", "--set", "objections.profiling=null"
        )
    )
    assert "profiling" not in found["objections"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("ai.model", "--set 'ai.model': expected PATH=JSON, as in objections.profiling=true."),
        ("=1", "--set '=1': expected PATH=JSON, as in objections.profiling=true."),
        (
            "ai.model=gpt",
            (
                "--set ai.model: the value is not JSON. A text stands in double quotes, and the "
                "whole in single ones: --set 'ai.model=\"gpt\"'."
            ),
        ),
        ("ai.model=", "--set ai.model: expected JSON: expecting value at column 1."),
        ("ai.model='gpt'", "--set ai.model: expected JSON: expecting value at column 1."),
        (
            'objections={"profiling": NaN}',
            "--set objections: expected JSON; NaN is no JSON number.",
        ),
        (
            "objections.profilng=true",
            (
                "Unknown fact 'objections.profilng' for step 'recommendation'. Did you mean "
                "'objections.profiling'? See 'aboveboard schema'."
            ),
        ),
        (
            "fields[].name=1",
            "Path 'fields[].name' means any item. Number the item: 'fields.0.name'.",
        ),
        ("fields.7.name=1", "Path 'fields.7.name': 'fields' has 0 items. Use a number up to 0."),
        (
            "objections.profiling=1",
            "objections.profiling: Input should be a valid boolean.",
        ),
    ],
)
def test_wrong_settings(run: Callable[..., Result], setting: str, message: str) -> None:
    result = run("event", "--step", "recommendation", "--set", setting)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"Error: {message}\n")


def test_facts_of_a_file(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(
        "subject: {country: NO, language: nb}\n"
        "objections: {profiling: true, direct_marketing: null}\n"
        "consent: []\n"
        "contact.channel: phone\n"
        "notice: {delivered_at: 2026-10-01T09:00:00+03:00}\n"
    )
    arguments = ("event", "--step", "recommendation", "--compliant", "--facts", "facts.yaml")
    found = facts(run(*arguments, "--set", "objections.profiling=false"))
    assert (found["subject"]["country"], found["subject"]["age_years"]) == ("NO", 41)
    assert found["objections"]["profiling"] is False
    assert "direct_marketing" not in found["objections"]
    assert found["consent"] == []
    assert found["contact"]["channel"] == "phone"
    assert found["notice"]["delivered_at"] == "2026-10-01T06:00:00Z"


def test_facts_as_json(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text('\ufeff{"objections": {"profiling": true}}', "utf-8")
    found = facts(run("event", "--step", "profiling", "--facts", "facts.json"))
    assert found == {"objections": {"profiling": True}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("f.json", '{"a": 1,\n"a": 2}', "f.json:1: a: given twice; expected each key once."),
        ("f.json", '{"a":\n}', "f.json:2: expected JSON: expecting value at column 1."),
        (
            "f.yaml",
            "a: *b\n",
            "f.yaml:1: an alias (*name): aliases are not read here; repeat the value.",
        ),
        ("f.yaml", "a: 1\na: 2\n", "f.yaml:2: 'a' is given twice (first on line 1)."),
        (
            "f.yaml",
            "- a\n",
            "f.yaml: expected a mapping of facts, such as 'objections: {profiling: false}'.",
        ),
        (
            "f.yaml",
            "",
            "f.yaml: expected a mapping of facts, such as 'objections: {profiling: false}'.",
        ),
        ("f.yaml", "objection: {profiling: true}\n", "Did you mean 'objections"),
        ("f.yaml", "objections: {profiling: secret}\n", "objections.profiling: "),
    ],
)
def test_wrong_files(
    run: Callable[..., Result], tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    result = run("event", "--step", "profiling", "--facts", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert "secret" not in result.stderr


def test_files_that_cannot_be_read(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"\xff")
    assert (
        run("event", "--step", "profiling", "--facts", "f").stderr == "Error: f: not UTF-8 text.\n"
    )
    gone = run("event", "--step", "profiling", "--facts", "gone")
    assert (gone.exit_code, gone.stderr) == (
        2,
        "Error: gone: cannot be read (No such file or directory).\n",
    )
