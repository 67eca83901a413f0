"""One page from the network, with a guard on every hop and a limit on everything.

The name of each hop is resolved here, every address it resolved to is checked, and one of those very addresses is dialled
while TLS and the Host header keep the name: a name that answers differently the second time (DNS rebinding) gains
nothing, for there is no second time. Redirects are followed here and not by the client. Nothing is taken from the
environment (no proxies, no .netrc), no cookie outlives its page.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from paraph._version import __version__
from paraph.errors import AddressRefused, FetchError, NotFound, TooLarge
from paraph.intake.address import check_addresses, check_url
from paraph.intake.unpack import CODINGS, expand, gather
from paraph.settings import Settings

if TYPE_CHECKING:
    import ssl

    import httpcore
    import httpx

__all__ = ["USER_AGENT", "Answer", "Dialer", "Fetcher", "Page", "Resolver", "dial", "failure", "resolve"]

USER_AGENT = f"Paraph/{__version__} (reads single news pages at a person's request)"

_HEADERS = {
    "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/feed+json, "
    "application/pdf, text/plain;q=0.9, */*;q=0.5",
    "Accept-Language": "en, *;q=0.5",
    # Only what unpack.py counts.
    "Accept-Encoding": "gzip, deflate, br, zstd",
}

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_CLOSED = frozenset({401, 402, 403, 406, 429, 451})

_SAVE_IT = "open it in a browser, save the page and give the file"

# Given a host and a port, the IP addresses to dial, best first.
Resolver = Callable[[str, int], Sequence[str]]
# Given an IP address, a port and seconds, an open connection.
Dialer = Callable[[str, int, float], "httpcore.NetworkStream"]


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the last address of the redirects, the body with its content codings undone, and its type."""

    url: str
    data: bytes
    media_type: str
    charset: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to one request: ``page`` where it said 200, ``to`` (checked) where it sends on, else only the status.

    ``headers`` have their names in small letters.
    """

    url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    page: Page | None = None
    to: str | None = None


def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses that the system's resolver knows for ``host``. Raises OSError where there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def dial(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """Return a connection to an IP address. Raises httpcore's errors."""
    import httpcore

    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


class Fetcher:
    """Fetches pages one after another; a context manager that keeps connections open between pages. Not thread-safe."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolver: Resolver = resolve,
        dialer: Dialer = dial,
        clock: Callable[[], float] = time.monotonic,
        ssl_context: ssl.SSLContext | None = None,
        user_agent: str = USER_AGENT,
    ) -> None:
        """Take the network from outside: ``resolver``, ``dialer``, ``clock`` (seconds) and ``ssl_context``.

        ``user_agent`` is what the fetcher calls itself.
        """
        self._settings = settings
        self._user_agent = user_agent
        self._guard = _Guard(settings, resolver, dialer, clock)
        self._ssl_context = ssl_context
        self._client: httpx.Client | None = None

    def __enter__(self) -> Fetcher:
        """Return the fetcher; nothing is opened before the first page."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def fetch(self, url: str) -> Page:
        """Return the page at ``url``.

        Raises AddressRefused for an address, first or redirected to, that is not to be asked; NotFound for 404 and 410;
        TooLarge beyond ``max_source_bytes`` on the wire or ``max_unpacked_bytes`` unpacked; Damaged for a broken content
        coding; FetchError for everything else that goes wrong. Not handled: robots.txt (one page at a person's request
        is no crawl), pages that need a script or a log-in, refreshes by ``<meta>``.
        """
        with self._told(url):
            target = check_url(url, source=url, settings=self._settings)
            self._open().cookies.clear()
            for _ in range(self._settings.max_redirects + 1):
                answer = self._ask(url, target, {}, None)
                if answer.page is not None:
                    return answer.page
                if answer.to is None:
                    raise failure(url, answer)
                target = target.join(answer.to)
            raise FetchError(
                url, f"redirects more than {self._settings.max_redirects} times", "give the address it ends at"
            )

    def ask(self, url: str, *, headers: Mapping[str, str] | None = None, limit: str | None = None) -> Answer:
        """Return the answer to one request, whatever its status; a redirect is not followed but its address checked.

        ``headers`` go along with the request (``If-None-Match``); ``limit`` names a setting in bytes that holds for the body
        as well, packed and unpacked. Raises what ``fetch`` raises, but for what the status says (see ``failure``).
        """
        with self._told(url):
            target = check_url(url, source=url, settings=self._settings)
            self._open().cookies.clear()
            return self._ask(url, target, headers or {}, limit)

    @contextmanager
    def _told(self, url: str) -> Iterator[None]:
        """Start the time of a page, and turn what the client raises into our own errors."""
        import httpx

        self._guard.start(url)
        try:
            yield
        except httpx.TimeoutException as error:
            seconds = self._settings.fetch_seconds
            raise FetchError(url, f"took too long (limit {seconds:g} s)", "try later or raise fetch_seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(
                url, f"no answer: {error or type(error).__name__}", "check the address, try later"
            ) from error

    def _ask(self, url: str, target: httpx.URL, headers: Mapping[str, str], limit: str | None) -> Answer:
        with self._open().stream("GET", target, headers=dict(headers)) as answer:
            status = answer.status_code
            page = to = None
            if status == 200:
                page = self._take(url, target, answer, limit)
            elif status in _REDIRECTS:
                to = str(self._next(url, target, answer))
            elif status == 304:
                answer.read()  # it has no body, and the connection can be kept
            said = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(str(target), status, answer.reason_phrase, said, page, to)

    def _open(self) -> httpx.Client:
        import httpcore
        import httpx

        if self._client is None:
            context = self._ssl_context or httpx.create_ssl_context(trust_env=False)
            transport = httpx.HTTPTransport(verify=context, trust_env=False)
            # httpx has no public way to hand over a backend; the pool is replaced by one that is the same but for it.
            transport._pool = httpcore.ConnectionPool(
                ssl_context=context, network_backend=cast("httpcore.NetworkBackend", self._guard)
            )
            self._client = httpx.Client(
                transport=transport,
                headers=_HEADERS | {"User-Agent": self._user_agent},
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(self._settings.fetch_seconds, connect=self._settings.connect_seconds),
            )
        return self._client

    def _next(self, url: str, target: httpx.URL, answer: httpx.Response) -> httpx.URL:
        location = answer.headers.get("Location", "")
        if not location:
            raise FetchError(url, f"answered {answer.status_code} without saying where to go", _SAVE_IT)
        joined = str(target.join(location))
        try:
            after = check_url(joined, source=url, settings=self._settings)
        except AddressRefused as error:
            raise AddressRefused(url, f"redirects to {joined[:200]}: {error.cause}", error.cure) from error
        if target.scheme == "https" and after.scheme == "http" and after.host != target.host:
            raise AddressRefused(
                url, f"redirects from https to plain http at {after.host}", "give that address yourself"
            )
        return after

    def _take(self, url: str, target: httpx.URL, answer: httpx.Response, limit: str | None) -> Page:
        return Page(
            url=str(target),
            data=self._body(url, answer, limit),
            media_type=answer.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            charset=answer.charset_encoding,
        )

    def _body(self, url: str, answer: httpx.Response, narrower: str | None) -> bytes:
        limit, most = self._settings.max_source_bytes, self._settings.max_unpacked_bytes
        named = "max_source_bytes"
        unpacked = "raise max_unpacked_bytes if you trust it"
        if narrower is not None:
            least = int(getattr(self._settings, narrower))
            limit, named = min((limit, named), (least, narrower))
            if least < most:
                most, unpacked = least, f"raise {narrower} if you trust it"
        too_large = TooLarge(url, f"is larger than {limit:,} bytes", f"raise {named} if you want it")
        announced = answer.headers.get("Content-Length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:19]) > limit:
            raise too_large
        chunks: Iterable[bytes] = _counted(answer.iter_raw(), limit, too_large)
        codings = [part.strip().lower() for part in answer.headers.get("Content-Encoding", "").split(",")]
        codings = [coding for coding in codings if coding not in ("", "identity")]
        if len(codings) > self._settings.max_nesting:
            raise TooLarge(url, f"is packed more than {self._settings.max_nesting} times over", "raise max_nesting")
        for coding in reversed(codings):
            if coding not in CODINGS:
                raise FetchError(url, f"came in a content coding that was not asked for ({coding[:40]})", _SAVE_IT)
            chunks = expand(chunks, CODINGS[coding], source=url, settings=self._settings)
        return gather(
            chunks,
            source=url,
            limit=most if codings else limit,
            cause=f"unpacks to more than {most:,} bytes",
            cure=unpacked,
        )


def failure(url: str, answer: Answer) -> FetchError | NotFound:
    """Return the error that an answer other than a page or a redirect amounts to."""
    said = f"the server said {answer.status} {answer.reason}".strip()
    if answer.status in _GONE:
        return NotFound(url, said, "check the address")
    return FetchError(url, said, _SAVE_IT if answer.status in _CLOSED else "try later")


def _counted(chunks: Iterator[bytes], limit: int, error: TooLarge) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise error
        yield chunk


class _Guard:
    """The client's way to the network: resolves, checks and dials, and ends everything at the page's deadline.

    Has the methods of httpcore.NetworkBackend without being one by name, so that this module can be imported without it.
    """

    def __init__(self, settings: Settings, resolver: Resolver, dialer: Dialer, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._resolver = resolver
        self._dialer = dialer
        self._clock = clock
        self._source = ""
        self._deadline = 0.0

    def start(self, source: str) -> None:
        self._source = source
        self._deadline = self._clock() + self._settings.fetch_seconds

    def left(self, timeout: float | None = None) -> float:
        """Return the seconds left for one step, of the page's time or of ``timeout``; zero or less means over."""
        left = self._deadline - self._clock()
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        import httpcore

        addresses = self._lookup(host, port, self.left(timeout))
        check_addresses(host, addresses, source=self._source, settings=self._settings)
        last: Exception = httpcore.ConnectError(f"no address known for {host}")
        for address in addresses:
            seconds = self.left(timeout)
            if seconds <= 0:
                raise httpcore.ConnectTimeout("no time left to connect")
            try:
                return _timed(self._dialer(address, port, seconds), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise AddressRefused(self._source, "a socket on this machine is not to be asked")

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, max(0.0, self.left())))

    def _lookup(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """Resolve in a thread of its own: the system's resolver knows no time limit."""
        import httpcore

        answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = answers.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise httpcore.ConnectTimeout(f"looking up {host} took too long") from None
        if isinstance(found, Exception):
            raise httpcore.ConnectError(f"{host} is not known ({found})") from found
        return found


def _timed(stream: httpcore.NetworkStream, guard: _Guard) -> httpcore.NetworkStream:
    """Return the connection with the page's deadline on every read and write: a server that drips is left in time."""
    import httpcore

    class Timed(httpcore.NetworkStream):
        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            seconds = guard.left(timeout)
            if seconds <= 0:
                raise httpcore.ReadTimeout("no time left to read")
            return stream.read(max_bytes, seconds)

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            seconds = guard.left(timeout)
            if seconds <= 0:
                raise httpcore.WriteTimeout("no time left to write")
            stream.write(buffer, seconds)

        def close(self) -> None:
            stream.close()

        def start_tls(
            self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
        ) -> httpcore.NetworkStream:
            seconds = guard.left(timeout)
            if seconds <= 0:
                raise httpcore.ConnectTimeout("no time left to connect")
            return _timed(stream.start_tls(ssl_context, server_hostname, seconds), guard)

        def get_extra_info(self, info: str) -> Any:
            return stream.get_extra_info(info)

    return Timed()
