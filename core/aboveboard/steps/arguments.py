"""Find the arguments of a call by the paths that events name them with, and cut fields from them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from aboveboard.steps.cutting import CannotCutError, cut
from aboveboard.steps.signature import Signature

__all__ = ["argument", "cut_argument", "split", "values_at", "with_argument"]

_BY_PLACE = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def split(path: str) -> tuple[str, str]:
    """The parameter (or `result`) that a path begins with, and the rest: `("leads", "[].email")`."""
    end = min((i for i in (path.find("."), path.find("[")) if i >= 0), default=len(path))
    return path[:end], path[end:]


def values_at(value: Any, rest: str) -> Iterator[Any]:
    """Every value at a path below a value; none where something on the way is None or missing."""
    if value is None or not rest:
        if value is not None:
            yield value
        return
    if rest.startswith("[]"):
        if not isinstance(value, list | tuple | set | frozenset):
            yield value  # whatever it holds, it is not nothing
            return
        for item in value:
            yield from values_at(item, rest[2:])
        return
    name, below = split(rest[1:])
    inner = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    yield from values_at(inner, below)


def argument(
    signature: Signature, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Any:
    """The value of a parameter, without binding the rest."""
    parameter = signature.parameters.get(name)
    # The name of a positional-only parameter may stand among those of **kwargs, as another's.
    by_place_only = parameter is not None and parameter.kind is inspect.Parameter.POSITIONAL_ONLY
    if name in kwargs and not by_place_only:
        return kwargs[name]
    place = _place(signature, name)
    if place is not None and place < len(args):
        return args[place]
    if parameter is None or parameter.default is inspect.Parameter.empty:
        return None
    return parameter.default


def _place(signature: Signature, name: str) -> int | None:
    """Where a parameter stands among those that are passed by place; None when it is not."""
    for place, parameter in enumerate(signature.parameters.values()):
        if parameter.kind not in _BY_PLACE:
            return None
        if parameter.name == name:
            return place
    return None


def with_argument(
    signature: Signature, name: str, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with another value for one of them."""
    place = _place(signature, name)
    kind = signature.parameters[name].kind
    only = kind is inspect.Parameter.POSITIONAL_ONLY
    if (only or name not in kwargs) and place is not None and place < len(args):
        return (*args[:place], value, *args[place + 1 :]), kwargs
    if not only:
        return args, {**kwargs, name: value}
    # Not given, and by its name it cannot be: the defaults before it are given with it.
    before = [item.default for item in signature.parameters.values()][len(args) : place]
    return (*args, *before, value), kwargs


def cut_argument(
    signature: Signature, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments without one field; the caller's own values are never changed.

    Raises:
        CannotCutError: the field or argument is required.
    """
    name, rest = split(path)
    parameter = signature.parameters.get(name)
    if parameter is None:
        msg = f"'{path}' has to be cut and is no argument."
        raise CannotCutError(msg)
    if rest:
        value = cut(argument(signature, name, args, kwargs), rest, path)
    elif parameter.default is not inspect.Parameter.empty:
        value = parameter.default
    elif any(item.path == name and item.cuttable for item in signature.arguments):
        value = None
    else:
        msg = f"'{path}' has to be cut and is required. Give it a default, or do not pass it."
        raise CannotCutError(msg)
    return with_argument(signature, name, value, args, kwargs)
