"""RSS, Atom and JSON Feed: one entry, one text.

XML feeds are read by feedparser behind a guard: the bytes are decoded here (so that guard and parser see the same
characters), a document type or an entity is refused before anything is parsed, and size and number of tags are limited,
for the parser takes about 20 microseconds a tag. JSON Feed is read here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urljoin

from paraph.errors import Damaged, NoText, TooLarge
from paraph.intake.dates import parse_when
from paraph.intake.decode import decode
from paraph.intake.markup import lines_of_markup
from paraph.model import Document
from paraph.settings import Settings

__all__ = ["Entry", "json_entries", "read_entry", "refuse_declarations", "without_declaration", "xml_entries"]

# Tags outside CDATA sections that a feed may have: 10 seconds of feedparser's time, and 20,000 entries of 20 tags.
_MOST_TAGS = 500_000

_SAVE_IT = "save the pages you want and give those"

_ROOT = re.compile(r"<\w")
_XML_DECLARATION = re.compile(r"\s{0,100}<\?xml\s[^>]{0,300}\?>")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
# What may hold "<!" without meaning it, and how it ends; or else a declaration.
_MARK = re.compile(r"<(?:(!--)|(!\[CDATA\[)|(\?)|!\s{0,20}[a-zA-Z\[%])")
_ENDS = {1: "-->", 2: "]]>", 3: ">"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; ``number`` counts from 1. ``text`` is its own content or else its summary, as plain text.

    ``id`` is what the feed calls it, where it calls it anything.
    """

    number: int
    text: str
    title: str | None = None
    link: str | None = None
    publisher: str | None = None
    published: date | datetime | None = None
    updated: date | datetime | None = None
    note: str | None = None
    id: str | None = None


def read_entry(entry: Entry, *, source: str, settings: Settings, now: datetime) -> Document:
    """Return an entry's own text as a Document. Raises NoText for an entry without any, and what plain text raises."""
    from paraph.intake.plain import read_plain

    if not entry.text:
        raise NoText(source, "the entry has no text of its own", "follow its link to read the page")
    document = read_plain(
        entry.text,
        source=source,
        url=entry.link,
        title=entry.title,
        published=entry.published,
        publisher=entry.publisher,
        settings=settings,
        now=now,
        updated=entry.updated if entry.updated != entry.published else None,
    )
    return replace(document, notes=(*document.notes, entry.note)) if entry.note else document


def xml_entries(
    data: bytes, *, source: str, settings: Settings, url: str | None = None, charset: str | None = None
) -> Iterator[Entry]:
    """Yield the entries of an RSS or Atom feed, at most ``max_feed_entries``.

    Raises TooLarge beyond ``max_feed_bytes`` or half a million tags; Damaged for a document type or an entity, and for
    what is no feed; NoText for a feed without entries. A feed that breaks off in the middle gives what stands before the
    break, with a note. Not handled: enclosures, feeds of feeds (OPML), the full text behind a summary.
    """
    import feedparser

    _limit(data, source, settings)
    text = decode(data, declared=charset, html=True)
    refuse_declarations(text, source)
    # The declaration names an encoding that no longer holds.
    plain = _REFERENCE.sub(_in_range, without_declaration(text)).encode("utf-8", "replace")
    try:
        feed = feedparser.parse(plain, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # the library meets what no test of it met; its failure is the feed's
        raise Damaged(source, f"it is no feed that can be read ({_short(error)})", _SAVE_IT) from error
    if not feed.get("version") and not feed.entries:
        why = feed.get("bozo_exception") or "it has no channel and no entries"
        raise Damaged(source, f"it is no feed that can be read ({why})", _SAVE_IT)
    if not feed.entries:
        raise NoText(source, "the feed has no entries", "try later")
    broken = type(feed.get("bozo_exception")).__name__ == "SAXParseException"
    note = "the feed is damaged, so entries or parts of them may be missing" if broken else None
    name = _line(feed.feed.get("title_detail"))
    base = _link(feed.feed.get("link"), url) or url
    for number, entry in enumerate(feed.entries[: settings.max_feed_entries], 1):
        yield Entry(
            number=number,
            text=_content(entry),
            title=_line(entry.get("title_detail")),
            link=_link(entry.get("link"), base),
            publisher=_line(entry.get("source", {}).get("title_detail")) or name,
            published=_when(entry, "published") or _when(entry, "created"),
            updated=_when(entry, "updated"),
            note=note,
            id=_words(entry.get("id")),
        )


def json_entries(data: bytes, *, source: str, settings: Settings, url: str | None = None) -> Iterator[Entry]:
    """Yield the entries of a JSON Feed (jsonfeed.org, versions 1 and 1.1), at most ``max_feed_entries``.

    Raises TooLarge beyond ``max_feed_bytes``, Damaged for what is no JSON Feed, NoText for one without entries.
    """
    _limit(data, source, settings)
    try:
        feed = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise Damaged(source, f"it is not JSON ({_short(error)})", "get the file again") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Damaged(source, "it is no JSON Feed: there is no list of items", _SAVE_IT)
    if not items:
        raise NoText(source, "the feed has no entries", "try later")
    name = _words(feed.get("title"))
    base = _link(feed.get("home_page_url"), url) or url
    for number, item in enumerate(items[: settings.max_feed_entries], 1):
        item = item if isinstance(item, dict) else {}
        html = item.get("content_html")
        text = _words(item.get("content_text"), lines=True)
        if isinstance(html, str) and html.strip():
            text = _text_of(html)
        yield Entry(
            number=number,
            text=text or _words(item.get("summary"), lines=True) or "",
            title=_words(item.get("title")),
            link=_link(item.get("url") or item.get("external_url"), base),
            publisher=name,
            published=parse_when(str(item.get("date_published") or "")),
            updated=parse_when(str(item.get("date_modified") or "")),
            id=_words(item.get("id")),
        )


def _limit(data: bytes, source: str, settings: Settings) -> None:
    if len(data) > settings.max_feed_bytes:
        raise TooLarge(source, f"the feed is larger than {settings.max_feed_bytes:,} bytes", "raise max_feed_bytes")


def without_declaration(text: str) -> str:
    """Return an XML document without its declaration, whose encoding no longer holds once it is decoded."""
    return _XML_DECLARATION.sub("", text, count=1)


def refuse_declarations(text: str, source: str) -> None:
    """Refuse a document type or an entity, wherever XML or a lenient parser would take it for one.

    Raises Damaged. Before the first element any trace of one is refused, comments included, for feedparser looks for
    entities there by pattern. After it, comments, CDATA sections and instructions are passed over.
    """
    refused = Damaged(source, "it declares a document type or entities, which attacks are made of", _SAVE_IT)
    root = _ROOT.search(text)
    prolog = text[: root.start() if root else len(text)].casefold()
    if "<!doctype" in prolog or "entity" in prolog:
        raise refused
    tags, at = text.count("<"), 0
    while mark := _MARK.search(text, at):
        if mark.lastindex is None:
            raise refused
        end = text.find(_ENDS[mark.lastindex], mark.end())
        at = len(text) if end < 0 else end + 1
        tags -= text.count("<", mark.start(), at)
    if tags > _MOST_TAGS:
        raise TooLarge(source, f"the feed has more than {_MOST_TAGS:,} tags", _SAVE_IT)


def _in_range(reference: re.Match[str]) -> str:
    """Keep a reference to a character that there is; feedparser fails on the others."""
    digits = (reference.group(1) or reference.group(2)).lstrip("0")
    code = int(digits or "0", 16 if reference.group(1) else 10) if len(digits) < 8 else 0
    return reference.group() if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def _content(entry: Mapping[str, Any]) -> str:
    """Return the longest of an entry's contents, or its summary, as plain text."""
    texts = [_detail(part) for part in entry.get("content", [])]
    return max(texts, key=len, default="") or _detail(entry.get("summary_detail"))


def _detail(detail: Mapping[str, Any] | None) -> str:
    """Return the plain text of one of feedparser's details; feedparser guesses its type where the feed says nothing."""
    value = (detail or {}).get("value")
    if not isinstance(value, str):
        return ""
    kind = str((detail or {}).get("type", ""))
    return _text_of(value) if "html" in kind or "xml" in kind else value.strip()


def _line(detail: Mapping[str, Any] | None) -> str | None:
    return " ".join(_detail(detail).split()) or None


def _words(value: object, *, lines: bool = False) -> str | None:
    if not isinstance(value, str):
        return None
    return (value.strip() if lines else " ".join(value.split())) or None


def _link(value: object, base: str | None) -> str | None:
    """Return an absolute http or https address, or None."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        joined = urljoin(base or "", value.strip())
    except ValueError:
        return None
    return joined if joined.lower().startswith(("http://", "https://")) else None


def _when(entry: dict[str, Any], name: str) -> date | datetime | None:
    """Return a date of an entry with the zone it was written with.

    feedparser's own reading is not asked: where ours gives up, it was tried and made up a day ("-251204": 1 December).
    """
    written = dict.get(entry, name)  # not entry.get, which falls back to another date
    return parse_when(written) if isinstance(written, str) else None


def _text_of(html: str) -> str:
    return "\n\n".join(lines_of_markup(html, limit=len(html))) if "<" in html or "&" in html else html.strip()


def _short(error: Exception) -> str:
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)[:200]
