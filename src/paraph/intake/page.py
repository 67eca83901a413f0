"""One HTML page to one Document.

The article is found by trafilatura, leaning to precision; the tree is parsed once, here, and metadata is read off it by
``metadata``, because the library's own metadata pass costs a third of its time. Where a page is too deep, too large or
too odd for that, all of its text is taken off the markup instead, and ``Document.notes`` says so: a page is never
silently empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from paraph.errors import NotEnglish, NoText, TooLarge
from paraph.intake.article import Place, article_of, place_of
from paraph.intake.boilerplate import drop_boilerplate, drop_tail
from paraph.intake.clean import once
from paraph.intake.dates import country_of, dateline, filed, future_note
from paraph.intake.decode import decode, harmless
from paraph.intake.language import detect, is_english, name_of
from paraph.intake.markup import lines_of_markup
from paraph.intake.metadata import PageFacts, best, page_facts
from paraph.intake.official import document_kind
from paraph.model import Document
from paraph.settings import Settings

__all__ = ["Page", "check_size", "check_text", "finish_page", "open_page", "read_page"]

# A text may stand twice and have clutter before it is cleaned; what is longer than this many texts is not worth cleaning.
_CLEANED = 2

# The library's work grows with elements times depth; 8,000 elements at any depth and 50,000 of a usual one (40) pass.
# Above it, pages written to be slow took 20 s and more.
_MOST_WORK = 2_000_000
_DEPTHS = (40, 64, 100, 160, 250)

# Control characters, and references to them, that XML does not allow.
_CONTROL = re.compile(
    r"[\x01-\x08\x0b\x0e-\x1f\x7f]|&#(?:0{0,5}(?:[1-8]|1[124-9]|2\d|3[01])|[xX]0{0,4}(?:[1-8bBeEfF]|1[0-9a-fA-F]));"
)

# lxml.html asks a function in Python which class each element has, for the sake of forms; here all are of one.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=HtmlElement)

# Lines at either end of an article in which a dateline stands; further in, a line with a date is a heading of the text.
_TOP_LINES = 8
_BOTTOM_LINES = 4
# The title stands among the first lines, after a kicker perhaps.
_TITLE_LINES = 3
# An agency's dateline opens the first paragraph; it counts where the page names no date.
_FILED_LINES = 3
# Without a label a date is a dateline only at the very top.
_BARE_LINES = 3


@dataclass(slots=True)
class Page:
    """One HTML page, decoded and parsed: what can be looked at before the article is searched for.

    ``markup`` is the decoded text; ``tree`` is None where it could not be parsed, and ``why_not`` says why it is not to be
    searched for an article (empty where it is). ``finish_page`` uses the tree up.
    """

    source: str
    url: str | None
    settings: Settings
    markup: str
    tree: HtmlElement | None
    why_not: str
    _facts: PageFacts | None = field(default=None, init=False, repr=False)
    _place: Place | None = field(default=None, init=False, repr=False)

    @property
    def facts(self) -> PageFacts:
        """Return what the page says about itself; read off the tree when first asked for."""
        if self._facts is None:
            empty = PageFacts(url=self.url, country=country_of(self.url))
            self._facts = empty if self.tree is None else page_facts(self.tree, self.url)
        return self._facts

    @property
    def place(self) -> Place:
        """Return where the article seems to stand; looked for when first asked for."""
        if self._place is None:
            self._place = Place(None, 0) if self.tree is None else place_of(self.tree)
        return self._place


def read_page(
    html: str | bytes,
    *,
    source: str,
    url: str | None = None,
    settings: Settings,
    now: datetime,
    declared: str | None = None,
    any_language: bool = False,
    with_title: bool = False,
) -> Document:
    """Return the article of an HTML page as a Document: ``open_page`` and ``finish_page`` in one.

    Raises NoText where no text is found, NotEnglish, and TooLarge above ``settings.max_text_chars``. Not handled: text
    that scripts put in, several articles on one page (the longest wins), frames.
    """
    page = open_page(html, source=source, url=url, settings=settings, declared=declared)
    return finish_page(page, now=now, any_language=any_language, with_title=with_title)


def open_page(
    html: str | bytes, *, source: str, url: str | None = None, settings: Settings, declared: str | None = None
) -> Page:
    """Return an HTML page decoded and parsed, its article not looked for yet.

    ``source`` names the page in messages, ``url`` is where it came from, ``declared`` the charset of the transport where
    ``html`` is bytes. Raises nothing: what cannot be parsed is told in ``Page.why_not``.
    """
    text = decode(html, declared=declared, html=True, tidy=False) if isinstance(html, bytes) else html
    if "\0" in text:
        text = text.replace("\0", "")  # the parser would stop there; the other odd characters go line by line, later
    tree, why_not = _parsed(text, settings)
    return Page(source, url, settings, text, tree, why_not)


def finish_page(page: Page, *, now: datetime, any_language: bool = False, with_title: bool = False) -> Document:
    """Return the article of an open page as a Document; once only, for the tree is taken apart.

    ``now`` (with zone) is the moment the page was fetched; ``any_language`` lets other languages than English through (for
    measuring, the extraction of signals reads English only). The title is in ``Document.title``; it is the first line of
    the text only ``with_title``. Headings and list items are lines of their own. Raises what ``read_page`` raises.
    """
    source, settings, facts = page.source, page.settings, page.facts
    lines, notes = _lines(page)
    check_size(sum(map(len, lines)), source, settings, _CLEANED)
    lines = [line for text in lines for line in harmless(text).split("\n")]
    lines = _without_datelines(drop_boilerplate(lines), facts)
    lines, repeated = once(drop_tail(_titled(lines, facts.title, with_title)))
    if repeated:
        notes.append(f"{repeated} lines that stood twice are kept once")
    body = "\n".join(lines)
    check_text(body, source, settings, any_language=any_language)
    published, updated = best(facts.published), best(facts.updated)
    published = published or next((day for line in lines[:_FILED_LINES] if (day := filed(line))), None)
    for name, when in (("published", published), ("updated", updated)):
        if (note := future_note(name, when, now)) is not None:
            notes.append(f"{note} and was not used")
            published, updated = (None, updated) if name == "published" else (published, None)
    kind, _issuer = document_kind(facts.title, body, facts.url or page.url, facts.publisher)
    return Document(
        text=body,
        url=facts.url,
        publisher=facts.publisher,
        title=facts.title,
        published=published,
        updated=updated,
        fetched=now,
        language=detect(body) if any_language else "en",
        kind=kind,
        notes=tuple(notes),
    )


def _lines(page: Page) -> tuple[list[str], list[str]]:
    """Return the lines of the article, or of all the page where none is found, and what is to be noted of that."""
    text, tree, why_not, settings = page.markup, page.tree, page.why_not, page.settings
    lines: list[str] = []
    if tree is not None and not why_not:
        lines, why_not = article_of(tree, page.place)
        if why_not and _CONTROL.search(text):  # one of these in a paragraph is enough to make the library give up
            tree, _known = _parsed(_CONTROL.sub(" ", text), settings)
            lines, why_not = article_of(tree) if tree is not None else (lines, why_not)
    if why_not:
        plain = drop_boilerplate(lines_of_markup(text, limit=(_CLEANED + 1) * settings.max_text_chars))
        if sum(map(len, plain)) > sum(map(len, lines)):
            return plain, [f"all text of the page was taken, its article was not found: {why_not}"]
    return lines, []


def check_size(size: int, source: str, settings: Settings, times: int = 1) -> None:
    """Raise TooLarge where ``size`` characters are more than ``times`` the longest text allowed."""
    if size > times * settings.max_text_chars:
        raise TooLarge(
            source,
            f"the text has {size:,} characters or more, {settings.max_text_chars:,} are allowed",
            "raise the setting max_text_chars or split the document",
        )


def check_text(text: str, source: str, settings: Settings, *, any_language: bool = False) -> None:
    """Raise NoText, TooLarge or NotEnglish where ``text`` cannot be a document."""
    if not any(map(str.isalnum, text)):
        raise NoText(source, "no text was found", "give a page or file that holds an article")
    check_size(len(text), source, settings)
    if not any_language and not is_english(text):
        raise NotEnglish(source, f"the text is in {name_of(detect(text))}", "Paraph reads English; give a translation")


def _parsed(text: str, settings: Settings) -> tuple[HtmlElement | None, str]:
    """Return the tree of a page, and why it is not to be searched for an article (empty where it is)."""
    if len(text) > settings.max_page_chars:
        return None, f"the page has {len(text):,} characters, more than max_page_chars"
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None, "the page could not be parsed"
    # libxml2 stops where nesting passes 256 levels or a text 10 MB, and hands back what it had by then.
    if any(
        error.type == etree.ErrorTypes.ERR_INTERNAL_ERROR or "xcessive depth" in error.message
        for error in parser.error_log
    ):
        return tree, "its elements are nested too deep"
    if _deeper_than(tree, settings.max_page_depth):
        return tree, "its elements are nested deeper than max_page_depth"
    elements = int(float(str(tree.xpath("count(//*)"))))
    if elements > settings.max_page_elements:
        return tree, "it has more elements than max_page_elements"
    for shallower, depth in pairwise(_DEPTHS):
        if elements * depth > _MOST_WORK and _deeper_than(tree, shallower):
            return tree, "it has too many elements that are nested deep"
    return tree, ""


def _deeper_than(tree: HtmlElement, depth: int) -> bool:
    return bool(_depth_path(depth)(tree))


@cache
def _depth_path(depth: int) -> Any:
    return etree.XPath("boolean(" + "/*" * (depth + 1) + ")")


def _titled(lines: list[str], title: str | None, wanted: bool) -> list[str]:
    """Return the lines with the title as the first, or without it: extractors bring it or not, as the page is built."""
    if not title:
        return lines
    flat = title.casefold()
    rest = [line for number, line in enumerate(lines) if number >= _TITLE_LINES or line.casefold() != flat]
    return [title, *rest] if wanted else rest or lines


_DATE_LIKE = re.compile(r"(?:19|20)\d{2}")


def _without_datelines(lines: list[str], facts: PageFacts) -> list[str]:
    """Return the lines without those at either end that hold only dates; the dates go to the facts."""
    kept = []
    for number, line in enumerate(lines):
        edge = number < _TOP_LINES or number >= len(lines) - _BOTTOM_LINES
        found = dateline(line, country=facts.country) if edge and _DATE_LIKE.search(line) else None
        if found is None or not (found.labelled or number < _BARE_LINES):
            kept.append(line)
            continue
        facts.published.extend([found.published] if found.published else [])
        facts.updated.extend([found.updated] if found.updated else [])
    return kept
