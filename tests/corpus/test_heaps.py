"""Columns of which a slice is read, and heaps of which one thing is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from paraph.corpus import heaps
from paraph.corpus.heaps import Heap, Heaps, HeapWriter, between, column, places_between, save

THINGS = [b"one", b"", b"three", b"\0\xff", b"five"]


def write(folder: Path, things: Iterable[bytes]) -> Path:
    folder.mkdir()
    with HeapWriter(folder, "things") as heap:
        for thing in things:
            heap.put(thing)
    return folder


def test_what_was_put_into_a_heap_comes_out_by_its_number(tmp_path: Path) -> None:
    heap = Heap(write(tmp_path / "a", THINGS), "things")
    assert [heap[number] for number in (4, 0, 1, 3, 2)] == [b"five", b"one", b"", b"\0\xff", b"three"]
    assert list(heap.span(1, 4)) == THINGS[1:4]
    assert list(heap.span(2, 2)) == []
    heap.close()


def test_an_empty_heap_is_one(tmp_path: Path) -> None:
    heap = Heap(write(tmp_path / "a", []), "things")
    assert list(heap.span(0, 0)) == []
    heap.close()


@pytest.mark.parametrize("most", [0, 1, 6, 1_000])
def test_many_heaps_are_as_one_whatever_is_kept(tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heaps, "_OPEN", 2)
    parts = [THINGS[:2], [], THINGS[2:3], THINGS[3:]]
    folders = [write(tmp_path / str(n), part) for n, part in enumerate(parts)]
    with Heaps(folders, [0, 2, 2, 3], "things", most) as heap:
        for number in (0, 4, 2, 1, 0, 3, 4, 4, 2):
            assert heap[number] == THINGS[number]
        assert sum(map(len, heap._kept.values())) <= most


def test_a_heap_whose_writing_failed_has_no_ends(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"one"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write(tmp_path / "a", broken())
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["things.heap"]


def test_of_sorted_columns_the_slice_between_two_values_is_read(tmp_path: Path) -> None:
    save(tmp_path, key=np.array([-5, 1, 1, 3, 9]), holder=np.array([50, 10, 11, 30, 90]))
    assert [values.tolist() for values in between(tmp_path, "key", ["key", "holder"], 1, 9)] == [
        [1, 1, 3],
        [10, 11, 30],
    ]
    assert between(tmp_path, "key", ["holder"], 2, None)[0].tolist() == [30, 90]
    assert places_between(tmp_path, "key", -9, 0) == (0, 1)
    assert between(tmp_path, "key", ["holder"], 4, 9)[0].tolist() == []


def test_an_empty_column_is_one(tmp_path: Path) -> None:
    save(tmp_path, key=np.zeros(0, np.int64))
    assert len(column(tmp_path, "key")) == 0
    assert between(tmp_path, "key", ["key"], 0, None)[0].tolist() == []
