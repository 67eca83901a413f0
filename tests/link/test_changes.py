"""Words found again in an edited text, and what an update changed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.link.changes import CONTEXT_CHARS, Changes, changes, locate, selector_of
from paraph.model import Selector, text_hash

TEXT = (
    "Ruritania and Freedonia will sign a canal treaty on Friday, an official said. A purchase of patrol boats could be "
    "announced.\n\nThe deal on tolls has been agreed. The deal on boats is not finalised, Ada Lorne said."
)


def selector(words: str, text: str = TEXT, nth: int = 0) -> Selector:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return selector_of(text, start, start + len(words))


def found(words: str, new: str, old: str = TEXT, nth: int = 0) -> str | None:
    place = locate(selector(words, old, nth), new)
    return None if place is None else new[place[0] : place[1]]


def test_a_selector_holds_words_and_neighbourhood() -> None:
    made = selector("patrol boats")
    assert made.exact == "patrol boats"
    assert made.prefix == TEXT[made.start - CONTEXT_CHARS : made.start]
    assert made.suffix == TEXT[made.end : made.end + CONTEXT_CHARS]
    assert made.text_hash == text_hash(TEXT)
    assert selector_of("ab", 0, 2) == Selector("ab", "", "", 0, 2, text_hash("ab"))


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 1), (0, 3)])
def test_offsets_outside_of_the_text_are_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="is no piece of a text of 2 code points"):
        selector_of("ab", start, end)


def test_in_the_same_text_the_same_place() -> None:
    for nth in (0, 1):
        made = selector("The deal", nth=nth)
        assert locate(made, TEXT) == (made.start, made.end)
        assert locate(made, TEXT, hash=text_hash(TEXT)) == (made.start, made.end)


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("patrol boats", "UPDATE\n" + TEXT),
        ("patrol boats", TEXT.replace("A purchase of", "The long-awaited purchase of").replace("could be", "was")),
        ("canal treaty", TEXT.split("\n\n")[0]),
        ("will sign a canal treaty", "So they\nwill sign  a canal\u00a0treaty after all."),
    ],
)
def test_words_are_found_in_an_edited_text(words: str, new: str) -> None:
    assert " ".join((found(words, new) or "").split()) == words


def test_of_several_places_the_one_with_the_old_neighbourhood() -> None:
    turned = "The deal on boats is not finalised, Ada Lorne said. The deal on tolls has been agreed."
    assert locate(selector("The deal", nth=0), turned) == (52, 60)
    assert locate(selector("The deal", nth=1), turned) == (0, 8)


def test_of_equal_places_the_nearest() -> None:
    old = "a gas deal now; " * 3
    new = "! " + "a gas deal now; " * 5
    assert locate(selector("gas deal", old, nth=1), new) == (20, 28)


def test_of_equally_near_places_the_first() -> None:
    made = Selector("gas deal", "", "", 10, 18, "")
    assert locate(made, "gas deal, ......... gas deal") == (0, 8)


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("patrol boats", ""),
        ("patrol boats", TEXT.replace("patrol boats", "frigates")),
        ("patrol boats", "The patrol, boats"),
        ("patrol boats", "patrolboats"),
        ("The deal", "Nothing was agreed. The dealer lost. The deals too."),
        # The same two words in a sentence of its own are other words.
        ("patrol boats", "Fishermen fear that no patrol boats come in winter."),
    ],
)
def test_words_that_went_are_not_found(words: str, new: str) -> None:
    assert found(words, new) is None


def test_many_words_are_found_without_their_neighbourhood() -> None:
    assert found("will sign a canal treaty", "Nobody knows who will sign a canal treaty, ever.") is not None


def test_words_that_were_the_whole_text_have_no_neighbourhood() -> None:
    assert locate(selector_of("Gas deal", 0, 8), "Big Gas deal!") == (4, 12)


def test_signs_of_an_editing_system_make_no_difference() -> None:
    old = 'He called it "the people\'s treaty" - and signed.'
    new = "He called it “the people’s treaty” — and signed."
    assert found('"the people\'s treaty" -', new, old) == "“the people’s treaty” —"


def test_nothing_is_found_nowhere() -> None:
    assert locate(selector_of(TEXT, 3, 3), "x" + TEXT) is None
    assert locate(selector("\n\n"), TEXT + "\n\n") is None


def test_words_that_stand_ten_thousand_times_are_found_soon() -> None:
    new = "the gas deal stands. " * 50_000
    begun = time.process_time()
    assert found("gas deal", new, "the gas deal stands. ") is not None
    assert locate(Selector("a" * 50, "", "", 0, 50, ""), "a" * 100_000) is None
    assert time.process_time() - begun < 3


@given(st.text(max_size=60), st.data())
def test_any_piece_of_any_text_is_found_where_it_stood(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert locate(selector_of(text, start, end), text) == (start, end)


@given(st.text(alphabet="ab '’\n", max_size=30), st.text(alphabet="ab '’\n", max_size=30), st.data())
def test_what_is_found_are_the_words(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    place = locate(selector_of(old, start, end), new)
    if place is not None and old != new:
        level = new[place[0] : place[1]].replace("’", "'").split()
        assert level == old[start:end].replace("’", "'").split()
        assert level


def test_sentences_that_went_and_came() -> None:
    new = TEXT.replace(" A purchase of patrol boats could be announced.", "").replace("not finalised", "finalised")
    assert changes(TEXT, new) == Changes(
        gone=("A purchase of patrol boats could be announced.", "The deal on boats is not finalised, Ada Lorne said."),
        came=("The deal on boats is finalised, Ada Lorne said.",),
    )


def test_what_only_moved_or_was_set_anew_has_not_changed() -> None:
    first, second = TEXT.split("\n\n")
    same = changes(TEXT, second + "\n\n" + first.upper().replace(" ", "  "))
    assert not same
    assert same == Changes((), ())


def test_a_sentence_that_stood_twice_and_stands_once_has_gone_once() -> None:
    assert changes("It is signed. It is signed.", "It is signed.").gone == ("It is signed.",)
    assert changes("", "It is signed.").came == ("It is signed.",)
