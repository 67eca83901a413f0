"""The lexicon of cues: how its table is read and how phrases are found."""

import pytest

from paraph.extract.lexicon import Mark, inflect, lexicon, parse
from paraph.extract.tokens import tokenize

TABLE = """
# a comment

[talks]
talk+, under discussion,
[signed]
sign+, discussion,
[negation]
not, not yet
"""


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("sign", ("sign", "signs", "signed", "signing")),
        ("finalise", ("finalise", "finalises", "finalised", "finalising")),
        ("ratify", ("ratify", "ratifies", "ratified", "ratifying")),
        ("delay", ("delay", "delays", "delayed", "delaying")),
        ("reach", ("reach", "reaches", "reached", "reaching")),
        ("stop", ("stop", "stops", "stopped", "stopping")),
        ("commit", ("commit", "commits", "committed", "committing")),
        ("open", ("open", "opens", "opened", "opening")),
        ("fix", ("fix", "fixes", "fixed", "fixing")),
    ],
)
def test_regular_verbs_are_inflected(verb, forms):
    assert inflect(verb) == forms


def test_a_plus_stands_for_all_regular_forms_and_empty_entries_for_nothing():
    found = parse(TABLE).find(tokenize("They talked and talk of signing it"))
    assert [(mark.first, mark.classes) for mark in found] == [(1, ("talks",)), (3, ("talks",)), (5, ("signed",))]


def test_a_phrase_hides_its_words_in_its_own_class_only():
    assert parse(TABLE).find(tokenize("under discussion")) == [Mark(0, 1, ("talks",)), Mark(1, 1, ("signed",))]


def test_the_longest_phrase_wins_within_a_class():
    assert parse(TABLE).find(tokenize("not yet")) == [Mark(0, 1, ("negation",))]
    assert parse(TABLE).find(tokenize("not")) == [Mark(0, 0, ("negation",))]


def test_a_phrase_cut_off_by_the_end_is_not_found():
    assert parse(TABLE).find(tokenize("it is under")) == []


def test_a_word_may_stand_in_several_classes():
    table = parse("[a]\nbreak\n[b]\nbreak")
    assert table.find(tokenize("BREAK")) == [Mark(0, 0, ("a", "b"))]


def test_tokens_bear_the_classes_of_all_cues_that_they_are_part_of():
    tokens = tokenize("under discussion but not yet signed")
    assert parse(TABLE).classes(tokens) == [
        ("talks",), ("talks", "signed"), (), ("negation",), ("negation",), ("signed",),
    ]  # fmt: skip
    assert parse(TABLE).classes(tokenize("")) == []


def test_the_bundled_table_knows_the_words_of_deals():
    classes = {
        name for mark in lexicon().find(tokenize("They have not signed the treaty yet")) for name in mark.classes
    }
    assert {"signed", "negation", "deal_noun"} <= classes


def test_cues_are_found_in_linear_time(stopwatch):
    tokens = tokenize("the two sides have not yet signed a memorandum of understanding on the agenda " * 4000)
    with stopwatch(3.0):
        assert len(lexicon().find(tokens)) > 4000
