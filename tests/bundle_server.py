"""A web server that OPA gets bundles from: with ETags, as object stores and web servers have them."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BundleServer", "bundle_server"]


class BundleServer:
    """What is served, and what was asked.

    Attributes:
        url: of the server, without a path.
        content: the bundle; given to whoever has not got it yet.
        sent: how often it was.
        unchanged: how often the answer was that nothing is new.
    """

    def __init__(self, url: str, content: bytes) -> None:
        self.url = url
        self.content = content
        self.sent = self.unchanged = 0


@contextlib.contextmanager
def bundle_server(content: bytes) -> Iterator[BundleServer]:
    """Serve a bundle at `/bundle.tar.gz`, for as long as a `with` block lasts."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = served.content
            etag = f'"{hashlib.sha256(data).hexdigest()}"'
            if self.path != "/bundle.tar.gz":
                self.send_error(404)
            elif self.headers.get("If-None-Match") == etag:
                served.unchanged += 1
                self.send_response(304)
                self.end_headers()
            else:
                served.sent += 1
                self.send_response(200)
                self.send_header("ETag", etag)
                self.send_header("Content-Type", "application/gzip")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = BundleServer(f"http://127.0.0.1:{server.server_port}", content)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
