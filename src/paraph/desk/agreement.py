"""How far the people of a desk agree, read off the log: over signals that two or more of them decided.

What counts of each person is what they said last of a signal and was not undone: whether it is one (accept or reject; to be
unsure says neither), and the fields that they corrected. Somebody who accepted a signal, or corrected others of its fields,
let the machine's value of a field stand. Of a long log the newest decisions are looked at (``DECISIONS``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from paraph.desk.looks import JUDGED, as_proposed, counting, signal_rows
from paraph.desk.reviews import FIELDS, field_value, review_of
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import reviews, signals
from paraph.desk.values import Action, Review
from paraph.model import Signal
from paraph.resolve.agreement import Agreement, agreement_of, pairs_of

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = ["Agreeing", "agreeing"]

# So many of the log's newest decisions are looked at: weeks of work of several people, read in about a second. Set by eye.
DECISIONS = 20_000


@dataclass(frozen=True, slots=True)
class Agreeing:
    """How far people agree: on what is a signal, overall and each two of them, and on each field that somebody corrected.

    ``looked_at`` is how many decisions of the log were looked at, ``whole`` whether these are all.
    """

    signals: Agreement
    pairs: Mapping[tuple[str, str], Agreement]
    fields: Mapping[str, Agreement]
    looked_at: int
    whole: bool


@dataclass(slots=True)
class _Judgement:
    """What one person said of one signal."""

    is_one: bool | None = None
    fields: dict[str, Hashable] | None = None


def agreeing(desk: Desk) -> Agreeing:
    """Return how far people agree on what they decided; see the module."""
    with desk.look() as connection:
        last = connection.execute(select(func.max(reviews.c.id))).scalar() or 0
        several = _documents_of_several(connection, last - DECISIONS)
        found = select(reviews).where(
            among(connection, reviews.c.document, several),
            reviews.c.action.in_(sorted(map(str, JUDGED))),
            reviews.c.id > last - DECISIONS,
        )
        log = counting(connection, map(review_of, connection.execute(found)))
        said = _said(connection, [review for review in log if review.action in JUDGED])
        machine = _machine(connection, [row for row, people in said.items() if len(people) > 1])
        looked_at = select(func.count()).select_from(reviews).where(reviews.c.id > last - DECISIONS)
        n = connection.execute(looked_at).scalar_one()
    common = {row: people for row, people in said.items() if len(people) > 1}
    verdicts = [
        {who: each.is_one for who, each in people.items() if each.is_one is not None} for people in common.values()
    ]
    fields = {field: agreement_of(_values(field, common, machine)) for field in FIELDS}
    return Agreeing(
        signals=agreement_of(verdicts),
        pairs=pairs_of(verdicts),
        fields={field: found for field, found in fields.items() if found.units},
        looked_at=n,
        whole=last <= DECISIONS,
    )


def _documents_of_several(connection: Connection, after: int) -> list[str]:
    """Return the documents about whose signals more than one person decided something."""
    found = (
        select(reviews.c.document)
        .where(reviews.c.id > after, reviews.c.document.is_not(None), reviews.c.action.in_(sorted(map(str, JUDGED))))
        .group_by(reviews.c.document)
        .having(func.count(reviews.c.who.distinct()) > 1)
    )
    return sorted(connection.execute(found).scalars())


def _said(connection: Connection, log: list[Review]) -> dict[int, dict[str, _Judgement]]:
    """Return what each person said last of each signal, by its row; oldest first in ``log``."""
    rows = signal_rows(connection, (review.signal for review in log))
    said: dict[int, dict[str, _Judgement]] = defaultdict(lambda: defaultdict(_Judgement))
    for review in log:
        row = rows.get(review.signal or "")
        if row is None:
            continue
        mine = said[row][review.who]
        if review.action is Action.CORRECT:
            field = str(review.payload["field"])
            mine.fields = {**(mine.fields or {}), field: _plain(field_value(field, review.payload["value"]), field)}
            # Whoever puts a field right takes it for a signal, unless they say otherwise.
            mine.is_one = True if mine.is_one is None else mine.is_one
        else:
            mine.is_one = {Action.ACCEPT: True, Action.REJECT: False}.get(review.action)
    return said


def _machine(connection: Connection, rows: list[int]) -> dict[int, Signal]:
    """Return the signals as the machine proposed them."""
    found = select_sightings().add_columns(signals.c.proposed).where(among(connection, signals.c.id, sorted(rows)))
    return {row.id: as_proposed(sighting_of(row).signal, row.proposed) for row in connection.execute(found)}


def _values(
    field: str, common: Mapping[int, Mapping[str, _Judgement]], machine: Mapping[int, Signal]
) -> list[dict[str, Hashable]]:
    """Return, of each signal whose field somebody corrected, what each who takes it for a signal says that it is."""
    out = []
    for row, people in common.items():
        if any(field in (each.fields or {}) for each in people.values()):
            proposed = _plain(getattr(machine[row], field), field)
            out.append({who: (each.fields or {}).get(field, proposed) for who, each in people.items() if each.is_one})
    return out


def _plain(value: Any, field: str) -> Hashable:
    """Return a value that is equal to another where they say the same: parties in any order."""
    return tuple(sorted(value)) if field == "parties" else value
