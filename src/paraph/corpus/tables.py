"""The tables of a run: their columns, and rows made of what was read.

On the stage each piece has a table of its documents and one of its signals, with what the later steps need beside what is kept
(``staged_documents``, ``staged_signals``). The data set's own tables leave that out and add what the later steps found.
docs/reference/corpus.md is made from ``TABLES``. All bytes are a function of the rows: one writer's settings, no times, zstd.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pyarrow as pa

    from paraph.model import Reading

__all__ = ["TABLES", "Growing", "reading_of", "schema", "write"]

Columns = tuple[tuple[str, str, str], ...]

# How files are written; statistics let readers pass over what they do not ask for.
_WRITTEN: dict[str, Any] = {"compression": "zstd", "write_statistics": True, "store_schema": False}
# Rows of a group: few enough to be in memory with their texts (some 10 MB), many enough to pack well. Set by eye.
_GROUP = 1_000

_DOCUMENT: Columns = (
    ("id", "string", "what the document is known by, the same for all its versions (the desk's id)"),
    ("version", "string", "hash of its text and of what its source says of it"),
    ("given_id", "string", "the id it came with, or the hash of its address and text"),
    ("name", "string", "where in the input it stands"),
    ("url", "string", "its address"),
    ("publisher", "string", "who published it, as it says"),
    ("site", "string", "registrable domain of its address"),
    ("title", "string", "its title"),
    ("published", "string", "when it was published, ISO 8601, as exactly as it says"),
    ("updated", "string", "when it was updated, likewise"),
    ("fetched", "string", "when the archive fetched it, likewise"),
    ("day", "date32", "the day that counts: of publication, else of fetching, else none"),
    ("language", "string", "ISO 639-1 code"),
    ("kind", "string", "report or official"),
    ("notes", "strings", "what a reader of it should know"),
    ("text_hash", "string", "SHA-256 of the text"),
    ("text", "string", "the text, in which the signals' offsets count code points"),
    ("signals", "int32", "how many signals it holds, weak ones included"),
)
_SIGNAL: Columns = (
    ("id", "string", "what the signal is known by (the desk's id)"),
    ("document", "string", "id of its document"),
    ("version", "string", "version of its document"),
    ("day", "date32", "the day that counts for its document"),
    ("start", "int32", "first code point of the anchor in the text"),
    ("end", "int32", "code point behind the anchor"),
    ("anchor", "string", "the words that name the deal"),
    ("stage", "string", "how far the deal is"),
    ("ahead", "bool", "whether that lies ahead"),
    ("certainty", "string", "how surely the text presents it"),
    ("source_type", "string", "what sort of source says so"),
    ("source", "string", "who says so; none for the outlet itself"),
    ("parties", "strings", "ISO 3166 codes and short names of blocs"),
    ("sector", "string", "field of the deal"),
    ("instrument", "string", "form of the deal"),
    (
        "confidence",
        "float64",
        "how sure the engine is that this is a signal; below word_confidence it counts for nothing",
    ),
    ("why", "cues", "the words that decided each field"),
    ("engine", "string", "what read it"),
    ("quote", "string", "the sentence around the anchor"),
    ("authority", "string", "what it rests on"),
)

TABLES: dict[str, Columns] = {
    "staged_documents": (
        *_DOCUMENT,
        ("identity", "int64", "hash of id and version: equal for the same document delivered again"),
        ("bands", "int64s", "bands of the sketch by which copies are found"),
    ),
    "staged_signals": (
        *_SIGNAL,
        ("row", "int32", "row of its document in the piece's table of documents"),
        ("traits", "string", "what it is compared with others by"),
        ("keys", "int64s", "keys of which it must share one with what it is compared with"),
        ("windows", "int32s", "for each key, the days within which it counts"),
    ),
    "documents": (*_DOCUMENT, ("voice", "string", "id of the document that said it first: its own, or the one it is a copy of")),
    "signals": (
        *_SIGNAL,
        ("publisher", "string", "publisher of its document"),
        ("site", "string", "registrable domain of its document's address"),
        ("voice", "string", "id of the document that said it first"),
        ("deal", "string", "id of its deal: that of the deal's first signal"),
    ),
    "copies": (
        ("document", "string", "a document that is a copy"),
        ("version", "string", "its version"),
        ("copy_of", "string", "the document before it that it is most like"),
        ("likeness", "float64", "how like"),
        ("voice", "string", "the first of the family"),
    ),
    "deals": (
        ("id", "string", "what the deal is known by: the id of its first signal"),
        ("title", "string", "its best anchor"),
        ("parties", "strings", "parties that at least half as many signals name as name the most named one"),
        ("sector", "string", "field of most of its signals, weighed by confidence"),
        ("instrument", "string", "form of most of its signals, likewise"),
        ("first", "date32", "day of its first signal"),
        ("last", "date32", "day of its last signal"),
        ("signals", "int32", "how many signals it has"),
        ("documents", "int32", "how many documents they stand in"),
        ("voices", "int32", "how many these are where a document and its copies count as one"),
    ),
    "skipped": (
        ("name", "string", "where in the input it stands"),
        ("url", "string", "its address"),
        ("fate", "string", "empty, too_large, damaged or poison"),
        ("why", "string", "what went wrong, and the cure"),
    ),
    "coverage": (
        ("site", "string", "registrable domain of the address"),
        ("day", "date32", "day of publication or of fetching, as far as it was read"),
        ("fate", "string", "what became of the documents"),
        ("documents", "int64", "how many"),
    ),
}  # fmt: skip


def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table of ``TABLES``."""
    import pyarrow as pa

    kinds = {
        "string": pa.string(),
        "strings": pa.list_(pa.string()),
        "date32": pa.date32(),
        "int32": pa.int32(),
        "int32s": pa.list_(pa.int32()),
        "int64": pa.int64(),
        "int64s": pa.list_(pa.int64()),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "cues": pa.list_(pa.struct([("field", pa.string()), ("start", pa.int32()), ("end", pa.int32())])),
    }
    return pa.schema([(name, kinds[kind]) for name, kind, _ in TABLES[table]])


def write(path: Path, table: str, rows: Iterable[Mapping[str, Any]] | pa.Table) -> None:
    """Write rows of a table, or an Arrow table of its columns, as one Parquet file. Equal rows give equal bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), schema=schema(table))
    pq.write_table(made, path, **_WRITTEN)


class Growing:
    """A table in one Parquet file that is written as its rows come, some at a time. Equal rows give equal bytes.

    Until it is closed the file is no table.
    """

    def __init__(self, path: Path, table: str) -> None:
        import pyarrow.parquet as pq

        self.rows = 0
        self._schema = schema(table)
        self._waiting: list[Mapping[str, Any]] = []
        self._parts: list[pa.Table] = []
        self._writer: Any = pq.ParquetWriter(path, self._schema, **_WRITTEN)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row."""
        import pyarrow as pa

        self.rows += 1
        self._waiting.append(row)
        if len(self._waiting) == _GROUP:
            self._write(pa.Table.from_pylist(self._waiting, schema=self._schema))
            self._waiting = []

    def extend(self, table: pa.Table) -> None:
        """Add the rows of an Arrow table of the same columns; not to be mixed with ``add``."""
        import pyarrow as pa

        self.rows += table.num_rows
        self._parts.append(table)
        if sum(part.num_rows for part in self._parts) >= _GROUP:
            self._write(pa.concat_tables(self._parts))
            self._parts = []

    def _write(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def close(self) -> None:
        """Write what waits, and end the file; once more does nothing."""
        import pyarrow as pa

        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        try:
            if self._waiting:
                self._parts.append(pa.Table.from_pylist(self._waiting, schema=self._schema))
            if self._parts:
                rest = pa.concat_tables(self._parts)
                writer.write_table(rest, row_group_size=max(1, rest.num_rows))
        finally:
            self._waiting, self._parts = [], []
            writer.close()


def reading_of(document: Mapping[str, Any], signals: Sequence[Mapping[str, Any]]) -> Reading:
    """Return the reading that a row of ``documents`` and its rows of ``signals``, in order of place, keep."""
    from paraph.desk.rows import document_of, signal_of
    from paraph.model import Reading

    return Reading(
        document_of(cast(Any, SimpleNamespace(**document)), document["given_id"]), tuple(map(signal_of, signals))
    )
