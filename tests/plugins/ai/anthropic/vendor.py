"""A local server that speaks the Messages API, for what the fake vendor lacks. It knows nothing."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = [
    "Reply", "Sent", "Vendor", "event_of", "events_of", "message", "serving", "text", "tool",
]  # fmt: skip

_MASK = re.compile(r"\[[A-Z_]+_[0-9a-f]{6,}\]")
USAGE = {
    "input_tokens": 30,
    "output_tokens": 12,
    "cache_creation_input_tokens": 5,
    "cache_read_input_tokens": 3,
    "inference_geo": "eu",
    "service_tier": "standard",
}


@dataclass(frozen=True)
class Sent:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Reply:
    """What is answered.

    Attributes:
        body: JSON, or the pieces of a body as they are sent. In JSON `@@` stands for the first mask
            that the request holds.
        size: where the body is streamed, of the pieces of its texts, in characters.
        status: of HTTP.
        pause_s: before each piece, in seconds.
        cut: the connection ends before the body does.
        headers: further ones.
    """

    body: Any = None
    status: int = 200
    size: int | None = None
    pause_s: float = 0.0
    cut: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Vendor:
    """Answers each request with the next reply, and the last one again and again."""

    def __init__(self) -> None:
        self.url = ""
        self.sent: list[Sent] = []
        self.replies: list[Reply] = []
        self.gone = threading.Event()
        """A client went away while it was being answered."""

    def answers(self, *replies: Any) -> None:
        """Answer with these from now on; a message stands for its reply."""
        self.replies = [each if isinstance(each, Reply) else Reply(each) for each in replies]

    def streams(self, *messages: dict[str, Any], size: int = 5, **how: Any) -> None:
        """Answer with the streams of messages."""
        self.answers(*(Reply(each, size=size, **how) for each in messages))

    @property
    def bodies(self) -> list[Any]:
        return [each.body for each in self.sent]

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def text(said: str, **more: Any) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": said, **more}


def tool(name: str, arguments: dict[str, Any], number: str = "toolu_01") -> dict[str, Any]:
    """A block that calls a tool."""
    return {"type": "tool_use", "id": number, "name": name, "input": arguments}


def message(*blocks: Any, **more: Any) -> dict[str, Any]:
    """An answer; a text stands for its block."""
    content = [text(each) if isinstance(each, str) else each for each in blocks]
    calls = any(each["type"] == "tool_use" for each in content)
    return {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-opus-5-5",
        "content": content,
        "stop_reason": "tool_use" if calls else "end_turn",
        "stop_sequence": None,
        "usage": dict(USAGE),
        **more,
    }


def events_of(whole: dict[str, Any], size: int = 5) -> Iterator[dict[str, Any]]:
    """The events of the stream of an answer, in pieces of so many characters."""
    start = whole | {"content": [], "stop_reason": None, "usage": USAGE | {"output_tokens": 1}}
    yield {"type": "message_start", "message": start}
    for index, block in enumerate(whole["content"]):
        yield from _block(index, block, size)
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
        "usage": {"output_tokens": whole["usage"]["output_tokens"]},
    }
    yield {"type": "message_stop"}


def _block(index: int, block: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
    opened, deltas = dict(block), []
    if block["type"] == "text":
        opened = {"type": "text", "text": "", "citations": None}
        deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"], size)]
        deltas += [
            {"type": "citations_delta", "citation": each} for each in block.get("citations") or ()
        ]
    elif block["type"] in ("tool_use", "server_tool_use"):
        opened["input"] = {}
        pieces = _pieces(json.dumps(block["input"], ensure_ascii=False), size)
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    elif block["type"] == "thinking":
        opened |= {"thinking": "", "signature": ""}
        deltas = [
            {"type": "thinking_delta", "thinking": block["thinking"]},
            {"type": "signature_delta", "signature": block["signature"]},
        ]
    yield {"type": "content_block_start", "index": index, "content_block": opened}
    yield {"type": "ping"}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _pieces(said: str, size: int) -> list[str]:
    return [said[at : at + size] for at in range(0, len(said), size)]


def event_of(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def pieces_of(reply: Reply, sent: Sent) -> Sequence[bytes]:
    """The body of a reply, as it is sent."""
    body = reply.body
    if isinstance(body, list) and all(isinstance(piece, bytes) for piece in body):
        return body
    mask = _MASK.search(sent.raw.decode())
    body = json.loads(json.dumps(body).replace("@@", mask[0] if mask else "@@"))
    if reply.size is None:
        return [json.dumps(body).encode()]
    return [event_of(event) for event in events_of(body, reply.size)]


@contextmanager
def serving() -> Iterator[Vendor]:
    """Run the server for as long as the block lasts."""
    vendor = Vendor()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            vendor.sent.append(Sent(self.command, self.path, headers, self.rfile.read(length)))
            try:
                self._reply(vendor.next())
            except OSError:
                vendor.gone.set()
                self.close_connection = True

        do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _answer  # noqa: N815

        def _reply(self, reply: Reply) -> None:
            pieces = pieces_of(reply, vendor.sent[-1])
            stream = reply.size is not None
            kind = "text/event-stream; charset=utf-8" if stream else "application/json"
            self.send_response(reply.status)
            named = {"content-type": kind, "request-id": "req_01"} | reply.headers
            for name, value in named.items():
                self.send_header(name, value)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for piece in pieces:
                time.sleep(reply.pause_s)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            if reply.cut:
                self.close_connection = True
            else:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: vendor.gone.set()  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    vendor.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
