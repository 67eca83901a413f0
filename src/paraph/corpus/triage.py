"""The triage: which documents of a corpus are not worth reading, told in the cheapest way that can tell it.

Three looks, each at more than the one before: ``look_at_bytes`` at a page's bytes before they are parsed,
``look_at_page`` at the paragraphs of a parsed page before its article is searched for, ``look_at_text`` at a text. Each
answers what becomes of the document, or None: read it. In doubt it is read, for what reads it tells for sure; a page that is
dropped wrongly is never seen again. Not handled: texts in two languages (the greater part decides).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from paraph.corpus.values import Fate
from paraph.extract.gate import bundled_gate
from paraph.intake.blocks import lines_of
from paraph.intake.language import english_share
from paraph.intake.page import Page

__all__ = ["look_at_bytes", "look_at_page", "look_at_text"]

# English has some 14 of these among 100 words; a page in another language that has a few of them has them in its scripts.
_ENGLISH_BYTES = (b" the ", b" of ", b" and ", b" to ")
_FEW_ENGLISH = 8
# Where a page says its language; before it stand a declaration of its type and a comment at the most.
_LANG = re.compile(rb"<html\b[^<>]{0,400}?\blang\s{0,3}=\s{0,3}[\"']?\s{0,3}([a-zA-Z]{2,3})\b", re.IGNORECASE)
_HEAD_BYTES = 2_000
_WIDE = ("utf-16", "utf-32", "utf16", "utf32", "ucs-2")
# Bytes above ASCII in a page in a script other than Latin; markup and scripts are ASCII in every page.
_OTHER_SCRIPT = 0.1

# Function words among all words below which a text is not English for sure (``intake.language`` has 0.14 for "is English",
# and asks a classifier below that), and how many words it takes to say so.
_NOT_ENGLISH_SHARE = 0.03
_LANGUAGE_WORDS = 60

# What a text has to reach at the gate (``Gate.text_score``), in hundredths. The gate's own threshold is wide, for single texts
# are to be read with care. On the folds of training/gate, each document scored by weights that have not seen its event, any
# threshold from 660 to 760 loses 13 of the 6,335 signals of gold/train (.002, all of them in newswire of 1987), 780 loses .004
# and 800 .008; this one keeps away from where it begins. Two thirds of the unlabelled newswire stay below it.
_LEAST = 720

# Where the words of a page stand: elements that hold lines of their own, and those that hold running text at times.
_LINES = ("p", "li", "h1", "h2", "h3", "h4", "dd", "blockquote")
_LOOSE = ("div", "section", "article", "td", "span", "font", "br", "hr", "strong", "b", "em", "i", "a")
# Of the latter only what is as long as a short sentence counts.
_LOOSE_CHARS = 25
_BESIDE = ("nav", "header", "footer", "aside", "select", "button", "noscript", "template", "figure")


def look_at_bytes(data: bytes, charset: str | None = None) -> Fate | None:
    """Tell by the bytes of a page whether it is in another language than English.

    ``charset`` is that of the transport, if any; where each character has two bytes or more, nothing is told. FOREIGN only
    where the page hardly has an English word, and names another language or is written in another script.
    """
    if b"\0" in data[:_HEAD_BYTES] or (charset or "").lower().startswith(_WIDE):
        return None
    seen = 0
    for word in _ENGLISH_BYTES:
        seen += data.count(word)
        if seen >= _FEW_ENGLISH:
            return None
    lang = _LANG.search(data[:_HEAD_BYTES])
    if lang is not None and lang[1].lower() not in (b"en", b"eng"):
        return Fate.FOREIGN
    return Fate.FOREIGN if len(data.translate(None, _ASCII)) > _OTHER_SCRIPT * len(data) else None


_ASCII = bytes(range(0x80))


def look_at_page(page: Page) -> Fate | None:
    """Tell by the paragraphs, items and headings of an open page whether its article is worth searching for; nothing is changed.

    A page that is not to be searched for an article (too deep, too large) is read, and so is one in which no words are seen.
    """
    if page.tree is None or page.why_not:
        return None
    container = page.place.element
    lines = list(_lines(page.tree)) if container is None else lines_of(container)
    fate = look_at_text("\n".join(lines), None)
    return None if fate is Fate.EMPTY else fate


def look_at_text(text: str, title: str | None) -> Fate | None:
    """Tell by its words whether a text is worth reading. Linear in the text."""
    if not any(map(str.isalnum, text)):
        return Fate.EMPTY
    share = english_share(text, _LANGUAGE_WORDS)
    if share is not None and share < _NOT_ENGLISH_SHARE:
        return Fate.FOREIGN
    enough = bundled_gate().text_score(text, title, _LEAST) >= _LEAST
    return None if enough or text.islower() else Fate.IRRELEVANT


def _lines(tree: HtmlElement) -> Iterator[str]:
    """Yield the lines of a page that may be its article's: paragraphs, items, headings, and long texts wherever they stand."""
    for element in tree.iter(*_LINES, *_LOOSE):
        if element.tag in _LINES:
            if len(element) == 1 and element.tag == "li" and element[0].tag == "a":
                continue
            if next(element.iterancestors(*_BESIDE), None) is None:
                yield str(element.text_content())
        elif element.tag in ("br", "hr"):
            if element.tail and len(element.tail) >= _LOOSE_CHARS:
                yield element.tail
        else:
            if element.text and len(element.text) >= _LOOSE_CHARS:
                yield element.text
