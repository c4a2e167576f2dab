"""A fake vendor of AI for tests and examples: found or fetched, and started with given answers.

    python -m tools.aimock        prints where it is

It is @copilotkit/aimock (MIT), a server that speaks the HTTP APIs of OpenAI, Anthropic, Gemini and
others, streams included. A fake: it says what it was told to say, and knows nothing.

Looked for in this order:

1. `ABOVEBOARD_AIMOCK`: the directory of an unpacked package. If set, it is the only place looked at.
2. The cache: `$XDG_CACHE_HOME` (or `~/.cache`)`/aboveboard-aimock/<version>`.
3. The npm registry, by `npm pack`, into the cache.

It needs Node 20 or newer on PATH. Standard library only.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import npm
from tools.cache import cache_directory

__all__ = ["Aimock", "AimockNotFoundError", "aimock_server", "find_aimock"]

VERSION = "1.43.0"
INTEGRITY = "sha512-V8D8cjSMtAR4rHaD2ulp3DR/ZguXQjDNOqwKDNvjb/OJL/KR1I0SDf5xpRCd+TYKjhmf9fM8Xpg3QBKPmV9Kmw=="
_PROGRAM = Path("dist", "cli.js")
_START_S = 30


class AimockNotFoundError(RuntimeError):
    """The fake vendor cannot be had or started; the text says why and what to do."""


@dataclass(frozen=True)
class Aimock:
    """A fake vendor that runs.

    Attributes:
        url: where it listens, such as `http://127.0.0.1:4010`; the SDK of OpenAI wants `/v1` behind it.
    """

    url: str

    def journal(self) -> list[dict[str, Any]]:
        """The requests that it was sent, in order."""
        found: list[dict[str, Any]] = json.loads(self._ask("GET", "/__aimock/journal"))
        return found

    def bodies(self) -> list[Any]:
        """What those requests held."""
        return [entry.get("body") for entry in self.journal()]

    def chaos(self, **rates: float) -> None:
        """Fail requests from now on; none without rates.

        Args:
            rates: `dropRate` (500), `rateLimitRate` (429 with Retry-After), `malformedRate`,
                `disconnectRate`: 0 to 1.
        """
        self._ask("POST" if rates else "DELETE", "/__aimock/chaos", json.dumps(rates))

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        host = self.url.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=10)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= 300:
            msg = f"The fake vendor answers {response.status} to {method} {path}: {answer[:200]!r}"
            raise AimockNotFoundError(msg)
        return answer


def find_aimock() -> Path:
    """The program of the fake vendor, fetched into the cache if need be.

    Raises:
        AimockNotFoundError: there is none; why is in the text.
    """
    if shutil.which("node") is None:
        msg = "No fake vendor of AI: 'node' is not on PATH. Install Node 20 or newer."
        raise AimockNotFoundError(msg)
    named = os.environ.get("ABOVEBOARD_AIMOCK")
    home = Path(named) if named else cache_directory("aimock", VERSION) / "package"
    if not named and not home.is_dir():
        _fetch(home)
    if not (home / _PROGRAM).is_file():
        msg = f"No fake vendor of AI: '{home}' has no {_PROGRAM}."
        raise AimockNotFoundError(msg)
    return (home / _PROGRAM).absolute()


@contextmanager
def aimock_server(
    program: Path, fixtures: Sequence[dict[str, Any]], *, chunk_chars: int = 8, latency_ms: int = 0
) -> Iterator[Aimock]:
    """Run a fake vendor for as long as the block lasts.

    Args:
        program: as `find_aimock` gives it.
        fixtures: what it answers to what, in order: `{"match": {"userMessage": …}, "response":
            {"content": …}}`; its documentation has the rest.
        chunk_chars: characters in a chunk of a stream.
        latency_ms: between chunks, in milliseconds.

    Raises:
        AimockNotFoundError: it does not start; the end of its log is in the text.
    """
    with tempfile.TemporaryDirectory(prefix="aimock-") as scratch:
        told = Path(scratch, "fixtures.json")
        told.write_text(json.dumps({"fixtures": list(fixtures)}), encoding="utf-8")
        log = Path(scratch, "log")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [
            "node", str(program), "-p", str(port), "-f", str(told), "-c", str(chunk_chars),
            "-l", str(latency_ms), "--strict", "--log-level", "warn",
        ]  # fmt: skip
        with log.open("wb") as stream:
            server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, cwd=scratch
            )
            try:
                _wait(server, port, log)
                yield Aimock(f"http://127.0.0.1:{port}")
            finally:
                server.terminate()
                try:
                    server.wait(10)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            Aimock(f"http://127.0.0.1:{port}").journal()
            return
        except OSError:
            time.sleep(0.05)
    end = log.read_text("utf-8", "replace")[-2000:]
    msg = f"The fake vendor of AI does not start; its log ends with:\n{end}"
    raise AimockNotFoundError(msg)


def _fetch(home: Path) -> None:
    """Put the pinned package at `home`; safe while others do the same."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".fetch-") as scratch:
            spec = f"@copilotkit/aimock@{VERSION}"
            packed = npm.fetch(spec, INTEGRITY, Path(scratch))
            with tarfile.open(packed, "r:gz") as archive:
                archive.extractall(Path(scratch, "unpacked"), filter="data")
            try:
                Path(scratch, "unpacked", "package").rename(home)
            except OSError:
                if not home.is_dir():  # else another was quicker, with the same
                    raise
    except npm.NpmError as error:
        msg = f"No fake vendor of AI: {error}. Set ABOVEBOARD_AIMOCK to an unpacked {spec}."
        raise AimockNotFoundError(msg) from error
    except (OSError, tarfile.TarError) as error:
        msg = f"No fake vendor of AI: '{home}' cannot be written ({error})."
        raise AimockNotFoundError(msg) from error


if __name__ == "__main__":
    try:
        print(find_aimock())
    except AimockNotFoundError as error:
        sys.exit(str(error))
