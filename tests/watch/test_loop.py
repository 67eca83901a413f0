"""Going round: until a time, until stopped, after a kill, beside another watcher."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from paraph.errors import UsageError
from paraph.settings import Settings
from paraph.watch.keep import Keep
from paraph.watch.loop import stopped_by_signals
from paraph.watch.net import Door, user_agent
from watch.world import FEED, START, StillDoor, World, feed_page, html_page, world


@pytest.fixture
def earth(place: str) -> Iterator[World]:
    with world(place) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(2, 1)
        one.add(FEED)
        yield one


@pytest.mark.parametrize("minutes", [30, 60])
def test_feeds_are_asked_again_and_again_until_the_time_is_over(tmp_path: Path, minutes: int) -> None:
    with world(tmp_path, Settings(watch_follow=False, watch_every_minutes=minutes)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(2, 1)
        one.add(FEED)
        found = one.watch(once=False, until=START + timedelta(hours=4, minutes=30))
        assert found.feeds == one.web.asked_for("oslo.example/rss.xml")
        assert found.feeds == {30: 9, 60: 5}[minutes]
        assert one.clock() == START + timedelta(hours=4, minutes=30)
        assert found.documents == 2
        assert max(one.door.waits) <= 60  # feeds that are added meanwhile do not wait long


def test_a_feed_that_is_added_meanwhile_is_asked(earth: World) -> None:
    earth.web.pages["arica.example/rss.xml"] = feed_page(5, host="arica.example")
    earth.on_told = lambda told: earth.add("http://arica.example/rss.xml") if told.what == "round" else None
    earth.watch(once=False, until=START + timedelta(minutes=5))
    assert earth.feed("http://arica.example/rss.xml").state == "well"


def test_without_an_end_it_goes_on_until_it_is_stopped(earth: World) -> None:
    class Tired(StillDoor):
        def wait(self, seconds: float | None, asked: int) -> object:
            if len(self.waits) == 90:
                self.stop()
            return super().wait(seconds, asked)

    assert earth.watch(once=False, door=Tired(earth.clock)).feeds == 3
    assert Tired(earth.clock).wait(1.0, 0) is None


def test_settings_that_cannot_be_are_told_before_anything_is_asked(tmp_path: Path) -> None:
    for settings in (Settings(allowed_ports="http"), Settings(watch_contact="\n\x00")):
        with world(tmp_path, settings) as one, pytest.raises(UsageError):
            one.watch()
        assert one.web.asks == []


def test_no_feeds_no_haste(tmp_path: Path) -> None:
    with world(tmp_path) as one:
        assert one.watch(once=False, until=START + timedelta(minutes=3)).feeds == 0
        assert one.door.waits == [60, 60, 60]
        assert one.watch().feeds == 0


def test_what_the_budget_left_waits_its_time(tmp_path: Path) -> None:
    with world(tmp_path, Settings(watch_pages_per_run=2, watch_host_gap_seconds=0)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(3, 2, 1, text="In short.")
        for n in (1, 2, 3):
            one.web.pages[f"oslo.example/{n}"] = html_page(n)
        one.add(FEED)
        one.watch(once=False, until=START + timedelta(minutes=29))
        assert len(one.documents()) == 2
        one.watch(once=False, until=START + timedelta(minutes=35))
        assert len(one.documents()) == 3


def test_a_stop_ends_it_after_the_document_in_hand_and_it_goes_on_there(earth: World) -> None:
    earth.web.pages["oslo.example/rss.xml"] = feed_page(4, 3, 2, 1)
    door = StillDoor(earth.clock)
    earth.on_told = lambda told: door.stop() if told.title == "Talks 2" else None
    found = earth.watch(once=False, door=door)
    assert (found.documents, found.left) == (2, 2)
    assert earth.titles() == ["Talks 1", "Talks 2"]
    earth.close()
    earth.on_told = lambda told: None
    earth.clock.on(minutes=1)  # the feed is not asked again, what waited is taken in
    found = earth.watch()
    assert (found.feeds, found.documents, found.left) == (0, 2, 0)
    assert len(earth.titles()) == 4


def test_a_stop_while_a_server_is_asked_gives_the_feed_back(earth: World) -> None:
    end = threading.Event()
    door = Door()

    def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        door.stop()
        end.wait(20)
        return feed_page(1)

    good, earth.web.pages["oslo.example/rss.xml"] = earth.web.pages["oslo.example/rss.xml"], answer
    timer = threading.Timer(0.2, end.set)
    timer.start()
    try:
        assert earth.watch(once=False, door=door).feeds == 0
    finally:
        end.set()
        timer.join()
    assert earth.feed().checked is None
    earth.web.pages["oslo.example/rss.xml"] = good
    assert earth.watch().documents == 2


def test_a_stop_while_a_page_is_asked_gives_the_entry_back(tmp_path: Path) -> None:
    with world(tmp_path, Settings(watch_host_gap_seconds=0)) as one:
        end = threading.Event()
        door = Door()

        def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            door.stop()
            end.wait(20)
            return html_page(1)

        one.web.pages["oslo.example/rss.xml"] = feed_page(1, text="In short.")
        one.web.pages["oslo.example/1"] = answer
        one.add(FEED)
        timer = threading.Timer(0.2, end.set)
        timer.start()
        try:
            found = one.watch(once=False, door=door)
        finally:
            end.set()
            timer.join()
        assert (found.feeds, found.documents, found.left) == (1, 0, 1)
        assert one.watch().documents == 1


def test_what_a_killed_watcher_had_in_hand_is_taken_up_when_its_claim_runs_out(earth: World) -> None:
    class Killed(BaseException):
        pass

    def die(told: object) -> None:
        raise Killed

    earth.on_told = die
    with pytest.raises(Killed):
        earth.watch()
    # Dead between two documents: one is in, the other waits; the feed's answer was kept with both.
    assert earth.titles() == ["Talks 1"]
    earth.on_told = lambda told: None
    earth.clock.on(minutes=16)
    assert earth.watch().documents == 1
    assert earth.titles() == ["Talks 1", "Talks 2"]


def test_what_a_clock_that_was_ahead_wrote_does_not_hold_for_years(earth: World) -> None:
    page = html_page(3)
    earth.settings = Settings(watch_host_gap_seconds=0)
    earth.web.pages["oslo.example/rss.xml"] = feed_page(3, 2, 1, text="In short.")
    earth.web.pages["oslo.example/3"] = (503, {"Retry-After": "7200"}, b"")
    earth.clock.on(days=4_000)
    assert earth.watch().left == 1
    with earth.open() as desk:
        (feed,) = Keep(desk).feeds()
        assert Keep(desk).claim(feed, earth.clock())
    earth.clock.time = START
    earth.web.pages["oslo.example/3"] = page
    with earth.open() as desk:
        assert Keep(desk).next_due(START) == START
    assert earth.watch(once=False, until=START + timedelta(minutes=1)).documents == 1
    assert earth.feed().checked == START
    earth.clock.time = START - timedelta(days=4_000)
    assert earth.watch().feeds == 1  # with --once as well


def test_nothing_is_begun_after_the_end(tmp_path: Path) -> None:
    with world(tmp_path, Settings(watch_follow=False, watch_host_gap_seconds=50)) as one:
        for n in range(4):
            one.web.pages[f"oslo.example/{n}.xml"] = feed_page(n)
            one.add(f"http://oslo.example/{n}.xml")
        assert one.watch(once=False, until=START + timedelta(seconds=120)).feeds == 2
        assert one.clock() == START + timedelta(seconds=120)


def test_two_watchers_share_the_work(earth: World) -> None:
    with earth.open() as desk:
        keep = Keep(desk)
        (feed,) = keep.due(earth.clock())
        assert keep.claim(feed, earth.clock())
        assert not keep.claim(feed, earth.clock())
        assert keep.due(earth.clock()) == []
        assert keep.next_due(earth.clock()) == START + timedelta(minutes=15)
    assert earth.watch().feeds == 0
    earth.clock.on(minutes=15)
    with earth.open() as desk:
        (feed,) = Keep(desk).due(earth.clock())
    assert earth.watch().feeds == 1
    with earth.open() as desk:
        # What was asked since by another is not asked once more.
        assert not Keep(desk).claim(feed, earth.clock() + timedelta(hours=1))


def test_a_feed_that_is_removed_while_it_is_asked_stays_removed(earth: World) -> None:
    class Meanwhile(StillDoor):
        def wait(self, seconds: float | None, asked: int) -> object:
            found = super().wait(seconds, asked)
            if found is not None and found[0].errand is not None:
                with earth.open() as desk:
                    Keep(desk).remove(FEED)
            return found

    found = earth.watch(door=Meanwhile(earth.clock))
    assert (found.feeds, found.documents, found.left) == (1, 0, 0)
    assert earth.feeds() == {}


def test_entries_no_longer_shown_are_forgotten_after_their_time(tmp_path: Path) -> None:
    with world(tmp_path, Settings(watch_follow=False, watch_remember_days=10)) as one:
        one.web.pages["oslo.example/rss.xml"] = feed_page(2, 1)
        one.add(FEED)
        one.watch()
        one.web.pages["oslo.example/rss.xml"] = feed_page(3, 2)
        for days, kept in ((9, True), (2, False)):
            one.clock.on(days=days)
            one.watch()
            with one.open() as desk, desk.look() as look:
                from sqlalchemy import text

                assert (look.execute(text("SELECT count(*) FROM feed_entries")).scalar_one() == 3) == kept
        # Should it come back, the desk knows the document.
        one.clock.on(days=1)
        one.web.pages["oslo.example/rss.xml"] = feed_page(3, 2, 1)
        assert (one.watch().entries, len(one.documents())) == (1, 3)


def test_the_number_of_feeds_is_limited_on_both_sides(tmp_path: Path) -> None:
    with world(tmp_path, Settings(max_feeds=2)) as one:
        one.add(FEED, "http://b.example/")
        one.add(FEED)
        with pytest.raises(UsageError, match="more than 2 feeds; raise max_feeds"):
            one.add("http://c.example/")
        assert len(one.feeds()) == 2


def test_what_we_call_ourselves() -> None:
    assert user_agent(Settings()).endswith(" (follows news feeds)")
    named = user_agent(Settings(watch_contact="desk@news.example"))
    assert named.endswith(" (follows news feeds; desk@news.example)")
    for bad in ("a\nb", "ü@news.example", "x" * 201, "a) b"):
        with pytest.raises(UsageError, match="watch_contact"):
            user_agent(Settings(watch_contact=bad))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_call_for_a_stop(number: int) -> None:
    door = Door()
    before = signal.getsignal(number)
    with stopped_by_signals(door) as came:
        os.kill(os.getpid(), number)
        assert door.wait(20.0, 0) is None
        assert door.stopped
        assert signal.getsignal(number) is before  # a second one acts as ever
    assert came == [number]
    assert signal.getsignal(number) is before


def test_signals_are_left_alone_outside_the_main_thread() -> None:
    done = []

    def work() -> None:
        with stopped_by_signals(Door()) as came:
            done.append(came)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [[]]
