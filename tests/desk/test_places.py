"""Finding words again in a text that changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paraph.desk.places import CONTEXT_CHARS, find, place_of, selector_of
from paraph.model import text_hash

TEXT = "The pact was signed. Nobody spoke of the other pact. The pact of 1999 is dead."


def at(text: str, words: str, nth: int = 0) -> tuple[str, int, int]:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return text_hash(text), start, start + len(words)


def test_a_selector_has_its_surroundings() -> None:
    _, start, end = at(TEXT, "pact", 1)
    selector = selector_of(TEXT, start, end)
    assert (selector.exact, selector.text_hash) == ("pact", text_hash(TEXT))
    assert TEXT[start - CONTEXT_CHARS : start] == selector.prefix
    assert TEXT[end : end + CONTEXT_CHARS] == selector.suffix
    assert selector_of(TEXT, 0, 3).prefix == ""


def test_words_are_found_among_their_like_by_what_stands_around_them() -> None:
    _, start, end = at(TEXT, "pact", 1)
    selector = selector_of(TEXT, start, end)
    edited = f"Update: the pact, the pact! {TEXT}"
    spans = [at(edited, "pact", n) for n in range(5)]
    assert find(selector, spans, {text_hash(edited): edited}) == 3
    assert find(selector, [], {}) is None
    assert place_of(selector, "nothing of it", "x") is None


def test_an_anchor_with_a_word_more_is_the_same_and_the_best_overlap_wins() -> None:
    _, start, end = at(TEXT, "the other pact")
    selector = selector_of(TEXT, start, end)
    texts = {text_hash(TEXT): TEXT}
    spans = [at(TEXT, "pact", 0), at(TEXT, "of the other pact"), at(TEXT, "other pact"), at(TEXT, "Nobody")]
    assert find(selector, spans, texts) == 1
    assert find(selector, [spans[0], spans[3]], texts) is None
    assert find(selector, [at(TEXT, "Nobody spoke of the")], texts) is None  # less than half of either


def test_reworded_anchors_are_found_by_their_words() -> None:
    old = "They weigh an agreement on electric ferries for the north."
    new = "They weigh an agreement about electric ferries for the north, and a loan."
    selector = selector_of(old, *at(old, "agreement on electric ferries")[1:])
    spans = [at(new, "loan"), at(new, "agreement about electric ferries")]
    assert find(selector, spans, {text_hash(new): new}) == 1
    assert find(selector, spans[:1], {text_hash(new): new}) is None


def test_the_text_that_it_was_decided_in_comes_first() -> None:
    other = f"{TEXT} "
    _, start, end = at(TEXT, "pact", 1)
    spans = [at(other, "pact", 1), at(TEXT, "pact", 1)]
    texts = {text_hash(TEXT): TEXT, text_hash(other): other}
    assert find(selector_of(TEXT, start, end), spans, texts) == 1


def test_words_that_stand_very_often_take_no_long_time() -> None:
    text = "a" * 200_000
    selector = selector_of("b" + text, 100, 101)
    assert find(selector, [(text_hash(text), 99, 100)], {text_hash(text): text}) in (0, None)


@given(st.text(max_size=60), st.text(min_size=1, max_size=20), st.text(max_size=60), st.text(max_size=30))
def test_whatever_stands_there_is_found_in_its_own_and_in_a_longer_text(
    before: str, words: str, after: str, more: str
) -> None:
    text = before + words + after
    span = (len(before), len(before) + len(words))
    selector = selector_of(text, *span)
    assert place_of(selector, text, text_hash(text)) == span
    assert find(selector, [(text_hash(text), *span)], {text_hash(text): text}) == 0
    longer = text + more
    found = place_of(selector, longer, "other")
    assert found is not None
    assert longer[slice(*found)] == words
