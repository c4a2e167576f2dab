"""Where a client sends its requests: above the SDK's retries, below all its methods.

A request is judged, sent, and answered with what was judged. The SDK makes messages, streams, parsed
and raw responses of the HTTP response that it is given here, and has no other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from aboveboard.ai import GovernedCall
from aboveboard_anthropic.answers import answer_of
from aboveboard_anthropic.exchange import Exchange, message_of, result_of
from aboveboard_anthropic.responses import (
    event_of,
    line_of,
    streaming,
    streaming_async,
    whole,
)
from aboveboard_anthropic.streams import Reader

__all__ = ["AsyncRequest", "Request"]


@contextmanager
def given_up(governed: list[GovernedCall]) -> Iterator[None]:
    """Give the report of a call to which the vendor gave nothing that can be judged."""
    try:
        yield
    except BaseException:
        for call in governed:
            call.abandon()
        raise


class Request(Exchange):
    """`request` of a blocking client."""

    def __call__(
        self, cast_to: Any, options: Any, *, stream: bool = False, stream_cls: Any = None
    ) -> Any:
        """Judge a request, send it, and judge its answer. The SDK's signature.

        Raises:
            StepDenied, StepEscalated: it must not leave, or its answer must not be shown.
        """
        how: dict[str, Any] = {"stream": stream, "stream_cls": stream_cls}
        route = self.route(options)
        if route.handling == "plain":
            return self.send(cast_to, options, **how)
        sent = self.client._copy_and_prepare(options)  # noqa: SLF001  (what leaves, as JSON)
        governed = [self.guard.begin(call) for call in self.calls(route, sent)]
        if route.handling in ("batch", "count"):
            return self.send(cast_to, sent, **how)
        with given_up(governed):
            answer = self.unread(route, self.send(object, self.asking(sent), **how))
            raw = answer.http_response
            message = None if stream else message_of(raw)
        if route.handling == "results":
            raw = streaming(raw, self._results(raw, str(sent.url)), line_of)
        elif message is None:
            raw = streaming(raw, self._events(raw, governed[0]), event_of, governed[0].abandon)
        else:
            raw = whole(raw, governed[0].end(answer_of(message), message))
        made = self.response(answer, raw, cast_to, sent, **how)
        return made if self.wants_response(options) else made.parse()

    def _events(self, raw: Any, governed: GovernedCall) -> Iterator[Any]:
        from anthropic import Stream

        return governed.flow(Stream(cast_to=object, response=raw, client=self.client), Reader())

    def _results(self, raw: Any, url: str) -> Iterator[Any]:
        for line in raw.iter_lines():
            if not line.strip():
                continue
            item, message = result_of(line, raw)
            if message is not None:
                governed = self.guard.begin(self.result_call(message, url))
                item["result"]["message"] = governed.end(answer_of(message), message)
            yield item


class AsyncRequest(Exchange):
    """`request` of an async client."""

    async def __call__(
        self, cast_to: Any, options: Any, *, stream: bool = False, stream_cls: Any = None
    ) -> Any:
        """Judge a request, send it, and judge its answer. The SDK's signature.

        Raises:
            StepDenied, StepEscalated: it must not leave, or its answer must not be shown.
        """
        how: dict[str, Any] = {"stream": stream, "stream_cls": stream_cls}
        route = self.route(options)
        if route.handling == "plain":
            return await self.send(cast_to, options, **how)
        sent = await self.client._copy_and_prepare(options)  # noqa: SLF001  (what leaves, as JSON)
        governed = [await self.guard.abegin(call) for call in self.calls(route, sent)]
        if route.handling in ("batch", "count"):
            return await self.send(cast_to, sent, **how)
        with given_up(governed):
            answer = self.unread(route, await self.send(object, self.asking(sent), **how))
            raw = answer.http_response
            message = None if stream else message_of(raw)
        if route.handling == "results":
            raw = streaming_async(raw, self._results(raw, str(sent.url)), line_of)
        elif message is None:
            events = self._events(raw, governed[0])
            raw = streaming_async(raw, events, event_of, governed[0].abandon)
        else:
            raw = whole(raw, await governed[0].aend(answer_of(message), message))
        made = self.response(answer, raw, cast_to, sent, **how)
        return made if self.wants_response(options) else await made.parse()

    def _events(self, raw: Any, governed: GovernedCall) -> AsyncIterator[Any]:
        from anthropic import AsyncStream

        stream = AsyncStream(cast_to=object, response=raw, client=self.client)
        return governed.aflow(stream, Reader())

    async def _results(self, raw: Any, url: str) -> AsyncIterator[Any]:
        async for line in raw.aiter_lines():
            if not line.strip():
                continue
            item, message = result_of(line, raw)
            if message is not None:
                governed = await self.guard.abegin(self.result_call(message, url))
                item["result"]["message"] = await governed.aend(answer_of(message), message)
            yield item
