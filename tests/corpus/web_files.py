"""A web server of files, with or without ranges, that fails as often as it is told to and writes down what it was asked."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """What it serves and how; each of ``faults`` is what happens to one request: a status, "cut" or "away"."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.ranges = True
        self.says_length = True
        self.etag = '"1"'
        self.faults: list[int | str] = []
        self.asked: list[tuple[str, str, str | None]] = []
        self.sent = 0

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    """Answers as the server is told to."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def answer(self, *, with_body: bool) -> None:
        asked = self.headers.get("Range")
        path = self.path.partition("?")[0]
        self.server.asked.append((self.command, path, asked))
        fault = self.server.faults.pop(0) if self.server.faults and with_body else None
        data = self.server.files.get(path)
        if fault == "away":
            self.close_connection = True
            return
        if isinstance(fault, int) or data is None:
            self.send_response(fault if isinstance(fault, int) else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", asked or "") if self.server.ranges else None
        status = 200
        if span:
            start, stop = int(span[1]), min(int(span[2]) + 1, len(data))
            status = 206
        self.send_response(status)
        if span:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{len(data)}")
            data = data[start:stop]
        self.send_header("ETag", self.server.etag)
        # Some servers call a packed file a packed page.
        if path.endswith(".gz"):
            self.send_header("Content-Encoding", "identity" if not with_body else "gzip")
        if self.server.says_length:
            self.send_header("Content-Length", str(len(data)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if with_body:
            if fault == "cut":
                data = data[: len(data) // 2]
                self.close_connection = True
            self.server.sent += len(data)
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests quiet."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve from the loopback."""
    with Server() as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
