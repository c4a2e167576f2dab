"""Gaps: what a recorder could not write, as it says itself among its records."""

from __future__ import annotations

import json

__all__ = ["NO_GAP", "missing_in"]

NO_GAP = "expected a record, or the number of those that are missing."
"""What is wrong with a line that begins as one and is none."""


def missing_in(text: bytes) -> int | None:
    """How many records a line says are missing; None when it does not say so."""
    try:
        missing = json.loads(text)["gap"]["missing"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return missing if type(missing) is int and missing > 0 else None
