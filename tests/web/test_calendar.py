"""Calendars by the letter of RFC 5545: lines, folding, escapes and days, whatever an occasion is called."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.show.safe import line
from paraph.web.calendar import Event, calendar, escaped, folded

NOW = datetime(2025, 3, 5, 14, 30, 5, tzinfo=timezone(timedelta(hours=2)))
HOSTILE = [
    "Visit\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "a\nATTACH:file:///etc/passwd",
    "x" * 400,
    "习近平访问莫斯科，" * 30,
    "👩‍👩‍👧‍👦" * 40,
    'comma, semicolon; colon: backslash\\ quote"',
    "\\n is not a line end; \\, neither",
    "\u202egnp.exe\u202c \u200f\x00\x1b[31m\x85\u2028line",
    "lone \ud800 half",
    "=cmd|' /C calc'!A0",
]


def read(text: str) -> list[dict[str, str]]:
    """Return the events of a calendar, their values unescaped, as a program reads them; fails on what is no calendar."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    for octets in text.encode().split(b"\r\n"):
        assert len(octets) <= 75
        octets.decode()  # no character is cut in two
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    events: list[dict[str, str]] = []
    for each in lines[1:-1]:
        name, _, value = each.partition(":")
        assert re.fullmatch(r"[A-Z-]+(;[A-Z]+=[A-Z]+)*", name), each
        if each == "BEGIN:VEVENT":
            events.append({})
        elif events and name != "END":
            assert name not in events[-1]
            events[-1][name] = re.sub(r"\\(.)", r"\1", value)
    return events


def event(name: str = "Oslo visit", **given: object) -> Event:
    values = {"uid": "oslo@paraph", "first": date(2025, 3, 20), "last": date(2025, 3, 21), "address": "http://h/o/1"}
    return Event(title=name, **{**values, **given})  # type: ignore[arg-type]


def test_an_event_has_whole_days_and_ends_on_the_day_after() -> None:
    (found,) = read(calendar([event(place="Oslo", told="two deals", tags=("NO", "CL"))], "Occasions", NOW))
    assert found == {
        "UID": "oslo@paraph",
        "DTSTAMP": "20250305T123005Z",
        "DTSTART;VALUE=DATE": "20250320",
        "DTEND;VALUE=DATE": "20250322",
        "SUMMARY": "Oslo visit",
        "LOCATION": "Oslo",
        "DESCRIPTION": "two deals",
        "CATEGORIES": "NO,CL",
        "URL": "http://h/o/1",
        "TRANSP": "TRANSPARENT",
    }


def test_what_is_not_known_is_left_out() -> None:
    (found,) = read(calendar([event()], "Occasions", NOW))
    assert not {"LOCATION", "DESCRIPTION", "CATEGORIES"} & found.keys()


def test_a_calendar_without_events_is_one() -> None:
    assert read(calendar([], "Occasions", NOW)) == []


@pytest.mark.parametrize(
    ("first", "last", "start", "end"),
    [
        (date(2025, 12, 31), date(2025, 12, 31), "20251231", "20260101"),
        (date(2024, 2, 28), date(2024, 2, 29), "20240228", "20240301"),
        (date(1000, 1, 1), date(1000, 1, 2), "10000101", "10000103"),
    ],
)
def test_days_over_the_ends_of_months_and_years(first: date, last: date, start: str, end: str) -> None:
    (found,) = read(calendar([event(first=first, last=last)], "x", NOW))
    assert (found["DTSTART;VALUE=DATE"], found["DTEND;VALUE=DATE"]) == (start, end)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_property(name: str) -> None:
    found = read(calendar([event(name, place=name, told=name), event("second", uid="2")], name, NOW))
    assert [each["SUMMARY"] for each in found] == [line(name), "second"]
    assert found[0]["LOCATION"] == found[0]["DESCRIPTION"] == line(name)
    assert found[0]["DTSTAMP"] == found[1]["DTSTAMP"]


@given(st.text(max_size=300))
def test_any_text_comes_back(name: str) -> None:
    (found,) = read(calendar([event(name)], "x", datetime(2025, 1, 1, tzinfo=UTC)))
    assert found["SUMMARY"] == line(name)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=400))
def test_folding_loses_nothing(text: str) -> None:
    pieces = folded(text).split("\r\n ")
    assert "".join(pieces) == text
    assert all(len(piece.encode()) + (nth > 0) <= 75 for nth, piece in enumerate(pieces))
    # And no line is cut that need not be.
    assert len(pieces) == 1 or len(text.encode()) > 75


def test_what_means_something_is_escaped() -> None:
    assert escaped("a;b,c\\d\ne:f") == "a\\;b\\,c\\\\d e:f"
