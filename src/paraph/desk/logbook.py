"""The log of decisions as a list: newest first, by who, what and when, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from paraph.desk import looks, waiting
from paraph.desk.identity import utc
from paraph.desk.passages import proposed_of
from paraph.desk.questions import Decision
from paraph.desk.reviews import review_of, undone, with_undoings
from paraph.desk.rows import among, select_sightings, sighting_of
from paraph.desk.schema import occasions, reviews, signals, verdicts
from paraph.desk.values import Action, Review

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = [
    "LogPage",
    "last_decisions",
    "last_shown",
    "left_open",
    "log_page",
    "machine_of",
    "reviewers",
    "shown",
    "signals_of",
]

# Decisions are counted up to here: past it the number says no more. Set by eye.
COUNTED = 100_000
# So many of a person's newest decisions are looked at for questions that they could not answer. By eye: a day of work.
LATELY = 1_000


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some decisions of the log, newest first.

    ``next`` is the number before which the list goes on, None at its end. ``total`` is how many the filters ask for, counted
    up to ``COUNTED``; ``at_least`` says that there are more. ``machine`` holds what the engine proposed of fields that were
    corrected, by the id of the signal.
    """

    rows: tuple[Decision, ...]
    machine: Mapping[str, Mapping[str, Any]]
    next: int | None
    total: int
    at_least: bool


def log_page(
    desk: Desk,
    *,
    who: str | None = None,
    action: Action | None = None,
    since: date | None = None,
    until: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> LogPage:
    """Return a page of the log, undoings included; ``since`` and ``until`` are days in UTC, both included."""
    conditions = []
    if who is not None:
        conditions.append(reviews.c.who == who)
    if action is not None:
        conditions.append(reviews.c.action == str(action))
    if since is not None:
        conditions.append(reviews.c.at >= utc(datetime.combine(since, time(), UTC)))
    if until is not None and until < date.max:  # there is no day after that
        conditions.append(reviews.c.at < utc(datetime.combine(until + timedelta(1), time(), UTC)))
    with desk.look() as connection:
        some = select(reviews.c.id).where(*conditions).limit(COUNTED + 1).subquery()
        total = int(connection.execute(select(func.count()).select_from(some)).scalar_one())
        found = select(reviews).where(*conditions).order_by(reviews.c.id.desc()).limit(limit + 1)
        if before is not None:
            found = found.where(reviews.c.id < before)
        log = [review_of(row) for row in connection.execute(found)]
        page = log[:limit]
        rows = shown(connection, page, desk)
        machine = machine_of(connection, rows)
    following = page[-1].id if len(log) > limit else None
    return LogPage(tuple(rows), machine, following, min(total, COUNTED), total > COUNTED)


def shown(connection: Connection, log: Sequence[Review], desk: Desk) -> list[Decision]:
    """Return decisions as a list shows them, in the order given."""
    # An undoing that was undone is told as well: what is looked for is whether each is in force.
    gone = _undone(connection, log)
    rows = looks.signal_rows(connection, (review.signal for review in log))
    found = select_sightings().where(among(connection, signals.c.id, sorted(set(rows.values()))))
    made = {row.id: row for row in connection.execute(found)}
    roots = {row.root_id for row in made.values() if row.root_id is not None}
    deals = waiting.deal_rows(connection, roots, desk.now().astimezone(UTC).date(), desk.settings)
    out = []
    for review in log:
        row = made.get(rows.get(review.signal or "", 0))
        sighting = sighting_of(row) if row is not None else None
        deal = deals.get(row.root_id) if row is not None else None
        out.append(Decision(review, review.id in gone, sighting, deal))
    return out


def _undone(connection: Connection, log: Collection[Review]) -> set[int]:
    return undone(with_undoings(connection, log).values()) if log else set()


def machine_of(connection: Connection, rows: Sequence[Decision]) -> dict[str, Mapping[str, Any]]:
    """Return what the engine proposed of fields that people corrected since, by the ids of the signals of some decisions.

    Of decisions on verdicts: the machine's ``outcome`` and ``confidence``, by ``verdict:DEAL:OCCASION``.
    """
    out = proposed_of(connection, {row.sighting.id for row in rows if row.sighting is not None})
    on = {row.review.signal for row in rows if row.review.action is Action.OVERRULE and row.review.signal}
    found = (
        select(occasions.c.name, verdicts.c.deal, verdicts.c.outcome, verdicts.c.confidence)
        .join(occasions, occasions.c.id == verdicts.c.occasion_id)
        .where(among(connection, verdicts.c.deal, sorted(on)))
    )
    for row in connection.execute(found) if on else ():
        out[f"verdict:{row.deal}:{row.name}"] = {"outcome": row.outcome, "confidence": row.confidence}
    return out


def reviewers(desk: Desk) -> dict[str, int]:
    """Return how many decisions each person's name stands under, most first."""
    with desk.look() as connection:
        n = func.count()
        found = select(reviews.c.who, n).group_by(reviews.c.who).order_by(n.desc(), reviews.c.who)
        return {row[0]: row[1] for row in connection.execute(found)}


def last_decisions(desk: Desk, who: str, n: int = 10) -> list[Decision]:
    """Return the last decisions of a person, newest first, undone ones marked; undoings themselves are left out."""
    return last_shown(desk, who, n)[0]


def last_shown(desk: Desk, who: str, n: int) -> tuple[list[Decision], dict[str, Mapping[str, Any]]]:
    """Return ``last_decisions`` and what the engine proposed of fields that were corrected, by the id of the signal."""
    with desk.look() as connection:
        # Undoing takes a row as well: of four times as many rows at least every other is a decision, but for a long run of them.
        newest = looks.newest_of(connection, who, 4 * n)
        rows = shown(connection, [review for review in newest if review.action is not Action.UNDO][:n], desk)
        return rows, machine_of(connection, rows)


def left_open(desk: Desk, who: str) -> list[str]:
    """Return the questions about links and verdicts that a person could not answer lately: not to be asked of them again.

    They are read off the person's newest decisions (``LATELY``): notes whose payload names the ``question``.
    """
    with desk.look() as connection:
        newest = looks.newest_of(connection, who, LATELY)
        notes = [each for each in newest if each.action is Action.NOTE and "question" in each.payload]
        return [
            str(each.payload["question"]) for each in looks.counting(connection, notes) if each.action is Action.NOTE
        ]


def signals_of(desk: Desk) -> int:
    """Return how many signals the desk has, decided or not: what those that are left are a part of."""
    with desk.look() as connection:
        return int(connection.execute(select(func.count()).select_from(signals)).scalar_one())
