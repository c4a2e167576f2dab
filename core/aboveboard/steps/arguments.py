"""Find the arguments of a call by the paths that events name them with, and cut fields from them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from aboveboard.steps.cutting import CannotCutError, cut
from aboveboard.steps.signature import Signature

__all__ = ["argument", "cut_argument"]

_POSITIONAL_ONLY = inspect.Parameter.POSITIONAL_ONLY
_POSITIONAL = (_POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def argument(
    signature: Signature, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """The value of a parameter, without binding the rest; its default, or None, when not given."""
    parameter = signature.parameters.get(name)
    if parameter is None:
        return None
    if parameter.kind is not _POSITIONAL_ONLY and name in kwargs:
        return kwargs[name]
    position = _position(signature, name)
    if position is not None and position < len(args):
        return args[position]
    return None if parameter.default is inspect.Parameter.empty else parameter.default


def _position(signature: Signature, name: str) -> int | None:
    """Where a parameter stands among the positional ones; None when it is not among them."""
    for position, parameter in enumerate(signature.parameters.values()):
        if parameter.kind not in _POSITIONAL:
            return None
        if parameter.name == name:
            return position
    return None


def cut_argument(
    signature: Signature, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments without one field; the caller's own values are never changed.

    Raises:
        CannotCutError: the field or argument is required.
    """
    end = min((i for i in (path.find("."), path.find("[")) if i >= 0), default=len(path))
    name, rest = path[:end], path[end:]
    parameter = signature.parameters.get(name)
    if parameter is None:
        msg = f"'{path}' has to be cut and is no argument."
        raise CannotCutError(msg)
    if rest:
        value = cut(argument(signature, name, args, kwargs), rest, path)
    elif parameter.default is not inspect.Parameter.empty:
        value = parameter.default
    else:
        msg = f"'{path}' has to be cut and is required. Give it a default, or do not pass it."
        raise CannotCutError(msg)
    position = _position(signature, name)
    only = parameter.kind is _POSITIONAL_ONLY
    if position is not None and position < len(args) and (only or name not in kwargs):
        return (*args[:position], value, *args[position + 1 :]), kwargs
    if not only:
        return args, {**kwargs, name: value}
    # Not given, and by its name it cannot be: the defaults before it are given with it.
    before = [item.default for item in signature.parameters.values()][len(args) : position]
    return (*args, *before, value), kwargs
