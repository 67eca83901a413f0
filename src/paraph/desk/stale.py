"""Which occasions' forecasts have to be worked out again: what they follow from marks them here, reading does the work."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select

from paraph.desk.rows import among
from paraph.desk.schema import occasions, scored, verdicts
from paraph.model import Occasion

__all__ = ["deals_changed", "occasion_changed", "verdicts_changed"]


def deals_changed(connection: Connection, keys: Collection[str]) -> None:
    """Mark the occasions that have a verdict on one of these deals (one at least), by their present or former ids."""
    settled = select(verdicts.c.occasion_id).where(among(connection, verdicts.c.deal, sorted(set(keys))))
    connection.execute(delete(scored).where(scored.c.occasion_id.in_(settled)))


def verdicts_changed(connection: Connection, occasion: str) -> None:
    """Mark an occasion whose verdicts, or what people made of them, changed."""
    number = select(occasions.c.id).where(occasions.c.name == occasion)
    connection.execute(delete(scored).where(scored.c.occasion_id.in_(number)))


def occasion_changed(connection: Connection, occasion: Occasion) -> None:
    """Mark an occasion that came, goes, or has other days or parties, and those of its parties that do not end before it.

    What was a forecast for one of these may be one for it, or the other way round.
    """
    touched = [
        row.id
        for row in connection.execute(select(occasions))
        if row.name == occasion.name
        or (row.last >= occasion.last and not set(row.parties).isdisjoint(occasion.parties))
    ]
    connection.execute(delete(scored).where(among(connection, scored.c.occasion_id, touched)))
