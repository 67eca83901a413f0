"""From the bytes of an answer to entries, and from an entry and its page to documents. Nothing is asked for here."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from paraph.errors import Damaged, NoText, SourceError
from paraph.intake.dispatch import Context, from_bytes, safely, with_facts
from paraph.intake.feed import Entry, json_entries, read_entry, xml_entries
from paraph.intake.sniff import HEAD_BYTES, Form, describe, sniff
from paraph.intake.unpack import look, unpack
from paraph.model import Document, iso

if TYPE_CHECKING:
    from paraph.intake.fetch import Page
    from paraph.settings import Settings

__all__ = [
    "Listing",
    "entry_from",
    "entry_key",
    "entry_to",
    "fault",
    "listing_of",
    "own_words",
    "page_documents",
    "said",
]

# What an entry's page may be. A page that were a feed, an archive or JSON documents could speak for other pages, under their
# addresses and ids.
_PAGES = frozenset({Form.HTML, Form.TEXT, Form.MARKDOWN, Form.PDF})
# As much of a page is looked through for the feeds it names.
_HEAD_CHARS = 200_000
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed's answer holds: its title, as far as it can be told, and its entries by key, in its order, each once."""

    title: str | None
    entries: Mapping[str, Entry]


def listing_of(page: Page, *, source: str, settings: Settings) -> Listing:
    """Return the entries of a feed's answer. A feed without entries is a good answer.

    Raises Damaged for what is no feed, naming the feeds that a page names, and what reading a feed raises.
    """
    data = unpack(page.data, source=source, settings=settings)
    form = sniff(data)
    if form is Form.HTML:
        raise _page_instead(data, page, source, settings)
    try:
        if form in (Form.JSON_FEED, Form.JSON):
            found = list(json_entries(data, source=source, settings=settings, url=page.url))
        else:
            found = list(xml_entries(data, source=source, settings=settings, url=page.url, charset=page.charset))
    except NoText:
        found = []
    entries: dict[str, Entry] = {}
    for entry in found:
        entries.setdefault(entry_key(entry), entry)
    names = Counter(entry.publisher for entry in found if entry.publisher)
    return Listing(names.most_common(1)[0][0] if names else None, entries)


def _page_instead(data: bytes, page: Page, source: str, settings: Settings) -> Damaged:
    """Return the error for an HTML page in a feed's place; many a page names its feeds (RSS Autodiscovery)."""
    from lxml import html

    from paraph.intake.decode import decode

    named: list[str] = []
    text = decode(data, declared=page.charset, html=True)[:_HEAD_CHARS]
    try:
        for link in html.document_fromstring(text.encode("utf-8", "replace"), parser=_parser()).iter("link"):
            about = {str(key).lower(): str(value) for key, value in link.attrib.items()}
            kind = about.get("type", "").strip().lower()
            if "alternate" in about.get("rel", "").lower().split() and kind in _FEED_TYPES and about.get("href"):
                named.append(urljoin(page.url, about["href"].strip()))
    except (ValueError, html.etree.ParserError):
        named = []
    links = [link for link in dict.fromkeys(named) if link.lower().startswith(("http://", "https://"))]
    cure = f"it names {', '.join(links[:_MOST_NAMED])}; add that" if links else "give the address of the feed itself"
    return Damaged(source, "it is a page, not a feed", cure)


_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")


def _parser() -> Any:
    from lxml import html

    return html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)


def entry_key(entry: Entry) -> str:
    """Return what an entry is remembered by: 16 hex digits of the SHA-256 of its id, else its link, else its words."""
    if entry.id:
        told = f"id {entry.id}"
    elif entry.link:
        told = f"link {entry.link}"
    else:
        told = f"text {entry.title or ''}\n{entry.text}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def entry_to(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON-ready values, to be kept until it is taken in."""
    return {
        "number": entry.number,
        "text": entry.text,
        "title": entry.title,
        "link": entry.link,
        "publisher": entry.publisher,
        "published": iso(entry.published),
        "updated": iso(entry.updated),
        "note": entry.note,
        "id": entry.id,
    }


def entry_from(kept: Mapping[str, Any]) -> Entry:
    """Return the entry that ``entry_to`` wrote."""
    return Entry(**{**kept, "published": _moment(kept["published"]), "updated": _moment(kept["updated"])})


def _moment(text: str | None) -> date | datetime | None:
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def own_words(entry: Entry, *, source: str, context: Context, why: str | None = None) -> Document | SourceError:
    """Return an entry's own text as a document, with a note ``why`` its page was not read; or the error."""
    try:
        document = read_entry(entry, source=source, settings=context.settings, now=context.now())
    except SourceError as error:
        return error
    except Exception as error:
        return fault(source, error)
    if why is None:
        return document
    note = f"the page was not read ({why}); these are the feed's own words"
    return replace(document, notes=(*document.notes, note))


def page_documents(page: Page, entry: Entry, *, source: str, context: Context) -> Iterator[Document | SourceError]:
    """Yield the document of an entry's page, what it does not say filled in from the feed; or the error."""

    def found() -> Iterator[Document | SourceError]:
        layers, form = look(page.data[:HEAD_BYTES])
        if form is Form.WARC:
            raise Damaged(source, "it is a web archive, not a page", "fetch it and give the file")
        form = sniff(unpack(page.data, source=source, settings=context.settings) if layers else page.data)
        if form not in _PAGES:
            raise Damaged(source, f"it is {describe(page.data)}, not a page", "open it in a browser")
        fetched = context.now()
        for one in from_bytes(page.data, source=source, url=page.url, charset=page.charset, context=context):
            one = replace(one, fetched=one.fetched or fetched) if isinstance(one, Document) else one
            yield with_facts(one, entry)

    return safely(source, found())


def said(error: SourceError) -> str:
    """Return what an error says without its source."""
    return f"{error.cause} ({error.cure})" if error.cure else error.cause


def fault(source: str, error: Exception) -> Damaged:
    """Return an exception that no reader is meant to raise as the error of one source."""
    from paraph.intake.dispatch import UNFORESEEN

    told = Damaged(source, f"reading it failed ({type(error).__name__}: {str(error)[:200]})", UNFORESEEN)
    told.__cause__ = error
    return told
