"""What is decorated: plain, coroutine or generator function, method, partial, context manager."""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
from collections.abc import Callable, Generator
from typing import Any, Literal

from aboveboard.errors import SignatureError

__all__ = ["dressed", "kind_of", "refuse", "rewrapped"]

Kind = Literal["plain", "coroutine", "generator", "async generator"]


def rewrapped(thing: Any, decorate: Callable[[Any], Any]) -> Any | None:
    """The decorated function inside what wraps it; None when nothing does.

    A static or class method, a partial and a `contextlib.contextmanager` are governed below: there
    the arguments that a partial has fixed are judged too, and a context manager when it is entered.
    """
    if isinstance(thing, staticmethod | classmethod):
        return type(thing)(decorate(thing.__func__))
    if isinstance(thing, functools.partialmethod):
        return functools.partialmethod(decorate(thing.func), *thing.args, **thing.keywords)
    if isinstance(thing, functools.partial):
        return functools.partial(decorate(thing.func), *thing.args, **thing.keywords)
    code = getattr(thing, "__code__", None)
    if code is _MANAGER:
        return contextlib.contextmanager(decorate(thing.__wrapped__))
    if code is _ASYNC_MANAGER:
        return contextlib.asynccontextmanager(decorate(thing.__wrapped__))
    return None


def refuse(thing: Any, step: str) -> None:
    """Raise SignatureError for what cannot be governed, and say what to do."""
    if isinstance(thing, property):
        msg = f"@{step} takes a function; got property. Decorate the function below @property."
    elif isinstance(thing, type) or not callable(thing):
        msg = f"@{step} takes a function; got {type(thing).__name__}."
    elif isinstance(thing, _BUILT_IN):
        msg = (
            f"'{thing.__qualname__}' is built in and says nothing of its arguments. Decorate a "
            "function of your own that calls it."
        )
    else:
        try:
            inspect.signature(thing)
        except (TypeError, ValueError):  # an itemgetter, an object of a C extension
            msg = (
                f"'{type(thing).__qualname__}' says nothing of its arguments. Decorate a function "
                "of your own that calls it."
            )
        else:
            return
    raise SignatureError(msg)


def kind_of(function: Callable[..., Any]) -> Kind:
    """What calling it gives; of an object, what its `__call__` gives."""
    called: Any = function
    if not inspect.isroutine(function):
        called = inspect.unwrap(type(function).__call__)
    if inspect.iscoroutinefunction(called) or inspect.iscoroutinefunction(function):
        return "coroutine"
    if inspect.isgeneratorfunction(called):
        return "generator"
    if inspect.isasyncgenfunction(called):
        return "async generator"
    return "plain"


def dressed(wrapper: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """The wrapper with name, docstring, annotations and signature of what it wraps."""
    if inspect.isroutine(function) or hasattr(function, "__name__"):
        return functools.wraps(function)(wrapper)
    # An object that is called: its attributes are its own, its name is its class's.
    functools.update_wrapper(wrapper, function, ("__module__", "__doc__"), ())
    wrapper.__name__, wrapper.__qualname__ = type(function).__name__, type(function).__qualname__
    wrapper.__annotations__ = getattr(type(function).__call__, "__annotations__", {})
    return wrapper


def _nothing() -> Generator[None]:
    yield


async def _async_nothing() -> Any:
    yield


# All that `contextmanager` returns runs this code; the function it was given is `__wrapped__`.
_MANAGER = contextlib.contextmanager(_nothing).__code__
_ASYNC_MANAGER = contextlib.asynccontextmanager(_async_nothing).__code__
_BUILT_IN = (
    types.BuiltinFunctionType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
)
