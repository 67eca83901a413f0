"""One round: every feed that is due is asked, and what is new in it is taken in.

The calling thread gives out errands in turn (one at a time a host, with a gap), takes the answers, and does all the reading
itself (``taking``). A pool of processes would gain nothing: with the default gap of two seconds a host gives half a page a
second at most, what is new comes from some tens of hosts in bursts of a few pages, and reading a page takes some 40 ms (the
documents of the example summit, one process); and whatever is read has to come through the one writer of the desk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from paraph.errors import AddressRefused, FetchError, NotFound, SourceError
from paraph.intake.dispatch import Context
from paraph.intake.fetch import Answer, Fetcher, failure
from paraph.intake.pdf import PdfReader
from paraph.watch.entries import fault, listing_of, said
from paraph.watch.health import Feed, conditions, ended, failed
from paraph.watch.keep import Keep, Waiting
from paraph.watch.net import Askers, Asking, Door
from paraph.watch.pace import LONGEST_WAIT, after_failure, after_success, retry_after
from paraph.watch.robots import Robots, origin_of, robots_from, robots_url
from paraph.watch.taking import Extract, Taker
from paraph.watch.told import Summary, Told
from paraph.watch.turns import Turns

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.intake.fetch import Page
    from paraph.settings import Settings

__all__ = ["Round"]

# A host that is not to be asked for longer than this does not keep the round open: what waits for it waits in the desk.
_PATIENCE = timedelta(minutes=2)
# First wait before a page that failed is tried again; it doubles. Set by eye.
_PAGE_AGAIN = timedelta(minutes=15)

_PERMANENT = frozenset({301, 308})
_BUSY = frozenset({429, 503})
# Pages that are not tried again: they are closed to us, or the question is not one that the server takes.
_CLOSED = frozenset({400, 401, 402, 403, 405, 406, 451})


@dataclass(frozen=True, slots=True)
class _Way:
    """How far an errand has come: ``url`` is asked next, ``lasting`` is where its permanent redirects led to."""

    url: str
    lasting: str
    hops: int = 0
    steady: bool = True  # no redirect so far but permanent ones
    begun: bool = False  # claimed in the desk, and to be given back


@dataclass(frozen=True, slots=True)
class _FeedErrand:
    feed: Feed
    way: _Way


@dataclass(frozen=True, slots=True)
class _PageErrand:
    one: Waiting
    way: _Way


_Errand = _FeedErrand | _PageErrand


class Round:
    """Rounds over the feeds of one desk; what is known of the sites is kept between them."""

    def __init__(
        self,
        desk: Desk,
        askers: Askers,
        door: Door,
        *,
        settings: Settings,
        extract: Extract,
        chance: Callable[[], float],
        tell: Callable[[Told], None],
    ) -> None:
        """Take everything from outside: ``chance`` gives numbers in 0..1, ``tell`` hears what happens as it does."""
        self._desk = desk
        self._now = desk.now
        self._keep = Keep(desk)
        self._askers = askers
        self._door = door
        self._settings = settings
        self._extract = extract
        self._chance = chance
        self._tell = tell
        self._every = timedelta(minutes=max(settings.watch_every_minutes, settings.watch_least_minutes))
        self._most = timedelta(hours=settings.watch_max_backoff_hours)
        self._sites: set[str] = set()
        self._robots: dict[str, Robots] = {}
        self._turns: Turns[_Errand] = Turns()
        self._out: dict[int, _Errand] = {}
        self._sum = Summary()
        self._taker: Taker

    def run(self, *, eager: bool = False, until: datetime | None = None) -> Summary:
        """Go round once and return the counts. With ``eager``, feeds that are well are asked though they are not due yet.

        Ends early where the door says stop, and begins nothing new after ``until`` or after the time between two requests for
        one feed; what was not begun stays as it was, what was begun and not done is given back. Raises DeskError where the
        desk cannot be written.
        """
        self._sum = Summary()
        now = self._now()
        rested = now - timedelta(minutes=self._settings.watch_least_minutes)
        for feed in self._keep.due(now, unasked_since=rested if eager else None):
            self._put(_FeedErrand(feed, _Way(feed.url, feed.url)))
        with PdfReader(self._settings) as pdf, Fetcher(self._settings) as idle:
            context = Context(self._settings, self._now, idle, pdf)
            self._taker = Taker(self._desk, self._keep, context, self._extract, self._tell, self._sum)
            try:
                for one in self._keep.waiting(now, self._settings.watch_pages_per_run):
                    self._take_up(one)
                self._go_round(min(now + self._every, until or now + self._every))
            finally:
                self._put_down()
        self._sum.left = self._keep.backlog()
        self._tell(Told(self._now(), "round", summary=self._sum))
        return self._sum

    def _go_round(self, end: datetime) -> None:
        while not self._door.stopped:
            while self._askers.free and not self._door.stopped and self._now() < end:
                turn = self._turns.take(self._now())
                if turn is None:
                    break
                self._send(*turn)
            now = self._now()
            ready = self._turns.next_ready() if self._askers.free and now < end else None
            if not self._askers.asked and (ready is None or ready > now + _PATIENCE):
                return
            wait = None if ready is None else min(ready, end) - now
            came = self._askers.take(None if wait is None else max(0.0, wait.total_seconds()))
            if came is not None:
                self._receive(*came)

    # Errands on their way.

    def _put(self, errand: _Errand, *, first: bool = False) -> None:
        self._turns.put(_host(errand.way.url), errand, first=first)

    def _send(self, host: str, errand: _Errand) -> None:
        """Ask for an errand whose turn it is, or for the rules of its site first."""
        now = self._now()
        url = errand.way.url
        origin = origin_of(url)
        self._recall(host, origin)
        held = self._turns.ready(host)
        if held > now:
            self._turns.done(host, held)
            self._put(errand, first=True)
            return
        robots = self._robots.get(origin)
        if robots is None or not robots.holds(now):
            self._put(errand, first=True)
            follow = self._settings.max_redirects
            self._askers.ask(Asking(None, robots_url(origin), limit="max_robots_bytes", follow=follow))
        elif not robots.allows(url):
            self._turns.done(host, now)
            self._disallowed(errand, robots)
        elif not errand.way.begun and not self._begin(errand, now):
            self._turns.done(host, now)
        else:
            errand = replace(errand, way=replace(errand.way, begun=True))
            self._out[id(errand)] = errand
            if isinstance(errand, _FeedErrand):
                self._askers.ask(Asking(errand, url, conditions(errand.feed), "max_feed_bytes"))
            else:
                self._askers.ask(Asking(errand, url, limit="watch_page_bytes"))

    def _recall(self, host: str, origin: str) -> None:
        """Bring in what the desk knows of a site, once."""
        if origin in self._sites:
            return
        self._sites.add(origin)
        site = self._keep.site(origin)
        if site.robots is not None:
            self._robots[origin] = site.robots
        if site.ready is not None and site.ready <= self._now() + LONGEST_WAIT:  # not of a clock that was ahead
            self._turns.hold(host, site.ready)

    def _begin(self, errand: _Errand, now: datetime) -> bool:
        """Take an errand in hand, if the round's budget has room and no other watcher has it."""
        pages = isinstance(errand, _PageErrand) and self._sum.pages >= self._settings.watch_pages_per_run
        if pages or self._sum.bytes >= self._settings.watch_bytes_per_run:
            self._sum.spent = True
            return False
        if isinstance(errand, _FeedErrand):
            return self._keep.claim(errand.feed, now)
        if not self._taker.begin(errand.one):
            return False
        self._sum.pages += 1
        return True

    def _receive(self, asking: Asking, answer: Answer | SourceError) -> None:
        now = self._now()
        origin = origin_of(asking.url)
        if isinstance(answer, Answer) and answer.page is not None:
            self._sum.bytes += len(answer.page.data)
        if asking.errand is None:
            self._learn(origin, answer, now)
        robots = self._robots.get(origin)
        gap = timedelta(seconds=self._settings.watch_host_gap_seconds)
        ready = now + max(gap, (robots.delay if robots else None) or gap)
        if isinstance(answer, Answer) and answer.status in _BUSY:
            ready = max(ready, retry_after(answer.headers.get("retry-after"), now) or ready)
        self._turns.done(_host(asking.url), ready)
        if ready > now + _PATIENCE:
            self._keep.hold(origin, ready)
        if asking.errand is None:
            return
        errand = self._out.pop(id(asking.errand))
        if isinstance(answer, Answer) and answer.to is not None:
            answer = self._go_on(errand, answer.to, answer.status) or answer
            if isinstance(answer, Answer):
                return
        if isinstance(errand, _FeedErrand):
            self._feed_answered(errand, answer, now)
        else:
            self._page_answered(errand, answer, now)

    def _learn(self, origin: str, answer: Answer | SourceError, now: datetime) -> None:
        robots = robots_from(origin, answer, now, self._robots.get(origin))
        if isinstance(answer, AddressRefused):
            # The address itself will be refused with the reason and the cure; its rules are beside the point.
            robots = replace(robots, rules="")
        else:
            self._keep.record_robots(robots)
        self._robots[origin] = robots

    def _go_on(self, errand: _Errand, to: str, status: int) -> FetchError | None:
        """Follow a redirect: the next address waits for its turn at its own host, whose rules hold."""
        most = self._settings.max_redirects
        way = errand.way
        if way.hops >= most:
            return FetchError(way.lasting, f"redirects more than {most} times", "give the address it ends at")
        steady = way.steady and status in _PERMANENT
        lasting = to.partition("#")[0] if steady else way.lasting
        way = replace(way, url=to, lasting=lasting, hops=way.hops + 1, steady=steady)
        self._put(replace(errand, way=way), first=True)
        return None

    def _disallowed(self, errand: _Errand, robots: Robots) -> None:
        now = self._now()
        why = robots.refusal(errand.way.url)
        if isinstance(errand, _FeedErrand):
            feed = errand.feed
            self._sum.feeds += 1
            self._sum.failed += 1
            self._keep.record(failed(feed, now, max(robots.until, self._next(feed, now)), why))
            self._tell(Told(now, "disallowed", feed=feed.url, url=errand.way.url, text=why))
            return
        one = errand.one
        if not errand.way.begun and not self._taker.begin(one):
            return
        if robots.rules is None and one.tries + 1 < self._settings.watch_page_tries:
            self._keep.postpone(one, robots.until, why)
        else:
            self._taker.give_up(one, why)

    # Feeds.

    def _feed_answered(self, errand: _FeedErrand, answer: Answer | SourceError, now: datetime) -> None:
        feed, way = errand.feed, errand.way
        due = after_success(now, self._every, self._chance())
        self._sum.feeds += 1
        if isinstance(answer, SourceError):
            self._feed_failed(feed, answer, now)
        elif answer.status == 304 and conditions(feed):
            self._sum.unchanged += 1
            self._moved(feed, self._keep.record_unchanged(feed, now, due, way.lasting))
        elif answer.page is not None:
            self._feed_page(errand, answer, answer.page, now, due)
        elif answer.status == 410:
            self._sum.failed += 1
            after = ended(feed, now, "the server said that it is gone for good (410)")
            self._keep.record(after)
            self._moved(feed, after)
        else:
            again = retry_after(answer.headers.get("retry-after"), now) if answer.status in _BUSY else None
            # Without the cure, which is for a page that a person wants.
            self._feed_failed(feed, FetchError(way.url, failure(way.url, answer).cause), now, again)

    def _feed_page(self, errand: _FeedErrand, answer: Answer, page: Page, now: datetime, due: datetime) -> None:
        feed, way = errand.feed, errand.way
        try:
            listing = listing_of(page, source=way.url, settings=self._settings)
        except SourceError as error:
            self._feed_failed(feed, error, now)
            return
        except Exception as error:
            self._feed_failed(feed, fault(way.url, error), now)
            return
        self._sum.answered += 1
        after, waiting, new = self._keep.record_answer(
            feed,
            now,
            due,
            url=way.lasting,
            headers=answer.headers,
            title=listing.title,
            entries=listing.entries,
            forget=timedelta(days=self._settings.watch_remember_days),
        )
        self._sum.entries += new
        self._moved(feed, after)
        if after.gaps != feed.gaps:
            start, end = after.gaps[-1]
            text = (
                f"entries between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC may be missing: the oldest new entry "
                "is younger than the newest one seen before"
            )
            self._tell(Told(now, "gap", feed=after.url, text=text))
        for one in waiting:
            self._take_up(one)

    def _feed_failed(self, feed: Feed, error: SourceError, now: datetime, again: datetime | None = None) -> None:
        self._sum.failed += 1
        after = failed(feed, now, max(self._next(feed, now), again or now), said(error))
        self._keep.record(after)
        self._tell(Told(now, "failed", feed=feed.url, text=after.error or ""))

    def _next(self, feed: Feed, now: datetime) -> datetime:
        return after_failure(now, feed.failures + 1, self._every, self._most, self._chance())

    def _moved(self, before: Feed, after: Feed) -> None:
        if after.gone:
            text = f"{after.error}; it is not asked any more (paraph feed add tries it again)"
            self._tell(Told(self._now(), "gone", feed=before.url, text=text))
        elif after.url != before.url:
            text = f"moved for good to {after.url}; the old address still names it"
            self._tell(Told(self._now(), "moved", feed=after.url, url=before.url, text=text))

    # Pages of entries.

    def _take_up(self, one: Waiting) -> None:
        """Read an entry's own words at once, or let its page wait for its turn."""
        link = self._taker.page_of(one)
        if link is not None:
            self._put(_PageErrand(one, _Way(link, link)))
        elif not self._door.stopped and self._taker.begin(one):
            self._taker.own(one)

    def _page_answered(self, errand: _PageErrand, answer: Answer | SourceError, now: datetime) -> None:
        one = errand.one
        if isinstance(answer, Answer) and answer.page is not None:
            self._taker.read_page(one, answer.page)
            return
        again = None
        if isinstance(answer, SourceError):
            error: SourceError = answer
            lasting = isinstance(answer, AddressRefused) or not isinstance(answer, FetchError)
        else:
            error = failure(errand.way.url, answer)
            lasting = isinstance(error, NotFound) or answer.status in _CLOSED
            again = retry_after(answer.headers.get("retry-after"), now) if answer.status in _BUSY else None
        if lasting or one.tries + 1 >= self._settings.watch_page_tries:
            self._taker.give_up(one, said(error))
            return
        due = after_failure(now, one.tries + 1, _PAGE_AGAIN, self._most, self._chance())
        self._keep.postpone(one, max(due, again or due), said(error))

    # The end.

    def _put_down(self) -> None:
        """Give back what is in hand, and let what waits for a host that is held wait in the desk until then."""
        now = self._now()
        rest = [(now, errand) for errand in self._out.values()]
        rest += [each for each in self._turns.clear() if each[1].way.begun or each[0] > now + _PATIENCE]
        self._out.clear()
        for ready, errand in rest:
            due = max(ready, now)
            if isinstance(errand, _FeedErrand):
                self._keep.release(errand.feed, due)
            else:
                self._keep.postpone(errand.one, due, None, tried=False)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:  # it will be refused when it is asked
        return ""
