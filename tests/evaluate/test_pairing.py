"""Pairs of marked and found signals: one to one, best overlap of words first, as the scorer takes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.evaluate.marks import Mark
from paraph.evaluate.pairing import CLOSE, overlaps, pairs

TEXT = "one two three four five"


def at(words: str) -> Mark:
    start = TEXT.index(words)
    return Mark(start, start + len(words))


def test_the_best_overlap_pairs_first_and_each_signal_once() -> None:
    gold = [at("one two"), at("three four")]
    found = [at("two three four"), at("two"), at("five")]
    fitting = overlaps(TEXT, gold, found)
    assert [(each.share, each.gold, each.found) for each in fitting] == [(2 / 3, 1, 0), (1 / 2, 0, 1), (1 / 4, 0, 0)]
    assert pairs(fitting) == pairs(fitting, CLOSE) == [(1, 0), (0, 1)]
    assert pairs(fitting, 0.6) == [(1, 0)]


def test_of_equal_overlaps_the_nearest_pairs_then_the_later() -> None:
    near = overlaps(TEXT, [at("two three")], [at("one two three four"), Mark(4, 17)])
    assert pairs(near) == [(0, 1)]
    same = overlaps(TEXT, [at("two"), at("two")], [at("two"), at("two")])
    assert pairs(same) == [(1, 1), (0, 0)]


def test_a_touched_word_counts_and_signs_do_not() -> None:
    assert overlaps(TEXT, [at("e t")], [at("one")])[0].share == 1 / 2
    assert overlaps("a - b", [Mark(2, 3)], [Mark(2, 3)]) == []
    assert overlaps("", [], []) == []


def naive(text: str, gold: list[Mark], found: list[Mark], least: float) -> list[tuple[int, int]]:
    """The rule as the scorer's documentation tells it, with sets of words."""
    spans = [match.span() for match in re.finditer(r"\w+", text)]

    def words(mark: Mark) -> set[int]:
        return {i for i, (start, end) in enumerate(spans) if start < mark.end and end > mark.start}

    rows = []
    for i, one in enumerate(gold):
        for j, other in enumerate(found):
            both, either = words(one) & words(other), words(one) | words(other)
            if both and len(both) / len(either) >= least:
                rows.append((len(both) / len(either), -abs(one.start - other.start), i, j))
    out: list[tuple[int, int]] = []
    for _, _, i, j in sorted(rows, reverse=True):
        if i not in {a for a, _ in out} and j not in {b for _, b in out}:
            out.append((i, j))
    return out


spans = st.lists(
    st.tuples(st.integers(0, 39), st.integers(1, 20)).map(lambda pair: Mark(pair[0], pair[0] + pair[1])), max_size=6
)


@given(st.text("ab -", min_size=60, max_size=60), spans, spans)
@pytest.mark.parametrize("least", [0.0, CLOSE])
def test_pairs_are_those_of_the_rule(least: float, text: str, gold: list[Mark], found: list[Mark]) -> None:
    assert pairs(overlaps(text, gold, found), least) == naive(text, gold, found, least)
