"""The review queue: what a person should look at next, how far they came, and what they decided last."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from paraph.desk.questions import Decision, Item, Progress, Question
from paraph.desk.values import Review

if TYPE_CHECKING:
    from paraph.desk.store import Desk

__all__ = ["apart", "last_decisions", "next_items", "progress", "same"]


def next_items(
    desk: Desk,
    reviewer: str,
    *,
    kinds: Collection[Question] = tuple(Question),
    occasion: str | None = None,
    parties: Collection[str] = (),
    skip: Collection[str] = (),
    limit: int = 10,
    today: date | None = None,
) -> list[Item]:
    """Return what a reviewer should look at next, the most urgent first (``paraph.desk.questions``).

    ``occasion`` asks for deals that it has a verdict on, ``parties`` for signals that name all of them. ``skip`` are ids of items
    that are not to be asked now. Raises DeskError for an occasion that there is not.
    """
    raise NotImplementedError


def progress(desk: Desk, reviewer: str, *, today: date | None = None) -> Progress:
    """Return how far a reviewer came today, and how much there is to do."""
    raise NotImplementedError


def last_decisions(desk: Desk, who: str, n: int = 10) -> list[Decision]:
    """Return the last decisions of a person, newest first, undone ones marked; undoings themselves are left out."""
    raise NotImplementedError


def same(connection: Connection, who: str, signal: str, *, other: str | None = None) -> Review:
    """Return the decision that a signal speaks of the same deal as the one it was linked to (or as ``other``)."""
    raise NotImplementedError


def apart(connection: Connection, who: str, signal: str) -> Review:
    """Return the decision that a signal, with all that was linked by way of it, speaks of another deal than its parent."""
    raise NotImplementedError
