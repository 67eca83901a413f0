"""Taking documents in by the thousand: what ``ingest.add`` does for each, done for a whole batch at once.

A batch is one transaction. Documents that the desk has never heard of are derived by the same pure functions as in
``ingest`` (versions folded, facts, day, signals), placed in both forests together, in memory, and written with their places by
a few statements; each deal that they touch is made anew once. What is on the desk already, or was decided about before it came,
goes the ordinary way, within the same transaction. As what the desk derives does not depend on the order in which things
came, the desk is the same as after adding one by one; tests/desk/test_bulk.py compares the two.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from paraph.desk import deals, ingest, reviews
from paraph.desk.batches import FreshDocuments, FreshSignals, Keyed
from paraph.desk.folding import Text, days_of, fold, in_order
from paraph.desk.identity import key_of, utc, version_hash
from paraph.desk.inserting import insert_many, insert_rows, numbers_for
from paraph.desk.placing import Node, planned, write_plan
from paraph.desk.rows import among, signal_of
from paraph.desk.schema import bands, documents, fit, link_keys, pins, signal_parties, signals, versions
from paraph.desk.schema import reviews as log
from paraph.desk.search import Shelf, search_of
from paraph.desk.values import Arrival, Incoming, Many
from paraph.link import Traits, copies, keys_of
from paraph.settings import Settings

__all__ = ["add_many"]


@dataclass(frozen=True, slots=True)
class _Came:
    """A document as it came, with what it is known by."""

    given: Incoming
    key: str
    hash: str
    moment: str
    first: str


@dataclass(slots=True)
class _New:
    """A document that the desk has never heard of, with all its versions that came."""

    key: str
    came: list[_Came]
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    versions: list[dict[str, Any]] = field(default_factory=list)
    signals: list[dict[str, Any]] = field(default_factory=list)


def add_many(connection: Connection, given: Sequence[Incoming], settings: Settings) -> Many:
    """Add documents with their signals, and return what that did. The transaction is the caller's.

    As many ``ingest.add`` in any order. The memory that it takes grows with what is given, and with the signals on the desk that
    those given must be compared with.
    """
    told = Many()
    new: dict[str, _New] = {}
    rest: list[_Came] = []
    came = [_came(each) for each in given]
    kept = _kept(connection, {each.key for each in came})
    apart = _spoken_of(connection, {each.key for each in came}.difference(kept))
    for each in came:
        known = kept.get(each.key)
        if known is not None:
            if known.holds(each):
                told += Many(known=1)
            else:
                rest.append(each)
        elif each.key in apart or any(other.hash == each.hash for other in new.get(each.key, _NONE).came):
            rest.append(each)
        else:
            new.setdefault(each.key, _New(each.key, [])).came.append(each)
    if new:
        with _uncollected():
            told += _write_new(connection, list(new.values()), settings)
    for each in rest:
        added = ingest.add(
            connection,
            each.given.reading,
            raw=None,
            arrival=each.given.arrival,
            seen=each.given.seen,
            settings=settings,
            first_seen=each.given.first_seen,
            engine_version=each.given.engine_version,
        )
        if added.state == "same":
            told += Many(known=1)
        elif added.state == "updated":
            told += Many(updated=1, signals=added.signals)
        else:
            told += Many(new=1, signals=added.signals)
    return told


_NONE = _New("", [])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the collector of circular garbage back.

    A batch makes hardly any, and a million values that it would look through again and again: 15 % of the time that 2,000
    documents take.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _came(given: Incoming) -> _Came:
    document, seen = given.reading.document, given.seen
    first = min(seen, given.first_seen) if given.first_seen else seen
    return _Came(given, key_of(document), version_hash(document), utc(seen), utc(first))


# What the desk has already.


@dataclass(frozen=True, slots=True)
class _Kept:
    """A document on the desk: when it was first seen, how it came, and when each of its versions was seen, by their hashes."""

    first_seen: str
    arrival: str
    versions: dict[str, str]

    def holds(self, came: _Came) -> bool:
        """Tell whether adding what came would change nothing."""
        seen = self.versions.get(came.hash)
        return (
            seen is not None
            and came.moment >= seen
            and came.first >= self.first_seen
            and (self.arrival == "added" or came.given.arrival == self.arrival)
        )


def _kept(connection: Connection, keys: Collection[str]) -> dict[str, _Kept]:
    """Return the documents of these keys that are on the desk."""
    found = (
        select(documents.c.key, documents.c.first_seen, documents.c.arrival, versions.c.hash, versions.c.seen)
        .join(versions, versions.c.document_id == documents.c.id)
        .where(among(connection, documents.c.key, sorted(keys)))
    )
    kept: dict[str, _Kept] = {}
    for row in connection.execute(found):
        kept.setdefault(row.key, _Kept(row.first_seen, row.arrival, {})).versions[row.hash] = row.seen
    return kept


def _spoken_of(connection: Connection, keys: Collection[str]) -> set[str]:
    """Return which of these documents, none of them on the desk, anything was decided about."""
    listed = sorted(keys)
    about = connection.execute(select(log.c.document).where(among(connection, log.c.document, listed)))
    out = set(about.scalars())
    if reviews.any_pins(connection):
        touching = or_(among(connection, pins.c.one_document, listed), among(connection, pins.c.other_document, listed))
        for row in connection.execute(select(pins.c.one_document, pins.c.other_document).where(touching)):
            out |= {row.one_document, row.other_document}
    return out


# What is new.


_UNDECIDED = reviews.Decided({}, {}, (), ())


def _write_new(connection: Connection, new: Sequence[_New], settings: Settings) -> Many:
    """Derive, place and write documents that the desk has never heard of, and make the deals anew that they touch."""
    numbers = iter(numbers_for(connection, versions, sum(len(each.came) for each in new)))
    for each in new:
        _derive(each, numbers, settings)
    # In the order of the forests: so rows are written fastest, and parents before their children.
    new = sorted(new, key=lambda each: (each.facts["day"], fit(each.key)))
    for id, each in zip(numbers_for(connection, documents, len(new)), new, strict=True):
        each.facts["id"] = id
        for row in (*each.versions, *each.signals):
            row["document_id"] = id
    touched = _write_documents(connection, new, settings)
    touched |= _write_signals(connection, new)
    deals.refresh(connection, touched, settings)
    came = sum(len(each.came) for each in new)
    return Many(len(new), came - len(new), 0, sum(not row["vanished"] for each in new for row in each.signals))


def _derive(new: _New, numbers: Iterator[int], settings: Settings) -> None:
    """Work out everything about a new document that follows from itself alone."""
    texts = []
    for each, number in zip(new.came, numbers, strict=False):
        row = ingest.version_values(
            each.given.reading, each.hash, each.moment, each.given.seen, each.given.engine_version
        )
        new.versions.append(row | {"id": number, "raw_id": None})
        texts.append(
            Text(
                row=number,
                hash=each.hash,
                text_hash=row["text_hash"],
                stamp=row["stamp"],
                seen=each.moment,
                document=replace(each.given.reading.document, id=new.key),
                # As they come back from the desk: to_dict rounds.
                signals=tuple(map(signal_of, row["found"])),
                engine_version=each.given.engine_version,
            )
        )
    ordered = in_order(texts)
    first = min(each.first for each in new.came)
    arrival: Arrival = "added" if any(each.given.arrival == "added" for each in new.came) else "watched"
    days = days_of(ordered, datetime.fromisoformat(first), arrival, settings.backdate_days)
    new.text = ordered[-1].document.text
    new.facts = ingest.facts_of(ordered[-1], days[0]) | {"key": new.key, "first_seen": first, "arrival": arrival}
    wanted = ingest.wanted_rows(0, new.key, fold(ordered, days), _UNDECIDED)
    new.signals = list(wanted.values())


def _write_documents(connection: Connection, new: Sequence[_New], settings: Settings) -> set[int]:
    """Write new documents with their place among the copies; return the deals whose voices changed."""
    nodes: dict[int, Node] = {}
    asked: list[Keyed] = []
    for each in new:
        id, day = each.facts["id"], each.facts["day"].toordinal()
        nodes[id] = Node(id, (day, fit(each.key)), fit(each.text), None, None, None)
        asked += [(id, band, day, settings.copy_days) for band in set(copies.bands_of(copies.shingles_of(each.text)))]
    hashes = {each.facts["id"]: each.facts["text_hash"] for each in new}
    forest = FreshDocuments(connection, settings.copy_days, nodes, hashes, asked)
    plan = planned(forest, nodes.keys())
    rows = []
    for each in new:
        parent, likeness, root = plan.changed[each.facts["id"]]
        rows.append(each.facts | {"parent_id": parent, "likeness": likeness, "root_id": root})
    insert_rows(connection, documents, rows)
    insert_rows(connection, versions, [row for each in new for row in each.versions])
    asked.sort(key=lambda row: (row[1], row[2], row[0]))
    insert_many(connection, bands, ("band", "day", "document_id"), [(band, day, id) for id, band, day, _ in asked])
    search_of(connection).put(
        connection,
        Shelf.DOCUMENTS,
        [(each.facts["id"], each.facts["day"], (each.facts["title"] or "", each.text)) for each in new],
    )
    write_plan(forest, plan.without(nodes))
    return ingest.roots_in(connection, plan.moved - nodes.keys())


def _write_signals(connection: Connection, new: Sequence[_New]) -> set[int]:
    """Write the signals of new documents with their place among the deals; return the deals that this changes."""
    rows = sorted(
        ((_place_of(each.key, row), row) for each in new for row in each.signals), key=lambda placed: placed[0]
    )
    nodes: dict[int, Node] = {}
    asked: list[Keyed] = []
    parties: list[tuple[str, int, int]] = []
    for id, (place, row) in zip(numbers_for(connection, signals, len(rows)), rows, strict=True):
        row["id"] = id
        nodes[id] = Node(id, place, row["traits"], None, None, None)
        asked += [(id, key, place[0], window) for key, window in keys_of(Traits.from_json(row["traits"]))]
        parties += [(party, place[0], id) for party in ingest.parties_of(row)]
    forest = FreshSignals(connection, nodes, asked)
    plan = planned(forest, nodes.keys())
    for _, row in rows:
        parent, value, root = plan.changed[row["id"]]
        row |= {"parent_id": parent, "score": value, "root_id": root, "pinned": False, "pin_id": None}
    insert_rows(connection, signals, [row for _, row in rows])
    parties.sort()
    insert_many(connection, signal_parties, ("party", "day", "signal_id"), parties)
    asked.sort(key=lambda row: (row[1], row[2], row[0]))
    insert_many(connection, link_keys, ("key", "day", "signal_id"), [(key, day, id) for id, key, day, _ in asked])
    search_of(connection).put(connection, Shelf.SIGNALS, [(row["id"], row["day"], (row["quote"],)) for _, row in rows])
    write_plan(forest, plan.without(nodes))
    return plan.trees


def _place_of(key: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return a signal's place in the order of the forest, as ``SignalForest.nodes`` gives it."""
    return row["day"].toordinal(), fit(key), row["start"], row["end"], row["key"]
