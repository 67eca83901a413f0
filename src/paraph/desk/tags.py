"""Tags and marks: what lists of deals are chosen by, beside each deal.

A *tag* is something a deal has any number of: a party, a publisher, a source. ``deal_tags`` holds one row a deal and tag (and
one with the empty tag a deal), in order of tag and last day, with everything that the other filters ask for. So a list is read
off one run of the table, newest first, and broken off after a page: without looking at the deals themselves, and however many
there are.

*Marks* are what a deal has of small fixed sets (sector, instrument, stage, …), one bit a value in one whole number. A deal that
alternatives of each field ask for is one whose bits meet each field's bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from paraph.desk.identity import shortened
from paraph.model import Certainty, Deal, Instrument, Sector, SourceType, Stage

__all__ = ["FIELDS", "Place", "Tag", "bits", "counts", "crossed", "marks_of", "state_of", "tag_rows", "tags_of"]


class Tag(StrEnum):
    """The sorts of tags."""

    PARTY = "party"
    NAMED = "named"  # a party that only single sightings name, not the deal as a whole
    PUBLISHER = "publisher"
    SOURCE = "source"

    def __call__(self, value: str) -> str:
        """Return the tag of a value: "party:IN"."""
        return f"{self}:{shortened(value)}"


class Place(StrEnum):
    """Where a deal stands as a whole: still to be made, made, or called off."""

    TABLE = "table"
    DONE = "done"
    OFF = "off"


# The fields that marks hold, with their values in the order of their bits. Only ever add at the end: the bits are stored.
FIELDS: dict[str, tuple[str, ...]] = {
    "sectors": tuple(Sector),
    "instruments": tuple(Instrument),
    "stages": tuple(Stage),
    "certainties": tuple(Certainty),
    "source_types": tuple(SourceType),
    "state": tuple(Place),
    "ahead": ("no", "yes"),
    "contested": ("no", "yes"),
    "withdrawn": ("no", "yes"),
}
_BITS: dict[str, dict[str, int]] = {}
for _field, _values in FIELDS.items():
    _at = sum(map(len, _BITS.values()))
    _BITS[_field] = {str(value): 1 << (_at + n) for n, value in enumerate(_values)}


def bits(field: str, values: Iterable[str]) -> int:
    """Return the bits of some values of a field."""
    return sum({_BITS[field][str(value)] for value in values})


def counts(marks: Iterable[tuple[int, int]]) -> dict[str, dict[str, int]]:
    """Return how many deals have each value of each field, most first; ``marks`` are pairs of marks and their deals' number."""
    found = {field: dict.fromkeys(values, 0) for field, values in _BITS.items()}
    for mark, deals in marks:
        for field, values in _BITS.items():
            for value, bit in values.items():
                if mark & bit:
                    found[field][value] += deals
    return {
        field: dict(sorted(((v, n) for v, n in values.items() if n), key=lambda row: -row[1]))
        for field, values in found.items()
    }


def crossed(marks: Iterable[tuple[int, int]]) -> dict[tuple[Sector, Stage, bool], int]:
    """Return how many deals are of each sector, at each stage, ahead or not; ``marks`` as for ``counts``."""
    found: dict[tuple[Sector, Stage, bool], int] = {}
    for mark, deals in marks:
        sector = next(value for value in Sector if mark & _BITS["sectors"][value])
        stage = next(value for value in Stage if mark & _BITS["stages"][value])
        cell = sector, stage, bool(mark & _BITS["ahead"]["yes"])
        found[cell] = found.get(cell, 0) + deals
    return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))


def state_of(stage: Stage, ahead: bool) -> Place:
    """Return where a deal in this state stands; silence left aside, which depends on the day."""
    if stage in (Stage.STALLED, Stage.ENDED):
        return Place.OFF
    return Place.DONE if stage in (Stage.SIGNED, Stage.IN_FORCE) and not ahead else Place.TABLE


def marks_of(deal: Deal, row: Mapping[str, Any]) -> int:
    """Return the marks of a deal and its row in ``deals``."""
    return (
        bits("sectors", [row["sector"]])
        | bits("instruments", [row["instrument"]])
        | bits("stages", [row["stage"]])
        | bits("certainties", [row["certainty"]])
        | bits("source_types", {each.signal.source_type for each in deal.sightings})
        | bits("state", [state_of(row["stage"], row["ahead"])])
        | bits("ahead", [_switch(row["ahead"])])
        | bits("contested", [_switch(row["contested"])])
        | bits("withdrawn", [_switch(row["withdrawn"])])
    )


def _switch(value: bool) -> str:
    return "yes" if value else "no"


def tags_of(deal: Deal) -> Iterator[str]:
    """Give a deal's tags, each once: the empty one, its parties, the publishers and sources of its sightings."""
    yield ""
    yield from dict.fromkeys(Tag.PARTY(party) for party in deal.parties)
    named = {party for each in deal.sightings for party in each.signal.parties}
    yield from sorted(Tag.NAMED(party) for party in named.difference(deal.parties))
    yield from sorted({Tag.PUBLISHER(each.publisher) for each in deal.sightings if each.publisher})
    yield from sorted({Tag.SOURCE(each.signal.source) for each in deal.sightings if each.signal.source})


def tag_rows(deal: Deal, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of ``deal_tags`` for a deal and its row in ``deals``; its confidence is the highest of its sightings'."""
    listed = {
        "deal": row["key"],
        "last_day": row["last_day"].toordinal(),
        "first_day": row["first_day"].toordinal(),
        "heard": row["heard"].toordinal(),
        "marks": marks_of(deal, row),
        "voices": row["voices"],
        "sightings": row["sightings"],
        "confidence": max((each.signal.confidence for each in deal.sightings), default=0.0),
    }
    return [{"tag": tag, **listed} for tag in tags_of(deal)]
