"""Shelves: lists of documents, the copies of one, and all signals of one, each bounded and read by index."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, select, tuple_

from paraph.desk import queries
from paraph.desk.identity import LONGEST
from paraph.desk.pages import DocumentPage, DocumentRow, SignalRow
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import aliases, documents, signals, versions
from paraph.desk.search import Shelf, search_of
from paraph.desk.terms import ask, excerpt
from paraph.desk.values import Arrival, State
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.model import Kind
from paraph.settings import Settings

__all__ = ["COPIES", "COUNTED", "WORDED", "copies_of", "documents_page", "signal", "signals_of"]

# A list of documents is counted up to here. Set by eye: nobody turns to a page behind it.
COUNTED = 10_000
# Documents that hold the words of a search, the newest, among which a list with other filters is looked for. Set by eye.
WORDED = 2_000
# Copies of one document that are listed, the oldest first. Set by eye; a wire report is printed by some hundred papers.
COPIES = 200

_CURSOR = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})", re.ASCII)

_HEX = re.compile(r"[0-9a-f]+")
# Enough to know that there are several.
_SEVERAL = 3

_ROW = (
    documents.c.id,
    documents.c.key,
    documents.c.title,
    documents.c.publisher,
    documents.c.day,
    documents.c.url,
    documents.c.kind,
    documents.c.arrival,
    documents.c.likeness,
    documents.c.version_id,
)
_parents = documents.alias("parents")
_SIGNALS = (
    select(func.count())
    .where(signals.c.document_id == documents.c.id, signals.c.state != str(State.REJECTED))
    .correlate(documents)
    .scalar_subquery()
    .label("signals")
)


# Lists.


def documents_page(
    connection: Connection,
    settings: Settings,
    *,
    words: str = "",
    publisher: str | None = None,
    kind: Kind | None = None,
    arrival: Arrival | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 50,
    after: str = "",
) -> DocumentPage:
    """Return a page of documents, newest first, of equal days the last that came in; both days included.

    ``words`` must all stand in the title or the text, those in quotation marks one after the other; of the documents that hold
    them the newest ``WORDED`` are looked at. Counted is up to ``COUNTED``. Raises UsageError for a cursor that is none.
    """
    place = _place(after) if after else None
    asked = ask(words)
    if words.strip():
        held = search_of(connection).find(connection, Shelf.DOCUMENTS, asked, WORDED + 1, since=since, until=until)
        # Chosen here: the database would look for the documents of the publisher first, and for these among them.
        found = connection.execute(select(*_ROW).where(among(connection, documents.c.id, held[:WORDED])))
        chosen = sorted(
            (row.day, row.id)
            for row in found
            if publisher in (None, row.publisher) and kind in (None, row.kind) and arrival in (None, row.arrival)
        )[::-1]
        of, whole = len(chosen), len(held) <= WORDED
        ids = [row[1] for row in chosen if place is None or row < place][: limit + 1]
    else:
        conditions = list(_asked(publisher, kind, arrival, since, until))
        counted = select(1).select_from(documents).where(*conditions).limit(COUNTED + 1).subquery()
        of = connection.execute(select(func.count()).select_from(counted)).scalar_one()
        whole = of <= COUNTED
        wanted = select(documents.c.id).where(*conditions)
        if place:
            wanted = wanted.where(tuple_(documents.c.day, documents.c.id) < tuple_(*place))
        wanted = wanted.order_by(documents.c.day.desc(), documents.c.id.desc()).limit(limit + 1)
        ids = list(connection.execute(wanted).scalars())
    page = ids[:limit]
    by_id = {row.id: row for row in _documents(connection, among(connection, documents.c.id, page))}
    texts = _texts(connection, {row.version_id for row in by_id.values()}) if words.strip() else {}
    rows = tuple(
        _row(by_id[id], excerpt(texts[by_id[id].version_id], asked, settings.quote_chars) if texts else None)
        for id in page
    )
    return DocumentPage(rows, len(ids) > limit, min(of, COUNTED), whole)


def _asked(
    publisher: str | None, kind: Kind | None, arrival: Arrival | None, since: date | None, until: date | None
) -> Iterator[ColumnElement[bool]]:
    if publisher is not None:
        yield documents.c.publisher == publisher
        if len(publisher) <= LONGEST:
            yield func.length(documents.c.publisher) <= literal_column(str(LONGEST))  # what PostgreSQL's index holds
    if kind is not None:
        yield documents.c.kind == str(kind)
    if arrival is not None:
        yield documents.c.arrival == arrival
    if since is not None:
        yield documents.c.day >= since
    if until is not None:
        yield documents.c.day <= until


def copies_of(connection: Connection, key: str) -> list[DocumentRow]:
    """Return the other documents of one voice, oldest first, at most ``COPIES``. Raises DeskError for no such document."""
    mine = connection.execute(select(documents.c.id, documents.c.root_id).where(documents.c.key == key)).first()
    if mine is None:
        raise NotOnDesk(f"document {key!r} is not on the desk")
    ids = select(documents.c.id).where(documents.c.root_id == mine.root_id, documents.c.id != mine.id)
    listed = list(connection.execute(ids.order_by(documents.c.day, documents.c.id).limit(COPIES)).scalars())
    by_id = {row.id: row for row in _documents(connection, among(connection, documents.c.id, listed))}
    return [_row(by_id[id]) for id in listed]


def _documents(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Any]:
    found = select(*_ROW, _parents.c.key.label("copy_of"), _SIGNALS).select_from(
        documents.outerjoin(_parents, _parents.c.id == documents.c.parent_id)
    )
    return connection.execute(found.where(condition)).all()


def _row(row: Any, found: Any = None) -> DocumentRow:
    return DocumentRow(
        key=row.key,
        title=row.title,
        publisher=row.publisher,
        day=row.day,
        url=row.url,
        kind=Kind(row.kind),
        arrival=row.arrival,
        signals=row.signals,
        copy_of=row.copy_of,
        likeness=row.likeness,
        found=found,
        cursor=f"{row.day.isoformat()}.{row.id}",
    )


def _place(after: str) -> tuple[date, int]:
    match = _CURSOR.fullmatch(after)
    if match:
        try:
            return date.fromisoformat(match[1]), int(match[2])
        except ValueError:
            pass
    raise UsageError(f"{after!r} is no place in a list of documents; give the cursor of a document in it")


# Signals.


def signal(connection: Connection, id: str) -> SignalRow:
    """Return one signal by its id, one that it had before, or the beginning of it (4 digits at least).

    Raises DeskError where there is none, or more than one.
    """
    given = id.strip().lower()
    if len(given) < queries.MIN_PREFIX or not _HEX.fullmatch(given):
        raise DeskError(f"signal {id!r}: an id has at least {queries.MIN_PREFIX} digits 0-9 and a-f")
    begins = (signals.c.key >= given) & (signals.c.key < given + "g")
    found = connection.execute(select(signals.c.id, signals.c.key).where(begins).limit(_SEVERAL)).all()
    if not found:
        once = (aliases.c.key >= given) & (aliases.c.key < given + "g")
        found = connection.execute(
            select(aliases.c.signal_id.label("id"), aliases.c.key).where(once).limit(_SEVERAL)
        ).all()
    exact = [row for row in found if row.key == given] or found
    rows = {row.id for row in exact}
    if not rows:
        raise NotOnDesk(f"signal {id!r} is not on the desk (`paraph deal ID` shows the signals of a deal)")
    if len(rows) > 1:
        raise DeskError(f"signal {id!r} may be any of several; give more of its id")
    return next(_signals(connection, signals.c.id == rows.pop()))


def signals_of(connection: Connection, key: str) -> list[SignalRow]:
    """Return all signals of a document in order of place, rejected and weak ones included. Raises DeskError for no document."""
    row = connection.execute(select(documents.c.id).where(documents.c.key == key)).first()
    if row is None:
        raise NotOnDesk(f"document {key!r} is not on the desk")
    return list(_signals(connection, signals.c.document_id == row.id))


def _signals(connection: Connection, condition: ColumnElement[bool]) -> Iterator[SignalRow]:
    root = signals.alias("root")
    found = (
        select_sightings()
        .add_columns(
            signals.c.state,
            signals.c.proposed,
            signals.c.engine_version,
            signals.c.version_id,
            documents.c.version_id.label("newest"),
            root.c.key.label("deal"),
        )
        .outerjoin(root, root.c.id == signals.c.root_id)
        .where(condition)
        .order_by(signals.c.start, signals.c.end, signals.c.key)
    )
    rows = connection.execute(found).all()
    texts = _texts(connection, {row.version_id for row in rows})
    for row in rows:
        sighting = sighting_of(row)
        yield SignalRow(
            sighting=sighting,
            state=State(row.state),
            proposed=row.proposed or {},
            words=tuple(texts[row.version_id][cue.start : cue.end] for cue in sighting.signal.why),
            engine_version=row.engine_version,
            deal=row.deal,
            newest=row.version_id == row.newest,
        )


def _texts(connection: Connection, rows: Collection[int]) -> dict[int, str]:
    found = select(versions.c.id, versions.c.text).where(among(connection, versions.c.id, sorted(rows)))
    return {row.id: row.text for row in connection.execute(found)}
