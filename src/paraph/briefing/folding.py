"""Signals of one deal laid together by sector, parties and the words that name it; simple on purpose.

This is not the linking of deals over time (a room of its own): no meaning is compared, only words. Two signals fold
together if they have one sector, if their parties do not exclude each other, and if their anchors share half their words (a
single word must be the same, and words that any deal may have, "talks" or "the agreement", are not enough). Where in doubt
they stay apart: a reader merges two lines more easily than they take one apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from paraph.model import Signal

__all__ = ["fold", "key_words"]

# Share of words two anchors must have in common (Jaccard). Chosen with benchmarks/folding.py on the deals of the gold's
# train part (rewritten reports): B-cubed precision .980, recall .541 here. At .4 it is .975 and .548; without the rules on
# sectors and single words .960 and .553.
NEAR = 0.5

_WORD = re.compile(r"[^\W_]+")
# Words that say nothing about which deal is meant. Articles, prepositions and the like:
_EMPTY = frozenset(
    """a an and any as at between both by existing few for from further future in into its joint long more new next of on or other
    over possible potential proposed several some such term that the their these this those to two under upon with""".split()
)
# ... and the forms that any deal may take and the ways to one; an anchor of nothing else is general ("several agreements",
# "talks about it") and names no deal by itself, so it is laid together with none.
_GENERAL = frozenset(
    """about accord agreement arrangement consultation contract cooperation deal discussion document framework he initiative it
    memorandum mou negotiation offer one order pact package paper partnership plan project proposal protocol purchase sale
    she supply talk them they treaty understanding work""".split()
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

    Each signal joins the group whose first signal's words are nearest to its own, if they are near enough, else begins one.
    """
    groups: list[list[int]] = []
    heads: list[tuple[frozenset[str], Signal]] = []
    by_word: dict[tuple[str, str], list[int]] = {}
    for place, signal in enumerate(signals):
        words = key_words(signal.anchor)
        best, nearest = 0.0, -1
        for n in sorted({n for word in words for n in by_word.get((signal.sector, word), ())}):
            head, first = heads[n]
            share = _share(words, head)
            if share > best and _allowed(signal, first):
                best, nearest = share, n
        if nearest >= 0:
            groups[nearest].append(place)
            continue
        groups.append([place])
        heads.append((words, signal))
        for word in words:
            by_word.setdefault((signal.sector, word), []).append(len(groups) - 1)
    return groups


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words two keys have in common, 0 where it is too small to count."""
    if one <= _GENERAL or other <= _GENERAL:
        return 0.0
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1:
        return 0.0
    share = len(one & other) / len(one | other)
    return share if share >= NEAR else 0.0


def _allowed(one: Signal, other: Signal) -> bool:
    """Whether the parties allow that both speak of one deal: two in common, or all of the one that names fewer."""
    if not one.parties or not other.parties:
        return True
    return len(set(one.parties) & set(other.parties)) >= min(2, len(set(one.parties)), len(set(other.parties)))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
