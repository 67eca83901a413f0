"""robots.txt: what it lets us ask for, what its absence means, and texts made to exhaust whoever reads them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.errors import FetchError, TooLarge
from paraph.intake.fetch import Answer, Page
from paraph.watch.robots import AGENT, Robots, for_us, origin_of, robots_from, robots_url

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = "https://news.example"


def rules(text: str) -> Robots:
    return robots_from(SITE, said(200, text), NOW)


def said(status: int, text: str = "", to: str | None = None, **headers: str) -> Answer:
    page = Page(f"{SITE}/robots.txt", text.encode(), "text/plain", None) if status == 200 else None
    return Answer(f"{SITE}/robots.txt", status, "Said", headers, page, to)


@pytest.mark.parametrize(
    ("text", "allowed", "refused"),
    [
        ("", "/anything", None),
        ("User-agent: *\nDisallow: /private", "/news", "/private/1"),
        ("user-agent:*\ndisallow:/private#here\n", "/news", "/private"),
        ("User-agent: *\nDisallow: /\nAllow: /rss", "/rss.xml", "/news"),
        ("User-agent: Paraph\nDisallow: /\n\nUser-agent: *\nAllow: /", None, "/news"),
        ("User-agent: *\nDisallow: /\n\nUser-agent: paraph\nDisallow: /x", "/news", "/x"),
        ("User-agent: PARAPH/2.0 (bot)\nDisallow: /a", "/b", "/a"),
        ("User-agent: otherbot\nDisallow: /", "/news", None),
        ("User-agent: para\nDisallow: /", "/news", None),
        ("User-agent: notparaph\nDisallow: /", "/news", None),
        ("User-agent: otherbot\nUser-agent: *\nDisallow: /a", "/b", "/a"),
        ("User-agent: *\nUser-agent: otherbot\nDisallow: /a", "/b", "/a"),
        ("User-agent: otherbot\nDisallow: /b\nUser-agent: *\nDisallow: /a", "/b", "/a"),
        ("User-agent: *\nSitemap: https://news.example/s.xml\nDisallow: /a", "/b", "/a"),
        ("User-agent: *\nDisallow:", "/news", None),
        ("Disallow: /", "/news", None),
        ("\ufeffUser-agent: *\nDisallow: /a", "/b", "/a"),
        ("User agent *\nDisallow /a", "/b", "/a"),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", "/a.pdf"),
        ("<html><body>Not here</body></html>", "/news", None),
        ("User-agents: *\nDisallow: /", "/news", None),
    ],
)
def test_rules(text: str, allowed: str | None, refused: str | None) -> None:
    robots = rules(text)
    assert robots.until == NOW + timedelta(hours=24)
    if allowed:
        assert robots.allows(SITE + allowed)
    if refused:
        assert not robots.allows(SITE + refused)
        assert robots.refusal(SITE + refused) == f"robots.txt of news.example does not allow {refused}"


def test_the_delay_that_a_site_wants() -> None:
    assert rules("User-agent: *\nCrawl-delay: 10").delay == timedelta(seconds=10)
    assert rules("User-agent: *\nCrawl-delay: 99999999").delay == timedelta(days=1)
    assert rules("User-agent: *\nCrawl-delay: soon").delay is None
    assert rules("User-agent: *\nDisallow: /a").delay is None
    assert rules("").delay is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_no_file_means_no_rules(status: int) -> None:
    robots = robots_from(SITE, said(status), NOW)
    assert robots.allows(f"{SITE}/news")
    assert robots.until == NOW + timedelta(hours=24)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (said(500), "the server said 500 Said"),
        (said(503), "the server said 503 Said"),
        (said(429), "the server said 429 Said"),
        (said(301, to="https://news.example/robots.txt"), "it redirects without end"),
        (FetchError("x", "no answer: refused", "try later"), "no answer: refused"),
        (TooLarge("x", "is larger than 500,000 bytes"), "is larger than 500,000 bytes"),
    ],
)
def test_a_file_that_cannot_be_had_means_that_nothing_is_asked_for_a_while(answer: Answer, why: str) -> None:
    robots = robots_from(SITE, answer, NOW)
    assert not robots.allows(f"{SITE}/news")
    assert robots.delay is None
    assert robots.until == NOW + timedelta(hours=1)
    assert why in robots.refusal(f"{SITE}/news")
    before = rules("User-agent: *\nDisallow: /a")
    after = robots_from(SITE, answer, NOW, before)
    assert after.allows(f"{SITE}/b")
    assert not after.allows(f"{SITE}/a")


def test_a_busy_server_says_itself_when_it_may_be_asked_again() -> None:
    assert robots_from(SITE, said(503, **{"retry-after": "7200"}), NOW).until == NOW + timedelta(hours=2)
    assert robots_from(SITE, said(429, **{"retry-after": "5"}), NOW).until == NOW + timedelta(hours=1)


def test_origins() -> None:
    assert origin_of("HTTPS://News.Example:8443/a?b#c") == "https://news.example:8443"
    assert origin_of("http://[x/a#b") == "http://[x/a"
    assert robots_url("http://news.example") == "http://news.example/robots.txt"


def test_only_what_speaks_to_us_is_kept() -> None:
    text = "Sitemap: x\nUser-agent: a\nDisallow: /a\nUser-agent: *\nCrawl-delay: 3\nUser-agent: b\nDisallow: /b\n"
    assert for_us(text) == "User-agent: *\nCrawl-delay: 3"


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: bot{n}\n" for n in range(12_000)) + "Disallow: /a\n" * 18_000,
        "User-agent: *\n" * 15_000 + "Disallow: /a\n" * 18_000,
        "".join(f"User-agent: *\nDisallow: /{n}\n" for n in range(16_000)),
        "User-agent: *\n" + "Disallow: /" + "*a" * 240_000 + "\n",
        "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 40}{n}$\n" for n in range(5_000)),
        "user-agent" + " " * 480_000 + ":*\n",
        "User-agent:" * 45_000,
    ],
)
def test_half_a_megabyte_made_to_exhaust_is_read_in_little_time_and_memory(
    text: str, stopwatch: Callable[[float], AbstractContextManager[None]]
) -> None:
    assert len(text) <= 520_000
    tracemalloc.start()
    try:
        with stopwatch(5.0):  # tracemalloc makes everything some three times slower
            robots = rules(text)
            for url in (f"{SITE}/news", f"{SITE}/{'a' * 2_000}"):
                robots.allows(url)
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()


LINES = st.sampled_from(
    [
        "User-agent: *",
        "User-agent: paraph",
        "User-agent: other",
        "Disallow: /a",
        "Allow: /a/b",
        "Disallow: /",
        "",
        "Crawl-delay: 4",
    ]
)


@given(st.lists(LINES, max_size=12))
def test_cutting_down_changes_no_answer(lines: list[str]) -> None:
    from protego import Protego

    text = "\n".join(lines)
    whole, cut = Protego.parse(text), rules(text)
    for path in ("/", "/a", "/a/b", "/c"):
        assert cut.allows(SITE + path) == whole.can_fetch(SITE + path, AGENT)
    delay = whole.crawl_delay(AGENT)
    assert cut.delay == (None if delay is None else timedelta(seconds=delay))


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    rules(text).allows(f"{SITE}/a")
