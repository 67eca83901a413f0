"""From the tree that an extractor hands back to lines, and back into them what it lost.

The meaning of a deal text hangs on its layout: a bullet is "possible" because the line above it says "could include:", and
belongs to energy because of the heading above that. So headings are lines, list items are lines with their mark, a table
row is a line; and a heading between two kept paragraphs, or a list after a kept lead-in, is put back from the page where
the extractor took it for clutter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from paraph.intake.boilerplate import is_boilerplate
from paraph.intake.clean import tidy_line

__all__ = ["lines_of", "restore"]

# Elements that begin and end a line: those of the extraction library's own tree and those of HTML, for its fallbacks
# hand back either.
_BLOCKS = frozenset(
    [
        *(
            "p",
            "head",
            "item",
            "list",
            "quote",
            "code",
            "row",
            "table",
            "lb",
            "div",
            "body",
            "html",
            "article",
            "section",
        ),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "li",
            "ul",
            "ol",
            "dl",
            "dt",
            "dd",
            "blockquote",
            "pre",
            "tr",
            "br",
            "hr",
        ),
        *("main", "header", "footer", "aside", "figure", "figcaption", "details", "summary", "thead", "tbody", "tfoot"),
    ]
)
_ITEMS = frozenset(["item", "li", "dd"])
_CELLS = frozenset(["cell", "td", "th"])
_SILENT = frozenset(["script", "style", "graphic", "img", "done", "head-title", "noscript"])

_NOT_WORDS = re.compile(r"[\W_]+")
_MARK = re.compile(r"(?:-|\d{1,3}[.)])\s")

# A heading of a section is short; a longer one is a teaser.
_HEADING_CHARS = 140
_OUTSIDE = frozenset(["aside", "nav", "header", "footer", "figure", "form"])
# A list in one of these is no part of the article, whatever it holds.
_BESIDE = ("aside", "nav", "footer")
# A list with more of its text in links than this is a menu.
_LINKED = 0.6
# Items of a list that is put back: more are a menu or a register.
_ITEMS_BACK = 60


def lines_of(body: Any) -> list[str]:
    """Return the text of a tree as lines: one a block, items marked "- " or "1. ", the cells of a row with " | " between."""
    lines: list[str] = []
    buffer: list[str] = []
    mark = ""

    def flush() -> None:
        nonlocal mark
        if buffer:
            line = tidy_line("".join(buffer)).strip("| ")  # a row's empty cells at either end
            buffer.clear()
            if line:
                lines.append(_marked(mark, line))
                mark = ""

    # An own stack instead of recursion: the depth is the page's, not ours.
    waiting: list[tuple[Any, bool]] = [(body, True)]
    while waiting:
        element, enters = waiting.pop()
        tag = element.tag
        if not enters:
            if tag in _BLOCKS:
                flush()
                if tag in _ITEMS:
                    mark = ""
            if element.tail and element is not body:
                buffer.append(element.tail)
            continue
        waiting.append((element, False))
        if not isinstance(tag, str) or tag in _SILENT:
            continue
        if tag in _BLOCKS:
            flush()
        elif tag in _CELLS and buffer:
            buffer.append(" | ")
        if tag in _ITEMS:
            mark = _mark_of(element)
        if element.text:
            buffer.append(element.text)
        waiting.extend((child, True) for child in reversed(element))
    flush()
    return lines


def _mark_of(item: Any) -> str:
    parent = item.getparent()
    if item.get("rend", "").startswith("dt-"):
        return ""
    if parent is None or "ol" not in (parent.tag, parent.get("rend")):
        return "- "
    number = 1 + sum(1 for sibling in item.itersiblings(item.tag, preceding=True))
    return f"{number}. "


def _marked(mark: str, line: str) -> str:
    """Put the mark before the line, unless it has one of its own."""
    return line if line.startswith("- ") or (mark and _MARK.match(line)) else mark + line


def restore(lines: Sequence[str], tree: HtmlElement, *, listed: bool = False) -> list[str]:
    """Return the lines with the headings and lists of ``tree`` that belong between them and are not there.

    ``listed`` says that the lines came with their list marks; where not (a fallback of the extractor drops them), lines
    that are list items on the page get their marks back.
    """
    place: dict[str, int] = {}
    for number, line in enumerate(lines):
        place.setdefault(_bare(line), number)
    before: dict[int, list[str]] = {}
    after: dict[int, list[str]] = {}
    for heading in _headings(tree):
        text = tidy_line(str(heading.text_content()))
        if not text or len(text) > _HEADING_CHARS or _bare(text) in place or is_boilerplate(text):
            continue
        at = _following(heading, place)
        # A paragraph above has to be kept as well: what stands over the first one is the title or a kicker.
        if at is not None and at > 0 and _previous(heading, place) in (at - 1, None) and _same_frame(heading):
            before.setdefault(at, []).append(text)
    marks: dict[int, str] = {}
    leads = any(line.endswith(":") for line in lines)
    for group in tree.iter("ul", "ol") if leads or not listed else ():
        if not 0 < len(group) <= _ITEMS_BACK or next(group.iterancestors(*_BESIDE), None) is not None:
            continue
        lead = _previous(group, place) if leads else None
        leading = lead is not None and lines[lead].endswith(":")
        if listed and not leading:
            continue
        inside = lines_of(group)
        known = [(line, at) for line in inside if (at := place.get(_bare(line))) is not None]
        if known:
            marks.update(
                (at, found[0]) for line, at in known if (found := _MARK.match(line)) and not _MARK.match(lines[at])
            )
        elif lead is not None and leading and _same_frame(group) and not _menu(group, inside):
            after.setdefault(lead, []).extend(line for line in inside if not is_boilerplate(line))
    if not (before or after or marks):
        return list(lines)
    result: list[str] = []
    for number, line in enumerate(lines):
        result.extend(before.get(number, ()))
        result.append(marks.get(number, "") + line)
        result.extend(after.get(number, ()))
    return result


def _headings(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the headings by their elements, and the plain boxes that some sites use for them."""
    for element in tree.iter("h2", "h3", "h4", "h5", "div"):
        if element.tag != "div":
            yield element
        elif not len(element):
            named = element.get("class", "")
            if "head" in named or "title" in named:
                yield element


def _bare(line: str) -> str:
    """Return what two renderings of one line have in common: its letters and digits without the mark."""
    found = _MARK.match(line)
    return _NOT_WORDS.sub("", line[found.end() :] if found else line).lower()


def _near(element: HtmlElement, *, preceding: bool) -> Iterator[HtmlElement]:
    """Yield the element before or after, and those before or after it within and around; at most a handful."""
    here: Any = element
    for _ in range(3):
        for sibling in here.itersiblings(preceding=preceding):
            if isinstance(sibling.tag, str) and str(sibling.text_content()).strip():
                yield sibling
                break
        else:
            here = here.getparent()
            if here is None:
                return
            continue
        return


def _following(element: HtmlElement, place: dict[str, int]) -> int | None:
    for sibling in _near(element, preceding=False):
        for part in (sibling, *sibling.iter("p", "li")):
            at = place.get(_bare(str(part.text_content())))
            if at is not None:
                return at
            if part.tag in ("p", "li"):
                return None
    return None


def _previous(element: HtmlElement, place: dict[str, int]) -> int | None:
    for sibling in _near(element, preceding=True):
        at = place.get(_bare(str(sibling.text_content())))
        if at is not None:
            return at
        last = None
        for part in sibling.iter("p", "li"):
            last = part
        return None if last is None else place.get(_bare(str(last.text_content())))
    return None


def _same_frame(element: HtmlElement) -> bool:
    return not any(parent.tag in _OUTSIDE for parent in element.iterancestors())


def _menu(group: HtmlElement, lines: Sequence[str]) -> bool:
    """Return whether a list is made of links, as menus and lists of other articles are."""
    linked = sum(len(str(link.text_content())) for link in group.iter("a"))
    return linked > _LINKED * sum(map(len, lines))
