"""docs/enforcement.md is what the cases say, and shows what became of each decision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.policies.enforcement.cases import CASES
from tools import enforcement

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_page_is_what_the_cases_say() -> None:
    message = "run 'python -m tools.enforcement'"
    assert enforcement.PAGE.read_text(encoding="utf-8") == enforcement.page(), message


def test_every_case_has_its_line_with_its_status() -> None:
    text = enforcement.page()
    rows = re.findall(r"^\| (?!case|step|-).* \|$", text.partition("## How")[0], re.MULTILINE)
    assert len(rows) == len(CASES)
    for row, case in zip(rows, CASES, strict=True):
        assert case.company in row
        assert row.endswith(
            "| stands, as far as known |" if case.stands else f"**{case.status}** |"
        )
        rules = {item.split(":")[0] for trial in case.tried for item in trial.expected}
        assert all(rule in row for rule in rules)


def test_a_page_that_is_out_of_date_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(enforcement, "PAGE", tmp_path / "enforcement.md")
    monkeypatch.setattr("sys.argv", ["enforcement", "--check"])
    assert enforcement.main() == 1
    assert "run 'python -m tools.enforcement'" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["enforcement"])
    assert enforcement.main() == 0
    monkeypatch.setattr("sys.argv", ["enforcement", "--check"])
    assert enforcement.main() == 0
