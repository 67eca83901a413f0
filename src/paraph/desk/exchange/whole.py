"""A whole desk as JSON Lines: all that cannot be made anew, in one order and form; equal desks give equal bytes.

A line is one JSON object with a ``type``; the lines stand in this order::

    desk        the first line: ``format`` is FORMAT
    raw         bytes that documents were read from, base64, by their hash
    document    a document with every text it had and what an engine found in each
    occasion    an occasion
    review      a decision, in the order of the log; ``undoes`` is the place in it, from 1, of the decision undone
    alias       an id that a signal had before a re-reading, so that old links still lead to it
    feed        a feed that is watched, with its health and the entries it showed
    end         the last line: how many lines of each type came before, so that a file cut short is seen

Left out is what the desk makes by itself of these: copies, deals, owners, verdicts of the machine, the index for
search, what sites allow. Left out as well are the people of the desk with their passwords, tokens and sessions, as a file
that is handed on must let nobody in, and saved views, which are addresses of one desk's pages. Texts of any kind, lone
surrogates among them, come back as they were.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, exists, select

from paraph.desk.exchange.tables import BATCH, binary
from paraph.desk.opening import reader
from paraph.desk.rows import among
from paraph.desk.schema import (
    aliases,
    documents,
    feed_entries,
    feeds,
    occasions,
    raws,
    reviews,
    signals,
    versions,
)
from paraph.desk.store import Desk

__all__ = ["FORMAT", "PASSING", "TYPES", "VERSION_FACTS", "line_of", "lines_of"]

# To be raised with any change that an older Paraph would misread.
FORMAT = 1
TYPES = ("raw", "document", "occasion", "review", "alias", "feed")

# What is kept of each text beside its words, under the names of the columns.
VERSION_FACTS = ("url", "publisher", "title", "published", "updated", "fetched", "language", "kind", "notes")
# What of a feed is only between one watcher and the next.
PASSING = frozenset(("id", "feed_id", "claimed"))

# So many documents are held in memory at once, with their texts.
TEXTS = 50

Line = dict[str, Any]


def lines_of(desk: Desk) -> Iterator[str]:
    """Yield the desk as lines, line ends included; a few documents are held in memory at a time.

    All of them show one state of the desk, whoever writes to it meanwhile.
    """
    told: Counter[str] = Counter()
    yield line_of({"type": "desk", "format": FORMAT})
    with reader(desk.engine) as connection:
        for part in (_raws, _documents, _occasions, _reviews, _aliases, _feeds):
            for line in part(connection):
                told[line["type"]] += 1
                yield line_of(line)
    yield line_of({"type": "end"} | {name: told[name] for name in TYPES})


def line_of(values: Line) -> str:
    """Return one line: keys as given, no spaces, ASCII alone, so that no reader of lines and no terminal stumbles."""
    return json.dumps(values, ensure_ascii=True, allow_nan=False, separators=(",", ":")) + "\n"


def _raws(connection: Connection) -> Iterator[Line]:
    from paraph.desk.raws import unpacked

    used = exists().where(versions.c.raw_id == raws.c.id)
    for row in _each(connection, select(raws).where(used).order_by(raws.c.hash), 1):
        data = unpacked(row.body)
        yield {
            "type": "raw",
            "hash": row.hash,
            "media_type": row.media_type,
            "data": b64encode(data).decode("ascii"),
        }


def _documents(connection: Connection) -> Iterator[Line]:
    # Sorted are the documents alone: to sort their texts as well the database would write all of them to the disk first.
    facts = select(documents.c.id, documents.c.key, documents.c.first_seen, documents.c.arrival)
    ordered = _each(connection, facts.order_by(binary(connection, documents.c.key)))
    while batch := list(islice(ordered, TEXTS)):
        found = (
            select(versions, raws.c.hash.label("raw"))
            .outerjoin(raws, raws.c.id == versions.c.raw_id)
            .where(among(connection, versions.c.document_id, [row.id for row in batch]))
        )
        texts: dict[int, list[Any]] = {}
        for row in connection.execute(found):
            texts.setdefault(row.document_id, []).append(row)
        for row in batch:
            kept = sorted(texts[row.id], key=lambda text: (text.stamp, text.seen, text.hash))
            yield {
                "type": "document",
                "id": row.key,
                "first_seen": row.first_seen,
                "arrival": row.arrival,
                "versions": [_version(text) for text in kept],
            }


def _version(row: Any) -> Line:
    return {
        "id": row.read_id,
        **{name: getattr(row, name) for name in VERSION_FACTS},
        "seen": row.seen,
        "engine": row.engine,
        "engine_version": row.engine_version,
        "raw": row.raw,
        "text": row.text,
        "signals": row.found,
    }


def _occasions(connection: Connection) -> Iterator[Line]:
    for row in _each(connection, select(occasions).order_by(binary(connection, occasions.c.name))):
        yield {
            "type": "occasion",
            "name": row.name,
            "parties": row.parties,
            "from": row.first.isoformat(),
            "to": row.last.isoformat(),
            "place": row.place,
        }


def _reviews(connection: Connection) -> Iterator[Line]:
    place: dict[int, int] = {}
    for at, row in enumerate(_each(connection, select(reviews).order_by(reviews.c.id)), 1):
        place[row.id] = at
        yield {
            "type": "review",
            "at": row.at,
            "who": row.who,
            "action": row.action,
            "target": row.target,
            "payload": dict(sorted(row.payload.items())),
            "reason": row.reason,
            "undoes": None if row.undoes is None else place[row.undoes],
        }


def _aliases(connection: Connection) -> Iterator[Line]:
    found = select(aliases.c.key, signals.c.key.label("signal")).join(signals, signals.c.id == aliases.c.signal_id)
    for row in _each(connection, found.order_by(aliases.c.key)):
        yield {"type": "alias", "id": row.key, "signal": row.signal}


def _feeds(connection: Connection) -> Iterator[Line]:
    # A list, as the entries of each are asked for in between.
    for row in list(_each(connection, select(feeds).order_by(binary(connection, feeds.c.url)))):
        entries = select(feed_entries).where(feed_entries.c.feed_id == row.id).order_by(feed_entries.c.key)
        yield {
            "type": "feed",
            **_lasting(feeds, row),
            "entries": [_lasting(feed_entries, entry) for entry in _each(connection, entries)],
        }


def _lasting(table: Table, row: Any) -> Line:
    return {column.name: getattr(row, column.name) for column in table.columns if column.name not in PASSING}


def _each(connection: Connection, found: Any, batch: int = BATCH) -> Iterator[Any]:
    return iter(connection.execute(found.execution_options(yield_per=batch)))
