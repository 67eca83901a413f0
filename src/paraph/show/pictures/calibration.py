"""The calibration curve: what the words promised, and how often it came true."""

from __future__ import annotations

from collections.abc import Sequence

from paraph.resolve.scorecards import Bin
from paraph.show.pictures.drawing import number, text, titled
from paraph.show.pictures.picture import Picture, empty_picture, picture_of
from paraph.show.words import CERTAINTIES, count

__all__ = ["COLUMNS", "calibration"]

COLUMNS = ("certainty", "implied", "n", "came_true", "share", "low", "high", "base_rate")

# The drawing, and where its square of 0 to 100 % lies in it.
SIZE = (470.0, 452.0)
LEFT, TOP, SIDE = 52.0, 34.0, 364.0
# The dot of a point: its outline is of the house's, drawn larger.
DOT = 15.0
# From here on counts are told in thousands, so that the words of neighbouring points keep apart; the table has all digits.
LARGE = 10_000


def calibration(
    bins: Sequence[Bin],
    *,
    base: float | None = None,
    name: str = "calibration",
    title: str = "What the words promised, and what came true",
) -> Picture:
    """Return the picture of a calibration curve: a point for each certainty with n and its interval of 95 %.

    ``base`` is the share that comes true whoever says it, in 0..1, drawn as a line; None leaves it out.
    """
    if not bins:
        sentence = (
            "No forecast is past its day yet: scores begin when an occasion is over and its outcomes are worked out."
        )
        return empty_picture(name, title, sentence, columns=COLUMNS, look="calibration")
    bins = sorted(bins, key=lambda each: each.implied)
    body = [*_square(base), *_base(base)]
    for n, each in enumerate(bins):
        body.append(_point(each, bins[n - 1] if n else None))
    rows = [each.to_dict() | {"base_rate": None if base is None else round(base, 4)} for each in bins]
    return picture_of(
        name,
        title,
        "".join(body),
        size=SIZE,
        alt=_alt(bins, base),
        caption="On the diagonal words are worth what they promise; below it they promised too much. Bars are intervals of 95 %.",
        columns=COLUMNS,
        rows=rows,
        look="calibration",
    )


def _x(share: float) -> float:
    return LEFT + SIDE * share


def _y(share: float) -> float:
    return TOP + SIDE * (1 - share)


def _square(base: float | None) -> list[str]:
    marks = [
        text(LEFT - 44, TOP - 16, "came true", "strong"),
        text(_x(1), _y(0) + 40, "promised by the words", "strong end"),
    ]
    for percent in (0, 25, 50, 75, 100):
        at = percent / 100
        marks.append(
            f'<path class="{"axis" if not percent else "line"}" d="M{number(LEFT)} {number(_y(at))}H{number(_x(1))}"/>'
        )
        marks.append(f'<path class="axis" d="M{number(_x(at))} {number(_y(0))}v4"/>')
        marks.append(text(LEFT - 8, _y(at) + 4, f"{percent} %", "small end quiet"))
        marks.append(text(_x(at), _y(0) + 18, f"{percent} %", "small middle quiet"))
    marks.append(f'<path class="rail" d="M{number(LEFT)} {number(_y(0))}L{number(_x(1))} {number(_y(1))}"/>')
    # Further down where the words of the base rate would run into it.
    at = 0.11 if base is not None and 0.22 < base < 0.42 else 0.2
    x, y = _x(at), _y(at) - 7
    marks.append(
        f'<text class="small quiet middle" x="{number(x)}" y="{number(y)}" transform="rotate(-45 {number(x)} {number(y)})">'
        "as promised</text>"
    )
    return marks


def _base(base: float | None) -> list[str]:
    if base is None:
        return []
    y = _y(base)
    words = text(LEFT + 6, y + (15 if base > 0.12 else -6), f"base rate {_percent(base)}", "small quiet")
    return [f'<path class="hair" d="M{number(LEFT)} {number(y)}H{number(_x(1))}"/>', words]


def _point(point: Bin, before: Bin | None) -> str:
    x, y = _x(point.implied), _y(point.share)
    low, high = _y(point.interval.low), _y(point.interval.high)
    bar = (
        f'<path class="range" d="M{number(x)} {number(high)}V{number(low)}m-5 0h10M{number(x - 5)} {number(high)}h10"/>'
    )
    clear = f'<circle class="clear" cx="{number(x)}" cy="{number(y)}" r="{number(DOT / 2)}"/>'
    at = f'x="{number(x - DOT / 2)}" y="{number(y - DOT / 2)}" width="{number(DOT)}" height="{number(DOT)}"'
    dot = f'<use href="#outlet-{point.certainty}" {at}/>'
    lines = [
        (CERTAINTIES[point.certainty], "strong middle"),
        (_percent(point.share), "told middle"),
        (f"{_short(point.came)} of {_short(point.n)}", "small quiet middle"),
    ]
    # The words stand below the interval, or above it where there is no room.
    first = low + 17 if low + 52 <= _y(0) else high - 40
    first = max(first, TOP + 8)
    words = "".join(text(x, first + 15 * n, each, look) for n, (each, look) in enumerate(lines))
    told = (
        f"{CERTAINTIES[point.certainty]}: promised {_percent(point.implied)}, came true {point.came:,} of {point.n:,} "
        f"({_percent(point.share)}, interval {_percent(point.interval.low)} to {_percent(point.interval.high)})"
    )
    way = ""
    if before is not None:
        way = (
            f'<path class="line" d="M{number(_x(before.implied))} {number(_y(before.share))}L{number(x)} {number(y)}"/>'
        )
    return way + titled(bar + clear + dot + words, told)


def _short(n: int) -> str:
    return f"{n:,}" if n < LARGE else f"{n / 1000:,.0f}k"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _alt(bins: Sequence[Bin], base: float | None) -> str:
    parts = [
        f"{CERTAINTIES[each.certainty].capitalize()} words promised {_percent(each.implied)}; {each.came:,} of {each.n:,} came "
        f"true ({_percent(each.share)}, interval of 95 % {_percent(each.interval.low)} to {_percent(each.interval.high)})."
        for each in bins
    ]
    whole = f"Calibration curve of {count(sum(each.n for each in bins), 'forecast')} past their day."
    known = [] if base is None else [f"The base rate is {_percent(base)}."]
    return " ".join([whole, *parts, *known])
