"""What several commands share: the arguments they have in common, what is told on standard error, the tally of sources."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from paraph.errors import SourceError, UsageError
from paraph.exits import Exit

if TYPE_CHECKING:
    from paraph.model import Reading
    from paraph.settings import Settings
    from paraph.show.out import Sink

__all__ = [
    "BY_SUFFIX",
    "Tally",
    "add_no_color",
    "add_out",
    "add_sources",
    "asked_by",
    "day",
    "probability",
    "reading_of",
    "say",
    "whole_number",
]

# The format that a file's name asks for where --format does not.
BY_SUFFIX = {
    ".csv": "csv",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".markdown": "markdown",
    ".md": "markdown",
    ".ndjson": "jsonl",
}


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Give the command its sources."""
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="what to read: a file or folder, a URL, or - for standard input; pages, plain text, Markdown, PDF, feeds, WARC "
        "archives and JSON documents are told apart by their bytes",
    )


def add_out(parser: argparse.ArgumentParser) -> None:
    """Give the command a file to write to."""
    parser.add_argument("-o", "--out", type=Path, metavar="FILE", help="write to this file, whole or not at all")


def add_no_color(parser: argparse.ArgumentParser) -> None:
    """Give the command the switch that takes the colours out."""
    parser.add_argument("--no-color", action="store_true", help="no colours; the same as setting NO_COLOR")


def day(text: str) -> date:
    """Return the day that an argument names, for argparse. Raises ArgumentTypeError for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; give one as 2025-12-04") from None


def whole_number(text: str) -> int:
    """Return a number of things that an argument gives; argparse tells what is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of things; give a whole number, 0 or more")
    return int(text)


def probability(text: str) -> float:
    """Return a probability that an argument gives; argparse tells what is none."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no probability; give 0 to 1")
    return value


class Tally:
    """What was read and what failed; each failure is told on standard error as it comes."""

    def __init__(self) -> None:
        self.read = 0
        self.failures: list[SourceError] = []

    def over(self, found: Iterable[Reading | SourceError]) -> Iterator[Reading]:
        """Give what was read, and tell and keep what failed."""
        for reading in found:
            if isinstance(reading, SourceError):
                self.failures.append(reading)
                say(str(reading))
            else:
                self.read += 1
                yield reading

    def status(self) -> Exit:
        """Return the exit status as it stands."""
        if not self.read:
            return Exit.ALL_FAILED
        return Exit.SOME_FAILED if self.failures else Exit.DONE

    def finish(self) -> Exit:
        """Tell how it ended, where that needs telling, and return the exit status."""
        total = self.read + len(self.failures)
        if not total:
            say("no document in the sources; nothing was read")
        elif self.failures and total > 1:
            say(f"{len(self.failures)} of {total} could not be read")
        return self.status()


@contextmanager
def reading_of(
    given: argparse.Namespace, tally: Tally, busy: bool = False
) -> Iterator[tuple[Iterator[Reading], Sink, Settings]]:
    """Give the readings of the sources as they come, the sink for them, and the settings."""
    from dataclasses import replace

    from paraph.reading import read_all
    from paraph.settings import Settings
    from paraph.show.out import output
    from paraph.show.progress import progress

    if "" in given.sources:
        # A variable that is not set ("$FILE"); as a path it would be the folder one stands in, read whole.
        raise UsageError("a source is empty; give a file, a folder, a URL or - (the folder one stands in is .)")
    settings = Settings.from_environment()
    if given.min_confidence is not None:
        settings = replace(settings, **{given.confidence: given.min_confidence})
    with output(given.out) as sink, progress(given.sources, busy=busy) as sources:
        stdin = getattr(sys.stdin, "buffer", None)
        found = read_all(sources, settings=settings, engine=given.engine, follow=given.follow, stdin=stdin)
        yield tally.over(found), sink, settings


def asked_by(out: Path | None, forms: tuple[str, ...]) -> str:
    """Return the format that the file's name asks for, if the command has it, else the command's first."""
    asked = BY_SUFFIX.get(out.suffix.lower()) if out else None
    return asked if asked in forms else forms[0]


def say(message: str, status: Exit = Exit.DONE) -> Exit:
    """Tell the person at the terminal, in one line that is safe there, and return the status."""
    from paraph.show.safe import line

    with suppress(OSError):  # standard error may be gone as well
        print(f"paraph: {line(message)}", file=sys.stderr)
    return status
