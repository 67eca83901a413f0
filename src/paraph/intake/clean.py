"""Lines of text made clean: white space, list marks, and a body that stands twice.

Everywhere in intake a text is a sequence of lines: one paragraph, heading or list item a line, items with a mark ("- " or
"1. ") at the start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["once", "tidy_line"]

# Glyphs that begin a list item where a page has no list element for it.
_BULLET = re.compile(r"[•●▪■◦‣∙◆►▶➤➢✔✓*·]\s{1,3}(?=\S)|[•●▪■◦‣◆►▶➤➢]")

# Words that a shingle spans, from the near-duplicate literature (Broder 1997 and after use 3 to 10 on news).
_SHINGLE = 5
# Lines with fewer words say too little to be told from a chance repeat ("- Joint research").
_LONG = 8
# A stretch that stands twice, word by word, is dropped from this many words on: a long paragraph, no refrain.
_REPEAT_WORDS = 25
# … and this share of all words before it: recipes and timetables repeat a few lines over and over, a second copy of a body
# repeats much of what stands before it. A single paragraph of this many words is a second copy whatever its share.
_REPEAT_SHARE = 0.5
_PARAGRAPH_WORDS = 40
# A stretch that only nearly stands twice needs more, in more lines and in the same order, because the items of a list of
# outcomes are near-copies of each other ("Memorandum between … and … on cooperation in health").
_NEAR_LINES = 3
_NEAR_WORDS = 60
# Of a line's shingles, so many must stand in its counterpart for it to be a near-copy: one word changed in twenty.
_NEAR_SHARE = 0.6
# Lines that may have been put in between (an advertisement) or left out in the second copy.
_GAP = 3

_WORD = re.compile(r"\w+")


def tidy_line(text: str) -> str:
    """Return ``text`` on one line: runs of white space as one space, a bullet glyph at the start as "- "."""
    line = " ".join(text.split())
    found = _BULLET.match(line)
    return f"- {line[found.end() :].lstrip()}" if found else line


def once(lines: Sequence[str]) -> tuple[list[str], int]:
    """Return the lines with what stands twice kept once (the first), and how many lines were dropped.

    A repeated stretch is dropped where it is long (``_REPEAT_WORDS``); copies with small edits are found by their shingles
    where they follow their originals in order. Short lines go only as part of such a stretch. Linear in the text.
    """
    words = [_WORD.findall(line.lower()) for line in lines]
    partner, exact = _partners(words)
    dropped: set[int] = set()
    place = before = 0
    while place < len(lines):
        stretch = _stretch(place, partner)
        long = [i for i in stretch if len(words[i]) >= _LONG]
        same = sum(len(words[i]) for i in long if exact[i])
        near = sum(len(words[i]) for i in long)
        enough = same >= _REPEAT_WORDS or (len(long) >= _NEAR_LINES and near >= _NEAR_WORDS)
        paragraph = any(exact[i] and len(words[i]) >= _PARAGRAPH_WORDS for i in long)
        if paragraph or (enough and near >= _REPEAT_SHARE * before):
            dropped.update(stretch)
        end = stretch[-1] + 1 if stretch else place + 1
        before += sum(len(words[i]) for i in range(place, end) if i not in dropped)
        place = end
    return [line for i, line in enumerate(lines) if i not in dropped], len(dropped)


def _partners(words: list[list[str]]) -> tuple[list[int], list[bool]]:
    """Return for each line the earlier line it repeats (or -1), and whether it repeats it word by word."""
    partner, exact = [-1] * len(words), [False] * len(words)
    whole: dict[tuple[str, ...], int] = {}
    where: dict[int, int] = {}
    after: dict[int, int] = {}  # of a line that stands twice already, the place to look on from
    for i, line in enumerate(words):
        if not line:
            continue
        key = tuple(line)
        shingles = [hash(key[k : k + _SHINGLE]) for k in range(len(key) - _SHINGLE + 1)] if len(key) >= _LONG else []
        first = whole.setdefault(key, i)
        if first < i:
            # The items of a second copy belong to the lines after their predecessor's partner, not to the first of the kind.
            follow = partner[i - 1] + 1 if i and partner[i - 1] >= 0 else -1
            partner[i] = follow if 0 <= follow < i and tuple(words[follow]) == key else after.get(first, first)
            exact[i] = True
            after[first] = partner[i]
        elif shingles:
            votes: dict[int, int] = {}
            for shingle in shingles:
                seen = where.get(shingle, -1)
                if seen >= 0:
                    votes[seen] = votes.get(seen, 0) + 1
            best = max(votes, key=lambda seen: votes[seen], default=-1)
            if best >= 0 and votes[best] >= _NEAR_SHARE * len(shingles):
                partner[i] = best
        for shingle in shingles:
            where.setdefault(shingle, i)
    return partner, exact


def _stretch(start: int, partner: list[int]) -> list[int]:
    """Return the places from ``start`` on that repeat earlier ones in order, all of them from before ``start``."""
    if partner[start] < 0:
        return []
    stretch, last, place = [start], partner[start], start + 1
    misses = 0
    while place < len(partner) and misses < _GAP:
        if last < partner[place] <= last + _GAP and partner[place] < start:
            stretch.append(place)
            last, misses = partner[place], 0
        else:
            misses += 1
        place += 1
    return stretch
