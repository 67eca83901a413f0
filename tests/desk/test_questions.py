"""Urgency and its words: what is in doubt and what hangs on it, as numbers that go the right way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.desk.questions import (
    CLEAR,
    LEAST_ANSWERS,
    LEAST_DOUBT,
    NEAR_DAYS,
    PAUSE,
    SPREAD,
    SURPRISE,
    Circumstances,
    closeness,
    doubt_of_link,
    doubt_of_signal,
    doubt_of_verdict,
    drawn,
    pace,
    spread,
    urgency_of,
    why_of,
)
from paraph.link import THRESHOLD
from paraph.model import Authority, Outcome, Stage

shares = st.floats(0, 1)
abouts = st.builds(
    Circumstances,
    stage=st.sampled_from(Stage),
    authority=st.sampled_from(Authority),
    voices=st.none() | st.integers(0, 5),
    evidence=st.booleans(),
    near=st.none() | st.just("Oslo"),
    days=st.integers(-40, 40),
    only=st.booleans(),
)


@pytest.mark.parametrize(("confidence", "doubt"), [(0.5, 1), (0, 0), (1, 0), (0.75, 0.5), (0.25, 0.5)])
def test_a_signal_is_in_doubt_at_even_odds(confidence: float, doubt: float) -> None:
    assert doubt_of_signal(confidence) == doubt


@pytest.mark.parametrize(
    ("score", "doubt"), [(THRESHOLD, 1), (0.0, 1), (THRESHOLD + CLEAR, 0), (1, 0), (THRESHOLD + CLEAR / 2, 0.5)]
)
def test_a_link_is_in_doubt_near_the_bar(score: float, doubt: float) -> None:
    assert doubt_of_link(score) == pytest.approx(doubt)


@pytest.mark.parametrize(
    ("outcome", "confidence", "hinted", "doubt"),
    [
        (Outcome.SIGNED, 1.0, False, 0),
        (Outcome.SIGNED, 0.75, True, 0.5),
        (Outcome.REFUSED, 0.5, False, 1),
        (Outcome.AGREED, 0.1, False, 1),
        (Outcome.ABSENT, 0.0, True, 0),  # nothing came in yet: a guess
        (Outcome.ABSENT, 1.0, False, 0),
        (Outcome.ABSENT, 1.0, True, SURPRISE),
        (Outcome.ABSENT, 0.8, False, 0.5),
        (Outcome.ABSENT, 0.6, True, 1),
        (Outcome.ABSENT, 0.2, False, 1),
    ],
)
def test_a_verdict_is_in_doubt_where_little_or_nothing_shows_it(
    outcome: Outcome, confidence: float, hinted: bool, doubt: float
) -> None:
    assert doubt_of_verdict(outcome, confidence, hinted) == pytest.approx(doubt)


@given(shares, shares, abouts)
def test_more_doubt_is_never_less_urgent(one: float, other: float, about: Circumstances) -> None:
    low, high = sorted((one, other))
    assert 0 < urgency_of(low, about) <= urgency_of(high, about)
    assert urgency_of(0.0, about) == urgency_of(LEAST_DOUBT, about)


def test_each_circumstance_counts_as_the_formula_says() -> None:
    plain = Circumstances(Stage.TALKS, voices=3)
    assert urgency_of(1, plain) == 1
    assert urgency_of(1, Circumstances(Stage.TALKS)) == 1
    for about, factor in (
        (Circumstances(Stage.SIGNED, voices=3), 2.0),
        (Circumstances(Stage.IDEA, voices=3), 0.8),
        (Circumstances(Stage.TALKS, voices=1), 1.5),
        (Circumstances(Stage.TALKS, voices=2), 1.2),
        (Circumstances(Stage.TALKS, voices=3, evidence=True), 2.0),
        (Circumstances(Stage.TALKS, voices=3, near="Oslo"), 2.0),
        (Circumstances(Stage.TALKS, voices=3, near="Oslo", days=-NEAR_DAYS // 2), 1.5),
        (Circumstances(Stage.TALKS, Authority.OUTCOME_LIST, voices=3), 1.3),
        (Circumstances(Stage.TALKS, Authority.SPOKESPERSON, voices=3), 1.15),
        (
            Circumstances(Stage.SIGNED, Authority.SIGNED_TEXT, voices=1, evidence=True, near="Oslo"),
            2 * 1.3 * 1.5 * 2 * 2,
        ),
    ):
        assert urgency_of(1, about) == pytest.approx(factor)
        assert urgency_of(0.5, about) == pytest.approx(factor / 2)


def test_an_occasion_counts_less_with_every_day() -> None:
    assert closeness(0) == 2
    assert closeness(NEAR_DAYS) == closeness(-NEAR_DAYS) == closeness(NEAR_DAYS + 1) == 1
    assert 2 > closeness(1) == closeness(-1) > closeness(2) > 1


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (Circumstances(Stage.TALKS, voices=3), "it is .52"),
        (Circumstances(Stage.TALKS), "it is .52"),
        (Circumstances(Stage.TALKS, voices=1), "it is .52, and the deal has one voice"),
        (Circumstances(Stage.IN_FORCE, voices=1, only=True), "it is .52, and it is the deal's only word for in force"),
        (
            Circumstances(Stage.SIGNED, Authority.JOINT_STATEMENT, 3, True, "Oslo", 2),
            "it is .52, a verdict rests on it, it stands in a joint statement, and “Oslo” ended 2 days ago",
        ),
    ],
)
def test_it_says_why(about: Circumstances, told: str) -> None:
    assert why_of("it is .52", about) == told


def test_lots_are_fair_and_always_the_same() -> None:
    found = [drawn("Ana", str(n)) for n in range(2_000)]
    assert found == [drawn("Ana", str(n)) for n in range(2_000)]
    assert all(0 <= each < 1 for each in found)
    assert 0.47 < sum(found) / len(found) < 0.53
    assert drawn("a", "b") != drawn("ab") != drawn("b", "a")
    assert 0 <= drawn("half \ud800") < 1
    assert all(abs(spread(2.0, str(n), "Ana") - 2.0) <= SPREAD for n in range(200))


BEGIN = datetime(2025, 3, 5, 12, tzinfo=UTC)


def test_pauses_are_no_work() -> None:
    steady = [BEGIN + timedelta(seconds=12 * n) for n in range(31)]
    assert pace(steady) == (pytest.approx(0.1), pytest.approx(300))
    assert pace(reversed(steady)) == pace(steady)
    later = [each + timedelta(hours=3) for each in steady]
    hours, per_hour = pace([*steady, *later])
    assert (hours, per_hour) == (pytest.approx(0.2), pytest.approx(300))
    assert pace([BEGIN, BEGIN + PAUSE])[0] == pytest.approx(PAUSE / timedelta(hours=1))
    assert pace([BEGIN, BEGIN + PAUSE + timedelta(microseconds=1)]) == (0, None)


def test_too_few_answers_make_no_pace() -> None:
    times = [BEGIN + timedelta(seconds=n) for n in range(LEAST_ANSWERS)]
    assert pace(times)[1] == pytest.approx(3_600)
    assert pace(times[:-1])[1] is None
    assert pace([]) == (0, None)
    assert pace([BEGIN] * 20) == (0, None)
