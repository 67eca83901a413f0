"""What the desk takes and gives, as small immutable values; imports no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from paraph._version import __version__
from paraph.model import Certainty, Document, Instrument, Reading, Sector, Selector, Sighting, SourceType, Stage

__all__ = [
    "Action",
    "Added",
    "Arrival",
    "DealQuery",
    "DealRow",
    "DealSort",
    "DealState",
    "Excerpt",
    "Facets",
    "Hit",
    "Incoming",
    "Kept",
    "Many",
    "Raw",
    "Reread",
    "Review",
    "State",
    "Target",
    "Unplaced",
    "Version",
]

# How a document came: by hand, or by a feed, whose dates are trusted less.
Arrival = Literal["added", "watched"]


@dataclass(frozen=True, slots=True)
class Raw:
    """The bytes that a document was read from, and their media type ("text/html")."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Added:
    """What adding one document did.

    ``document`` is its key. ``state`` is ``new``; ``same`` (nothing changed); ``updated`` (a known document with another
    text or other facts); or ``copy`` (new, and a near-copy of the document ``copy_of``, the first to say it). ``signals`` is
    how many it has now, ``vanished`` how many of them an update took the words from.
    """

    document: str
    state: Literal["new", "same", "updated", "copy"]
    signals: int = 0
    copy_of: str | None = None
    vanished: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One document with its signals on its way to the desk; the parameters are those of ``ingest.add``."""

    reading: Reading
    seen: datetime
    first_seen: datetime | None = None
    arrival: Arrival = "added"
    engine_version: str = __version__


@dataclass(frozen=True, slots=True)
class Many:
    """What adding many documents did: how many were new, updated, or known to the last letter; signals of those that changed."""

    new: int = 0
    updated: int = 0
    known: int = 0
    signals: int = 0

    def __add__(self, other: Many) -> Many:
        return Many(
            self.new + other.new,
            self.updated + other.updated,
            self.known + other.known,
            self.signals + other.signals,
        )

    @property
    def documents(self) -> int:
        """Return how many documents were given."""
        return self.new + self.updated + self.known


@dataclass(frozen=True, slots=True)
class Version:
    """One text that a document had; ``seen`` is when it came in, ``reading`` what the engine found in it."""

    reading: Reading
    seen: datetime
    engine: str
    engine_version: str
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as the desk keeps it.

    ``document`` is the newest version, with the desk's key as its id. ``day`` is the day that counts for it. ``copy_of`` is
    the key of the document it is the nearest copy of, ``voice`` that of the first of all its copies (its own where it is no
    copy). ``versions`` is how many texts it had; ``raw`` the SHA-256 of the bytes it was read from, where they were kept.
    """

    document: Document
    first_seen: datetime
    day: date
    arrival: Arrival
    owner: str | None
    voice: str
    copy_of: str | None = None
    versions: int = 1
    raw: str | None = None
    sightings: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True)
class DealRow:
    """One deal in a list.

    ``stage``, ``ahead``, ``certainty``, ``since``, ``heard``, ``contested`` and ``withdrawn`` are its status after the last
    sighting (``paraph.resolve.history.Status``); ``lapsed`` is inferred from silence and depends on the day asked for.
    ``voices`` is the number of independent witnesses. ``cursor`` says where the list goes on after this deal.
    """

    id: str
    title: str
    parties: tuple[str, ...]
    sector: Sector
    instrument: Instrument
    stage: Stage
    ahead: bool
    certainty: Certainty
    since: date
    heard: date
    contested: bool
    withdrawn: bool
    lapsed: bool
    sightings: int
    voices: int
    first_day: date
    last_day: date
    cursor: str = ""


DealSort = Literal["last", "first", "voices", "sightings", "title"]
DealState = Literal["table", "done", "off", "lapsed"]


@dataclass(frozen=True, slots=True)
class DealQuery:
    """Which deals, in what order. Values of one field are alternatives, but ``parties``: a deal must have them all.

    ``words`` are looked for in the quotations of the deal's signals, all in one of them. ``since`` and ``until`` (included) ask
    for a sighting in these days. ``states`` asks whether a deal is on the ``table``, ``done`` or ``off``, or ``lapsed`` from
    the table by ``today`` (without which none has). ``occasion`` asks for a verdict on the occasion of that name.
    ``min_confidence`` asks for one sighting of at least that confidence.

    ``sort`` is ``last`` (newest sighting first), ``first`` (oldest first sighting first), ``voices`` or ``sightings`` (most
    first) or ``title``; equal ones by id in the same direction. ``after`` is the ``cursor`` of the last deal of the page before.
    """

    words: str = ""
    parties: tuple[str, ...] = ()
    sectors: tuple[Sector, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    stages: tuple[Stage, ...] = ()
    certainties: tuple[Certainty, ...] = ()
    source_types: tuple[SourceType, ...] = ()
    sources: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    states: tuple[DealState, ...] = ()
    ahead: bool | None = None
    contested: bool | None = None
    since: date | None = None
    until: date | None = None
    occasion: str | None = None
    today: date | None = None
    min_voices: int = 0
    min_confidence: float = 0.0
    sort: DealSort = "last"
    limit: int = 50
    after: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """How many deals of a query have each value of each facet, most first; ``of`` is how many deals were counted.

    ``whole`` is false where the query asks for more than were counted: then the counts are those of its newest deals.
    ``matrix`` counts the same deals by sector, stage and whether that lies ahead, most first.
    """

    of: int
    whole: bool
    counts: Mapping[str, Mapping[str, int]]
    matrix: Mapping[tuple[Sector, Stage, bool], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """One document that a search found: its title and a piece of its text, each with the words that were asked for marked."""

    document: str
    publisher: str | None
    day: date
    url: str | None
    title: Excerpt
    excerpt: Excerpt


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text and the places in it that were asked for, as pairs of offsets into ``text``, ``end`` exclusive.

    ``before`` and ``after`` say whether the text goes on there.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()
    before: bool = False
    after: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the excerpt as JSON-ready values."""
        marks = [list(mark) for mark in self.marks]
        return {"text": self.text, "marks": marks, "before": self.before, "after": self.after}


class State(StrEnum):
    """What a person made of a signal; ``proposed`` until somebody looked."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSURE = "unsure"


class Action(StrEnum):
    """What a person can decide.

    ``ACCEPT``, ``REJECT`` and ``UNSURE`` a signal. ``CORRECT`` one field of a signal: payload ``field`` and ``value``.
    ``ADD`` a signal that the engine missed: the target's selector says where, the payload holds its fields. ``MERGE`` the
    deal of the target with that of payload ``other`` (a signal's id). ``SPLIT`` payload ``signals`` (ids) off the deal of the
    target. ``OVERRULE`` a verdict: payload ``occasion`` and ``outcome``, the target is a signal of the deal. ``OWN``: payload
    ``publisher`` and ``owner``. ``NOTE``: the reason is the note. ``UNDO`` the review ``undoes``.
    """

    ACCEPT = "accept"
    REJECT = "reject"
    UNSURE = "unsure"
    CORRECT = "correct"
    ADD = "add"
    MERGE = "merge"
    SPLIT = "split"
    OVERRULE = "overrule"
    OWN = "own"
    NOTE = "note"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Target:
    """The signal that a decision is about: its document's key, where its words stand, and its id when it was decided."""

    document: str
    selector: Selector
    signal: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the target as JSON-ready values."""
        return {"document": self.document, "signal": self.signal, "selector": self.selector.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Target:
        """Return the target that ``to_dict`` wrote."""
        return cls(values["document"], Selector(**values["selector"]), values.get("signal", ""))


@dataclass(frozen=True, slots=True)
class Review:
    """One decision of the log. ``id`` is 0 and ``at`` None until the desk has written it.

    For a decision about a signal, give ``target``, or only ``signal`` (its id) and the desk fills in the target.
    """

    action: Action
    who: str
    signal: str | None = None
    target: Target | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    undoes: int | None = None
    id: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A decision that found no words to stand on after a re-reading; it stays in the log and acts on nothing."""

    review: Review
    why: str


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading one document again did: how many signals it has now, how many of them are new, and how many went.

    A signal whose place moved by a letter counts as one that went and one that is new; its old id goes on leading to it.
    """

    document: str
    signals: int
    gained: int
    lost: int
    unplaced: tuple[Unplaced, ...] = ()
