"""Lists of feeds: as readers export them, broken ones, hostile ones, and our own, which come back as they were."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.errors import AddressRefused, Damaged, NoText, SourceError, TooLarge
from paraph.settings import Settings
from paraph.watch.opml import Outline, read_opml, tidy_url, write_opml

SETTINGS = Settings()
MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>Mine</title></head>
  <body>
    <outline text="News">
      <outline type="rss" text="The Oslo Example" xmlUrl="https://oslo.example/rss.xml" htmlUrl="https://oslo.example/"/>
      <outline text="Papers"><outline type="rss" title="Arica &amp; Port" text="Arica" xmlUrl="https://arica.example/feed?a=1&amp;b=2#x"/></outline>
    </outline>
    <outline type="rss" text="Again" xmlUrl="https://oslo.example/rss.xml"/>
    <outline type="rss" text="No address"/>
    <outline text="Inside" xmlurl="http://127.0.0.1/feed"/>
    <outline text="A note"/>
    <outline XMLURL="feed://plain.example/atom"/>
  </body>
</opml>"""


def read(data: bytes, settings: Settings = SETTINGS) -> tuple[list[Outline], list[str]]:
    found, bad = read_opml(data, source="list.opml", settings=settings)
    return found, [str(error) for error in bad]


def test_a_nested_list_with_bad_entries() -> None:
    found, bad = read(LIST)
    assert found == [
        Outline("https://oslo.example/rss.xml", "The Oslo Example", 6),
        Outline("https://arica.example/feed?a=1&b=2", "Arica & Port", 7),
        Outline("http://plain.example/atom", None, 13),
    ]
    assert len(bad) == 2
    assert bad[0].startswith("list.opml, line 10: the feed has no xmlUrl")
    assert bad[1].startswith("list.opml, line 11, http://127.0.0.1/feed: 127.0.0.1 is loopback")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "windows-1252"])
def test_encodings(encoding: str) -> None:
    text = (
        '<?xml version="1.0" encoding="x"?><opml><body><outline text="Café" xmlUrl="https://a.example/"/></body></opml>'
    )
    assert read(text.replace('"x"', f'"{encoding}"').encode(encoding))[0] == [Outline("https://a.example/", "Café", 1)]


def test_a_broken_line_is_told_and_its_feed_is_not_taken_by_halves() -> None:
    broken = LIST.replace(b"a=1&amp;b=2", b"a=1&b=2")
    found, bad = read(broken)
    assert [outline.line for outline in found] == [6, 13]
    assert any(error.startswith("list.opml, line 7: the XML is broken") for error in bad)
    found, bad = read(LIST[: LIST.index(b'<outline type="rss" text="Again')])
    assert [outline.url for outline in found] == ["https://oslo.example/rss.xml", "https://arica.example/feed?a=1&b=2"]
    assert any("the XML is broken" in error for error in bad)


@pytest.mark.parametrize(
    ("data", "error", "told"),
    [
        (b"", Damaged, "no OPML"),
        (b"   ", Damaged, "no OPML"),
        (b"not xml", Damaged, "no OPML"),
        (b"<rss version='2.0'><channel/></rss>", Damaged, "its outermost element is another"),
        (b"<html><body>Page</body></html>", Damaged, "its outermost element is another"),
        (b"<opml><body/></opml>", NoText, "has no feeds"),
        (b'<opml><body><outline text="Folder"/></body></opml>', NoText, "has no feeds"),
        (b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml><body/></opml>', Damaged, "document type"),
        (b'<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml/>', Damaged, "document type"),
        (b'<?xml version="1.0"?><!-- x --><!doctype opml><opml/>', Damaged, "document type"),
        ("<!DOCTYPE opml><opml/>".encode("utf-16"), Damaged, "document type"),
    ],
)
def test_what_is_no_list(data: bytes, error: type[SourceError], told: str) -> None:
    with pytest.raises(error, match=told):
        read(data)


def test_size_is_limited_on_both_sides() -> None:
    settings = Settings(max_feed_bytes=2_000)
    room = 2_000 - len(LIST)
    assert len(read(LIST + b" " * room, settings)[0]) == 3
    with pytest.raises(TooLarge, match="max_feed_bytes"):
        read(LIST + b" " * (room + 1), settings)


def test_depth_and_size_do_not_exhaust(stopwatch: Callable[[float], AbstractContextManager[None]]) -> None:
    deep = b"<opml><body>" + b'<outline text="x">' * 100_000 + b"</outline>" * 100_000 + b"</body></opml>"
    wide = b"<opml><body>" + b'<outline xmlUrl="https://a.example/"/>' * 20_000 + b"</body></opml>"
    many = b"<opml><body>" + b"<outline &x; xmlUrl='" * 20_000
    with stopwatch(10.0):
        for data in (deep, wide, many):
            with contextlib.suppress(SourceError):
                found, bad = read_opml(data, source="x", settings=SETTINGS)
                assert len(found) <= 1
                assert len(bad) <= 20_001


@pytest.mark.parametrize(
    ("given_", "tidy"),
    [
        (" https://News.Example/rss ", "https://news.example/rss"),
        ("https://news.example/rss#top", "https://news.example/rss"),
        ("https://news.example", "https://news.example"),
        ("feed://news.example/rss", "http://news.example/rss"),
        ("feed:https://news.example/rss", "https://news.example/rss"),
        ("FEED:http://news.example/rss", "http://news.example/rss"),
        ("https://news.example:443/rss?a=b&c", "https://news.example/rss?a=b&c"),
    ],
)
def test_addresses_in_one_form(given_: str, tidy: str) -> None:
    assert tidy_url(given_, source="x", settings=SETTINGS) == tidy


@pytest.mark.parametrize(
    "url",
    ["", "news.example/rss", "file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)", "feed:///x", "feed:ftp://a.example/",
     "http://user:pw@a.example/", "http://10.0.0.1/", "http://a.example:22/", "http://localhost/", "http://a b/"],
)  # fmt: skip
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(AddressRefused):
        tidy_url(url, source="x", settings=SETTINGS)


TITLES = st.one_of(st.none(), st.text(min_size=1, max_size=40))


@given(st.dictionaries(st.integers(0, 50).map(lambda n: f"https://a.example/feed?n={n}&x=%22"), TITLES, min_size=1))
def test_what_is_written_is_read_again(feeds: dict[str, str | None]) -> None:
    text = write_opml(feeds.items(), MADE)
    found, bad = read_opml(text.encode("utf-8", "replace"), source="x", settings=SETTINGS)
    assert not bad
    assert [outline.url for outline in found] == list(feeds)
    for outline, title in zip(found, feeds.values(), strict=True):
        if title and title.isprintable() and title.isascii() and " ".join(title.split()) == title:
            assert outline.title == title


WORDS = b"""<opml> </opml> <body> </body> <outline> xmlUrl="https://a.example/" xmlUrl=' /> > &amp; & <!-- --> <![CDATA[ ]]>
<?x?> type="rss" <!DOCTYPE text='' <outline"""
PIECES = st.sampled_from([*WORDS.split(), b"\x00", b"\xff\xfe", b"\n", b" "])


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=25).map(b"".join)))
def test_any_bytes_end_in_a_list_or_an_error(data: bytes) -> None:
    with contextlib.suppress(SourceError):
        found, bad = read_opml(data, source="x", settings=SETTINGS)
        assert found or bad
        for outline in found:
            assert outline.url == tidy_url(outline.url, source="x", settings=SETTINGS)


@given(st.integers(0, len(LIST) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_list_gives_addresses_or_an_error(place: int, noise: bytes) -> None:
    damaged = LIST[:place] + noise + LIST[place + len(noise) :]
    with contextlib.suppress(SourceError):
        for outline in read_opml(damaged, source="x", settings=SETTINGS)[0]:
            assert outline.url.startswith(("http://", "https://"))
