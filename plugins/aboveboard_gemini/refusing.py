"""Parts of the client that send in ways of their own: each of their methods is refused by its name."""

from __future__ import annotations

from typing import Any

from aboveboard.ai import Guard
from aboveboard_gemini.closed import allowed

__all__ = ["RESOURCES", "refuse_resources"]

RESOURCES = (
    "agents",
    "credentials",
    "decisions",
    "environments",
    "interactions",
    "live",
    "triggers",
    "voices",
    "webhooks",
)
"""The newer resources, which have a client of their own below them, and websockets."""
_RAW = ("with_raw_response", "with_streaming_response")


def refuse_resources(client: Any, guard: Guard) -> None:
    """Put what refuses in the place of each resource that goes past what sends requests.

    Args:
        client: a `Client` or an `AsyncClient`.
        guard: of the client.
    """
    for name in RESOURCES:
        if f"_{name}" in vars(client):
            setattr(client, f"_{name}", Refused(guard, client, name))
    if "_nextgen_client_instance" in vars(client):
        client._nextgen_client_instance = None  # noqa: SLF001  (it may have been made before)


class Refused:
    """A resource, or a method of one, that is refused when it is called.

    Args:
        guard: of the client.
        client: whose resource it is.
        name: the path to it.
    """

    def __init__(self, guard: Guard, client: Any, name: str) -> None:
        self._guard = guard
        self._client = client
        self._name = name

    def __repr__(self) -> str:
        return f"<{self._name}: not governed>"

    def __getattr__(self, name: str) -> Refused:
        if name.startswith("_"):
            raise AttributeError(name)
        return Refused(self._guard, self._client, f"{self._name}.{name}")

    def __call__(self, *given: Any, **named: Any) -> Any:
        path = self._name.split(".")
        self._guard.refuse(".".join(part for part in path if part not in _RAW))
        with allowed():
            found = _made_anew(self._client, path[0])
            for part in path[1:]:
                found = getattr(found, part)
            return found(*given, **named)


def _made_anew(client: Any, name: str) -> Any:
    """The SDK's own resource, for a call that the program lets pass."""
    held = vars(client)
    stand_in = held[f"_{name}"]
    if name == "live":
        from google.genai.live import AsyncLive

        return AsyncLive(client._api_client)  # noqa: SLF001
    held[f"_{name}"] = None
    try:
        return getattr(client, name)
    finally:
        held[f"_{name}"] = stand_in
