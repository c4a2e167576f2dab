"""`litellm` as a whole, governed: an object that has its functions, ours in place of its own."""

from __future__ import annotations

import enum
from types import ModuleType
from typing import Any

from aboveboard.ai import Guard
from aboveboard_litellm.calls import MARK, governed_function, refused_function
from aboveboard_litellm.places import direct_places
from aboveboard_litellm.routes import FUNCTIONS, HARMLESS

__all__ = ["GovernedModule"]

_PLAIN = (str, bytes, int, float, bool, list, dict, set, frozenset, tuple, type(None))
_MODULES = ("exceptions", "types")
_CLASSES = ("Cache", "CustomLogger", "CustomStreamWrapper", "TextCompletionStreamWrapper")


class GovernedModule(ModuleType):
    """Stands for `litellm`, which itself stays as it is.

    Settings are read and set there. Functions are governed, harmless, or refused by name; so are
    classes that make clients, and objects that hold one.
    """

    def __init__(self, guard: Guard, module: ModuleType) -> None:
        super().__init__(module.__name__, module.__doc__)
        vars(self).update({MARK: guard, "_module": module, "_made": {}})

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if name.startswith("__") or name in HARMLESS or _is_plain(name, found):
            return found
        kept = self._made.get(name)
        if kept is None or kept[0] is not found:
            kept = self._made[name] = (found, self._governed(name, found))
        return kept[1]

    def _governed(self, name: str, found: Any) -> Any:
        guard = vars(self)[MARK]
        if name in FUNCTIONS:
            return governed_function(guard, FUNCTIONS[name], found, direct_places)
        if callable(found):
            why = ""
            if isinstance(found, type):
                why = f"What '{name}' makes is not governed: wrap that by itself."
            return refused_function(guard, name, found, why)
        guard.refuse(name, f"What lies in litellm.{name} is not governed.")
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._module, name)

    def __dir__(self) -> list[str]:
        return dir(self._module)


def _is_plain(name: str, found: Any) -> bool:
    """Values, errors and forms of data; modules of those."""
    if isinstance(found, ModuleType):
        return name in _MODULES
    if isinstance(found, type):
        return name in _CLASSES or issubclass(found, BaseException | enum.Enum) or _is_data(found)
    return isinstance(found, (*_PLAIN, enum.Enum)) or (
        not callable(found) and _is_data(type(found))
    )


def _is_data(found: type) -> bool:
    from pydantic import BaseModel

    return issubclass(found, BaseModel | dict)
