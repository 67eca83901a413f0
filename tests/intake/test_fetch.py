"""Fetching against a real server on the loopback: the guard on every hop, and a limit on everything.

The resolver and the dialer are passed in: names resolve to public addresses, and what is dialled is written down and led
to the loopback server. So the default settings are what is tested.
"""

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import brotli
import pytest
import zstandard
from loopback import BODY, PUBLIC, Handler, Net, Server, serving

from paraph.errors import AddressRefused, Damaged, FetchError, NotFound, TooLarge
from paraph.intake.fetch import USER_AGENT, Fetcher, resolve
from paraph.settings import Settings


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as one:
        yield one


@pytest.fixture
def net(server: Server) -> Net:
    return Net(server.server_port)


def fetcher(net: Net, settings: Settings | None = None, **more: object) -> Fetcher:
    return Fetcher(settings or Settings(), resolver=net.resolve, dialer=net.dial, **more)  # type: ignore[arg-type]


def test_a_page_comes_with_its_address_type_and_charset(net: Net, server: Server) -> None:
    with fetcher(net) as one:
        page = one.fetch("http://news.example/")
    assert (page.url, page.data, page.media_type, page.charset) == (
        "http://news.example/",
        BODY,
        "text/html",
        "windows-1252",
    )
    assert net.dialled == [(PUBLIC, 80)]
    path, headers = server.asked[0]
    assert path == "/"
    assert headers["Host"] == "news.example"
    assert headers["User-Agent"] == USER_AGENT
    assert USER_AGENT.startswith("Paraph/")
    assert headers["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert "Cookie" not in headers


def test_connections_are_kept_between_pages(net: Net) -> None:
    with fetcher(net) as one:
        assert one.fetch("http://news.example/").data == one.fetch("http://news.example/").data
    assert len(net.dialled) == 1


def test_no_proxy_is_taken_from_the_environment(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with fetcher(net) as one:
        assert one.fetch("http://news.example/").data == BODY


def test_the_real_resolver_and_dialer_reach_the_loopback_when_allowed(server: Server) -> None:
    port = server.server_port
    with Fetcher(Settings(allow_private_addresses=True, allowed_ports=str(port))) as one:
        assert one.fetch(f"http://localhost:{port}/").data == BODY
        assert one.fetch(f"http://127.0.0.1:{port}/").data == BODY
    with (
        Fetcher(Settings(allowed_ports=str(port))) as one,
        pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is loopback"),
    ):
        one.fetch(f"http://127.0.0.1:{port}/")
    assert "127.0.0.1" in resolve("localhost", port)


# ---- addresses


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%eth0"],
        [PUBLIC, "192.168.0.1"],
    ],
)
def test_a_name_that_resolves_to_the_inside_is_not_dialled(net: Net, addresses: list[str]) -> None:
    net.names["evil.example"] = [addresses]
    with fetcher(net) as one, pytest.raises(AddressRefused, match=r"evil\.example is "):
        one.fetch("http://evil.example/")
    assert net.dialled == []


def test_a_name_that_answers_differently_the_second_time_gains_nothing(net: Net) -> None:
    net.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    with fetcher(net) as one:
        assert one.fetch("http://rebind.example/").data == BODY
    assert net.resolved == ["rebind.example"]
    assert net.dialled == [(PUBLIC, 80)]


def test_rebinding_between_two_pages_is_seen(net: Net) -> None:
    net.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    for expected in (True, False):
        with fetcher(net) as one:
            if expected:
                assert one.fetch("http://rebind.example/").data == BODY
            else:
                with pytest.raises(AddressRefused):
                    one.fetch("http://rebind.example/")
    assert net.dialled == [(PUBLIC, 80)]


def test_rebinding_on_a_redirect_is_seen(net: Net, server: Server) -> None:
    server.answers["/go"] = (302, {"Location": "http://rebind.example:8080/"}, b"")
    net.names["rebind.example"] = [[PUBLIC], ["10.0.0.1"]]
    with fetcher(net) as one, pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        one.fetch("http://rebind.example/go")
    assert net.dialled == [(PUBLIC, 80)]


def test_a_dead_address_gives_way_to_the_next(net: Net) -> None:
    net.names["two.example"] = [["93.184.215.15", PUBLIC]]
    net.dead.add("93.184.215.15")
    with fetcher(net) as one:
        assert one.fetch("http://two.example/").data == BODY
    assert net.dialled == [("93.184.215.15", 80), (PUBLIC, 80)]


def test_dead_addresses_are_told(net: Net) -> None:
    net.dead.add(PUBLIC)
    with fetcher(net) as one, pytest.raises(FetchError, match="no answer: connection refused"):
        one.fetch("http://news.example/")


def test_a_name_without_addresses_is_told(net: Net) -> None:
    net.names["none.example"] = [[]]
    with fetcher(net) as one, pytest.raises(FetchError, match=r"no address known for none\.example"):
        one.fetch("http://none.example/")


def test_an_unknown_name_is_told(net: Net) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with (
        Fetcher(Settings(), resolver=unknown, dialer=net.dial) as one,
        pytest.raises(FetchError, match=r"nowhere\.example is not known .*Name or service not known"),
    ):
        one.fetch("http://nowhere.example/")


def test_a_resolver_that_hangs_is_left(net: Net) -> None:
    never = threading.Event()

    def hang(host: str, port: int) -> Sequence[str]:
        never.wait(60)
        return []

    with (
        Fetcher(Settings(connect_seconds=0.1), resolver=hang, dialer=net.dial) as one,
        pytest.raises(FetchError, match="took too long"),
    ):
        one.fetch("http://slow.example/")
    never.set()


# ---- redirects


def test_redirects_are_followed_and_the_last_address_kept(net: Net, server: Server) -> None:
    server.answers["/a"] = (301, {"Location": "/b"}, b"moved")
    server.answers["/b"] = (307, {"Location": "//other.example/"}, b"")
    with fetcher(net) as one:
        assert one.fetch("http://news.example/a").url == "http://other.example/"
    assert [path for path, _ in server.asked] == ["/a", "/b", "/"]
    assert net.resolved[0] == "news.example"
    assert net.resolved[-1] == "other.example"


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "//169.254.169.254/latest/",
        "http://localhost/",
        "http://user@example.com/",
        "http://news.example:22/",
        "file:///etc/passwd",
        "gopher://news.example/",
    ],
)
def test_redirects_to_the_inside_are_refused(net: Net, server: Server, location: str) -> None:
    server.answers["/go"] = (302, {"Location": location}, b"")
    with fetcher(net) as one, pytest.raises(AddressRefused, match=r"^http://news\.example/go: .*redirects to"):
        one.fetch("http://news.example/go")
    assert net.dialled == [(PUBLIC, 80)]


def test_a_redirect_to_a_name_that_resolves_to_the_inside_is_refused(net: Net, server: Server) -> None:
    server.answers["/go"] = (302, {"Location": "http://inside.example/"}, b"")
    net.names["inside.example"] = [["10.1.2.3"]]
    with fetcher(net) as one, pytest.raises(AddressRefused, match=r"inside\.example is 10\.1\.2\.3"):
        one.fetch("http://news.example/go")


@pytest.mark.parametrize(("allowed", "fits"), [(2, False), (3, True)])
def test_redirects_are_limited(net: Net, server: Server, allowed: int, fits: bool) -> None:
    for at in range(3):
        server.answers[f"/{at}"] = (302, {"Location": f"/{at + 1}" if at < 2 else "/"}, b"")
    with fetcher(net, Settings(max_redirects=allowed)) as one:
        if fits:
            assert one.fetch("http://news.example/0").data == BODY
        else:
            with pytest.raises(FetchError, match="redirects more than 2 times"):
                one.fetch("http://news.example/0")


def test_a_redirect_without_end_is_told(net: Net, server: Server) -> None:
    server.answers["/loop"] = (302, {"Location": "/loop"}, b"")
    with fetcher(net) as one, pytest.raises(FetchError, match="redirects more than 5 times"):
        one.fetch("http://news.example/loop")


@pytest.mark.parametrize("location", ["http://[::1", "http://news.example:x/", "http://exa\x01mple/"])
def test_a_redirect_that_cannot_be_read_is_told(net: Net, server: Server, location: str) -> None:
    server.answers["/go"] = (302, {"Location": location}, b"")
    with fetcher(net) as one, pytest.raises(FetchError):
        one.fetch("http://news.example/go")
    assert net.dialled == [(PUBLIC, 80)]


def test_a_redirect_to_nowhere_is_told(net: Net, server: Server) -> None:
    server.answers["/go"] = (302, {}, b"")
    with fetcher(net) as one, pytest.raises(FetchError, match="answered 302 without saying where to go"):
        one.fetch("http://news.example/go")


def test_a_cookie_lives_for_one_page(net: Net, server: Server) -> None:
    server.answers["/go"] = (302, {"Location": "/", "Set-Cookie": "seen=1"}, b"")
    with fetcher(net) as one:
        one.fetch("http://news.example/go")
        one.fetch("http://news.example/")
    assert [headers.get("Cookie") for _, headers in server.asked] == [None, "seen=1", None]


# ---- answers


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (404, NotFound, "404 Not Found"),
        (410, NotFound, "410 Gone"),
        (403, FetchError, "403 Forbidden.*save the page"),
        (429, FetchError, "429.*save the page"),
        (500, FetchError, "500.*try later"),
        (204, FetchError, "204"),
        (304, FetchError, "304"),
    ],
)
def test_an_answer_other_than_200_is_told(
    net: Net, server: Server, status: int, error: type[Exception], words: str
) -> None:
    server.answers["/x"] = (status, {}, b"")
    with fetcher(net) as one, pytest.raises(error, match=words):
        one.fetch("http://news.example/x")


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "identity": lambda data: data,
    "gzip, br": lambda data: brotli.compress(gzip.compress(data)),
}


@pytest.mark.parametrize("coding", PACK)
def test_content_codings_are_undone(net: Net, server: Server, coding: str) -> None:
    server.answers["/x"] = (200, {"Content-Encoding": coding}, PACK[coding](BODY))
    with fetcher(net) as one:
        assert one.fetch("http://news.example/x").data == BODY


def test_a_content_coding_that_was_not_asked_for_is_told(net: Net, server: Server) -> None:
    server.answers["/x"] = (200, {"Content-Encoding": "compress"}, BODY)
    with fetcher(net) as one, pytest.raises(FetchError, match=r"not asked for \(compress\)"):
        one.fetch("http://news.example/x")


def test_content_codings_are_limited(net: Net, server: Server) -> None:
    server.answers["/x"] = (200, {"Content-Encoding": "gzip, gzip, gzip, gzip"}, BODY)
    with fetcher(net) as one, pytest.raises(TooLarge, match="packed more than 3 times over"):
        one.fetch("http://news.example/x")


def test_a_broken_content_coding_is_told(net: Net, server: Server) -> None:
    server.answers["/x"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(BODY)[:-9])
    with fetcher(net) as one, pytest.raises(Damaged, match="ends too soon"):
        one.fetch("http://news.example/x")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_refused(net: Net, server: Server, coding: str) -> None:
    server.answers["/x"] = (200, {"Content-Encoding": coding}, PACK[coding](bytes(30_000_000)))
    with fetcher(net) as one, pytest.raises(TooLarge, match="as a decompression bomb does"):
        one.fetch("http://news.example/x")


@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}])
@pytest.mark.parametrize("spare", [0, -1])
def test_bytes_on_the_wire_are_limited(net: Net, server: Server, headers: dict[str, str], spare: int) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY) if headers else BODY
    server.answers["/x"] = (200, headers, body)
    with fetcher(net, Settings(max_source_bytes=len(BODY) + spare)) as one:
        if spare == 0:
            assert one.fetch("http://news.example/x").data == BODY
        else:
            with pytest.raises(TooLarge, match="raise max_source_bytes"):
                one.fetch("http://news.example/x")


@pytest.mark.parametrize("spare", [0, -1])
def test_unpacked_bytes_are_limited(net: Net, server: Server, spare: int) -> None:
    server.answers["/x"] = (200, {"Content-Encoding": "br"}, brotli.compress(BODY))
    with fetcher(net, Settings(max_unpacked_bytes=len(BODY) + spare)) as one:
        if spare == 0:
            assert one.fetch("http://news.example/x").data == BODY
        else:
            with pytest.raises(TooLarge, match="raise max_unpacked_bytes"):
                one.fetch("http://news.example/x")


def test_a_body_without_end_is_cut_at_the_limit(net: Net, server: Server) -> None:
    def endless(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            handler.wfile.write(b"x" * 65_536)

    server.raw["/x"] = endless
    with fetcher(net, Settings(max_source_bytes=1_000_000)) as one, pytest.raises(TooLarge):
        one.fetch("http://news.example/x")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    ],
)
def test_a_server_that_talks_nonsense_is_told(net: Net, server: Server, answer: bytes) -> None:
    server.raw["/x"] = lambda handler: handler.wfile.write(answer) and None
    with fetcher(net) as one, pytest.raises(FetchError, match="no answer: "):
        one.fetch("http://news.example/x")


def test_an_announced_length_beyond_measure_is_refused(net: Net, server: Server) -> None:
    server.raw["/x"] = lambda handler: (
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx") and None
    )
    with fetcher(net) as one, pytest.raises(TooLarge):
        one.fetch("http://news.example/x")


# ---- time


class Clock:
    """A clock that goes on by a second each time it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\nX-Drip: ", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"])
def test_a_server_that_drips_is_left_at_the_limit(net: Net, server: Server, part: bytes) -> None:
    gone = threading.Event()

    def drip(handler: Handler) -> None:
        handler.wfile.write(part)
        while not gone.is_set():
            handler.wfile.write(b"x" * 8)
            handler.wfile.flush()
            gone.wait(
                0.001
            )  # so that what piles up while the reader waits for the processor stays below the limit of a head

    server.raw["/x"] = drip
    with (
        fetcher(net, Settings(fetch_seconds=20), clock=Clock()) as one,
        pytest.raises(FetchError, match=r"took too long \(limit 20 s\)"),
    ):
        one.fetch("http://news.example/x")
    gone.set()


def test_a_server_that_says_nothing_is_left(net: Net, server: Server) -> None:
    gone = threading.Event()
    server.raw["/x"] = lambda handler: gone.wait(60) and None
    with fetcher(net, Settings(fetch_seconds=0.3)) as one, pytest.raises(FetchError, match="took too long"):
        one.fetch("http://news.example/x")
    gone.set()


@pytest.mark.parametrize("steps", range(1, 5))
def test_time_that_runs_out_anywhere_is_told(net: Net, steps: int) -> None:
    with (
        fetcher(net, Settings(fetch_seconds=steps - 0.5), clock=Clock()) as one,
        pytest.raises(FetchError, match="took too long"),
    ):
        one.fetch("http://news.example/")


# ---- TLS


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, so no certificate can be made")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=secure.example "
        "-addext subjectAltName=DNS:secure.example -keyout key.pem -out cert.pem".split(),
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return key, cert


@pytest.fixture
def secure(server: Server, certificate: tuple[Path, Path]) -> Server:
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.names = []  # type: ignore[attr-defined]
    context.sni_callback = lambda sock, name, ctx: server.names.append(name)  # type: ignore[attr-defined]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def test_tls_asks_for_the_name_while_the_checked_address_is_dialled(
    net: Net, secure: Server, certificate: tuple[Path, Path]
) -> None:
    trust = ssl.create_default_context(cafile=str(certificate[1]))
    with fetcher(net, ssl_context=trust) as one:
        assert one.fetch("https://secure.example/").data == BODY
        with pytest.raises(FetchError, match=r"(?i)certificate"):
            one.fetch("https://other.example/")
    assert net.dialled == [(PUBLIC, 443), (PUBLIC, 443)]
    assert secure.names == ["secure.example", "other.example"]  # type: ignore[attr-defined]
    assert secure.asked[0][1]["Host"] == "secure.example"


def test_a_certificate_that_nobody_vouches_for_is_told(net: Net, secure: Server) -> None:
    with fetcher(net) as one, pytest.raises(FetchError, match=r"(?i)certificate"):
        one.fetch("https://secure.example/")


def test_no_way_back_from_https_to_plain_http_elsewhere(
    net: Net, secure: Server, certificate: tuple[Path, Path]
) -> None:
    secure.answers["/go"] = (302, {"Location": "http://other.example/"}, b"")
    trust = ssl.create_default_context(cafile=str(certificate[1]))
    with fetcher(net, ssl_context=trust) as one, pytest.raises(AddressRefused, match="from https to plain http"):
        one.fetch("https://secure.example/go")
