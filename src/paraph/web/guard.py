"""What stands before every page: which hosts are answered, which requests may write, and the headers that bind a browser.

Three attacks are met here. *DNS rebinding*: a page elsewhere makes its own name point at this machine and reads the desk
through the visitor's browser; so only the names are answered by which the server is known. *Forged writes*: a page elsewhere
sends a form to this address; so a write must say that it comes from a page of ours (``Origin``, ``Sec-Fetch-Site``), or bring a
token, which no browser adds by itself. *Script in a source's text*: the policy lets nothing run but our own files, whatever
stands in a page.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paraph.errors import UsageError

__all__ = [
    "HEADERS",
    "POLICY",
    "READS",
    "WRITES",
    "Guard",
    "Hosts",
    "TooMuch",
    "TooSlow",
    "bearer",
    "forged",
    "hosts_of",
    "is_loopback",
]

# The methods that are answered. TRACE would send a browser's cookies back, CONNECT is for proxies; the rest nobody needs.
READS = frozenset(("GET", "HEAD", "OPTIONS"))
WRITES = frozenset(("POST", "PUT", "PATCH", "DELETE"))
# Seconds in which a request's body has to be in: a megabyte over a slow telephone. Set by eye.
BODY_SECONDS = 60.0

# No inline script or style, nothing from elsewhere. ``blob:`` lets a page turn its own picture into a PNG.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with that a browser sends "Origin: null" with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-robots-tag": "noindex, nofollow",
}
# Added where the request came by https: a browser never asks by http again. A year, as is usual.
STRICT_TRANSPORT = "max-age=31536000"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names by which the server may be asked for: small letters, without a port.

    With ``any_address`` an IP address will do as well: nobody can point a name of theirs at it and have the browser take it for
    that address.
    """

    names: frozenset[str]
    any_address: bool = False

    def know(self, host: str) -> bool:
        """Whether a ``Host`` header names the server."""
        name = _name(host)
        if name is None:
            return False
        return name in self.names or (self.any_address and _address(name) is not None)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone: ``localhost`` or a loopback address."""
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


# A host as a browser writes it: a name or an IPv4 address, or an IPv6 address in brackets, and perhaps a port. Nothing else is
# one: a parser of addresses would take more, and not all take the same.
_HOST = re.compile(
    r"(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?))(?::([0-9]{0,5}))?", re.IGNORECASE
)


def _name(host: str) -> str | None:
    """Return the name in a ``Host`` header in small letters, an IPv6 address without brackets; None where it is no host."""
    found = _HOST.fullmatch(host)
    if found is None or int(found[3] or 0) > 65_535:
        return None
    if found[1] is None:
        return found[2].lower()
    address = _address(found[1])
    return str(address) if address is not None and address.version == 6 else None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def bearer(headers: Headers) -> str | None:
    """Return the token that a request brings, empty where it only says that it does; None where it brings none.

    Whether it is good is found out later. Who brings one is known by it alone, whatever cookies come along: so what no browser
    adds by itself stands in for saying where a write comes from.
    """
    given = headers.getlist("authorization")
    if len(given) != 1 or given[0][:7].lower() != "bearer ":
        return None
    return given[0][7:].strip()


def forged(headers: Headers, scheme: str = "http") -> str | None:
    """Return why a write may not come from a page of ours; None where it does, or brings a token.

    A browser tells where a form comes from in ``Origin``, in ``Sec-Fetch-Site`` or in both. What tells neither is no browser of
    today; it has to bring a token. ``scheme`` is that of the request, as far as the server can see.
    """
    if bearer(headers) is not None:
        return None
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if len(origins) > 1 or len(sites) > 1:
        return "it names its origin more than once"
    if sites and sites[0] != "same-origin":
        return f"it comes from another site (Sec-Fetch-Site: {sites[0]})"
    if origins:
        host = headers.get("host", "")
        return None if _same(origins[0], host, scheme) else f"it comes from another page ({origins[0]})"
    return (
        None if sites else "it does not say where it comes from; a program has to bring a token, or the header Origin"
    )


def _same(origin: str, host: str, scheme: str) -> bool:
    """Whether an origin is that of the host asked for.

    A page that came by https is not to be written to from one that came by http, which anybody on the way can have changed.
    The other way round is left open: behind a proxy that is not told of, https looks like http from here.
    """
    try:
        parts = urlsplit(origin)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or (scheme == "https" and parts.scheme != "https"):
        return False
    # Compared letter by letter: no userinfo, no path, no other port.
    return bool(parts.netloc) and origin.lower() == f"{parts.scheme}://{host.lower()}"


class TooMuch(HTTPException):
    """A body grew past the limit while it came in. An HTTPException, for FastAPI takes any other for a body that is broken."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"the form is larger than {most:,} bytes (raise max_form_bytes)")


class TooSlow(HTTPException):
    """A body was not in within the time for it."""

    def __init__(self) -> None:
        super().__init__(408, f"the form was not sent within {BODY_SECONDS:g} seconds; send it again")


class Guard:
    """The middleware: refuses what is not to be answered, and gives every answer the headers.

    It stands before everything else, so that no error page leaves without them. Behind a proxy it puts in the request what the
    proxy tells of it: the scheme, and the address of who asks.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts, most_bytes: int, behind_proxy: bool = False) -> None:
        self.app = app
        self.hosts = hosts
        self.most_bytes = most_bytes
        self.behind_proxy = behind_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # no page has one
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        scope.setdefault("state", {})
        if self.behind_proxy:
            scope = {**scope, **_told_by_proxy(headers)}
        send = _with_headers(send, secure=scope["scheme"] == "https")
        if scope["method"] == "HEAD":
            # Every page that can be had can be asked about: it is made, and its body left out.
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        refused = self._refused(scope, headers)
        if refused is not None:
            from paraph.web.answers import problem

            status, why = refused
            allowed = {"allow": ", ".join(sorted(READS | WRITES))} if status == 405 else None
            await problem(scope, status, why, allowed)(scope, receive, send)
            return
        await self.app(scope, _counted(receive, self.most_bytes), send)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        method = scope["method"]
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.hosts.know(hosts[0]):
            named = ", ".join(hosts) or "none"
            return 421, f"host {named!r}: this desk is not known by that name (paraph serve --allow-host NAME adds one)"
        if method not in READS | WRITES:
            return 405, f"{method!r} is not done here"
        if not scope["path"].startswith("/"):
            return 400, "the address has to begin with a slash"  # a proxy's http://…, or the * of OPTIONS
        if method in READS:
            return None
        why = forged(headers, scope["scheme"])
        if why is not None:
            return 403, f"the request was refused: {why}"
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or len(length) > 15 or int(length) > self.most_bytes:
            return 413, f"the form is larger than {self.most_bytes:,} bytes (raise max_form_bytes)"
        return None


def _told_by_proxy(headers: Headers) -> dict[str, object]:
    """Return what a proxy tells of a request; of several values the last, which is the one that our own proxy has added."""
    told: dict[str, object] = {}
    scheme = _last(headers, "x-forwarded-proto").lower()
    if scheme in ("http", "https"):
        told["scheme"] = scheme
    address = _address(_last(headers, "x-forwarded-for"))
    if address is not None:
        told["client"] = (str(address), 0)
    return told


def _last(headers: Headers, name: str) -> str:
    values = headers.getlist(name)
    return values[-1].rpartition(",")[2].strip() if values else ""


def _counted(receive: Receive, most: int) -> Receive:
    """Return a receiver that stops a body which grows past the limit (a chunked one does not say how long it is) or dawdles."""
    so_far, whole, until = 0, False, None

    async def counted() -> Message:
        nonlocal so_far, whole, until
        if whole:  # what comes now is that the visitor has gone, which may take as long as it likes
            return await receive()
        loop = asyncio.get_running_loop()
        until = until or loop.time() + BODY_SECONDS
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        so_far += len(message.get("body", b""))
        if so_far > most:
            raise TooMuch(most)
        whole = not message.get("more_body", False)
        return message

    return counted


def _with_headers(send: Send, secure: bool) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "private, no-cache")
            if secure:
                headers.setdefault("strict-transport-security", STRICT_TRANSPORT)
        await send(message)

    return sent


def _without_body(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sent


def hosts_of(bound: str, allowed: Iterable[str]) -> Hosts:
    """Return the names by which a server that listens at ``bound`` is known, those that were allowed included.

    Raises UsageError for a name that is none: an address with its scheme, a pattern.
    """
    loopback = is_loopback(bound)
    names = {"localhost", "127.0.0.1", "::1", bound.lower().strip("[]")} if loopback else {"localhost", bound.lower()}
    for given in allowed:
        address = _address(given) if given.startswith("[") == given.endswith("]") else None
        name = _name(given) if address is None else str(address)
        if name is None or given.endswith(":") or (address is None and re.search(r":[0-9]*$", given)):
            raise UsageError(f"--allow-host {given!r} is no name of a host; give one as desk.example.org")
        names.add(name)
    return Hosts(frozenset(names), any_address=not loopback)
