"""``paraph serve`` as people run it: a process that says where it is, is asked by a browser without a screen, and ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from paraph.cli import main
from paraph.desk import Desk, open_desk, people
from paraph.desk.people import Role
from paraph.errors import UsageError
from paraph.settings import Settings
from paraph.web.server import listen, serve
from press import deliver, honest

WORDS = "four herons by the lake"


@dataclass
class Running:
    process: subprocess.Popen[str]
    address: str
    told: list[str]

    def end(self, number: int) -> tuple[int, str]:
        """Send a signal, and return the exit status and what was told until then."""
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=60)
        return self.process.returncode, rest


@contextmanager
def running(desk: Path, *arguments: str, lines: int = 2, **environment: str) -> Iterator[Running]:
    """Run the command on any free port, until it has told so many lines; it is ended with the block."""
    command = [sys.executable, "-m", "paraph", "serve", "--desk", str(desk), "--port", "0", *arguments]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=os.environ | environment
    )
    try:
        assert process.stderr is not None
        told = [process.stderr.readline().removeprefix("paraph: ").strip() for _ in range(lines)]
        found = re.search(r"http://\S+:\d+", told[0])
        assert found is not None, told
        yield Running(process, found.group(), told)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.fixture
def path(tmp_path: Path, empty_file: Path) -> Path:
    """A desk in a file, with some deals on it."""
    made = tmp_path / "desk.db"
    shutil.copy(empty_file, made)
    with open_desk(made, settings=Settings()) as desk:
        deliver(desk, *honest()[:2])
    return made


def add(path: Path, name: str, role: Role) -> str:
    """Add a person and return a token of theirs."""
    with open_desk(path, settings=Settings()) as desk, desk.begin() as connection:
        people.add_person(connection, name, role, password=WORDS, now=desk.now(), settings=desk.settings)
        secret, _ = people.add_token(connection, name, "test", now=desk.now(), settings=desk.settings)
    return secret


def test_a_day_on_ones_own_machine(path: Path) -> None:
    with running(path, "--who", "Ida") as server:
        assert "nobody has to sign in" in server.told[1]
        with httpx.Client(base_url=server.address) as browser:
            rows = browser.get("/api/v1/deals").json()["items"]
            page = browser.get(f"/deals/{rows[0]['id']}")
            assert page.status_code == 200
            signal_id = browser.get(f"/api/v1/deals/{rows[0]['id']}").json()["sightings"][0]["id"]
            ours = {"origin": server.address, "sec-fetch-site": "same-origin"}
            done = browser.post("/decide", data={"action": "accept", "signal": signal_id, "to": "/deals"}, headers=ours)
            assert (done.status_code, done.headers["location"]) == (303, "/deals")
            assert browser.get("/api/v1/decisions").json()["items"][0]["who"] == "Ida"
            status, told = server.end(signal.SIGINT)
    assert status == 130
    assert told == "paraph: interrupted; the desk is closed\n"


def test_a_desk_with_people(path: Path) -> None:
    token = add(path, "Kim", Role.KEEPER)
    with running(path) as server:
        assert server.told[1] == "who has a name and password signs in (paraph people list)"
        ours = {"origin": server.address, "sec-fetch-site": "same-origin"}
        with httpx.Client(base_url=server.address) as browser:
            sent = browser.get("/deals?q=ferry")
            assert sent.status_code == 303
            fields = {"name": "Kim", "password": "not this one", "to": "/deals?q=ferry"}
            assert browser.post("/sign-in", data=fields, headers=ours).status_code == 401
            done = browser.post("/sign-in", data=fields | {"password": WORDS}, headers=ours)
            assert done.headers["location"] == "/deals?q=ferry"
            assert browser.get("/deals?q=ferry").status_code == 200
        assert httpx.get(f"{server.address}/deals.json").status_code == 401
        bearer = {"authorization": f"Bearer {token}"}
        assert httpx.get(f"{server.address}/deals.json", headers=bearer).status_code == 200
        status, told = server.end(signal.SIGTERM)
    assert (status, told) == (0, "")


def test_the_network_needs_people_and_encryption(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, why in (
        (["--host", "0.0.0.0"], "--host 0.0.0.0"),
        (["--behind-proxy"], "--behind-proxy"),
        (["--allow-host", "desk.example"], "--allow-host"),
    ):
        assert main(["serve", "--desk", str(path), "--port", "0", *arguments]) == 2
        told = capsys.readouterr().err
        assert told == (
            f"paraph: {why}: people have to sign in, and the desk has none (paraph people add NAME --role keeper)\n"
        )
    add(path, "Kim", Role.KEEPER)
    with running(path, "--host", "0.0.0.0", lines=3) as server:
        assert server.address.startswith("http://127.0.0.1:")
        assert "warning: passwords and pages cross the network unencrypted" in server.told[2]
        assert httpx.get(f"{server.address}/").status_code == 303


def test_behind_a_proxy(path: Path) -> None:
    add(path, "Kim", Role.KEEPER)
    with running(path, "--behind-proxy", "--allow-host", "desk.example") as server:
        headers = {
            "host": "desk.example",
            "origin": "https://desk.example",
            "x-forwarded-proto": "https",
            "x-forwarded-for": "203.0.113.5",
        }
        done = httpx.post(f"{server.address}/sign-in", data={"name": "Kim", "password": WORDS}, headers=headers)
        assert done.status_code == 303
        assert "__Host-" in done.headers["set-cookie"]
        assert done.headers["strict-transport-security"]
        assert server.end(signal.SIGTERM) == (0, "")


def test_a_port_that_is_taken_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--desk", str(path), "--port", str(port)]) == 2
    told = capsys.readouterr().err
    assert f"--port {port}: cannot be listened at" in told
    assert "another program has the port; give another with --port" in told


@pytest.mark.parametrize("host", ["192.0.2.1", "a" * 300])
def test_a_host_that_cannot_be_listened_at_is_told(host: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be listened at.*give another address"):
        listen(host, 0)


def test_the_browser_is_opened_at_the_address(path: Path, tmp_path: Path) -> None:
    # A browser that writes down where it was sent, in a pipe that this test waits at.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{pipe}"\n')
    browser.chmod(0o755)
    with running(path, "--open", BROWSER=str(browser)) as server:
        assert pipe.read_text() == f"{server.address}/\n"


def raw(address: str, request: bytes) -> bytes:
    """Send bytes as they are and return the whole answer."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Iterator[str]:
    """The address of a server that takes forms of 1,000 bytes."""
    made = tmp_path_factory.mktemp("small") / "desk.db"
    shutil.copy(empty_file, made)
    with running(made, PARAPH_MAX_FORM_BYTES="1000") as server:
        yield server.address


POSTED = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nContent-Type: {kind}\r\nConnection: close\r\n"
)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("way", ["chunked", "told"])
@pytest.mark.parametrize(
    ("path", "kind"), [("/decide", "application/x-www-form-urlencoded"), ("/api/v1/decisions", "application/json")]
)
def test_a_body_that_is_too_large_is_refused_however_it_comes(
    small: str, path: str, kind: str, way: str, more: int
) -> None:
    head = POSTED.format(path=path, host=small.removeprefix("http://"), kind=kind)
    body = b"a" * (1_000 + more)
    if way == "told":
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    else:
        chunks = [body[at : at + 100] for at in range(0, len(body), 100)]
        pieces = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
        request = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + pieces + b"0\r\n\r\n"
    answer = raw(small, request)
    status = int(answer.split(b" ")[1])
    assert status == 413 if more else status in (400, 422)
    assert (b"larger than 1,000 bytes (raise max_form_bytes)" in answer) is bool(more)
    assert b"content-security-policy: default-src 'none'" in answer


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET / HTTP/1.1\r\nHost: {host}\r\n", 200),
        ("GET / HTTP/1.1\r\nHOST: {host}\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: LocalHost\r\n", 200),
        ("HEAD / HTTP/1.1\r\nHost: {host}\r\n", 200),
        ("GET / HTTP/1.0\r\nHost: {host}\r\n", 200),
        ("GET / HTTP/1.0\r\n", 421),
        ("GET / HTTP/1.1\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n", 400),
        ("GET / HTTP/1.1\r\nHost:\r\n", 421),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n", 421),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {host}\r\n", 421),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\n", 400),
        ("GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n", 400),
        ("GET //evil.example/ HTTP/1.1\r\nHost: {host}\r\n", 404),
        ("GET \\evil.example HTTP/1.1\r\nHost: {host}\r\n", 400),
        ("OPTIONS * HTTP/1.1\r\nHost: {host}\r\n", 400),
        ("OPTIONS / HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example\r\n", 405),
        ("TRACE / HTTP/1.1\r\nHost: {host}\r\n", 405),
        ("CONNECT evil.example:443 HTTP/1.1\r\nHost: {host}\r\n", 405),
        ("post /decide HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n", 405),
        ("PROPFIND / HTTP/1.1\r\nHost: {host}\r\n", 405),
        ("POST /decide HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n", 403),
        ("DELETE / HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n", 405),
        ("GET /nowhere HTTP/1.1\r\nHost: {host}\r\n", 404),
        ("GET /static/paraph.css HTTP/1.1\r\nHost: {host}\r\n", 200),
        ("GET /static/nothing HTTP/1.1\r\nHost: {host}\r\n", 404),
        ("GET /deals?limit=x HTTP/1.1\r\nHost: {host}\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", 200),
        ("GET /%ff%00 HTTP/1.1\r\nHost: {host}\r\n", 404),
    ],
)
def test_requests_as_they_come_over_the_wire(small: str, request_line: str, status: int) -> None:
    host = small.removeprefix("http://")
    answer = raw(small, (request_line.replace("{host}", host) + "Connection: close\r\n\r\n").encode())
    assert int(answer.split(b" ")[1]) == status
    if answer.startswith(b"HTTP/1.1 400") and b"Invalid HTTP request" in answer:
        return  # refused by the server before it is a request
    assert b"\r\nserver:" not in answer.lower()
    assert b"x-content-type-options: nosniff" in answer
    assert b"content-security-policy: default-src 'none'" in answer
    assert b"access-control-allow" not in answer
    if request_line.startswith("HEAD"):
        assert answer.endswith(b"\r\n\r\n")
        assert re.search(rb"content-length: [1-9]", answer)


def test_a_signal_before_the_server_listens_to_it_ends_it_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import uvicorn

    run = uvicorn.Server.run

    def at_once(self: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        signal.raise_signal(signal.SIGTERM)
        run(self, sockets)

    monkeypatch.setattr(uvicorn.Server, "run", at_once)
    told: list[str] = []
    before = signal.getsignal(signal.SIGTERM)
    ended = serve(
        desk,
        host="localhost",
        port=0,
        user="Ida",
        name="desk",
        allowed=["127.0.0.1"],
        say=lambda text: told.append(text),
    )
    assert ended == signal.SIGTERM
    assert told[0].startswith("the desk is at http://localhost:")
    assert signal.getsignal(signal.SIGTERM) is before


def test_ipv6_is_shown_in_brackets(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import uvicorn

    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    told: list[object] = []
    try:
        with listen("::1", 0):
            pass
    except UsageError:
        pytest.skip("this machine has no IPv6")
    with desk.begin() as connection:
        people.add_person(connection, "Kim", Role.KEEPER, now=desk.now(), settings=desk.settings)
    for host, address in (("::1", "[::1]"), ("::", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")):
        told.clear()
        assert serve(desk, host=host, port=0, user="Ida", name="desk", allowed=[], say=told.append) is None
        assert str(told[0]).startswith(f"the desk is at http://{address}:")
