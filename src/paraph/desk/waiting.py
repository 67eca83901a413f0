"""What waits to be looked at: candidates for the review, read off indexes, so many of each sort, with their circumstances.

Nothing here goes through all signals: of each stage the signals nearest to even odds on either side, the links with the
lowest scores, of the occasions that were last the verdicts of each outcome with the least confidence, and what verdicts rest
on. Where an occasion or parties are asked for, the undecided signals of the newest deals that fit. Copies are not asked
about: their words are judged where they stood first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, islice
from typing import Any

from sqlalchemy import Connection, Select, func, select, text, union_all

from paraph.desk.occasions import roots_of
from paraph.desk.queries import find_deals, listed
from paraph.desk.questions import NEAR_DAYS, Circumstances
from paraph.desk.rows import among
from paraph.desk.schema import LINKED, UNDECIDED, deals, documents, occasions, signals, verdicts
from paraph.desk.values import DealQuery, DealRow, State
from paraph.model import Authority, Certainty, Occasion, Outcome, Sector, Stage
from paraph.settings import Settings

__all__ = [
    "Waiting",
    "WaitingVerdict",
    "away",
    "circumstances",
    "deal_rows",
    "fetched",
    "links",
    "links_of",
    "near_occasions",
    "nearest",
    "resting",
    "row_of",
    "settled_occasions",
    "undecided",
    "undecided_of",
    "unsettled",
    "within",
]

# How many are taken of each sort: enough that a hundred questions in a row are not the same sort, few enough to be weighed in
# some tens of milliseconds. All set by eye; the time is "next" in benchmarks/review.py.
OF_STAGE, LINKS, OF_OUTCOME = 30, 200, 60
# Where deals are asked for: so many deals at a time, so often, until there are so many signals of them; of so many of a page's
# those most in doubt are taken.
DEALS, PAGES, OF_DEALS, OF_PAGE = 100, 5, 200, 3_000
# Of the verdicts of how many past occasions, and of how many deals that it finds nothing of, the least sure first.
OCCASIONS, ABSENT = 3, 1_000
# Of an occasion with many parties so many pairs are looked for.
PAIRS = 15


@dataclass(frozen=True, slots=True)
class Waiting:
    """A signal that waits: its row, its id, and what its urgency follows from; ``root`` is None for a rejected one."""

    row: int
    key: str
    stage: Stage
    confidence: float
    authority: Authority
    parties: tuple[str, ...]
    root: int | None
    parent: int | None
    score: float | None
    document: str


@dataclass(frozen=True, slots=True)
class WaitingVerdict:
    """A verdict that waits: the occasion, the deal as it is now, what the machine made of it, and the evidence's id."""

    occasion: Occasion
    root: int
    outcome: Outcome
    confidence: float
    evidence: str | None
    announced: bool


def undecided(connection: Connection) -> list[int]:
    """Return the rows of signals that nobody decided, the nearest to even odds of each stage."""
    at = signals.c.confidence
    parts: list[Select[Any]] = []
    for stage in Stage:
        here = select(signals.c.id).where(text(UNDECIDED), signals.c.stage == str(stage)).limit(OF_STAGE)
        parts += [here.where(at >= 0.5).order_by(at), here.where(at < 0.5).order_by(at.desc())]
    return list(connection.execute(_together(parts)).scalars())


def undecided_of(connection: Connection, roots: Collection[int]) -> list[int]:
    """Return the rows of signals that nobody decided, of these deals, the nearest to even odds."""
    some = select(signals.c.id, signals.c.confidence.label("at")).where(
        text(UNDECIDED), among(connection, signals.c.root_id, sorted(roots))
    )
    held = some.limit(OF_PAGE).subquery()
    found = select(held.c.id).order_by(func.abs(held.c.at - 0.5), held.c.id)
    return list(connection.execute(found.limit(OF_DEALS)).scalars())


def resting(connection: Connection, on: Collection[WaitingVerdict]) -> list[int]:
    """Return the rows of signals that nobody decided and that these verdicts rest on."""
    keys = sorted({each.evidence for each in on if each.evidence})
    open_ = (signals.c.state == str(State.PROPOSED)) & signals.c.proposed.is_(None)
    return list(connection.execute(select(signals.c.id).where(among(connection, signals.c.key, keys), open_)).scalars())


def links(connection: Connection) -> list[int]:
    """Return the rows of linked signals with the lowest scores."""
    found = select(signals.c.id).where(text(LINKED)).order_by(signals.c.score)
    return list(connection.execute(found.limit(LINKS)).scalars())


def links_of(connection: Connection, roots: Collection[int]) -> list[int]:
    """Return the rows of linked signals of these deals, those with the lowest scores."""
    some = select(signals.c.id, signals.c.score).where(
        text(LINKED), among(connection, signals.c.root_id, sorted(roots))
    )
    held = some.limit(OF_PAGE).subquery()
    return list(connection.execute(select(held.c.id).order_by(held.c.score, held.c.id).limit(OF_DEALS)).scalars())


def _together(parts: Sequence[Select[Any]]) -> Any:
    # Each in a selection of its own: neither database takes an ORDER BY and LIMIT of a part otherwise.
    return union_all(*(select(part.subquery().c.id) for part in parts))


def fetched(connection: Connection, rows: Iterable[int]) -> list[Waiting]:
    """Return what is known of these signals; left out are copies, and what vanished."""
    found = (
        select(
            signals.c.id,
            signals.c.key,
            signals.c.stage,
            signals.c.confidence,
            signals.c.authority,
            signals.c.parties,
            signals.c.root_id,
            signals.c.parent_id,
            signals.c.score,
            documents.c.key.label("document"),
        )
        .join(documents, documents.c.id == signals.c.document_id)
        .where(
            among(connection, signals.c.id, sorted(set(rows))),
            documents.c.parent_id.is_(None),
            ~signals.c.vanished,
        )
    )
    return [
        Waiting(
            row=row.id,
            key=row.key,
            stage=Stage(row.stage),
            confidence=row.confidence,
            authority=Authority(row.authority),
            parties=tuple(row.parties),
            root=row.root_id,
            parent=row.parent_id,
            score=row.score,
            document=row.document,
        )
        for row in connection.execute(found)
    ]


def _held(part: Select[Any]) -> Any:
    return part.subquery()


# Which deals.


def within(
    connection: Connection,
    occasion: Occasion | None,
    parties: Collection[str],
    settings: Settings,
    sectors: Collection[Sector] = (),
) -> Iterator[list[int]]:
    """Yield the rows of the newest deals that an occasion is about and whose parties these all are, a page at a time.

    Where sectors are given, only deals of one of them.

    An occasion is about the deals that it has verdicts on; before it has any, about those of two of its parties.
    """
    given = tuple(dict.fromkeys(parties))
    plain = DealQuery(sectors=tuple(sectors), limit=DEALS)
    asked = [replace(plain, parties=given, occasion=occasion.name if occasion else None)]
    if occasion and not find_deals(connection, replace(asked[0], parties=(), sectors=(), limit=1), settings):
        since = occasion.first - timedelta(settings.table_days)
        pairs = [occasion.parties] if len(occasion.parties) < _PAIR else combinations(occasion.parties, _PAIR)
        both = [tuple(dict.fromkeys((*given, *pair))) for pair in islice(pairs, PAIRS)]
        asked = [replace(plain, parties=pair, since=since) for pair in both]
    for query in asked:
        for _ in range(PAGES):
            page = find_deals(connection, query, settings)
            if page:
                keys = [row.id for row in page]
                found = select(deals.c.id).where(among(connection, deals.c.key, keys))
                yield list(connection.execute(found).scalars())
            if len(page) < DEALS:
                break
            query = replace(query, after=page[-1].cursor)


# A deal has two sides.
_PAIR = 2


def deal_rows(connection: Connection, roots: Collection[int], today: date, settings: Settings) -> dict[int, DealRow]:
    """Return the deals of these roots as lists show them."""
    found = select(deals).where(among(connection, deals.c.id, sorted(roots)))
    return {row.id: listed(row, row.key, today, settings) for row in connection.execute(found)}


# Occasions and verdicts.


def near_occasions(connection: Connection, today: date) -> list[Occasion]:
    """Return the occasions that are at most ``NEAR_DAYS`` away on either side."""
    far = timedelta(NEAR_DAYS)
    return [
        occasion
        for _, occasion in _occasions(
            connection, occasions.c.first <= today + far, occasions.c.last >= today - far, limit=None
        )
    ]


def settled_occasions(connection: Connection, today: date, settings: Settings) -> dict[int, Occasion]:
    """Return the occasions that were last and have verdicts, as long as something may still be said of them; with their rows."""
    some = select(verdicts.c.deal).where(verdicts.c.occasion_id == occasions.c.id).exists()
    since = today - timedelta(settings.verdict_days)
    return dict(_occasions(connection, occasions.c.first <= today, occasions.c.last >= since, some, limit=OCCASIONS))


def row_of(connection: Connection, occasion: Occasion) -> int:
    """Return the row of an occasion that is on the desk."""
    return int(connection.execute(select(occasions.c.id).where(occasions.c.name == occasion.name)).scalar_one())


def _occasions(connection: Connection, *which: Any, limit: int | None) -> list[tuple[int, Occasion]]:
    found = select(occasions).where(*which).order_by(occasions.c.last.desc(), occasions.c.name).limit(limit)
    return [
        (row.id, Occasion(row.name, tuple(row.parties), row.first, row.last, row.place))
        for row in connection.execute(found)
    ]


def unsettled(connection: Connection, on: Mapping[int, Occasion]) -> list[WaitingVerdict]:
    """Return the verdicts on these occasions that are least sure, of each outcome, and deals hinted as certain that are absent.

    Left out is what no document speaks of yet. Those that people overruled are in it.
    """
    if not on:
        return []
    made = verdicts.c
    parts: list[Select[Any]] = []
    for occasion in on:
        for outcome in Outcome:
            here = select(verdicts).where(made.occasion_id == occasion, made.outcome == str(outcome))
            parts.append(here.where(made.confidence > 0).order_by(made.confidence).limit(OF_OUTCOME))
        absent = (
            select(verdicts)
            .where(made.occasion_id == occasion, made.outcome == str(Outcome.ABSENT), made.confidence > 0)
            .order_by(made.confidence)
            .limit(ABSENT)
            .subquery()
        )
        hinted = (
            select(absent)
            .join(signals, signals.c.key == absent.c.deal)
            .join(deals, deals.c.id == signals.c.root_id)
            .where(deals.c.ahead, deals.c.certainty == str(Certainty.CERTAIN))
        )
        parts.append(hinted.limit(OF_OUTCOME))
    columns = [column.name for column in verdicts.columns]
    together = union_all(*(select(*(held.c[name] for name in columns)) for held in map(_held, parts)))
    rows = {(row.occasion_id, row.deal): row for row in connection.execute(together)}
    now = roots_of(connection, {deal for _, deal in rows})
    keys = select(deals.c.key, deals.c.id).where(among(connection, deals.c.key, sorted(set(now.values()))))
    roots = {row.key: row.id for row in connection.execute(keys)}
    out: dict[tuple[int, int], WaitingVerdict] = {}
    for (occasion, deal), row in rows.items():
        root = roots.get(now.get(deal, ""))
        # Of two deals that were merged since, the verdict on the one that gave the name counts.
        if root is not None and ((occasion, root) not in out or now[deal] == deal):
            outcome = Outcome(row.outcome)
            out[occasion, root] = WaitingVerdict(
                on[occasion], root, outcome, row.confidence, row.evidence, row.announced
            )
    return list(out.values())


# Circumstances.


def circumstances(
    connection: Connection,
    waiting: Sequence[Waiting],
    rows: Mapping[int, DealRow],
    near: Sequence[Occasion],
    today: date,
) -> dict[int, Circumstances]:
    """Return what the urgency of each signal follows from, by its row."""
    keys = sorted({each.key for each in waiting})
    resting = select(verdicts.c.evidence).where(among(connection, verdicts.c.evidence, keys))
    evidence = set(connection.execute(resting).scalars())
    out = {}
    for each in waiting:
        deal = rows.get(each.root) if each.root is not None else None
        occasion = nearest(each.parties, near, today)
        out[each.row] = Circumstances(
            stage=each.stage,
            authority=each.authority,
            voices=deal.voices if deal else None,
            evidence=each.key in evidence,
            near=occasion.name if occasion else None,
            days=away(occasion, today) if occasion else 0,
        )
    return out


def away(occasion: Occasion, today: date) -> int:
    """Return how many days it is to an occasion's first day (negative) or since its last; 0 on its days."""
    if today < occasion.first:
        return (today - occasion.first).days
    return max(0, (today - occasion.last).days)


def nearest(parties: Collection[str], near: Sequence[Occasion], today: date) -> Occasion | None:
    """Return the nearest occasion that two of these parties take part in; one of them, where it has but one."""
    fitting = [
        occasion
        for occasion in near
        if len(set(parties).intersection(occasion.parties)) >= min(_PAIR, max(1, len(occasion.parties)))
    ]
    return min(fitting, key=lambda each: (abs(away(each, today)), each.first, each.name), default=None)
