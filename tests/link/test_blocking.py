"""Blocking: which signals are compared, by keys that each has of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.link import Traits, keys_of
from paraph.link.blocking import MOST_PARTIES, MOST_WORDS, PAIR_DAYS, WINDOWS
from paraph.link.traits import weight_of

BARE = Traits("d", 0, 0, "text", (), ("deal",), (), (), (), (), ("CL", "NO"), "trade", "cooperation")
# Of the table and not of it; which tell how much is asked of the table itself.
STOCK = ("trade", "ferri", "s400", "#400", "reactor", "zzqqx", "oil", "", "é年", "a\tb")
CODES = ("CL", "NO", "IN", "US", "EU", "African Union")


def made(words: tuple[str, ...] = (), parties: tuple[str, ...] = ("CL", "NO"), document: str = "d") -> Traits:
    return replace(BARE, words=words, parties=parties, document=document)


def shared(one: Traits, other: Traits) -> dict[int, int]:
    """Return the keys that two signals share, with their windows."""
    there = dict(keys_of(other))
    return {key: days for key, days in keys_of(one) if key in there}


any_traits = st.builds(
    made,
    words=st.lists(st.sampled_from(STOCK), max_size=8, unique=True).map(lambda words: tuple(sorted(words))),
    parties=st.lists(st.sampled_from(CODES), max_size=6, unique=True).map(lambda codes: tuple(sorted(codes))),
    document=st.sampled_from(["d", "e", "é", "\ud800"]),
)


@given(any_traits)
def test_keys_are_positive_numbers_of_63_bits_in_order_each_once(traits: Traits) -> None:
    found = keys_of(traits)
    numbers = [number for number, _ in found]
    assert all(0 <= number < 2**63 for number in numbers)
    assert numbers == sorted(set(numbers))
    assert all(isinstance(days, int) and 0 <= days <= max(days for _, days in WINDOWS) for _, days in found)
    assert keys_of(traits) == found


@given(any_traits, any_traits)
def test_who_is_compared_with_whom_is_the_same_from_either_side(one: Traits, other: Traits) -> None:
    assert shared(one, other) == shared(other, one)


@given(any_traits, any_traits)
def test_signals_of_one_document_share_a_key_and_others_none_by_their_document(one: Traits, other: Traits) -> None:
    assert shared(one, replace(other, document=one.document))
    apart = replace(other, document=one.document + "-other")
    named = made((), (), one.document), made((), (), one.document + "-other")
    (document_key,) = set(dict(keys_of(named[0]))) - set(dict(keys_of(named[1])))
    assert document_key not in shared(one, apart)


@given(any_traits, any_traits)
def test_across_documents_a_key_needs_a_word_in_common(one: Traits, other: Traits) -> None:
    apart = replace(other, document=one.document + "-other")
    if not (one.words or other.words):
        assert bool(shared(one, apart)) == (
            bool(set(one.parties[:MOST_PARTIES]) & set(other.parties[:MOST_PARTIES]))
            or not (one.parties or other.parties)
        )
    elif not set(one.words) & set(other.words):
        assert not shared(one, apart)


def test_one_word_and_one_party_in_common_are_enough() -> None:
    one = made(("ferri", "port"), ("CL", "NO"))
    assert shared(one, made(("ferri",), ("NO",), "e"))
    assert not shared(one, made(("ferri",), ("SE",), "e"))
    assert not shared(one, made(("salmon",), ("CL", "NO"), "e"))


def test_the_more_a_word_tells_the_longer_it_is_looked_for() -> None:
    by_weight = {}
    for word in STOCK:
        (days,) = shared(made((word,), ("NO",)), made((word,), ("NO", "SE"), "e")).values()
        by_weight[weight_of(word)] = days
        assert days == next(window for least, window in WINDOWS if weight_of(word) >= least)
    ordered = [by_weight[weight] for weight in sorted(by_weight)]
    assert ordered == sorted(ordered)
    assert len(set(ordered)) >= 2


def test_windows_are_listed_from_the_rarest_word_to_any_word() -> None:
    assert [least for least, _ in WINDOWS] == sorted((least for least, _ in WINDOWS), reverse=True)
    assert WINDOWS[-1][0] == 0.0
    assert all(weight_of(word) >= 0 for word in STOCK)


def test_what_two_parties_do_together_is_looked_for_longer() -> None:
    frequent = min(STOCK, key=weight_of)
    (alone,) = shared(made((frequent,), ("NO",)), made((frequent,), ("NO",), "e")).values()
    both = shared(made((frequent,)), made((frequent,), document="e"))
    assert alone < PAIR_DAYS
    assert max(both.values()) == PAIR_DAYS
    rare = max(STOCK, key=weight_of)
    together = shared(made((rare,)), made((rare,), document="e"))
    assert max(together.values()) == WINDOWS[0][1] > PAIR_DAYS


def test_general_anchors_are_compared_with_each_other_and_with_nothing_else() -> None:
    general, other = made(), made(document="e")
    assert sorted(shared(general, other).values()) == [0, 0, PAIR_DAYS]
    assert not shared(general, made(("ferri",), document="e"))
    # Beside one party alone, only those of the same day.
    assert set(shared(general, made(parties=("NO", "SE"), document="e")).values()) == {0}


def test_a_signal_without_parties_is_compared_with_its_like_alone() -> None:
    lone = made(("ferri",), ())
    assert shared(lone, made(("ferri",), (), "e"))
    assert not shared(lone, made(("ferri",), ("NO",), "e"))
    assert shared(made((), ()), made((), (), "e"))


def test_27_parties_and_a_page_of_words_make_few_keys() -> None:
    codes = tuple(f"{a}{b}" for a, b in product("ABC", "ABCDEFGHI"))
    assert len(codes) == 27
    found = keys_of(made(tuple(f"word{n:03}" for n in range(100)), codes))
    pairs = MOST_PARTIES * (MOST_PARTIES - 1) // 2
    assert len(found) == 1 + MOST_WORDS * (MOST_PARTIES + pairs)


def test_of_many_words_those_that_tell_most_make_the_keys() -> None:
    rare, frequent = tuple(f"zzqqx{n}" for n in range(MOST_WORDS)), min(STOCK, key=weight_of)
    assert weight_of(rare[0]) > weight_of(frequent)
    many = made(tuple(sorted((*rare, frequent))))
    assert not shared(many, made((frequent,), document="e"))
    assert all(shared(many, made((word,), document="e")) for word in rare)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_keys_are_the_same_in_every_process(seed: str) -> None:
    code = (
        "from paraph.link import Traits, keys_of;"
        "print(keys_of(Traits('d', 0, 0, 'text', ('ferri', 'oil', 's400'), (), (), (), (), (),"
        " ('CL', 'EU', 'NO'), 'trade', 'purchase')))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
    ).stdout.strip()
    here = replace(made(("ferri", "oil", "s400"), ("CL", "EU", "NO")), form=(), instrument="purchase")
    assert said == str(keys_of(here))
