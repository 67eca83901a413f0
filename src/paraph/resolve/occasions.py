"""Occasions found in the texts: what documents say of one visit or summit put together, named, and weighed.

Visits (``paraph.extract.visits``) of the same guest to the same hosts on the same days are one occasion, however many
documents tell of it; copies of one text are one voice. Its days are those that most voices give, a span before a single day.
A suggestion is only that: a person adds the occasion. Not handled: what ``paraph.extract.visits`` does not find; two meetings
of the same parties within two days, which become one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from paraph.extract.days import Precision
from paraph.extract.gazetteer import default_gazetteer
from paraph.extract.visits import Visit, find_visits
from paraph.model import Document, Kind, Occasion

__all__ = ["Dated", "Evidence", "Suggestion", "suggest"]


class Dated(Protocol):
    """A document with the day that counts for it (None where none is known) and the id of the one it is a copy of, or its own.

    The desk's documents are such.
    """

    @property
    def document(self) -> Document:
        """The document."""
        ...

    @property
    def day(self) -> date | None:
        """The day that counts for it."""
        ...

    @property
    def voice(self) -> str:
        """The id of the document that said it first."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence of a document that shows an occasion.

    ``quote`` is ``text[start:end]`` of the document with this id, its white space made single spaces.
    """

    document: str
    publisher: str | None
    start: int
    end: int
    quote: str

    def to_dict(self) -> dict[str, Any]:
        """Return the place as JSON-ready values."""
        return {
            "document": self.document,
            "publisher": self.publisher,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An occasion that texts speak of.

    ``voices`` is the number of independent documents, ``evidence`` one sentence of each, those that tell these days first.
    ``exact`` is false where only the week is known: the days are then that week's. ``confidence`` in 0..1 is set by rule, not
    learned.
    """

    occasion: Occasion
    confidence: float
    voices: int
    exact: bool
    evidence: tuple[Evidence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the suggestion as JSON-ready values: the occasion's keys first."""
        return self.occasion.to_dict() | {
            "confidence": self.confidence,
            "voices": self.voices,
            "exact": self.exact,
            "evidence": [evidence.to_dict() for evidence in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class _Told:
    """A visit as one document tells it."""

    visit: Visit
    voice: str
    evidence: Evidence
    official: bool


# What is told this long after its last day is history, and what begins this long after the day of telling is no plan yet.
# Set by eye: reports of outcomes come within two weeks.
_OVER_DAYS = 21
_AHEAD_DAYS = 300
# Two spans are of one visit where no more than a day lies between them: the eve and the day of departure.
_APART = timedelta(days=1)

# How sure a suggestion is, by how exactly the best of its voices tells the days, and what further voices and an official
# paper add. Set by eye on gold/train; benchmarks/occasions.py shows how often each was right.
_SURE = {Precision.DATE: 0.7, Precision.WEEKDAY: 0.6, Precision.WEEK: 0.35}
_SECOND_VOICE, _THIRD_VOICE, _OFFICIAL = 0.1, 0.1, 0.05

_MONTHS = "January February March April May June July August September October November December".split()


def suggest(
    documents: Iterable[Dated],
    *,
    known: Collection[Occasion] = (),
    name_of: Callable[[str], str] = str,
    since: date | None = None,
) -> list[Suggestion]:
    """Return the occasions that the documents speak of, the most voices first, then the earliest.

    What ``known`` has already, with the same parties and on the same days, is left out; with ``since``, what was over
    before that day as well. ``name_of`` gives the name of a party by its code, for titles ("Japan" for JP). The order of
    the documents does not matter.
    """
    told = sorted(
        (one for dated in documents for one in _told(dated) if since is None or one.visit.last >= since), key=_order
    )
    found = [_suggestion(group, name_of) for group in _groups(told)]
    fresh = [one for one in found if not any(_same(one.occasion, other) for other in known)]
    fresh.sort(key=lambda one: (-one.voices, -one.confidence, one.occasion.first, one.occasion.name))
    return _told_apart(fresh)


def _told(dated: Dated) -> list[_Told]:
    document = dated.document
    # The day on which an old page was added says nothing of the year that its "4 December" lies in.
    day = dated.day if document.published is not None else None
    found = []
    for visit in find_visits(document.text, day, document.title):
        if day is not None and not (
            visit.last >= day - timedelta(days=_OVER_DAYS) and visit.first <= day + timedelta(days=_AHEAD_DAYS)
        ):
            continue
        quote = " ".join(document.text[visit.start : visit.end].split())
        evidence = Evidence(document.id, document.publisher, visit.start, visit.end, quote)
        found.append(_Told(visit, dated.voice, evidence, document.kind is Kind.OFFICIAL))
    return found


def _order(told: _Told) -> tuple[Any, ...]:
    visit = told.visit
    return (list(Precision).index(visit.precision), visit.first, visit.last, told.evidence.document, visit.start)


def _groups(told: Sequence[_Told]) -> list[list[_Told]]:
    """Put together what is told of one occasion.

    What names its days is joined by them, through others if need be. What names only a week joins the first occasion of the
    same parties in that week, for it cannot tell two apart, or stands alone where there is none.
    """
    groups: list[list[_Told]] = []
    for one in told:  # the exact ones come first
        near = [group for group in groups if any(_is_one(one.visit, other.visit) for other in group)]
        if one.visit.precision is Precision.WEEK:
            near = near[:1]
        joined = [told for group in near for told in group]
        groups = [group for group in groups if not any(group is other for other in near)]
        groups.append([*joined, one])
    return groups


def _is_one(visit: Visit, other: Visit) -> bool:
    """Tell whether two visits have the same two parties and the same days, or lie within a day of each other."""
    parties, others = {visit.guest, *visit.hosts}, {other.guest, *other.hosts}
    same = (visit.guest in others and other.guest in parties) and len(parties & others) > 1
    # The summit of a bloc is not a visit to its host.
    same = same and (visit.sort == "summit") == (other.sort == "summit")
    return same and visit.first <= other.last + _APART and other.first <= visit.last + _APART


def _suggestion(group: list[_Told], name_of: Callable[[str], str]) -> Suggestion:
    group = sorted(group, key=_order)
    visits = [told.visit for told in group]
    precision = visits[0].precision
    first, last = _days([told for told in group if told.visit.precision is not Precision.WEEK] or group)
    hosts = tuple(dict.fromkeys(host for visit in visits for host in visit.hosts))
    parties = tuple(dict.fromkeys((*visits[0].hosts, visits[0].guest, *hosts)))
    place = _most((told.visit.place, told.voice) for told in group if told.visit.place)
    voices = {told.voice for told in group}
    group.sort(key=lambda told: (told.visit.first, told.visit.last) != (first, last))
    # One sentence a voice; those first that tell these very days, then the most exact.
    evidence = {told.voice: told.evidence for told in reversed(group)}
    sure = _SURE[precision] + _OFFICIAL * any(told.official for told in group)
    sure += _SECOND_VOICE * (len(voices) > 1) + _THIRD_VOICE * (len(voices) > 2)
    name = f"{_subject(group, place, name_of)}, {_MONTHS[first.month - 1]} {first.year}"
    return Suggestion(
        occasion=Occasion(name, parties, first, last, place),
        confidence=round(sure, 2),
        voices=len(voices),
        exact=precision is not Precision.WEEK,
        evidence=tuple(evidence[voice] for voice in dict.fromkeys(told.voice for told in group)),
    )


def _days(group: list[_Told]) -> tuple[date, date]:
    """Return the span that most voices give, the longest of those; of single days all from the first to the last."""
    spans: dict[tuple[date, date], set[str]] = defaultdict(set)
    for told in group:
        if told.visit.first < told.visit.last:
            spans[told.visit.first, told.visit.last].add(told.voice)
    if spans:
        return max(spans, key=lambda span: (len(spans[span]), span[1] - span[0], span))
    return min(told.visit.first for told in group), max(told.visit.last for told in group)


def _subject(group: list[_Told], place: str | None, name_of: Callable[[str], str]) -> str:
    """Return who meets where: "Putin in New Delhi", "SCO summit in Tianjin", "South Korea-United States summit"."""
    visit = group[0].visit
    where = place or " and ".join(map(name_of, visit.hosts))
    if visit.sort == "summit":
        return f"{visit.guest} summit in {where}"
    person = _most((_called(told.visit.who), told.voice) for told in group if told.visit.person)
    if person:
        return f"{person} in {where}"
    if any(told.visit.sort == "talks" for told in group):
        return f"{name_of(visit.hosts[0])}-{name_of(visit.guest)} summit"
    return f"{name_of(visit.guest)} in {where}"


def _most(named: Iterable[tuple[str | None, str]]) -> str | None:
    """Return the name that most voices use, the first in the alphabet of those."""
    counts = Counter(name for name, _ in sorted(set(named), key=str) if name)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def _called(who: str) -> str:
    """Return the surname by which a text goes on to call a person."""
    return default_gazetteer().called(who) or (who.title() if who.isupper() else who).split()[-1]


def _same(one: Occasion, other: Occasion) -> bool:
    return len(set(one.parties) & set(other.parties)) > 1 and one.first <= other.last and other.first <= one.last


def _told_apart(found: list[Suggestion]) -> list[Suggestion]:
    """Give the day to names that two suggestions would share."""
    shared = Counter(one.occasion.name for one in found)
    told = []
    for one in found:
        occasion = one.occasion
        if shared[occasion.name] > 1:
            subject = occasion.name.rsplit(", ", 1)[0]
            name = f"{subject}, {occasion.first.day} {_MONTHS[occasion.first.month - 1]} {occasion.first.year}"
            one = replace(one, occasion=replace(occasion, name=name))
        told.append(one)
    return told
