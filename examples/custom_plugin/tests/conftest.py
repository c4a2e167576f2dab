"""A gate that has the plugin, whether it is installed or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from acme_aboveboard import plugin

from aboveboard import Settings

pytest_plugins = ["aboveboard.testing.pytest_plugin"]

KEY = "a key of sixteen bytes or more"


@pytest.fixture
def aboveboard_gate_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    monkeypatch.setenv("ACME_CRM_EXPORT", str(Path(__file__).parents[1] / "crm_export.csv"))
    monkeypatch.setenv("ACME_JOURNAL", str(tmp_path / "journal.jsonl"))
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", KEY)
    settings = Settings.load(plugins=(), sinks="inline")
    return {"settings": settings, "plugins": [plugin]}
