"""Cut fields out of values: what a `redact` obligation demands.

A mapping's key goes; a model's field becomes its default, or None where the type allows. The value
itself is never changed: a copy without the field takes its place.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

__all__ = ["CannotCutError", "change", "cut"]


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
        # Below a list of plain values there is nothing to cut but the values.
        items = [cut(item, path[2:], full) for item in value] if path != "[]" else []
        return _rebuilt(value, items, full)
    name, dot, rest = path.removeprefix(".").partition(".")
    bracket = name.find("[")
    if bracket >= 0:
        rest, dot = name[bracket:] + dot + rest, "."
        name = name[:bracket]
    if dot:
        return _with(value, name, cut(_get(value, name), _below(rest), full), full)
    return _without(value, name, full)


def change(value: Any, path: str, leaf: Callable[[Any], Any], full: str) -> Any:
    """A copy of a value with what stands at a path changed; the value itself if nothing is.

    Args:
        value: a model, dataclass, mapping, or a list, tuple or set of those.
        path: below the value, as for `cut`; empty for the value itself.
        leaf: gives the new value for an old one.
        full: the whole path, for the error.
    """
    if value is None:
        return None
    if not path:
        return leaf(value)
    if path.startswith("[]"):
        if not isinstance(value, list | tuple | set | frozenset):
            raise _cannot(full, "is in what is no list")  # an iterator would be used up here
        items = [change(item, path[2:], leaf, full) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else _rebuilt(value, items, full)
    end = min((i for i in (path.find(".", 1), path.find("[")) if i > 0), default=len(path))
    name, rest = path[1:end], path[end:]
    old = _get(value, name)
    new = change(old, rest, leaf, full)
    return value if new is old else _with(value, name, new, full)


def _rebuilt(value: Any, items: list[Any], full: str) -> Any:
    try:
        return type(value)(items)
    except Exception:  # a container of their own, which is made otherwise
        raise _cannot(full, "is in a list that cannot be copied") from None


def _below(rest: str) -> str:
    return rest if rest.startswith("[") else f".{rest}"


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _with(value: Any, name: str, inner: Any, full: str) -> Any:
    if isinstance(value, BaseModel):
        return _changed(value, name, inner)
    if isinstance(value, Mapping):
        return {**value, name: inner} if name in value else value
    if is_dataclass(value) and not isinstance(value, type):
        return _replaced(value, name, inner, full)
    raise _cannot(full, "is in a value of an unknown kind")


def _without(value: Any, name: str, full: str) -> Any:
    if isinstance(value, Mapping):
        return {key: item for key, item in value.items() if key != name}
    if isinstance(value, BaseModel):
        info = type(value).model_fields.get(name)
        if info is None:
            return value
        if info.default_factory is not None:
            return _changed(value, name, _made(value, name, full))
        if info.default is not PydanticUndefined:
            return _changed(value, name, copy.copy(info.default))
        if allows_none(info.annotation):
            return _changed(value, name, None)
        raise _cannot(full, "is required and may not be None")
    if is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            if item.name == name:
                return _replaced(value, name, _default(value, item, full), full)
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


def _made(model: BaseModel, name: str, full: str) -> Any:
    """What the field's default factory makes; it may look at the fields, but not at this one."""
    rest = {key: value for key, value in model.__dict__.items() if key != name}
    try:
        return (
            type(model)
            .model_fields[name]
            .get_default(call_default_factory=True, validated_data=rest)
        )
    except Exception:
        raise _cannot(full, "has a default factory that failed") from None


def _changed(model: BaseModel, name: str, inner: Any) -> BaseModel:
    twin = model.model_copy(update={name: inner})
    for key in twin.__dict__.keys() - type(model).model_fields.keys():
        del twin.__dict__[key]  # a cached property may have been made from the field
    return twin


def _replaced(value: Any, name: str, inner: Any, full: str) -> Any:
    if next(item.init for item in fields(value) if item.name == name):
        try:
            return replace(value, **{name: inner})
        except Exception:  # whatever its __post_init__ raises, and it may quote values
            raise _cannot(full, "its class refuses to be without it") from None
    twin = copy.copy(value)
    object.__setattr__(twin, name, inner)
    cached = getattr(twin, "__dict__", {})
    for key in cached.keys() - {item.name for item in fields(value)}:
        del cached[key]
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
