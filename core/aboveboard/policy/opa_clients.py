"""opa-python-client's clients, told what Aboveboard needs: raw bytes, no proxies, one deadline."""

from __future__ import annotations

import asyncio
import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any

import aiohttp
import requests
import urllib3
from opa_client.opa import OpaClient
from opa_client.opa_async import AsyncOpaClient
from yarl import URL

from aboveboard.errors import EngineError
from aboveboard.policy.opa_tls import tls_context, tls_problem

if TYPE_CHECKING:
    from aboveboard.policy.opa import OpaConnection

__all__ = ["MAX_ANSWER_BYTES", "AsyncClient", "Client", "kept_open"]

MAX_ANSWER_BYTES = 16 << 20
"""An answer that is longer is none of Aboveboard's, and is not read to its end."""

_CONNECTIONS = 64
"""Of one event loop. More questions at once than one core can ask of a server 40 ms away."""

_CHUNK = 1 << 16
# `identity`: OPA would pack answers for us, and a packed answer may unfold without end.
_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}


def _arguments(connection: OpaConnection) -> dict[str, Any]:
    cert: Any = connection.cert_file
    if cert and connection.key_file:
        cert = (cert, connection.key_file)
    return {
        "host": f"[{connection.host}]" if ":" in connection.host else connection.host,
        "port": connection.port,
        "ssl": (connection.ca_file or True) if connection.tls else False,
        "cert": cert,
        "token": connection.token,
        "retries": 0,
        "timeout": connection.timeout_s,
    }


def _context(client: OpaClient | AsyncOpaClient) -> ssl.SSLContext:
    cert = client.cert
    chain = () if not cert else cert if isinstance(cert, tuple) else (cert,)
    return tls_context(client.ssl if isinstance(client.ssl, str) else None, chain)


def _unavailable() -> EngineError:
    return EngineError(
        "runtime.engine_unavailable",
        "The OPA server cannot be reached.",
        "Start it ('opa run --server --bundle FILE') or correct opa_url.",
    )


def _timeout(seconds: float) -> EngineError:
    return EngineError(
        "runtime.timeout",
        f"The OPA server did not answer within {seconds:g} s.",
        "Look at the server's load and health, or raise timeout_s.",
    )


def _too_long() -> EngineError:
    return EngineError(
        "runtime.policy_error",
        f"The OPA server's answer is longer than {MAX_ANSWER_BYTES} bytes.",
        "Check that opa_url is an OPA server and that nothing in between changes answers.",
    )


class _Deadline(threading.local):
    """When the decision that this thread is waiting for has to be there, by `time.monotonic`."""

    at = float("inf")

    def left(self) -> float:
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


_deadline = _Deadline()


class _TimedReader(io.RawIOBase):
    """Reads a socket until the deadline; a socket's own timeout begins anew with every byte."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._raw = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(_deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        super().close()
        self._raw.close()


class _Readable:
    """As much of a socket as `http.client.HTTPResponse` uses."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._socket))


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_Readable(sock), *args, **kwargs)  # type: ignore[arg-type]


class _Timed:
    """What both kinds of connection do about the deadline."""

    response_class = _TimedResponse
    sock: Any
    timeout: float | None

    def connect(self) -> None:
        self.timeout = _deadline.left()
        super().connect()  # type: ignore[misc]

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(_deadline.left())
        super().request(*args, **kwargs)  # type: ignore[misc]


class _Connection(_Timed, urllib3.connection.HTTPConnection):  # type: ignore[misc]
    pass


class _TlsConnection(_Timed, urllib3.connection.HTTPSConnection):  # type: ignore[misc]
    pass


class Client(OpaClient):  # type: ignore[misc]
    """The synchronous client: one `requests` session, shared by threads.

    Decisions go straight to the session's connection pool: what `requests` does above it (cookies,
    redirects, netrc, packed answers) is nothing that an OPA server needs, and costs half the time.
    """

    def __init__(self, connection: OpaConnection) -> None:
        super().__init__(**_arguments(connection))
        self._pool = self._open_pool(f"{self.schema}{self.host}:{self.port}")
        self._headers = {**(self.headers or {}), **_HEADERS}

    def _init_session(self) -> requests.Session:
        session: requests.Session = super()._init_session()
        session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(max_retries=0, pool_maxsize=32)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def _open_pool(self, origin: str) -> urllib3.HTTPConnectionPool:
        if self.ssl:
            _context(self)  # to say so now, if a file is wrong
        session = self._session
        question = session.prepare_request(requests.Request("POST", origin))
        pool: urllib3.HTTPConnectionPool = session.get_adapter(
            origin
        ).get_connection_with_tls_context(question, session.verify, cert=session.cert)
        pool.ConnectionCls = _TlsConnection if self.ssl else _Connection
        return pool

    def post(self, path: str, body: bytes, deadline: float) -> tuple[int, bytes]:
        """POST a JSON body; returns status and body.

        Args:
            path: on the server.
            body: JSON.
            deadline: by `time.monotonic`, for all of it.

        Raises:
            EngineError: no answer, none in time, or one that is too long.
        """
        return self._send("POST", path, body, deadline)

    def get(self, path: str, deadline: float) -> tuple[int, bytes]:
        """GET; as `post`."""
        return self._send("GET", path, None, deadline)

    def _send(
        self, method: str, path: str, body: bytes | None, deadline: float
    ) -> tuple[int, bytes]:
        _deadline.at = deadline
        try:
            response = self._pool.urlopen(
                method,
                path,
                body,
                self._headers,
                retries=False,
                redirect=False,
                timeout=max(deadline - time.monotonic(), 0.001),
                preload_content=False,
                decode_content=False,
            )
            parts: list[bytes] = []
            left = MAX_ANSWER_BYTES
            # To the empty read: only that tells a whole answer from one that was cut off.
            while part := response.read(_CHUNK):
                parts.append(part)
                left -= len(part)
                if left < 0:
                    response.close()
                    raise _too_long()
            response.release_conn()
            return response.status, b"".join(parts)
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
            late = isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError)
            # urllib3 counts "nobody there" among the timeouts of connecting.
            late = late and not isinstance(error, urllib3.exceptions.NewConnectionError)
            if late or time.monotonic() >= deadline:
                raise _timeout(self.timeout) from None
            found = tls_problem(error) if self.ssl else None
            raise (found or _unavailable()) from None
        finally:
            _deadline.at = float("inf")


class AsyncClient(AsyncOpaClient):  # type: ignore[misc]
    """The asynchronous client: one aiohttp session in one event loop."""

    def __init__(self, connection: OpaConnection) -> None:
        super().__init__(**_arguments(connection))
        self._origin = f"{self.schema}{self.host}:{self.port}"
        # A handful of paths: parsed once, for parsing costs a tenth of a decision.
        self._urls: dict[str, URL] = {}
        # First come, first served; in aiohttp's own queue newcomers overtake those who wait.
        self._free = asyncio.Semaphore(_CONNECTIONS)

    async def _init_session(self) -> None:
        context: ssl.SSLContext | bool = True
        if self.ssl:
            context = _context(self)
        self._session = aiohttp.ClientSession(
            headers={**(self.headers or {}), **_HEADERS},
            connector=aiohttp.TCPConnector(ssl=context, limit=_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    async def post(self, path: str, body: bytes, deadline: float) -> tuple[int, bytes]:
        """POST a JSON body; as `Client.post`."""
        return await self._send("POST", path, body, deadline)

    async def get(self, path: str, deadline: float) -> tuple[int, bytes]:
        """GET; as `Client.post`."""
        return await self._send("GET", path, None, deadline)

    async def _send(
        self, method: str, path: str, body: bytes | None, deadline: float
    ) -> tuple[int, bytes]:
        url = self._urls.get(path)
        if url is None:
            url = self._urls[path] = URL(self._origin + path, encoded=True)
        try:
            async with self._free:  # for no longer than the deadlines of those before
                return await self._ask(method, url, body, deadline)
        except TimeoutError:
            raise _timeout(self.timeout) from None
        except (aiohttp.ClientError, OSError) as error:
            found = tls_problem(error) if self.ssl else None
            raise (found or _unavailable()) from None

    async def _ask(
        self, method: str, url: URL, body: bytes | None, deadline: float
    ) -> tuple[int, bytes]:
        left = aiohttp.ClientTimeout(total=max(deadline - time.monotonic(), 0.001))
        async with self._session.request(
            method, url, data=body, timeout=left, allow_redirects=False
        ) as response:
            parts: list[bytes] = []
            length = 0
            async for part in response.content.iter_chunked(_CHUNK):
                parts.append(part)
                length += len(part)
                if length > MAX_ANSWER_BYTES:
                    response.close()
                    raise _too_long()
            return response.status, b"".join(parts)


async def kept_open(
    client: AsyncClient, closed: Callable[[], object]
) -> AsyncGenerator[AsyncClient, None]:
    """Yield the connected client once; closing the generator closes its session, then calls back."""
    try:
        async with client:
            yield client
    finally:
        closed()
