"""Nothing of google-genai gets the HTTP client, save for a request that was judged.

A way of sending that the plugin does not know, such as one of a later version, fails instead of going
past it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from google.genai._api_client import BaseApiClient, HttpResponse

from aboveboard.ai import Guard

__all__ = ["Closed", "allowed"]

_WHY = "A part of google-genai that nobody governs asks for the HTTP client."
_allowed: ContextVar[bool] = ContextVar("aboveboard_gemini_allowed", default=False)


@contextmanager
def allowed() -> Iterator[None]:
    """Let what runs within have the HTTP client."""
    token = _allowed.set(True)
    try:
        yield
    finally:
        _allowed.reset(token)


class _Held:
    """An HTTP client that only a governed request may use."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if not _allowed.get():
            instance._guard.refuse("http client", _WHY)  # noqa: SLF001
        return instance.__dict__.get(self._name)

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self._name] = value


class Closed(BaseApiClient):  # type: ignore[misc]
    """What sends the requests of a client, with its other ways to the net closed."""

    _guard: Guard
    _httpx_client = _Held()
    _async_httpx_client = _Held()
    _authorized_session = _Held()

    async def _get_aiohttp_session(self, *given: Any, **named: Any) -> Any:
        if not _allowed.get():
            self._guard.refuse("http client", _WHY)
        return await super()._get_aiohttp_session(*given, **named)

    def _websocket_base_url(self, *given: Any, **named: Any) -> str:
        passing = self._guard.options.passing
        if not any(name.partition(".")[0] == "live" for name in passing):
            self._guard.refuse("live.connect")
        url: str = super()._websocket_base_url(*given, **named)
        return url

    def upload_file(self, *given: Any, **named: Any) -> HttpResponse:
        """See the SDK's."""
        self._guard.refuse("files.upload")
        with allowed():
            return super().upload_file(*given, **named)

    async def async_upload_file(self, *given: Any, **named: Any) -> HttpResponse:
        """See the SDK's."""
        self._guard.refuse("files.upload")
        with allowed():
            return await super().async_upload_file(*given, **named)

    def download_file(self, *given: Any, **named: Any) -> Any:
        """See the SDK's."""
        self._guard.refuse("files.download")
        with allowed():
            return super().download_file(*given, **named)

    async def async_download_file(self, *given: Any, **named: Any) -> Any:
        """See the SDK's."""
        self._guard.refuse("files.download")
        with allowed():
            return await super().async_download_file(*given, **named)

    def close(self) -> None:
        """See the SDK's."""
        with allowed():
            super().close()

    async def aclose(self) -> None:
        """See the SDK's."""
        with allowed():
            await super().aclose()

    def _async_resources_are_closed(self) -> bool:
        with allowed():
            closed: bool = super()._async_resources_are_closed()
            return closed
