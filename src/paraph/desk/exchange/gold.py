"""The desk in the form of the annotated corpus: one JSON object a document, with the signals as people corrected them.

What a person accepted or corrected stands as decided, what nobody looked at as the machine found it, what was rejected
or has vanished not at all. ``checked`` of each signal says which of the first two it is; the form's readers ignore keys
they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from paraph.desk.schema import documents, signals
from paraph.desk.store import Desk
from paraph.desk.values import Kept, State
from paraph.model import Occasion, day_of

__all__ = ["gold_documents", "gold_name", "slug"]

# A document belongs to the occasion that lies nearest to its day and shares two parties with its signals, if that is
# not more than this many days away: talk of a summit begins weeks before it. Set by eye.
OCCASION_DAYS = 60

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG_CHARS = 80


def gold_documents(desk: Desk) -> Iterator[dict[str, Any]]:
    """Yield the documents that are no copies, in order of day and id, each as the object that its file holds.

    ``event`` is the occasion that a document belongs to, or "desk"; ``role`` is ``preview`` before its first day,
    ``mixed`` on its days, ``outcome`` after them or where there is none, and ``negative`` for a document without
    signals.
    """
    occasions = desk.occasions()
    for kept in desk.documents():
        if kept.copy_of is None:
            found = _signals(desk, kept.document.id, kept.document.text)
            occasion = _occasion(kept.day, {party for each in found for party in each["parties"]}, occasions)
            yield _object(kept, found, occasion)


def gold_name(page: dict[str, Any], number: int) -> str:
    """Return the path of a document's file below the folder: its event, its number among all documents and its id."""
    return f"{page['event']}/{number:05}-{slug(page['id'])}.json"


def slug(text: str) -> str:
    """Return a text as lower-case words with hyphens, safe as the name of a file."""
    return _NOT_SLUG.sub("-", text.casefold()).strip("-")[:_SLUG_CHARS].strip("-") or "x"


def _object(kept: Kept, found: list[dict[str, Any]], occasion: Occasion | None) -> dict[str, Any]:
    document = kept.document
    role = "outcome"
    if not found:
        role = "negative"
    elif occasion and kept.day < occasion.first:
        role = "preview"
    elif occasion and kept.day <= occasion.last:
        role = "mixed"
    return {
        "id": document.id,
        "event": slug(occasion.name) if occasion else "desk",
        "role": role,
        "url": document.url,
        "publisher": document.publisher,
        "title": document.title,
        "published": day_of(document.published).isoformat() if document.published else None,
        "text": document.text,
        "signals": found,
    }


def _signals(desk: Desk, key: str, text: str) -> list[dict[str, Any]]:
    roots = signals.alias("roots")
    chosen = (
        select(signals, roots.c.key.label("deal"))
        .join(documents, documents.c.id == signals.c.document_id)
        .outerjoin(roots, roots.c.id == signals.c.root_id)
        .where(documents.c.key == key, ~signals.c.vanished, signals.c.state != str(State.REJECTED))
        .order_by(signals.c.start, signals.c.end, signals.c.key)
    )
    with desk.look() as connection:
        rows = connection.execute(chosen).all()
    # One signal a place: where there are two, one that a person stands behind.
    places = {(row.start, row.end): row for row in sorted(rows, key=_checked)}
    return [_signal(places[place], text) for place in sorted(places)]


def _signal(row: Any, text: str) -> dict[str, Any]:
    return {
        "anchor": row.anchor,
        "nth": _nth(text, row.anchor, row.start),
        "stage": row.stage,
        "ahead": row.ahead,
        "certainty": row.certainty,
        "source_type": row.source_type,
        # The form wants a source exactly where it is not the outlet itself.
        "source": None if row.source_type == "outlet" else row.source or row.source_type,
        "parties": list(row.parties),
        "sector": row.sector,
        "instrument": row.instrument,
        "deal": f"deal-{row.deal or row.key}",
        "start": row.start,
        "end": row.end,
        "checked": _checked(row),
    }


def _checked(row: Any) -> bool:
    return row.state == str(State.ACCEPTED) or bool(row.proposed)


def _nth(text: str, anchor: str, start: int) -> int:
    """Return which occurrence of the anchor stands at a place, overlapping ones counted, from 1."""
    number, at = 1, text.find(anchor)
    while 0 <= at < start:
        at = text.find(anchor, at + 1)
        number += 1
    return number


def _occasion(day: date, parties: set[str], occasions: Sequence[Occasion]) -> Occasion | None:
    def away(occasion: Occasion) -> int:
        return max((occasion.first - day).days, (day - occasion.last).days, 0)

    near = [each for each in occasions if away(each) <= OCCASION_DAYS and len(parties & {*each.parties}) > 1]
    return min(near, key=lambda each: (away(each), each.first, each.name), default=None)
