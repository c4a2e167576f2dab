"""The engine that runs the user's own OPA on loopback, with the bundle that embedded would use.

For development and CI: the engine of production without setting one up. The server belongs to the
process that made the engine: it ends with it, also by `kill -9` (policy/guard_child.py). A forked
child asks the same server and neither ends nor restarts it.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from aboveboard.errors import ConfigurationError, EngineError
from aboveboard.facts import Step
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.engine import Answer, EngineHealth
from aboveboard.policy.opa_process import OpaProcess

__all__ = ["STEADY_S", "ManagedEngine"]

STEADY_S = 60.0
"""A server that ended is started again once; then anew when the next one has lived this long."""

_log = structlog.get_logger("aboveboard")


@dataclass(slots=True)
class _Running:
    """The server of the moment; outlives the engine by as long as it takes to end it."""

    server: OpaProcess
    closed: bool = False
    over: bool = False
    owner: int = field(default_factory=os.getpid)

    def stop(self, *, wait: bool) -> None:
        if os.getpid() == self.owner:
            self.closed = True
            self.server.stop(wait=wait)


class ManagedEngine:
    """Starts an OPA server, asks it, and ends it. Safe to use from any thread or event loop.

    Logs `engine.stopped` when the server ends by itself, then `engine.restarted`, or
    `engine.not_restarted` when it ended twice within a minute or does not start: from then on every
    decision is a deny, until the gate is reloaded.

    Raises:
        ConfigurationError: OPA does not start.
    """

    name = "managed"

    def __init__(self, bundle: PolicyBundle, binary: Path, timeout_s: float = 1.0) -> None:
        self._bundle = bundle
        self._binary = binary
        self._timeout_s = timeout_s
        self._running = _Running(OpaProcess.start(binary, bundle, timeout_s))
        # Also at exit. Decisions on their way hold the engine, so its end waits for them.
        weakref.finalize(self, self._running.stop, wait=False)
        threading.Thread(
            target=_supervise,
            args=(weakref.ref(self), self._running),
            name="aboveboard-managed-opa",
            daemon=True,
        ).start()

    @property
    def catalogue(self) -> Catalogue:
        """The messages of the bundle."""
        return self._bundle.catalogue

    @property
    def revision(self) -> str:
        """The revision of the bundle."""
        return self._bundle.revision

    @property
    def usable(self) -> bool:
        """False when the server ended and is not started again."""
        return not self._running.over

    def prepare(self) -> None:
        """Nothing: the server answered when it was started."""

    def evaluate(self, step: Step, facts: str) -> Answer:
        """See `PolicyEngine.evaluate`."""
        try:
            return self._running.server.engine.evaluate(step, facts)
        except EngineError as error:
            raise _ours(error) from None

    async def aevaluate(self, step: Step, facts: str) -> Answer:
        """See `PolicyEngine.aevaluate`."""
        try:
            return await self._running.server.engine.aevaluate(step, facts)
        except EngineError as error:
            raise _ours(error) from None

    def health(self) -> EngineHealth:
        """See `Reporting.health`."""
        return self._running.server.engine.health()

    async def ahealth(self) -> EngineHealth:
        """See `Reporting.ahealth`."""
        return await self._running.server.engine.ahealth()

    def close(self) -> None:
        """End the server; returns when it has ended."""
        self._running.stop(wait=True)

    async def aclose(self) -> None:
        """Close the session of the running event loop, and end the server."""
        await self._running.server.engine.aclose()
        self.close()

    def restart(self) -> None:
        """Start a server in the place of one that ended.

        Raises:
            ConfigurationError: OPA does not start.
        """
        server = OpaProcess.start(self._binary, self._bundle, self._timeout_s)
        self._running.server = server
        if self._running.closed:  # while it started
            server.stop()


def _supervise(engine: weakref.ref[ManagedEngine], running: _Running) -> None:
    """Notice the server's end at once, and start it again."""
    again = False
    while True:
        since = time.monotonic()
        running.server.wait()
        found = engine()
        if running.closed or found is None:
            return
        lived = time.monotonic() - since
        _log.error("engine.stopped", engine="managed", lived_s=round(lived, 1))
        if again and lived < STEADY_S:
            running.over = True
            _log.error("engine.not_restarted", engine="managed", problem="It ended twice.")
            return
        try:
            found.restart()
        except ConfigurationError as error:
            running.over = True
            _log.error("engine.not_restarted", engine="managed", problem=str(error))
            return
        again = True
        _log.warning("engine.restarted", engine="managed")
        del found  # while waiting, only those who decide keep the engine


def _ours(error: EngineError) -> EngineError:
    if error.reason != "runtime.engine_unavailable":
        return error
    return EngineError(
        error.reason,
        "The OPA server that Aboveboard runs is not there.",
        "It is started again once; see 'engine.stopped' in the log for whether that helped. "
        "Gate.reload() starts it anew.",
    )
