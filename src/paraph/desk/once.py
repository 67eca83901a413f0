"""Answers that are worked out once for each state of the desk, and kept in the program's memory meanwhile."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection

from paraph.desk.stamps import stamp_of

__all__ = ["KEPT", "once"]

# How many answers are kept, the last asked for: a page of deals asks for four, a visit for one. Set by eye.
KEPT = 256

T = TypeVar("T")
_answers: OrderedDict[tuple[object, ...], Any] = OrderedDict()
_lock = Lock()


def once(connection: Connection, question: tuple[object, ...], answer: Callable[[], T]) -> T:
    """Return the answer to a question on the desk as the connection sees it; worked out only where it is not kept.

    ``question`` names everything that the answer depends on beside the desk. The answer is shared by all threads: give values
    that nobody changes.
    """
    key = (connection.engine.url, stamp_of(connection), *question)
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            found: T = _answers[key]
            return found
    made = answer()
    with _lock:
        _answers[key] = made
        while len(_answers) > KEPT:
            _answers.popitem(last=False)
    return made
