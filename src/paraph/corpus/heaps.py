"""Columns and heaps: whole numbers and things of any length on the stage, of which a task reads only what it needs.

A column is one ``.npy`` file; columns of one folder that are in the same order make a table, and of a sorted one a task reads
the slice between two values. A heap is a file of byte strings, one after the other, with a column of where each ends.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Heap", "HeapWriter", "Heaps", "Numbers", "between", "column", "places_between", "save"]

Numbers = npt.NDArray[Any]

# So many heaps are kept open at a time: fewer than the 256 files that some systems allow a process.
_OPEN = 64


def save(folder: Path, **columns: Numbers) -> None:
    """Write columns to a folder."""
    for name, values in columns.items():
        np.save(folder / f"{name}.npy", values, allow_pickle=False)


def column(folder: Path, name: str) -> Numbers:
    """Return a column as a map of its file: only what is looked at is read."""
    found: Numbers = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return found


def places_between(folder: Path, by: str, low: int, high: int | None) -> tuple[int, int]:
    """Return where in a table sorted by a column the values from ``low`` up to (not including) ``high``, None: the end, stand."""
    ordered = column(folder, by)
    begin = int(np.searchsorted(ordered, low))
    return begin, len(ordered) if high is None else int(np.searchsorted(ordered, high))


def between(folder: Path, by: str, names: Sequence[str], low: int, high: int | None) -> list[Numbers]:
    """Return those columns of a table sorted by one, read where that one lies from ``low`` up to ``high``."""
    begin, end = places_between(folder, by, low, high)
    return [np.array(column(folder, name)[begin:end]) for name in names]


class HeapWriter(AbstractContextManager["HeapWriter"]):
    """Writes a heap; it is whole when the context ends without an error."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._file = (folder / f"{name}.heap").open("wb")
        self._ends = array("q", [0])

    def put(self, data: bytes) -> None:
        """Add one byte string."""
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if error is None:
            save(self._folder, **{f"{self._name}_ends": np.frombuffer(self._ends, np.int64)})


class Heap:
    """A heap, of which single byte strings or neighbours are read."""

    def __init__(self, folder: Path, name: str) -> None:
        self._ends = column(folder, f"{name}_ends")
        self._file = (folder / f"{name}.heap").open("rb", buffering=0)

    def __getitem__(self, number: int) -> bytes:
        begin, end = map(int, self._ends[number : number + 2])
        self._file.seek(begin)
        return self._file.read(end - begin)

    def span(self, begin: int, end: int) -> Iterator[bytes]:
        """Yield the byte strings from one number up to, not including, another."""
        ends = self._ends[begin : end + 1].tolist()
        if end > begin:
            self._file.seek(ends[0])
            data = self._file.read(ends[-1] - ends[0])
            for low, high in pairwise(ends):
                yield data[low - ends[0] : high - ends[0]]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Heaps(AbstractContextManager["Heaps"]):
    """Heaps of many folders as one; ``starts`` is the first number of each. Up to ``most`` bytes of those read last are kept."""

    def __init__(self, folders: Sequence[Path], starts: Sequence[int], name: str, most: int = 0) -> None:
        self._folders, self._starts, self._name = folders, starts, name
        self._open: OrderedDict[int, Heap] = OrderedDict()
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._size, self._most = 0, most

    def __getitem__(self, number: int) -> bytes:
        known = self._kept.get(number)
        if known is not None:
            self._kept.move_to_end(number)
            return known
        at = bisect_right(self._starts, number) - 1
        found = self._heap(at)[number - self._starts[at]]
        if self._most:
            self._kept[number] = found
            self._size += len(found)
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])
        return found

    def _heap(self, at: int) -> Heap:
        heap = self._open.get(at)
        if heap is None:
            if len(self._open) >= _OPEN:
                self._open.popitem(last=False)[1].close()
            heap = self._open[at] = Heap(self._folders[at], self._name)
        self._open.move_to_end(at)
        return heap

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for heap in self._open.values():
            heap.close()
        self._open.clear()
