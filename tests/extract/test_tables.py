"""Tables: words by class, weights by feature, and how a choice is made and explained."""

import pytest

from paraph.extract.tables import Choice, Weights, classes_of, decide, read_weights, weigh, word_classes

TABLE = "\n".join(
    [
        "\tstage=talks\tstage=signed\tahead=True",
        "\t0.1\t0.0\t-0.5",
        "verb=sign\t\t2.0\t",
        "verb=discuss\t1.5\t-0.5\t",
        "modal=will\t\t\t3.0",
        "past\t\t0.5\t-2.0",
        "",
    ]
)


def choose(weights: Weights, evidence: dict[str, int]) -> dict[str, Choice]:
    return decide(weights, *weigh(weights, evidence))


def test_the_best_class_of_each_field_is_chosen_with_its_log_odds():
    chosen = choose(read_weights(TABLE), {"verb=sign": 4, "modal=will": 3, "unknown": 1})
    assert (chosen["stage"].value, chosen["stage"].score) == ("signed", 2.0)
    assert (chosen["ahead"].value, chosen["ahead"].score) == ("True", 2.5)


def test_a_yes_or_no_field_is_no_below_nought():
    chosen = choose(read_weights(TABLE), {"past": 2})
    assert chosen["ahead"].value == "False"
    assert chosen["ahead"].score == 2.5
    assert chosen["ahead"].tokens == (2,)


def test_without_evidence_the_bias_decides_and_nothing_is_explained():
    chosen = choose(read_weights(TABLE), {})
    assert chosen["stage"].value == "talks"
    assert chosen["stage"].tokens == ()


def test_a_choice_is_explained_by_the_tokens_that_counted_most_for_it():
    weights = read_weights("\tf=a\tf=b\n\t0\t0\nx\t1.0\t\ny\t0.9\t\nz\t0.1\t\nw\t\t5\nv\t0.6\t\nu\t0.55\t\n")
    chosen = choose(weights, {"x": 7, "y": 2, "z": 3, "v": 5, "u": 6})
    assert chosen["f"].value == "a"
    assert chosen["f"].tokens == (7, 2, 5)  # three at most, z far behind, the strongest first
    assert choose(weights, {"x": -1, "z": 3})["f"].tokens == (3,)  # what no token bears explains nothing


def test_the_order_of_evidence_changes_nothing():
    weights = read_weights(TABLE)
    evidence = {"verb=sign": 4, "verb=discuss": 2, "modal=will": 3, "past": 1}
    assert choose(weights, evidence) == choose(weights, dict(reversed(evidence.items())))


@pytest.mark.parametrize("name", ["moods", "voices", "topics"])
def test_bundled_tables_hold_words_in_classes(name):
    classes = word_classes(name)
    assert len(classes) >= 5
    for words in classes.values():
        assert words
        assert all(word == word.lower().strip() and word for word in words)


def test_the_other_way_round_holds_the_same():
    classes = word_classes("topics")
    turned = classes_of("topics")
    assert set(turned["reactor"]) >= {"nuclear", "i.construction"}
    assert sum(map(len, classes.values())) == sum(map(len, turned.values()))
