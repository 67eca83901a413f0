"""Rows to a data frame, with whichever of pandas and polars is installed."""

from __future__ import annotations

from typing import Any

from paraph.errors import MissingExtra

__all__ = ["COLUMNS", "to_frame"]

# The columns of ``Reading.to_dicts()`` in order, with their types; so that a frame without rows has them as well.
COLUMNS: dict[str, type] = {
    "document": str,
    "url": str,
    "publisher": str,
    "title": str,
    "published": str,
    "start": int,
    "end": int,
    "anchor": str,
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
}


def to_frame(rows: list[dict[str, Any]]) -> Any:
    """Return a pandas DataFrame of the rows, or a polars one where pandas is missing.

    The columns are those of ``COLUMNS``, whether there are rows or not; ``parties`` holds lists. Raises MissingExtra where
    neither is installed.
    """
    try:
        import pandas  # type: ignore[import-untyped]
    except ImportError:
        return _to_polars(rows)
    frame = pandas.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({name: kind for name, kind in COLUMNS.items() if kind in (int, bool, float)})


def _to_polars(rows: list[dict[str, Any]]) -> Any:
    try:
        import polars
    except ImportError:
        raise MissingExtra("a data frame needs pandas or polars: pip install 'paraph[pandas]'") from None
    types = {str: polars.String, int: polars.Int64, bool: polars.Boolean, float: polars.Float64}
    return polars.DataFrame(
        rows,
        schema={name: polars.List(polars.String) if kind is list else types[kind] for name, kind in COLUMNS.items()},
    )
