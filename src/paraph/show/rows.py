"""Readings as rows for other programs: JSON lines, one JSON array, CSV. All of it is text ready to be written as UTF-8."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from paraph.frames import COLUMNS
from paraph.model import Reading
from paraph.show.safe import cell, json_text

__all__ = ["csv_head", "csv_page", "csv_rows", "json_line", "json_object", "json_page"]


def json_line(reading: Reading) -> str:
    """Return the object of the contract on one line without its line end; the same bytes for the same reading.

    Control and bidirectional characters are written as escapes, so that the line is safe to print on a terminal.
    """
    return json_object(reading.to_dict())


def json_object(value: Any) -> str:
    """Return a value as JSON on one line without its line end, with the same escapes."""
    return json_text(json.dumps(value, ensure_ascii=False, allow_nan=False))


def json_page(value: Any) -> str:
    """Return a value as JSON to be read by people too, with the same escapes."""
    return json_text(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1)) + "\n"


def csv_head() -> str:
    """Return the header line of the CSV."""
    return _line(list(COLUMNS))


def csv_rows(reading: Reading) -> str:
    """Return one line a signal (none for a document without signals); parties are joined with a space.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    return "".join(_line([_cell(row[name]) for name in COLUMNS]) for row in reading.to_dicts())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = " ".join(value)
    return cell(value) if isinstance(value, str) else str(value)


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def csv_page(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return a header line and one line a row, safe for spreadsheets; lists are joined with a space."""
    return _line(list(columns)) + "".join(_line([_cell(row[name]) for name in columns]) for row in rows)
