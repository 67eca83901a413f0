"""The rows of ``deals``: what lists show of each deal, made anew from its sightings whenever one of them changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert

from paraph.desk import stale
from paraph.desk.rows import among, by_rows, select_sightings
from paraph.desk.schema import deal_tags, deals, documents, signals
from paraph.desk.tags import tag_rows
from paraph.link import summary_of, title_of
from paraph.model import Deal, Sighting
from paraph.resolve.history import status_of
from paraph.resolve.witnesses import witnesses
from paraph.settings import Settings

__all__ = ["deal_of", "deals_of", "drop", "refresh"]

# So many deals are made anew at a time, so that the memory that it takes does not depend on how many there are.
_AT_ONCE = 500


def deal_of(sightings: Sequence[Sighting]) -> Deal:
    """Return the deal that sightings make, given in order of day, document and place."""
    parties, sector, instrument = summary_of(sightings)
    return Deal(sightings[0].id, title_of(sightings), parties, sector, instrument, tuple(sightings))


def deals_of(connection: Connection, roots: Collection[int]) -> dict[int, Deal]:
    """Return the deals whose roots these rows are; rows that are no roots (any more) are left out."""
    if not roots:
        return {}
    found = select_sightings().where(among(connection, signals.c.root_id, sorted(roots)))
    ordered = found.order_by(signals.c.day, documents.c.key, signals.c.start, signals.c.end, signals.c.key)
    groups = by_rows(connection.execute(ordered))
    return {root: deal_of(sorted(groups[root], key=_in_order)) for root in sorted(groups)}


def _in_order(sighting: Sighting) -> tuple[Any, ...]:
    # Sorted here as well: databases order letters each in their own way.
    return sighting.day, sighting.document, sighting.signal.start, sighting.signal.end, sighting.id


def refresh(connection: Connection, roots: Collection[int], settings: Settings) -> None:
    """Make the rows of these deals anew, and take away those that are no deals any more."""
    rest = sorted(roots)
    while rest:
        batch, rest = rest[:_AT_ONCE], rest[_AT_ONCE:]
        _refresh(connection, batch, settings)


def _refresh(connection: Connection, roots: Sequence[int], settings: Settings) -> None:
    old = deals.delete().where(among(connection, deals.c.id, roots)).returning(deals.c.key)
    keys = list(connection.execute(old).scalars())
    made = deals_of(connection, roots)
    rows = {root: _row(root, deal, settings) for root, deal in made.items()}
    keys += [row["key"] for row in rows.values()]
    if keys:
        connection.execute(delete(deal_tags).where(among(connection, deal_tags.c.deal, sorted(set(keys)))))
        stale.deals_changed(connection, keys)
    if rows:
        connection.execute(insert(deals), list(rows.values()))
        connection.execute(insert(deal_tags), [tag for root, row in rows.items() for tag in tag_rows(made[root], row)])


def _row(root: int, deal: Deal, settings: Settings) -> dict[str, Any]:
    last = deal.sightings[-1].day
    # As it stands after the last sighting: what silence makes of it depends on the day on which somebody asks.
    status = status_of(deal, last, settings)
    return {
        "id": root,
        "key": deal.id,
        "title": deal.title,
        "parties": list(deal.parties),
        "sector": str(deal.sector),
        "instrument": str(deal.instrument),
        "stage": str(status.stage),
        "ahead": status.ahead,
        "certainty": str(status.certainty),
        "since": status.since,
        "heard": status.heard,
        "contested": status.contested,
        "withdrawn": str(status.standing) == "withdrawn",
        "sightings": len(deal.sightings),
        "voices": witnesses(deal.sightings).independent,
        "first_day": deal.sightings[0].day,
        "last_day": last,
    }


def drop(connection: Connection, roots: Collection[int]) -> None:
    """Take away the rows of deals whose roots are to be deleted."""
    rows = deals.delete().where(among(connection, deals.c.id, sorted(roots))).returning(deals.c.key)
    keys = list(connection.execute(rows).scalars())
    if keys:
        connection.execute(delete(deal_tags).where(among(connection, deal_tags.c.deal, keys)))
