"""What all pictures are drawn with: numbers, lines of text and their width, marks with titles. All text passes show.safe here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from paraph.show.safe import line, markup

__all__ = ["LETTER", "NAME_WIDTH", "cut", "number", "rect", "share", "spread", "text", "titled", "width_of", "wrapped"]

# The size of text in a picture, in its own units: at the least scale that the style sheet lets a picture shrink to (0.8), a
# letter is then still above 10 pixels.
LETTER = 13.0
# Widths of letters in parts of the size, read off Liberation Sans and DejaVu Sans and rounded up; no font is asked, since the
# server does not know the reader's. What is not listed is as wide as most small letters are.
NARROW, USUAL, CAPITAL, BROAD, FULL = 0.36, 0.61, 0.72, 0.92, 1.05
_NARROW, _BROAD = frozenset("iljtfrI.,:;'|!()[]- ·’“”"), frozenset("mwMW@%—…<>+=~#&")
# A name in a picture's title or label is cut to this width, in units; set by eye.
NAME_WIDTH = 220.0


def number(value: float) -> str:
    """Return a coordinate with one decimal at most: "12.5", "12"."""
    return (
        f"{value:.1f}".removesuffix(".0").replace("-0", "0", 1)
        if abs(value) < 0.05
        else f"{value:.1f}".removesuffix(".0")
    )


def text(x: float, y: float, words: str, look: str = "") -> str:
    """Return a line of text at a place; ``look`` are classes. The words of others are isolated by direction."""
    classes = f' class="{look}"' if look else ""
    return f'<text x="{number(x)}" y="{number(y)}"{classes}><tspan class="bdi">{markup(words)}</tspan></text>'


def titled(mark: str, told: str) -> str:
    """Return a mark in a group that says on hover what it is."""
    return f"<g><title>{markup(told)}</title>{mark}</g>"


def rect(x: float, y: float, width: float, height: float, look: str, fill: str | None = None) -> str:
    """Return a rectangle; ``fill`` is the id of a pattern that is laid over its class."""
    filled = f' fill="url(#{fill})"' if fill else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        f"{f' class={chr(34)}{look}{chr(34)}' if look else ''}{filled}/>"
    )


def width_of(words: str, size: float = LETTER) -> float:
    """Return about how wide a line of text is, in units; a little more rather than less."""
    return sum(_part(each) for each in words) * size


def cut(words: str, width: float, size: float = LETTER) -> str:
    """Return the words as one line, cut with "…" where they are wider than this."""
    words = line(words)
    room = width - FULL * size
    used = 0.0
    for n, each in enumerate(words):
        used += _part(each) * size
        if used > room and width_of(words[n:], size) + used - _part(each) * size > width:
            return words[:n].rstrip() + "…"
    return words


def wrapped(words: str, width: float, size: float = LETTER) -> list[str]:
    """Return the words in lines no wider than this; a single longer word is cut."""
    lines: list[str] = []
    for word in line(words).split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(cut(word, width, size))
    return lines


def spread(wanted: Iterable[float], least: float, low: float, high: float) -> list[float]:
    """Return places near the wanted ones (given in order) that keep the least distance, within bounds where these have room."""
    places: list[float] = []
    for want in wanted:
        places.append(max(want, places[-1] + least) if places else max(want, low))
    over = high
    for n in range(len(places) - 1, -1, -1):
        places[n] = min(places[n], over)
        over = places[n] - least
    return places


def share(part: int, whole: int) -> str:
    """Return a part of a whole as "12 of 30 (40 %)"; without the share where there is nothing."""
    return f"{part:,} of {whole:,}" + (f" ({part / whole:.0%}".replace("%", " %)") if whole else "")


def _part(letter: str) -> float:
    if letter in _NARROW:
        return NARROW
    if letter in _BROAD:
        return BROAD
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return FULL
    return CAPITAL if letter.isupper() else USUAL
