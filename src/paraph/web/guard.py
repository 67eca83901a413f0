"""What stands before every page: which hosts are answered, which requests may write, and the headers that bind a browser.

Three attacks are met here. *DNS rebinding*: a page elsewhere makes its own name point at this machine and reads the desk
through the visitor's browser; so only the names are answered by which the server is known. *Forged writes*: a page elsewhere
sends a form to this address; so a write must say that it comes from a page of ours (``Origin``, ``Sec-Fetch-Site``), or bring a
token, which no browser adds by itself. *Script in a source's text*: the policy lets nothing run but our own files, whatever
stands in a page.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "POLICY", "WRITES", "Guard", "Hosts", "forged", "is_loopback"]

WRITES = frozenset(("POST", "PUT", "PATCH", "DELETE"))

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


def _name(host: str) -> str | None:
    """Return the name in a ``Host`` header in small letters, an IPv6 address without brackets; None where it is no host."""
    if not host or any(c in host for c in "/?#@\\, \t"):
        return None
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
        return parts.hostname
    except ValueError:
        return None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None


def forged(headers: Headers) -> str | None:
    """Return why a write may not come from a page of ours; None where it does, or brings a token.

    A browser tells where a form comes from in ``Origin``, in ``Sec-Fetch-Site`` or in both. What tells neither is no browser of
    today; it has to bring a token.
    """
    if _bearer(headers):
        return None
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if len(origins) > 1 or len(sites) > 1:
        return "it names its origin more than once"
    if sites and sites[0] != "same-origin":
        return f"it comes from another site (Sec-Fetch-Site: {sites[0]})"
    if origins:
        return None if _same(origins[0], headers.get("host", "")) else f"it comes from another page ({origins[0]})"
    return None if sites else "it does not say where it comes from; a program has to bring a token"


def _bearer(headers: Headers) -> bool:
    return headers.get("authorization", "").lower().startswith("bearer ")


def _same(origin: str, host: str) -> bool:
    """Whether an origin is that of the host asked for. The scheme is left open: behind a proxy it is not the one that we see."""
    try:
        parts = urlsplit(origin)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and parts.netloc.lower() == host.lower()


class Guard:
    """The middleware: refuses what is not to be answered, and gives every answer the headers."""

    def __init__(self, app: ASGIApp, hosts: Hosts, most_bytes: int) -> None:
        self.app = app
        self.hosts = hosts
        self.most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = self._refused(scope["method"], headers)
        if refused is not None:
            from paraph.web.answers import problem

            status, why = refused
            scope.setdefault("state", {})
            response = problem(scope, status, why)
            await response(scope, receive, _with_headers(send))
            return
        await self.app(scope, _counted(receive, self.most_bytes), _with_headers(send))

    def _refused(self, method: str, headers: Headers) -> tuple[int, str] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self.hosts.know(hosts[0]):
            named = ", ".join(hosts) or "none"
            return 421, f"host {named!r}: this desk is not known by that name (paraph serve --allow-host NAME adds one)"
        if method not in WRITES:
            return None
        why = forged(headers)
        if why is not None:
            return 403, f"the request was refused: {why}"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.most_bytes:
            return 413, f"the form is larger than {self.most_bytes:,} bytes (raise max_form_bytes)"
        return None


class TooMuch(Exception):
    """A body grew past the limit while it came in."""


def _counted(receive: Receive, most: int) -> Receive:
    """Return a receiver that stops a body which grows past the limit: a chunked one does not say how long it is."""
    so_far = 0

    async def counted() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > most:
            raise TooMuch
        return message

    return counted


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "private, no-cache")
        await send(message)

    return sent


def hosts_of(bound: str, allowed: Iterable[str]) -> Hosts:
    """Return the names by which a server that listens at ``bound`` is known, those that were allowed included."""
    names: Sequence[str] = ("localhost", "127.0.0.1", "::1") if is_loopback(bound) else ("localhost", bound)
    return Hosts(frozenset(name.lower().strip("[]") for name in (*names, *allowed)), any_address=not is_loopback(bound))
