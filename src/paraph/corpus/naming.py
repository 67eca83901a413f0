"""A row of somebody else's table as a mapping of the contract: which of its columns is the text, which the address and so on."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from paraph.errors import Damaged, NoText, UsageError
from paraph.intake.dates import parse_when
from paraph.intake.decode import decode

__all__ = ["COMMON", "KEYS", "check", "fields", "pick"]

# For each name of the contract the names that others give to the same, the likelier first; letters' case, "_", "-", "." and
# spaces do not count. From Common Crawl's, news-please's, trafilatura's and Hugging Face's tables of news. Left out on purpose:
# "source" (a publisher, an address or a crawl), "timestamp" and "crawl_date" (mostly of the crawl), "summary", "description".
COMMON: dict[str, tuple[str, ...]] = {
    "text": (
        "content",
        "body",
        "articlebody",
        "plaintext",
        "maintext",
        "articletext",
        "fulltext",
        "rawcontent",
        "article",
    ),
    "html": ("rawhtml", "pagehtml", "contenthtml", "bodyhtml"),
    "url": ("link", "uri", "requestedurl", "canonicalurl", "sourceurl", "permalink", "targeturi", "warctargeturi"),
    "publisher": ("sitename", "publication", "outlet", "sourcedomain", "domain"),
    "title": ("headline",),
    "published": (
        "date",
        "publishedat",
        "publishdate",
        "publisheddate",
        "datepublished",
        "datepublish",
        "publicationdate",
        "pubdate",
    ),
    "updated": ("updatedat", "modified", "modifiedat", "datemodified", "datemodify", "lastmodified"),
    "id": ("docid", "uuid", "guid"),
    "kind": (),
}
KEYS = tuple(COMMON)

_DATES = ("published", "updated")
_IGNORED = re.compile(r"[\s_.-]+")

# Seconds since 1970 that are taken for a moment of the news: from 1990 to 2100. The same in thousandths.
_EARLIEST, _LATEST = 631_152_000, 4_102_444_800

_CURE = "name the column, as --columns text=NAME"


def check(columns: Mapping[str, str]) -> None:
    """Refuse, with UsageError, a mapping to what is no name of the contract."""
    for name in columns:
        if name not in COMMON:
            raise UsageError(f"column {name!r}: it is not among {', '.join(KEYS)}")


@lru_cache(maxsize=256)
def _picked(names: tuple[str, ...], columns: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, bool], ...]:
    given = dict(columns)
    alike: dict[str, str] = {}
    for name in names:
        alike.setdefault(_IGNORED.sub("", name.lower()), name)
    found: list[tuple[str, str, bool]] = []
    for key, others in COMMON.items():
        if key in given:
            if given[key] in names:
                found.append((key, given[key], False))
        elif key in names:
            found.append((key, key, False))
        else:
            # "kind" must be the contract's own: others mean everything by it.
            likely = next((alike[other] for other in (key, *others) if other in alike and others), None)
            if likely is not None and likely not in given.values():
                found.append((key, likely, True))
    return tuple(found)


def pick(names: Collection[str], columns: Mapping[str, str]) -> tuple[tuple[str, str, bool], ...]:
    """Return for each name of the contract that is found its column, and whether that is a guess.

    ``columns`` decides where it has the name (an empty one leaves it out); else the contract's name, else a common one.
    """
    return _picked(tuple(names), tuple(columns.items()))


def fields(row: Mapping[str, Any], columns: Mapping[str, str], source: str) -> dict[str, Any]:
    """Return a row as a mapping of the contract, with ``text`` or, where there is none, ``html`` (text or bytes).

    Moments become ISO 8601, a midnight without zone its day, and numbers that can be seconds or thousandths since 1970 a
    moment in UTC. A column that is only guessed and holds what does not fit is left out. Raises NoText for a row in which
    both are empty, Damaged for one that has neither; both name the row.
    """
    present = tuple(name for name, value in row.items() if value is not None)
    found: dict[str, Any] = {}
    for key, column, is_guess in pick(present, columns):
        value = row[column]
        if key in _DATES:
            value = _moment(value)
        elif isinstance(value, bytes) and key != "html":
            value = decode(value, tidy=False)
        if is_guess and not _fits(key, value):
            continue
        found[key] = value
    text, html = found.get("text"), found.get("html")
    if html and not (isinstance(text, str) and text.strip()):
        found.pop("text", None)
    elif "text" in found:
        found.pop("html", None)
    elif "html" in found or any(key in ("text", "html") for key, _, _ in pick(tuple(row), columns)):
        raise NoText(source, "it holds no text", "leave the row out")
    else:
        names = ", ".join(sorted(map(str, row)))[:200] or "nothing"
        raise Damaged(source, f"it has neither text nor html; it has {names}", _CURE)
    return found


def _fits(key: str, value: Any) -> bool:
    if key == "html":
        return isinstance(value, str | bytes)
    if key == "id":
        return isinstance(value, str | int) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    return key not in _DATES or parse_when(value) is not None


def _moment(value: Any) -> Any:
    """Return a moment or a day as text; anything else as it is."""
    if isinstance(value, datetime):
        return (value.date() if value.tzinfo is None and value.time() == time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    for seconds in (value, value / 1000):
        if _EARLIEST <= seconds < _LATEST:
            return datetime.fromtimestamp(seconds, UTC).isoformat()
    return value
