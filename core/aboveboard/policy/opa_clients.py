"""opa-python-client's clients, told what Aboveboard needs: raw bytes, no proxies, one deadline."""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

import aiohttp
import requests
from opa_client.opa import OpaClient
from opa_client.opa_async import AsyncOpaClient

from aboveboard.errors import EngineError

if TYPE_CHECKING:
    from aboveboard.policy.opa import OpaConnection

__all__ = ["AsyncClient", "Client", "kept_open"]

_JSON = {"Content-Type": "application/json"}


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


class Client(OpaClient):  # type: ignore[misc]
    """The synchronous client: one `requests` session, shared by threads."""

    def __init__(self, connection: OpaConnection) -> None:
        super().__init__(**_arguments(connection))
        self._origin = f"{self.schema}{self.host}:{self.port}"

    def _init_session(self) -> requests.Session:
        session: requests.Session = super()._init_session()
        session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(max_retries=0, pool_maxsize=32)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """POST a JSON body; returns status and body. Raises EngineError."""
        return self._send("POST", path, body)

    def get(self, path: str) -> tuple[int, bytes]:
        """GET; returns status and body. Raises EngineError."""
        return self._send("GET", path, None)

    def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        try:
            response = self._session.request(
                method,
                self._origin + path,
                data=body,
                headers=_JSON,
                timeout=self.timeout,
                allow_redirects=False,
            )
            return response.status_code, response.content
        except requests.Timeout:
            raise _timeout(self.timeout) from None
        except (requests.RequestException, OSError):
            raise _unavailable() from None


class AsyncClient(AsyncOpaClient):  # type: ignore[misc]
    """The asynchronous client: one aiohttp session in one event loop."""

    def __init__(self, connection: OpaConnection) -> None:
        super().__init__(**_arguments(connection))
        self._origin = f"{self.schema}{self.host}:{self.port}"

    async def _init_session(self) -> None:
        context: ssl.SSLContext | bool = True
        if self.ssl:
            context = ssl.create_default_context(
                cafile=self.ssl if isinstance(self.ssl, str) else None
            )
            if self.cert:
                chain = self.cert if isinstance(self.cert, tuple) else (self.cert,)
                context.load_cert_chain(*chain)
        self._session = aiohttp.ClientSession(
            headers=self.headers,
            connector=aiohttp.TCPConnector(ssl=context),
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            trust_env=False,
        )

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """POST a JSON body; returns status and body. Raises EngineError."""
        return await self._send("POST", path, body)

    async def get(self, path: str) -> tuple[int, bytes]:
        """GET; returns status and body. Raises EngineError."""
        return await self._send("GET", path, None)

    async def _send(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        try:
            async with self._session.request(
                method, self._origin + path, data=body, headers=_JSON, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise _timeout(self.timeout) from None
        except (aiohttp.ClientError, OSError):
            raise _unavailable() from None


async def kept_open(client: AsyncClient) -> AsyncGenerator[AsyncClient, None]:
    """Yield the connected client once; closing the generator closes its session."""
    async with client:
        yield client
