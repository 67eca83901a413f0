"""Answers that are kept: worked out by one of those who ask at once, again after a change, and again after a fault."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from paraph.desk import Desk
from paraph.desk.once import once
from samples import note, report

ASKING = 6


def ask_at_once(desk: Desk, answer: Callable[[], int]) -> list[object]:
    """Have several threads ask one question; return what each got, answers and faults."""
    got: list[object] = []
    ready = threading.Barrier(ASKING)

    def ask() -> None:
        with desk.look() as connection:
            ready.wait(30)
            try:
                got.append(once(connection, ("a test",), answer))
            except ArithmeticError as error:
                got.append(error)

    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return got


def test_of_those_who_ask_at_once_one_works_it_out(desk: Desk) -> None:
    desk.add(report())
    worked = []

    def answer() -> int:
        worked.append(threading.get_ident())
        threading.Event().wait(0.05)  # while the others come to ask as well
        return 7

    assert ask_at_once(desk, answer) == [7] * ASKING
    assert len(worked) == 1
    desk.add(note())
    with desk.look() as connection:
        assert once(connection, ("a test",), lambda: 8) == 8
        assert once(connection, ("a test",), lambda: pytest.fail("it is kept")) == 8


def test_a_fault_is_that_of_who_met_it_and_the_next_tries_again(desk: Desk) -> None:
    desk.add(report())
    tries = []

    def answer() -> int:
        tries.append(1)
        if len(tries) == 1:
            threading.Event().wait(0.05)
            raise ArithmeticError("once")
        return 7

    got = ask_at_once(desk, answer)
    assert sorted(map(str, got)) == ["7"] * (ASKING - 1) + ["once"]
    assert len(tries) == 2
