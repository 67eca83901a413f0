"""An evaluation for the terminal: figures with intervals, breakdowns, confusions, calibration, the worst documents, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from paraph.evaluate.report import AROUND, OF_DOCUMENTS, VALUE_FIGURES, Confusion, Mistake, Report, Row
from paraph.resolve.statistics import Interval
from paraph.show.safe import line, spaced
from paraph.show.score_table import CURVE, percent, strip
from paraph.show.terminal import DIM, HEAD, NARROW
from paraph.show.words import count

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from paraph.evaluate.calibration import Bin, Calibration
    from paraph.evaluate.scoring import Scored

__all__ = ["print_report"]

# What each figure says, in a line.
_ABOUT = {
    "precision": "of the signals found, so many share half the words with one that is marked",
    "recall": "of the signals marked, so many share half the words with one that was found",
    "f1": "both in one, their harmonic mean",
    "f1_any": "the same with any word shared; the figures below are of these pairs",
    "full_f1": "the same, and stage, ahead, certainty and source type all right",
    "stage": "right in so many pairs",
    "ahead": "right in so many pairs",
    "certainty": "right in so many pairs",
    "source_type": "right in so many pairs",
    "sector": "right in so many pairs",
    "instrument": "right in so many pairs",
    "parties_f1": "parties found and marked, harmonic mean of precision and recall",
    "deal_b3": "which signals are of one deal, B-cubed F1; 0 where no deals were told",
    "false_alarms_per_negative": "signals found in a document without deals, mean",
}

# The figures of a breakdown's columns; those of a narrow terminal are the ones that say most.
_DOCUMENTS, _DOCUMENTS_NARROW = ("f1_any", "f1", "full_f1", "false_alarms_per_negative"), ("f1_any", "full_f1")
_VALUES_NARROW = ("found", "f1")
# What stands above a column, where that is not the figure's own name.
_SHORT = {"false_alarms_per_negative": "false alarms"}

# Confusions that are shown of each attribute; --format json has them all.
_CONFUSIONS = 5


def print_report(report: Report, console: Console, *, title: str) -> None:
    """Print the report; ``title`` says what was held against what."""
    from rich.text import Text

    figures = report.figures
    documents, signals, found = (int(figures[name] or 0) for name in ("documents", "signals", "predicted"))
    console.print(Text(line(title), style=HEAD))
    console.print(
        Text(
            f"{count(documents, 'document')} with deals, {report.negatives:,} without; "
            f"{count(signals, 'signal')} marked, {found:,} found"
        )
    )
    console.print()
    console.print(_figures(figures, report.intervals))
    for name, rows in report.by.items():
        if rows:
            console.print()
            console.print(Text(f"by {name.replace('_', ' ')}", style=HEAD))
            console.print(_breakdown(rows, name in OF_DOCUMENTS, console.width >= NARROW))
    if any(report.confusions.values()):
        console.print()
        console.print(Text("taken for something else, of the pairs that are really so", style=HEAD))
        console.print(_confusions(report.confusions))
    if report.calibration is not None:
        console.print()
        _print_calibration(report.calibration, console)
    if report.worst:
        console.print()
        console.print(Text("documents with most missed and spurious", style=HEAD))
        console.print(_worst(report.worst))
    if report.mistakes:
        console.print()
        console.print(Text(f"errors: {len(report.mistakes):,} of {report.mistakes_in_all:,}", style=HEAD))
        for mistake in report.mistakes:
            console.print(_error(mistake), overflow="fold")
    if report.intervals:
        console.print()
        console.print(Text("a–b: interval of 95 %, by drawing documents anew (bootstrap)", style=DIM))


def _figures(figures: Mapping[str, float | None], intervals: Mapping[str, Interval | None]) -> Table:
    grid = _grid(("", False), ("", True), ("a–b" if intervals else "", True), ("", False))
    for name, about in _ABOUT.items():
        interval = intervals.get(name)
        _row(grid, name, _digits(figures[name], 3), _span(interval, 3) if interval else "", about)
    return grid


def _breakdown(rows: Sequence[Row], of_documents: bool, wide: bool) -> Table:
    wide_ones, narrow_ones = (_DOCUMENTS, _DOCUMENTS_NARROW) if of_documents else (VALUE_FIGURES, _VALUES_NARROW)
    names: tuple[str, ...] = wide_ones if wide else narrow_ones
    heads = [(_SHORT.get(name, name), True) for name in names]
    grid = _grid(("", False), ("documents", True), ("marked", True), ("predicted", True), *heads)
    for row in rows:
        cells = [_cell(row.figures[name], row.intervals.get(name)) for name in names]
        _row(grid, line(row.value), f"{row.documents:,}", f"{row.signals:,}", f"{row.predicted:,}", *cells)
    return grid


def _confusions(confusions: Mapping[str, Sequence[Confusion]]) -> Table:
    grid = _grid(("", False), ("", True), ("", True), ("", False))
    for name, rows in confusions.items():
        for n, each in enumerate(rows[:_CONFUSIONS]):
            told = f"{line(each.gold)} taken for {line(each.taken_for)}"
            _row(grid, "" if n else name, f"{each.n:,} of {each.of:,}", percent(each.n / each.of), told)
    return grid


def _print_calibration(table: Calibration, console: Console) -> None:
    from rich.text import Text

    console.print(Text("what the confidence promised, and what paired", style=HEAD))
    for each in table.bins:
        if each.n or each.alarms:
            console.print(Text(_bin(each)), overflow="fold")
    console.print(Text(f"  {'':<9}0 %{'100 %':>{CURVE - 3}}", style=DIM))
    console.print(Text(f"  {'':<9}│ mean confidence  ● paired  ─ interval of 95 %", style=DIM))
    told = f"  expected calibration error {_digits(table.error, 3)} over {count(table.n, 'signal')}"
    if table.alarms:
        both = count(table.n + table.alarms, "signal")
        told += f"; {_digits(table.error_with_negatives, 3)} over {both}, false alarms included"
    console.print(Text(told))


def _bin(each: Bin) -> str:
    told = f"  {each.low:.1f}–{each.high:.1f}  "
    alarms = f"; {count(each.alarms, 'false alarm')}" if each.alarms else ""
    if each.confidence is None or each.share is None or each.interval is None:
        return f"{told}{'·' * CURVE}  {'·':>5}  none{alarms}"
    curve = strip(each.confidence, each.share, each.interval)
    interval = f"{percent(each.interval.low)[:-2]}–{percent(each.interval.high)}"
    return f"{told}{curve}  {percent(each.share):>5}  {each.paired:,} of {each.n:,}, {interval}{alarms}"


def _worst(worst: Sequence[Scored]) -> Table:
    grid = _grid(("missed", True), ("spurious", True), ("marked", True), ("predicted", True), ("document", False))
    for each in worst:
        counts = (len(each.missed), len(each.spurious), len(each.document.marks), len(each.found))
        _row(grid, *(f"{n:,}" for n in counts), line(each.document.id))
    return grid


def _error(mistake: Mistake) -> Text:
    from rich.text import Text

    told = mistake.kind
    if mistake.field is not None:
        told = f"{mistake.field} {line(mistake.gold or '')} taken for {line(mistake.taken_for or '')}"
    text = Text(f"  {told}  ")
    text.append(line(mistake.document), style=DIM)
    text.append(f"\n    {'…' * (len(mistake.before) == AROUND)}{spaced(mistake.before)}")
    text.append(f"[{line(mistake.anchor)}]", style=HEAD)
    text.append(f"{spaced(mistake.after)}{'…' * (len(mistake.after) == AROUND)}")
    return text


def _cell(value: float | None, interval: Interval | None) -> str:
    return _digits(value, 2) + (f" {_span(interval, 2)}" if value is not None and interval else "")


def _digits(value: float | None, digits: int) -> str:
    return "·" if value is None else f"{value:.{digits}f}"


def _span(interval: Interval, digits: int) -> str:
    return f"{interval.low:.{digits}f}–{interval.high:.{digits}f}"


def _grid(*columns: tuple[str, bool]) -> Table:
    """Return an empty table; each column has its heading and whether it holds numbers."""
    from rich.table import Table

    headed = any(name for name, _ in columns)
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=DIM, show_header=headed)
    for name, number in columns:
        grid.add_column(name, justify="right" if number else "left", no_wrap=number)
    return grid


def _row(grid: Table, *cells: str) -> None:
    from rich.text import Text

    grid.add_row(*(Text(cell) for cell in cells))
