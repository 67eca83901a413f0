"""The log of what people decided, and what follows from it for signals.

The log is only ever added to: a decision that is taken back is undone by another one. What it means for a document's signals
is worked out anew each time (``decided_about``): decisions name the words they are about (a selector), so they find
them again after an update of the text or a better engine, and say so where they do not. Of several decisions about one
thing the last counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from paraph.desk.folding import Standing, Text
from paraph.desk.identity import signal_id
from paraph.desk.places import find, place_of
from paraph.desk.rows import among
from paraph.desk.schema import documents, pins, reviews, signals, versions
from paraph.desk.values import Action, Review, State, Target, Unplaced
from paraph.model import Certainty, Instrument, Sector, Selector, Signal, SourceType, Stage

__all__ = [
    "FIELDS",
    "Decided",
    "acting",
    "any_pins",
    "decided_about",
    "each_review",
    "field_value",
    "newest",
    "pin",
    "review_of",
    "undone",
    "with_undoings",
]

# What a person can correct, and what makes a value of it of what a program or a form gives.
FIELDS: Mapping[str, Any] = {
    "stage": Stage,
    "ahead": bool,
    "certainty": Certainty,
    "source_type": SourceType,
    "source": lambda value: None if value is None else str(value),
    "parties": lambda value: tuple(map(str, value)),
    "sector": Sector,
    "instrument": Instrument,
}

_STATES = {Action.ACCEPT: State.ACCEPTED, Action.REJECT: State.REJECTED, Action.UNSURE: State.UNSURE}
# The engine of a signal that a person added.
BY_HAND = "hand"


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a document's signals: by the ids of signals, their states and corrected fields; those added."""

    states: Mapping[str, State]
    fields: Mapping[str, Mapping[str, Any]]
    added: tuple[Standing, ...]
    unplaced: tuple[Unplaced, ...]

    def corrected(self, standing: Standing) -> Signal:
        """Return the signal as people corrected it; the very same where nobody did."""
        fields = self.fields.get(standing.key)
        return replace(standing.signal, **fields) if fields else standing.signal


def field_value(field: str, value: Any) -> Any:
    """Return the value of a field in the model's type. Raises ValueError, or KeyError for a field that is none."""
    made = FIELDS[field]
    if made is bool and not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    if field == "parties" and (isinstance(value, str) or not all(isinstance(each, str) for each in value)):
        raise ValueError(f"{value!r} is no list of codes")
    return made(value)


def review_of(row: Any) -> Review:
    """Return the decision that a row of the log holds."""
    target = Target.from_dict(row.target) if row.target else None
    return Review(
        action=Action(row.action),
        who=row.who,
        signal=target.signal if target else None,
        target=target,
        payload=row.payload,
        reason=row.reason,
        undoes=row.undoes,
        id=row.id,
        at=datetime.fromisoformat(row.at),
    )


def each_review(
    connection: Connection, document: str | None = None, numbers: Collection[int] | None = None
) -> Iterator[Review]:
    """Yield the log in its order; of one document, if one is named, or of these numbers."""
    found = select(reviews).order_by(reviews.c.id)
    if document is not None:
        found = found.where(reviews.c.document == document)
    if numbers is not None:
        found = found.where(among(connection, reviews.c.id, sorted(numbers)))
    for row in connection.execute(found):
        yield review_of(row)


def newest(
    connection: Connection,
    limit: int,
    *,
    before: int | None = None,
    who: str | None = None,
    action: Action | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[Review]:
    """Return the newest decisions, newest first: those of lower numbers than ``before``, of somebody, of a kind, of these days.

    Days are those of UTC, both included.
    """
    found = select(reviews).order_by(reviews.c.id.desc()).limit(limit)
    if before is not None:
        found = found.where(reviews.c.id < before)
    if who is not None:
        found = found.where(reviews.c.who == who)
    if action is not None:
        found = found.where(reviews.c.action == str(action))
    if since is not None:
        found = found.where(reviews.c.at >= since.isoformat())
    if until is not None and until != date.max:
        found = found.where(reviews.c.at < (until + timedelta(1)).isoformat())
    return [review_of(row) for row in connection.execute(found)]


def undone(log: Iterable[Review]) -> set[int]:
    """Return the numbers of the decisions that are undone; an undoing that is itself undone counts for nothing."""
    out: set[int] = set()
    for review in sorted(log, key=lambda review: -review.id):
        if review.action is Action.UNDO and review.undoes is not None and review.id not in out:
            out.add(review.undoes)
    return out


def acting(log: Iterable[Review]) -> list[Review]:
    """Return the decisions that count, oldest first."""
    kept = sorted(log, key=lambda review: review.id)
    taken_back = undone(kept)
    return [review for review in kept if review.id not in taken_back and review.action is not Action.UNDO]


def with_undoings(connection: Connection, found: Iterable[Review]) -> dict[int, Review]:
    """Return some decisions with all that undo them, and those that undo these, by their numbers in the log's order."""
    log = {review.id: review for review in found}
    fresh = set(log)
    while fresh:
        rows = connection.execute(select(reviews).where(among(connection, reviews.c.undoes, sorted(fresh))))
        new = {review.id: review for review in map(review_of, rows) if review.id not in log}
        log |= new
        fresh = set(new)
    return {number: log[number] for number in sorted(log)}


def decided_about(
    connection: Connection, document: str, standing: Sequence[Standing], texts: Sequence[tuple[Text, date]]
) -> Decided:
    """Return what the log says of a document's signals; ``texts`` are its texts with the day that counts for each."""
    log = acting(each_review(connection, document))
    about = [
        (review, review.target)
        for review in log
        if review.target is not None and (review.action in _STATES or review.action in _EDITS)
    ]
    if not about:
        return Decided({}, {}, (), ())
    states: dict[str, State] = {}
    fields: dict[str, dict[str, Any]] = {}
    added: list[Standing] = []
    unplaced: list[Unplaced] = []
    # Signals that people added come first: other decisions may be about them.
    for review, target in sorted(about, key=lambda row: (row[0].action is not Action.ADD, row[0].id)):
        key = _found(target, [*standing, *added])
        if review.action is Action.ADD and key is None:
            made = _added(review, target.selector, document, texts)
            if made is not None:
                added.append(made)
                states[made.key] = State.ACCEPTED
                continue
        if key is None:
            unplaced.append(Unplaced(review, f"“{target.selector.exact}” stands in no signal of {document}"))
        elif review.action is Action.ADD:
            # The engine finds it by itself now: what the person said of it counts.
            fields.setdefault(key, {}).update(_fields(review.payload))
            states[key] = State.ACCEPTED
        elif review.action is Action.CORRECT:
            field = review.payload["field"]
            fields.setdefault(key, {})[field] = field_value(field, review.payload["value"])
        else:
            states[key] = _STATES[review.action]
    return Decided(states, fields, tuple(added), tuple(unplaced))


_EDITS = frozenset((Action.CORRECT, Action.ADD))


def _fields(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name: field_value(name, payload[name]) for name in FIELDS if name in payload}


def _found(target: Target, standing: Sequence[Standing]) -> str | None:
    """Return the id of the signal that a decision is about."""
    if any(each.key == target.signal for each in standing):
        return target.signal
    spans = [(each.text.text_hash, each.signal.start, each.signal.end) for each in standing]
    number = find(target.selector, spans, {each.text.text_hash: each.text.document.text for each in standing})
    return None if number is None else standing[number].key


def _added(review: Review, selector: Selector, document: str, texts: Sequence[tuple[Text, date]]) -> Standing | None:
    """Return the signal that a person added: in the newest text, or else in the last one in which its words stand."""
    where = [
        (text, day, place)
        for text, day in texts
        if (place := place_of(selector, text.document.text, text.text_hash)) is not None
    ]
    if not where:
        return None
    (first, day, (first_start, first_end)), (text, _, (start, end)) = where[0], where[-1]
    values: dict[str, Any] = {
        "ahead": False,
        "source_type": SourceType.OUTLET,
        "source": None,
        "parties": (),
    } | _fields(review.payload)
    signal = Signal(
        start=start,
        end=end,
        anchor=text.document.text[start:end],
        confidence=1.0,
        engine=BY_HAND,
        **values,
    )
    key = signal_id(document, first_start, first_end, first.text_hash)
    return Standing(key, text, day, signal, vanished=text is not texts[-1][0])


_ANY_PIN = select(pins.c.review_id).limit(1)


def any_pins(connection: Connection) -> bool:
    """Whether anybody merged or split anything: mostly not, and then no signal is pinned."""
    return connection.execute(_ANY_PIN).first() is not None


def pin(connection: Connection, changed: Collection[str], gone: Collection[int] = ()) -> set[int]:
    """Write what signals are pinned to, as merging and splitting bind the documents of these keys; return the rows that changed.

    Two signals that are bound: the later is pinned to the earlier. Of several pins of one signal the newest counts; one whose
    other end cannot be found, or was rejected, counts for nothing. ``gone`` are rows that are about to be deleted.
    """
    keys = set(changed)
    bound = _pins(connection, keys)
    pinned = _pinned(connection, keys)
    if not bound and not pinned:
        return set()
    keys |= {name for row in bound for name in (row.one_document, row.other_document) if name is not None}
    bound = _pins(connection, keys)
    pinned = {row: to for row, to in _pinned(connection, keys).items() if row not in gone}
    ends = _ends(connection, gone, [Target.from_dict(end) for row in bound for end in (row.one, row.other) if end])
    wanted: dict[int, int | None] = {}
    for row in sorted(bound, key=lambda row: (row.review_id, row.position)):
        one = ends.get(_name(Target.from_dict(row.one)))
        other = ends.get(_name(Target.from_dict(row.other))) if row.other else None
        if one is None or (row.other and other is None) or one == other:
            continue
        if other is None:
            child, parent = one, None
        else:
            child, parent = (one, other) if other[0] < one[0] else (other, one)
        if child[1] in keys:
            wanted[child[2]] = parent[2] if parent else None
    different = {
        row: (row in wanted, wanted.get(row))
        for row in wanted.keys() | pinned.keys()
        if (row in wanted, wanted.get(row)) != (row in pinned, pinned.get(row))
    }
    if different:
        connection.execute(
            update(signals)
            .where(signals.c.id == bindparam("row"))
            .values(pinned=bindparam("now_pinned"), pin_id=bindparam("to")),
            [{"row": row, "now_pinned": is_, "to": to} for row, (is_, to) in different.items()],
        )
    return set(different)


def _pins(connection: Connection, keys: Collection[str]) -> list[Any]:
    listed = sorted(keys)
    touching = or_(among(connection, pins.c.one_document, listed), among(connection, pins.c.other_document, listed))
    return list(connection.execute(select(pins).where(touching)))


def _pinned(connection: Connection, keys: Collection[str]) -> dict[int, int | None]:
    found = (
        select(signals.c.id, signals.c.pin_id)
        .join(documents, documents.c.id == signals.c.document_id)
        .where(signals.c.pinned, among(connection, documents.c.key, sorted(keys)))
    )
    return {row.id: row.pin_id for row in connection.execute(found)}


def _name(target: Target) -> tuple[str, str, int, str]:
    return target.document, target.signal, target.selector.start, target.selector.exact


# A signal's place in the order of the forest, its document's key, its row.
_End = tuple[tuple[Any, ...], str, int]


def _ends(
    connection: Connection, gone: Collection[int], targets: Sequence[Target]
) -> dict[tuple[str, str, int, str], _End]:
    """Return where the signals are that targets name; those that cannot be found, or are rejected, are left out."""
    if not targets:
        return {}
    found = (
        select(
            signals.c.id,
            signals.c.key,
            signals.c.start,
            signals.c.end,
            signals.c.day,
            documents.c.key.label("document"),
            signals.c.version_id,
        )
        .join(documents, documents.c.id == signals.c.document_id)
        .where(
            signals.c.state != str(State.REJECTED),
            among(connection, documents.c.key, sorted({target.document for target in targets})),
        )
        .order_by(signals.c.start, signals.c.end, signals.c.key)
    )
    rows: dict[str, list[Any]] = {}
    for row in connection.execute(found):
        if row.id not in gone:
            rows.setdefault(row.document, []).append(row)
    out: dict[tuple[str, str, int, str], _End] = {}
    for target in targets:
        here = rows.get(target.document, [])
        row = next((row for row in here if row.key == target.signal), None) or _row_at(connection, target, here)
        if row is not None:
            out[_name(target)] = ((row.day, row.document, row.start, row.end, row.key), row.document, row.id)
    return out


def _row_at(connection: Connection, target: Target, rows: Sequence[Any]) -> Any:
    """Return the row of the signal that a target's words stand in."""
    if not rows:
        return None
    found = select(versions.c.id, versions.c.text_hash, versions.c.text).where(
        among(connection, versions.c.id, sorted({row.version_id for row in rows}))
    )
    texts = {row.id: row for row in connection.execute(found)}
    spans = [(texts[row.version_id].text_hash, row.start, row.end) for row in rows]
    number = find(target.selector, spans, {text.text_hash: text.text for text in texts.values()})
    return None if number is None else rows[number]
