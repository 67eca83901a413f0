"""The shapes of the API's questions and answers, as OpenAPI tells them; tests hold what is sent to these."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from paraph.desk import Action, State
from paraph.model import (
    Authority,
    Certainty,
    Instrument,
    Kind,
    Outcome,
    Sector,
    SourceType,
    Stage,
)
from paraph.resolve.scorecards import By

__all__ = [
    "AboutShape",
    "Cards",
    "DealAsked",
    "DealList",
    "DealWhole",
    "Decided",
    "DecisionAsked",
    "DecisionList",
    "DocumentAsked",
    "DocumentList",
    "DocumentWhole",
    "Error",
    "FacetCounts",
    "FeedList",
    "Index",
    "OccasionAsked",
    "OccasionList",
    "OccasionShape",
    "OutcomeAsked",
    "OutcomeList",
    "ScoreAsked",
    "SignalWhole",
]

# Names and words that are longer are refused; see web/asking.py.
Text = Annotated[str, Field(max_length=1_000)]
Words = Annotated[list[Text], Field(max_length=50)]
Limit = Annotated[int, Field(ge=1, description="at most so many rows; max_page_rows of the settings is the most")]


class Shape(BaseModel):
    """An answer: exactly these keys."""

    model_config = ConfigDict(extra="forbid")


class Asked(BaseModel):
    """A question: no other keys, so that a misspelt one is told."""

    model_config = ConfigDict(extra="forbid")


class ErrorBody(Shape):
    """What went wrong: the status, what it is called, and the cause with its cure."""

    status: int
    title: str
    message: str


class Error(Shape):
    """The one shape of every error."""

    error: ErrorBody


class Index(Shape):
    """The ways into the API."""

    name: str
    version: str
    desk: str
    links: dict[str, str]


class DealAsked(Asked):
    """Which deals, in what order: the names of the pages' addresses."""

    q: Text = ""
    party: Words = []
    sector: Annotated[list[Sector], Field(max_length=50)] = []
    instrument: Annotated[list[Instrument], Field(max_length=50)] = []
    stage: Annotated[list[Stage], Field(max_length=50)] = []
    certainty: Annotated[list[Certainty], Field(max_length=50)] = []
    source_type: Annotated[list[SourceType], Field(max_length=50)] = []
    source: Words = []
    publisher: Words = []
    state: Annotated[list[Literal["table", "done", "off", "lapsed"]], Field(max_length=50)] = []
    ahead: Literal["yes", "no"] | None = None
    contested: Literal["yes", "no"] | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    occasion: Text | None = None
    min_voices: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    min_confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    sort: Literal["last", "first", "voices", "sightings", "title"] = "last"
    limit: Limit = 50
    after: Text = ""


class DealShape(Shape):
    """A deal in a list."""

    id: str
    title: str
    parties: list[str]
    sector: Sector
    instrument: Instrument
    status: str
    stage: Stage
    ahead: bool
    certainty: Certainty
    since: datetime.date
    heard: datetime.date
    contested: bool
    sightings: int
    voices: int
    first_day: datetime.date
    last_day: datetime.date
    cursor: str
    page: str


class DealList(Shape):
    """A page of deals; ``next`` is the address of the page after it."""

    total: int
    next: str | None
    items: list[DealShape]


class FacetCounts(Shape):
    """How many deals have each value of each facet; ``whole`` is false where only the newest were counted."""

    of: int
    whole: bool
    counts: dict[str, dict[str, int]]


class SightingShape(Shape):
    """A signal with what is known of its document."""

    id: str
    document: str
    start: int
    end: int
    anchor: str
    stage: Stage
    ahead: bool
    certainty: Certainty
    source_type: SourceType
    source: str | None
    parties: list[str]
    sector: Sector
    instrument: Instrument
    confidence: float
    engine: str
    day: datetime.date
    voice: str
    publisher: str | None
    owner: str | None
    authority: Authority
    kind: Kind
    title: str | None
    quote: str
    url: str | None
    vanished: bool


class DealWhole(Shape):
    """A deal with its history, contradictions, verdicts and decisions; its newest sightings, ``sightings_of`` in all."""

    id: str
    title: str
    parties: list[str]
    sector: Sector
    instrument: Instrument
    status: dict[str, Any]
    steps: list[dict[str, Any]]
    contradictions: list[dict[str, Any]]
    aside: list[str]
    vanished: list[str]
    copies: int
    verdicts: list[dict[str, Any]]
    decisions: list[DecisionShape]
    sightings_of: int
    sightings: list[SightingShape]


class SelectorShape(Shape):
    """Where words stand: W3C text-quote and text-position selectors in one."""

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int
    text_hash: str


class CueShape(Shape):
    """Words that decided a field."""

    field: str
    start: int
    end: int
    words: str


class SignalWhole(SightingShape):
    """One signal with its state, the machine's proposal where a person corrected it, and the words that decided its fields."""

    deal: str | None
    state: State
    proposed: dict[str, Any]
    why: list[CueShape]
    selector: SelectorShape


class DocumentAsked(Asked):
    """Which documents, newest first."""

    q: Text = ""
    publisher: Text | None = None
    kind: Kind | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None
    limit: Limit = 50
    after: Text = ""


class DocumentShape(Shape):
    """A document in a list."""

    id: str
    title: str | None
    publisher: str | None
    day: datetime.date
    url: str | None
    kind: Kind
    arrival: str
    signals: int
    copy_of: str | None
    cursor: str
    page: str


class DocumentList(Shape):
    """A page of documents; ``whole`` is false where there are more than ``total``."""

    total: int
    whole: bool
    next: str | None
    items: list[DocumentShape]


class DocumentWhole(Shape):
    """A document with its text and all its signals."""

    id: str
    url: str | None
    publisher: str | None
    title: str | None
    published: str | None
    updated: str | None
    fetched: str | None
    language: str | None
    kind: Kind
    notes: list[str]
    text: str
    day: datetime.date
    first_seen: datetime.datetime
    copy_of: str | None
    versions: int
    signals: list[SignalWhole]


class OccasionAsked(Asked):
    """An occasion to be added or changed: its days, both included."""

    name: Annotated[str, Field(min_length=1, max_length=500)]
    parties: Annotated[list[Text], Field(min_length=1, max_length=50)]
    first: datetime.date
    last: datetime.date
    place: Annotated[str, Field(max_length=500)] | None = None


class OccasionShape(Shape):
    """An occasion, and whether it was worked out what it brought."""

    name: str
    parties: list[str]
    from_: Annotated[datetime.date, Field(alias="from")]
    to: datetime.date
    place: str | None
    settled: bool
    stale: bool


class OccasionList(Shape):
    """All occasions, by day."""

    total: int
    items: list[OccasionShape]


class OutcomeAsked(Asked):
    """Which verdicts of an occasion."""

    outcome: Annotated[list[Outcome], Field(max_length=5)] = []
    announced: Literal["yes", "no"] | None = None
    min_confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    limit: Limit = 50
    after: Text = ""


class OutcomeShape(Shape):
    """What an occasion brought for a deal: what was said before, and what shows it."""

    deal: DealShape
    verdict: Outcome
    announced: bool
    confidence: float
    by: str | None
    reason: str | None
    proposed: Outcome | None
    before: SightingShape | None
    evidence: SightingShape | None


class OutcomeList(Shape):
    """A page of verdicts with the counts of all: by outcome, those that nobody announced apart."""

    occasion: OccasionShape
    of: int
    whole: bool
    counts: dict[str, int]
    unannounced: dict[str, int]
    next: str | None
    items: list[OutcomeShape]


class ScoreAsked(Asked):
    """Which scorecards."""

    by: By = By.PUBLISHER
    occasion: Text | None = None
    few: Annotated[int, Field(ge=0, le=100_000, description="so many cards that are too small for a rank")] = 100


class Cards(Shape):
    """Scorecards, ranked ones first; ``values`` is how many there are in all."""

    occasion: str | None
    by: By
    min_n: int
    values: int
    all: dict[str, Any] | None
    cards: list[dict[str, Any]]


class FeedList(Shape):
    """The feeds with their health."""

    total: int
    items: list[dict[str, Any]]


class DecisionShape(Shape):
    """A decision of the log."""

    id: int
    at: datetime.datetime
    who: str
    action: Action
    signal: str | None
    target: dict[str, Any] | None
    payload: dict[str, Any]
    reason: str | None
    undoes: int | None


class DecisionList(Shape):
    """A page of the log, newest first."""

    next: str | None
    items: list[DecisionShape]


class DecisionAsked(Asked):
    """A decision: what ``action`` needs of the rest, as ``paraph review`` and docs/how-to/keep-a-desk.md tell."""

    action: Action
    signal: Text | None = None
    field: Text | None = None
    value: Text | None = None
    other: Text | None = None
    signals: Annotated[list[Text], Field(max_length=1_000)] = []
    occasion: Text | None = None
    outcome: Outcome | None = None
    evidence: Text | None = None
    publisher: Text | None = None
    owner: Text | None = None
    number: Annotated[int, Field(ge=1, le=2**53)] | None = None
    document: Text | None = None
    start: Annotated[int, Field(ge=0, le=2**31)] | None = None
    end: Annotated[int, Field(ge=0, le=2**31)] | None = None
    stage: Stage | None = None
    ahead: Literal["yes", "no"] | None = None
    certainty: Certainty | None = None
    source_type: SourceType | None = None
    source: Text | None = None
    parties: Text | None = None
    sector: Sector | None = None
    instrument: Instrument | None = None
    reason: Annotated[str, Field(max_length=5_000)] | None = None


class Decided(Shape):
    """The numbers of the decisions in the log."""

    decisions: list[int]


class AboutShape(Shape):
    """What the desk holds."""

    at: datetime.datetime
    documents: int
    copies: int
    signals: int
    deals: int
    occasions: int
    decisions: int
    feeds: int
    first: datetime.date | None
    last: datetime.date | None
    engines: list[dict[str, Any]]
    months: dict[str, int]
    publishers: dict[str, Any]
    gaps: list[dict[str, datetime.date]]
    bytes: int


DealWhole.model_rebuild()
