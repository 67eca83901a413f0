"""What the forests of a corpus compare is what the linking compares."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.corpus.items import FAMILIES, ordinal, runs_of
from paraph.link import copies

WORDS = st.lists(
    st.sampled_from(["Harbour", "harbour", "ice,", "naïve", "naive", "ＡＢＣ", "3", "—", "\n", "\U0001f6a2"]),
    max_size=50,
)


@given(WORDS, WORDS, st.sampled_from(["", "ferry " * 40, "ferry boat ice and salt " * 10]))
def test_runs_are_as_many_and_as_alike_as_those_of_the_linking(one: list[str], other: list[str], more: str) -> None:
    texts = [f"{more}{' '.join(words)}" for words in (one, other)]
    plain, numbers = [copies.runs_of(text) for text in texts], [runs_of(text) for text in texts]
    assert list(map(len, numbers)) == list(map(len, plain))
    assert len(np.intersect1d(*numbers)) == len(plain[0] & plain[1])
    matter = [found.tobytes() for found in numbers]
    told = FAMILIES["copies"].likenesses(np.array([1]), np.array([0]), matter.__getitem__)
    assert told.tolist() == [copies.likeness(*plain)]


def test_runs_are_sorted_and_the_same_on_every_machine() -> None:
    assert runs_of("One two three").tolist() == [6_583_849_945_242_874_990]
    assert runs_of("three two one").tolist() != runs_of("one two three").tolist()
    long = runs_of(" ".join(f"word{n}" for n in range(500)))
    assert (long[1:] > long[:-1]).all()


def test_one_text_is_held_against_many_at_once() -> None:
    texts = [" ".join(f"word{n}" for n in range(a, b)) for a, b in ((0, 60), (20, 90), (50, 55), (200, 280), (0, 60))]
    matter = [runs_of(text).tobytes() for text in [*texts, ""]]
    later, earlier = [4, 4, 4, 4, 4, 5, 5], [0, 1, 2, 3, 5, 0, 1]
    told = FAMILIES["copies"].likenesses(np.array(later), np.array(earlier), matter.__getitem__)
    runs = [copies.runs_of(text) for text in [*texts, ""]]
    pairs = zip(later, earlier, strict=True)
    assert told.tolist() == [copies.likeness(runs[one], runs[other]) for one, other in pairs]


@pytest.mark.parametrize("family", ["copies", "deals"])
def test_no_pairs_have_no_likeness(family: str) -> None:
    none = np.zeros(0, np.int64)
    assert FAMILIES[family].likenesses(none, none, lambda number: b"").tolist() == []


def test_no_day_comes_before_all_days() -> None:
    assert ordinal(None) == 0 < ordinal(date.min)
