"""Responses that hold what was judged, in place of those that came."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx2

from aboveboard.ai import GovernedCall, StreamReader
from aboveboard_mistral.server_sent import DONE, Event, Events, NotAnEventError

__all__ = [
    "AsyncGovernedStream",
    "GovernedStream",
    "is_stream",
    "rewritten",
    "with_stream",
]

_OF_THE_BYTES = frozenset({"content-encoding", "content-length", "transfer-encoding"})
# `network_stream` would bring the raw bytes.
_EXTENSIONS = ("http_version", "reason_phrase")


def is_stream(response: Any) -> bool:
    """True where the response is one of server-sent events."""
    kind: str = response.headers.get("content-type", "")
    return kind.partition(";")[0].strip().lower() == "text/event-stream"


def rewritten(response: Any, content: bytes) -> Any:
    """The response with other content.

    Args:
        response: an `httpx2.Response` that was read.
        content: in its place.
    """
    made = httpx2.Response(
        response.status_code,
        headers=_headers(response),
        content=content,
        request=response.request,
        extensions=_extensions(response),
    )
    made.history = response.history
    with suppress(RuntimeError):  # nobody took the time
        made.elapsed = response.elapsed
    return made


def with_stream(response: Any, stream: Any) -> Any:
    """The response with another stream.

    Args:
        response: an `httpx2.Response` that was not read.
        stream: in its place.
    """
    made = httpx2.Response(
        response.status_code,
        headers=_headers(response),
        stream=stream,
        request=response.request,
        extensions=_extensions(response),
    )
    made.history = response.history
    return made


def _headers(response: Any) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in response.headers.multi_items()
        if name.lower() not in _OF_THE_BYTES
    ]


def _extensions(response: Any) -> dict[str, Any]:
    return {name: response.extensions[name] for name in _EXTENSIONS if name in response.extensions}


class GovernedStream(httpx2.SyncByteStream):  # type: ignore[misc]
    """The bytes of the events that have been judged.

    Args:
        response: that they come with.
        governed: the call that they answer.
        reader: reads the events.
        unreadable: is told of what is no event; raises unless it may be left out.
    """

    def __init__(
        self,
        response: Any,
        governed: GovernedCall,
        reader: StreamReader,
        unreadable: Callable[[], None],
    ) -> None:
        self._response = response
        self._governed = governed
        self._unreadable = unreadable
        self._events = Events()
        self._flow = governed.flow(self._source(), reader)

    def _source(self) -> Iterator[Event]:
        try:
            for piece in self._response.iter_bytes():
                yield from self._events.feed(piece)
                if self._events.done:
                    return
            yield from self._events.end()
        except NotAnEventError:
            self._unreadable()

    def __iter__(self) -> Iterator[bytes]:
        for event in self._flow:
            yield event.to_bytes()
        if self._events.done:
            yield DONE

    def close(self) -> None:
        """Close what the events come from; what was not judged is lost."""
        with suppress(ValueError):  # it runs in another thread, and ends with what it reads from
            self._flow.close()  # type: ignore[attr-defined]
        self._response.close()
        self._governed.abandon()


class AsyncGovernedStream(httpx2.AsyncByteStream):  # type: ignore[misc]
    """`GovernedStream` for an async client; see there."""

    def __init__(
        self,
        response: Any,
        governed: GovernedCall,
        reader: StreamReader,
        unreadable: Callable[[], None],
    ) -> None:
        self._response = response
        self._governed = governed
        self._unreadable = unreadable
        self._events = Events()
        self._flow = governed.aflow(self._source(), reader)

    async def _source(self) -> AsyncIterator[Event]:
        try:
            async for piece in self._response.aiter_bytes():
                for event in self._events.feed(piece):
                    yield event
                if self._events.done:
                    return
            for event in self._events.end():
                yield event
        except NotAnEventError:
            self._unreadable()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for event in self._flow:
            yield event.to_bytes()
        if self._events.done:
            yield DONE

    async def aclose(self) -> None:
        """Close what the events come from; what was not judged is lost."""
        with suppress(RuntimeError):  # another task reads from it, and ends with it
            await self._flow.aclose()  # type: ignore[attr-defined]
        await self._response.aclose()
        self._governed.abandon()
