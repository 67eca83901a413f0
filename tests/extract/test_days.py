"""Days in running text."""

from __future__ import annotations

from datetime import date

import pytest

from paraph.extract.days import LONGEST_SPAN, Days, Precision, find_days, weekday_near

FRIDAY = date(2025, 11, 28)


def spans(text: str, published: date | None = FRIDAY) -> list[tuple[str, str, str]]:
    return [(text[d.start : d.end], d.first.isoformat(), d.last.isoformat()) for d in find_days(text, published)]


@pytest.mark.parametrize(
    ("text", "words", "first", "last"),
    [
        ("comes on 4 and 5 December for talks", "4 and 5 December", "2025-12-04", "2025-12-05"),
        ("on 4–5 December 2024.", "4–5 December 2024", "2024-12-04", "2024-12-05"),
        ("from August 31 to September 1,", "August 31 to September 1", "2025-08-31", "2025-09-01"),
        ("from 31 August to 3 September", "31 August to 3 September", "2025-08-31", "2025-09-03"),
        ("(February 27-28)", "February 27-28", "2026-02-27", "2026-02-28"),
        ("between July 13 and 15", "July 13 and 15", "2025-07-13", "2025-07-15"),
        ("December 30 to January 2", "December 30 to January 2", "2025-12-30", "2026-01-02"),
        ("December 30 to January 2, 2024", "December 30 to January 2, 2024", "2023-12-30", "2024-01-02"),
        ("the 4th of December, 2025", "4th of December, 2025", "2025-12-04", "2025-12-04"),
        ("on Sept. 25 and later", "Sept. 25", "2025-09-25", "2025-09-25"),
        ("on Jan 3rd", "Jan 3rd", "2026-01-03", "2026-01-03"),
        ("of 2025-12-04", "2025-12-04", "2025-12-04", "2025-12-04"),
        ("tomorrow", "tomorrow", "2025-11-29", "2025-11-29"),
        ("yesterday", "yesterday", "2025-11-27", "2025-11-27"),
        ("on Thursday", "Thursday", "2025-12-04", "2025-12-04"),
        ("on Friday", "Friday", "2025-11-28", "2025-11-28"),
        ("next Friday", "next Friday", "2025-12-05", "2025-12-05"),
        ("last Friday", "last Friday", "2025-11-21", "2025-11-21"),
        ("last Monday", "last Monday", "2025-11-24", "2025-11-24"),
        ("later this week", "later this week", "2025-11-24", "2025-11-30"),
        ("next week", "next week", "2025-12-01", "2025-12-07"),
        ("last week", "last week", "2025-11-17", "2025-11-23"),
    ],
)
def test_the_forms_of_days(text: str, words: str, first: str, last: str) -> None:
    assert spans(text) == [(words, first, last)]


@pytest.mark.parametrize(
    "text",
    [
        "April 31", "31 April to 2 May", "2025-13-04", "may rise", "May 5 percent", "May 20-30 billion", "a May 5.5 deal",
        "on the 4th", "in December", "January 1 to December 31", "S-400 and 5", "March 5% more",
    ],
)  # fmt: skip
def test_what_is_no_day(text: str) -> None:
    assert spans(text) == []


def test_several_days_in_order_of_place_and_a_date_beside_its_weekday() -> None:
    found = find_days("On Monday (May 19, 2025) or tomorrow", FRIDAY)
    assert [days.precision for days in found] == [Precision.WEEKDAY, Precision.DATE, Precision.WEEKDAY]
    assert [days.first for days in found] == [date(2025, 12, 1), date(2025, 5, 19), date(2025, 11, 29)]


def test_without_the_day_of_publication_only_days_with_their_year_are_known() -> None:
    assert spans("on Monday, 4 December, next week, 4 December 2025", None) == [
        ("4 December 2025", "2025-12-04", "2025-12-04")
    ]


def test_a_leap_day_is_in_the_nearest_year_that_has_one() -> None:
    assert spans("29 February", date(2025, 3, 1)) == [("29 February", "2024-02-29", "2024-02-29")]


def test_a_span_is_at_most_some_weeks() -> None:
    [days] = find_days("3 to 24 March", FRIDAY)
    assert (days.last - days.first).days == LONGEST_SPAN
    assert find_days("3 to 25 March", FRIDAY) == []


def test_a_weekday_is_the_nearest_on_its_side() -> None:
    assert weekday_near(FRIDAY, 3, ahead=True) == date(2025, 12, 4)
    assert weekday_near(FRIDAY, 3, ahead=False) == date(2025, 11, 27)
    assert weekday_near(FRIDAY, 4, ahead=True) == weekday_near(FRIDAY, 4, ahead=False) == FRIDAY
    assert find_days("Thursday", FRIDAY) == [
        Days(0, 8, date(2025, 12, 4), date(2025, 12, 4), Precision.WEEKDAY, weekday=3)
    ]
