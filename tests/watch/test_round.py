"""Rounds over served feeds: what is asked, how politely, and what comes of every kind of answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from paraph.settings import Settings
from watch.world import FEED, RSS_TYPE, START, World, feed_page, html_page, rss, text_of, world


@pytest.fixture
def earth(place: str) -> Iterator[World]:
    with world(place) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(2, 1)
        one.add(FEED)
        yield one


def test_new_entries_are_taken_in_once(earth: World) -> None:
    found = earth.watch()
    assert (found.feeds, found.answered, found.entries, found.documents, found.left) == (1, 1, 2, 2, 0)
    assert earth.titles() == ["Talks 1", "Talks 2"]
    feed = earth.feed()
    assert (feed.state, feed.title, feed.items, feed.checked) == ("well", "The Oslo Example", 2, START)
    assert feed.due == START + timedelta(minutes=30)
    earth.clock.on(hours=1)
    earth.web.pages["oslo.example/rss.xml"] = feed_page(3, 2, 1)
    found = earth.watch()
    assert (found.entries, found.documents, found.same) == (1, 1, 0)
    assert earth.titles() == ["Talks 1", "Talks 2", "Talks 3"]
    assert [told.title for told in earth.told if told.what == "document"] == ["Talks 1", "Talks 2", "Talks 3"]
    with earth.open() as desk:
        kept = list(desk.documents())
    assert {one.arrival for one in kept} == {"watched"}
    assert {one.first_seen for one in kept} == {START, START + timedelta(hours=1)}


def test_what_did_not_change_is_not_sent_again(earth: World) -> None:
    page = feed_page(2, 1)

    def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if headers.get("if-none-match") == '"v1"' and headers.get("if-modified-since") == "yesterday":
            return 304, {"ETag": '"v1"'}, b""
        return 200, RSS_TYPE | {"ETag": '"v1"', "Last-Modified": "yesterday"}, page[2]

    earth.web.pages["oslo.example/rss.xml"] = answer
    assert earth.watch().answered == 1
    earth.clock.on(hours=1)
    found = earth.watch()
    assert (found.feeds, found.unchanged, found.documents, found.bytes) == (1, 1, 0, 0)
    feed = earth.feed()
    assert (feed.state, feed.succeeded, feed.etag) == ("well", START + timedelta(hours=1), '"v1"')


def test_a_304_that_nobody_asked_for_is_a_failure(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (304, {}, b"")
    assert earth.watch().failed == 1
    assert "304" in (earth.feed().error or "")


def test_odd_tags_are_not_sent_back(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (
        200,
        RSS_TYPE | {"ETag": '"é"', "Last-Modified": "x" * 2_000},
        feed_page(1)[2],
    )
    earth.watch()
    earth.clock.on(hours=1)
    assert earth.watch().answered == 1
    assert not {"if-none-match", "if-modified-since"} & set(earth.web.asks[-1][1])


def test_failures_back_off_and_one_good_answer_ends_them(earth: World) -> None:
    good = earth.web.pages["oslo.example/rss.xml"]
    earth.web.pages["oslo.example/rss.xml"] = (500, {}, b"oops")
    waits = []
    for _ in range(4):
        assert earth.watch().failed == 1
        due = earth.feed().due
        assert due is not None
        waits.append(due - earth.clock())
        assert earth.watch().feeds == 0  # not before it is due, not even with --once
        earth.clock.time = due
    assert waits == [timedelta(minutes=30) * 2**n for n in range(4)]
    feed = earth.feed()
    assert (feed.state, feed.failures, feed.succeeded) == ("failing", 4, None)
    assert "the server said 500" in (feed.error or "")
    assert earth.tells("failed") == [feed.error] * 4
    earth.web.pages["oslo.example/rss.xml"] = good
    assert earth.watch().documents == 2
    feed = earth.feed()
    assert (feed.state, feed.failures, feed.error) == ("well", 0, None)


@pytest.mark.parametrize("hours", [2, 48])
def test_the_longest_wait_is_a_setting(tmp_path: Path, hours: int) -> None:
    with world(tmp_path, Settings(watch_max_backoff_hours=hours)) as one:
        one.add(FEED)
        for _ in range(9):
            one.watch()
            due = one.feed().due
            assert due is not None
            wait, one.clock.time = due - one.clock(), due
        assert wait == timedelta(hours=hours)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_says_when_and_is_left_alone_till_then(earth: World, status: int) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (status, {"Retry-After": "18000"}, b"")
    earth.web.pages["oslo.example/other.xml"] = feed_page(7)
    earth.add("http://oslo.example/other.xml")
    earth.watch()
    assert earth.feed().due == START + timedelta(hours=5)
    # The other feed of the host waits as well, in this round and, in another process, in the next.
    assert earth.web.addresses == ["oslo.example/rss.xml"]
    earth.clock.on(hours=4)
    earth.watch()
    assert earth.web.addresses == ["oslo.example/rss.xml"]
    assert earth.feed("http://oslo.example/other.xml").state == "new"
    earth.clock.on(hours=1)
    earth.web.pages["oslo.example/rss.xml"] = feed_page(1)
    earth.watch()
    assert len(earth.web.addresses) == 3
    assert earth.titles() == ["Talks 1", "Talks 7"]


def test_a_retry_after_shorter_than_the_usual_wait_is_no_invitation(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (429, {"Retry-After": "1"}, b"")
    earth.watch()
    assert earth.feed().due == START + timedelta(minutes=30)


def test_gone_ends_it_until_it_is_added_again(earth: World) -> None:
    good = earth.web.pages["oslo.example/rss.xml"]
    earth.web.pages["oslo.example/rss.xml"] = (410, {}, b"")
    found = earth.watch()
    assert (found.feeds, found.failed) == (1, 1)
    feed = earth.feed()
    assert (feed.state, feed.due) == ("gone", None)
    assert "gone for good (410); it is not asked any more" in earth.tells("gone")[0]
    earth.clock.on(days=400)
    assert earth.watch().feeds == 0
    earth.web.pages["oslo.example/rss.xml"] = good
    earth.add(FEED)
    assert earth.watch().documents == 2
    assert earth.feed().state == "well"


def test_a_permanent_redirect_moves_the_feed_and_the_old_address_stays_known(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (301, {"Location": "/feed"}, b"")
    earth.web.pages["oslo.example/feed"] = (308, {"Location": "http://new.example/rss.xml#top"}, b"")
    earth.web.pages["new.example/rss.xml"] = feed_page(1)
    earth.watch()
    feed = earth.feed("http://new.example/rss.xml")
    assert feed.was == (FEED,)
    assert feed.items == 1
    assert earth.tells("moved") == ["moved for good to http://new.example/rss.xml; the old address still names it"]
    earth.add(FEED)
    assert list(earth.feeds()) == ["http://new.example/rss.xml"]
    earth.clock.on(hours=1)
    earth.watch()
    assert earth.web.addresses[-1] == "new.example/rss.xml"


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_passing_redirect_moves_nothing(earth: World, status: int) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (status, {"Location": "http://new.example/rss.xml"}, b"")
    earth.web.pages["new.example/rss.xml"] = (301, {"Location": "http://newer.example/rss.xml"}, b"")
    earth.web.pages["newer.example/rss.xml"] = feed_page(1)
    earth.watch()
    assert earth.feed().was == ()
    assert earth.titles() == ["Talks 1"]


def test_a_permanent_redirect_to_what_is_no_feed_moves_nothing(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (301, {"Location": "http://login.example/"}, b"")
    earth.web.pages["login.example/"] = html_page(1)
    earth.watch()
    feed = earth.feed()
    assert (feed.state, feed.was) == ("failing", ())


def test_a_feed_that_moved_to_one_that_is_followed_ends(earth: World) -> None:
    earth.add("http://new.example/rss.xml")
    earth.web.pages["oslo.example/rss.xml"] = (301, {"Location": "http://new.example/rss.xml"}, b"")
    earth.web.pages["new.example/rss.xml"] = feed_page(1)
    earth.watch()
    assert earth.feed().state == "gone"
    assert "http://new.example/rss.xml, which is followed already" in earth.tells("gone")[0]
    assert earth.titles() == ["Talks 1"]


def test_redirects_in_a_circle_end(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (302, {"Location": "/rss.xml"}, b"")
    earth.watch()
    assert earth.web.asked_for("oslo.example/rss.xml") == 6
    assert "redirects more than 5 times" in (earth.feed().error or "")


def test_a_redirect_to_the_inside_is_refused(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (302, {"Location": "http://127.0.0.1/rss.xml"}, b"")
    earth.watch()
    assert "127.0.0.1 is loopback" in (earth.feed().error or "")
    earth.net.names["inside.example"] = [["10.0.0.1"]]
    earth.add("http://inside.example/rss.xml")
    earth.watch()
    assert "10.0.0.1, which is private" in (earth.feed("http://inside.example/rss.xml").error or "")
    assert earth.web.asked_for("inside.example/robots.txt") == 0


# ---- robots.txt


def test_what_robots_txt_disallows_is_told_and_not_asked(earth: World) -> None:
    earth.web.pages["oslo.example/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /rss")
    found = earth.watch()
    assert (found.feeds, found.failed) == (1, 1)
    assert earth.web.addresses == []
    assert earth.tells("disallowed") == ["robots.txt of oslo.example does not allow /rss.xml"]
    feed = earth.feed()
    assert feed.error == "robots.txt of oslo.example does not allow /rss.xml"
    assert feed.due == START + timedelta(hours=24)
    # It is believed for a day, by other processes as well, and then asked for again.
    earth.clock.on(hours=25)
    earth.web.pages["oslo.example/robots.txt"] = (404, {}, b"")
    assert earth.watch().documents == 2
    assert earth.web.asked_for("oslo.example/robots.txt") == 2


def test_robots_txt_is_asked_once_a_day_for_each_host(earth: World) -> None:
    for _ in range(4):
        earth.watch()
        earth.clock.on(hours=5)
    assert earth.web.asked_for("oslo.example/robots.txt") == 1
    earth.clock.on(hours=5)
    earth.watch()
    assert earth.web.asked_for("oslo.example/robots.txt") == 2
    assert earth.web.asks[0][1]["user-agent"] == "Paraph/test"


def test_robots_txt_is_looked_for_behind_redirects(earth: World) -> None:
    earth.web.pages["oslo.example/robots.txt"] = (301, {"Location": "http://www.oslo.example/robots.txt"}, b"")
    earth.web.pages["www.oslo.example/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /rss")
    earth.watch()
    assert earth.web.addresses == []


def test_a_redirect_obeys_the_rules_of_where_it_leads(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (302, {"Location": "http://closed.example/rss.xml"}, b"")
    earth.web.pages["closed.example/robots.txt"] = (200, {}, b"User-agent: paraph\nDisallow: /")
    earth.web.pages["closed.example/rss.xml"] = feed_page(1)
    earth.watch()
    assert earth.web.asked_for("closed.example/rss.xml") == 0
    assert earth.feed().state == "failing"


@pytest.mark.parametrize("size", [999, 1_001])
def test_a_robots_txt_that_is_too_large_or_broken_closes_the_site_for_an_hour(tmp_path: Path, size: int) -> None:
    with world(tmp_path, Settings(watch_follow=False, max_robots_bytes=1_000)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1)
        one.web.pages["oslo.example/robots.txt"] = (200, {}, b"#" * size)
        one.add(FEED)
        one.watch()
        assert len(one.titles()) == (size < 1_000)
        if size > 1_000:
            assert one.feed().due == START + timedelta(hours=1)
            assert "larger than 1,000 bytes" in one.tells("disallowed")[0]


# ---- answers that are no good feed


def test_a_broken_feed_gives_what_can_be_read_of_it(earth: World) -> None:
    whole = feed_page(3, 2, 1)[2]
    earth.web.pages["oslo.example/rss.xml"] = (200, RSS_TYPE, whole[: whole.index(b"<title>Talks 1")])
    earth.watch()
    assert "Talks 3" in earth.titles()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "no feed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>', "document type"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "no list of items"),
        (b'{"text": "OSLO - a document of the contract", "id": "taken"}', "no list of items"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "no feed"),
    ],
)
def test_what_is_no_feed_is_told(earth: World, body: bytes, told: str) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (200, {}, body)
    assert earth.watch().failed == 1
    assert told in (earth.feed().error or "")


def test_a_page_in_a_feeds_place_is_asked_for_its_feeds(earth: World) -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/real.xml"><link rel=Alternate type=text/html href=/x>'
    )
    page = html_page(1)[2].replace(b"<head>", f"<head>{head}".encode())
    earth.web.pages["oslo.example/rss.xml"] = (200, {"Content-Type": "text/html"}, page)
    earth.watch()
    assert earth.feed().error == "it is a page, not a feed (it names http://oslo.example/real.xml; add that)"
    for body in (html_page(1)[2], b"<!doctype html><!-- nothing -->"):
        earth.web.pages["oslo.example/rss.xml"] = (200, {}, body)
        earth.clock.on(hours=4)
        earth.watch()
        assert earth.feed().error == "it is a page, not a feed (give the address of the feed itself)"


def test_a_feed_without_entries_is_a_good_answer(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = feed_page()
    assert earth.watch().answered == 1
    assert earth.feed().state == "well"


@pytest.mark.parametrize("room", [0, -1])
def test_a_huge_feed_is_left(tmp_path: Path, room: int) -> None:
    page = feed_page(*range(20))
    with world(tmp_path, Settings(watch_follow=False, max_feed_bytes=len(page[2]) + room)) as one:
        one.web.pages["oslo.example/rss.xml"] = page
        one.add(FEED)
        one.watch()
        assert (one.feed().state == "well") == (room == 0)
        if room:
            assert "max_feed_bytes" in (one.feed().error or "")


def test_a_slow_server_costs_its_time_and_no_more(tmp_path: Path) -> None:
    with world(tmp_path, Settings(watch_follow=False, fetch_seconds=0.3)) as one:
        end = threading.Event()
        one.web.pages["slow.example/rss.xml"] = lambda headers: (end.wait(20), feed_page(9))[1]
        one.web.pages["oslo.example/rss.xml"] = feed_page(1)
        one.add(FEED, "http://slow.example/rss.xml")
        try:
            found = one.watch()
        finally:
            end.set()
        assert (found.answered, found.failed) == (1, 1)
        assert "took too long" in (one.feed("http://slow.example/rss.xml").error or "")


# ---- politeness and budgets


@pytest.mark.parametrize("gap", [0, 2, 30])
def test_a_host_is_asked_one_request_at_a_time_with_a_gap(tmp_path: Path, gap: int) -> None:
    with world(tmp_path, Settings(watch_follow=False, watch_host_gap_seconds=gap)) as one:
        times = []
        for n in range(4):

            def answer(headers: dict[str, str], n: int = n) -> tuple[int, dict[str, str], bytes]:
                times.append(one.clock())
                return feed_page(n)

            one.web.pages[f"oslo.example/{n}.xml"] = answer
        one.add(*(f"http://oslo.example/{n}.xml" for n in range(4)))
        one.watch()
        # robots.txt came first.
        assert times == [START + timedelta(seconds=gap * (n + 1)) for n in range(4)]


def test_a_longer_crawl_delay_is_obeyed_and_a_shorter_one_is_not_taken_up(tmp_path: Path) -> None:
    with world(tmp_path, Settings(watch_follow=False)) as one:
        for host, delay in (("quick.example", "0.1"), ("calm.example", "60"), ("still.example", "600")):
            one.web.pages[f"{host}/robots.txt"] = (200, {}, f"User-agent: *\nCrawl-delay: {delay}".encode())
            for n in range(2):
                one.web.pages[f"{host}/{n}.xml"] = feed_page(n, host=host)
                one.add(f"http://{host}/{n}.xml")
        found = one.watch()
        # One request to the third, robots.txt; the rest of it is due when its delay is over.
        assert (found.answered, one.clock()) == (4, START + timedelta(seconds=120))
        assert one.feed("http://still.example/1.xml").due == START + timedelta(minutes=10)
        one.clock.time = START + timedelta(minutes=10)
        assert one.watch(once=False, until=one.clock() + timedelta(minutes=11)).answered == 2


@pytest.mark.parametrize("at_once", [1, 3])
def test_hosts_are_asked_side_by_side_up_to_a_number(tmp_path: Path, at_once: int) -> None:
    with world(tmp_path, Settings(watch_follow=False, watch_hosts_at_once=at_once)) as one:
        busy = most = 0
        lock, met = threading.Lock(), threading.Barrier(at_once)

        def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            nonlocal busy, most
            with lock:
                busy += 1
                most = max(most, busy)
            met.wait(20)
            with lock:
                busy -= 1
            return feed_page(1, host=headers["host"])

        for n in range(3):
            one.web.pages[f"h{n}.example/rss.xml"] = answer
            one.add(f"http://h{n}.example/rss.xml")
        assert one.watch().answered == 3
        assert most == at_once


@pytest.mark.parametrize(("pages", "first"), [(2, 2), (3, 3), (4, 3)])
def test_pages_beyond_the_budget_wait_for_the_next_round(tmp_path: Path, pages: int, first: int) -> None:
    with world(tmp_path, Settings(watch_pages_per_run=pages)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(3, 2, 1, text="In short.")
        for n in (1, 2, 3):
            one.web.pages[f"oslo.example/{n}"] = html_page(n)
        one.add(FEED)
        found = one.watch()
        assert (found.pages, found.documents, found.left, found.spent) == (first, first, 3 - first, first < 3)
        assert one.titles() == [f"Page {n}" for n in range(1, first + 1)]
        one.clock.on(hours=1)
        assert one.watch().left == 0
        assert one.titles() == ["Page 1", "Page 2", "Page 3"]


def test_bytes_beyond_the_budget_wait_as_well(tmp_path: Path) -> None:
    page = html_page(1)
    with world(tmp_path, Settings(watch_bytes_per_run=len(page[2]) + 1_000)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(3, 2, 1, text="In short.")
        for n in (1, 2, 3):
            one.web.pages[f"oslo.example/{n}"] = html_page(n)
        one.add(FEED)
        found = one.watch()
        assert 0 < found.documents < 3
        assert found.documents + found.left == 3
        assert found.spent


@pytest.mark.parametrize("minutes", [5, 20])
def test_a_feed_is_not_asked_again_too_soon(tmp_path: Path, minutes: int) -> None:
    with world(tmp_path, Settings(watch_follow=False, watch_least_minutes=minutes)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1)
        one.add(FEED)
        asked = []
        for _ in range(5):
            asked.append(one.watch().feeds)
            one.clock.on(minutes=5)
        assert asked == ([1, 1, 1, 1, 1] if minutes == 5 else [1, 0, 0, 0, 1])


# ---- gaps


def test_a_feed_that_does_not_join_on_tells_of_the_gap(earth: World) -> None:
    earth.watch()
    earth.clock.on(days=3)
    later = START + timedelta(days=3)
    earth.web.pages["oslo.example/rss.xml"] = feed_page(9, 8, at=later)
    earth.watch()
    gap = (START - timedelta(hours=1), later - timedelta(hours=2))
    assert earth.feed().gaps == (gap,)
    assert earth.tells("gap")[0].startswith("entries between 2026-03-02 07:00 and 2026-03-05 06:00 UTC may be missing")
    earth.clock.on(hours=1)
    earth.web.pages["oslo.example/rss.xml"] = feed_page(10, 9, 8, at=later + timedelta(hours=1))
    earth.watch()
    assert earth.feed().gaps == (gap,)
    assert len(earth.tells("gap")) == 1


# ---- entries that change, entries without anything


def test_an_entry_that_was_changed_is_read_again_but_not_for_ever(earth: World) -> None:
    def atom(updated: str, words: str) -> tuple[int, dict[str, str], bytes]:
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title><entry><id>one</id><title>One</title>'
            f'<link href="http://oslo.example/1"/><published>2026-03-01T00:00:00Z</published><updated>{updated}</updated>'
            f"<content>{words}</content></entry></feed>"
        )
        return 200, {}, body.encode()

    for day in range(10):
        earth.web.pages["oslo.example/rss.xml"] = atom(
            f"2026-03-02T{day:02}:00:00Z", text_of(1) + f" Update {day} came in."
        )
        earth.watch()
        earth.clock.on(hours=1)
    documents = earth.documents()
    assert [document.title for document in documents] == ["One"]
    assert documents[0].text.endswith("Update 4 came in.")
    with earth.open() as desk:
        assert len(desk.versions(documents[0].id)) == 5


def test_an_entry_without_words_and_link_is_told(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (
        200,
        RSS_TYPE,
        rss([(1, START)]).replace(text_of(1).encode(), b"").replace(b"http://oslo.example/1", b""),
    )
    found = earth.watch()
    assert (found.entries, found.documents, found.left) == (1, 0, 0)
    assert "no text of its own" in earth.tells("entry")[0]
