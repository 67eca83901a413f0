"""Tokens: words with their places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.extract.tokens import fold, stem, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("India’s MQ-9B drones", ["India", "’s", "MQ-9B", "drones"]),
        ("the U.S. and the UK", ["the", "U.S", ".", "and", "the", "UK"]),
        ("L&T won't sell 2.5 bn", ["L&T", "won't", "sell", "2.5", "bn"]),
        ("“joint work”, $20", ["“", "joint", "work", "”", ",", "$", "20"]),
        ("Côte d'Ivoire", ["Côte", "d'Ivoire"]),
        ("a_b", ["a", "_", "b"]),
        ("", []),
    ],
)
def test_words_are_cut_as_the_tables_want_them(text, words):
    assert tokenize(text).words == words


@given(st.text(max_size=200))
def test_every_token_is_its_slice_and_only_white_space_is_left_out(text):
    tokens = tokenize(text)
    assert len(tokens) == len(tokens.words)
    at = 0
    for start, end, word in zip(tokens.starts, tokens.ends, tokens.words, strict=True):
        assert text[start:end] == word
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


def test_folding_makes_one_form_of_case_and_apostrophes():
    assert fold("Won’t") == "won't"


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [
        ("treaties", "treaty"),
        ("reactors", "reactor"),
        ("gas", "gas"),
        ("process", "process"),
        ("status", "status"),
        ("visas", "visa"),
        ("'s", "'s"),
        ("ties", "tie"),
    ],
)
def test_stems_lose_a_plural_and_no_more(word, stemmed):
    assert stem(word) == stemmed


@pytest.mark.parametrize("text", ["a-" * 50_000, "a.b" * 33_000, "'s" * 50_000, "’" * 100_000, "9" * 100_000])
def test_hostile_words_cost_linear_time(text, stopwatch):
    with stopwatch(1.0):
        tokenize(text)
