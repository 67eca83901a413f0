"""The words of Paraph as small immutable values: Document, Signal and what they are made of.

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
    "Certainty",
    "Cue",
    "Document",
    "Instrument",
    "Kind",
    "Reading",
    "Sector",
    "Signal",
    "SourceType",
    "Stage",
    "document_id",
    "iso",
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


def document_id(text: str, url: str | None = None) -> str:
    """Return the id of a document that came without one: 16 hex digits of the SHA-256 of its address and text."""
    return hashlib.sha256(f"{url or ''}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def iso(when: date | datetime | None) -> str | None:
    """Return an ISO 8601 text: the day alone for a date; minutes, or seconds where there are any, and zone for a time."""
    if isinstance(when, datetime):
        return when.isoformat(timespec="seconds" if when.second else "minutes")
    return None if when is None else when.isoformat()
