"""Where a record stood, and lists of places that stay short."""

from __future__ import annotations

from typing import Any

__all__ = ["MAX_LISTED", "place_order"]

MAX_LISTED = 100
"""So many bad lines and so many drifted records are listed; all are counted."""


def place_order(place: str) -> tuple[str, int]:
    """Sorts `file:9` before `file:10`."""
    file, _, number = place.rpartition(":")
    return (file, int(number)) if number.isdecimal() and len(number) < 19 else (place, 0)


def first(items: list[Any]) -> list[Any]:
    """The first of a list by place, each once as often as it is there."""
    return sorted(items, key=lambda item: (*place_order(item.place), item.sort_text))[:MAX_LISTED]
