"""Time along a line: where a day lies, and which days are told below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paraph.show.pictures.drawing import width_of

__all__ = ["Scale", "Tick", "scale_of", "ticks"]

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# Steps of an axis, by unit; the smallest whose labels have room is taken. Weeks count as steps of seven days.
_DAYS, _MONTH_STEPS = (1, 2, 7, 14), (1, 2, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
# Free room between two labels, in units.
ROOM = 14.0
# No axis is shorter than this, so that a single day does not fill a whole picture.
LEAST_DAYS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Days from ``first`` to ``last`` (ordinals, the last excluded) laid from ``left`` to ``right``."""

    first: int
    last: int
    left: float
    right: float

    @property
    def day(self) -> float:
        """How wide one day is."""
        return (self.right - self.left) / (self.last - self.first)

    def at(self, day: date | int) -> float:
        """Return where a day begins."""
        ordinal = day if isinstance(day, int) else day.toordinal()
        return self.left + (ordinal - self.first) * self.day

    def middle(self, day: date) -> float:
        """Return where a day's noon lies."""
        return self.at(day) + self.day / 2


@dataclass(frozen=True, slots=True)
class Tick:
    """A day that is told below the axis; ``context`` is the month or year that begins with it, for a second line."""

    day: date
    label: str
    context: str = ""


def scale_of(first: date, last: date, left: float, right: float) -> Scale:
    """Return the scale from one day to another, both included, with some room at either side."""
    begin, end = first.toordinal(), last.toordinal() + 1
    pad = max((LEAST_DAYS - (end - begin) + 1) // 2, (end - begin) // 25, 1)
    begin, end = max(begin - pad, 1), min(end + pad, date.max.toordinal() + 1)
    return Scale(begin, end, left, right)


def ticks(scale: Scale) -> list[Tick]:
    """Return the days to tell, from days to millennia, with room between their labels; those outside are left out."""
    for step in _DAYS:
        if scale.day * step >= width_of("30") + ROOM and scale.last - scale.first <= 400 * step:
            return _days(scale, step)
    for step in _MONTH_STEPS:
        if scale.day * 28 * step >= width_of("May") + ROOM:
            return _months(scale, step)
    step = next((step for step in _YEARS if scale.day * 365 * step >= width_of("2025") + ROOM), _YEARS[-1])
    first, last = date.fromordinal(scale.first).year, date.fromordinal(scale.last - 1).year
    years = [year for year in range(first, last + 1) if year % step == 0]
    return [Tick(date(year, 1, 1), str(year)) for year in years if scale.first <= date(year, 1, 1).toordinal()]


def _days(scale: Scale, step: int) -> list[Tick]:
    told: list[Tick] = []
    month = ""
    for ordinal in range(scale.first, scale.last):
        day = date.fromordinal(ordinal)
        if step > 1 and (day.day - 1) % step:
            continue
        if step > 1 and scale.day * (_length(day) - day.day + 1) < width_of("30") + ROOM / 2 and day.day > 1:
            continue  # the first of the next month comes too soon after it
        now = f"{_MONTHS[day.month - 1]} {day.year}"
        told.append(Tick(day, str(day.day), now if now != month else ""))
        month = now
    return told


def _months(scale: Scale, step: int) -> list[Tick]:
    told: list[Tick] = []
    year = 0
    first, last = date.fromordinal(scale.first), date.fromordinal(scale.last - 1)
    for months in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        day = date(months // 12, months % 12 + 1, 1)
        if months % step or not scale.first <= day.toordinal() < scale.last:
            continue
        told.append(Tick(day, _MONTHS[day.month - 1], str(day.year) if day.year != year else ""))
        year = day.year
    return told


def _length(day: date) -> int:
    """Return how many days the day's month has."""
    if day.month == 12:
        return 31
    return date(day.year, day.month + 1, 1).toordinal() - date(day.year, day.month, 1).toordinal()
