"""The engine that asks an OPA server over opa-python-client: how decisions scale out in production.

One kept-alive session a process (and one an event loop for async), no retries (a retry would hide a
slow server from the step's deadline), no proxies from the environment (no third party sees facts),
`strict-builtin-errors`, so that OPA reports what the embedded engine reports.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import threading
import time
import weakref
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aboveboard.errors import EngineError, PolicyError, SettingsError
from aboveboard.facts import Step
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.engine import Answer, EngineHealth, read_answer
from aboveboard.policy.opa_health import QUESTIONS, read_health, unreachable
from aboveboard.turns import turn

if TYPE_CHECKING:
    from aboveboard.policy.opa_clients import AsyncClient, Client

__all__ = ["OpaConnection", "OpaEngine"]

_QUERY = "?strict-builtin-errors=true"
_CATALOGUE = "/v1/data/catalogue"
_OK, _FORBIDDEN = 200, (401, 403)
# A header that a client library would refuse would read as "server not there".
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, repr=False)
class OpaConnection:
    """Where the OPA server is and how to speak to it.

    Attributes:
        url: `http://127.0.0.1:8181` or `https://…`; no path.
        timeout_s: for one decision, connecting included, in seconds.
        token: bearer token, for `--authentication=token`.
        ca_file: certificate authority to trust instead of the system's.
        cert_file: client certificate for mutual TLS.
        key_file: its key, when it is not in `cert_file`.
    """

    url: str = "http://127.0.0.1:8181"
    timeout_s: float = 1.0
    token: str | None = None
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None

    @property
    def host(self) -> str:
        """Host name or address."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The port; 443 or 8181 when the URL names none."""
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 8181)

    @property
    def tls(self) -> bool:
        """True for https."""
        return urlsplit(self.url).scheme == "https"

    def checked(self) -> OpaConnection:
        """The connection itself.

        Raises:
            SettingsError: the URL is not one of an OPA server, or the timeout no time.
        """
        try:
            parts = urlsplit(self.url)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname)
            fine = fine and parts.path in ("", "/") and not parts.query and not parts.fragment
            # `is None`: an empty name before an @ is one too.
            fine = fine and parts.username is None and parts.password is None
            _ = parts.port
        except ValueError:
            fine = False
        if not fine:
            msg = (
                "The URL of the OPA server is not one. Expected scheme, host and port only, "
                "as in 'http://127.0.0.1:8181'."
            )
            raise SettingsError(msg)
        if not self.timeout_s > 0:
            msg = "timeout_s must be above 0 seconds."
            raise SettingsError(msg)
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            msg = "opa_token is empty or holds characters that no bearer token has."
            raise SettingsError(msg)
        return self


_engines: weakref.WeakSet[OpaEngine] = weakref.WeakSet()


class OpaEngine:
    """Asks an OPA server that serves the same bundle. Safe to use from any thread or event loop."""

    name = "opa"

    def __init__(self, connection: OpaConnection) -> None:
        self._connection = connection.checked()
        self._client: Client | None = None
        self._lock = threading.Lock()
        self._loops: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[AsyncClient, AsyncGenerator[AsyncClient, None]]
        ] = weakref.WeakKeyDictionary()
        self._catalogue = Catalogue(())
        self._catalogue_revision: str | None = None
        _engines.add(self)

    @property
    def catalogue(self) -> Catalogue:
        """The messages of the server's bundle, as last fetched; empty before the first finding."""
        return self._catalogue

    def prepare(self) -> None:
        """Connect, and fetch the messages of the server's bundle.

        Raises:
            EngineError: the server cannot be reached or has no Aboveboard bundle.
        """
        status, body = self._sync().get(_CATALOGUE, self._deadline())
        self._keep_catalogue(_result(status, body))

    def evaluate(self, step: Step, facts: str) -> Answer:
        """See `PolicyEngine.evaluate`."""
        client = self._client or self._sync()
        deadline = self._deadline()
        body = b'{"input":' + facts.encode() + b"}"
        status, text = client.post(f"/v1/data/aboveboard/{step}/answer{_QUERY}", body, deadline)
        answer = read_answer(_result(status, text))
        if answer.findings and answer.revision != self._catalogue_revision:
            with contextlib.suppress(EngineError):  # the messages are bare ids then
                self._keep_catalogue(_result(*client.get(_CATALOGUE, deadline)))
        return answer

    async def aevaluate(self, step: Step, facts: str) -> Answer:
        """See `PolicyEngine.aevaluate`."""
        client = await self._async()
        deadline = self._deadline()
        body = b'{"input":' + facts.encode() + b"}"
        path = f"/v1/data/aboveboard/{step}/answer{_QUERY}"
        status, text = await client.post(path, body, deadline)
        await turn()  # answers come in together, and what is left to do with each takes its time
        answer = read_answer(_result(status, text))
        if answer.findings and answer.revision != self._catalogue_revision:
            with contextlib.suppress(EngineError):
                self._keep_catalogue(_result(*await client.get(_CATALOGUE, deadline)))
        return answer

    def health(self) -> EngineHealth:
        """See `Reporting.health`."""
        try:
            client = self._sync()
            return read_health(*[client.get(path, self._deadline()) for path in QUESTIONS])
        except EngineError as error:
            return unreachable(error, error.remedy)

    async def ahealth(self) -> EngineHealth:
        """See `Reporting.ahealth`."""
        try:
            client = await self._async()
            return read_health(*[await client.get(path, self._deadline()) for path in QUESTIONS])
        except EngineError as error:
            return unreachable(error, error.remedy)

    def close(self) -> None:
        """Close the session of this process."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close_connection()

    async def aclose(self) -> None:
        """Close the session of the running event loop, and that of the process."""
        found = self._loops.pop(asyncio.get_running_loop(), None)
        if found is not None:
            await found[1].aclose()
        self.close()

    def _sync(self) -> Client:
        from aboveboard.policy.opa_clients import Client

        with self._lock:
            if self._client is None:
                self._client = Client(self._connection)
            return self._client

    async def _async(self) -> AsyncClient:
        loop = asyncio.get_running_loop()
        found = self._loops.get(loop)
        if found is None:
            from aboveboard.policy.opa_clients import AsyncClient, kept_open

            # The loop closes the generator, and with it the session, when it shuts down. A session
            # knows its loop: what is not taken out then would keep the loop for ever.
            holder = kept_open(AsyncClient(self._connection), lambda: self._loops.pop(loop, None))
            found = self._loops.setdefault(loop, (await anext(holder), holder))
        return found[0]

    def _deadline(self) -> float:
        return time.monotonic() + self._connection.timeout_s

    def _forked(self) -> None:
        """In a child process: a connection shared with the parent would mix up their answers."""
        self._client = None
        self._lock = threading.Lock()

    def _keep_catalogue(self, found: Any) -> None:
        if not isinstance(found, dict) or not isinstance(found.get("rules"), dict):
            raise _no_bundle()
        try:
            self._catalogue = Catalogue.from_dict(found["rules"])
        except PolicyError as error:
            raise EngineError("runtime.policy_error", str(error), "") from None
        self._catalogue_revision = str(found.get("revision", ""))


def _result(status: int, body: bytes) -> Any:
    if status in _FORBIDDEN:
        raise EngineError(
            "runtime.engine_unavailable",
            f"The OPA server refused the request ({status}).",
            "Check opa_token and the server's authorisation policy.",
        )
    if status == 500:
        raise EngineError(
            "runtime.policy_error",
            "A policy could not be evaluated on the OPA server.",
            "Look at the server's log: a function met a value of the wrong type, or an unknown "
            "one.",
        )
    if status != _OK:
        raise EngineError(
            "runtime.engine_unavailable",
            f"The OPA server answered with status {status}.",
            "Check that opa_url is an OPA server and that it is healthy (GET /health).",
        )
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(found, dict):
        raise _malformed()
    if "result" not in found:
        raise _no_bundle()
    return found["result"]


def _malformed() -> EngineError:
    return EngineError(
        "runtime.policy_error",
        "The OPA server's answer is not the JSON that OPA gives.",
        "Check that opa_url is an OPA server and that nothing in between changes answers.",
    )


def _no_bundle() -> EngineError:
    return EngineError(
        "runtime.policy_error",
        "The OPA server has no Aboveboard policies, or not all of their reference data.",
        "Load the bundle: 'aboveboard bundle build', then 'opa run --server --bundle FILE'.",
    )


def _after_fork() -> None:
    for engine in list(_engines):
        engine._forked()  # noqa: SLF001  (of this module)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
