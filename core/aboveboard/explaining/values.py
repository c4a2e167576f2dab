"""What an event holds at a dotted path, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["found_at", "recorded"]

_SHOWN = 6
_LONGEST = 200


def recorded(facts: dict[str, Any], path: str) -> tuple[str, ...]:
    """The values at a path, as JSON; none when it is unknown.

    Args:
        facts: of an event, as plain JSON.
        path: such as `subject.country`; `fields[].categories` gives that of each field, with its
            number.
    """
    found = [
        f"{where}{_short(json.dumps(value, ensure_ascii=False))}"
        for where, value in _walk(facts, path.split("."), "")
    ]
    if len(found) > _SHOWN:
        return (*found[:_SHOWN], f"… and {len(found) - _SHOWN} more")
    return tuple(found)


def found_at(facts: dict[str, Any], path: str) -> tuple[Any, ...]:
    """The values at a path as they are, of all items of lists."""
    return tuple(value for _, value in _walk(facts, path.split("."), ""))


def _walk(here: Any, parts: list[str], where: str) -> Iterator[tuple[str, Any]]:
    if not parts:
        yield where, here
        return
    name, items, _ = parts[0].partition("[")
    value = here.get(name) if isinstance(here, dict) else None
    if value is None:
        return
    if not items or not isinstance(value, list):
        yield from _walk(value, parts[1:], where)
        return
    for number, item in enumerate(value):
        called = item.get("name") if isinstance(item, dict) else None
        yield from _walk(item, parts[1:], f"{where}{called or number}: ")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
