"""Rows to a data frame, with whichever of pandas and polars is installed."""

from __future__ import annotations

from typing import Any

from paraph.errors import MissingExtra

__all__ = ["to_frame"]


def to_frame(rows: list[dict[str, Any]]) -> Any:
    """Return a pandas DataFrame of the rows, or a polars one where pandas is missing.

    Raises MissingExtra where neither is installed.
    """
    try:
        import pandas

        return pandas.DataFrame(rows)
    except ImportError:
        pass
    try:
        import polars

        return polars.DataFrame(rows)
    except ImportError:
        raise MissingExtra("a data frame needs pandas or polars: pip install 'paraph[pandas]'") from None
