"""Traits: what is kept of a signal to compare it, and what is left out."""

from __future__ import annotations

import json
import random
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.link import Traits, traits_of
from paraph.link.traits import AROUND, designations, forget, forms, root, weight_of
from paraph.model import Document
from samples import signal

TEXT = (
    "Norway and Chile weigh a pact on electric ferries. The two could buy 31 MQ-9B drones next year, Transport Minister "
    "Ana Ruiz said in Oslo. Nothing else was told.\n"
)


def traits(text: str, anchor: str, title: str | None = None, **signalled: Any) -> Traits:
    (found,) = traits_of(Document(text=text, id="d", title=title), [signal(text, anchor, **signalled)])
    return found


# Names and designations


@pytest.mark.parametrize(
    ("word", "forms_of_it"),
    [
        ("MQ-9B", ["mq9b", "mq9"]),
        ("mq9", ["mq9"]),
        ("F414", ["f414", "#414"]),
        ("F-414", ["f414", "#414"]),
        ("S-400", ["s400", "#400"]),
        ("C-130J", ["c130j", "c130", "#130"]),
        ("Su-57E", ["su57e", "su57"]),
        ("AP1000", ["ap1000", "#1000"]),
        ("5G", ["5g"]),
        ("1A2B", ["1a2b"]),
    ],
)
def test_designations(word: str, forms_of_it: list[str]) -> None:
    assert designations(word) == forms_of_it


def test_a_designation_is_a_name_however_it_is_written() -> None:
    whole = traits("They will buy 31 MQ-9B drones.", "31 MQ-9B drones")
    assert set(whole.names) == {"mq9b", "mq9"}
    assert whole.numbers == ("31",)
    assert "drone" in whole.words
    assert "drone" not in whole.names
    short = traits("They will buy more MQ9 drones.", "MQ9 drones")
    assert set(short.names) & set(whole.names) == {"mq9"}
    engines = traits("A pact on F414 engines was near.", "pact on F414 engines")
    digits = traits("A pact on GE-414 engines was near.", "pact on GE-414 engines")
    assert "#414" in set(engines.names) & set(digits.names)


def test_the_second_of_a_name_is_not_the_first() -> None:
    second = traits("They spoke of Power of Siberia 2 again.", "Power of Siberia 2")
    first = traits("They spoke of Power of Siberia again.", "Power of Siberia")
    assert set(second.names) - set(first.names) == {"siberia2"}
    assert {"power", "siberia"} <= set(first.names) & set(second.names)
    # A long number behind a name is a count or a year, not the name's.
    year = traits("They spoke of Vision Siberia 2030 again.", "Vision Siberia 2030")
    assert not [name for name in year.names if "2030" in name]
    assert year.numbers == ("2030",)


def test_names_stand_among_the_words_and_numbers_do_not() -> None:
    found = traits(
        "A purchase of 12.5 tonnes for Kudankulam 123 was near.", "purchase of 12.5 tonnes for Kudankulam 123"
    )
    assert set(found.names) <= set(found.words)
    assert found.numbers == ("12.5", "123")
    assert not set(found.numbers) & set(found.words)


# What says which deal, what says only its form, what says nothing


def test_forms_are_told_apart_from_what_says_which_deal() -> None:
    found = traits(TEXT, "pact on electric ferries")
    assert found.form == ("pact",)
    assert found.words == (root("electric"), root("ferries"))
    assert not set(found.words) & forms()


def test_countries_and_persons_say_nothing_of_which_deal() -> None:
    text = "Russia and India weigh Indian purchases of Russian oil that Vladimir Putin and Narendra Modi want."
    found = traits(text, "Indian purchases of Russian oil")
    said = {*found.words, *found.form, *found.names, *found.around, *found.calls}
    assert "oil" in found.words
    for name in "Russia India Indian Russian Vladimir Putin Narendra Modi".split():
        assert root(name) not in said


def test_empty_words_are_left_out_and_compounds_are_split() -> None:
    found = traits(
        "The two seek the small modular/nuclear reactors of this week.", "the small modular/nuclear reactors"
    )
    assert {"modular", "nuclear", "reactor"} <= set(found.words)
    said = {*found.words, *found.around}
    assert not said & {"the", "of", "this", "two", root("week")}
    whole = traits("They seek co-development of a lander.", "co-development of a lander")
    assert root("co-development") in whole.words


def test_a_bare_anchor_keeps_no_word() -> None:
    found = traits("They signed several agreements and deals.", "several agreements and deals")
    assert found.words == ()
    assert set(found.form) == {root("agreements"), root("deals")}


def test_in_a_title_capitals_make_no_name() -> None:
    body = "A pact on Harbour Cranes was near."
    assert root("Harbour") in traits(body, "pact on Harbour Cranes").names
    title = "Pact On Harbour Cranes Near"
    text = f"{title}\n\nThe rest was told in Oslo on that evening, and it was long enough.\n"
    headed = traits(text, "Harbour Cranes", title=title)
    assert headed.role == "title"
    assert headed.names == ()
    assert root("harbour") in headed.words


@pytest.mark.parametrize(
    ("one", "other"),
    [("agricultural", "agriculture"), ("co-operation", "cooperation"), ("Reactors", "reactor"), ("FERRY", "ferries")],
)
def test_roots_of_one_word_are_one(one: str, other: str) -> None:
    assert root(one) == root(other)
    assert root(one) != root("salmon")


# Around the anchor


def test_around_and_calls_are_of_the_sentence_and_not_of_the_anchor() -> None:
    found = traits(TEXT, "31 MQ-9B drones")
    assert {"ana", "ruiz"} <= set(found.calls)
    assert root("ferries") not in found.around
    assert not set(found.around) & set(found.words)
    assert found.sentence == 1
    assert traits(TEXT, "pact on electric ferries").sentence == 0


def test_around_is_bounded_and_keeps_what_is_nearest() -> None:
    words = [f"{a}{b}z" for a in "bcdfghjklm" for b in "aeiou"]
    left, right = " ".join(words), " ".join(word + "q" for word in words)
    text = f"It {left} ferries {right} so."
    found = traits(text, "ferries")
    assert len(found.around) <= AROUND
    near = {root(word) for word in words[-AROUND // 2 + 2 :]} | {root(word + "q") for word in words[: AROUND // 2 - 2]}
    assert near <= set(found.around)
    assert root(words[0]) not in found.around
    assert root(words[-1] + "q") not in found.around
    shouting = f"It {left.upper()} ferries {right.upper()} so."
    assert 0 < len(traits(shouting, "ferries").calls) <= AROUND


# Shape


def test_tuples_are_sorted_and_without_repeats() -> None:
    found = traits(
        "The ferries, Ferries and ferry of 12 and 12 in Oslo, Oslo!", "ferries, Ferries and ferry of 12 and 12"
    )
    for name in "words form names numbers around calls parties".split():
        value = getattr(found, name)
        assert list(value) == sorted(set(value)), name
    assert found.numbers == ("12",)


def test_what_the_signal_says_is_kept() -> None:
    found = traits(TEXT, "31 MQ-9B drones", parties=("US", "IN"), sector="defence", instrument="purchase")
    assert (found.document, found.start) == ("d", TEXT.index("31 MQ"))
    assert (found.parties, found.sector, found.instrument) == (("IN", "US"), "defence", "purchase")


def test_no_signals_no_traits_and_an_empty_text_is_borne() -> None:
    assert traits_of(Document(text=TEXT, id="d"), []) == ()
    made = signal("pact", "pact")
    (found,) = traits_of(Document(text="", id="d"), [replace(made, start=0, end=0, anchor="")])
    assert (found.words, found.around, found.sentence) == ((), (), 0)


def test_each_signal_has_its_own_in_the_order_given() -> None:
    anchors = ["pact on electric ferries", "31 MQ-9B drones", "Oslo"]
    signals = [signal(TEXT, anchor) for anchor in anchors]
    document = Document(text=TEXT, id="d")
    together = traits_of(document, signals)
    assert [each.start for each in together] == [TEXT.index(anchor) for anchor in anchors]
    assert together[::-1] == traits_of(document, signals[::-1])
    assert together == tuple(traits_of(document, [each])[0] for each in signals)


def test_made_again_they_are_the_same_and_nothing_given_is_changed() -> None:
    document = Document(text=TEXT, id="d", title="A title")
    signals = [signal(TEXT, "31 MQ-9B drones", parties=("US", "IN"))]
    before = (document.to_dict(), [each.to_dict() for each in signals])
    assert traits_of(document, signals) == traits_of(document, signals)
    assert (document.to_dict(), [each.to_dict() for each in signals]) == before


# JSON

_words = st.lists(st.text(max_size=8), max_size=4).map(lambda words: tuple(sorted(set(words))))
anything = st.builds(
    Traits,
    document=st.text(max_size=20),
    sentence=st.integers(0, 10_000),
    start=st.integers(0, 10**9),
    role=st.sampled_from(["text", "title", "item"]),
    words=_words,
    form=_words,
    names=_words,
    numbers=_words,
    around=_words,
    calls=_words,
    parties=_words,
    sector=st.text(max_size=8),
    instrument=st.text(max_size=8),
)


@given(anything)
def test_json_brings_back_the_same(given_traits: Traits) -> None:
    written = given_traits.to_json()
    assert Traits.from_json(written) == given_traits
    assert Traits.read(written) == given_traits
    assert len(json.loads(written)) == len(fields(Traits))


@pytest.mark.parametrize("older", ["[]", "null", "12", "", "{", '{"document": "d"}', "[1, 2, 3]"])
def test_what_another_linking_wrote_is_none(older: str) -> None:
    assert Traits.read(older) is None


def test_one_field_more_or_fewer_is_another_linking() -> None:
    row = json.loads(traits(TEXT, "31 MQ-9B drones").to_json())
    assert Traits.read(json.dumps(row)) is not None
    assert Traits.read(json.dumps(row[:-1])) is None
    assert Traits.read(json.dumps([*row, "more"])) is None


# Any text


@given(st.text(alphabet=st.sampled_from("aB9 -./&\n.Éß年\u202e'"), max_size=60), st.data())
def test_any_text_and_any_place(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    made = replace(signal("pact", "pact"), start=start, end=end, anchor=text[start:end])
    (found,) = traits_of(Document(text=text, id="d"), [made])
    assert Traits.read(found.to_json()) == found
    assert set(found.names) <= set(found.words)
    assert "" not in found.words


def test_a_long_text_with_many_signals_takes_linear_time(stopwatch) -> None:
    chance = random.Random(7)
    stock = "ferry harbour salmon reactor MQ-9B Oslo S-400 loan glacier 12 Siberia uranium Chile pact".split()
    text = ". ".join(" ".join(chance.choice(stock) for _ in range(12)) for _ in range(1_300)) + "."
    assert len(text) > 95_000
    starts = range(0, len(text) - 30, 200)
    signals = [replace(signal("pact", "pact"), start=at, end=at + 20, anchor=text[at : at + 20]) for at in starts]
    traits(TEXT, "31 MQ-9B drones")  # tables are read once
    with stopwatch(3.0):
        assert len(traits_of(Document(text=text, id="d"), signals)) == len(signals)


def test_one_endless_sentence_is_borne(stopwatch) -> None:
    text = "ferry Oslo, " * 8_500
    signals = [
        replace(signal("pact", "pact"), start=at, end=at + 5, anchor="ferry") for at in range(0, len(text) - 12, 204)
    ]
    with stopwatch(3.0):
        assert len(traits_of(Document(text=text, id="d"), signals)) == len(signals)


def test_rare_words_tell_more_than_frequent_ones() -> None:
    assert weight_of("zzqqx") > weight_of(root("trade")) > 0


def test_tables_read_again_say_the_same() -> None:
    before = [weight_of(word) for word in ("trade", "zzqqx")]
    forget()
    assert [weight_of(word) for word in ("trade", "zzqqx")] == before
