"""Weak signals: too unsure to be told, kept by a desk for a person's look; the others are as they were without them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph import read
from paraph.cli import main
from paraph.extract.anchors import BEGINS, LISTED, WEAK, find_anchors
from paraph.extract.engine import bundled
from paraph.extract.parse import parse
from paraph.model import Document, Signal
from paraph.reading import read_all
from paraph.settings import Settings

extract = bundled().extract

# Sentences in which something may or may not be a deal; written for these tests.
SENTENCES = (
    "Norway and Chile signed an agreement on electric ferries on Friday.",
    "The ministers also looked at joint research on fjord ice and at the training of pilots.",
    "Chile hopes for more investment in its ports and better access for its wine.",
    "The two leaders took note of work on a seed bank, a loan for Arica and supplies of salmon feed.",
    "Trade between the countries grew by 12 percent last year.",
    "President Rojas visited a shipyard where the ferries could be built.",
    "Closer ties in science, culture and sport were welcomed by both sides.",
    "The weather in Bergen was fine, and a choir sang.",
    "Norway may help Chile with hydrogen technology, an expert said.",
    "- Cooperation on avalanche warning\n- Exchange of students\n- Purchase of snow ploughs",
)
TEXT = "\n\n".join(SENTENCES)


def apart(text: str, title: str | None = None) -> tuple[list[Signal], list[Signal]]:
    """Return the signals without and with the weak ones."""
    document = Document(text=text, id="d", title=title)
    return list(extract(document)), list(extract(document, True))


def beyond(text: str) -> list[Signal]:
    strong, both = apart(text)
    return [each for each in both if each not in strong]


def test_this_text_has_signals_of_both_kinds() -> None:
    strong, both = apart(TEXT)
    assert len(strong) >= 4
    assert len(both) >= len(strong) + 3


texts = st.lists(st.sampled_from((*SENTENCES, "", "Norway", "OSLO - Chile; ferries.")), max_size=8).map("\n".join)


@given(texts)
def test_strong_signals_are_the_same_with_and_without_weak_ones(text: str) -> None:
    strong, both = apart(text)
    places = {(each.start, each.end) for each in strong}
    assert [each for each in both if (each.start, each.end) in places] == strong
    assert len({(each.start, each.end) for each in both}) == len(both)


@given(texts)
def test_no_signal_overlaps_another_and_all_are_in_order_of_place(text: str) -> None:
    _, both = apart(text)
    for one, other in pairwise(both):
        assert one.end <= other.start, (one.anchor, other.anchor)
    for each in both:
        assert text[each.start : each.end] == each.anchor
        assert each.anchor.strip()


@given(texts)
def test_weak_signals_are_less_sure_than_any_anchor_begins(text: str) -> None:
    for each in beyond(text):
        assert 0 < each.confidence < BEGINS, each


def test_the_bounds_are_in_order() -> None:
    assert 0 < WEAK < BEGINS
    assert 0 < LISTED < BEGINS


def test_weak_anchors_alone_are_those_beyond_the_strong_ones() -> None:
    parsed = parse(TEXT, None)
    weights = bundled().anchors
    strong = {(span.n, token) for span in find_anchors(parsed, weights) for token in range(span.first, span.last + 1)}
    weak = find_anchors(parsed, weights, weak=True)
    assert weak
    assert strong.isdisjoint((span.n, token) for span in weak for token in range(span.first, span.last + 1))


def test_weak_signals_have_all_that_others_have() -> None:
    for each in beyond(TEXT):
        assert each.engine == "cues"
        assert all(0 <= cue.start < cue.end <= len(TEXT) for cue in each.why)
        assert (each.source is None) == (each.source_type == "outlet") or each.source_type == "official"


def test_what_stands_in_the_text_twice_is_weak_once() -> None:
    again = f"{TEXT}\n\n{TEXT}"
    assert len(beyond(again)) == len(beyond(TEXT))


def test_read_tells_no_weak_signal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps({"id": "d", "text": TEXT}), "utf-8")
    assert main(["read", str(path), "--engine", "cues", "--format", "jsonl"]) == 0
    told = json.loads(capsys.readouterr().out)["signals"]
    strong, both = apart(TEXT)
    assert [(each["start"], each["end"]) for each in told] == [(each.start, each.end) for each in strong]
    assert len(told) < len(both)
    assert [each.anchor for each in read({"text": TEXT, "id": "d"}, engine="cues").signals] == [
        each.anchor for each in strong
    ]


def test_read_all_gives_them_where_they_are_asked_for() -> None:
    strong, both = apart(TEXT)
    given_text = {"text": TEXT, "id": "d"}
    (with_them,) = read_all([given_text], settings=Settings(), weak=True, engine="cues")
    (without,) = read_all([given_text], settings=Settings(), engine="cues")
    assert not isinstance(with_them, Exception)
    assert not isinstance(without, Exception)
    assert list(with_them.signals) == both
    assert list(without.signals) == strong
    (sure,) = read_all([given_text], settings=Settings(min_confidence=BEGINS), weak=True, engine="cues")
    assert not isinstance(sure, Exception)
    assert all(each.confidence >= BEGINS for each in sure.signals)
