"""HTTP responses that hold what was judged, in place of those that the vendor sent.

The SDK builds everything on them: messages, streams and their helpers, raw responses. So nothing of it
sees, or gives away, what was not judged.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

__all__ = ["event_of", "line_of", "streaming", "streaming_async", "whole"]

Encode = Callable[[Any], bytes]
_OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_AWS_EVENTS = "application/vnd.amazon.eventstream"
_EVENTS = "text/event-stream; charset=utf-8"
_KEPT = ("http_version", "reason_phrase")  # not the connection, from which all could be read


def _nothing() -> None:
    """Nobody wants to hear of it."""


def event_of(chunk: Any) -> bytes:
    """One event of a stream, as it goes over the wire."""
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    return f"event: {kind or 'message'}\ndata: {_json(chunk)}\n\n".encode()


def line_of(item: Any) -> bytes:
    """One line of JSON Lines."""
    return f"{_json(item)}\n".encode()


def whole(response: Any, body: Any) -> Any:
    """A response with another body.

    Args:
        response: of the SDK's HTTP library, read.
        body: JSON.
    """
    made = _like(response, content=_json(body).encode())
    with suppress(RuntimeError):  # it is not known before the vendor's response is closed
        made.elapsed = response.elapsed
    return made


def streaming(
    response: Any, chunks: Any, encode: Encode, close: Callable[[], Any] = _nothing
) -> Any:
    """A response whose body comes chunk by chunk.

    Args:
        response: of the SDK's HTTP library; closed with the new one.
        chunks: what was judged, as it comes: a generator.
        encode: turns a chunk into bytes.
        close: hears of it when the response is closed, read or not.
    """

    class Body(_http(response).SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            try:
                for chunk in chunks:
                    yield encode(chunk)
            except json.JSONDecodeError as error:
                raise _no_json(error) from None

        def close(self) -> None:
            response.close()
            with suppress(ValueError):  # another thread is reading: it hears of the end there
                chunks.close()
            close()

    return _like(response, stream=Body())


def streaming_async(
    response: Any, chunks: Any, encode: Encode, close: Callable[[], Any] = _nothing
) -> Any:
    """`streaming` for an async client."""

    class Body(_http(response).AsyncByteStream):  # type: ignore[misc]
        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for chunk in chunks:
                    yield encode(chunk)
            except json.JSONDecodeError as error:
                raise _no_json(error) from None

        async def aclose(self) -> None:
            await response.aclose()
            with suppress(RuntimeError):  # another task is reading: it hears of the end there
                await chunks.aclose()
            close()

    return _like(response, stream=Body())


def _no_json(error: json.JSONDecodeError) -> json.JSONDecodeError:
    """The same error without the text that it happened in: nobody judged that."""
    return json.JSONDecodeError(error.msg, "", 0)


def _like(response: Any, **body: Any) -> Any:
    headers = [
        (name, _EVENTS if value == _AWS_EVENTS else value)
        for name, value in response.headers.multi_items()
        if name.lower() not in _OF_THE_BODY
    ]
    made = type(response)(
        response.status_code,
        headers=headers,
        request=response.request,
        extensions={key: response.extensions[key] for key in _KEPT if key in response.extensions},
        **body,
    )
    made.history = list(response.history)
    return made


def _http(response: Any) -> Any:
    """The HTTP library of the SDK: httpx, or what stands in its place."""
    return sys.modules[type(response).__module__.partition(".")[0]]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
