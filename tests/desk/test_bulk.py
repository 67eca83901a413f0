"""Adding by the thousand gives the desk that adding one by one gives, whatever the desk holds already."""

from __future__ import annotations

import gc
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from deliveries import little
from paraph.desk import Action, Desk, Incoming, Many, Review, batches, open_desk
from paraph.desk.exchange.whole import lines_of
from paraph.desk.inserting import insert_many
from paraph.desk.placing import Node
from paraph.desk.schema import pins, reviews, sites
from paraph.link import copies
from paraph.model import Document, Occasion, Reading
from paraph.settings import Settings
from pools import Delivery, deliver, pool, state
from samples import hostile, note, report, signal

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
Prepare = Callable[[Desk], None]


def incoming(deliveries: Sequence[Delivery]) -> list[Incoming]:
    return [Incoming(reading, seen, arrival=arrival) for seen, arrival, reading in deliveries]


@pytest.fixture
def plain(tmp_path: Path, empty_file: Path) -> Iterator[Desk]:
    """A desk to which everything is added one by one."""
    path = tmp_path / "plain.db"
    shutil.copy(empty_file, path)
    with open_desk(path, settings=Settings(), now=lambda: NOW) as opened:
        yield opened


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_of_any_size_and_order_give_the_same_desk(desk: Desk, plain: Desk, seed: int, size: int) -> None:
    deliveries = pool(seed, 16)
    deliver(plain, deliveries)
    shuffled = list(deliveries)
    random.Random(seed).shuffle(shuffled)
    told = Many()
    for at in range(0, len(shuffled), size):
        told += desk.add_many(incoming(shuffled[at : at + size]))
    assert state(desk) == state(plain)
    assert list(lines_of(desk)) == list(lines_of(plain))
    assert told.documents == len(deliveries)
    assert told.new == len(list(plain.documents()))
    again = desk.add_many(incoming(shuffled))
    assert again == Many(known=len(deliveries))


def decided(desk: Desk) -> None:
    """Say of signals that are on the desk what a person can say."""
    desk.add_occasion(Occasion("Oslo", ("NO", "CL"), date(2025, 3, 20), date(2025, 4, 2), None))
    found = sorted(desk.sightings(), key=lambda each: each.id)
    desk.decide(Review(Action.ACCEPT, "Ana", signal=found[0].id))
    desk.decide(Review(Action.REJECT, "Ana", signal=found[1].id))
    desk.decide(Review(Action.CORRECT, "Ana", signal=found[2].id, payload={"field": "sector", "value": "space"}))
    groups = sorted(desk.all_deals(), key=lambda deal: (-len(deal.sightings), deal.id))
    last = groups[0].sightings[-1].id
    desk.decide(Review(Action.SPLIT, "Ana", signal=groups[0].id, payload={"signals": [last]}))
    desk.decide(Review(Action.MERGE, "Ana", signal=groups[-1].id, payload={"other": groups[-2].id}))
    desk.judge(desk.occasion("Oslo"))


@pytest.mark.parametrize("seed", range(5, 9))
def test_a_desk_with_decisions_versions_and_copies_goes_on_the_same(desk: Desk, plain: Desk, seed: int) -> None:
    deliveries = pool(seed, 24)
    chance = random.Random(seed)
    before = sorted(chance.sample(deliveries, len(deliveries) // 2), key=lambda each: each[0])
    for one in (desk, plain):
        deliver(one, before)
        decided(one)
    deliver(plain, deliveries)
    shuffled = list(deliveries)
    chance.shuffle(shuffled)
    half = len(shuffled) // 2
    desk.add_many(incoming(shuffled[:half]))
    desk.add_many(incoming(shuffled[half:]))
    assert state(desk) == state(plain)
    mine, theirs = (without_times(one) for one in (desk, plain))
    assert mine == theirs
    for one in (desk, plain):
        assert one.settled("Oslo") == plain.settled("Oslo")
        one.judge(one.occasion("Oslo"))
    assert desk.verdicts("Oslo") == plain.verdicts("Oslo")


def without_times(desk: Desk) -> list[str]:
    """Return the export; the two desks' decisions were made on two clocks."""
    rows = [json.loads(line) for line in lines_of(desk)]
    return [json.dumps({name: value for name, value in row.items() if name != "at"}) for row in rows]


def test_what_was_decided_before_a_document_came_holds_when_it_comes(desk: Desk, plain: Desk) -> None:
    """A desk may know of decisions about documents that it lost, or that are yet to be brought from another."""
    given = [(NOW, "added", reading) for reading in (report(), note(), little(1), little(2))]
    deliver(plain, given)
    found = {each.signal.anchor: each.id for each in plain.sightings() if each.document == "report"}
    plain.decide(Review(Action.ACCEPT, "Ana", signal=found["seed bank"]))
    other = next(each.id for each in plain.sightings() if each.document == "note")
    plain.decide(Review(Action.MERGE, "Ana", signal=other, payload={"other": found["seed bank"]}))
    with plain.look() as connection:
        told = {table: [dict(row._mapping) for row in connection.execute(select(table))] for table in (reviews, pins)}
    assert all(told.values())
    with desk.begin() as connection:
        for table, rows in told.items():
            connection.execute(insert(table), rows)
    assert desk.add_many(incoming(given)) == Many(new=4, signals=10)
    assert state(desk) == state(plain)


def test_what_is_told_of_a_known_document_for_the_first_time_is_taken(desk: Desk, plain: Desk) -> None:
    """Seen earlier than was known, and by hand where only a feed had brought it."""
    first = Incoming(report(), NOW, arrival="watched")
    earlier = Incoming(report(), NOW - timedelta(days=2), arrival="watched")
    by_hand = Incoming(report(), NOW)
    long_ago = Incoming(report(), NOW, first_seen=NOW - timedelta(days=9))
    for each in (first, earlier, by_hand):
        plain.add(each.reading, arrival=each.arrival, seen=each.seen)
        told = desk.add_many([each])
        assert told == Many(new=each is first, known=each is not first, signals=6 * (each is first))
        assert state(desk) == state(plain)
    desk.add_many([long_ago])
    assert desk.document("report").first_seen == NOW - timedelta(days=9)
    assert desk.add_many([first, earlier, by_hand, long_ago]) == Many(known=4)


def test_the_same_version_twice_in_a_batch_counts_once_and_as_it_came_first(desk: Desk, plain: Desk) -> None:
    later = replace(report().document, notes=("told later",))
    twice = [Incoming(Reading(later, report().signals), NOW), Incoming(report(), NOW - timedelta(days=1))]
    for each in twice:
        plain.add(each.reading, seen=each.seen)
    assert desk.add_many(twice) == Many(new=1, known=1, signals=6)
    assert state(desk) == state(plain)
    assert list(lines_of(desk)) == list(lines_of(plain))


def test_whatever_a_text_holds_comes_out_as_it_went_in(desk: Desk, plain: Desk) -> None:
    odd = Reading(Document(text="", id="empty"), ())
    long = " ".join(f"word{at}" for at in range(9_000))
    twins = [Reading(Document(text=f"{long} {name}", id=name), ()) for name in "ab"]
    place = hostile()
    doubled = Reading(report().document, (*report().signals, report().signals[0]))
    for reading in (odd, *twins, place, doubled):
        plain.add(reading, seen=NOW)
    desk.add_many([Incoming(reading, NOW) for reading in (odd, *twins, place, doubled)])
    assert state(desk) == state(plain)
    assert list(lines_of(desk)) == list(lines_of(plain))
    assert desk.document("b").copy_of == "a"
    assert [hit.document for hit in desk.search("word8999")] == [hit.document for hit in plain.search("word8999")]
    assert len(desk.search("ferries")) == len(plain.search("ferries")) == 1


def test_nothing_is_nothing(desk: Desk) -> None:
    assert desk.add_many([]) == Many()
    blank = Incoming(Reading(Document(text="", id="blank"), ()), NOW)
    assert desk.add_many([blank]) == Many(new=1)
    assert desk.add_many([blank]) == Many(known=1)


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_of_garbage_is_left_as_it_was(desk: Desk, on: bool) -> None:
    (gc.enable if on else gc.disable)()
    try:
        desk.add_many([Incoming(report(), NOW)])
        assert gc.isenabled() is on
    finally:
        gc.enable()


def test_many_meetings_are_worked_through_in_slices(desk: Desk, plain: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_MEETINGS", 5)
    monkeypatch.setattr(batches, "_TOGETHER", 4)
    monkeypatch.setattr(batches, "_ROWS", 2)
    monkeypatch.setattr(batches, "_PAIRS", 3)
    monkeypatch.setattr(batches, "_FETCHED", 1)
    monkeypatch.setattr(batches, "_KEPT_MARKS", 2)
    deliveries = pool(11, 14)
    deliver(plain, deliveries)
    for at in range(0, len(deliveries), 5):
        desk.add_many(incoming(deliveries[at : at + 5]))
    assert state(desk) == state(plain)


def test_marks_tell_no_copy_apart() -> None:
    """Texts of all sizes and degrees of likeness: what the exact measure holds to be copies passes."""
    chance = random.Random(4)
    words = [f"w{at}" for at in range(4_000)]
    texts = []
    for size in (20, 60, 300, 2_000, 9_000):
        base = chance.choices(words, k=size)
        for kept in (1.0, 0.7, 0.5, 0.35, 0.2):
            own = chance.choices(words, k=size)
            texts.append(" ".join(base[: int(size * kept)] + own[int(size * kept) :]))
    nodes = {at: Node(at, (), text, None, None, None) for at, text in enumerate(texts)}
    marks = batches.Marks(None, nodes, {})  # type: ignore[arg-type]
    likely = 0
    for at, one in enumerate(texts):
        for other in texts[:at]:
            exact = copies.likeness(copies.runs_of(one), copies.runs_of(other)) >= copies.THRESHOLD
            told = len(marks.likely(np.array([[at, texts.index(other)]]))) == 1
            assert told or not exact
            likely += told
    assert likely < len(texts) * (len(texts) - 1) / 3


def test_an_error_of_the_database_while_rows_go_in_is_told_as_any_other(desk: Desk) -> None:
    row = ("https://a.example", "why", "2025-01-01")
    names = ("origin", "why", "until")
    with desk.begin() as connection:
        insert_many(connection, sites, names, [])
    with pytest.raises(IntegrityError), desk.begin() as connection:
        insert_many(connection, sites, names, [row, row])
    with desk.look() as connection:
        assert connection.execute(select(sites)).all() == []


def test_a_batch_that_fails_leaves_nothing(desk: Desk) -> None:
    text = "The two sides signed the agreement on electric ferries."
    broken = signal(text, "agreement on electric ferries")
    before = state(desk)
    given = [Incoming(little(1), NOW), Incoming(Reading(Document(text=text, id="x"), (broken,)), None)]  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        desk.add_many(given)
    assert state(desk) == before
    assert desk.add_many(given[:1]).new == 1
