"""Decisions as they come in from a form: made into the desk's reviews. Pages and the API both decide through here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from paraph.desk import Action, Desk, Review, Target
from paraph.desk.people import Role, may
from paraph.desk.typed import typed_text, typed_value
from paraph.errors import UsageError
from paraph.show.safe import line
from paraph.web.access import Refused, Visitor
from paraph.web.forms import Fields

__all__ = ["decided", "may_undo"]

# The fields of a signal that a form for adding one may hold.
_FIELDS = ("stage", "ahead", "certainty", "source_type", "source", "parties", "sector", "instrument")
_ON_SIGNAL = (Action.ACCEPT, Action.REJECT, Action.UNSURE, Action.NOTE)


def decided(desk: Desk, fields: Fields, visitor: Visitor) -> list[int]:
    """Act on what a form says and return the numbers of the decisions in the log, one a corrected field.

    ``action`` is one of ``desk.Action``. With ``correct``, ``field`` and ``value``, or the fields by their own names: those
    that differ from what the signal has are corrected. ``signal`` names the signal (``deal`` the deal), ``other`` a deal to
    merge with, ``signals`` those to split off, ``occasion`` and ``outcome`` (and ``evidence``) a verdict, ``publisher`` and
    ``owner`` an owner, ``number`` what is to be undone; ``document``, ``start``, ``end`` and a signal's fields one to be
    added. ``reason`` is kept with it. Raises UsageError or DeskError where that cannot be, Refused where the visitor may not:
    who owns a publisher changes all scores, so a keeper says so.
    """
    try:
        action = Action(fields.one("action"))
    except ValueError:
        raise UsageError(f"action {fields.one('action')!r} is not known; give one of: {', '.join(Action)}") from None
    reason = " ".join(fields.one("reason").split()) or None
    if action is Action.OWN:
        _keeper(visitor)
    made = _reviews(desk, action, fields, visitor.name, reason)
    may_undo(desk, visitor, [review.undoes for review in made if review.undoes is not None])
    return [desk.decide(review) for review in made]


def may_undo(desk: Desk, visitor: Visitor, numbers: Iterable[int]) -> None:
    """Raise Refused where one of these decisions is not the visitor's to undo: an owner, which is a keeper's."""
    if may(visitor.role, Role.KEEPER):
        return
    for number in numbers:
        found = _entry(desk, number)
        while found is not None and found.action is Action.UNDO and found.undoes is not None:
            found = _entry(desk, found.undoes)  # undoing an undoing is doing it again
        if found is not None and found.action is Action.OWN:
            _keeper(visitor)


def _entry(desk: Desk, number: int) -> Review | None:
    found = desk.log(1, before=number + 1)
    return found[0] if found and found[0].id == number else None


def _keeper(visitor: Visitor) -> None:
    if not may(visitor.role, Role.KEEPER):
        raise Refused(403, f"{visitor.name} is a {visitor.role} here; only a keeper may say who owns a publisher")


def _reviews(desk: Desk, action: Action, fields: Fields, who: str, reason: str | None) -> list[Review]:
    signal = fields.one("signal") or fields.one("deal") or None
    if action is Action.CORRECT and not fields.has("field"):
        return _corrections(desk, fields, who, reason)
    payload: dict[str, Any] = {}
    target = None
    undoes = None
    if action in _ON_SIGNAL:
        pass
    elif action is Action.CORRECT:
        payload = {"field": fields.one("field"), "value": typed_value(fields.one("field"), fields.one("value"))}
    elif action is Action.MERGE:
        payload = {"other": fields.one("other")}
    elif action is Action.SPLIT:
        payload = {"signals": fields.many("signals")}
    elif action is Action.OVERRULE:
        payload = {"occasion": fields.one("occasion"), "outcome": fields.one("outcome")}
        if fields.one("evidence"):
            payload["evidence"] = fields.one("evidence")
    elif action is Action.OWN:
        payload = {"publisher": fields.one("publisher"), "owner": fields.one("owner")}
    elif action is Action.ADD:
        target = _place(desk, fields)
        payload = {name: typed_value(name, fields.one(name)) for name in _FIELDS if fields.has(name)}
    else:
        undoes = _number(fields.one("number"), "number")
    return [Review(action, who, signal=signal, target=target, payload=payload, reason=reason, undoes=undoes)]


def _corrections(desk: Desk, fields: Fields, who: str, reason: str | None) -> list[Review]:
    """Return one correction for each field that differs from what the signal has."""
    row = desk.signal(fields.one("signal"))
    id, has = row.sighting.id, row.sighting.signal.to_dict()
    made = []
    for name in _FIELDS:
        # A form shows a value as one line; one that comes back as it was shown was not touched, whatever it is.
        if not fields.has(name) or line(fields.one(name)) == line(typed_text(name, has[name])):
            continue
        if (value := typed_value(name, fields.one(name))) != has[name]:
            payload = {"field": name, "value": value}
            made.append(Review(Action.CORRECT, who, signal=id, payload=payload, reason=reason))
    if not made:
        raise UsageError("nothing is different from what the signal has; change a field first")
    return made


def _place(desk: Desk, fields: Fields) -> Target:
    """Return where a signal is to be added: offsets in the newest text of a document."""
    from paraph.desk.places import selector_of

    kept = desk.document(fields.one("document"))
    text = kept.document.text
    start, end = _number(fields.one("start"), "start"), _number(fields.one("end"), "end")
    if not 0 <= start < end <= len(text):
        raise UsageError(f"start and end: {start} to {end} is no place in a text of {len(text)} code points")
    if fields.has("exact") and line(fields.one("exact")) != line(text[start:end]):
        raise UsageError("the words selected are not those of the text any more; load the page again")
    return Target(kept.document.id, selector_of(text, start, end))


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise UsageError(f"{name}: {text!r} is no number")
    return int(text)
