"""The words of Paraph as small immutable values: Document, Signal, Deal, Occasion, Verdict and what they are made of.

This module imports nothing of the house; every other room speaks in its types. The meaning of each word is the one of the
annotation guidelines (docs/concepts.md). Offsets are Unicode code points into ``Document.text``; ``end`` is exclusive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

__all__ = [
    "Authority",
    "Certainty",
    "Cue",
    "Deal",
    "Document",
    "Instrument",
    "Kind",
    "Occasion",
    "Outcome",
    "Reading",
    "Sector",
    "Selector",
    "Sighting",
    "Signal",
    "SourceType",
    "Stage",
    "Verdict",
    "day_of",
    "document_id",
    "iso",
    "text_hash",
]


class Stage(StrEnum):
    """The state a deal is in or, where a signal is ``ahead``, will or may come to; in the order of the ladder."""

    IDEA = "idea"
    TALKS = "talks"
    AGREED = "agreed"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    STALLED = "stalled"
    ENDED = "ended"


class Certainty(StrEnum):
    """How strongly the text presents a state."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class SourceType(StrEnum):
    """Who stands behind a statement; ``outlet`` is the publication's own voice."""

    OUTLET = "outlet"
    OFFICIAL = "official"
    UNNAMED = "unnamed"
    MEDIA = "media"
    COMPANY = "company"
    EXPERT = "expert"


class Sector(StrEnum):
    """The main subject of a deal."""

    DEFENCE = "defence"
    NUCLEAR = "nuclear"
    SPACE = "space"
    ENERGY = "energy"
    TECHNOLOGY = "technology"
    TRADE = "trade"
    FINANCE = "finance"
    INDUSTRY = "industry"
    TRANSPORT = "transport"
    AGRICULTURE = "agriculture"
    HEALTH = "health"
    PEOPLE = "people"
    ENVIRONMENT = "environment"
    SECURITY = "security"
    POLITICS = "politics"


class Instrument(StrEnum):
    """The form a deal takes."""

    TRANSFER = "transfer"
    JOINT_DEVELOPMENT = "joint_development"
    JOINT_PRODUCTION = "joint_production"
    PURCHASE = "purchase"
    SERVICE = "service"
    CONSTRUCTION = "construction"
    INVESTMENT = "investment"
    TRADE_TERMS = "trade_terms"
    FACILITATION = "facilitation"
    COOPERATION = "cooperation"


class Kind(StrEnum):
    """Whether a document reports, or is itself an official paper (read-out, joint statement, fact sheet, transcript)."""

    REPORT = "report"
    OFFICIAL = "official"


class Outcome(StrEnum):
    """What an occasion brought for a deal."""

    SIGNED = "signed"
    AGREED = "agreed"
    ADVANCED = "advanced"
    ABSENT = "absent"
    REFUSED = "refused"


class Authority(StrEnum):
    """What a statement rests on, in the order in which it settles a deal: the first outweighs all that follow.

    ``TREATY_REGISTER`` a register of treaties in force; ``SIGNED_TEXT`` the text that was signed; ``OUTCOME_LIST`` an official
    list of outcomes or fact sheet; ``JOINT_STATEMENT`` a statement of both sides; ``SPOKESPERSON`` a read-out, transcript or
    other paper of one side, or an official quoted by the press; ``PRESS`` everything else.
    """

    TREATY_REGISTER = "treaty_register"
    SIGNED_TEXT = "signed_text"
    OUTCOME_LIST = "outcome_list"
    JOINT_STATEMENT = "joint_statement"
    SPOKESPERSON = "spokesperson"
    PRESS = "press"

    @property
    def rank(self) -> int:
        """Return the place in the order, 0 for what settles most."""
        return list(Authority).index(self)


@dataclass(frozen=True, slots=True)
class Document:
    """One text as published.

    ``text`` is what offsets count in and is never altered after the document is made. ``published`` and ``updated`` are a
    ``date`` where the source gives no time, else a ``datetime`` (with its zone where the source gives one). ``fetched`` is
    when the bytes came in, kept apart from both. ``language`` is an ISO 639-1 code or None where it was not looked at.
    ``notes`` says what a reader of the document should know (a date in the future, a body that stood twice).
    """

    text: str
    id: str = ""
    url: str | None = None
    publisher: str | None = None
    title: str | None = None
    published: date | datetime | None = None
    updated: date | datetime | None = None
    fetched: datetime | None = None
    language: str | None = None
    kind: Kind = Kind.REPORT
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", document_id(self.text, self.url))

    def to_dict(self) -> dict[str, Any]:
        """Return the document as JSON-ready values, keys in the order of the contract, dates in ISO 8601."""
        return {
            "id": self.id,
            "url": self.url,
            "publisher": self.publisher,
            "title": self.title,
            "published": iso(self.published),
            "updated": iso(self.updated),
            "fetched": iso(self.fetched),
            "language": self.language,
            "kind": str(self.kind),
            "notes": list(self.notes),
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Cue:
    """The words that decided one field of a signal: ``text[start:end]`` made ``field`` what it is."""

    field: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        """Return the cue as JSON-ready values."""
        return {"field": self.field, "start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True)
class Signal:
    """One place in a document that speaks of one deal.

    ``anchor`` is ``document.text[start:end]``. ``source`` is None exactly where ``source_type`` is ``outlet``. ``parties``
    are ISO 3166 alpha-2 codes and the short names of blocs, in the order found. ``confidence`` in 0..1 says how sure the
    engine is that this is a signal at all. ``why`` holds the words that decided the fields, in order of place.
    """

    start: int
    end: int
    anchor: str
    stage: Stage
    ahead: bool
    certainty: Certainty
    source_type: SourceType
    source: str | None
    parties: tuple[str, ...]
    sector: Sector
    instrument: Instrument
    confidence: float
    why: tuple[Cue, ...] = ()
    engine: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the signal as JSON-ready values, keys in the order of the contract."""
        return {
            "start": self.start,
            "end": self.end,
            "anchor": self.anchor,
            "stage": str(self.stage),
            "ahead": self.ahead,
            "certainty": str(self.certainty),
            "source_type": str(self.source_type),
            "source": self.source,
            "parties": list(self.parties),
            "sector": str(self.sector),
            "instrument": str(self.instrument),
            "confidence": round(self.confidence, 4),
            "why": [cue.to_dict() for cue in self.why],
            "engine": self.engine,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with the signals found in it, in order of place."""

    document: Document
    signals: tuple[Signal, ...]

    def to_dict(self) -> Mapping[str, Any]:
        """Return the object of the contract: the document's keys, then ``signals``."""
        return {**self.document.to_dict(), "signals": [signal.to_dict() for signal in self.signals]}

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one flat row a signal, each with the document it stands in; for tables."""
        about = {
            "document": self.document.id,
            "url": self.document.url,
            "publisher": self.document.publisher,
            "title": self.document.title,
            "published": iso(self.document.published),
        }
        rows = []
        for signal in self.signals:
            row = signal.to_dict()
            del row["why"]
            rows.append(about | row)
        return rows

    def to_frame(self) -> Any:
        """Return ``to_dicts()`` as a pandas DataFrame or, where only polars is installed, a polars one.

        Raises MissingExtra where neither is installed.
        """
        from paraph.frames import to_frame

        return to_frame(self.to_dicts())


@dataclass(frozen=True, slots=True)
class Selector:
    """Where words stand in a text, so that they are found again after the text was edited.

    The text-quote and text-position selectors of the W3C Web Annotation model in one: ``exact`` with up to 32 code points
    before (``prefix``) and after it (``suffix``), and the offsets in the text whose ``text_hash`` is given.
    """

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int
    text_hash: str

    def to_dict(self) -> dict[str, Any]:
        """Return the selector as JSON-ready values."""
        return {
            "exact": self.exact,
            "prefix": self.prefix,
            "suffix": self.suffix,
            "start": self.start,
            "end": self.end,
            "text_hash": self.text_hash,
        }


@dataclass(frozen=True, slots=True)
class Sighting:
    """A signal together with what must be known of its document to weigh it: the unit that deals are made of.

    ``id`` names the signal for good (see docs/concepts.md). ``day`` is the day that counts for it: the day of publication, or
    the day on which it was first seen where there is none or where it cannot be trusted. ``voice`` is the id of the document
    that said it first: its own, or the one it is a copy of; sightings of one voice and one source are one witness. ``owner`` is
    who owns the publisher (its registrable domain or its name where nobody said). ``quote`` is the sentence around the anchor.
    ``authority`` is what it rests on. ``vanished`` is true where an update of the document took the words out.
    """

    id: str
    document: str
    signal: Signal
    day: date
    voice: str
    publisher: str | None
    owner: str | None
    authority: Authority
    kind: Kind
    title: str | None
    quote: str
    url: str | None = None
    vanished: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the sighting as JSON-ready values: the signal's keys without ``why``, then those of its document."""
        row = self.signal.to_dict()
        del row["why"]
        return (
            {"id": self.id, "document": self.document}
            | row
            | {
                "day": self.day.isoformat(),
                "voice": self.voice,
                "publisher": self.publisher,
                "owner": self.owner,
                "authority": str(self.authority),
                "kind": str(self.kind),
                "title": self.title,
                "quote": self.quote,
                "url": self.url,
                "vanished": self.vanished,
            }
        )


@dataclass(frozen=True, slots=True)
class Deal:
    """All sightings of one deal, in order of day, document and place; ``id`` is that of its first sighting.

    ``parties``, ``sector`` and ``instrument`` are read off the sightings, and ``title`` is made from its best anchor. Status and
    history are not kept here: ``paraph.resolve`` reads them off the sightings.
    """

    id: str
    title: str
    parties: tuple[str, ...]
    sector: Sector
    instrument: Instrument
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """A visit or summit at which deals come due; ``first`` and ``last`` are its days, both included."""

    name: str
    parties: tuple[str, ...]
    first: date
    last: date
    place: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the occasion as JSON-ready values."""
        return {
            "name": self.name,
            "parties": list(self.parties),
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "place": self.place,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an occasion brought for one deal.

    ``evidence`` is the sighting that shows it, None where nothing does (``absent``). ``announced`` is false for what came
    unannounced: nobody spoke of it before. ``confidence`` in 0..1 is how sure the verdict is. ``by`` and ``reason`` are set
    where a person overruled the machine, whose own verdict is then ``proposed``.
    """

    deal: str
    outcome: Outcome
    confidence: float
    evidence: Sighting | None = None
    announced: bool = True
    by: str | None = None
    reason: str | None = None
    proposed: Outcome | None = None


def day_of(when: date | datetime) -> date:
    """Return the day of a date or of a moment, in the moment's own zone."""
    return when.date() if isinstance(when, datetime) else when


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes in hex; lone surrogates are let pass."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def document_id(text: str, url: str | None = None) -> str:
    """Return the id of a document that came without one: 16 hex digits of the SHA-256 of its address and text."""
    return hashlib.sha256(f"{url or ''}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def iso(when: date | datetime | None) -> str | None:
    """Return an ISO 8601 text: the day alone for a date; minutes, or seconds where there are any, and zone for a time."""
    if isinstance(when, datetime):
        return when.isoformat(timespec="seconds" if when.second else "minutes")
    return None if when is None else when.isoformat()
