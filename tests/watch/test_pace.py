"""When a feed is asked again: jitter, doubling, caps, and what a server says itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.watch.pace import JITTER, LONGEST_WAIT, after_failure, after_success, retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(days=1)


def test_a_feed_that_answers_is_asked_after_its_time_a_tenth_more_or_less() -> None:
    assert after_success(NOW, HALF_HOUR, 0.5) == NOW + HALF_HOUR
    assert after_success(NOW, HALF_HOUR, 0.0) == NOW + timedelta(minutes=27)
    assert after_success(NOW, HALF_HOUR, 1.0) == NOW + timedelta(minutes=33)


def test_failures_double_the_wait_up_to_the_cap() -> None:
    waits = [after_failure(NOW, n, HALF_HOUR, DAY, 0.5) - NOW for n in range(1, 10)]
    assert waits == [HALF_HOUR * 2**n for n in range(6)] + [DAY] * 3
    assert after_failure(NOW, 10**9, HALF_HOUR, DAY, 0.5) == NOW + DAY
    assert after_failure(NOW, 0, HALF_HOUR, DAY, 0.5) == NOW + HALF_HOUR


def test_a_cap_below_the_usual_time_does_not_make_an_ill_feed_be_asked_more_often() -> None:
    assert after_failure(NOW, 5, HALF_HOUR, timedelta(minutes=6), 0.5) == NOW + HALF_HOUR


@given(st.integers(0, 10_000), st.floats(0, 1), st.integers(1, 100_000), st.floats(0.1, 720))
def test_no_wait_is_shorter_than_the_usual_one_or_longer_than_the_cap(
    failures: int, chance: float, minutes: int, hours: float
) -> None:
    every, most = timedelta(minutes=minutes), timedelta(hours=hours)
    wait = after_failure(NOW, failures, every, most, chance) - NOW
    assert every * (1 - JITTER) <= wait + timedelta(seconds=1)
    assert wait <= max(every, most) * (1 + JITTER) + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600),
        ("Sun, 01 Mar 2026 14:10:00 +0200", 600),
        ("Sun, 01 Mar 2026 12:10:00", 600),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("99999999999999999999", LONGEST_WAIT.total_seconds()),
        ("Fri, 01 Mar 2999 12:00:00 GMT", LONGEST_WAIT.total_seconds()),
    ],
)
def test_the_server_says_when(value: str, seconds: float) -> None:
    assert retry_after(value, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "-5", "1.5", "٣", "²", "99 Foo 2026 99:99:99 GMT", "\x00"],
)
def test_what_names_no_time_names_none(value: str | None) -> None:
    assert retry_after(value, NOW) is None


@given(st.text(max_size=60))
def test_any_header_is_taken(value: str) -> None:
    when = retry_after(value, NOW)
    assert when is None or NOW <= when <= NOW + LONGEST_WAIT
