"""`aboveboard plugins`: what is installed, what loaded, what could not and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

GOOD = """
from aboveboard.markers import hookimpl

@hookimpl
def aboveboard_facts(event):
    return {"objections": {"profiling": False}} if event.step == "profiling" else None
"""


OURS = (
    "anthropic", "dataverse", "gemini", "hubspot", "litellm", "mistral", "odoo", "openai", "pipedrive",
    "salesforce",
)  # fmt: skip


def lines(result: Result) -> list[list[str]]:
    """The table's lines in words, without the plugins that come with the package."""
    table = [line.split(maxsplit=4) for line in result.stdout.splitlines()]
    return [words for words in table if words and words[1] not in OURS]


def test_those_that_come_with_the_package(run: Callable[..., Result]) -> None:
    rows = json.loads(run("plugins", "--format", "json").stdout)
    assert {row["name"]: (row["state"], row["hooks"], row["problem"]) for row in rows} == {
        name: ("loaded", ["aboveboard_events"], None) for name in OURS
    }


def test_none(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())
    monkeypatch.setattr("aboveboard.manager.entry_points", lambda **_: ())
    result = run("plugins")
    assert result.stdout == (
        "No plugins are installed. Core works without; a package brings one by the entry-point "
        "group 'aboveboard'.\n"
    )
    assert json.loads(run("plugins", "--format", "json").stdout) == []


def test_loaded_and_failed(
    run: Callable[..., Result], installed: Callable[[str, str], None]
) -> None:
    installed("acme", GOOD)
    installed("lacking", "import acme_sdk_that_is_not_there")
    installed("raising", "raise RuntimeError('secret')")
    installed("odd", "def aboveboard_fact(): pass")
    result = run("plugins")
    assert (result.exit_code, result.stderr) == (0, "")
    found = lines(result)
    assert found[0] == ["STATE", "NAME", "PACKAGE", "HOOKS", "OR PROBLEM"]
    assert found[1] == ["loaded", "acme", "acme-rules", "1.2", "aboveboard_facts"]
    text = result.stdout
    assert ["failed", "lacking", "lacking-rules", "1.2"] in [words[:4] for words in found]
    assert "'acme_sdk_that_is_not_there'" in text
    assert "its import raised RuntimeError." in text
    assert "Did you mean 'aboveboard_facts'?" in text
    assert "secret" not in text
    told = json.loads(run("plugins", "--format", "json").stdout)
    rows = [row for row in told if row["name"] not in OURS]
    assert rows[0] == {
        "name": "acme",
        "distribution": "acme-rules 1.2",
        "state": "loaded",
        "hooks": ["aboveboard_facts"],
        "problem": None,
    }
    assert [row["state"] for row in rows] == ["loaded", "failed", "failed", "failed"]


def test_those_that_the_settings_name(
    run: Callable[..., Result],
    installed: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed("acme", GOOD)
    installed("other", "raise RuntimeError('must not be imported')")
    monkeypatch.setenv("ABOVEBOARD_PLUGINS", "acme")
    result = run("plugins")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "loaded acme acme-rules 1.2 aboveboard_facts" in text
    assert "left out other other-rules 1.2 the setting 'plugins' does not name it" in text
    assert "left out hubspot" in text


def test_one_that_the_settings_name_and_that_is_not_there(
    run: Callable[..., Result],
    installed: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    recorded: Callable[..., str],
) -> None:
    installed("acme", GOOD)
    monkeypatch.setenv("ABOVEBOARD_PLUGINS", "acm")
    result = run("plugins")
    assert result.exit_code == 2
    assert "missing" in result.stdout
    assert "Did you mean 'acme'?" in result.stdout
    check = run("check", "-", input=recorded())
    assert check.exit_code == 2
    assert check.stderr.startswith("Error: Plugin 'acm' of the settings is not installed.")


def test_check_takes_facts_of_plugins_into_account(
    run: Callable[..., Result],
    installed: Callable[[str, str], None],
    recorded: Callable[..., str],
) -> None:
    event = recorded(
        "profiling", changes={"objections.profiling": None, "processing.legal_basis": None}
    )
    without = run("check", "-", input=event)
    assert "objections.profiling" in without.stdout
    installed("acme", GOOD)
    result = run("check", "-", input=event)
    assert result.exit_code == 1
    assert "processing.legal_basis  1" in result.stdout
    assert "objections.profiling" not in result.stdout
