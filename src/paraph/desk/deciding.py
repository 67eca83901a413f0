"""Decisions: what a person says is checked, written to the log, and acted on, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from paraph.desk import deals, ingest, reviews, stale
from paraph.desk.identity import LONGEST, utc
from paraph.desk.places import selector_of
from paraph.desk.queries import root_of
from paraph.desk.rows import among
from paraph.desk.schema import aliases, documents, occasions, pins, publishers, signals, versions
from paraph.desk.schema import reviews as log
from paraph.desk.values import Action, Review, State, Target
from paraph.errors import DeskError, NotOnDesk, UsageError
from paraph.model import Outcome
from paraph.settings import Settings

__all__ = ["act_again", "decide", "target_of"]

# Decisions about one signal.
_OF_SIGNALS = frozenset(
    (Action.ACCEPT, Action.REJECT, Action.UNSURE, Action.CORRECT, Action.MERGE, Action.SPLIT, Action.OVERRULE)
)
# Those that change what its document's signals are.
_OF_DOCUMENTS = frozenset((Action.ACCEPT, Action.REJECT, Action.UNSURE, Action.CORRECT, Action.ADD))
_OF_DEALS = frozenset((Action.MERGE, Action.SPLIT))


def decide(connection: Connection, review: Review, at: datetime, settings: Settings) -> int:
    """Write a decision to the log, act on it, and return its number. The transaction is the caller's.

    Raises UsageError for a decision that lacks something or holds what cannot be, DeskError for one about what is not on
    the desk, or that would change nothing about which signals are one deal.
    """
    if not review.who.strip():
        raise UsageError("a decision needs a name: who decided it")
    if len(review.who.strip()) > LONGEST:
        raise UsageError(
            f"the name of who decides has at most {LONGEST} characters here, not {len(review.who.strip())}"
        )
    review = _with_target(connection, review)
    review = _checked(connection, review)
    number = _write(connection, review, at)
    _act(connection, replace(review, id=number), settings)
    return number


def act_again(connection: Connection, review: Review, settings: Settings) -> None:
    """Act on a decision that is in the log already (one that was brought in from another desk)."""
    _act(connection, review, settings)


def target_of(connection: Connection, signal: str) -> Target:
    """Return the target that names a signal, by its id or the beginning of one. Raises DeskError for none or several."""
    row = _signal(connection, signal)
    return Target(row.document, selector_of(row.text, row.start, row.end, row.text_hash), row.key)


def _signal(connection: Connection, id: str) -> Any:
    """Return a signal's row with its document and text."""
    found = (
        select(
            signals.c.id,
            signals.c.key,
            signals.c.start,
            signals.c.end,
            signals.c.root_id,
            signals.c.state,
            documents.c.key.label("document"),
            versions.c.text,
            versions.c.text_hash,
        )
        .join(documents, documents.c.id == signals.c.document_id)
        .join(versions, versions.c.id == signals.c.version_id)
    )
    row = connection.execute(found.where(signals.c.key == id)).first()
    if row is None:
        alias = select(aliases.c.signal_id).where(aliases.c.key == id).scalar_subquery()
        row = connection.execute(found.where(signals.c.id == alias)).first()
    if row is None and len(id) >= _LEAST_DIGITS and id.isalnum():
        rows = connection.execute(found.where(signals.c.key.startswith(id)).limit(2)).all()
        if len(rows) > 1:
            raise DeskError(f"signal {id}…: there are several (give more digits)")
        row = rows[0] if rows else None
    if row is None:
        raise NotOnDesk(f"signal {id} is not on the desk (`paraph deal ID` shows the signals of a deal)")
    return row


# As many digits of a signal's id as are taken for it.
_LEAST_DIGITS = 4


def _with_target(connection: Connection, review: Review) -> Review:
    # A note may be about the desk as a whole, or about a signal.
    about = review.action in _OF_SIGNALS or (review.action is Action.NOTE and review.signal)
    if review.target is not None or not about:
        return review
    if not review.signal:
        raise UsageError(f"{review.action}: which signal is not said (give its id)")
    return replace(review, target=target_of(connection, review.signal))


def _checked(connection: Connection, review: Review) -> Review:
    """Return the decision with everything that it needs to be acted on, now and after a re-reading."""
    action, payload = review.action, dict(review.payload)
    target = review.target
    if action is Action.CORRECT:
        _field(payload.get("field"), payload.get("value"))
    elif action is Action.ADD:
        payload = _addition(connection, review, payload)
    elif action is Action.MERGE and target is not None:
        payload |= {"pins": payload.get("pins") or _merging(connection, target, payload)}
    elif action is Action.SPLIT and target is not None:
        if not payload.get("pins"):
            # The deal is meant, whichever of its signals was named: one that goes would not say what it was split off from.
            target = target_of(connection, _root_key(connection, target.signal))
            payload |= {"pins": _splitting(connection, target, payload)}
    elif action is Action.OVERRULE:
        _verdict(connection, payload)
    elif action is Action.OWN:
        if not str(payload.get("publisher") or "").strip() or not isinstance(payload.get("owner", ""), str):
            raise UsageError("own: give the publisher (or site) and its owner")
        if len(payload["publisher"]) > LONGEST:
            raise UsageError(f"own: a publisher's name has at most {LONGEST} characters here")
    elif action is Action.NOTE and not review.reason:
        raise UsageError("note: the note is empty")
    elif action is Action.UNDO:
        return _undoing(connection, review)
    return replace(review, target=target, payload=payload)


def _field(field: Any, value: Any) -> None:
    try:
        reviews.field_value(field, value)
    except KeyError:
        raise UsageError(f"field {field!r} cannot be corrected; give one of: {', '.join(reviews.FIELDS)}") from None
    except (ValueError, TypeError) as error:
        raise UsageError(f"field {field}: {error}") from None


def _addition(connection: Connection, review: Review, payload: Mapping[str, Any]) -> dict[str, Any]:
    if review.target is None:
        raise UsageError("add: where the signal stands is not said (give a target: document and selector)")
    missing = [name for name in ("stage", "certainty", "sector", "instrument") if name not in payload]
    if missing:
        raise UsageError(f"add: {', '.join(missing)} of the signal is not said")
    for field in reviews.FIELDS:
        if field in payload:
            _field(field, payload[field])
    document = select(documents.c.id).where(documents.c.key == review.target.document)
    if connection.execute(document).first() is None:
        raise NotOnDesk(f"document {review.target.document} is not on the desk (`paraph add SOURCE` brings it in)")
    selector = review.target.selector
    if selector.end <= selector.start or len(selector.exact) != selector.end - selector.start:
        raise UsageError("add: the selector's words and its offsets do not fit together")
    return dict(payload)


def _verdict(connection: Connection, payload: Mapping[str, Any]) -> None:
    name = payload.get("occasion")
    if connection.execute(select(occasions.c.id).where(occasions.c.name == name)).first() is None:
        raise NotOnDesk(f"occasion “{name}” is not on the desk (`paraph occasion list` shows those there are)")
    if payload.get("outcome") not in list(Outcome):
        raise UsageError(f"outcome {payload.get('outcome')!r} is not known; give one of: {', '.join(Outcome)}")
    if payload.get("evidence"):
        _signal(connection, payload["evidence"])


def _undoing(connection: Connection, review: Review) -> Review:
    row = connection.execute(select(log).where(log.c.id == review.undoes)).first() if review.undoes else None
    if row is None:
        raise DeskError(f"undo: there is no decision {review.undoes} (`paraph review list` shows the log)")
    undoing = log.select().where(log.c.action == str(Action.UNDO))
    if row.id in reviews.undone(map(reviews.review_of, connection.execute(undoing))):
        raise DeskError(f"undo: decision {review.undoes} is undone already")
    return replace(review, target=reviews.review_of(row).target)


def _merging(connection: Connection, target: Target, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what binds two deals: their roots, of which the later is pinned to the earlier."""
    other = str(payload.get("other") or "")
    if not other:
        raise UsageError("merge: with which deal is not said (give the id of one of its signals as “other”)")
    one, two = (
        root_of(connection, id) for id in (_signal(connection, target.signal).key, _signal(connection, other).key)
    )
    if one == two:
        raise DeskError(f"merge: {target.signal} and {other} are one deal already")
    ends = _targets(connection, [one, two])
    return [{"one": ends[one].to_dict(), "other": ends[two].to_dict()}]


def _root_key(connection: Connection, signal: str) -> str:
    root = root_of(connection, _signal(connection, signal).key)
    return str(connection.execute(select(signals.c.key).where(signals.c.id == root)).scalar_one())


def _splitting(connection: Connection, target: Target, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what keeps two deals apart: the first of each is a root, and the others of the new one are pinned to it.

    What stays and hangs on a signal that goes is pinned to the first of those that stay.
    """
    given = payload.get("signals")
    if not given or isinstance(given, str):
        raise UsageError("split: which signals is not said (give their ids as “signals”)")
    root = root_of(connection, _signal(connection, target.signal).key)
    off = {_signal(connection, str(id)).id for id in given}
    found = (
        select(signals, documents.c.key.label("document"))
        .join(documents, documents.c.id == signals.c.document_id)
        .where(signals.c.root_id == root)
    )
    tree = sorted(connection.execute(found), key=lambda row: (row.day, row.document, row.start, row.end, row.key))
    ids = [row.id for row in tree]
    if not off <= set(ids):
        raise DeskError("split: not all of these signals are of that deal (`paraph deal ID` shows them)")
    if off >= set(ids):
        raise DeskError("split: these are all signals of the deal (leave at least one out)")
    went = [id for id in ids if id in off]
    stayed = [row for row in tree if row.id not in off]
    ends = _targets(connection, ids)
    bound: list[tuple[int, int | None]] = [(went[0], None), *((id, went[0]) for id in went[1:])]
    if stayed[0].id != root:
        bound.append((stayed[0].id, None))
    bound += [(row.id, stayed[0].id) for row in stayed[1:] if row.parent_id in off]
    return [{"one": ends[one].to_dict(), "other": ends[two].to_dict() if two else None} for one, two in bound]


def _targets(connection: Connection, rows: Sequence[int]) -> dict[int, Target]:
    keys = connection.execute(select(signals.c.id, signals.c.key).where(among(connection, signals.c.id, sorted(rows))))
    return {row.id: target_of(connection, row.key) for row in keys}


def _write(connection: Connection, review: Review, at: datetime) -> int:
    values = {
        "at": utc(review.at or at),
        "who": review.who.strip(),
        "action": str(review.action),
        "document": review.target.document if review.target else None,
        "target": review.target.to_dict() if review.target else None,
        "payload": dict(review.payload),
        "reason": review.reason,
        "undoes": review.undoes if review.action is Action.UNDO else None,
    }
    return int(connection.execute(insert(log).values(values).returning(log.c.id)).scalar_one())


# Acting.


def _act(connection: Connection, review: Review, settings: Settings) -> None:
    meant = _meant(connection, review)
    if meant is None:
        return
    if meant.action in _OF_DOCUMENTS and meant.target is not None:
        id = connection.execute(select(documents.c.id).where(documents.c.key == meant.target.document)).scalar()
        if id is not None:
            ingest.derive(connection, id, settings)
    elif meant.action in _OF_DEALS:
        _bind(connection, meant, settings)
    elif meant.action is Action.OWN:
        _own(connection, str(meant.payload["publisher"]), settings)
    elif meant.action is Action.OVERRULE:
        stale.verdicts_changed(connection, str(meant.payload["occasion"]))


def _meant(connection: Connection, review: Review) -> Review | None:
    """Return the decision whose effect changes: itself, or what is undone at the end of a chain of undoings."""
    while review.action is Action.UNDO:
        row = connection.execute(select(log).where(log.c.id == review.undoes)).first()
        if row is None:
            return None
        review = reviews.review_of(row)
    return review


def _bind(connection: Connection, review: Review, settings: Settings) -> None:
    """Write the pins of a merge or split, or take them away where it is undone, and place anew what hangs on them."""
    undoing = select(log).where(log.c.action == str(Action.UNDO))
    counts = review.id not in reviews.undone(map(reviews.review_of, connection.execute(undoing)))
    connection.execute(delete(pins).where(pins.c.review_id == review.id))
    bound = [(Target.from_dict(each["one"]), each.get("other")) for each in review.payload["pins"]]
    if counts:
        rows = [
            {
                "review_id": review.id,
                "position": number,
                "one": one.to_dict(),
                "one_document": one.document,
                "other": other,
                "other_document": other["document"] if other else None,
            }
            for number, (one, other) in enumerate(bound)
        ]
        connection.execute(insert(pins), rows)
    touched = {one.document for one, _ in bound} | {other["document"] for _, other in bound if other}
    ingest.replant(connection, reviews.pin(connection, touched), settings)


def _own(connection: Connection, name: str, settings: Settings) -> None:
    """Write who owns a publisher or site, as the log now says, and make the rows of its deals anew."""
    found = select(log).where(log.c.action.in_([str(Action.OWN), str(Action.UNDO)]))
    counting = reviews.acting(map(reviews.review_of, connection.execute(found)))
    said = [review.payload.get("owner") or "" for review in counting if review.payload.get("publisher") == name]
    connection.execute(delete(publishers).where(publishers.c.name == name))
    if said and said[-1]:
        connection.execute(insert(publishers).values(name=name, owner=said[-1]))
    deals.refresh(connection, _deals_of(connection, name), settings)


def _deals_of(connection: Connection, name: str) -> Collection[int]:
    found = (
        select(signals.c.root_id)
        .join(documents, documents.c.id == signals.c.document_id)
        .where(
            or_(documents.c.publisher == name, documents.c.site == name),
            signals.c.state != str(State.REJECTED),
        )
        .distinct()
    )
    return {root for root in connection.execute(found).scalars() if root is not None}
