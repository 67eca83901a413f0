"""The small pictures: how long before an occasion forecasts were made, and a deal's signals month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from paraph.show.pictures.drawing import number, rect, share, text, titled
from paraph.show.pictures.picture import Picture, empty_picture, named, picture_of
from paraph.show.safe import markup
from paraph.show.words import count

__all__ = ["LEAD_COLUMNS", "SPARK_COLUMNS", "lead_times", "spark"]

LEAD_COLUMNS = ("from_days", "to_days", "forecasts", "of_all")
SPARK_COLUMNS = ("month", "signals")

# Widths of the bars of a histogram in days; the least that gives no more bars than MOST is taken.
_DAYS = (1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650, 36_500)
MOST = 16
WIDTH, HEIGHT, TOP, EDGE = 480.0, 170.0, 44.0, 10.0
# A line of small bars: the room of one, and its height.
BAR, HIGH = 7.0, 20.0


def lead_times(
    values: Iterable[int] | Mapping[int, int], *, name: str = "lead-times", title: str = "How long before it was said"
) -> Picture:
    """Return the histogram of lead times in days, of single values or of counts by value, with the median marked.

    Raises ValueError for a negative lead time or count: what was said after the day is no forecast.
    """
    counts = Counter(dict(values)) if isinstance(values, Mapping) else Counter(values)
    if any(days < 0 or n < 0 for days, n in counts.items()):
        raise ValueError("a lead time is negative; forecasts are made before the day")
    whole = counts.total()
    if not whole:
        sentence = "No forecast is past its day yet, so there is no lead time to show."
        return empty_picture(name, title, sentence, columns=LEAD_COLUMNS, look="lead-times")
    width = next((days for days in _DAYS if max(counts) // days < MOST), max(counts) // MOST + 1)
    bars: Counter[int] = Counter()
    for days, n in counts.items():
        bars[days // width] += n
    middle = _median(counts, whole)
    many = max(max(counts) // width + 1, 4)
    step, unit, ground = (WIDTH - 2 * EDGE) / many, HEIGHT / max(bars.values()), TOP + HEIGHT
    half = EDGE + (middle / width + (0.5 if width == 1 else 0)) * step
    body = []
    for bar in range(many):
        x, n = EDGE + bar * step, bars[bar]
        told = f"{_days(bar, width)} before: {share(n, whole)}"
        if n:
            body.append(titled(rect(x + 1, ground - n * unit, step - 2, n * unit, "half"), told))
            # Beside the line of the half, where that would run through it.
            struck = abs(x + step / 2 - half) < 4 * len(f"{n:,}")
            at, look = (half + 5, "small") if struck else (x + step / 2, "small middle")
            body.append(text(at, ground - n * unit - 5, f"{n:,}", look))
        if bar % (1 if many <= 10 else 2) == 0:
            body.append(
                text(x + (step / 2 if width == 1 else 0), ground + 17, f"{bar * width:,}", "small middle quiet")
            )
    body.append(f'<path class="axis" d="M{number(EDGE)} {number(ground)}H{number(WIDTH - EDGE)}"/>')
    body.append(f'<path class="ring" d="M{number(half)} 22V{number(ground)}"/>')
    side = "" if half < WIDTH / 2 else " end"
    body.append(text(half + (-6 if side else 6), 18, f"half of {whole:,} within {count(middle, 'day')}", "told" + side))
    body.append(text(WIDTH - EDGE, ground + 36, "days before the occasion's last day", "strong end"))
    listed = "; ".join(f"{_days(bar, width)} {n:,}" for bar, n in sorted(bars.items()))
    return picture_of(
        name,
        title,
        "".join(body),
        size=(WIDTH, ground + 44),
        alt=f"Histogram of the lead times of {count(whole, 'forecast')}: half of them were made {count(middle, 'day')} or less "
        f"before the occasion's last day. By days before: {listed}.",
        caption="Lead time: days from the forecast to the last day of the occasion at which it was due.",
        columns=LEAD_COLUMNS,
        rows=[
            {"from_days": bar * width, "to_days": bar * width + width - 1, "forecasts": n, "of_all": whole}
            for bar, n in sorted(bars.items())
        ],
        look="lead-times",
    )


def spark(months: Sequence[tuple[str, int]], *, name: str = "spark") -> Picture:
    """Return the line of small bars for a list: how many signals of a deal there were in each month ("2025-12", 3), in order.

    Its words are its label, not elements with ids: a page has many of them. Raises ValueError for a negative count.
    """
    if any(n < 0 for _, n in months):
        raise ValueError("a count of signals is negative")
    whole, most = sum(n for _, n in months), max((n for _, n in months), default=0)
    alt = (
        "no signals"
        if not whole
        else f"{count(whole, 'signal')} by month: " + ", ".join(f"{month} {n:,}" for month, n in months if n)
    )
    width = max(BAR * len(months), BAR)
    marks = []
    for n, (_, many) in enumerate(months):
        if many:
            up = max(many / most * (HIGH - 3), 1.5)
            marks.append(
                f"M{number(BAR * n + 1)} {number(HIGH - 1)}h{number(BAR - 2)}v{number(-up)}h{number(2 - BAR)}z"
            )
    bars = f'<path class="full" d="{"".join(marks)}"/>' if marks else ""
    svg = (
        f'<svg class="drawing spark" viewBox="0 0 {number(width)} {number(HIGH)}" role="img" aria-label="{markup(alt)}">'
        f'<path class="line" d="M0 {number(HIGH - 0.5)}H{number(width)}"/>'
        f"{bars}</svg>"
    )
    rows = tuple({"month": month, "signals": n} for month, n in months)
    return Picture(named(name), svg, alt, "", SPARK_COLUMNS, rows, not whole, "Signals by month", width, HIGH)


def _median(counts: Mapping[int, int], whole: int) -> int:
    """Return the least number of days within which half of the forecasts were made."""
    seen = 0
    for days in sorted(counts):
        seen += counts[days]
        if 2 * seen >= whole:
            break
    return days


def _days(bar: int, width: int) -> str:
    return count(bar, "day") if width == 1 else f"{bar * width:,} to {bar * width + width - 1:,} days"
