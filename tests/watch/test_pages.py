"""Pages of entries: which are fetched, what is taken where they cannot be read, and whose words stand under whose address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from paraph.model import Document
from paraph.settings import Settings
from paraph.watch.keep import Keep
from watch.world import FEED, RSS_TYPE, START, StillDoor, World, feed_page, html_page, rss, text_of, world

SHORT = "In short: the ministers of Norway and Chile met in Oslo and agreed to speak of the ferries again in spring."


def of(**settings: object) -> Settings:
    return Settings(**{"watch_host_gap_seconds": 0, **settings})  # type: ignore[arg-type]


@pytest.fixture
def earth(place: str) -> Iterator[World]:
    with world(place, of()) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1, text=SHORT)
        one.web.pages["oslo.example/1"] = html_page(1)
        one.add(FEED)
        yield one


def only(earth: World) -> Document:
    (document,) = earth.documents()
    return document


def test_the_page_is_read_where_the_feed_gives_a_summary(earth: World) -> None:
    found = earth.watch()
    assert (found.pages, found.documents, found.unread) == (1, 1, 0)
    document = only(earth)
    assert (document.title, document.url, document.publisher) == ("Page 1", "http://oslo.example/1", "The Oslo Example")
    assert document.published == START - timedelta(hours=1)  # from the feed, for the page says nothing of it
    with earth.open() as desk:
        (kept,) = desk.documents()
        assert kept.raw is not None
        assert desk.raw(kept.raw).data == html_page(1)[2]


def test_the_bytes_are_kept_only_if_wanted(tmp_path: Path) -> None:
    with world(tmp_path, of(keep_raw=False)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1, text=SHORT)
        one.web.pages["oslo.example/1"] = html_page(1)
        one.add(FEED)
        one.watch()
        with one.open() as desk:
            (kept,) = desk.documents()
    assert (kept.document.title, kept.raw) == ("Page 1", None)


@pytest.mark.parametrize("more", [0, 1])
def test_an_entry_long_enough_is_no_summary(tmp_path: Path, more: int) -> None:
    length = len(text_of(1))
    with world(tmp_path, of(watch_summary_chars=length + more)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1)
        one.web.pages["oslo.example/1"] = html_page(1)
        one.add(FEED)
        one.watch()
        assert one.titles() == ["Page 1" if more else "Talks 1"]


def test_a_switch_leaves_the_pages_alone(tmp_path: Path) -> None:
    with world(tmp_path, of(watch_follow=False)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1, text=SHORT)
        one.add(FEED)
        one.watch()
        assert only(one).text == SHORT
        assert one.web.addresses == ["oslo.example/rss.xml"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_page_that_is_closed_or_gone_leaves_the_feeds_own_words(earth: World, status: int) -> None:
    earth.web.pages["oslo.example/1"] = (status, {}, b"")
    found = earth.watch()
    assert (found.documents, found.unread, found.left) == (1, 1, 0)
    document = only(earth)
    assert (document.text, document.url) == (SHORT, "http://oslo.example/1")
    assert any(f"the page was not read (the server said {status}" in note for note in document.notes)
    assert f"the server said {status}" in earth.tells("page")[0]
    earth.clock.on(days=2)
    assert earth.watch().pages == 0


@pytest.mark.parametrize("tries", [1, 3])
def test_a_page_that_fails_is_tried_again_and_then_left(tmp_path: Path, tries: int) -> None:
    with world(tmp_path, of(watch_page_tries=tries)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1, text=SHORT)
        one.web.pages["oslo.example/1"] = (500, {}, b"")
        one.add(FEED)
        for n in range(1, tries + 3):
            found = one.watch()
            assert one.web.asked_for("oslo.example/1") == min(n, tries)
            assert found.left == (n < tries)
            one.clock.on(hours=3)
        assert only(one).text == SHORT


def test_a_page_that_comes_back_is_read(earth: World) -> None:
    earth.web.pages["oslo.example/1"] = (503, {"Retry-After": "7200"}, b"")
    assert earth.watch().left == 1
    earth.clock.on(hours=1)
    earth.watch()
    assert earth.web.asked_for("oslo.example/1") == 1
    earth.clock.on(hours=1)
    earth.web.pages["oslo.example/1"] = html_page(1)
    assert earth.watch().documents == 1
    assert earth.titles() == ["Page 1"]
    with earth.open() as desk:
        (kept,) = desk.documents()
    assert kept.first_seen == START  # the feed showed it then


def test_robots_txt_holds_for_pages(earth: World) -> None:
    earth.web.pages["oslo.example/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /1")
    earth.watch()
    assert earth.web.asked_for("oslo.example/1") == 0
    assert only(earth).text == SHORT
    assert earth.tells("page") == ["robots.txt of oslo.example does not allow /1"]


def test_pages_of_a_site_whose_robots_txt_fails_wait(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = (
        200,
        RSS_TYPE,
        feed_page(1, text=SHORT)[2].replace(b"http://oslo.example/1", b"http://far.example/1"),
    )
    earth.web.pages["far.example/robots.txt"] = (500, {}, b"")
    earth.web.pages["far.example/1"] = html_page(1)
    assert earth.watch().left == 1
    earth.web.pages["far.example/robots.txt"] = (404, {}, b"")
    earth.clock.on(hours=2)
    assert earth.watch().documents == 1
    assert only(earth).url == "http://far.example/1"


def test_redirects_of_pages_are_followed_in_turn(earth: World) -> None:
    earth.web.pages["oslo.example/1"] = (302, {"Location": "http://www.oslo.example/one"}, b"")
    earth.web.pages["www.oslo.example/one"] = html_page(1)
    earth.watch()
    assert only(earth).url == "http://www.oslo.example/one"
    assert earth.web.asked_for("www.oslo.example/robots.txt") == 1


def test_a_page_that_redirects_without_end_is_left(earth: World) -> None:
    earth.web.pages["oslo.example/1"] = (302, {"Location": "/1"}, b"")
    for _ in range(3):
        earth.watch()
        earth.clock.on(hours=3)
    assert only(earth).text == SHORT


def test_a_redirect_to_the_inside_leaves_the_feeds_own_words(earth: World) -> None:
    earth.web.pages["oslo.example/1"] = (302, {"Location": "http://169.254.169.254/latest"}, b"")
    earth.watch()
    assert only(earth).text == SHORT
    assert "link-local" in earth.tells("page")[0]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG image, not a page"),
        (
            b'{"id": "another", "text": "The ministers signed a treaty on fish and ferries in Oslo on Monday."}',
            "not a page",
        ),
        (rss([(9, START)]), "not a page"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", "it is a web archive, not a page"),
        (b"", "not a page"),
        (b"<html><body></body></html>", ""),
    ],
)
def test_what_is_no_page_is_not_taken_for_one(earth: World, body: bytes, told: str) -> None:
    earth.web.pages["oslo.example/1"] = (200, {}, body)
    earth.watch()
    document = only(earth)
    assert (document.text, document.title) == (SHORT, "Talks 1")
    assert document.id != "another"
    assert told in earth.tells("page")[0]


@pytest.mark.parametrize("room", [0, -1])
def test_a_page_that_is_too_large_is_left(tmp_path: Path, room: int) -> None:
    page = html_page(1)
    with world(tmp_path, of(watch_page_bytes=len(page[2]) + room)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(1, text=SHORT)
        one.web.pages["oslo.example/1"] = page
        one.add(FEED)
        one.watch()
        assert one.titles() == ["Talks 1" if room else "Page 1"]
        if room:
            assert "raise watch_page_bytes" in one.tells("page")[0]


def test_a_page_in_another_language_is_left_with_its_entry(earth: World) -> None:
    body = (
        "Die Minister der beiden Länder haben am Montag in der Hauptstadt einen Vertrag über die Fischerei unterzeichnet. "
        * 20
    )
    earth.web.pages["oslo.example/1"] = (
        200,
        {},
        f"<html><body><article><p>{body}</p></article></body></html>".encode(),
    )
    found = earth.watch()
    assert (found.documents, found.left, found.unread) == (0, 0, 1)
    assert "German" in earth.tells("entry")[0]


def test_a_feed_does_not_speak_under_the_address_of_another_site(earth: World) -> None:
    entry = feed_page(1)[2].replace(b"http://oslo.example/1", b"http://times.example/real")
    earth.web.pages["oslo.example/rss.xml"] = (200, RSS_TYPE, entry)
    earth.web.pages["times.example/real"] = (404, {}, b"")
    earth.watch()
    # However long its own words are, the page is asked for; without it they stand under no address.
    assert earth.web.asked_for("times.example/real") == 1
    document = only(earth)
    assert document.url is None
    assert any(
        "from the feed http://oslo.example/rss.xml, which speaks of http://times.example/real" in n
        for n in document.notes
    )


def test_a_fault_of_ours_in_one_entry_costs_no_other(earth: World) -> None:
    def extract(document: Document) -> tuple[()]:
        if document.title == "Page 1":
            raise ValueError("oops")
        return ()

    earth.extract = extract
    earth.web.pages["oslo.example/rss.xml"] = feed_page(2, 1, text=SHORT)
    earth.web.pages["oslo.example/2"] = html_page(2)
    found = earth.watch()
    assert (found.documents, found.left) == (1, 0)
    assert "reading it failed (ValueError: oops)" in earth.tells("entry")[0]
    assert earth.titles() == ["Page 2"]


def test_faults_of_ours_are_told_as_such(earth: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object, **more: object) -> object:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("paraph.watch.entries.xml_entries", broken)
    assert earth.watch().failed == 1
    assert "reading it failed (ZeroDivisionError: oops) (this is a fault in Paraph" in (earth.feed().error or "")
    monkeypatch.undo()
    monkeypatch.setattr("paraph.watch.entries.read_entry", broken)
    earth.web.pages["oslo.example/1"] = (404, {}, b"")
    earth.clock.on(hours=3)
    assert earth.watch().documents == 0
    assert "ZeroDivisionError" in earth.tells("entry")[0]
    monkeypatch.undo()
    monkeypatch.setattr("paraph.intake.fetch.Fetcher.ask", broken)
    earth.clock.on(hours=3)
    assert earth.watch().failed == 1
    assert "asking failed (ZeroDivisionError: oops)" in (earth.feed().error or "")


def test_a_page_that_cannot_be_read_of_an_entry_without_words_leaves_nothing(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = feed_page(1, text=" ")
    earth.web.pages["oslo.example/1"] = (404, {}, b"")
    found = earth.watch()
    assert (found.documents, found.unread, found.left) == (0, 1, 0)


def test_an_entry_in_the_hands_of_another_watcher_is_left_to_it(earth: World) -> None:
    class Other(StillDoor):
        def wait(self, seconds: float | None, asked: int) -> object:
            with earth.open() as desk:
                for one in Keep(desk).waiting(earth.clock(), 9):
                    assert Keep(desk).begin(one, earth.clock())
            return super().wait(seconds, asked)

    earth.settings = of(watch_host_gap_seconds=1)
    found = earth.watch(door=Other(earth.clock))
    assert (found.entries, found.documents, found.left) == (1, 0, 1)
    assert earth.web.asked_for("oslo.example/1") == 0
    earth.clock.on(minutes=16)
    assert earth.watch().documents == 1


def test_an_entry_that_kills_its_reader_does_not_do_so_for_ever(earth: World) -> None:
    class Killed(BaseException):
        """What no handler of ours takes, as a signal from the system would not be."""

    deaths = 0

    def extract(document: Document) -> tuple[()]:
        nonlocal deaths
        deaths += 1
        raise Killed

    earth.extract = extract
    for _ in range(3):
        with pytest.raises(Killed):
            earth.watch()
        earth.clock.on(minutes=20)
    found = earth.watch()
    assert (deaths, found.left, found.documents) == (3, 0, 0)
    assert earth.tells("entry") == ["reading it was begun 3 times and never ended"]


@pytest.mark.parametrize(
    "link", ["http://[x/", "http://a]b/", "http:///1", "http://u:p@oslo.example/1", "http://\u2100.example/1"]
)
def test_links_that_lead_nowhere_leave_the_feeds_own_words(earth: World, link: str) -> None:
    page = feed_page(2, 1, text=SHORT)[2].decode().replace("http://oslo.example/1<", f"{link}<")
    earth.web.pages["oslo.example/rss.xml"] = (200, RSS_TYPE, page.encode())
    earth.web.pages["oslo.example/2"] = html_page(2)
    found = earth.watch()
    assert (found.documents, found.left) == (2, 0)
    assert "Page 2" in earth.titles()


def test_a_known_page_in_a_second_feed_changes_nothing(earth: World) -> None:
    earth.web.pages["oslo.example/second.xml"] = feed_page(1, text=SHORT)
    earth.add("http://oslo.example/second.xml")
    found = earth.watch()
    assert (found.documents, found.same) == (1, 1)
    assert only(earth).title == "Page 1"
