"""A real OPA server for as long as a `with` block lasts: for tests and benchmarks."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["opa_server"]

_ATTEMPTS = 3


@contextlib.contextmanager
def opa_server(
    binary: Path,
    *paths: Path | str,
    bundle: bool = False,
    options: Sequence[str] = (),
    deadline_s: float = 20.0,
) -> Iterator[str]:
    """Start `opa run --server` on a free loopback port and yield its URL, without a slash at the end.

    Args:
        binary: the OPA to start; tests get it from the fixture `opa_binary`.
        paths: files and directories to load.
        bundle: load the paths as bundles (`.manifest`, only `data.json`/`data.yaml` as data).
        options: further options of `opa run`.
        deadline_s: how long it may take until it answers; with bundles, until they are active.

    Raises:
        RuntimeError: it ended or did not answer in time; the text has what it logged.
    """
    for attempt in range(_ATTEMPTS):
        port = _free_port()
        command = [str(binary), "run", "--server", "--addr", f"127.0.0.1:{port}"]
        command += ["--log-level", "error", "--log-format", "text", "--skip-version-check"]
        command += ["--shutdown-grace-period", "1", *(["--bundle"] if bundle else []), *options]
        # To a file: nobody reads a pipe while the test runs, and a full one would stop OPA.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
            process = subprocess.Popen(
                [*command, *map(str, paths)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                problem = _await_health(process, port, deadline_s)
                if problem is None:
                    yield f"http://127.0.0.1:{port}"
                    return
            finally:
                _stop(process)
            said = _read(log)
        # Between asking for a free port and OPA taking it, somebody else may have.
        if "address already in use" not in said or attempt == _ATTEMPTS - 1:
            msg = f"OPA {problem}: {said or 'it logged nothing'}"
            raise RuntimeError(msg)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_health(process: subprocess.Popen[bytes], port: int, deadline_s: float) -> str | None:
    """Return None as soon as the server is healthy, else what is wrong with it."""
    end = time.monotonic() + deadline_s
    while time.monotonic() < end:
        code = process.poll()
        if code is not None:
            return f"ended with exit code {code}"
        # http.client, because it knows no proxies.
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health?bundles&plugins")
            # If another server got the port, ours is about to end: ask it once more.
            if connection.getresponse().status == http.HTTPStatus.OK and process.poll() is None:
                return None
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.02)
    return f"did not answer within {deadline_s} s"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _read(log: TextIO) -> str:
    log.seek(0)
    return log.read().strip()
