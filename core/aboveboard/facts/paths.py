"""Dotted paths of facts: the names that rules, findings, schema and command line share.

`consent[].status` is the status of any consent; where one item is meant, its number stands in
place of the brackets: `consent.0.status` or `consent[0].status`.
"""

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from aboveboard.facts.base import MAX_ITEMS, FactGroup
from aboveboard.facts.derived import group_type
from aboveboard.facts.steps import STEP_FACTS, Step
from aboveboard.nearest import nearest

__all__ = ["fact_paths", "known_path", "nearest_path", "set_path"]

_INDEX = re.compile(r"\[([0-9]+)\]|\.([0-9]+)(?=\.|$)", re.ASCII)
_BRACKETS = re.compile(r"\[([0-9]+)\]", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)


@cache
def fact_paths(step: Step) -> Mapping[str, str]:
    """Every dotted path of a step's facts and its description, groups before what they hold.

    A list of groups stands twice over: as `consent` (the list, which may be unknown) and in the
    paths of its items, `consent[].status`.
    """
    paths: dict[str, str] = {}
    _walk(STEP_FACTS[step], "", paths)
    return MappingProxyType(paths)


def _walk(model: type[FactGroup], prefix: str, paths: dict[str, str]) -> None:
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        paths[path] = field.description or ""
        inner, many = group_type(field.annotation)
        if inner is not None:
            _walk(inner, f"{path}[]." if many else f"{path}.", paths)


def known_path(step: Step, dotted: str) -> bool:
    """Whether the step has such a fact; numbered items count as any item."""
    return _any_item(dotted) in fact_paths(step)


def nearest_path(step: Step, dotted: str) -> str | None:
    """The path that was probably meant: the same last name elsewhere, or the closest spelling."""
    wanted = _any_item(dotted)
    paths = fact_paths(step)
    last = wanted.rpartition(".")[2]
    same = [path for path in paths if path.rpartition(".")[2] == last]
    return same[0] if len(same) == 1 else nearest(wanted, same or paths)


def _any_item(dotted: str) -> str:
    return _INDEX.sub("[]", dotted)


def set_path(mapping: dict[str, Any], dotted: str, value: Any) -> None:
    """Set one fact in nested dicts and lists, making those on the way that are missing.

    Args:
        mapping: facts as plain data, changed in place; an error leaves it as it was.
        dotted: such as `subject.country`; items of lists by number, `consent.0.status`, where
            the first free number adds an item.
        value: the value as plain data.

    Raises:
        ValueError: the path is malformed, skips an item or leads through something that is
            neither a group nor a list.
    """
    parts = _parts(dotted)
    _check(mapping, parts, dotted)
    here: Any = mapping
    for part, following in pairwise(parts):
        below = _get(here, part)
        if below is None:
            below = [] if isinstance(following, int) else {}
            _put(here, part, below)
        here = below
    _put(here, parts[-1], value)


def _parts(dotted: str) -> list[str | int]:
    if "[]" in dotted:
        example = dotted.replace("[]", ".0")
        msg = f"Path {dotted!r} means any item. Number the item: {example!r}."
        raise ValueError(msg)
    parts: list[str | int] = []
    for part in _BRACKETS.sub(r".\1", dotted).split("."):
        if _NUMBER.fullmatch(part):
            parts.append(int(part))
        elif _NAME.fullmatch(part):
            parts.append(part)
        else:
            msg = f"Path {dotted!r} is malformed. Write names and numbers with dots between them."
            raise ValueError(msg)
    if _NUMBER.fullmatch(dotted.partition(".")[0]):
        msg = f"Path {dotted!r} begins with a number. Begin with a group, such as 'consent.0'."
        raise ValueError(msg)
    return parts


def _check(mapping: dict[str, Any], parts: list[str | int], dotted: str) -> None:
    here: Any = mapping
    for depth, part in enumerate(parts):
        where = ".".join(map(str, parts[:depth]))
        if isinstance(part, str):
            if here is not None and not isinstance(here, dict):
                kind = "list" if isinstance(here, list) else "value"
                msg = f"Path {dotted!r}: {where!r} is a {kind}, it has no {part!r}."
                raise ValueError(msg)
        else:
            if here is not None and not isinstance(here, list):
                msg = f"Path {dotted!r}: {where!r} is not a list, it has no item {part}."
                raise ValueError(msg)
            free = len(here or ())
            if part > free or part >= MAX_ITEMS:
                msg = f"Path {dotted!r}: {where!r} has {free} items. Use a number up to {free}."
                raise ValueError(msg)
        here = _get(here, part)


def _get(here: Any, part: str | int) -> Any:
    if isinstance(here, dict):
        return here.get(part)
    if isinstance(here, list) and isinstance(part, int) and part < len(here):
        return here[part]
    return None


def _put(here: Any, part: str | int, value: Any) -> None:
    # A slice, so that the first free number adds an item and any other replaces one.
    if isinstance(part, int):
        here[part : part + 1] = [value]
    else:
        here[part] = value
