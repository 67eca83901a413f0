"""What a page says about itself: title, publisher, address, dates. JSON-LD first, then meta tags, then what is visible.

Read off the parsed tree directly, because the metadata pass of the extraction library costs a third of its time. Dates are
candidates in order of trust; ``best`` then takes the most exact of those that agree. Not handled: microdata without
``itemprop`` on the element itself, RDFa, dates that a script writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from paraph.intake.dates import Dateline, country_of, dateline, parse_when
from paraph.intake.decode import harmless

__all__ = ["PageFacts", "best", "page_facts"]

When = date | datetime

# A page's own description of itself is small; a larger one is a catalogue or an attack.
_LD_CHARS = 500_000
_LD_NODES = 2_000
_TITLE_CHARS = 400

_ARTICLE_TYPES = ("article", "posting", "report", "newsarticle", "pressrelease")
_PUBLISHED_KEYS = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "published-date",
    "publication_date",
    "publicationdate",
    "pubdate",
    "cxenseparse:recs:publishtime",
    "article.published",
    "dcterms.created",
    "dcterms.date",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date",
    "date",
)
_UPDATED_KEYS = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "article:modified",
    "last-modified",
    "lastmod",
    "last_updated_date",
    "dcterms.modified",
    "article.updated",
    "revised",
)
_TITLE_KEYS = ("og:title", "twitter:title", "dc.title", "dcterms.title")
_PUBLISHER_KEYS = ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher", "cre")

# Short visible texts that hold what labels a date; in capitals as well, for bylines are often written so.
_LABEL = re.compile("pdated|ublished|PDATED|UBLISHED|Posted on|Modified")
_LABEL_CHARS = 200
_PROPERTIES = ("datePublished", "dateModified")
# How far a label's date may stand away from it: in the element around, or the one around that.
_AROUND = 3
_VISIBLE_CHARS = 200
# Labelled texts and times looked at, and elements after the heading: a byline comes early.
_LOOKED_AT = 40
_NOT_SEEN = frozenset(["script", "style", "noscript", "title"])

# The name of a site has no more words than this.
_SITE_WORDS = 5

# Between a title and the name of the site.
_SEPARATOR = re.compile(r"\s[|–—»-]\s")


@dataclass(slots=True)
class PageFacts:
    """What a page says about itself; dates as candidates in order of trust."""

    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    country: str | None = None
    published: list[When] = field(default_factory=list)
    updated: list[When] = field(default_factory=list)


def page_facts(tree: HtmlElement, url: str | None) -> PageFacts:
    """Return what the page says about itself; ``url`` is where it came from, if known."""
    metas = _metas(tree)
    nodes = list(_linked_data(tree))
    facts = PageFacts()
    facts.url = _address(tree, metas, url)
    facts.publisher = _publisher(nodes, metas)
    facts.country = country_of(facts.url, facts.publisher)
    for node in nodes:
        _add(facts.published, node.get("datePublished"), facts.country)
        _add(facts.updated, node.get("dateModified"), facts.country)
    for key in _PUBLISHED_KEYS:
        _add(facts.published, metas.get(key), facts.country)
    for key in _UPDATED_KEYS:
        _add(facts.updated, metas.get(key), facts.country)
    if not (_exact(facts.published) and _exact(facts.updated)):
        _visible(tree, facts)
    facts.title = _title(tree, nodes, metas, facts)
    facts.publisher = facts.publisher or _site_in_title(tree, facts.title)
    return facts


def best(candidates: Sequence[When]) -> When | None:
    """Return the first candidate or, of those that agree with it, one that says it more exactly.

    A time says more than a day, a zone more than none, and a zone of the place more than UTC for the same moment.
    """
    if not candidates:
        return None
    chosen = candidates[0]
    for other in candidates[1:]:
        if _exactness(other) > _exactness(chosen) and _agree(chosen, other):
            chosen = other
    return chosen


def _exact(candidates: Sequence[When]) -> bool:
    """Return whether nothing on the page could say it better: a time with the zone of the place."""
    chosen = best(candidates)
    return chosen is not None and _exactness(chosen) == 3


def _exactness(when: When) -> int:
    if not isinstance(when, datetime):
        return 0
    offset = when.utcoffset()
    return 1 if offset is None else 3 if offset else 2


def _agree(first: When, second: When) -> bool:
    if isinstance(first, datetime) and isinstance(second, datetime):
        if first.tzinfo and second.tzinfo:
            # Within the minute: the visible line leaves out the seconds.
            return abs(first - second) < timedelta(minutes=1)
        # One is without zone: it may be local or UTC, so only the day can be compared, give or take one.
        return abs(first.date() - second.date()) <= timedelta(days=1)
    one = first.date() if isinstance(first, datetime) else first
    two = second.date() if isinstance(second, datetime) else second
    return one == two


def _add(dates: list[When], text: object, country: str | None) -> None:
    if isinstance(text, str) and (when := parse_when(text, country=country)) is not None and when not in dates:
        dates.append(when)


def _metas(tree: HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and content.strip():
            metas.setdefault(name.lower(), content)
    return metas


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield the article nodes of the page's JSON-LD; broken or oversized blocks are passed over."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text or len(script.text) > _LD_CHARS:
            continue
        try:
            # strict=False: raw line breaks within strings are the usual fault of these blocks
            found = json.loads(script.text.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        waiting, looked = [found], 0
        while waiting and looked < _LD_NODES:
            node = waiting.pop()
            looked += 1
            if isinstance(node, list):
                waiting.extend(reversed(node))
            elif isinstance(node, dict):
                if _is_article(node.get("@type")):
                    yield node
                waiting.extend(
                    value for key, value in node.items() if key in ("@graph", "mainEntity", "mainEntityOfPage")
                )


def _is_article(kind: object) -> bool:
    names = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.lower().endswith(_ARTICLE_TYPES) for name in names)


def _address(tree: HtmlElement, metas: dict[str, str], url: str | None) -> str | None:
    """Return the canonical address where it is of the same site as ``url``; a page does not speak for another site."""
    candidates = [link.get("href") for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    candidates.append(metas.get("og:url"))
    for candidate in candidates:
        try:
            full: str = urljoin(url or "", str(candidate or "").strip())
            parts = urlsplit(full)
            host = urlsplit(url).hostname if url else parts.hostname
        except ValueError:
            continue
        same = (parts.hostname or "").removeprefix("www.") == (host or "").removeprefix("www.")
        if parts.scheme in ("http", "https") and parts.hostname and same:
            return full
    return url


def _publisher(nodes: list[dict[str, Any]], metas: dict[str, str]) -> str | None:
    names: list[object] = [metas.get("og:site_name")]
    for node in nodes:
        publisher = node.get("publisher")
        for one in publisher if isinstance(publisher, list) else [publisher]:
            names.append(one.get("name") if isinstance(one, dict) else one)
    names.extend(metas.get(key) for key in _PUBLISHER_KEYS)
    for name in names:
        if (
            isinstance(name, str)
            and 0 < len(clean := _plain(name)) <= 100
            and not clean.startswith(("http:", "https:", "@"))
        ):
            return clean
    return None


def _title(tree: HtmlElement, nodes: list[dict[str, Any]], metas: dict[str, str], facts: PageFacts) -> str | None:
    candidates: list[object] = [metas.get(key) for key in _TITLE_KEYS[:1]]
    candidates.extend(node.get("headline") for node in nodes)
    candidates.extend(_text(heading) for heading in islice(tree.iter("h1"), 1))
    candidates.extend(metas.get(key) for key in _TITLE_KEYS[1:])
    candidates.extend(_text(title) for title in tree.iter("title"))
    host = (urlsplit(facts.url).hostname or "") if facts.url else ""
    for candidate in candidates:
        title = _plain(candidate) if isinstance(candidate, str) else ""
        if title and title != facts.publisher:
            return _without_site(title, facts.publisher, host)[:_TITLE_CHARS]
    return None


def _without_site(title: str, publisher: str | None, host: str) -> str:
    """Take the name of the site off the end of a title: the last part, where it is the publisher's or the host's name."""
    parts = [found.start() for found in _SEPARATOR.finditer(title)]
    if not parts:
        return title
    head, tail = title[: parts[-1]].strip(), title[parts[-1] + 3 :].strip()
    flat = _flat(tail)
    named = flat and (
        flat == _flat(publisher or "") or flat.removeprefix("the") in host.replace(".", "").replace("-", "")
    )
    return head if named and head else title


def _site_in_title(tree: HtmlElement, title: str | None) -> str | None:
    """Return what the window's title has after the article's own: "…  | Example News"."""
    for element in tree.iter("title"):
        whole = _plain(_text(element))
        separators = list(_SEPARATOR.finditer(whole))
        if title and separators and whole.startswith(title) and separators[-1].start() >= len(title):
            site = whole[separators[-1].end() :].strip()
            return site if 0 < len(site.split()) <= _SITE_WORDS else None
    return None


def _flat(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _plain(text: str) -> str:
    """Return a value of a meta tag on one line; some are escaped twice."""
    return " ".join(harmless(unescape(text[: 4 * _TITLE_CHARS])).split())


def _text(element: HtmlElement) -> str:
    return str(element.text_content())[: 4 * _TITLE_CHARS]


def _visible(tree: HtmlElement, facts: PageFacts) -> None:
    """Add the dates that a reader sees: labelled ones anywhere, time elements, bare ones right after the heading."""
    labelled, times = _dated(tree)
    for text, around in labelled[:_LOOKED_AT]:
        found = dateline(" ".join(text.split()), country=facts.country)
        for _ in range(_AROUND):
            if found is not None or around is None:
                break
            content = " ".join(" ".join(islice(around.itertext(), _LOOKED_AT)).split())
            if len(content) > _VISIBLE_CHARS:
                break
            found = dateline(content, country=facts.country)
            around = around.getparent()
        if found is not None:
            _take(found, facts)
    for element in times[:_LOOKED_AT]:
        prop = element.get("itemprop")
        moment = element.get("datetime") or element.get("content") or _text(element)
        if prop == "dateModified":
            _add(facts.updated, moment, facts.country)
        elif prop == "datePublished" or not facts.published:
            _add(facts.published, moment, facts.country)
    heading = None if facts.published else next(tree.iter("h1"), None)
    for element in islice(_after(heading), _LOOKED_AT) if heading is not None else ():
        for bit in (element.text, element.tail):
            bare = dateline(bit, country=facts.country) if bit and not bit.isspace() else None
            if bare is not None and bare.published not in facts.updated:
                _take(bare, facts)
                return


def _dated(tree: HtmlElement) -> tuple[list[tuple[str, HtmlElement | None]], list[HtmlElement]]:
    """Return the short texts with a label of a date, each with the element that it stands in, and the elements that are times.

    One pass in Python: XPath's takes four times as long.
    """
    labelled: list[tuple[str, HtmlElement | None]] = []
    times: list[HtmlElement] = []
    for element in tree.iter("*"):
        tag, text, tail = element.tag, element.text, element.tail
        if text and len(text) < _LABEL_CHARS and tag not in _NOT_SEEN and _LABEL.search(text):
            labelled.append((text, element))
        if (tag == "time" and element.get("datetime") is not None) or element.get("itemprop") in _PROPERTIES:
            times.append(element)
        if tail and len(tail) < _LABEL_CHARS and _LABEL.search(tail):
            labelled.append((tail, element.getparent()))
    return labelled, times


def _after(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements behind an element, in the order of the page."""
    here: HtmlElement | None = element
    while here is not None:
        for sibling in here.itersiblings("*"):
            yield from sibling.iter("*")
        here = here.getparent()


def _take(found: Dateline, facts: PageFacts) -> None:
    for dates, when in ((facts.published, found.published), (facts.updated, found.updated)):
        if when is not None and when not in dates:
            dates.append(when)
