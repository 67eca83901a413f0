"""Changes: what two versions of a text have in common, and where words of the one stand in the other.

Words are found again by a text-quote selector (W3C, "Selectors and States", 2017): the exact words, and up to 32 code
points before and after them. Two versions are compared sentence by sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from paraph.extract.layout import sentences
from paraph.model import Selector, text_hash

__all__ = ["Changes", "changes", "locate", "selector_of"]

CONTEXT_CHARS = 32  # on each side, as the model's Selector says

# Words that stand once and are at least this many mean the same wherever they stand. Fewer ("the deal") do so only with a
# word of their old neighbourhood still around them. Set by eye, as are the other numbers here.
_WORDS_ALONE = 4
# Shorter words of a neighbourhood ("of", "the") are in every other one.
_TELLING_CHARS = 4
# Of words that stand in a text hundreds of times only the places nearest to the old one are looked at.
_PLACES = 200

# The telling words before and after a place.
_Sides = tuple[frozenset[str], frozenset[str]]

_WORD = re.compile(r"[^\W_]+")
# Signs that editing systems turn into one another; as many code points after as before, so that offsets stay.
_LEVEL = str.maketrans(dict.fromkeys("‘’‛′", "'") | dict.fromkeys("“”„‟″", '"') | dict.fromkeys("‐‑‒–—−", "-"))


@dataclass(frozen=True, slots=True)
class Changes:
    """Sentences that an update took out (``gone``) and brought in (``came``), in order, as they stood.

    A sentence that only moved, or in which only white space, case or the form of quotation marks changed, is neither.
    """

    gone: tuple[str, ...]
    came: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.gone or self.came)


def changes(old: str, new: str) -> Changes:
    """Return what sentences the new text lacks and which it adds. Linear in the texts.

    A reworded sentence went in its old words and came in its new ones; which belong together is not told.
    """
    before = [old[start:end] for start, end in sentences(old)]
    after = [new[start:end] for start, end in sentences(new)]
    return Changes(tuple(_beyond(before, after)), tuple(_beyond(after, before)))


def selector_of(text: str, start: int, end: int) -> Selector:
    """Return the selector of ``text[start:end]``.

    Raises ValueError where the offsets are not those of a piece of the text.
    """
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"{start}..{end} is no piece of a text of {len(text)} code points")
    prefix, suffix = text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
    return Selector(text[start:end], prefix, suffix, start, end, text_hash(text))


def locate(selector: Selector, text: str, *, hash: str | None = None) -> tuple[int, int] | None:
    """Return where the selector's words stand in a text, or None where they do not.

    In the text that the selector was made from, the old place. Else, white space and the form of quotation marks and dashes
    aside, the place with the most words of the old neighbourhood on their side of it; of equal ones the nearest to the old place.
    Words of fewer than four that have none of their old neighbours around them are other words, and not found.

    ``hash`` is the text's ``text_hash``, for a caller who has it.
    """
    if text[selector.start : selector.end] == selector.exact and selector.text_hash == (hash or text_hash(text)):
        return selector.start, selector.end
    wanted = _words(selector.prefix), _words(selector.suffix)
    enough = 0 if not any(wanted) or len(_WORD.findall(selector.exact)) >= _WORDS_ALONE else 1
    places = sorted(_places(selector.exact, text), key=lambda place: abs(place[0] - selector.start))[:_PLACES]
    best = max(places, key=lambda place: _agreement(selector, wanted, text, *place), default=None)
    if best is None or _agreement(selector, wanted, text, *best)[0] < enough:
        return None
    return best


def _places(exact: str, text: str) -> list[tuple[int, int]]:
    """Return every place of the words, white space and signs aside; they may overlap."""
    parts = exact.translate(_LEVEL).split()
    if not parts:
        return []
    level = text.translate(_LEVEL)
    found = []
    at = level.find(parts[0])
    while at >= 0:
        end = _end(parts, level, at)
        if end and not (_inside_word(level, at) or _inside_word(level, end)):
            found.append((at, end))
        at = level.find(parts[0], at + 1)
    return found


def _end(parts: list[str], level: str, at: int) -> int | None:
    """Return where the parts end that begin at a place, with any white space between them; None where they do not follow."""
    at += len(parts[0])
    for part in parts[1:]:
        gap = at
        while level[at : at + 1].isspace():
            at += 1
        if at == gap or not level.startswith(part, at):
            return None
        at += len(part)
    return at


def _inside_word(level: str, at: int) -> bool:
    return 0 < at < len(level) and level[at - 1].isalnum() and level[at].isalnum()


def _agreement(selector: Selector, wanted: _Sides, text: str, start: int, end: int) -> tuple[int, int]:
    """Return how many telling words stand on their old side of a place, and how many code points next to it are the old."""
    before, after = text[max(0, start - CONTEXT_CHARS) : start], text[end : end + CONTEXT_CHARS]
    shared = len(wanted[0] & _words(before)) + len(wanted[1] & _words(after))
    return shared, _same(selector.prefix[::-1], before[::-1]) + _same(selector.suffix, after)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text) if len(word) >= _TELLING_CHARS)


def _same(one: str, other: str) -> int:
    """Return how many code points two texts have in common at their beginning."""
    return bisect_left(range(min(len(one), len(other))), 1, key=lambda at: int(one[: at + 1] != other[: at + 1]))


def _beyond(those: list[str], these: list[str]) -> list[str]:
    """Return what those have beyond these, counting how often; of equal ones the last are beyond."""
    left = Counter(_folded(each) for each in these)
    found = []
    for each in those:
        key = _folded(each)
        if left[key]:
            left[key] -= 1
        else:
            found.append(each)
    return found


def _folded(sentence: str) -> str:
    return " ".join(sentence.translate(_LEVEL).casefold().split())
