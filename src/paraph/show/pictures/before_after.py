"""An occasion's before and after: what was said of its deals, and what came of them, with bands in proportion between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paraph.model import Certainty, Deal, Occasion, Outcome, Sighting, Verdict
from paraph.resolve.history import SAYS
from paraph.resolve.verdicts import EVIDENCE_CONFIDENCE, is_after
from paraph.settings import Settings
from paraph.show.pictures.drawing import NAME_WIDTH, cut, number, rect, share, text, titled
from paraph.show.pictures.picture import Picture, empty_picture, named, picture_of
from paraph.show.safe import line
from paraph.show.words import CERTAINTIES, OFF_LADDER, count, day, state

__all__ = ["COLUMNS", "NOT_SPOKEN_OF", "Counts", "before_after", "before_after_counts"]

# How many deals: by what was said before, how surely, what the occasion brought (None: not known yet) and whether anything had
# been said of them.
Counts = Mapping[tuple[str, Certainty, Outcome | None, bool], int]

COLUMNS = ("before", "certainty", "announced", "outcome", "deals", "of_before")
NOT_SPOKEN_OF = "not spoken of"

# The drawing: its width, the room for words at both sides, and how broad the bars are.
WIDTH, LEFT, RIGHT, BAR = 900.0, 190.0, 250.0, 9.0
# All deals together are so high; less where there are few, so that one deal is no wall. Bands are never thinner than a line.
HEIGHT, ONE, THIN = 330.0, 26.0, 1.2
# Room between bars, and the least for the words beside one. Set by eye.
SPACE, WORDS = 10.0, 34.0
# So many things said before are told apart; the rarer ones are put together.
GROUPS = 8
OTHERS = "said otherwise"

_TOLD = {
    Outcome.SIGNED: "signed",
    Outcome.AGREED: "agreed, not signed",
    Outcome.ADVANCED: "went on",
    Outcome.REFUSED: "refused or put off",
    Outcome.ABSENT: "nothing said",
    None: "not known yet",
}
_LOOK = {
    Outcome.SIGNED: "full",
    Outcome.AGREED: "half",
    Outcome.ADVANCED: "pale",
    Outcome.REFUSED: "grey",
    Outcome.ABSENT: "dim",
    None: "dim",
}
_OUTCOMES: tuple[Outcome | None, ...] = tuple(_TOLD)
# What is done or nearly done stands above, what was put off below.
_BEFORE = [str(stage).replace("_", " ") + (", ahead" if ahead else "") for stage, ahead in reversed(SAYS)]


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar from ``y`` on; ``middle`` is where its words stand."""

    y: float
    height: float
    middle: float


def before_after_counts(
    occasion: Occasion, rows: Iterable[tuple[Deal, Verdict | None]], settings: Settings
) -> dict[tuple[str, Certainty, Outcome | None, bool], int]:
    """Count deals with their verdicts (None before the day) by what was said of them before; the counts of `paraph outcomes`.

    Of what was said before the first day the furthest thing ahead counts, of equally far ones the surest; where nothing lay
    ahead, what says most. Deals of whose surest signal the engine is less sure than ``brief_confidence`` are left out, and so is
    what nobody spoke of before and what was neither signed nor agreed.
    """
    counts: Counter[tuple[str, Certainty, Outcome | None, bool]] = Counter()
    for deal, verdict in rows:
        if not deal.sightings or max(each.signal.confidence for each in deal.sightings) < settings.brief_confidence:
            continue
        outcome = verdict.outcome if verdict else None
        if verdict and not verdict.announced:
            if outcome in (Outcome.SIGNED, Outcome.AGREED):
                counts[NOT_SPOKEN_OF, Certainty.CERTAIN, outcome, False] += 1
            continue
        before = [each for each in deal.sightings if is_after(each, occasion, settings) is False]
        before = [each for each in before if each.day < occasion.first] or before
        before = [each for each in before if each.signal.confidence >= EVIDENCE_CONFIDENCE] or before
        if before:
            best = min(before, key=_strength)
            counts[state(best.signal), best.signal.certainty, outcome, True] += 1
    return dict(counts)


def before_after(occasion: Occasion, counts: Counts) -> Picture:
    """Return the picture of what was said before an occasion and what came of it, from counts alone.

    The words of the first part of a key are shown as they are; those of ``NOT_SPOKEN_OF`` come in from nowhere. Counts of
    nothing are left out. Raises ValueError for a negative count.
    """
    title = f"Before and after: {line(occasion.name)}"
    name = f"before-after-{named(occasion.name)}"
    if any(n < 0 for n in counts.values()):
        raise ValueError("a count of deals is negative")
    kept = _grouped({key: n for key, n in counts.items() if n})
    if not kept:
        sentence = f"Nothing on the desk was on the table of {cut(occasion.name, NAME_WIDTH)}, and nothing is known to have come."
        return empty_picture(name, title, sentence, columns=COLUMNS, look="before-after")
    lefts = sorted({(before, sure, known) for before, sure, _, known in kept}, key=_place)
    rights = [outcome for outcome in _OUTCOMES if any(key[2] is outcome for key in kept)]
    unit = min(HEIGHT / sum(kept.values()), ONE)
    left_sums = [sum(n for key, n in kept.items() if _left(key) == each) for each in lefts]
    right_sums = [sum(n for key, n in kept.items() if key[2] is each) for each in rights]
    left_bars, left_end = _bars(left_sums, unit)
    right_bars, right_end = _bars(right_sums, unit)
    height = max(left_end, right_end)
    left_bars = [_moved(bar, (height - left_end) / 2) for bar in left_bars]
    right_bars = [_moved(bar, (height - right_end) / 2) for bar in right_bars]
    body = [
        text(LEFT - 14, 16, "said before", "serif end"),
        text(WIDTH - RIGHT + 14, 16, "what came", "serif"),
        *_bands(kept, lefts, left_bars, rights, right_bars, unit),
    ]
    spoken = sum(n for key, n in kept.items() if key[3])
    for (before, sure, known), bar, n in zip(lefts, left_bars, left_sums, strict=True):
        body.append(rect(LEFT - BAR, bar.y, BAR, bar.height, "bare gone" if not known else "quiet"))
        body.append(text(LEFT - 32, bar.middle, before, "end strong"))
        if known:
            glyph = f'<use href="#outlet-{sure}" x="{number(LEFT - 27)}" y="{number(bar.middle - 10)}" width="12" height="12"/>'
            body.append(
                glyph + text(LEFT - 32, bar.middle + 15, f"{CERTAINTIES[sure]}: {n:,} of {spoken:,}", "small quiet end")
            )
        else:
            body.append(text(LEFT - 32, bar.middle + 15, count(n, "deal"), "small quiet end"))
    for outcome, bar in zip(rights, right_bars, strict=True):
        foretold = sum(n for key, n in kept.items() if key[2] is outcome and key[3])
        new = sum(n for key, n in kept.items() if key[2] is outcome and not key[3])
        x = WIDTH - RIGHT
        body.append(rect(x, bar.y, BAR, bar.height, _LOOK[outcome] + " edge"))
        body.append(text(x + 18, bar.middle, _TOLD[outcome], "told" if _made(outcome) else "strong"))
        parts = [share(foretold, spoken)] if spoken else []
        parts += [f"{new:,} unannounced"] if new else []
        body.append(text(x + 18, bar.middle + 15, ", ".join(parts), "small quiet"))
    return picture_of(
        name,
        title,
        "".join(body),
        size=(WIDTH, height + 12),
        alt=_alt(occasion, kept, lefts, rights, spoken),
        caption=_caption(kept),
        columns=COLUMNS,
        rows=_rows(kept, lefts, rights),
        look="before-after",
    )


Kept = dict[tuple[str, Certainty, Outcome | None, bool], int]
_Left = tuple[str, Certainty, bool]


def _strength(sighting: Sighting) -> tuple[Any, ...]:
    signal = sighting.signal
    ahead = signal.ahead and signal.stage not in OFF_LADDER
    return not ahead, -SAYS.index((signal.stage, signal.ahead)), list(Certainty).index(signal.certainty), sighting.id


def _left(key: tuple[str, Certainty, Outcome | None, bool]) -> _Left:
    return key[0], key[1], key[3]


def _place(left: _Left) -> tuple[Any, ...]:
    before, sure, known = left
    at = _BEFORE.index(before) if before in _BEFORE else len(_BEFORE)
    return not known, before == OTHERS, at, before, list(Certainty).index(sure)


def _grouped(counts: Counts) -> Kept:
    """Put together the rarest things said before, where there are too many to be told apart."""
    sizes: Counter[_Left] = Counter()
    for key, n in counts.items():
        sizes[_left(key)] += n
    spoken = sorted((each for each in sizes if each[2]), key=lambda each: (-sizes[each], _place(each)))
    if len(spoken) <= GROUPS:
        return dict(counts)
    rare = set(spoken[GROUPS - len(Certainty) :])
    kept: Counter[tuple[str, Certainty, Outcome | None, bool]] = Counter()
    for key, n in counts.items():
        kept[(OTHERS, *key[1:]) if _left(key) in rare else key] += n
    return dict(kept)


def _bars(sums: Sequence[int], unit: float) -> tuple[list[_Bar], float]:
    y, bars = 34.0, []
    for n in sums:
        high = max(n * unit, THIN)
        slot = max(high, WORDS)
        bars.append(_Bar(y + (slot - high) / 2, high, y + slot / 2 - 2))
        y += slot + SPACE
    return bars, y - SPACE


def _moved(bar: _Bar, by: float) -> _Bar:
    return _Bar(bar.y + by, bar.height, bar.middle + by)


def _bands(
    kept: Kept,
    lefts: Sequence[_Left],
    left_bars: Sequence[_Bar],
    rights: Sequence[Outcome | None],
    right_bars: Sequence[_Bar],
    unit: float,
) -> list[str]:
    """Draw the bands, each with its count on hover, and written where it is high enough."""
    arrive = {outcome: bar.y for outcome, bar in zip(rights, right_bars, strict=True)}
    marks, labels = [], []
    x1, x2 = LEFT, WIDTH - RIGHT
    bend = (x1 + x2) / 2
    for (before, sure, known), bar in zip(lefts, left_bars, strict=True):
        leave = bar.y
        for outcome in rights:
            n = kept.get((before, sure, outcome, known), 0)
            if not n:
                continue
            high = max(n * unit, THIN)
            a, b = leave, arrive[outcome]
            path = (
                f'<path class="{_LOOK[outcome]}{"" if known else " gone"}" d="M{number(x1)} {number(a)}'
                f"C{number(bend)} {number(a)} {number(bend)} {number(b)} {number(x2)} {number(b)}v{number(high)}"
                f'C{number(bend)} {number(b + high)} {number(bend)} {number(a + high)} {number(x1)} {number(a + high)}z"/>'
            )
            said = f"{before}, {CERTAINTIES[sure]}" if known else before
            marks.append(titled(path, f"{said} → {_TOLD[outcome]}: {count(n, 'deal')}"))
            if high >= 11:
                on = " on-full" if outcome is Outcome.SIGNED else ""
                labels.append(text(x1 + 8, a + high / 2 + 4.3, f"{n:,}", "small" + on))
            leave += high
            arrive[outcome] += high
    return marks + labels


def _made(outcome: Outcome | None) -> bool:
    return outcome in (Outcome.SIGNED, Outcome.AGREED)


def _alt(occasion: Occasion, kept: Kept, lefts: Sequence[_Left], rights: Sequence[Outcome | None], spoken: int) -> str:
    span = day(occasion.first) + ("" if occasion.first == occasion.last else f" to {day(occasion.last)}")
    came = [
        f"{_TOLD[each]} {share(sum(n for key, n in kept.items() if key[2] is each and key[3]), spoken)}"
        for each in rights
    ]
    said = []
    for left in lefts:
        parts = [
            f"{kept[(*left[:2], each, left[2])]:,} {_TOLD[each]}"
            for each in rights
            if (*left[:2], each, left[2]) in kept
        ]
        total = sum(n for key, n in kept.items() if _left(key) == left)
        words = f"{left[0]}, {CERTAINTIES[left[1]]}" if left[2] else "not spoken of before"
        said.append(f"{words}, {total:,}: {', '.join(parts)}")
    parts = [f"{cut(occasion.name, NAME_WIDTH)}, {span}: {count(spoken, 'deal')} on the table before."]
    if spoken:
        parts.append(f"Of them: {'; '.join(came)}.")
    return " ".join([*parts, f"By what was said before: {'; '.join(said)}."])


def _caption(kept: Kept) -> str:
    parts = ["Each band is as high as it has deals; before counts the furthest thing that was said to lie ahead."]
    if any(not key[3] for key in kept):
        parts.append("Dashed: came although nobody had spoken of it.")
    return " ".join(parts)


def _rows(kept: Kept, lefts: Sequence[_Left], rights: Sequence[Outcome | None]) -> list[dict[str, Any]]:
    rows = []
    for before, sure, known in lefts:
        total = sum(n for key, n in kept.items() if _left(key) == (before, sure, known))
        for outcome in rights:
            n = kept.get((before, sure, outcome, known), 0)
            if n:
                rows.append(
                    {
                        "before": before,
                        "certainty": str(sure) if known else None,
                        "announced": known,
                        "outcome": str(outcome) if outcome else None,
                        "deals": n,
                        "of_before": total,
                    }
                )
    return rows
