"""The flow of deals over the years: when they were first spoken of, and where they stand now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paraph.model import Stage
from paraph.show.pictures.drawing import number, rect, share, spread, text, titled
from paraph.show.pictures.picture import Picture, empty_picture, named, picture_of
from paraph.show.safe import line
from paraph.show.words import STAGES, count

__all__ = ["COLUMNS", "LAPSED", "Counts", "cohorts"]

# Beside the stages: what nobody speaks of any more, and what is to be signed or in force but is not yet.
LAPSED, AHEAD = "lapsed", "ahead"
# How many deals: by the year (or the month, "2025-12") in which they were first spoken of, and where they stand now.
Counts = Mapping[tuple[int | str, Stage | str], int]

COLUMNS = ("first_spoken_of", "stands", "deals", "of_all")

# From the ground up: what is done, what is on the table, what came to nothing. Look of each, and whether it is hatched.
_STANDS: dict[str, tuple[str, bool]] = {
    Stage.IN_FORCE: ("full", False),
    Stage.SIGNED: ("half gap", False),
    AHEAD: ("pale edge", True),
    Stage.AGREED: ("pale gap", False),
    Stage.TALKS: ("grey gap", False),
    Stage.IDEA: ("dim gap", False),
    Stage.STALLED: ("bare edge", True),
    Stage.ENDED: ("grey edge", True),
    LAPSED: ("bare gone", False),
}
_TOLD = {key: key if key in (LAPSED, AHEAD) else STAGES[Stage(key)] for key in _STANDS}

# Columns: more are put together (two, five, ten years ...); each is so broad with its space, and no broader than BROAD.
MOST, STEP, BROAD, SPACE = 24, 34.0, 64.0, 0.22
# The height of the highest column, room above for counts, and at the right for the names of where deals stand.
HEIGHT, TOP, LEFT, RIGHT = 250.0, 26.0, 6.0, 128.0
# A drawing wider than this scrolls on a phone rather than shrink.
NARROW_WIDTH = 520.0
# So broad at least, or a page would blow a single column up to fill its place.
LEAST = 480.0
# A count is written into a part that is at least so high; names at the right keep this distance.
ROOM, NEAR = 15.0, 17.0
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class _Column:
    label: str
    counts: Mapping[str, int]

    @property
    def n(self) -> int:
        return sum(self.counts.values())


def cohorts(title: str, counts: Counts) -> Picture:
    """Return the picture of a column for each year (or month) in which deals were first spoken of, by where they stand now.

    Years without deals between others are shown as such. Too many columns are put together. Raises ValueError for a month that is
    not written as "2025-12", for a stand that is no stage and not "lapsed" or "ahead", and for a negative count.
    """
    kept: Counter[tuple[int, str]] = Counter()
    months = any(isinstance(when, str) for when, _ in counts)
    for (when, stands), n in counts.items():
        if n < 0:
            raise ValueError("a count of deals is negative")
        if stands not in _STANDS:
            raise ValueError(f"{stands!r} is neither a stage nor {LAPSED!r} or {AHEAD!r}")
        if n:
            kept[_ordinal(when, months), str(stands)] += n
    columns = _columns(kept, months)
    name = f"cohorts-{named(title)}"
    if not columns:
        return empty_picture(name, title, "No deal here has been spoken of yet.", columns=COLUMNS, look="cohorts")
    step = max(min((640 - LEFT) / len(columns), BROAD), STEP)
    unit = HEIGHT / max(column.n for column in columns)
    pattern = f"{name}-hatch"
    ground = TOP + HEIGHT
    body: list[str] = []
    for n, column in enumerate(columns):
        body += _drawn(column, LEFT + step * n + step * SPACE / 2, step * (1 - SPACE), ground, unit, pattern, n == 0)
    end = LEFT + step * len(columns)
    body.append(f'<path class="axis" d="M{number(LEFT)} {number(ground)}H{number(end)}"/>')
    body += _names(columns, end, ground, unit, pattern)
    defs = (
        f'<pattern id="{pattern}" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="M-1 1l2 -2M0 6l6 -6M5 7l2 -2"/></pattern>'
    )
    return picture_of(
        name,
        line(title),
        "".join(body),
        size=(max(end + RIGHT, LEAST), ground + (44 if "-" in columns[0].label else 28)),
        alt=_alt(title, columns),
        caption="One column for the deals first spoken of in each "
        + ("month" if "-" in columns[0].label else "span of years" if "–" in columns[0].label else "year")
        + ", by where they stand now; its number is how many there are.",
        columns=COLUMNS,
        rows=[
            {"first_spoken_of": column.label, "stands": key, "deals": column.counts[key], "of_all": column.n}
            for column in columns
            for key in _STANDS
            if column.counts.get(key)
        ],
        look="cohorts" + (" broad" if end + RIGHT > NARROW_WIDTH else ""),
        defs=defs,
    )


def _ordinal(when: int | str, months: bool) -> int:
    """Return a year's number or, where there are months, a month's; a year among months counts as its January."""
    if isinstance(when, int):
        return when * 12 if months else when
    year, _, month = when.partition("-")
    if not (year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
        raise ValueError(f"{when!r} is no month; write it as 2025-12")
    return int(year) * 12 + int(month) - 1


def _columns(kept: Mapping[tuple[int, str], int], months: bool) -> list[_Column]:
    if not kept:
        return []
    first, last = min(when for when, _ in kept), max(when for when, _ in kept)
    if months and last - first >= MOST:
        years: Counter[tuple[int, str]] = Counter()
        for (when, stands), n in kept.items():
            years[when // 12, stands] += n
        return _columns(years, False)
    span = next((span for span in _YEARS if last // span - first // span < MOST), _YEARS[-1])
    groups: dict[int, Counter[str]] = {n: Counter() for n in range(first // span, last // span + 1)}
    for (when, stands), n in kept.items():
        groups[when // span][stands] += n
    return [_Column(_label(n * span, span, months), group) for n, group in groups.items()]


def _label(when: int, span: int, months: bool) -> str:
    if months:
        return f"{when // 12}-{when % 12 + 1:02d}"
    return str(when) if span == 1 else f"{when}–{when + span - 1}"


def _drawn(column: _Column, x: float, wide: float, ground: float, unit: float, pattern: str, first: bool) -> list[str]:
    marks, y = [], ground
    for key, (look, hatched) in _STANDS.items():
        n = column.counts.get(key, 0)
        if not n:
            continue
        high = n * unit
        y -= high
        part = rect(x, y, wide, high, look) + (rect(x, y, wide, high, "", pattern) if hatched else "")
        marks.append(titled(part, f"{column.label}, {_TOLD[key]}: {share(n, column.n)}"))
        if high >= ROOM and wide >= 20:
            on = " on-full" if key == Stage.IN_FORCE else " halo" if hatched else ""
            marks.append(text(x + wide / 2, y + high / 2 + 4.3, f"{n:,}", "small middle" + on))
    marks.append(text(x + wide / 2, y - 6, f"{column.n:,}", "strong middle"))
    below, year = _below(column.label)
    marks.append(text(x + wide / 2, ground + 18, below, "small middle quiet"))
    if year and (first or column.label.endswith("-01")):
        marks.append(text(x + wide / 2, ground + 34, year, "small middle"))
    return marks


def _below(label: str) -> tuple[str, str]:
    """Return what stands below a column, and the year below that: ("2016", ""), ("2010–", ""), ("Jan", "2025")."""
    if "–" in label:
        return label.partition("–")[0] + "–", ""
    year, _, month = label.partition("-")
    return (_MONTHS[int(month) - 1], year) if month else (year, "")


def _names(columns: Sequence[_Column], end: float, ground: float, unit: float, pattern: str) -> list[str]:
    """Name where deals stand beside the last column, each at its part or, where that has none, in its order."""
    last = columns[-1]
    wanted, y = [], ground
    used = [key for key in _STANDS if any(column.counts.get(key) for column in columns)]
    for key in used:
        high = last.counts.get(key, 0) * unit
        wanted.append(y - high / 2)
        y -= high
    # From the top down, as places are given in order; the ground is the lowest.
    places = spread(list(reversed(wanted)), NEAR, TOP, ground - 6)
    marks = []
    for key, at in zip(reversed(used), places, strict=True):
        look, hatched = _STANDS[key]
        box = rect(end + 12, at - 6, 12, 12, look) + (rect(end + 12, at - 6, 12, 12, "", pattern) if hatched else "")
        marks.append(
            box + text(end + 30, at + 4.5, _TOLD[key], "strong" if key in (Stage.IN_FORCE, Stage.SIGNED) else "")
        )
    return marks


def _alt(title: str, columns: Sequence[_Column]) -> str:
    whole = sum(column.n for column in columns)
    stands = {key: sum(column.counts.get(key, 0) for column in columns) for key in _STANDS}
    now = "; ".join(f"{_TOLD[key]} {share(n, whole)}" for key, n in stands.items() if n)
    what = "month" if "-" in columns[0].label else "year"
    by = "; ".join(f"{column.label}: {column.n:,}" for column in columns)
    return (
        f"{line(title)}: {count(whole, 'deal')} by the {what} in which they were first spoken of. Where they stand now: {now}. "
        f"First spoken of in {by}."
    )
