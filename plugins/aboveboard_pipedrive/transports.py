"""The transport that stands between an httpx client and the net."""

from __future__ import annotations

from typing import Any

import anyio.from_thread
import anyio.to_thread
import httpx

from aboveboard_pipedrive.governor import Governor

__all__ = ["GovernedTransport"]


class GovernedTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):  # type: ignore[misc]
    """Judges each request and answer of a client, of either kind.

    In an async client they are judged in a thread, so that the loop goes on.

    Args:
        inner: what makes the requests.
        governor: who judges.
    """

    def __init__(self, inner: Any, governor: Governor) -> None:
        self.inner = inner
        self.governor = governor

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport`.

        Raises:
            StepDenied, StepEscalated: as it is, wrapped into nothing.
        """
        governor, inner = self.governor, self.inner
        if governor.wants_body(request):
            request.read()
        out = governor.before(request, self._send)
        response: httpx.Response = inner.handle_request(out.request)
        if governor.refused_extra(out, response):
            response.close()
            assert out.plain is not None  # noqa: S101  (it was refused)
            response = inner.handle_request(out.plain)
            if response.is_success:
                governor.dialect.without_campaigns()
        if not governor.judges(out, response):
            return response
        try:
            response.read()
        finally:
            response.close()
        return governor.after(out, response, self._send)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.AsyncBaseTransport`.

        Raises:
            StepDenied, StepEscalated: as it is, wrapped into nothing.
        """
        governor, inner = self.governor, self.inner
        if governor.wants_body(request):
            await request.aread()
        out = await anyio.to_thread.run_sync(governor.before, request, self._send_from_thread)
        response: httpx.Response = await inner.handle_async_request(out.request)
        if governor.refused_extra(out, response):
            await response.aclose()
            assert out.plain is not None  # noqa: S101  (it was refused)
            response = await inner.handle_async_request(out.plain)
            if response.is_success:
                governor.dialect.without_campaigns()
        if not governor.judges(out, response):
            return response
        try:
            await response.aread()
        finally:
            await response.aclose()
        return await anyio.to_thread.run_sync(governor.after, out, response, self._send_from_thread)

    def _send(self, request: httpx.Request) -> httpx.Response:
        response: httpx.Response = self.inner.handle_request(request)
        try:
            response.read()
        finally:
            response.close()
        return response

    def _send_from_thread(self, request: httpx.Request) -> httpx.Response:
        return anyio.from_thread.run(self._send_async, request)

    async def _send_async(self, request: httpx.Request) -> httpx.Response:
        response: httpx.Response = await self.inner.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response

    def __enter__(self) -> GovernedTransport:
        self.inner.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self.inner.__exit__(*raised)

    def close(self) -> None:
        """Close what makes the requests."""
        self.inner.close()

    async def __aenter__(self) -> GovernedTransport:
        await self.inner.__aenter__()
        return self

    async def __aexit__(self, *raised: Any) -> None:
        await self.inner.__aexit__(*raised)

    async def aclose(self) -> None:
        """Close what makes the requests."""
        await self.inner.aclose()
