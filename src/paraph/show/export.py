"""Flat rows as files for other programs: JSON lines, CSV, Parquet. A column is a name with its type; a list is one of texts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from paraph.errors import MissingExtra
from paraph.show.safe import cell, json_text

__all__ = ["csv_lines", "json_lines", "need_parquet", "write_parquet"]

# How many rows of a Parquet file are held in memory, and make up one of its groups. Set by eye.
GROUP_ROWS = 10_000

_SURROGATE = re.compile("[\ud800-\udfff]")

Row = Mapping[str, Any]


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield each row as one JSON object with its line end; control and bidirectional characters as escapes."""
    for row in rows:
        yield json_text(json.dumps(row, ensure_ascii=False, allow_nan=False)) + "\n"


def csv_lines(columns: Mapping[str, type], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the header and one line a row; lists are joined with a space, None is an empty cell.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    yield out.getvalue()
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow([_cell(row[name]) for name in columns])
        yield out.getvalue()


def need_parquet() -> None:
    """Raise MissingExtra where Parquet cannot be written."""
    try:
        import polars  # noqa: F401
    except ImportError:
        raise MissingExtra("Parquet needs polars: pip install 'paraph[polars]'") from None


def write_parquet(columns: Mapping[str, type], rows: Iterable[Row], path: Path) -> None:
    """Write the rows as a Parquet file, a group of them at a time. Raises MissingExtra where polars is not installed.

    Lone halves of surrogate pairs, which Parquet's texts cannot hold, become U+FFFD.
    """
    need_parquet()
    import polars

    types = {str: polars.String, int: polars.Int64, bool: polars.Boolean, float: polars.Float64}
    schema: Any = {name: polars.List(polars.String) if kind is list else types[kind] for name, kind in columns.items()}
    rest = iter(rows)

    def groups() -> Iterator[Any]:
        while group := list(islice(rest, GROUP_ROWS)):
            yield polars.DataFrame([{name: _sound(row[name]) for name in columns} for row in group], schema=schema)

    # Each group to a file of its own beside the whole one, then all of them read lazily into it: what is in memory is one group.
    parts = []
    try:
        for number, group in enumerate(groups()):
            part = path.with_name(f"{path.name}.{number}")
            parts.append(part)
            group.write_parquet(part)
        if parts:
            polars.concat([polars.scan_parquet(part) for part in parts]).sink_parquet(path, maintain_order=True)
        else:
            polars.DataFrame(schema=schema).write_parquet(path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        value = " ".join(value)
    return cell(value) if isinstance(value, str) else str(value)


def _sound(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return [_sound(each) for each in value]
    return value
