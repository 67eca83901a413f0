"""What a brief holds: the deals the documents speak of, each with its voices, and what was not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from paraph.briefing.quoting import Quote
from paraph.errors import SourceError
from paraph.model import Certainty, Document, Instrument, Sector, Signal, SourceType, Stage, day_of, iso

_T = TypeVar("_T")

__all__ = ["Brief", "Item", "Section", "Voice", "section_of"]


class Section(StrEnum):
    """Where in the brief a deal stands."""

    TABLE = "on_the_table"
    EXISTING = "existing"
    OFF = "denied_or_stalled"


@dataclass(frozen=True, slots=True)
class Voice:
    """One signal with the place of its document in ``Brief.documents`` and the words that say it."""

    document: int
    signal: Signal
    quote: Quote

    def to_dict(self) -> dict[str, Any]:
        """Return the voice as JSON-ready values."""
        return {"document": self.document, "quote": str(self.quote), "signal": self.signal.to_dict()}


@dataclass(frozen=True, slots=True)
class Item:
    """The signals that name one deal in nearly the same words; the first of ``voices`` gives the state shown.

    ``parties`` are those of all voices, most often named first. ``contested`` is true where some voices put the
    deal off the ladder (stalled, ended) and others on it.
    """

    voices: tuple[Voice, ...]
    parties: tuple[str, ...]
    contested: bool

    @property
    def lead(self) -> Signal:
        """The signal that gives the item its name and state."""
        return self.voices[0].signal

    @property
    def section(self) -> Section:
        """Where in the brief the item stands."""
        return section_of(self.lead)

    @property
    def sector(self) -> Sector:
        """The lead's sector."""
        return self.lead.sector

    @property
    def instrument(self) -> Instrument:
        """The lead's instrument."""
        return self.lead.instrument

    def to_dict(self) -> dict[str, Any]:
        """Return the item as JSON-ready values."""
        lead = self.lead
        return {
            "name": lead.anchor,
            "section": str(self.section),
            "stage": str(lead.stage),
            "ahead": lead.ahead,
            "certainty": str(lead.certainty),
            "sector": str(lead.sector),
            "instrument": str(lead.instrument),
            "parties": list(self.parties),
            "contested": self.contested,
            "documents": len({voice.document for voice in self.voices}),
            "voices": [voice.to_dict() for voice in self.voices],
        }


@dataclass(frozen=True, slots=True)
class Brief:
    """What a set of documents says is on the table, what exists, and what is denied or stalled.

    ``documents`` are those read, in the order given, without repeats; ``repeats`` names those left out because
    their text had come before; ``failures`` those that could not be read. ``items`` are in order of section, then
    of sector (the one with most items first), then of stage and certainty. ``made`` is the moment given to
    ``paraph.brief``, or None.
    """

    documents: tuple[Document, ...]
    items: tuple[Item, ...]
    failures: tuple[SourceError, ...] = ()
    repeats: tuple[str, ...] = ()
    made: datetime | None = None

    @property
    def signals(self) -> int:
        """How many signals all items hold together."""
        return sum(len(item.voices) for item in self.items)

    def section(self, section: Section) -> dict[Sector, list[Item]]:
        """Return the items of one section by sector, in the brief's order."""
        rows: dict[Sector, list[Item]] = {}
        for item in self.items:
            if item.section is section:
                rows.setdefault(item.sector, []).append(item)
        return rows

    def parties(self) -> list[tuple[str, int]]:
        """Return each party with the number of signals that name it, most first."""
        return _counted(code for item in self.items for voice in item.voices for code in voice.signal.parties)

    def sources(self) -> list[tuple[tuple[SourceType, str | None], int]]:
        """Return each source, as type and name, with its number of signals, most first."""
        return _counted((v.signal.source_type, v.signal.source) for item in self.items for v in item.voices)

    def certainties(self, section: Section) -> dict[Certainty, int]:
        """Return how many items of a section stand at each certainty, from certain to possible."""
        tally = Counter(item.lead.certainty for item in self.items if item.section is section)
        return {certainty: tally[certainty] for certainty in Certainty}

    def stages(self) -> dict[Sector, dict[Stage, list[Item]]]:
        """Return all items by sector and stage; sectors with most items first."""
        rows: dict[Sector, dict[Stage, list[Item]]] = {}
        for sector, _ in _counted(item.sector for item in self.items):
            rows[sector] = {stage: [] for stage in Stage}
        for item in self.items:
            rows[item.sector][item.lead.stage].append(item)
        return rows

    def days(self) -> tuple[date, date] | None:
        """Return the first and last day on which a document was published, or None where none has a date."""
        days = [day_of(document.published) for document in self.documents if document.published]
        return (min(days), max(days)) if days else None

    def to_dict(self) -> dict[str, Any]:
        """Return the brief as JSON-ready values; documents without their texts."""
        documents = []
        for document in self.documents:
            row = document.to_dict()
            del row["text"]
            documents.append(row)
        return {
            "made": iso(self.made),
            "documents": documents,
            "repeats": list(self.repeats),
            "failures": [{"source": e.source, "cause": e.cause, "cure": e.cure} for e in self.failures],
            "signals": self.signals,
            "items": [item.to_dict() for item in self.items],
        }


def section_of(signal: Signal) -> Section:
    """Return where a signal's state belongs: off the ladder, there already (signed or in force, not ahead), else the table."""
    if signal.stage in (Stage.STALLED, Stage.ENDED):
        return Section.OFF
    if signal.stage in (Stage.SIGNED, Stage.IN_FORCE) and not signal.ahead:
        return Section.EXISTING
    return Section.TABLE


def _counted(things: Iterable[_T]) -> list[tuple[_T, int]]:
    """Return each thing with its count, most first; equal counts in the order in which they came."""
    return Counter(things).most_common()
