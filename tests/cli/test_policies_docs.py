"""`aboveboard policies docs`: the rules as a book."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def test_markdown_without_a_file(run: Callable[..., Result]) -> None:
    result = run("policies", "docs")
    assert result.exit_code == 0
    assert result.stdout.startswith("# Rules\n")
    assert "R-DM-01" in result.stdout


def test_a_file_says_by_its_name_what_it_is(run: Callable[..., Result]) -> None:
    assert run("policies", "docs", "-o", "rules.html").stdout.startswith("rules.html: ")
    assert Path("rules.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run("policies", "docs", "--format", "markdown", "-o", "a.html").exit_code == 0
    assert Path("a.html").read_text(encoding="utf-8").startswith("# Rules")


def test_where_nothing_can_be_written(run: Callable[..., Result]) -> None:
    result = run("policies", "docs", "-o", "gone/rules.html")
    assert result.exit_code == 2
    assert "'gone/rules.html' cannot be written (No such file or directory)." in result.stderr
