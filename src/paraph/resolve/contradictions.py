"""Words on one deal that exclude each other: who says it is done and who says it is not, shown as such."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from paraph.model import Certainty, Sighting, SourceType, Stage
from paraph.resolve.witnesses import place_of, speaker_words

__all__ = ["Contradiction", "Over", "contradictions_of"]


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
# When a word was said, its state, by whom, and the rank of what it rests on.
Told = tuple[date, tuple[Stage, bool], Speaker, int]


def contradictions_of(standing: Collection[Sighting], window: int) -> tuple[Contradiction, ...]:
    """Return the pairs of words that exclude each other and fall within ``window`` days, in order of day.

    ``standing`` holds each voice's words once (``witnesses.claims``). Only what is said as certain or probable contradicts:
    "could" and "could not" may both be true. Nobody contradicts himself: a speaker who says something else than before has
    changed his word, and so has an outlet, be it for itself or by its unnamed sources. "Only talks" contradicts "agreed" only
    where it is no earlier, and on the same day only where it rests on more (talks in the morning may be agreed by the evening).
    Of each two speakers the first pair over each matter is given. Looks at every two words within the window.
    """
    words = sorted(
        (each for each in standing if each.signal.certainty is not Certainty.POSSIBLE and _state(each) in _SIDES),
        key=lambda each: (each.day, each.document, each.signal.start, each.signal.end, each.id),
    )
    told: dict[Told, Sighting] = {}
    for each in words:  # what a speaker says again on the same day adds nothing
        told.setdefault((each.day, _state(each), _speaker(each), each.authority.rank), each)
    found: dict[tuple[Over, Speaker, Speaker], Contradiction] = {}
    rows = list(told.items())
    begin = 0
    for n, (later, word) in enumerate(rows):
        while later[0] - rows[begin][0][0] > timedelta(window):
            begin += 1
        for earlier, before in rows[begin:n]:
            over = _OVER.get((earlier[1], later[1]))
            if over is not None:
                if (over, earlier[2], later[2]) not in found and _excludes(over, earlier, later):
                    found[over, earlier[2], later[2]] = Contradiction(over, before, word)
                continue
            over = _OVER.get((later[1], earlier[1]))
            if over is not None and (over, later[2], earlier[2]) not in found and _excludes(over, later, earlier):
                found[over, later[2], earlier[2]] = Contradiction(over, word, before)
    return tuple(found.values())


def _excludes(over: Over, says: Told, against: Told) -> bool:
    if _one_speaker(says[2], against[2]):
        return False
    if over is not Over.DECISION:
        return True
    if says[0] == against[0]:
        return against[3] < says[3]
    return against[0] > says[0]


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
