"""`aboveboard policies`: list, show, purposes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aboveboard.facts import STEPS
from aboveboard.organisation import starter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

POLICY = """\
package organisation.acme.profiling

import future.keywords.not

# METADATA
# title: No profiling on Sundays
# description: Nobody is profiled on a Sunday.
# related_resources:
# - ref: https://intranet.example/handbook
#   description: Handbook
# custom:
#   id: ACME-01
#   steps: [profiling]
#   phases: [requested]
#   severity: low
#   unknown: does not fire
#   message: {en: It is Sunday., fi: On sunnuntai.}
#   remedy: {en: Wait.}
#   person:
#     en: On Sundays nobody looks at what you might want to buy, whoever you are and wherever you live.
findings contains {"rule": "ACME-01", "effect": "warn", "facts": [], "args": {}} if {
	input.phase == "requested"
	input.subject.type == "sunday"
}
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "acme.rego").write_text(POLICY)
    return "own"


def test_list_as_json(run: Callable[..., Result]) -> None:
    result = run("policies", "list", "--format", "json")
    rows = json.loads(result.stdout)
    assert result.exit_code == 0
    assert len(rows) == 81
    for row in rows:
        assert list(row) == ["rule", "title", "steps", "phase", "law", "severity"]
        assert row["phase"] in ("requested", "completed", "both")
        assert row["severity"] in ("high", "medium", "low")
        assert set(row["steps"]) <= set(STEPS)
    assert {
        "rule": "R-DM-01",
        "title": "Objection to direct marketing",
        "steps": ["profiling", "recommendation"],
        "phase": "requested",
        "law": "GDPR Art. 21(2)-(3)",
        "severity": "high",
    } in rows
    assert [row["rule"] for row in rows] == sorted(row["rule"] for row in rows)
    assert {row["phase"] for row in rows} == {"requested", "completed", "both"}


def test_list_of_a_step(run: Callable[..., Result]) -> None:
    rows = json.loads(run("policies", "list", "--step", "decision", "--format", "json").stdout)
    assert rows
    assert all("decision" in row["steps"] for row in rows)


def test_list_as_text(run: Callable[..., Result], own: str) -> None:
    result = run("policies", "list", "--policies", own)
    header, first, *_ = result.stdout.splitlines()
    assert header.split() == ["RULE", "SEVERITY", "STEPS", "PHASE", "TITLE", "LAW"]
    assert " ".join(first.split()) == (
        "ACME-01 low profiling requested No profiling on Sundays Handbook"
    )
    assert "\x1b" not in result.stdout


def test_show_as_text(run: Callable[..., Result], own: str) -> None:
    result = run("policies", "show", "acme-01", "--policies", own)
    assert result.stdout == (
        "ACME-01  No profiling on Sundays\n"
        "\n"
        "Nobody is profiled on a Sunday.\n"
        "\n"
        "Law\n"
        "  Handbook  https://intranet.example/handbook\n"
        "\n"
        "Steps     profiling\n"
        "Phase     requested\n"
        "Severity  low\n"
        "Unknown   does not fire\n"
        "File      own/acme.rego\n"
        "\n"
        "Says\n"
        "  en  It is Sunday.\n"
        "      → Wait.\n"
        "      to the person: On Sundays nobody looks at what you might want to buy, whoever you are\n"
        "                     and wherever you live.\n"
        "  fi  On sunnuntai.\n"
    )


def test_show_as_json(run: Callable[..., Result]) -> None:
    found = json.loads(run("policies", "show", "R-ADM-01", "--format", "json").stdout)
    assert (found["rule"], found["phase"], found["steps"]) == ("R-ADM-01", "both", ["decision"])
    assert set(found["messages"]) == {"default", "nobody", "unknown"}


def test_show_every_rule(run: Callable[..., Result]) -> None:
    for row in json.loads(run("policies", "list", "--format", "json").stdout):
        result = run("policies", "show", row["rule"])
        assert result.exit_code == 0
        assert result.stdout.startswith(f"{row['rule']}  {row['title']}\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "R-DM-09",
            "There is no rule 'R-DM-09'. Did you mean 'R-DM-04'? 'aboveboard policies list' has them all.",
        ),
        ("\x1b[2J", "There is no rule '\\x1b[2J'. 'aboveboard policies list' has them all."),
        (
            "runtime.timeout",
            (
                "'runtime.timeout' is no rule but a reserved reason. The engine did not answer in "
                "time (timeout_s)."
            ),
        ),
    ],
)
def test_show_what_is_not_there(run: Callable[..., Result], name: str, message: str) -> None:
    result = run("policies", "show", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith(f"\nError: {message}\n")


def test_broken_policies_are_told_one_a_line(run: Callable[..., Result], own: str) -> None:
    from pathlib import Path

    Path(own, "acme.rego").write_text(POLICY.replace("import future.keywords.not\n", ""))
    result = run("policies", "list", "--policies", own)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "own/acme.rego:1: Add 'import future.keywords.not'" in result.stderr


def test_purposes_of_the_starter(run: Callable[..., Result]) -> None:
    result = run("policies", "purposes")
    assert result.exit_code == 0
    assert result.stdout.endswith("\nRegister of: Starter register.\n")
    rows = json.loads(run("policies", "purposes", "--format", "json").stdout)
    assert [row["purpose"] for row in rows] == list(starter().purposes)
    assert rows[0] == {
        "purpose": "contact_management",
        "title": "Keep contacts of customers and prospects, and follow up",
        "purposes": ["dpv:CustomerRelationshipManagement"],
        "legal_basis": "eu-gdpr:A6-1-f",
        "allowed_categories": list(
            starter().purposes["contact_management"].allowed_categories or ()
        ),
        "retention_days": 730,
    }


def test_purposes_of_an_organisation(run: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "o.yaml").write_text(
        "name: Esimerkki Oy\ncountry: FI\nowner: head_of_sales\ndated: 2026-10-01\n"
        "purposes:\n  lead_scoring:\n    title: Score leads\n    purposes: [dpv:Marketing]\n"
    )
    result = run("policies", "purposes", "--organisation", "o.yaml")
    assert result.stdout == (
        "PURPOSE       LEGAL BASIS  TITLE        MEANS\n"
        "lead_scoring  unknown      Score leads  dpv:Marketing\n"
        "\n"
        "Register of: Esimerkki Oy.\n"
    )
