"""Puts the gate before every request of the SDK, in one place of it.

All resources of the SDK send by `do_request` or `do_request_async` of their base class, and share one
`sdk_configuration` with their client. So the gate stands in these two methods, above retries and hooks of
the SDK, and judges for those configurations that bear a governor; all others are sent as ever. A resource
that is made later, as `conversations.run_async` does, is governed with the rest.

What the SDK does without these methods (websockets, clients of connectors) is refused at its own door.
"""

from __future__ import annotations

import functools
import inspect
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard_mistral.governor import Governor

__all__ = ["DOORS", "govern", "governor_of"]

_ATTRIBUTE = "_aboveboard_governor"
_HOOKED = "_aboveboard_hooked"
_LOCK = threading.Lock()

DOORS = (
    ("mistralai.client.connectors", "Connectors", "http_client", "beta.connectors.http_client"),
    ("mistralai.client.connectors", "Connectors", "mcp_client", "beta.connectors.mcp_client"),
    (
        "mistralai.extra.realtime.speech",
        "RealtimeSpeech",
        "connect",
        "audio.realtime_speech.connect",
    ),
    (
        "mistralai.extra.realtime.transcription",
        "RealtimeTranscription",
        "connect",
        "audio.realtime.connect",
    ),
)
"""Module, class, method and name of what reaches the net by itself."""


def governor_of(configuration: Any) -> Governor | None:
    """Who judges the requests of a configuration; None where nobody does."""
    found: Governor | None = vars(configuration).get(_ATTRIBUTE)
    return found


def govern(base: Any, configuration: Any, governor: Governor) -> None:
    """Have a governor judge all that is sent with a configuration.

    Args:
        base: the class of the SDK that has `do_request`.
        configuration: of the client.
        governor: who judges.
    """
    with _LOCK:
        if _HOOKED not in vars(base):
            base.do_request = _judged(base.do_request)
            base.do_request_async = _ajudged(base.do_request_async)
            setattr(base, _HOOKED, True)
        if base.__module__.startswith("mistralai.client."):
            _close_doors()
    vars(configuration)[_ATTRIBUTE] = governor


def _judged(inner: Any) -> Any:
    @functools.wraps(inner)
    def do_request(self: Any, hook_ctx: Any, request: Any, *args: Any, **options: Any) -> Any:
        governor = governor_of(self.sdk_configuration)
        if governor is None:
            return inner(self, hook_ctx, request, *args, **options)
        stream = _streams(inner, args, options)
        return governor.send(
            lambda judged: inner(self, hook_ctx, judged, *args, **options),
            hook_ctx.operation_id,
            request,
            stream,
        )

    return do_request


def _ajudged(inner: Any) -> Any:
    @functools.wraps(inner)
    async def do_request_async(
        self: Any, hook_ctx: Any, request: Any, *args: Any, **options: Any
    ) -> Any:
        governor = governor_of(self.sdk_configuration)
        if governor is None:
            return await inner(self, hook_ctx, request, *args, **options)
        stream = _streams(inner, args, options)
        return await governor.asend(
            lambda judged: inner(self, hook_ctx, judged, *args, **options),
            hook_ctx.operation_id,
            request,
            stream,
        )

    return do_request_async


def _streams(inner: Any, args: Any, options: Any) -> bool:
    """The response comes unread; asked of the SDK's own signature."""
    bound = inspect.signature(inner).bind(None, None, None, *args, **options)
    return bool(bound.arguments.get("stream", False))


def _close_doors() -> None:
    for module, owner, method, name in DOORS:
        try:
            found = getattr(import_module(module), owner, None)
        except ImportError:
            continue  # it needs a package that is not there, so nobody can go through it
        inner = getattr(found, method, None)  # None where a version of the SDK has no such door
        if inner is not None and not hasattr(inner, _HOOKED):
            closed = _closed(inner, name)
            setattr(closed, _HOOKED, True)
            setattr(found, method, closed)


def _closed(inner: Any, name: str) -> Any:
    """A method that is refused by name, raising as it is called or awaited."""

    def refuse(self: Any) -> None:
        configuration = getattr(self, "sdk_configuration", None) or self._sdk_config
        if (governor := governor_of(configuration)) is not None:
            governor.guard.refuse(name)

    if inspect.iscoroutinefunction(inner):

        @functools.wraps(inner)
        async def awaited(self: Any, *args: Any, **options: Any) -> Any:
            refuse(self)
            return await inner(self, *args, **options)

        return awaited

    @functools.wraps(inner)
    def called(self: Any, *args: Any, **options: Any) -> Any:
        refuse(self)
        return inner(self, *args, **options)

    return called
