"""Cut fields out of values: what a `redact` obligation demands.

A mapping's key goes; a model's field becomes its default, or None where the type allows. The value
itself is never changed: a copy without the field takes its place.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

__all__ = ["CannotCutError", "cut"]


class CannotCutError(ValueError):
    """A field cannot be taken out without breaking its type; the text names it."""


def cut(value: Any, path: str, full: str | None = None) -> Any:
    """A copy of a value without one field.

    Args:
        value: a model, dataclass, mapping, or a list, tuple or set of those.
        path: below the value: `.email`, `[].email`, `.company.vat`.
        full: the whole path, for the error.

    Raises:
        CannotCutError: the field is required and may not be None.
    """
    full = full or path
    if value is None:
        return None
    if path.startswith("[]"):
        if not isinstance(value, list | tuple | set | frozenset):
            raise _cannot(full, "is no list")
        items = [cut(item, path[2:], full) for item in value]
        return type(value)(items)
    name, dot, rest = path.removeprefix(".").partition(".")
    bracket = name.find("[")
    if bracket >= 0:
        rest, dot = name[bracket:] + dot + rest, "."
        name = name[:bracket]
    if dot:
        return _with(value, name, cut(_get(value, name), _below(rest), full), full)
    return _without(value, name, full)


def _below(rest: str) -> str:
    return rest if rest.startswith("[") else f".{rest}"


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _with(value: Any, name: str, inner: Any, full: str) -> Any:
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: inner})
    if isinstance(value, Mapping):
        return {**value, name: inner} if name in value else value
    if is_dataclass(value) and not isinstance(value, type):
        return _replaced(value, name, inner)
    raise _cannot(full, "is in a value of an unknown kind")


def _without(value: Any, name: str, full: str) -> Any:
    if isinstance(value, Mapping):
        return {key: item for key, item in value.items() if key != name}
    if isinstance(value, BaseModel):
        info = type(value).model_fields.get(name)
        if info is None:
            return value
        if info.default_factory is not None:
            return value.model_copy(update={name: info.get_default(call_default_factory=True)})
        if info.default is not PydanticUndefined:
            return value.model_copy(update={name: copy.copy(info.default)})
        if allows_none(info.annotation):
            return value.model_copy(update={name: None})
        raise _cannot(full, "is required and may not be None")
    if is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            if item.name == name:
                return _replaced(value, name, _default(value, item, full))
        return value
    raise _cannot(full, "is in a value of an unknown kind")


def _default(value: Any, item: Any, full: str) -> Any:
    if item.default is not MISSING:
        return item.default
    if item.default_factory is not MISSING:
        return item.default_factory()
    if allows_none(get_type_hints(type(value)).get(item.name)):
        return None
    raise _cannot(full, "is required and may not be None")


def _replaced(value: Any, name: str, inner: Any) -> Any:
    if next(item.init for item in fields(value) if item.name == name):
        return replace(value, **{name: inner})
    twin = copy.copy(value)
    object.__setattr__(twin, name, inner)
    return twin


def allows_none(hint: Any) -> bool:
    """True when None is a value of the annotated type."""
    if hint is None or hint is type(None):
        return True
    if get_origin(hint) in (Union, types.UnionType):
        return any(allows_none(option) for option in get_args(hint))
    if hasattr(hint, "__metadata__"):
        return allows_none(get_args(hint)[0])
    return False


def _cannot(full: str, why: str) -> CannotCutError:
    return CannotCutError(
        f"'{full}' has to be cut and {why}. Give it a default, or do not collect it."
    )
