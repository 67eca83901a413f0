"""Visits and summits that a text speaks of with their days: who comes to whom, where and when.

A sentence is masked (names of people, places, nations and blocs and the days become single marks) and a few patterns are laid
over the mask. Only what names a guest, a host and a day in one sentence is taken: it is better to miss a visit than to make
one up. The patterns were written for this task and set by eye on gold/train. Not handled: visits told over several sentences
("The two-day visit …" below "Modi goes to Paris"), guests named by pronoun, visits between cities of one country.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Literal

from paraph.extract.days import Days, Precision, find_days, weekday_near
from paraph.extract.gazetteer import Mention, default_gazetteer
from paraph.extract.layout import read_layout
from paraph.extract.visit_patterns import (
    CALLED,
    CITY,
    DAYS,
    KINDS,
    MARK,
    MOST_MARKS,
    PATTERNS,
    PRIVATE,
    mark,
    number_of,
)

__all__ = ["Visit", "find_visits"]


@dataclass(frozen=True, slots=True)
class Visit:
    """A meeting that ``text[start:end]`` (a sentence) speaks of.

    ``guest`` and ``hosts`` are party codes, in the order found; for the summit of a bloc ``guest`` is the bloc, for a summit
    whose place is not told the sides are one each. ``who`` is the guest as the sentence names him or it, ``person`` tells
    that it is a person; ``place`` is the city or cities, None where only a country is named. ``open`` is true where only the
    first day is told ("begins on May 13"). ``sort`` is ``visit``, ``talks`` (a summit of two sides) or ``summit`` (a bloc's).
    """

    start: int
    end: int
    guest: str
    hosts: tuple[str, ...]
    who: str
    person: bool
    place: str | None
    first: date
    last: date
    precision: Precision
    open: bool = False
    sort: Literal["visit", "talks", "summit"] = "visit"


_TRIGGER = re.compile(
    r"\b(?:visit|trip|tour|journey|stay|summit|talks|travel|fl(?:y|ies|ew|ying)|head|com(?:e|ing)|came|go(?:es|ing)?|went"
    r"|arriv|land|touch|set|leav|left|due in|be in|is in|host|receiv|welcom|meet|sits?|delegation)"
)
# No visit, or one long past.
_CALLED_OFF = re.compile(
    r"\b(?:cancel(?:s|led|ed|ling)?|postpone[sd]?|called off|scrapp?ed|put off|skip(?:s|ped)?|will not|won['’]t|ruled out"
    r"|anniversary|no (?:visit|trip|date)|(?:visit|trip|summit|tour)(?: [^\s,;.]{1,20}){0,3} (?:in|of|since) (?:19|20)\d\d)\b",
    re.IGNORECASE,
)
# Who is asked to come has not said yes.
_INVITED = re.compile(r"\b(?:invit(?:ed|es|ing)|urged|asked) (?:[^\s,]{1,20} ){0,3}$")
_DURATION = re.compile(
    r"\b(two|three|four|five|six|[2-9])[- ]days?\b|\b(?:trip|visit|tour|stay) of (two|three|four|five|six|[2-9]) days",
    re.IGNORECASE,
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
# The day of speaking is not the day of the visit: "he said on Tuesday", "announced Friday".
_SPOKEN = re.compile(
    r"\b(?:said|told|says|announced|added|reported|confirmed|noted|wrote|posted|declared|stated|revealed|approved|cleared"
    r"|statement|briefing|interview|reporters|signed|agreed|spoke|published|issued|released)(?: [^\s,]{1,20}){0,3}? "
    r"(?:on |late |early )?$"
)
# Whether a weekday lies ahead or behind is told by the words of the sentence; where both are in it, by those for the future.
_AHEAD = re.compile(
    r"\b(?:will|to be|expected|set to|due|likely|ahead of|upcoming|before|plans?|scheduled|slated|may|could|poised|next|comes"
    r"|travels|visits|arrives|begins|starts|meets|hosts|hosting|heads|flies|lands|receives|welcomes|opens|about to"
    r"|prepar\w{1,6})\b"
)
_PAST = re.compile(
    r"\b(?:arrived|landed|began|visited|met|hosted|received|welcomed|travell?ed|flew|went|came|touched down|ended|concluded"
    r"|wrapped|wound up|signed|paid|left|made|was|were|had|held|agreed|unveiled|announced)\b"
)
_BEGINS = re.compile(
    r"\b(?:begin(?:s|ning)?|start(?:s|ing)?|from|arriv(?:e|es|ing|al|ed)|land(?:s|ed|ing)?|open(?:s|ing)?|kick(?:s|ing)? off"
    r"|sets? off|leav(?:es|ing)|left|touch(?:es|ed) down|first day)\b"
)
# Farther than this from the words of the visit a day belongs to something else. Set by eye.
_NEAR_CHARS = 45
# A sentence that has more visits of one form than this is no sentence.
_MOST_HITS = 8
# More hosts than this is a region, and no visit can be due in all of it.
_MOST_HOSTS = 4


def find_visits(text: str, published: date | None, title: str | None = None) -> list[Visit]:
    """Return the visits and summits of a text whose guest, host and days one sentence names, in order of place."""
    candidates = []
    for sentence in read_layout(text, title).sentences:
        words = text[sentence.start : sentence.end]
        if _TRIGGER.search(words) and not _CALLED_OFF.search(words) and (days := find_days(words, published)):
            candidates.append((sentence, words, days))
    if not candidates:
        return []
    mentions = default_gazetteer().find(text)
    starts = [mention.start for mention in mentions]
    found = []
    for sentence, words, days in candidates:
        inside = mentions[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        found += _in_sentence(_mask(words, sentence.start, inside, days), sentence.start, sentence.end, published)
    return found


@dataclass(frozen=True, slots=True)
class _Named:
    """What a mark of a masked sentence stands for: a name with its party codes, or days."""

    words: str
    codes: tuple[str, ...] = ()
    kind: str = ""
    days: Days | None = None

    @property
    def is_city(self) -> bool:
        return self.kind in ("capital", "city")


@dataclass(frozen=True, slots=True)
class _Masked:
    """A sentence in which names and days are marks; the mark with number n stands for ``named[n]``."""

    text: str
    named: tuple[_Named, ...]

    def of(self, words: str | None) -> list[_Named]:
        """Return what the marks in a piece of the mask stand for, in order."""
        return [self.named[number_of(piece)] for piece in MARK.findall(words or "")]


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a meeting: its codes, and what it is called."""

    codes: tuple[str, ...]
    name: str = ""
    person: bool = False
    cities: tuple[_Named, ...] = ()


def _mask(words: str, offset: int, mentions: list[Mention], days: list[Days]) -> _Masked:
    units = [(day.start, day.end, "t", _Named(words[day.start : day.end], days=day)) for day in days]
    for mention in mentions:
        start, end, kind = mention.start - offset, mention.end - offset, KINDS.get(mention.kind)
        # "May" and "March" are months before they are names.
        if kind and not any(start < day.end and day.start < end for day in days):
            units.append((start, end, kind, _Named(words[start:end], mention.codes, mention.kind)))
    units = sorted(units, key=lambda unit: unit[0])[:MOST_MARKS]
    parts, at = [], 0
    for number, (start, end, kind, _) in enumerate(units):
        parts += [PRIVATE.sub(" ", words[at:start]), mark(kind, number)]
        at = end
    parts.append(PRIVATE.sub(" ", words[at:]))
    return _Masked(" ".join("".join(parts).split()), tuple(named for *_, named in units))


def _in_sentence(masked: _Masked, start: int, end: int, published: date | None) -> list[Visit]:
    told: list[tuple[int, int, Visit]] = []
    for rank, pattern in enumerate(PATTERNS):
        for hit in islice(pattern.finditer(masked.text), _MOST_HITS):
            if (one := _visit(masked, hit, start, end, published)) is not None:
                told.append((one[0], rank, one[1]))
    found: list[Visit] = []
    # Of the same visit told twice, and of two patterns over the same words, the one nearest to its days counts.
    for _, _, visit in sorted(told, key=lambda one: one[:2]):
        if not any(
            visit.guest in (other.guest, *other.hosts) and {other.guest, *other.hosts} & set(visit.hosts)
            for other in found
        ):
            found.append(visit)
    return found


def _visit(
    masked: _Masked, hit: re.Match[str], start: int, end: int, published: date | None
) -> tuple[int, Visit] | None:
    """Return the visit of a match and how far its days stand from its words."""
    groups = hit.groupdict()
    if _INVITED.search(masked.text[: hit.start()]) or (sides := _sides(masked, groups)) is None:
        return None
    guest, host = sides
    hosts = tuple(code for code in host.codes if code not in guest.codes)
    if len(guest.codes) != 1 or not 0 < len(hosts) <= _MOST_HOSTS:
        return None
    if (when := _when(masked, hit, published)) is None:
        return None
    away, first, last, precision, is_open = when
    cities = [city.words for city in host.cities if set(city.codes) <= set(hosts)]
    return away, Visit(
        start=start,
        end=end,
        guest=guest.codes[0],
        hosts=hosts,
        who=guest.name,
        person=guest.person,
        place=", ".join(cities) or _city(masked, hosts),
        first=first,
        last=last,
        precision=precision,
        open=is_open,
        sort="summit" if groups.get("bloc") else "talks" if groups.get("pair") and not guest.person else "visit",
    )


def _sides(masked: _Masked, groups: dict[str, str | None]) -> tuple[_Side, _Side] | None:
    """Return guest and host of a match, None where it has not both."""
    places = masked.of(groups.get("hosts"))
    host = _Side(
        tuple(dict.fromkeys(code for place in places for code in place.codes)),
        cities=tuple(place for place in places if place.is_city),
    )
    if named := masked.of(groups.get("pair")):
        sides = [_Side(side.codes, side.words, side.kind == "person") for side in named]
        return _guest_of(host, sides) if host.codes else (sides[1], sides[0])
    if named := masked.of(groups.get("bloc")):
        return _Side(named[0].codes, named[0].words), host
    guest = _side(masked, groups["who"] or "")
    if other := groups.get("other"):
        # Without a place the one who receives is at home.
        return _guest_of(host, [guest, _side(masked, other)]) if host.codes else (guest, _side(masked, other))
    return guest, host


def _side(masked: _Masked, words: str) -> _Side:
    """Return one side by the person's name where there is one, else by the nation's."""
    named = masked.of(words)
    for one in named:
        if one.kind == "person":
            return _Side(one.codes, one.words, True)
    called = CALLED.search(words)
    return _Side(named[0].codes, called[1].strip() if called else named[0].words, called is not None)


def _guest_of(host: _Side, sides: list[_Side]) -> tuple[_Side, _Side] | None:
    """Return the side that is not at home at the host's, and the host; None where both are at home or neither."""
    away = [side for side in sides if not set(side.codes) & set(host.codes)]
    return (away[0], host) if len(away) == 1 else None


def _city(masked: _Masked, hosts: tuple[str, ...]) -> str | None:
    """Return the hosts' only city that the sentence says something happens in."""
    named = [named for hit in CITY.finditer(masked.text) for named in masked.of(hit[0])]
    cities = {city.words for city in named if city.is_city and set(city.codes) <= set(hosts)}
    return cities.pop() if len(cities) == 1 else None


def _when(
    masked: _Masked, hit: re.Match[str], published: date | None
) -> tuple[int, date, date, Precision, bool] | None:
    """Return the days nearest to the words of the visit, exact ones before others: how far away, and whether the end is open."""
    text = masked.text
    near: list[tuple[int, int, int, Days]] = []
    for found in DAYS.finditer(text):
        days = masked.of(found[0])[0].days
        away = max(found.start() - hit.end(), hit.start() - found.end(), 0)
        if days is None or away > _NEAR_CHARS:
            continue
        if days.precision is Precision.DATE or not _SPOKEN.search(text[: found.start()]):
            near.append((list(Precision).index(days.precision), away, found.start(), days))
    if not near:
        return None
    _, away, at, days = min(near, key=lambda one: one[:3])
    first, last = days.first, days.last
    if days.weekday is not None and published is not None:
        first = last = weekday_near(published, days.weekday, bool(_AHEAD.search(text)) or not _PAST.search(text))
    duration = _DURATION.search(text[max(0, hit.start() - _NEAR_CHARS) : hit.end() + _NEAR_CHARS])
    if duration and first == last:
        number = (duration[1] or duration[2]).lower()
        return away, first, first + timedelta(days=(_NUMBERS.get(number) or int(number)) - 1), days.precision, False
    around = f"{text[max(0, hit.start() - _NEAR_CHARS) : hit.end()]} {text[max(0, at - _NEAR_CHARS) : at]}"
    return away, first, last, days.precision, first == last and _BEGINS.search(around) is not None
