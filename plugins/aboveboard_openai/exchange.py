"""One governed request of the SDK, from its options to the response that the SDK makes its answer of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing
from copy import copy
from typing import Any

from aboveboard.ai import GovernedCall, Guard, ModelCall
from aboveboard_openai.apis import API_OF, Api
from aboveboard_openai.bodies import body_of
from aboveboard_openai.endpoint import endpoint_of
from aboveboard_openai.routes import route_of
from aboveboard_openai.wire import (
    aread_json,
    asent_events,
    read_json,
    sent_events,
    with_events,
    with_json,
    written,
)

__all__ = ["Exchange", "opened"]


class Exchange:
    """A call of a model on its way.

    Args:
        api: how its endpoint says things.
        call: what is about to leave.
    """

    def __init__(self, api: Api, call: ModelCall) -> None:
        self._api = api
        self.call = call
        self.governed: GovernedCall | None = None

    def judged(self, client: Any, response: Any, *, stream: bool) -> Any:
        """The response with what may be shown, after it was judged.

        Raises:
            StepDenied, StepEscalated: nothing of it may.
        """
        if not self.call.answers:
            return response
        assert self.governed is not None  # noqa: S101
        if stream or _is_stream(response):
            events = sent_events(client, response)
            return with_events(response, self._pieces(events), self.abandon)
        body = read_json(response)
        return with_json(response, self.governed.end(self._api.answer(body), body))

    async def ajudged(self, client: Any, response: Any, *, stream: bool) -> Any:
        """`judged`, awaiting engine and handlers."""
        if not self.call.answers:
            return response
        assert self.governed is not None  # noqa: S101
        if stream or _is_stream(response):
            events = asent_events(client, response)
            return with_events(response, self._apieces(events), self.abandon)
        body = await aread_json(response)
        return with_json(response, await self.governed.aend(self._api.answer(body), body))

    def abandon(self) -> None:
        """Nothing more comes: the vendor failed, or the program gave up. Nothing, when it has ended."""
        if self.governed is not None:
            self.governed.abandon()

    def _pieces(self, events: Iterator[Any]) -> Iterator[bytes]:
        assert self.governed is not None  # noqa: S101
        read = self._api.reader()
        flow: Any = self.governed.flow(events, lambda event: read(event.data))
        with closing(flow):
            for event in flow:
                yield written(event)

    async def _apieces(self, events: AsyncIterator[Any]) -> AsyncIterator[bytes]:
        assert self.governed is not None  # noqa: S101
        read = self._api.reader()
        flow: Any = self.governed.aflow(events, lambda event: read(event.data))
        async with aclosing(flow):
            async for event in flow:
                yield written(event)


def opened(client: Any, guard: Guard, options: Any) -> tuple[Exchange | None, Any]:
    """The governed call that a request is, and the options to make it with.

    None where the request is harmless, or passes unjudged by name; the options stay as they were.

    Raises:
        StepDenied: nobody governs it.
    """
    route = route_of(options.method, options.url)
    if route.handling == "plain":
        return None, options
    if route.handling == "refuse":
        guard.refuse(route.name)
        return None, options
    body = body_of(options)
    if body is None:
        guard.refuse(route.name, f"'{route.name}' without a body in JSON: nobody can read it.")
        return None, options
    api = API_OF[route.name]
    endpoint = endpoint_of(client, guard.options.host)
    call = api.call(body)
    call.host, call.region, call.vendor = endpoint.host, endpoint.region, endpoint.vendor
    call.encrypted = endpoint.encrypted
    # The program keeps its options and its messages; texts are masked in this copy.
    options = copy(options)
    options.json_data, options.extra_json = body, None
    return Exchange(api, call), options


def _is_stream(response: Any) -> bool:
    return bool(response.headers.get("content-type", "").startswith("text/event-stream"))
