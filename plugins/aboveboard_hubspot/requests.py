"""A request of the SDK as a call to be judged, and an answer as it may be had."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from aboveboard.crm import Exchange, HttpCall
from aboveboard_hubspot.dialect import HubSpotDialect

__all__ = ["call_of", "judged"]

_NOWHERE = "/.."  # no route has it, so that it is refused


def call_of(method: str, url: str, host: str, query: Any, body: Any) -> HttpCall:
    """The call that a request makes.

    Args:
        method: HTTP method.
        url: with or without its host.
        host: where the API lives, which may itself have a path.
        query: names and values beside those of the URL.
        body: the body as a JSON value; it is changed in place.
    """
    parts = urlsplit(url.removeprefix(host) if host else url)
    stated = [(str(key), str(value)) for key, value in query or ()]
    return HttpCall(
        method.upper(),
        _path(parts.path),
        [*parse_qsl(parts.query, keep_blank_values=True), *stated],
        body,
    )


def _path(raw: str) -> str:
    """The path, decoded segment by segment; one that says "up" goes where it does not say."""
    segments = [unquote(part) for part in raw.split("/")]
    if any(part.strip() in (".", "..") for part in segments):
        return _NOWHERE
    return "/".join(part.replace("/", "%2F") for part in segments).rstrip("/")


def judged(exchange: Exchange, call: HttpCall, data: bytes | str) -> bytes:
    """An answer with what must not be had cut out.

    Raises:
        StepDenied, StepEscalated: the program must not have it, or nobody can judge it. The answer
            to a write raises nothing: what cannot be judged of it is not given.
    """
    raw = data.encode() if isinstance(data, str) else data
    dialect = exchange.dialect
    try:
        answer = json.loads(raw)
        if isinstance(dialect, HubSpotDialect) and not dialect.understood(call, answer):
            msg = "no shape that HubSpot's records have"
            raise ValueError(msg)
    except (ValueError, RecursionError):
        if call.route is not None and call.route.handling == "write":
            return b"{}"
        exchange.guard.refuse(
            call.name, f"The answer of '{call.name}' is none that can be read: nobody can judge it."
        )
        return raw
    return json.dumps(exchange.after(call, answer)).encode()
