"""`aboveboard refusals`: who refused what, and what is still to be done."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aboveboard.suppression import SqliteStore

if TYPE_CHECKING:
    from click.testing import Result

Run = Callable[..., "Result"]
WHO = "hubspot/contacts/42"


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ABOVEBOARD_SUPPRESSION_STORE", str(tmp_path / "s.sqlite"))
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", "sixteen bytes or more")
    return tmp_path / "s.sqlite"


def test_refuse_show_lift(run: Run, named: Path) -> None:
    assert run("refusals", "show", WHO).stdout == "Nothing is refused.\n"
    assert run("refusals", "refuse", WHO, "email").stdout == "Refused: email.\n"
    shown = run("refusals", "show", WHO, "hubspot/contacts/43")
    assert shown.exit_code == 1
    assert shown.stdout.split()[:5] == ["PERSON", "SCOPE", "SINCE", WHO, "email"]
    rows = json.loads(run("refusals", "show", WHO, "--format", "json").stdout)
    assert [(row["person"], row["scope"]) for row in rows] == [(WHO, "email")]
    assert rows[0]["since"].endswith("Z")
    assert run("refusals", "lift", WHO, "email").stdout == "Lifted: email.\n"
    assert run("refusals", "show", WHO).exit_code == 0
    assert WHO.encode() not in named.read_bytes()


def test_duties_until_done(run: Run, named: Path) -> None:
    assert run("refusals", "duties").stdout == "Nothing is to be done.\n"
    store = SqliteStore(named)
    store.demand("erase", "k1:" + "a" * 32, "R-RET-01", ["mail", "name"], datetime.now(UTC))
    store.close()
    result = run("refusals", "duties")
    assert result.exit_code == 1
    assert "mail, name" in result.stdout
    (row,) = json.loads(run("refusals", "duties", "--format", "json").stdout)
    assert (row["kind"], row["rule"], row["fields"]) == ("erase", "R-RET-01", ["mail", "name"])
    assert run("refusals", "done", str(row["id"])).stdout == f"Done: {row['id']}.\n"
    again = run("refusals", "done", str(row["id"]))
    assert (again.exit_code, "No duty has the id" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("refuse", WHO, "emial"), "Did you mean 'email'?"),
        (("refuse", WHO, "zzzz"), "There are automated_call"),
        (("done", "x"), "is not a valid integer"),
        (("show",), "Missing argument"),
    ],
)
def test_bad_input_is_one_message(run: Run, arguments: tuple[str, ...], problem: str) -> None:
    result = run("refusals", *arguments)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_without_store_or_key_it_says_what_to_set(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ABOVEBOARD_SUBJECT_KEY")
    result = run("refusals", "show", WHO)
    assert (result.exit_code, "Set subject_key" in result.stderr) == (2, True)
    monkeypatch.delenv("ABOVEBOARD_SUPPRESSION_STORE")
    result = run("refusals", "show", WHO)
    assert (result.exit_code, "Give --store" in result.stderr) == (2, True)
    (tmp_path / "other").write_text("no database at all, and long enough not to be one" * 50)
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", "sixteen bytes or more")
    result = run("refusals", "show", WHO, "--store", "other")
    assert (result.exit_code, "cannot be opened" in result.stderr) == (2, True)
