"""Ten thousand broken sources of each kind: nothing but documents and told errors may come out.

Small sources written by hand are broken by a seeded chance: bits, bytes, cuts, splices, and words that matter to the
format. A failure names the number of the source; ``mutant(kind, number)`` makes it again. Each kind is read in parts, so
that the tests can run side by side; PDFs share a child process, which is replaced when one of them kills it.
"""

import gzip
import json
import random
import zlib
from datetime import UTC, datetime

import pdfs
import pytest

from paraph.intake import load
from paraph.intake.dispatch import UNFORESEEN
from paraph.model import Document
from paraph.settings import Settings

RUNS = 10_000  # of each kind
PARTS = 4

NOW = datetime(2026, 1, 10, tzinfo=UTC)
WORDS = "The ministers of both countries signed a treaty on fishing rights in the capital on Monday, officials said."


def http(body: bytes, fields: bytes = b"Content-Type: text/html\r\n") -> bytes:
    return b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n" + body


def record(block: bytes) -> bytes:
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nWARC-Date: 2025-12-04T17:02:00Z\r\n"
    )
    return head + b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (len(block), block)


PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Treaty</title>
<meta property="article:published_time" content="2025-12-04T22:32:00+05:30"><link rel="canonical" href="http://a.example/x">
<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "2025-12-04"}}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Treaty</h1><p>{WORDS}</p><h2>Fish</h2><ul><li>cod</li><li>herring</li></ul>
<table><tr><td>1</td></tr></table><p>It is &ldquo;done&rdquo; &amp; signed.</p></article><!-- end --></body></html>""".encode()
RSS = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Gazette</title><link>http://a.example/</link><item><title>One &amp; two</title><link>/a</link>
<pubDate>Thu, 04 Dec 2025 22:32:00 +0530</pubDate>
<content:encoded><![CDATA[<p>{WORDS}</p>]]></content:encoded></item></channel></rss>""".encode()
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/"><title>G</title><entry><link href="x"/>
<updated>2025-12-04T22:32:00Z</updated><content type="xhtml"><div><p>{WORDS}</p></div></content></entry></feed>""".encode()
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "G",
    "items": [
        {
            "id": 1,
            "url": "http://a.example/",
            "content_html": f"<p>{WORDS}</p>",
            "date_published": "2025-12-04T22:32:00Z",
        }
    ],
}
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE[:300]), PAGE[:300])
CODED = b"Content-Type: text/html\r\nContent-Encoding: gzip\r\n"
TEXT = f"""Treaty signed\nBy A Reporter\nUpdated Dec 4, 2025 10:32 PM IST\n\n{WORDS}
\nA list could include:\n- cod\n- herring\n"""

SEEDS: dict[str, list[bytes]] = {
    "html": [PAGE, b"<p>" + WORDS.encode() + b"<p>x", PAGE.decode().encode("utf-16"), gzip.compress(PAGE)],
    "feed": [RSS, ATOM, json.dumps(JSON_FEED).encode()],
    "warc": [
        record(http(PAGE[:400]))
        + record(http(CHUNKED, b"Transfer-Encoding: chunked\r\n"))
        + record(http(TEXT.encode())),
        gzip.compress(record(http(gzip.compress(PAGE), CODED))) + gzip.compress(record(http(RSS))),
    ],
    "pdf": [
        pdfs.document(
            [pdfs.column([WORDS[:60], WORDS[60:], "- cod"])], info=b"/Title (T) /CreationDate (D:20251204153000Z)"
        ),
        pdfs.document([pdfs.column([WORDS]), pdfs.column([WORDS])], packed=True),
        pdfs.one_page(pdfs.stream(pdfs.content(pdfs.column([WORDS])))),
    ],
    "text": [
        TEXT.encode(),
        f"---\ntitle: T\ndate: 2025-12-04\n---\n# Treaty\n\n{WORDS} [a](http://a.example) **b**\n\n1. x\n> y\n".encode(),
        TEXT.encode("utf-16"),
        zlib.compress(TEXT.encode()),
        json.dumps({"id": 1, "text": WORDS, "title": "T", "published": "2025-12-04"}).encode(),
        json.dumps([{"text": WORDS}, {"text": TEXT, "kind": "official"}]).encode(),
        (json.dumps({"text": WORDS}) + "\n").encode() * 2,
    ],
}

# What a format gives a meaning to.
TOKENS = [
    *(
        b"<",
        b">",
        b"</p>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<!DOCTYPE x [",
        b"<!ENTITY a 'b'>",
        b"&a;",
        b"&#0;",
        b"&#x110000;",
    ),
    *(
        b"<script>",
        b"</script>",
        b"<li>",
        b"<table>",
        b"<html>",
        b"<meta charset=utf-7>",
        b"<base href='//[::1'>",
        b"<svg>",
        b"<p" * 30,
    ),
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x80\xae",
        b"\x1b[0m",
        b"\xc2\x85",
        b"\r",
        b"\n",
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\ud800",
        b"1e999",
        b"NaN",
        b"null",
        b'{"text":',
        b"9" * 30,
        b"-1",
        b"0",
        b"%s",
        b"$\x7f",
    ),
    *(
        b"WARC/1.0\r\n",
        b"WARC-Type: response\r\n",
        b"Content-Length: ",
        b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"Content-Encoding: br\r\n",
    ),
    *(
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\x78\x9c",
        b"ffffffff\r\n",
        b"WARC-Truncated: x\r\n",
        b"WARC-Block-Digest: sha1:A\r\n",
    ),
    *(
        b"obj",
        b"endobj",
        b"stream\n",
        b"endstream",
        b"<<",
        b">>",
        b"/Kids [2 0 R]",
        b"/Count 99",
        b"1 0 R",
        b"trailer",
        b"startxref\n0",
    ),
    *(
        b"/Filter /FlateDecode",
        b"/Encrypt 1 0 R",
        b"(\\000",
        b"/Length 99999999",
        b"BT",
        b"ET",
        b"Tj",
        b"/F1 1e9 Tf",
        b"xref\n0 99999",
    ),
    *(
        b"Updated ",
        b"32 Dec 2025",
        b"2025-02-30",
        b"24:61",
        b"#",
        b"- ",
        b"---\n",
        b"](http://[",
        b"http://[::1",
        b"javascript:x",
        b"* " * 20,
    ),
]


def mutant(kind: str, number: int) -> bytes:
    """Return broken source ``number`` of a kind; the same one every time."""
    chance = random.Random(f"{kind} {number}")
    seeds = SEEDS[kind]
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 2, 4, 16, 64, 300)))
        match chance.randrange(9):
            case 0:
                data[at:at] = chance.choice(TOKENS)
            case 1:
                data[at:end] = chance.choice(TOKENS)
            case 2 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 3:
                del data[at:end]
            case 4:
                data[at:at] = data[at:end] * chance.choice((1, 2, 20))
            case 5:
                data[at:end] = chance.randbytes(end - at)
            case 6:
                other = chance.choice(seeds)
                data[at:] = other[chance.randrange(len(other)) :]
            case 7:
                del data[at:]
            case 8:
                other = chance.choice(SEEDS[chance.choice(list(SEEDS))])
                data[at:at] = other[: chance.randrange(200)]
    return bytes(data)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", SEEDS)
def test_broken_sources_give_documents_and_told_errors_only(kind: str, part: int) -> None:
    numbers = range(part, RUNS, PARTS)
    sources = (mutant(kind, number) for number in numbers)
    seen: set[int] = set()
    told = 0
    for one in load(sources, settings=Settings(), now=lambda: NOW):
        if isinstance(one, Document):
            json.dumps(one.to_dict()).encode()
            assert one.text.encode().decode() == one.text
            assert one.text
        else:
            told += 1
            place = int(one.source.split(",")[0].removeprefix("bytes ")) - 1
            seen.add(place)
            assert one.cure != UNFORESEEN, f"mutant({kind!r}, {numbers[place]}): {one}"
            assert one.cause
            assert str(one).startswith("bytes ")
    # A run in which nothing broke, or nothing was read, has tested nothing.
    assert 0 < len(seen) < len(numbers)


def test_a_mutant_can_be_made_again() -> None:
    for kind in SEEDS:
        assert mutant(kind, 7) == mutant(kind, 7)
        assert len({mutant(kind, number) for number in range(100)}) > 90


def test_every_seed_is_read_whole() -> None:
    for kind, seeds in SEEDS.items():
        for number, seed in enumerate(seeds):
            found = list(load([seed], settings=Settings(), now=lambda: NOW))
            assert found, (kind, number)
            assert all(isinstance(one, Document) for one in found), (kind, number, found)
