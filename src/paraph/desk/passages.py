"""What stands around signals in their texts, and what else is said in their documents: for pages that ask about one signal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from paraph.desk.looks import as_proposed
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import signals, versions
from paraph.model import Cue, Signal, SourceType

__all__ = ["Nearby", "Passage", "Piece", "nearby", "passage_of", "passages", "proposed_of"]

# Code points around the anchor, and of a line further up that decided a field (a heading, a lead-in). Set by eye: what a person
# takes in at a glance.
AROUND, LEAD = 220, 160
# Other parties and sources of a document that are offered, those nearest to the signal. By eye: one digit each.
OFFERED = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: whether it is of the anchor, and the fields that its words decided."""

    text: str
    anchor: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A signal's place in its text in pieces: ``lead`` from further up (empty for none), ``pieces`` with the anchor in them.

    ``before`` and ``after`` say whether the text goes on there. ``words`` are the words that decided each field.
    """

    lead: tuple[Piece, ...]
    pieces: tuple[Piece, ...]
    before: bool
    after: bool
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Nearby:
    """What other signals of the same document say, nearest first: parties, and sources with their types."""

    parties: tuple[tuple[str, ...], ...]
    sources: tuple[tuple[SourceType, str], ...]


def passages(connection: Connection, keys: Collection[str]) -> dict[str, Passage]:
    """Return the place of each of these signals in the text that its offsets count in, by its id."""
    found = (
        select(signals.c.key, signals.c.start, signals.c.end, signals.c.why, versions.c.text)
        .join(versions, versions.c.id == signals.c.version_id)
        .where(among(connection, signals.c.key, sorted(keys)))
    )
    return {
        row.key: passage_of(row.text, row.start, row.end, [Cue(**cue) for cue in row.why])
        for row in connection.execute(found)
    }


def passage_of(text: str, start: int, end: int, why: Sequence[Cue]) -> Passage:
    """Return a place of a text with what stands around it; the words that decided its fields are told apart."""
    begin, stop = _widened(text, start, end)
    above = [cue for cue in why if cue.end <= begin]
    lead: tuple[Piece, ...] = ()
    if above:
        at = max(above, key=lambda cue: cue.end)
        first, last = _line(text, at, begin)
        lead = _pieces(text, first, last, (0, 0), above)
    words: dict[str, list[str]] = {}
    for cue in why:
        words.setdefault(cue.field, []).append(text[cue.start : cue.end])
    return Passage(
        lead=lead,
        pieces=_pieces(text, begin, stop, (start, end), why),
        before=bool(text[:begin].strip()),
        after=bool(text[stop:].strip()),
        words={field: tuple(dict.fromkeys(said)) for field, said in words.items()},
    )


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a place with what stands around it begins and ends: between words, rather between paragraphs."""
    begin, stop = max(0, start - AROUND), min(len(text), end + AROUND)
    if begin:
        gap = text.find("\n\n", begin, start)
        gap = gap if gap >= 0 else text.find(" ", begin, start)
        begin = gap + 1 if gap >= 0 else begin
    if stop < len(text):
        gap = text.rfind("\n\n", end, stop)
        gap = gap if gap >= 0 else text.rfind(" ", end, stop)
        stop = gap if gap >= 0 else stop
    while begin < start and text[begin].isspace():
        begin += 1
    while stop > end and text[stop - 1].isspace():
        stop -= 1
    return begin, stop


def _line(text: str, cue: Cue, most: int) -> tuple[int, int]:
    """Return where the line of a cue begins and ends, cut where it is long."""
    first = max(text.rfind("\n", 0, cue.start) + 1, cue.start - LEAD)
    last = text.find("\n", cue.end, most)
    last = min(last if last >= 0 else most, cue.end + LEAD)
    return first, last


def _pieces(text: str, begin: int, stop: int, anchor: tuple[int, int], why: Iterable[Cue]) -> tuple[Piece, ...]:
    """Return a span of a text cut wherever the anchor or a cue begins or ends."""
    cues = [cue for cue in why if cue.start < stop and cue.end > begin]
    edges = {begin, stop, *anchor, *(cue.start for cue in cues), *(cue.end for cue in cues)}
    cuts = sorted(edge for edge in edges if begin <= edge <= stop)
    out = []
    for first, last in pairwise(cuts):
        fields = tuple(dict.fromkeys(cue.field for cue in cues if cue.start <= first and last <= cue.end))
        out.append(Piece(text[first:last], anchor[0] <= first and last <= anchor[1], fields))
    return tuple(out)


def nearby(connection: Connection, keys: Collection[str]) -> dict[str, Nearby]:
    """Return what other signals of the same documents name, by the ids of these; as the engine proposed it.

    What people corrected is left aside, since a page that asks a second person must not show what the first one said.
    """
    mine = select(signals.c.document_id).where(among(connection, signals.c.key, sorted(keys)))
    found = select_sightings().add_columns(signals.c.proposed).where(signals.c.document_id.in_(mine))
    by_document: dict[str, list[tuple[str, Signal]]] = {}
    for row in connection.execute(found):
        sighting = sighting_of(row)
        signal = as_proposed(sighting.signal, row.proposed)
        by_document.setdefault(sighting.document, []).append((sighting.id, signal))
    out = {}
    for said in by_document.values():
        for key, signal in said:
            if key in keys:
                out[key] = _nearby(signal, [other for _, other in said])
    return out


def _nearby(signal: Signal, said: Sequence[Signal]) -> Nearby:
    near = sorted(said, key=lambda other: (abs(other.start - signal.start), other.start))
    parties = dict.fromkeys(other.parties for other in near if other.parties)
    alone = dict.fromkeys((party,) for other in near for party in other.parties)
    sources = dict.fromkeys((other.source_type, other.source) for other in near if other.source)
    return Nearby(
        parties=tuple(each for each in (parties | alone) if set(each) != set(signal.parties))[:OFFERED],
        sources=tuple((kind, name) for kind, name in sources if name and name != signal.source)[:OFFERED],
    )


def proposed_of(connection: Connection, keys: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """Return what the engine proposed of the fields that people corrected since, by the ids of these signals."""
    found = select(signals.c.key, signals.c.proposed).where(among(connection, signals.c.key, sorted(keys)))
    return {row.key: row.proposed or {} for row in connection.execute(found)}
