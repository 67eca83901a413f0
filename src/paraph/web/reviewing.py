"""Answers of the review as they come in from a form: made into the desk's decisions, all of one answer together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from paraph.desk import Action, Desk, Review
from paraph.desk.again import question_of
from paraph.desk.answering import Answered, answer
from paraph.desk.questions import Question
from paraph.desk.queue import apart, same
from paraph.desk.reviews import FIELDS
from paraph.desk.typed import typed_value
from paraph.errors import UsageError
from paraph.web.forms import Fields

__all__ = ["answered"]

_PLAIN = {"accept": Action.ACCEPT, "reject": Action.REJECT, "unsure": Action.UNSURE}


def answered(desk: Desk, fields: Fields, who: str) -> Answered:
    """Act on the answer that a form gives, and return the numbers of its decisions in the log.

    ``item`` is the question's id and ``answer`` one of ``accept``, ``reject``, ``unsure``, ``correct`` (with fields by their
    names; where ``was_`` a field stands beside it, only what differs is corrected, and nothing different accepts), ``split``,
    ``merge:DEAL``; of a link ``same``, ``apart``, ``unsure``, ``merge:DEAL``; of a verdict ``outcome:OUTCOME`` or ``unsure``.
    ``undo`` takes back the decisions ``number``. ``instead`` names decisions that are taken back with it, and ``token`` is the
    sender's: what was written under it is not written again. Raises UsageError or DeskError where that cannot be.
    """
    said, _, of = fields.one("answer").partition(":")
    instead = sorted((_number(text) for text in fields.many("instead")), reverse=True)
    if said == "undo":
        numbers = sorted((_number(text) for text in fields.many("number")), reverse=True)
        if not numbers:
            raise UsageError("undo: which decision is not said (give its number)")

        def undo(connection: Any) -> Iterator[Review]:
            return (Review(Action.UNDO, who, undoes=number) for number in numbers)

        return answer(desk, who, undo, fields.one("token"))
    question, signal, occasion = question_of(fields.one("item"))
    made = _decisions(question, said, of, signal, occasion, fields, who)

    def decisions(connection: Any) -> Iterator[Review]:
        yield from (Review(Action.UNDO, who, undoes=number) for number in instead)
        yield from made(connection)

    return answer(desk, who, decisions, fields.one("token"))


Made = Callable[[Any], Iterator[Review]]


def _decisions(question: Question, said: str, of: str, signal: str, occasion: str, fields: Fields, who: str) -> Made:
    if question is Question.LINK:
        return _on_link(said, of, signal, who)
    if question is Question.VERDICT:
        return _on_verdict(said, of, signal, occasion, fields, who)
    return _on_signal(said, of, signal, fields, who)


def _on_signal(said: str, of: str, signal: str, fields: Fields, who: str) -> Made:
    # Whoever says which deal a signal belongs to takes it for a signal with these fields.
    accept = Review(Action.ACCEPT, who, signal=signal)
    if said in _PLAIN:
        return _these(Review(_PLAIN[said], who, signal=signal))
    if said == "correct":
        return _these(*_corrections(signal, fields, who) or [accept])
    if said == "split":
        return _these(Review(Action.SPLIT, who, signal=signal, payload={"signals": [signal]}), accept)
    if said == "merge" and of:
        return _these(Review(Action.MERGE, who, signal=signal, payload={"other": of}), accept)
    raise UsageError(f"answer {fields.one('answer')!r} is not one to this question: is it a signal?")


def _corrections(signal: str, fields: Fields, who: str) -> list[Review]:
    made = []
    for name in FIELDS:
        if not fields.has(name):
            continue
        value = typed_value(name, fields.one(name))
        if fields.has(f"was_{name}") and value == typed_value(name, fields.one(f"was_{name}")):
            continue
        made.append(Review(Action.CORRECT, who, signal=signal, payload={"field": name, "value": value}))
    return made


def _on_link(said: str, of: str, signal: str, who: str) -> Made:
    def decisions(connection: Any) -> Iterator[Review]:
        if said == "same":
            yield same(connection, who, signal)
        elif said == "apart":
            yield apart(connection, who, signal)
        elif said == "merge" and of:
            yield apart(connection, who, signal)
            yield Review(Action.MERGE, who, signal=signal, payload={"other": of})
        elif said == "unsure":
            payload = {"question": f"{Question.LINK}:{signal}"}
            yield Review(
                Action.NOTE, who, signal=signal, payload=payload, reason="unsure whether this is the same deal"
            )
        else:
            raise UsageError(f"answer {said!r} is not one to this question: is it the same deal?")

    return decisions


def _on_verdict(said: str, of: str, signal: str, occasion: str, fields: Fields, who: str) -> Made:
    if said == "unsure":
        payload = {"question": f"{Question.VERDICT}:{signal}:{occasion}"}
        return _these(
            Review(Action.NOTE, who, signal=signal, payload=payload, reason=f"unsure what “{occasion}” brought")
        )
    if said != "outcome":
        raise UsageError(f"answer {said!r} is not one to this question: what did the occasion bring?")
    payload = {"occasion": occasion, "outcome": of}
    if fields.one("evidence") and of == fields.one("proposed"):
        payload["evidence"] = fields.one("evidence")
    return _these(Review(Action.OVERRULE, who, signal=signal, payload=payload))


def _these(*decisions: Review) -> Made:
    return lambda connection: iter(decisions)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise UsageError(f"number: {text!r} is no number of a decision (/review/log tells them)")
    return int(text)
