"""Occasions and verdicts as the desk keeps them; a person's overruling stands in the log and is laid over them when asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Text, delete, insert, select, type_coerce, update

from paraph.desk import reviews, stale
from paraph.desk.identity import LONGEST
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import (
    aliases,
    forecasts,
    occasions,
    score_cells,
    score_squares,
    scored,
    signals,
    verdicts,
)
from paraph.desk.schema import reviews as log
from paraph.desk.values import Action, Review
from paraph.errors import NotOnDesk, UsageError
from paraph.model import Occasion, Outcome, Sighting, Verdict

__all__ = [
    "Named",
    "add",
    "all_of",
    "laid_over",
    "named",
    "named_by",
    "overruling_of",
    "remove",
    "roots_of",
    "settle",
    "sightings_of",
    "verdicts_of",
]

# The years that an occasion may be of: years before and after it are looked at, which a date must be able to say. Set by eye.
FIRST_YEAR, LAST_YEAR = 1000, 9000


def all_of(connection: Connection) -> list[Occasion]:
    """Return the occasions in order of their first day and name."""
    found = sorted(_occasion(row) for row in connection.execute(select(occasions)))
    return [occasion for _, _, occasion in found]


def _occasion(row: Any) -> tuple[Any, str, Occasion]:
    return row.first, row.name, Occasion(row.name, tuple(row.parties), row.first, row.last, row.place)


def named(connection: Connection, name: str) -> Occasion:
    """Return an occasion by its name. Raises DeskError, naming those there are."""
    row = connection.execute(select(occasions).where(occasions.c.name == name)).first()
    if row is None:
        known = ", ".join(f"“{occasion.name}”" for occasion in all_of(connection)) or "none so far"
        raise NotOnDesk(f"occasion “{name}” is not on the desk (there are: {known}; `paraph occasion add` makes one)")
    return _occasion(row)[2]


def add(connection: Connection, occasion: Occasion) -> None:
    """Add an occasion, or give one of that name new days, parties and place; its verdicts are dropped then.

    Raises UsageError for an empty name, a last day before the first, or days that no calendar can be reckoned about.
    """
    if not occasion.name.strip():
        raise UsageError("an occasion needs a name")
    if len(occasion.name) > LONGEST:
        raise UsageError(f"an occasion's name has at most {LONGEST} characters, not {len(occasion.name)}")
    if occasion.last < occasion.first:
        raise UsageError(
            f"occasion “{occasion.name}”: its last day, {occasion.last}, is before its first, {occasion.first}"
        )
    if occasion.first.year < FIRST_YEAR or occasion.last.year > LAST_YEAR:
        raise UsageError(
            f"occasion “{occasion.name}”: {occasion.first} to {occasion.last} is not of the years {FIRST_YEAR} to {LAST_YEAR}"
        )
    values = {
        "parties": list(occasion.parties),
        "first": occasion.first,
        "last": occasion.last,
        "place": occasion.place,
    }
    row = connection.execute(select(occasions).where(occasions.c.name == occasion.name)).first()
    if row is None:
        connection.execute(insert(occasions).values(name=occasion.name, **values))
        stale.occasion_changed(connection, occasion)
    elif any(getattr(row, name) != value for name, value in values.items()):
        stale.occasion_changed(connection, _occasion(row)[2])
        connection.execute(update(occasions).where(occasions.c.id == row.id).values(settled=None, **values))
        stale.occasion_changed(connection, occasion)
        connection.execute(delete(verdicts).where(verdicts.c.occasion_id == row.id))


def remove(connection: Connection, name: str) -> None:
    """Take an occasion out, with its verdicts; the counts of forecasts are dropped and worked out anew when they are asked for.

    What people decided on it stays in the log and acts on nothing. Raises DeskError for an unknown occasion.
    """
    stale.occasion_changed(connection, named(connection, name))
    id = connection.execute(select(occasions.c.id).where(occasions.c.name == name)).scalar_one()
    if connection.execute(select(forecasts.c.signal).where(forecasts.c.occasion_id == id).limit(1)).first():
        for table in (forecasts, scored, score_cells, score_squares):
            connection.execute(delete(table))
    connection.execute(delete(verdicts).where(verdicts.c.occasion_id == id))
    connection.execute(delete(occasions).where(occasions.c.id == id))


def settle(connection: Connection, occasion: Occasion, found: Iterable[Verdict]) -> None:
    """Keep the machine's verdicts on an occasion in the place of those it had. Raises DeskError for an unknown occasion."""
    named(connection, occasion.name)
    id = connection.execute(select(occasions.c.id).where(occasions.c.name == occasion.name)).scalar_one()
    connection.execute(delete(verdicts).where(verdicts.c.occasion_id == id))
    stale.verdicts_changed(connection, occasion.name)
    connection.execute(update(occasions).where(occasions.c.id == id).values(settled=True))
    rows = {
        verdict.deal: {
            "occasion_id": id,
            "deal": verdict.deal,
            # What a person overruled stands in the log; the machine's own is kept here.
            "outcome": str(verdict.proposed or verdict.outcome),
            "confidence": verdict.confidence,
            "evidence": verdict.evidence.id if verdict.evidence else None,
            "announced": verdict.announced,
        }
        for verdict in found
        if verdict.by is None or verdict.proposed is not None
    }
    if rows:
        connection.execute(insert(verdicts), list(rows.values()))


def verdicts_of(connection: Connection, name: str | None) -> list[Verdict]:
    """Return the verdicts of an occasion (of all, by first day, where none is named) as people overruled them, by deal.

    A verdict names the deal as it is now: where two deals were merged since, that of the deal that gave the name counts.
    """
    which = [named(connection, name)] if name is not None else all_of(connection)
    return [verdict for occasion in which for verdict in _verdicts(connection, occasion)]


def _verdicts(connection: Connection, occasion: Occasion) -> list[Verdict]:
    found = (
        select(verdicts)
        .join(occasions, occasions.c.id == verdicts.c.occasion_id)
        .where(occasions.c.name == occasion.name)
    )
    rows = list(connection.execute(found.order_by(verdicts.c.deal)))
    overruling = overruling_of(connection, occasion.name)
    return laid_over(named_by(connection, rows, overruling), rows, overruling)


@dataclass(frozen=True, slots=True)
class Named:
    """What verdicts name, by the ids they name it with: the deals that signals are in now, and the sightings they rest on."""

    deals: Mapping[str, str]
    sightings: Mapping[str, Sighting]


def named_by(connection: Connection, rows: Iterable[Any], overruling: Iterable[Review]) -> Named:
    """Return what rows of verdicts and decisions on verdicts name, of any number of occasions at once."""
    asked = {key for row in rows for key in (row.deal, row.evidence) if key}
    asked |= {key for review in overruling for key in (review.signal, review.payload.get("evidence")) if key}
    return Named(roots_of(connection, asked), sightings_of(connection, asked))


def laid_over(named: Named, rows: Sequence[Any], overruling: Sequence[Review]) -> list[Verdict]:
    """Return the verdicts that rows of one occasion in order of deal, and the decisions on it that count, come to; by deal."""
    roots, sightings = named.deals, named.sightings
    out: dict[str, Verdict] = {}
    for row in rows:
        deal = roots.get(row.deal, row.deal)
        if deal in out and deal != row.deal:
            continue
        evidence = sightings.get(row.evidence)
        out[deal] = Verdict(deal, Outcome(row.outcome), row.confidence, evidence, row.announced)
    for review in overruling:
        deal = roots.get(review.signal or "")
        if deal is None:
            continue
        before = out.get(deal, Verdict(deal, Outcome.ABSENT, 1.0))
        out[deal] = replace(
            before,
            outcome=Outcome(review.payload["outcome"]),
            confidence=1.0,
            evidence=sightings.get(review.payload.get("evidence") or "", before.evidence),
            by=review.who,
            reason=review.reason,
            proposed=before.proposed or (before.outcome if deal in out else None),
        )
    return [out[deal] for deal in sorted(out)]


def overruling_of(connection: Connection, name: str) -> list[Review]:
    """Return the decisions on an occasion's verdicts that count, oldest first.

    All that ever overruled a verdict are looked through by the database, not the whole log.
    """
    # The payload is JSON as json.dumps writes it, in ASCII: a first sieve, for the letters' case may differ.
    named = type_coerce(log.c.payload, Text).contains(json.dumps(name), autoescape=True)
    found = connection.execute(select(log).where(log.c.action == str(Action.OVERRULE), named))
    mine = [review for review in map(reviews.review_of, found) if review.payload.get("occasion") == name]
    return reviews.acting(reviews.with_undoings(connection, mine).values())


def _rows_of(connection: Connection, keys: Collection[str]) -> Mapping[str, int]:
    """Return the rows of signals by the ids they are asked for by, old ones included."""
    if not keys:
        return {}
    listed = sorted(keys)
    found = {
        row.key: row.signal_id
        for row in connection.execute(select(aliases).where(among(connection, aliases.c.key, listed)))
    }
    now = select(signals.c.key, signals.c.id).where(among(connection, signals.c.key, listed))
    return found | {row.key: row.id for row in connection.execute(now)}


def roots_of(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Return the id of the deal that each signal is in now; signals that are gone, or rejected, are left out."""
    rows = _rows_of(connection, keys)
    if not rows:
        return {}
    root = signals.alias("root")
    found = select(signals.c.id, root.c.key).join(root, root.c.id == signals.c.root_id)
    found = found.where(among(connection, signals.c.id, sorted(set(rows.values()))))
    deals = {row.id: row.key for row in connection.execute(found)}
    return {key: deals[row] for key, row in rows.items() if row in deals}


def sightings_of(connection: Connection, keys: Collection[str]) -> dict[str, Sighting]:
    """Return the sightings by the ids they are asked for by, old ones included; what is gone is left out."""
    rows = _rows_of(connection, keys)
    if not rows:
        return {}
    found = select_sightings().where(among(connection, signals.c.id, sorted(set(rows.values()))))
    made = {row.id: sighting_of(row) for row in connection.execute(found)}
    return {key: made[row] for key, row in rows.items() if row in made}
