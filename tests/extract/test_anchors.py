"""Anchors: the field's arithmetic against its definition, and what training names against what the program counts."""

import itertools
import random
from importlib.resources import files
from math import exp, isclose
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.extract import anchors
from paraph.extract.anchors import (
    WEAK,
    Bars,
    anchor_weights,
    find_anchors,
    find_both,
    mark_anchors,
    posteriors,
    read_anchor_weights,
)
from paraph.extract.parse import parse

TEXT = """Oslo and Lima near a pact on fish
LIMA, May 3 (Wire) - Peru and Norway will sign a free trade agreement on Friday, the ministry said.
The two may also announce:
- A loan of $2 billion for the port of Callao
- joint research on cod
Talks on uranium were called off."""


@pytest.fixture(scope="module")
def weights():
    return read_anchor_weights(files("paraph.extract").joinpath("data/anchors.tsv").read_text("utf-8"))


def brute(b, i, transitions):
    """Sum over every sequence of labels, as the definition says."""
    size = len(b)
    begins, inside, total = [0.0] * size, [0.0] * size, 0.0
    for labels in itertools.product((0, 1, 2), repeat=size):
        weight = 1.0
        for at, label in enumerate(labels):
            weight *= (1.0, exp(b[at]), exp(i[at]))[label]
            if at:
                weight *= transitions[labels[at - 1]][label]
        total += weight
        for at, label in enumerate(labels):
            begins[at] += weight * (label == 1)
            inside[at] += weight * (label == 2)
    return [x / total for x in begins], [x / total for x in inside]


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_posteriors_are_those_of_all_sequences(seed, size):
    rng = random.Random(seed)
    b, i = [rng.uniform(-4, 4) for _ in range(size)], [rng.uniform(-4, 4) for _ in range(size)]
    transitions = tuple(tuple(rng.uniform(0, 3) for _ in range(3)) for _ in range(3))
    for got, wanted in zip(posteriors(b, i, transitions), brute(b, i, transitions), strict=True):
        assert all(isclose(x, y, abs_tol=1e-9) for x, y in zip(got, wanted, strict=True))


def test_very_long_and_very_sure_sentences_neither_overflow_nor_underflow():
    b, i = posteriors([900.0, -900.0] * 5000, [-900.0] * 10_000, ((1.0, 1.0, 1e-22), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)))
    assert b[0] == pytest.approx(1)
    assert b[1] == pytest.approx(0)
    assert i[5] == pytest.approx(0)


def test_the_program_counts_what_training_names(weights, monkeypatch):
    """Both ways to the sums must agree: the table trained on names is run on profiles, pairs and columns."""
    table = {}
    for line in files("paraph.extract").joinpath("data/anchors.tsv").read_text("utf-8").split("\n")[3:]:
        if line:
            name, b, i = line.split("\t")
            table[name] = (float(b), float(i))
    parsed = parse(TEXT, "Oslo and Lima near a pact on fish")
    seen = {parsed.ranges[n][0]: (b, i) for n, b, i in anchors.anchor_weights(parsed, weights)}
    about = anchors.document_features(parsed)
    assert sorted(seen) == [first for first, _ in parsed.ranges]
    for n, (first, _) in enumerate(parsed.ranges):
        shared = about + anchors.sentence_features(parsed, n)
        for at, own in enumerate(anchors.token_features(parsed, n)):
            for side in (0, 1):
                wanted = sum(table.get(name, (0.0, 0.0))[side] for name in shared + own)
                assert seen[first][side][at] == pytest.approx(wanted, abs=1e-6), (
                    n,
                    at,
                    parsed.tokens.words[parsed.ranges[n][0] + at],
                )


def found(text, weights, title=None):
    parsed = parse(text, title)
    return [text[parsed.tokens.starts[s.first] : parsed.tokens.ends[s.last]] for s in find_anchors(parsed, weights)]


def test_deals_are_found_and_their_confidence_is_a_probability(weights):
    spans = find_anchors(parse(TEXT), weights)
    names = " | ".join(found(TEXT, weights))
    assert "free trade agreement" in names
    assert "loan of $2 billion" in names
    assert all(0 < s.confidence <= 1.0000001 for s in spans)
    assert [(s.n, s.first) for s in spans] == sorted((s.n, s.first) for s in spans)


@pytest.mark.parametrize(
    "text",
    [
        "The council of the city voted on Tuesday to mend the roof of the swimming pool. Work starts in May.",
        "United won 3-1 on Saturday. The captain scored twice before half-time and was cheered off the pitch.",
        "",
        "\n\n",
    ],
)
def test_other_news_has_none(weights, text):
    assert found(text, weights) == []


REPORTS = sorted(Path(__file__).parents[1].joinpath("fixtures/reports").glob("*.txt"))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_no_anchor_is_lost_in_a_sentence_that_is_passed_over(weights, path):
    parsed = parse(path.read_text("utf-8"))
    weighed = list(anchor_weights(parsed, weights))
    strong = mark_anchors(parsed, weighed, weights.transitions, Bars())
    weak = mark_anchors(parsed, weighed, weights.transitions, Bars(), WEAK)
    assert find_both(parsed, weights) == (strong, weak)
    assert find_both(parsed, weights, weak=False) == (strong, [])
    assert find_anchors(parsed, weights) == strong
    assert find_anchors(parsed, weights, weak=True) == weak


@pytest.mark.parametrize("least", [0.1, 0.4, 0.9])
def test_what_is_passed_over_holds_no_token_as_sure_as_asked_for(weights, least):
    kept = passed = 0
    for path in REPORTS:
        parsed = parse(path.read_text("utf-8"))
        telling = {n: (b, i) for n, b, i in anchors._telling(parsed, weights, least)}
        for n, b, i in anchor_weights(parsed, weights):
            if n in telling:
                assert telling[n] == (b, i)
                kept += 1
            else:
                assert max(map(sum, zip(*posteriors(b, i, weights.transitions), strict=True))) < least
                passed += 1
    assert kept
    assert passed


def test_a_sentence_beyond_all_numbers_is_not_passed_over():
    sure = read_anchor_weights("O\t0\t9\t9\nB\t9\t9\t9\nI\t9\t9\t9\n0=deal\t900\t900")
    spans = find_anchors(parse("deal " * 600), sure)
    assert spans
    assert all(0 < span.confidence <= 1.0000001 for span in spans)


def test_words_met_before_change_nothing(weights):
    fresh = read_anchor_weights(files("paraph.extract").joinpath("data/anchors.tsv").read_text("utf-8"))
    first = find_anchors(parse(TEXT), fresh)
    assert find_anchors(parse(TEXT), fresh) == first == find_anchors(parse(TEXT), weights)


def test_the_store_of_words_is_bounded(weights, monkeypatch):
    fresh = read_anchor_weights(files("paraph.extract").joinpath("data/anchors.tsv").read_text("utf-8"))
    wanted = find_anchors(parse(TEXT), fresh)
    monkeypatch.setattr(anchors, "KEPT_PROFILES", 5)
    fresh.profiles.clear()
    assert find_anchors(parse(TEXT), fresh) == wanted
    assert len(fresh.profiles) <= 5


@pytest.mark.parametrize(
    ("n", "step"), [(0, "0"), (2, "2"), (3, "3"), (4, "3"), (5, "5"), (8, "5"), (9, "9"), (900, "9")]
)
def test_counts_go_in_steps(n, step):
    assert anchors.bucket(n) == step


@pytest.mark.parametrize(
    ("word", "wanted"), [("F-35", "XX"), ("35", "9"), ("NATO", "XX"), ("A", "Xx"), ("deal", "x"), ("$", ".")]
)
def test_shapes(word, wanted):
    assert anchors.shape(word) == wanted


def spans(words, begins, inside):
    """Run the marking on posteriors written out."""
    found = anchors.spans_of(0, begins, inside, words, anchors.Bars())
    return [" ".join(words[first : last + 1]) for first, last, _ in found]


def test_an_item_of_a_list_needs_less_than_the_first():
    words = ["missiles", ",", "jets", "and", "training", "of", "crews", "."]
    begins = [0.90, 0.00, 0.25, 0.00, 0.24, 0.01, 0.00, 0.00]
    inside = [0.00, 0.00, 0.00, 0.00, 0.00, 0.18, 0.17, 0.01]
    assert spans(words, begins, inside) == ["missiles", "jets", "training of crews"]
    assert spans(words, [0.30, *begins[1:]], inside) == []  # no first item, no list
    words[1] = "while"
    assert spans(words, begins, inside) == ["missiles"]  # no list between them


def test_two_deals_side_by_side_stay_two():
    words = ["loan", "grant", "scheme"]
    assert spans(words, [0.9, 0.8, 0.1], [0.0, 0.1, 0.7]) == ["loan", "grant scheme"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the supply of gas to", "supply of gas"),
        ("trade pact depends", "trade pact"),
        ("their farm exports also", "farm exports"),
        ("| Agreement on health care", "Agreement on health care"),
        ("$ 40 - 50", None),
        ("the", None),
        ("talks", "talks"),
    ],
)
def test_an_anchor_neither_begins_nor_ends_with_what_only_ties_it(text, wanted):
    parsed = parse(text)
    kept = anchors.trimmed(0, len(parsed.tokens) - 1, parsed)
    assert (kept and text[parsed.tokens.starts[kept[0]] : parsed.tokens.ends[kept[1]]]) == wanted
