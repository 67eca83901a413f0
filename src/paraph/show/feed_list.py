"""The feeds that are followed, as a table for the terminal; and what a watcher tells, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD, NARROW, joined
from paraph.show.words import count

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from paraph.watch.health import Feed
    from paraph.watch.told import Summary, Told

__all__ = ["ago", "apart", "due_in", "print_feeds", "summary_line", "told_line"]

# Well, new, failing, gone: by fill and shape, so that they are told apart without colour.
_MARKS = {"well": "●", "new": "○", "failing": "◐", "gone": "×"}
# Gaps shown of each feed, the newest; JSON has all that are kept.
_GAPS = 3


def print_feeds(feeds: Sequence[Feed], waiting: int, now: datetime, console: Console) -> None:
    """Print one block a feed: its state, name and address, when it was and will be asked, what came, and what is wrong."""
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= NARROW
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=DIM)
    for name in ("", "feed"):
        grid.add_column(name, no_wrap=name != "feed")
    for name in ("last good answer", "next", "entries", "one in") if wide else ():
        grid.add_column(name, style=DIM, justify="right" if name == "entries" else "left", no_wrap=True)
    for feed in feeds:
        told = Text(line(feed.name), style=HEAD)
        if feed.title:
            told.append(f"\n{line(feed.url)}", style="not bold dim")
        every = apart(feed.period) if feed.period else ""
        beside = [ago(feed.succeeded, now), due_in(feed, now), f"{feed.items:,}", every]
        if not wide:
            about = [f"answered {beside[0]}", f"next {beside[1]}", count(feed.items, "entry", "entries")]
            told.append("\n" + joined([*about, f"one in {every}" if every else ""]), style="not bold dim")
        for trouble in _troubles(feed):
            told.append(f"\n{trouble}", style="not bold")
        grid.add_row(Text(_MARKS[feed.state]), told, *(map(Text, beside) if wide else ()))
    if feeds:
        console.print(grid)
        console.print()
    states = [f"{sum(feed.state == state for feed in feeds)} {_MARKS[state]} {state}" for state in _MARKS]
    tail = f"{count(waiting, 'entry', 'entries')} {'waits' if waiting == 1 else 'wait'} to be read"
    told = _joined_text([count(len(feeds), "feed"), *states, tail]) if feeds else Text("no feeds", style=HEAD)
    console.print(told)


def _joined_text(parts: list[str]) -> Text:
    from rich.text import Text

    return Text(joined([part for part in parts if not part.startswith("0 ")]))


def _troubles(feed: Feed) -> list[str]:
    found = []
    if feed.state == "gone":
        found.append(f"not asked any more: {line(feed.error or '')}")
    elif feed.failures:
        found.append(f"{count(feed.failures, 'failure')} in a row: {line(feed.error or '')}")
    for start, end in feed.gaps[-_GAPS:]:
        found.append(f"gap: entries between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC may be missing")
    if len(feed.gaps) > _GAPS:
        found.append(f"{count(len(feed.gaps) - _GAPS, 'older gap')} (--format json names them)")
    return found


def ago(when: datetime | None, now: datetime) -> str:
    """Return how long ago something was: "3 days ago", "now", "never"."""
    if when is None:
        return "never"
    return "now" if now - when < timedelta(minutes=1) else f"{apart(now - when)} ago"


def due_in(feed: Feed, now: datetime) -> str:
    """Return when a feed is to be asked next: "in 20 min", "due", "never"."""
    if feed.gone or feed.due is None:
        return "never"
    return "due" if feed.due <= now else f"in {apart(feed.due - now)}"


def apart(span: timedelta) -> str:
    """Return a length of time in its largest unit that gives two or more, else in minutes: "45 min", "36 h", "3 days"."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} min"
    return f"{round(minutes / 60)} h" if minutes < 48 * 60 else f"{round(minutes / 1440):,} days"


def told_line(told: Told) -> str:
    """Return what a watcher tells as one line; of a document its time, what it is, how many signals, title and publisher."""
    if told.what != "document":
        return joined_line(told)
    signals = count(told.signals or 0, "signal") if told.signals else "no signals"
    about = joined([line(told.title or "") or "(no title)", line(told.publisher or ""), line(told.url or "")])
    return f"{told.at:%H:%M} UTC  {told.state or '':<7}  {signals:<10}  {about}"


def joined_line(told: Told) -> str:
    """Return a trouble as one line: the feed or the page, and what is wrong with it."""
    place = told.url if told.what in ("page", "entry") and told.url else told.feed or told.url or ""
    tail = " (the feed's own words are taken where it has any)" if told.what == "page" else ""
    return line(f"{place}: {told.text}{tail}")


def summary_line(found: Summary) -> str:
    """Return the counts of a round as one line."""
    feeds = [
        f"{found.answered} answered with {count(found.entries, 'new entry', 'new entries')}" if found.answered else "",
        f"{found.unchanged} unchanged" if found.unchanged else "",
        f"{found.failed} failed" if found.failed else "",
    ]
    documents = count(found.documents, "document") + (f" ({found.copies} of them copies)" if found.copies else "")
    rest = [
        documents if found.entries or found.documents else "",
        f"{found.updated} updated" if found.updated else "",
        f"{found.same} known" if found.same else "",
        count(found.signals, "signal") if found.documents or found.updated else "",
        f"{found.unread} of {count(found.pages, 'page')} not read" if found.unread else "",
        f"{count(found.left, 'entry', 'entries')} left for the next round" if found.left else "",
    ]
    asked = ", ".join(part for part in feeds if part)
    return joined([count(found.feeds, "feed") + (f": {asked}" if asked else " asked"), *rest])
