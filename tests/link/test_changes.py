"""What an update of a text changed, sentence by sentence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paraph.link.changes import Changes, changes

TEXT = (
    "Ruritania and Freedonia will sign a canal treaty on Friday, an official said. A purchase of patrol boats could be "
    "announced.\n\nThe deal on tolls has been agreed. The deal on boats is not “finalised”, Ada Lorne said."
)


def test_sentences_that_went_and_came() -> None:
    new = TEXT.replace(" A purchase of patrol boats could be announced.", "").replace("not “finalised”", "finalised")
    assert changes(TEXT, new) == Changes(
        gone=(
            "A purchase of patrol boats could be announced.",
            "The deal on boats is not “finalised”, Ada Lorne said.",
        ),
        came=("The deal on boats is finalised, Ada Lorne said.",),
    )


def test_what_only_moved_or_was_set_anew_has_not_changed() -> None:
    first, second = TEXT.split("\n\n")
    same = changes(TEXT, second.replace("“", '"').replace("”", '"') + "\n\n" + first.upper().replace(" ", "  "))
    assert not same
    assert same == Changes((), ())


def test_a_sentence_that_stood_twice_and_stands_once_has_gone_once() -> None:
    assert changes("It is signed. It is signed.", "It is signed.").gone == ("It is signed.",)
    assert changes("", "It is signed.").came == ("It is signed.",)


@given(st.text(alphabet="ab. \n“", max_size=60), st.text(alphabet="ab. \n“", max_size=60))
def test_there_and_back_is_the_same_turned_round(old: str, new: str) -> None:
    there, back = changes(old, new), changes(new, old)
    assert (there.gone, there.came) == (back.came, back.gone)
    assert not changes(old, old)
