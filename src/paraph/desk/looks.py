"""What people decided, read off the end of the log: by whom, what counts still, and what another should look at as well.

The log is never gone through whole: asked are its newest rows, those of some documents, or a person's newest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, select

from paraph.desk.questions import drawn
from paraph.desk.reviews import FIELDS, acting, field_value, review_of
from paraph.desk.rows import among
from paraph.desk.schema import aliases, documents, reviews, signals
from paraph.desk.values import Action, Review
from paraph.model import Signal

__all__ = ["JUDGED", "as_proposed", "counting", "just_looked", "newest_of", "overruled", "second_looks", "signal_rows"]

# What says whether something is a signal, and with what fields.
JUDGED = frozenset((Action.ACCEPT, Action.REJECT, Action.UNSURE, Action.CORRECT))
_JUDGED = sorted(map(str, JUDGED))
# So many of the log's newest decisions are looked at for one that another should look at as well. Set by eye.
NEWEST = 400


def counting(connection: Connection, found: Iterable[Review]) -> list[Review]:
    """Return those of some decisions that are not undone, oldest first; undoings, whoever said them, are looked up."""
    log = {review.id: review for review in found}
    asked = sorted(log)
    while asked:
        undoing = select(reviews).where(among(connection, reviews.c.undoes, asked))
        more = [review_of(row) for row in connection.execute(undoing)]
        asked = sorted(review.id for review in more if review.id not in log)
        log |= {review.id: review for review in more}
    return acting(log.values())


def newest_of(connection: Connection, who: str, limit: int) -> list[Review]:
    """Return the newest rows of a person in the log, newest first, as they stand there."""
    mine = select(reviews).where(reviews.c.who == who).order_by(reviews.c.id.desc()).limit(limit)
    return [review_of(row) for row in connection.execute(mine)]


def signal_rows(connection: Connection, keys: Iterable[str | None]) -> dict[str, int]:
    """Return the rows of signals by their ids, also by those that they had before a re-reading."""
    asked = sorted({key for key in keys if key})
    old = select(aliases.c.key, aliases.c.signal_id).where(among(connection, aliases.c.key, asked))
    now = select(signals.c.key, signals.c.id).where(among(connection, signals.c.key, asked))
    return {row[0]: row[1] for part in (old, now) for row in connection.execute(part)}


def second_looks(connection: Connection, reviewer: str, skip: Collection[str]) -> list[int]:
    """Return the rows of signals that others decided lately and this reviewer did not, in an order drawn for the reviewer.

    Those that somebody was unsure of come first. ``skip`` are ids of signals that are not to be asked.
    """
    others = select(reviews).where(reviews.c.action.in_(_JUDGED), reviews.c.who != reviewer)
    newest = [review_of(row) for row in connection.execute(others.order_by(reviews.c.id.desc()).limit(NEWEST))]
    judged = [review for review in counting(connection, newest) if review.action in JUDGED]
    rows = signal_rows(connection, (review.signal for review in judged))
    last: dict[int, Review] = {}
    for review in judged:
        row = rows.get(review.signal or "")
        if row is not None and review.signal not in skip:
            last[row] = review
    if not last:
        return []
    texts = sorted({review.target.document for review in last.values() if review.target})
    mine = select(reviews).where(among(connection, reviews.c.document, texts), reviews.c.who == reviewer)
    done = counting(connection, map(review_of, connection.execute(mine)))
    asked = signal_rows(connection, (review.signal for review in done if review.action in JUDGED))
    left = last.keys() - set(asked.values())
    return sorted(
        left, key=lambda row: (last[row].action is not Action.UNSURE, drawn(reviewer, last[row].signal or ""), row)
    )


def just_looked(connection: Connection, reviewer: str) -> bool:
    """Tell whether what a reviewer decided last had been decided by another before."""
    for review in newest_of(connection, reviewer, 1):
        if review.action in JUDGED and review.target is not None:
            before = (
                select(reviews)
                .where(
                    reviews.c.document == review.target.document,
                    reviews.c.who != reviewer,
                    reviews.c.id < review.id,
                    reviews.c.action.in_(_JUDGED),
                )
                .order_by(reviews.c.id)
            )
            return any(review_of(row).signal == review.signal for row in connection.execute(before))
    return False


def as_proposed(signal: Signal, proposed: Mapping[str, Any] | None) -> Signal:
    """Return a signal as the machine proposed it, whatever people corrected since."""
    if not proposed:
        return signal
    return replace(signal, **{name: field_value(name, proposed[name]) for name in FIELDS if name in proposed})


def overruled(connection: Connection, roots: Collection[int]) -> set[tuple[str, int]]:
    """Return which verdicts on these deals people overruled or confirmed: pairs of the occasion's name and the deal's row."""
    if not roots:
        return set()
    found = counting(connection, map(review_of, connection.execute(_overruling(connection, roots))))
    rows = signal_rows(connection, (review.signal for review in found))
    known = select(signals.c.id, signals.c.root_id).where(among(connection, signals.c.id, sorted(set(rows.values()))))
    now = {row.id: row.root_id for row in connection.execute(known)}
    return {
        (str(review.payload.get("occasion")), now[rows[review.signal]])
        for review in found
        if review.action is Action.OVERRULE and review.signal in rows
    }


def _overruling(connection: Connection, roots: Collection[int]) -> Select[Any]:
    of = (
        select(documents.c.key)
        .join(signals, signals.c.document_id == documents.c.id)
        .where(among(connection, signals.c.root_id, sorted(roots)))
    )
    return select(reviews).where(reviews.c.document.in_(of), reviews.c.action == str(Action.OVERRULE))
