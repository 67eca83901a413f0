"""The forests as a batch of new items sees them: what is new is in memory, what it meets comes from the desk.

Items meet in keys (of signals) or bands (of documents) within windows of days. For a whole batch that is one statement, which
brings the desk's rows of all the keys asked for, and one join of sorted numbers in memory, new items among themselves included.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Connection, text

from paraph.desk.placing import DocumentForest, Node, SignalForest, fetched_by
from paraph.desk.schema import unfit
from paraph.link import Traits, copies, score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    # A text's bits, its runs, and those of them that share their bit with another.
    _Marks = tuple[NDArray[np.uint64], int, int]

__all__ = ["FreshDocuments", "FreshSignals", "Keyed"]

# An item, one of its keys, its day as an ordinal, and the days to both sides within which the key counts.
Keyed = tuple[int, int, int, int]

# Keys and days as one number: more than any ordinal of a day.
_DAYS = 1 << 22
# So many meetings are held in memory at a time, some 16 bytes each, before those of one pair are made one. Set by eye.
_MEETINGS = 2_000_000
# So many rows of keys are held as the driver gives them, and so many pairs of signals are looked at before their signals are
# let go, with the traits of each (one item's at least). Set by eye: some hundred megabytes, where no two have a signal in common.
_ROWS, _TOGETHER = 50_000, 50_000


def met(connection: Connection, asked: list[Keyed], table: str, key: str, item: str) -> Iterator[Numbers]:
    """Yield pairs of an item that asks and one that it meets, of the desk or of those that ask; each pair once, none of an item
    with itself, all pairs of one item together.
    """
    import numpy as np

    if not asked:
        return
    given = np.array(asked, dtype=np.int64)
    given = given[np.argsort(given[:, 0], kind="stable")]
    items, keys, days, windows = given.T
    there = _there(connection, keys, days, windows, table, key, item)
    _, ranks = np.unique(np.concatenate((there[:, 0], keys)), return_inverse=True)
    places = ranks * _DAYS + np.concatenate((there[:, 1], days))
    order = np.argsort(places, kind="stable")
    places, others = places[order], np.concatenate((there[:, 2], items))[order]
    mine = ranks[len(there) :] * _DAYS
    low = np.searchsorted(places, mine + np.maximum(days - windows, 0), "left")
    high = np.searchsorted(places, mine + np.minimum(days + windows, _DAYS - 1), "right")
    counts = high - low
    for begin, end in _slices(items, counts):
        some = counts[begin:end]
        one = np.repeat(items[begin:end], some)
        # The numbers from each low to its high, one run after the other.
        at = np.arange(len(one)) - np.repeat(np.cumsum(some) - some, some) + np.repeat(low[begin:end], some)
        other = others[at]
        apart = one != other
        yield _once(one[apart], other[apart])


def _once(one: Numbers, other: Numbers) -> Numbers:
    """Return pairs in order, each once."""
    import numpy as np

    order = np.lexsort((other, one))
    pairs = np.stack((one[order], other[order]), axis=1)
    if not len(pairs):
        return pairs
    return pairs[np.r_[True, (pairs[1:] != pairs[:-1]).any(axis=1)]]


def _by_item(pairs: Iterable[Numbers]) -> dict[int, Collection[int]]:
    """Return what each item meets."""
    import numpy as np

    found: dict[int, Collection[int]] = {}
    for some in pairs:
        bounds = [0, *(np.flatnonzero(some[1:, 0] != some[:-1, 0]) + 1).tolist(), len(some)]
        for start, stop in pairwise(bounds):
            if start < stop:
                found[int(some[start, 0])] = some[start:stop, 1].tolist()
    return found


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
    result = connection.execute(text(statement), given)
    cursor: Any = result.cursor  # as the driver gives them: rows of three numbers need nothing made of them
    found = [np.empty((0, 3), dtype=np.int64)]
    while rows := cursor.fetchmany(_ROWS):
        found.append(np.array(rows, dtype=np.int64))
    result.close()
    return np.concatenate(found)


class FreshSignals(SignalForest):
    """The forest of deals with new signals that are not on the desk yet.

    Only those that are like enough are near each other: a subject that is much spoken of has more signals within a key's window
    than are to be held in memory, and few of them speak of one deal.
    """

    def __init__(self, connection: Connection, fresh: Mapping[int, Node], asked: list[Keyed]) -> None:
        super().__init__(connection)
        self._fresh = fresh
        self._asked = asked
        self._traits = {id: Traits.read(node.matter) for id, node in fresh.items()}
        # Of pairs that are like enough, by the lower and the higher row.
        self._values: dict[tuple[int, int], float] = {}

    def nodes(self, ids: Collection[int]) -> dict[int, Node]:
        """Return the items of these rows, new or on the desk."""
        return _both(self._fresh, super().nodes, ids)

    def near(self, nodes: Iterable[Node]) -> dict[int, Collection[int]]:
        """Return, for each new signal, those that share a key with it, lie within its window and are like enough."""
        found = met(self.connection, self._asked, "link_keys", "key", "signal_id")
        return _by_item(self._alike(some) for pairs in found for some in _parted(pairs))

    def likeness(self, one: Node, other: Node) -> float:
        """Return how likely two signals speak of one deal; 0 where that is too little to count."""
        return self._values.get((min(one.id, other.id), max(one.id, other.id)), 0.0)

    def _alike(self, pairs: Numbers) -> Numbers:
        """Return those of the pairs that are like enough."""
        import numpy as np

        there = [id for id in np.unique(pairs[:, 1]).tolist() if id not in self._fresh]
        traits = self._traits | {id: Traits.read(node.matter) for id, node in super().nodes(there).items()}
        keep = np.zeros(len(pairs), dtype=bool)
        for at, (one, other) in enumerate(pairs.tolist()):
            if other < one and other in self._fresh:
                keep[at] = (other, one) in self._values  # met before, from the other side
                continue
            a, b = traits[one], traits[other]
            value = 0.0 if a is None or b is None else score(a, b)
            if value >= self.threshold:
                keep[at] = True
                self._values[min(one, other), max(one, other)] = value
        return pairs[keep]


def _parted(pairs: Numbers) -> Iterator[Numbers]:
    """Yield the pairs in parts of ``_TOGETHER`` at most, those of one item together."""
    import numpy as np

    ends = [*(np.flatnonzero(pairs[1:, 0] != pairs[:-1, 0]) + 1).tolist(), len(pairs)]
    begin = 0
    for end, after in pairwise([*ends, ends[-1] + _TOGETHER + 1]):
        if after - begin > _TOGETHER and end > begin:
            yield pairs[begin:end]
            begin = end


class FreshDocuments(DocumentForest):
    """The forest of copies with new documents that are not on the desk yet.

    Most documents that meet in a band are far from being copies. Which could be is told by their ``Marks``, so that the others
    are neither fetched nor compared word for word.
    """

    def __init__(
        self,
        connection: Connection,
        days: int,
        fresh: Mapping[int, Node],
        hashes: Mapping[int, str],
        asked: list[Keyed],
    ) -> None:
        super().__init__(connection, days)
        self._fresh = fresh
        self._hashes = hashes
        self._asked = asked

    def nodes(self, ids: Collection[int]) -> dict[int, Node]:
        """Return the items of these rows, new or on the desk."""
        return _both(self._fresh, super().nodes, ids)

    def near(self, nodes: Iterable[Node]) -> dict[int, Collection[int]]:
        """Return, for each new document, those that share a band, lie within ``copy_days``, and may be like it at all."""
        marks = Marks(self.connection, self._fresh, self._hashes)
        found = met(self.connection, self._asked, "bands", "band", "document_id")
        return _by_item(marks.likely(pairs) for pairs in found)


# A text's runs of words are marked in so many bits. Set by eye: of two different reports of 1,000 words some 220 marks
# coincide, where 460 must for a copy. A longer text has more, and is compared word for word.
_BITS = 4_096
# A hair below the threshold, so that rounding here leaves no copy out.
_BAR = copies.THRESHOLD * (1 - 1e-9)
# So many texts' marks are kept in memory from one batch to the next, half a kilobyte each, and so many texts of the desk are
# fetched at a time to be marked, and so many pairs compared.
_KEPT_MARKS, _FETCHED, _PAIRS = 50_000, 500, 50_000


class Marks:
    """Texts as sets of bits, one a run of words, by which most pairs are told to be no copies of each other.

    Exact in this: two texts that ``copies.likeness`` holds to be copies are never told apart. Of the runs that both have, no two
    may fall on one bit but those that do so in each of them.
    """

    # By the hash of a text.
    _kept: ClassVar[OrderedDict[str, _Marks]] = OrderedDict()
    _lock = Lock()

    def __init__(self, connection: Connection, fresh: Mapping[int, Node], hashes: Mapping[int, str]) -> None:
        self._connection = connection
        self._known = {id: _marked(node.matter) for id, node in fresh.items()}
        for id, hash in hashes.items():
            self._keep(hash, self._known[id])

    def likely(self, pairs: Numbers) -> Numbers:
        """Return those of the pairs that may be copies."""
        import numpy as np

        if not len(pairs):
            return pairs
        ids, places = np.unique(pairs, return_inverse=True)
        places = places.reshape(pairs.shape)
        self._look_up([id for id in ids.tolist() if id not in self._known])
        rows = [self._known[id] for id in ids.tolist()]
        bits = np.stack([row[0] for row in rows])
        runs, lost = np.array([row[1:] for row in rows], dtype=np.int64).T
        keep = np.zeros(len(pairs), dtype=bool)
        for at in range(0, len(pairs), _PAIRS):
            one, other = places[at : at + _PAIRS].T
            both = np.bitwise_count(bits[one] & bits[other]).sum(axis=1, dtype=np.int64)
            shared = both + np.minimum(lost[one], lost[other])
            keep[at : at + _PAIRS] = _may_be(runs[one], runs[other], shared)
        return pairs[keep]

    def _look_up(self, ids: Sequence[int]) -> None:
        """Mark documents of the desk, those whose texts were marked before without fetching them."""
        hashes = fetched_by(self._connection, ids, "SELECT id, text_hash FROM documents WHERE id IN ({ids})")
        unknown = []
        with self._lock:
            for id, hash in hashes:
                if hash in self._kept:
                    self._kept.move_to_end(hash)
                    self._known[id] = self._kept[hash]
                else:
                    unknown.append(id)
        for at in range(0, len(unknown), _FETCHED):
            texts = fetched_by(
                self._connection,
                unknown[at : at + _FETCHED],
                "SELECT d.id, d.text_hash, v.text FROM documents d JOIN versions v ON v.id = d.version_id "
                "WHERE d.id IN ({ids})",
            )
            for id, hash, words in texts:
                self._known[id] = _marked(words)
                self._keep(hash, self._known[id])

    def _keep(self, hash: str, marks: _Marks) -> None:
        with self._lock:
            self._kept[hash] = marks
            while len(self._kept) > _KEPT_MARKS:
                self._kept.popitem(last=False)


def _may_be(one: Numbers, other: Numbers, shared: Numbers) -> NDArray[np.bool_]:
    """Tell of which pairs ``copies.likeness`` may reach the threshold, by how many runs both have and share at most."""
    import numpy as np

    least = np.minimum(one, other)
    shared = np.minimum(shared, least)
    near = (shared >= _BAR * (one + other - shared)) | (copies.CONTAINMENT * shared >= _BAR * least)
    # Texts without a run are like none.
    return near & (least > 0)


def _marked(text: str) -> _Marks:
    """Return the bits of a text's runs of words, how many runs, and how many of them add no bit of their own."""
    import numpy as np

    runs = copies.runs_of(unfit(text))
    bits = np.zeros(_BITS, dtype=np.uint8)
    bits[[hash(run) % _BITS for run in runs]] = 1
    return np.packbits(bits).view(np.uint64), len(runs), len(runs) - int(bits.sum())


def _both(fresh: Mapping[int, Node], there: Any, ids: Collection[int]) -> dict[int, Node]:
    found = {id: fresh[id] for id in ids if id in fresh}
    rest = [id for id in ids if id not in fresh]
    return found | there(rest) if rest else found
