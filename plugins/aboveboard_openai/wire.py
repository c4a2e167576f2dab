"""Responses of the HTTP client under the SDK: their bodies read, and set anew with what was judged."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Event",
    "aread_json",
    "asent_events",
    "read_json",
    "sent_events",
    "with_events",
    "with_json",
    "written",
]

_OF_THE_BODY = ("content-encoding", "content-length", "transfer-encoding")
_END = "[DONE]"
_DRAIN_S = 0.1


@dataclass(slots=True, repr=False)
class Event:
    """A server-sent event. No repr: it would show the answer.

    Attributes:
        name: of the event, where it has one.
        data: its JSON; None for the mark at the end of a stream.
    """

    name: str | None
    data: Any


def read_json(response: Any) -> Any:
    """The body of a response.

    Raises:
        openai.APIResponseValidationError: it is no JSON object; its text is not in the error.
    """
    return _loaded(response, response.read())


async def aread_json(response: Any) -> Any:
    """`read_json`, awaiting the body."""
    return _loaded(response, await response.aread())


def sent_events(client: Any, response: Any) -> Iterator[Event]:
    """The events of a stream, up to its end."""
    decoder = client._make_sse_decoder()  # noqa: SLF001
    try:
        for event in decoder.iter_bytes(response.iter_bytes()):
            if event.data.startswith(_END):
                yield Event(event.event, None)
                return
            yield Event(event.event, _loaded(response, event.data))
    finally:
        response.close()


async def asent_events(client: Any, response: Any) -> AsyncIterator[Event]:
    """`sent_events`, awaiting them."""
    decoder = client._make_sse_decoder()  # noqa: SLF001
    pieces = response.aiter_bytes()
    try:
        async for event in decoder.aiter_bytes(pieces):
            if event.data.startswith(_END):
                yield Event(event.event, None)
                await _drain(pieces)
                return
            yield Event(event.event, _loaded(response, event.data))
    finally:
        await response.aclose()


async def _drain(pieces: AsyncIterator[bytes]) -> None:
    """Read what follows the end, as the SDK does, so that the connection can be used again."""
    import anyio

    with suppress(Exception), anyio.move_on_after(_DRAIN_S):  # the answer is complete either way
        async for _ in pieces:
            pass


def written(event: Event) -> bytes:
    """A server-sent event as it goes over the wire."""
    # In ASCII: some readers take U+2028 and the like for the end of a line.
    data = _END if event.data is None else json.dumps(event.data)
    name = "" if event.name is None else f"event: {event.name}\n"
    return f"{name}data: {data}\n\n".encode()


def with_json(response: Any, body: Any) -> Any:
    """The response with another body."""
    made = _made(response, content=json.dumps(body).encode())
    made.headers["content-type"] = "application/json"
    with suppress(RuntimeError):  # some transports do not measure it
        made.elapsed = response.elapsed
    return made


def with_events(response: Any, pieces: Any, closed: Callable[[], None]) -> Any:
    """The response with another stream of bytes.

    Args:
        response: as it came; closed with the new one.
        pieces: a generator, async where the client is.
        closed: called when the new one is closed, begun or not.
    """
    # The SDK takes two HTTP clients, which are alike; each wants its own kind of stream.
    package = sys.modules[type(response).__module__.partition(".")[0]]
    if hasattr(pieces, "__anext__"):

        class AsyncBody(package.AsyncByteStream):  # type: ignore[misc,name-defined]
            def __aiter__(self) -> Any:
                return pieces

            async def aclose(self) -> None:
                try:
                    with suppress(RuntimeError):  # another task reads: its connection is closed
                        await pieces.aclose()
                finally:
                    await response.aclose()
                    closed()

        return _made(response, stream=AsyncBody())

    class Body(package.SyncByteStream):  # type: ignore[misc,name-defined]
        def __iter__(self) -> Any:
            return pieces

        def close(self) -> None:
            try:
                with suppress(ValueError):  # another thread reads: its connection is closed
                    pieces.close()
            finally:
                response.close()
                closed()

    return _made(response, stream=Body())


def _made(response: Any, **body: Any) -> Any:
    """A response like another. Of its extensions those that hold no way to the bytes of the other."""
    headers = [
        (name, value)
        for name, value in response.headers.multi_items()
        if name.lower() not in _OF_THE_BODY
    ]
    told = ("http_version", "reason_phrase")
    return type(response)(
        response.status_code,
        headers=headers,
        request=response.request,
        extensions={
            name: response.extensions[name] for name in told if name in response.extensions
        },
        history=list(response.history),
        **body,
    )


def _loaded(response: Any, text: str | bytes) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        import openai

        raise openai.APIResponseValidationError(
            response=_made(response, content=b""),
            body=None,
            message="The answer is no JSON object, so nobody can judge it.",
        ) from None
    return found
