"""Which gate is the default one in this thread or task."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.gate import Gate

__all__ = ["ACTIVE"]

ACTIVE: ContextVar[Gate | None] = ContextVar("aboveboard_gate", default=None)
"""Set by `Gate.active()`, read by `default_gate()`."""
