"""What changed between two texts: both come out again, and it is bounded."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.web import changes as room
from paraph.web.changes import Change, changes, folded

TEXTS = st.lists(
    st.sampled_from(["rail ", "port ", "gas", "\n", " ", "a\u2028", "é", "\r\n", "1.5 billion "]), max_size=30
).map("".join)


@given(TEXTS, TEXTS)
def test_both_texts_come_out_again(old: str, new: str) -> None:
    found = changes(old, new)
    assert "".join(each.text for each in found if each.what != "new") == old
    assert "".join(each.text for each in found if each.what != "gone") == new
    assert all(each.text for each in found)


@given(TEXTS)
def test_of_one_text_nothing_changed(text: str) -> None:
    assert changes(text, text) == ([Change("same", text)] if text else [])


def test_whole_words_change() -> None:
    old = "The ministers will sign the contract in May.\nIt is worth 2 billion.\n"
    new = "The ministers may sign the contract in March.\nIt is worth 2 billion.\n"
    assert changes(old, new) == [
        Change("same", "The ministers "),
        Change("gone", "will "),
        Change("new", "may "),
        Change("same", "sign the contract in "),
        Change("gone", "May."),
        Change("new", "March."),
        Change("same", "\nIt is worth 2 billion.\n"),
    ]


def test_a_line_that_is_put_in_changes_no_other() -> None:
    assert changes("- rail\n- ports\n", "- rail\n- ferries\n- ports\n") == [
        Change("same", "- rail\n- "),
        Change("new", "ferries\n- "),
        Change("same", "ports\n"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 200_000, "b " + "a " * 199_990 + "c "),
        ("a\n" * 5_000, "b\n" + "a\n" * 4_000 + "c\n"),
        ("\n".join(map(str, range(1_900))), "\n".join(map(str, range(1_900, 0, -1)))),
        ("x" * 3_000_000, "y" + "x" * 3_000_000 + "z"),
    ],
    ids=["words", "lines", "turned", "letters"],
)
def test_long_texts_are_compared_in_time(old: str, new: str) -> None:
    began = time.perf_counter()
    found = changes(old, new)
    assert time.perf_counter() - began < 5
    assert "".join(each.text for each in found if each.what != "gone") == new


def test_texts_made_of_few_words_are_compared_in_time() -> None:
    chance = random.Random(7)
    old = "\n".join(" ".join(chance.choice("ab") for _ in range(700)) for _ in range(20))
    new = "\n".join(" ".join(chance.choice("ab") for _ in range(700)) for _ in range(20))
    began = time.perf_counter()
    found = changes(old, new)
    assert time.perf_counter() - began < 5
    assert "".join(each.text for each in found if each.what != "new") == old


def test_what_did_not_change_is_folded() -> None:
    long = "word " * 400
    found = folded(changes(f"{long}old {long}", f"{long}new {long}"), 100_000)
    near = room.NEAR_CHARS
    assert [each.what for each in found] == ["more", "same", "gone", "new", "same", "more"]
    assert found[0].text == f"{2000 - near:,} letters unchanged"
    assert found[1].text == long[-near:]
    assert found[4].text == (" " + long)[:near]


def test_a_text_that_did_not_change_is_shown_whole_up_to_a_limit() -> None:
    long = "word " * 400
    assert folded(changes(long, long), 5_000) == [Change("same", long)]
    assert folded(changes(long, long), 100) == [Change("same", long[:100]), Change("more", "1,900 letters more")]


def test_of_many_changes_the_first_are_shown() -> None:
    found = [Change("gone", "a" * 60), Change("new", "b" * 60), Change("same", "c" * 30)]
    assert folded(found, 80) == [Change("gone", "a" * 60), Change("new", "b" * 20), Change("more", "70 letters more")]
    assert folded(found, 60) == [Change("gone", "a" * 60), Change("more", "90 letters more")]
    assert folded([], 10) == []
