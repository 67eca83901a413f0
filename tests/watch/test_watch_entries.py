"""Entries: what they are remembered by, and that they come back from the desk as they were."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.errors import NoText
from paraph.intake.feed import Entry
from paraph.intake.fetch import Page
from paraph.settings import Settings
from paraph.watch.entries import entry_from, entry_key, entry_to, fault, listing_of, said
from watch.world import START, feed_page, rss

TEXT = st.one_of(st.none(), st.text(max_size=30))
ZONES = st.one_of(st.none(), st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))))
MOMENTS = st.one_of(st.none(), st.dates(), st.datetimes(timezones=ZONES).map(lambda when: when.replace(microsecond=0)))
ENTRIES = st.builds(Entry, st.integers(1, 9), st.text(max_size=50), TEXT, TEXT, TEXT, MOMENTS, MOMENTS, TEXT, TEXT)


@given(ENTRIES)
def test_what_is_kept_comes_back(entry: Entry) -> None:
    assert entry_from(json.loads(json.dumps(entry_to(entry)))) == entry
    assert len(entry_key(entry)) == 16


def test_keys_are_ids_then_links_then_words() -> None:
    one = Entry(1, "Words", title="T", link="http://a.example/1", id="x")
    same = (Entry(2, "Others", title="U", link="http://a.example/2", id="x"), Entry(3, "", id="x"))
    assert {entry_key(each) for each in same} == {entry_key(one)}
    linked = Entry(1, "Words", link="x")
    assert entry_key(linked) not in (entry_key(one), entry_key(Entry(1, "Words")))
    assert entry_key(linked) == entry_key(Entry(5, "Other words", link="x"))
    assert entry_key(Entry(1, "a", title="b")) != entry_key(Entry(1, "a"))
    assert entry_key(Entry(1, "\ud800"))


def page(data: bytes, charset: str | None = None) -> Page:
    return Page("http://oslo.example/feed", data, "application/xml", charset)


def test_listings_of_every_form() -> None:
    settings = Settings()
    xml = listing_of(page(feed_page(2, 1)[2]), source="x", settings=settings)
    assert (xml.title, [entry.title for entry in xml.entries.values()]) == ("The Oslo Example", ["Talks 2", "Talks 1"])
    import gzip

    packed = listing_of(page(gzip.compress(feed_page(2, 1)[2])), source="x", settings=settings)
    assert packed == xml
    js = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [{"id": "1", "content_text": "Words"}] * 3,
    }
    found = listing_of(page(json.dumps(js).encode()), source="x", settings=settings)
    assert (found.title, len(found.entries)) == ("J", 1)
    # An entry that stands twice is one; a feed of many sources takes its own name where most come from it.
    twice = listing_of(page(rss([(1, START), (1, START)])), source="x", settings=settings)
    assert len(twice.entries) == 1


def test_errors_without_their_source() -> None:
    assert said(NoText("here", "nothing", "do this")) == "nothing (do this)"
    assert said(NoText("here", "nothing")) == "nothing"
    assert "ValueError: x" in said(fault("here", ValueError("x")))


@pytest.mark.parametrize("when", [date(2026, 3, 2), datetime(2026, 3, 2, 8), None])
def test_days_and_times_stay_what_they_are(when: date | datetime | None) -> None:
    assert type(entry_from(entry_to(Entry(1, "x", published=when))).published) is type(when)
