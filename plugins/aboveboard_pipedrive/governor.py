"""One request to Pipedrive over httpx, judged before and after; the same for both kinds of client."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from aboveboard.crm import Exchange, FieldMap, Guard, HttpCall
from aboveboard_pipedrive.definitions import Definitions
from aboveboard_pipedrive.dialect import PipedriveDialect

__all__ = ["Governor", "Outgoing", "Send"]

Send = Callable[[httpx.Request], httpx.Response]
"""Sends a request of the plugin's own and reads its answer."""

_JUDGED = ("read", "write")
_TOKEN = "api_token"  # noqa: S105  (a parameter's name)
_AUTH = ("authorization", "x-api-token", "user-agent")
_HIDDEN = (b"%2f", b"%5c", b"%2e", b"/../", b"/./", b"//", b";")
_SENT_ANEW = (b"content-encoding", b"content-length", b"transfer-encoding")


@dataclass(slots=True, repr=False)
class Outgoing:
    """A request that may be made.

    Attributes:
        call: as the exchange left it.
        request: what is sent.
        plain: the same without what the plugin asks for itself; None when it asks for nothing.
    """

    call: HttpCall
    request: httpx.Request
    plain: httpx.Request | None = None


class Governor:
    """Judges what goes through one client.

    Args:
        guard: of the client.
        standard: what Pipedrive's own fields hold.
        options: of `PipedriveDialect`.
    """

    def __init__(self, guard: Guard, standard: FieldMap, **options: Any) -> None:
        self.guard = guard
        self._own = threading.local()
        definitions = Definitions(guard, self._ask, standard)
        self.dialect = PipedriveDialect(definitions, self._ask, **options)
        self.exchange = _Exchange(guard, self.dialect)

    def wants_body(self, request: httpx.Request) -> bool:
        """Whether the body has to be read before the request can be judged."""
        found = self.dialect.routes.match(request.method, _path(request.url))
        return found is not None and found[0].handling in ("write", "send", "refusal")

    def before(self, request: httpx.Request, send: Send) -> Outgoing:
        """Judge a request whose body was read where it is wanted.

        Raises:
            StepDenied, StepEscalated: it must not be made.
        """
        with self._sending(request, send):
            items = request.url.params.multi_items()
            token = [item for item in items if item[0] == _TOKEN]
            query = [item for item in items if item[0] != _TOKEN]
            call = HttpCall(request.method, _path(request.url), list(query))
            if any(mark in request.url.raw_path.partition(b"?")[0].lower() for mark in _HIDDEN):
                self.guard.refuse(
                    f"{request.method} hidden path",
                    "Pipedrive: a path with encoded or relative parts cannot be told from another.",
                )
                return Outgoing(call, request)
            form = self._read_body(call, request)
            text = json.dumps(call.body)
            self.exchange.before(call)
            url = request.url
            if call.query != query:
                url = url.copy_with(params=[*call.query, *token])
            if json.dumps(call.body) != text:
                body = urlencode(call.body).encode() if form else json.dumps(call.body).encode()
                return Outgoing(call, _again(request, url, body))
            if url is request.url:
                return Outgoing(call, request)
            plain = self.dialect.unasked(call, query)
            if plain is None:
                return Outgoing(call, _again(request, url))
            without = request.url.copy_with(params=[*plain, *token])
            return Outgoing(call, _again(request, url), _again(request, without))

    def judges(self, out: Outgoing, response: httpx.Response) -> bool:
        """Whether an answer has to be read and judged."""
        route = out.call.route
        return route is not None and route.handling in _JUDGED and response.is_success

    def refused_extra(self, out: Outgoing, response: httpx.Response) -> bool:
        """Whether the account may have refused what only the plugin asked for."""
        return out.plain is not None and response.status_code in (400, 403)

    def after(self, out: Outgoing, response: httpx.Response, send: Send) -> httpx.Response:
        """Judge an answer that was read.

        Raises:
            StepDenied, StepEscalated: the program must not have it.
        """
        content = response.content
        if content.strip():
            with self._sending(out.request, send):
                content = self._judged(out.call, content)
        headers = [item for item in response.headers.raw if item[0].lower() not in _SENT_ANEW]
        headers.append((b"content-length", str(len(content)).encode()))
        known = ("http_version", "reason_phrase")
        return httpx.Response(
            response.status_code,
            headers=headers,
            stream=_Whole(content),
            extensions={k: v for k, v in response.extensions.items() if k in known},
        )

    def _judged(self, call: HttpCall, content: bytes) -> bytes:
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            self.guard.refuse(
                call.name, f"The answer of '{call.name}' is no JSON object: nobody can judge it."
            )
            return content
        return json.dumps(self.exchange.after(call, answer)).encode()

    def _read_body(self, call: HttpCall, request: httpx.Request) -> bool:
        """Fill in the body of a request that writes; True when it is a form, which v1 takes too."""
        found = self.dialect.routes.match(call.method, call.path)
        if found is None or found[0].handling != "write":
            return False
        call.route, call.params = found
        if not request.content.strip():
            return False
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        try:
            if kind == "application/x-www-form-urlencoded":
                call.body = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
                return True
            call.body = json.loads(request.content)
        except (ValueError, RecursionError):
            call.body = None
        if not isinstance(call.body, dict | list):
            self.guard.refuse(
                f"{call.name} unread", f"What '{call.name}' writes is no JSON: nobody can judge it."
            )
        return False

    @contextmanager
    def _sending(self, request: httpx.Request, send: Send) -> Iterator[None]:
        """Requests of the plugin's own go out as the program's do, from this thread."""
        self._own.current = (request, send)
        try:
            yield
        finally:
            self._own.current = None

    def _ask(self, path: str, query: Mapping[str, str]) -> Any:
        request, send = self._own.current
        token = [item for item in request.url.params.multi_items() if item[0] == _TOKEN]
        url = request.url.copy_with(path=path, params=[*query.items(), *token])
        headers = {name: request.headers[name] for name in _AUTH if name in request.headers}
        response = send(httpx.Request("GET", url, headers=headers, extensions=request.extensions))
        if not response.is_success:
            msg = f"Pipedrive answered {response.status_code}."
            raise RuntimeError(msg)
        return response.json()


class _Exchange(Exchange):
    """An opt-out that a program records counts at once, and goes through whatever else holds."""

    def before(self, call: HttpCall) -> HttpCall:
        found = self.dialect.routes.match(call.method, call.path)
        if found is not None and found[0].handling == "write":
            call.route, call.params = found
            refusals = list(self.dialect.refusals(call))
            self._remember(refusals)
            if refusals and _nothing_else(call):
                return call
        return super().before(call)


def _nothing_else(call: HttpCall) -> bool:
    return isinstance(call.body, dict) and set(call.body) == {"marketing_status"}


class _Whole(httpx.SyncByteStream, httpx.AsyncByteStream):  # type: ignore[misc]
    """A complete body."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content

    async def __aiter__(self) -> Any:
        yield self._content


def _path(url: httpx.URL) -> str:
    """Below the root, without the last slash; both spellings of version 1 are one."""
    path = url.path.rstrip("/")
    return f"/v1/{path[8:]}" if path.startswith("/api/v1/") else path


def _again(request: httpx.Request, url: httpx.URL, body: bytes | None = None) -> httpx.Request:
    """The same request to another URL, or with another body."""
    if body is None:
        return httpx.Request(
            request.method,
            url,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
    headers = [item for item in request.headers.raw if item[0].lower() not in _SENT_ANEW]
    return httpx.Request(
        request.method, url, headers=headers, content=body, extensions=request.extensions
    )
