"""Calls of a model's methods, as ERPs take them by RPC, for the same exchange as requests over HTTP.

    ROUTES = RpcRoutes([
        Route("read", "*", "read"),
        Route("action_send*", "mailing.mailing", "send"),
    ])
    call = RpcCall("read", "crm.lead", args=[[7], ["email_from"]])
    Exchange(guard, dialect).before(call)

In a `Route` of such a vendor `method` and `template` are patterns of the method's and the model's name,
in which `*` stands for any text. What no route knows is refused as `crm.lead.merge_opportunity`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from aboveboard.crm.http import HttpCall
from aboveboard.crm.routes import Route, Routes

__all__ = ["RpcCall", "RpcRoutes"]


@dataclass(slots=True, repr=False)
class RpcCall(HttpCall):
    """A method of a model that is about to be called; `path` is the model. No repr, as `HttpCall`.

    Attributes:
        args: positional arguments, without those that say who calls.
        kwargs: arguments by name.
    """

    args: list[Any] = field(default_factory=list)
    kwargs: dict[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """Whose method it is."""
        return self.path

    @property
    def name(self) -> str:
        """How it is refused and let through: model and method."""
        return f"{self.path}.{self.method}"


class RpcRoutes(Routes):
    """Routes by the names of method and model; the first that fits counts.

    Args:
        routes: their `method` and `template` are patterns, case counts.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._found: dict[tuple[str, str], Route | None] = {}

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a method of the model `path`, with the model as `object`; None if unknown."""
        key = (method, path)
        if key not in self._found:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[key] = next((route for route in self.routes if _fits(route, key)), None)
        found = self._found.get(key)
        return None if found is None else (found, {"object": path})


_KEPT = 4096


def _fits(route: Route, key: tuple[str, str]) -> bool:
    return fnmatchcase(key[0], route.method) and fnmatchcase(key[1], route.template)
