"""Feeds, their entries and what sites allow, kept in the desk: the tables ``feeds``, ``feed_entries`` and ``sites``.

Every method is one transaction. Several watchers may work on one desk: what is asked for is *claimed* for some minutes before,
and a claim that nobody gave back (its watcher was killed) runs out by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, and_, case, delete, func, insert, or_, select, update

from paraph.desk.rows import among
from paraph.desk.schema import feed_entries, feeds, sites
from paraph.errors import UsageError
from paraph.intake.feed import Entry
from paraph.watch.entries import entry_from, entry_to
from paraph.watch.health import Feed, Shown, answered, ended, state_of, unchanged, utc
from paraph.watch.robots import Robots

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = ["FeedPage", "Keep", "Site", "Waiting"]

# A claim lasts longer than any request with its redirects and its turn at the host, and not so long that what a killed watcher
# had in hand is missed.
_CLAIM = timedelta(minutes=15)
# Nothing is ever put off for longer (a setting may ask for 70 days between two requests): a time further ahead was written
# under a clock that was wrong, and counts for nothing.
_TOO_LONG = timedelta(days=100)
# How often an entry is taken in again because its feed says that it was changed, and how much later that must be: a feed that
# stamps every entry with the time of the request would else have every page fetched with every request. Set by eye.
_MOST_READINGS = 5
_LATER = timedelta(minutes=10)
# Keys asked for in one statement; SQLite's older releases take 999 values.
_AT_ONCE = 500
# What stays as it was when an entry that was changed waits again.
_ONCE = ("feed_id", "key", "readings", "document")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits to be taken in; ``tries`` counts those begun before."""

    feed_id: int
    feed: str
    key: str
    entry: Entry
    seen: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of an origin: its rules where they were asked for, and when it may be asked again."""

    robots: Robots | None
    ready: datetime | None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some feeds, each with how many of its entries wait to be taken in; ``states`` is how many feeds are in each state."""

    feeds: tuple[tuple[Feed, int], ...]
    states: Mapping[str, int]


class Keep:
    """The feeds of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # The list.

    def feeds(self) -> list[Feed]:
        """Return all feeds in order of title or address."""
        with self._desk.look() as look:
            found = [_feed(row) for row in look.execute(select(feeds))]
        return sorted(found, key=lambda feed: (feed.name.casefold(), feed.url))

    def page(self, *, state: str | None = None, limit: int = 50, offset: int = 0) -> FeedPage:
        """Return some of the feeds in order of title or address, those in one state if it is named (``Feed.state``)."""
        columns = (feeds.c.id, feeds.c.title, feeds.c.url, feeds.c.gone, feeds.c.failures, feeds.c.succeeded)
        with self._desk.look() as look:
            told = [
                ((row.title or row.url).casefold(), row.url, row.id, state_of(row.gone, row.failures, row.succeeded))
                for row in look.execute(select(*columns))
            ]
            listed = sorted(row for row in told if state in (None, row[3]))[offset : offset + limit]
            ids = [row[2] for row in listed]
            found = {row.id: _feed(row) for row in look.execute(select(feeds).where(among(look, feeds.c.id, ids)))}
            waits = (
                select(feed_entries.c.feed_id, func.count())
                .where(among(look, feed_entries.c.feed_id, ids), feed_entries.c.state == "waiting")
                .group_by(feed_entries.c.feed_id)
            )
            waiting = {row[0]: row[1] for row in look.execute(waits)}
        states = Counter(row[3] for row in told)
        return FeedPage(tuple((found[id], waiting.get(id, 0)) for id in ids), states)

    def add(self, given: Sequence[tuple[str, str | None]], now: datetime, most: int) -> list[tuple[Feed, bool]]:
        """Follow addresses (with their titles), and return each feed with whether it was not followed before.

        An address by which a feed was known before it moved is that feed. A feed that is gone is tried again. Raises
        UsageError, and adds none, where there would be more than ``most`` feeds.
        """
        done: list[tuple[Feed, bool]] = []
        with self._desk.begin() as begun:
            known = _by_address(begun)
            size = len({feed.id for feed in known.values()})
            for url, title in given:
                before = known.get(url)
                if before is not None:
                    if before.gone:
                        before = replace(before, gone=False, failures=0, error=None, due=now)
                        _write(begun, before)
                        known |= dict.fromkeys((before.url, *before.was), before)
                    done.append((before, False))
                    continue
                size += 1
                if size > most:
                    raise UsageError(f"that would be more than {most:,} feeds; raise max_feeds, or add fewer")
                feed = Feed(url=url, title=title, added=now, due=now)
                result = begun.execute(insert(feeds).values(_values(feed)))
                known[url] = replace(feed, id=int((result.inserted_primary_key or (0,))[0]))
                done.append((known[url], True))
        return done

    def remove(self, url: str) -> Feed | None:
        """Follow a feed no longer, by its address or one it had; return it, or None where none has it."""
        with self._desk.begin() as begun:
            feed = _by_address(begun).get(url)
            if feed is not None:
                begun.execute(delete(feed_entries).where(feed_entries.c.feed_id == feed.id))
                begun.execute(delete(feeds).where(feeds.c.id == feed.id))
        return feed

    # Feeds that are due.

    def due(self, now: datetime, *, unasked_since: datetime | None = None) -> list[Feed]:
        """Return the feeds that are due and in nobody's hands, the longest due first.

        With ``unasked_since``, feeds that are well and were not asked since then count as due as well.
        """
        when = or_(feeds.c.due <= _text(now), feeds.c.due > _text(now + _TOO_LONG))
        if unasked_since is not None:
            asked_at = feeds.c.checked
            rested = or_(asked_at.is_(None), asked_at <= _text(unasked_since), asked_at > _text(now))
            when = or_(when, and_(feeds.c.failures == 0, rested))
        asked = select(feeds).where(feeds.c.gone.is_(False), when, _free(feeds.c.claimed, now))
        with self._desk.look() as look:
            return [_feed(row) for row in look.execute(asked.order_by(feeds.c.due, feeds.c.id))]

    def claim(self, feed: Feed, now: datetime) -> bool:
        """Take a feed in hand; false where another watcher did, or has asked it since, or it was removed."""
        same = feeds.c.checked == _text(feed.checked) if feed.checked else feeds.c.checked.is_(None)
        changed = update(feeds).where(feeds.c.id == feed.id, same, _free(feeds.c.claimed, now))
        with self._desk.begin() as begun:
            return begun.execute(changed.values(claimed=_text(now + _CLAIM))).rowcount == 1

    def release(self, feed: Feed, due: datetime) -> None:
        """Give a feed back that was not asked, to be asked from a time on."""
        with self._desk.begin() as begun:
            changed = update(feeds).where(feeds.c.id == feed.id, feeds.c.gone.is_(False))
            begun.execute(changed.values(claimed=None, due=_text(due)))

    def record(self, feed: Feed) -> None:
        """Keep what a request made of a feed, and give it back."""
        with self._desk.begin() as begun:
            _write(begun, feed)

    def record_unchanged(self, feed: Feed, now: datetime, due: datetime, url: str) -> Feed:
        """Keep that a feed had nothing new, at the address where it lies now; return it as it is then."""
        with self._desk.begin() as begun:
            after = _unless_twice(begun, feed, unchanged(feed, now, due, url), now)
            _write(begun, after)
        return after

    def record_answer(
        self,
        feed: Feed,
        now: datetime,
        due: datetime,
        *,
        url: str,
        headers: Mapping[str, str],
        title: str | None,
        entries: Mapping[str, Entry],
        forget: timedelta,
    ) -> tuple[Feed, list[Waiting], int]:
        """Keep a feed's answer and the entries in it that are new or changed, all in one.

        Returns the feed as it is then, the entries to take in (the oldest first), and how many of them were never seen before.
        So what an answer showed is kept from the moment that its ETag is: a watcher that is killed loses none of it.
        Entries no longer shown that were seen longer than ``forget`` ago are forgotten.
        """
        shown = [Shown(key, utc(entry.published or entry.updated, now)) for key, entry in entries.items()]
        with self._desk.begin() as begun:
            known = _known(begun, feed.id, list(entries))
            new = [one for one in shown if one.key not in known]
            after = answered(feed, now, due, url=url, headers=headers, title=title, shown=shown, new=new)
            after = _unless_twice(begun, feed, after, now)
            if not _write(begun, after) or after.gone:
                return after, [], 0
            fresh = {one.key for one in new}
            changed = {key for key in known if _changed(entries[key], known[key], now)}
            if fresh:
                begun.execute(insert(feed_entries), [_entry_values(feed.id, key, entries[key], now) for key in fresh])
            for key in changed:
                values = _entry_values(feed.id, key, entries[key], now)
                kept = {name: value for name, value in values.items() if name not in _ONCE}
                begun.execute(update(feed_entries).where(_one(feed.id, key)).values(kept))
            _forget(begun, feed.id, entries, now - forget)
        seen = {one.key: one.published or now for one in shown}
        waiting = [Waiting(feed.id, feed.url, key, entries[key], now) for key in entries if key in fresh | changed]
        waiting.reverse()  # a feed has its newest first
        return after, sorted(waiting, key=lambda one: seen[one.key]), len(fresh)

    # Entries that wait.

    def waiting(self, now: datetime, limit: int) -> list[Waiting]:
        """Return entries that wait and may be tried, the first seen first."""
        asked = (
            select(feed_entries, feeds.c.url)
            .join(feeds, feeds.c.id == feed_entries.c.feed_id)
            .where(feed_entries.c.state == "waiting")
            .where(or_(feed_entries.c.due <= _text(now), feed_entries.c.due > _text(now + _TOO_LONG)))
            .where(_free(feed_entries.c.claimed, now))
            .order_by(feed_entries.c.seen, feed_entries.c.due, feed_entries.c.feed_id, feed_entries.c.key)
            .limit(limit)
        )
        with self._desk.look() as look:
            return [
                Waiting(row.feed_id, row.url, row.key, entry_from(row.entry), _when(row.seen), row.tries)
                for row in look.execute(asked)
            ]

    def begin(self, one: Waiting, now: datetime) -> bool:
        """Take an entry in hand and count a try; false where another watcher did, or it is not waiting any more.

        The try is counted before it is made, so that an entry that kills its reader does not kill it for ever.
        """
        changed = update(feed_entries).where(
            _one(one.feed_id, one.key), feed_entries.c.state == "waiting", _free(feed_entries.c.claimed, now)
        )
        with self._desk.begin() as begun:
            return begun.execute(changed.values(claimed=_text(now + _CLAIM), tries=one.tries + 1)).rowcount == 1

    def finish(self, one: Waiting, *, document: str | None, error: str | None) -> None:
        """Keep that an entry was taken in as a document, or that it never will be."""
        values: dict[str, Any] = {
            "state": "failed" if document is None else "done",
            "readings": feed_entries.c.readings + 1,
            "due": None,
            "claimed": None,
            "entry": None,
            "error": error,
        }
        if document is not None:
            values["document"] = document
        with self._desk.begin() as begun:
            begun.execute(update(feed_entries).where(_one(one.feed_id, one.key)).values(values))

    def postpone(self, one: Waiting, due: datetime, error: str | None, *, tried: bool = True) -> None:
        """Let an entry wait until a time; with ``tried`` false, what was begun does not count as a try."""
        values = {"due": _text(due), "claimed": None, "error": error}
        with self._desk.begin() as begun:
            changed = update(feed_entries).where(_one(one.feed_id, one.key)).values(values)
            begun.execute(changed if tried else changed.values(tries=one.tries))

    def backlog(self) -> int:
        """Return how many entries wait."""
        with self._desk.look() as look:
            asked = select(func.count()).select_from(feed_entries).where(feed_entries.c.state == "waiting")
            return int(look.execute(asked).scalar_one())

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next feed or entry is due, None where nothing ever is; what is claimed is due when that ends."""
        with self._desk.look() as look:
            found = [
                look.execute(select(func.min(_later(table.c.due, table.c.claimed, now))).where(still)).scalar_one()
                for table, still in (
                    (feeds, feeds.c.gone.is_(False)),
                    (feed_entries, feed_entries.c.state == "waiting"),
                )
            ]
        return min((_when(text) for text in found if text), default=None)

    # Sites.

    def site(self, origin: str) -> Site:
        """Return what is known of an origin."""
        with self._desk.look() as look:
            row = look.execute(select(sites).where(sites.c.origin == origin)).one_or_none()
        if row is None:
            return Site(None, None)
        robots = Robots(origin, row.rules, row.why, _when(row.until)) if row.until else None
        return Site(robots, _when(row.ready) if row.ready else None)

    def record_robots(self, robots: Robots) -> None:
        """Keep what robots.txt said."""
        values = {"rules": robots.rules, "why": robots.why, "until": _text(robots.until)}
        with self._desk.begin() as begun:
            if not begun.execute(update(sites).where(sites.c.origin == robots.origin).values(values)).rowcount:
                begun.execute(insert(sites).values(origin=robots.origin, ready=None, **values))

    def hold(self, origin: str, ready: datetime) -> None:
        """Keep that an origin, whose rules are known, is not to be asked before a time."""
        with self._desk.begin() as begun:
            begun.execute(update(sites).where(sites.c.origin == origin).values(ready=_text(ready)))


def _by_address(connection: Connection) -> dict[str, Feed]:
    """Return the feeds by every address they have or had; one that has it goes before one that had it."""
    found = [_feed(row) for row in connection.execute(select(feeds))]
    return {old: feed for feed in found for old in feed.was} | {feed.url: feed for feed in found}


def _unless_twice(connection: Connection, before: Feed, after: Feed, now: datetime) -> Feed:
    """Return the feed after it moved, or its end where it moved to where another one is followed already."""
    if before.url == after.url:
        return after
    other = select(feeds.c.id).where(feeds.c.url == after.url, feeds.c.id != before.id)
    if connection.execute(other).first() is None:
        return after
    return ended(before, now, f"it moved to {after.url}, which is followed already")


def _known(connection: Connection, feed: int, keys: Sequence[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    columns = (feed_entries.c.key, feed_entries.c.state, feed_entries.c.stamp, feed_entries.c.readings)
    for at in range(0, len(keys), _AT_ONCE):
        some = feed_entries.c.key.in_(keys[at : at + _AT_ONCE])
        found |= {
            row.key: row for row in connection.execute(select(*columns).where(feed_entries.c.feed_id == feed, some))
        }
    return found


def _changed(entry: Entry, known: Row[Any], now: datetime) -> bool:
    """Whether an entry that was taken in says that it was changed since, and may be taken in again."""
    stamp = utc(entry.updated, now)
    if stamp is None or known.stamp is None or known.state == "waiting" or known.readings >= _MOST_READINGS:
        return False
    return stamp >= _when(known.stamp) + _LATER


def _forget(connection: Connection, feed: int, shown: Iterable[str], before: datetime) -> None:
    old = (
        select(feed_entries.c.key)
        .where(feed_entries.c.feed_id == feed, feed_entries.c.state != "waiting", feed_entries.c.seen < _text(before))
        .order_by(feed_entries.c.key)
    )
    still = set(shown)
    for (key,) in connection.execute(old).all():
        if key not in still:
            connection.execute(delete(feed_entries).where(_one(feed, key)))


def _one(feed: int, key: str) -> Any:
    return and_(feed_entries.c.feed_id == feed, feed_entries.c.key == key)


def _free(claimed: Any, now: datetime) -> Any:
    return or_(claimed.is_(None), claimed <= _text(now), claimed > _text(now + 2 * _CLAIM))


def _later(due: Any, claimed: Any, now: datetime) -> Any:
    held = and_(claimed > due, claimed <= _text(now + 2 * _CLAIM))
    return case((held, claimed), (due > _text(now + _TOO_LONG), _text(now)), else_=due)


def _entry_values(feed: int, key: str, entry: Entry, now: datetime) -> dict[str, Any]:
    stamp = utc(entry.updated or entry.published, now)
    return {
        "feed_id": feed,
        "key": key,
        "state": "waiting",
        "seen": _text(now),
        "due": _text(now),
        "claimed": None,
        "tries": 0,
        "stamp": _text(stamp) if stamp else None,
        "readings": 0,
        "entry": entry_to(entry),
        "document": None,
        "error": None,
    }


def _write(connection: Connection, feed: Feed) -> bool:
    """Write a feed's row and take the claim off; false where the feed was removed meanwhile."""
    return connection.execute(update(feeds).where(feeds.c.id == feed.id).values(_values(feed))).rowcount == 1


def _values(feed: Feed) -> dict[str, Any]:
    def text(when: datetime | None) -> str | None:
        return _text(when) if when else None

    return {
        "url": feed.url,
        "was": list(feed.was),
        "title": feed.title,
        "added": _text(feed.added),
        "etag": feed.etag,
        "last_modified": feed.last_modified,
        "checked": text(feed.checked),
        "succeeded": text(feed.succeeded),
        "due": text(feed.due),
        "claimed": None,
        "failures": feed.failures,
        "error": feed.error,
        "items": feed.items,
        "period": round(feed.period.total_seconds()) if feed.period else None,
        "newest": [[one.key, text(one.published)] for one in feed.newest],
        "gaps": [[_text(start), _text(end)] for start, end in feed.gaps],
        "gone": feed.gone,
    }


def _feed(row: Row[Any]) -> Feed:
    def when(text: str | None) -> datetime | None:
        return _when(text) if text else None

    return Feed(
        id=row.id,
        url=row.url,
        was=tuple(row.was),
        title=row.title,
        added=_when(row.added),
        etag=row.etag,
        last_modified=row.last_modified,
        checked=when(row.checked),
        succeeded=when(row.succeeded),
        due=when(row.due),
        failures=row.failures,
        error=row.error,
        items=row.items,
        period=timedelta(seconds=row.period) if row.period is not None else None,
        newest=tuple(Shown(key, when(text)) for key, text in row.newest),
        gaps=tuple((_when(start), _when(end)) for start, end in row.gaps),
        gone=row.gone,
    )


def _text(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="microseconds")


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text)
