"""Which occasions' forecasts and verdicts are out of date: what they follow from marks them here.

Forecasts are worked out anew by whoever reads them (desk/scoring.py), verdicts by whoever asks for it (desk/judging.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from paraph.desk.rows import among
from paraph.desk.schema import occasions, scored, verdicts
from paraph.model import Deal, Occasion
from paraph.settings import Settings

__all__ = ["deals_came", "deals_changed", "occasion_changed", "verdicts_changed"]


def deals_changed(connection: Connection, keys: Collection[str]) -> None:
    """Mark the occasions that have a verdict on one of these deals (one at least), by their present or former ids."""
    settled = select(verdicts.c.occasion_id).where(among(connection, verdicts.c.deal, sorted(set(keys))))
    connection.execute(delete(scored).where(scored.c.occasion_id.in_(settled)))
    fresh = occasions.c.settled & occasions.c.id.in_(settled)
    connection.execute(update(occasions).where(fresh).values(settled=False))


def deals_came(connection: Connection, made: Collection[Deal], settings: Settings) -> None:
    """Mark as out of date the occasions on whose table these deals, which are new or changed, may be (one at least)."""
    days = [each.day for deal in made for each in (deal.sightings[0], deal.sightings[-1])]
    before, after = timedelta(settings.table_days), timedelta(settings.verdict_days)
    near = select(occasions.c.id, occasions.c.parties, occasions.c.first, occasions.c.last).where(
        occasions.c.settled, occasions.c.first <= max(days) + before, occasions.c.last >= min(days) - after
    )
    touched = [
        row.id
        for row in connection.execute(near)
        if any(
            row.first - before <= each.day <= row.last + after and not set(row.parties).isdisjoint(each.signal.parties)
            for deal in made
            for each in deal.sightings
        )
    ]
    if touched:
        connection.execute(update(occasions).where(among(connection, occasions.c.id, touched)).values(settled=False))


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
