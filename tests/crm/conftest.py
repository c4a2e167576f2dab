"""Gates for guards, and what they log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from aboveboard import Gate, Settings
from aboveboard.organisation import example


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with capture_logs() as logged:
        yield logged


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate(Settings(), organisation=example())


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Gate]:
    """A gate with a suppression store."""
    settings = Settings.load(
        suppression_store=tmp_path / "s.sqlite", subject_key="of more than sixteen bytes"
    )
    with Gate(settings, organisation=example()) as gate:
        yield gate
