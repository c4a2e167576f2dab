"""Bring facts of several sources together: fill what is unknown, never contradict silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

__all__ = ["as_mapping", "merge"]


def as_mapping(facts: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """Facts as a nested mapping of what is known; dotted keys (`"ai.model"`) are unfolded.

    Raises:
        ValueError: a dotted key runs into a value that is no group.
    """
    if isinstance(facts, BaseModel):
        return facts.model_dump(exclude_none=True)
    found: dict[str, Any] = {}
    for key, value in facts.items():
        *groups, last = str(key).split(".")
        here = found
        for group in groups:
            here = here.setdefault(group, {})
            if not isinstance(here, dict):
                msg = f"Fact '{key}' runs into a value at '{group}'."
                raise ValueError(msg)  # noqa: TRY004  (the key is wrong, not a type)
        value = as_mapping(value) if isinstance(value, Mapping | BaseModel) else value
        if isinstance(value, dict) and isinstance(here.get(last), dict):
            merge(here[last], value)
        else:
            here[last] = value
    return found


def merge(into: dict[str, Any], more: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Fill what `into` does not know with what `more` does.

    Args:
        into: nested facts; changed in place.
        more: nested facts of a later source; None is unknown.
        prefix: dotted path of `into`, for the result.

    Returns:
        Dotted paths where the two say different things; `into` keeps its own.
    """
    conflicts: list[str] = []
    for key, value in more.items():
        if value is None:
            continue
        known = into.get(key)
        if isinstance(value, Mapping):
            if known is None:
                known = into[key] = {}
            if isinstance(known, dict):
                conflicts += merge(known, value, f"{prefix}{key}.")
            else:
                conflicts.append(prefix + key)
        elif known is None:
            into[key] = value
        elif not _same(known, value):
            conflicts.append(prefix + key)
    return conflicts


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return type(one) is type(other) and bool(one == other)
