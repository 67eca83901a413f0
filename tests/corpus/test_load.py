"""A data set goes into a desk as its documents would one by one, can be taken up again, and the same again changes nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loading import NOW, SMALL
from sqlalchemy import event

from datasets import data_set, manifest
from desks import emptied
from paraph.corpus.load import Loaded, load
from paraph.corpus.run import MANIFEST
from paraph.desk import Desk, open_desk
from paraph.desk.exchange.whole import lines_of
from paraph.desk.identity import key_of
from paraph.errors import CorpusError, DeskError
from paraph.model import Reading
from paraph.reading import read_all
from paraph.settings import Settings
from pools import pool, state

EXAMPLE = Path(__file__).parents[2] / "examples" / "india-russia-2025" / "documents"
HERE = Path(__file__).parent


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


def gather(told: list[Loaded], loading: Iterator[Loaded]) -> None:
    for one in loading:
        told.append(one)


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
    told: list[Loaded] = []
    with pytest.raises(CorpusError, match=said) as met:
        gather(told, load(spoilt, empty, settings=SMALL))
    assert len(list(empty.documents())) == told[-1].new
    assert str(spoilt) in str(met.value)


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


def run_loading(place: str, folder: Path, nth: int) -> tuple[int, str, str]:
    paths = os.pathsep.join([str(HERE), str(HERE.parent), *sys.path])
    done = subprocess.run(
        [sys.executable, "-W", "error", str(HERE / "loading.py"), place, str(folder), str(nth)],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout, done.stderr


def whole_transactions(readings: list[Reading]) -> list[set[str]]:
    """Return the keys on the desk after no transaction, after the first, the second …, in the order of the data set."""
    ordered = sorted(readings, key=month)
    return [{key_of(one.document) for one in ordered[:at]} for at in (*range(0, len(ordered), 3), len(ordered))]


def month(reading: Reading) -> str:
    when = reading.document.published or reading.document.fetched
    return f"{when:%Y-%m}" if when else "none"


@pytest.mark.skipif(sys.platform == "win32", reason="kills itself by a signal")
def test_killed_at_any_point_it_goes_on_where_it_was_and_ends_the_same(
    place: str, folder: Path, readings: list[Reading], wanted: tuple[dict, list]
) -> None:
    steps = whole_transactions(readings)
    status, out, err = run_loading(place, folder, 0)
    assert (status, err) == (0, "")
    points = json.loads(out)["points"]
    assert points > 100
    if "://" in place:
        emptied(place)
    else:
        Path(place).unlink()
    chance = random.Random(7)
    at = 0
    for _ in range(3):
        nth = chance.randint(points // 30, points // 3)
        status, _, err = run_loading(place, folder, nth)
        assert (status, err) in ((-signal.SIGKILL, ""), (0, ""))
        with open_desk(place, settings=SMALL, now=lambda: NOW) as desk:
            there = {kept.document.id for kept in desk.documents()}
        assert there in steps[at:]
        at = steps.index(there)
    assert at > 0
    assert run_loading(place, folder, 0)[0] == 0
    with open_desk(place, settings=SMALL, now=lambda: NOW) as desk:
        assert list(lines_of(desk)) == wanted[1]
        assert state(desk) == wanted[0]


@pytest.mark.parametrize("spare", [0, 3, 20, 60])
def test_a_full_disk_is_told_and_what_was_in_stays_in(
    tmp_path: Path, empty_file: Path, folder: Path, readings: list[Reading], wanted: tuple[dict, list], spare: int
) -> None:
    """The file may not grow by more than some pages; then there is room again."""
    path = tmp_path / "full.db"
    shutil.copy(empty_file, path)
    with open_desk(path, settings=SMALL, now=lambda: NOW) as desk:
        with desk.look() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        room = pages + spare

        @event.listens_for(desk.engine, "checkout")
        def _limit(connection, record, proxy) -> None:
            connection.execute(f"PRAGMA max_page_count = {room}")

        told: list[Loaded] = []
        with pytest.raises(DeskError, match=r"the disk is full; what was in stays in \(make room and run it again\)"):
            gather(told, load(folder, desk, settings=SMALL))
        done = told[-1]
        assert {kept.document.id for kept in desk.documents()} == whole_transactions(readings)[done.documents // 3]
        room = 2**30
        again = last(load(folder, desk, settings=SMALL))
        assert again.known >= done.documents - done.updated
        assert list(lines_of(desk)) == wanted[1]
        assert state(desk) == wanted[0]
