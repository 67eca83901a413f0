"""Titles: what a deal is called and what is said of it as a whole, whatever the order of its sightings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.link import summary_of, title_of
from paraph.model import Instrument, Sector, Sighting
from sightings import sighting


def said(anchor: str, id: str, instrument: str = "cooperation", **fields: Any) -> Sighting:
    made = sighting(0, id=id, document=id, **fields)
    return replace(made, signal=replace(made.signal, anchor=anchor, instrument=Instrument(instrument)))


ANCHORS = (
    "deal",
    "electric ferries",
    "Electric ferries",
    "ferries\n for Chiloe",
    "31 MQ-9B drones",
    "the pact",
    "ferries",
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Sighting], list[Sighting]]:
    """Sightings of one deal, and the same in another order."""
    listed = [
        said(
            draw(st.sampled_from(ANCHORS)),
            f"s{n}",
            draw(st.sampled_from(["cooperation", "purchase", "service"])),
            confidence=draw(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.7, 0.9])),
            sector=draw(st.sampled_from(["transport", "defence", "trade"])),
            parties=draw(st.sampled_from([(), ("NO",), ("NO", "CL"), ("CL", "NO", "SE")])),
        )
        for n in range(draw(st.integers(1, 7)))
    ]
    return listed, draw(st.permutations(listed))


@given(stories())
def test_the_order_does_not_matter(story: tuple[list[Sighting], list[Sighting]]) -> None:
    listed, mixed = story
    assert title_of(listed) == title_of(mixed)
    assert summary_of(listed) == summary_of(mixed)


@given(stories())
def test_a_title_is_one_of_the_anchors_on_one_line(story: tuple[list[Sighting], list[Sighting]]) -> None:
    title = title_of(story[0])
    written = [" ".join(each.signal.anchor.split()) for each in story[0]]
    assert title in [each[0].upper() + each[1:] for each in written]
    assert "\n" not in title


def test_words_that_tell_before_bare_ones_even_if_these_are_surer() -> None:
    bare, telling = said("the pact", "a", confidence=0.95), said("electric ferries", "b", confidence=0.5)
    assert title_of([bare, telling]) == "Electric ferries"


def test_a_title_is_no_sentence() -> None:
    long = (
        "electric ferries with charging stations and crews and spares and a school for their captains in Punta Arenas"
    )
    assert (
        title_of([said(long, "a", confidence=0.9), said("electric ferries", "b", confidence=0.5)]) == "Electric ferries"
    )


def test_a_single_word_gives_way_to_two() -> None:
    assert title_of([said("ferries", "a"), said("electric ferries", "b")]) == "Electric ferries"


def test_a_single_word_gives_way_to_two_even_if_it_is_said_more_often() -> None:
    often = [said("ferries", f"z{n}") for n in range(8)]
    assert title_of([said("electric ferries", "a"), *often]) == "Electric ferries"


def test_what_is_said_most_often_is_the_title_whatever_its_case() -> None:
    often = [said("harbour cranes", "a"), said("Harbour Cranes", "b"), said("harbour cranes", "c")]
    assert title_of([said("electric ferries", "z"), *often]).lower() == "harbour cranes"
    assert title_of([said("electric ferries", "z"), *often[:1]]) == "Electric ferries"  # equal: the last id


def test_the_surer_engine_decides_between_equals() -> None:
    assert title_of([said("harbour cranes", "a", confidence=0.9), said("electric ferries", "z", confidence=0.6)]) == (
        "Harbour cranes"
    )


@pytest.mark.parametrize(
    ("anchor", "title"), [("é-ferries now", "É-ferries now"), ("  iPhone  plant ", "IPhone plant")]
)
def test_a_title_begins_with_a_capital_and_is_else_left_as_written(anchor: str, title: str) -> None:
    assert title_of([said(anchor, "a")]) == title


def test_parties_that_half_as_many_name_as_the_most_named_most_first() -> None:
    named = [("NO", "CL"), ("NO", "CL"), ("NO", "SE"), ("NO", "SE", "DK"), ("CL",)]
    parties, _, _ = summary_of([said("ferries", f"s{n}", parties=each) for n, each in enumerate(named)])
    assert parties == ("NO", "CL", "SE")  # NO 4, CL 3, SE 2 of 4; DK 1 of 4 is left out


def test_parties_named_equally_often_come_by_name() -> None:
    assert summary_of([said("ferries", "a", parties=("SE", "CL", "NO"))])[0] == ("CL", "NO", "SE")
    assert summary_of([said("ferries", "a", parties=())])[0] == ()


def test_sector_and_instrument_are_weighed_by_confidence() -> None:
    one = said("ferries", "a", "purchase", sector="defence", confidence=0.9)
    two = [said("ferries", f"b{n}", "service", sector="trade", confidence=0.4) for n in range(2)]
    assert summary_of([one, *two])[1:] == (Sector.DEFENCE, Instrument.PURCHASE)
    three = [*two, said("ferries", "b2", "service", sector="trade", confidence=0.4)]
    assert summary_of([one, *three])[1:] == (Sector.TRADE, Instrument.SERVICE)


def test_ties_go_to_the_first_of_the_guidelines() -> None:
    pair = [
        said("ferries", "a", "cooperation", sector="politics", confidence=0.5),
        said("ferries", "b", "purchase", sector="nuclear", confidence=0.5),
    ]
    assert summary_of(pair)[1:] == (Sector.NUCLEAR, Instrument.PURCHASE)


def test_a_title_says_what_form_the_deal_takes_and_begins_with_no_verb() -> None:
    torn = said("flies at hypersonic speed", "a")
    whole = said("Joint development of a hypersonic missile", "b")
    assert title_of([torn, whole]) == title_of([whole, torn]) == "Joint development of a hypersonic missile"


def test_of_a_row_of_a_table_the_cell_that_says_something_is_the_title() -> None:
    row = said("7 | Agreement on food safety | Two ministries", "a")
    assert title_of([row]) == "Agreement on food safety"
