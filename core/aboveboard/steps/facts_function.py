"""A step's `facts=` function: given the arguments that it names, it says what is known."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aboveboard.errors import SignatureError
from aboveboard.nearest import nearest

__all__ = ["FactsFunction"]

_NAMED = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.KEYWORD_ONLY,
)


class FactsFunction:
    """Calls a facts function with those of the step's arguments that it names.

    Args:
        function: what was given as `facts=`.
        parameters: names of the step function's parameters.
        owner: name of the step function, for messages.

    Raises:
        SignatureError: it names a parameter that the step function does not have.
    """

    def __init__(self, function: Callable[..., Any], parameters: Iterable[str], owner: str) -> None:
        self._function = function
        self._positional: tuple[str, ...] = ()
        self._keyword: tuple[str, ...] | None = None
        known = tuple(parameters)
        try:
            own = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            return  # written in C: it gets every argument by its name
        if any(item.kind is inspect.Parameter.VAR_KEYWORD for item in own):
            return
        wanted = [
            item
            for item in own
            if item.kind in _NAMED
            and (item.name in known or item.default is inspect.Parameter.empty)
        ]
        for item in wanted:
            if item.name not in known:
                close = nearest(item.name, known)
                hint = f" Did you mean '{close}'?" if close else ""
                msg = (
                    f"The facts function of '{owner}' names '{item.name}', which is no parameter "
                    f"of '{owner}'.{hint}"
                )
                raise SignatureError(msg)
        kind = inspect.Parameter.POSITIONAL_ONLY
        self._positional = tuple(item.name for item in wanted if item.kind is kind)
        self._keyword = tuple(item.name for item in wanted if item.kind is not kind)

    def __call__(self, arguments: Mapping[str, Any]) -> Any:
        """What the function gives, as it gives it; whatever it raises is raised.

        Args:
            arguments: every argument of the call by its name, defaults included.
        """
        names = arguments if self._keyword is None else self._keyword
        return self._function(
            *(arguments[name] for name in self._positional),
            **{name: arguments[name] for name in names},
        )
