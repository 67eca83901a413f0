"""Taking a whole desk in from the lines that ``whole`` wrote and ``checking`` looked through.

What is derived is made anew, by the very way that a document takes when it is added. One line is one transaction: a
document with all its versions, a decision, an occasion. The same file again changes nothing; into a desk that holds
something already, what is new is added, and where both hold an occasion of one name the file's counts.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection, func, insert, select

from paraph.desk import ingest
from paraph.desk.deciding import act_again
from paraph.desk.exchange.checking import Line, Looked, lines_in, reading_of
from paraph.desk.exchange.whole import TYPES
from paraph.desk.reviews import review_of
from paraph.desk.schema import aliases, feed_entries, feeds, reviews, signals
from paraph.desk.store import Desk
from paraph.desk.values import Raw
from paraph.model import Occasion

__all__ = ["Taken", "take"]


@dataclass(slots=True)
class Taken:
    """How many lines of each type changed the desk (``new``), and how many were in it already (``same``)."""

    new: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        told = [
            f"{self.new[kind]} {_NAMES[kind]}" + (f" ({self.same[kind]} were in already)" if self.same[kind] else "")
            for kind in TYPES
            if self.new[kind] or self.same[kind]
        ]
        return ", ".join(told) or "an empty desk; nothing was taken in"


_NAMES = {"document": "documents", "occasion": "occasions", "review": "decisions", "alias": "old ids", "feed": "feeds"}


def take(desk: Desk, stream: BinaryIO, looked: Looked) -> Taken:
    """Take in what ``look_through`` found to be whole, and return what that did.

    Raises DeskError where the desk cannot be written to; what was taken in by then stays in, and the file can be taken
    in again.
    """
    taken = Taken()
    log = _Log(desk)
    for _, _, values in lines_in(stream, "the file", desk.settings):
        kind = values["type"]
        if kind == "document":
            changed = _document(desk, values, stream, looked)
        elif kind == "occasion":
            changed = _occasion(desk, values)
        elif kind == "review":
            changed = log.take(values)
        elif kind == "alias":
            changed = _alias(desk, values)
        elif kind == "feed":
            changed = _feed(desk, values)
        else:
            continue
        (taken.new if changed else taken.same)[kind] += 1
    return taken


def _document(desk: Desk, values: Line, stream: BinaryIO, looked: Looked) -> bool:
    first_seen = datetime.fromisoformat(values["first_seen"])
    changed = False
    with desk.begin() as connection:
        for version in values["versions"]:
            added = ingest.add(
                connection,
                reading_of(version),
                raw=_raw(version["raw"], stream, looked),
                arrival=values["arrival"],
                seen=datetime.fromisoformat(version["seen"]),
                settings=desk.settings,
                first_seen=first_seen,
                engine_version=version["engine_version"],
            )
            changed |= added.state != "same"
    return changed


def _raw(hash: str | None, stream: BinaryIO, looked: Looked) -> Raw | None:
    if hash is None:
        return None
    stream.seek(looked.raws[hash])
    values = json.loads(stream.readline())
    return Raw(b64decode(values["data"]), values["media_type"])


def _occasion(desk: Desk, values: Line) -> bool:
    occasion = Occasion(
        name=values["name"],
        parties=tuple(values["parties"]),
        first=date.fromisoformat(values["from"]),
        last=date.fromisoformat(values["to"]),
        place=values["place"],
    )
    if occasion in desk.occasions():
        return False
    desk.add_occasion(occasion)
    return True


class _Log:
    """The decisions of the desk and of the file side by side: which are the same, and what number each of the file's has here."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers: list[int] = []  # of the file's decisions, in their order
        self._known: dict[str, list[int]] | None = None

    def take(self, values: Line) -> bool:
        """Write a decision of the file to the log and act on it, unless it stands there; return whether it did not.

        It counts as newer than all that stand there, as it acts on what they left.
        """
        undoes = None if values["undoes"] is None else self._numbers[values["undoes"] - 1]
        row = {
            "at": values["at"],
            "who": values["who"],
            "action": values["action"],
            "document": values["target"]["document"] if values["target"] else None,
            "target": values["target"],
            "payload": values["payload"],
            "reason": values["reason"],
            "undoes": undoes,
        }
        if self._known is None:
            self._known = self._there()
        same = self._known.get(_said(row))
        if same:
            self._numbers.append(same.pop(0))
            return False
        with self._desk.begin() as connection:
            number = int(connection.execute(insert(reviews).values(row).returning(reviews.c.id)).scalar_one())
            written = connection.execute(select(reviews).where(reviews.c.id == number)).one()
            act_again(connection, review_of(written), self._desk.settings)
        self._numbers.append(number)
        return True

    def _there(self) -> dict[str, list[int]]:
        known: dict[str, list[int]] = {}
        with self._desk.look() as connection:
            for row in connection.execute(select(reviews).order_by(reviews.c.id)):
                known.setdefault(_said(row._asdict()), []).append(row.id)
        return known


def _said(row: Line) -> str:
    """Return what makes two decisions the same one; its number in the log does not."""
    return json.dumps([row[name] for name in _SAYS], sort_keys=True)


_SAYS = ("at", "who", "action", "target", "payload", "reason", "undoes")


def _alias(desk: Desk, values: Line) -> bool:
    with desk.begin() as connection:
        row = connection.execute(select(signals.c.id).where(signals.c.key == values["signal"])).scalar()
        taken = select(func.count()).where(aliases.c.key == values["id"])
        if row is None or connection.execute(taken).scalar_one():
            return False
        connection.execute(insert(aliases).values(key=values["id"], signal_id=row))
    return True


def _feed(desk: Desk, values: Line) -> bool:
    with desk.begin() as connection:
        if connection.execute(select(feeds.c.id).where(feeds.c.url == values["url"])).first():
            return False
        row = connection.execute(insert(feeds).values(_known(feeds, values)).returning(feeds.c.id)).scalar_one()
        entries = [_known(feed_entries, entry) | {"feed_id": row} for entry in values["entries"]]
        _insert(connection, entries)
    return True


def _known(table: Any, values: Line) -> Line:
    """Return the values that are columns of a table."""
    return {column.name: values[column.name] for column in table.columns if column.name in values}


def _insert(connection: Connection, rows: list[Line]) -> None:
    for row in rows:
        connection.execute(insert(feed_entries).values(row))
