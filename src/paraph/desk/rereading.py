"""Reading again: a better engine over the texts that are kept, with everything that people decided carried over.

One document, one transaction, so it may be stopped and begun again. Where the engine now finds the words of an old signal, or
a place that overlaps them, the old id goes on leading there; decisions find their signals by selector. What finds nothing
is told, and stays in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from paraph.desk import ingest
from paraph.desk.folding import Standing, Text, days_of, fold
from paraph.desk.places import find, selector_of
from paraph.desk.reviews import each_review
from paraph.desk.schema import documents, pins, versions
from paraph.desk.values import Reread, Target, Unplaced
from paraph.model import Document, Signal
from paraph.settings import Settings

__all__ = ["keys_to_read", "reread"]

Extract = Callable[[Document], Sequence[Signal]]


def keys_to_read(connection: Connection) -> list[str]:
    """Return the keys of all documents, in order of their days."""
    return list(connection.execute(select(documents.c.key).order_by(documents.c.day, documents.c.id)).scalars())


def reread(
    connection: Connection, key: str, extract: Extract, engine: str, engine_version: str, settings: Settings
) -> Reread:
    """Extract the signals of every text of a document anew, and return what came of it. The transaction is the caller's."""
    row = connection.execute(select(documents).where(documents.c.key == key)).one()
    before = ingest.texts_of(connection, row.id, key)
    days = days_of(before, datetime.fromisoformat(row.first_seen), row.arrival, settings.backdate_days)
    found = {text.text_hash: tuple(_found(extract, text, settings)) for text in before}
    _write(connection, row.id, found, engine, engine_version)
    after = ingest.texts_of(connection, row.id, key)
    old, new = fold(before, days), fold(after, days)
    unplaced = ingest.derive(connection, row.id, settings, renamed=_renamed(old, new))
    kept = {each.key for each in old} & {each.key for each in new}
    return Reread(
        document=key,
        signals=len(new),
        gained=len(new) - len(kept),
        lost=len(old) - len(kept),
        unplaced=(*unplaced, *_unbound(connection, key, new)),
    )


def _found(extract: Extract, text: Text, settings: Settings) -> list[Signal]:
    return [signal for signal in extract(text.document) if signal.confidence >= settings.min_confidence]


def _write(
    connection: Connection, id: int, found: dict[str, tuple[Signal, ...]], engine: str, engine_version: str
) -> None:
    statement = (
        update(versions)
        .where(versions.c.document_id == id, versions.c.text_hash == bindparam("hash_"))
        .values(found=bindparam("found_"), engine=engine, engine_version=engine_version)
    )
    rows = [
        {"hash_": hash, "found_": [signal.to_dict() for signal in signals]} for hash, signals in sorted(found.items())
    ]
    connection.execute(statement, rows)


def _renamed(old: Sequence[Standing], new: Sequence[Standing]) -> dict[str, str]:
    """Return which new signal takes the place of each that goes; those of which nothing is found are left out."""
    kept = {each.key for each in new}
    spans = [(each.text.text_hash, each.signal.start, each.signal.end) for each in new]
    texts = {each.text.text_hash: each.text.document.text for each in new}
    renamed = {}
    for each in old:
        if each.key not in kept:
            text = each.text.document.text
            place = find(selector_of(text, each.signal.start, each.signal.end, each.text.text_hash), spans, texts)
            if place is not None:
                renamed[each.key] = new[place].key
    return renamed


def _unbound(connection: Connection, key: str, new: Sequence[Standing]) -> list[Unplaced]:
    """Return the merges and splits that name a signal of the document of which nothing is found any more."""
    rows = list(connection.execute(select(pins).where(pins.c.one_document == key)))
    rows += connection.execute(select(pins).where(pins.c.other_document == key))
    if not rows:
        return []
    spans = [(each.text.text_hash, each.signal.start, each.signal.end) for each in new]
    texts = {each.text.text_hash: each.text.document.text for each in new}
    ids = {each.key for each in new}
    lost: dict[int, str] = {}
    for row in rows:
        for end in (row.one, row.other):
            target = Target.from_dict(end) if end else None
            if target is None or target.document != key or target.signal in ids:
                continue
            if find(target.selector, spans, texts) is None:
                lost.setdefault(row.review_id, f"“{target.selector.exact}” stands in no signal of {key}")
    log = {review.id: review for review in each_review(connection, numbers=lost.keys())} if lost else {}
    return [Unplaced(log[id], why) for id, why in sorted(lost.items())]
