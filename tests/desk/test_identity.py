"""What makes two documents the same one, and the day that counts for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from paraph.desk.identity import canonical, day_that_counts, key_of, signal_id, site_of, stamp_of, utc, version_hash
from paraph.model import Document
from samples import report

SEEN = datetime(2025, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://www.news.example/a/b/?utm_source=x&fbclid=1#top", "http://news.example/a/b"),
        ("https://News.Example:443/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
        ("https://news.example./", "https://news.example"),
    ],
)
def test_one_page_under_two_addresses(url: str, same: str) -> None:
    assert canonical(url) == canonical(same)


def test_other_pages_stay_apart_and_odd_addresses_stay_as_they_are() -> None:
    assert canonical("https://news.example/a?id=1") != canonical("https://news.example/a?id=2")
    assert canonical("https://news.example:8443/a") == "news.example:8443/a"
    for odd in ("mailto:ana", "https://[half", "https://news.example:port/"):
        assert canonical(odd) == odd


@pytest.mark.parametrize(
    ("url", "site"),
    [
        (None, None),
        ("nonsense", None),
        ("https://[half", None),
        ("https://localhost/x", "localhost"),
        ("https://a.b.news.example/x", "news.example"),
        ("https://www.times.co.uk/x", "times.co.uk"),
        ("https://pib.gov.in/x", "pib.gov.in"),
        ("https://english.news.cn", "news.cn"),
        ("https://192.0.2.7/x", "192.0.2.7"),
        ("https://[2001:db8::1]/x", "2001:db8::1"),
    ],
)
def test_who_a_page_belongs_to(url: str | None, site: str | None) -> None:
    assert site_of(url) == site


def test_a_document_is_known_by_its_id_else_its_address_else_its_text() -> None:
    named = report().document
    assert key_of(named) == "report"
    assert key_of(replace(named, text="Other.")) == "report"
    bare = Document("One text.", url="https://news.example/a?utm_source=x")
    again = Document("Another text.", url="http://www.news.example/a/")
    assert key_of(bare) == key_of(again) != bare.id
    assert key_of(Document("One text.")) == Document("One text.").id


def test_the_same_delivery_has_the_same_hash_whenever_it_is_fetched() -> None:
    one = report().document
    assert version_hash(one) == version_hash(replace(one, fetched=SEEN, notes=("late",)))
    for other in (replace(one, text="x"), replace(one, title="x"), replace(one, published=date(2020, 1, 1))):
        assert version_hash(one) != version_hash(other)


def test_a_signal_s_id_is_its_place() -> None:
    one = signal_id("report", 1, 5, "hash")
    assert len(one) == 12
    assert int(one, 16) >= 0
    assert len({one, signal_id("note", 1, 5, "hash"), signal_id("report", 1, 6, "hash")}) == 3


def test_moments_sort_as_texts() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert utc(datetime(2025, 3, 5, 17, 30, tzinfo=east)) == utc(SEEN) == utc(SEEN.replace(tzinfo=None))
    assert utc(SEEN) < utc(SEEN + timedelta(microseconds=1))


def test_versions_are_ordered_by_what_they_say_of_themselves() -> None:
    day = date(2025, 3, 3)
    plain = Document("x", published=day)
    assert stamp_of(plain, SEEN) == utc(datetime(2025, 3, 3, tzinfo=UTC))
    assert stamp_of(replace(plain, updated=SEEN - timedelta(hours=2)), SEEN) == utc(SEEN - timedelta(hours=2))
    assert stamp_of(Document("x"), SEEN) == utc(SEEN)
    assert stamp_of(replace(plain, updated=SEEN + timedelta(days=9)), SEEN) == utc(SEEN)


@pytest.mark.parametrize(
    ("published", "arrival", "day"),
    [
        (None, "added", SEEN.date()),
        (date(2024, 1, 1), "added", date(2024, 1, 1)),  # a person vouches for it
        (date(2024, 1, 1), "watched", SEEN.date()),  # backdated, for all that anybody knows
        (date(2025, 3, 3), "watched", date(2025, 3, 3)),
        (date(2025, 3, 2), "watched", SEEN.date()),
        (date(2025, 3, 6), "added", date(2025, 3, 6)),  # it is day already in Auckland
        (date(2025, 3, 7), "added", SEEN.date()),
        (datetime(2025, 3, 4, 23, tzinfo=timezone(timedelta(hours=-5))), "added", date(2025, 3, 4)),
    ],
)
def test_the_day_that_counts(published: date | None, arrival: str, day: date) -> None:
    assert day_that_counts(published, SEEN, arrival, 2) == day  # type: ignore[arg-type]
    assert day_that_counts(published, SEEN.replace(tzinfo=None), arrival, 2) == day  # type: ignore[arg-type]
