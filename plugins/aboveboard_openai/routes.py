"""Which requests are governed, and which are nobody's data; what stands nowhere is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

__all__ = ["Route", "route_of", "routes", "websocket_name"]

Handling = Literal["judge", "plain", "refuse"]

_ADMINISTRATION = ("/organization/", "/projects/")
# Whatever else a segment holds, a server may read as more than one.
_ID = r"(?!\.+(?:/|\?|$))[A-Za-z0-9_.:~-]+"
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)*")
_WEBSOCKETS = {
    "live": "live.connect",
    "responses": "responses.connect",
    "translations": "realtime.translations.connect",
    "realtime": "realtime.connect",
}


@dataclass(frozen=True, slots=True)
class Route:
    """What becomes of a request.

    Attributes:
        name: as the SDK calls it, such as `files.create`.
        handling: `judge` it, let it go as nobody's data (`plain`), or `refuse` it by its name.
    """

    name: str
    handling: Handling


@cache
def routes() -> dict[tuple[str, str], Route]:
    """The table: routes by method and path, in which ids stand as `{}`."""
    text = resources.files("aboveboard_openai").joinpath("routes.txt").read_text("utf-8")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {
        (method, path): Route(name, cast(Handling, handling))
        for handling, method, path, name in lines
    }


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], Route]]:
    return [
        (method, re.compile(re.escape(path).replace(r"\{\}", _ID)), route)
        for (method, path), route in routes().items()
        if "{}" in path
    ]


def route_of(method: str, url: str) -> Route:
    """The route of a request by its method and its path, as they stand in the SDK's options."""
    method = method.upper()
    path = url if url.startswith("/") else f"/{url}"
    if (found := routes().get((method, path))) is not None:
        return found
    for of, pattern, route in _patterns():
        if of == method and pattern.fullmatch(path):
            return route
    if path.startswith(_ADMINISTRATION):
        return Route("admin", "refuse")
    return Route(f"{method} {_shape(path)}", "refuse")


def websocket_name(path: str) -> str:
    """What a websocket to this path is refused as."""
    segments = path.split("/")
    return next((name for part, name in _WEBSOCKETS.items() if part in segments), "websocket")


def _shape(path: str) -> str:
    """A path without what may be somebody's id or address."""
    if "//" in path:
        return "another address"
    parts = path.partition("?")[0].split("/")
    return "/".join(part if not part or _WORD.fullmatch(part) else "{}" for part in parts)
