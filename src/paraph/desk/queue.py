"""The review queue: what a person should look at next, how far they came, and what they decided last.

What waits is read off indexes (paraph.desk.waiting), weighed (paraph.desk.questions), and the most urgent is made ready for a
page. Between these come *second looks*: signals that another person decided, asked as if nobody had, so that it can be
measured how far people agree (paraph.desk.agreement). Nothing is drawn at random: the same desk asks the same reviewer the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select, text

from paraph.desk import looks, waiting
from paraph.desk.deciding import target_of
from paraph.desk.identity import utc
from paraph.desk.occasions import named
from paraph.desk.placing import SignalForest
from paraph.desk.questions import (
    Candidate,
    Circumstances,
    Item,
    Progress,
    Question,
    doubt_of_link,
    doubt_of_signal,
    doubt_of_verdict,
    drawn,
    pace,
    spread,
    urgency_of,
    why_of,
)
from paraph.desk.reviews import review_of
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import UNDECIDED, reviews, signals
from paraph.desk.values import Action, DealRow, Review, State
from paraph.errors import DeskError
from paraph.link import THRESHOLD
from paraph.model import Authority, Certainty, Occasion, Outcome, Sector, Sighting, Stage, Verdict
from paraph.settings import Settings

if TYPE_CHECKING:
    from paraph.desk.store import Desk
    from paraph.desk.waiting import Waiting, WaitingVerdict

__all__ = ["Asked", "Asking", "apart", "next_items", "progress", "same"]

# Undecided signals are counted up to here, and a reviewer's decisions of a day: past them a number says no more. Set by eye.
COUNTED, DAY = 10_000, 5_000
# So many other deals are shown beside a question, of so many signals compared with it (those that came in next to it first).
OTHERS, COMPARED = 5, 400
# A deal that is less like than this is no candidate. By eye: half of the bar for linking.
LEAST_LIKENESS = THRESHOLD / 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was weighed, before what a page shows of it is fetched."""

    id: str
    question: Question
    urgency: float
    order: float
    about: Circumstances
    signal: Waiting | None = None
    verdict: WaitingVerdict | None = None
    second: bool = False


def next_items(
    desk: Desk,
    reviewer: str,
    *,
    kinds: Collection[Question] = tuple(Question),
    occasion: str | None = None,
    parties: Collection[str] = (),
    sectors: Collection[Sector] = (),
    skip: Collection[str] = (),
    limit: int = 10,
    today: date | None = None,
) -> list[Item]:
    """Return what a reviewer should look at next, the most urgent first (``paraph.desk.questions``).

    ``occasion`` asks for deals that it has a verdict on, ``parties`` for deals that have all of them, ``sectors`` for deals of
    one of them. ``skip`` are ids of items that are not to be asked now; the order of two reviewers' questions differs a little.
    ``today`` is the clock's day in UTC if not given. Raises DeskError for an occasion that there is not.
    """
    today = today or desk.now().astimezone(UTC).date()
    with desk.look() as connection:
        asking = Asking(connection, reviewer, frozenset(skip), today, desk.settings)
        found = asking.weighed(frozenset(kinds), named(connection, occasion) if occasion else None, parties, sectors)
        if Question.SIGNAL in kinds and occasion is None and not parties and not sectors:
            found = asking.with_second_looks(found, limit)
        return asking.items(found[:limit])


class _Pages:
    """Pages of deals that are fetched when they are first asked for, and kept."""

    def __init__(self, pages: Iterator[list[int]]) -> None:
        self.rest = pages
        self.kept: list[list[int]] = []

    def __iter__(self) -> Iterator[list[int]]:
        yield from self.kept
        for page in self.rest:
            self.kept.append(page)
            yield page


class Asking:
    """One call of ``next_items``: a connection, for whom, and when."""

    def __init__(
        self, connection: Connection, reviewer: str, skip: frozenset[str], today: date, settings: Settings
    ) -> None:
        self.connection = connection
        self.reviewer = reviewer
        self.skip = skip
        self.today = today
        self.settings = settings
        self.deals: dict[int, DealRow] = {}
        self.near: list[Occasion] | None = None

    # What is asked, weighed.

    def weighed(
        self,
        kinds: frozenset[Question],
        occasion: Occasion | None,
        parties: Collection[str],
        sectors: Collection[Sector] = (),
    ) -> list[Asked]:
        """Return the questions that wait, in order."""
        connection = self.connection
        chosen = None
        if occasion or parties or sectors:
            chosen = _Pages(waiting.within(connection, occasion, parties, self.settings, sectors))
        settled = waiting.settled_occasions(connection, self.today, self.settings)
        if occasion is not None:
            settled = {waiting.row_of(connection, occasion): occasion}
        needed = Question.VERDICT in kinds or (chosen is None and Question.SIGNAL in kinds)
        verdicts = waiting.unsettled(connection, settled) if needed else []
        found: list[Asked] = []
        if Question.SIGNAL in kinds:
            if chosen is None:
                rows = waiting.undecided(connection) + waiting.resting(connection, verdicts)
            else:
                rows = self._enough(chosen, waiting.undecided_of)
            found += self.asked_about(Question.SIGNAL, waiting.fetched(connection, rows))
        if Question.LINK in kinds:
            rows = waiting.links(connection) if chosen is None else self._enough(chosen, waiting.links_of)
            linked = [each for each in waiting.fetched(connection, rows) if each.parent is not None]
            found += self.asked_about(Question.LINK, linked)
        if Question.VERDICT in kinds:
            found += self._verdicts(verdicts, parties, sectors)
        return sorted((each for each in found if each.id not in self.skip), key=lambda each: (-each.order, each.id))

    def _enough(self, pages: Iterable[Collection[int]], of: Any) -> list[int]:
        """Return the rows of signals of pages of deals, until there are as many as are weighed."""
        rows: list[int] = []
        for page in pages:
            rows += of(self.connection, page)
            if len(rows) >= waiting.OF_DEALS:
                break
        return rows

    def asked_about(self, question: Question, found: Sequence[Waiting], second: bool = False) -> list[Asked]:
        """Return signals as questions of one kind, weighed."""
        self.know(each.root for each in found)
        if self.near is None:
            self.near = waiting.near_occasions(self.connection, self.today)
        about = waiting.circumstances(self.connection, found, self.deals, self.near, self.today)
        out = []
        for each in found:
            linked = question is Question.LINK
            doubt = doubt_of_link(each.score or 0.0) if linked else doubt_of_signal(each.confidence)
            urgency = urgency_of(doubt, about[each.row])
            id = f"{question}:{each.key}"
            order = spread(urgency, id, self.reviewer)
            out.append(Asked(id, question, urgency, order, about[each.row], signal=each, second=second))
        return out

    def _verdicts(
        self, found: Sequence[WaitingVerdict], parties: Collection[str], sectors: Collection[Sector]
    ) -> list[Asked]:
        connection = self.connection
        self.know(each.root for each in found)
        found = [each for each in found if {*parties} <= {*self.deals[each.root].parties}]
        found = [each for each in found if not sectors or self.deals[each.root].sector in sectors]
        done = looks.overruled(connection, {each.root for each in found})
        found = [each for each in found if (each.occasion.name, each.root) not in done]
        keys = sorted({each.evidence for each in found if each.evidence})
        known = select(signals.c.key, signals.c.authority).where(among(connection, signals.c.key, keys))
        resting = {row.key: Authority(row.authority) for row in connection.execute(known)}
        out = []
        for each in found:
            deal = self.deals[each.root]
            about = Circumstances(
                stage=_STAGES.get(each.outcome, deal.stage),
                authority=resting.get(each.evidence or "", Authority.PRESS),
                voices=deal.voices,
                near=each.occasion.name,
                days=waiting.away(each.occasion, self.today),
            )
            urgency = urgency_of(doubt_of_verdict(each.outcome, each.confidence, _hinted(deal)), about)
            id = f"{Question.VERDICT}:{deal.id}:{each.occasion.name}"
            order = spread(urgency, id, self.reviewer)
            out.append(Asked(id, Question.VERDICT, urgency, order, about, verdict=each))
        return out

    def know(self, roots: Iterable[int | None]) -> None:
        """Fetch what lists show of these deals, of those that are not known yet."""
        asked = {root for root in roots if root is not None} - self.deals.keys()
        if asked:
            self.deals |= waiting.deal_rows(self.connection, asked, self.today, self.settings)

    # Second looks.

    def with_second_looks(self, found: Sequence[Asked], limit: int) -> list[Asked]:
        """Return the questions with second looks between them: one before each question that the lot falls on.

        The lot of a question is drawn from its id and the reviewer, so it falls the same whenever it comes up; so there is none
        before the first question where a second look was answered just now. Where nothing else is left, all are asked.
        """
        share = self.settings.second_look_share
        if share <= 0:
            return list(found)
        chance = share / (1 - share)
        lots = [drawn("second", self.reviewer, each.id) < chance for each in found[:limit]]
        if len(found) >= limit and not any(lots):
            return list(found)
        keys = {id.removeprefix(f"{Question.SIGNAL}:") for id in self.skip}
        rows = looks.second_looks(self.connection, self.reviewer, keys)
        place = {row: n for n, row in enumerate(rows)}
        again = self.asked_about(
            Question.SIGNAL, waiting.fetched(self.connection, rows[: waiting.OF_STAGE]), second=True
        )
        open_ids = {each.id for each in found}
        pool = sorted(
            (each for each in again if each.id not in open_ids),
            key=lambda each: place[each.signal.row] if each.signal else 0,
        )
        if lots and lots[0] and pool and looks.just_looked(self.connection, self.reviewer):
            lots[0] = False
        out: list[Asked] = []
        for each, lot in zip(found, lots, strict=False):
            if lot and pool:
                out.append(pool.pop(0))
            out.append(each)
        return out + (pool if len(found) < limit else [])

    # What a page shows.

    def items(self, asked: Sequence[Asked]) -> list[Item]:
        """Return the questions with everything that a page shows of them."""
        rows = [each.signal.row for each in asked if each.signal]
        parents = [each.signal.parent for each in asked if each.signal and each.question is Question.LINK]
        shown = self._sightings([*rows, *(row for row in parents if row is not None)])
        others = self._others(rows)
        proposed = self._proposed([each.signal.row for each in asked if each.signal and each.second])
        alone = self._only([each.signal for each in asked if each.signal])
        out = []
        for each in asked:
            if each.verdict is not None:
                out.append(self._verdict_item(each, each.verdict))
            elif each.signal is not None:
                sighting = shown[each.signal.row]
                about = replace(each.about, only=each.signal.row in alone)
                if each.second:  # how many voices a deal has tells whether the signal counts among them
                    about = replace(each.about, voices=None)
                item = self._signal_item(each, each.signal, sighting, about, others[each.signal.row])
                if each.second:
                    item = self._blind(item, proposed[each.signal.row])
                elif each.question is Question.LINK and each.signal.parent is not None:
                    item = replace(item, parent=shown[each.signal.parent], score=each.signal.score)
                out.append(item)
        return out

    def _signal_item(
        self, asked: Asked, signal: Waiting, sighting: Sighting, about: Circumstances, others: list[tuple[int, float]]
    ) -> Item:
        first = f"its confidence is {_decimal(signal.confidence)}"
        if asked.question is Question.LINK:
            like, bar = _decimal(signal.score or 0.0), _decimal(THRESHOLD)
            first = f"its likeness to the signal before it is {like} (from {bar} on two are one deal)"
        return Item(
            id=asked.id,
            question=asked.question,
            sighting=sighting,
            deal=self.deals.get(signal.root) if signal.root is not None else None,
            confidence=signal.confidence,
            why=why_of(first, about),
            urgency=asked.urgency,
            others=tuple(Candidate(self.deals[root], score) for root, score in others),
            second=asked.second,
        )

    def _blind(self, item: Item, proposed: Mapping[str, Any] | None) -> Item:
        """Return a second look without what tells how the first one ended."""
        sighting = replace(item.sighting, signal=looks.as_proposed(item.sighting.signal, proposed))
        deal, others = item.deal, item.others
        if deal is None and others and others[0].score >= THRESHOLD:
            # Rejected: what would be its deal if it were not.
            deal, others = others[0].deal, others[1:]
        elif deal is not None and deal.sightings == 1:
            deal = None
        return replace(item, sighting=sighting, deal=deal, others=others)

    def _verdict_item(self, asked: Asked, waits: WaitingVerdict) -> Item:
        deal = self.deals[waits.root]
        evidence = None
        if waits.evidence is not None:
            rows = looks.signal_rows(self.connection, [waits.evidence])
            evidence = self._sightings(rows.values()).get(rows.get(waits.evidence, 0))
        first = f"its confidence is {_decimal(waits.confidence)}"
        if waits.outcome is Outcome.ABSENT:
            near = _decimal(1 - waits.confidence)
            hinted = ", though it was spoken of as certain" if _hinted(deal) else ""
            first = f"nothing was found of it{hinted}; the nearest words are {near} alike"
        return Item(
            id=asked.id,
            question=Question.VERDICT,
            sighting=evidence or self._last_word(waits),
            deal=deal,
            confidence=waits.confidence,
            why=why_of(first, asked.about),
            urgency=asked.urgency,
            occasion=waits.occasion,
            verdict=Verdict(deal.id, waits.outcome, waits.confidence, evidence, waits.announced),
        )

    def _last_word(self, waits: WaitingVerdict) -> Sighting:
        """Return what was said of a deal last before the end of an occasion; at all, where nothing was before it."""
        found = (
            select_sightings()
            .where(signals.c.root_id == waits.root)
            .order_by((signals.c.day > waits.occasion.last), signals.c.day.desc(), signals.c.id)
        )
        return sighting_of(self.connection.execute(found.limit(1)).one())

    def _sightings(self, rows: Iterable[int]) -> dict[int, Sighting]:
        found = select_sightings().where(among(self.connection, signals.c.id, sorted(set(rows))))
        return {row.id: sighting_of(row) for row in self.connection.execute(found)}

    def _proposed(self, rows: Sequence[int]) -> dict[int, Mapping[str, Any] | None]:
        found = select(signals.c.id, signals.c.proposed).where(among(self.connection, signals.c.id, rows))
        return {row.id: row.proposed for row in self.connection.execute(found)}

    def _only(self, found: Sequence[Waiting]) -> set[int]:
        """Return the rows of those signals that alone put their deal into the stage that they say."""
        roots = sorted({each.root for each in found if each.root is not None})
        counted = (
            select(signals.c.root_id, signals.c.stage, func.count().label("n"))
            .where(among(self.connection, signals.c.root_id, roots))
            .group_by(signals.c.root_id, signals.c.stage)
        )
        once = {(row.root_id, row.stage) for row in self.connection.execute(counted) if row.n == 1}
        return {
            each.row
            for each in found
            if (each.root, str(each.stage)) in once and self.deals[each.root or 0].sightings > 1
        }

    def _others(self, rows: Sequence[int]) -> dict[int, list[tuple[int, float]]]:
        """Return the other deals that each signal may belong to: rows of their roots and likeness, the likeliest first."""
        forest = SignalForest(self.connection)
        nodes = forest.nodes(rows)
        near = {
            row: sorted(found, key=lambda other: (abs(other - row), other))[:COMPARED]
            for row, found in forest.near(nodes.values()).items()
        }
        known = forest.nodes({other for found in near.values() for other in found} - nodes.keys()) | nodes
        out: dict[int, list[tuple[int, float]]] = {}
        for row in rows:
            best: dict[int, float] = {}
            for other in near.get(row, ()):
                rival = known[other]
                if rival.root is not None and rival.root != nodes[row].root:
                    best[rival.root] = max(best.get(rival.root, 0.0), forest.likeness(nodes[row], rival))
            likely = [(root, round(score, 4)) for root, score in best.items() if score >= LEAST_LIKENESS]
            out[row] = sorted(likely, key=lambda found: (-found[1], found[0]))[:OTHERS]
        self.know(root for found in out.values() for root, _ in found)
        return out


# What an outcome weighs like. An absent deal weighs what its own stage does.
_STAGES = {
    Outcome.SIGNED: Stage.SIGNED,
    Outcome.AGREED: Stage.AGREED,
    Outcome.REFUSED: Stage.ENDED,
    Outcome.ADVANCED: Stage.TALKS,
}


def _hinted(deal: DealRow) -> bool:
    return deal.ahead and deal.certainty is Certainty.CERTAIN


def _decimal(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


# How far a reviewer came.


def progress(desk: Desk, reviewer: str, *, today: date | None = None) -> Progress:
    """Return how far a reviewer came today (UTC), and how much there is to do."""
    today = today or desk.now().astimezone(UTC).date()
    begin = utc(datetime.combine(today, time(), UTC))
    with desk.look() as connection:
        some = select(signals.c.id).where(text(UNDECIDED)).limit(COUNTED + 1).subquery()
        left = connection.execute(select(func.count()).select_from(some)).scalar_one()
        newest = select(reviews.c.id, reviews.c.at).where(reviews.c.who == reviewer)
        newest = newest.order_by(reviews.c.id.desc()).limit(DAY)
        numbers = [row.id for row in connection.execute(newest) if row.at >= begin]
        rows = [review_of(row) for row in connection.execute(_numbered(connection, numbers))]
        done = [review for review in looks.counting(connection, rows) if review.who == reviewer]
    answers: dict[tuple[str, str], datetime] = {}
    for review in done:
        if review.at is not None and review.action is not Action.NOTE:
            about = "signal" if review.action in looks.JUDGED and review.signal else str(review.id)
            answers[about, review.signal or ""] = review.at
    hours, per_hour = pace(answers.values())
    return Progress(min(left, COUNTED), left > COUNTED, len(answers), hours, per_hour)


def _numbered(connection: Connection, numbers: Collection[int]) -> Any:
    return select(reviews).where(among(connection, reviews.c.id, sorted(numbers)))


# Answers about links, as decisions.


def same(connection: Connection, who: str, signal: str, *, other: str | None = None) -> Review:
    """Return the decision that a signal speaks of one deal with the one that it was linked to, or with ``other``.

    Where both are one deal already the two are bound to stay so, whatever else is read. ``Desk.decide`` acts on it. Raises
    DeskError where one of them is not on the desk, or the signal was linked to none.
    """
    one = _linked(connection, signal)
    if other is None:
        if one.parent is None:
            raise DeskError(f"signal {signal} was linked to no other (give the id of the other signal)")
        other = connection.execute(select(signals.c.key).where(signals.c.id == one.parent)).scalar_one()
    two = _linked(connection, other)
    payload: dict[str, Any] = {"other": two.key}
    if one.root is not None and one.root == two.root:
        ends = target_of(connection, one.key), target_of(connection, two.key)
        payload["pins"] = [{"one": ends[0].to_dict(), "other": ends[1].to_dict()}]
    return Review(Action.MERGE, who, signal=one.key, payload=payload)


def apart(connection: Connection, who: str, signal: str) -> Review:
    """Return the decision that a signal, with all that was linked by way of it, speaks of another deal than those before it.

    ``Desk.decide`` acts on it. Raises DeskError where the signal is not on the desk, or is the first of its deal.
    """
    one = _linked(connection, signal)
    if one.parent is None:
        raise DeskError(f"signal {signal} is the first of its deal (choose one of the later ones)")
    below = select(signals.c.id, signals.c.key).where(signals.c.id == one.row).cte("below", recursive=True)
    below = below.union(select(signals.c.id, signals.c.key).join(below, signals.c.parent_id == below.c.id))
    keys = sorted(connection.execute(select(below.c.key)).scalars())
    return Review(Action.SPLIT, who, signal=one.key, payload={"signals": keys})


@dataclass(frozen=True, slots=True)
class _Linked:
    row: int
    key: str
    parent: int | None
    root: int | None


def _linked(connection: Connection, signal: str) -> _Linked:
    key = target_of(connection, signal).signal
    row = connection.execute(
        select(signals.c.id, signals.c.parent_id, signals.c.root_id, signals.c.state).where(signals.c.key == key)
    ).one()
    if row.state == str(State.REJECTED):
        raise DeskError(f"signal {key} was rejected and belongs to no deal (undo that first)")
    return _Linked(row.id, key, row.parent_id, row.root_id)
