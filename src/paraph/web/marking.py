"""A text with stretches of it marked: its parts and paragraphs, and marks that nest and overlap, as HTML.

Offsets are code points of ``Document.text``. The text comes out letter by letter: what a browser takes out of a paragraph has
as many code points as the paragraph, so that words selected in a page are found again in the text. A character that would run,
turn or hide something has another in its place, one for one (``shown``); nothing is left out and nothing added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise

from markupsafe import Markup, escape

__all__ = [
    "Mark",
    "Piece",
    "Span",
    "html_of",
    "paragraphs",
    "part_at",
    "parts_of",
    "pieces",
    "shallow",
    "shown",
    "trimmed",
]

# A stretch of a text: start and end, end exclusive.
Span = tuple[int, int]

# Code points of one part of a long text, and its lines. Set by eye: a part is a page of under 150 kB with some hundred marks.
PART_CHARS = 40_000
PART_LINES = 300
# A part ends after a line or, where a line is this much longer than its room, after a space. Set by eye.
PART_SLACK = 4_000
# So many marks may lie over one letter; more could not be told apart, and overlapping ones would multiply the page.
DEEPEST = 6

# White space that is no space or line feed: to HTML it is white space as well, or nothing at all.
_SPACES = (0x09, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
# What turns text around (marks, embeddings, overrides, isolates), annotates it, or stands for nothing (tags, deprecated
# formats, noncharacters). Soft hyphen, zero-width spaces and joiners are left: they break or join lines and letters.
_TURNS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070))
_NOTHING = (0x180E, *range(0xFFF9, 0xFFFC), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF, *range(0xE0000, 0xE0080))
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))
_SHOWN: dict[int, str] = {
    **dict.fromkeys((*_CONTROLS, *_TURNS, *_NOTHING), "\ufffd"),
    **dict.fromkeys(_SPACES, " "),
    0x0A: "\n",
}


def shown(text: str) -> str:
    """Return the text as a page can show it, with as many code points: what would run, turn or hide is U+FFFD or a space."""
    return text.translate(_SHOWN)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch that is marked. ``kind`` is its element's class; ``id`` is given to its first piece.

    ``href`` is where its letters lead, ``told`` is told of it (a tooltip), ``label`` stands small behind its last piece, by the
    style sheet. All three may be empty. Of two marks over a letter it leads where the inner one leads.
    """

    start: int
    end: int
    kind: str
    id: str = ""
    href: str = ""
    told: str = ""
    label: str = ""
    on: bool = False


@dataclass(slots=True)
class Piece:
    """A stretch of a paragraph: plain letters (``mark`` is None), or a mark, whole or a piece of it, with what is inside."""

    start: int
    end: int
    mark: Mark | None = None
    inside: list[Piece] = field(default_factory=list)


def parts_of(text: str) -> list[Span]:
    """Return the parts of a text in order, each of some ``PART_CHARS`` code points and ``PART_LINES`` lines at most.

    They cover the whole text without a gap; an empty text has one part. The same text always has the same parts.
    """
    parts = []
    at = 0
    while at < len(text):
        end = _part_end(text, at)
        parts.append((at, end))
        at = end
    return parts or [(0, 0)]


def _part_end(text: str, start: int) -> int:
    room = start + PART_CHARS
    if len(text) <= room + PART_SLACK and text.count("\n", start) < PART_LINES:
        return len(text)
    full = re.compile(rf"(?:[^\n]*+\n){{{PART_LINES}}}").match(text, start, room)
    if full:
        return full.end()
    end = text.rfind("\n", start, room) + 1
    if end > room - PART_SLACK:
        return end  # the line that follows is begun in the next part
    found = text.find("\n", room, room + PART_SLACK)
    if found < 0:
        found = text.rfind(" ", room - PART_SLACK, room)
    return found + 1 if found >= 0 else min(room, len(text))


def part_at(parts: Sequence[Span], offset: int) -> int:
    """Return the number of the part, counted from 0, in which an offset lies; the last one for what lies behind the text."""
    return next((n for n, (_, end) in enumerate(parts) if offset < end), len(parts) - 1)


def paragraphs(text: str, start: int, end: int) -> list[Span]:
    """Return the lines of ``text[start:end]`` that hold more than white space, without their line ends."""
    found = []
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        if text[at:stop].strip():
            found.append((at, stop))
        at = stop + 1
    return found


def trimmed(text: str, start: int, end: int) -> Span:
    """Return a stretch without the white space at its edges; empty, at its start, where it holds nothing else."""
    inner = text[start:end]
    begin = start + len(inner) - len(inner.lstrip())
    stop = end - (len(inner) - len(inner.rstrip()))
    return (begin, stop) if stop > begin else (start, start)


def shallow(marks: Iterable[Mark]) -> list[Mark]:
    """Return the marks in order of place, without those that would be more than ``DEEPEST`` over one letter, and empty ones.

    One that is on is always kept.
    """
    kept: list[Mark] = []
    open_ends: list[int] = []
    for mark in sorted(marks, key=_order):
        if mark.end <= mark.start:
            continue
        while open_ends and open_ends[0] <= mark.start:
            heappop(open_ends)
        if mark.on or len(open_ends) < DEEPEST:
            kept.append(mark)
            heappush(open_ends, mark.end)
    return kept


def _order(mark: Mark) -> tuple[int, int, str, str]:
    return mark.start, -mark.end, mark.kind, mark.id


def pieces(start: int, end: int, marks: Iterable[Mark]) -> list[Piece]:
    """Return ``text[start:end]`` in pieces, with the marks that lie over it.

    A mark that ends inside another which began later is cut in two there, so that the pieces nest.
    """
    inside = [mark for mark in marks if mark.start < end and mark.end > max(start, mark.start)]
    opening = sorted(inside, key=lambda mark: (max(mark.start, start), -mark.end, mark.kind, mark.id))
    cuts = sorted({start, end, *(max(mark.start, start) for mark in inside), *(min(mark.end, end) for mark in inside)})
    root = Piece(start, end)
    stack = [root]
    n = 0
    for at, to in pairwise(cuts):
        _close(stack, at)
        while n < len(opening) and max(opening[n].start, start) == at:
            _open(stack, Piece(at, end, opening[n]))
            n += 1
        stack[-1].inside.append(Piece(at, to))
    _close(stack, end)
    return root.inside


def _open(stack: list[Piece], piece: Piece) -> None:
    stack[-1].inside.append(piece)
    stack.append(piece)


def _close(stack: list[Piece], at: int) -> None:
    """Close what ends here; what was opened inside it and goes on is closed too, and opened again."""
    ending = [n for n, piece in enumerate(stack) if piece.mark is not None and piece.mark.end <= at]
    if not ending:
        return
    going_on = [piece.mark for piece in stack[ending[0] :] if piece.mark is not None and piece.mark.end > at]
    for piece in stack[ending[0] :]:
        piece.end = at
    del stack[ending[0] :]
    for mark in going_on:
        _open(stack, Piece(at, stack[0].end, mark))


def html_of(text: str, found: Sequence[Piece], fresh: Callable[[str], bool] = lambda id: True) -> Markup:
    """Return pieces of a text as HTML. ``fresh`` says of an id whether it is the first time that it stands in the page."""
    out: list[str] = []
    _write(text, found, "", fresh, out)
    return Markup("".join(out))  # noqa: S704  every letter and attribute is escaped below


def _write(text: str, found: Sequence[Piece], href: str, fresh: Callable[[str], bool], out: list[str]) -> None:
    for piece in found:
        mark = piece.mark
        if mark is None:
            letters = str(escape(shown(text[piece.start : piece.end])))
            out.append(f'<a href="{escape(href)}">{letters}</a>' if href and letters.strip() else letters)
            continue
        out.append(f'<mark class="{escape(mark.kind)}{" on" if mark.on else ""}"')
        if mark.id and fresh(mark.id):
            out.append(f' id="{escape(mark.id)}"')
        if mark.told:
            out.append(f' title="{escape(mark.told)}"')
        if mark.label and piece.end == mark.end:
            out.append(f' data-label="{escape(mark.label)}"')
        out.append(">")
        _write(text, piece.inside, mark.href or href, fresh, out)
        out.append("</mark>")
