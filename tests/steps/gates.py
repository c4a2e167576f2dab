"""Gates with one more rule and with settings of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aboveboard import Gate, Settings
from aboveboard.organisation import example
from tests.policy_writing import write_rule

__all__ = ["gate_with"]


def gate_with(
    directory: Path,
    step: str,
    condition: str = "true",
    *,
    settings: dict[str, Any] | None = None,
    disclose: Any = None,
    plugins: Any = (),
    **rule: Any,
) -> Gate:
    """A gate of the example organisation with rule TEST-01: see `tests.policy_writing`."""
    policies = write_rule(directory / "policies", step, condition, **rule)
    return Gate(
        Settings(**(settings or {})),
        organisation=example(),
        policies=[policies],
        disclose=disclose,
        plugins=plugins,
    )
