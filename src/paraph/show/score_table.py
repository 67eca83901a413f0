"""Scorecards for the terminal: a calibration curve as text, then one line a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paraph.model import Certainty, Instrument, Sector, SourceType, Stage
from paraph.resolve.scorecards import RANKED_BY_SKILL, Bin, By, Card, Scorecards
from paraph.resolve.statistics import Interval
from paraph.show.safe import line
from paraph.show.terminal import DIM, HEAD, NARROW
from paraph.show.words import CERTAINTIES, FILL, INSTRUMENTS, SECTORS, SOURCES, STAGES, count, day, party

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console
    from rich.table import Table

    from paraph.desk import Desk

__all__ = ["COLUMNS", "CURVE", "FIELDS", "curve", "percent", "print_scorecards", "strip", "value_shown", "why_empty"]

# What forecasts are told apart by, as a heading says it.
FIELDS = {
    By.PUBLISHER: "publisher",
    By.SOURCE: "source",
    By.SOURCE_TYPE: "kind of source",
    By.CERTAINTY: "certainty",
    By.WORDING: "wording",
    By.STAGE: "stage foretold",
    By.SPECIFICITY: "how specific",
    By.SECTOR: "sector",
    By.INSTRUMENT: "form",
    By.PARTY: "party",
}

# The columns of the CSV, in order.
COLUMNS = (
    "value rank n came_true share low high effective_n base_rate brier skill skill_low skill_high learned lead_days named"
).split()

# Columns of a line of the calibration curve, from 0 to 100 %: one every 2.5 points.
CURVE = 41

_SPECIFIC = {"named": "a name or number", "topic": "a subject", "general": "no more than a deal"}

_LEGEND = """a–b: interval of 95 %; base: share that forecasts in the same sectors come true with
skill: 1 best, 0 no better than the base rate, less than 0 worse
next: probability to expect of the next one; lead: days before the occasion; named: named a name or number"""
_LEGEND_NARROW = _LEGEND[: _LEGEND.rindex("\n")]


def print_scorecards(cards: Scorecards, console: Console, *, occasion: str | None = None) -> None:
    """Print the cards; ``occasion`` is the one that they are of alone. There must be forecasts."""
    from rich.text import Text

    whole = cards.whole
    if whole is None:
        raise ValueError("no forecasts to print cards of")
    at = f" at {line(occasion)}" if occasion else ""
    console.print(Text(f"Forecasts by {FIELDS[cards.by]}{at}", style=HEAD))
    console.print(
        Text(
            f"{count(whole.n, 'forecast')} past their day; {whole.came:,} of {whole.n:,} came true "
            f"({percent(whole.share)}, {_interval(whole.interval)})"
        )
    )
    console.print()
    console.print(Text("what the words promised, and what came", style=HEAD))
    for bin_ in whole.bins:
        told = f"  {FILL[bin_.certainty]} {CERTAINTIES[bin_.certainty]:<9}{curve(bin_)}  {percent(bin_.share):>5}"
        console.print(Text(f"{told}  {bin_.came:,} of {bin_.n:,}, {_interval(bin_.interval)}"), overflow="fold")
    console.print(Text(f"  {'':<11}0 %{'100 %':>{CURVE - 3}}", style=DIM))
    console.print(Text(f"  {'':<11}│ promised  ● came true  ─ interval of 95 %", style=DIM))
    console.print(
        Text(f"  Brier score {whole.brier:.3f}{_against(whole)}; mean lead {count(round(whole.lead), 'day')}")
    )
    console.print()
    ranked = [card for card in cards.cards if card.rank is not None]
    others = [card for card in cards.cards if card.rank is None]
    if ranked:
        how = "skill" if cards.by in RANKED_BY_SKILL else "what is to be expected of the next one"
        console.print(Text.assemble(("ranked", HEAD), f" by {how}"))
        console.print(_grid(ranked, cards.by, console.width))
        console.print()
    if others:
        told = f"fewer than {cards.min_n} forecasts: no rank"
        console.print(Text.assemble((told, HEAD), " (setting score_min_n)"))
        console.print(_grid(others, cards.by, console.width))
        console.print()
    left = cards.values - len(cards.cards)
    if left:
        console.print(Text(f"and {left:,} more with fewer forecasts; --format json has them all", style=DIM))
    console.print(Text(_LEGEND if console.width >= NARROW else _LEGEND_NARROW, style=DIM))


def curve(point: Bin) -> str:
    """Return one line of the calibration curve: where the promise, the share and its interval lie between 0 and 100 %."""
    return strip(point.implied, point.share, point.interval)


def strip(promised: float, share: float, interval: Interval) -> str:
    """Return the same line for any promise, share and interval."""
    steps = ["·"] * CURVE
    low, high = _at(interval.low), _at(interval.high)
    steps[low : high + 1] = "─" * (high - low + 1)
    steps[_at(promised)] = "│"
    steps[_at(share)] = "●"
    return "".join(steps)


def value_shown(value: str, by: By) -> str:
    """Return what a card is of, for reading."""
    if by is By.SOURCE_TYPE:
        return SOURCES[SourceType(value)]
    if by is By.CERTAINTY:
        return f"{FILL[Certainty(value)]} {CERTAINTIES[Certainty(value)]}"
    if by is By.STAGE:
        return STAGES[Stage(value)]
    if by is By.SPECIFICITY:
        return _SPECIFIC[value]
    if by is By.SECTOR:
        return SECTORS[Sector(value)]
    if by is By.INSTRUMENT:
        return INSTRUMENTS[Instrument(value)]
    if by is By.PARTY:
        return line(party(value))
    if by is By.WORDING:
        return f"“{value}”" if value else "(no hedging words)"
    return line(value)


def percent(share: float) -> str:
    """Return a share as "44 %"."""
    return f"{share:.0%}"[:-1] + " %"


def _at(share: float) -> int:
    return round(share * (CURVE - 1))


def _interval(interval: Interval) -> str:
    return f"{percent(interval.low)[:-2]}–{percent(interval.high)}"


def _against(card: Card) -> str:
    return "" if card.skill is None else f", skill against the base rate {_signed(card.skill)}"


def _signed(skill: float) -> str:
    return f"{skill:+.2f}".replace("-", "−")


def _skill(card: Card) -> str:
    """Return the skill with its interval; nothing where there are too few cases for one."""
    known = card.skill_interval
    return (
        "·"
        if card.skill is None or known is None
        else f"{_signed(card.skill)} ({_signed(known.low)} to {_signed(known.high)})"
    )


def _grid(cards: list[Card], by: By, width: int) -> Table:
    """Return the cards as columns; what does not fit on a narrow terminal is left out from the right."""
    from rich.table import Table
    from rich.text import Text

    wide = width >= NARROW
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=DIM)
    grid.add_column("#" if cards[0].rank else "", justify="right")
    grid.add_column(FIELDS[by], ratio=1 if wide else None)
    for name in ("came true", "share", "a–b", "base", "skill", *(("next", "lead", "named") if wide else ())):
        grid.add_column(name, justify="right", no_wrap=True)
    for card in cards:
        cells = [
            str(card.rank or ""),
            value_shown(card.value, by),
            f"{card.came:,} of {card.n:,}",
            percent(card.share),
            _interval(card.interval),
            percent(card.base),
            _skill(card),
        ]
        if wide:
            cells += [percent(card.learned), f"{card.lead:.0f}", percent(card.named)]
        grid.add_row(*(Text(cell) for cell in cells))
    return grid


def why_empty(desk: Desk, name: str | None, today: date) -> str:
    """Return why there is no forecast to score at an occasion (at any, where none is named), and what to do about it."""
    occasions = [desk.occasion(name)] if name is not None else desk.occasions()
    if not occasions:
        return "No occasion on the desk; `paraph occasion add NAME --parties … --from … --to …` makes one."
    past = [each for each in occasions if each.last < today]
    if not past:
        first = min(occasions, key=lambda each: each.last)
        return (
            f"{line(first.name)} ends on {day(first.last)}; forecasts are scored when their occasion is past."
            if name is not None
            else f"No occasion is past; the first, {line(first.name)}, ends on {day(first.last)}."
        )
    settled = [each for each in past if desk.verdicts(each.name)]
    if not settled:
        newest = max(past, key=lambda each: each.last)
        return f"{line(newest.name)} is past and not settled; `paraph outcomes` says what came of it."
    if name is not None:
        return f"No forecast came due at {line(settled[0].name)}."
    told = f"No forecast came due at the {len(settled)} settled of {count(len(past), 'past occasion')}"
    rest = [each for each in past if each not in settled]
    return (
        f"{told}; `paraph outcomes` settles {line(max(rest, key=lambda each: each.last).name)}." if rest else f"{told}."
    )
