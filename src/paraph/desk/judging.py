"""Judging: an occasion's verdicts, worked out from what the desk holds and kept there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, select

from paraph.desk import occasions, queries
from paraph.desk.rows import among
from paraph.desk.schema import signals
from paraph.link import Traits, score
from paraph.model import Deal, Occasion, Sighting
from paraph.resolve.verdicts import verdicts_of
from paraph.settings import Settings

__all__ = ["judge", "on_the_desk"]


def on_the_desk(connection: Connection, occasion: Occasion, settings: Settings) -> list[Deal]:
    """Return the deals that name a party of the occasion in the days around it that count, in order of id."""
    since = occasion.first - timedelta(settings.table_days)
    until = occasion.last + timedelta(settings.verdict_days)
    found = queries.each_deal(connection, parties=occasion.parties, since=since, until=until)
    return sorted(found, key=lambda deal: deal.id)


def judge(connection: Connection, occasion: Occasion, settings: Settings) -> list[Deal]:
    """Work out the verdicts on an occasion, keep them in the place of those it had, and return the deals looked at.

    What a person overruled stands (``occasions.verdicts_of``). Raises DeskError for an unknown occasion.
    """
    deals = on_the_desk(connection, occasion, settings)
    known = _traits(connection, [sighting.id for deal in deals for sighting in deal.sightings])

    def alike(one: Sighting, other: Sighting) -> float:
        a, b = known.get(one.id), known.get(other.id)
        # Of all pairs most have neither a word nor the sector in common; none of those has come near any bar.
        if a is None or b is None or (a.sector != b.sector and set(a.words).isdisjoint(b.words)):
            return 0.0
        return score(a, b)

    occasions.settle(connection, occasion, verdicts_of(occasion, deals, alike, settings))
    return deals


def _traits(connection: Connection, ids: Sequence[str]) -> dict[str, Traits]:
    """Return the traits of signals by their ids, without those that an older linking wrote."""
    rows = connection.execute(
        select(signals.c.key, signals.c.traits).where(among(connection, signals.c.key, sorted(ids)))
    )
    return {row.key: traits for row in rows if (traits := Traits.read(row.traits)) is not None}
