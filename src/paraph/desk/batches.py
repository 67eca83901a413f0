"""The forests as a batch of new items sees them: what is new is in memory, what it meets comes from the desk.

Items meet in keys (of signals) or bands (of documents) within windows of days. For a whole batch that is one statement, which
brings the desk's rows of all the keys asked for, and one join of sorted numbers in memory, new items among themselves included.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from paraph.desk.placing import DocumentForest, Node, SignalForest, fetched
from paraph.link import Traits, score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

__all__ = ["FreshDocuments", "FreshSignals", "Keyed"]

# An item, one of its keys, its day as an ordinal, and the days to both sides within which the key counts.
Keyed = tuple[int, int, int, int]

# Keys and days as one number: more than any ordinal of a day.
_DAYS = 1 << 22
# So many meetings are held in memory at a time, some 16 bytes each, before those of one pair are made one. Set by eye.
_MEETINGS = 2_000_000


def met(connection: Connection, asked: list[Keyed], table: str, key: str, item: str) -> Iterator[tuple[int, list[int]]]:
    """Yield each item that asks with all it meets, those of the desk and those that ask, each once and never itself."""
    import numpy as np

    if not asked:
        return
    given = np.array(asked, dtype=np.int64)
    given = given[np.argsort(given[:, 0], kind="stable")]
    items, keys, days, windows = given.T
    there = _there(connection, keys, days, windows, table, key, item)
    names, ranks = np.unique(np.concatenate((there[:, 0], keys)), return_inverse=True)
    del names
    all_days, all_items = np.concatenate((there[:, 1], days)), np.concatenate((there[:, 2], items))
    places = ranks * _DAYS + all_days
    order = np.argsort(places, kind="stable")
    places, others = places[order], all_items[order]
    mine = ranks[len(there) :] * _DAYS
    low = np.searchsorted(places, mine + np.maximum(days - windows, 0), "left")
    high = np.searchsorted(places, mine + np.minimum(days + windows, _DAYS - 1), "right")
    counts = high - low
    for begin, end in _slices(items, counts):
        some = counts[begin:end]
        total = int(some.sum())
        one = np.repeat(items[begin:end], some)
        # The numbers from each low to its high, one run after the other.
        at = np.arange(total) - np.repeat(np.cumsum(some) - some, some) + np.repeat(low[begin:end], some)
        other = others[at]
        pairs = np.unique(np.stack((one, other), axis=1)[one != other], axis=0)
        # Where the next item's begin.
        bounds = [0, *(np.flatnonzero(pairs[1:, 0] != pairs[:-1, 0]) + 1).tolist(), len(pairs)]
        for start, stop in pairwise(bounds):
            if start < stop:
                yield int(pairs[start, 0]), pairs[start:stop, 1].tolist()


def _slices(items: Numbers, counts: Numbers) -> Iterator[tuple[int, int]]:
    """Yield runs of rows that hold all rows of their items, and as many meetings as are held at a time (one item's at least)."""
    import numpy as np

    ends = np.append(np.flatnonzero(items[1:] != items[:-1]) + 1, len(items))
    sums = np.cumsum(counts)[ends - 1]
    begin, done = 0, 0
    while begin < len(items):
        last = int(np.searchsorted(sums, done + _MEETINGS, "right"))
        first = int(np.searchsorted(ends, begin, "right"))
        last = max(last - 1, first)
        yield begin, int(ends[last])
        begin, done = int(ends[last]), int(sums[last])


def _there(
    connection: Connection, keys: Numbers, days: Numbers, windows: Numbers, table: str, key: str, item: str
) -> Numbers:
    """Return the desk's rows (key, day, item) of these keys from the first to the last day that is asked for of each."""
    import numpy as np

    names, ranks = np.unique(keys, return_inverse=True)
    low, high = np.full(len(names), _DAYS), np.zeros(len(names), dtype=np.int64)
    np.minimum.at(low, ranks, days - windows)
    np.maximum.at(high, ranks, days + windows)
    given: dict[str, Any]
    if connection.dialect.name == "sqlite":
        of = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(3))
        statement = (
            f"WITH a(key, low, high) AS MATERIALIZED (SELECT {of} FROM json_each(:asked)) "  # noqa: S608
            f"SELECT k.{key}, k.day, k.{item} FROM a CROSS JOIN {table} k "
            f"WHERE k.{key} = a.key AND k.day BETWEEN a.low AND a.high"
        )
        given = {"asked": json.dumps(np.stack((names, low, high), axis=1).tolist())}
    else:
        statement = (
            f"SELECT k.{key}, k.day, k.{item} FROM unnest(CAST(:keys AS bigint[]), "  # noqa: S608
            f"CAST(:lows AS int[]), CAST(:highs AS int[])) AS a(key, low, high) "
            f"CROSS JOIN LATERAL (SELECT {key}, day, {item} FROM {table} "
            f"WHERE {key} = a.key AND day BETWEEN a.low AND a.high OFFSET 0) k"
        )
        given = {"keys": names.tolist(), "lows": low.tolist(), "highs": high.tolist()}
    rows = fetched(connection, statement, given)
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


class FreshSignals(SignalForest):
    """The forest of deals with new signals that are not on the desk yet."""

    def __init__(self, connection: Connection, fresh: Mapping[int, Node], asked: list[Keyed]) -> None:
        super().__init__(connection)
        self._fresh = fresh
        self._asked = asked
        self._traits: dict[int, Traits | None] = {}

    def nodes(self, ids: Collection[int]) -> dict[int, Node]:
        """Return the items of these rows, new or on the desk."""
        return _both(self._fresh, super().nodes, ids)

    def near(self, nodes: Iterable[Node]) -> dict[int, Collection[int]]:
        """Return, for each new signal, those that share a key with it and whose day lies within the key's window."""
        return dict(met(self.connection, self._asked, "link_keys", "key", "signal_id"))

    def likeness(self, one: Node, other: Node) -> float:
        """Return how likely two signals speak of one deal."""
        a, b = self._read(one), self._read(other)
        return 0.0 if a is None or b is None else score(a, b)

    def _read(self, node: Node) -> Traits | None:
        if node.id not in self._traits:
            self._traits[node.id] = Traits.read(node.matter)
        return self._traits[node.id]


class FreshDocuments(DocumentForest):
    """The forest of copies with new documents that are not on the desk yet."""

    def __init__(self, connection: Connection, days: int, fresh: Mapping[int, Node], asked: list[Keyed]) -> None:
        super().__init__(connection, days)
        self._fresh = fresh
        self._asked = asked

    def nodes(self, ids: Collection[int]) -> dict[int, Node]:
        """Return the items of these rows, new or on the desk."""
        return _both(self._fresh, super().nodes, ids)

    def near(self, nodes: Iterable[Node]) -> dict[int, Collection[int]]:
        """Return, for each new document, those that share a band with it and lie no further apart than ``copy_days``."""
        return dict(met(self.connection, self._asked, "bands", "band", "document_id"))


def _both(fresh: Mapping[int, Node], there: Any, ids: Collection[int]) -> dict[int, Node]:
    found = {id: fresh[id] for id in ids if id in fresh}
    rest = [id for id in ids if id not in fresh]
    return found | there(rest) if rest else found
