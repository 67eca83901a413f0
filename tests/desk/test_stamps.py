"""The desk's stamp: it changes with everything that is written, by this program or another, and with nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from deliveries import deliveries
from paraph.desk import Action, DealQuery, Desk, Review, open_desk, stamps
from paraph.errors import DeskAway, DeskError
from paraph.model import Occasion, Outcome, Verdict
from paraph.watch.keep import Keep
from samples import note, report

VISIT = Occasion("Oslo", ("NO", "CL"), date(2025, 3, 10), date(2025, 3, 11))


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.add(report())
    desk.add_occasion(VISIT)
    desk.judge(VISIT)
    Keep(desk).add([("https://news.example/feed", None)], desk.now(), 10)
    return desk


def _decide(desk: Desk) -> None:
    desk.decide(Review(Action.REJECT, "ann", signal=desk.document("report").sightings[0].id))


def _remark(desk: Desk) -> None:
    desk.decide(Review(Action.NOTE, "ann", reason="remember"))


def _reread(desk: Desk) -> None:
    list(desk.reread(lambda _: (), engine="none", engine_version="1"))


def _settle(desk: Desk) -> None:
    desk.settle(VISIT, [Verdict(desk.document("report").sightings[0].id, Outcome.SIGNED, 0.5)])


def _score(desk: Desk) -> None:
    from paraph.desk.scoring import refresh

    refresh(desk, VISIT, today=date(2025, 6, 1))


WRITING: dict[str, Callable[[Desk], object]] = {
    "add": lambda desk: desk.add(note()),
    "occasion": lambda desk: desk.add_occasion(Occasion("Arica", ("NO",), date(2025, 4, 1), date(2025, 4, 2))),
    "remove": lambda desk: desk.remove_occasion("Oslo"),
    "settle": _settle,
    "judge": lambda desk: desk.judge(VISIT),
    "decide": _decide,
    "note": _remark,
    "reread": _reread,
    "score": _score,
    "feed": lambda desk: Keep(desk).add([("https://other.example/feed", None)], desk.now(), 10),
    "unfollow": lambda desk: Keep(desk).remove("https://news.example/feed"),
    "claim": lambda desk: Keep(desk).claim(Keep(desk).feeds()[0], desk.now()),
}


@pytest.mark.parametrize("what", WRITING)
def test_writing_changes_it(full: Desk, what: str) -> None:
    before = full.stamp()
    WRITING[what](full)
    assert full.stamp() != before


def test_each_of_many_documents_changes_it(desk: Desk) -> None:
    seen = {desk.stamp()}
    for delivery in deliveries(20):
        state = desk.add(delivery.reading, arrival=delivery.arrival, seen=delivery.seen).state
        assert (desk.stamp() in seen) == (state == "same")
        seen.add(desk.stamp())


def test_reading_leaves_it_as_it_is(full: Desk) -> None:
    before = full.stamp()
    full.documents_page()
    full.about()
    full.outcomes("Oslo")
    assert list(full.all_deals())
    assert full.stamp() == before


def test_what_changes_nothing_or_is_taken_back_leaves_the_file_as_it_is(full: Desk) -> None:
    if full.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL counts every transaction")
    before = full.stamp()
    assert full.add(report()).state == "same"
    assert full.stamp() == before
    with pytest.raises(DeskError):
        full.remove_occasion("nowhere")
    with pytest.raises(DeskError):
        full.decide(Review(Action.OVERRULE, "ann", signal=full.deals(DealQuery())[0].id, payload={}))
    assert full.stamp() == before


def test_another_process_changes_it_and_sees_the_same(full: Desk, place: str, tmp_path: Path) -> None:
    code = (
        "import sys; from paraph.desk import open_desk; from paraph.model import Document, Reading\n"
        "with open_desk(sys.argv[1]) as desk:\n"
        "    print(desk.stamp()); desk.add(Reading(Document('News.', id='a'), ())); print(desk.stamp())\n"
    )
    before = full.stamp()
    done = subprocess.run(
        [sys.executable, "-c", code, place], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    first, then = done.stdout.split()
    assert first == before
    assert full.stamp() == then != before


def test_it_outlives_the_program(full: Desk, place: str) -> None:
    before = full.stamp()
    full.engine.dispose()
    with open_desk(place) as again:
        assert again.stamp() == before


def test_it_may_stand_in_a_header(full: Desk) -> None:
    assert set(full.stamp()) <= set("0123456789abcdef.:,-")


def test_a_file_that_is_taken_away_while_it_is_looked_at_has_one_still(full: Desk, place: str) -> None:
    if full.engine.dialect.name != "sqlite":
        pytest.skip("a server has no file")
    with full.look() as connection:
        Path(place).unlink()
        assert stamps.stamp_of(connection).startswith("0.")
    with pytest.raises(DeskAway, match="cannot be opened"):
        full.stamp()


def test_the_number_begins_anew_after_the_last(full: Desk) -> None:
    if full.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps its own")
    with full.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {2**31 - 1}")
        connection.commit()
    full.add(note())
    assert full.stamp().endswith(".0")
