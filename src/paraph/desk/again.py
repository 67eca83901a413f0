"""One question of the review by its id: to be asked again, to be changed, or to be led to by an address."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from paraph.desk import looks, waiting
from paraph.desk.deciding import target_of
from paraph.desk.occasions import named
from paraph.desk.questions import Circumstances, Item, Question
from paraph.desk.queue import Asked, Asking
from paraph.desk.reviews import review_of
from paraph.desk.schema import deals, reviews, signals, verdicts
from paraph.desk.values import State
from paraph.desk.waiting import WaitingVerdict
from paraph.errors import NotOnDesk, UsageError
from paraph.model import Outcome

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = ["item_again", "question_of"]


def question_of(id: str) -> tuple[Question, str, str]:
    """Return what the id of a question says: its kind, its signal (of a verdict its deal), its occasion (else empty).

    Raises UsageError for what is no such id.
    """
    kind, _, rest = id.partition(":")
    try:
        question = Question(kind)
    except ValueError:
        raise UsageError(f"item {id!r} is no question; give one as the review names it, as signal:ID") from None
    signal, _, occasion = rest.partition(":")
    if not signal or (question is Question.VERDICT) != bool(occasion):
        raise UsageError(f"item {id!r} is no question; give one as the review names it, as signal:ID")
    return question, signal, occasion


def item_again(desk: Desk, reviewer: str, id: str, *, today: date | None = None) -> Item:
    """Return one question whether it is open or was answered, as it stands now; blind where only others answered it.

    Raises DeskError where what it asks about is not on the desk, or cannot be asked about.
    """
    question, key, occasion = question_of(id)
    today = today or desk.now().astimezone(UTC).date()
    with desk.look() as connection:
        asking = Asking(connection, reviewer, frozenset(), today, desk.settings)
        if question is Question.VERDICT:
            asked = _verdict(connection, asking, id, key, occasion)
        else:
            rows = looks.signal_rows(connection, [key])
            found = waiting.fetched(connection, rows.values())
            if question is Question.LINK:
                found = [each for each in found if each.parent is not None]
            if not found:
                raise NotOnDesk(
                    f"the signal of question {id!r} is not on the desk to be asked about: it is gone, or a copy"
                )
            second = question is Question.SIGNAL and _others_alone(connection, reviewer, found[0].key)
            (asked,) = asking.asked_about(question, found[:1], second=second)
        (item,) = asking.items([asked])
        return item


def _verdict(connection: Connection, asking: Asking, id: str, deal: str, name: str) -> Asked:
    occasion = named(connection, name)
    made = select(verdicts).where(
        verdicts.c.occasion_id == waiting.row_of(connection, occasion), verdicts.c.deal == deal
    )
    row = connection.execute(made).first()
    root = connection.execute(select(deals.c.id).where(deals.c.key == deal)).scalar()
    if row is None or root is None:
        raise NotOnDesk(f"a verdict of “{name}” on deal {deal} is not on the desk")
    asking.know([root])
    about = Circumstances(
        stage=asking.deals[root].stage,
        voices=asking.deals[root].voices,
        near=occasion.name,
        days=waiting.away(occasion, asking.today),
    )
    waits = WaitingVerdict(occasion, root, Outcome(row.outcome), row.confidence, row.evidence, row.announced)
    return Asked(id, Question.VERDICT, 0.0, 0.0, about, verdict=waits)


def _others_alone(connection: Connection, reviewer: str, key: str) -> bool:
    """Whether others decided about a signal, and this reviewer did not."""
    row = connection.execute(select(signals.c.state, signals.c.proposed).where(signals.c.key == key)).one()
    if row.state == str(State.PROPOSED) and row.proposed is None:
        return False
    document = target_of(connection, key).document
    mine = select(reviews).where(reviews.c.document == document, reviews.c.who == reviewer)
    log = looks.counting(connection, map(review_of, connection.execute(mine)))
    judged = [review.signal for review in log if review.action in looks.JUDGED and review.who == reviewer]
    return key not in judged
