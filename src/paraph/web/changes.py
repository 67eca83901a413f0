"""What changed between two texts, word by word, in time that is bounded however long and alike they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Literal

__all__ = ["Change", "changes", "folded"]

# Lines and words that are compared at most; what is longer counts as changed whole. difflib takes a time that grows with the
# square of them. Set by eye: a newspaper page has some 100 lines of some 50 words.
MOST_LINES = 2_000
MOST_WORDS = 1_500
# In all, words of changed lines that are compared; set by eye, for the same reason.
MOST_COMPARED = 15_000
# Of what did not change so much is shown on either side of what did.
NEAR_CHARS = 160

# White space goes with the word before it, but a line end is a word of its own: a line may come after the last word.
_WORD = re.compile(r"\n|\S+[^\S\n]*|[^\S\n]+")

What = Literal["same", "gone", "new", "more"]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of the two texts: in both (``same``), in the old one (``gone``) or the new one (``new``) alone.

    ``more`` stands for unchanged letters that are not shown; its text says how many.
    """

    what: What
    text: str


def changes(old: str, new: str) -> list[Change]:
    """Return what became of the old text: what is same and gone is the old one, what is same and new the new one."""
    head = _common(old, new)
    # Whole words: the end of what is alike lies behind white space, and its beginning before it.
    head = 0 if not head else max(old.rfind(" ", 0, head), old.rfind("\n", 0, head)) + 1
    tail = _common(old[head:][::-1], new[head:][::-1])
    begins = [at for at in (old.find(space, len(old) - tail) for space in " \n") if at >= 0]
    tail = len(old) - min(begins) if begins else 0
    middle = _lines(old[head : len(old) - tail], new[head : len(new) - tail])
    return _joined([Change("same", old[:head]), *middle, Change("same", old[len(old) - tail :])])


def _common(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike; halving, so that long ones take no loop over letters."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        half = (low + high + 1) // 2
        if one[low:half] == other[low:half]:
            low = half
        else:
            high = half - 1
    return low


def _lines(old: str, new: str) -> Iterator[Change]:
    one, other = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if max(len(one), len(other)) > MOST_LINES:
        yield from _replaced(old, new)
        return
    compared = 0
    for tag, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        before, after = "".join(one[a:b]), "".join(other[c:d])
        if tag == "equal":
            yield Change("same", before)
            continue
        words, others = _words(before), _words(after)
        compared += len(words) + len(others)
        if max(len(words), len(others)) > MOST_WORDS or compared > MOST_COMPARED:
            yield from _replaced(before, after)
        else:
            yield from _word_by_word(words, others)


def _words(text: str) -> list[str]:
    return [found[0] for found in islice(_WORD.finditer(text), MOST_WORDS + 1)]


def _word_by_word(one: Sequence[str], other: Sequence[str]) -> Iterator[Change]:
    for tag, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        if tag == "equal":
            yield Change("same", "".join(one[a:b]))
        else:
            yield from _replaced("".join(one[a:b]), "".join(other[c:d]))


def _replaced(old: str, new: str) -> Iterator[Change]:
    yield Change("gone", old)
    yield Change("new", new)


def _joined(found: Sequence[Change]) -> list[Change]:
    """Return the changes without empty ones, neighbours of one sort as one."""
    out: list[Change] = []
    for change in found:
        if out and change.text and out[-1].what == change.what:
            out[-1] = Change(change.what, out[-1].text + change.text)
        elif change.text:
            out.append(change)
    return out


def folded(found: Sequence[Change], most: int) -> list[Change]:
    """Return the changes as they are shown: what is near them of what did not change, and at most ``most`` letters in all."""
    out: list[Change] = []
    room = most
    for n, change in enumerate(found):
        for part in _near(change, first=n == 0, last=n == len(found) - 1) if change.what == "same" else [change]:
            if part.what != "more" and len(part.text) > room:
                out.append(Change(part.what, part.text[:room]))
                left = len(part.text) - room + sum(len(each.text) for each in found[n + 1 :])
                return [*(each for each in out if each.text), Change("more", f"{left:,} letters more")]
            out.append(part)
            room -= len(part.text)
    return out


def _near(change: Change, first: bool, last: bool) -> list[Change]:
    text = change.text
    head, tail = (0 if first else NEAR_CHARS), (0 if last else NEAR_CHARS)
    if (first and last) or len(text) <= head + tail + NEAR_CHARS:
        return [change]
    left = Change("more", f"{len(text) - head - tail:,} letters unchanged")
    parts = [Change("same", text[:head]), left, Change("same", text[len(text) - tail :] if tail else "")]
    return [part for part in parts if part.text]
