"""The shuffle: the items of all pieces numbered, put in order, and brought together by their keys, as tasks on the stage.

Rows are numbered through all pieces as they come (``number``); neighbouring pieces make a group, of which one task reads the
items. The items are then ranked by their place in the order of the forest (``rank``), range by range: every range is sorted by
itself, and its ranks follow those of the range before. From there on all is whole numbers: keys are partitioned by their value, a
task joins one partition over all groups, and what it finds are pairs of ranks.

Memory: a task holds the keys of a partition or a few million pairs at a time; the driver, and what the workers share as
mapped files, are some 40 bytes an item. A single key is in one partition, however many hold it.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from paraph.corpus.heaps import Heap, HeapWriter, Numbers, between, column, places_between, save
from paraph.corpus.items import FAMILIES, Family, Item
from paraph.corpus.meeting import Holders, Rule, meetings
from paraph.corpus.stage import Stage

__all__ = ["COUNT", "READ", "Sizes", "Table", "count", "meet", "number", "order", "partitions", "spread", "survey"]

READ, COUNT = "read", "count"

# Of the sorted places of a group every so many is looked at to cut the order into ranges of about the same length.
_SAMPLE = 64
# A place as a whole number that sorts as places do, as far as it goes: the day, then so many bytes of the id.
_CODE_BYTES = 5


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large tasks are; set by eye so that each takes seconds and at most some 200 MB. They change no result.

    ``group``: rows of the pieces that one task spreads; ``range``: items that one sorts; ``keys``: keys that one joins; ``slab``:
    items for which one chooses parents, or writes rows; ``pairs``: pairs compared at a time.
    """

    group: int = 20_000
    range: int = 200_000
    keys: int = 1_000_000
    slab: int = 10_000
    pairs: int = 2_000_000


# What is where: rows, numbers and groups.


def count(root: Path, pieces: int, sizes: Sizes) -> None:
    """Number the rows of all pieces and find those that came before: an equal ``identity`` in an earlier row or piece.

    Identities are hashes of 64 bits: that two different documents among 100 million share one has a chance of 1 in 3,700.
    """
    import pyarrow.parquet as pq

    stage = Stage(root)
    identities, rows = [np.zeros(0, np.int64)], np.zeros((pieces, 2), np.int64)
    for piece in range(pieces):
        folder = stage.folder(READ, piece)
        # Not to_numpy, nor read_table: they load pandas, where it is installed, which takes a second.
        table = pq.ParquetFile(folder / "documents.parquet").read(columns=["identity"])
        found = np.array(table.column("identity").to_pylist(), np.int64)
        identities.append(found)
        rows[piece] = len(found), pq.read_metadata(folder / "signals.parquet").num_rows
    _, first = np.unique(np.concatenate(identities), return_index=True)
    counts = np.zeros(int(rows[:, 0].sum()), bool)
    counts[first] = True
    starts = np.concatenate([np.zeros((1, 2), np.int64), np.cumsum(rows, axis=0)])
    groups, held = [0], 0
    for piece, held_here in enumerate(rows.sum(axis=1).tolist()):
        if held and held + held_here > sizes.group:
            groups.append(piece)
            held = 0
        held += held_here
    with stage.making(COUNT, 0) as folder:
        save(
            folder,
            counts=counts,
            documents=starts[:, 0].copy(),
            signals=starts[:, 1].copy(),
            groups=np.array([*groups, pieces] if pieces else [0], np.int64),
        )


class Table:
    """The numbering of a family's rows: where pieces and groups begin, which documents count, and what is known of each item."""

    def __init__(self, root: Path, family: str) -> None:
        self.stage = Stage(root)
        self.family: Family = FAMILIES[family]
        self._counted = self.stage.folder(COUNT, 0)
        self.starts: list[int] = column(self._counted, self.family.table).tolist()
        self._groups: list[int] = column(self._counted, "groups").tolist()

    @property
    def groups(self) -> int:
        """Return how many groups of pieces there are."""
        return len(self._groups) - 1

    @property
    def group_starts(self) -> list[int]:
        """Return the number of the first row of each group."""
        return [self.starts[piece] for piece in self._groups[:-1]]

    def pieces(self, group: int) -> range:
        """Return the pieces of a group."""
        return range(self._groups[group], self._groups[group + 1])

    def counts(self, piece: int) -> Numbers:
        """Return which documents of a piece count: those that did not come before."""
        begin, end = column(self._counted, "documents")[piece : piece + 2].tolist()
        return np.array(column(self._counted, "counts")[begin:end])

    def document(self, piece: int) -> int:
        """Return the number of the first document of a piece."""
        return int(column(self._counted, "documents")[piece])

    def step(self, name: str) -> str:
        """Return the name of a step of this family."""
        return f"{self.family.name}_{name}"

    def folders(self, step: str, numbers: range) -> list[Path]:
        """Return the folders of a step of this family."""
        return [self.stage.folder(self.step(step), number) for number in numbers]

    def known(self, name: str) -> Numbers:
        """Return a column of what is known of all items: by rank ``number``, ``day``, ``kind``, ``home``; by number ``rank``."""
        return column(self.stage.folder(self.step("number"), 0), name)


# Spreading: what the pieces of a group hold, each thing where the later steps look for it.


def spread(root: Path, family: str, group: int) -> dict[str, int]:
    """Write what a group's items are compared by, their places and their keys, sorted; rows that do not count are left out."""
    table = Table(root, family)
    made = _Spread()
    with table.stage.making(table.step("spread"), group) as folder:
        with HeapWriter(folder, "matter") as matter, HeapWriter(folder, "facts") as facts:
            for piece in table.pieces(group):
                for at, item in enumerate(_items(table, piece)):
                    matter.put(item.matter if item else b"")
                    facts.put(_json(item.facts) if item else b"")
                    if item is not None:
                        made.take(table.starts[piece] + at, item)
        made.write(folder)
    return {"items": len(made.number), "keys": len(made.key)}


def _items(table: Table, piece: int) -> Iterator[Item | None]:
    """Yield the item of each row of a piece, None for one that does not count."""
    import pyarrow.parquet as pq

    family = table.family
    counts = table.counts(piece)
    first = table.document(piece)
    rows = pq.ParquetFile(table.stage.folder(READ, piece) / f"{family.table}.parquet")
    at = 0
    seen: set[tuple[int, str]] = set()
    for batch in rows.iter_batches(batch_size=1_000, columns=list(family.columns)):
        for row in batch.to_pylist():
            # A signal counts with its document, and once: an engine may give one place twice.
            paper = row.setdefault("row", at)
            at += 1
            which = (paper, row["id"])
            if not counts[paper] or (which in seen):
                yield None
                continue
            seen.add(which)
            row["paper"] = first + paper
            yield family.item(row)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


class _Spread:
    """The columns of a group as they come."""

    def __init__(self) -> None:
        self.places: list[tuple[Any, ...]] = []
        self.number, self.kind, self.home = array("q"), array("q"), array("q")
        self.key, self.key_number, self.window = array("q"), array("q"), array("i")
        self.whole, self.whole_number = array("q"), array("q")

    def take(self, number: int, item: Item) -> None:
        """Take in one item."""
        self.number.append(number)
        self.places.append(item.place)
        self.kind.append(item.kind)
        self.home.append(item.home)
        self.key.extend(item.keys)
        self.key_number.extend(repeat(number, len(item.keys)))
        self.window.extend(item.windows)
        self.whole.extend(item.whole)
        self.whole_number.extend(repeat(number, len(item.whole)))

    def write(self, folder: Path) -> None:
        """Write the places sorted by their codes, and the keys sorted by their values."""
        codes = np.fromiter(map(_code, self.places), np.int64, len(self.places))
        by_code = np.argsort(codes, kind="stable")
        save(
            folder,
            code=codes[by_code],
            number=np.asarray(self.number)[by_code],
            kind=np.asarray(self.kind)[by_code],
            home=np.asarray(self.home)[by_code],
            sample=codes[by_code][::_SAMPLE],
        )
        with HeapWriter(folder, "places") as places:
            for at in by_code.tolist():
                places.put(_json(self.places[at]))
        by_value = _keys(folder, "key", self.key, self.key_number)
        if len(self.window) == len(self.key):
            save(folder, window=np.asarray(self.window)[by_value])
        _keys(folder, "whole", self.whole, self.whole_number)


def _keys(folder: Path, name: str, keys: array[int], numbers: array[int]) -> Numbers:
    """Write keys sorted, with who holds them, and return the order in which they were taken."""
    values = np.asarray(keys)
    by_value = np.argsort(values, kind="stable")
    save(folder, **{name: values[by_value], f"{name}_number": np.asarray(numbers)[by_value]})
    return by_value


def _code(place: tuple[Any, ...]) -> int:
    """Return a whole number that is never greater for an earlier place: the day and the beginning of the id."""
    name = place[1].encode("utf-8", "surrogatepass")[:_CODE_BYTES].ljust(_CODE_BYTES, b"\0")
    return (int(place[0]) << 8 * _CODE_BYTES) | int.from_bytes(name, "big")


# Ordering: the rank of each item.


def survey(root: Path, family: str, sizes: Sizes) -> None:
    """Cut the order of the items into ranges of about so many, by the samples of all groups."""
    table = Table(root, family)
    samples = [np.array(column(folder, "sample")) for folder in table.folders("spread", range(table.groups))]
    found = np.sort(np.concatenate([np.zeros(0, np.int64), *samples]))
    step = max(1, sizes.range // _SAMPLE)
    splits = np.unique(np.concatenate([np.zeros(1, np.int64), found[step::step]]))
    with table.stage.making(table.step("survey"), 0) as folder:
        save(folder, splits=splits)


def order(root: Path, family: str, part: int) -> dict[str, int]:
    """Sort the items of one range by their places, and write what is known of them in that order."""
    table = Table(root, family)
    splits = column(table.stage.folder(table.step("survey"), 0), "splits").tolist()
    low, high = splits[part], splits[part + 1] if part + 1 < len(splits) else None
    names = ("number", "kind", "home")
    columns: list[list[Numbers]] = []
    places: list[tuple[Any, ...]] = []
    for folder in table.folders("spread", range(table.groups)):
        columns.append(between(folder, "code", names, low, high))
        heap = Heap(folder, "places")
        places += [tuple(json.loads(place)) for place in heap.span(*places_between(folder, "code", low, high))]
        heap.close()
    ordered = np.array(sorted(range(len(places)), key=places.__getitem__), np.int64)
    found = {
        name: np.concatenate(values)[ordered] for name, values in zip(names, zip(*columns, strict=True), strict=True)
    }
    day = np.fromiter((places[at][0] for at in ordered.tolist()), np.int32, len(places))
    with table.stage.making(table.step("order"), part) as folder:
        save(folder, day=day, **found)
    return {"items": len(places)}


def number(root: Path, family: str) -> None:
    """Put the ranges together: what is known of each item by its rank, and the rank of each row by its number (-1: no item)."""
    table = Table(root, family)
    folders = table.folders("order", range(len(table.stage.done(table.step("order")))))
    with table.stage.making(table.step("number"), 0) as made:
        items = _joined(folders, made, "number")
        for name in ("day", "kind", "home"):
            _joined(folders, made, name)
        rank = np.full(table.starts[-1], -1, np.int64)
        rank[items] = np.arange(len(items))
        save(made, rank=rank)


def _joined(folders: list[Path], made: Path, name: str) -> Numbers:
    """Write one column of several folders as one, and return it."""
    parts = [column(folder, name) for folder in folders]
    size = sum(map(len, parts))
    # Written and not mapped: on a full disk a mapped file ends the process without a word.
    with (made / f"{name}.npy").open("wb") as file:
        kind = np.dtype(parts[0].dtype if parts else np.int64)
        header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": (size,)}
        np.lib.format.write_array_header_1_0(file, header)
        for part in parts:
            file.write(np.ascontiguousarray(part).data)
    return column(made, name)


# Meeting: who is compared with whom.


def partitions(root: Path, family: str, sizes: Sizes) -> int:
    """Return into how many parts the keys are cut."""
    table = Table(root, family)
    keys = sum(len(column(folder, "key")) for folder in table.folders("spread", range(table.groups)))
    return max(1, -(-keys // sizes.keys))


def meet(root: Path, family: str, part: int, parts: int, days: int, bucket: int) -> dict[str, int]:
    """Join one part of the keys over all groups, and write the pairs of items that meet, as runs of sorted numbers.

    A pair is one number: the later's rank times the number of items, and the earlier's rank. ``days`` is the window of keys
    that have none of their own.
    """
    table = Table(root, family)
    items = len(table.known("number"))
    low, high = _edges(part, parts, table.family.signed)
    pairs = runs = 0
    with table.stage.making(table.step("meet"), part) as folder:
        for name, rules in (("key", (Rule.FIRST,) if table.family.signed else (Rule.ALL,)), ("whole", (Rule.AGAIN,))):
            holders = _holders(table, name, low, high, days)
            for rule in rules:
                for later, earlier in meetings(holders, bucket, rule):
                    found = np.unique(later * items + earlier)
                    save(folder, **{f"run{runs}": found})
                    runs += 1
                    pairs += len(found)
    return {"pairs": pairs}


def _edges(part: int, parts: int, signed: bool) -> tuple[int, int | None]:
    """Return from which key up to which one a part goes."""
    least, span = (-(1 << 63), 1 << 64) if signed else (0, 1 << 63)
    high = least + span * (part + 1) // parts
    return least + span * part // parts, None if part + 1 == parts else high


def _holders(table: Table, name: str, low: int, high: int | None, days: int) -> Holders:
    windowed = name == "key" and not table.family.signed
    names = [name, f"{name}_number", *(["window"] if windowed else [])]
    found = [between(folder, name, names, low, high) for folder in table.folders("spread", range(table.groups))]
    keys, numbers, *windows = (np.concatenate(values) for values in zip(*found, strict=True))
    rank = table.known("rank")[numbers]
    return Holders(
        key=keys,
        rank=rank,
        day=table.known("day")[rank],
        kind=table.known("kind")[rank],
        home=table.known("home")[rank],
        window=windows[0] if windows else np.full(len(keys), days, np.int32),
    )
