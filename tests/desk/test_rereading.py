"""Reading again with another engine: what people decided outlives it, and what finds no place is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from desks import Clock
from paraph.desk import Action, Desk, Review
from paraph.desk.placing import _traits
from paraph.errors import DeskError
from paraph.model import Document, Reading, Signal
from pools import state
from samples import note, report, signal

READ = {"report": report().signals, "note": note().signals}


def longer(document: Document) -> Sequence[Signal]:
    """An engine that takes the word before each anchor into it, and says another stage of the seed bank."""
    out = []
    for each in READ.get(document.id, ()):
        at = document.text.find(each.anchor)
        if at >= 0:
            start = max(0, document.text.rfind(" ", 0, max(0, at - 1)) + 1)
            words = document.text[start : at + len(each.anchor)]
            out.append(replace(each, start=start, end=start + len(words), anchor=words, why=(), engine="longer"))
    return out


def same(document: Document) -> Sequence[Signal]:
    return READ.get(document.id, ())


def find(desk: Desk, words: str, document: str = "report") -> str:
    return next(each.id for each in desk.sightings() if each.document == document and words in each.signal.anchor)


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.add(report())
    desk.add(note())
    return desk


def test_the_same_engine_changes_nothing_but_its_version(full: Desk) -> None:
    before = state(full)
    done = list(full.reread(same, engine="hand", engine_version="9"))
    assert [(each.document, each.gained, each.lost, each.unplaced) for each in done] == [
        ("report", 0, 0, ()),
        ("note", 0, 0, ()),
    ]
    after = state(full)
    assert {row.pop("engine_version") for row in after["signals"]} == {"9"}
    for row in before["signals"]:
        del row["engine_version"]
    assert after == before
    assert [version.engine_version for version in full.versions("report")] == ["9"]


def test_decisions_go_over_to_the_signals_that_stand_in_the_old_places(full: Desk) -> None:
    seed, ice, ferry = find(full, "seed bank"), find(full, "fjord ice"), find(full, "ferry pact")
    full.decide(Review(Action.REJECT, "Ana", signal=find(full, "loan")))
    full.decide(Review(Action.CORRECT, "Ana", signal=seed, payload={"field": "sector", "value": "health"}))
    full.decide(Review(Action.MERGE, "Ana", signal=ice, payload={"other": seed}))
    fact = find(full, "electric ferries", "note")
    full.decide(Review(Action.SPLIT, "Ana", signal=ferry, payload={"signals": [fact]}))
    done = list(full.reread(longer, engine="longer", engine_version="2"))
    assert [each.unplaced for each in done] == [(), ()]
    assert done[0].gained
    assert done[0].gained == done[0].lost
    assert all(not each.signal.anchor.endswith("loan for the port of Arica") for each in full.sightings())
    merged = full.deal(seed)  # the old id leads to the new signal
    assert seed not in {each.id for each in merged.sightings}
    assert merged == full.deal(ice)
    assert {each.signal.anchor.split()[-1] for each in merged.sightings} == {"ice", "bank"}
    assert [str(each.signal.sector) for each in merged.sightings if "bank" in each.signal.anchor] == ["health"]
    assert full.deal(fact) != full.deal(ferry)
    # And back again.
    list(full.reread(same, engine="hand", engine_version="3"))
    assert full.deal(seed).sightings[-1].id in {seed, ice}
    assert find(full, "seed bank") == seed


def test_what_finds_no_place_is_told_and_acts_again_when_its_words_are_back(full: Desk) -> None:
    before = state(full)
    seed, ice = find(full, "seed bank"), find(full, "fjord ice")
    full.decide(Review(Action.ACCEPT, "Ana", signal=seed))
    full.decide(Review(Action.MERGE, "Ana", signal=ice, payload={"other": seed}))
    decided = state(full)

    def blind(document: Document) -> Sequence[Signal]:
        return [each for each in same(document) if each.anchor != "seed bank"]

    done = list(full.reread(blind, engine="blind", engine_version="2"))
    lost = [(each.review.id, each.review.action) for each in done[0].unplaced]
    assert lost == [(1, "accept"), (2, "merge")]
    assert "“seed bank” stands in no signal of report" in done[0].unplaced[0].why
    with pytest.raises(DeskError):
        full.deal(seed)
    assert len(full.deal(ice).sightings) == 1
    list(full.reread(same, engine="hand", engine_version="2"))

    def plain(values: dict[str, list[object]]) -> dict[str, list[object]]:
        for row in values["signals"]:
            assert isinstance(row, dict)
            del row["engine_version"]
        return values

    assert plain(state(full)) == plain(decided)
    assert before["deals"] != decided["deals"]


def test_every_version_is_read_again(full: Desk, clock: Clock) -> None:
    text = report().document.text.replace("The two already run a seed bank in Punta Arenas. ", "")
    clock.go(days=1)
    later = replace(report().document, text=text, updated=clock())
    kept = [
        replace(each, start=text.index(each.anchor), end=text.index(each.anchor) + len(each.anchor), why=())
        for each in report().signals
        if each.anchor in text
    ]
    added = full.add(Reading(later, tuple(kept)))
    assert (added.state, added.signals, added.vanished) == ("updated", 5, 1)
    seed = find(full, "seed bank")
    done = list(full.reread(longer, engine="longer", engine_version="2"))
    assert done[0].signals == 6
    gone = next(each for each in full.sightings() if each.signal.anchor.endswith("seed bank"))
    assert gone.vanished
    assert gone.day + timedelta(0) == full.document("report").day
    assert gone.id in {each.id for each in full.deal(seed).sightings}


def test_traits_of_another_version_are_like_nothing_until_read_again(full: Desk) -> None:
    before = state(full)
    assert _traits('["of another time"]') is None
    with full.begin() as connection:
        connection.exec_driver_sql("UPDATE signals SET traits = '[]'")
    text = "Norway and Chile spoke of the seed bank."
    full.add(Reading(Document(text, id="third", publisher="Third"), (signal(text, "seed bank", "talks"),)))
    assert len(full.deal(find(full, "seed bank", "third")).sightings) == 1
    READ["third"] = (signal(text, "seed bank", "talks"),)
    try:
        list(full.reread(same, engine="hand", engine_version="2"))
    finally:
        del READ["third"]
    assert len(full.deal(find(full, "seed bank", "third")).sightings) == 2
    assert len(state(full)["deals"]) == len(before["deals"])
