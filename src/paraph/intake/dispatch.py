"""From bytes to Documents: the form is looked at, and the reader for it does the rest.

Whatever goes wrong with one file, entry or record comes out as an error in its place, and the next one is read. An
exception that no reader is meant to raise comes out too, marked with ``UNFORESEEN``: a fault of ours must not cost a run
its other sources, nor be taken for a fault of the source.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from paraph.errors import Damaged, NoText, ParaphError, SourceError, TooLarge
from paraph.intake import feed as feeds
from paraph.intake.decode import decode
from paraph.intake.fetch import Fetcher
from paraph.intake.pdf import PdfReader
from paraph.intake.sniff import HEAD_BYTES, Form, describe, sniff
from paraph.intake.unpack import expand, gather, look, pieces, spool, unpack
from paraph.intake.warc import Capture, read_warc
from paraph.model import Document
from paraph.settings import Settings

__all__ = [
    "ARTICLES",
    "UNFORESEEN",
    "Context",
    "Found",
    "from_bytes",
    "from_record",
    "from_stream",
    "from_url",
    "is_robots",
    "safely",
    "with_facts",
]

UNFORESEEN = "this is a fault in Paraph; please report it with the source"

_READABLE = "give a page, a text, a PDF, a feed, a web archive or JSON"

Found = Iterator[Document | SourceError]
# Is told the id of a document, the bytes that it was read from, and their media type.
Keep = Callable[[str, bytes, str], None]


@dataclass(frozen=True, slots=True)
class Context:
    """What reading needs from outside: limits, a clock, the network, a reader of PDFs, and whether to follow feeds.

    ``keep``, where there is one, is told the bytes of each document that has bytes of its own (a page, a text, a PDF; not an
    entry of a feed or a record of JSON), unpacked, before the document comes out.
    """

    settings: Settings
    now: Callable[[], datetime]
    fetcher: Fetcher
    pdf: PdfReader
    follow: bool = False
    keep: Keep | None = None

    def kept(self, document: Document, data: bytes, media_type: str, charset: str | None = None) -> Document:
        """Return the document, and hand its bytes to who keeps them."""
        if self.keep is not None:
            self.keep(document.id, data, f"{media_type}; charset={charset}" if charset else media_type)
        return document


def safely(source: str, found: Found) -> Found:
    """Yield what is found and, as the last value, the error that ended it; never raises but for a wrong call."""
    try:
        yield from found
    except SourceError as error:
        yield error
    except ParaphError:
        raise
    except Exception as error:
        told = Damaged(source, f"reading it failed ({type(error).__name__}: {str(error)[:200]})", UNFORESEEN)
        told.__cause__ = error
        yield told


def from_stream(stream: BinaryIO, *, source: str, context: Context) -> Found:
    """Yield the documents of an open file; a web archive is read piece by piece, everything else whole.

    Raises TooLarge beyond ``max_source_bytes`` (a web archive: ``max_archive_bytes``) and what ``from_bytes`` raises.
    """
    settings = context.settings
    head = _read_head(stream)
    layers, form = look(head)
    chunks = chain([head], pieces(stream))
    if form is not Form.WARC:
        data = gather(
            chunks,
            source=source,
            limit=settings.max_source_bytes,
            cause=f"it is larger than {settings.max_source_bytes:,} bytes",
            cure="raise max_source_bytes if you want it",
        )
        yield from from_bytes(data, source=source, url=None, charset=None, context=context)
        return
    most = settings.max_archive_bytes
    too_large = f"the archive is larger than {most:,} bytes"
    packed = layers == (Form.GZIP,)
    for layer in () if packed else layers:
        chunks = chain(expand(chunks, layer, source=source, settings=settings))
    if stream.seekable() and (packed or not layers):
        if stream.seek(0, 2) > most:
            raise TooLarge(source, too_large, "raise max_archive_bytes if you want it")
        yield from _archive(stream, packed, source, context)
        return
    with spool(
        chunks, source=source, limit=most, cause=too_large, cure="raise max_archive_bytes if you want it"
    ) as kept:
        yield from _archive(kept, packed, source, context)


def _read_head(stream: BinaryIO) -> bytes:
    """Read until the head is full or the stream ends; a pipe gives less than asked for."""
    parts: list[bytes] = []
    left = HEAD_BYTES
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def from_url(url: str, *, source: str, context: Context) -> Found:
    """Yield the documents at an address, with the time they were fetched. Raises what fetching raises."""
    page = context.fetcher.fetch(url)
    fetched = context.now()
    found = from_bytes(page.data, source=source, url=page.url, charset=page.charset, context=context)
    for one in found:
        yield replace(one, fetched=one.fetched or fetched) if isinstance(one, Document) else one


def from_bytes(data: bytes, *, source: str, url: str | None, charset: str | None, context: Context) -> Found:
    """Yield the documents in ``data``, of whatever form, compressed or not. Raises SourceError where there is none."""
    from paraph.intake.page import read_page
    from paraph.intake.plain import read_plain

    if look(data[:HEAD_BYTES])[1] is Form.WARC:
        # Before it is unpacked whole: damage in one record is no damage to the others.
        yield from from_stream(BytesIO(data), source=source, context=context)
        return
    settings, now = context.settings, context.now()
    data = unpack(data, source=source, settings=settings)
    form = sniff(data)
    if form is Form.HTML:
        html = data if charset is None else decode(data, declared=charset, html=True)
        page = read_page(html, source=source, url=url, settings=settings, now=now)
        yield context.kept(page, data, "text/html", charset)
    elif form in (Form.TEXT, Form.MARKDOWN):
        text = decode(data, declared=charset)
        marked = form is Form.MARKDOWN
        plain = read_plain(text, source=source, url=url, settings=settings, now=now, markdown=marked)
        yield context.kept(plain, data, "text/markdown" if marked else "text/plain", charset)
    elif form is Form.PDF:
        yield context.kept(context.pdf.read(data, source=source, url=url, now=now), data, "application/pdf")
    elif form is Form.FEED:
        found = feeds.xml_entries(data, source=source, settings=settings, url=url, charset=charset)
        yield from _entries(found, source, context)
    elif form is Form.JSON_FEED:
        yield from _entries(feeds.json_entries(data, source=source, settings=settings, url=url), source, context)
    elif form is Form.JSON:
        yield from _json(data, source, url, context)
    elif form is Form.JSON_LINES:
        yield from _json_lines(data, source, context)
    elif form is Form.EMPTY:
        raise NoText(source, "it is empty", "give a file or page with text in it")
    else:
        raise Damaged(source, f"it is {describe(data)}, which Paraph does not read", _READABLE)


def from_record(data: Mapping[str, object], *, source: str, context: Context) -> Document:
    """Return the document that a mapping of the contract is."""
    from paraph.intake.record import read_record

    return read_record(data, source=source, settings=context.settings, now=context.now())


def _json(data: bytes, source: str, url: str | None, context: Context) -> Found:
    value = _parse(decode(data, tidy=False), source)
    if isinstance(value, dict):
        if "jsonfeed.org" in str(value.get("version", ""))[:100] and "items" in value:
            found = feeds.json_entries(data, source=source, settings=context.settings, url=url)
            yield from _entries(found, source, context)
        else:
            yield from_record(value, source=source, context=context)
        return
    if not value:
        raise NoText(source, "the list holds no documents", "give objects with a text")
    for number, item in enumerate(value, 1):
        name = f"{source}, document {number}"
        yield from safely(name, _item(item, name, context))


def _json_lines(data: bytes, source: str, context: Context) -> Found:
    # Not splitlines: U+2028 and the like may stand inside a string.
    for number, line in enumerate(decode(data, tidy=False).split("\n"), 1):
        if line.strip():
            name = f"{source}, line {number}"
            yield from safely(name, _line(line, name, context))


def _line(line: str, name: str, context: Context) -> Found:
    yield from _item(_parse(line, name), name, context)


def _item(item: object, name: str, context: Context) -> Found:
    if not isinstance(item, dict):
        raise Damaged(name, "it is not a JSON object", 'give objects with a "text"')
    yield from_record(item, source=name, context=context)


def _parse(text: str, source: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Damaged(source, "its JSON is nested too deep", 'give objects with a "text"') from error
    except ValueError as error:
        raise Damaged(source, f"it is not JSON ({error})", "get the file again") from error


def _entries(entries: Iterator[feeds.Entry], source: str, context: Context) -> Found:
    for entry in entries:
        name = f"{source}, entry {entry.number}"
        yield from safely(name, _entry(entry, name, context))


def _entry(entry: feeds.Entry, name: str, context: Context) -> Found:
    if context.follow and entry.link:
        once = replace(context, follow=False)
        try:
            for one in list(from_url(entry.link, source=name, context=once)):
                yield with_facts(one, entry)
            return
        except SourceError as error:
            # What the feed itself says of the entry is better than nothing, and the failure is told all the same.
            yield error
            if not entry.text:
                return
    yield feeds.read_entry(entry, source=name, settings=context.settings, now=context.now())


def with_facts(one: Document | SourceError, entry: feeds.Entry) -> Document | SourceError:
    """Return a page with what it does not say of itself and its feed does; an error as it is."""
    if not isinstance(one, Document):
        return one
    return replace(
        one,
        title=one.title or entry.title,
        publisher=one.publisher or entry.publisher,
        published=one.published or entry.published,
        updated=one.updated or (entry.updated if entry.updated != entry.published else None),
    )


# Forms in a web archive that can hold an article; the others are passed over, for a capture of a site is full of them.
ARTICLES = frozenset({Form.HTML, Form.TEXT, Form.MARKDOWN, Form.PDF, Form.FEED, Form.JSON_FEED})


def _archive(file: BinaryIO, packed: bool, source: str, context: Context) -> Found:
    for one in read_warc(file, packed=packed, source=source, settings=context.settings):
        if isinstance(one, SourceError):
            yield one
        else:
            name = f"{source}, record {one.number}"
            yield from safely(name, _from_capture(one, name, replace(context, follow=False)))


def _from_capture(capture: Capture, name: str, context: Context) -> Found:
    data = unpack(capture.data, source=name, settings=context.settings)
    if sniff(data) not in ARTICLES or is_robots(capture.url):
        return
    for one in from_bytes(data, source=name, url=capture.url, charset=capture.charset, context=context):
        if not isinstance(one, Document):
            yield one
            continue
        notes = (*one.notes, "the archive kept only the beginning of the page") if capture.is_cut else one.notes
        yield replace(one, fetched=capture.fetched, notes=notes)


def is_robots(url: str | None) -> bool:
    """Tell whether an address is of a file that sites keep for programs, which is no article though it be a text."""
    return urlsplit(url or "").path in ("/robots.txt", "/sitemap.xml", "/humans.txt", "/ads.txt")
