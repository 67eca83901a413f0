"""How often somebody may try a password: so many times within a while, by address and by name, then not until it has passed.

Every try counts, also one with the right password; only that clears what was counted for the name. What is counted lies in
memory and is gone when the server ends. Not handled: tries of tokens, which nobody can guess.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import secrets
import time
import unicodedata
from collections.abc import Callable

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from paraph.settings import Settings

__all__ = ["Tries", "network"]

# Names and addresses are counted in so many boxes each, by a hash that nobody outside knows: tries under ever new names from
# ever new networks take no more memory than this. Two that share a box share their tries, once in so many. Set by eye.
BOXES = 16_384


class Tries:
    """The count of tries. ``clock`` gives the seconds that the library counts in, and is for tests."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        seconds = max(1, round(settings.sign_in_minutes * 60))
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._address = RateLimitItemPerSecond(settings.sign_in_tries_per_address, seconds)
        self._name = RateLimitItemPerSecond(settings.sign_in_tries_per_name, seconds)
        self._clock = clock
        self._salt = secrets.token_bytes(16)

    def count(self, address: str, name: str) -> int:
        """Count a try and return 0 where it may be made, else the seconds to wait, which no try makes longer.

        What is counted for a name says nothing of whether there is somebody of that name.
        """
        for item, box in (
            (self._address, self._box("address", network(address))),
            (self._name, self._box("name", _one(name))),
        ):
            if not self._limiter.hit(item, box):
                again = self._limiter.get_window_stats(item, box).reset_time
                return max(1, math.ceil(again - self._clock()))
        return 0

    def clear(self, name: str) -> None:
        """Forget the tries under a name: somebody came in."""
        self._limiter.clear(self._name, self._box("name", _one(name)))

    def _box(self, kind: str, text: str) -> str:
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).digest()
        return f"{kind}{int.from_bytes(digest) % BOXES}"


def network(address: str) -> str:
    """Return by what an address is counted: IPv4 by itself, IPv6 by its network of 64 bits, all of which one visitor has."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.IPv6Network((known.packed, 64), strict=False))


def _one(name: str) -> str:
    """Return a name as it is looked up on the desk (see ``desk.people``)."""
    return unicodedata.normalize("NFC", name).strip()
