"""The rows of ``deals``: what lists show of each deal, made anew from its sightings whenever one of them changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, delete, insert

from paraph.desk import stale
from paraph.desk.placing import fetched_by
from paraph.desk.rows import among
from paraph.desk.schema import deal_tags, deals, unfit
from paraph.desk.tags import tag_rows
from paraph.link import summary_of, title_of
from paraph.model import (
    Authority,
    Certainty,
    Deal,
    Instrument,
    Kind,
    Sector,
    Sighting,
    Signal,
    SourceType,
    Stage,
)
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


# What a deal's row is made of. A plain statement, and values made by hand: a deal of hundreds of sightings is made anew for each
# new one, and the general way (rows.select_sightings) takes four times as long.
_SIGHTINGS = (
    'SELECT s.root_id, s.key, d.key, s.start, s."end", s.anchor, s.stage, s.ahead, s.certainty, s.source_type, s.source, '
    "s.parties, s.sector, s.instrument, s.confidence, s.day, v.key, d.publisher, "
    "coalesce(o.owner, p.owner, d.site, d.publisher), s.authority, d.kind, s.vanished "
    "FROM signals s JOIN documents d ON d.id = s.document_id JOIN documents v ON v.id = d.root_id "
    "LEFT JOIN publishers o ON o.name = d.publisher LEFT JOIN publishers p ON p.name = d.site "
    "WHERE s.root_id IN ({ids})"
)


def deals_of(connection: Connection, roots: Collection[int]) -> dict[int, Deal]:
    """Return the deals whose roots these rows are, as far as their rows in ``deals`` need it; other rows are left out.

    Their sightings have no quotation, title, address or reasons (``why``).
    """
    groups: dict[int, list[Sighting]] = {}
    for row in fetched_by(connection, roots, _SIGHTINGS):
        groups.setdefault(row[0], []).append(_sighting(row))
    return {root: deal_of(sorted(groups[root], key=_in_order)) for root in sorted(groups)}


_STAGES = {str(value): value for value in Stage}
_CERTAINTIES = {str(value): value for value in Certainty}
_SOURCE_TYPES = {str(value): value for value in SourceType}
_SECTORS = {str(value): value for value in Sector}
_INSTRUMENTS = {str(value): value for value in Instrument}
_AUTHORITIES = {str(value): value for value in Authority}
_KINDS = {str(value): value for value in Kind}


def _sighting(row: Any) -> Sighting:
    (_, key, document, start, end, anchor, stage, ahead, certainty, source_type, source, parties, sector) = row[:13]
    (instrument, confidence, day, voice, publisher, owner, authority, kind, vanished) = row[13:]
    return Sighting(
        id=key,
        document=unfit(document),
        signal=Signal(
            start=start,
            end=end,
            anchor=unfit(anchor),
            stage=_STAGES[stage],
            ahead=bool(ahead),
            certainty=_CERTAINTIES[certainty],
            source_type=_SOURCE_TYPES[source_type],
            source=source and unfit(source),
            parties=_parties(parties),
            sector=_SECTORS[sector],
            instrument=_INSTRUMENTS[instrument],
            confidence=confidence,
        ),
        day=_day(day) if isinstance(day, str) else day,
        voice=unfit(voice),
        publisher=publisher and unfit(publisher),
        owner=owner and unfit(owner),
        authority=_AUTHORITIES[authority],
        kind=_KINDS[kind],
        title=None,
        quote="",
        vanished=bool(vanished),
    )


@lru_cache(maxsize=4_096)
def _parties(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written))


@lru_cache(maxsize=4_096)
def _day(written: str) -> date:
    return date.fromisoformat(written)


def _in_order(sighting: Sighting) -> tuple[Any, ...]:
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
        stale.deals_came(connection, made.values(), settings)
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
        stale.deals_changed(connection, keys)
