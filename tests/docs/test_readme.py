"""Every code block of the README and the docs runs as it stands; see `tests.docs.pages`.

Blocks marked `run by CI` set the project up: `.ci/run` takes them from the README itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from aboveboard.reasons import REASONS
from tests.docs.pages import ROOT, Page, blocks


@pytest.fixture
def environment(opa_binary: Path, tmp_path: Path) -> dict[str, str]:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "opa").symlink_to(opa_binary)
    # Not links: a Python that is reached by a link has lost its virtual environment.
    for name, arguments in (("python", ""), ("aboveboard", "-m aboveboard")):
        script = tools / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        script.chmod(0o755)
    keep = {name: value for name, value in os.environ.items() if "ABOVEBOARD" not in name}
    return {**keep, "PATH": f"{tools}:{os.environ['PATH']}", "NO_COLOR": "1"}


def test_the_readme_runs_from_top_to_bottom(environment: dict[str, str], tmp_path: Path) -> None:
    outputs = Page("README.md", tmp_path / "project", environment).run()
    printed = outputs["score.py"]
    assert "\n80\n" in printed
    shown = next(b.text for b in blocks("README.md") if b.text.startswith("The profiling step"))
    assert " ".join(shown.split()) in " ".join(printed.split())
    assert "exit code 1" in outputs['aboveboard check event.json || echo "exit code $?"']
    assert "opa: 5 passed; embedded: 5 passed." in outputs["aboveboard policies test policies"]
    changed = outputs["aboveboard bundle diff --exit-zero old.tar.gz policies"]
    assert "ESIMERKKI-01" in changed
    assert "> 4" in changed
    replayed = next(text for line, text in outputs.items() if line.startswith("aboveboard replay"))
    assert "Of 3 decisions none would change." in replayed
    served = [text for line, text in outputs.items() if line.startswith("ABOVEBOARD_ENGINE=opa")]
    assert "\n80\n" in served[0]
    assert "engine=opa" in served[0]


def test_ci_runs_what_the_readme_says() -> None:
    commands = [block.text.strip() for block in blocks("README.md") if block.by_ci]
    assert len(commands) == 2
    # The script reads them from the page: there is no second copy to go stale.
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- run by CI -->" in script
    assert not any(command in script for command in commands)


def test_the_example_is_short() -> None:
    (example,) = [b.text for b in blocks("README.md") if b.title == "score.py"]
    lines = [line for line in example.splitlines() if line.strip()]
    assert len(lines) <= 34


def test_the_policy_guide_names_every_load_check() -> None:
    """Its table is the promise; tests/policies/test_loading.py holds each to it."""
    text = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    for word in ("import", "package", "default", "METADATA", "JSON Schema", "calls itself"):
        assert word in text


@pytest.mark.parametrize(
    ("page", "programs"),
    [
        ("docs/detecting.md", 2),
        ("docs/explaining.md", 7),
        ("docs/fairness.md", 5),
        ("docs/plugins.md", 5),
        ("docs/policies.md", 5),
        ("docs/operations.md", 5),
        ("docs/records.md", 7),
        ("docs/replay.md", 6),
        ("docs/workbench.md", 5),
    ],
)
def test_the_guides_run_from_top_to_bottom(
    page: str, programs: int, environment: dict[str, str], tmp_path: Path
) -> None:
    outputs = Page(page, tmp_path / "project", environment).run()
    assert len(outputs) >= programs


def test_the_operations_guide_knows_every_reserved_reason() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [reason for reason in REASONS if f"\n| `{reason}` |" not in text] == []
