"""Dates as feeds, meta tags and bylines write them: 200 forms, and what is no date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.intake.dates import country_of, dateline, filed, future_note, parse_when
from paraph.intake.zones import COUNTRY, NAMES, zone
from paraph.model import iso

D = "2025-12-04"

# (text, what it is in ISO 8601, or None)
FORMS: list[tuple[str, str | None]] = [
    # ISO 8601, RFC 3339 and what passes for them
    ("2025-12-04", D),
    (" 2025-12-04 ", D),
    ("2025-12-4", D),
    ("20251204", D),
    ("2025-W49-4", D),
    ("2025-338", D),
    ("2025-12-04T22:32", D + "T22:32"),
    ("2025-12-04 22:32", D + "T22:32"),
    ("2025-12-04, 22:32", D + "T22:32"),
    ("2025-12-04T22:32:10", D + "T22:32:10"),
    ("2025-12-04T22:32Z", D + "T22:32+00:00"),
    ("2025-12-04T22:32:10Z", D + "T22:32:10+00:00"),
    ("2025-12-04T22:32:10.123Z", D + "T22:32:10+00:00"),
    ("2025-12-04T22:32:10.123456+05:30", D + "T22:32:10+05:30"),
    ("2025-12-04T22:32:10,5+05:30", D + "T22:32:10+05:30"),
    ("2025-12-04T22:32+05:30", D + "T22:32+05:30"),
    ("2025-12-04T22:32+0530", D + "T22:32+05:30"),
    ("2025-12-04T22:32+05", D + "T22:32+05:00"),
    ("2025-12-04T22:32+5:30", D + "T22:32+05:30"),
    ("2025-12-04T22:32-03:30", D + "T22:32-03:30"),
    ("2025-12-04 22:32:10 +0530", D + "T22:32:10+05:30"),
    ("2025-12-04 22:32:10 UTC", D + "T22:32:10+00:00"),
    ("2025-12-04 10:32 PM IST", D + "T22:32+05:30"),
    ("2025-12-04 10:32 pm", D + "T22:32"),
    ("2025-12-04t22:32z", D + "T22:32+00:00"),
    ("20251204T223210Z", D + "T22:32:10+00:00"),
    ("20251204T2232+0530", D + "T22:32+05:30"),
    ("20251204223210", D + "T22:32:10"),
    ("1764867720", "2025-12-04T17:02+00:00"),
    ("1764867720000", "2025-12-04T17:02+00:00"),
    ("/Date(1764867720000)/", "2025-12-04T17:02+00:00"),
    ("/Date(1764867720000+0530)/", "2025-12-04T17:02+00:00"),
    ("2025-12-04T24:00", "2025-12-05T00:00"),
    ("2025-12-04T23:59:60Z", D + "T23:59:59+00:00"),
    ("2025/12/04", D),
    ("2025/12/4", D),
    ("2025.12.04", D),
    ("2025/12/04 22:32", D + "T22:32"),
    ("2025.12.04 22:32:10", D + "T22:32:10"),
    # RFC 822 and 2822, RFC 850, asctime, JavaScript, Java
    ("Thu, 04 Dec 2025 22:32:00 +0530", D + "T22:32+05:30"),
    ("Thu, 4 Dec 2025 22:32:10 GMT", D + "T22:32:10+00:00"),
    ("Thu, 04 Dec 2025 22:32 UT", D + "T22:32+00:00"),
    ("04 Dec 2025 22:32:00 -0500", D + "T22:32-05:00"),
    ("Thu, 04 Dec 2025 22:32:00 EST", D + "T22:32-05:00"),
    ("Thu, 04 Dec 25 22:32:00 GMT", D + "T22:32+00:00"),
    ("Thu, 04 Dec 2025 22:32:00 Z", D + "T22:32+00:00"),
    ("Thursday, 04-Dec-25 22:32:00 GMT", D + "T22:32+00:00"),
    ("Thu Dec  4 22:32:00 2025", D + "T22:32"),
    ("Thu Dec 04 22:32:00 IST 2025", D + "T22:32+05:30"),
    ("Thu Dec 04 22:32:00 +0000 2025", D + "T22:32+00:00"),
    ("Thu Dec 04 2025 22:32:00 GMT+0530 (India Standard Time)", D + "T22:32+05:30"),
    ("Thu Dec 04 2025 22:32:00 GMT+0300", D + "T22:32+03:00"),
    # day, month, year in words
    ("4 December 2025", D),
    ("04 December 2025", D),
    ("4 Dec 2025", D),
    ("4 Dec. 2025", D),
    ("4 dec 2025", D),
    ("4 DECEMBER 2025", D),
    ("4th December 2025", D),
    ("4th of December 2025", D),
    ("the 4th of December, 2025", D),
    ("4 December, 2025", D),
    ("04-Dec-2025", D),
    ("04-Dec-25", D),
    ("4-December-2025", D),
    ("4.December 2025", D),
    ("4/Dec/2025", D),
    ("4Dec2025", D),
    ("1st March 2025", "2025-03-01"),
    ("2nd March 2025", "2025-03-02"),
    ("3rd March 2025", "2025-03-03"),
    ("22nd May 2025", "2025-05-22"),
    ("Thursday 4 December 2025", D),
    ("Thursday, 4 December 2025", D),
    ("Thu 4 Dec 2025", D),
    ("Thurs, 4 Dec 2025", D),
    ("on 4 December 2025", D),
    # month, day, year in words
    ("December 4, 2025", D),
    ("Dec 4, 2025", D),
    ("Dec. 4, 2025", D),
    ("Dec 04, 2025", D),
    ("Dec 04 2025", D),
    ("DEC 4, 2025", D),
    ("December 4th, 2025", D),
    ("December 4th 2025", D),
    ("Sept. 4, 2025", "2025-09-04"),
    ("Sept 4, 2025", "2025-09-04"),
    ("Sep 4, 2025", "2025-09-04"),
    ("May 5, 2025", "2025-05-05"),
    ("Thursday, December 4, 2025", D),
    ("Thu, Dec 4, 2025", D),
    ("Dec 4, 2025,", D),
    ("- Dec 4, 2025,", D),
    ("Dec 4 ’25", D),
    ("2025 December 4", D),
    ("2025, Dec 4", D),
    ("2025-Dec-04", D),
    # with labels
    ("Published 4 December 2025", D),
    ("Published: 4 December 2025", D),
    ("Published on 4 December 2025", D),
    ("Published On : Dec 4, 2025", D),
    ("First published: Dec 4, 2025", D),
    ("Posted on December 4, 2025", D),
    ("Updated Dec 4, 2025 10:32 PM IST", D + "T22:32+05:30"),
    ("Last updated on December 04, 2025 at 10:32 PM", D + "T22:32"),
    ("Last Updated: 4 December 2025, 10:32 pm IST", D + "T22:32+05:30"),
    ("Released: December 4, 2025", D),
    ("Issued on 4 December 2025", D),
    ("Date: 4 December 2025", D),
    ("Article published Dec 4, 2025", D),
    ("Story updated on 4 December 2025 at 22:32 hrs", D + "T22:32"),
    ("Posted On: 04 DEC 2025 10:32PM", D + "T22:32"),
    # times of day
    ("4 December 2025, 10:32 pm IST", D + "T22:32+05:30"),
    ("Dec 4, 2025 10:32 PM", D + "T22:32"),
    ("Dec 4, 2025 10:32PM", D + "T22:32"),
    ("Dec 4, 2025, 10:32 p.m.", D + "T22:32"),
    ("Dec 4, 2025, 10.32 p.m.", D + "T22:32"),
    ("Dec 4, 2025 at 10:32 a.m.", D + "T10:32"),
    ("Dec 4, 2025, 10 PM", D + "T22:00"),
    ("Dec 4, 2025 10pm", D + "T22:00"),
    ("Dec 4, 2025, 12:05 AM", D + "T00:05"),
    ("Dec 4, 2025, 12:05 PM", D + "T12:05"),
    ("Dec 4, 2025, 12 noon", D + "T12:00"),
    ("Dec 4, 2025 12:00 noon", D + "T12:00"),
    ("Dec 4, 2025 noon", D + "T12:00"),
    ("Dec 4, 2025 midnight", D + "T00:00"),
    ("Dec 4, 2025 22:32 pm", D + "T22:32"),
    ("4 December 2025 22:32", D + "T22:32"),
    ("4 December 2025 - 22:32", D + "T22:32"),
    ("4 December 2025 | 22:32", D + "T22:32"),
    ("4 December 2025 22.32", D + "T22:32"),
    ("4 December 2025 at 22.32", D + "T22:32"),
    ("4 December 2025 22h32", D + "T22:32"),
    ("4 December 2025 2232 hrs", D + "T22:32"),
    ("4 December 2025 22:32:10", D + "T22:32:10"),
    ("22:32, 4 December 2025", D + "T22:32"),
    ("10:32 PM, Dec 4, 2025", D + "T22:32"),
    ("10:32 pm on Thursday, 4 December 2025", D + "T22:32"),
    ("10:32 PM · Dec 4, 2025", D + "T22:32"),
    ("06:14 pm EST Thursday, December 4, 2025", D + "T18:14-05:00"),
    ("Dec 4, 2025 / 10:32 PM EST", D + "T22:32-05:00"),
    # zones
    ("Dec 04, 2025 22:32 (GMT+3)", D + "T22:32+03:00"),
    ("Dec 04, 2025 22:32 GMT+5:30", D + "T22:32+05:30"),
    ("Dec 04, 2025 22:32 (UTC+8)", D + "T22:32+08:00"),
    ("Dec 04, 2025 22:32 UTC-5", D + "T22:32-05:00"),
    ("Dec 04, 2025 22:32 UTC", D + "T22:32+00:00"),
    ("Dec 04, 2025 22:32 GMT", D + "T22:32+00:00"),
    ("Dec 04, 2025 22:32 +0300", D + "T22:32+03:00"),
    ("Dec 04, 2025 22:32 −03:00", D + "T22:32-03:00"),
    ("Dec 4, 2025, 5:02 p.m. ET", D + "T17:02-05:00"),
    ("July 4, 2025, 5:02 p.m. ET", "2025-07-04T17:02-04:00"),
    ("July 4, 2025, 5:02 p.m. EDT", "2025-07-04T17:02-04:00"),
    ("Dec 4, 2025 5:02 PM Eastern Time", D + "T17:02-05:00"),
    ("Dec 4, 2025 5:02 PM PT", D + "T17:02-08:00"),
    ("Dec 4, 2025 5:02 PM PST", D + "T17:02-08:00"),
    ("Dec 4, 2025 5:02 PM CST", D + "T17:02-06:00"),
    ("4 December 2025 22:32 CET", D + "T22:32+01:00"),
    ("4 July 2025 22:32 CEST", "2025-07-04T22:32+02:00"),
    ("4 July 2025 22:32 BST", "2025-07-04T22:32+01:00"),
    ("4 December 2025 22:32 London time", D + "T22:32+00:00"),
    ("4 July 2025 22:32 London time", "2025-07-04T22:32+01:00"),
    ("4 July 2025 22:32 Brussels time", "2025-07-04T22:32+02:00"),
    ("4 July 2025 22:32 Kyiv time", "2025-07-04T22:32+03:00"),
    ("4 December 2025 22:32 MSK", D + "T22:32+03:00"),
    ("4 December 2025 22:32 Moscow time", D + "T22:32+03:00"),
    ("4 December 2025 22:32 (Moscow Time)", D + "T22:32+03:00"),
    ("4 December 2025 22:32 Beijing time", D + "T22:32+08:00"),
    ("4 December 2025 22:32 JST", D + "T22:32+09:00"),
    ("4 December 2025 22:32 KST", D + "T22:32+09:00"),
    ("4 December 2025 22:32 SGT", D + "T22:32+08:00"),
    ("4 December 2025 22:32 HKT", D + "T22:32+08:00"),
    ("4 December 2025 22:32 PKT", D + "T22:32+05:00"),
    ("4 December 2025 22:32 NPT", D + "T22:32+05:45"),
    ("4 December 2025 22:32 GST", D + "T22:32+04:00"),
    ("4 December 2025 22:32 Gulf Standard Time", D + "T22:32+04:00"),
    ("4 December 2025 22.32 WIB", D + "T22:32+07:00"),
    ("4 December 2025 22:32 AEDT", D + "T22:32+11:00"),
    ("4 December 2025 22:32 SAST", D + "T22:32+02:00"),
    ("4 December 2025 22:32 EAT", D + "T22:32+03:00"),
    ("4 December 2025 22:32 local time", D + "T22:32"),
    ("22:32 04-12-2025 MSK", D + "T22:32+03:00"),
    # figures
    ("Thursday 04/12/2025", D),
    ("Thursday 12/04/2025", D),
    ("04.12.2025", D),
    ("4.12.2025", D),
    ("4.12.25", D),
    ("04.12.2025 22:32", D + "T22:32"),
    ("25/12/2025", "2025-12-25"),
    ("12/25/2025", "2025-12-25"),
    ("25-12-2025", "2025-12-25"),
    ("05/05/2025", "2025-05-05"),
    ("12/25/25", "2025-12-25"),
    # other tongues on English pages
    ("2025年12月4日", D),
    ("2025年12月4日 22:32", D + "T22:32"),
    ("4 décembre 2025", D),
    ("4 de diciembre de 2025", D),
    ("4. Dezember 2025", D),
    ("4 dicembre 2025", D),
    ("4 декабря 2025", D),
    # no date, or none that is clear
    ("", None),
    ("soon", None),
    ("04/12/2025", None),
    ("04-12-2025", None),
    ("04/12/2025 10:00 EST", None),
    ("25-12-04", None),
    ("December 2025", None),
    ("4 December", None),
    ("2025", None),
    ("22:32", None),
    ("31 April 2025", None),
    ("2025-02-30", None),
    ("30/02/2025", None),
    ("2025-13-01", None),
    ("4 December 1825", None),
    ("4 December 2025 25:00", None),
    ("2025-12-04T25:00Z", None),
    ("2025-12-04T22:32+99:00", None),
    ("Dec 04, 2025 22:32 GMT+19", None),
    ("4 December 2025 to 5 December 2025", None),
    ("4 or 5 December 2025", None),
    ("December December 4 2025", None),
    ("The leaders met on 4 December 2025", None),
    ("Putin in Delhi, 4 December 2025", None),
    ("two hours ago", None),
    ("yesterday", None),
    ("1 2 3 4", None),
    ("12345/12/2025", None),
    ("version 10.12.2025.1", None),
    ("2025-400", None),
    ("2025-W60-1", None),
    ("99999999999999", None),
    ("4 December 2025" + " " * 10 + "x" * 200, None),
]


def test_there_are_two_hundred_forms() -> None:
    assert len(FORMS) >= 200
    assert len({text for text, _ in FORMS}) == len(FORMS)


@pytest.mark.parametrize(("text", "wanted"), FORMS, ids=lambda value: str(value)[:40])
def test_forms(text: str, wanted: str | None) -> None:
    assert iso(parse_when(text)) == wanted


@pytest.mark.parametrize(
    ("text", "country", "wanted"),
    [
        ("04/12/2025", "IN", "2025-12-04"),
        ("04/12/2025", "GB", "2025-12-04"),
        ("04/12/2025", "US", "2025-04-12"),
        ("04/12/2025", "PH", "2025-04-12"),
        ("04/12/25", "US", "2025-04-12"),
        ("Thursday 04/12/2025", "US", "2025-12-04"),  # the weekday knows better
        ("Monday 04/12/2025", "IN", "2025-12-04"),  # neither is a Monday
        ("Dec 4, 2025 10:32 PM IST", None, "2025-12-04T22:32+05:30"),
        ("Dec 4, 2025 10:32 PM IST", "IL", "2025-12-04T22:32+02:00"),
        ("July 4, 2025 10:32 PM IST", "IE", "2025-07-04T22:32+01:00"),
        ("4 July 2025 22:32 BST", "BD", "2025-07-04T22:32+06:00"),
        ("4 July 2025 22:32 CST", "CN", "2025-07-04T22:32+08:00"),
        ("4 July 2025 22:32 PST", "PH", "2025-07-04T22:32+08:00"),
        ("4 July 2025 22:32 AST", "SA", "2025-07-04T22:32+03:00"),
        ("4 July 2025 22:32 SST", "SG", "2025-07-04T22:32+08:00"),
        ("4 July 2025 22:32 SST", None, "2025-07-04T22:32"),
    ],
)
def test_the_country_decides_what_is_ambiguous(text: str, country: str | None, wanted: str) -> None:
    assert iso(parse_when(text, country=country)) == wanted


def test_a_default_zone_fills_in_for_times_only() -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    assert iso(parse_when("Dec 4, 2025 10:32 PM", default_zone=kolkata)) == "2025-12-04T22:32+05:30"
    assert iso(parse_when("Dec 4, 2025 10:32 PM GMT", default_zone=kolkata)) == "2025-12-04T22:32+00:00"
    assert parse_when("Dec 4, 2025", default_zone=kolkata) == date(2025, 12, 4)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_written_dates_come_back(day: date) -> None:
    for form in ("%Y-%m-%d", "%d %B %Y", "%b %d, %Y", "%A, %d %B %Y", "%Y%m%d", "%d.%m.%Y", "%A %d/%m/%Y"):
        found = parse_when(day.strftime(form))
        # Both orders may fall on the weekday that is named; then there is no telling.
        assert found == day or (form == "%A %d/%m/%Y" and found is None)


@given(st.text(max_size=160))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    assert parse_when(text) is None or isinstance(parse_when(text), date)
    dateline(text)


@given(st.text("0123456789 :.-/,apmTZ+DecIST", max_size=40))
def test_what_looks_like_a_date_raises_nothing(text: str) -> None:
    assert parse_when(text) is None or isinstance(parse_when(text), date)


@pytest.mark.parametrize(
    ("line", "published", "updated", "labelled"),
    [
        ("- Dec 4, 2025,", "2025-12-04", None, False),
        ("- Updated Dec 4, 2025 10:32 PM IST", None, "2025-12-04T22:32+05:30", True),
        ("• Published: 4 December 2025", "2025-12-04", None, True),
        (
            "Published Dec 4, 2025, 9:00 Updated Dec 5, 2025 22:32 IST",
            "2025-12-04T09:00",
            "2025-12-05T22:32+05:30",
            True,
        ),
        ("First Published: Dec 4, 2025 | Last Updated: Dec 5, 2025 10:32 PM", "2025-12-04", "2025-12-05T22:32", True),
        ("UPDATED: 4 DECEMBER 2025", None, "2025-12-04", True),
    ],
)
def test_datelines(line: str, published: str | None, updated: str | None, labelled: bool) -> None:
    found = dateline(line)
    assert found is not None
    assert (iso(found.published), iso(found.updated), found.labelled) == (published, updated, labelled)


@pytest.mark.parametrize(
    "line",
    [
        "Updated",
        "- Joint research",
        "The agreement was updated on Dec 4, 2025",
        "MOSCOW, December 4, 2025 - The minister said",
        "Dec 4, 2025 | By A. Reporter",
        "",
        "-",
        "x" * 500,
    ],
)
def test_lines_that_are_no_datelines(line: str) -> None:
    assert dateline(line) is None


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("NEW DELHI, Dec 5, 2025 (Example Wire) - The two leaders met.", date(2025, 12, 5)),
        ("Szohod, 5 December 2025 — The two leaders met.", date(2025, 12, 5)),
        ("SZOHOD, Borduria, Sept. 1, 2025 - The two leaders met.", date(2025, 9, 1)),
        ("Tokyo, 23 July 2025", date(2025, 7, 23)),
        ("SZOHOD, December 5 (Wire) - No year.", None),
        ("On Friday, December 5, 2025 the two leaders met.", None),
        ("The pact, signed on 5 December 2025, is long.", None),
        ("SZOHOD, Smarch 5, 2025 - The two leaders met.", None),
    ],
)
def test_the_day_of_an_agency_dateline(line: str, day: date | None) -> None:
    assert filed(line) == day


def test_the_future_is_told_from_a_slow_clock() -> None:
    now = datetime(2025, 12, 4, 12, tzinfo=UTC)
    assert future_note("published", None, now) is None
    assert future_note("published", date(2025, 12, 5), now) is None
    assert future_note("published", datetime(2025, 12, 5, 12, tzinfo=UTC), now) is None
    assert future_note("published", datetime(2025, 12, 5, 11), now) is None
    assert "2025-12-06" in (future_note("published", date(2025, 12, 6), now) or "")
    assert "updated" in (future_note("updated", datetime(2025, 12, 5, 12, 1, tzinfo=UTC), now) or "")


@pytest.mark.parametrize(
    ("url", "publisher", "country"),
    [
        ("https://www.example.co.uk/a", None, "GB"),
        ("https://news.example.in", None, "IN"),
        ("https://www.state.gov/x", None, "US"),
        ("https://www.timesofisrael.com/x", None, "IL"),
        ("https://example.com", "The Irish Example", "IE"),
        ("https://example.com", "Example News", None),
        ("https://example.io", None, None),
        ("https://[broken", None, None),
        (None, None, None),
        (None, "Example of Manila", "PH"),
    ],
)
def test_countries_of_addresses_and_publishers(url: str | None, publisher: str | None, country: str | None) -> None:
    assert country_of(url, publisher) == country


def test_every_zone_of_the_tables_is_a_zone() -> None:
    local = datetime(2025, 7, 4, 12)
    for name in NAMES:
        assert zone(name, None, local) is not None
    for name, country in COUNTRY:
        assert zone(name, country, local) is not None
    assert zone("nowhere", None, local) is None


@pytest.mark.parametrize(
    ("name", "local", "hours"),
    [
        ("et", datetime(2025, 3, 9, 1, 59), -5),
        ("et", datetime(2025, 3, 9, 3, 0), -4),
        ("et", datetime(2025, 11, 2, 1, 59), -4),
        ("et", datetime(2025, 11, 2, 2, 0), -5),
        ("london time", datetime(2025, 3, 30, 0, 59), 0),
        ("london time", datetime(2025, 3, 30, 2, 0), 1),
        ("kyiv time", datetime(2025, 10, 26, 2, 59), 3),
        ("kyiv time", datetime(2025, 10, 26, 3, 0), 2),
    ],
)
def test_summer_time_begins_and_ends_on_its_day(name: str, local: datetime, hours: int) -> None:
    assert zone(name, None, local) == timezone(timedelta(hours=hours))
