"""Tryton's records: fields of related records stand in them under `party.`, nested.

    {"id": 5, "state": "lead", "party.": {"id": 3, "name": …, "categories.": [{"id": 1, "name": …}]}}

Here each field has one flat name, as it is asked for: `party.categories.name`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["flat", "prune", "take_out"]


def flat(item: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Names and values of a record; of several related records the values make a list."""
    found: dict[str, Any] = {}
    for key, value in item.items():
        if not key.endswith("."):
            if not (prefix and key == "id"):
                found[prefix + key] = value
            continue
        several = isinstance(value, list)
        for related in _related(value):
            for name, inner in flat(related, prefix + key).items():
                if not several:
                    found[name] = inner
                elif isinstance(inner, list):
                    found.setdefault(name, []).extend(inner)
                else:
                    found.setdefault(name, []).append(inner)
    return found


def prune(item: dict[str, Any], asked: Iterable[str]) -> None:
    """Leave of a record what was asked for, and its id."""
    names = set(asked)
    below: dict[str, set[str]] = {}
    for name in names:
        first, dot, rest = name.partition(".")
        if dot:
            below.setdefault(f"{first}.", set()).add(rest)
    for key in list(item):
        if key in below:
            for related in _related(item[key]):
                prune(related, below[key])
        elif key != "id" and key not in names:
            del item[key]


def take_out(item: dict[str, Any], name: str) -> None:
    """Take one field out of a record, by its flat name."""
    first, dot, rest = name.partition(".")
    if not dot:
        item.pop(name, None)
        return
    for related in _related(item.get(f"{first}.")):
        take_out(related, rest)


def _related(value: Any) -> Iterator[dict[str, Any]]:
    for related in value if isinstance(value, list) else [value]:
        if isinstance(related, dict):
            yield related
