"""What the desk tells the pages, as small immutable values; imports no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from paraph.desk.values import Arrival, DealRow, Excerpt, State
from paraph.model import Certainty, Kind, Outcome, Sector, Sighting, Stage, Verdict

__all__ = [
    "About",
    "Cohorts",
    "DocumentPage",
    "DocumentRow",
    "Matrix",
    "OutcomeCounts",
    "OutcomePage",
    "OutcomeRow",
    "Settled",
    "SignalRow",
    "Tally",
]


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What an occasion brought for one deal: the deal as it stands, the verdict as people overruled it.

    ``before`` is the strongest word that was said of it before the first day, None where nobody spoke of it: the furthest stage
    on the ladder, of equal ones what is reached before what lies ahead, then the surer, then the newest. ``hints`` are the
    newest sightings before the first day, newest first, of ``hinted`` in all. ``cursor`` says where the list goes on.
    """

    deal: DealRow
    verdict: Verdict
    before: Sighting | None
    hints: tuple[Sighting, ...]
    hinted: int
    cursor: str


@dataclass(frozen=True, slots=True)
class OutcomePage:
    """Some rows of an occasion's outcomes; ``more`` is whether others follow.

    ``whole`` is false where the occasion has more verdicts of one outcome than are put in order: then the least sure of them
    are left out.
    """

    rows: tuple[OutcomeRow, ...]
    more: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """How many verdicts of an occasion say what; ``of`` is how many were counted.

    ``outcomes`` counts by outcome and whether it was announced; ``words`` counts the announced ones by the strongest word
    before the first day (stage and certainty, as ``OutcomeRow.before``) and the outcome. ``whole`` is false where the occasion
    has more verdicts than were counted, the most consequential first.
    """

    of: int
    whole: bool
    outcomes: Mapping[tuple[Outcome, bool], int]
    words: Mapping[tuple[Stage, Certainty, Outcome], int]


@dataclass(frozen=True, slots=True)
class Settled:
    """Whether it was worked out what an occasion brought; ``stale`` is whether a deal that counts for it changed since.

    A change of settings makes nothing stale.
    """

    done: bool
    stale: bool


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document in a list, without its text.

    ``signals`` is how many it has that nobody rejected. ``copy_of`` is the key of the document it is the nearest copy of;
    ``likeness``, 0 to 1, how alike the two are. ``found`` is a piece of its text with the words that were asked for marked,
    None where none were. ``cursor`` says where the list goes on after it.
    """

    key: str
    title: str | None
    publisher: str | None
    day: date
    url: str | None
    kind: Kind
    arrival: Arrival
    signals: int
    copy_of: str | None = None
    likeness: float | None = None
    found: Excerpt | None = None
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some documents of a list, newest first; ``more`` is whether others follow.

    ``of`` is how many the whole list has, counted no further than some limit: ``whole`` is false where there are more.
    """

    rows: tuple[DocumentRow, ...]
    more: bool
    of: int
    whole: bool


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One signal of a document with everything that is known of it, rejected and weak ones included.

    ``sighting.signal`` is as people corrected it; ``proposed`` holds what the machine said of the fields that were. ``words``
    are the words of each cue of ``sighting.signal.why``, in its order. ``deal`` is the id of the deal it belongs to, None for a
    rejected signal. ``newest`` is whether its offsets count in the newest text of the document.
    """

    sighting: Sighting
    state: State
    proposed: Mapping[str, Any]
    words: tuple[str, ...]
    engine_version: str
    deal: str | None
    newest: bool

    @property
    def vanished(self) -> bool:
        """Whether an update took the words out of the document."""
        return self.sighting.vanished


@dataclass(frozen=True, slots=True)
class Matrix:
    """How many of a query's deals stand where: by sector, stage and whether it lies ahead.

    ``of`` is how many deals were counted; ``whole`` is false where the query asks for more: then these are its newest.
    """

    of: int
    whole: bool
    cells: Mapping[tuple[Sector, Stage, bool], int]


@dataclass(frozen=True, slots=True)
class Cohorts:
    """What became of deals by the year in which they were first spoken of; ``of`` is how many deals that are.

    ``cells`` counts by year and by where the deals stand now: a stage of the ladder, or "lapsed" where nobody spoke of them
    any more. Years in order, the stages of each in the order of the ladder.
    """

    of: int
    cells: Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts by name, most first; ``of`` is how many names there are in all."""

    of: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class About:
    """What a desk holds.

    ``signals`` counts rejected ones as well. ``engines`` counts texts, every version of a document, by the engine that read them
    and its version; an empty name is that of texts in which nothing was found. ``months`` counts documents by month of the day
    that counts ("2025-12"), oldest first; ``publishers`` by publisher. ``gaps`` are runs of days, both included, without any
    document, among the last 90 days before that of ``at``, when all this was counted. ``size`` is in bytes, as the database keeps
    it on disk.
    """

    at: datetime
    documents: int
    copies: int
    signals: int
    deals: int
    occasions: int
    decisions: int
    feeds: int
    first: date | None
    last: date | None
    engines: Mapping[tuple[str, str], int]
    months: Mapping[str, int]
    publishers: Tally
    gaps: tuple[tuple[date, date], ...] = field(default=())
    size: int = 0
