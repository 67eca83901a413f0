"""Judging: an occasion's verdicts, worked out from what the desk holds and kept there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from paraph.desk import occasions, queries, reviews
from paraph.desk.rows import among
from paraph.desk.schema import pins, signals
from paraph.desk.schema import reviews as log
from paraph.desk.values import Target
from paraph.link import Traits, roots_of, score
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

    What a person overruled stands (``occasions.verdicts_of``). Of deals that a person put together each part speaks of the
    other, whatever its words, and of deals that a person set apart none does. Raises DeskError for an unknown occasion.
    """
    deals = on_the_desk(connection, occasion, settings)
    deal_of = {sighting.id: deal.id for deal in deals for sighting in deal.sightings}
    rows = _rows(connection, sorted(deal_of))
    known = {row.key: traits for row in rows if (traits := Traits.read(row.traits)) is not None}
    parts, apart = _parts(rows), _apart(connection)

    def alike(one: Sighting, other: Sighting) -> float:
        if parts[one.id] != parts[other.id]:
            if deal_of[one.id] == deal_of[other.id]:
                return 1.0
            if frozenset((deal_of[one.id], deal_of[other.id])) in apart:
                return 0.0
        a, b = known.get(one.id), known.get(other.id)
        if a is None or b is None or _far(a, b):
            return 0.0
        return score(a, b)

    occasions.settle(connection, occasion, verdicts_of(occasion, deals, alike, settings))
    return deals


def _far(one: Traits, other: Traits) -> bool:
    """Say whether two signals need no closer look: of two documents, without a word, number or sector in common.

    Of all pairs most are so. By the weights of data/likeness.tsv such a pair comes to the lowest bar only where it agrees in all
    else: form, parties, instrument, subject and the words around.
    """
    return (
        one.sector != other.sector
        and one.document != other.document
        and set(one.words).isdisjoint(other.words)
        and set(one.numbers).isdisjoint(other.numbers)
    )


def _rows(connection: Connection, keys: Sequence[str]) -> list[Any]:
    found = select(
        signals.c.id, signals.c.key, signals.c.traits, signals.c.parent_id, signals.c.pinned, signals.c.pin_id
    )
    return list(connection.execute(found.where(among(connection, signals.c.key, keys))))


def _parts(rows: Sequence[Any]) -> dict[str, int]:
    """Return the part of its tree that each signal is in: the parts that a person put together are cut where they were pinned."""
    above = {row.id: None if row.pinned and row.parent_id == row.pin_id else row.parent_id for row in rows}
    tops = roots_of(above)
    return {row.key: tops[row.id] for row in rows}


def _apart(connection: Connection) -> set[frozenset[str]]:
    """Return the pairs of deals that a person made of one by splitting it, by their ids."""
    if not reviews.any_pins(connection):
        return set()
    found = select(pins.c.review_id, pins.c.one, pins.c.other, log.c.target).join(log, log.c.id == pins.c.review_id)
    ends: dict[int, set[str]] = {}
    for row in connection.execute(found):
        if not row.other:
            ends.setdefault(row.review_id, set()).update((Target.from_dict(row.one).signal, row.target["signal"]))
    deals = occasions.roots_of(connection, set().union(*ends.values()))
    return {
        frozenset(pair)
        for each in ends.values()
        for pair in combinations(sorted({deals[id] for id in each if id in deals}), 2)
    }
