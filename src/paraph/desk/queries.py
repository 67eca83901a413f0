"""Questions to the desk: lists of deals with their facets, one deal whole, documents, sightings, the documents that hold words.

Every function works in the transaction of the connection it is given and writes nothing. What is asked is data: no value
becomes part of a statement.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, or_, select, tuple_

from paraph.desk.once import once
from paraph.desk.pages import Matrix
from paraph.desk.rows import among, kept_of, select_documents, select_sightings, sighting_of
from paraph.desk.schema import (
    aliases,
    deal_tags,
    deals,
    documents,
    occasions,
    signal_parties,
    signals,
    verdicts,
    versions,
)
from paraph.desk.search import Shelf, search_of
from paraph.desk.tags import Tag, bits, counts, crossed
from paraph.desk.terms import Asked, ask, excerpt
from paraph.desk.values import DealQuery, DealRow, Excerpt, Facets, Hit, Kept
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.model import Certainty, Deal, Instrument, Sector, Sighting, Stage
from paraph.settings import Settings

__all__ = [
    "count_deals",
    "deal_by_id",
    "deals_among",
    "document_by_key",
    "each_deal",
    "each_document",
    "each_sighting",
    "excerpts_of",
    "facets_of",
    "find_deals",
    "find_documents",
    "listed",
    "root_of",
    "whole_deals",
]

# A deal's words are looked for in so many signals, the newest first: enough for dozens of pages. Where more hold the words the
# oldest deals are left out. Set by eye; the time that it takes is "words" in benchmarks/desk.py.
WORDS_SIGNALS = 5_000
# Facets are counted over so many deals of a list, the newest first. Set by eye; the time is "facets" in benchmarks/desk.py.
FACET_DEALS = 5_000
# So many deals or documents are fetched at once where all are asked for.
_BATCH = 200
# How rare a party is is counted up to here; past it, it makes no difference which is looked at first.
_COUNTED = 20_000
# The least of a deal's id that is taken for one.
MIN_PREFIX = 4

_t = deal_tags.c
_ORDERS: dict[str, tuple[ColumnElement[Any], bool]] = {
    # What a list is sorted by, and whether downwards.
    "last": (_t.last_day, True),
    "first": (_t.first_day, False),
    "voices": (_t.voices, True),
    "sightings": (_t.sightings, True),
    "title": (deals.c.title, False),
}


# Lists of deals.


def find_deals(connection: Connection, query: DealQuery, settings: Settings) -> list[DealRow]:
    """Return the deals that a query asks for, in its order, at most ``query.limit``.

    Raises UsageError for a cursor that is none, DeskError for an occasion that there is not.
    """
    order, down = _ORDERS[query.sort]
    chosen = _chosen(connection, query, settings, [order.label("at"), _t.deal])
    if chosen is None:
        return []
    if query.after:
        place = tuple_(order, _t.deal)
        at = tuple_(*_cursor(query))
        chosen = chosen.where(place < at if down else place > at)
    by = (order.desc(), _t.deal.desc()) if down else (order, _t.deal)
    page = connection.execute(chosen.order_by(*by).limit(query.limit)).all()
    if not page:
        return []
    rows = connection.execute(select(deals).where(among(connection, deals.c.key, [row.deal for row in page])))
    by_key = {row.key: row for row in rows}
    return [listed(by_key[row.deal], f"{row.at}.{row.deal}", query.today, settings) for row in page]


def count_deals(connection: Connection, query: DealQuery, settings: Settings) -> int:
    """Return how many deals a query asks for; limit, order and cursor are left aside."""

    def count() -> int:
        chosen = _chosen(connection, query, settings, [func.count()])
        return 0 if chosen is None else int(connection.execute(chosen).scalar_one())

    return once(connection, ("count", _unsorted(query), settings, WORDS_SIGNALS), count)


def facets_of(connection: Connection, query: DealQuery, settings: Settings) -> Facets:
    """Return how many of a query's deals have each sector, instrument, stage …, party, publisher, source and month.

    Counted are its newest deals, at most ``FACET_DEALS``; the limit, order and cursor are left aside.
    """
    query = _unsorted(query)
    question = ("facets", query, settings, WORDS_SIGNALS, FACET_DEALS)
    return once(connection, question, lambda: _facets(connection, query, settings))


def _unsorted(query: DealQuery) -> DealQuery:
    """Return a query without what does not change which deals it asks for."""
    return replace(query, sort="last", limit=0, after="")


def _facets(connection: Connection, query: DealQuery, settings: Settings) -> Facets:
    found, whole = _newest(connection, query, settings)
    if not found:
        return Facets(0, True, {})
    marks = Counter(row.marks for row in found)
    told: dict[str, dict[str, int]] = counts(marks.items())
    by_tag = (
        select(_t.tag, func.count())
        .where(among(connection, _t.deal, [row.deal for row in found]), _t.tag + "" != "")
        .group_by(_t.tag)
    )
    tags = {str(tag): n for tag, n in connection.execute(by_tag)}
    for sort, field in ((Tag.PARTY, "parties"), (Tag.PUBLISHER, "publishers"), (Tag.SOURCE, "sources")):
        rows = [(tag.removeprefix(f"{sort}:"), n) for tag, n in tags.items() if tag.startswith(f"{sort}:")]
        told[field] = dict(sorted(rows, key=lambda row: (-row[1], row[0])))
    months: dict[str, int] = {}
    for day, n in Counter(row.last_day for row in found).items():
        month = date.fromordinal(day).isoformat()[:7]
        months[month] = months.get(month, 0) + n
    told["months"] = months
    return Facets(len(found), whole, told, crossed(marks.items()))


def matrix_of(connection: Connection, query: DealQuery, settings: Settings) -> Matrix:
    """Return how many of a query's deals stand where: what ``facets_of`` tells of it, without the rest."""
    found, whole = _newest(connection, query, settings)
    return Matrix(len(found), whole, crossed(Counter(row.marks for row in found).items()))


def _newest(connection: Connection, query: DealQuery, settings: Settings) -> tuple[Sequence[Row[Any]], bool]:
    """Return the newest deals of a query, at most ``FACET_DEALS``, and whether these are all."""
    chosen = _chosen(connection, query, settings, [_t.deal, _t.marks, _t.last_day])
    if chosen is None:
        return [], True
    newest = chosen.order_by(_t.last_day.desc(), _t.deal.desc()).limit(FACET_DEALS + 1)
    found = connection.execute(newest).all()
    return found[:FACET_DEALS], len(found) <= FACET_DEALS


def deals_among(connection: Connection, query: DealQuery, settings: Settings, keys: Collection[str]) -> set[str]:
    """Return those of some deals, given by their ids, that a query asks for; limit, order and cursor are left aside."""
    chosen = _chosen(connection, _unsorted(query), settings, [_t.deal], keys) if keys else None
    return set() if chosen is None else set(connection.execute(chosen).scalars())


def _chosen(
    connection: Connection,
    query: DealQuery,
    settings: Settings,
    columns: Sequence[Any],
    within: Collection[str] | None = None,
) -> Select[Any] | None:
    """Return the selection of the rows of ``deal_tags``, one a deal, that a query asks for; None where there can be none.

    ``within`` are ids of deals: others are left out.
    """
    chosen = select(*columns).select_from(deal_tags)
    if query.sort == "title":
        chosen = chosen.join(deals, deals.c.key == _t.deal)
    chosen = chosen.where(*_marked(query), *_dated(query), *_lapsed(query, settings))
    if query.min_voices > 1:
        chosen = chosen.where(_t.voices >= query.min_voices)
    if query.min_confidence > 0:
        chosen = chosen.where(_t.confidence >= query.min_confidence)
    tags: list[set[str]] = [{Tag.PARTY(party)} for party in dict.fromkeys(query.parties)]
    tags += [
        {sort(value) for value in values}
        for sort, values in ((Tag.PUBLISHER, query.publishers), (Tag.SOURCE, query.sources))
        if values
    ]
    keys = _keys(connection, query)
    if within is not None:
        keys = set(within) if keys is None else keys.intersection(within)
    if keys is not None:
        if not keys:
            return None
        # "" after the tag: else SQLite, which does not know how many have it, would go through all of them.
        chosen = chosen.where(among(connection, _t.deal, keys), _t.tag + "" == "")
        first: str | None = ""
    else:
        single = [tag for tag in tags if len(tag) == 1]
        first = next(iter(min(single, key=lambda tag: _size(connection, next(iter(tag)))))) if single else ""
        chosen = chosen.where(_t.tag == first)
    for tag in tags:
        if tag != {first}:
            other = deal_tags.alias()
            same = (other.c.deal == _t.deal, other.c.last_day == _t.last_day)
            chosen = chosen.where(select(1).where(other.c.tag.in_(sorted(tag)), *same).exists())
    return chosen


def _marked(query: DealQuery) -> Iterator[ColumnElement[bool]]:
    switches = {"ahead": query.ahead, "contested": query.contested}
    asked: dict[str, Collection[str]] = {
        "sectors": query.sectors,
        "instruments": query.instruments,
        "stages": query.stages,
        "certainties": query.certainties,
        "source_types": query.source_types,
        **{field: ("yes" if value else "no",) for field, value in switches.items() if value is not None},
    }
    for field, values in asked.items():
        if values:
            yield _t.marks.bitwise_and(bits(field, values)) != 0


def _dated(query: DealQuery) -> Iterator[ColumnElement[bool]]:
    if query.since:
        yield _t.last_day >= query.since.toordinal()
    if query.until:
        yield _t.first_day <= query.until.toordinal()
    if query.since and query.until:
        # Spoken of before and after is not yet spoken of in between.
        within = (
            select(1)
            .select_from(deals.join(signals, signals.c.root_id == deals.c.id))
            .where(deals.c.key == _t.deal, signals.c.day.between(query.since, query.until))
        )
        inside = (_t.last_day <= query.until.toordinal()) | (_t.first_day >= query.since.toordinal())
        yield inside | within.exists()


def _lapsed(query: DealQuery, settings: Settings) -> Iterator[ColumnElement[bool]]:
    if not query.states:
        return
    asked = _t.marks.bitwise_and(bits("state", [state for state in query.states if state != "lapsed"])) != 0
    if query.today is None:
        yield asked
        return
    silent = _t.heard <= query.today.toordinal() - settings.lapse_days
    lapsed = silent & (_t.marks.bitwise_and(bits("state", ["table"])) != 0)
    lapsed &= _t.marks.bitwise_and(bits("withdrawn", ["no"])) != 0
    yield or_(asked & ~lapsed, lapsed) if "lapsed" in query.states else asked & ~lapsed


def _keys(connection: Connection, query: DealQuery) -> set[str] | None:
    """Return the ids of the deals that words and occasion leave; None where neither is asked for."""
    keys: set[str] | None = None
    if query.occasion is not None:
        found = select(deals.c.key).select_from(
            verdicts.join(occasions, occasions.c.id == verdicts.c.occasion_id)
            .join(signals, signals.c.key == verdicts.c.deal)
            .join(deals, deals.c.id == signals.c.root_id)
        )
        keys = set(connection.execute(found.where(occasions.c.name == query.occasion)).scalars())
        if not keys and query.occasion not in (names := connection.execute(select(occasions.c.name)).scalars().all()):
            told = ", ".join(sorted(names)) or "none yet; make one with paraph occasion add"
            raise NotOnDesk(f"occasion {query.occasion!r} is not on the desk; there are: {told}")
    if query.words.strip():
        asked = ask(query.words)
        worded = set(_holding(connection, asked, query.since, query.until).values())
        keys = worded if keys is None else keys & worded
    return keys


def _holding(connection: Connection, asked: Asked, since: date | None, until: date | None) -> Mapping[int, str]:
    """Return the newest signals that hold what is asked for, with the keys of their deals; at most ``WORDS_SIGNALS``."""

    def find() -> Mapping[int, str]:
        held = search_of(connection).find(connection, Shelf.SIGNALS, asked, WORDS_SIGNALS, since=since, until=until)
        if not held:
            return {}
        found = select(signals.c.id, deals.c.key).join(deals, deals.c.id == signals.c.root_id)
        return {row.id: row.key for row in connection.execute(found.where(among(connection, signals.c.id, held)))}

    return once(connection, ("holding", asked, since, until, WORDS_SIGNALS), find)


def excerpts_of(connection: Connection, query: DealQuery, ids: Collection[str], chars: int) -> dict[str, Excerpt]:
    """Return for each deal of these ids its newest quotation that holds the words of the query, with them marked."""
    asked = ask(query.words)
    if not asked.phrases or not ids:
        return {}
    held = _holding(connection, asked, query.since, query.until)
    shown = set(ids)
    rows = [signal for signal, deal in held.items() if deal in shown]
    found = select(signals.c.id, signals.c.quote).where(among(connection, signals.c.id, rows)).order_by(signals.c.day)
    quotes = {held[row.id]: row.quote for row in connection.execute(found)}
    return {deal: excerpt(quote, asked, chars) for deal, quote in quotes.items()}


def _size(connection: Connection, tag: str) -> int:
    some = select(1).select_from(deal_tags).where(_t.tag == tag).limit(_COUNTED).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


_CURSOR = re.compile(r"(.*)\.([0-9a-f]+)", re.DOTALL)


def _cursor(query: DealQuery) -> tuple[Any, str]:
    match = _CURSOR.fullmatch(query.after)
    if match and query.sort == "title":
        return match[1], match[2]
    if match and match[1].isascii() and match[1].isdigit() and len(match[1]) < 10:
        return int(match[1]), match[2]
    raise UsageError(f"{query.after!r} is no place in a list by {query.sort}; give the cursor of a deal in it")


def listed(row: Row[Any], cursor: str, today: date | None, settings: Settings) -> DealRow:
    """Return the deal in a list that a row of ``deals`` holds."""
    """Return a row of ``deals`` as lists show it on a day."""
    from paraph.resolve.history import on_the_table

    silent = today is not None and (today - row.heard).days >= settings.lapse_days
    stage = Stage(row.stage)
    return DealRow(
        id=row.key,
        title=row.title,
        parties=tuple(row.parties),
        sector=Sector(row.sector),
        instrument=Instrument(row.instrument),
        stage=stage,
        ahead=row.ahead,
        certainty=Certainty(row.certainty),
        since=row.since,
        heard=row.heard,
        contested=row.contested,
        withdrawn=row.withdrawn,
        lapsed=silent and not row.withdrawn and on_the_table(stage, row.ahead),
        sightings=row.sightings,
        voices=row.voices,
        first_day=row.first_day,
        last_day=row.last_day,
        cursor=cursor,
    )


# Deals whole.

_HEX = re.compile(r"[0-9a-f]+")


def root_of(connection: Connection, id: str) -> int:
    """Return the row of the root of the deal that a signal belongs to, by its id or the beginning of it.

    Raises DeskError where no signal's id begins so, where those of several deals do, and for a rejected signal, which belongs
    to no deal.
    """
    given = id.strip().lower()
    if len(given) < MIN_PREFIX or not _HEX.fullmatch(given):
        raise DeskError(f"deal {id!r}: an id has at least {MIN_PREFIX} digits 0-9 and a-f; paraph deals lists them")
    begins = (signals.c.key >= given) & (signals.c.key < given + "g")
    found = connection.execute(select(signals.c.key, signals.c.root_id).where(begins).limit(_BATCH)).all()
    if not found:
        once = (aliases.c.key >= given) & (aliases.c.key < given + "g")
        was = select(aliases.c.key, signals.c.root_id).join(signals, signals.c.id == aliases.c.signal_id)
        found = connection.execute(was.where(once).limit(_BATCH)).all()
    found = [row for row in found if row.key == given] or found
    roots = {row.root_id for row in found if row.root_id is not None}
    if len(roots) == 1:
        return int(roots.pop())
    if not found:
        raise NotOnDesk(f"deal {id!r} is not on the desk; paraph deals lists those there are")
    if not roots:
        raise DeskError(f"signal {found[0].key} was rejected and belongs to no deal; undo that to have it back")
    several = ", ".join(sorted(row.key for row in found)[:5])
    raise DeskError(f"deal {id!r} may be any of {len(roots)} deals ({several} …); give more of its id")


def deal_by_id(connection: Connection, id: str) -> Deal:
    """Return the deal that a signal belongs to, whole, by the signal's id or the beginning of it. Raises DeskError."""
    root = root_of(connection, id)
    return next(whole_deals(connection, [root]))


def each_deal(
    connection: Connection,
    *,
    parties: Collection[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> Iterator[Deal]:
    """Yield whole deals that have a sighting in these days which names one of the parties, in order of first day and id."""
    chosen = select(deals.c.id).order_by(deals.c.first_day, deals.c.key)
    if since:
        chosen = chosen.where(deals.c.last_day >= since)
    if until:
        chosen = chosen.where(deals.c.first_day <= until)
    if parties:
        tags = [sort(party) for party in sorted(set(parties)) for sort in (Tag.PARTY, Tag.NAMED)]
        chosen = chosen.where(deals.c.key.in_(select(_t.deal).where(_t.tag.in_(tags))))
    if parties or (since and until):
        within = select(1).where(signals.c.root_id == deals.c.id)
        if since:
            within = within.where(signals.c.day >= since)
        if until:
            within = within.where(signals.c.day <= until)
        if parties:
            within = within.join(signal_parties, signal_parties.c.signal_id == signals.c.id)
            within = within.where(signal_parties.c.party.in_(sorted(set(parties))))
        chosen = chosen.where(within.exists())
    roots = list(connection.execute(chosen).scalars())
    for at in range(0, len(roots), _BATCH):
        yield from whole_deals(connection, roots[at : at + _BATCH])


def whole_deals(connection: Connection, roots: Sequence[int]) -> Iterator[Deal]:
    """Yield the deals of some roots, in their order."""
    rows = {row.id: row for row in connection.execute(select(deals).where(among(connection, deals.c.id, roots)))}
    chosen = select_sightings().where(among(connection, signals.c.root_id, roots)).order_by(*_PLACE)
    held: dict[int, list[Sighting]] = {}
    for row in connection.execute(chosen):
        held.setdefault(row.root_id, []).append(sighting_of(row))
    for root in roots:
        row = rows[root]
        yield Deal(
            id=row.key,
            title=row.title,
            parties=tuple(row.parties),
            sector=Sector(row.sector),
            instrument=Instrument(row.instrument),
            sightings=tuple(held[root]),
        )


# The order of sightings: by day, document and place.
_PLACE = (signals.c.day, documents.c.key, signals.c.start, signals.c.end, signals.c.key)


def each_sighting(
    connection: Connection,
    *,
    parties: Collection[str] = (),
    since: date | None = None,
    until: date | None = None,
    deal: str | None = None,
) -> Iterator[Sighting]:
    """Yield sightings in order of day, document and place; ``parties`` asks for those that name one of them.

    What a person rejected is no sighting. Raises DeskError for a deal that there is not.
    """
    chosen = select_sightings().where(signals.c.root_id.is_not(None)).order_by(*_PLACE)
    if deal is not None:
        chosen = chosen.where(signals.c.root_id == root_of(connection, deal))
    if since:
        chosen = chosen.where(signals.c.day >= since)
    if until:
        chosen = chosen.where(signals.c.day <= until)
    if parties:
        named = select(signal_parties.c.signal_id).where(signal_parties.c.party.in_(sorted(set(parties))))
        chosen = chosen.where(signals.c.id.in_(named))
    # Closed with the iteration, also where it is broken off: PostgreSQL holds the rest open otherwise.
    with connection.execute(chosen.execution_options(yield_per=_BATCH)) as rows:
        for row in rows:
            yield sighting_of(row)


# Documents.


def document_by_key(connection: Connection, key: str) -> Kept:
    """Return a document with its sightings, by its key or by an id under which a version of it was read.

    Raises DeskError where there is none.
    """
    row = connection.execute(select_documents().where(documents.c.key == key)).first()
    if row is None:
        read = select(versions.c.document_id).where(versions.c.read_id == key).order_by(versions.c.id.desc()).limit(1)
        row = connection.execute(select_documents().where(documents.c.id == read.scalar_subquery())).first()
    if row is None:
        raise NotOnDesk(f"document {key!r} is not on the desk")
    chosen = select_sightings().where(documents.c.key == row.key, signals.c.root_id.is_not(None))
    return kept_of(row, [sighting_of(each) for each in connection.execute(chosen.order_by(*_PLACE))])


def each_document(
    connection: Connection,
    *,
    since: date | None = None,
    until: date | None = None,
    publisher: str | None = None,
) -> Iterator[Kept]:
    """Yield the documents in order of day and key, without their sightings."""
    chosen = select(documents.c.id).order_by(documents.c.day, documents.c.key)
    if since:
        chosen = chosen.where(documents.c.day >= since)
    if until:
        chosen = chosen.where(documents.c.day <= until)
    if publisher is not None:
        chosen = chosen.where(documents.c.publisher == publisher)
    rows = list(connection.execute(chosen).scalars())
    for at in range(0, len(rows), _BATCH):
        batch = rows[at : at + _BATCH]
        found = connection.execute(
            select_documents().add_columns(documents.c.id).where(among(connection, documents.c.id, batch))
        )
        by_id = {row.id: row for row in found}
        for id in batch:
            yield kept_of(by_id[id])


def find_documents(
    connection: Connection,
    words: str,
    limit: int,
    chars: int,
    *,
    since: date | None = None,
    until: date | None = None,
) -> list[Hit]:
    """Return the newest documents that hold the words, each with some ``chars`` code points of its text around them.

    Every word must stand in the title or the text; words in quotation marks stand one after the other. Any string may be
    asked for; one without a letter or digit finds nothing.
    """
    asked = ask(words)
    rows = search_of(connection).find(connection, Shelf.DOCUMENTS, asked, limit, since=since, until=until)
    if not rows:
        return []
    found = select_documents().add_columns(documents.c.id).where(among(connection, documents.c.id, rows))
    by_id = {row.id: row for row in connection.execute(found)}
    return [_hit(by_id[row], asked, chars) for row in rows]


def _hit(row: Row[Any], asked: Asked, chars: int) -> Hit:
    title = row.title or ""
    return Hit(
        document=row.key,
        publisher=row.publisher,
        day=row.day,
        url=row.url,
        title=excerpt(title, asked, len(title)),
        excerpt=excerpt(row.text, asked, chars),
    )
