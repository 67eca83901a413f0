"""Where on a page the article stands, and its lines.

The article is found by trafilatura, leaning to precision. Most of its time goes into passes over the whole page, though
the article stands in one element of it, which the library knows by its name ("article-body"); so it is first given that
element alone, with what it stands in and without what stands beside it. What comes of that is taken where it is the greater
part of all the page's paragraphs; where not, the library gets the whole page, as it would by itself.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from paraph.intake.blocks import lines_of, restore

__all__ = ["Place", "article_of", "place_of"]

# A page from which the article finder brings less than this, though it has ten times as much text, was misunderstood.
_TOO_SHORT = 200
_MUCH_MORE = 10

# The library compares with other methods below 250 characters; white space between elements counts here, hence more.
_SURELY_LONG = 600
# The library's other methods look at what holds a paragraph and at what holds that, and join what stands beside it.
_TOGETHER = 3
# Texts that are shorter are labels, and links to other articles.
_RUNNING = 60
# Where it finds less than this in one element, the library goes on to the next.
_LONG_ENOUGH = 250

_NO_TEXT = ("script", "style", "svg", "link", "iframe", "template")

# Elements that can be an article's container, and what stands in the names of all that the library takes for one.
_CONTAINERS = ("article", "main", "div", "section")
_NAMES = ("id", "class", "itemprop", "role")
# (Without their first letters, in which they differ in case; a pattern that looks for either case takes three times as long.)
_NAMED = re.compile("rt(?:icle|-)|ntry|ost|tory|ontent|ody|ext|ain|rimary|ell|ingle|olumn")
# What stands in one of these is no article to the library.
_NEVER = ("aside", "footer", "figure", "nav", "dialog", "noscript", "menu", "fieldset", "button", "label")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the article of a page seems to stand: the element, or None where its name and its paragraphs do not tell.

    ``most`` is how many characters of paragraphs stand together on the page at the most (see ``_most_together``).
    """

    element: HtmlElement | None
    most: int


def place_of(tree: HtmlElement) -> Place:
    """Return where the article of a page seems to stand; the tree is not changed."""
    most = _most_together(tree)
    for element in _likely(tree):
        size = sum(len(paragraph.text_content()) for paragraph in element.iter("p"))
        if size >= _LONG_ENOUGH and 2 * size >= most:
            return Place(element, most)
    return Place(None, most)


def article_of(tree: HtmlElement, place: Place | None = None) -> tuple[list[str], str]:
    """Return the lines of the article in the tree, and why they may not be all (empty where they are).

    ``place`` is what ``place_of`` says of the tree, where it was asked. Scripts and what else holds no text are taken off.
    """
    # Nothing of the article is in these; without them each pass over the tree is shorter.
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    try:
        found, around = _found(tree, place or place_of(tree))
    except Exception as error:  # the library meets what no test of it met; its failure must not be the page's
        return [], f"the article finder failed ({type(error).__name__})"
    if found is None:
        return [], "nothing on it looks like one"
    lines = restore(lines_of(found), tree if around is None else around, listed=found.find(".//item") is not None)
    size = sum(map(len, lines))
    if size < _TOO_SHORT and _visible_chars(tree) > _MUCH_MORE * max(size, _TOO_SHORT):
        return lines, "what looks like one is a few words"
    return lines, ""


def _found(tree: HtmlElement, place: Place) -> tuple[Any, HtmlElement | None]:
    """Return the body that the library finds, or None, and the element that it came from where it was given one alone."""
    size = 0
    for element in _likely(tree) if place.element is None else (place.element,):
        body = _body(_alone(element), fast=True)
        if body is None:
            continue
        size = _size(body)
        if _settled(body, size, place.most, tree):
            return body, element
        if size >= _LONG_ENOUGH:
            break
    if size < _LONG_ENOUGH:
        body = _body(tree, fast=True)
        if body is not None and _settled(body, _size(body), place.most, tree):
            return body, None
    return _body(tree, fast=False), None


def _body(tree: HtmlElement, *, fast: bool) -> Any:
    """Return the body that the library finds, or None; ``fast`` leaves out its comparison with other methods."""
    document = _extractor()(tree, options=_options(fast))
    return None if document is None else document.body


@cache
def _options(fast: bool) -> Any:
    from trafilatura.settings import Extractor

    return Extractor(output_format="xml", fast=fast, precision=True, comments=False, formatting=False)


def _size(body: Any) -> int:
    return sum(map(len, body.itertext()))


def _settled(body: Any, size: int, most: int, tree: HtmlElement) -> bool:
    """Return whether the library's other methods could hardly win over this body.

    They replace it only where it is short or where they bring more than twice as much, and they look for paragraphs that
    stand together. ``size`` is the body's, ``most`` what ``_most_together`` says of the page, both in characters. A short
    body is settled where the whole page has not much more.
    """
    if size < _LONG_ENOUGH or 2 * size < most or body.find(".//p") is None:
        return False
    return size >= _SURELY_LONG or 2 * size >= _running_chars(tree)


def _running_chars(tree: HtmlElement) -> int:
    """Return how many characters of running text the page has outside of menus, whatever holds them."""
    return sum(
        len(text)
        for element in tree.iter("*")
        for text in (element.text, element.tail)
        if text and len(text) >= _RUNNING and not text.isspace() and not _inside(element)
    )


def _most_together(tree: HtmlElement) -> int:
    """Return how many characters of paragraphs one element of the page holds at the most, ``_TOGETHER`` levels above them."""
    held: dict[Any, int] = {}
    for paragraph in tree.iter("p"):
        around = paragraph
        for _ in range(_TOGETHER):
            around = parent if (parent := around.getparent()) is not None else around
        held[around] = held.get(around, 0) + len(paragraph.text_content())
    return max(held.values(), default=0)


def _likely(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements in which the library would look for the article, in the order in which it would.

    It knows them by their names, with patterns that it tries on each element of the page. Here they are tried on empty
    elements with the same names, and only on those that may match.
    """
    likely: list[HtmlElement] = []
    shadows = etree.Element("body")
    for element in tree.iter(*_CONTAINERS):
        names = [element.get(name, "") for name in _NAMES]
        if _NAMED.search(" ".join(names)) or element.tag in ("article", "main"):
            likely.append(element)
            shadows.append(_shell(element, {n: value for n, value in zip(_NAMES, names, strict=True) if value}))
    seen: set[int] = set()
    for path in _paths():
        while found := path(shadows):
            place = shadows.index(found[0])
            if _inside(likely[place]):
                found[0].tag = "aside"
                continue
            if place not in seen:
                seen.add(place)
                yield likely[place]
            break


def _inside(element: HtmlElement) -> bool:
    """Return whether an element stands in one whose content is never an article."""
    return next(element.iterancestors(*_NEVER), None) is not None


def _alone(element: HtmlElement) -> HtmlElement:
    """Return a tree with a copy of the element and with what it stands in, by name only."""
    copy = deepcopy(element)
    copy.tail = None
    for parent in element.iterancestors():
        shell = _shell(parent, dict(parent.attrib))
        shell.append(copy)
        copy = shell
    return copy


def _shell(element: HtmlElement, attributes: dict[str, str]) -> HtmlElement:
    """Return an empty element of the same name. The parser lets names and characters pass that cannot be written anew."""
    try:
        return element.makeelement(element.tag, attributes)
    except ValueError:
        return element.makeelement("div")


def _visible_chars(tree: HtmlElement) -> int:
    return sum(len(element.text or "") for element in tree.iter("p", "div", "li", "td", "span", "br"))


@cache
def _paths() -> list[Any]:
    from trafilatura.xpaths import BODY_XPATH

    return list(BODY_XPATH)


@cache
def _extractor() -> Any:
    from trafilatura import bare_extraction

    # The library logs what we report ourselves; without a handler that would go to standard error.
    for name in ("trafilatura", "justext", "courlan", "htmldate", "readability"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    return bare_extraction
