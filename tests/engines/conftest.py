"""A real OPA that serves our bundle, and servers that behave badly."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What was logged."""
    with capture_logs() as logged:
        yield logged


@pytest.fixture(scope="session")
def opa_url(opa_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An OPA that has the bundled policies."""
    archive = tmp_path_factory.mktemp("bundle") / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    with opa_server(archive, bundle=True) as url:
        yield url


class Server:
    """Answers every connection by a function of its socket, each in a thread of its own."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._behave = behave
        self._open: list[socket.socket] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._behave(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def stop(self) -> None:
        """Close every socket and wait for the threads."""
        # Shutting down wakes up `accept`; closing alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join(5)


@pytest.fixture
def server() -> Iterator[Callable[[Callable[[socket.socket], None]], Server]]:
    """Start servers: `server(behave).url`."""
    started: list[Server] = []

    def start(behave: Callable[[socket.socket], None]) -> Server:
        started.append(Server(behave))
        return started[-1]

    yield start
    for item in started:
        item.stop()


@pytest.fixture
def bundle_directory(tmp_path: Path) -> Path:
    """A directory for further policies."""
    return tmp_path / "policies"
