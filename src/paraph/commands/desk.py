"""``paraph add`` and ``paraph reread``: documents into the desk, and all of them read again."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from paraph.commands.common import Tally, add_sources, say
from paraph.errors import UsageError
from paraph.exits import Exit
from paraph.reading import DEFAULT_ENGINE

if TYPE_CHECKING:
    from paraph.desk import Added, Raw

__all__ = ["FORMATS", "arguments", "run"]

FORMATS = ("text", "jsonl")


def arguments(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its arguments."""
    if name == "add":
        add_sources(parser)
        parser.add_argument("--follow", action="store_true", help="fetch the pages that a feed links to")
    parser.add_argument(
        "--engine", default=DEFAULT_ENGINE, metavar="NAME", help=f"what finds the signals [{DEFAULT_ENGINE}]"
    )
    parser.add_argument(
        "-f", "--format", choices=FORMATS, default="text", help="text: a tally; jsonl: a line a document [text]"
    )


def run(name: str, given: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return (_add if name == "add" else _reread)(given)


def _add(given: argparse.Namespace) -> int:
    from paraph.desk import Raw, open_desk
    from paraph.reading import read_all
    from paraph.settings import Settings
    from paraph.show.progress import progress

    if "" in given.sources:
        raise UsageError("a source is empty; give a file, a folder, a URL or - (the folder one stands in is .)")
    settings = Settings.from_environment()
    tally, counts = Tally(), Counter[str]()
    raws: dict[str, Raw] = {}

    def keep(id: str, data: bytes, media_type: str) -> None:
        raws[id] = Raw(data, media_type)

    with (
        open_desk(given.desk, settings=settings) as desk,
        progress(given.sources, busy=given.format != "text") as sources,
    ):
        stdin = getattr(sys.stdin, "buffer", None)
        found = read_all(
            sources,
            settings=settings,
            engine=given.engine,
            follow=given.follow,
            stdin=stdin,
            weak=True,  # kept for a person's look; lists leave them out
            keep=keep if settings.keep_raw else None,
        )
        try:
            for reading in tally.over(found):
                added = desk.add(reading, raw=raws.pop(reading.document.id, None))
                raws.clear()  # of a document that was not taken
                counts[added.state] += 1
                counts["signals"] += added.signals if added.state != "same" else 0
                counts["vanished"] += added.vanished if added.state == "updated" else 0
                if given.format == "jsonl":
                    _line(_added(added))
        except KeyboardInterrupt:
            say(f"{_told(counts, tally)}; what is in stays in")
            raise
    if given.format == "text" and (tally.read or tally.failures):
        print(_told(counts, tally))
    elif not tally.read and not tally.failures:
        say("no document in the sources; nothing was added")
    return tally.status()


def _added(added: Added) -> dict[str, Any]:
    return {
        "document": added.document,
        "state": added.state,
        "signals": added.signals,
        "copy_of": added.copy_of,
        "vanished": added.vanished,
    }


def _told(counts: Counter[str], tally: Tally) -> str:
    """Return the tally in a line: every document that was read is in one of its numbers."""
    parts = [f"{counts['new'] + counts['copy']} new"]
    if counts["copy"]:
        parts[0] += f" ({_many(counts['copy'], 'copy', 'copies')} of others)"
    if counts["updated"]:
        vanished = f" ({_many(counts['vanished'], 'signal')} vanished)" if counts["vanished"] else ""
        parts.append(f"{counts['updated']} updated{vanished}")
    parts.append(f"{counts['same']} known")
    if tally.failures:
        parts.append(f"{len(tally.failures)} could not be read")
    return f"{', '.join(parts)}; {_many(counts['signals'], 'signal')}"


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _line(values: dict[str, Any]) -> None:
    print(json.dumps(values, ensure_ascii=False), flush=True)


def _reread(given: argparse.Namespace) -> int:
    from paraph._version import __version__
    from paraph.desk import open_desk
    from paraph.reading import ENGINES
    from paraph.settings import Settings
    from paraph.show.progress import counting

    if given.engine not in ENGINES:
        raise UsageError(f"engine {given.engine!r} is not known; give one of: {', '.join(sorted(ENGINES))}")
    settings = Settings.from_environment()
    extract = ENGINES[given.engine](settings)
    counts = Counter[str]()
    with open_desk(given.desk, settings=settings, create=False) as desk:
        done = desk.reread(lambda document: extract(document, True), engine=given.engine, engine_version=__version__)
        with counting(done, busy=given.format != "text") as read:
            for each in read:
                counts["documents"] += 1
                counts["signals"] += each.signals
                counts["gained"] += each.gained
                counts["lost"] += each.lost
                counts["unplaced"] += len(each.unplaced)
                for lost in each.unplaced:
                    review = lost.review
                    say(f"decision {review.id} ({review.action}, {review.who}) has nothing to stand on: {lost.why}")
                if given.format == "jsonl":
                    _line(
                        {
                            "document": each.document,
                            "signals": each.signals,
                            "gained": each.gained,
                            "lost": each.lost,
                            "unplaced": [{"review": lost.review.id, "why": lost.why} for lost in each.unplaced],
                        }
                    )
    if given.format == "text":
        print(
            f"{_many(counts['documents'], 'document')} read again; {_many(counts['signals'], 'signal')}, "
            f"{counts['gained']} of them new, {counts['lost']} gone; "
            f"{_many(counts['unplaced'], 'decision')} could not be placed"
        )
    return Exit.DONE
