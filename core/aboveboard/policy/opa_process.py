"""One OPA process on loopback that serves one bundle to whoever has its token."""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from aboveboard.errors import ConfigurationError
from aboveboard.policy import child
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.opa import OpaConnection, OpaEngine

__all__ = ["OpaProcess"]

_START_S = 15.0
_STOP_S = 6.0
_ATTEMPTS = 3
# Other users of this machine reach loopback too. The file holds the token's hash, not the token.
_AUTHORISATION = """package system.authz

default allow := false

allow if crypto.sha256(input.identity) == "{digest}"
"""


class OpaProcess:
    """A running server, and the engine that asks it. Made by `start`."""

    def __init__(self, guard: subprocess.Popen[bytes], connection: OpaConnection) -> None:
        self._guard = guard
        self._port = connection.port
        self.engine = OpaEngine(connection)

    @classmethod
    def start(cls, binary: Path, bundle: PolicyBundle, timeout_s: float) -> OpaProcess:
        """Start OPA and wait until it decides by the bundle.

        Args:
            binary: the OPA to run.
            bundle: what it serves.
            timeout_s: of a decision, in seconds.

        Raises:
            ConfigurationError: it ended, or did not answer in time; says what it said.
        """
        python = child.python_command("guard_child.py")
        if python is None:
            msg = (
                "Engine 'managed' cannot run OPA from this program, which is no Python. Call "
                "'multiprocessing.set_executable' with one, or run OPA yourself (engine = \"opa\")."
            )
            raise ConfigurationError(msg)
        archive = write_archive(bundle)
        said = ""
        for _ in range(_ATTEMPTS):
            with tempfile.TemporaryFile() as log:
                server = cls._launch(python, binary, archive, timeout_s, log.fileno())
                said = server.await_ready(bundle.revision)
                if not said:
                    return server
                server.stop()
                log.seek(0)
                text = log.read(1 << 16).decode("utf-8", "replace")
            # Between asking for a free port and OPA taking it, somebody else may have.
            if "address already in use" not in text and "Only one usage of each" not in text:
                lines = [" ".join(line.split())[:300] for line in text.splitlines() if line.strip()]
                said = "\n".join([said, *lines[-3:]])
                break
        msg = f"OPA ('{binary}') {said}"
        raise ConfigurationError(msg)

    @classmethod
    def _launch(
        cls, python: list[str], binary: Path, archive: bytes, timeout_s: float, log: int
    ) -> OpaProcess:
        token = secrets.token_urlsafe(32)
        folder = Path(tempfile.mkdtemp(prefix="aboveboard-opa-"))  # for this user only
        try:
            (folder / "policies.tar.gz").write_bytes(archive)
            authorisation = folder / "authorisation"
            authorisation.mkdir()
            manifest = json.dumps({"roots": ["system/authz"]})
            (authorisation / ".manifest").write_text(manifest, encoding="utf-8")
            digest = hashlib.sha256(token.encode()).hexdigest()
            (authorisation / "authz.rego").write_text(
                _AUTHORISATION.format(digest=digest), encoding="utf-8"
            )
            port = _free_port()
            guard = subprocess.Popen(  # noqa: S603  (the user's own OPA, under our guard)
                [
                    *(*python, str(folder), str(binary), "run", "--server"),
                    *("--addr", f"127.0.0.1:{port}", "--skip-version-check"),
                    *("--authentication", "token", "--authorization", "basic"),
                    *("--log-level", "error", "--log-format", "text"),
                    *("--shutdown-grace-period", "1"),
                    *("--bundle", "policies.tar.gz", "authorisation"),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                bufsize=0,
                env=child.environment(),
                **child.options(),
            )
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            msg = f"OPA cannot be started ({error.strerror})."
            raise ConfigurationError(msg) from None
        connection = OpaConnection(url=f"http://127.0.0.1:{port}", timeout_s=timeout_s, token=token)
        return cls(guard, connection)

    def wait(self) -> None:
        """Return when the server has ended, whoever ended it."""
        self._guard.wait()
        self.stop(wait=False)

    def stop(self, *, wait: bool = True) -> None:
        """End the server. May be called again, and from any thread."""
        pipe = self._guard.stdin
        if pipe is not None and not pipe.closed:
            # A forked child may hold the pipe open, so that closing it alone would say nothing.
            with contextlib.suppress(OSError):  # it has ended
                pipe.write(b"q")
            with contextlib.suppress(OSError):
                pipe.close()
        if wait:
            self.engine.close()
            try:
                self._guard.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._guard.kill()
                self._guard.wait()

    def await_ready(self, revision: str) -> str:
        """Empty when the server is up with our bundle; else what became of it."""
        end = time.monotonic() + _START_S
        while time.monotonic() < end:
            # Not before somebody listens: an error's traceback would keep our callers' frames, and
            # with them an engine that nobody uses any more, until the next garbage collection.
            found = self.engine.health() if self._listens() else None
            code = self._guard.poll()
            if code is not None:
                return f"ended with exit code {code} before it was ready."
            # Both: should another server have got the port, ours is about to end.
            if found is not None and found.healthy and found.revision == revision:
                return ""
            time.sleep(0.02)
        return f"was not ready within {_START_S:g} s."

    def _listens(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self._port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
