"""Whose turn it is: one job a host at a time, a gap between two, the first ready first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from paraph.watch.turns import Turns

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GAP = timedelta(seconds=2)


def test_one_host_gets_one_job_at_a_time_and_then_a_gap() -> None:
    turns: Turns[int] = Turns()
    for n in range(3):
        turns.put("a", n)
    assert turns.take(NOW) == ("a", 0)
    assert turns.take(NOW) is None
    assert turns.next_ready() is None
    assert (len(turns), turns.busy) == (2, 1)
    turns.done("a", NOW + GAP)
    assert turns.next_ready() == NOW + GAP
    assert turns.take(NOW + GAP / 2) is None
    assert turns.take(NOW + GAP) == ("a", 1)
    turns.put("a", 9, first=True)
    turns.done("a", NOW)  # not earlier than it was told before
    assert turns.next_ready() == NOW + GAP
    assert turns.take(NOW + GAP) == ("a", 9)


def test_hosts_do_not_wait_for_each_other() -> None:
    turns: Turns[str] = Turns()
    turns.put("a", "a1")
    turns.put("b", "b1")
    turns.put("a", "a2")
    assert [turns.take(NOW), turns.take(NOW), turns.take(NOW)] == [("a", "a1"), ("b", "b1"), None]
    turns.done("a", NOW + GAP)
    turns.done("b", NOW)
    turns.put("b", "b2")
    assert turns.take(NOW) == ("b", "b2")
    assert turns.next_ready() == NOW + GAP


def test_a_host_that_is_held_waits_and_stays_held() -> None:
    turns: Turns[str] = Turns()
    turns.put("a", "a1")
    turns.hold("a", NOW + GAP)
    turns.hold("a", NOW)
    turns.hold("b", NOW + GAP)
    turns.put("b", "b1")
    assert turns.take(NOW) is None
    assert turns.next_ready() == turns.ready("a") == turns.ready("b") == NOW + GAP
    assert turns.take(NOW + GAP) == ("a", "a1")
    turns.hold("b", NOW + 2 * GAP)
    assert turns.next_ready() == NOW + 2 * GAP


def test_what_waits_can_be_taken_out_and_the_gap_stays_known() -> None:
    turns: Turns[str] = Turns()
    turns.put("a", "a1")
    turns.put("a", "a2")
    assert turns.take(NOW)
    turns.hold("a", NOW + GAP)
    assert turns.clear() == [(NOW + GAP, "a2")]
    assert (len(turns), turns.busy, turns.next_ready()) == (0, 0, None)
    turns.put("a", "a3")
    assert turns.take(NOW) is None
    assert turns.take(NOW + GAP) == ("a", "a3")


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=60), st.integers(1, 4))
def test_every_job_gets_its_turn_once_and_no_host_is_pressed(jobs: list[tuple[int, bool]], at_once: int) -> None:
    turns: Turns[int] = Turns()
    for n, (host, first) in enumerate(jobs):
        turns.put(f"h{host}", n, first=first)
    now, done, last = NOW, [], {}
    busy: list[tuple[str, int]] = []
    while len(done) < len(jobs):
        while len(busy) < at_once and (turn := turns.take(now)):
            host, job = turn
            assert host not in dict(busy)
            assert now >= last.get(host, now)
            busy.append((host, job))
        if busy:
            host, job = busy.pop(0)
            last[host] = now + GAP
            turns.done(host, now + GAP)
            done.append(job)
        else:
            ready = turns.next_ready()
            assert ready is not None
            assert ready > now
            now = ready
    assert sorted(done) == list(range(len(jobs)))
    assert turns.take(now + GAP) is None
