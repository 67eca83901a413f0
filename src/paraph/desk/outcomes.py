"""Outcomes: what an occasion brought, a page at a time, and what was brought and decided about one deal; all by index.

Nothing is judged here: what ``desk.judge`` settled is read, with what people overruled laid over it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from paraph.desk import occasions as kept
from paraph.desk import queries, reviews
from paraph.desk.once import once
from paraph.desk.pages import OutcomeCounts, OutcomePage, OutcomeRow, Settled
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import aliases, deals, occasions, signals, verdicts
from paraph.desk.schema import reviews as log
from paraph.desk.values import Action, DealQuery, Review
from paraph.errors import UsageError
from paraph.model import Certainty, Deal, Occasion, Outcome, Sighting, Stage, Verdict
from paraph.settings import Settings

__all__ = ["MOST", "Entry", "all_entries", "counts", "decisions_on", "page", "said_before", "settled", "verdicts_on"]

# Verdicts of one outcome that are put in order, the surest first: as many as facets count deals. Set by eye; an occasion of the
# great powers has some thousand deals on its table at a million signals, most of them absent.
MOST = 5_000
# The order of a page: the most consequential first.
ORDER = (Outcome.SIGNED, Outcome.AGREED, Outcome.ADVANCED, Outcome.REFUSED, Outcome.ABSENT)

# How strong a word is: the stage counts first, what is off the ladder least.
_STAGES = (Stage.ENDED, Stage.STALLED, Stage.IDEA, Stage.TALKS, Stage.AGREED, Stage.SIGNED, Stage.IN_FORCE)
_CERTAINTIES = (Certainty.POSSIBLE, Certainty.PROBABLE, Certainty.CERTAIN)


# One deal.


def verdicts_on(connection: Connection, deal: Deal) -> list[tuple[Occasion, Verdict]]:
    """Return what each occasion brought for a deal, as people overruled it, in order of the occasions' first day and name."""
    keys = _keys(connection, [each.id for each in deal.sightings])
    rows: dict[str, list[Any]] = {}
    held: dict[str, Occasion] = {}
    found = select(verdicts, *_OCCASION).join(occasions, occasions.c.id == verdicts.c.occasion_id)
    for row in connection.execute(found.where(among(connection, verdicts.c.deal, keys)).order_by(verdicts.c.deal)):
        held[row.name] = _occasion(row)
        rows.setdefault(row.name, []).append(row)
    overruling: dict[str, list[Review]] = {}
    mine = [
        review
        for review in _decisions(connection, deal)
        if review.action is Action.OVERRULE and review.signal in keys and review.payload.get("occasion")
    ]
    for review in reviews.acting(reviews.with_undoings(connection, mine).values()):
        overruling.setdefault(review.payload["occasion"], []).append(review)
    others = among(connection, occasions.c.name, sorted(overruling.keys() - held.keys()))
    held |= {row.name: _occasion(row) for row in connection.execute(select(*_OCCASION).where(others))}
    every = [row for each in rows.values() for row in each]
    named = kept.named_by(connection, every, [review for each in overruling.values() for review in each])
    return [
        (occasion, verdict)
        for occasion in sorted(held.values(), key=lambda each: (each.first, each.name))
        for verdict in kept.laid_over(named, rows.get(occasion.name, []), overruling.get(occasion.name, []))
        if verdict.deal in keys
    ]


def decisions_on(connection: Connection, deal: Deal) -> list[Review]:
    """Return what people decided about a deal and its signals, in the log's order, undone decisions and undoings included."""
    ids = {each.id for each in deal.sightings}

    def about(review: Review) -> bool:
        named = {review.signal, review.payload.get("other")}
        return bool(ids & (named | set(review.payload.get("signals", ()))))

    return list(reviews.with_undoings(connection, filter(about, _decisions(connection, deal))).values())


def _decisions(connection: Connection, deal: Deal) -> Iterator[Review]:
    """Give what was decided about signals of the documents that speak of a deal."""
    documents = sorted({each.document for each in deal.sightings})
    for row in connection.execute(select(log).where(among(connection, log.c.document, documents))):
        yield reviews.review_of(row)


_OCCASION = (occasions.c.name, occasions.c.parties, occasions.c.first, occasions.c.last, occasions.c.place)


def _occasion(row: Any) -> Occasion:
    return Occasion(row.name, tuple(row.parties), row.first, row.last, row.place)


def _keys(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return the ids of signals with those that they had before."""
    was = select(aliases.c.key).join(signals, signals.c.id == aliases.c.signal_id)
    return {*ids, *connection.execute(was.where(among(connection, signals.c.key, sorted(ids)))).scalars()}


# What was settled.


def settled(connection: Connection, name: str) -> Settled:
    """Return whether an occasion's verdicts were worked out, and are out of date. Raises DeskError for an unknown occasion."""
    id = _number(connection, name)
    fresh = connection.execute(select(occasions.c.settled).where(occasions.c.id == id)).scalar()
    return Settled(done=fresh is not None, stale=fresh is False)


def _number(connection: Connection, name: str) -> int:
    found = connection.execute(select(occasions.c.id).where(occasions.c.name == name)).scalar()
    if found is None:
        kept.named(connection, name)  # says which there are
    return int(found or 0)


# Pages of them.


@dataclass(frozen=True, slots=True)
class Entry:
    """A verdict as the pages order it; ``verdict`` is set where a person overruled it."""

    deal: str
    root: int
    voices: int
    outcome: Outcome
    announced: bool
    confidence: float
    evidence: str | None
    verdict: Verdict | None = None

    @property
    def place(self) -> tuple[int, int, str]:
        """What a page is ordered by."""
        return ORDER.index(self.outcome), -self.voices, self.deal


def page(
    connection: Connection,
    name: str,
    settings: Settings,
    *,
    outcomes: Collection[Outcome] = (),
    announced: bool | None = None,
    min_confidence: float = 0.0,
    among_deals: DealQuery | None = None,
    hints: int = 3,
    limit: int = 50,
    after: str = "",
    today: date | None = None,
) -> OutcomePage:
    """Return a page of what an occasion brought, the most consequential first: by outcome, then voices, then id.

    ``min_confidence`` asks for deals with one sighting of at least that confidence, ``among_deals`` for those that a query asks
    for (its limit, order and cursor are left aside). Verdicts on deals that are gone are left out.
    Raises DeskError for an unknown occasion, UsageError for a cursor that is none.
    """
    occasion = kept.named(connection, name)
    place = _cursor(after) if after else None
    board = _Board(connection, occasion, settings, announced, min_confidence, among_deals)
    taken: list[Entry] = []
    whole = True
    for outcome in ORDER:
        if (outcomes and outcome not in outcomes) or (place and ORDER.index(outcome) < place[0]):
            continue
        entries, all_there = board.entries(outcome)
        whole &= all_there
        taken += [entry for entry in entries if place is None or entry.place > place]
        if len(taken) > limit:
            break
    rows = _rows(connection, occasion, taken[:limit], hints, today, settings)
    return OutcomePage(tuple(rows), len(taken) > limit, whole)


def counts(
    connection: Connection,
    name: str,
    settings: Settings,
    *,
    min_confidence: float = 0.0,
    among_deals: DealQuery | None = None,
) -> OutcomeCounts:
    """Return how many verdicts of an occasion say what, and what was said before; see ``OutcomeCounts``.

    ``min_confidence`` and ``among_deals`` leave deals out, as for ``page``. At most ``MOST`` are counted.
    Raises DeskError for an unknown occasion.
    """
    occasion = kept.named(connection, name)
    question = ("outcomes", name, min_confidence, among_deals, settings.table_days)
    return once(connection, question, lambda: _counts(connection, occasion, settings, min_confidence, among_deals))


def all_entries(
    connection: Connection,
    occasion: Occasion,
    settings: Settings,
    min_confidence: float = 0.0,
    among_deals: DealQuery | None = None,
) -> tuple[list[Entry], bool]:
    """Return what an occasion brought for each deal, in the order of its pages, at most ``MOST``, and whether these are all."""
    board = _Board(connection, occasion, settings, None, min_confidence, among_deals)
    entries: list[Entry] = []
    whole = True
    for outcome in ORDER:
        found, all_there = board.entries(outcome)
        whole &= all_there and len(entries) + len(found) <= MOST
        entries = (entries + found)[:MOST]
        if len(entries) == MOST:
            break
    return entries, whole


def _counts(
    connection: Connection,
    occasion: Occasion,
    settings: Settings,
    min_confidence: float,
    among_deals: DealQuery | None,
) -> OutcomeCounts:
    entries, whole = all_entries(connection, occasion, settings, min_confidence, among_deals)
    strongest = (
        select(signals.c.root_id, func.max(_strength()).label("strength"))
        .where(
            among(connection, signals.c.root_id, sorted({each.root for each in entries if each.announced})),
            *_before(occasion, settings),
        )
        .group_by(signals.c.root_id)
    )
    words = {row.root_id: row.strength for row in connection.execute(strongest)}
    told = Counter(
        (*_word(words[each.root]), each.outcome) for each in entries if each.announced and each.root in words
    )
    return OutcomeCounts(
        of=len(entries),
        whole=whole,
        outcomes=Counter((each.outcome, each.announced) for each in entries),
        words=told,
    )


_CURSOR = re.compile(r"([0-4])\.(\d{1,9})\.([0-9a-f]+)", re.ASCII)


def _cursor(after: str) -> tuple[int, int, str]:
    match = _CURSOR.fullmatch(after)
    if not match:
        raise UsageError(f"{after!r} is no place in a list of outcomes; give the cursor of a row in it")
    return int(match[1]), -int(match[2]), match[3]


class _Board:
    """The verdicts of one occasion, an outcome at a time."""

    def __init__(
        self,
        connection: Connection,
        occasion: Occasion,
        settings: Settings,
        announced: bool | None,
        min_confidence: float,
        among_deals: DealQuery | None,
    ) -> None:
        self.connection = connection
        self.settings, self.among_deals = settings, among_deals
        self.announced, self.min_confidence = announced, min_confidence
        self.id = _number(connection, occasion.name)
        overruling = kept.overruling_of(connection, occasion.name)
        roots = set(kept.roots_of(connection, {review.signal for review in overruling if review.signal}).values())
        rows = [row for each in self._claims(roots).values() for row in each]
        named = kept.named_by(connection, rows, overruling)
        laid = kept.laid_over(named, sorted(rows, key=lambda row: row.deal), overruling)
        self.overruled = {verdict.deal: verdict for verdict in laid if verdict.deal in roots}

    def entries(self, outcome: Outcome) -> tuple[list[Entry], bool]:
        """Return the entries of an outcome in their order, and whether these are all."""
        found = (
            select(
                verdicts.c.deal,
                verdicts.c.announced,
                verdicts.c.confidence,
                verdicts.c.evidence,
                deals.c.id,
                deals.c.key,
                deals.c.voices,
            )
            .select_from(
                verdicts.outerjoin(signals, signals.c.key == verdicts.c.deal).outerjoin(
                    deals, deals.c.id == signals.c.root_id
                )
            )
            .where(verdicts.c.occasion_id == self.id, verdicts.c.outcome == str(outcome))
            .order_by(verdicts.c.confidence.desc(), verdicts.c.deal)
            .limit(MOST + 1)
        )
        if self.announced is not None:
            found = found.where(verdicts.c.announced.is_(self.announced))
        rows = self.connection.execute(found).all()
        whole, rows = len(rows) <= MOST, rows[:MOST]
        entries = {
            row.key: Entry(row.key, row.id, row.voices, outcome, row.announced, row.confidence, row.evidence)
            for row in rows
            if row.key == row.deal
        }
        entries |= self._moved(outcome, [row for row in rows if row.key != row.deal])
        for deal, verdict in self.overruled.items():
            entries.pop(deal, None)
            if verdict.outcome is outcome and self.announced in (None, verdict.announced):
                entries[deal] = Entry(deal, 0, 0, outcome, verdict.announced, verdict.confidence, None, verdict)
        known = self._deals([entry.deal for entry in entries.values() if entry.verdict])
        out = [
            Entry(
                entry.deal,
                known[entry.deal].id,
                known[entry.deal].voices,
                outcome,
                entry.announced,
                entry.confidence,
                None,
                entry.verdict,
            )
            if entry.verdict
            else entry
            for entry in entries.values()
        ]
        return sorted(self._sure(out), key=lambda entry: entry.place), whole

    def _moved(self, outcome: Outcome, rows: Sequence[Any]) -> dict[str, Entry]:
        """Return the entries of rows whose deal goes by another id now, as far as no other row speaks for it."""
        if not rows:
            return {}
        now = kept.roots_of(self.connection, {row.deal for row in rows})
        claims = self._claims(set(now.values()))
        known = self._deals(claims)
        out = {}
        for row in rows:
            key = now.get(row.deal)
            if (
                key is not None
                and key in known
                and min(claims[key], key=lambda each: (each.deal != key, each.deal)).deal == row.deal
            ):
                deal = known[key]
                out[key] = Entry(key, deal.id, deal.voices, outcome, row.announced, row.confidence, row.evidence)
        return out

    def _claims(self, roots: Collection[str]) -> dict[str, list[Any]]:
        """Return the rows of the occasion's verdicts that speak of each of some deals, under whatever id."""
        if not roots:
            return {}
        own = (
            select(signals.c.id, signals.c.key, deals.c.key.label("deal"))
            .join(deals, deals.c.id == signals.c.root_id)
            .where(among(self.connection, deals.c.key, sorted(roots)))
        )
        signal = own.subquery()
        was = select(aliases.c.key, signal.c.deal).join(signal, signal.c.id == aliases.c.signal_id)
        names = {row.key: row.deal for row in self.connection.execute(own)}
        names |= {row.key: row.deal for row in self.connection.execute(was)}
        found = select(verdicts).where(
            verdicts.c.occasion_id == self.id, among(self.connection, verdicts.c.deal, sorted(names))
        )
        out: dict[str, list[Any]] = {}
        for row in self.connection.execute(found):
            out.setdefault(names[row.deal], []).append(row)
        return out

    def _deals(self, keys: Collection[str]) -> dict[str, Any]:
        if not keys:
            return {}
        found = select(deals.c.id, deals.c.key, deals.c.voices).where(among(self.connection, deals.c.key, sorted(keys)))
        return {row.key: row for row in self.connection.execute(found)}

    def _sure(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Leave out deals that were not asked for, or of which no sighting is sure enough."""
        if self.among_deals is not None:
            asked = queries.deals_among(
                self.connection, self.among_deals, self.settings, {entry.deal for entry in entries}
            )
            entries = [entry for entry in entries if entry.deal in asked]
        if self.min_confidence <= 0 or not entries:
            return entries
        sure = (
            select(signals.c.root_id)
            .where(among(self.connection, signals.c.root_id, sorted({entry.root for entry in entries})))
            .group_by(signals.c.root_id)
            .having(func.max(signals.c.confidence) >= self.min_confidence)
        )
        roots = set(self.connection.execute(sure).scalars())
        return [entry for entry in entries if entry.root in roots]


# What was said before.


def _before(occasion: Occasion, settings: Settings) -> tuple[ColumnElement[bool], ...]:
    """Return the condition on signals said before an occasion, as far back as its verdicts look."""
    since = occasion.first - timedelta(settings.table_days)
    return signals.c.day >= since, signals.c.day < occasion.first


def _strength() -> ColumnElement[int]:
    """Return how strong a signal's word is, as a number."""
    stage = case({str(value): n for n, value in enumerate(_STAGES)}, value=signals.c.stage)
    sure = case({str(value): n for n, value in enumerate(_CERTAINTIES)}, value=signals.c.certainty)
    return stage * 100 + case((signals.c.ahead, 0), else_=10) + sure


def _word(strength: int) -> tuple[Stage, Certainty]:
    return _STAGES[strength // 100], _CERTAINTIES[strength % 10]


def _rows(
    connection: Connection,
    occasion: Occasion,
    entries: Sequence[Entry],
    hints: int,
    today: date | None,
    settings: Settings,
) -> Iterator[OutcomeRow]:
    if not entries:
        return
    found = connection.execute(select(deals).where(among(connection, deals.c.id, [entry.root for entry in entries])))
    listed = {row.id: row for row in found}
    evidence = kept.sightings_of(connection, {entry.evidence for entry in entries if entry.evidence})
    said = said_before(connection, occasion, [entry.root for entry in entries], hints, settings)
    for entry in entries:
        cursor = f"{ORDER.index(entry.outcome)}.{entry.voices}.{entry.deal}"
        verdict = entry.verdict or Verdict(
            entry.deal, entry.outcome, entry.confidence, evidence.get(entry.evidence or ""), entry.announced
        )
        before, newest, of = said.get(entry.root, (None, (), 0))
        deal = queries.listed(listed[entry.root], cursor, today, settings)
        yield OutcomeRow(deal, verdict, before, newest, of, cursor)


def said_before(
    connection: Connection, occasion: Occasion, roots: Sequence[int], hints: int, settings: Settings
) -> Mapping[int, tuple[Sighting | None, tuple[Sighting, ...], int]]:
    """Return what was said of each deal before the occasion: the strongest word, the newest, and how much in all."""
    newest = (signals.c.day.desc(), signals.c.id.desc())
    mine = signals.c.root_id
    ranked = (
        select(
            signals.c.id,
            func.row_number().over(partition_by=mine, order_by=newest).label("nth"),
            func.row_number().over(partition_by=mine, order_by=(_strength().desc(), *newest)).label("strong"),
            func.count().over(partition_by=mine).label("of"),
        )
        .where(among(connection, mine, sorted(roots)), *_before(occasion, settings))
        .subquery()
    )
    found = (
        select_sightings()
        .add_columns(ranked.c.nth, ranked.c.strong, ranked.c.of)
        .join(ranked, ranked.c.id == signals.c.id)
        .where(or_(ranked.c.nth <= hints, ranked.c.strong == 1))
        .order_by(ranked.c.nth)
    )
    strongest: dict[int, Sighting] = {}
    heard: dict[int, list[Sighting]] = {}
    of: dict[int, int] = {}
    for row in connection.execute(found):
        sighting = sighting_of(row)
        of[row.root_id] = row.of
        if row.strong == 1:
            strongest[row.root_id] = sighting
        if row.nth <= hints:
            heard.setdefault(row.root_id, []).append(sighting)
    return {root: (strongest.get(root), tuple(heard.get(root, ())), n) for root, n in of.items()}
