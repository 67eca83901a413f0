"""Copies and deals of a corpus are those of the desk and of the plain forest, whoever does which task when."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from staged import SMALLEST, do, made, stage_pieces

import paraph
from paraph.corpus.families import deals_of, repeated_of, steps, voices_of
from paraph.corpus.shuffle import Sizes
from paraph.corpus.stage import Stage
from paraph.corpus.tables import TABLES, write
from paraph.corpus.values import Task
from paraph.desk import open_desk
from paraph.desk import schema as desk_tables
from paraph.link import THRESHOLD, Traits, copies, parents_of, roots_of, score
from paraph.model import Document, Reading
from paraph.settings import Settings
from pools import pool
from samples import signal

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "india-russia-2025" / "documents"
# One task of each step.
FEW = Sizes(group=1_000, range=1_000, keys=100_000, slab=1_000, pairs=100_000)


def readings(seed: int, size: int) -> list[Reading]:
    """Return reports, copies, updates and some that come again; some without a day."""
    return [reading for _, _, reading in pool(seed, size)]


def single(seed: int, size: int) -> list[Reading]:
    """Return reports that each come once, on a day, so that a desk and a corpus know the same of them."""
    chance = random.Random(seed)
    known: dict[str, Reading] = {}
    for reading in readings(seed, size):
        day = date(2025, 2, 1) + timedelta(days=chance.randrange(50))
        document = replace(reading.document, published=day, updated=None)
        known.setdefault(document.id, replace(reading, document=document))
    return list(known.values())


def cut(those: Sequence[Reading], pieces: int) -> list[list[Reading]]:
    return [list(those[at::pieces]) for at in range(pieces)]


# The plain forest.


def staged(root: Path, pieces: int) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return documents and signals by their places; of those that came before and places told twice the first only."""
    documents: dict[Any, Any] = {}
    signals: dict[Any, Any] = {}
    for piece in range(pieces):
        folder = Stage(root).folder("read", piece)
        rows = pq.read_table(folder / "documents.parquet").to_pylist()
        new = set()
        for row in rows:
            place = (row["day"] or date.min, row["day"] is not None, row["id"], row["version"])
            if place not in documents:
                documents[place] = row
                new.add((row["id"], row["version"]))
        for row in pq.read_table(folder / "signals.parquet").to_pylist():
            day = (row["day"] or date.min, row["day"] is not None)
            place = (*day, row["document"], row["start"], row["end"], row["id"], row["version"])
            if (row["document"], row["version"]) in new:
                signals.setdefault(place, row)
    return documents, signals


def near(rows: dict[Any, Any], keys: dict[Any, dict[int, int]], bucket: int) -> dict[Any, set[Any]]:
    """Return for each place those before it that it may meet: in each of its keys the nearest, within the key's days."""
    held: dict[int, list[Any]] = defaultdict(list)
    found: dict[Any, set[Any]] = {}
    for place in sorted(rows):
        found[place] = set()
        for key, days in keys[place].items():
            for other in held[key][-bucket:]:
                if place[1] == other[1] and (place[0] - other[0]).days <= days:
                    found[place].add(other)
            held[key].append(place)
    return found


def copies_by_hand(rows: dict[Any, Any], days: int, bucket: int) -> tuple[dict[Any, Any], dict[Any, float]]:
    runs = {place: copies.runs_of(row["text"]) for place, row in rows.items()}
    keys: dict[Any, Any] = {place: dict.fromkeys(row["bands"], days) for place, row in rows.items()}
    for place, row in rows.items():
        keys[place] |= {tuple(sorted(set(row["bands"]))): days} if row["bands"] else {}
    parents = parents_of(
        {place: place for place in rows},
        near(rows, keys, bucket).__getitem__,
        lambda one, other: copies.likeness(runs[one], runs[other]),
        copies.THRESHOLD,
    )
    likes = {place: copies.likeness(runs[place], runs[parent]) for place, parent in parents.items() if parent}
    return parents, likes


def deals_by_hand(rows: dict[Any, Any], bucket: int) -> dict[Any, Any]:
    traits = {place: Traits.from_json(row["traits"]) for place, row in rows.items()}
    keys = {place: dict(zip(row["keys"], row["windows"], strict=True)) for place, row in rows.items()}
    return parents_of(
        {place: place for place in rows},
        near(rows, keys, bucket).__getitem__,
        lambda one, other: score(traits[one], traits[other]),
        THRESHOLD,
    )


def check(
    root: Path, pieces: int, found: dict[str, list[dict[str, Any]]], days: int = 365, bucket: int = 2_000
) -> None:
    """Hold the rows and what is told by piece to the plain forest."""
    documents, signals = staged(root, pieces)
    parents, likes = copies_by_hand(documents, days, bucket)
    roots = roots_of(parents)
    told = [
        {
            "document": place[2],
            "version": place[3],
            "copy_of": parents[place][2],
            "likeness": likes[place],
            "voice": roots[place][2],
        }
        for place in sorted(documents)
        if parents[place]
    ]
    assert found["copies"] == told
    voices = {(place[2], place[3]): roots[place][2] for place in documents}
    trees = roots_of(deals_by_hand(signals, bucket))
    names = {(place[2], place[5], place[6]): trees[place][5] for place in signals}
    seen: set[Any] = set()
    for piece in range(pieces):
        folder = Stage(root).folder("read", piece)
        rows = [(row["id"], row["version"]) for row in pq.read_table(folder / "documents.parquet").to_pylist()]
        before = {at for at, row in enumerate(rows) if row in seen or row in rows[:at]}
        seen |= set(rows)
        assert repeated_of(root, piece) == before
        assert voices_of(root, piece) == [None if at in before else voices[row] for at, row in enumerate(rows)]
        lines = pq.read_table(folder / "signals.parquet").to_pylist()
        wanted = [
            None
            if line["row"] in before or (line["row"], line["id"]) in {(one["row"], one["id"]) for one in lines[:at]}
            else names[line["document"], line["id"], line["version"]]
            for at, line in enumerate(lines)
        ]
        assert deals_of(root, piece) == wanted
    groups: dict[Any, list[Any]] = defaultdict(list)
    for place in sorted(signals):
        groups[trees[place]].append(place)
    assert [row["id"] for row in found["deals"]] == [root[5] for root in sorted(groups)]
    for row, root_place in zip(found["deals"], sorted(groups), strict=True):
        places = groups[root_place]
        assert set(row) == {name for name, *_ in TABLES["deals"]}
        assert (row["signals"], row["documents"]) == (len(places), len({place[2] for place in places}))
        assert row["voices"] == len({voices[place[2], place[6]] for place in places})
        ends = [place[0] if place[1] else None for place in (places[0], places[-1])]
        assert [row["first"], row["last"]] == ends


@pytest.mark.parametrize(("seed", "bucket"), [(0, 2_000), (1, 2_000), (2, 1), (3, 3)])
def test_the_forests_are_the_plain_ones(tmp_path: Path, seed: int, bucket: int) -> None:
    those = readings(seed, 25)
    random.Random(seed).shuffle(those)
    sizes = SMALLEST if seed else FEW
    found = made(tmp_path, cut(those, 4), Settings(corpus_bucket=bucket, copy_days=20), sizes)
    check(tmp_path, 4, found, 20, bucket)
    assert found["copies"]
    assert any(row["signals"] > 1 for row in found["deals"])
    if bucket > 3:
        assert any(repeated_of(tmp_path, piece) for piece in range(4))


def desk_rows(path: Path, empty_file: Path, those: Iterable[Reading]) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """Return parent and voice by document, parent and deal by signal, and the rows of the deals, of a desk."""
    shutil.copy(empty_file, path)
    with open_desk(path, settings=Settings()) as desk:
        for reading in those:
            desk.add(reading, seen=datetime(2031, 6, 1, tzinfo=UTC))
        with desk.look() as connection:
            papers = {row.id: row for row in connection.execute(select(desk_tables.documents))}
            said = {row.id: row for row in connection.execute(select(desk_tables.signals))}
            deals = {row.key: row for row in connection.execute(select(desk_tables.deals))}
    copied = {row.key: (papers[row.parent_id].key, row.likeness) for row in papers.values() if row.parent_id}
    voices = {row.key: papers[row.root_id].key for row in papers.values()}
    joined = {row.key: said[row.root_id].key for row in said.values()}
    return {"copies": copied, "voices": voices}, joined, deals


def as_on_a_desk(root: Path, found: dict[str, list[dict[str, Any]]], pieces: int, desk: Any) -> None:
    papers, joined, deals = desk
    assert {row["document"]: (row["copy_of"], row["likeness"]) for row in found["copies"]} == papers["copies"]
    for piece in range(pieces):
        folder = Stage(root).folder("read", piece)
        ids = pq.read_table(folder / "documents.parquet").column("id").to_pylist()
        assert voices_of(root, piece) == [papers["voices"][id] for id in ids]
        named = pq.read_table(folder / "signals.parquet").column("id").to_pylist()
        assert deals_of(root, piece) == [joined[id] for id in named]
    assert {row["id"] for row in found["deals"]} == set(deals)
    for row in found["deals"]:
        kept = deals[row["id"]]
        assert (row["title"], row["parties"], row["sector"], row["instrument"], row["signals"]) == (
            kept.title,
            list(kept.parties),
            kept.sector,
            kept.instrument,
            kept.sightings,
        )
        assert (row["first"], row["last"]) == (kept.first_day, kept.last_day)


@pytest.mark.parametrize("seed", [11, 12])
def test_the_forests_are_those_of_the_desk_whatever_comes_first(tmp_path: Path, empty_file: Path, seed: int) -> None:
    those = single(seed, 25)
    desk = desk_rows(tmp_path / "desk.db", empty_file, those)
    random.Random(seed).shuffle(those)
    root = tmp_path / "stage"
    found = made(root, cut(those, 3))
    as_on_a_desk(root, found, 3, desk)
    assert found["copies"]


def test_the_reports_of_the_example_make_the_deals_of_the_desk(tmp_path: Path, empty_file: Path) -> None:
    those = [
        replace(reading, document=replace(reading.document, published=reading.document.published or date(2025, 12, 5)))
        for reading in paraph.read_all([EXAMPLE], engine="cues")
    ]
    # Weak signals take part on the desk, and here.
    assert any(one.confidence < Settings().word_confidence for reading in those for one in reading.signals)
    desk = desk_rows(tmp_path / "desk.db", empty_file, those)
    root = tmp_path / "stage"
    found = made(root, cut(those[::-1], 2), sizes=FEW)
    as_on_a_desk(root, found, 2, desk)
    assert len(found["deals"]) < sum(row["signals"] for row in found["deals"])


# Whoever does which task when.


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_the_order_of_the_tasks_does_not_change_a_byte(tmp_path: Path) -> None:
    those = cut(readings(4, 12), 3)
    made(tmp_path / "a", those)
    chance = random.Random(1)
    for name, arranged in (("b", reversed), ("c", lambda tasks: chance.sample(tasks, len(tasks)))):
        made(tmp_path / name, those, arranged=arranged)
        assert digests(tmp_path / name) == digests(tmp_path / "a")


def test_how_large_tasks_are_does_not_change_the_rows(tmp_path: Path) -> None:
    those = cut(readings(5, 16), 4)
    plain = made(tmp_path / "a", those, sizes=FEW)
    assert len(Stage(tmp_path / "a").done("copies_meet")) == 1
    for at, sizes in enumerate((SMALLEST, Sizes(group=1, range=1_000, keys=40, slab=1_000, pairs=1))):
        root = tmp_path / f"b{at}"
        assert made(root, those, sizes=sizes) == plain
        assert len(Stage(root).done("copies_meet")) > 4
        assert len(Stage(root).done("deals_spread")) > 2


def test_how_the_input_is_cut_and_in_what_order_it_comes_does_not_change_the_rows(tmp_path: Path) -> None:
    those = readings(6, 16)
    plain = made(tmp_path / "a", [those], sizes=FEW)
    random.Random(6).shuffle(those)
    assert made(tmp_path / "b", [[], *cut(those, 5), []]) == plain


def test_interrupted_between_any_two_tasks_it_goes_on(tmp_path: Path) -> None:
    those = cut(readings(7, 8), 2)
    sizes = Sizes(group=10, range=64, keys=700, slab=10, pairs=100)
    wanted = made(tmp_path / "a", those, sizes=sizes)
    root = tmp_path / "b"
    stage_pieces(root, those)
    done: list[tuple[str, int]] = []
    for family in ("copies", "deals"):
        while left := next(_open(root, family, sizes), None):
            left.function(*left.arguments)  # and here whatever ran it ends
            done.append((left.step, left.number))
    assert len(done) == len(set(done)) > 20
    assert digests(root) == digests(tmp_path / "a")
    assert wanted["copies"]


def _open(root: Path, family: str, sizes: Sizes) -> Iterable[Task]:
    for tasks in steps(root, family, 2, Settings(), sizes):
        for task in tasks:
            if not Stage(root).is_done(task.step, task.number):
                yield task


def test_a_task_that_fails_leaves_nothing_and_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    those = cut(readings(8, 6), 2)
    stage_pieces(tmp_path, those)
    spreading = next(iter(steps(tmp_path, "copies", 2, Settings(), SMALLEST)))
    lost = Stage(tmp_path).folder("read", 0) / "documents.parquet"
    lost.rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        do(spreading, tmp_path)
    assert not Stage(tmp_path).done("copies_spread")
    (tmp_path / "away").rename(lost)
    assert not list((tmp_path / "copies_spread").iterdir())
    do(spreading, tmp_path)
    assert Stage(tmp_path).done("copies_spread") == [task.number for task in spreading]


# What is odd.


def test_no_pieces_and_pieces_without_rows(tmp_path: Path) -> None:
    assert made(tmp_path / "a", []) == {"copies": [], "deals": []}
    assert made(tmp_path / "b", [[], []]) == {"copies": [], "deals": []}
    assert voices_of(tmp_path / "b", 1) == deals_of(tmp_path / "b", 1) == []


def plain(id: str, text: str, day: date | None = date(2025, 3, 1), anchors: Sequence[str] = ()) -> Reading:
    return Reading(Document(text=text, id=id, published=day), tuple(signal(text, anchor) for anchor in anchors))


LINE = (
    "The minister said in the harbour that number {} of the boats would be paid for by both sides before winter came."
)
LONG = " ".join(LINE.format(word) for word in ("one", "two", "three", "four"))


def test_texts_without_words_and_of_three_words_are_told_apart(tmp_path: Path) -> None:
    those = [
        plain("a", "..."),
        plain("b", "!!!"),
        plain("c", "boats before winter"),
        plain("d", "Boats, before winter?"),
    ]
    those += [plain("e", LONG), plain("f", f"{LONG} boats before winter")]
    found = made(tmp_path, [those])
    check(tmp_path, 1, found)
    assert {row["document"]: row["copy_of"] for row in found["copies"]} == {"d": "c", "f": "e"}


def test_what_is_printed_in_other_letters_is_the_earliest_ones_copy(tmp_path: Path) -> None:
    # "c" is equal to "b" to the letter and to "a" in its words: the earlier is taken.
    days = [date(2025, 3, day) for day in (1, 2, 3, 4)]
    texts = [LONG.upper(), LONG, LONG, LONG.upper()]
    those = [plain(id, text, day) for id, text, day in zip("abcd", texts, days, strict=True)]
    found = made(tmp_path, [those])
    check(tmp_path, 1, found)
    assert [row["copy_of"] for row in found["copies"]] == ["a", "a", "a"]
    assert {row["likeness"] for row in found["copies"]} == {1.0}


def test_copies_further_apart_than_copy_days_are_not_compared(tmp_path: Path) -> None:
    those = [plain("a", LONG), plain("b", LONG, date(2025, 3, 11)), plain("c", LONG, date(2025, 3, 21))]
    for days, wanted in ((9, []), (10, ["a", "b"]), (20, ["a", "a"])):
        root = tmp_path / str(days)
        found = made(root, [those], Settings(copy_days=days))
        assert [row["copy_of"] for row in found["copies"]] == wanted
        assert {row["voice"] for row in found["copies"]} == ({"a"} if wanted else set())
        check(root, 1, found, days)


def test_what_has_no_day_meets_only_what_has_none(tmp_path: Path) -> None:
    those = [plain("a", LONG, None), plain("b", LONG), plain("c", LONG, None), plain("d", LONG)]
    found = made(tmp_path, [those], Settings(copy_days=36_500))
    assert [(row["document"], row["copy_of"]) for row in found["copies"]] == [("c", "a"), ("d", "b")]


ENGINES = ("engines for submarines", "defence", "purchase")
SONGS = ("songs, dance, theatre, football and engines of submarines", "people", "facilitation")
CABBAGE = ("potatoes, cabbage, football and engines of submarines", "agriculture", "trade_terms")


@pytest.mark.parametrize(("bucket", "deals"), [(2, 4), (3, 3)])
def test_of_a_key_that_many_share_only_the_nearest_are_met(tmp_path: Path, bucket: int, deals: int) -> None:
    # All four share the keys of engines and of submarines, and the last speaks of what the first spoke of.
    those = []
    for n, (words, sector, instrument) in enumerate((ENGINES, SONGS, CABBAGE, ENGINES)):
        document = Document(text=f"Norway and Chile speak of {words}.", id=f"d{n}", published=date(2025, 3, 1 + n))
        those.append(Reading(document, (signal(document.text, words, sector=sector, instrument=instrument),)))
    found = made(tmp_path, [those], Settings(corpus_bucket=bucket))
    check(tmp_path, 1, found, bucket=bucket)
    assert len(found["deals"]) == deals


@pytest.mark.parametrize(("bucket", "copy_of"), [(2, None), (3, "d0")])
def test_of_a_band_that_many_share_only_the_nearest_are_met(tmp_path: Path, bucket: int, copy_of: str | None) -> None:
    # Bands are given here, as if all four had come into the same ones.
    other = [" ".join(f"{word}{n}" for word in LONG.split()) for n in range(2)]
    texts = [LONG, *other, f"{LONG} It rained."]
    stage_pieces(tmp_path, [[plain(f"d{n}", text, date(2025, 3, 1 + n)) for n, text in enumerate(texts)]])
    path = Stage(tmp_path).folder("read", 0) / "documents.parquet"
    rows = pq.read_table(path).to_pylist()
    write(path, "staged_documents", [row | {"bands": [-7, 7, 8 + n]} for n, row in enumerate(rows)])
    for tasks in steps(tmp_path, "copies", 1, Settings(corpus_bucket=bucket), FEW):
        do(tasks, tmp_path)
    assert voices_of(tmp_path, 0)[1:] == ["d1", "d2", copy_of or "d3"]


def test_a_place_that_the_engine_gives_twice_counts_once(tmp_path: Path) -> None:
    text = "Norway and Chile speak of a pact on solar ferries, and of a loan for the port."
    one = plain("a", text, anchors=("pact on solar ferries", "loan for the port"))
    twice = replace(one, signals=(one.signals[0], one.signals[0], one.signals[1]))
    found = made(tmp_path, [[twice]])
    check(tmp_path, 1, found)
    assert deals_of(tmp_path, 0)[1] is None
    assert sum(row["signals"] for row in found["deals"]) == 2


def test_a_thousand_reprints_take_no_squared_time(tmp_path: Path, stopwatch) -> None:
    text = f"Norway and Chile speak of a pact on solar ferries, and of a loan for the port. {LONG}"
    anchors = ("pact on solar ferries", "loan for the port")
    size = 1_000
    those = [plain(f"d{n:04}", text, date(2025, 3, 1) + timedelta(days=n // 50), anchors) for n in range(size)]
    stage_pieces(tmp_path, cut(those, 5))
    compared: Counter[str] = Counter()
    found: dict[str, list[dict[str, Any]]] = {}
    with stopwatch(20):
        for family in ("copies", "deals"):
            for tasks in steps(tmp_path, family, 5, Settings()):
                for task in tasks:
                    told = task.function(*task.arguments)
                    compared[task.step] += told.get("compared", 0) + told.get("pairs", 0)
            rows = Stage(tmp_path).folder(f"{family}_rows", 0) / "rows.parquet"
            found[family] = pq.read_table(rows).to_pylist()
    assert len(found["copies"]) == size - 1
    assert {row["voice"] for row in found["copies"]} == {"d0000"}
    assert [row["signals"] for row in found["deals"]] == [size, size]
    assert [row["voices"] for row in found["deals"]] == [1, 1]
    # One meeting a text, and a few a signal; what is equal is compared once.
    assert compared["copies_meet"] == size - 1
    assert compared["copies_choose"] == 1
    assert compared["deals_meet"] < 8 * size
    assert compared["deals_choose"] < 2 * size
