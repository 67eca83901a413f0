"""Answers to the questions of the review: the decisions that one answer comes to, written together and no more than once.

An answer carries a token that its sender drew. The token stands in the payload of each of its decisions, so an answer that
comes a second time, since nobody knew whether the first came through, is found and written no more, by whatever program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from paraph.desk import deciding, looks, opening
from paraph.desk.values import Review
from paraph.errors import UsageError

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = ["TOKEN", "Answered", "answer"]

# Where a decision's payload holds the token.
TOKEN = "token"  # noqa: S105  what it is called, no secret
# A person's newest decisions among which an answer that was sent before is looked for. Set by eye: a page that was cut off
# sends what waited within a minute of work.
NEWEST = 200
# What a browser draws (crypto.randomUUID) has 36 characters.
LONGEST_TOKEN = 64


@dataclass(frozen=True, slots=True)
class Answered:
    """The numbers of an answer's decisions in the log; ``again`` says that they had been written before."""

    numbers: tuple[int, ...]
    again: bool = False


def answer(desk: Desk, who: str, decisions: Callable[[Connection], Iterable[Review]], token: str = "") -> Answered:
    """Write the decisions of one answer to the log and act on them, all of them or none.

    ``decisions`` is given the connection of the transaction and yields them one after the other; each is acted on before the
    next is asked for. Where this person's answer with this token was written already, nothing is. Raises UsageError or
    DeskError as ``Desk.decide`` does, and UsageError for a token that is too long.
    """
    if len(token) > LONGEST_TOKEN:
        raise UsageError(f"token: {len(token)} characters; it may have {LONGEST_TOKEN}")
    with opening.writer(desk.engine, durable=True) as connection:
        if token:
            known = _written(connection, who, token)
            if known:
                return Answered(tuple(known), again=True)
        numbers = []
        for review in decisions(connection):
            payload = {**review.payload, TOKEN: token} if token else review.payload
            made = replace(review, who=who, payload=payload)
            numbers.append(deciding.decide(connection, made, desk.now(), desk.settings))
        return Answered(tuple(numbers))


def _written(connection: Connection, who: str, token: str) -> Sequence[int]:
    newest = looks.newest_of(connection, who.strip(), NEWEST)
    return sorted(review.id for review in newest if review.payload.get(TOKEN) == token)
