"""One reading as a table for the terminal: its signals by sector, each with its place on the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paraph.model import Reading, Sector, Signal
from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD, NARROW, heading, joined, rungs, tally
from paraph.show.words import CERTAINTIES, INSTRUMENTS, SECTORS, parties, state, voice

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["print_table"]


def print_table(reading: Reading, console: Console) -> None:
    """Print the document's head and its signals, by sector in the order in which the text comes to them."""
    from rich.text import Text

    console.print(heading(reading.document))
    console.print(Text(tally(reading.signals)))
    by_sector: dict[Sector, list[Signal]] = {}
    for signal in reading.signals:
        by_sector.setdefault(signal.sector, []).append(signal)
    widths = _widths(reading.signals, console.width) if console.width >= NARROW else None
    for sector, signals in by_sector.items():
        console.print()
        console.print(Text.assemble((SECTORS[sector], HEAD), (f"  {len(signals)} of {len(reading.signals)}", DIM)))
        console.print(_rows(signals, widths))
    console.print()


# Columns of the ladder, the state ("in force, ahead") and the certainty; two spaces after each column.
LADDER, STATE, CERTAINTY, GAP = 8, 15, 8, 2
# Longest source that keeps its line; longer ones wrap, the deal's name comes first.
VOICE_MOST = 20
PARTIES_MOST = 14


def _widths(signals: Sequence[Signal], columns: int) -> tuple[int, int, int, int]:
    """Return the widths of deal, source, parties and form, the same for all sectors so that the columns stand in line."""
    said = min(max((len(voice(signal)) for signal in signals), default=0), VOICE_MOST)
    between = min(max((len(parties(signal.parties)) for signal in signals), default=0), PARTIES_MOST)
    form = max(map(len, INSTRUMENTS.values()))
    room = columns - (LADDER + STATE + CERTAINTY + said + between + form + 6 * GAP)
    return min(max((len(signal.anchor) for signal in signals), default=0), max(room, 1)), said, between, form


def _rows(signals: Sequence[Signal], widths: tuple[int, int, int, int] | None) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, GAP, 0, 0))
    for width in (LADDER, STATE, CERTAINTY):
        grid.add_column(no_wrap=True, width=width)
    grid.add_column(width=widths[0] if widths else None)
    for width in widths[1:] if widths else ():
        grid.add_column(style=DIM, width=width)
    for signal in signals:
        about = [voice(signal), parties(signal.parties), INSTRUMENTS[signal.instrument]]
        deal = Text(line(signal.anchor))
        if widths is None:
            deal.append("\n" + joined(about), style=DIM)
        cells = [Text(rungs(signal)), Text(state(signal)), Text(CERTAINTIES[signal.certainty]), deal]
        grid.add_row(*cells, *([Text(each) for each in about] if widths else []))
    return grid
