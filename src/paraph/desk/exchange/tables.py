"""The desk as tables: signals, deals, documents, verdicts and reviews as flat rows, in one order.

A row's keys are those of ``COLUMNS`` and in their order. Signals stand as people corrected them; rejected ones are
among them, with their state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection

from paraph.desk.rows import select_sightings, sighting_of
from paraph.desk.schema import documents, signals, versions
from paraph.desk.store import Desk
from paraph.desk.values import DealQuery, DealRow, Kept
from paraph.model import Verdict, iso

__all__ = ["COLUMNS", "TABLES", "binary", "row_of_kept", "rows_of"]

# How many rows are asked of the database at a time, so that the memory that an export needs does not grow with the desk.
BATCH = 500

# The columns of each table with their types; a list is one of texts.
COLUMNS: dict[str, dict[str, type]] = {
    "signals": {
        "id": str,
        "deal": str,
        "document": str,
        "start": int,
        "end": int,
        "anchor": str,
        "prefix": str,
        "suffix": str,
        "text_hash": str,
        "stage": str,
        "ahead": bool,
        "certainty": str,
        "source_type": str,
        "source": str,
        "parties": list,
        "sector": str,
        "instrument": str,
        "confidence": float,
        "engine": str,
        "state": str,
        "vanished": bool,
        "day": str,
        "publisher": str,
        "owner": str,
        "voice": str,
        "authority": str,
        "kind": str,
        "title": str,
        "quote": str,
        "url": str,
    },
    "deals": {
        "id": str,
        "title": str,
        "parties": list,
        "sector": str,
        "instrument": str,
        "stage": str,
        "ahead": bool,
        "certainty": str,
        "since": str,
        "heard": str,
        "contested": bool,
        "withdrawn": bool,
        "lapsed": bool,
        "sightings": int,
        "voices": int,
        "first_day": str,
        "last_day": str,
    },
    "documents": {
        "id": str,
        "url": str,
        "publisher": str,
        "owner": str,
        "title": str,
        "published": str,
        "updated": str,
        "fetched": str,
        "first_seen": str,
        "day": str,
        "arrival": str,
        "language": str,
        "kind": str,
        "copy_of": str,
        "voice": str,
        "versions": int,
        "raw": str,
        "notes": list,
        "text": str,
    },
    "verdicts": {
        "occasion": str,
        "deal": str,
        "outcome": str,
        "confidence": float,
        "announced": bool,
        "evidence": str,
        "document": str,
        "quote": str,
        "proposed": str,
        "by": str,
        "reason": str,
    },
    "reviews": {
        "id": int,
        "at": str,
        "who": str,
        "action": str,
        "document": str,
        "signal": str,
        "words": str,
        "payload": str,
        "reason": str,
        "undoes": int,
    },
}

Row = dict[str, Any]


def rows_of(desk: Desk, table: str) -> Iterator[Row]:
    """Yield the rows of one of ``TABLES``; a few at a time are held in memory."""
    return TABLES[table](desk)


def binary(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """Return a text column in the order of its code points, on either database.

    PostgreSQL would sort by its language's rules, which differ from server to server.
    """
    return column.collate("C") if connection.dialect.name == "postgresql" else column


def _signals(desk: Desk) -> Iterator[Row]:
    roots = signals.alias("roots")
    texts = versions.alias("texts")
    with desk.look() as connection:
        found = select_sightings().add_columns(
            signals.c.prefix, signals.c.suffix, signals.c.state, roots.c.key.label("deal"), texts.c.text_hash
        )
        # The roots and texts are joined by their ids, without touching what ``select_sightings`` joins.
        found = found.outerjoin(roots, roots.c.id == signals.c.root_id).join(texts, texts.c.id == signals.c.version_id)
        key = binary(connection, documents.c.key)
        order = found.order_by(signals.c.day, key, signals.c.start, signals.c.end, signals.c.key)
        for row in connection.execute(order.execution_options(yield_per=BATCH)):
            sighting = sighting_of(row).to_dict()
            extra = {"prefix": row.prefix, "suffix": row.suffix, "state": row.state, "deal": row.deal}
            yield _in_order("signals", sighting | extra | {"text_hash": row.text_hash})


def _deals(desk: Desk) -> Iterator[Row]:
    after = ""
    today = desk.now().date()
    while page := desk.deals(DealQuery(sort="first", limit=BATCH, after=after, today=today)):
        yield from (row_of_deal(deal) for deal in page)
        after = page[-1].cursor


def row_of_deal(deal: DealRow) -> Row:
    """Return a deal of a list as a row."""
    values = {name: getattr(deal, name) for name in COLUMNS["deals"]}
    days = {name: iso(values[name]) for name in ("since", "heard", "first_day", "last_day")}
    words = {name: str(values[name]) for name in ("sector", "instrument", "stage", "certainty")}
    return values | days | words | {"parties": list(deal.parties)}


def _documents(desk: Desk) -> Iterator[Row]:
    for kept in desk.documents():
        yield row_of_kept(kept)


def row_of_kept(kept: Kept) -> Row:
    """Return a document as a row."""
    extra = {
        "owner": kept.owner,
        "first_seen": kept.first_seen.isoformat(),
        "day": kept.day.isoformat(),
        "arrival": kept.arrival,
        "copy_of": kept.copy_of,
        "voice": kept.voice,
        "versions": kept.versions,
        "raw": kept.raw,
    }
    return _in_order("documents", kept.document.to_dict() | extra)


def _verdicts(desk: Desk) -> Iterator[Row]:
    for occasion in desk.occasions():
        for verdict in sorted(desk.verdicts(occasion.name), key=lambda each: each.deal):
            yield _row_of_verdict(occasion.name, verdict)


def _row_of_verdict(occasion: str, verdict: Verdict) -> Row:
    shown = verdict.evidence
    return {
        "occasion": occasion,
        "deal": verdict.deal,
        "outcome": str(verdict.outcome),
        "confidence": round(verdict.confidence, 4),
        "announced": verdict.announced,
        "evidence": shown.id if shown else None,
        "document": shown.document if shown else None,
        "quote": shown.quote if shown else None,
        "proposed": str(verdict.proposed) if verdict.proposed else None,
        "by": verdict.by,
        "reason": verdict.reason,
    }


def _reviews(desk: Desk) -> Iterator[Row]:
    import json

    for review in desk.reviews():
        target = review.target
        yield {
            "id": review.id,
            "at": review.at.isoformat() if review.at else None,
            "who": review.who,
            "action": str(review.action),
            "document": target.document if target else None,
            "signal": target.signal if target else review.signal,
            "words": target.selector.exact if target else None,
            "payload": json.dumps(dict(review.payload), ensure_ascii=False, sort_keys=True),
            "reason": review.reason,
            "undoes": review.undoes,
        }


def _in_order(table: str, values: Mapping[str, Any]) -> Row:
    return {name: values[name] for name in COLUMNS[table]}


TABLES: dict[str, Callable[[Desk], Iterator[Row]]] = {
    "signals": _signals,
    "deals": _deals,
    "documents": _documents,
    "verdicts": _verdicts,
    "reviews": _reviews,
}
