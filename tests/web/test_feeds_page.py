"""The feeds on a page: health, gaps, following and leaving, and the same as rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import lxml.html
import pytest
from lxml import etree

from desks import Clock
from paraph.desk import Desk
from paraph.watch.health import Feed
from paraph.watch.keep import Keep
from websites import Signed, Site

NAMES = {"a": "http://www.w3.org/2005/Atom"}


def follow(desk: Desk, url: str, **health: object) -> Feed:
    """Follow a feed and give it a health."""
    [(feed, _)] = Keep(desk).add([(url, None)], desk.now(), 100)
    changed = replace(feed, **health)  # type: ignore[arg-type]
    Keep(desk).record(changed)
    return changed


@pytest.fixture
def several(desk: Desk, clock: Clock) -> Desk:
    now = clock()
    follow(
        desk, "https://well.example/feed", title="Well", succeeded=now, checked=now, items=12, period=timedelta(hours=3)
    )
    follow(desk, "https://ill.example/feed", failures=4, error="the server answered 500", checked=now)
    follow(desk, "https://gone.example/feed", gone=True, error="410 Gone", checked=now)
    gap = (now - timedelta(days=2), now - timedelta(days=1))
    follow(desk, "https://gaps.example/feed", title="Gaps", succeeded=now, gaps=(gap,) * 5)
    follow(desk, "https://new.example/feed")
    return desk


def test_without_feeds_the_page_says_how_to_follow_one(site: Site) -> None:
    assert "No feeds yet" in site.get("/feeds").text


def test_what_ails_a_feed_comes_first(several: Desk, site: Site) -> None:
    page = lxml.html.fromstring(site.get("/feeds").text)
    names = [each.cssselect("bdi")[0].text for each in page.cssselect(".feeds h2")]
    assert names[:2] == ["https://ill.example/feed", "https://gone.example/feed"]
    told = page.cssselect(".feeds")[0].text_content()
    assert "4 failures in a row: the server answered 500" in told
    assert "Not asked any more: 410 Gone" in told
    assert "3 Mar 2025 12:00 and 4 Mar 2025 12:00 UTC may be missing" in told
    assert "and 2 older gaps" in told
    assert "5 feeds" in page.text_content()


def test_feeds_of_one_state(several: Desk, site: Site) -> None:
    page = lxml.html.fromstring(site.get("/feeds?state=failing").text)
    assert len(page.cssselect(".feeds .feed")) == 1
    assert site.get("/feeds.json?state=failing").json()["total"] == 1
    assert site.get("/feeds?state=merry").status_code in (200, 400)


def test_feeds_as_rows(several: Desk, site: Site) -> None:
    assert site.get("/feeds.json").json()["total"] == 5
    assert len(site.get("/feeds.csv").text.splitlines()) == 6
    feed = etree.fromstring(site.get("/feeds.atom").content)
    titles = feed.xpath("a:entry/a:title/text()", namespaces=NAMES)
    assert sum("entries may be missing" in title for title in titles) == 5
    assert sum("failures in a row" in title or "not asked any more" in title for title in titles) == 2
    outlines = etree.fromstring(site.get("/feeds.opml").content).xpath("//outline/@xmlUrl")
    assert len(outlines) == 4  # what is gone is left out


def test_a_feed_is_followed_and_left_by_keepers(desk: Desk, signed_site: Signed) -> None:
    url = "https://news.example/rss"
    assert signed_site.reviewer.form("/feeds", {"url": url}).status_code == 403
    assert signed_site.keeper.form("/feeds", {"url": url}).headers["location"] == "/feeds"
    assert [feed.url for feed in Keep(desk).feeds()] == [url]
    assert "Follow the feed at" not in signed_site.reader.get("/feeds").text
    signed_site.keeper.form("/feeds", {"do": "remove", "url": url})
    assert Keep(desk).feeds() == []


@pytest.mark.parametrize("url", ["", "ftp://news.example/", "javascript:alert(1)", "http://127.0.0.1/feed", "nonsense"])
def test_an_address_that_may_not_be_asked_is_refused(desk: Desk, site: Site, url: str) -> None:
    answer = site.form("/feeds", {"url": url})
    assert answer.status_code == 400
    assert Keep(desk).feeds() == []
