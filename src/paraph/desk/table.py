"""The table of an occasion: the deals that may come due at it, what was said of them before, and the documents around its days.

Nothing is judged here and nothing written. Deals of the table are those of which somebody spoke in the ``table_days`` before and
that name one of the parties, as for the verdicts; but they are read off the lists of deals, so that a deal counts by the days of
its first and last signal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, or_, select

from paraph.desk import occasions as kept
from paraph.desk import outcomes, queries
from paraph.desk.once import once
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import deal_tags, deals, documents, occasions, signals, verdicts
from paraph.desk.tags import Tag, bits
from paraph.desk.values import DealQuery, DealRow
from paraph.model import Authority, Certainty, Deal, Occasion, Outcome, Sighting, Stage
from paraph.resolve.history import SAYS
from paraph.resolve.verdicts import EVIDENCE_CONFIDENCE
from paraph.settings import Settings

__all__ = [
    "MOST",
    "NEAR_DAYS",
    "Around",
    "TablePage",
    "TableRow",
    "around",
    "deals_of",
    "previews",
    "table",
    "words_after",
    "words_before",
]

# Deals of a table that are put in order: those that name two of the parties, then the last spoken of. Set by eye: what may
# come of a visit, many times over; the great powers have more deals in a year at a million signals.
MOST = 2_000
# Days before and after an occasion of which it is told when no document came in, and most days of an occasion that are looked
# at. Set by eye: a week is what a reader remembers, and no visit lasts a quarter of a year.
NEAR_DAYS, LONGEST_DAYS = 7, 90

_t = deal_tags.c
_CERTAINTIES = tuple(Certainty)
_OFF = (str(Stage.STALLED), str(Stage.ENDED))
_MADE = (Outcome.SIGNED, Outcome.AGREED)

# A stage, whether it lay ahead, and how surely; and how many deals have which, by what the occasion brought (None: not known).
Word = tuple[Stage, bool, Certainty]
Words = Mapping[tuple[Word | None, Outcome | None], int]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A deal that may come due: as it stands, with its strongest word before the occasion and the newest ones.

    ``before``, ``hints`` and ``hinted`` are those of ``pages.OutcomeRow``. ``between`` is whether it names two parties of the
    occasion (or its only one).
    """

    deal: DealRow
    before: Sighting | None
    hints: tuple[Sighting, ...]
    hinted: int
    between: bool


@dataclass(frozen=True, slots=True)
class TablePage:
    """Some rows of a table; ``of`` is how many it has in all, ``between`` how many of these name two parties.

    ``more`` is whether others follow. ``whole`` is false where more deals than are put in order may come due.
    """

    rows: tuple[TableRow, ...]
    of: int
    between: int
    more: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class Around:
    """How many documents of the desk are of the days before an occasion, on them and after them, as far as verdicts look.

    ``gaps`` are runs of days, both included, without any document, in the week before, on the days themselves and the week after,
    up to the day asked for. ``telling`` is whether a document was taken for one that tells what it brought: where it is false
    that nothing was said of a deal means nothing.
    """

    before: int
    during: int
    after: int
    newest: date | None
    gaps: tuple[tuple[date, date], ...]
    telling: bool


def table(
    connection: Connection,
    occasion: Occasion,
    settings: Settings,
    *,
    query: DealQuery,
    today: date,
    hints: int = 3,
    limit: int = 50,
    begin: int = 0,
) -> TablePage:
    """Return a page of the deals that may come due at an occasion, the most likely first; ``query`` chooses among them.

    Those that name two of its parties come first, then the surest, then those of most voices. Before its first day only what is
    on the table by ``today`` is told; later, what was spoken of before. ``begin`` is how many are passed over.
    """
    found, whole = _on_it(connection, occasion, settings, query, today)
    page = found[begin : begin + limit]
    rows = {
        row.key: row
        for row in connection.execute(select(deals).where(among(connection, deals.c.key, [key for *_, key in page])))
    }
    said = outcomes.said_before(connection, occasion, [row.id for row in rows.values()], hints, settings)
    made = []
    for far, *_, key in page:
        before, newest, of = said.get(rows[key].id, (None, (), 0))
        made.append(TableRow(queries.listed(rows[key], "", today, settings), before, newest, of, not far))
    between = sum(not each[0] for each in found)
    return TablePage(tuple(made), len(found), between, begin + limit < len(found), whole)


_Place = tuple[bool, int, int, str]


def _on_it(
    connection: Connection, occasion: Occasion, settings: Settings, query: DealQuery, today: date
) -> tuple[list[_Place], bool]:
    """Return the deals in their order, each with what it is ordered by; worked out once for each state of the desk."""
    asked = (occasion, query, settings.table_days, settings.lapse_days, today, MOST)
    return once(connection, ("table", *asked), lambda: _ordered(connection, occasion, settings, query, today))


def _ordered(
    connection: Connection, occasion: Occasion, settings: Settings, query: DealQuery, today: date
) -> tuple[list[_Place], bool]:
    parties = sorted(set(occasion.parties))
    since = (occasion.first - timedelta(settings.table_days)).toordinal()
    tags = [sort(party) for party in parties for sort in (Tag.PARTY, Tag.NAMED)]
    enough = min(2, len(parties))
    named = func.count()
    found = (
        select(_t.deal, _t.marks, _t.voices, _t.last_day, named.label("named"))
        .where(_t.tag.in_(tags), _t.last_day >= since, _t.first_day < occasion.first.toordinal())
        .where(_t.confidence >= query.min_confidence)
        .group_by(_t.deal, _t.marks, _t.voices, _t.last_day)
        .order_by(case((named < enough, 1), else_=0), _t.last_day.desc(), _t.deal)
        .limit(MOST + 1)
    )
    if today < occasion.first:
        silent = today.toordinal() - settings.lapse_days
        found = found.where(_t.marks.bitwise_and(bits("state", ["table"])) != 0, _t.heard > silent)
    rows = connection.execute(found).all()
    whole, rows = len(rows) <= MOST, rows[:MOST]
    chosen = queries.deals_among(connection, query, settings, {row.deal for row in rows})
    sure = [bits("certainties", [each]) for each in _CERTAINTIES]
    places = [
        (
            row.named < enough,
            next(n for n, bit in enumerate(sure) if row.marks & bit),
            -row.voices,
            row.deal,
        )
        for row in rows
        if row.deal in chosen
    ]
    return sorted(places), whole


# What was said before, and what came of it.


def words_before(
    connection: Connection, occasion: Occasion, settings: Settings, query: DealQuery, today: date
) -> Words:
    """Count the deals of the table by their word before; none of them has an outcome yet."""
    asked = ("words before", occasion, query, settings.table_days, settings.lapse_days, today, MOST)

    def count() -> Words:
        places, _ = _on_it(connection, occasion, settings, query, today)
        found = select(deals.c.id).where(among(connection, deals.c.key, [key for *_, key in places]))
        words = _words(connection, occasion, settings, list(connection.execute(found).scalars()))
        return Counter((word, None) for word in words.values())

    return once(connection, asked, count)


def words_after(connection: Connection, occasion: Occasion, settings: Settings, min_confidence: float) -> Words:
    """Count the deals of an occasion by their word before and by what it brought, as it was settled.

    What nobody spoke of before has no word; it counts where it was signed or agreed.
    """
    asked = ("words after", occasion, min_confidence, settings.table_days)

    def count() -> Words:
        entries, _ = outcomes.all_entries(connection, occasion, settings, min_confidence)
        words = _words(connection, occasion, settings, [each.root for each in entries if each.announced])
        told: Counter[tuple[Word | None, Outcome | None]] = Counter(
            (words[each.root], each.outcome) for each in entries if each.announced and each.root in words
        )
        told.update((None, each.outcome) for each in entries if not each.announced and each.outcome in _MADE)
        return told

    return once(connection, asked, count)


def _words(connection: Connection, occasion: Occasion, settings: Settings, roots: Collection[int]) -> dict[int, Word]:
    """Return the word of each deal before an occasion: the furthest thing ahead, of equally far ones the surest.

    Where nothing lay ahead it is what says most. What the engine is sure of goes before the rest, and what was said before the
    first day before what was said on the days themselves of what was to come.
    """
    s = signals.c
    says = case(
        (s.ahead, case({str(stage): n for n, (stage, ahead) in enumerate(SAYS) if ahead}, value=s.stage, else_=0)),
        else_=case({str(stage): n for n, (stage, ahead) in enumerate(SAYS) if not ahead}, value=s.stage, else_=0),
    )
    sure = case({str(each): n for n, each in enumerate(reversed(_CERTAINTIES))}, value=s.certainty)
    strength = (
        case((s.day < occasion.first, 100_000), else_=0)
        + case((s.confidence >= EVIDENCE_CONFIDENCE, 10_000), else_=0)
        + case((and_(s.ahead, s.stage.not_in(_OFF)), 1_000), else_=0)
        + says * 10
        + sure
    )
    since = occasion.first - timedelta(settings.table_days)
    before = or_(s.day < occasion.first, _preview(occasion))
    found = (
        select(s.root_id, func.max(strength).label("strength"))
        .where(among(connection, s.root_id, sorted(set(roots))), s.day >= since, before)
        .group_by(s.root_id)
    )
    out = {}
    for row in connection.execute(found):
        stage, ahead = SAYS[row.strength % 1_000 // 10]
        out[row.root_id] = stage, ahead, _CERTAINTIES[len(_CERTAINTIES) - 1 - row.strength % 10]
    return out


def _preview(occasion: Occasion) -> ColumnElement[bool]:
    """Return the condition on signals of the days themselves that tell what is to come: ``resolve.verdicts.is_after`` in SQL."""
    s = signals.c
    papers = s.authority.in_([str(each) for each in Authority if each.rank <= Authority.JOINT_STATEMENT.rank])
    made = and_(s.stage.in_([str(Stage.SIGNED), str(Stage.AGREED)]), s.certainty != str(Certainty.POSSIBLE))
    first = and_(s.day == occasion.first, or_(s.ahead, and_(not_(papers), not_(made))))
    return or_(first, and_(s.day > occasion.first, s.day <= occasion.last, s.ahead, not_(papers)))


def previews(connection: Connection, occasion: Occasion, ids: Collection[str]) -> dict[str, Sighting]:
    """Return what says most of each of some deals on the days themselves, of what was still to come; none where nothing did."""
    found = (
        select_sightings()
        .add_columns(deals.c.key.label("deal"))
        .join(deals, deals.c.id == signals.c.root_id)
        .where(among(connection, deals.c.key, sorted(ids)), _preview(occasion))
        .order_by(signals.c.day, signals.c.key)
    )
    best: dict[str, Sighting] = {}
    for row in connection.execute(found):
        sighting = sighting_of(row)
        held = best.get(row.deal)
        if held is None or _says(sighting) > _says(held):
            best[row.deal] = sighting
    return best


def _says(sighting: Sighting) -> tuple[bool, bool, int, int]:
    signal = sighting.signal
    ahead = signal.ahead and str(signal.stage) not in _OFF
    sure = signal.confidence >= EVIDENCE_CONFIDENCE
    return sure, ahead, SAYS.index((signal.stage, signal.ahead)), -_CERTAINTIES.index(signal.certainty)


# Whole deals, for the form of the contract.


def deals_of(connection: Connection, ids: Collection[str]) -> dict[str, Deal]:
    """Return whole deals by their ids; what is no deal's id is left out."""
    roots = connection.execute(select(deals.c.id).where(among(connection, deals.c.key, sorted(ids)))).scalars()
    return {deal.id: deal for deal in queries.whole_deals(connection, list(roots))}


# The documents around.


def around(connection: Connection, occasion: Occasion, settings: Settings, today: date) -> Around:
    """Return how many documents there are around an occasion. Raises DeskError for an unknown one."""
    kept.named(connection, occasion.name)
    asked = ("around", occasion, settings.table_days, settings.verdict_days, today)
    return once(connection, asked, lambda: _around(connection, occasion, settings, today))


def _around(connection: Connection, occasion: Occasion, settings: Settings, today: date) -> Around:
    since = occasion.first - timedelta(settings.table_days)
    until = occasion.last + timedelta(settings.verdict_days)
    d = documents.c
    found = select(d.day, func.count()).where(d.day.between(since, until)).group_by(d.day).order_by(d.day)
    days: dict[date, int] = {row[0]: row[1] for row in connection.execute(found)}
    told = (
        select(verdicts.c.deal)
        .join(occasions, occasions.c.id == verdicts.c.occasion_id)
        .where(occasions.c.name == occasion.name)
        .where(or_(verdicts.c.outcome != str(Outcome.ABSENT), verdicts.c.confidence > 0))
    )
    near = timedelta(NEAR_DAYS)
    end = min(occasion.last + near, today, occasion.first + timedelta(LONGEST_DAYS))
    return Around(
        before=sum(n for day, n in days.items() if day < occasion.first),
        during=sum(n for day, n in days.items() if occasion.first <= day <= occasion.last),
        after=sum(n for day, n in days.items() if day > occasion.last),
        newest=max(days, default=None),
        gaps=_gaps(days, occasion.first - near, end),
        telling=connection.execute(told.limit(1)).first() is not None,
    )


def _gaps(days: Mapping[date, int], first: date, last: date) -> tuple[tuple[date, date], ...]:
    """Return the runs of days, from first to last, that are not among those given."""
    runs: list[tuple[date, date]] = []
    for n in range((last - first).days + 1):
        day = first + timedelta(n)
        if day in days:
            continue
        if runs and day - runs[-1][1] == timedelta(1):
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return tuple(runs)
