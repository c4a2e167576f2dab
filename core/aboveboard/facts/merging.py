"""Bring facts of several sources together: fill what is unknown, never contradict silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from aboveboard.facts.steps import StepFacts

__all__ = ["as_mapping", "fill", "merge"]

S = TypeVar("S", bound=StepFacts)


def as_mapping(facts: Mapping[str, Any] | BaseModel) -> dict[str, Any]:
    """Facts as a nested mapping of what is known; dotted keys (`"ai.model"`) are unfolded.

    Raises:
        ValueError: a dotted key runs into a value that is no group.
        TypeError: a key is no text.
    """
    if isinstance(facts, BaseModel):
        return facts.model_dump(exclude_none=True)
    found: dict[str, Any] = {}
    for key, given in facts.items():
        if not isinstance(key, str):
            msg = "The name of a fact is a text."
            raise TypeError(msg)
        here, last = found, key
        if "." in key:
            *groups, last = key.split(".")
            for group in groups:
                here = here.setdefault(group, {})
                if not isinstance(here, dict):
                    msg = f"Fact '{key}' runs into a value at '{group}'."
                    raise ValueError(msg)  # noqa: TRY004  (the key is wrong, not a type)
        value = as_mapping(given) if isinstance(given, dict | Mapping | BaseModel) else given
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
        if isinstance(value, dict):
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


def fill(facts: S, more: dict[str, Any]) -> tuple[S, list[str]]:
    """A step's facts with further ones: only the groups that `more` touches are validated.

    Args:
        facts: validated facts.
        more: nested facts, as `as_mapping` gives them.

    Returns:
        The new facts and the dotted paths on which the two contradict each other.

    Raises:
        pydantic.ValidationError: `more` holds what are no facts of this step.
    """
    model = type(facts)
    given = model.model_validate(more)
    changed: dict[str, Any] = {}
    conflicts: list[str] = []
    for name in given.model_fields_set:
        new, known = getattr(given, name), getattr(facts, name)
        if new is None or new == known:
            continue
        if known is None:
            changed[name] = new
        elif isinstance(new, BaseModel):
            changed[name] = _joined(known, new, f"{name}.", conflicts)
        else:
            conflicts.append(name)
    return (facts.model_copy(update=changed) if changed else facts), conflicts


def _joined(known: Any, more: Any, prefix: str, conflicts: list[str]) -> Any:
    changed: dict[str, Any] = {}
    for name in more.model_fields_set:
        new, old = getattr(more, name), getattr(known, name)
        if new is None or new == old:
            continue
        if old is None:
            changed[name] = new
        elif isinstance(new, BaseModel):
            changed[name] = _joined(old, new, f"{prefix}{name}.", conflicts)
        else:
            conflicts.append(prefix + name)
    return known.model_copy(update=changed) if changed else known


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return type(one) is type(other) and bool(one == other)
