"""What makes two documents the same one, who publishes them, and the day that counts for them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from paraph.desk.values import Arrival
from paraph.model import Document, day_of, document_id, iso, text_hash

__all__ = [
    "LONGEST",
    "canonical",
    "day_that_counts",
    "key_of",
    "shortened",
    "signal_id",
    "site_of",
    "stamp_of",
    "utc",
    "version_hash",
]

# Parts of an address that say how somebody came to it, not what stands there.
_TRAILS = ("utm_", "fbclid", "gclid", "dclid", "mc_cid", "mc_eid", "igshid", "ref_src", "cmpid", "ncid", "ocid")

# Under a country's domain, these name a sort of owner and not the owner ("co.uk", "gov.in").
_SORTS = frozenset("ac co com edu gob gouv gov govt go mil ne net nic or org res".split())

# A page dated this much ahead of the clock is not of the future: it was day already where it was written.
_ZONES_AHEAD = timedelta(hours=14)

_KEY_DIGITS, _SIGNAL_DIGITS = 16, 12

# The longest name that is kept as it is where the database has an index of it: PostgreSQL's take 2,700 bytes, and a code point
# has up to four (twenty, where it is escaped).
LONGEST = 130


def key_of(document: Document) -> str:
    """Return the key that the desk knows a document by, the same for all versions of it.

    That is its id, where it was given one; else a hash of its canonical address; else the hash of its text that is its id.
    Of an id longer than ``LONGEST`` the beginning and a hash stand for it.
    """
    if not document.url or document.id != document_id(document.text, document.url):
        return shortened(document.id)
    return hashlib.sha256(canonical(document.url).encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_DIGITS]


def shortened(name: str) -> str:
    """Return a name as it can stand in an index; nearly always the name itself."""
    if len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name[: LONGEST - len(digest) - 1]}~{digest}"


def canonical(url: str) -> str:
    """Return the address without what does not change what stands there: scheme, "www.", trailing slash, trails, fragment."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
        asked = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    kept = sorted((name, value) for name, value in asked if not name.lower().startswith(_TRAILS))
    return f"{host}{port}{parts.path.rstrip('/')}" + (f"?{urlencode(kept)}" if kept else "")


def site_of(url: str | None) -> str | None:
    """Return the registrable domain of an address, None where it has none; a number stays whole.

    By rule of thumb, not by the list of public suffixes: the last two labels, or three where the second to last says only
    what sort of owner it is ("example.co.uk"). Owners that only such a list tells apart ("github.io") count as one.
    """
    try:
        host = (urlsplit(url or "").hostname or "").rstrip(".")
    except ValueError:
        return None
    labels = host.split(".")
    if not host or host.replace(".", "").isdigit() or ":" in host or len(labels) < 3:
        return host or None
    return ".".join(labels[-3:] if labels[-2] in _SORTS and len(labels[-1]) == 2 else labels[-2:])


def version_hash(document: Document) -> str:
    """Return what makes two deliveries of a document the same: its text and what its source says of it, in one hash."""
    facts = [
        text_hash(document.text),
        document.url,
        document.publisher,
        document.title,
        iso(document.published),
        iso(document.updated),
        str(document.kind),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def signal_id(document: str, start: int, end: int, text: str) -> str:
    """Return a signal's id: 12 hex digits of a hash of its document's key, its place, and the hash of the text it stands in."""
    told = f"{document}\n{start}\n{end}\n{text}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:_SIGNAL_DIGITS]


def utc(when: datetime) -> str:
    """Return a moment as a text that sorts: ISO 8601 in UTC, to the microsecond. One without a zone is taken to be in UTC."""
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    return when.isoformat(timespec="microseconds")


def stamp_of(document: Document, seen: datetime) -> str:
    """Return what orders the versions of a document: when it was updated or else published, else when it was seen.

    A date without a time counts as its beginning, a time without a zone as UTC. What lies after ``seen`` counts as seen then.
    """
    when = document.updated or document.published
    if when is None:
        return utc(seen)
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return min(utc(when), utc(seen))


def day_that_counts(when: date | datetime | None, seen: datetime, arrival: Arrival, backdate_days: int) -> date:
    """Return the day that counts for what was published (or updated) ``when`` and first seen by the desk on ``seen``.

    It is the day of publication where there is one, it does not lie in the future of ``seen``, and it can be trusted: of
    what a feed brought (``watched``), it must not lie more than ``backdate_days`` before ``seen``. Else it is the day of
    ``seen``, in UTC.
    """
    moment = seen.replace(tzinfo=UTC) if seen.tzinfo is None else seen.astimezone(UTC)
    today = moment.date()
    if when is None:
        return today
    day = day_of(when)
    if day > (moment + _ZONES_AHEAD).date():
        return today
    if arrival == "watched" and (today - day).days > backdate_days:
        return today
    return day
