"""Facts and decorators that the tests of steps share."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from aboveboard import profiling

__all__ = ["ASKED", "scoring"]

ASKED: dict[str, Any] = {
    "objections": {"profiling": False, "direct_marketing": False},
    "notice": {"delivered_at": datetime(2026, 9, 1, tzinfo=UTC)},
}
"""The person was told, the register was asked, nobody objects: `lead_scoring` is then allowed."""

scoring = partial(profiling, purpose="lead_scoring", model="propensity-3.1", facts=ASKED)
"""A profiling step that passes, unless the arguments say otherwise."""
