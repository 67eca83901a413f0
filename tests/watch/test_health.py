"""What is known of a feed and how answers change it: gaps, typical distances, moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.watch.health import Feed, Shown, answered, conditions, ended, failed, period_of, unchanged, utc

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = Feed(url="http://oslo.example/rss.xml", added=NOW)


def shown(*items: tuple[str, float | None]) -> tuple[Shown, ...]:
    """Entries by key and hours from NOW."""
    return tuple(Shown(key, None if hours is None else NOW + HOUR * hours) for key, hours in items)


def after(feed: Feed, now: float, all_: Sequence[Shown], seen: str = "") -> Feed:
    new = [one for one in all_ if one.key not in seen.split()]
    moment = NOW + HOUR * now
    return answered(feed, moment, moment + HOUR, url=feed.url, headers={}, title="T", shown=all_, new=new)


FIRST = after(FEED, 0, shown(("c", -1), ("b", -2), ("a", -3)))


@pytest.mark.parametrize(
    ("next_", "seen", "gap"),
    [
        # It joins on: one of the newest is still shown.
        (shown(("e", 5), ("d", 4), ("c", -1)), "c", None),
        # The newest was withdrawn, the one before is there.
        (shown(("e", 5), ("d", 4), ("b", -2)), "b", None),
        # Nothing in common.
        (shown(("e", 5), ("d", 4)), "", (-1, 4)),
        # Nothing new, or nothing at all.
        (shown(("c", -1)), "c", None),
        ((), "", None),
        # An old entry that was never shown says nothing of a gap after the newest.
        (shown(("e", 5), ("z", -9)), "", None),
        # Without dates the times of asking stand in.
        (shown(("e", None)), "", (-1, 10)),
    ],
)
def test_gaps(next_: tuple[Shown, ...], seen: str, gap: tuple[float, float] | None) -> None:
    feed = after(FIRST, 10, next_, seen)
    assert feed.gaps == (() if gap is None else ((NOW + HOUR * gap[0], NOW + HOUR * gap[1]),))
    assert feed.newest == (next_[:5] or FIRST.newest)


def test_a_pinned_entry_hides_no_gap() -> None:
    pinned = ("pin", -999)
    first = after(FEED, 0, shown(pinned, *((f"a{n}", -n) for n in range(1, 8))))
    assert "pin" not in {one.key for one in first.newest}
    second = after(first, 99, shown(pinned, ("b", 90), ("c", 80)), "pin")
    assert second.gaps == ((NOW - HOUR, NOW + HOUR * 80),)


def test_an_undated_feed_has_gaps_between_the_times_it_was_asked() -> None:
    first = after(FEED, 0, shown(("b", None), ("a", None)))
    assert [one.key for one in first.newest] == ["b", "a"]
    assert after(first, 5, shown(("c", None), ("b", None)), "b").gaps == ()
    assert after(first, 5, shown(("c", None))).gaps == ((NOW, NOW + HOUR * 5),)


def test_gaps_are_kept_up_to_a_number() -> None:
    feed = FEED
    for n in range(30):
        feed = after(feed, n + 1, shown((f"k{n}", n)))
    assert len(feed.gaps) == 20
    assert feed.gaps[-1] == (NOW + HOUR * 28, NOW + HOUR * 29)
    assert (feed.items, feed.title) == (30, "T")


def test_the_typical_distance() -> None:
    assert period_of([NOW, NOW + HOUR]) is None
    assert period_of([NOW, NOW, NOW + HOUR]) is None
    assert period_of([NOW + HOUR * n for n in (0, 1, 2, 3, 40)]) == HOUR
    assert after(FIRST, 1, shown(("d", 0)), "").period == FIRST.period == HOUR


def test_states_and_names() -> None:
    assert (FEED.state, FEED.name) == ("new", FEED.url)
    ill = failed(failed(FEED, NOW, NOW + HOUR, "one"), NOW, NOW + HOUR, "two")
    assert (ill.state, ill.failures, ill.error, ill.succeeded) == ("failing", 2, "two", None)
    well = unchanged(ill, NOW, NOW + HOUR, ill.url)
    assert (well.state, well.failures, well.error, well.due) == ("well", 0, None, NOW + HOUR)
    gone = ended(well, NOW, "gone")
    assert (gone.state, gone.due, gone.error) == ("gone", None, "gone")
    assert (FIRST.state, FIRST.name) == ("well", "T")


def test_a_feed_that_moves_back_and_forth_has_each_address_once() -> None:
    feed = FEED
    for url in ("b", "c", "b", FEED.url):
        feed = unchanged(feed, NOW, NOW, url)
    assert (feed.url, feed.was) == (FEED.url, ("c", "b"))


def test_only_what_a_feed_said_is_sent_back() -> None:
    assert conditions(FEED) == {}
    headers = {"etag": ' W/"x" ', "last-modified": "Sun, 01 Mar 2026 12:10:00 GMT"}
    feed = answered(FEED, NOW, NOW, url=FEED.url, headers=headers, title=None, shown=(), new=())
    assert conditions(feed) == {"If-None-Match": 'W/"x"', "If-Modified-Since": "Sun, 01 Mar 2026 12:10:00 GMT"}
    for bad in ("", "x" * 1_001, "a\x00b", "é"):
        feed = answered(FEED, NOW, NOW, url=FEED.url, headers={"etag": bad}, title=None, shown=(), new=())
        assert conditions(feed) == {}


def test_moments() -> None:
    assert utc(None, NOW) is None
    assert utc(date(2026, 3, 1), NOW) == datetime(2026, 3, 1, tzinfo=UTC)
    assert utc(datetime(2026, 3, 1, 5), NOW) == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert utc(datetime(2026, 3, 1, 5, tzinfo=timezone(HOUR * 5)), NOW) == datetime(2026, 3, 1, tzinfo=UTC)
    assert utc(datetime(2999, 1, 1), NOW) == NOW
    assert utc(datetime.min.replace(tzinfo=timezone(HOUR * 5)), NOW) is None


@given(st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(-50, 50)))), st.integers(0, 100))
def test_any_answer_leaves_a_sound_feed(items: list[tuple[int, int | None]], hours: int) -> None:
    found = after(FIRST, hours, shown(*((f"k{key}", at) for key, at in dict(items).items())))
    assert len(found.newest) <= 5
    assert all(start < end for start, end in found.gaps)
    assert found.to_dict()["state"] == "well"
