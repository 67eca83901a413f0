"""``paraph feed add|list|remove|import|export``: the feeds that a desk follows."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from paraph.commands.common import add_no_color, add_out, say
from paraph.errors import NotFound, SourceError, TooLarge, UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.settings import Settings

__all__ = ["arguments", "run"]

_URLS = {
    "feed add": "the address of an RSS, Atom or JSON feed",
    "feed remove": "the address of a feed, as it is now or as it was before it moved",
}


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    if name in _URLS:
        parser.add_argument("urls", nargs="+", metavar="URL", help=_URLS[name])
    elif name == "feed list":
        parser.add_argument(
            "-f", "--format", choices=("table", "json"), default="table", help="how to print them [table]"
        )
        add_no_color(parser)
    elif name == "feed import":
        parser.add_argument("file", type=Path, metavar="FILE", help="an OPML file, as feed readers export it")
    else:
        add_out(parser)


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    run = {"feed add": _add, "feed list": _list, "feed remove": _remove, "feed import": _import, "feed export": _export}
    return run[name](given)


def _add(given: argparse.Namespace) -> int:
    from paraph.settings import Settings
    from paraph.watch.opml import tidy_url

    settings = Settings.from_environment()
    urls: list[tuple[str, str | None]] = []
    failed = 0
    for url in given.urls:
        try:
            urls.append((tidy_url(url, source=url or "(empty)", settings=settings), None))
        except SourceError as error:
            say(str(error))
            failed += 1
    _follow(given, settings, urls)
    return Exit.ALL_FAILED if not urls else Exit.SOME_FAILED if failed else Exit.DONE


def _follow(given: argparse.Namespace, settings: Settings, urls: list[tuple[str, str | None]]) -> None:
    """Add addresses to the desk and say what became of each."""
    from paraph.desk import open_desk
    from paraph.show.out import output
    from paraph.show.safe import line
    from paraph.watch.keep import Keep

    if not urls:
        return
    with open_desk(given.desk, settings=settings) as desk:
        done = Keep(desk).add(urls, desk.now(), settings.max_feeds)
    with output(None) as sink:
        for feed, new in done:
            sink.write(f"{'added' if new else 'known'}  {line(feed.url)}\n")
    if any(new for _, new in done):
        say("paraph watch --once asks them now, paraph watch from now on")


def _list(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.watch.keep import Keep

    with open_desk(given.desk, settings=Settings.from_environment(), create=False) as desk:
        keep = Keep(desk)
        feeds, waiting, now = keep.feeds(), keep.backlog(), desk.now()
    with output(None) as sink:
        if given.format == "json":
            from paraph.show.rows import json_page

            sink.write(json_page([feed.to_dict() for feed in feeds]))
        else:
            from paraph.show.feed_list import print_feeds
            from paraph.show.terminal import console

            print_feeds(feeds, waiting, now, console(sink, color=not given.no_color))
    return Exit.DONE


def _remove(given: argparse.Namespace) -> int:
    from dataclasses import replace

    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.show.safe import line
    from paraph.watch.keep import Keep
    from paraph.watch.opml import tidy_url

    settings = Settings.from_environment()
    missing = 0
    with open_desk(given.desk, settings=settings, create=False) as desk, output(None) as sink:
        keep = Keep(desk)
        for url in given.urls:
            try:
                # An address that may not be asked any more can still be taken off the list.
                tidy = tidy_url(url, source=url, settings=replace(settings, allow_private_addresses=True))
            except SourceError:
                tidy = url
            feed = keep.remove(url) or keep.remove(tidy)
            if feed is None:
                missing += 1
                say(f"{url}: no such feed is followed (paraph feed list names them)")
            else:
                sink.write(f"removed  {line(feed.url)}\n")
    if missing < len(given.urls):
        say("what came from them stays on the desk")
    return Exit.ALL_FAILED if missing == len(given.urls) else Exit.SOME_FAILED if missing else Exit.DONE


def _import(given: argparse.Namespace) -> int:
    from paraph.settings import Settings
    from paraph.watch.opml import read_opml

    settings = Settings.from_environment()
    name = str(given.file)
    try:
        found, bad = read_opml(_bytes_of(given.file, settings), source=name, settings=settings)
    except SourceError as error:
        return say(str(error), Exit.ALL_FAILED)
    for each in bad:
        say(str(each))
    _follow(given, settings, [(outline.url, outline.title) for outline in found])
    if bad:
        say(f"{len(bad)} of {len(bad) + len(found)} could not be taken")
    return Exit.ALL_FAILED if not found else Exit.SOME_FAILED if bad else Exit.DONE


def _bytes_of(path: Path, settings: Settings) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(settings.max_feed_bytes + 1)
    except OSError as error:
        raise NotFound(str(path), f"it cannot be opened: {error.strerror or error}", "check the path") from error
    except ValueError as error:  # a NUL in the name
        raise UsageError(f"{str(path)!r} is no path") from error
    if len(data) > settings.max_feed_bytes:
        raise TooLarge(str(path), f"the list is larger than {settings.max_feed_bytes:,} bytes", "raise max_feed_bytes")
    return data


def _export(given: argparse.Namespace) -> int:
    from paraph.desk import open_desk
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.watch.keep import Keep
    from paraph.watch.opml import write_opml

    with open_desk(given.desk, settings=Settings.from_environment(), create=False) as desk:
        feeds, now = Keep(desk).feeds(), desk.now()
    with output(given.out) as sink:
        sink.write(write_opml([(feed.url, feed.title) for feed in feeds if not feed.gone], now))
    return Exit.DONE
