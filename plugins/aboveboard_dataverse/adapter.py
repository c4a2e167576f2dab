"""Where requests leave: an adapter of `requests`, under every session of the client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from aboveboard import StepDenied, StepEscalated
from aboveboard_dataverse.asking import SEND, Send
from aboveboard_dataverse.exchange import DataverseExchange
from aboveboard_dataverse.traffic import Answer, Traffic

__all__ = ["KEPT_HEADERS", "GoverningAdapter", "Stopped", "govern_session", "unswallowed"]

# Of the program's request: what the plugin's own must bear too, so as to have its rights.
KEPT_HEADERS = (
    "Authorization",
    "CallerObjectId",
    "MSCRMCallerID",
    "OData-MaxVersion",
    "OData-Version",
    "User-Agent",
)


class Stopped(BaseException):
    """Carries a stop through the SDK's `except Exception`, to where it is raised as itself."""

    def __init__(self, stop: StepDenied | StepEscalated) -> None:
        super().__init__()
        self.stop = stop


_CARRIED: ContextVar[bool] = ContextVar("aboveboard_dataverse_carried", default=False)


@contextmanager
def unswallowed() -> Iterator[None]:
    """Where the SDK would take a stop for a failure of the network, it comes out as itself."""
    token = _CARRIED.set(True)
    try:
        yield
    except Stopped as stopped:
        raise stopped.stop from None
    finally:
        _CARRIED.reset(token)


@contextmanager
def carried() -> Iterator[None]:
    """Raise stops so that they get through, where it is asked for."""
    try:
        yield
    except (StepDenied, StepEscalated) as stop:
        if _CARRIED.get():
            raise Stopped(stop) from None
        raise


class GoverningAdapter(BaseAdapter):
    """Judges what goes through another adapter.

    Args:
        inner: makes the requests.
        exchange: judges them.
    """

    def __init__(self, inner: BaseAdapter, exchange: DataverseExchange) -> None:
        super().__init__()
        self._inner = inner
        self._traffic = Traffic(exchange)

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Make one request, if it may be made, and cut its answer."""
        token = SEND.set(_sender(self._inner, request, args, kwargs))
        try:
            with carried():
                asked = self._traffic.before(
                    str(request.method), str(request.url), request.headers, request.body
                )
                if asked.changed:
                    request = request.copy()
                    request.url = asked.url
                    if asked.body is not None:
                        request.body = asked.body
                        request.headers["Content-Length"] = str(len(asked.body))
                response = self._inner.send(request, *args, **kwargs)
                if asked.judged:
                    kind = str(response.headers.get("Content-Type", ""))
                    answer = Answer(response.status_code, kind, response.content)
                    body = self._traffic.after(asked, answer)
                    if body is not None:
                        _replace(response, body)
                return response
        finally:
            SEND.reset(token)

    def close(self) -> None:
        """Close the adapter below."""
        self._inner.close()


def govern_session(session: requests.Session, exchange: DataverseExchange) -> requests.Session:
    """Put a governing adapter before each of a session's own; one that has them is left as it is."""
    for prefix, inner in list(session.adapters.items()):
        if not isinstance(inner, GoverningAdapter):
            session.mount(prefix, GoverningAdapter(inner, exchange))
    return session


def _sender(
    inner: BaseAdapter, request: requests.PreparedRequest, args: Any, kwargs: Mapping[str, Any]
) -> Send:
    parts = urlsplit(str(request.url))
    kept = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}

    def send(path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, bytes]:
        url = f"{parts.scheme}://{parts.netloc}{path}"
        own = requests.Request("POST", url, headers={**kept, **headers}, data=body).prepare()
        response = inner.send(own, *args, **{**kwargs, "stream": False})
        content = response.content
        return response.status_code, str(response.headers.get("Content-Type", "")), content

    return send


def _replace(response: requests.Response, body: bytes) -> None:
    response._content = body  # noqa: SLF001  (there is no public way to give a response another body)
    response.headers["Content-Length"] = str(len(body))
    response.headers.pop("Content-Encoding", None)
    response.encoding = "utf-8"
