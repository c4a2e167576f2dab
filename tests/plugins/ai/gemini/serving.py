"""A Gemini on this machine that says what it is told to, for what the fake vendor lacks."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Reply", "Vendor", "answer", "chunk"]


@dataclass
class Reply:
    """What is answered to one request.

    Args:
        body: JSON of an answer, or the chunks of a stream; a text goes out as it is.
        status: of HTTP.
        pause_s: before each chunk but the first, in seconds.
        cut: the connection ends without the end of the stream.
    """

    body: Any
    status: int = 200
    pause_s: float = 0.0
    cut: bool = False


def answer(
    *parts: dict[str, Any] | str, finish: str | None = "STOP", **more: Any
) -> dict[str, Any]:
    """JSON of an answer with one candidate."""
    said = [{"text": part} if isinstance(part, str) else part for part in parts]
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": said}, "index": 0, **more}
    if finish is not None:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate],
        "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 7, "totalTokenCount": 12},
        "modelVersion": "gemini-3.6-flash-001",
        "responseId": "r1",
    }


def chunk(*parts: dict[str, Any] | str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """JSON of one chunk of a stream."""
    return answer(*parts, finish=finish, **more)


class Vendor:
    """The server; `with Vendor() as vendor:`. Replies are given in order, the last one again and again.

    Attributes:
        url: where it listens.
        asked: path and JSON of each request.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.replies: deque[Reply] = deque()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                held = self.rfile.read(int(self.headers.get("content-length") or 0))
                vendor.asked.append((self.path, json.loads(held) if held else None))
                replies = vendor.replies
                reply = replies.popleft() if len(replies) > 1 else replies[0]
                if isinstance(reply.body, list):
                    self._stream(reply)
                    return
                text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
                data = text.encode()
                self.send_response(reply.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PATCH = do_DELETE = do_POST  # noqa: N815  (names of http.server)

            def _stream(self, reply: Reply) -> None:
                self.send_response(reply.status)
                self.send_header("content-type", "text/event-stream")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for i, piece in enumerate(reply.body):
                    if i:
                        time.sleep(reply.pause_s)
                    text = piece if isinstance(piece, str) else f"data: {json.dumps(piece)}\n\n"
                    data = text.encode()
                    try:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                        self.wfile.flush()
                    except OSError:  # nobody reads on
                        break
                if reply.cut:
                    self.close_connection = True
                    self.connection.shutdown(1)
                    return
                try:
                    self.wfile.write(b"0\r\n\r\n")
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def says(self, *bodies: Any) -> None:
        """What is answered from now on: replies, or the bodies of such."""
        self.replies = deque(body if isinstance(body, Reply) else Reply(body) for body in bodies)

    @property
    def bodies(self) -> list[Any]:
        """What the requests held."""
        return [body for _, body in self.asked]

    def __enter__(self) -> Vendor:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
