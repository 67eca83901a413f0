"""A deal's status and history, read off its sightings day by day; nothing here is ever typed in beside them.

**The word of a day.** Of what is said on one day the strongest word counts: highest authority first (``Authority.rank``), then
highest certainty, then what says most (``SAYS``: a stage reached says more than one ahead, and news off the ladder says most),
then the confidence of the engine, then the signal's id.

**What moves the status.** The word of a later day replaces the present one, forwards or backwards, with these exceptions:

1. *A stronger word holds.* For ``hold_days`` after it was last said, a word is not replaced by a weaker one (of lower authority
   or, with the same authority, of lower certainty). A press preview printed the day after the list of outcomes changes nothing.
2. *What is done stays done.* A deal that is signed or in force is not moved by what is said to lie ahead, by old news (it was
   signed, where it is in force), or by a lower stage: unless somebody of authority (a spokesperson or more, and no less than
   who said that it was done) says for certain that it is not so. Stalled and ended, said outright, move it by rule 1.
   An article on the signing's background, printed a week later, does not unsign it.

What did not move the status is not lost: it is in ``History.aside``, and what excludes the status is a contradiction.

**Silence.** A deal on the table (ahead of something, or idea, talks, agreed) of which nobody spoke for ``lapse_days`` is *lapsed
(inferred)* from then on, until somebody speaks of it again. A deal that is signed or in force never lapses, and stalled and
ended are words of their own. The manner is Global Energy Monitor's, which shelves a silent project after two years; a year is
the default here since most deals of a summit are settled or dropped by the next yearly one (set by that argument, not measured).

Signals that the engine itself doubts (below ``word_confidence``) decide nothing where there are others, nor do words that
vanished in an update. Reprints are no words of their own: they count on the day on which their voice first said it, so they
neither move a status nor keep a deal from lapsing. Nothing depends on the order of the sightings.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from paraph.model import Authority, Certainty, Deal, Sighting, Signal, Stage
from paraph.resolve.contradictions import (
    MOST_CONTRADICTIONS,
    Contradiction,
    any_contradiction,
    contradictions_of,
)
from paraph.resolve.witnesses import Witnesses, claims, witnesses
from paraph.settings import Settings

__all__ = ["SAYS", "History", "Move", "Standing", "Status", "Step", "history_of", "on_the_table", "status_of"]

# What says how much, from least to most: (stage, ahead). "Signed, ahead" says more than "agreed", since whoever will sign has
# agreed; "unlikely" (ended, ahead) says more than any plan, and what is reached says more than what is planned.
SAYS: tuple[tuple[Stage, bool], ...] = (
    (Stage.IDEA, True),
    (Stage.IDEA, False),
    (Stage.TALKS, True),
    (Stage.TALKS, False),
    (Stage.AGREED, True),
    (Stage.AGREED, False),
    (Stage.SIGNED, True),
    (Stage.IN_FORCE, True),
    (Stage.STALLED, True),
    (Stage.ENDED, True),
    (Stage.SIGNED, False),
    (Stage.IN_FORCE, False),
    (Stage.STALLED, False),
    (Stage.ENDED, False),
)
_SAYS = {state: n for n, state in enumerate(SAYS)}
_SURE = {certainty: n for n, certainty in enumerate(reversed(Certainty))}
_OFF = (Stage.STALLED, Stage.ENDED)
_DONE = (Stage.SIGNED, Stage.IN_FORCE)
_LADDER = (Stage.IDEA, Stage.TALKS, Stage.AGREED, Stage.SIGNED, Stage.IN_FORCE)


class Move(StrEnum):
    """How a step of a history differs from the one before it."""

    FIRST = "first"
    FORWARD = "forward"
    BACK = "back"
    SURER = "surer"
    LESS_SURE = "less_sure"
    OFF = "off"
    LAPSED = "lapsed"
    RESUMED = "resumed"


class Standing(StrEnum):
    """Whether a status is what was last said, what silence made of it, or what was taken back by all who had said it."""

    SAID = "said"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Status:
    """Where a deal stands.

    ``stage``, ``ahead`` and ``certainty`` are those of the word that decides, which is ``decided_by`` and was first said on
    ``since``; ``heard`` is the last day on which anybody said anything of the deal. ``standing`` is ``lapsed`` where silence
    speaks louder than that word and ``withdrawn`` where all its sightings vanished. ``contested`` is true while a contradiction
    stands that no later word settled. ``witnesses`` are those of the present step. ``outlook`` is the latest word on what lies
    ahead beyond the present stage ("talks", and "signed, ahead" with it), if there is one since that state began.
    """

    stage: Stage
    ahead: bool
    certainty: Certainty
    since: date
    heard: date
    decided_by: Sighting
    witnesses: Witnesses
    outlook: Sighting | None = None
    standing: Standing = Standing.SAID
    contested: bool = False

    @property
    def words(self) -> str:
        """Return the status as people read it: "signed, ahead", "lapsed (inferred)", "in force"."""
        if self.standing is Standing.LAPSED:
            return "lapsed (inferred)"
        said = str(self.stage).replace("_", " ") + (", ahead" if self.ahead else "")
        return f"{said} (withdrawn)" if self.standing is Standing.WITHDRAWN else said


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history: from ``day`` on the deal stood there; ``heard`` is the last day on which that was said.

    ``sightings`` say so (one for each voice and source, the first seen; in order of day), and ``decided_by`` is the one that
    made the step. A ``lapsed`` step is inferred: it keeps the stage that fell silent and has no sightings.
    """

    day: date
    heard: date
    move: Move
    stage: Stage
    ahead: bool
    certainty: Certainty
    decided_by: Sighting
    sightings: tuple[Sighting, ...]
    witnesses: Witnesses

    @property
    def state(self) -> tuple[Stage, bool]:
        """The stage and whether it lies ahead."""
        return self.stage, self.ahead


@dataclass(frozen=True, slots=True)
class History:
    """A deal's status over time.

    ``aside`` are words that moved nothing, by the rules above; ``vanished`` are those that an update took out. A copy's words
    stand in neither. ``contradictions`` are in order of the day on which they arose, the first ``MOST_CONTRADICTIONS`` of them.
    """

    deal: str
    steps: tuple[Step, ...]
    status: Status
    contradictions: tuple[Contradiction, ...]
    aside: tuple[Sighting, ...]
    vanished: tuple[Sighting, ...]

    @property
    def uncounted(self) -> bool:
        """Whether there may be more contradictions than are listed."""
        return len(self.contradictions) >= MOST_CONTRADICTIONS


def status_of(deal: Deal, today: date, settings: Settings) -> Status:
    """Return where a deal stands on a day, by what was said until then; the last step of its history.

    Where all that is said of it is later than ``today`` (a clock that is behind), its first day stands for today. Raises
    ValueError for a deal without sightings.
    """
    return _read(deal, today, settings, listed=False).status


def on_the_table(stage: Stage, ahead: bool) -> bool:
    """Say whether a deal in this state is still to be made: ahead of something, or idea, talks or agreed; not if called off."""
    return stage not in _OFF and (ahead or stage not in _DONE)


def history_of(deal: Deal, today: date, settings: Settings) -> History:
    """Return a deal's status over time until a day, step by step; see the module's text for the rules.

    Takes time about linear in the number of sightings. What an article says of a deal's past ("signed in 2018") is a word of
    the article's day: no step is dated back.
    """
    return _read(deal, today, settings, listed=True)


def _read(deal: Deal, today: date, settings: Settings, *, listed: bool) -> History:
    """Return the history, its contradictions only where they are to be listed."""
    if not deal.sightings:
        raise ValueError(f"deal {deal.id} has no sightings")
    today = max(today, min(each.day for each in deal.sightings))
    known = tuple(each for each in deal.sightings if each.day <= today)
    firm = [each for each in known if each.signal.confidence >= settings.word_confidence]
    standing = claims(firm) or claims(known)
    withdrawn = not standing
    if withdrawn:
        standing = claims([replace(each, vanished=False) for each in known])
    opened, aside = _fold(standing, today, settings)
    steps: list[Step] = []
    for each in opened:
        steps.append(_step(each, steps[-1] if steps else None))
    window = settings.contradiction_days
    found = () if withdrawn or not listed else contradictions_of(standing, window)
    last, begun = steps[-1], _begun(steps)
    standing_as = Standing.WITHDRAWN if withdrawn else Standing.LAPSED if last.move is Move.LAPSED else Standing.SAID
    status = Status(
        stage=last.stage,
        ahead=last.ahead,
        certainty=last.certainty,
        since=last.day,
        heard=max(each.day for each in standing),
        decided_by=last.decided_by,
        witnesses=last.witnesses,
        outlook=_outlook(last, begun, standing) if standing_as is Standing.SAID else None,
        standing=standing_as,
        contested=standing_as is Standing.SAID and any_contradiction(standing, window, _open(last, begun, standing)),
    )
    if len(firm) < len(known):
        used = {each.id for each in standing}
        aside += [each for each in claims(known) if each.id not in used]
    gone = tuple(sorted((each for each in known if each.vanished), key=_in_order))
    return History(deal.id, tuple(steps), status, found, tuple(aside), gone)


@dataclass(slots=True)
class _Opened:
    """A step in the making; ``lapsed`` where silence made it."""

    day: date
    word: Sighting
    said: list[Sighting]
    lapsed: bool = False


def _fold(standing: Sequence[Sighting], today: date, settings: Settings) -> tuple[list[_Opened], list[Sighting]]:
    """Go through the days, opening a step wherever the status moves; give what moved nothing as well."""
    by_day: dict[date, list[Sighting]] = {}
    for each in standing:
        by_day.setdefault(each.day, []).append(each)
    period = timedelta(settings.lapse_days)
    opened: list[_Opened] = []
    aside: list[Sighting] = []
    heard = date.min
    held = standing[0]  # the word that made or last confirmed the present step, with no less weight
    for day in sorted(by_day):
        word = max(by_day[day], key=_strength)
        silent = bool(opened) and day - heard > period and on_the_table(*_state(opened[-1].word))
        if silent:
            opened.append(_Opened(heard + period, opened[-1].word, [], lapsed=True))
        if not opened or silent or _moves(word, held, settings.hold_days):
            opened.append(_Opened(day, word, []))
            held = word
        present = _state(opened[-1].word)
        for each in by_day[day]:
            (opened[-1].said if _state(each) == present else aside).append(each)
        again = [each for each in by_day[day] if _said(each) == _said(held) and _weight(each) >= _weight(held)]
        held = max(again, key=_strength, default=held)
        heard = day
    if today - heard >= period and on_the_table(*_state(opened[-1].word)):
        opened.append(_Opened(heard + period, opened[-1].word, [], lapsed=True))
    return opened, aside


def _step(opened: _Opened, before: Step | None) -> Step:
    signal = opened.word.signal
    return Step(
        day=opened.day,
        heard=max((each.day for each in opened.said), default=opened.day),
        move=Move.LAPSED if opened.lapsed else _move(signal, before),
        stage=signal.stage,
        ahead=signal.ahead,
        certainty=signal.certainty,
        decided_by=opened.word,
        sightings=tuple(opened.said),
        witnesses=witnesses(opened.said),
    )


def _moves(word: Sighting, held: Sighting, hold_days: int) -> bool:
    """Say whether the word of a later day makes a step; ``held`` is the strongest that holds for the present one."""
    if _said(word) == _said(held):
        return False
    if _weight(word) < _weight(held) and word.day - held.day <= timedelta(hold_days):
        return False
    stage, ahead = _state(held)
    if ahead or stage not in _DONE or _state(word) == (stage, ahead):
        return True
    if word.signal.ahead:
        return False
    if word.signal.stage in _OFF:
        return True
    if word.signal.stage in _DONE:
        return word.signal.stage is Stage.IN_FORCE
    least = min(held.authority.rank, Authority.SPOKESPERSON.rank)
    return word.signal.certainty is Certainty.CERTAIN and word.authority.rank <= least


def _move(signal: Signal, before: Step | None) -> Move:
    if before is None:
        return Move.FIRST
    if before.move is Move.LAPSED:
        return Move.RESUMED
    state = signal.stage, signal.ahead
    if state == before.state:
        return Move.SURER if _SURE[signal.certainty] > _SURE[before.certainty] else Move.LESS_SURE
    if signal.stage in _OFF and before.stage not in _OFF:
        return Move.OFF
    if before.stage in _OFF and signal.stage not in _OFF:
        return Move.RESUMED
    return Move.FORWARD if _SAYS[state] > _SAYS[before.state] else Move.BACK


def _begun(steps: Sequence[Step]) -> date:
    """Return the day on which the deal came to its present state, however surely that was said since."""
    day = steps[-1].day
    for later, step in zip(reversed(steps), reversed(steps[:-1]), strict=False):
        if later.move not in (Move.SURER, Move.LESS_SURE):
            break
        day = step.day
    return day


def _outlook(last: Step, begun: date, standing: Sequence[Sighting]) -> Sighting | None:
    """Return the strongest word of the latest day, since the present state began, on which more was said to lie ahead."""
    if last.stage in _OFF:
        return None
    beyond = [
        each
        for each in standing
        if each.signal.ahead
        and each.signal.stage not in _OFF
        and each.day >= begun
        and _LADDER.index(each.signal.stage) > _LADDER.index(last.stage)
    ]
    return max(beyond, key=lambda each: (each.day, _strength(each)), default=None)


def _open(last: Step, begun: date, standing: Iterable[Sighting]) -> Callable[[Sighting, Sighting], bool]:
    """Return what says whether two words' contradiction still stands: it arose with the present state or after, and is unsettled.

    It is settled where one side rests on a paper of both sides or more and the other does not, and where the present state is
    said again later with no less weight than either side had.
    """
    again: dict[date, tuple[int, int]] = {}
    for each in standing:
        if _state(each) == last.state:
            again[each.day] = max(again.get(each.day, _weight(each)), _weight(each))
    days = sorted(again)
    heaviest = [again[day] for day in days]  # the most that is said on that day or later
    for n in range(len(days) - 2, -1, -1):
        heaviest[n] = max(heaviest[n], heaviest[n + 1])

    def stands(says: Sighting, against: Sighting) -> bool:
        day = max(says.day, against.day)
        if day < begun:
            return False
        ranks = sorted((says.authority.rank, against.authority.rank))
        if ranks[0] <= Authority.JOINT_STATEMENT.rank < ranks[1]:
            return False
        later = bisect_right(days, day)
        return later == len(days) or heaviest[later] < max(_weight(says), _weight(against))

    return stands


def _state(sighting: Sighting) -> tuple[Stage, bool]:
    return sighting.signal.stage, sighting.signal.ahead


def _said(sighting: Sighting) -> tuple[Stage, bool, Certainty]:
    return *_state(sighting), sighting.signal.certainty


def _weight(sighting: Sighting) -> tuple[int, int]:
    """Return what decides whether a word is weaker than another: authority, then certainty; more weighs more."""
    return -sighting.authority.rank, _SURE[sighting.signal.certainty]


def _strength(sighting: Sighting) -> tuple[tuple[int, int], int, float, str]:
    return _weight(sighting), _SAYS[_state(sighting)], sighting.signal.confidence, sighting.id


def _in_order(sighting: Sighting) -> tuple[date, str]:
    return sighting.day, sighting.id
