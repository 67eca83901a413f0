"""The blend and its sieve: what each witness says comes out where all weight is on it, and long documents cost what they are."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.blends import MOOD, OTHERS, classes, cues_alone, encoder_alone, sizes
from paraph.extract import blend as module
from paraph.extract.anchors import AnchorSpan, Bars, anchor_weights
from paraph.extract.blend import MOST_CUES, MOST_ENCODER, MOST_TAGS, TABLES, USUAL, inputs_of, rows_of, tag_inputs
from paraph.extract.encoder import FIELDS, Sight
from paraph.extract.engine import Weighed, bundled
from paraph.extract.parse import parse
from paraph.extract.sieve import FEATURES, Sieve, features, posterior_of
from paraph.extract.tables import decide

WIDTH = sum(len(values) for values in FIELDS.values())
TEXT = (
    "Norway and Chile signed a ferry pact on Monday. They also weigh a loan for Arica.\n- Salmon feed\n- Salmon feed\n"
)


def weighed(seed: int = 0, spread: float = 2.0) -> Weighed:
    random_ = np.random.default_rng(seed)

    def some(table: str) -> list[float]:
        return [float(x) for x in random_.normal(0, spread, len(classes(table)))]

    return Weighed(some("mood"), [(1, (2.0,))], some("topic"), [(2, (3.0,))], some("voice"), [(3, (4.0,))], None)


def logits(count: int, seed: int = 0, spread: float = 2.0) -> list[list[float]]:
    return np.random.default_rng(seed).normal(0, spread, (count, WIDTH)).tolist()  # type: ignore[no-any-return]


def values(mine: Weighed) -> dict[str, str]:
    """Return the value of each field that is decided for."""
    out: dict[str, str] = {}
    for table in TABLES:
        chosen = decide(getattr(bundled(), table), getattr(mine, table), [])
        out |= {field: choice.value for field, choice in chosen.items()}
    return out


def best(row: list[float]) -> dict[str, str]:
    """Return the likeliest value of each field by the encoder's logits."""
    out, at = {}, 0
    for field, names in FIELDS.items():
        part = row[at : at + len(names)]
        out[field] = names[part.index(max(part))]
        at += len(names)
    return out


# --- tokens ----------------------------------------------------------------------------------------------------------

number = st.floats(-1e6, 1e6)


def test_what_the_blend_sees_of_a_token() -> None:
    assert tag_inputs((1.0, 3.0, -2.0), 0.5, -0.25) == (1.0, 2.0, -3.0, 0.5, -0.25)
    assert tag_inputs(None, 0.5, -0.25) == (1.0, -MOST_TAGS, -MOST_TAGS, 0.5, -0.25)


@given(st.tuples(number, number, number), number, number)
def test_no_token_says_more_than_the_most(tags: tuple[float, float, float], b: float, i: float) -> None:
    one, *seen = tag_inputs(tags, b, i)
    assert one == 1.0
    assert all(-MOST_TAGS <= x <= MOST_TAGS for x in seen)
    for told, x in zip((tags[1] - tags[0], tags[2] - tags[0], b, i), seen, strict=True):
        assert x == told if abs(told) <= MOST_TAGS else x == math.copysign(MOST_TAGS, told)


def test_with_all_weight_on_one_witness_its_tags_come_out() -> None:
    parsed = parse(TEXT)
    cues = list(anchor_weights(parsed, bundled().anchors))
    random_ = np.random.default_rng(5)
    tags = {t: tuple(random_.normal(0, 2, 3).tolist()) for n, b, _ in cues for t in range(*parsed.ranges[n]) if b}
    sight = Sight(tags, [], {})
    for (n, b, i), (own, own_b, own_i) in zip(cues, cues_alone().tags(sight, iter(cues), parsed.ranges), strict=True):
        assert n == own
        assert own_b == [min(max(x, -MOST_TAGS), MOST_TAGS) for x in b]
        assert own_i == [min(max(x, -MOST_TAGS), MOST_TAGS) for x in i]
    for n, b, i in encoder_alone().tags(sight, iter(cues), parsed.ranges):
        of = [tags[t] for t in range(*parsed.ranges[n])]
        assert b == pytest.approx([x[1] - x[0] for x in of])
        assert i == pytest.approx([x[2] - x[0] for x in of])


def test_sentences_that_the_encoder_did_not_read_are_left_out_and_words_that_it_did_not_are_outside() -> None:
    parsed = parse(TEXT)
    cues = list(anchor_weights(parsed, bundled().anchors))
    token = parsed.ranges[1][0]
    ((n, b, i),) = encoder_alone().tags(Sight({token: (0.0, 3.0, 1.0)}, [], {}), iter(cues), parsed.ranges)
    assert n == 1
    assert (b[0], i[0]) == (3.0, 1.0)
    assert set(b[1:]) == set(i[1:]) == {-MOST_TAGS}
    assert list(cues_alone().tags(Sight({}, [], {}), iter(cues), parsed.ranges)) == []


# --- fields ----------------------------------------------------------------------------------------------------------


def test_with_all_weight_on_the_cues_their_values_come_out(monkeypatch: pytest.MonkeyPatch) -> None:
    cues = [weighed(n, spread=1) for n in range(6)]
    assert cues_alone().fields(cues, logits(6)) == cues
    strong = [weighed(n, spread=20) for n in range(6)]
    assert cues_alone().fields(strong, logits(6)) != strong
    monkeypatch.setattr(module, "MOST_CUES", 1e9)
    assert cues_alone().fields(strong, logits(6)) == strong


def test_with_all_weight_on_the_encoder_its_values_come_out() -> None:
    rows = logits(12)
    found = encoder_alone().fields([weighed(n) for n in range(12)], rows)
    assert [values(mine) for mine in found] == [best(row) for row in rows]
    assert len({tuple(best(row).items()) for row in rows}) > 6


def test_what_explains_a_field_stays_with_the_cues() -> None:
    (mine,) = encoder_alone().fields([weighed()], logits(1))
    assert (mine.mood_met, mine.topic_met, mine.voice_met) == ([(1, (2.0,))], [(2, (3.0,))], [(3, (4.0,))])


def test_an_anchor_that_the_encoder_did_not_read_keeps_what_the_cues_say() -> None:
    cues = [weighed(n) for n in range(3)]
    row = logits(1)[0]
    blend = encoder_alone()
    first, second, third = blend.fields(cues, [None, row, None])
    assert (first, third) == (cues[0], cues[2])
    assert second == blend.fields([cues[1]], [row])[0]
    assert blend.fields(cues, [None] * 3) == cues
    assert blend.fields([], []) == []


def test_log_probabilities_are_cut_off() -> None:
    (row,) = rows_of([[100.0, *[0.0] * (WIDTH - 1)]])
    assert row["stage"] == [0.0, *[-MOST_ENCODER] * 6]
    assert row["sector"] == pytest.approx([-math.log(15)] * 15)


@given(st.lists(st.lists(st.floats(-1e4, 1e4), min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=5))
def test_any_logits_become_probabilities(rows: list[list[float]]) -> None:
    cues = weighed()
    made = rows_of(rows)
    for n, row in enumerate(made):
        for field in FIELDS:
            assert all(-MOST_ENCODER <= x <= 1e-9 for x in row[field])
        seen = inputs_of(made, n, cues)
        assert {name: len(part) for name, part in seen.items()} == {name: sizes(name)[1] for name in TABLES}
        others = seen["mood"][18:36]
        assert all(0 < x < 1 for x in others)
        assert seen["voice"][18:36] == others


def test_the_others_are_the_mean_of_their_probabilities() -> None:
    rows = logits(7)
    made = rows_of(rows)
    for n in range(7):
        expected = []
        for field in MOOD:
            for at in range(len(FIELDS[field])):
                rest = sum(math.exp(row[field][at]) for other, row in enumerate(made) if other != n)
                expected.append((USUAL / len(FIELDS[field]) + rest) / (USUAL + 6))
        assert len(expected) == OTHERS["mood"]
        assert inputs_of(made, n, weighed())["mood"][18:36] == pytest.approx(expected, abs=1e-12)
    (alone,) = rows_of(rows[:1])
    of_stage = inputs_of([alone], 0, weighed())["mood"][18:25]
    assert of_stage == pytest.approx([1 / 7] * 7)


def test_cues_are_cut_off() -> None:
    seen = inputs_of(rows_of(logits(1)), 0, weighed(spread=1000.0))
    for table in TABLES:
        said = seen[table][sizes(table)[0] :]
        assert all(abs(x) <= MOST_CUES for x in said)
        assert MOST_CUES in map(abs, said)


def test_a_thousand_anchors_cost_a_thousand_steps(stopwatch: Any) -> None:
    cues, rows = [weighed()] * 4000, logits(4000)
    with stopwatch(8):
        found = encoder_alone().fields(cues, rows)
    assert len(found) == 4000


# --- the sieve -------------------------------------------------------------------------------------------------------


def sieve(told: float = 0.5, bias: float = 0.0, **weights: float) -> Sieve:
    row = [weights.get(name.replace("-", "_"), 0.0) for name in FEATURES]
    return Sieve.from_dict({"bias": bias, "weights": row, "told": told})


def spans_in(text: str, *anchors: tuple[str, float]) -> tuple[Any, list[AnchorSpan]]:
    """Return the parse and the places of anchors, each at its first place behind the one before."""
    parsed, at, out = parse(text), 0, []
    for anchor, sure in anchors:
        at = text.index(anchor, at)
        first, stop = parsed.token_range(at, at + len(anchor))
        n = next(n for n, span in enumerate(parsed.ranges) if span[0] <= first < span[1])
        out.append(AnchorSpan(n, first, stop - 1, sure))
        at += len(anchor)
    return parsed, out


def seen_by(text: str, *anchors: tuple[str, float], parties: list[int] | None = None) -> list[dict[str, float]]:
    parsed, spans = spans_in(text, *anchors)
    inside = dict.fromkeys(range(len(parsed.tokens)), 0.5)
    rows = features(parsed, spans, inside, parties or [2] * len(spans))
    assert all(len(row) == len(FEATURES) for row in rows)
    return [dict(zip(FEATURES, row, strict=True)) for row in rows]


def test_what_the_sieve_sees_of_places() -> None:
    first, second, third, fourth = seen_by(
        TEXT,
        ("ferry pact", 0.9),
        ("loan for Arica", 0.6),
        ("Salmon feed", 0.5),
        ("Salmon feed", 0.5),
        parties=[2, 0, 1, 5],
    )
    assert first["begins"] == pytest.approx(math.log(9))
    assert (first["mean"], first["least"], first["words"]) == (0, 0, 2)
    assert (second["words"], second["short"]) == (3, 3)
    assert (first["best-other"], second["best-other"]) == (0.6, 0.9)
    assert first["mean-other"] == pytest.approx(1.6 / 3)
    assert [one["in-sentence"] for one in (first, second)] == [0, 0]
    party = ("no-party", "one-party", "two-parties", "more-parties")
    assert [[one[name] for name in party] for one in (first, second, third, fourth)] == [
        [0, 0, 1, 0],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
    ]
    assert (third["met-before"], fourth["met-before"]) == (0, 1)
    assert (first["role=text"], third["role=item"], third["role=text"]) == (1, 1, 0)
    assert (first["capital"], third["capital"]) == (0, 1)
    assert first["deal-noun"] == 1
    assert first["how-far"] == 0 < fourth["how-far"] < 1
    assert first["sentences"] == 4


def test_places_of_one_sentence_see_each_other() -> None:
    rows = seen_by(
        "Norway and Chile weigh a ferry pact, a loan and a seed bank.",
        ("ferry pact", 0.7),
        ("loan", 0.2),
        ("seed bank", 0.7),
    )
    assert [row["in-sentence"] for row in rows] == [2, 2, 2]
    assert [row["best-in-sentence"] for row in rows] == [row["best-other"] for row in rows] == [0.7, 0.7, 0.7]
    (alone,) = seen_by("They weigh a ferry pact.", ("ferry pact", 0.7))
    # A document's only place speaks for itself.
    assert [alone[name] for name in ("best-other", "mean-other", "in-sentence", "best-in-sentence")] == [0.7, 0.7, 0, 0]


def test_without_places_there_is_nothing_to_see() -> None:
    assert features(parse(TEXT), [], {}, []) == []


@pytest.mark.parametrize("sure", [0.0, 1.0, 1e-300])
def test_a_place_beyond_doubt_has_finite_odds(sure: float) -> None:
    (row,) = seen_by("They weigh a ferry pact.", ("ferry pact", sure))
    assert all(math.isfinite(x) for x in row.values())


def test_the_surer_the_tags_the_surer_the_sieve() -> None:
    kept = sieve(begins=1.0)
    found = []
    for sure in np.linspace(0, 1, 101):
        (row,) = seen_by("They weigh a ferry pact.", ("ferry pact", float(sure)))
        found.append(kept.probability(list(row.values())))
        assert found[-1] == pytest.approx(float(sure), abs=1e-3)
    assert all(one <= other for one, other in pairwise(found))


@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.integers(1, 10**6))
def test_a_probability_lies_between_nought_and_one(bias: float, weight: float, sentences: int) -> None:
    seen = [float(sentences) if name == "sentences" else 0.0 for name in FEATURES]
    assert 0.0 <= sieve(bias=bias, sentences=weight).probability(seen) <= 1.0


def test_a_sentence_of_many_places_is_sifted_in_good_time(stopwatch: Any) -> None:
    parsed = parse(" pact" * 600)
    spans = [AnchorSpan(0, t % 100, t % 100, 0.5) for t in range(20_000)]
    with stopwatch(5):
        assert len(features(parsed, spans, dict.fromkeys(range(600), 0.5), [2] * len(spans))) == 20_000


def test_the_posterior_of_a_token_is_that_of_being_in_an_anchor() -> None:
    parsed = parse(TEXT)
    weights = list(anchor_weights(parsed, bundled().anchors))
    found = posterior_of(parsed, weights, bundled().anchors.transitions)
    assert set(found) == {t for span in parsed.ranges for t in range(*span)}
    assert all(0 <= p <= 1 + 1e-9 for p in found.values())
    words = parsed.tokens.words
    assert found[words.index("pact")] > Bars().inside > found[words.index("Monday")]
