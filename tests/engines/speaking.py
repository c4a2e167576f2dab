"""HTTP as bytes, for servers that speak it badly on purpose."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

__all__ = ["answering", "read_request", "response"]


def read_request(connection: socket.socket) -> bytes | None:
    """One request with its body; None when the client has closed."""
    found = b""
    while b"\r\n\r\n" not in found:
        more = connection.recv(65536)
        if not more:
            return None
        found += more
    head, _, body = found.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def response(body: Any, status: str = "200 OK", headers: str = "") -> bytes:
    """An answer; what is not bytes becomes JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\n{headers}\r\n"
    return head.encode() + raw


def answering(*answers: bytes) -> Callable[[socket.socket], None]:
    """Give the n-th answer to the n-th request of a connection, the last one from then on."""

    def behave(connection: socket.socket) -> None:
        number = 0
        while read_request(connection) is not None:
            connection.sendall(answers[min(number, len(answers) - 1)])
            number += 1

    return behave
