"""``paraph watch``: follow the feeds of a desk, once or for good."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from paraph.commands.common import say
from paraph.errors import UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.show.out import Sink
    from paraph.watch.told import Summary, Told

__all__ = ["arguments", "run"]

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SPAN = re.compile(r"(?:[0-9]{1,6}[smhd]){1,4}")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    parser.add_argument("--once", action="store_true", help="ask every feed once and end; for cron")
    parser.add_argument(
        "--every",
        type=float,
        metavar="MINUTES",
        help="time between two requests for one feed [watch_every_minutes: 30]",
    )
    parser.add_argument("--for", dest="span", metavar="TIME", help="end after so long: 90m, 8h, 3d, 1h30m")
    parser.add_argument(
        "-f",
        "--format",
        choices=("text", "jsonl"),
        default="text",
        help="text: a line a document; jsonl: all that happens [text]",
    )


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    import random
    import signal
    from dataclasses import replace

    from paraph.desk import open_desk
    from paraph.reading import DEFAULT_ENGINE, ENGINES
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.watch.keep import Keep
    from paraph.watch.loop import stopped_by_signals, watch
    from paraph.watch.net import Door

    span = _span(given.span)
    settings = Settings.from_environment()
    if given.every is not None:
        settings = replace(settings, watch_every_minutes=given.every)
    engine = ENGINES[DEFAULT_ENGINE](settings)
    door = Door()
    with open_desk(given.desk, settings=settings, create=False) as desk, output(None) as sink:
        if not Keep(desk).feeds():
            say("no feeds are followed yet; add one with paraph feed add URL")
        with stopped_by_signals(door) as came:
            found = watch(
                desk,
                settings=settings,
                extract=lambda document: engine(document, True),  # weak ones too, as paraph add keeps them
                door=door,
                chance=random.random,
                tell=lambda told: _tell(told, sink, given.format),
                once=given.once,
                until=desk.now() + span if span else None,
            )
    if signal.SIGINT in came:
        return say("interrupted; what was taken in is kept", Exit.INTERRUPTED)
    return _status(found) if given.once else Exit.DONE


def _status(found: Summary) -> Exit:
    if not found.failed:
        return Exit.DONE
    return Exit.SOME_FAILED if found.failed < found.feeds else Exit.ALL_FAILED


def _span(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if not _SPAN.fullmatch(text):
        raise UsageError(f"--for {text!r} is no length of time; give one as 90m, 8h, 3d or 1h30m")
    return timedelta(seconds=sum(int(part[:-1]) * _UNITS[part[-1]] for part in re.findall(r"[0-9]+[smhd]", text)))


def _tell(told: Told, sink: Sink, form: str) -> None:
    """Print what happened: documents and rounds for whoever reads along, troubles on standard error."""
    from paraph.show.feed_list import summary_line, told_line

    if form == "jsonl":
        from paraph.show.rows import json_object

        sink.write(json_object(told.to_dict()) + "\n")
    elif told.what == "document":
        sink.write(told_line(told) + "\n", sink.encoding)
    elif told.summary is not None:
        sink.write(f"{told.at:%H:%M} UTC  {summary_line(told.summary)}\n", sink.encoding)
    if told.what not in ("document", "round"):
        say(told_line(told))
