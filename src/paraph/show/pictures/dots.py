"""The dots of a timeline: signals, merged where there are too many to be told apart, and spread so that all can be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from paraph.model import Certainty, Deal, Sighting, Stage
from paraph.show.pictures.axis import Scale
from paraph.show.pictures.drawing import cut, width_of
from paraph.show.words import CERTAINTIES, count, name_of, voice
from paraph.show.words import day as day_shown

__all__ = ["CROWD", "DOTS", "Dot", "Placed", "dots_of", "placed", "told"]

State = tuple[Stage, bool]

# More dots than this are not drawn one by one: with 120 links and titles a drawing stays below 60 kB (tested with 5,000
# signals), and in a row of 800 units some 70 stand side by side.
DOTS = 120
# More signals of one day and state than this become one dot with a count: set by eye, two rows of eight.
CROWD = 16
# Days that are put together where there are too many dots, the least that does is taken.
_SPANS = (1, 7, 14, 30, 60, 91, 182, 365, 730, 1826, 18_262, 182_621, 3_652_059)
# A dot, the room it takes, the stem before it where it is ahead, and how far it may stand above or below its line.
SIZE, PITCH, STEM, LEVELS = 12.0, 13.0, 6.0, 4
# A source and a publisher are cut to this width in a dot's title, in units.
_SOURCE_WIDTH, _NAME_WIDTH = 260.0, 180.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One signal, or several of one state in the days from ``day`` to ``last``; ``proof`` if a verdict rests on one of them."""

    day: date
    last: date
    sightings: tuple[Sighting, ...]
    proof: bool = False

    @property
    def first(self) -> Sighting:
        """The first of its signals."""
        return self.sightings[0]

    @property
    def state(self) -> State:
        """The stage and whether it lies ahead, the same for all."""
        return self.first.signal.stage, self.first.signal.ahead

    @property
    def copies(self) -> int:
        """How many stand in copies of another document."""
        return sum(each.voice != each.document for each in self.sightings)

    @property
    def label(self) -> str:
        """The count that stands in a dot of several signals."""
        return f"{len(self.sightings):,}" if len(self.sightings) > 1 else ""

    @property
    def half(self) -> float:
        """Half the dot's width."""
        return max(SIZE / 2, width_of(self.label, 11) / 2 + 4) if self.label else SIZE / 2


@dataclass(frozen=True, slots=True)
class Placed:
    """A dot with its place: ``x`` along the axis, ``level`` in steps of PITCH from its line (up is negative)."""

    dot: Dot
    x: float
    level: int


def dots_of(deal: Deal, proofs: frozenset[str]) -> list[Dot]:
    """Return a deal's dots in order of day: one a signal, as long as there are not too many of them."""
    days: dict[tuple[date, State], list[Sighting]] = {}
    for each in sorted(deal.sightings, key=lambda each: (each.day, each.voice != each.document, each.id)):
        days.setdefault((each.day, (each.signal.stage, each.signal.ahead)), []).append(each)
    alone = sum(len(group) if len(group) <= CROWD else 1 for group in days.values())
    if alone <= DOTS:
        dots: list[Dot] = []
        for (day, _), group in days.items():
            parts = [[each] for each in group] if len(group) <= CROWD else [group]
            dots += [Dot(day, day, tuple(part), _proves(part, proofs)) for part in parts]
        return dots
    for span in _SPANS:
        spans: dict[tuple[int, State], list[Sighting]] = {}
        for (day, state), group in days.items():
            spans.setdefault((day.toordinal() // span, state), []).extend(group)
        if len(spans) <= DOTS:
            break
    return [
        Dot(group[0].day, group[-1].day, tuple(group), _proves(group, proofs))
        for group in sorted(spans.values(), key=lambda group: group[0].day)
    ]


def placed(dots: Sequence[Dot], scale: Scale) -> list[Placed]:
    """Return the dots of one line with places at which none hides another, as near to their day as there is room.

    Within its day a dot may stand anywhere; only where a day's column is full does it stand beside it.
    """
    taken: dict[int, list[tuple[float, float]]] = {}
    found: list[Placed] = []
    for dot in dots:
        middle = (scale.middle(dot.day) + scale.middle(dot.last)) / 2
        before = dot.half + (STEM if dot.state[1] and not dot.label else 0)
        own = max(scale.day / 2 - before, 0.0)
        for x, level in _tries(middle, own, before + dot.half + 1):
            begin, end = x - before, x + dot.half + 1
            row = taken.setdefault(level, [])
            if begin >= scale.left - PITCH and all(end <= other[0] or begin >= other[1] for other in row):
                row.append((begin, end))
                found.append(Placed(dot, x, level))
                break
    return found


def told(dot: Dot) -> str:
    """Return what a dot stands for, without its state: "4 Dec 2025, certain, Putin (official), Example Wire; copy"."""
    first = dot.first
    if len(dot.sightings) == 1:
        said = cut(voice(first.signal), _SOURCE_WIDTH)
        copy = "; a copy" if dot.copies else ""
        gone = "; taken out since" if first.vanished else ""
        where = cut(name_of(first), _NAME_WIDTH)
        return f"{day_shown(dot.day)}, {CERTAINTIES[first.signal.certainty]}, {said}, in {where}{copy}{gone}"
    sure = Counter(each.signal.certainty for each in dot.sightings)
    parts = ", ".join(f"{sure[each]:,} {CERTAINTIES[each]}" for each in Certainty if sure[each])
    days = day_shown(dot.day) if dot.day == dot.last else f"{day_shown(dot.day)} – {day_shown(dot.last)}"
    copied = f"; {dot.copies:,} of {len(dot.sightings):,} in copies" if dot.copies else ""
    return f"{days}, {count(len(dot.sightings), 'signal')}: {parts}{copied}"


def _proves(group: Sequence[Sighting], proofs: frozenset[str]) -> bool:
    return any(each.id in proofs for each in group)


def _tries(middle: float, own: float, width: float) -> Iterator[tuple[float, int]]:
    """Give the places to try, the nearest first: within the day, then beside it."""
    within = int(own // width)
    shifts = range(-within, within + 1)
    levels = range(-LEVELS, LEVELS + 1)
    # Beside is nearer than above within a day that is wide: rows stay low.
    near = sorted((abs(s) * 0.4 + abs(level), s > 0, level > 0, s, level) for s in shifts for level in levels)
    yield from ((middle + s * width, level) for *_, s, level in near)
    for column in range(within + 1, within + DOTS):
        for level in sorted(levels, key=abs):
            yield middle + column * width, level
            yield middle - column * width, level
