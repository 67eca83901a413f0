"""Occasions, and suggestions of occasions, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD
from paraph.show.words import count, day, parties

if TYPE_CHECKING:
    from rich.console import Console

    from paraph.model import Occasion
    from paraph.resolve.occasions import Suggestion

__all__ = ["days", "print_occasions", "print_suggestions"]

# Longest quotation under a suggestion; the whole sentence is in the JSON.
QUOTE_CHARS = 200
# A suggestion shows so many of its sentences; the others are counted.
QUOTES = 2


def days(occasion: Occasion) -> str:
    """Return the days as "4 Dec 2025 – 5 Dec 2025", or the only day."""
    return " – ".join(dict.fromkeys((day(occasion.first), day(occasion.last))))


def print_occasions(occasions: Sequence[Occasion], console: Console) -> None:
    """Print one occasion a row: name, days, parties, place."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style=HEAD)
    for _ in range(3):
        grid.add_column(style=DIM)
    for one in occasions:
        cells = (one.name, days(one), parties(one.parties), one.place or "")
        grid.add_row(*(Text(line(cell)) for cell in cells))
    console.print(grid)
    console.print(Text(count(len(occasions), "occasion"), style=DIM))


def print_suggestions(suggestions: Sequence[Suggestion], console: Console) -> None:
    """Print suggestions with the numbers that ``--add`` takes, each with how sure it is and the words that show it."""
    from rich.text import Text

    for number, one in enumerate(suggestions, start=1):
        told = f"{one.confidence:.0%} sure, {count(one.voices, 'independent document')}"
        about = [days(one.occasion) + ("" if one.exact else " (the week; the days are not told)")]
        about += [parties(one.occasion.parties), told]
        console.print(Text.assemble(f"{number:>3}  ", (line(one.occasion.name), HEAD)))
        console.print(Text("     " + " · ".join(about), style=DIM))
        for evidence in one.evidence[:QUOTES]:
            quote = line(evidence.quote)
            quote = quote if len(quote) <= QUOTE_CHARS else quote[:QUOTE_CHARS].rsplit(" ", 1)[0] + " …"
            console.print(Text(f"     “{quote}” ({line(evidence.publisher or evidence.document)})"))
        if len(one.evidence) > QUOTES:
            console.print(Text(f"     and {count(len(one.evidence) - QUOTES, 'more document')}", style=DIM))
    console.print(Text(count(len(suggestions), "suggestion"), style=DIM))
