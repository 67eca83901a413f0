"""robots.txt: what a site lets us ask for, and how fast (RFC 9309, with the Crawl-delay that many sites add).

protego matches addresses to rules. Before it, the text is cut down to the groups that speak to us: ten thousand made-up names
over ten thousand rules are half a megabyte of text and, in any parser that keeps a list a name, gigabytes of memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from paraph.watch.pace import LONGEST_WAIT, retry_after

if TYPE_CHECKING:
    from protego import Protego

    from paraph.errors import SourceError
    from paraph.intake.fetch import Answer

__all__ = ["AGENT", "Robots", "for_us", "origin_of", "robots_from", "robots_url"]

# The name that robots.txt knows us by.
AGENT = "paraph"

# How long an answer holds (RFC 9309, 2.4: not more than 24 hours), and how soon one that could not be had is tried again.
_HOLDS = timedelta(hours=24)
_AGAIN = timedelta(hours=1)
# A longer Crawl-delay than this is taken as this: one page a day is the slowest that can be called following.
_LONGEST_DELAY = timedelta(days=1)

# As protego reads it: with a hyphen, a space or nothing between, and the colon left out by some.
_USER_AGENT = re.compile(r"user[- ]?agent(?=[\s:]|$)\s*:?", re.IGNORECASE)
# Lines of the whole site, which end no group.
_OF_THE_SITE = ("sitemap", "site-map", "host")


@dataclass(frozen=True)
class Robots:
    """What one origin (scheme, host and port) lets us do, and until when that is believed.

    ``rules`` are the lines that speak to us; None where robots.txt could not be had, which means that nothing may be asked,
    and then ``why`` says what went wrong.
    """

    origin: str
    rules: str | None
    why: str
    until: datetime

    @cached_property
    def _parsed(self) -> Protego:
        from protego import Protego

        return Protego.parse(self.rules or "")

    def holds(self, now: datetime) -> bool:
        """Whether this is still to be believed; not what was written under a clock that was ahead."""
        return now < self.until <= now + LONGEST_WAIT

    def allows(self, url: str) -> bool:
        """Whether the address, which is one of this origin, may be asked."""
        return self.rules is not None and (not self.rules or bool(self._parsed.can_fetch(url, AGENT)))

    @property
    def delay(self) -> timedelta | None:
        """The time that the site wants between two requests, None where it does not say."""
        seconds = self._parsed.crawl_delay(AGENT) if self.rules else None
        return None if seconds is None else timedelta(seconds=min(seconds, _LONGEST_DELAY.total_seconds()))

    def refusal(self, url: str) -> str:
        """Return why an address that is not allowed is not, in a sentence without a full stop."""
        host = urlsplit(self.origin).netloc
        if self.rules is None:
            return f"robots.txt of {host} could not be had ({self.why}), so nothing is asked of it"
        return f"robots.txt of {host} does not allow {urlsplit(url).path or '/'}"


def origin_of(url: str) -> str:
    """Return the scheme, host and port of an address, as robots.txt counts them."""
    try:
        parts = urlsplit(url)
    except ValueError:  # it will be refused when it is asked
        return url.partition("#")[0]
    return f"{parts.scheme}://{parts.netloc}".lower()


def robots_url(origin: str) -> str:
    """Return where an origin's robots.txt lies."""
    return f"{origin}/robots.txt"


def robots_from(origin: str, answer: Answer | SourceError, now: datetime, before: Robots | None = None) -> Robots:
    """Return what an answer to the question for robots.txt means.

    A page is read; "not there" and other refusals of the file (4xx) mean that there are no rules; a server that fails (5xx),
    is busy (429) or cannot be reached means that nothing may be asked for an hour, or for as long as it says itself. Where
    there was a good answer ``before``, that holds on meanwhile. Not handled: the 30 days after which RFC 9309 would let us
    take a server that still fails for one without rules.
    """
    why = again = None
    if isinstance(answer, Exception):
        why = answer.cause
    elif answer.page is not None:
        text = answer.page.data.decode("utf-8", "replace").removeprefix("\ufeff")
        return Robots(origin, for_us(text), "", now + _HOLDS)
    elif answer.to is not None:
        why = "it redirects without end"
    elif answer.status == 429 or answer.status >= 500:
        why = f"the server said {answer.status} {answer.reason}".strip()
        again = retry_after(answer.headers.get("retry-after"), now)
    if why is None:
        return Robots(origin, "", "", now + _HOLDS)
    until = max(now + _AGAIN, again or now)
    return Robots(origin, before.rules if before else None, why, until)


def for_us(text: str) -> str:
    """Return the lines of a robots.txt that hold for us: the groups for ``paraph`` and for ``*``, names and rules only."""
    kept: list[str] = []
    named: set[str] = set()
    in_head = False
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        head = _USER_AGENT.match(line)
        if head is None:
            if line.casefold().startswith(_OF_THE_SITE):
                continue
            in_head = False
            if named:
                kept.append(line)
            continue
        if not in_head:
            named, in_head = set(), True
        name = _name(line[head.end() :])
        if name is not None and name not in named:
            named.add(name)
            kept.append(f"User-agent: {name}")
    return "\n".join(kept)


def _name(value: str) -> str | None:
    """Return "*", our own name, or None for that of another; a version after a stroke and stars around a name do not count."""
    name = value.strip().casefold()
    if name and not name.strip("*"):
        return "*"
    return AGENT if name.strip("*").partition("/")[0].strip() == AGENT else None
