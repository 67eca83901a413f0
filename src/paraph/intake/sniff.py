"""What some bytes are, told from the bytes themselves and never from a name.

Order matters: signatures first (nothing else starts with them), then marked-up text, then JSON, then plain text. All
tests look at the head of the data (``HEAD_BYTES``) and cost linear time.
"""

from __future__ import annotations

import codecs
import re
import zlib
from enum import StrEnum

__all__ = ["COMPRESSED", "HEAD_BYTES", "Form", "describe", "sniff"]

# A prolog of comments and processing instructions longer than this has not been met; browsers look at 1 kB.
HEAD_BYTES = 65_536

# PDF readers accept leading bytes before the header within the first kilobyte (Adobe's implementation note 13).
_PDF_WINDOW = 1024

# Share of control characters above which bytes are not text: text in a broken encoding stays under 1 %, while packed or
# random bytes have 28 in 256, which is 11 %, and programs and fonts more.
_MOST_CONTROLS = 0.05

# Share of NUL bytes at even or odd places above which a text without byte order mark is taken for UTF-16.
_UTF16_NULS = 0.7


class Form(StrEnum):
    """A form that a source can come in; the last four cannot be read."""

    HTML = "HTML"
    FEED = "feed"
    JSON_FEED = "JSON feed"
    JSON = "JSON"
    JSON_LINES = "JSON Lines"
    PDF = "PDF"
    WARC = "WARC"
    MARKDOWN = "Markdown"
    TEXT = "text"
    GZIP = "gzip"
    DEFLATE = "deflate"
    ZSTD = "zstd"
    BROTLI = "br"
    EMPTY = "empty"
    XML = "XML"
    ARCHIVE = "archive"
    BINARY = "binary"


COMPRESSED = frozenset({Form.GZIP, Form.DEFLATE, Form.ZSTD, Form.BROTLI})

# (offset, bytes, form, what a person calls it)
_SIGNATURES: tuple[tuple[int, bytes, Form, str], ...] = (
    (0, b"\x1f\x8b\x08", Form.GZIP, "gzip data"),
    (0, b"\x28\xb5\x2f\xfd", Form.ZSTD, "zstd data"),
    (257, b"ustar", Form.ARCHIVE, "a tar archive"),
    (0, b"PK\x03\x04", Form.ARCHIVE, "a zip archive or an office document"),
    (0, b"PK\x05\x06", Form.ARCHIVE, "an empty zip archive"),
    (0, b"BZh", Form.ARCHIVE, "bzip2 data"),
    (0, b"\xfd7zXZ\x00", Form.ARCHIVE, "xz data"),
    (0, b"7z\xbc\xaf\x27\x1c", Form.ARCHIVE, "a 7z archive"),
    (0, b"Rar!\x1a\x07", Form.ARCHIVE, "a rar archive"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Form.BINARY, "an old office document"),
    (0, b"\x89PNG\r\n\x1a\n", Form.BINARY, "a PNG image"),
    (0, b"\xff\xd8\xff", Form.BINARY, "a JPEG image"),
    (0, b"GIF87a", Form.BINARY, "a GIF image"),
    (0, b"GIF89a", Form.BINARY, "a GIF image"),
    (0, b"RIFF", Form.BINARY, "an image, sound or film"),
    (4, b"ftyp", Form.BINARY, "a film or an image"),
    (0, b"ID3", Form.BINARY, "a sound"),
    (0, b"OggS", Form.BINARY, "a sound or film"),
    (0, b"\x1a\x45\xdf\xa3", Form.BINARY, "a film"),
    (0, b"\x7fELF", Form.BINARY, "a program"),
    (0, b"SQLite format 3\x00", Form.BINARY, "a database"),
    (0, b"wOFF", Form.BINARY, "a font"),
    (0, b"wOF2", Form.BINARY, "a font"),
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_FEED_ROOTS = frozenset({"rss", "feed", "rdf:rdf", "channel", "atom:feed"})

_HTML_TAGS = frozenset(
    """
    a abbr address amp-img article aside b base blockquote body br button canvas center code dd details div dl dt
    em fieldset figure font footer form frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input label li
    link main map mark menu meta nav noscript object ol option p picture pre q s script section select small span
    strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr u ul video
    """.split()
)

_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9:_-]{0,40})[\s/>]")
_DOCTYPE = re.compile(r"<!doctype\s+([a-z0-9:_-]{1,40})", re.IGNORECASE)
_HTML_SOON = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_HTML_ROOT = re.compile(r"<html[\s>]", re.IGNORECASE)
_JSON_START = re.compile(r'\{\s*(?:"|\})|\[\s*(?:\{|\]|\[)')
_JSON_FEED_VERSION = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')

# Comments and instructions looked past for the first element; pages have a handful.
_MOST_PROLOG = 1000

# Either of these makes a text Markdown: a heading with number signs, a link, a fence, a front matter of keys.
_MARKDOWN = re.compile(r"^#{1,6} [^\n]|\]\((?:https?:|mailto:)|^```|\A---[ \t]{0,9}\n[A-Za-z_-]{1,40}:", re.MULTILINE)


def sniff(data: bytes) -> Form:
    """Return the form of ``data`` (or of its first ``HEAD_BYTES``).

    Brotli has no signature: bytes that are not text and unpack as brotli to something known are taken for it. A JSON
    feed is told from other JSON by its ``version`` where that stands in the head. Not told apart: RSS and Atom.
    """
    return _look(data)[0]


def describe(data: bytes) -> str:
    """Return what a person would call the form of ``data``, with its article: "a tar archive", "a PNG image"."""
    return _look(data)[1]


def _look(data: bytes) -> tuple[Form, str]:
    head = data[:HEAD_BYTES]
    if not head or head.isspace():
        return Form.EMPTY, "empty"
    for offset, mark, form, words in _SIGNATURES:
        # A text may open with letters that are also a signature ("ID3 is ..."); the real thing has controls close by.
        if head.startswith(mark, offset) and (not _ASCII.match(mark) or _CONTROL.search(head, 0, 512)):
            return form, words
    if _is_warc(head):
        return Form.WARC, "a web archive"
    if _is_pdf(head):
        return Form.PDF, "a PDF"
    if _is_deflate(head):
        return Form.DEFLATE, "deflate data"
    text = _as_text(head)
    if text is None:
        return (Form.BROTLI, "br data") if _is_brotli(head) else (Form.BINARY, "a binary file of unknown form")
    return _look_at_text(text, data)


def _look_at_text(text: str, data: bytes) -> tuple[Form, str]:
    start = text.lstrip("\ufeff \t\r\n\f\v\x00")
    if not start:
        return Form.EMPTY, "empty"
    if start.startswith("{\\rtf"):
        return Form.BINARY, "an RTF document"
    if start.startswith("%!PS"):
        return Form.BINARY, "a PostScript file"
    if start.startswith("<"):
        found = _markup(start)
        if found is not None:
            return found
    if _JSON_START.match(start):
        if _JSON_FEED_VERSION.search(start):
            return Form.JSON_FEED, "a JSON feed"
        return (Form.JSON_LINES, "JSON Lines") if _is_lines(data) else (Form.JSON, "JSON")
    if _HTML_SOON.search(start, 0, 2048):
        return Form.HTML, "an HTML page"
    if _MARKDOWN.search(start.replace("\r\n", "\n")):
        return Form.MARKDOWN, "a Markdown text"
    return Form.TEXT, "a plain text"


def _markup(text: str) -> tuple[Form, str] | None:
    """Tell marked-up text by its document type or its first element; None where it is text after all ("<3 ...")."""
    at, is_xml, doctype = 0, False, ""
    for _ in range(_MOST_PROLOG):
        at = _skip_space(text, at)
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            at = len(text) if end < 0 else end + 3
        elif text.startswith("<?", at):
            is_xml = is_xml or text.startswith("<?xml", at)
            end = text.find(">", at)
            at = len(text) if end < 0 else end + 1
        elif kind := _DOCTYPE.match(text, at):
            doctype = kind.group(1).lower()
            if doctype == "html":
                return Form.HTML, "an HTML page"
            # The internal subset may hold ">": what follows is found by its first element below.
            at = kind.end()
            break
        else:
            break
    tag = _TAG.match(text, at) if not doctype else _TAG.search(text, at)
    name = tag.group(1).lower() if tag else ""
    if name in _FEED_ROOTS or doctype in _FEED_ROOTS:
        return Form.FEED, "a feed"
    if is_xml or doctype:
        # Other vocabularies have a head, a body and paragraphs too; only <html> makes them a page.
        if name == "html" or _HTML_ROOT.search(text):
            return Form.HTML, "an HTML page"
        return Form.XML, "XML or SGML that is neither a feed nor a page"
    if name in _HTML_TAGS or name.startswith(("o:", "v:", "w:")) or _HTML_SOON.search(text):
        return Form.HTML, "an HTML page"
    if name and f"</{tag.group(1)}" in text:  # type: ignore[union-attr]
        return Form.XML, "XML or SGML that is neither a feed nor a page"
    # Comments and nothing else: the page goes on after the head.
    return (Form.HTML, "an HTML page") if at >= len(text) else None


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n\f\v\ufeff":
        at += 1
    return at


def _as_text(head: bytes) -> str | None:
    """Return the head as text good enough to look at, or None where it is not text."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return head[len(mark) :].decode(name, "replace")
    nuls = head.count(0)
    if nuls:
        half = max(1, len(head) // 2)
        if head[1::2].count(0) / half > _UTF16_NULS > head[::2].count(0) / half:
            return head.decode("utf-16-le", "replace")
        if head[::2].count(0) / half > _UTF16_NULS > head[1::2].count(0) / half:
            return head.decode("utf-16-be", "replace")
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return None if controls / len(head) > _MOST_CONTROLS else head.decode("latin-1")


def _is_warc(head: bytes) -> bool:
    """Whether a WARC header stands at the start or, the start being damaged, somewhere in the head."""
    start = head.lstrip(b"\r\n")
    if _WARC.match(start):
        return True
    return not start.startswith(b"<") and b"\nWARC-Type:" in head and b"\nWARC-Record-ID:" in head


def _is_pdf(head: bytes) -> bool:
    """Whether the header of a PDF stands at the start, or a little later and is not just spoken of in a text."""
    at = head.find(b"%PDF-", 0, _PDF_WINDOW)
    if at <= 0:
        return at == 0
    before = head[:at].strip(b"\xef\xbb\xbf \t\r\n\x00")
    return not before or (not before.startswith(b"<") and head[at - 1 : at] in (b"\r", b"\n") and b" obj" in head)


_WARC = re.compile(rb"WARC/[01]\.[0-9]{1,2}\r?\n")
_ASCII = re.compile(rb"[\x20-\x7e]+\Z")
_CONTROL = re.compile(rb"[\x00-\x08]")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"


def _is_lines(data: bytes) -> bool:
    """Whether the first line holds a whole object and the next line that is not empty opens another."""
    data = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    end = data.find(b"\n")
    if end < 0 or not data.startswith(b"{") or not data[:end].rstrip().endswith(b"}"):
        return False
    return data[end : end + HEAD_BYTES].lstrip()[:1] == b"{"


def _is_deflate(head: bytes) -> bool:
    """Whether a zlib header stands at the start and what follows unpacks; two letters can look like the header."""
    if len(head) < 6 or head[0] & 0x0F != 8 or head[0] >> 4 > 7 or (head[0] * 256 + head[1]) % 31 or head[1] & 0x20:
        return False
    try:
        return bool(zlib.decompressobj().decompress(head, 1024))
    except zlib.error:
        return False


def _is_brotli(head: bytes) -> bool:
    import brotli

    try:
        out = brotli.Decompressor().process(head, output_buffer_limit=4096)
    except brotli.error:
        return False
    # Noise unpacks to a few bytes now and then; what was packed on purpose is something known.
    return len(out) >= 16 and (_look(out)[0] not in (Form.BINARY, Form.BROTLI, Form.EMPTY))
