"""Search: which documents and signals hold the words that are asked for, newest first.

One small interface, ``Search``, with two ways behind it: SQLite's FTS5 and PostgreSQL's tsvector. Both get the terms of
``paraph.desk.terms``, so they answer alike. Nothing is ranked by how well it fits: a word that stands in a million texts would
have a million ranked for a page of twenty. Newest first is what readers of news want, and it can be read off the index and
broken off after a page, however many texts hold the word.

SQLite: the index holds no texts (FTS5 "contentless"), its row ids begin with the day, so that descending row ids are the
newest first, and the table of places beside it says which row id of an item is the present one. Nothing is ever taken out of
the index: what an item said before an update is found no more because its place has changed, so the index cannot be spoilt by
a term that was cut differently when it was put in. ``reindex`` makes it anew without what is gone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from paraph.desk.schema import documents, signals, versions
from paraph.desk.terms import INDEXED_BYTES, Asked, terms_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "Item",
    "PostgresSearch",
    "Search",
    "Shelf",
    "SqliteSearch",
    "index_document",
    "index_signals",
    "reindex",
    "search_of",
    "unindex_document",
    "unindex_signals",
]

# An item: its row, the day that counts for it, and its texts, each searched as one (a phrase does not run from one into the
# next).
Item = tuple[int, date, Sequence[str]]

# So many items are put in at once when the index is made anew.
_BATCH = 500


class Shelf(StrEnum):
    """What is searched: the titles and texts of documents, the quotations of signals."""

    DOCUMENTS = "document"
    SIGNALS = "signal"


class Search(Protocol):
    """The index of words of a desk. Every method works in the transaction of the connection it is given."""

    def put(self, connection: Connection, shelf: Shelf, items: Iterable[Item]) -> None:
        """Put items in; one that is there already is replaced."""

    def drop(self, connection: Connection, shelf: Shelf, rows: Collection[int]) -> None:
        """Take items out; one that is not there is let pass."""

    def clear(self, connection: Connection, shelf: Shelf) -> None:
        """Take everything out."""

    def find(
        self,
        connection: Connection,
        shelf: Shelf,
        asked: Asked,
        limit: int,
        *,
        since: date | None = None,
        until: date | None = None,
    ) -> list[int]:
        """Return the rows of the newest items, at most ``limit``, that hold all that is asked for; both days included.

        In order of day and row, the last first. Nothing asked for is nothing found.
        """


def search_of(connection: Connection) -> Search:
    """Return the search for the database that the connection leads to."""
    return PostgresSearch() if connection.dialect.name == "postgresql" else SqliteSearch()


_COLUMNS = {Shelf.DOCUMENTS: ("title", "body"), Shelf.SIGNALS: ("quote",)}


class SqliteSearch:
    """Search by FTS5."""

    # A row id of the index: the day's ordinal, the item's row, and how often it was put in before.
    _ROW_BITS, _TIMES_BITS = 32, 9

    def put(self, connection: Connection, shelf: Shelf, items: Iterable[Item]) -> None:
        """Put items in; one that is there already is replaced."""
        columns = _COLUMNS[shelf]
        words, places = [], []
        items = list(items)
        times = self._times(connection, shelf, [row for row, _, _ in items])
        for row, day, texts in items:
            place = self._place(day, row, times.get(row, 0))
            words.append((place, *(" ".join(terms) for terms in _cut(texts))))
            places.append((row, place))
        if words:
            marks = ", ".join("?" * (1 + len(columns)))
            connection.exec_driver_sql(
                f"INSERT INTO {shelf}_words (rowid, {', '.join(columns)}) VALUES ({marks})",  # noqa: S608
                words,
            )
            connection.exec_driver_sql(
                f"INSERT OR REPLACE INTO {shelf}_places (id, place) VALUES (?, ?)",  # noqa: S608
                places,
            )

    def drop(self, connection: Connection, shelf: Shelf, rows: Collection[int]) -> None:
        """Take items out; one that is not there is let pass."""
        if rows:
            # Kept with its sign turned: a row that is put in again must not take a place that it had before.
            connection.exec_driver_sql(
                f"UPDATE {shelf}_places SET place = -abs(place) WHERE id = ?",  # noqa: S608
                [(row,) for row in rows],
            )

    def clear(self, connection: Connection, shelf: Shelf) -> None:
        """Take everything out."""
        connection.exec_driver_sql(f"INSERT INTO {shelf}_words ({shelf}_words) VALUES ('delete-all')")  # noqa: S608
        connection.exec_driver_sql(f"DELETE FROM {shelf}_places")  # noqa: S608

    def find(
        self,
        connection: Connection,
        shelf: Shelf,
        asked: Asked,
        limit: int,
        *,
        since: date | None = None,
        until: date | None = None,
    ) -> list[int]:
        """Return the rows of the newest items, at most ``limit``, that hold all that is asked for; both days included."""
        if not asked:
            return []
        # Each phrase in quotation marks; a term has none, so none of its signs can be FTS5's.
        match = " ".join(f'"{" ".join(phrase)}"' for phrase in asked.phrases)
        low = self._place(since or date.min, 0, 0)
        high = self._place(until or date.max, (1 << self._ROW_BITS) - 1, (1 << self._TIMES_BITS) - 1)
        # The index goes first, whatever the planner thinks: read downwards it can be broken off.
        found = connection.exec_driver_sql(
            f"SELECT p.id FROM {shelf}_words AS w CROSS JOIN {shelf}_places AS p "  # noqa: S608
            f"ON p.id = ((w.rowid >> {self._TIMES_BITS}) & {(1 << self._ROW_BITS) - 1}) AND p.place = w.rowid "
            f"WHERE {shelf}_words MATCH ? AND w.rowid BETWEEN ? AND ? ORDER BY w.rowid DESC LIMIT ?",
            (match, low, high, limit),
        )
        return list(found.scalars().all())

    def _times(self, connection: Connection, shelf: Shelf, rows: Sequence[int]) -> dict[int, int]:
        """Return how often each item was put in before: the count in its last place and one more."""
        found = connection.exec_driver_sql(
            f"SELECT id, place FROM {shelf}_places WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608
            (json.dumps(rows),),
        )
        return {row: (abs(place) + 1) & ((1 << self._TIMES_BITS) - 1) for row, place in found}

    def _place(self, day: date, row: int, times: int) -> int:
        return ((day.toordinal() << self._ROW_BITS | row) << self._TIMES_BITS) | times


class PostgresSearch:
    """Search by tsvector and a GIN index.

    A phrase is found only where it stands in the first 16,383 words of a text, and by the first 256 places of each word:
    PostgreSQL keeps no more.
    """

    # A phrase must not run from one text into the next.
    _APART = 10
    _LAST_PLACE, _MOST_PLACES = 16_383, 256

    def put(self, connection: Connection, shelf: Shelf, items: Iterable[Item]) -> None:
        """Put items in; one that is there already is replaced."""
        rows = [(row, day, self._vector(_cut(texts))) for row, day, texts in items]
        if rows:
            connection.exec_driver_sql(
                f"INSERT INTO {shelf}_words (id, day, words) VALUES (%s, %s, %s::tsvector) "  # noqa: S608
                "ON CONFLICT (id) DO UPDATE SET day = excluded.day, words = excluded.words",
                rows,
            )

    def drop(self, connection: Connection, shelf: Shelf, rows: Collection[int]) -> None:
        """Take items out; one that is not there is let pass."""
        if rows:
            connection.exec_driver_sql(
                f"DELETE FROM {shelf}_words WHERE id = ANY(%s)",  # noqa: S608
                (list(rows),),
            )

    def clear(self, connection: Connection, shelf: Shelf) -> None:
        """Take everything out."""
        connection.exec_driver_sql(f"DELETE FROM {shelf}_words")  # noqa: S608

    def find(
        self,
        connection: Connection,
        shelf: Shelf,
        asked: Asked,
        limit: int,
        *,
        since: date | None = None,
        until: date | None = None,
    ) -> list[int]:
        """Return the rows of the newest items, at most ``limit``, that hold all that is asked for; both days included."""
        if not asked:
            return []
        # A term in apostrophes, in which it has no sign that could be an operator.
        match = " & ".join("(" + " <-> ".join(f"'{term}'" for term in phrase) + ")" for phrase in asked.phrases)
        days = [(" AND day >= %s", since), (" AND day <= %s", until)]
        where = "".join(sql for sql, day in days if day)
        given: tuple[Any, ...] = (match, *(day for _, day in days if day), limit)
        found = connection.exec_driver_sql(
            f"SELECT id FROM {shelf}_words WHERE words @@ %s::tsquery{where} "  # noqa: S608
            "ORDER BY day DESC, id DESC LIMIT %s",
            given,
        )
        return list(found.scalars().all())

    def _vector(self, texts: Sequence[Sequence[str]]) -> str:
        places: dict[str, list[int]] = {}
        at = 0
        for terms in texts:
            for term in terms:
                at += 1
                found = places.setdefault(term, [])
                if len(found) < self._MOST_PLACES and (at <= self._LAST_PLACE or not found):
                    found.append(min(at, self._LAST_PLACE))
            at += self._APART
        return " ".join(f"'{term}':{','.join(map(str, found))}" for term, found in places.items())


def index_document(connection: Connection, row: int) -> None:
    """Index a document's newest version, which is in the tables already, in the place of what was indexed of it."""
    search_of(connection).put(connection, Shelf.DOCUMENTS, _documents(connection, row))


def unindex_document(connection: Connection, row: int) -> None:
    """Take a document out of the index."""
    search_of(connection).drop(connection, Shelf.DOCUMENTS, (row,))


def index_signals(connection: Connection, rows: Collection[int]) -> None:
    """Index the quotations of signals, which are in the tables already, in the place of what was indexed of them."""
    if rows:
        search_of(connection).put(connection, Shelf.SIGNALS, _signals(connection, rows))


def unindex_signals(connection: Connection, rows: Collection[int]) -> None:
    """Take signals out of the index."""
    search_of(connection).drop(connection, Shelf.SIGNALS, rows)


def reindex(connection: Connection) -> None:
    """Make the whole index anew from the tables: after a change of ``TERMS_VERSION``, or to be rid of what is gone."""
    search = search_of(connection)
    for shelf, items in ((Shelf.DOCUMENTS, _documents(connection)), (Shelf.SIGNALS, _signals(connection))):
        search.clear(connection, shelf)
        while batch := list(islice(items, _BATCH)):
            search.put(connection, shelf, batch)


def _documents(connection: Connection, row: int | None = None) -> Iterator[Item]:
    query = select(documents.c.id, documents.c.day, versions.c.title, versions.c.text).join(
        versions, versions.c.id == documents.c.version_id
    )
    if row is None:
        query = query.order_by(documents.c.day, documents.c.id).execution_options(yield_per=_BATCH)
    else:
        query = query.where(documents.c.id == row)
    for id, day, title, text in connection.execute(query):
        yield id, day, (title or "", text)


def _signals(connection: Connection, rows: Collection[int] | None = None) -> Iterator[Item]:
    query = select(signals.c.id, signals.c.day, signals.c.quote)
    if rows is None:
        query = query.order_by(signals.c.day, signals.c.id).execution_options(yield_per=_BATCH)
    else:
        query = query.where(signals.c.id.in_(rows))
    for id, day, quote in connection.execute(query):
        yield id, day, (quote,)


def _cut(texts: Sequence[str]) -> list[list[str]]:
    """Return the terms of each text, as many as are indexed of them all together."""
    room = INDEXED_BYTES
    out = []
    for text in texts:
        out.append(terms_of(text, room))
        room -= sum(len(term.encode()) + 2 for term in out[-1])
    return out
