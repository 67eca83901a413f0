"""Lines for a terminal or a plain text file: the console, and what every view of it shares."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, cast

from paraph.model import Certainty, Document, Signal
from paraph.show.safe import line
from paraph.show.words import FILL, count, ladder, moment

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from paraph.show.out import Sink

__all__ = ["DIM", "HEAD", "LEGEND", "NARROW", "console", "heading", "joined", "rungs", "tally"]

# Below this many columns what stands beside a deal goes below it: at 110 a deal's name keeps some 30 columns, enough for
# most names in one line.
NARROW = 110
# How wide a plain text file is.
PLAIN_COLUMNS = 120

HEAD = "bold"
DIM = "dim"

LEGEND = (
    "ladder: idea, talks, agreed, signed, in force; apart: stalled, ended   "
    f"{FILL[Certainty.CERTAIN]} certain  {FILL[Certainty.PROBABLE]} probable  {FILL[Certainty.POSSIBLE]} possible   ┄ ahead"
)


def console(sink: Sink, *, color: bool = True) -> Console:
    """Return a console that prints to the sink.

    Styles appear only on a terminal, colours only where neither ``color`` is off nor NO_COLOR set. Text that says "[red]" or
    ":bomb:" is shown as it is.
    """
    from rich.console import Console

    class Frank(Console):
        def on_broken_pipe(self) -> None:
            """Let the command say what it says of a closed pipe anywhere; rich would exit with 1."""
            raise

    wide = None if sink.terminal or "COLUMNS" in os.environ else PLAIN_COLUMNS
    stream = cast("IO[str]", _Stream(sink))
    return Frank(file=stream, no_color=None if color else True, width=wide, markup=False, emoji=False, highlight=False)


class _Stream:
    """The sink as rich wants a file."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.encoding = sink.encoding

    def write(self, text: str) -> int:
        # rich pads every line to its width; in a file the spaces would only be in the way.
        self._sink.write(text if self._sink.terminal else "\n".join(map(str.rstrip, text.split("\n"))), self.encoding)
        return len(text)

    def flush(self) -> None:
        """Nothing to do: the sink hands on each text at once."""

    def isatty(self) -> bool:
        return self._sink.terminal


def rungs(signal: Signal) -> str:
    """Return the signal's place on the ladder as text."""
    return ladder(signal.stage, signal.certainty, signal.ahead)


def heading(document: Document) -> Text:
    """Return what a document is: title, then publisher, dates, language and kind, then its address and notes."""
    from rich.text import Text

    about = [
        line(document.publisher or ""),
        moment(document.published),
        f"updated {moment(document.updated)}" if document.updated else "",
        str(document.kind),
    ]
    text = Text(line(document.title or "") or "(no title)", style=HEAD)
    text.append("\n" + joined(about), style="not bold")
    text.append("\n" + (line(document.url or "") or f"id {line(document.id)}"), style="not bold dim")
    for note in document.notes:
        text.append(f"\nnote: {line(note)}", style="not bold dim")
    return text


def joined(parts: list[str]) -> str:
    """Return the parts that are not empty with a middle dot between them."""
    return " · ".join(part for part in parts if part)


def tally(signals: tuple[Signal, ...]) -> str:
    """Return how many signals there are and how many of them are ahead, there already, and off the ladder."""
    if not signals:
        return "no signals"
    ahead = sum(signal.ahead for signal in signals)
    return f"{count(len(signals), 'signal')}, {ahead} of {len(signals)} ahead"
