"""The one visual language, in words and in SVG."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product
from typing import Any
from xml.etree import ElementTree

import pytest

from paraph.model import Certainty, Document, Instrument, Sector, SourceType, Stage
from paraph.show import glyphs, words
from samples import REPORT, signal
from sightings import sighting


def test_every_value_has_its_word() -> None:
    assert set(words.STAGES) == set(Stage) == {*words.RUNGS, *words.OFF_LADDER}
    assert set(words.CERTAINTIES) == set(words.FILL) == set(Certainty)
    assert set(words.SECTORS) == set(Sector)
    assert set(words.INSTRUMENTS) == set(Instrument)
    assert set(words.SOURCES) == set(glyphs.SHAPES) == set(SourceType)


@pytest.mark.parametrize(
    ("stage", "certainty", "ahead", "shown"),
    [
        ("idea", "certain", False, "●···· ··"),
        ("idea", "possible", True, "○···· ··"),
        ("agreed", "possible", True, "·┄○·· ··"),
        ("in_force", "probable", True, "···┄◐ ··"),
        ("in_force", "certain", False, "····● ··"),
        ("stalled", "certain", False, "····· ●·"),
        ("ended", "possible", True, "····· ·○"),
    ],
)
def test_the_ladder_in_a_terminal(stage: str, certainty: str, ahead: bool, shown: str) -> None:
    assert words.ladder(Stage(stage), Certainty(certainty), ahead) == shown


def test_every_state_has_its_own_drawing() -> None:
    states = list(product(Stage, Certainty, (True, False), SourceType))
    made = [
        signal(REPORT, "ferry pact", stage, certainty=certainty, ahead=ahead, source_type=source)
        for stage, certainty, ahead, source in states
    ]
    drawings = {re.sub(' aria-label="[^"]*"', "", glyphs.ladder(each)) for each in made}
    # An idea that lies ahead has no rung before it to lead the stem from, so its stem hangs before the ladder: also its own.
    assert len(drawings) == len(states)
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_the_symbols_are_those_the_drawings_use() -> None:
    tree = ElementTree.fromstring(glyphs.definitions())
    symbols = {each.get("id") for each in tree.iter() if each.tag == "symbol"}
    assert len(symbols) == len(SourceType) * len(Certainty)
    used = {
        re.search('href="#([^"]+)"', glyphs.glyph(source, certainty, ahead))[1]  # type: ignore[index]
        for source, certainty, ahead in product(SourceType, Certainty, (True, False))
    }
    assert used == symbols
    assert len(glyphs.legend()) == 1 + len(Certainty) + 1 + len(SourceType)


@pytest.mark.parametrize(
    ("when", "day", "moment"),
    [
        (None, "undated", "undated"),
        (date(2025, 12, 4), "4 Dec 2025", "4 Dec 2025"),
        (datetime(2025, 12, 4, 22, 32), "4 Dec 2025", "4 Dec 2025, 22:32"),
        (datetime(2025, 1, 4, 9, 5, tzinfo=UTC), "4 Jan 2025", "4 Jan 2025, 09:05 +00:00"),
        (
            datetime(2025, 12, 4, 22, 32, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "4 Dec 2025",
            "4 Dec 2025, 22:32 +05:30",
        ),
    ],
)
def test_dates_are_read_without_a_locale(when, day: str, moment: str) -> None:
    assert words.day(when) == day
    assert words.moment(when) == moment


def test_counts_and_parties() -> None:
    assert [words.count(n, "deal") for n in (0, 1, 1234)] == ["0 deals", "1 deal", "1,234 deals"]
    assert words.count(2, "party", "parties") == "2 parties"
    assert words.parties(()) == "open"
    assert words.parties(("NO", "CL")) == "NO–CL"
    assert words.between(("NO", "EU", "Hamas")) == "Norway–EU–Hamas"
    assert words.between(()) == "parties open"
    assert words.party("GB") == "UK"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"publisher": "The Oslo Example", "url": "https://news.example/a", "title": "A title"}, "The Oslo Example"),
        ({"url": "https://news.example:8443/a", "title": "A title"}, "news.example"),
        ({"url": "javascript:alert(1)", "title": "A title"}, "A title"),
        ({"url": "http://[::1", "title": "A title"}, "A title"),
        (
            {"title": "A title of very many words that goes on and on and never ends"},
            "A title of very many words that goes on and on …",
        ),
        ({}, "n1"),
    ],
)
def test_a_document_has_a_name(given: dict[str, str], name: str) -> None:
    assert words.name_of(Document("text", id="n1", **given)) == name
    facts: dict[str, Any] = {"publisher": None, "title": None, "url": None, **given}
    assert words.name_of(replace(sighting(1, document="n1"), **facts)) == name
