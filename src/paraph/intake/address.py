"""Which addresses may be asked: the guard against requests into the inside of a network.

Two gates. ``check_url`` looks at an address as it is written, before anything is sent; ``check_addresses`` looks at what
its name resolved to, right before exactly those addresses are dialled. Both are passed on every hop of a redirect.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from paraph.errors import AddressRefused, UsageError
from paraph.settings import Settings

if TYPE_CHECKING:
    import httpx

__all__ = ["check_addresses", "check_url", "is_url", "ports", "refusal"]

_CURE_INSIDE = "set PARAPH_ALLOW_PRIVATE_ADDRESSES=1 if this is your own network"
_DEFAULT_PORTS = {"http": 80, "https": 443}

_IPv4 = ipaddress.IPv4Address
_IPv6 = ipaddress.IPv6Address

# Blocks that are not one host on the public internet, with what they are (IANA special-purpose registries, 2025-10). A
# table of our own, because ``is_private`` and ``is_global`` changed their answers between Python's patch releases.
_BLOCKS: tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, str], ...] = tuple(
    (ipaddress.ip_network(block), words)
    for block, words in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared inside a provider's network"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved for documentation"),
        ("192.31.196.0/24", "reserved"),
        ("192.52.193.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "reserved"),
        ("198.18.0.0/15", "reserved for benchmarks"),
        ("198.51.100.0/24", "reserved for documentation"),
        ("203.0.113.0/24", "reserved for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "private"),
        ("100::/64", "reserved"),
        ("100:0:0:1::/64", "reserved"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "reserved for documentation"),
        ("2620:4f:8000::/48", "reserved"),
        ("3fff::/20", "reserved for documentation"),
        ("5f00::/16", "reserved"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
# The only IPv6 block from which hosts get addresses; NAT64 below is the one exception.
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")

# Forms that lead to the IPv4 host they carry and nowhere else; the others are no way to a public host.
_CARRIERS = frozenset({"IPv4-mapped", "NAT64", "6to4"})

# Names that the public DNS does not know: RFC 6761, RFC 6762, RFC 8375 and ICANN's resolution of 2024 on ".internal".
_INSIDE_NAMES = ("localhost", "local", "internal", "home.arpa", "localdomain", "intranet", "lan")

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:(?://|\\\\)|(?:javascript|data|mailto|about|blob):", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x20\x7f\\\u0080-\u00a0\u2028\u2029]")
_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_NUMERIC = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


def is_url(text: str) -> bool:
    """Whether a source as given is an address and not a path; ``file:`` and other schemes are too, and get refused."""
    return _URL.match(text) is not None


def ports(settings: Settings) -> frozenset[int]:
    """Return the ports of the setting ``allowed_ports``. Raises UsageError where it is not numbers between commas."""
    try:
        found = frozenset(int(part) for part in settings.allowed_ports.split(","))
    except ValueError:
        found = frozenset({-1})
    if not all(0 < port < 65_536 for port in found):
        raise UsageError(f"setting allowed_ports: {settings.allowed_ports!r} is not a list of ports; give 80,443")
    return found


def check_url(url: str, *, source: str, settings: Settings) -> httpx.URL:
    """Return ``url``, parsed by the parser that will also send it, if it may be asked as far as its spelling tells.

    Raises AddressRefused for a scheme other than http and https, a user name or password, an odd spelling of a number
    (decimal, octal, hexadecimal, short), spaces, controls or backslashes, a name that only an inside network knows, an
    inside address, or a port that is not allowed. ``allow_private_addresses`` lifts the last but one and the names only.
    """
    import httpx

    cure = "give a plain http or https address"
    if _ODD.search(url):
        raise AddressRefused(source, "the address holds spaces, controls or backslashes", cure)
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").lower()
        port = parsed.port
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(source, f"the address cannot be read ({error})", cure) from error
    if parsed.scheme not in _DEFAULT_PORTS:
        raise AddressRefused(source, f"{parsed.scheme or 'no scheme'} is not http or https", cure)
    if parsed.userinfo:
        raise AddressRefused(
            source, "the address carries a user name or password", "leave out what stands before the @"
        )
    if not host.strip("."):
        raise AddressRefused(source, "the address names no host", cure)
    _check_host(host, source=source, settings=settings)
    number = _DEFAULT_PORTS[parsed.scheme] if port is None else port
    if number not in ports(settings):
        raise AddressRefused(
            source,
            f"port {number} is not one to fetch from",
            f"allowed are {settings.allowed_ports}; see allowed_ports",
        )
    return parsed


def _check_host(host: str, *, source: str, settings: Settings) -> None:
    bare = host.strip("[]")
    if ":" in bare:
        check_addresses(host, [bare], source=source, settings=settings)
        return
    if not _HOST.fullmatch(bare):
        raise AddressRefused(source, f"{host[:200]} is not the name of a host", "give a plain http or https address")
    labels = bare.removesuffix(".").split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        # What ends in a number is an IPv4 address to every resolver (WHATWG URL, "ends in a number"); only the plain
        # spelling of four decimal numbers means the same to all of them.
        try:
            plain = str(_IPv4(bare)) == bare
        except ValueError:
            plain = False
        if not plain:
            raise AddressRefused(source, f"{host} is an odd spelling of a number", "write the address as four numbers")
        check_addresses(host, [bare], source=source, settings=settings)
        return
    if settings.allow_private_addresses:
        return
    name = ".".join(labels)
    if any(name == inside or name.endswith("." + inside) for inside in _INSIDE_NAMES):
        raise AddressRefused(source, f"{name} is a name inside a network", _CURE_INSIDE)


def check_addresses(host: str, addresses: Sequence[str], *, source: str, settings: Settings) -> None:
    """Raise AddressRefused if any of the addresses that ``host`` resolved to is not one host on the public internet.

    One inside address among public ones is enough to refuse: an honest name has none.
    """
    for address in addresses:
        why = refusal(address)
        if why is not None and not settings.allow_private_addresses:
            named = address if host.strip("[]") == address else f"{host} is {address}, which"
            raise AddressRefused(source, f"{named} is {why}", _CURE_INSIDE)


def refusal(address: str) -> str | None:
    """Return what keeps an IP address from being asked ("private", "loopback, as IPv4-mapped"), or None for a public one.

    An IPv4 address within an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64, ISATAP) is looked at as well.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an IP address"
    if isinstance(found, _IPv6):
        form, fours = _embedded(found)
        for four in fours:
            if why := refusal(str(four)):
                return f"{why}, as {form}"
        if form in _CARRIERS:
            return None
        if found not in _GLOBAL_V6:
            return next((words for block, words in _BLOCKS if found in block), "reserved")
    return next((words for block, words in _BLOCKS if found.version == block.version and found in block), None)


def _embedded(address: ipaddress.IPv6Address) -> tuple[str, tuple[ipaddress.IPv4Address, ...]]:
    """Return the form and the IPv4 addresses that an IPv6 address carries; an empty form where it carries none."""
    value = int(address)
    if address.ipv4_mapped is not None:
        return "IPv4-mapped", (address.ipv4_mapped,)
    if value >> 32 == 0 and value > 1:
        return "IPv4-compatible", (_IPv4(value),)
    if address.sixtofour is not None:
        return "6to4", (address.sixtofour,)
    if address.teredo is not None:
        return "Teredo", address.teredo
    if value >> 32 == 0x0064_FF9B << 64:
        return "NAT64", (_IPv4(value & 0xFFFF_FFFF),)
    if (value >> 32) & 0xFDFF_FFFF == 0x0000_5EFE:
        return "ISATAP", (_IPv4(value & 0xFFFF_FFFF),)
    return "", ()
