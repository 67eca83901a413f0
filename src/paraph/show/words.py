"""The words of the model as people read them, and the one visual language: ladder, fill, shape, stem.

The stage is a place on a ladder of seven steps (five rungs from idea to in force; stalled and ended stand off it), the
certainty is the fill (solid, half, outline), the source type is the shape, and what is ahead has a dashed stem.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from paraph.model import Certainty, Document, Instrument, Sector, Sighting, Signal, SourceType, Stage
from paraph.show.safe import href, line

__all__ = [
    "CERTAINTIES",
    "FILL",
    "INSTRUMENTS",
    "OFF_LADDER",
    "RUNGS",
    "SECTORS",
    "SOURCES",
    "STAGES",
    "between",
    "count",
    "day",
    "ladder",
    "moment",
    "name_of",
    "parties",
    "party",
    "state",
    "voice",
]

RUNGS = (Stage.IDEA, Stage.TALKS, Stage.AGREED, Stage.SIGNED, Stage.IN_FORCE)
OFF_LADDER = (Stage.STALLED, Stage.ENDED)

STAGES = {stage: str(stage).replace("_", " ") for stage in Stage}
CERTAINTIES = {certainty: str(certainty) for certainty in Certainty}
SECTORS = {sector: str(sector).capitalize() for sector in Sector}
INSTRUMENTS = {instrument: str(instrument).replace("_", " ") for instrument in Instrument}
SOURCES = {
    SourceType.OUTLET: "the outlet",
    SourceType.OFFICIAL: "official",
    SourceType.UNNAMED: "unnamed",
    SourceType.MEDIA: "other media",
    SourceType.COMPANY: "company",
    SourceType.EXPERT: "expert",
}

# Circles are in every terminal's font, and one column wide; shapes that would tell the source types apart are not.
FILL = {Certainty.CERTAIN: "●", Certainty.PROBABLE: "◐", Certainty.POSSIBLE: "○"}

# How much of a title stands for a publisher that is not known.
NAME_CHARS = 48

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def state(signal: Signal) -> str:
    """Return the stage in words, with "ahead" where it lies in the future: "agreed, ahead"."""
    return STAGES[signal.stage] + (", ahead" if signal.ahead else "")


def ladder(stage: Stage, certainty: Certainty, ahead: bool) -> str:
    """Return the ladder as seven characters and a space, as ``··┄○··  ``: fill at the stage, dashes leading to what is ahead."""
    steps = ["·"] * 5 + [" "] + ["·"] * 2
    at = RUNGS.index(stage) if stage in RUNGS else 6 + OFF_LADDER.index(stage)
    if ahead and 0 < at < 5:
        steps[at - 1] = "┄"
    steps[at] = FILL[certainty]
    return "".join(steps)


def voice(signal: Signal) -> str:
    """Return who says so: "Putin (official)", or "the outlet"."""
    if signal.source is None:
        return SOURCES[signal.source_type]
    return f"{line(signal.source)} ({SOURCES[signal.source_type]})"


def parties(codes: tuple[str, ...]) -> str:
    """Return the parties joined for reading, or "open" where none is known."""
    return "–".join(line(code) for code in codes) if codes else "open"


def between(codes: tuple[str, ...]) -> str:
    """Return the parties by name, joined for reading: "Norway–Chile", "India–EU"; "parties open" where none is known."""
    return parties(tuple(party(code) for code in codes)) if codes else "parties open"


def party(code: str) -> str:
    """Return the name of a country by its code; of anything else what it is called anyhow."""
    return _countries().get(code, code)


@cache
def _countries() -> dict[str, str]:
    table = files("paraph.show").joinpath("countries.tsv").read_text("utf-8")
    return dict(row.split("\t") for row in table.splitlines() if row[0] != "#")


def day(when: date | datetime | None) -> str:
    """Return the day as "4 Dec 2025", or "undated"."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}" if when else "undated"


def moment(when: date | datetime | None) -> str:
    """Return the day and, where the source gave them, the time and zone: "4 Dec 2025, 22:32 +05:30"."""
    if not isinstance(when, datetime):
        return day(when)
    zone = when.strftime("%z")
    return f"{day(when)}, {when:%H:%M}" + (f" {zone[:3]}:{zone[3:5]}" if zone else "")


def count(n: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: "1 signal", "3 signals"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def name_of(of: Document | Sighting) -> str:
    """Return what to call a document in one line: its publisher, its address's host, its title (cut), else its id."""
    host = urlsplit(href(of.url) or "").hostname or ""
    title = line(of.title or "")
    if len(title) > NAME_CHARS:
        title = title[:NAME_CHARS].rsplit(" ", 1)[0] + " …"
    return line(of.publisher or "") or line(host) or title or line(of.document if isinstance(of, Sighting) else of.id)
