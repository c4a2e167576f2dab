"""The SDK's asynchronous client, governed like the other one; decisions are made in a thread."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from aboveboard_dataverse.adapter import KEPT_HEADERS, carried, unswallowed
from aboveboard_dataverse.asking import SEND, Send
from aboveboard_dataverse.exchange import DataverseExchange
from aboveboard_dataverse.traffic import Answer, Traffic

__all__ = ["govern_async"]

_LOOKUP_S = 30.0


def govern_async(client: Any, exchange: DataverseExchange) -> None:
    """Govern an `AsyncDataverseClient`: its low-level client, whenever that is made."""
    from aboveboard_dataverse.client import SWALLOWING

    make = client._get_odata  # noqa: SLF001

    def get_odata() -> Any:
        odata = make()
        http = odata._http  # noqa: SLF001
        if "_request" not in vars(http):
            http._request = _governed(http._request, exchange)  # noqa: SLF001
            for name in SWALLOWING:
                setattr(odata, name, _unswallowed(getattr(odata, name)))
        return odata

    client._get_odata = get_odata  # noqa: SLF001


def _governed(request: Callable[..., Any], exchange: DataverseExchange) -> Callable[..., Any]:
    traffic = Traffic(exchange)

    async def governed(method: str, url: str, **kwargs: Any) -> Any:
        import yarl

        if params := kwargs.pop("params", None):
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        headers = kwargs.get("headers") or {}
        body = kwargs.get("data")
        if "json" in kwargs:
            body = json.dumps(kwargs["json"]).encode()
        loop = asyncio.get_running_loop()
        token = SEND.set(_sender(request, url, headers, loop))
        try:
            with carried():
                asked = await asyncio.to_thread(traffic.before, method, url, headers, body)
                if asked.body is not None:
                    kwargs.pop("json", None)
                    kwargs["data"] = asked.body
                target = yarl.URL(asked.url, encoded=True) if asked.changed else yarl.URL(url)
                response = await request(method, target, **kwargs)
                if asked.judged:
                    kind = _kind(response)
                    answer = Answer(response.status, kind, response._body or b"")  # noqa: SLF001
                    told = await asyncio.to_thread(traffic.after, asked, answer)
                    if told is not None:
                        response._body = told  # noqa: SLF001
                return response
        finally:
            SEND.reset(token)

    return governed


def _sender(
    request: Callable[..., Any],
    url: str,
    headers: Mapping[str, str],
    loop: asyncio.AbstractEventLoop,
) -> Send:
    parts = urlsplit(url)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}

    def send(path: str, own: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
        import yarl

        target = yarl.URL(f"{parts.scheme}://{parts.netloc}{path}", encoded=True)
        asked = request("POST", target, headers={**kept, **own}, data=body)
        response = asyncio.run_coroutine_threadsafe(asked, loop).result(_LOOKUP_S)
        return response.status, _kind(response), response._body or b""  # noqa: SLF001

    return send


def _kind(response: Any) -> str:
    return next(
        (str(value) for name, value in response.headers.items() if name.lower() == "content-type"),
        "",
    )


def _unswallowed(call: Callable[..., Any]) -> Callable[..., Any]:
    async def run(*args: Any, **kwargs: Any) -> Any:
        with unswallowed():
            return await call(*args, **kwargs)

    return run
