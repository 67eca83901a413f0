"""Every signal that lies ahead is a forecast: which occasion it is for, what it foretold, and whether that came.

What came true (``CAME``), by what was foretold and what the occasion brought::

    foretold (ahead)   signed  agreed  advanced  absent  refused
    idea, talks        yes     yes     yes       no      no
    agreed             yes     yes     no        no      no
    signed             yes     no      no        no      no
    in force           yes     yes     no        no      no        (what shall run has to be settled first)
    stalled            no      no      yes       yes     yes       (it would not be settled yet)
    ended              no      no      no        yes     yes

**Which occasion.** The first one that ends on the forecast's day or later, within ``forecast_days``, and whose parties fit: at
least two of them, or the only one that the text names. A forecast counts if it was made before the first day of that occasion;
on the first day of an occasion of several days it still counts unless what settled the deal is of that day or earlier; made
later it is no forecast any more, neither for this occasion nor for the next. Only an occasion whose last day is past counts,
whatever is known before: a yes comes early and a no comes late.

**What is no forecast.** What had been reached before: where an official paper or person, two independent witnesses or the same
publisher had said by then that the deal is as far as foretold, or further. What nothing was found out about. And what the
engine itself doubts to be a signal (below ``word_confidence``).

**What counts once.** Copies are their voice's. For a publisher's card the first forecast of each owner on each deal and
occasion counts, whatever it says later; for a speaker's card the first by whomever it was printed. Taking words back does not
undo a forecast, so vanished sightings count; words added to a page later are of the day on which they were added
(``Sighting.day``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from paraph.model import (
    Authority,
    Certainty,
    Deal,
    Instrument,
    Occasion,
    Outcome,
    Sector,
    Sighting,
    SourceType,
    Stage,
    Verdict,
)
from paraph.resolve.witnesses import place_of, speaker_words, witnesses
from paraph.settings import Settings

__all__ = [
    "CAME",
    "IMPLIED",
    "Forecast",
    "Note",
    "Specificity",
    "came_true",
    "forecasts_of",
    "occasion_of",
    "speaker_of",
    "specificity_of",
]

_MADE = frozenset((Outcome.SIGNED, Outcome.AGREED))
CAME: Mapping[Stage, frozenset[Outcome]] = {
    Stage.IDEA: _MADE | {Outcome.ADVANCED},
    Stage.TALKS: _MADE | {Outcome.ADVANCED},
    Stage.AGREED: _MADE,
    Stage.SIGNED: frozenset((Outcome.SIGNED,)),
    Stage.IN_FORCE: _MADE,
    Stage.STALLED: frozenset((Outcome.ADVANCED, Outcome.ABSENT, Outcome.REFUSED)),
    Stage.ENDED: frozenset((Outcome.ABSENT, Outcome.REFUSED)),
}

# What the words promise. "Probable" is the 75 % of Sherman Kent's scale ("Words of Estimative Probability", 1964) and "certain"
# stands where his "almost certain" does (93), since nobody can be surer of another's signature; he gives "possible" none, and
# 0.4 is our reading: rather not, but not remote. What the words were worth is learned beside it (statistics.learned).
IMPLIED: Mapping[Certainty, float] = {
    Certainty.CERTAIN: 0.93,
    Certainty.PROBABLE: 0.75,
    Certainty.POSSIBLE: 0.40,
}


class Specificity(StrEnum):
    """How much a forecast commits itself: to a name or a number, to a subject, or to no more than that there will be a deal."""

    NAMED = "named"
    TOPIC = "topic"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Note:
    """What must be known of a sighting beyond itself: its wording, and how specific it is."""

    wording: str = ""
    specificity: Specificity = Specificity.TOPIC


@dataclass(frozen=True, slots=True)
class Forecast:
    """One forecast that is past its day.

    ``id`` is that of its sighting. ``publisher`` is the owner who answers for it, ``source`` whom it names ("" for the outlet
    itself). ``lead`` is the number of days from the forecast to the occasion's last day. ``came`` says whether what was foretold
    came. ``of_owner`` is true for the first of its owner on this deal and occasion, ``of_source`` for the first of its speaker:
    cards by source count the one, all others the other.
    """

    id: str
    occasion: str
    deal: str
    day: date
    lead: int
    publisher: str
    source: str
    source_type: SourceType
    stage: Stage
    certainty: Certainty
    wording: str
    sector: Sector
    instrument: Instrument
    parties: tuple[str, ...]
    specificity: Specificity
    outcome: Outcome
    came: bool
    of_owner: bool = True
    of_source: bool = True


def came_true(stage: Stage, outcome: Outcome) -> bool:
    """Say whether what was foretold came, by the table at the head of this module."""
    return outcome in CAME[stage]


def specificity_of(names: Collection[str], numbers: Collection[str], words: Collection[str]) -> Specificity:
    """Return how specific a signal is by what its anchor holds (``link.Traits``): a name or number, a subject, or neither."""
    if names or numbers:
        return Specificity.NAMED
    return Specificity.TOPIC if words else Specificity.GENERAL


def occasion_of(
    day: date, parties: Collection[str], occasions: Iterable[Occasion], forecast_days: int
) -> Occasion | None:
    """Return the occasion that something foretold on a day between these parties is due at; None where there is none.

    It is the first by its last day (then first day and name) of those that are not over on that day, end within ``forecast_days``
    and have two of the parties, or the only one given. What is due at some other day that the text names is not understood.
    """
    fitting = [
        each
        for each in occasions
        if 0 <= (each.last - day).days <= forecast_days
        and parties
        and len(set(parties) & set(each.parties)) >= min(2, len(set(parties)))
    ]
    return min(fitting, key=lambda each: (each.last, each.first, each.name), default=None)


def forecasts_of(
    deals: Iterable[Deal],
    occasion: Occasion,
    verdicts: Mapping[str, Verdict],
    occasions: Sequence[Occasion],
    *,
    today: date,
    settings: Settings,
    notes: Mapping[str, Note] | None = None,
) -> list[Forecast]:
    """Return the forecasts that came due at an occasion, with what came; in order of day and id.

    ``verdicts`` are those of the occasion by deal id; deals without one are left out, and so is everything while the occasion's
    last day is not past. ``occasions`` are all that are known, so that what was due at another is not held against this one.
    ``notes`` by sighting id add what the sightings do not hold. See the module's text for the rules. Takes time about linear in
    the sightings; does not depend on their order.
    """
    if today <= occasion.last:
        return []
    notes = notes or {}
    others = [*{each.name: each for each in (*occasions, occasion)}.values()]
    found: list[Forecast] = []
    for deal in deals:
        verdict = verdicts.get(deal.id)
        if verdict is None:
            continue
        reached = _Reached([each for each in deal.sightings if each.signal.confidence >= settings.word_confidence])
        for each in deal.sightings:
            if not _due(each, deal, occasion, others, verdict, settings) or reached.known(each):
                continue
            found.append(_forecast(each, deal, occasion, verdict, notes.get(each.id, Note())))
    return _first_seen(found, {each.id: each for deal in deals for each in deal.sightings})


def speaker_of(sighting: Sighting) -> str:
    """Return who speaks, as speakers are counted: by name in small letters, unnamed sources by their outlet, "" for an outlet."""
    kind = sighting.signal.source_type
    if kind is SourceType.OUTLET or not sighting.signal.source:
        return ""
    if kind is SourceType.UNNAMED:
        return f"unnamed sources ({place_of(sighting)})"
    return " ".join(sighting.signal.source.casefold().split())


_LADDER = (Stage.IDEA, Stage.TALKS, Stage.AGREED, Stage.SIGNED, Stage.IN_FORCE)


def _due(
    sighting: Sighting,
    deal: Deal,
    occasion: Occasion,
    occasions: Sequence[Occasion],
    verdict: Verdict,
    settings: Settings,
) -> bool:
    """Say whether a sighting is a forecast for this occasion, made in time, in words of its publisher's own."""
    if not sighting.signal.ahead or sighting.document != sighting.voice:
        return False
    if sighting.signal.confidence < settings.word_confidence:
        return False
    due = occasion_of(sighting.day, sighting.signal.parties or deal.parties, occasions, settings.forecast_days)
    if due is None or due.name != occasion.name:
        return False
    if sighting.day < occasion.first:
        return True
    if sighting.day > occasion.first or occasion.first == occasion.last:
        return False
    return verdict.evidence is None or verdict.evidence.day > sighting.day


class _Reached:
    """From when on it was known that a deal is as far as some stage, or further."""

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self._said = [
            each
            for each in sightings
            if not each.signal.ahead and each.signal.certainty is not Certainty.POSSIBLE and each.document == each.voice
        ]
        self._from: dict[Stage, tuple[date, dict[str, date]]] = {}

    def known(self, sighting: Sighting) -> bool:
        """Say whether what a sighting foretells was known to all, or said by its own publisher, by its day."""
        stage = sighting.signal.stage
        if stage not in self._from:
            self._from[stage] = self._since(stage)
        all_know, by_place = self._from[stage]
        return min(all_know, by_place.get(place_of(sighting), date.max)) <= sighting.day

    def _since(self, stage: Stage) -> tuple[date, dict[str, date]]:
        reached = _LADDER[_LADDER.index(stage) :] if stage in _LADDER else (stage,)
        said = sorted((each for each in self._said if each.signal.stage in reached), key=lambda each: each.day)
        by_place: dict[str, date] = {}
        firsts: dict[tuple[str, frozenset[str]], Sighting] = {}
        all_know = date.max
        for each in said:
            by_place.setdefault(place_of(each), each.day)
            if all_know < date.max:
                continue
            new = (place_of(each), speaker_words(speaker_of(each))) not in firsts
            firsts.setdefault((place_of(each), speaker_words(speaker_of(each))), each)
            if each.authority.rank <= Authority.SPOKESPERSON.rank or (
                new and witnesses(list(firsts.values())).independent >= 2
            ):
                all_know = each.day
        return all_know, by_place


def _forecast(sighting: Sighting, deal: Deal, occasion: Occasion, verdict: Verdict, note: Note) -> Forecast:
    signal = sighting.signal
    return Forecast(
        id=sighting.id,
        occasion=occasion.name,
        deal=deal.id,
        day=sighting.day,
        lead=(occasion.last - sighting.day).days,
        publisher=place_of(sighting),
        source=speaker_of(sighting),
        source_type=signal.source_type,
        stage=signal.stage,
        certainty=signal.certainty,
        wording=note.wording,
        sector=deal.sector,
        instrument=deal.instrument,
        parties=tuple(sorted(set(signal.parties or deal.parties))),
        specificity=note.specificity,
        outcome=verdict.outcome,
        came=came_true(signal.stage, verdict.outcome),
    )


def _first_seen(found: Iterable[Forecast], sightings: Mapping[str, Sighting]) -> list[Forecast]:
    """Mark the first forecast of each owner and of each speaker on a deal; leave out what is the first of neither."""

    def place(forecast: Forecast) -> tuple[object, ...]:
        sighting = sightings[forecast.id]
        return forecast.day, sighting.document, sighting.signal.start, sighting.signal.end, forecast.id

    owners: set[tuple[str, str]] = set()
    speakers: set[tuple[str, str]] = set()
    kept = []
    for each in sorted(found, key=place):
        of_owner = (each.publisher, each.deal) not in owners
        of_source = bool(each.source) and (each.source, each.deal) not in speakers
        owners.add((each.publisher, each.deal))
        speakers.add((each.source, each.deal))
        if of_owner or of_source:
            kept.append(replace(each, of_owner=of_owner, of_source=of_source))
    return kept
