"""Frames of real pages: those of the article-extraction-benchmark with their articles taken out, for other texts to be put in.

What surrounds the article stays as it was: menus, teasers, comments, scripts, advertisements between its paragraphs. Its
title, its lines and, where asked for, its day are put where the page had them. The container is where the page holds the
text of ``ground-truth.json``; a page in which that text is not found has no frame (told by ``frames``'s count: 181 pages).
"""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

__all__ = ["PAGES", "Frame", "frames", "markup_of"]

PAGES = Path(__file__).resolve().parents[2] / "shared" / "data" / "article-extraction-benchmark"

# A page is taken as a frame where so much of its article is found in it, and an element as the article's container where it
# holds so much of what is found; set by eye on the container's names.
_FOUND, _HELD = 0.7, 0.85
# Shorter pieces of text stand anywhere.
_PIECE = 12
# A line of so few words and without a full stop is put in as a heading.
_HEADING_WORDS = 10

# Slots are written into the tree as words that no page has, and the page is cut there once it is written out.
_SLOT = re.compile(r"qXq(title|url|day|first|lines\d{3}of\d{3})qXq")
_ITEM = re.compile(r"\s*(?:[-•*]|(\d{1,2})[.)])\s+(.*)", re.DOTALL)
_NOT_WORDS = re.compile(r"[\W_]+")
_SILENT = frozenset(["script", "style", "noscript", "template"])
_LD_TITLES = ("headline", "name", "alternativeHeadline")
_LD_TEXTS = ("articleBody", "description", "articlebody", "text")
_LD_DAYS = ("datePublished", "dateCreated", "dateModified", "uploadDate")
_META_DAYS = ("published", "pubdate", "publish-date", "modified", "updated_time", "dc.date", "date", "parsely-pub-date")


@dataclass(frozen=True, slots=True)
class Frame:
    """One page without its article. ``name`` is its key in the benchmark, ``address`` where it came from, ``english`` whether
    the article that it held was English (a frame in another language keeps its menus in that language)."""

    name: str
    address: str
    english: bool
    pieces: tuple[str, ...]

    def with_article(self, title: str, lines: Sequence[str], url: str, *, day: date | None = None) -> bytes:
        """Return the page, in UTF-8, with another article in it: items as lists, short lines as headings, the rest as paragraphs.

        ``day`` takes the place of the dates that the page names in its head; without it they stay away.
        """
        marked = [markup_of(line, number + 1 < len(lines)) for number, line in enumerate(lines)]
        values = {
            "title": html.escape(title),
            "url": html.escape(url),
            "day": f"{day.isoformat()}T09:30:00Z" if day else "",
            "first": html.escape(lines[0][:160] if lines else title),
        }
        return "".join(
            piece if number % 2 == 0 else values[piece] if piece in values else _part(marked, piece)
            for number, piece in enumerate(self.pieces)
        ).encode("utf-8", "replace")


def markup_of(line: str, more: bool = True) -> tuple[str, str]:
    """Return a line's list ("ul", "ol" or "") and its element; ``more`` says that lines come after it."""
    found = _ITEM.fullmatch(line)
    if found:
        return ("ol" if found[1] else "ul"), f"<li>{html.escape(found[2])}</li>"
    short = line.count(" ") < _HEADING_WORDS and line[-1:].isalnum()
    return "", f"<h2>{html.escape(line)}</h2>" if short and more else f"<p>{html.escape(line)}</p>"


def _part(marked: list[tuple[str, str]], slot: str) -> str:
    """Return the lines of one slot ("lines002of007") as markup, neighbouring items in one list."""
    number, of = int(slot[5:8]), int(slot[10:13])
    part = marked[len(marked) * number // of : len(marked) * (number + 1) // of]
    written, opened = [], ""
    for kind, element in part:
        if kind != opened:
            written.extend([f"</{opened}>"] if opened else [])
            written.extend([f"<{kind}>"] if kind else [])
            opened = kind
        written.append(element)
    written.extend([f"</{opened}>"] if opened else [])
    return "\n".join(written)


@cache
def frames(folder: Path = PAGES) -> list[Frame]:
    """Return the frames of the benchmark's pages, in the order of their names; some seconds, kept for the next call."""
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    made = []
    for name in sorted(truth):
        page = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        frame = _frame(name, page, truth[name])
        made.extend([frame] if frame else [])
    return made


def _frame(name: str, page: bytes, truth: dict[str, str]) -> Frame | None:
    body = truth["articleBody"]
    tree = document_fromstring(page, parser=HTMLParser(encoding="utf-8", remove_comments=True, collect_ids=False))
    if not _take_out(tree, body):
        return None
    _retitle(tree)
    _redate(tree)
    # The words of the article stand in its linked data as well.
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "") and script.text:
            script.text = _linked_data(script.text)
    written = "<!DOCTYPE html>\n" + tostring(tree, encoding="unicode")
    words = re.findall(r"[a-z]+", body.lower())
    english = sum(word in ("the", "and", "of", "that", "with") for word in words) > 0.02 * len(words)
    return Frame(name, truth["url"], english, tuple(_SLOT.split(written)))


def _flat(text: str) -> str:
    return _NOT_WORDS.sub("", text).lower()


def _texts(tree: HtmlElement) -> Iterator[tuple[HtmlElement, bool, str]]:
    """Yield each piece of visible text: the element it stands in or (True) behind, and its words run together."""
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in _SILENT and element.text:
            yield element, False, _flat(element.text)
        if element.tail:
            yield element, True, _flat(element.tail)


def _take_out(tree: HtmlElement, body: str) -> bool:
    """Put slots in the place of the article; return whether it was found."""
    wanted = _flat(body)
    held: dict[Any, int] = {}
    found = 0
    for element, behind, text in _texts(tree):
        if len(text) < _PIECE or text not in wanted:
            continue
        found += len(text)
        here = element.getparent() if behind else element
        while here is not None:
            held[here] = held.get(here, 0) + len(text)
            here = here.getparent()
    if not wanted or found < _FOUND * len(wanted):
        return False
    container = tree
    while True:
        inner = [child for child in container if held.get(child, 0) >= _HELD * found]
        if not inner or inner[0].tag == "p":
            break
        container = inner[0]
    runs = 0  # of neighbouring children of the article, each run a slot
    inside = False
    slots: list[tuple[HtmlElement | None, bool]] = []

    def slot(element: HtmlElement | None, fresh: bool) -> None:
        nonlocal runs, inside
        if not inside:
            runs += 1
            slots.append((element, fresh))
        inside = True

    if container.text and len(_flat(container.text)) >= _PIECE and _flat(container.text) in wanted:
        container.text = None
        slot(None, True)
    before: HtmlElement | None = None
    for child in list(container):
        tail, child.tail = child.tail, None
        if held.get(child, 0) >= _PIECE or (inside and child.tag == "br"):
            container.remove(child)
            slot(before, True)
        else:
            inside = inside and not _flat(str(child.text_content()))
            before = child
        if tail and _flat(tail):
            if _flat(tail) in wanted:
                slot(before, True)
            elif before is not None:
                before.tail = (before.tail or "") + tail
                inside = False
    for number, (element, _) in enumerate(slots):
        word = f"qXqlines{number:03}of{runs:03}qXq"
        if element is None:
            container.text = (container.text or "") + word
        else:
            element.tail = word + (element.tail or "")
    return bool(slots)


def _retitle(tree: HtmlElement) -> None:
    for title in tree.iter("title"):
        title.text = "qXqtitleqXq"
        break
    heading = next(tree.iter("h1"), None)
    if heading is not None:
        tail = heading.tail
        heading.clear(keep_tail=True)
        heading.text, heading.tail = "qXqtitleqXq", tail
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name.endswith("title") or name == "headline":
            meta.set("content", "qXqtitleqXq")
        elif name.endswith("description"):
            meta.set("content", "qXqfirstqXq")
        elif name.endswith((":url", "news_keywords", "keywords")):
            meta.set("content", "qXqurlqXq" if name.endswith("url") else "")
    for link in tree.iter("link"):
        if (link.get("rel") or "").lower() == "canonical":
            link.set("href", "qXqurlqXq")


def _redate(tree: HtmlElement) -> None:
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if any(part in name for part in _META_DAYS):
            meta.set("content", "qXqdayqXq")
    for time in tree.iter("time"):
        if time.get("datetime"):
            time.set("datetime", "qXqdayqXq")
            del time[:]
            time.text = None


def _linked_data(text: str) -> str:
    try:
        found = json.loads(text.strip().rstrip(";"), strict=False)
    except ValueError:
        return ""
    waiting = [found]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            article = str(node.get("@type")).lower().endswith(("article", "posting", "report"))
            for key, value in node.items():
                if key in _LD_TEXTS:
                    node[key] = ""
                elif article and key in _LD_TITLES and isinstance(value, str):
                    node[key] = "qXqtitleqXq"
                elif article and key == "url":
                    node[key] = "qXqurlqXq"
                elif key in _LD_DAYS:
                    node[key] = "qXqdayqXq"
                elif isinstance(value, dict | list):
                    waiting.append(value)
    return json.dumps(found, ensure_ascii=False).replace("</", "<\\/")
