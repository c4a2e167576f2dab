"""Anthropic's API by method and path: what is governed, what moves nobody's data, what is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from aboveboard_anthropic.places import is_whole

__all__ = ["Route", "route_of"]

Handling = Literal["message", "count", "batch", "results", "plain", "refuse"]

_ID = r"[A-Za-z0-9_-][A-Za-z0-9_.:@-]*"
_ROUTES: tuple[tuple[str, str, Handling, str], ...] = (
    ("post", "/v1/messages", "message", "messages.create"),
    ("post", "/v1/messages/count_tokens", "count", "messages.count_tokens"),
    ("post", "/v1/messages/batches", "batch", "messages.batches.create"),
    ("get", f"/v1/messages/batches/{_ID}/results", "results", "messages.batches.results"),
    # A batch as such is ids, counts and times.
    ("get", "/v1/messages/batches", "plain", "messages.batches.list"),
    ("get", f"/v1/messages/batches/{_ID}", "plain", "messages.batches.retrieve"),
    ("delete", f"/v1/messages/batches/{_ID}", "plain", "messages.batches.delete"),
    ("post", f"/v1/messages/batches/{_ID}/cancel", "plain", "messages.batches.cancel"),
    ("get", "/v1/models", "plain", "models.list"),
    ("get", f"/v1/models/{_ID}", "plain", "models.retrieve"),
)
_COMPILED = tuple((method, re.compile(path), how, name) for method, path, how, name in _ROUTES)
_WORD = re.compile(r"[a-z][a-z_]*\Z|v\d+\Z")
_PREFIX = "anthropic."


@dataclass(frozen=True, slots=True)
class Route:
    """What becomes of a request.

    Attributes:
        handling: how it is treated.
        name: as it is refused with.
    """

    handling: Handling
    name: str


def route_of(options: Any, base_path: str = "") -> Route:
    """What becomes of a request; an endpoint that stands nowhere is refused.

    Args:
        options: of the request, as the SDK hands them down: `method`, `url`, and, where the SDK
            tells it, `span_name`.
        base_path: path of the client's base URL, which whole URLs begin with.
    """
    method = str(options.method).lower()
    path = _path(str(options.url), base_path)
    for known, pattern, handling, name in _COMPILED:
        if method == known and pattern.fullmatch(path):
            return Route(handling, name)
    return Route("refuse", _name(options, method, path))


def _path(url: str, base_path: str) -> str:
    if not is_whole(url):
        return url.partition("?")[0].partition("#")[0]
    path = urlsplit(url).path
    base = base_path.rstrip("/")
    return path.removeprefix(base) if base and path.startswith(f"{base}/") else path


def _name(options: Any, method: str, path: str) -> str:
    """The SDK's own name of the call; for one that it has none for, method and path without ids."""
    told = getattr(options, "span_name", None)
    if isinstance(told, str) and told.startswith(_PREFIX):
        return told.removeprefix(_PREFIX)
    parts = [part if _WORD.match(part) else "{id}" for part in path.split("/") if part]
    return f"{method.upper()} /{'/'.join(parts[:8])}"
