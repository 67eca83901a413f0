"""Words on one deal that exclude each other: who says it is done and who says it is not, shown as such."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from heapq import merge
from itertools import islice, product
from operator import itemgetter

from paraph.model import Certainty, Sighting, SourceType, Stage
from paraph.resolve.witnesses import place_of, speaker_words

__all__ = ["MOST_CONTRADICTIONS", "Contradiction", "Over", "any_contradiction", "contradictions_of"]


class Over(StrEnum):
    """What two words differ over.

    ``REFUSAL`` one has it agreed, signed or running, the other refused or called off; ``DELAY`` one has it agreed or signed,
    the other stalled; ``DECISION`` one has it agreed or signed, the other, no earlier, says that it is only wished or talked of;
    ``TALKS`` one says that it is talked about, the other rules it out; ``OUTLOOK`` one expects it, the other expects that it
    fails.
    """

    REFUSAL = "refusal"
    DELAY = "delay"
    DECISION = "decision"
    TALKS = "talks"
    OUTLOOK = "outlook"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two words that exclude each other: ``says`` has the deal further, ``against`` says that it is not so.

    ``day`` is the later day of the two. ``denied`` is true where an official or a company denies what unnamed sources, other
    media or the outlet said.
    """

    over: Over
    says: Sighting
    against: Sighting

    @property
    def day(self) -> date:
        """The day on which the two stood against each other for the first time."""
        return max(self.says.day, self.against.day)

    @property
    def denied(self) -> bool:
        """Whether somebody who answers for it denies what others reported."""
        return self.against.signal.source_type in _ANSWERS and self.says.signal.source_type in _REPORTS


_ANSWERS = (SourceType.OFFICIAL, SourceType.COMPANY)
_REPORTS = (SourceType.OUTLET, SourceType.UNNAMED, SourceType.MEDIA)

# (stage, ahead) of the one and of the other, and what they then differ over. A wish (idea) that is refused is no contradiction:
# both may be true. Nor are "in force" and "stalled": what runs can be late.
_CALLED_OFF = ((Stage.ENDED, False),)
_DOUBTED = ((Stage.ENDED, True),)
_CONCLUDED = ((Stage.AGREED, False), (Stage.SIGNED, False))
_EXCLUDE: tuple[tuple[Over, tuple[tuple[Stage, bool], ...], tuple[tuple[Stage, bool], ...]], ...] = (
    (Over.REFUSAL, (*_CONCLUDED, (Stage.IN_FORCE, False)), _CALLED_OFF),
    (Over.DELAY, _CONCLUDED, ((Stage.STALLED, False),)),
    (Over.DECISION, _CONCLUDED, ((Stage.IDEA, False), (Stage.TALKS, False))),
    (Over.TALKS, ((Stage.TALKS, False),), _CALLED_OFF),
    (
        Over.OUTLOOK,
        ((Stage.AGREED, True), (Stage.SIGNED, True), (Stage.IN_FORCE, True)),
        (*_CALLED_OFF, *_DOUBTED, (Stage.STALLED, True)),
    ),
)
_OVER = {(one, other): over for over, ones, others in _EXCLUDE for one in ones for other in others}
_SIDES = frozenset(side for pair in _OVER for side in pair)

Speaker = tuple[str, frozenset[str]]
Counts = Callable[[Sighting, Sighting], bool]
# When a word was said, its state, the rank of what it rests on: all that decides, besides the speaker, what it excludes.
Cell = tuple[date, tuple[Stage, bool], int]
# Contradictions that are listed of one deal, the first ones. Every two speakers make one, so that a thousand against a thousand
# make a million, which nobody reads; set by eye, far above what a page or a picture shows.
MOST_CONTRADICTIONS = 1_000


@dataclass(frozen=True, slots=True)
class _Word:
    """One thing that a speaker says on a day; ``n`` is its place in the order of all."""

    n: int
    cell: Cell
    speaker: Speaker
    sighting: Sighting


def contradictions_of(standing: Collection[Sighting], window: int) -> tuple[Contradiction, ...]:
    """Return the pairs of words that exclude each other and fall within ``window`` days, in order of day.

    ``standing`` holds each voice's words once (``witnesses.claims``). Only what is said as certain or probable contradicts:
    "could" and "could not" may both be true. Nobody contradicts himself: a speaker who says something else than before has
    changed his word, and so has an outlet, be it for itself or by its unnamed sources. "Only talks" contradicts "agreed" only
    where it is no earlier, and on the same day only where it rests on more (talks in the morning may be agreed by the evening).
    Of each two speakers the first pair over each matter is given, and of all pairs the first ``MOST_CONTRADICTIONS``: where
    there are as many, there may be more. Takes time about linear in the number of words.
    """
    return tuple(islice(_pairs(_told(standing), window), MOST_CONTRADICTIONS))


def any_contradiction(standing: Collection[Sighting], window: int, counts: Counts) -> bool:
    """Say whether any contradiction counts, among all there are, those that are not listed included.

    ``counts`` is asked with two sightings, the one that says and the one that is against, and must depend on nothing but their
    days, authorities and certainties. It is asked about kinds of words before speakers are compared, so that this takes about
    linear time where the listing of all would not.
    """
    told = _told(standing)
    listed = list(islice(_pairs(told, window), MOST_CONTRADICTIONS))
    if any(counts(each.says, each.against) for each in listed):
        return True
    return len(listed) == MOST_CONTRADICTIONS and _any_beyond(told, window, counts)


def _told(standing: Collection[Sighting]) -> list[_Word]:
    """Return the words that can contradict, in order; what a speaker says again on the same day adds nothing."""
    words = sorted(
        (each for each in standing if each.signal.certainty is not Certainty.POSSIBLE and _state(each) in _SIDES),
        key=lambda each: (each.day, each.document, each.signal.start, each.signal.end, each.id),
    )
    told: dict[tuple[Cell, Speaker], Sighting] = {}
    for each in words:
        told.setdefault(((each.day, _state(each), each.authority.rank), _speaker(each)), each)
    return [_Word(n, cell, speaker, each) for n, ((cell, speaker), each) in enumerate(told.items())]


def _pairs(told: Sequence[_Word], window: int) -> Iterator[Contradiction]:
    """Yield the first pair of each two speakers over each matter, by the later word and then by the earlier."""
    seen: set[tuple[Over, Speaker, Speaker]] = set()
    by_cell: dict[Cell, list[_Word]] = {}
    opposed: dict[Cell, list[tuple[Over, bool, list[_Word]]]] = {}
    day = date.min
    for word in told:
        if word.cell[0] != day:
            day = word.cell[0]
            by_cell = {cell: words for cell, words in by_cell.items() if day - cell[0] <= timedelta(window)}
            opposed = {}
        if word.cell not in opposed:
            # Words of this day that come later join by themselves where their cell is known; a new cell is looked at below.
            opposed[word.cell] = [
                (*how, words) for cell, words in by_cell.items() if (how := _excludes(word.cell, cell)) is not None
            ]
        rows = [[(each.n, over, says, each) for each in words] for over, says, words in opposed[word.cell] if words]
        for _, over, says, before in merge(*rows, key=itemgetter(0)) if rows else ():
            one, other = (word, before) if says else (before, word)
            if (over, one.speaker, other.speaker) in seen or _one_speaker(one.speaker, other.speaker):
                continue
            seen.add((over, one.speaker, other.speaker))
            yield Contradiction(over, one.sighting, other.sighting)
        if word.cell not in by_cell:
            by_cell[word.cell] = []
            for cell, against in opposed.items():
                if (how := _excludes(cell, word.cell)) is not None:
                    against.append((*how, by_cell[word.cell]))
        by_cell[word.cell].append(word)


def _any_beyond(told: Sequence[_Word], window: int, counts: Counts) -> bool:
    """Say whether any contradiction counts, looking at kinds of words first and at speakers where a kind counts.

    Speakers who said the same kinds of words on the same days are one group: whether two of them excluded each other before
    is asked once for two groups.
    """
    said: dict[Speaker, list[_Word]] = {}
    for word in told:
        said.setdefault(word.speaker, []).append(word)
    group = {speaker: tuple(each.cell for each in words) for speaker, words in said.items()}
    kinds: dict[tuple[Cell, Certainty], dict[tuple[Cell, ...], list[_Word]]] = {}
    for word in told:
        kind = kinds.setdefault((word.cell, word.sighting.signal.certainty), {})
        kind.setdefault(group[word.speaker], []).append(word)
    first: dict[tuple[Over, tuple[Cell, ...], tuple[Cell, ...]], date] = {}
    begin, rows = 0, list(kinds.items())
    for n, ((cell, _), ones) in enumerate(rows):
        while cell[0] - rows[begin][0][0][0] > timedelta(window):
            begin += 1
        for (before, _), others in rows[begin:n]:
            how = _excludes(cell, before)
            if how is None:
                continue
            over, says = how
            for_it, against = (ones, others) if says else (others, ones)
            if not counts(_any_of(for_it).sighting, _any_of(against).sighting):
                continue
            for one, other in product(for_it, against):
                if (over, one, other) not in first:
                    first[over, one, other] = _first_day(over, one, other, window)
                if first[over, one, other] == cell[0] and any(
                    not _one_speaker(a.speaker, b.speaker)
                    and _is_first(over, a, b, said[a.speaker], said[b.speaker], window)
                    for a, b in product(for_it[one], against[other])
                ):
                    return True
    return False


def _any_of(groups: dict[tuple[Cell, ...], list[_Word]]) -> _Word:
    return next(iter(groups.values()))[0]


def _first_day(over: Over, ones: Sequence[Cell], others: Sequence[Cell], window: int) -> date:
    """Return the day on which speakers of these kinds of words first excluded each other over a matter; they do."""
    return min(
        max(one[0], other[0])
        for one in ones
        for other in others[slice(*_near(one, others, window))]
        if _excludes(one, other) == (over, True)
    )


def _near(cell: Cell, cells: Sequence[Cell], window: int) -> tuple[int, int]:
    """Return from where to where cells, in order of day, fall within so many days of one."""
    day = cell[0].toordinal()
    begin = bisect_left(cells, day - window, key=_ordinal)
    return begin, bisect_right(cells, day + window, lo=begin, key=_ordinal)


def _ordinal(cell: Cell) -> int:
    return cell[0].toordinal()


def _is_first(over: Over, says: _Word, against: _Word, ones: list[_Word], others: list[_Word], window: int) -> bool:
    """Say whether these are the first words of their two speakers that exclude each other over a matter."""
    pairs = (
        (max(one.n, other.n), min(one.n, other.n))
        for one, other in product(ones, others)
        if abs(one.cell[0] - other.cell[0]) <= timedelta(window) and _excludes(one.cell, other.cell) == (over, True)
    )
    return min(pairs) == (max(says.n, against.n), min(says.n, against.n))


def _excludes(one: Cell, other: Cell) -> tuple[Over, bool] | None:
    """Return what two kinds of words differ over and whether the one has the deal further; None where both may be true."""
    over, says = _OVER.get((one[1], other[1])), True
    if over is None:
        over, says = _OVER.get((other[1], one[1])), False
        one, other = other, one
    if over is not Over.DECISION:
        return None if over is None else (over, says)
    later = other[2] < one[2] if one[0] == other[0] else other[0] > one[0]
    return (over, says) if later else None


def _state(sighting: Sighting) -> tuple[Stage, bool]:
    return sighting.signal.stage, sighting.signal.ahead


def _speaker(sighting: Sighting) -> Speaker:
    """Return who speaks: somebody by name, or a place by its own voice or its unnamed sources."""
    words = speaker_words(sighting.signal.source or "")
    if words and sighting.signal.source_type not in (SourceType.OUTLET, SourceType.UNNAMED):
        return "named", words
    return "place", frozenset((place_of(sighting),))


def _one_speaker(one: Speaker, other: Speaker) -> bool:
    """Say whether two are one: a place and itself, or names of which one holds all words of the other."""
    return one[0] == other[0] and (one[1] <= other[1] or other[1] <= one[1])
