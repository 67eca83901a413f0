"""Days that running text names: "4-5 December", "from August 31 to September 1", "on Thursday", "next week".

A day without its year is the one nearest to the day of publication; a weekday is the nearest on the side that the tense says.
(``paraph.intake.dates`` reads the dates *of* a document, where every word must be understood.) Not handled: months alone,
days without their month ("on the 4th"), figures but ISO ("4/12"), feast days, "in three weeks".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from paraph.intake.dates import parse_when

__all__ = ["Days", "Precision", "find_days", "weekday_near"]


class Precision(StrEnum):
    """How exactly a text names its days."""

    DATE = "date"  # by day and month
    WEEKDAY = "weekday"  # by weekday, "today" or "tomorrow", so that the day of publication matters
    WEEK = "week"  # a week in which they lie


@dataclass(frozen=True, slots=True)
class Days:
    """Days named at ``text[start:end]``: ``first`` to ``last``, both included; equal for one day.

    ``weekday`` (Monday is 0) is set where a weekday alone names the day: ``first`` is then the next one, the day of
    publication included, and ``weekday_near`` gives the one before.
    """

    start: int
    end: int
    first: date
    last: date
    precision: Precision = Precision.DATE
    weekday: int | None = None


_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?"
    r"|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TO = r"(?:\s?[-–—]\s?|\s(?:to|and|until|till|through)\s|\s?&\s?)"
_YEAR = r"(?:,?\s(\d{4}))?"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

# The longer forms first: the first that fits at a place is taken.
_DATES = re.compile(
    rf"(?<![\w.])(?:"
    rf"(\d{{4}})-(\d{{2}})-(\d{{2}})(?![\d-])"
    rf"|({_DAY})\s({_MONTH}){_TO}({_DAY})\s({_MONTH}){_YEAR}"
    rf"|({_MONTH})\s({_DAY}){_TO}({_MONTH})\s({_DAY}){_YEAR}"
    rf"|({_DAY}){_TO}({_DAY})\s({_MONTH}){_YEAR}"
    rf"|({_MONTH})\s({_DAY}){_TO}({_DAY})(?!\d|\s?(?:%|percent|billion|million)){_YEAR}"
    rf"|({_DAY})\s(?:of\s)?({_MONTH}){_YEAR}"
    rf"|({_MONTH})\s({_DAY})(?!\d|[.,–-]\d|\s?(?:%|percent|billion|million)){_YEAR}"
    rf")(?!\w)"
)
_RELATIVE = re.compile(
    r"\b(?:(?P<day>today|tonight|tomorrow|yesterday)"
    rf"|(?:(?P<which>next|last)\s)?(?P<weekday>{'|'.join(day.capitalize() for day in _WEEKDAYS)})"
    r"|(?P<week>(?:(?:early|late|later|the end of)\s)?(?:this|next|last)\sweek))\b"
)
_NEAR = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
# A span longer than this is not a visit but a period ("from January 1 to December 31").
LONGEST_SPAN = 21


def find_days(text: str, published: date | None) -> list[Days]:
    """Return the days named in ``text`` in order of place; without ``published`` only those whose year is written."""
    found = []
    for hit in _DATES.finditer(text):
        if (span := _dates(hit.groups(), published)) is not None:
            found.append(Days(hit.start(), hit.end(), *span))
    if published is not None:
        taken = [(days.start, days.end) for days in found]
        for hit in _RELATIVE.finditer(text):
            if any(start <= hit.start() < end for start, end in taken):
                continue
            found.append(_relative(hit, published))
    return sorted(found, key=lambda days: days.start)


def weekday_near(published: date, weekday: int, ahead: bool) -> date:
    """Return the next such weekday (the day of publication included) or, where not ``ahead``, the latest."""
    away = (weekday - published.weekday()) % 7
    return published + timedelta(days=away if ahead or away == 0 else away - 7)


def _relative(hit: re.Match[str], published: date) -> Days:
    start, end = hit.span()
    if hit["day"]:
        day = published + timedelta(days=_NEAR[hit["day"].lower()])
        return Days(start, end, day, day, Precision.WEEKDAY)
    if hit["weekday"]:
        number = _WEEKDAYS.index(hit["weekday"].lower())
        if hit["which"] is None:
            day = weekday_near(published, number, True)
            return Days(start, end, day, day, Precision.WEEKDAY, number)
        day = weekday_near(published, number, hit["which"] == "next")
        if day == published:
            day += timedelta(days=7 if hit["which"] == "next" else -7)
        return Days(start, end, day, day, Precision.WEEKDAY)
    monday = published - timedelta(days=published.weekday())
    monday += timedelta(days={"next": 7, "last": -7}.get(hit["week"].lower().split()[-2], 0))
    return Days(start, end, monday, monday + timedelta(days=6), Precision.WEEK)


def _dates(groups: tuple[str | None, ...], published: date | None) -> tuple[date, date] | None:
    (y, m, d, *rest) = groups
    if y:
        day = _day(f"{y}-{m}-{d}")
        return (day, day) if day else None
    (
        d1,
        m1,
        d2,
        m2,
        year1,
        m3,
        d3,
        m4,
        d4,
        year2,
        d5,
        d6,
        m5,
        year3,
        m6,
        d7,
        d8,
        year4,
        d9,
        m7,
        year5,
        m8,
        d10,
        year6,
    ) = rest
    first, month, last, month_of_last, year = next(
        row
        for row in (
            (d1, m1, d2, m2, year1), (d3, m3, d4, m4, year2), (d5, m5, d6, m5, year3), (d7, m6, d8, m6, year4),
            (d9, m7, d9, m7, year5), (d10, m8, d10, m8, year6),
        )
        if row[0]
    )  # fmt: skip
    return _span(f"{first} {month}", f"{last} {month_of_last}", year, published)


def _span(first: str, last: str, year: str | None, published: date | None) -> tuple[date, date] | None:
    """Return the span in the year written, else in the year in which it lies nearest to the day of publication."""
    if year:
        end = _day(f"{last} {year}")
        start = _day(f"{first} {year}")
        if start and end and start > end:  # from December 30 to January 2, 2026
            start = _day(f"{first} {int(year) - 1}")
        spans = [(start, end)]
    elif published is None:
        return None
    else:
        spans = []
        for near in (published.year - 1, published.year, published.year + 1):
            start, end = _day(f"{first} {near}"), _day(f"{last} {near}")
            if start and end and start > end:
                end = _day(f"{last} {near + 1}")
            spans.append((start, end))
    known = [(start, end) for start, end in spans if start and end and (end - start).days <= LONGEST_SPAN]
    if not known:
        return None
    return min(known, key=lambda span: abs((span[0] - published).days) if published else 0)


def _day(text: str) -> date | None:
    when = parse_when(text.replace(".", ""))
    return when if isinstance(when, date) else None
