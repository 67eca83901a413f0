"""Agreement: alpha as in the literature's own examples, intervals that fit, people two by two."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.resolve.agreement import LEAST_UNITS, agreement_of, alpha_of, pairs_of

Unit = dict[str, int]


def units(**said: str) -> list[Unit]:
    """Return the units that people judged, one letter a unit, "." for none."""
    width = max(map(len, said.values()))
    return [{who: int(row[n]) for who, row in said.items() if row[n] != "."} for n in range(width)]


# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability": section A, two observers and yes or no; section C, four
# observers, five values and missing ones. Both for nominal data.
TWO = units(A="0100000010", B="1110010000")
FOUR = units(A="123321412...", B="1233224125.3", C=".3332342251.", D="12332441251.")


def test_the_examples_of_the_literature() -> None:
    assert alpha_of(TWO) == pytest.approx(0.095, abs=0.0005)
    assert alpha_of(FOUR) == pytest.approx(0.743, abs=0.0005)


def test_an_example_by_hand() -> None:
    # Three units of two: (1, 1), (1, 2), (2, 2). Values: three of each. D_o = 2 / 6; D_e = (36 - 18) / (6 * 5) = .6.
    assert alpha_of(units(A="112", B="122")) == pytest.approx(1 - (2 / 6) / 0.6)
    # One of three says otherwise: pairs in the unit 3 * 2, unlike ones 4, each by m - 1 = 2; beside it one full agreement.
    judged = units(A="12", B="12", C="22")
    assert alpha_of(judged) == pytest.approx(1 - (4 / 2 / 6) / ((36 - 16 - 4) / 30))


def test_what_is_counted() -> None:
    found = agreement_of(FOUR)
    assert (found.units, found.people, found.pairs, found.agreeing) == (11, 4, 55, 43)
    assert found.percent == pytest.approx(43 / 55)
    assert found.percent_interval is not None
    assert found.percent_interval.low < 43 / 55 < found.percent_interval.high
    assert found.alpha_interval is not None
    assert found.alpha is not None
    assert found.alpha_interval.low < found.alpha < found.alpha_interval.high


def test_nothing_in_common_says_nothing() -> None:
    for judged in ([], [{}], [{"A": 1}, {"B": 2}]):
        found = agreement_of(judged)
        assert (found.units, found.people, found.pairs) == (0, 0, 0)
        assert (found.percent, found.percent_interval, found.alpha, found.alpha_interval) == (None, None, None, None)
        assert pairs_of(judged) == {}


def test_one_value_throughout_has_no_alpha_but_full_agreement() -> None:
    found = agreement_of(units(A="1" * 20, B="1" * 20))
    assert (found.percent, found.alpha, found.alpha_interval) == (1.0, None, None)
    assert found.percent_interval is not None
    assert 0.8 < found.percent_interval.low < found.percent_interval.high == 1


def test_full_agreement_is_not_certain() -> None:
    found = agreement_of(units(A="10" * 10, B="10" * 10))
    assert found.alpha == 1
    assert found.alpha_interval is not None
    assert 0.5 < found.alpha_interval.low < 0.8
    assert found.alpha_interval.high == 1


def test_few_units_have_no_interval() -> None:
    assert agreement_of(TWO[: LEAST_UNITS - 1]).alpha_interval is None
    assert agreement_of(TWO[:LEAST_UNITS]).alpha_interval is not None


def test_the_interval_is_about_that_of_drawing_the_units_again() -> None:
    chance = random.Random(3)
    judged = [
        {"A": (true := chance.random() < 0.4), "B": true if chance.random() < 0.85 else not true} for _ in range(150)
    ]
    drawn = sorted(alpha_of(chance.choices(judged, k=len(judged))) or 0.0 for _ in range(400))
    found = agreement_of(judged).alpha_interval
    assert found is not None
    assert found.low == pytest.approx(drawn[10], abs=0.05)
    assert found.high == pytest.approx(drawn[389], abs=0.05)


def test_each_two_people() -> None:
    found = pairs_of(FOUR)
    assert list(found) == [("A", "B"), ("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"), ("C", "D")]
    assert (found["A", "B"].units, found["A", "B"].agreeing) == (9, 8)
    assert found["A", "B"].people == 2
    assert pairs_of(TWO)["A", "B"].alpha == alpha_of(TWO)


@given(st.lists(st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 2), max_size=4), max_size=30))
def test_whatever_is_said(judged: list[Unit]) -> None:
    found = agreement_of(judged)
    assert found.agreeing <= found.pairs
    assert found.units <= len(judged)
    if found.alpha is not None:
        assert found.alpha <= 1
        assert (found.alpha == 1) == (found.agreeing == found.pairs)
    # Who is who, and what the values are called, makes no difference.
    renamed = [{who.lower(): 9 - value for who, value in unit.items()} for unit in reversed(judged)]
    assert agreement_of(renamed).alpha == pytest.approx(found.alpha)
