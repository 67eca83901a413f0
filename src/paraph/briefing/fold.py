"""Signals of one deal laid together by the words that name it and the parties; simple on purpose.

This is not the linking of deals over time (a room of its own): no meaning is compared, only words. Two signals fold
together if their parties do not exclude each other and the words of their anchors are nearly the same. Where in
doubt they stay apart: a reader merges two lines more easily than they take one apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from paraph.model import Signal

__all__ = ["fold", "key_words"]

# Share of words two anchors must have in common (Jaccard). Chosen with benchmarks/folding.py on the deals of the
# gold's train part (rewritten reports): B-cubed precision .961, recall .553 here; at .25 precision falls to .876
# for recall .596.
NEAR = 0.5

_WORD = re.compile(r"[^\W_]+")
# Words that say nothing about which deal is meant. Articles, prepositions and the like:
_EMPTY = frozenset(
    """a an and any as at between both by existing few for from further future in into its joint long more new next of on or other
    over possible potential proposed several some such term that the their these this those to two under upon with""".split()
)
# ... and the forms that any deal may take; an anchor of nothing else is general ("several agreements").
_GENERAL = frozenset(
    """accord agreement arrangement contract cooperation deal document framework initiative memorandum mou pact package
    partnership plan project proposal protocol treaty understanding""".split()
)


def key_words(anchor: str) -> frozenset[str]:
    """Return the words that tell a deal from others: lower case, singular, without empty words.

    The forms of deals count only where nothing else is left, so "free trade agreement" and "free trade deal" are
    the same and "agreements" stays something. Linear in the anchor.
    """
    words = [_singular(word) for word in _WORD.findall(anchor.casefold())]
    told = frozenset(word for word in words if word not in _EMPTY and word not in _GENERAL)
    return told or frozenset(word for word in words if word not in _EMPTY) or frozenset(words)


def fold(signals: Sequence[Signal]) -> list[list[int]]:
    """Return the signals' places in groups, one group a deal; groups and members in the order given.

    Each signal joins the group whose first signal's words are nearest to its own, if they are near enough, else
    begins one.
    """
    groups: list[list[int]] = []
    heads: list[tuple[frozenset[str], Signal]] = []
    by_words: dict[frozenset[str], list[int]] = {}
    by_word: dict[str, list[int]] = {}
    for place, signal in enumerate(signals):
        words = key_words(signal.anchor)
        same = [n for n in by_words.get(words, ()) if _together(signal, heads[n][1])]
        if same:
            groups[same[0]].append(place)
            continue
        best, nearest = NEAR, -1
        if not words <= _GENERAL:
            for n in sorted({n for word in words for n in by_word.get(word, ())}):
                head, first = heads[n]
                share = len(words & head) / len(words | head)
                if share >= best and (nearest < 0 or share > best) and _together(signal, first):
                    best, nearest = share, n
        if nearest >= 0:
            groups[nearest].append(place)
            by_words.setdefault(words, []).append(nearest)
            continue
        groups.append([place])
        heads.append((words, signal))
        by_words.setdefault(words, []).append(len(groups) - 1)
        for word in words:
            by_word.setdefault(word, []).append(len(groups) - 1)
    return groups


def _together(one: Signal, other: Signal) -> bool:
    """Whether the parties allow that both speak of one deal, and a general deal's sector as well."""
    if (
        one.parties
        and other.parties
        and len(set(one.parties) & set(other.parties)) < min(2, len(set(one.parties)), len(set(other.parties)))
    ):
        return False
    return one.sector == other.sector or not key_words(one.anchor) <= _GENERAL


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
