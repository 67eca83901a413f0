"""OPML, the form in which feed readers hand over their lists: read behind the guard of feeds, written plainly (OPML 2.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr  # writes only

from paraph.errors import Damaged, NoText, SourceError, TooLarge
from paraph.intake.address import check_url
from paraph.intake.decode import decode
from paraph.intake.feed import refuse_declarations, without_declaration
from paraph.settings import Settings

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Outline", "read_opml", "tidy_url", "write_opml"]

_GET_AGAIN = "export the list again, or add its addresses one by one"

# Characters that XML 1.0 has no way to write.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Readers' own ways to write an address, "feed://example.org/rss" and "feed:https://example.org/rss".
_FEED_SCHEME = re.compile(r"feed:(?://(?!/)|(?=https?:))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list: its address, its title if it has one, and the line it stands on."""

    url: str
    title: str | None
    line: int


def tidy_url(url: str, *, source: str, settings: Settings) -> str:
    """Return a feed's address in the one form in which addresses are compared.

    Spaces around it and the part after # are taken off, ``feed:`` becomes http, and the host's letters are made small.
    Raises AddressRefused for an address that is not to be asked.
    """
    plain = url.strip().partition("#")[0]
    found = _FEED_SCHEME.match(plain)
    if found is not None:
        plain = ("http://" if found[0].endswith("//") else "") + plain[found.end() :]
    return str(check_url(plain, source=source, settings=settings))


def read_opml(data: bytes, *, source: str, settings: Settings) -> tuple[list[Outline], list[SourceError]]:
    """Return the feeds of an OPML file, each once, and what in it could not be taken, each with its line.

    Outlines may be nested in others; the folders are not kept. Where the XML is broken, what can still be made out is taken,
    but for what stands on a broken line. Raises TooLarge beyond ``max_feed_bytes``, Damaged for a document type, an entity
    or what is no OPML, NoText for a list without feeds.
    """
    from lxml import etree

    if len(data) > settings.max_feed_bytes:
        raise TooLarge(source, f"the list is larger than {settings.max_feed_bytes:,} bytes", "raise max_feed_bytes")
    text = decode(data, html=True)
    refuse_declarations(text, source)
    parser = etree.XMLParser(recover=True, resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(without_declaration(text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise Damaged(source, f"it is no OPML that can be read ({str(error)[:200]})", _GET_AGAIN) from error
    if root is None or _local(root) != "opml":
        raise Damaged(source, "it is no OPML: its outermost element is another", _GET_AGAIN)
    broken = {error.line: error.message for error in parser.error_log}
    bad: list[SourceError] = [
        Damaged(f"{source}, line {line}", f"the XML is broken ({message[:200]})", _GET_AGAIN)
        for line, message in sorted(broken.items())
    ]
    feeds: dict[str, Outline] = {}
    for element in root.iter():
        if not isinstance(element.tag, str) or _local(element) != "outline":
            continue
        line = int(element.sourceline or 0)  # type: ignore[arg-type]  # the stubs' own slip
        if line in broken:
            continue
        try:
            found = _outline(element, line, f"{source}, line {line}", settings)
        except SourceError as error:
            bad.append(error)
            continue
        if found is not None:
            feeds.setdefault(found.url, found)
    if not feeds and not bad:
        raise NoText(source, "the list has no feeds", "give an OPML file whose outlines have an xmlUrl")
    return list(feeds.values()), bad


def _outline(element: _Element, line: int, name: str, settings: Settings) -> Outline | None:
    """Return the feed that an outline is, None for a folder or a note."""
    given = {str(key).lower(): str(value).strip() for key, value in element.attrib.items()}
    url = given.get("xmlurl")
    if not url:
        if given.get("type", "").lower() in ("rss", "atom"):
            raise Damaged(name, "the feed has no xmlUrl", "add its address by hand")
        return None
    title = " ".join((given.get("title") or given.get("text") or "").split())
    tidy = tidy_url(url, source=f"{name}, {url[:200]}", settings=settings)
    return Outline(tidy, None if title in ("", url, tidy) else title, line)


def write_opml(feeds: Iterable[tuple[str, str | None]], made: datetime) -> str:
    """Return pairs of address and title as an OPML 2.0 file, which ``read_opml`` and feed readers take."""
    rows = "".join(
        f'    <outline type="rss" text={_quoted(title or url)} title={_quoted(title or url)} xmlUrl={_quoted(url)}/>\n'
        for url, title in feeds
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n  <head>\n    <title>Feeds followed by Paraph</title>\n'
        f"    <dateCreated>{format_datetime(made)}</dateCreated>\n  </head>\n  <body>\n{rows}  </body>\n</opml>\n"
    )


def _quoted(value: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def _local(element: _Element) -> str:
    """Return an element's name without its namespace, folded; damaged names (":xml") are names too, though lxml refuses them."""
    return str(element.tag).rpartition("}")[2].lower()
