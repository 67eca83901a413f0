"""The timeline of a deal: its signals on the ladder of stages, from the first hint to the signature or to silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from paraph.model import Certainty, Deal, Occasion, Sighting, Stage, Verdict
from paraph.resolve.contradictions import Contradiction
from paraph.resolve.history import History, Move, Standing, Step
from paraph.show.deal_page import MOVES, OVER
from paraph.show.outcome_list import TOLD
from paraph.show.pictures.axis import Scale, scale_of, ticks
from paraph.show.pictures.dots import PITCH, STEM, Dot, Placed, dots_of, placed, told
from paraph.show.pictures.drawing import NAME_WIDTH, cut, number, rect, text, titled, width_of, wrapped
from paraph.show.pictures.picture import Picture, empty_picture, picture_of
from paraph.show.safe import line, markup
from paraph.show.words import CERTAINTIES, OFF_LADDER, RUNGS, SOURCES, STAGES, between, count
from paraph.show.words import day as day_shown

__all__ = ["COLUMNS", "timeline"]

COLUMNS = ("day", "what", "stage", "ahead", "certainty", "source_type", "source", "publisher", "copy", "words", "id")

# The drawing's width, and the room for the names of stages at its left and for the status at its right.
WIDTH, LEFT, RIGHT = 960.0, 84.0, 132.0
# A line with dots is at least so high, one without less; the steps off the ladder stand apart by the gap.
LANE, BARE, GAP = 30.0, 20.0, 22.0
# Lines of names of occasions above the drawing; further ones are told on hover and in the table. Set by eye.
NAMES, NAME_LEADING = 3, 17.0
# Silence that lasts longer than this part of all that was said before is drawn as a break of this width.
LONG_SILENCE, BREAK = 0.6, 96.0
# Steps and occasions that the text alternative tells one by one; the table has all. Set for what one listens to.
SPOKEN = 6
# Bands of occasions that are drawn at most; the caption says how many are not. Marks of contradictions nearer to each other than
# this are one. Set by eye.
BANDS, APART = 24, 56.0
# Points of the line of the status that are drawn at most; more cannot be told apart in 750 units.
POINTS = 300
# Links that the tab key stops at; with more of them a reader goes by the table below. Set by eye.
STOPS = 40

State = tuple[Stage, bool]
_STATES: tuple[State, ...] = tuple((stage, ahead) for stage in reversed(RUNGS) for ahead in (False, True)) + tuple(
    (stage, ahead) for stage in OFF_LADDER for ahead in (False, True)
)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where days and states lie: ``silent`` is the end of what is drawn day by day, where a long silence is broken off."""

    scale: Scale
    lines: dict[State, float]
    top: float
    bottom: float
    silent: bool
    today: date

    def x(self, day: date) -> float:
        """Return where a day begins; one after the break lies at its end."""
        if self.silent and day.toordinal() > self.scale.last:
            return self.scale.right + BREAK * 0.72
        return min(max(self.scale.at(day), self.scale.left), self.scale.right)


def timeline(
    deal: Deal,
    history: History,
    verdicts: Sequence[tuple[Occasion, Verdict]],
    today: date,
    href: Callable[[Sighting], str],
) -> Picture:
    """Return the picture of a deal over time.

    Each dot is a signal (shape who says so, fill how surely, a dashed stem what is ahead, faint a copy), linked to ``href`` of
    it; the line is the status, dashed from where silence was taken for its end. Too many dots are merged into ones with a count.
    ``history`` is the one of this deal until ``today``; a deal without signals gives the empty picture.
    """
    title = f"From hint to signature: {line(deal.title)}"
    if not deal.sightings:
        return empty_picture(
            f"timeline-{deal.id}", title, "No signal of this deal is on the desk.", columns=COLUMNS, look="timeline"
        )
    verdicts = sorted(verdicts, key=lambda pair: (pair[0].first, pair[0].last, pair[0].name))
    proofs = frozenset(verdict.evidence.id for _, verdict in verdicts if verdict.evidence)
    dots = dots_of(deal, proofs)
    scale, silent = _scale(deal, verdicts, today)
    by_state = {state: placed([dot for dot in dots if dot.state == state], scale) for state in _STATES}
    bands, rows = _bands(verdicts[:BANDS], scale)
    top = 12.0 + NAME_LEADING * rows
    lines, bottom = _lines(by_state, history, top)
    frame = _Frame(scale, lines, top, bottom, silent, today)
    body = [
        *_occasions(bands, frame),
        *_rails(frame, by_state),
        *_axis(frame),
        *_status(history, frame),
        *_contradictions(history, frame),
    ]
    stops = sum(map(len, by_state.values())) <= STOPS
    for state in _STATES:
        body += [_mark(each, lines[state], href, stops) for each in by_state[state]]
    key, below = _key(dots, frame.bottom + 74)
    return picture_of(
        f"timeline-{deal.id}",
        title,
        "".join(body) + key,
        size=(WIDTH, below),
        alt=_alt(deal, history, verdicts, dots, today),
        caption=_caption(dots, verdicts, history),
        columns=COLUMNS,
        rows=_rows(deal, history, verdicts),
        look="timeline",
    )


def _scale(deal: Deal, verdicts: Sequence[tuple[Occasion, Verdict]], today: date) -> tuple[Scale, bool]:
    """Return the scale, and whether the silence until today is broken off."""
    days = [each.day for each in deal.sightings] + [day for each, _ in verdicts for day in (each.first, each.last)]
    first, last = min(days), max(days)
    since = (today - last).days
    if since <= 0:
        return scale_of(first, last, LEFT, WIDTH - RIGHT), False
    if since > LONG_SILENCE * max((last - first).days, 14):
        return scale_of(first, last, LEFT, WIDTH - RIGHT - BREAK), True
    return scale_of(first, max(last, today), LEFT, WIDTH - RIGHT), False


def _lines(by_state: dict[State, list[Placed]], history: History, top: float) -> tuple[dict[State, float], float]:
    """Return how high each state's line stands, furthest stage first; lines grow with what stands above and below them."""
    used = {step.state for step in history.steps} | {state for state, dots in by_state.items() if dots}
    lines: dict[State, float] = {}
    y = top + 4
    for state in _STATES:
        stage, ahead = state
        levels = [each.level for each in by_state[state]]
        up, down = -min(levels, default=0), max(levels, default=0)
        if stage is OFF_LADDER[0] and not ahead:
            y += GAP
        if ahead and state not in used:
            lines[state] = y - 2  # nothing lies on it
            continue
        least = LANE if state in used else BARE
        lines[state] = y + max(least / 2, (up + 0.7) * PITCH)
        y = lines[state] + max(least / 2, (down + 0.7) * PITCH)
    return lines, y + 6


def _rails(frame: _Frame, by_state: dict[State, list[Placed]]) -> list[str]:
    marks = []
    for (stage, ahead), y in frame.lines.items():
        if ahead:
            if by_state[stage, ahead]:
                marks.append(text(LEFT - 10, y + 4, "ahead", "small quiet end"))
            continue
        end = frame.scale.right + (BREAK if frame.silent else 0)
        marks.append(f'<path class="rail" d="M{number(LEFT)} {number(y)}H{number(end)}"/>')
        marks.append(text(LEFT - 10, y + 4.5, STAGES[stage], "end" + (" quiet" if stage in OFF_LADDER else " strong")))
    return marks


def _axis(frame: _Frame) -> list[str]:
    y, right = frame.bottom, frame.scale.right
    marks = [f'<path class="axis" d="M{number(LEFT)} {number(y)}H{number(right)}"/>']
    context = -1000.0
    for n, tick in enumerate(told := ticks(frame.scale)):
        x = frame.scale.at(tick.day)
        # A day is an interval: where there is room its name stands in the middle of it.
        middle = x + frame.scale.day / 2 if frame.scale.day > 24 else x
        marks.append(f'<path class="axis" d="M{number(x)} {number(y)}v5"/>')
        if middle + width_of(tick.label) / 2 <= right + 12:
            marks.append(text(middle, y + 19, tick.label, "small middle quiet"))
        if tick.context and x >= context:
            nearer = next((frame.scale.at(each.day) for each in told[n + 1 :] if each.context), None)
            wide = width_of(tick.context)
            if nearer is None or nearer - x >= wide or n > 0:
                marks.append(text(x if frame.scale.day <= 24 else x + 3, y + 35, tick.context, "small"))
                context = x + wide
    if frame.silent:
        x = right
        marks.append(f'<path class="hair" d="M{number(x)} {number(y)}h{number(BREAK)}"/>')
        marks.append(f'<path class="axis" d="M{number(x + 5)} {number(y + 5)}l5 -10m3 10l5 -10"/>')
        marks.append(text(x + BREAK, y + 19, "today", "small end quiet"))
        marks.append(text(x + BREAK, y + 35, day_shown(frame.today), "small end"))
    elif frame.scale.first <= frame.today.toordinal() < frame.scale.last:
        x = frame.scale.middle(frame.today)
        marks.append(titled(_upright("hair", x, frame.top, y), f"today, {day_shown(frame.today)}"))
        marks.append(text(x, y + 51, "today", "small middle"))
    return marks


def _upright(look: str, x: float, top: float, bottom: float) -> str:
    return f'<path class="{look}" d="M{number(x)} {number(top)}V{number(bottom)}"/>'


@dataclass(frozen=True, slots=True)
class _Band:
    occasion: Occasion
    verdict: Verdict
    left: float
    right: float
    label: str
    at: float
    row: int | None


def _bands(verdicts: Sequence[tuple[Occasion, Verdict]], scale: Scale) -> tuple[list[_Band], int]:
    """Return the occasions with the place of their names, and in how many lines these stand; without room there is no name."""
    bands: list[_Band] = []
    ends: list[float] = []
    for occasion, verdict in verdicts:
        left = scale.at(occasion.first)
        right = max(scale.at(occasion.last.toordinal() + 1), left + 3)
        label = cut(occasion.name, NAME_WIDTH)
        wide = width_of(f"{label}: {_verdict(verdict)}")
        at = min(max((left + right - wide) / 2, LEFT), WIDTH - 10 - wide)
        row = next((n for n, end in enumerate(ends) if at >= end + 12), None)
        if row is None and len(ends) < NAMES:
            row = len(ends)
            ends.append(0.0)
        if row is not None:
            ends[row] = at + wide
        bands.append(_Band(occasion, verdict, left, right, label, at, row))
    return bands, len(ends)


def _verdict(verdict: Verdict) -> str:
    return TOLD[verdict.outcome].lower() + ("" if verdict.announced else ", unannounced")


def _occasions(bands: Sequence[_Band], frame: _Frame) -> list[str]:
    marks = []
    for band in bands:
        height = frame.bottom - frame.top
        marks.append(titled(rect(band.left, frame.top, band.right - band.left, height, "band"), _occasion(band)))
        if band.row is not None:
            y = frame.top - 6 - NAME_LEADING * band.row
            marks.append(
                f'<text x="{number(band.at)}" y="{number(y)}"><tspan class="bdi">{markup(band.label)}</tspan>'
                f'<tspan class="quiet">: </tspan><tspan class="told">{_verdict(band.verdict)}</tspan></text>'
            )
    return marks


def _occasion(band: _Band) -> str:
    return f"{line(band.occasion.name)}, {_days(band.occasion)}: {_verdict(band.verdict)}"


def _days(occasion: Occasion) -> str:
    last = "" if occasion.first == occasion.last else f" – {day_shown(occasion.last)}"
    return day_shown(occasion.first) + last


def _status(history: History, frame: _Frame) -> list[str]:
    """Draw the line of the status and, at its end, the status in words."""
    steps = history.steps
    marks: list[str] = []
    said: list[str] = []
    end = frame.scale.right + (BREAK if frame.silent else 0)
    now = end if frame.silent else min(max(frame.x(frame.today) + frame.scale.day / 2, _noon(steps[-1], frame)), end)
    at = (-1.0, -1.0)
    for n, step in enumerate(steps):
        x, y = _noon(step, frame), frame.lines[step.state]
        until = _noon(steps[n + 1], frame) if n + 1 < len(steps) else now
        if until - at[0] < (end - LEFT) / POINTS and n + 1 < len(steps):
            continue  # not to be told from the step before
        if step.move is Move.LAPSED:
            marks.append(f'<path class="silence" d="M{number(x)} {number(y)}H{number(until)}"/>')
            marks.append(titled(f'<path class="ring" d="M{number(x)} {number(y - 5)}v10"/>', _step(step)))
            said.append(f"M{number(until)} {number(y)}")
        else:
            start = f"M{number(x)} {number(y)}" if at[0] < 0 else f"H{number(x)}V{number(y)}"
            solid = min(until, frame.scale.right) if frame.silent else until
            said.append(start + f"H{number(max(solid, x))}")
            if solid < until:
                marks.append(f'<path class="silence" d="M{number(solid)} {number(y)}H{number(until)}"/>')
        at = until, y
    marks.append(f'<path class="way" d="{"".join(said)}"/>')
    status = history.status
    words = wrapped(status.words, WIDTH - now - 10)
    since = f"since {day_shown(status.since)}"
    x, y = now + 9, frame.lines[steps[-1].state]
    for k, each in enumerate(words):
        marks.append(text(x, y + 4.5 + 15 * k, each, "told"))
    after = y + 4.5 + 15 * len(words)
    if width_of(since) <= WIDTH - x:
        marks.append(text(x, after, since, "small quiet"))
    if status.contested:
        marks.append(text(x, after + 15, "contested", "small strong"))
    return marks


def _noon(step: Step, frame: _Frame) -> float:
    x = frame.x(step.day)
    return x if x >= frame.scale.right else x + frame.scale.day / 2


def _contradictions(history: History, frame: _Frame) -> list[str]:
    """Mark the days on which words excluded each other, from the one's line to the other's."""
    marks = []
    for days in _near(history.contradictions, frame.scale):
        day, found = days[0][0], [each for _, group in days for each in group]
        ys = {frame.lines[side.signal.stage, side.signal.ahead] for each in found for side in (each.says, each.against)}
        low, high = min(ys), max(ys)
        x = frame.scale.middle(day) + min(frame.scale.day / 2 - 6, 30) * (frame.scale.day > 40)
        middle = (low + high) / 2
        sign = "≠" if len(found) == 1 else f"≠ {len(found):,}"
        wide = 16 + width_of(sign) * (len(found) > 1)
        drawn = _upright("hair", x, low, high) + rect(x - wide / 2, middle - 9, wide, 18, "clear")
        last = days[-1][0]
        words = f"{day_shown(day)}{'' if last == day else f' – {day_shown(last)}'}, {_differs(found)}"
        marks.append(titled(drawn + text(x, middle + 5, sign, "told middle"), words))
    return marks


def _near(contradictions: Sequence[Contradiction], scale: Scale) -> list[list[tuple[date, list[Contradiction]]]]:
    """Return the days with contradictions, those together that are too near for a mark each."""
    groups: list[list[tuple[date, list[Contradiction]]]] = []
    for day, found in _by_day(contradictions).items():
        if groups and scale.at(day) - scale.at(groups[-1][0][0]) < APART:
            groups[-1].append((day, found))
        else:
            groups.append([(day, found)])
    return groups


def _by_day(contradictions: Sequence[Contradiction]) -> dict[date, list[Contradiction]]:
    days: dict[date, list[Contradiction]] = {}
    for each in contradictions:
        days.setdefault(each.day, []).append(each)
    return days


def _differs(found: Sequence[Contradiction]) -> str:
    """Return what the contradictions of a day are over: "2 contradictions: talked about, against ruled out, denied"."""
    over = dict.fromkeys(OVER[each.over] + (", denied" if each.denied else "") for each in found)
    return f"{count(len(found), 'contradiction')}: {'; '.join(over)}"


def _mark(place: Placed, line_y: float, href: Callable[[Sighting], str], stop: bool) -> str:
    dot, x, y = place.dot, place.x, line_y + place.level * PITCH
    stage, ahead = dot.state
    words = markup(f"{STAGES[stage]}{', ahead' if ahead else ''}: {told(dot)}" + ("; shows the verdict" * dot.proof))
    signal = dot.first.signal
    at = f'x="{number(x - 6)}" y="{number(y - 6)}"'
    ring = f'<circle class="ring" cx="{number(x)}" cy="{number(y)}" r="{number(dot.half + 3)}"/>' if dot.proof else ""
    if dot.label:
        sure = any(each.signal.certainty is Certainty.CERTAIN for each in dot.sightings)
        box = (
            f'<rect class="many{"" if sure else " open"}" x="{number(x - dot.half)}" y="{number(y - 6.5)}" '
            f'width="{number(dot.half * 2)}" height="13" rx="6.5"/>'
        )
        drawn = box + f'<text class="middle" x="{number(x)}" y="{number(y + 4)}">{dot.label}</text>'
    else:
        clear = f'<circle class="clear" cx="{number(x)}" cy="{number(y)}" r="6"/>'
        shape = f'<use href="#{signal.source_type}-{signal.certainty}" {at} width="12" height="12"/>'
        stem = f'<path class="stem" d="M{number(x - 6 - STEM)} {number(y)}h{number(STEM)}"/>' if ahead else ""
        drawn = clear * (signal.certainty is not Certainty.CERTAIN or bool(dot.copies)) + (
            f'<g class="copy">{stem}{shape}</g>' if dot.copies else stem + shape
        )
    tab = "" if stop else ' tabindex="-1"'
    return f'<a href="{markup(href(dot.first))}"{tab}><title>{words}</title>{ring}{drawn}</a>'


def _key(dots: Sequence[Dot], y: float) -> tuple[str, float]:
    """Return the line that names the shapes and fills that occur, and where it ends."""
    signals = [each.signal for dot in dots if not dot.label for each in dot.sightings]
    types = [kind for kind in SOURCES if any(each.source_type is kind for each in signals)]
    parts = [(f'<use href="#{kind}-certain" x="0" y="-10" width="12" height="12"/>', SOURCES[kind]) for kind in types]
    sure = {each.certainty for each in signals}
    if sure - {Certainty.CERTAIN}:
        fills = [each for each in Certainty if each in sure]
        parts += [
            (f'<use href="#outlet-{each}" x="0" y="-10" width="12" height="12"/>', CERTAINTIES[each]) for each in fills
        ]
    if any(each.ahead for each in signals):
        parts.append((f'<path class="stem" d="M0 -4h{number(STEM * 2)}"/>', "ahead"))
    if any(dot.copies and not dot.label for dot in dots):
        shape = '<use href="#outlet-certain" x="0" y="-10" width="12" height="12"/>'
        parts.append((f'<g class="copy">{shape}</g>', "copy of another text"))
    if any(dot.label for dot in dots):
        parts.append(('<rect class="many" x="0" y="-10" width="12" height="12" rx="6"/>', "several, with their number"))
    if any(dot.proof for dot in dots):
        parts.append(('<circle class="ring" cx="6" cy="-4" r="5"/>', "shows the verdict"))
    marks, x = [], LEFT
    for drawn, words in parts:
        wide = 18 + width_of(words, 12)
        if x + wide > WIDTH:
            x, y = LEFT, y + 20
        marks.append(
            f'<g transform="translate({number(x)} {number(y)})">{drawn}{text(18, 0, words, "small quiet")}</g>'
        )
        x += wide + 16
    return "".join(marks), y + 12


def _caption(dots: Sequence[Dot], verdicts: Sequence[tuple[Occasion, Verdict]], history: History) -> str:
    parts = [
        "Each dot is a signal on its day, on the line of its stage; the thick line is the status.",
        "Where nobody spoke of the deal any more the line is dashed." if _silent(history) else "",
        "A number counts signals that are too close to be drawn one by one." if any(dot.label for dot in dots) else "",
        f"{len(verdicts) - BANDS:,} more occasions are in the table only." if len(verdicts) > BANDS else "",
        "≠ marks words that contradict each other." if history.contradictions else "",
    ]
    return " ".join(filter(None, parts))


def _silent(history: History) -> bool:
    return history.status.standing is Standing.LAPSED or any(step.move is Move.LAPSED for step in history.steps)


def _alt(
    deal: Deal,
    history: History,
    verdicts: Sequence[tuple[Occasion, Verdict]],
    dots: Sequence[Dot],
    today: date,
) -> str:
    status = history.status
    days = [each.day for each in deal.sightings]
    copies = sum(each.voice != each.document for each in deal.sightings)
    documents = len({each.document for each in deal.sightings})
    drawn = f", drawn as {count(len(dots), 'dot')}" if len(dots) < len(days) else ""
    span = day_shown(min(days)) if min(days) == max(days) else f"{day_shown(min(days))} to {day_shown(max(days))}"
    steps = history.steps[-SPOKEN:]
    more = len(history.steps) - len(steps)
    parts = [
        f"Timeline of {cut(deal.title, 3 * NAME_WIDTH)} ({between(deal.parties)}).",
        f"{count(len(days), 'signal')} in {count(documents, 'document')} from {span}, "
        f"{copies:,} of {len(days):,} in copies{drawn}.",
        f"Status on {day_shown(today)}: {status.words}, {CERTAINTIES[status.certainty]}, since {day_shown(status.since)}.",
        f"{count(len(history.steps), 'step')}" + (f", the last {len(steps)}" if more else "") + ": ",
    ]
    parts[-1] += "; ".join(map(_step, steps)) + "."
    if history.contradictions:
        parts.append(f"{count(len(history.contradictions), 'contradiction')}{' or more' if history.uncounted else ''}.")
    for occasion, verdict in verdicts[-SPOKEN:]:
        parts.append(f"{cut(occasion.name, NAME_WIDTH)}, {_days(occasion)}: {_verdict(verdict)}.")
    if len(verdicts) > SPOKEN:
        parts.append(f"{count(len(verdicts) - SPOKEN, 'earlier occasion')} in the table.")
    return " ".join(parts)


def _step(step: Step) -> str:
    state = STAGES[step.stage] + (", ahead" if step.ahead else "")
    if step.move is Move.LAPSED:
        return f"{day_shown(step.day)} lapsed (inferred: {MOVES[step.move]})"
    return f"{day_shown(step.day)} {state}, {CERTAINTIES[step.certainty]}"


def _rows(deal: Deal, history: History, verdicts: Sequence[tuple[Occasion, Verdict]]) -> list[dict[str, Any]]:
    """Return all that is drawn as rows, in order of day: signals, steps of the status, contradictions, verdicts."""
    rows = [_row(each.day, "signal", each, each.quote, each.id) for each in deal.sightings]
    for step in history.steps:
        said = {"stage": str(step.stage), "ahead": step.ahead, "certainty": str(step.certainty)}
        rows.append(_row(step.day, "status", None, MOVES[step.move], step.decided_by.id) | said)
    for day, found in _by_day(history.contradictions).items():
        ids = f"{found[0].says.id} {found[0].against.id}"
        rows.append(_row(day, "contradiction", None, _differs(found), ids))
    for occasion, verdict in verdicts:
        proof = verdict.evidence.id if verdict.evidence else None
        rows.append(_row(occasion.last, "verdict", None, f"{occasion.name}: {_verdict(verdict)}", proof))
    order = ("signal", "status", "contradiction", "verdict")
    return sorted(rows, key=lambda row: (row["day"], order.index(row["what"])))


def _row(day: date, what: str, sighting: Sighting | None, words: str, id: str | None) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | {"day": day.isoformat(), "what": what, "words": words, "id": id}
    if sighting is None:
        return row
    signal = sighting.signal
    return row | {
        "stage": str(signal.stage),
        "ahead": signal.ahead,
        "certainty": str(signal.certainty),
        "source_type": str(signal.source_type),
        "source": signal.source,
        "publisher": sighting.publisher,
        "copy": sighting.voice != sighting.document,
    }
