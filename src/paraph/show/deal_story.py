"""A deal's quotations put where they belong: under the step they made, aside, taken out again; copies folded under their first.

Pure, and by quotation, so that a page can show some of them and the next page the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from paraph.model import Deal, Sighting, SourceType
from paraph.resolve.history import History, Step
from paraph.resolve.witnesses import place_of, said, speaker_words
from paraph.show.safe import line

__all__ = ["Chapter", "Echo", "Place", "Quotation", "anchored", "chapters_of", "cut", "shortened"]


class Place(StrEnum):
    """Where quotations stand: in a step, or where nothing moves: aside, taken out again, dated later than today."""

    STEP = "step"
    ASIDE = "aside"
    VANISHED = "vanished"
    LATER = "later"


class Echo(StrEnum):
    """What a quotation shares with one before it in its step, so that the two are not two independent voices."""

    NONE = ""
    OWNER = "owner"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class Quotation:
    """One voice's word with those that only repeat it (copies, and the same said again in one document), in order of day.

    ``decides`` is whether it made the step that it stands in.
    """

    sighting: Sighting
    copies: tuple[Sighting, ...] = ()
    decides: bool = False
    echo: Echo = Echo.NONE


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step with its quotations, or those of one ``place``; ``resumed`` where its beginning stands on the page before."""

    place: Place
    quotations: tuple[Quotation, ...]
    step: Step | None = None
    resumed: bool = False


def chapters_of(deal: Deal, history: History) -> list[Chapter]:
    """Return every sighting of a deal in its place, once: the steps in order, then what moved nothing, is gone, or lies ahead.

    ``history`` is the one of this deal until some day; what is dated later stands last.
    """
    whole = {each.id: each for each in deal.sightings}
    places: list[tuple[Place, Step | None, Iterable[Sighting]]] = [
        *((Place.STEP, step, step.sightings) for step in history.steps),
        (Place.ASIDE, None, history.aside),
        (Place.VANISHED, None, history.vanished),
    ]
    claimed: dict[tuple[object, ...], str] = {}
    rooms: list[tuple[Place, Step | None, list[Sighting]]] = []
    placed: set[str] = set()
    for place, step, sightings in places:
        # A history of words that were all taken back holds them as if they had not been: the deal's own say what they are.
        mine = [whole[each.id] for each in sightings if each.id not in placed]
        if place is Place.VANISHED:
            # What vanished is a word of its own only where nobody says it any more.
            first: dict[tuple[object, ...], Sighting] = {}
            for each in mine:
                if said(each) not in claimed:
                    first.setdefault(said(each), each)
            mine = list(first.values())
        placed |= {each.id for each in mine}
        for each in mine:
            claimed.setdefault(said(each), each.id)
        rooms.append((place, step, mine))
    copies: dict[str, list[Sighting]] = {}
    later: list[Sighting] = []
    for each in deal.sightings:
        if each.id in placed:
            continue
        if said(each) in claimed:
            copies.setdefault(claimed[said(each)], []).append(each)
        else:
            later.append(each)
    rooms.append((Place.LATER, None, later))
    return [
        Chapter(place, _quotations(mine, copies, step), step)
        for place, step, mine in rooms
        if mine or place is Place.STEP
    ]


def _quotations(
    mine: Sequence[Sighting], copies: dict[str, list[Sighting]], step: Step | None
) -> tuple[Quotation, ...]:
    owners: set[str] = set()
    speakers: set[frozenset[str]] = set()
    made = []
    for each in mine:
        echo = Echo.NONE
        named = each.signal.source_type not in (SourceType.OUTLET, SourceType.UNNAMED, SourceType.MEDIA)
        speaker = speaker_words(each.signal.source or "") if named else frozenset[str]()
        if step is not None:
            echo = Echo.SPEAKER if speaker in speakers else Echo.OWNER if place_of(each) in owners else Echo.NONE
            owners.add(place_of(each))
            if speaker:
                speakers.add(speaker)
        decides = step is not None and each.id == step.decided_by.id
        made.append(Quotation(each, tuple(copies.get(each.id, ())), decides, echo))
    return tuple(made)


def cut(chapters: Sequence[Chapter], begin: int, size: int) -> list[Chapter]:
    """Return what a page of so many quotations shows from one on. A step without any stands where the one before it ends."""
    end, at, out = begin + size, 0, []
    for chapter in chapters:
        first, at = at, at + len(chapter.quotations)
        if not chapter.quotations and begin < first <= end:
            out.append(chapter)
        mine = chapter.quotations[max(0, begin - first) : max(0, end - first)]
        if mine:
            out.append(replace(chapter, quotations=mine, resumed=first < begin))
    return out


def shortened(sighting: Sighting, chars: int) -> str:
    """Return the quotation in one line, cut at spaces around the anchor where it is long."""
    quote, anchor = line(sighting.quote), line(sighting.signal.anchor)
    if len(quote) <= chars:
        return quote
    at = max(quote.find(anchor), 0)
    start = max(0, min(at - (chars - len(anchor)) // 2, len(quote) - chars))
    piece = quote[start : start + chars]
    if start:
        piece = "… " + piece.split(" ", 1)[-1]
    return piece.rsplit(" ", 1)[0] + " …" if start + chars < len(quote) else piece


def anchored(sighting: Sighting, chars: int) -> tuple[str, str, str]:
    """Return ``shortened`` in three parts: before the anchor, the anchor, after it; all in the first where it is not found."""
    piece, anchor = shortened(sighting, chars), line(sighting.signal.anchor)
    at = piece.find(anchor) if anchor else -1
    if at < 0:
        return piece, "", ""
    return piece[:at], anchor, piece[at + len(anchor) :]
