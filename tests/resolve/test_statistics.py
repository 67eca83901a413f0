"""Intervals, scores and what is learned from few cases, against figures worked out elsewhere and by brute force."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.resolve.statistics import (
    STRONGEST,
    UNKNOWN,
    WEAKEST,
    Interval,
    Prior,
    brier,
    effective,
    prior_of,
    skill,
    skill_interval,
    wilson,
)


@pytest.mark.parametrize(
    ("came", "n", "low", "high"),
    # By hand, from the two roots of (p - x)² = z² x (1 - x) / n.
    [
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_of_a_share(came, n, low, high):
    found = wilson(came, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-4), pytest.approx(high, abs=6e-4))


def test_the_ends_of_the_interval_are_the_roots_of_its_equation():
    for came, n in ((1, 7), (3, 7), (40, 90)):
        for end in (wilson(came, n).low, wilson(came, n).high):
            assert (came / n - end) ** 2 == pytest.approx(1.959963984540054**2 * end * (1 - end) / n)


def test_nothing_known_is_anything_possible():
    assert wilson(0, 0) == Interval(0.0, 1.0)


@pytest.mark.parametrize(("came", "n"), [(-1, 5), (6, 5), (1, 0)])
def test_what_is_no_share_is_refused(came, n):
    with pytest.raises(ValueError, match="is no share"):
        wilson(came, n)


@given(st.integers(0, 60), st.integers(0, 60))
def test_an_interval_holds_its_share_and_narrows_with_more_cases(came, missed):
    n = came + missed
    found = wilson(came, n)
    assert 0 <= found.low <= (came / n if n else 0.5) <= found.high <= 1
    more = wilson(came * 4, n * 4)
    assert n == 0 or more.high - more.low < found.high - found.low


def test_cases_in_one_cluster_are_worth_one():
    assert effective(20, 20) == 20
    assert effective(20, 400) == 1
    assert effective(4, 2 * 2 + 1 + 1) == pytest.approx(16 / 6)
    assert effective(0, 0) == 0


def test_the_brier_score():
    assert brier([(1.0, True, 3), (0.0, False, 2)]) == 0
    assert brier([(0.5, True, 1), (0.5, False, 1)]) == 0.25
    assert brier([(0.9, True, 3), (0.9, False, 1)]) == pytest.approx((3 * 0.01 + 0.81) / 4)
    with pytest.raises(ValueError, match="no forecasts"):
        brier([])
    with pytest.raises(ValueError, match="no forecasts"):
        brier([(0.9, True, 0)])


def test_skill_is_how_much_better_than_the_reference():
    assert skill(0.0, 0.2) == 1
    assert skill(0.2, 0.2) == 0
    assert skill(0.3, 0.2) == pytest.approx(-0.5)
    assert skill(0.1, 0.0) is None


def test_a_prior_draws_few_cases_to_the_mean_and_many_hardly():
    prior = Prior(0.4, 10)
    assert prior.learned(0, 0) == 0.4
    assert prior.learned(1, 1) == pytest.approx(5 / 11)
    assert prior.learned(900, 1000) == pytest.approx(0.895, abs=1e-3)


def test_groups_that_are_all_alike_give_a_strong_prior():
    assert prior_of([(4, 10)] * 30) == Prior(0.4, STRONGEST)


def test_groups_that_differ_altogether_give_a_weak_prior():
    assert prior_of([(0, 50), (50, 50)] * 10) == Prior(0.5, WEAKEST)


def test_what_cannot_be_told_apart_has_the_prior_set_by_eye():
    assert prior_of([]) == Prior(0.5, UNKNOWN)
    assert prior_of([(0, 0)]) == Prior(0.5, UNKNOWN)
    assert prior_of([(3, 10)]) == Prior(0.3, UNKNOWN)
    assert prior_of([(5, 5), (2, 2)]) == Prior(1.0, UNKNOWN)
    assert prior_of([(1, 1), (0, 1)]) == Prior(0.5, UNKNOWN)
    # Groups without cases say nothing.
    assert prior_of([(3, 10), (0, 0)]) == Prior(0.3, UNKNOWN)


def test_the_strength_of_the_prior_is_found_again():
    chance = random.Random(11)
    groups = []
    for _ in range(4000):
        share, n = chance.betavariate(3, 6), chance.randrange(5, 40)
        groups.append((sum(chance.random() < share for _ in range(n)), n))
    prior = prior_of(groups)
    assert prior.mean == pytest.approx(1 / 3, abs=0.01)
    assert prior.strength == pytest.approx(9, rel=0.15)


def test_the_prior_of_two_groups_worked_out_by_hand():
    # N = 20, p = .5, s = 2 · 10 · .04 = .8, so ρ = (.8 / .25 − 1) / (20 − 10 − 1) = 2.2 / 9, and 9 / 2.2 − 1 is the strength.
    assert prior_of([(3, 10), (7, 10)]).strength == pytest.approx(9 / 2.2 - 1)
    # Groups of unlike size: N = 30, p = .5, s = 20 · .01 + 10 · .04, room 30 − 500 / 30 − 1.
    assert prior_of([(8, 20), (7, 10)]).strength == pytest.approx((30 - 500 / 30 - 1) / (0.6 / 0.25 - 1) - 1)


def _resampled(rows, times=2000):
    """The interval by drawing the forecasts again and again (the bootstrap)."""
    chance = random.Random(3)
    each = [(p, r, came) for p, r, came, n in rows for _ in range(n)]
    values = []
    for _ in range(times):
        drawn = chance.choices(each, k=len(each))
        values.append(1 - sum((p - came) ** 2 for p, _, came in drawn) / sum((r - came) ** 2 for _, r, came in drawn))
    values.sort()
    return values[round(times * 0.025)], values[-round(times * 0.025)]


@pytest.mark.parametrize(
    "rows",
    [
        [(0.93, 0.4, True, 60), (0.93, 0.4, False, 40), (0.4, 0.4, False, 70), (0.4, 0.4, True, 30)],
        [(0.75, 0.3, True, 90), (0.75, 0.5, False, 60), (0.93, 0.5, True, 50)],
    ],
)
def test_the_interval_of_a_skill_agrees_with_the_bootstrap(rows):
    found, (low, high) = skill_interval(rows), _resampled(rows)
    width = high - low
    assert found.low == pytest.approx(low, abs=width / 6)
    assert found.high == pytest.approx(high, abs=width / 6)
    middle = skill(brier((p, c, n) for p, _, c, n in rows), brier((r, c, n) for _, r, c, n in rows))
    assert (found.low + found.high) / 2 == pytest.approx(middle)


def test_cases_that_hang_together_widen_the_interval_of_a_skill():
    rows = [(0.75, 0.3, True, 900), (0.75, 0.5, False, 600)]
    whole, quarter = skill_interval(rows), skill_interval(rows, 0.25)
    middle = (whole.low + whole.high) / 2
    assert middle - quarter.low == pytest.approx(2 * (middle - whole.low), rel=0.02)


def test_a_skill_is_not_sure_of_itself_where_all_came_out_alike():
    missed = skill_interval([(0.4, 0.2, False, 18)])
    assert missed.low < -5
    assert missed.high > -1
    assert skill_interval([(0.4, 0.2, False, 1800)]).high < -2.5


def test_a_skill_s_interval_ends_at_one_and_needs_a_reference():
    perfect = skill_interval([(1.0, 0.5, True, 500), (0.0, 0.5, False, 500)])
    assert perfect.high == 1.0
    assert 0.9 < perfect.low < 1
    assert skill_interval([(0.99, 0.5, True, 5), (0.5, 0.4, False, 1)]).high == 1.0
    assert skill_interval([(0.5, 1.0, True, 5)]) is None
    assert math.isfinite(skill_interval([(0.5, 0.5, True, 1)]).low)
