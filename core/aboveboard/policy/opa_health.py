"""How an OPA server is doing, read from what three of its endpoints say.

    GET /health?bundles              500 until every bundle it is configured with was activated once
    GET /v1/data/catalogue/revision  the revision that it decides by
    GET /v1/status                   a bundle whose newest version it could not activate

The last one answers only on a server whose configuration has the status plugin: `status: {console:
true}`, or `status` with a service. Without it, an update that fails leaves the old policies in force
and nothing tells so but their revision and the server's log.
"""

from __future__ import annotations

import json
from typing import Any

from aboveboard.policy.engine import EngineHealth

__all__ = ["QUESTIONS", "read_health", "unreachable"]

QUESTIONS = ("/health?bundles", "/v1/data/catalogue/revision", "/v1/status")
"""What to GET, in this order, for `read_health`."""

_OK = 200
_MAX = 300


def unreachable(error: Exception, remedy: str) -> EngineHealth:
    """Of a server that did not answer."""
    return EngineHealth(healthy=False, error=f"{error} {remedy}".strip())


def read_health(
    health: tuple[int, bytes], data: tuple[int, bytes], status: tuple[int, bytes]
) -> EngineHealth:
    """Judge the answers to `QUESTIONS`, each with its HTTP status."""
    if health[0] in (401, 403):
        return EngineHealth(
            healthy=False,
            error=f"The OPA server refused the request ({health[0]}). Check opa_token, and let the "
            "server's authorisation policy allow GET of /health, /v1/data and /v1/status.",
        )
    failing = _failing(status)
    if health[0] != _OK:
        found = _object(health[1]).get("error")
        said = _plain(found) if isinstance(found, str) else f"status {health[0]}"
        error = f"The OPA server is not healthy: {said}."
        return EngineHealth(healthy=False, error=f"{error} {failing}" if failing else error)
    revision = _object(data[1]).get("result") if data[0] == _OK else None
    if not isinstance(revision, str) or not revision:
        return EngineHealth(
            healthy=False,
            error=failing
            or "The OPA server has no Aboveboard policies. Load the bundle: 'aboveboard bundle "
            "build', then 'opa run --server --bundle FILE'.",
        )
    return EngineHealth(healthy=True, revision=revision, error=failing)


def _failing(status: tuple[int, bytes]) -> str | None:
    """Bundles whose newest version could not be activated."""
    if status[0] != _OK:
        return None
    result = _object(status[1]).get("result")
    bundles = result.get("bundles") if isinstance(result, dict) else None
    lines = []
    for name, found in sorted(bundles.items()) if isinstance(bundles, dict) else ():
        if isinstance(found, dict) and found.get("code"):
            places = [_place(item) for item in list(found.get("errors") or ())[:3]]
            why = "; ".join(item for item in places if item) or _plain(found.get("message", ""))
            lines.append(
                f"The OPA server cannot activate the newest version of its bundle '{_plain(name)}' "
                f"({why}). The one before stays in force."
            )
    return " ".join(lines) or None


def _place(error: Any) -> str:
    if not isinstance(error, dict):
        return ""
    location = error.get("location")
    message = _plain(error.get("message", ""))
    if isinstance(location, dict) and location.get("file"):
        return f"{_plain(location['file'])}:{_plain(location.get('row', 0))}: {message}"
    return message


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _plain(text: object) -> str:
    """What a server said, made fit for a line in a log."""
    line = " ".join(str(text).split())
    return "".join(char for char in line if char.isprintable())[:_MAX]
