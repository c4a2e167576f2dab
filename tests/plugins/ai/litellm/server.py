"""A server that speaks what the fake vendor does not: slow and broken streams, text completions, more."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["ChunkServer"]

_PIECES = ("Ensimmäinen.", " Toi", "nen salai", "suus. ", "Kol", "mas.")


class ChunkServer:
    """OpenAI's chat and text completions, embeddings and moderations. Start it with `with`.

    Attributes:
        url: for `api_base`.
        breaks: hang up in the middle of a stream.
        bodies: what was sent.
        hung_up: the client closed a stream.
        finished: a stream was sent as a whole.
    """

    def __init__(self) -> None:
        self.reset()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    def reset(self) -> None:
        """Forget what was before."""
        self.breaks = False
        self.bodies: list[Any] = []
        self.hung_up = threading.Event()
        self.finished = threading.Event()

    def __enter__(self) -> ChunkServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hung_up.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> Any:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.bodies.append(body)
                if "input" in body:
                    outer._reply(self, _of_input(body, self.path))
                elif body.get("stream"):
                    outer._stream(self, "messages" in body)
                else:
                    outer._answer(self, "messages" in body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _answer(self, handler: Any, chat: bool) -> None:
        text = "".join(_PIECES)
        choice = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        self._reply(handler, _body({"index": 0, "finish_reason": "stop", **choice}))

    def _reply(self, handler: Any, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _stream(self, handler: Any, chat: bool) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        try:
            for number, piece in enumerate(_PIECES):
                if self.breaks and number == 3:
                    handler.wfile.write(b'data: {"id": "c", "cho')
                    return
                choice = {"delta": {"content": piece}} if chat else {"text": piece}
                self._send(handler, {"index": 0, "finish_reason": None, **choice})
                if chat and number == 2 and not self.breaks:
                    self._wait(handler)
            end = {"delta": {}} if chat else {"text": ""}
            self._send(handler, {"index": 0, "finish_reason": "stop", **end})
            handler.wfile.write(b"data: [DONE]\n\n")
            self.finished.set()
        except OSError:
            self.hung_up.set()

    def _wait(self, handler: Any) -> None:
        """Let the client read what is there, until it hangs up."""
        for _ in range(200):
            if self.hung_up.wait(0.02):
                return
            handler.wfile.write(b": wait\n\n")

    @staticmethod
    def _send(handler: Any, choice: dict[str, Any]) -> None:
        kind = "chat.completion.chunk" if "delta" in choice else "text_completion"
        body = {**_body(choice), "object": kind}
        handler.wfile.write(f"data: {json.dumps(body)}\n\n".encode())


def _of_input(body: dict[str, Any], path: str) -> dict[str, Any]:
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    if path.endswith("moderations"):
        scores: dict[str, Any] = {"flagged": False, "categories": {}, "category_scores": {}}
        return {"id": "m-1", "model": "moderation", "results": [scores for _ in texts]}
    data = [
        {"object": "embedding", "index": index, "embedding": [0.5, 0.25]}
        for index, _ in enumerate(texts)
    ]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return {"object": "list", "model": "local", "data": data, "usage": usage}


def _body(choice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "c-1",
        "object": "chat.completion" if "message" in choice else "text_completion",
        "created": 1,
        "model": "local",
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }
