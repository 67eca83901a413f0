"""Feeds a page at a time: in the order of the whole list, with what waits, and how many are in each state."""

from __future__ import annotations

from dataclasses import replace

from desks import Clock
from paraph.desk import Desk
from paraph.intake.feed import Entry
from paraph.watch.health import ended, failed
from paraph.watch.keep import Keep


def test_pages_of_feeds(desk: Desk, clock: Clock) -> None:
    keep, now = Keep(desk), clock()
    made = [f"https://site{n}.example/feed" for n in range(7)]
    keep.add([(url, f"Title {-n}" if n % 2 else None) for n, url in enumerate(made)], now, 10)
    known = {feed.url: feed for feed in keep.feeds()}
    keep.record(failed(known[made[0]], now, now, "no answer"))
    keep.record(ended(known[made[1]], now, "gone"))
    keep.record(replace(known[made[2]], succeeded=now))
    entries = {f"entry {n}": Entry(n + 1, "Words.", id=f"{n}", link=f"https://site3.example/{n}") for n in range(3)}
    keep.record_answer(
        known[made[3]], now, now, url=made[3], headers={}, title=None, entries=entries, forget=clock() - now
    )
    whole = keep.feeds()
    page = keep.page(limit=100)
    assert [feed for feed, _ in page.feeds] == whole
    assert {feed.url: waiting for feed, waiting in page.feeds if waiting} == {made[3]: 3}
    assert page.states == {"failing": 1, "gone": 1, "well": 2, "new": 3}
    for state, n in page.states.items():
        some = keep.page(state=state)
        assert [feed for feed, _ in some.feeds] == [feed for feed in whole if feed.state == state]
        assert (len(some.feeds), some.states) == (n, page.states)
    assert [feed for feed, _ in keep.page(limit=3, offset=3).feeds] == whole[3:6]
    assert keep.page(limit=3, offset=9).feeds == ()
