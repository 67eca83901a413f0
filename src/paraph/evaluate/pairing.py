"""Which found signal is which marked one: pairs by the words that both hold."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from paraph.evaluate.marks import Mark

__all__ = ["CLOSE", "Overlap", "overlaps", "pairs"]

# The intersection over union of words from which two anchors are the same in `f1`; the scorer's own.
CLOSE = 0.5

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, order=True)
class Overlap:
    """Two marks that share words: in what part of the words that either holds, and how far apart they begin (negative).

    ``gold`` and ``found`` are places in their lists. Ordered by how well they fit; of equals the later in the lists, as the
    scorer orders them.
    """

    share: float
    nearness: int
    gold: int
    found: int


def overlaps(text: str, gold: Sequence[Mark], found: Sequence[Mark]) -> list[Overlap]:
    """Return all pairs of a marked and a found signal that share a word of the text, the best first.

    A word is a run of letters, digits and underscores; one that an anchor only touches counts as its own. Two anchors
    without a word in them share none.
    """
    words = [match.span() for match in _WORD.finditer(text)]
    starts, ends = [start for start, _ in words], [end for _, end in words]

    def span(mark: Mark) -> tuple[int, int]:
        return bisect_right(ends, mark.start), bisect_left(starts, mark.end)

    spans = [span(mark) for mark in found]
    out = []
    for i, mark in enumerate(gold):
        first, last = span(mark)
        for j, (begin, stop) in enumerate(spans):
            both = min(last, stop) - max(first, begin)
            if both > 0:
                either = (last - first) + (stop - begin) - both
                out.append(Overlap(both / either, -abs(mark.start - found[j].start), i, j))
    return sorted(out, reverse=True)


def pairs(fitting: Sequence[Overlap], least: float = 0.0) -> list[tuple[int, int]]:
    """Return the pairs one to one, best overlap first, as places in the two lists; ``least`` is the share that is needed."""
    used_gold: set[int] = set()
    used_found: set[int] = set()
    out = []
    for each in fitting:
        if each.share >= least and each.gold not in used_gold and each.found not in used_found:
            used_gold.add(each.gold)
            used_found.add(each.found)
            out.append((each.gold, each.found))
    return out
