"""Who meets whom: the same as looking at every pair, without doing so."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.corpus import meeting
from paraph.corpus.meeting import Holders, Rule, meetings

# Key, day, kind, home of each holder.
ROWS = st.lists(st.tuples(st.integers(-2, 1), st.integers(0, 6), st.integers(0, 2), st.integers(0, 2)), max_size=25)


def holders(rows: list[tuple[int, int, int, int]], window: int) -> Holders:
    """Return the holders, ranked by their days; a key that one item holds twice is one of two items here."""
    ranked = sorted(rows, key=lambda row: row[1])
    key, day, kind, home = (np.array(values, np.int64) for values in zip(*ranked, strict=True))
    return Holders(key, np.arange(len(ranked)), day, kind, home, np.full(len(ranked), window))


def met(found: Holders, bucket: int, rule: Rule) -> list[tuple[int, int]]:
    return [
        (later, earlier)
        for some, others in meetings(found, bucket, rule)
        for later, earlier in zip(some.tolist(), others.tolist(), strict=True)
    ]


def wanted(found: Holders, bucket: int, rule: Rule) -> set[tuple[int, int]]:
    """Return the pairs by the words of the docstring, one item at a time."""
    pairs = set()
    for at, key in enumerate(found.key.tolist()):
        near = [n for n in range(at) if found.key[n] == key][-bucket:]
        near = [n for n in near if found.day[at] - found.day[n] <= found.window[at]]
        again = any(found.kind[n] == found.kind[at] for n in near)
        if rule is not Rule.ALL and again != (rule is Rule.AGAIN):
            continue
        others = [n for n in near if rule is not Rule.ALL or found.home[n] != found.home[at]]
        by_kind = sorted(others, key=lambda n: (found.kind[n], n))
        pairs |= {(at, next(group)) for _, group in groupby(by_kind, key=lambda n: found.kind[n])}
        pairs |= {(at, n) for n in set(near) - set(others)}
    return pairs


@given(ROWS.filter(len), st.integers(0, 7), st.sampled_from([1, 2, 3, 100]), st.sampled_from(list(Rule)))
def test_all_that_should_meet_do_and_no_others(
    rows: list[tuple[int, int, int, int]], window: int, bucket: int, rule: Rule
) -> None:
    found = holders(rows, window)
    assert set(met(found, bucket, rule)) == wanted(found, bucket, rule)


@given(ROWS.filter(len), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[int, int, int, int]], chance) -> None:
    found = holders(rows, 3)
    order = list(range(len(rows)))
    chance.shuffle(order)
    mixed = Holders(*(getattr(found, name)[order] for name in Holders.__slots__))
    assert met(mixed, 2, Rule.ALL) == met(found, 2, Rule.ALL)


def test_nobody_meets_nobody() -> None:
    nothing = np.zeros(0, np.int64)
    assert met(Holders(*[nothing] * 6), 5, Rule.ALL) == []


@pytest.mark.parametrize("at_once", [1, 7, 4_000_000])
def test_what_is_held_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    found = holders([(n % 3, n // 4, n % 5, n % 7) for n in range(60)], 4)
    monkeypatch.setattr(meeting, "_AT_ONCE", at_once)
    some = list(meetings(found, 50, Rule.ALL))
    assert {pair for later, earlier in some for pair in zip(later, earlier, strict=True)} == wanted(found, 50, Rule.ALL)
    assert all(len(later) <= max(at_once, 60) for later, _ in some)


def test_of_one_key_the_longest_window_counts() -> None:
    found = Holders(
        key=np.array([7, 7]),
        rank=np.array([0, 1]),
        day=np.array([1, 5]),
        kind=np.array([1, 2]),
        home=np.array([1, 2]),
        window=np.array([4, 0]),
    )
    assert met(found, 9, Rule.ALL) == [(1, 0)]


def test_a_text_printed_again_and_again_takes_one_meeting_each(stopwatch) -> None:
    size = 200_000
    rows = Holders(
        key=np.zeros(size, np.int64),
        rank=np.arange(size),
        day=np.arange(size) // 1_000,
        kind=np.zeros(size, np.int64),
        home=np.arange(size),
        window=np.full(size, 30),
    )
    with stopwatch(2):
        pairs = met(rows, size, Rule.AGAIN)
    assert len(pairs) == size - 1
    assert met(rows, size, Rule.FIRST) == []
    assert {earlier for later, earlier in pairs if later < 31_000} == {0}
    assert max(pairs) == (size - 1, 169_000)
