"""Find the arguments of a call by the paths that events name them with, and cut fields from them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from aboveboard.steps.cutting import CannotCutError, cut
from aboveboard.steps.signature import Signature

__all__ = ["argument", "cut_argument"]


def argument(
    signature: Signature, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """The value of a parameter, without binding the rest."""
    if name in kwargs:
        return kwargs[name]
    for position, parameter in enumerate(signature.parameters.values()):
        if parameter.name == name:
            if position < len(args):
                return args[position]
            return None if parameter.default is inspect.Parameter.empty else parameter.default
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
    position = next((i for i, item in enumerate(signature.parameters) if item == name), None)
    if position is None:
        msg = f"'{path}' has to be cut and is no argument."
        raise CannotCutError(msg)
    parameter = signature.parameters[name]
    if rest:
        value = cut(argument(signature, name, args, kwargs), rest, path)
    elif parameter.default is not inspect.Parameter.empty:
        value = parameter.default
    else:
        msg = f"'{path}' has to be cut and is required. Give it a default, or do not pass it."
        raise CannotCutError(msg)
    if name not in kwargs and position < len(args):
        return (*args[:position], value, *args[position + 1 :]), kwargs
    return args, {**kwargs, name: value}
