"""Answers that are worked out once for each state of the desk, and kept in the program's memory meanwhile."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Event, Lock
from typing import Any, TypeVar

from sqlalchemy import Connection

from paraph.desk.stamps import stamp_of

__all__ = ["KEPT", "once"]

# How many answers are kept, the last asked for: a page of deals asks for four, a visit for one. Set by eye.
KEPT = 256

T = TypeVar("T")
_answers: OrderedDict[tuple[object, ...], Any] = OrderedDict()
# What some thread is working out just now.
_begun: dict[tuple[object, ...], Event] = {}
_lock = Lock()


def once(connection: Connection, question: tuple[object, ...], answer: Callable[[], T]) -> T:
    """Return the answer to a question on the desk as the connection sees it; worked out only where it is not kept.

    ``question`` names everything that the answer depends on beside the desk. The answer is shared by all threads: give values
    that nobody changes. Of threads that ask the same at once, one works it out and the others wait for it, so that many visitors
    after a decision are no more work than one. An answer may ask other questions, never itself.
    """
    key = (connection.engine.url, stamp_of(connection), *question)
    while True:
        with _lock:
            if key in _answers:
                _answers.move_to_end(key)
                found: T = _answers[key]
                return found
            begun = _begun.get(key)
            if begun is None:
                mine = _begun[key] = Event()
                break
        begun.wait()  # then it is there, or failed and is tried here
    try:
        made = answer()
        with _lock:
            _answers[key] = made
            while len(_answers) > KEPT:
                _answers.popitem(last=False)
        return made
    finally:
        with _lock:
            del _begun[key]
        mine.set()
