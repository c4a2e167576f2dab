"""Where the SDK is held: each call passes two methods of its client, `request` and `_process_response`.

`request` is above the SDK's retries, so a call is judged once, however often it is sent. Its answer is
judged as the body that came, before the SDK makes anything of it: whatever the program asks for, an
object, a raw response or the bytes of a stream, is made of what has been judged.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from aboveboard.ai import Guard
from aboveboard_openai.exchange import Exchange, opened
from aboveboard_openai.routes import websocket_name

__all__ = ["govern", "is_governed", "missing"]

_MARK = "_aboveboard"
_WEBSOCKETS = ("_websocket_query_params", "_websocket_query_params_fallback")
_HELD = ("request", "copy", "_process_response", "_make_sse_decoder", *_WEBSOCKETS)
_exchange: ContextVar[Exchange | None] = ContextVar("aboveboard_openai", default=None)


def is_governed(client: Any) -> bool:
    """Whether the client is wrapped already."""
    return _MARK in vars(client)


def missing(client: Any) -> list[str]:
    """Names of the methods to hold that this version of the SDK does not have."""
    return [name for name in _HELD if not callable(getattr(client, name, None))]


def govern(client: Any, guard: Guard) -> Any:
    """Hold a client, and all copies that it makes of itself; gives it back."""
    import openai

    copy = client.copy

    def copied(**changes: Any) -> Any:
        return govern(copy(**changes), guard)

    if isinstance(client, openai.AsyncOpenAI):
        _hold_async(client, guard)
    else:
        _hold(client, guard)
    client.copy = client.with_options = copied
    _hold_websockets(client, guard)
    setattr(client, _MARK, guard)
    return client


def _hold(client: Any, guard: Guard) -> None:
    send, process = client.request, client._process_response  # noqa: SLF001

    def request(cast_to: Any, options: Any, **how: Any) -> Any:
        exchange, options = opened(client, guard, options)
        if exchange is not None:
            exchange.governed = guard.begin(exchange.call)
        token = _exchange.set(exchange)
        try:
            return send(cast_to, options, **how)
        except BaseException:
            if exchange is not None:
                exchange.abandon()
            raise
        finally:
            _exchange.reset(token)

    def process_response(*, response: Any, stream: bool, **how: Any) -> Any:
        if (exchange := _exchange.get()) is not None:
            response = exchange.judged(client, response, stream=stream)
        return process(response=response, stream=stream, **how)

    client.request = request
    client._process_response = process_response  # noqa: SLF001


def _hold_async(client: Any, guard: Guard) -> None:
    send, process = client.request, client._process_response  # noqa: SLF001

    async def request(cast_to: Any, options: Any, **how: Any) -> Any:
        exchange, options = opened(client, guard, options)
        if exchange is not None:
            exchange.governed = await guard.abegin(exchange.call)
        token = _exchange.set(exchange)
        try:
            return await send(cast_to, options, **how)
        except BaseException:
            if exchange is not None:
                exchange.abandon()
            raise
        finally:
            _exchange.reset(token)

    async def process_response(*, response: Any, stream: bool, **how: Any) -> Any:
        if (exchange := _exchange.get()) is not None:
            response = await exchange.ajudged(client, response, stream=stream)
        return await process(response=response, stream=stream, **how)

    client.request = request
    client._process_response = process_response  # noqa: SLF001


def _hold_websockets(client: Any, guard: Guard) -> None:
    """Refuse websockets: they go past `request`, and each makes its address by one of these."""
    for name in _WEBSOCKETS:
        setattr(client, name, _refusing(getattr(client, name), guard))


def _refusing(inner: Any, guard: Guard) -> Any:
    def held(url: Any, extra_query: Any) -> Any:
        guard.refuse(websocket_name(url.path))
        return inner(url, extra_query)

    return held
