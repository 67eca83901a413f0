"""Deals as a list: a table for the terminal, rows for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD, NARROW, joined
from paraph.show.words import CERTAINTIES, INSTRUMENTS, SECTORS, STAGES, count, day, ladder, parties

if TYPE_CHECKING:
    from rich.console import Console

    from paraph.desk import DealRow

__all__ = ["COLUMNS", "deal_dict", "print_deals", "stands"]

# The columns of the CSV, in order.
COLUMNS = (
    "id title parties sector instrument status stage ahead certainty since heard contested sightings voices first_day last_day"
).split()


def deal_dict(deal: DealRow) -> dict[str, Any]:
    """Return a deal of a list as JSON-ready values."""
    return {
        "id": deal.id,
        "title": deal.title,
        "parties": list(deal.parties),
        "sector": str(deal.sector),
        "instrument": str(deal.instrument),
        "status": stands(deal),
        "stage": str(deal.stage),
        "ahead": deal.ahead,
        "certainty": str(deal.certainty),
        "since": deal.since.isoformat(),
        "heard": deal.heard.isoformat(),
        "contested": deal.contested,
        "sightings": deal.sightings,
        "voices": deal.voices,
        "first_day": deal.first_day.isoformat(),
        "last_day": deal.last_day.isoformat(),
        "cursor": deal.cursor,
    }


def stands(deal: DealRow) -> str:
    """Return a deal's status in words: "signed, ahead", "lapsed (inferred)"."""
    if deal.lapsed:
        return "lapsed (inferred)"
    said = STAGES[deal.stage] + (", ahead" if deal.ahead else "")
    return f"{said} (withdrawn)" if deal.withdrawn else said


def print_deals(deals: Sequence[DealRow], total: int, console: Console) -> None:
    """Print one line a deal, and how many of all there are these are."""
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= NARROW
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=DIM)
    for name in ("", "status", "", "deal"):
        grid.add_column(name, no_wrap=name != "deal")
    for name in ("parties", "voices", "last") if wide else ():
        grid.add_column(name, style=DIM, justify="right" if name == "voices" else "left", no_wrap=name != "parties")
    grid.add_column("id", style=DIM, no_wrap=True)
    for deal in deals:
        about = joined([SECTORS[deal.sector], INSTRUMENTS[deal.instrument]])
        title = Text(line(deal.title), style=HEAD)
        beside = [Text(parties(deal.parties)), Text(str(deal.voices)), Text(day(deal.last_day))]
        if not wide:
            about = joined([parties(deal.parties), about, count(deal.voices, "voice"), day(deal.last_day)])
        title.append(f"\n{about}", style="not bold dim")
        if deal.contested:
            title.append(" · contested", style="not bold")
        status = [
            Text(ladder(deal.stage, deal.certainty, deal.ahead)),
            Text(stands(deal)),
            Text(CERTAINTIES[deal.certainty]),
        ]
        grid.add_row(*status, title, *(beside if wide else ()), Text(deal.id))
    if deals:
        console.print(grid)
        console.print()
    told = f"{len(deals):,} of {count(total, 'deal')}" if len(deals) < total else count(total, "deal")
    console.print(Text(told if total else "no deals", style=HEAD if not total else ""))
