"""A governed client, and a server that speaks what the fake vendor does not."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from aboveboard import Gate
from aboveboard.testing.recorder import Recorder
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts
from tools.aimock import Aimock

pytest.importorskip("mistralai")
httpx2 = pytest.importorskip("httpx2")


@dataclass
class Reply:
    """What the server answers to one request.

    Attributes:
        body: JSON, or bytes as they are.
        of: makes the reply of what was asked, in place of all else.
        status: of HTTP.
        kind: content type.
        pause_s: before each piece, in seconds.
        pieces: sent one after the other in place of a body; the connection is cut after the last
            when `cut`.
        holds: from which piece on it waits to be let go.
    """

    body: Any = None
    of: Callable[[Any], Reply] | None = None
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    pause_s: float = 0.0
    cut: bool = False
    holds: tuple[int, threading.Event] | None = None


def sse(*events: Any, done: bool = True, **more: Any) -> Reply:
    """A stream: each event by itself; a pair names the event, too."""
    pieces = []
    for event in events:
        name, data = event if isinstance(event, tuple) else (None, event)
        head = f"event: {name}\n" if name else ""
        pieces.append(f"{head}data: {json.dumps(data)}\n\n".encode())
    if done:
        pieces.append(b"data: [DONE]\n\n")
    return Reply(kind="text/event-stream", pieces=pieces, **more)


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    """One chunk of a stream of chat."""
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "mistral-large-2512",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        **more,
    }


def completion(message: dict[str, Any], finish: str = "stop", **more: Any) -> dict[str, Any]:
    """One answer of chat."""
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "mistral-large-2512",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", **message}}
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12},
        **more,
    }


@dataclass
class Server:
    """A server that runs: it gives its replies in order, the last one again and again."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def give(self, *replies: Reply | dict[str, Any]) -> None:
        """Set what is answered from now on."""
        self.replies[:] = [item if isinstance(item, Reply) else Reply(item) for item in replies]


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):  # every method of HTTP is answered alike
                return self.do_POST
            raise AttributeError(name)

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            held = self.rfile.read(int(self.headers.get("content-length", 0)))
            server.paths.append(self.path)
            server.headers.append(dict(self.headers))
            server.bodies.append(json.loads(held) if held[:1] == b"{" else held)
            reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
            reply = reply.of(server.bodies[-1]) if reply.of else reply
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if not reply.pieces:
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                time.sleep(reply.pause_s)
                self.wfile.write(body)
                return
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.close_connection = True
            try:
                for index, piece in enumerate(reply.pieces):
                    time.sleep(reply.pause_s)
                    if reply.holds is not None and index == reply.holds[0]:
                        reply.holds[1].wait(20)
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                if not reply.cut:
                    self.wfile.write(b"0\r\n\r\n")
            except OSError:
                pass  # the client has gone

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


ANSWERS = [
    {"match": {"userMessage": "hinta"}, "response": {"content": "Hei. Kahvi maksaa 5 euroa."}},
    {"match": {"userMessage": "kiire"}, "response": {"content": "Osta nyt, vain 2 jäljellä!"}},
    {
        "match": {"userMessage": "poista"},
        "response": {"toolCalls": [{"name": "delete_customer", "arguments": {"id": "17"}}]},
    },
]


@pytest.fixture(scope="session")
def fake(aimock: Callable[..., AbstractContextManager[Aimock]]) -> Iterator[Aimock]:
    """The fake vendor, with `ANSWERS`."""
    with aimock(ANSWERS, chunk_chars=3) as running:
        yield running


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of one's own for what the fake vendor lacks."""
    made = Server("")
    running = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
    running.daemon_threads = True
    made.url = f"http://127.0.0.1:{running.server_address[1]}"
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture(scope="session")
def _trusted() -> ssl.SSLContext:
    """Nobody is trusted here, and certificates are slow to read for each client anew."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def governed(
    assistant: tuple[Gate, Recorder], _trusted: ssl.SSLContext
) -> Iterator[Callable[..., Any]]:
    """Make a governed client: `governed(url)`; options go to `wrap`, `sdk=` to the client.

    Who uses its async side has to leave it by `async with`.
    """
    gate, _ = assistant
    made: list[Any] = []

    def make(url: str, *, sdk: dict[str, Any] | None = None, **options: Any) -> Any:
        from mistralai.client import Mistral

        import aboveboard_mistral

        given: dict[str, Any] = {
            "purpose": PURPOSE,
            "model": MODEL,
            "gate": gate,
            "host": HOST,
            "facts": chat_facts(),
            "tools": TOOLS,
            "subject": "customer-17",
        }
        http = {
            "client": httpx2.Client(verify=_trusted, follow_redirects=True),
            "async_client": httpx2.AsyncClient(verify=_trusted, follow_redirects=True),
        }
        client = Mistral(api_key="key", server_url=url, **(http | (sdk or {})))
        client.sdk_configuration.client_supplied = False  # so that the SDK closes them
        client.sdk_configuration.async_client_supplied = False
        made.append(client)
        return aboveboard_mistral.wrap(client, **(given | options))

    yield make
    for client in made:
        with client:
            pass


def steps(recorder: Recorder) -> list[tuple[str, str]]:
    """Step and phase of each decision."""
    return [(verdict.step, verdict.phase) for verdict in recorder.verdicts]
