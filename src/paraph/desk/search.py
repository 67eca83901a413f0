"""Full text, in each database's own way, behind one face: FTS5 on SQLite, tsvector on PostgreSQL.

Two indexes: ``document_words`` over title and text of each document's newest version, ``signal_words`` over the quotation of each
signal; ``rowid`` (SQLite) or ``id`` (PostgreSQL) is the row's id in ``documents`` or ``signals``. On SQLite neither keeps a
copy of what it indexes: a row must be taken out *before* what it indexes changes. Words are stemmed as English; accents make
no difference on SQLite only.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

__all__ = ["CREATE", "index_document", "index_signals", "unindex_document", "unindex_signals"]

# PostgreSQL refuses a vector of more than a megabyte; of a longer text this much is indexed.
_MOST_CHARS = 500_000

_TOKENS = "porter unicode61 remove_diacritics 2"

# How the first migration makes the indexes.
CREATE: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE VIEW document_texts AS SELECT documents.id AS id, versions.title AS title, versions.text AS text "
        "FROM documents JOIN versions ON versions.id = documents.version_id",
        "CREATE VIRTUAL TABLE document_words USING fts5(title, text, content='document_texts', content_rowid='id', "
        f"tokenize='{_TOKENS}')",
        f"CREATE VIRTUAL TABLE signal_words USING fts5(quote, content='signals', content_rowid='id', tokenize='{_TOKENS}')",
    ),
    "postgresql": (
        "CREATE TABLE document_words (id BIGINT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE, "
        "words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_document_words ON document_words USING gin (words)",
        "CREATE TABLE signal_words (id BIGINT PRIMARY KEY REFERENCES signals (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)",
        "CREATE INDEX ix_signal_words ON signal_words USING gin (words)",
    ),
}

_INDEX_DOCUMENT = {
    "sqlite": text(
        "INSERT INTO document_words (rowid, title, text) SELECT id, title, text FROM document_texts WHERE id = :id"
    ),
    "postgresql": text(
        "INSERT INTO document_words (id, words) SELECT documents.id, "
        "setweight(to_tsvector('english', coalesce(versions.title, '')), 'A') || "
        f"setweight(to_tsvector('english', left(versions.text, {_MOST_CHARS})), 'D') "
        "FROM documents JOIN versions ON versions.id = documents.version_id WHERE documents.id = :id"
    ),
}
_UNINDEX_DOCUMENT = {
    "sqlite": text(
        "INSERT INTO document_words (document_words, rowid, title, text) "
        "SELECT 'delete', id, title, text FROM document_texts WHERE id = :id"
    ),
    "postgresql": text("DELETE FROM document_words WHERE id = :id"),
}
_INDEX_SIGNAL = {
    "sqlite": text("INSERT INTO signal_words (rowid, quote) SELECT id, quote FROM signals WHERE id = :id"),
    "postgresql": text(
        "INSERT INTO signal_words (id, words) SELECT id, to_tsvector('english', quote) FROM signals WHERE id = :id"
    ),
}
_UNINDEX_SIGNAL = {
    "sqlite": text(
        "INSERT INTO signal_words (signal_words, rowid, quote) SELECT 'delete', id, quote FROM signals WHERE id = :id"
    ),
    "postgresql": text("DELETE FROM signal_words WHERE id = :id"),
}


def index_document(connection: Connection, row: int) -> None:
    """Index a document's newest version, which is in the tables already."""
    connection.execute(_INDEX_DOCUMENT[connection.dialect.name], {"id": row})


def unindex_document(connection: Connection, row: int) -> None:
    """Take a document out of the index, before its newest version becomes another."""
    connection.execute(_UNINDEX_DOCUMENT[connection.dialect.name], {"id": row})


def index_signals(connection: Connection, rows: Collection[int]) -> None:
    """Index the quotations of signals, which are in the tables already."""
    if rows:
        connection.execute(_INDEX_SIGNAL[connection.dialect.name], [{"id": row} for row in rows])


def unindex_signals(connection: Connection, rows: Collection[int]) -> None:
    """Take signals out of the index, before their quotation changes or they are deleted."""
    if rows:
        connection.execute(_UNINDEX_SIGNAL[connection.dialect.name], [{"id": row} for row in rows])
