"""Meetings: which items share a key within its window, found over whole tables of keys at once.

An item meets those before it that hold the same key, lie within the key's days, and are among the nearest so many of them (the
bucket). Of items of one kind, which are equally like everything else, it meets only the first: were another chosen, the first
would be as like and earlier. So a text that was printed a thousand times costs a thousand meetings and not half a million.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from paraph.corpus.heaps import Numbers

__all__ = ["Holders", "Rule", "meetings"]

# Days are apart by less than this; it keeps the days of one key from those of the next. Above the last day there is (3,652,059)
# and the longest window together.
_SPAN = 1 << 23
# So many meetings are held in memory at a time: some 100 MB with what they are worked out from.
_AT_ONCE = 1_000_000


class Rule(Enum):
    """Who of those that hold a key meets whom.

    ``ALL``: each meets one of each kind, and all of its own home (signals, whose likeness depends on whether they stand in one
    document). ``FIRST``: only those that come first of their kind meet others; ``AGAIN``: only those that do not (texts, which
    are wholly like those of their kind: what others may still be, their earlier equal in other letters, holds all the same keys).
    """

    ALL = auto()
    FIRST = auto()
    AGAIN = auto()


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds which key, as columns of equal length, in any order.

    ``rank`` is the item's place in the order of all, ``day`` its day's ordinal, ``kind`` what it is equal to others by, ``home``
    its document, ``window`` the days within which the key counts (of one key, the longest is taken).
    """

    key: Numbers
    rank: Numbers
    day: Numbers
    kind: Numbers
    home: Numbers
    window: Numbers


def meetings(holders: Holders, bucket: int, rule: Rule) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the ranks of the later and the earlier of those that meet, some million at a time; pairs may come again."""
    order = np.lexsort((holders.rank, holders.key))
    if not len(order):
        return
    rank, day = holders.rank[order], holders.day[order].astype(np.int64)
    kind, home, window = holders.kind[order], holders.home[order], holders.window[order].astype(np.int64)
    key = holders.key[order]
    run = _runs(key)
    window = np.maximum.reduceat(window, np.flatnonzero(_begins(key)))[run]
    at = np.arange(len(order))
    # The first of those that each can meet: within the window, and among the nearest.
    least = np.searchsorted(run * _SPAN + day, run * _SPAN + np.maximum(day - window, 0))
    least = np.maximum(least, at - bucket)
    before, other_home = _of_kind(run, kind, home)
    live = at if rule is Rule.ALL else np.flatnonzero(before < least if rule is Rule.FIRST else before >= least)
    # Seen from the earlier: it is the first of its kind for a row of neighbours among the later ones.
    low = least[live]
    begin = np.maximum(np.searchsorted(live, at, side="right"), np.searchsorted(low, before, side="right"))
    end = np.searchsorted(low, at, side="right")
    for earlier, found in _spread(begin, end):
        later = live[found]
        if rule is Rule.ALL:
            same = home[later] == home[earlier]
            earlier = np.where(same, other_home[earlier], earlier)
            there = earlier < later
            later, earlier = later[there], earlier[there]
        yield rank[later], rank[earlier]
    if rule is Rule.ALL:
        yield from _at_home(run, home, rank, least)


def _of_kind(run: Numbers, kind: Numbers, home: Numbers) -> tuple[Numbers, Numbers]:
    """Return, for each, the last of its kind before it (-1: none), and the first behind it in another home (else the end)."""
    at = np.arange(len(run))
    order = np.lexsort((at, kind, run))
    group = _runs(run[order], kind[order])
    before = np.full(len(run), -1)
    together = group[1:] == group[:-1]
    before[order[1:][together]] = order[:-1][together]
    house = _runs(run[order], kind[order], home[order])
    # Behind each stay in one home; homes may come again later, which does not matter: what is there was passed already.
    last = np.append(np.flatnonzero(house[1:] != house[:-1]), len(run) - 1)
    behind = last[house] + 1
    reached = np.minimum(behind, len(run) - 1)
    after = np.full(len(run), len(run))
    there = (behind < len(run)) & (group[reached] == group)
    after[order[there]] = order[reached[there]]
    return before, after


def _at_home(run: Numbers, home: Numbers, rank: Numbers, least: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the meetings of those of one home."""
    at = np.arange(len(run))
    order = np.lexsort((at, home, run))
    house = _runs(run[order], home[order])
    place = house * len(run)
    begin = np.searchsorted(place + order, place + least[order])
    for later, found in _spread(begin, at):
        yield rank[order[later]], rank[order[found]]


def _begins(*columns: Numbers) -> Numbers:
    """Return where a row differs from the one before it."""
    begins = np.zeros(len(columns[0]), bool)
    begins[:1] = True
    for values in columns:
        begins[1:] |= values[1:] != values[:-1]
    return begins


def _runs(*columns: Numbers) -> Numbers:
    """Number the runs of equal rows, from 0."""
    found: Numbers = np.cumsum(_begins(*columns)) - 1
    return found


def _spread(begin: Numbers, end: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield, some million at a time, each row's number with each whole number from its ``begin`` up to its ``end``."""
    counts = np.maximum(end - begin, 0)
    total = np.cumsum(counts)
    low = 0
    while low < len(counts):
        past = total[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(total, past + _AT_ONCE, side="right")))
        few = counts[low:high]
        number = int(few.sum())
        if number:
            owner = np.repeat(np.arange(low, high), few)
            first = np.repeat(total[low:high] - few - past, few)
            yield owner, np.arange(number) - first + begin[owner]
        low = high
