"""Occasions suggested from texts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

import pytest

from paraph.model import Document, Kind, Occasion
from paraph.resolve.occasions import Suggestion, suggest

NAMES = {"BR": "Brazil", "CL": "Chile", "JP": "Japan", "IN": "India", "GB": "Britain", "PE": "Peru"}


@dataclass(frozen=True, slots=True)
class Filed:
    document: Document
    day: date | None
    voice: str


def filed(text: str, day: str | None = "2025-07-19", id: str = "a", voice: str = "", kind: Kind = Kind.REPORT) -> Filed:
    published = date.fromisoformat(day) if day else None
    return Filed(Document(text=text, id=id, published=published, kind=kind), published, voice or id)


def names_of(*documents: Filed, **options: object) -> list[Suggestion]:
    return suggest(documents, name_of=lambda code: NAMES.get(code, code), **options)  # type: ignore[arg-type]


def test_an_occasion_with_its_days_place_parties_and_the_words_that_show_it() -> None:
    text = "A pact is near. President Lula will travel to Santiago on 4 and 5 August. Ministers confirm it."
    [found] = names_of(filed(text))
    assert found.occasion == Occasion(
        "Lula in Santiago, August 2025", ("CL", "BR"), date(2025, 8, 4), date(2025, 8, 5), "Santiago"
    )
    assert (found.voices, found.exact, found.confidence) == (1, True, 0.7)
    [evidence] = found.evidence
    assert (
        text[evidence.start : evidence.end]
        == evidence.quote
        == "President Lula will travel to Santiago on 4 and 5 August."
    )
    assert found.to_dict()["name"] == "Lula in Santiago, August 2025"
    assert found.to_dict()["evidence"] == [
        {"document": "a", "publisher": None, "start": evidence.start, "end": evidence.end, "quote": evidence.quote}
    ]


def test_what_several_documents_tell_of_one_visit_is_one_occasion_with_the_days_most_give() -> None:
    [found] = names_of(
        filed("Lula will visit Chile on 4 August.", id="a"),
        filed("Lula's visit to Santiago from 4 to 6 August is prepared.", id="b"),
        filed("Lula is expected to come to Chile on 4 and 5 August.", id="c"),
        filed("Lula da Silva will be in Chile on 4 and 5 August.", id="d"),
        filed("The Chile visit of President Lula next week.", day="2025-07-30", id="e"),
    )
    assert (found.occasion.first, found.occasion.last) == (date(2025, 8, 4), date(2025, 8, 5))
    assert found.occasion.name == "Lula in Santiago, August 2025"
    assert (found.voices, found.confidence, len(found.evidence)) == (5, 0.9, 5)


def test_single_days_are_put_together() -> None:
    [found] = names_of(
        filed("Lula arrives in Chile on 4 August.", id="a"),
        filed("Starmer and Boric wait. Lula's visit to Chile on 5 August will be long.", id="b"),
    )
    assert (found.occasion.first, found.occasion.last) == (date(2025, 8, 4), date(2025, 8, 5))


def test_copies_are_one_voice() -> None:
    [found] = names_of(
        filed("Lula will visit Chile on 4 August.", id="a"),
        filed("Lula will visit Chile on 4 August.", id="b", voice="a"),
    )
    assert (found.voices, [evidence.document for evidence in found.evidence]) == (1, ["a"])


def test_the_order_of_the_documents_does_not_matter() -> None:
    texts = [
        "Lula will visit Chile on 4 August.",
        "Lula's visit to Chile from 4 to 6 August.",
        "Carney travels to Mexico on Thursday.",
        "Mark Carney will be in Mexico next week.",
        "Lula will visit Chile next week, on 22 July.",
        "The ASEAN summit in Hanoi begins on 4 August.",
    ]
    documents = [filed(text, id=str(n)) for n, text in enumerate(texts)]
    expected = names_of(*documents)
    assert len(expected) >= 3
    for seed in range(10):
        shuffled = random.Random(seed).sample(documents, len(documents))
        assert names_of(*shuffled) == expected


def test_other_days_other_guests_and_a_blocs_summit_are_other_occasions() -> None:
    found = names_of(
        filed("Lula will visit Chile on 4 August.", id="a"),
        filed("Lula will visit Chile on 24 August.", id="b"),
        filed("Starmer will visit Chile on 4 August.", id="c"),
        filed("The ASEAN summit in Hanoi begins on 4 August.", id="d"),
        filed("An ASEAN visit: Marcos will visit Vietnam on 4 August.", id="e"),
    )
    assert sorted(one.occasion.name for one in found) == [
        "ASEAN summit in Hanoi, August 2025",
        "Lula in Chile, 24 August 2025",
        "Lula in Chile, 4 August 2025",
        "Marcos in VN, August 2025",
        "Starmer in Chile, August 2025",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Japan and India hold a summit in Tokyo on 4 August.", "Japan-India summit, August 2025"),
        ("India and Japan hold their summit on 4 August.", "India-Japan summit, August 2025"),
        ("The Brazilian prime minister will visit London on 4 August.", "Brazil in London, August 2025"),
        ("KEIR STARMER will visit Chile on 4 August.", "Starmer in Chile, August 2025"),
        ("Lula will travel to Chile and Peru on 4 August.", "Lula in Chile and Peru, August 2025"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert [one.occasion.name for one in names_of(filed(text))] == [name]


def test_a_week_is_told_as_such() -> None:
    [found] = names_of(filed("Lula will visit Chile next week."))
    assert not found.exact
    assert found.confidence < 0.5
    assert (found.occasion.first, found.occasion.last) == (date(2025, 7, 21), date(2025, 7, 27))


def test_a_week_joins_no_more_than_one_occasion() -> None:
    found = names_of(
        filed("Lula will visit Chile on 21 July.", id="a"),
        filed("Lula will visit Chile on 27 July.", id="b"),
        filed("Lula will visit Chile next week.", id="c"),
    )
    assert [one.voices for one in found] == [2, 1]


def test_an_official_paper_makes_it_surer() -> None:
    [report] = names_of(filed("Lula will visit Chile on 4 August."))
    [paper] = names_of(filed("Lula will visit Chile on 4 August.", kind=Kind.OFFICIAL))
    assert paper.confidence > report.confidence


def test_what_is_long_over_or_far_away_is_none() -> None:
    assert names_of(filed("Lula visited Chile on 4 June 2025.")) == []
    assert names_of(filed("Lula will visit Chile on 4 August 2026.")) == []
    assert len(names_of(filed("Lula visited Chile on 14 July."))) == 1


def test_what_is_known_or_over_is_left_out() -> None:
    document = filed("Lula will visit Chile on 4 and 5 August.")
    known = Occasion("State visit", ("BR", "CL"), date(2025, 8, 5), date(2025, 8, 7))
    assert names_of(document, known=[known]) == []
    other = Occasion("Another", ("BR", "PE"), date(2025, 8, 5), date(2025, 8, 7))
    assert len(names_of(document, known=[other])) == 1
    assert names_of(document, since=date(2025, 8, 6)) == []
    assert len(names_of(document, since=date(2025, 8, 5))) == 1


def test_a_document_without_its_day_of_publication_must_name_the_year() -> None:
    undated = Filed(Document(text="Lula will visit Chile on 4 August.", id="a"), date(2025, 7, 19), "a")
    assert suggest([undated]) == []
    dated = Filed(Document(text="Lula will visit Chile on 4 August 2024.", id="a"), None, "a")
    assert [one.occasion.first for one in suggest([dated])] == [date(2024, 8, 4)]
