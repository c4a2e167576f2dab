"""What stands in for the part of google-genai that sends requests: every one of them passes here.

The SDK has one object that all its modules send through, the async ones too. Its class is exchanged for
one that judges. It does so above the SDK's retries, so that these repeat no verdict, and below all that
the SDK adds to a request (`extra_body`), so that what is judged is what leaves.
"""

from __future__ import annotations

import copy
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from google.genai import errors
from google.genai._api_client import BaseApiClient, HttpResponse

from aboveboard import ConfigurationError, StepDenied, StepEscalated
from aboveboard.ai import GovernedCall, Guard, ModelCall
from aboveboard_gemini.answers import read_answer
from aboveboard_gemini.closed import Closed, allowed
from aboveboard_gemini.requests import drop_blanks, read_request, where
from aboveboard_gemini.routes import Route, find
from aboveboard_gemini.streams import ChunkReader

__all__ = ["Governed", "govern"]

_MAX_STOPPED = 256
_SENDERS = ("_request", "_async_request", "_build_request")
_UNREAD_JSON = "Gemini sent what is no JSON; it is left out here, as nobody has judged it."


def govern(api_client: Any, guard: Guard) -> None:
    """Make what sends a client's requests judge them.

    Args:
        api_client: of the client; its class is exchanged.
        guard: of the client.

    Raises:
        ConfigurationError: this version of the SDK sends in another way.
    """
    kind = type(api_client)
    if not isinstance(api_client, BaseApiClient) or not all(hasattr(kind, n) for n in _SENDERS):
        msg = "client: this version of google-genai sends in a way that the plugin does not know."
        raise ConfigurationError(msg)
    api_client.__class__ = type(f"Governed{kind.__name__}", (Governed, kind), {})
    api_client.__dict__["_guard"] = guard
    api_client.__dict__["_stopped"] = OrderedDict()


class Governed(Closed):
    """Sends requests as the SDK does, those that were judged."""

    _stopped: OrderedDict[bytes, StepDenied | StepEscalated]

    def _request(
        self, http_request: Any, http_options: Any = None, stream: bool = False
    ) -> HttpResponse:
        route, call = self._read(http_request)
        governed = None
        if call is not None:
            with self._resuming(http_request.data):
                governed = self._guard.begin(call)
        with allowed(), _given_up(governed):
            response = super()._request(http_request, http_options, stream)
        if governed is None or not governed.call.answers:
            return response
        if stream:
            return self._streamed(response, governed, http_request.data)
        with self._resuming(http_request.data), _given_up(governed):
            body = self._body(route, response)
            if body is not None:
                body = governed.end(read_answer(body), body)
        return _whole(response, body)

    async def _async_request(
        self, http_request: Any, http_options: Any = None, stream: bool = False
    ) -> HttpResponse:
        route, call = self._read(http_request)
        governed = None
        if call is not None:
            with self._resuming(http_request.data):
                governed = await self._guard.abegin(call)
        with allowed(), _given_up(governed):
            response = await super()._async_request(http_request, http_options, stream)
        if governed is None or not governed.call.answers:
            return response
        if stream:
            return self._astreamed(response, governed, http_request.data)
        with self._resuming(http_request.data), _given_up(governed):
            body = self._body(route, response)
            if body is not None:
                body = await governed.aend(read_answer(body), body)
        return _whole(response, body)

    def _read(self, http_request: Any) -> tuple[Route, ModelCall | None]:
        """What a request is; its texts stand in a copy, which takes the place of what was given.

        Raises:
            StepDenied: nobody governs it.
        """
        body = http_request.data
        route = find(http_request.method, http_request.url, body)
        if route.handling == "harmless":
            return route, None
        if route.handling == "refused":
            self._guard.refuse(route.name)
            return route, None
        if not isinstance(body, dict):
            self._guard.refuse(route.name, f"What '{route.name}' sends is no JSON object.")
            return route, None
        http_request.data = body = copy.deepcopy(body)
        _no_pieces_of_arguments(self._guard, body)
        drop_blanks(body)
        call = read_request(route, body)
        where(call, http_request.url, vertex=bool(self.vertexai))
        return route, call

    def _body(self, route: Route, response: HttpResponse) -> dict[str, Any] | None:
        """The JSON of an answer; None where it is none and the program lets such pass."""
        held = response.response_stream
        try:
            body = json.loads(held[0]) if isinstance(held, list) and held else None
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict):
            return body
        self._guard.refuse(
            route.name, f"The answer of '{route.name}' is no JSON object: nobody can judge it."
        )
        return None

    # Streams.

    def _streamed(
        self, response: HttpResponse, governed: GovernedCall, asked: dict[str, Any]
    ) -> HttpResponse:
        reader = self._reader(governed)

        def segments() -> Iterator[Any]:
            with self._resuming(asked, reader):
                yield from governed.flow(_chunks(response), reader)

        shell = HttpResponse(response.headers)  # what was not judged cannot be had of it
        shell.segments = segments
        return shell

    def _astreamed(
        self, response: HttpResponse, governed: GovernedCall, asked: dict[str, Any]
    ) -> HttpResponse:
        reader = self._reader(governed)

        async def segments() -> AsyncIterator[Any]:
            flow: Any = governed.aflow(_achunks(response), reader)
            try:
                with self._resuming(asked, reader):
                    async for chunk in flow:
                        yield chunk
            finally:
                await flow.aclose()

        shell = HttpResponse(response.headers)
        shell.async_segments = segments
        return shell

    def _reader(self, governed: GovernedCall) -> ChunkReader:
        name = governed.call.operation
        why = f"A chunk of '{name}' cannot be read: nobody can judge it."
        return ChunkReader(lambda: self._guard.refuse(name, why))

    @contextmanager
    def _resuming(self, asked: dict[str, Any], reader: ChunkReader | None = None) -> Iterator[None]:
        """A stopped call is not resumed: the SDK asks anew, whatever went wrong, where it has a token.

        Raises:
            StepDenied, StepEscalated: the same again, as what was stopped would go on.
        """
        token = asked.get("continuationToken")
        if isinstance(token, str) and (stopped := self._stopped.get(_digest(token))) is not None:
            raise stopped
        try:
            yield
        except (StepDenied, StepEscalated) as stopped:
            for each in (token, *(reader.tokens if reader is not None else ())):
                if isinstance(each, str):
                    self._stopped[_digest(each)] = stopped
            while len(self._stopped) > _MAX_STOPPED:
                self._stopped.popitem(last=False)
            raise


@contextmanager
def _given_up(governed: GovernedCall | None) -> Iterator[None]:
    """A call that the vendor fails, or that nobody waits for any more, is reported as well."""
    try:
        yield
    except BaseException:
        if governed is not None:
            governed.abandon()
        raise


def _whole(response: HttpResponse, body: dict[str, Any] | None) -> HttpResponse:
    if body is not None:
        response.response_stream = [json.dumps(body)]
    return response


def _chunks(response: HttpResponse) -> Iterator[Any]:
    """The chunks of a stream; its connection is closed when nobody reads on."""
    try:
        yield from response.segments()
    except errors.UnknownApiResponseError:
        raise errors.UnknownApiResponseError(_UNREAD_JSON) from None
    finally:
        if (close := getattr(response.response_stream, "close", None)) is not None:
            close()


async def _achunks(response: HttpResponse) -> AsyncIterator[Any]:
    segments = response.async_segments()
    try:
        async for chunk in segments:
            yield chunk
    except errors.UnknownApiResponseError:
        raise errors.UnknownApiResponseError(_UNREAD_JSON) from None
    finally:
        await segments.aclose()


def _no_pieces_of_arguments(guard: Guard, body: dict[str, Any]) -> None:
    config = body.get("toolConfig")
    calling = config.get("functionCallingConfig") if isinstance(config, dict) else None
    if isinstance(calling, dict) and calling.get("streamFunctionCallArguments"):
        guard.refuse(
            "stream_function_call_arguments",
            "Arguments of functions that come in pieces are not governed.",
        )


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
