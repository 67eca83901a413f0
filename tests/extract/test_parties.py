"""Parties: between whom a deal is. The texts are written for these tests."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.extract.gazetteer import default_gazetteer
from paraph.extract.layout import read_layout
from paraph.extract.parties import (
    Weights,
    assign_parties,
    candidates,
    choose,
    default_weights,
    parse_weights,
)

GOLD = Path(__file__).resolve().parents[3] / "shared" / "bench" / "gold"


def take_apart(text: str, anchors: list[str], title: str | None = None):
    spans = [(text.index(anchor), text.index(anchor) + len(anchor)) for anchor in anchors]
    sentences = [(s.start, s.end) for s in read_layout(text, title).sentences]
    where = [max(n for n, (start, _) in enumerate(sentences) if start <= span[0]) for span in spans]
    return text, default_gazetteer().find(text), sentences, spans, where, title


def parties(text: str, *anchors: str, title: str | None = None) -> list[set[str]]:
    return [set(codes) for codes, _ in assign_parties(*take_apart(text, list(anchors), title))]


REPORT = """Chile and South Korea close to a lithium accord

SANTIAGO - Chile and South Korea are close to a supply contract for lithium, President Gabriel Boric said on Monday.

The two countries have also talked about a joint battery plant. Boric wants it built in Antofagasta, while Seoul would
rather see it at home.

Chile already sells copper to Japan under an older agreement. A visa waiver will be discussed as well.
"""


def test_the_main_pair_holds_through_a_document():
    assert parties(REPORT, "supply contract for lithium", "joint battery plant", "visa waiver") == [{"CL", "KR"}] * 3


def test_a_third_country_is_set_against_the_main_party():
    assert parties(REPORT, "sells copper to Japan") == [{"CL", "JP"}]


def test_codes_stand_in_the_order_of_the_sentence_and_the_words_are_shown():
    text, mentions, sentences, spans, where, title = take_apart(REPORT, ["supply contract for lithium"])
    ((codes, shown),) = assign_parties(text, mentions, sentences, spans, where, title)
    assert codes == ("CL", "KR")
    assert {text[a:b] for a, b in shown} == {"Chile", "South Korea"} or len(shown) == 2
    assert list(shown) == sorted(shown)


def test_nobody_named_gives_nobody():
    text = "A deal may come. It would be big."
    assert parties(text, "deal") == [set()]
    assert assign_parties(text, [], [(0, 16), (17, 33)], [], [], None) == []


def test_the_title_alone_may_name_the_parties():
    text = "They are close to an accord on fisheries, an official said."
    assert parties(text, "accord on fisheries", title="Iceland and Norway near a fisheries accord") == [{"IS", "NO"}]


def test_media_never_count():
    text = "Ghana and Brazil will sign an accord on cocoa, two officials told Kyodo. Reuters had reported the accord first."
    assert parties(text, "accord on cocoa") == [{"GH", "BR"}]


def test_a_group_is_taken_apart():
    text = (
        "Japan and the Baltic states sign a cyber pact\n\nJapan and the Baltic states signed a cyber pact in Tokyo on Friday. "
        "The pact of Japan with the Baltic states covers training."
    )
    assert parties(text, "signed a cyber pact") == [{"JP", "EE", "LV", "LT"}]


def test_a_group_in_passing_is_none():
    text = (
        "India and Iran sign a port deal\n\nIndia and Iran signed a deal on the port of Chabahar. Iran hailed it. "
        "India spoke of a road. From there goods could reach Central Asia by road. Another contract on cranes is being prepared."
    )
    assert parties(text, "contract on cranes") == [{"IN", "IR"}]


def test_moscow_was_the_soviet_union_s():
    text = (
        "U.S., SOVIETS SIGN GRAIN PACT\n\nThe Soviet Union and the United States signed a grain pact. "
        "Moscow will buy wheat under the pact."
    )
    assert parties(text, "buy wheat") == [{"SU", "US"}]


def test_soviet_is_history_where_russia_speaks():
    text = (
        "Russia will overhaul Soviet-built jets for India. "
        "India's minister signed the overhaul contract with Russia in Moscow."
    )
    assert parties(text, "overhaul contract") == [{"IN", "RU"}]


def test_gaza_is_the_side_of_hamas_and_greenland_of_denmark():
    truce = (
        "Israel and Hamas agreed on a ceasefire in Gaza. "
        "The ceasefire between Israel and Hamas begins on Sunday, and trucks enter Gaza."
    )
    assert parties(truce, "ceasefire in Gaza") == [{"IL", "Hamas"}]
    base = "The United States and Greenland are in talks about a base treaty. Washington and Nuuk want the base treaty soon."
    assert parties(base, "talks about a base treaty") == [{"US", "DK"}]


def test_europe_is_the_union_the_community_or_the_agency():
    of_1987 = "The EC and Japan signed a car pact. The European Community said the pact with Japan helps Europe."
    assert parties(of_1987, "car pact") == [{"EC", "JP"}]
    space = "ESA and India signed a pact on docking. ESA astronauts train in India. Europeans may fly with India under the pact."
    assert parties(space, "pact on docking") == [{"ESA", "IN"}]
    union = "Kenya and Europe signed a trade pact. Europe opens its market to Kenya."
    assert parties(union, "trade pact") == [{"KE", "EU"}]


def test_an_anchor_outside_every_sentence_is_answered():
    text = "Peru and Chile signed a pact."
    mentions = default_gazetteer().find(text)
    for here in (-1, 0, 7):
        ((codes, _),) = assign_parties(text, mentions, [(0, 29)], [(24, 28)], [here], None)
        assert set(codes) == {"PE", "CL"}


def test_a_text_without_sentences_is_answered():
    text = "Peru and Chile signed a pact."
    ((codes, _),) = assign_parties(text, default_gazetteer().find(text), [], [(24, 28)], [0], "A pact")
    assert codes


def test_all_that_is_weighed_can_be_shown_and_adds_up():
    page = take_apart(REPORT, ["supply contract for lithium", "sells copper to Japan"])
    weights = default_weights()
    answers = assign_parties(*page)
    for row, (codes, _) in zip(candidates(*page), answers, strict=True):
        scored = []
        for candidate in row:
            z = weights.of["(always)"] + weights.odds(candidate.features)
            scored.append((1 / (1 + math.exp(-z)), candidate.code))
            assert len(candidate.features) > 3
        assert set(choose(scored, weights)) == set(codes)


def test_thresholds_choose():
    weights = Weights({}, second=0.3, third=0.6, group=0.8)
    assert choose([(0.2, "A")], weights) == ["A"]
    assert choose([(0.4, "B"), (0.9, "A"), (0.5, "C")], weights) == ["A", "C"]
    assert choose([(0.29, "B"), (0.9, "A")], weights) == ["A"]
    assert choose([(0.7, "B"), (0.9, "A"), (0.8, "C")], weights) == ["A", "C", "B"]
    assert choose([(0.9, "A"), (0.8, "X+Y+Z"), (0.7, "B")], weights) == ["A", "B"]


def test_weights_are_read_and_a_missing_threshold_is_told():
    table = "# c\n\n(always)\t-1.5\nx\t2\nthreshold second\t0.2\nthreshold third\t0.5\nthreshold group\t0.7\n"
    weights = parse_weights(table)
    assert weights == Weights({"(always)": -1.5, "x": 2.0}, 0.2, 0.5, 0.7)
    assert weights.odds(["x", "unknown", "x"]) == 4.0
    with pytest.raises(KeyError, match="threshold group"):
        parse_weights("threshold second\t0.2\nthreshold third\t0.5")


def test_weights_of_one_s_own_decide():
    page = take_apart(REPORT, ["visa waiver"])
    nobody_else = Weights({"(always)": -1000.0}, 0.5, 0.5, 0.5)
    ((codes, _),) = assign_parties(*page, weights=nobody_else)
    assert len(codes) == 1


LINES = st.lists(
    st.sampled_from(
        [
            "Chile and Peru met.", "A pact is near.", "The Gulf states agreed with the Quad.", "Reuters said so:",
            "- trade with Fiji", "Moscow, Soviet days, Hamas.", "", "EU, ESA and EC in Europe and Africa.", "Airbus and Boeing",
            "Kabul, Oslo, Rome, Bonn, Bern, Baku, Lima.",
        ]
    ),
    max_size=12,
)  # fmt: skip


@given(LINES, st.data())
def test_any_text_gets_an_answer_an_anchor_with_spans_of_mentions(lines, data):
    text = "\n".join(lines)
    mentions = default_gazetteer().find(text)
    sentences = [(s.start, s.end) for s in read_layout(text, None).sentences]
    places = data.draw(st.lists(st.integers(0, max(0, len(text) - 1)), max_size=5))
    anchors = [(place, min(len(text), place + 4)) for place in places]
    where = [data.draw(st.integers(-1, len(sentences))) for _ in anchors]
    answers = assign_parties(text, mentions, sentences, anchors, where, lines[0] if lines else None)
    known = {(m.start, m.end) for m in mentions}
    assert len(answers) == len(anchors)
    for codes, spans in answers:
        assert len(set(codes)) == len(codes)
        assert set(spans) <= known
    assert answers == assign_parties(text, mentions, sentences, anchors, where, lines[0] if lines else None)


def test_a_document_of_every_country_and_many_anchors_stays_linear(stopwatch):
    names = "Chile Peru Fiji Oman Mali Chad Togo Iraq Iran Laos Cuba Niger Kenya Qatar Malta Nepal".split()
    text = " ".join(
        f"{name} signed a pact with {names[(n * 7 + 1) % 16]} and others." for n, name in enumerate(names * 60)
    )
    mentions = default_gazetteer().find(text)
    sentences = [(s.start, s.end) for s in read_layout(text, None).sentences]
    anchors = [(text.index("pact", start), text.index("pact", start) + 4) for start, _ in sentences]
    with stopwatch(3.0):
        answers = assign_parties(text, mentions, sentences, anchors, list(range(len(sentences))), None)
    assert len(answers) == len(sentences)


@pytest.mark.parametrize(("split", "floor"), [("train", 0.895), ("dev", 0.935)])
def test_the_gold_s_parties_are_found_at_its_own_anchors(split, floor):
    """A gate: lower the floor only with the reason. Measured 0.906 and 0.943 (training/measure_parties.py)."""
    if not (GOLD / split).is_dir():
        pytest.skip(f"{GOLD / split} is not here: the annotated texts stay outside the project")
    both = gold_count = found_count = 0
    for path in sorted((GOLD / split).rglob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        if path.name == "outcomes.json" or not document["signals"]:
            continue
        text = document["text"]
        sentences = [(s.start, s.end) for s in read_layout(text, document["title"]).sentences]
        anchors = [(s["start"], s["end"]) for s in document["signals"]]
        where = [max((n for n, (a, _) in enumerate(sentences) if a <= start), default=0) for start, _ in anchors]
        answers = assign_parties(text, default_gazetteer().find(text), sentences, anchors, where, document["title"])
        for signal, (codes, _) in zip(document["signals"], answers, strict=True):
            both += len(set(signal["parties"]) & set(codes))
            gold_count += len(set(signal["parties"]))
            found_count += len(codes)
    assert 2 * both / (gold_count + found_count) >= floor
