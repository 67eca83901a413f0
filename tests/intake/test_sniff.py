"""What bytes are is told from the bytes: one case for each form, and those that look like another."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import time
import zipfile
import zlib

import brotli
import pytest
import zstandard

from paraph.intake.sniff import Form, describe, sniff

TEXT = b"Ministers of the two countries met on Monday and agreed to draft a treaty on fishing rights.\n" * 20
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title></channel></rss>'
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>'
WARC = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(TEXT)
        archive.addfile(info, io.BytesIO(TEXT))
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", TEXT)
    return out.getvalue()


CASES = {
    "html doctype": (b"<!DOCTYPE html><html><p>x</p></html>", Form.HTML),
    "html upper": (b"<HTML><BODY>x</BODY></HTML>", Form.HTML),
    "html fragment": (b"<p>Two ministers met.</p>", Form.HTML),
    "html after a comment": (b"<!-- saved -->\n<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'><html>", Form.HTML),
    "html after a bom": (b"\xef\xbb\xbf\r\n<html><p>x", Form.HTML),
    "html in utf-16": ("\ufeff<html><body><p>x</p></body></html>".encode("utf-16-le"), Form.HTML),
    "html in utf-16 without bom": ("<html><body><p>long enough</p></body></html>".encode("utf-16-be"), Form.HTML),
    "html after words": (b"Cached copy\n<html><body>x</body></html>", Form.HTML),
    "html, comment without end": (b"<!-- " + b"x" * 100, Form.HTML),
    "xhtml": (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p>x</p></html>', Form.HTML),
    "html with unknown first element": (b"<x-shell></x-shell><html><body>x</body></html>", Form.HTML),
    "rss": (RSS, Form.FEED),
    "rss with doctype": (b'<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>', Form.FEED),
    "feed behind a false doctype": (b'<!DOCTYPE x [<!ENTITY a "b">]>\n<rss ><channel/></rss>', Form.FEED),
    "atom": (ATOM, Form.FEED),
    "atom with prefix": (b'<atom:feed xmlns:atom="http://www.w3.org/2005/Atom"></atom:feed>', Form.FEED),
    "rdf": (b'<?xml version="1.0"?>\n<?xml-stylesheet href="a"?><rdf:RDF xmlns="x"></rdf:RDF>', Form.FEED),
    "json feed": (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', Form.JSON_FEED),
    "json feed, slashes escaped": (b'{"version":"https:\\/\\/jsonfeed.org\\/version\\/1"}', Form.JSON_FEED),
    "json object": (b' {\n "text": "x"}', Form.JSON),
    "json array": (b'[{"text": "x"}]', Form.JSON),
    "json empty object": (b"{}", Form.JSON),
    "json one line": (b'{"text": "x"}\n', Form.JSON),
    "json lines": (b'{"text": "x"}\n\n{"text": "y"}\n', Form.JSON_LINES),
    "json object over lines": (b'{"a": {\n"text": "x"}}\n', Form.JSON),
    "pdf": (b"%PDF-1.7\n1 0 obj", Form.PDF),
    "pdf after spaces": (b"\r\n\r\n%PDF-1.4\n", Form.PDF),
    "pdf after rubbish": (b"HTTP rubbish\r\n%PDF-1.4\n1 0 obj\n<<>>\nendobj", Form.PDF),
    "warc": (WARC, Form.WARC),
    "warc after empty lines": (b"\r\n\r\n" + WARC, Form.WARC),
    "warc with a damaged start": (b"XARC/1.0\r\nWARC-Type: x\r\nWARC-Record-ID: <a>\r\n", Form.WARC),
    "markdown heading": (b"# Talks\n\nThey met.\n", Form.MARKDOWN),
    "markdown heading, crlf": (b"Intro\r\n\r\n## Talks\r\n\r\nThey met.\r\n", Form.MARKDOWN),
    "markdown link": (b"They [met](https://example.org/a) on Monday.", Form.MARKDOWN),
    "markdown front matter": (b"---\ntitle: x\n---\nThey met.", Form.MARKDOWN),
    "text": (TEXT, Form.TEXT),
    "text that starts like a tag": (b"<3 is how a headline began, and it ended well.", Form.TEXT),
    "text that starts with a bracket": (b"[Reuters] The ministers met.", Form.TEXT),
    "text that starts with a brace": (b"{sic} The ministers met.", Form.TEXT),
    "text in latin-1": ("Le traité a été signé à Genève.".encode("latin-1"), Form.TEXT),
    "text in cyrillic": ("Министры подписали соглашение.".encode("cp1251"), Form.TEXT),
    "text with one NUL": (TEXT + b"\x00" + TEXT, Form.TEXT),
    "text that starts like a zlib header": (b"x^2 is a square, said the teacher.", Form.TEXT),
    "text that starts like a sound": (b"ID3 is the name of the fund that the ministers set up on Monday.", Form.TEXT),
    "text about a pdf": (b"The file began with\n%PDF-1.4\nsaid the minister.", Form.TEXT),
    "page about a pdf": (b"<p>The file began with\n%PDF-1.4\n1 0 obj said the minister.", Form.HTML),
    "text about a web archive": (b"The first line reads WARC/1.0, said the archivist.", Form.TEXT),
    "gzip": (gzip.compress(TEXT), Form.GZIP),
    "deflate": (zlib.compress(TEXT), Form.DEFLATE),
    "deflate, best": (zlib.compress(TEXT, 9), Form.DEFLATE),
    "zstd": (zstandard.compress(TEXT), Form.ZSTD),
    "br": (brotli.compress(TEXT), Form.BROTLI),
    "br of html": (brotli.compress(b"<html><p>" + TEXT), Form.BROTLI),
    "empty": (b"", Form.EMPTY),
    "spaces": (b" \r\n\t", Form.EMPTY),
    "bom alone": (b"\xef\xbb\xbf", Form.EMPTY),
    "sgml": (b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS TOPICS="YES">\n<DATE>x</DATE>', Form.XML),
    "sgml with a body": (
        b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n<REUTERS><TITLE>x</TITLE><BODY>y</BODY></REUTERS>',
        Form.XML,
    ),
    "xml with a body": (b'<?xml version="1.0"?><nitf><head/><body><p>x</p></body></nitf>', Form.XML),
    "page behind another declaration": (b'<?xml version="1.0"?><svg/><html><p>x</p></html>', Form.HTML),
    "xml": (b'<?xml version="1.0"?><sitemap><loc>a</loc></sitemap>', Form.XML),
    "xml without declaration": (b"<sitemap><loc>a</loc></sitemap>", Form.XML),
    "tar": (tar(), Form.ARCHIVE),
    "zip": (zipped(), Form.ARCHIVE),
    "bzip2": (bz2.compress(TEXT), Form.ARCHIVE),
    "xz": (lzma.compress(TEXT), Form.ARCHIVE),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00", Form.BINARY),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF", Form.BINARY),
    "rtf": (b"{\\rtf1\\ansi x}", Form.BINARY),
    "postscript": (b"%!PS-Adobe-3.0\n", Form.BINARY),
    "film": (b"\x00\x00\x00\x20ftypisom\x00", Form.BINARY),
    "noise": (random.Random(7).randbytes(4000), Form.BINARY),
}


@pytest.mark.parametrize("name", CASES)
def test_the_form_is_told_from_the_bytes(name: str) -> None:
    data, form = CASES[name]
    assert sniff(data) is form


@pytest.mark.parametrize(("data", "words"), [(tar(), "a tar archive"), (b"\x89PNG\r\n\x1a\n\x00", "a PNG image")])
def test_a_form_that_cannot_be_read_has_a_name(data: bytes, words: str) -> None:
    assert describe(data) == words


@pytest.mark.parametrize(
    "unit",
    [
        b"<!--",
        b"<?",
        b"<!",
        b"[",
        b"](",
        b'"version":',
        b"#",
        b"{ ",
        b"<a",
        b"\n",
        b" ",
        b"\x1f\x8b\x08",
        b"```",
        b"<!-->",
    ],
)
def test_looking_takes_linear_time_on_adversarial_heads(unit: bytes) -> None:
    data = unit * (100_000 // len(unit))
    best = min(_timed(data) for _ in range(3))
    assert best < 0.05


def _timed(data: bytes) -> float:
    start = time.process_time()
    sniff(data)
    return time.process_time() - start
