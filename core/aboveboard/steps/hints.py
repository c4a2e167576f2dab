"""What an annotation says below its wrappings: the type, its marks, the type of its items."""

from __future__ import annotations

import collections.abc
import types
import typing
from typing import Annotated, Any, NotRequired, Required, Union, get_args, get_origin

from aboveboard.errors import SignatureError
from aboveboard.vocab import NotPersonal

__all__ = ["item_of", "item_of_stream", "unwrap"]

_SEQUENCES = (
    list,
    tuple,
    set,
    frozenset,
    collections.abc.Sequence,
    collections.abc.Collection,
    collections.abc.Set,
)
_STREAMS = (
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
)
_ITERABLES = (collections.abc.Iterable, collections.abc.AsyncIterable)
_QUALIFIERS = (Required, NotRequired, getattr(typing, "ReadOnly", Required))


def unwrap(hint: Any) -> tuple[Any, list[Any], bool]:
    """Type, marks and whether None is allowed, through Annotated, Optional and the like."""
    marks: list[Any] = []
    optional = False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            hint, *found = get_args(hint)
            marks.extend(found)
        elif origin in _QUALIFIERS:
            (hint,) = get_args(hint)
        elif isinstance(hint, typing.NewType):
            hint = hint.__supertype__
        elif hasattr(hint, "__value__"):  # `type Alias = …` of Python 3.12
            hint = hint.__value__
        elif origin in (Union, types.UnionType):
            options = [option for option in get_args(hint) if option is not type(None)]
            optional = optional or len(options) < len(get_args(hint))
            if len(options) != 1:
                return Any, marks, optional
            (hint,) = options
        elif isinstance(hint, types.GenericAlias) and hint.__origin__ is type:
            return type, marks, optional
        else:
            return hint, marks, optional


def item_of(base: Any) -> Any | None:
    """The type of the items of a list, tuple or set; None for anything else."""
    origin, args = get_origin(base), get_args(base)
    if origin in _SEQUENCES and args:
        return args[0] if origin is not tuple or args[1:] in ((), (...,)) else None
    return None


def item_of_stream(hint: Any, name: str, *, yields: bool, collects: bool) -> Any | None:
    """The type of the items of an iterator or generator; None for anything else.

    Raises:
        SignatureError: a generator function is annotated as something else, or data would go in
            with `send` or out with `return`, where nobody looks.
    """
    base, marks, _ = unwrap(hint)
    origin, args = get_origin(base) or base, get_args(base)
    if origin not in _STREAMS and not (yields and origin in _ITERABLES):
        if not yields:
            return None
        msg = (
            f"'{name}' gives out items and is not annotated as what does. Annotate it with "
            "Iterator[…] or AsyncIterator[…] of what an item is."
        )
        raise SignatureError(msg)
    sent = args[1] if len(args) > 1 else None
    returned = args[2] if len(args) > 2 else None
    for other, how in ((sent, "is sent into"), (returned if collects else None, "is returned by")):
        if other not in (None, type(None)) and NotPersonal not in unwrap(other)[1]:
            msg = (
                f"What {how} '{name}' is no item, so that no event would show it. Make it None, or "
                "mark it NotPersonal."
            )
            raise SignatureError(msg)
    item = args[0] if args else Any
    return Annotated[item, NotPersonal] if NotPersonal in marks else item
