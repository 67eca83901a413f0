"""Intervals by the bootstrap over documents: the same for the same seed, as wide as they must be, none where too few."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
import pytest

from paraph.evaluate import intervals
from paraph.evaluate.intervals import FEWEST, Draws, bootstrap
from paraph.evaluate.scoring import COLUMNS, Sums, figures, share


def shares(rows: Sums) -> Callable[[Sums], dict[str, Sums]]:
    def of(weights: Sums) -> dict[str, Sums]:
        sums = weights @ rows
        return {"share": share(sums[:, 0], sums[:, 1], np.nan)}

    return of


def test_draws_are_of_all_documents_and_the_same_for_the_same_seed() -> None:
    (first,) = Draws(50, 3).over(20)
    (again,) = Draws(50, 3).over(20)
    (other,) = Draws(50, 4).over(20)
    assert first.shape == (50, 20)
    assert (first.sum(axis=1) == 20).all()
    assert (first == again).all()
    assert (first != other).any()
    # Each document is drawn once in the mean, and left out of a draw in (1 - 1/20)^20 = 36 of 100.
    assert abs((first == 0).mean() - 0.358) < 0.05


def test_large_sets_are_drawn_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(Draws(10, 1).over(30)))
    monkeypatch.setattr(intervals, "_BLOCK", 100)
    blocks = list(Draws(10, 1).over(30))
    assert [len(block) for block in blocks] == [3, 3, 3, 1]
    assert (np.concatenate(blocks) == whole).all()
    monkeypatch.setattr(intervals, "_BLOCK", 1)
    assert [len(block) for block in Draws(2, 1).over(30)] == [1, 1]


def test_an_interval_is_that_of_drawing_by_hand() -> None:
    chance = random.Random(0)
    pairs = [(chance.randint(0, 3), 3 + chance.randint(0, 4)) for _ in range(40)]
    drawn = []
    for _ in range(4_000):
        some = chance.choices(pairs, k=len(pairs))
        drawn.append(sum(a for a, _ in some) / sum(b for _, b in some))
    drawn.sort()
    found = bootstrap(40, Draws(4_000, 1), shares(np.array(pairs, dtype=float)))["share"]
    assert found is not None
    assert found.low == pytest.approx(drawn[100], abs=0.01)
    assert found.high == pytest.approx(drawn[3_900], abs=0.01)


def test_the_interval_is_as_wide_as_the_formula_says() -> None:
    # 400 documents of one signal each, half of them right: ± 1.96 √(0.25 / 400).
    rows = np.array([[n % 2, 1] for n in range(400)], dtype=float)
    found = bootstrap(400, Draws(2_000), shares(rows))["share"]
    assert found is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.025, rel=0.1)


def test_too_few_documents_or_no_draws_give_none() -> None:
    rows = np.ones((FEWEST, 2))
    assert bootstrap(FEWEST, Draws(10), shares(rows))["share"] is not None
    assert bootstrap(FEWEST - 1, Draws(10), shares(rows[1:])) == {}
    assert bootstrap(FEWEST, Draws(0), shares(rows)) == {}


def test_a_figure_that_most_draws_leave_undefined_has_none() -> None:
    rows = np.zeros((20, 2))
    rows[0] = 1  # left out of about 36 of 100 draws
    assert bootstrap(20, Draws(200), shares(rows)) == {"share": None}
    rows[:10] = 1  # left out of one in a million
    found = bootstrap(20, Draws(200), shares(rows))["share"]
    assert found is not None
    assert (found.low, found.high) == (1.0, 1.0)


def test_a_thousand_draws_of_seven_hundred_documents_take_no_two_seconds(
    stopwatch: Callable[[float], AbstractContextManager[None]],
) -> None:
    rows = np.ones((700, len(COLUMNS)))
    with stopwatch(2):
        found = bootstrap(700, Draws(1_000), lambda weights: figures(weights @ rows, empty=np.nan))
    assert found["f1"] is not None
