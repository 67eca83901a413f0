"""Kin of a deal: other deals that may be the same one."""

from __future__ import annotations

from datetime import date

import pytest

from paraph.desk import Action, DealQuery, Desk, Review
from paraph.desk.kin import KIN, kin_of, named_deal, probes_of
from paraph.errors import DeskError
from press import article, deliver, honest, told
from sightings import deal, sighting

TODAY = date(2025, 3, 20)


def test_a_deal_that_was_split_off_is_kin(desk: Desk) -> None:
    deliver(desk, *honest())
    whole = next(each for each in desk.all_deals() if "ferries" in each.title)
    off = whole.sightings[1].id
    desk.decide(Review(Action.SPLIT, "Ida", signal=whole.id, payload={"signals": [off]}))
    (nearest, *rest) = kin_of(desk, desk.deal(whole.id), TODAY)
    assert nearest.deal.id == off
    assert nearest.score >= max([0.0, *(each.score for each in rest)])
    assert len(rest) < KIN
    assert whole.id not in {each.deal.id for each in (nearest, *rest)}


def test_a_deal_alone_has_no_kin(desk: Desk) -> None:
    deliver(desk, article("a", "Post", date(2025, 3, 1), told("radar")))
    (only,) = desk.all_deals()
    assert kin_of(desk, only, TODAY) == []


def test_rejected_signals_are_nobodys_kin(desk: Desk) -> None:
    deliver(desk, *honest())
    whole = next(each for each in desk.all_deals() if "ferries" in each.title)
    off = whole.sightings[1].id
    desk.decide(Review(Action.SPLIT, "Ida", signal=whole.id, payload={"signals": [off]}))
    desk.decide(Review(Action.REJECT, "Ida", signal=off))
    assert off not in {each.deal.id for each in kin_of(desk, desk.deal(whole.id), TODAY)}


def test_the_first_the_newest_and_the_surest_stand_for_a_deal() -> None:
    first, sure, newest = sighting(1, confidence=0.6), sighting(2, confidence=0.99), sighting(3, confidence=0.7)
    copy = sighting(4, document="copy", voice=first.document, confidence=1.0)
    assert probes_of(deal(first, sure, newest, copy)) == [first, newest, sure]
    assert probes_of(deal(copy)) == [copy]
    assert probes_of(deal(first)) == [first]


def test_a_deal_is_named_by_any_signal_of_it(desk: Desk) -> None:
    deliver(desk, *honest())
    for row in desk.deals(DealQuery(today=TODAY)):
        for each in desk.deal(row.id).sightings:
            named = named_deal(desk, each.id, TODAY)
            assert (named.id, named.title, named.sightings) == (row.id, row.title, row.sightings)
    with pytest.raises(DeskError, match="is not on the desk"):
        named_deal(desk, "ffffffff", TODAY)
