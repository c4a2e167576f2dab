"""A vendor whose answers a test writes itself: HTTP as it is documented, byte by byte where need be."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What the vendor answers to one request.

    Attributes:
        body: JSON, the events of a stream, or a function that makes either of what was sent.
        status: of HTTP.
        headers: further ones.
        pause_s: before each piece of a stream.
        piece: bytes of a piece; all of an event when 0.
        cut: close the connection in the middle of the body.
        done: end a stream with its mark.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause_s: float = 0
    piece: int = 0
    cut: bool = False
    done: bool = True

    def pieces(self) -> Iterator[bytes]:
        if not isinstance(self.body, list):
            given = self.body
            yield given if isinstance(given, bytes) else json.dumps(given).encode()
            return
        texts = [
            f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
            if "type" in event
            else f"data: {json.dumps(event)}\n\n"
            for event in self.body
        ]
        for text in [*texts, *(["data: [DONE]\n\n"] if self.done else [])]:
            data = text.encode()
            size = self.piece or len(data)
            for start in range(0, len(data), size):
                yield data[start : start + size]


@dataclass
class Vendor:
    """A vendor that runs.

    Attributes:
        url: base URL for the SDK.
        requests: what it was sent: method, path and the JSON of the body.
        headers: of those requests.
        ports: of the connections that they came by.
        gone: set when the other side closed a stream.
    """

    url: str
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    ports: set[int] = field(default_factory=set)
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.requests]


@contextmanager
def vendor(replies: Reply | Sequence[Reply] | Any) -> Iterator[Vendor]:
    """Run a vendor that gives these replies in turn; the last again and again."""
    left: list[Reply] = list(_replies(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(size)
            body = json.loads(raw) if raw[:1] in (b"{", b"[") else raw or None
            made.requests.append((self.command, self.path, body))
            made.ports.add(self.client_address[1])
            made.headers.append({key.lower(): value for key, value in self.headers.items()})
            reply = left.pop(0) if len(left) > 1 else left[0]
            self._answer(replace(reply, body=reply.body(body)) if callable(reply.body) else reply)

        do_POST = do_GET  # noqa: N815

        def _answer(self, reply: Reply) -> None:
            stream = isinstance(reply.body, list)
            self.send_response(reply.status)
            kind = "text/event-stream" if stream else "application/json"
            for name, value in {
                "Content-Type": kind,
                "x-request-id": "r1",
                **reply.headers,
            }.items():
                self.send_header(name, value)
            pieces = list(reply.pieces())
            if stream:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(sum(map(len, pieces))))
            self.end_headers()
            try:
                for piece in pieces[: len(pieces) // 2] if reply.cut else pieces:
                    time.sleep(reply.pause_s)
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if stream else piece)
                    self.wfile.flush()
                if stream and not reply.cut:
                    self.wfile.write(b"0\r\n\r\n")
            except OSError:
                made.gone.set()
                self.close_connection = True
            if reply.cut:
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Clients go as they like."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Vendor(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _replies(given: Any) -> Iterable[Reply]:
    if isinstance(given, Reply):
        return [given]
    if isinstance(given, list) and given and isinstance(given[0], Reply):
        return given
    return [Reply(given)]


def masks(sent: Any) -> list[str]:
    """The placeholders in what was sent."""
    return re.findall(r"\[[A-Z_]+_[0-9a-f]+\]", json.dumps(sent))


def completion(text: str | None = "Hei.", **message: Any) -> dict[str, Any]:
    """A chat completion; `finish_reason` and `usage` as it is documented."""
    reason = message.pop("finish_reason", "tool_calls" if message.get("tool_calls") else "stop")
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1791802961,
        "model": "gpt-5.4-mini-2026-03-17",
        "choices": [
            {
                "index": 0,
                "finish_reason": reason,
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": None, **message},
            }
        ],
        "usage": {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30},
    }


def chunks(*deltas: dict[str, Any], reason: str | None = "stop") -> list[dict[str, Any]]:
    """The chunks of a chat stream: one for each delta, the last with its reason."""
    made = [_chunk({"role": "assistant", "content": ""}), *map(_chunk, deltas)]
    if reason is not None:
        made.append(_chunk({}, reason))
    return made


def _chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1791802961,
        "model": "gpt-5.4-mini-2026-03-17",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }


def tool_call(name: str, arguments: str) -> dict[str, Any]:
    """A call of a tool, as a message of chat holds it."""
    return {
        "id": "call_1",
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def response(*items: dict[str, Any], status: str = "completed", **more: Any) -> dict[str, Any]:
    """A response of the Responses API."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1791802961,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": "gpt-5.4-mini-2026-03-17",
        "output": list(items),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {"input_tokens": 20, "output_tokens": 10, "total_tokens": 30},
        **more,
    }


def message(*texts: str, refusal: str | None = None) -> dict[str, Any]:
    """A message of a response."""
    parts = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    if refusal is not None:
        parts.append({"type": "refusal", "refusal": refusal})
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": parts,
    }


def function_call(name: str, arguments: str) -> dict[str, Any]:
    """A call of a tool, as a response holds it."""
    return {
        "id": "fc_1",
        "type": "function_call",
        "call_id": "call_1",
        "name": name,
        "arguments": arguments,
        "status": "completed",
    }


def response_events(*items: dict[str, Any], size: int = 8) -> list[dict[str, Any]]:
    """The events of a response's stream, from created to completed."""
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response(status="in_progress", usage=None)},
        {"type": "response.in_progress", "response": response(status="in_progress", usage=None)},
    ]
    for index, item in enumerate(items):
        at = {"output_index": index, "item_id": item["id"]}
        if item["type"] == "message":
            events += _message_events(item, at, size)
        else:
            started = {**item, "arguments": "", "status": "in_progress"}
            events.append(
                {"type": "response.output_item.added", "output_index": index, "item": started}
            )
            kind = "response.function_call_arguments"
            events += [
                {"type": f"{kind}.delta", **at, "delta": item["arguments"][start : start + size]}
                for start in range(0, len(item["arguments"]), size)
            ]
            events.append({"type": f"{kind}.done", **at, "arguments": item["arguments"]})
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": "response.completed", "response": response(*items)})
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def _message_events(item: dict[str, Any], at: dict[str, Any], size: int) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = [
        {
            "type": "response.output_item.added",
            "output_index": at["output_index"],
            "item": {**item, "content": [], "status": "in_progress"},
        }
    ]
    for place, part in enumerate(item["content"]):
        here = {**at, "content_index": place}
        key = "refusal" if part["type"] == "refusal" else "text"
        name = "refusal" if key == "refusal" else "output_text"
        events.append({"type": "response.content_part.added", **here, "part": {**part, key: ""}})
        events += [
            {
                "type": f"response.{name}.delta", **here, "logprobs": [],
                "delta": part[key][start : start + size],
            }
            for start in range(0, len(part[key]), size)
        ]  # fmt: skip
        events.append({"type": f"response.{name}.done", **here, key: part[key], "logprobs": []})
        events.append({"type": "response.content_part.done", **here, "part": part})
    return events
