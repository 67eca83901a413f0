"""From the lines of a PDF's pages to headings, list items and paragraphs.

A PDF knows no paragraphs, only lines at places. Lines are joined where the next one goes on (distance, size, indent, what
the line before ends in); headings and list items stay lines of their own; words broken at a line's end are made whole;
running heads, running feet and page numbers go. Everything is linear in the number of characters.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

__all__ = ["BREAK", "Line", "mend"]

# The part of a page's height, at the top and at the bottom, where running heads, feet and page numbers stand: 2.5 cm of A4.
_BAND = 0.085
# A running head stands at the same height on every page, give or take so many points.
_SAME_HEIGHT = 4.0
# A line in that band is a running one if it stands on so many pages (figures apart), or on all of a shorter document.
_RUNNING_PAGES = 3

# A line whose height differs by more than this share is set in another size: a heading, a note, the text after them.
_OTHER_SIZE = 0.08
# Lines further apart than this many times the usual distance have a paragraph's space between them.
_PARAGRAPH_GAP = 1.3
# A first line is indented by at least this many times its height.
_INDENT = 0.8
# A line that ends before this share of the column was ended on purpose if it ends a sentence; before the second share if
# it does not (a heading in the size of the text).
_SHORT_ENDED, _SHORT_OPEN = 0.85, 0.6

_NUMBER = re.compile(r"\W{0,3}(?:page\s)?\s?\d{1,4}(?:\s?(?:of|/|\|)\s?(?:\d{1,4}|p ?a ?g ?e))?\W{0,3}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_ITEM = re.compile(r"(?:[-*•‣▪●○◦·–—►➤]|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{2,5})[.)])\s+\S")
_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]]{0,3}$")
# Bullets that come from symbol fonts arrive in the private use area or as odd signs.
_BULLETS = str.maketrans(dict.fromkeys("\uf0b7\uf0a7\uf0d8\uf0fc\u2219\u25aa\u25cf\u25a0\uf076", "•"))
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00ad": ""}
)

# What pdfium puts where a line ended in a hyphen and a word went on.
BREAK = "\x02"
# Looked for from the beginning of a word only, so that a long run of letters is tried once and not at every letter.
_BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,40})\x02([^\W_]{1,40})")
# First parts of words that keep their hyphen ("co-production"), where the document itself does not tell.
_PREFIXES = frozenset(
    """co non anti pre post multi inter self long short medium high low well vice ex mid semi ultra pro trans cross so state
    government first second third two three four five six ten one half full large small counter sub indo russo sino euro
    anglo franco saudi us eu air sea land ground surface people prime clean green fast free duty tax top old new""".split()
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its text and its box in points, from the left and the bottom; ``size`` is its font's height."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float


def mend(pages: Sequence[tuple[float, Sequence[Line]]]) -> tuple[list[str], str | None]:
    """Return the blocks of a document (paragraphs, headings, list items) and its title, from each page's height and lines.

    The title is the first block in the largest size, if that is larger than the text's. Reading order is the file's own.
    """
    kept = _without_running(pages)
    lines = [line for page in kept for line in page]
    if not lines:
        return [], None
    usual = _usual_size(lines)
    groups: list[list[Line]] = []
    for page in kept:
        step, edges = _usual_step(page, usual), _edges(page, usual)
        for at, line in enumerate(page):
            before = groups[-1][-1] if groups else None
            if before is None or _parted(
                before, line, groups[-1], at == 0, step, edges.get(_column(before, usual), 0.0)
            ):
                groups.append([line])
            else:
                groups[-1].append(line)
    joined = _whole_words([_join(group) for group in groups])
    blocks = [block for block in joined if block]
    largest = max(line.size for line in lines)
    if largest <= usual * (1 + _OTHER_SIZE):
        return blocks, None
    large = (text for text, group in zip(joined, groups, strict=True) if group[0].size > largest * (1 - _OTHER_SIZE))
    # One word is a logo or an initial, and three hundred letters are a poster.
    return blocks, next((text for text in large if " " in text and len(text) <= 300), None)


def _without_running(pages: Sequence[tuple[float, Sequence[Line]]]) -> list[list[Line]]:
    """Drop page numbers, and lines at the edge of the page that stand at the same place of several pages."""
    edges = [[_at_edge(line, height) for line in lines] for height, lines in pages]
    seen: Counter[tuple[str, int]] = Counter()
    for (_, lines), at_edge in zip(pages, edges, strict=True):
        seen.update({key for line, edge in zip(lines, at_edge, strict=True) if edge for key in _keys(line)})
    enough = max(2, min(_RUNNING_PAGES, len(pages)))
    kept = []
    for (_, lines), at_edge in zip(pages, edges, strict=True):
        kept.append(
            [
                line
                for line, edge in zip(lines, at_edge, strict=True)
                if not edge or not (_NUMBER.fullmatch(line.text) or any(seen[key] >= enough for key in _keys(line)))
            ]
        )
    return kept


def _at_edge(line: Line, height: float) -> bool:
    return height > 0 and (line.bottom > height * (1 - _BAND) or line.top < height * _BAND)


def _keys(line: Line) -> Iterator[tuple[str, int]]:
    """Yield two overlapping places, so that lines within ``_SAME_HEIGHT`` of one another share one of them."""
    text = _DIGITS.sub("#", line.text).casefold()
    place = line.bottom / (2 * _SAME_HEIGHT)
    yield text, 2 * int(place)
    yield text, 2 * int(place + 0.5) + 1


def _usual_size(lines: Sequence[Line]) -> float:
    weights: Counter[float] = Counter()
    for line in lines:
        weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0]


def _fall(before: Line, line: Line) -> float:
    """Return how far ``line`` begins below ``before``; a line mended from two rows by the reader ends below its start."""
    return before.bottom - (line.top - line.size)


def _usual_step(page: Sequence[Line], usual: float) -> float:
    """Return the usual distance from line to line, as the lower median of what is met on the page."""
    steps = [
        _fall(one, two)
        for one, two in pairwise(page)
        if 0 < _fall(one, two) < 3 * usual and abs(one.size - two.size) <= usual * _OTHER_SIZE
    ]
    return median(sorted(steps)[: max(1, len(steps) * 3 // 4)]) if steps else usual


def _column(line: Line, usual: float) -> int:
    return round(line.left / (2 * usual)) if usual > 0 else 0


def _edges(page: Sequence[Line], usual: float) -> Mapping[int, float]:
    """Return how far the lines reach that begin at about the same place, leaving out the furthest tenth."""
    rights: defaultdict[int, list[float]] = defaultdict(list)
    for line in page:
        for column in range(_column(line, usual) - 1, _column(line, usual) + 2):
            rights[column].append(line.right)
    return {column: sorted(found)[-1 - len(found) // 10] for column, found in rights.items()}


def _parted(before: Line, line: Line, group: Sequence[Line], is_first: bool, step: float, edge: float) -> bool:
    """Whether ``line`` (``is_first`` of its page) begins something new after ``before``, whose column ends at ``edge``."""
    if _ITEM.match(line.text.translate(_BULLETS)):
        return True
    if abs(before.size - line.size) > max(before.size, line.size) * _OTHER_SIZE:
        return True
    ended = _ENDED.search(before.text) is not None
    fall = _fall(before, line)
    if is_first or fall < -step / 2:
        # The next column or page: it goes on unless the sentence had ended there or a capital begins.
        return ended or not _goes_on(line)
    if fall > step * _PARAGRAPH_GAP:
        return True
    if fall < step / 2:
        return False  # beside one another: cells, or a line in pieces
    is_item = _ITEM.match(group[0].text.translate(_BULLETS)) is not None
    if not is_item and line.left - before.left > _INDENT * line.size and (ended or len(group) > 1):
        return True
    reach = (before.right - before.left) / max(1.0, edge - before.left)
    if reach < _SHORT_ENDED and ended:
        return True
    return reach < _SHORT_OPEN and not _goes_on(line)


def _goes_on(line: Line) -> bool:
    """Whether a line can be the middle of a sentence by how it begins."""
    first = line.text[:1]
    return first.islower() or first.isdigit() or first in "(,;)–—-\"'“”’"


def _join(group: Sequence[Line]) -> str:
    parts: list[str] = []
    for line in group:
        text = " ".join(line.text.translate(_BULLETS).translate(_LIGATURES).split(" ")).strip()
        if parts and len(parts[-1]) > 1 and parts[-1].endswith("-") and parts[-1][-2].isalpha() and text[:1].isalpha():
            parts[-1] = parts[-1][:-1] + BREAK + text
        else:
            parts.append(text)
    return " ".join(" ".join(parts).split())


def _whole_words(blocks: list[str]) -> list[str]:
    """Mend words broken at a line's end: with a hyphen where the document or the word's first part asks for one."""
    if not any(BREAK in block for block in blocks):
        return blocks
    words: Counter[str] = Counter()
    for block in blocks:
        words.update(re.findall(r"[^\W\d_][\w-]*", block.casefold()))

    def mended(found: re.Match[str]) -> str:
        left, right = found.groups()
        plain, hyphened = words[(left + right).casefold()], words[f"{left}-{right}".casefold()]
        keep = hyphened > plain or (
            plain == 0 and (left.casefold() in _PREFIXES or right[0].isupper() or right[0].isdigit())
        )
        return f"{left}-{right}" if keep else left + right

    return [_BROKEN.sub(mended, block).replace(BREAK, "-") for block in blocks]
