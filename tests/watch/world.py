"""A small world to watch: a server that answers for many hosts, a clock that moves only when told, a desk in a file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from intake.loopback import Answer, Handler, Net, Server
from paraph.desk import Desk, open_desk
from paraph.intake.fetch import Fetcher
from paraph.model import Document, Signal
from paraph.settings import Settings
from paraph.watch.health import Feed
from paraph.watch.keep import Keep
from paraph.watch.loop import watch
from paraph.watch.net import Door
from paraph.watch.opml import tidy_url
from paraph.watch.told import Summary, Told

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
FEED = "http://oslo.example/rss.xml"
RSS_TYPE = {"Content-Type": "application/rss+xml"}

Page = Answer | Callable[[dict[str, str]], Answer]


class Host(Handler):
    """Answers by host and path; what is asked for and not there is not found."""

    server: Web

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        address = headers["host"].partition(":")[0] + self.path
        self.server.asks.append((address, headers))
        found = self.server.pages.get(address, (404, {}, b"no"))
        self.server.answers[self.path] = found(headers) if callable(found) else found
        super().do_GET()


class Web(Server):
    """A server for all hosts; ``pages`` by "host/path", ``asks`` is what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.RequestHandlerClass = Host
        self.pages: dict[str, Page] = {}
        self.asks: list[tuple[str, dict[str, str]]] = []

    def asked_for(self, address: str) -> int:
        """Return how often an address was asked for."""
        return sum(asked == address for asked, _ in self.asks)

    @property
    def addresses(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [address for address, _ in self.asks if not address.endswith("/robots.txt")]


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time

    def on(self, **span: float) -> None:
        self.time += timedelta(**span)


class StillDoor(Door):
    """A door at which nobody sleeps: with answers to come it waits for one, else the clock moves on."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.waits: list[float] = []

    def wait(self, seconds: float | None, asked: int) -> Any:
        if asked:
            return super().wait(60.0, asked)
        assert seconds is not None, "nothing to wait for"
        if not self.stopped:
            self.waits.append(seconds)
            self._clock.on(seconds=seconds)
        return None


class World:
    """Everything that a watcher needs, on the loopback and in a temporary folder."""

    def __init__(self, web: Web, place: str, settings: Settings) -> None:
        self.web = web
        self.net = Net(web.server_port)
        self.clock = Clock()
        self.settings = settings
        self.place = place
        self._open: Desk | None = None
        self.told: list[Told] = []
        self.extract: Callable[[Document], Sequence[Signal]] = lambda document: ()
        self.on_told: Callable[[Told], None] = lambda told: None

    @contextmanager
    def open(self) -> Iterator[Desk]:
        """Give the desk, opened once for the whole test."""
        if self._open is None:
            self._opened = open_desk(self.place, settings=self.settings, now=self.clock)
            self._open = self._opened.__enter__()
        yield self._open

    def close(self) -> None:
        """Close the desk, so that it is opened anew where it is used next."""
        if self._open is not None:
            self._opened.__exit__(None, None, None)
            self._open = None

    def add(self, *urls: str) -> None:
        """Follow feeds."""
        with self.open() as desk:
            tidy = [(tidy_url(url, source=url, settings=self.settings), None) for url in urls]
            Keep(desk).add(tidy, self.clock(), self.settings.max_feeds)

    def watch(self, **given: Any) -> Summary:
        """Go round, once if not told otherwise."""
        door = given.pop("door", None) or StillDoor(self.clock)
        self.door = door
        once = given.pop("once", True)

        def tell(told: Told) -> None:
            self.told.append(told)
            self.on_told(told)

        def make() -> Fetcher:
            return Fetcher(self.settings, resolver=self.net.resolve, dialer=self.net.dial, user_agent="Paraph/test")

        with self.open() as desk:
            return watch(
                desk,
                settings=self.settings,
                extract=self.extract,
                door=door,
                chance=lambda: 0.5,
                tell=tell,
                once=once,
                make=make,
                **given,
            )

    def feeds(self) -> dict[str, Feed]:
        with self.open() as desk:
            return {feed.url: feed for feed in Keep(desk).feeds()}

    def feed(self, url: str = FEED) -> Feed:
        return self.feeds()[url]

    def documents(self) -> list[Document]:
        with self.open() as desk:
            return [kept.document for kept in desk.documents()]

    def titles(self) -> list[str | None]:
        return sorted(document.title or "" for document in self.documents())

    def tells(self, what: str) -> list[str]:
        return [told.text for told in self.told if told.what == what]


@contextmanager
def world(where: Path | str, settings: Settings | None = None) -> Iterator[World]:
    """Run the server for the length of a test; ``where`` is a folder with an empty desk, or a desk's own place."""
    place = where if isinstance(where, str) else str(where / "desk.db")
    with Web() as web:
        thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        one = World(web, place, settings or Settings(watch_follow=False, watch_host_gap_seconds=0))
        try:
            yield one
        finally:
            one.close()
            web.shutdown()
            thread.join()


WORDS = (
    "OSLO - The ministers of Norway and Chile met in Oslo to speak of the ferries between the islands, the port of Arica and "
    "the seed bank in Punta Arenas. Number {n} of the talks on ferry {n} lasted until the evening, and the two sides agreed "
    "to meet again in the spring of the year {n}, when the harbour of town {n} will be open."
)


def text_of(n: int) -> str:
    """Return a text of its own for each number, unlike the others."""
    return (
        WORDS.format(n=n)
        + " "
        + " ".join(f"Boat {n} carried {n * 7 + k} crates of salmon number {n}-{k}." for k in range(12))
    )


def rss(
    items: Sequence[tuple[int, datetime]], title: str = "The Oslo Example", host: str = "oslo.example", **more: str
) -> bytes:
    """Return an RSS feed of numbered items with their moments, in the order given."""
    rows = "".join(
        f"<item><title>Talks {n}</title><link>http://{host}/{n}</link><guid>{host}-{n}</guid>"
        f"<pubDate>{format_datetime(when)}</pubDate><description>{escape(more.get('text') or text_of(n))}</description></item>"
        for n, when in items
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(title)}</title><link>http://{host}/</link>'
        f"{rows}</channel></rss>"
    ).encode()


def feed_page(*numbers: int, at: datetime = START, **more: str) -> Answer:
    """Return the answer of a feed with these items, the first the newest, an hour apart and the last an hour old."""
    items = [(n, at - timedelta(hours=k + 1)) for k, n in enumerate(numbers)]
    return 200, RSS_TYPE, rss(items, **more)


def html_page(n: int) -> Answer:
    """Return an article's page."""
    body = "".join(f"<p>{part}</p>" for part in text_of(n).split(". "))
    page = f"<html lang=en><head><title>Page {n}</title></head><body><article><h1>Page {n}</h1>{body}</article></body></html>"
    return 200, {"Content-Type": "text/html; charset=utf-8"}, page.encode()
