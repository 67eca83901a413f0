"""What is known of a feed, and how each answer changes it.

Pure: a Feed is a value, and ``unchanged``, ``answered``, ``failed`` and ``ended`` return the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

__all__ = ["Feed", "Shown", "answered", "conditions", "ended", "failed", "period_of", "state_of", "unchanged", "utc"]

# How many of the newest entries are remembered to tell whether a later answer joins on: one alone may be withdrawn by its
# publisher. Set by eye.
_NEWEST = 5
# Gaps kept, newest last; a feed that never joins on would else fill its row.
_MOST_GAPS = 20
# Entries whose distances make the typical one.
_PERIOD_OF = 50
# Longest ETag or Last-Modified that is kept and sent back; real ones have 10 to 80 characters.
_LONGEST_TAG = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a feed showed it: the key it is remembered by, and when it was published."""

    key: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that is followed; all moments are in UTC.

    ``was`` are addresses it had before it moved for good. ``checked`` is when it was last asked for and ``succeeded`` when it
    last answered well; ``failures`` counts those since, ``error`` is the last. ``items`` counts the entries seen, ``period``
    is the time that typically lies between two. ``gaps`` are times between which entries may be missing. A feed that is
    ``gone`` is not asked any more, and its ``error`` says why.
    """

    url: str
    added: datetime
    id: int = 0
    was: tuple[str, ...] = ()
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    checked: datetime | None = None
    succeeded: datetime | None = None
    due: datetime | None = None
    failures: int = 0
    error: str | None = None
    items: int = 0
    period: timedelta | None = None
    newest: tuple[Shown, ...] = ()
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    gone: bool = False

    @property
    def state(self) -> str:
        """``gone``, ``failing``, ``new`` (not asked yet) or ``well``."""
        return state_of(self.gone, self.failures, self.succeeded)

    @property
    def name(self) -> str:
        """The title, or else the address."""
        return self.title or self.url

    def to_dict(self) -> dict[str, Any]:
        """Return the feed as JSON-ready values."""

        def moment(when: datetime | None) -> str | None:
            return when.isoformat(timespec="seconds") if when else None

        return {
            "url": self.url,
            "title": self.title,
            "state": self.state,
            "added": moment(self.added),
            "checked": moment(self.checked),
            "succeeded": moment(self.succeeded),
            "due": moment(self.due),
            "failures": self.failures,
            "error": self.error,
            "items": self.items,
            "period_seconds": round(self.period.total_seconds()) if self.period else None,
            "gaps": [{"from": moment(start), "to": moment(end)} for start, end in self.gaps],
            "was": list(self.was),
        }


def state_of(gone: bool, failures: int, succeeded: object) -> str:
    """Return the state of a feed that has these; see ``Feed.state``."""
    if gone:
        return "gone"
    if failures:
        return "failing"
    return "well" if succeeded else "new"


def conditions(feed: Feed) -> dict[str, str]:
    """Return the headers that ask for the feed only if it changed (RFC 9110, 13.1)."""
    found = {}
    if feed.etag:
        found["If-None-Match"] = feed.etag
    if feed.last_modified:
        found["If-Modified-Since"] = feed.last_modified
    return found


def unchanged(feed: Feed, now: datetime, due: datetime, url: str) -> Feed:
    """Return the feed after it said that nothing changed; ``url`` is where it lies now."""
    return replace(_at(feed, url), checked=now, succeeded=now, due=due, failures=0, error=None)


def answered(
    feed: Feed,
    now: datetime,
    due: datetime,
    *,
    url: str,
    headers: Mapping[str, str],
    title: str | None,
    shown: Sequence[Shown],
    new: Sequence[Shown],
) -> Feed:
    """Return the feed after an answer with the entries ``shown`` (in its order), of which ``new`` were not seen before.

    A gap is noted where none of the newest entries of the answer before is shown any more and all that is new is younger
    than they were: what was published between, and has left the feed already, was never seen.
    """
    gap = _gap(feed, now, shown, new)
    newest = sorted((one for one in shown if one.published), key=_when, reverse=True) or list(shown)
    return replace(
        _at(feed, url),
        title=title or feed.title,
        etag=_tag(headers.get("etag")),
        last_modified=_tag(headers.get("last-modified")),
        checked=now,
        succeeded=now,
        due=due,
        failures=0,
        error=None,
        items=feed.items + len(new),
        period=period_of([one.published for one in shown if one.published]) or feed.period,
        newest=tuple(newest[:_NEWEST]) or feed.newest,
        gaps=(*feed.gaps, gap)[-_MOST_GAPS:] if gap else feed.gaps,
    )


def failed(feed: Feed, now: datetime, due: datetime, error: str) -> Feed:
    """Return the feed after a failure."""
    return replace(feed, checked=now, due=due, failures=feed.failures + 1, error=error)


def ended(feed: Feed, now: datetime, error: str) -> Feed:
    """Return the feed as one that is asked no more."""
    return replace(feed, checked=now, due=None, failures=feed.failures + 1, error=error, gone=True)


def period_of(moments: Sequence[datetime]) -> timedelta | None:
    """Return the median time between the newest entries, None for fewer than three different moments."""
    newest = sorted(set(moments), reverse=True)[:_PERIOD_OF]
    if len(newest) < 3:
        return None
    return timedelta(seconds=median((a - b).total_seconds() for a, b in pairwise(newest)))


def utc(when: date | datetime | None, latest: datetime) -> datetime | None:
    """Return a moment in UTC, ``latest`` for one that lies after it.

    A day is its beginning, and a time without a zone is taken for one in UTC.
    """
    if when is None:
        return None
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # the first or the last day there is, in a zone that leads out of time
        return None
    return min(moment, latest)


def _at(feed: Feed, url: str) -> Feed:
    """Return the feed at a new address, the one it had kept among those it was known by."""
    if url == feed.url:
        return feed
    return replace(feed, url=url, was=(*(old for old in feed.was if old not in (url, feed.url)), feed.url))


def _gap(feed: Feed, now: datetime, shown: Sequence[Shown], new: Sequence[Shown]) -> tuple[datetime, datetime] | None:
    if not feed.newest or not new or {one.key for one in feed.newest} & {one.key for one in shown}:
        return None
    before = [one.published for one in feed.newest if one.published]
    after = [one.published for one in new if one.published]
    start = max(before) if before else feed.succeeded
    end = min(after) if after else now
    return (start, end) if start is not None and start < end else None


def _when(shown: Shown) -> datetime:
    return shown.published or datetime.min.replace(tzinfo=UTC)


def _tag(value: str | None) -> str | None:
    """Return a header as it may be sent back: printable ASCII and not too long."""
    text = (value or "").strip()
    return text if text.isascii() and text.isprintable() and 0 < len(text) <= _LONGEST_TAG else None
