"""Summaries: what the later steps must know of each piece that was read, without opening its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

__all__ = ["Summary", "month_of", "read_summary", "write_summary"]

_FILE = "summary.json"
_NO_DAY = "none"


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of documents by fate, of documents kept by month, of rows skipped, and the months of the coverage."""

    fates: Mapping[str, int]
    months: Mapping[str, int]
    skipped: int
    covered: tuple[str, ...]


def write_summary(folder: Path, summary: Summary) -> None:
    """Write the summary of a piece beside its tables."""
    told = {
        "fates": dict(sorted(summary.fates.items())),
        "months": dict(sorted(summary.months.items())),
        "skipped": summary.skipped,
        "covered": sorted(summary.covered),
    }
    (folder / _FILE).write_text(json.dumps(told), "ascii")


def read_summary(folder: Path) -> Summary:
    """Return the summary that ``write_summary`` wrote to a folder."""
    found = json.loads((folder / _FILE).read_text("ascii"))
    return Summary(found["fates"], found["months"], found["skipped"], tuple(found["covered"]))


def month_of(day: date | None) -> str:
    """Return the month that a day lies in, as parts of the data set are named by it."""
    return _NO_DAY if day is None else f"{day.year:04d}-{day.month:02d}"
