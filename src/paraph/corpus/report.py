"""The report of a run: what was read, what was not and why, and the days of which there is nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from paraph.corpus.values import Fate

__all__ = ["FATES", "fates_of", "gaps_of", "lines_of"]

# Gaps are looked for between the days that bound this share of the documents, so that a page that says 1970 makes no gap of
# half a century. Set by eye.
_MIDDLE = 0.98
# Fates of documents that were looked at as news in English.
_SEEN = frozenset({Fate.SIGNALS, Fate.QUIET, Fate.IRRELEVANT, Fate.AGAIN})
# So many gaps and reasons are told in words; the report and the tables have all.
_SHOWN = 5
# So many rows of the coverage are held in memory at a time. Set by eye.
_ROWS = 10_000

# What became of documents, in words that follow their number.
FATES: dict[str, str] = {
    Fate.SIGNALS: "with signals",
    Fate.QUIET: "read, without signals",
    Fate.IRRELEVANT: "without words of deals between countries",
    Fate.FOREIGN: "not in English",
    Fate.AGAIN: "delivered again, word for word",
    Fate.EMPTY: "without text",
    Fate.TOO_LARGE: "too large",
    Fate.DAMAGED: "damaged",
    Fate.POISON: "left out, for they ended their worker or took too long, twice",
}


def fates_of(folder: Path) -> dict[str, int]:
    """Return how many documents of the input had which fate, by the table of coverage."""
    fates: Counter[str] = Counter()
    for row in _coverage(folder):
        fates[row["fate"]] += row["documents"]
    return dict(sorted(fates.items()))


def gaps_of(folder: Path) -> list[list[str]]:
    """Return the first and last day of each run of days of which no document in English was found, by the table of coverage."""
    days: Counter[date] = Counter()
    for row in _coverage(folder):
        if row["day"] is not None and row["fate"] in _SEEN:
            days[row["day"]] += row["documents"]
    edge = days.total() * (1 - _MIDDLE) / 2
    inner: list[date] = []
    passed = 0
    for day in sorted(days):
        if passed + days[day] > edge and passed < days.total() - edge:
            inner.append(day)
        passed += days[day]
    one = timedelta(days=1)
    return [
        [(before + one).isoformat(), (after - one).isoformat()]
        for before, after in pairwise(inner)
        if after - before > one
    ]


def _coverage(folder: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    for path in sorted((folder / "coverage").rglob("*.parquet")):
        # A month of all the world's news has millions of rows.
        with pq.ParquetFile(path) as table:
            for batch in table.iter_batches(_ROWS, columns=["day", "fate", "documents"]):
                yield from batch.to_pylist()


def lines_of(report: Mapping[str, Any]) -> list[str]:
    """Return the report in words, a line each."""
    fates, rows, session = report["fates"], report["rows"], report["session"]
    count = report["documents"]
    lines = [f"{_many(count, 'document')} in {_many(report['inputs'], 'input')}"]
    for fate, words in FATES.items():
        if fates.get(fate):
            lines.append(f"  {fates[fate]:>12,} {words} ({100 * fates[fate] / count:.1f} %)")
    lines.append(
        f"{_many(rows['signals'], 'signal')} in {_many(rows['documents'], 'document')} kept, {rows['copies']:,} of which are "
        f"copies of others; {_many(rows['deals'], 'deal')}"
    )
    gaps = report["gaps"]
    if gaps:
        shown = ", ".join(first if first == last else f"{first} to {last}" for first, last in gaps[:_SHOWN])
        more = f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
        lines.append(
            f"days without a document, the first and last hundredth of the documents left out: {shown}{more} (gaps in the "
            "input, or days without news in English)"
        )
    if session is None:
        lines.append("this was done before; nothing was done again")
    elif session["documents"] and session["read_seconds"]:
        rate = session["documents"] / session["read_seconds"]
        lines.append(
            f"read with {_many(report['workers'], 'worker')} ({report['engine']}), reader {report['reader']}: "
            f"{rate:,.1f} documents a second"
        )
    lines.append(f"the data set is {report['out']}; what was skipped and why: {report['out']}/skipped")
    return lines


def _many(count: int, one: str) -> str:
    return f"{count:,} {one if count == 1 else one + 's'}"
