"""Parquet files: row groups, and the rows in them as mappings of the contract, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import sleep as wait
from typing import Any

from paraph.corpus.addresses import Sleep, opened, printable
from paraph.corpus.naming import fields, pick
from paraph.corpus.values import Piece, Record
from paraph.errors import Damaged, MissingExtra, SourceError, UsageError
from paraph.settings import Settings

__all__ = ["row_groups", "rows"]

# Rows in memory at once: of pages of 200 kB some 10 MB.
_ROWS = 64
# Bytes of a column read at once.
_BUFFER = 1_000_000
# Blocks of a remote file kept (of 8 MB each): one for each column that is read at the same time.
_BLOCKS = 9

_COPY = "copy the file again"


@contextmanager
def _table(address: str, settings: Settings, sleep: Sleep) -> Iterator[Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtra(
            f"{printable(address)}: reading Parquet needs pyarrow; install it with: pip install 'paraph[corpus]'"
        ) from error
    with opened(address, most=settings.max_archive_bytes, blocks=_BLOCKS, sleep=sleep) as file:
        try:
            table = pq.ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER, page_checksum_verification=True)
        except (pa.ArrowException, OSError) as error:
            raise Damaged(printable(address), f"it is no whole Parquet file ({_said(error)})", _COPY) from error
        with table:
            yield table


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def row_groups(address: str, settings: Settings, columns: Mapping[str, str], *, sleep: Sleep = wait) -> list[int]:
    """Return the unpacked size of each row group of a file, in bytes.

    Raises UsageError where the file has no column for a text, or not one that ``columns`` names; Damaged where its foot cannot
    be read; MissingExtra without pyarrow.
    """
    with _table(address, settings, sleep) as table:
        names = table.schema_arrow.names
        told = f"{printable(address)} has the columns {', '.join(names)[:300] or '(none)'}"
        for key, name in columns.items():
            if name and name not in names:
                raise UsageError(f"column {key}={name}: there is none of that name; {told}")
        if not {"text", "html"} & {key for key, _, _ in pick(names, columns)}:
            raise UsageError(f"{told}; say which holds the text, as --columns text=NAME")
        return [table.metadata.row_group(number).total_byte_size for number in range(table.num_row_groups)]


def rows(
    piece: Piece, settings: Settings, columns: Mapping[str, str], *, sleep: Sleep = wait
) -> Iterator[Record | SourceError]:
    """Yield the rows of a piece's row groups. What cannot be read of a group is told once, with how many rows it costs.

    Raises SourceError where the file itself cannot be read.
    """
    address = printable(piece.addresses[0])
    with _table(piece.addresses[0], settings, sleep) as table:
        import pyarrow as pa

        wanted = [column for _, column, _ in pick(table.schema_arrow.names, columns)]
        sizes = [table.metadata.row_group(number).num_rows for number in range(table.num_row_groups)]
        at = sum(sizes[: piece.start])
        for number in range(piece.start, min(piece.stop, len(sizes))):
            after = at + sizes[number]
            try:
                for batch in table.iter_batches(_ROWS, row_groups=[number], columns=wanted, use_threads=False):
                    for row in _values(batch):
                        at += 1
                        yield _record(row, columns, f"{address}, row {at:,}")
            except (pa.ArrowException, OSError) as error:
                cause = (
                    f"row group {number + 1} is damaged from here on, which costs {after - at:,} rows ({_said(error)})"
                )
                yield Damaged(f"{address}, row {at + 1:,}", cause, "the others are read; " + _COPY)
            at = after


def _values(batch: Any) -> Iterator[dict[str, Any] | str]:
    """Yield the rows of a batch; of one that cannot be made a value of, what is wrong with it."""
    import pyarrow as pa

    columns = []
    for column in batch.columns:
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            # Python's moments end at microseconds.
            column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
        columns.append(column)
    for number in range(batch.num_rows):
        try:
            yield {name: column[number].as_py() for name, column in zip(batch.schema.names, columns, strict=True)}
        except (ValueError, OverflowError) as error:  # bytes that are no UTF-8, a year beyond Python's
            yield _said(error)


def _record(row: dict[str, Any] | str, columns: Mapping[str, str], name: str) -> Record | SourceError:
    if isinstance(row, str):
        return Damaged(name, f"its values cannot be read ({row})", "correct the row, or leave it out")
    try:
        return Record(name, fields=fields(row, columns, name))
    except SourceError as error:
        return error
