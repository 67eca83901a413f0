"""What a page says about itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from lxml.html import document_fromstring

from intake.pages import FIRST, page
from paraph.intake.metadata import PageFacts, best, page_facts
from paraph.model import iso

IST = timezone(timedelta(hours=5, minutes=30))


def facts(head: str = "", body: str = "", url: str | None = "https://www.example.in/a") -> PageFacts:
    return page_facts(document_fromstring(page(body + f"<p>{FIRST}</p>", head)), url)


def linked(*nodes: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "A pact in sight",
    "datePublished": "2025-12-04T09:00:00+05:30",
    "dateModified": "2025-12-04T22:32:00+05:30",
    "publisher": {"@type": "Organization", "name": "Example News"},
}


@pytest.mark.parametrize(
    "node",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "WebSite"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        ARTICLE | {"@type": ["Thing", "ReportageNewsArticle"]},
        ARTICLE | {"publisher": [{"name": "Example News"}]},
        ARTICLE | {"publisher": "Example News"},
    ],
)
def test_linked_data(node: object) -> None:
    found = facts(linked({"@type": "BreadcrumbList"}, node))
    assert iso(best(found.published)) == "2025-12-04T09:00+05:30"
    assert iso(best(found.updated)) == "2025-12-04T22:32+05:30"
    assert (found.publisher, found.title, found.country) == ("Example News", "A pact in sight", "IN")


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json">{broken</script>',
        '<script type="application/ld+json"></script>',
        f'<script type="application/ld+json">{"[" * 100_000}</script>',
        f'<script type="application/ld+json">{json.dumps(ARTICLE | {"x": "y" * 500_000})}</script>',
        linked(5, "x", None, {"@type": 7, "datePublished": "2025-12-04"}),
        linked(
            ARTICLE | {"datePublished": 20251204, "dateModified": None, "publisher": {"name": 5}, "headline": ["x"]}
        ),
    ],
)
def test_linked_data_that_is_broken_or_no_article_is_passed_over(script: str) -> None:
    found = facts(script)
    assert (found.published, found.updated) == ([], [])
    assert found.title == "Ruritania hints at deals with Borduria"
    assert found.publisher == "Example News"  # from the window's title


def test_linked_data_with_raw_line_breaks_is_read() -> None:
    node = '{"@type": "Article", "headline": "A\npact", "datePublished": "2025-12-04"};'
    assert facts(f'<script type="application/ld+json">{node}</script>').published == [date(2025, 12, 4)]


@pytest.mark.parametrize(
    ("head", "published", "updated"),
    [
        ('<meta property="article:published_time" content="2025-12-04T09:00Z">', "2025-12-04T09:00+00:00", None),
        ('<meta name="DC.date.issued" content="2025-12-04">', "2025-12-04", None),
        ('<meta itemprop="datePublished" content="4 December 2025">', "2025-12-04", None),
        ('<meta name="date" content="04/12/2025">', "2025-12-04", None),  # India writes the day first
        ('<meta property="og:updated_time" content="2025-12-04T10:00+05:30">', None, "2025-12-04T10:00+05:30"),
        ('<meta name="date" content="rubbish"><meta name="pubdate" content=" ">', None, None),
    ],
)
def test_meta_tags(head: str, published: str | None, updated: str | None) -> None:
    found = facts(head)
    assert (iso(best(found.published)), iso(best(found.updated))) == (published, updated)


@pytest.mark.parametrize(
    ("body", "published", "updated"),
    [
        ("<p>Updated Dec 4, 2025 10:32 PM IST</p>", None, "2025-12-04T22:32+05:30"),
        ("<p>LAST UPDATED: DEC 4, 2025 10:32 PM IST</p>", None, "2025-12-04T22:32+05:30"),
        ("<div><span>Updated:</span> <span>Dec 4, 2025 10:32 PM IST</span></div>", None, "2025-12-04T22:32+05:30"),
        ("<div><b>Published</b> Dec 4, 2025 <i>Updated</i> Dec 5, 2025</div>", "2025-12-04", "2025-12-05"),
        ("<p>Published on Dec 4, 2025<br>Updated Dec 5, 2025</p>", "2025-12-04", "2025-12-05"),
        ('<time datetime="2025-12-04T09:00:00+05:30">4 Dec</time>', "2025-12-04T09:00+05:30", None),
        ('<span itemprop="dateModified" content="2025-12-05"></span>', None, "2025-12-05"),
        ('<span itemprop="datePublished">4 December 2025</span>', "2025-12-04", None),
        ("<ul><li>Dec 4, 2025,</li></ul>", "2025-12-04", None),
        ("<div>By A. Reporter<br>Dec 4, 2025</div>", "2025-12-04", None),
        ("<p>The list was updated on Dec 4, 2025 by the ministry.</p>", None, None),
        ("<script>var x = 'Updated Dec 4, 2025';</script>", None, None),
    ],
)
def test_what_a_reader_sees(body: str, published: str | None, updated: str | None) -> None:
    found = facts(body=body)
    assert (iso(best(found.published)), iso(best(found.updated))) == (published, updated)


def test_the_visible_line_gives_the_zone_of_the_place() -> None:
    found = facts(
        '<meta property="article:modified_time" content="2025-12-04T17:02:44Z"><meta name="date" content="2025-12-04">',
        "<p>Updated Dec 4, 2025 10:32 PM IST</p>",
    )
    assert iso(best(found.updated)) == "2025-12-04T22:32+05:30"
    assert iso(best(found.published)) == "2025-12-04"


def test_best_takes_the_most_exact_of_those_that_agree() -> None:
    day, local = date(2025, 12, 4), datetime(2025, 12, 4, 22, 32)
    in_utc, in_zone = datetime(2025, 12, 4, 17, 2, tzinfo=UTC), datetime(2025, 12, 4, 22, 32, tzinfo=IST)
    assert best([]) is None
    assert best([day]) == day
    assert best([day, local]) == local
    assert best([local, in_zone]) == in_zone
    assert best([in_utc, in_zone]) is in_zone
    assert best([in_zone, in_utc]) is in_zone
    assert best([day, datetime(2025, 12, 7, 1, tzinfo=IST)]) == day
    assert best([in_utc, datetime(2025, 12, 4, 23, 32, tzinfo=IST)]) is in_utc
    assert best([local, datetime(2025, 12, 9, 1, tzinfo=IST)]) == local


@pytest.mark.parametrize(
    ("head", "url", "wanted"),
    [
        (
            '<link rel="canonical" href="https://www.example.in/b">',
            "https://www.example.in/a",
            "https://www.example.in/b",
        ),
        ('<link rel="canonical" href="/b">', "https://www.example.in/a", "https://www.example.in/b"),
        ('<link rel="canonical" href="https://example.in/b">', "https://www.example.in/a", "https://example.in/b"),
        (
            '<link rel="canonical" href="https://evil.example.com/b">',
            "https://www.example.in/a",
            "https://www.example.in/a",
        ),
        ('<link rel="canonical" href="javascript:alert(1)">', "https://www.example.in/a", "https://www.example.in/a"),
        ('<link rel="canonical" href="https://[broken">', "https://www.example.in/a", "https://www.example.in/a"),
        (
            '<link rel="canonical"><meta property="og:url" content="https://www.example.in/c">',
            None,
            "https://www.example.in/c",
        ),
        ('<link rel="stylesheet" href="/x.css">', None, None),
    ],
)
def test_a_page_speaks_for_its_own_site_only(head: str, url: str | None, wanted: str | None) -> None:
    assert facts(head, url=url).url == wanted


@pytest.mark.parametrize(
    ("head", "title", "publisher"),
    [
        ('<meta property="og:title" content="A pact &amp;amp; more | Example News">', "A pact & more", "Example News"),
        ('<meta property="og:title" content="A pact - example.in">', "A pact", "Example News"),
        ('<meta property="og:title" content="A pact - and a port">', "A pact - and a port", "Example News"),
        (
            '<meta property="og:site_name" content="Example\u202e Times">',
            "Ruritania hints at deals with Borduria",
            "Example Times",
        ),
        (
            '<meta name="application-name" content="https://example.in">',
            "Ruritania hints at deals with Borduria",
            "Example News",
        ),
    ],
)
def test_titles_lose_the_name_of_the_site(head: str, title: str, publisher: str) -> None:
    found = facts(head + ('<meta property="og:site_name" content="Example News">' if "site_name" not in head else ""))
    assert (found.title, found.publisher) == (title, publisher)


def test_a_window_title_without_a_site_names_no_publisher() -> None:
    bare = page_facts(document_fromstring("<html><title>A pact</title><p>x</p></html>"), None)
    assert (bare.title, bare.publisher) == ("A pact", None)
    long = page_facts(
        document_fromstring("<title>A pact | a title that has far too many words</title><h1>A pact</h1>"), None
    )
    assert long.publisher is None
    empty = page_facts(document_fromstring("<p>x</p>"), None)
    assert (empty.title, empty.publisher) == (None, None)
