"""A web server on the loopback, and a network of made-up names that leads to it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore

from paraph.intake.fetch import dial

PUBLIC = "93.184.215.14"
BODY = b"<html><body><p>The ministers signed a treaty on fish.</p></body></html>" * 50

Answer = tuple[int, dict[str, str], bytes]


class Server(ThreadingHTTPServer):
    """A server whose answers are set by path; it writes down what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.raw: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is what several tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        if self.path in self.server.raw:
            self.server.raw[self.path](self)
            self.close_connection = True
            return
        status, headers, body = self.server.answers.get(self.path, (404, {}, b"no"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests quiet."""


class Net:
    """A network in which every name has a list of answers, used up one by one, the last for good."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.names: dict[str, list[Sequence[str]]] = {}
        self.resolved: list[str] = []
        self.dialled: list[tuple[str, int]] = []
        self.dead: set[str] = set()

    def resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append(host)
        answers = self.names.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def dial(self, address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        self.dialled.append((address, port))
        if address in self.dead:
            raise httpcore.ConnectError("connection refused")
        return dial("127.0.0.1", self.port, seconds)


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server for the length of a test; ``/`` is a page."""
    with Server() as one:
        one.answers["/"] = (200, {"Content-Type": "text/html; charset=windows-1252"}, BODY)
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield one
        finally:
            one.shutdown()
            thread.join()
