"""A data set goes into a desk as its documents would one by one, can be taken up again, and the same again changes nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from datasets import data_set, manifest
from paraph.corpus.load import Loaded, load
from paraph.corpus.run import MANIFEST
from paraph.desk import Desk, open_desk
from paraph.desk.exchange.whole import lines_of
from paraph.errors import CorpusError
from paraph.model import Reading
from paraph.reading import read_all
from paraph.settings import Settings
from pools import pool, state

EXAMPLE = Path(__file__).parents[2] / "examples" / "india-russia-2025" / "documents"
NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
SMALL = Settings(corpus_load_documents=3)


def fetched(reading: Reading, when: datetime | None) -> Reading:
    return replace(reading, document=replace(reading.document, fetched=when))


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    """The example as the cues read it, and generated ones: undated, reprinted, in several versions, fetched or not."""
    files = [path for path in sorted(EXAMPLE.iterdir()) if path.suffix != ".xml"]
    found = list(read_all(files, engine="cues", now=lambda: NOW))
    made = [
        fetched(reading, None if at % 4 == 0 else seen.replace(tzinfo=None) if at % 7 == 0 else seen)
        for at, (seen, _, reading) in enumerate(pool(3, 14))
    ]
    made.append(fetched(replace(made[1], document=replace(made[1].document, id="late")), NOW + timedelta(days=9)))
    return found + made


@pytest.fixture(scope="module")
def folder(readings: list[Reading], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_set(tmp_path_factory.mktemp("set") / "out", readings, part=4)


@pytest.fixture(scope="module")
def wanted(readings: list[Reading], empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, list]:
    path = tmp_path_factory.mktemp("plain") / "desk.db"
    shutil.copy(empty_file, path)
    with open_desk(path, settings=Settings(), now=lambda: NOW) as desk:
        for reading in readings:
            when = reading.document.fetched
            aware = when.replace(tzinfo=UTC) if when and when.tzinfo is None else when
            desk.add(reading, seen=min(aware, NOW) if aware else NOW)
        return state(desk), list(lines_of(desk))


@pytest.fixture
def empty(place: str) -> Iterator[Desk]:
    with open_desk(place, settings=Settings(), now=lambda: NOW) as desk:
        yield desk


def last(told: Iterator[Loaded]) -> Loaded:
    return list(told)[-1]


def test_the_desk_is_the_same_as_after_adding_one_by_one(
    empty: Desk, folder: Path, wanted: tuple[dict, list], readings: list[Reading]
) -> None:
    told = list(load(folder, empty, settings=SMALL))
    assert list(lines_of(empty)) == wanted[1]
    assert state(empty) == wanted[0]
    assert [one.documents for one in told] == [*range(0, len(readings), 3), len(readings)][: len(told)]
    done = told[-1]
    kept = len(list(empty.documents()))
    assert (done.documents, done.total, done.new) == (len(readings), len(readings), kept)
    assert done.new + done.updated + done.known == done.total
    assert done.updated
    assert done.signals


def test_the_same_again_changes_nothing_and_is_not_written(
    empty: Desk, folder: Path, wanted: tuple[dict, list]
) -> None:
    last(load(folder, empty, settings=SMALL))
    before = empty.stamp()
    done = last(load(folder, empty, settings=SMALL))
    assert (done.new, done.updated, done.signals, done.known) == (0, 0, 0, done.total)
    assert state(empty) == wanted[0]
    if "sqlite" in str(empty.engine.url):
        assert empty.stamp() == before


def test_left_off_and_taken_up_again_it_ends_the_same(empty: Desk, folder: Path, wanted: tuple[dict, list]) -> None:
    begun = load(folder, empty, settings=SMALL)
    assert [next(begun).documents for _ in range(3)] == [0, 3, 6]
    begun.close()  # type: ignore[attr-defined]
    done = last(load(folder, empty, settings=SMALL))
    assert done.known >= 6 - done.updated
    assert list(lines_of(empty)) == wanted[1]
    assert state(empty) == wanted[0]


def test_long_texts_are_fewer_in_a_transaction(
    tmp_path: Path, empty: Desk, readings: list[Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paraph.corpus.load._MOST_CHARS", 1)
    told = list(load(data_set(tmp_path / "set", readings[:3]), empty, settings=SMALL))
    assert [one.documents for one in told] == [0, 1, 2, 3]


def test_a_data_set_of_nothing_loads_nothing(tmp_path: Path, empty: Desk) -> None:
    assert list(load(data_set(tmp_path / "set", []), empty)) == [Loaded(0, 0, 0, 0, 0, 0)]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / MANIFEST).unlink(), "no whole data set"),
        (lambda folder: (folder / MANIFEST).write_text("{"), "cannot be read"),
        (lambda folder: change(folder, format=99), "make the data set again"),
        (lambda folder: change(folder, tables={}), "does not say what is in it"),
        (lambda folder: change(folder, tables=strange("/etc/passwd")), "is no part of documents"),
        (lambda folder: change(folder, tables=strange("documents/../../x.parquet")), "is no part of documents"),
        (lambda folder: first(folder, "signals").unlink(), "a part of the data set is missing"),
        (lambda folder: first(folder, "documents").write_bytes(b"PAR1"), "the manifest says"),
    ],
)
def test_a_folder_without_a_whole_data_set_is_refused_before_anything_is_written(
    tmp_path: Path, empty: Desk, folder: Path, spoil, said: str
) -> None:
    spoilt = shutil.copytree(folder, tmp_path / "set")
    spoil(spoilt)
    with pytest.raises(CorpusError, match=said) as met:
        load(spoilt, empty)
    assert str(spoilt) in str(met.value)
    assert list(empty.documents()) == []


def change(folder: Path, **values: object) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def strange(path: str) -> object:
    return {"documents": {"rows": 1, "files": [{"path": path, "bytes": 1}]}, "signals": {"rows": 0, "files": []}}


def first(folder: Path, table: str) -> Path:
    return min((folder / table).rglob("*.parquet"))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: drop(folder / "signals"), "not in step"),
        (lambda folder: drop(max((folder / "documents").iterdir())), "signals without a document"),
        (lambda folder: swap(folder), "not in step"),
        (lambda folder: blank(first(folder, "documents")), "cannot be read"),
    ],
)
def test_damage_that_is_met_on_the_way_is_told_and_what_was_in_stays_in(
    tmp_path: Path, empty: Desk, folder: Path, spoil, said: str
) -> None:
    spoilt = shutil.copytree(folder, tmp_path / "set")
    spoil(spoilt)
    with pytest.raises(CorpusError, match=said):
        last(load(spoilt, empty, settings=SMALL))
    kept = len(list(empty.documents()))
    assert kept == 0 or said != "cannot be read"


def drop(folder: Path) -> None:
    shutil.rmtree(folder)
    manifest(next(path for path in folder.parents if (path / MANIFEST).exists()))


def swap(folder: Path) -> None:
    """Exchange two months' signals."""
    one, other = sorted(path for path in (folder / "signals").rglob("*.parquet"))[:2]
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    manifest(folder)


def blank(path: Path) -> None:
    """Write zeros over the middle of a file."""
    data = path.read_bytes()
    path.write_bytes(data[:4] + bytes(len(data) - 8) + data[-4:])
