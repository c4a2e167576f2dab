"""Gates with one more rule and with settings of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aboveboard import Gate, Settings
from aboveboard.organisation import Organisation, example
from tests.policy_writing import write_rule

__all__ = ["gate_with", "uncounted"]


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


def uncounted() -> Organisation:
    """The example organisation, without the number of people that the scoring of leads covers."""
    known = example()
    entry = known.purposes["lead_scoring"].model_copy(update={"records": None})
    return known.model_copy(update={"purposes": {**known.purposes, "lead_scoring": entry}})
