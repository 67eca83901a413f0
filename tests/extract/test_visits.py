"""Visits and summits in sentences."""

from __future__ import annotations

import time
from datetime import date

import pytest

from paraph.extract.days import Precision
from paraph.extract.visits import find_visits

SATURDAY = date(2025, 7, 19)


def told(text: str, published: date | None = SATURDAY) -> list[tuple[str, str, str, str | None, str]]:
    return [
        (v.who, v.guest, ",".join(v.hosts), v.place, f"{v.first:%m-%d}" + (f"/{v.last:%m-%d}" if v.last > v.first else ""))
        for v in find_visits(text, published)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "visit"),
    [
        ("Lula's two-day visit to New Delhi begins on 4 August.", ("Lula", "BR", "IN", "New Delhi", "08-04/08-05")),
        ("Macron's August 5 state visit to Canada is prepared.", ("Macron", "FR", "CA", None, "08-05")),
        ("Carney travels to Mexico on Thursday for talks.", ("Carney", "CA", "MX", None, "07-24")),
        ("Carney landed in Mexico on Thursday.", ("Carney", "CA", "MX", None, "07-17")),
        ("Carney, on his first visit to Japan, meets the emperor tomorrow.", ("Carney", "CA", "JP", None, "07-20")),
        ("Banks hope for Lula's India visit on 4 August.", ("Lula", "BR", "IN", None, "08-04")),
        ("The visit of President Lula to Chile on 4 and 5 August.", ("Lula", "BR", "CL", None, "08-04/08-05")),
        ("The three-day Chile visit of President Lula, from 4 August.", ("Lula", "BR", "CL", None, "08-04/08-06")),
        ("A state visit to Chile by Lula on 4 August is planned.", ("Lula", "BR", "CL", None, "08-04")),
        ("Lula, president of Brazil, will be in Santiago from August 31 to September 1.",
         ("Lula", "BR", "CL", "Santiago", "08-31/09-01")),
        ("Lula to visit Chile on August 4-5", ("Lula", "BR", "CL", None, "08-04/08-05")),
        ("Lula left on Wednesday, July 16, for a trip of four days that takes him to Chile and on to Peru.",
         ("Lula", "BR", "CL,PE", None, "07-16/07-19")),
        ("In London on Thursday, Prime Minister Keir Starmer plays host to Lula.", ("Lula", "BR", "GB", "London", "07-24")),
        ("Canada will host Lula on 4 August.", ("Lula", "BR", "CA", None, "08-04")),
        ("Starmer will meet Lula on 4 August in Brasília.", ("Starmer", "GB", "BR", "Brasília", "08-04")),
        ("Starmer meets the Brazilian president, Lula, in London on 4 August.", ("Lula", "BR", "GB", "London", "08-04")),
        ("The Estonian foreign minister Mari Tamm will visit Chile on 4 August.", ("Mari Tamm", "EE", "CL", None, "08-04")),
        ("The Estonian prime minister will visit Chile on 4 August.", ("Estonian", "EE", "CL", None, "08-04")),
        ("The President of Estonia will travel to Chile on 4 August.", ("Estonia", "EE", "CL", None, "08-04")),
        ("The leaders of Japan and the EU hold a summit in Tokyo on Wednesday.", ("EU", "EU", "JP", "Tokyo", "07-23")),
        ("The summit between Britain and the EU takes place in London on 4 August.", ("EU", "EU", "GB", "London", "08-04")),
        ("India and the EU hold their annual summit on 4 August.", ("EU", "EU", "IN", None, "08-04")),
        ("The two-day ASEAN summit in Hanoi begins on August 4.", ("ASEAN", "ASEAN", "VN", "Hanoi", "08-04/08-05")),
        ("The summit of the African Union opens in Nairobi on August 4.",
         ("African Union", "African Union", "KE", "Nairobi", "08-04")),
        ("Lula, who arrives in Lima on Thursday, will see ports.", ("Lula", "BR", "PE", "Lima", "07-24")),
        ("Lula embarks on state visits to Chile, Peru and Egypt from 4 to 8 August.",
         ("Lula", "BR", "CL,PE,EG", None, "08-04/08-08")),
        ("Starmer will lead a large delegation to Chile on 4 August.", ("Starmer", "GB", "CL", None, "08-04")),
        ("Foreign ministers Mari Tamm and Lula will visit Peru on 4 August.", ("Lula", "BR", "PE", None, "08-04")),
        ("Lula will meet Trump at the White House on Friday.", ("Lula", "BR", "US", None, "07-25")),
        ("Lula comes to the Chilean capital on 4 August.", ("Lula", "BR", "CL", None, "08-04")),
    ],
)  # fmt: skip
def test_visits(text: str, visit: tuple[str, str, str, str | None, str]) -> None:
    assert told(text) == [visit]


@pytest.mark.parametrize(
    "text",
    [
        "Starmer invited Lula to visit London on 4 August.",
        "Lula cancelled his visit to London on 4 August.",
        "Lula will visit London.",
        "Lula will visit London on a day to be agreed, aides said on Friday.",
        "Lula will travel to Brasília on 4 August.",
        "Starmer and Lula will meet on 4 August.",
        "Carney meets Lula in London on 4 August.",
        "The visit to London is on 4 August.",
        "A fund opens in Nairobi on 4 August.",
        "Lula's visit to London in 2019 came after 4 August.",
    ],
)
def test_no_visits(text: str) -> None:
    assert told(text) == []


def test_a_visit_is_told_once_a_sentence_and_two_are_two() -> None:
    text = "Lula will visit Chile on 4 August, and Carney will travel to Mexico on 9 August, ahead of Lula's visit to Chile."
    assert [(who, days) for who, *_, days in told(text)] == [("Lula", "08-04"), ("Carney", "08-09")]


def test_the_span_is_the_sentence() -> None:
    text = "The talks go on. Lula will  visit Chile on 4 August. A pact is due."
    [visit] = find_visits(text, SATURDAY)
    assert text[visit.start : visit.end] == "Lula will  visit Chile on 4 August."
    assert (visit.person, visit.sort, visit.open, visit.precision) == (True, "visit", False, Precision.DATE)


def test_how_exactly_the_days_are_told() -> None:
    [begins] = find_visits("Lula's visit to Chile begins on 4 August.", SATURDAY)
    assert begins.open
    [week] = find_visits("Lula will visit Chile next week.", SATURDAY)
    assert (week.precision, week.first, week.last) == (Precision.WEEK, date(2025, 7, 21), date(2025, 7, 27))
    [exact] = find_visits("Lula will visit Chile on Monday 4 August, not next week.", SATURDAY)
    assert (exact.precision, exact.first) == (Precision.DATE, date(2025, 8, 4))


def test_the_sort_of_a_meeting() -> None:
    sorts = [
        visit.sort
        for text in (
            "ASEAN summit in Hanoi on 4 August",
            "India and the EU hold their summit on 4 August",
            "Lula to visit Chile on 4 August",
        )
        for visit in find_visits(text, SATURDAY)
    ]
    assert sorts == ["summit", "talks", "visit"]


def test_private_letters_in_a_text_are_no_marks() -> None:
    assert told("\ue070\ue100 Lula will visit \ue067 Chile on 4 August.") == [("Lula", "BR", "CL", None, "08-04")]


def test_a_text_without_its_day_needs_the_year() -> None:
    assert told("Lula will visit Chile on 4 August.", None) == []
    assert told("Lula will visit Chile on 4 August 2025.", None) == [("Lula", "BR", "CL", None, "08-04")]


@pytest.mark.parametrize(
    "unit",
    ["Lula ", "Lula, ", "Lula's visit ", "visit to Chile by ", "Chile, Peru and ", "Lula's visit to Chile 4 August ",
     "Lula meets Trump ", "EU summit ", "Lula and ", "will visit ", "4 August "],
)  # fmt: skip
def test_hostile_texts_take_no_long_time(unit: str) -> None:
    text = f"4 August Lula {unit * (100_000 // len(unit))}"
    begin = time.process_time()
    find_visits(text, SATURDAY)
    # 0.7 s at most when this was written; what grows with the square would take minutes.
    assert time.process_time() - begin < 5
