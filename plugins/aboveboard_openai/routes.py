"""Which requests are governed, and which are nobody's data; what stands nowhere is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Route", "route_of", "websocket_name"]

Handling = Literal["judge", "plain", "refuse"]


@dataclass(frozen=True, slots=True)
class Route:
    """What becomes of a request.

    Attributes:
        name: as the SDK calls it, such as `files.create`.
        handling: `judge` it, let it go as nobody's data (`plain`), or `refuse` it by its name.
    """

    name: str
    handling: Handling


def route_of(method: str, url: str) -> Route:
    """The route of a request by its method and its path, as the SDK gives them."""
    path = url.partition("?")[0]
    if (method.upper(), path) == ("POST", "/chat/completions"):
        return Route("chat.completions.create", "judge")
    if (method.upper(), path) == ("GET", "/models"):
        return Route("models.list", "plain")
    return Route(f"{method.upper()} {_plain(path)}", "refuse")


def websocket_name(path: str) -> str:
    """What a websocket to this path is refused as."""
    return f"WEBSOCKET {_plain(path)}"


def _plain(path: str) -> str:
    """A path without what may be an id of somebody."""
    return re.sub(r"[^/]*[^/a-z_][^/]*", "{id}", path)
