"""Families: which documents of a corpus are copies of which, and which signals speak of one deal, as steps of a run.

The forests are those of the desk (``paraph.link.forest``): each item's parent is the most like of those before it that share a
key with it. Two things differ. The desk knows a document as it stands now and keeps its older versions behind it; in a corpus
each version that was delivered is a document of its own, with signals of its own, and of those of one day the order is that of
their hashes; so an update is nearly always a copy of what it updates. And of a key that very many share, an item meets only
the nearest ``corpus_bucket`` before it. A document that has no day stands before all others and meets only those without one.

Weak signals take part, as on the desk: what is too unsure to count is still said of something.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from paraph.corpus import stage as stages
from paraph.corpus.heaps import Heaps, Numbers, column, places_between, save
from paraph.corpus.shuffle import COUNT, Sizes, Table, count, meet, number, order, partitions, spread, survey
from paraph.corpus.tables import write
from paraph.corpus.values import Task
from paraph.link import summary_of, title_of
from paraph.model import Authority, Certainty, Instrument, Kind, Sector, Sighting, Signal, SourceType, Stage
from paraph.settings import Settings

__all__ = ["choose", "deals_of", "repeated_of", "roots", "steps", "voices_of", "write_copies", "write_deals"]

# Texts' runs and signals' traits that were read last are kept for the next pair, up to so many bytes. Set by eye.
_KEPT_BYTES = 64_000_000


def steps(root: Path, family: str, pieces: int, settings: Settings, sizes: Sizes | None = None) -> Iterator[list[Task]]:
    """Yield lists of tasks that make a family ("copies", then "deals"), each list to be done before the next is asked for.

    What needs all items at once is done here in between, by whoever asks. ``sizes`` must be the same whenever a run is taken up
    again. The last step, ``copies_rows`` or ``deals_rows``, writes the rows of that table to ``rows.parquet``, in order.
    """
    if not pieces:
        return
    sizes = sizes or Sizes()
    table_step = f"{family}_{{}}".format
    _once(root, COUNT, count, root, pieces, sizes)
    table = Table(root, family)
    yield [Task(table_step("spread"), group, spread, (root, family, group)) for group in range(table.groups)]
    _once(root, table_step("survey"), survey, root, family, sizes)
    ranges = len(column(table.stage.folder(table_step("survey"), 0), "splits"))
    yield [Task(table_step("order"), part, order, (root, family, part)) for part in range(ranges)]
    _once(root, table_step("number"), number, root, family)
    parts = partitions(root, family, sizes)
    given = (parts, settings.copy_days, settings.corpus_bucket)
    yield [Task(table_step("meet"), part, meet, (root, family, part, *given)) for part in range(parts)]
    slabs = range(-(-len(table.known("number")) // sizes.slab))
    yield [Task(table_step("choose"), slab, choose, (root, family, slab, parts, sizes)) for slab in slabs]
    _once(root, table_step("roots"), roots, root, family, len(slabs))
    rows = write_copies if family == "copies" else write_deals
    yield [Task(table_step("rows"), slab, rows, (root, slab, sizes.slab)) for slab in slabs]


def _once(root: Path, step: str, function: Callable[..., None], *arguments: Any) -> None:
    if not stages.Stage(root).is_done(step, 0):
        function(*arguments)


# Choosing: the parent of each item.


def choose(root: Path, family: str, slab: int, parts: int, sizes: Sizes) -> dict[str, int]:
    """Find the parents of the items of a slab of ranks, and how like they are: the most like at or above the threshold.

    Of equally like ones the earliest. Likeness is told once for each pair of kinds, and for each pair of one document.
    """
    table = Table(root, family)
    items = len(table.known("number"))
    low, high = slab * sizes.slab, min((slab + 1) * sizes.slab, items)
    parent, like = np.full(high - low, -1, np.int64), np.full(high - low, np.nan)
    runs = [
        np.asarray(column(folder, path.stem))
        for folder in table.folders("meet", range(parts))
        for path in sorted(folder.glob("run*.npy"))
    ]
    compared = 0
    with _heaps(table, "matter", _KEPT_BYTES) as matter:
        for begin, end in _portions(runs, items, low, high, sizes.pairs):
            found = [run[slice(*_within(run, items, begin, end))] for run in runs]
            pairs = np.unique(np.concatenate([np.zeros(0, np.int64), *found]))
            later, earlier = pairs // items, pairs % items
            values, told = _likenesses(table, later, earlier, matter.__getitem__)
            compared += told
            enough = values >= table.family.threshold
            later, earlier, values = later[enough], earlier[enough], values[enough]
            best = np.lexsort((earlier, -values, later))
            later = later[best]
            first = best[np.flatnonzero(np.append(True, later[1:] != later[:-1])[: len(later)])]
            at = (pairs[enough] // items)[first] - low
            parent[at], like[at] = earlier[first], values[first]
    with table.stage.making(table.step("choose"), slab) as folder:
        save(folder, parent=parent, like=like)
    return {"items": high - low, "compared": compared}


def _within(run: Numbers, items: int, begin: int, end: int) -> tuple[int, int]:
    """Return where in a run of pairs those of the later ranks from one up to another stand."""
    low, high = np.searchsorted(run, [begin * items, end * items]).tolist()
    return low, high


def _portions(runs: Sequence[Numbers], items: int, low: int, high: int, most: int) -> Iterator[tuple[int, int]]:
    """Yield ranges from and up to which there are at most so many pairs, or those of a single item."""
    total = 0
    for run in runs:
        begin, end = _within(run, items, low, high)
        total += end - begin
    if total <= most or high - low == 1:
        yield low, high
    else:
        middle = (low + high) // 2
        yield from _portions(runs, items, low, middle, most)
        yield from _portions(runs, items, middle, high, most)


def _likenesses(table: Table, later: Numbers, earlier: Numbers, matter: Callable[[int], bytes]) -> tuple[Numbers, int]:
    """Return how like pairs of ranks are, each two kinds compared once, and how many were compared."""
    kind, home, numbers = table.known("kind"), table.known("home"), table.known("number")
    one, other = kind[later], kind[earlier]
    # Signals of one document are told apart by where they stand: each of these pairs is one of its own.
    alone = np.zeros(len(later), np.int64)
    if not table.family.signed:
        within = home[later] == home[earlier]
        alone[within] = np.arange(1, np.count_nonzero(within) + 1)
    by_kind = np.lexsort((other, one, alone))
    one, other, alone = one[by_kind], other[by_kind], alone[by_kind]
    begins = np.ones(len(one), bool)
    begins[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1]) | (alone[1:] != alone[:-1])
    # In the order of the forest, in which neighbours meet the same others, so that what was read of these is at hand.
    shown = by_kind[begins]
    in_order = np.argsort(shown)
    told = np.zeros(len(shown))
    pairs = shown[in_order]
    told[in_order] = table.family.likenesses(numbers[later[pairs]], numbers[earlier[pairs]], matter)
    values = np.zeros(len(later))
    values[by_kind] = told[np.cumsum(begins) - 1]
    return values, len(shown)


def _heaps(table: Table, name: str, most: int = 0) -> Heaps:
    return Heaps(table.folders("spread", range(table.groups)), table.group_starts, name, most)


def roots(root: Path, family: str, slabs: int) -> None:
    """Follow all parents to their roots at once, and write root, parent and likeness by rank, and the ranks sorted by root.

    Takes as many rounds as the longest line of parents has doublings, and some 50 bytes an item.
    """
    table = Table(root, family)
    folders = table.folders("choose", range(slabs))
    with table.stage.making(table.step("roots"), 0) as made:
        empty = np.zeros(0, np.int64)
        parent = np.concatenate([empty, *(column(folder, "parent") for folder in folders)])
        like = np.concatenate([np.zeros(0), *(column(folder, "like") for folder in folders)])
        at = np.arange(len(parent))
        found = np.where(parent < 0, at, parent)
        while True:
            further = found[found]
            if np.array_equal(further, found):
                break
            found = further
        member = np.argsort(found, kind="stable")
        save(made, root=found, parent=parent, like=like, member=member, member_root=found[member])


# What came of it, by rank and by piece.


class _Trees:
    """A family's forest as it is known at the end."""

    def __init__(self, root: Path, family: str) -> None:
        self.table = Table(root, family)
        folder = self.table.stage.folder(self.table.step("roots"), 0)
        self.root, self.parent, self.like = (column(folder, name) for name in ("root", "parent", "like"))
        self.folder = folder
        self.number, self.rank = self.table.known("number"), self.table.known("rank")
        self.facts = _heaps(self.table, "facts")

    def told(self, rank: int) -> list[Any]:
        """Return the facts of the item of a rank."""
        facts: list[Any] = json.loads(self.facts[int(self.number[rank])])
        return facts

    def names(self, piece: int) -> list[str | None]:
        """Return the id of the root of each row of a piece, None for rows that do not count."""
        begin, end = self.table.starts[piece : piece + 2]
        ranks = self.rank[begin:end]
        roots = np.where(ranks < 0, -1, self.root[np.maximum(ranks, 0)] if len(self.root) else -1)
        known = {at: self.told(at)[0] for at in np.unique(roots).tolist() if at >= 0}
        return [known.get(at) for at in roots.tolist()]


def repeated_of(root: Path, piece: int) -> frozenset[int]:
    """Return the rows of a piece's documents that came before, in an earlier row or piece."""
    return frozenset(np.flatnonzero(~Table(root, "copies").counts(piece)).tolist())


def voices_of(root: Path, piece: int) -> list[str | None]:
    """Return for each row of a piece's documents the id of the one that said it first; None for those that came before."""
    trees = _Trees(root, "copies")
    with trees.facts:
        return trees.names(piece)


def deals_of(root: Path, piece: int) -> list[str | None]:
    """Return for each row of a piece's signals the id of its deal.

    None for those of documents that came before, and for a place that the engine gave a second time.
    """
    trees = _Trees(root, "deals")
    with trees.facts:
        return trees.names(piece)


def write_copies(root: Path, slab: int, size: int) -> dict[str, int]:
    """Write the rows of ``copies`` of a slab of ranks, in order of day, id and version."""
    trees = _Trees(root, "copies")
    rows = []
    with trees.facts, trees.table.stage.making("copies_rows", slab) as folder:
        for rank in range(slab * size, min((slab + 1) * size, len(trees.root))):
            parent = int(trees.parent[rank])
            if parent >= 0:
                document, version = trees.told(rank)
                rows.append(
                    {
                        "document": document,
                        "version": version,
                        "copy_of": trees.told(parent)[0],
                        "likeness": float(trees.like[rank]),
                        "voice": trees.told(int(trees.root[rank]))[0],
                    }
                )
        write(folder / "rows.parquet", "copies", rows)
    return {"copies": len(rows)}


def write_deals(root: Path, slab: int, size: int) -> dict[str, int]:
    """Write the rows of ``deals`` whose first signals are in a slab of ranks, in the order of these."""
    trees, papers = _Trees(root, "deals"), _Trees(root, "copies")
    begin, end = places_between(trees.folder, "member_root", slab * size, (slab + 1) * size)
    member, rooted = column(trees.folder, "member")[begin:end], column(trees.folder, "member_root")[begin:end]
    cuts = np.flatnonzero(rooted[1:] != rooted[:-1]) + 1
    rows = []
    with trees.facts, papers.facts, trees.table.stage.making("deals_rows", slab) as folder:
        for members in np.split(member, cuts) if len(member) else ():
            rows.append(_deal([trees.told(rank) for rank in members.tolist()], papers))
        write(folder / "rows.parquet", "deals", rows)
    return {"deals": len(rows)}


def _deal(told: Sequence[Sequence[Any]], papers: _Trees) -> dict[str, Any]:
    """Return the row of a deal, made of the facts of its signals in order."""
    sightings = [_sighting(facts) for facts in told]
    parties, sector, instrument = summary_of(sightings)
    ranks = papers.rank[sorted({facts[2] for facts in told})]
    voices = set(papers.root[ranks].tolist())
    return {
        "id": sightings[0].id,
        "title": title_of(sightings),
        "parties": list(parties),
        "sector": str(sector),
        "instrument": str(instrument),
        "first": _day(told[0][3]),
        "last": _day(told[-1][3]),
        "signals": len(told),
        "documents": len({facts[1] for facts in told}),
        "voices": len({papers.told(rank)[0] for rank in voices}) if len(voices) > 1 else 1,
    }


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _sighting(facts: Sequence[Any]) -> Sighting:
    """Return as much of a sighting as its deal's title and summary are made of; the rest stands for nothing."""
    id, document, _, day, anchor, parties, sector, instrument, confidence = facts
    return Sighting(
        id=id,
        document=document,
        signal=Signal(
            start=0,
            end=len(anchor),
            anchor=anchor,
            stage=Stage.IDEA,
            ahead=False,
            certainty=Certainty.POSSIBLE,
            source_type=SourceType.OUTLET,
            source=None,
            parties=tuple(parties),
            sector=Sector(sector),
            instrument=Instrument(instrument),
            confidence=confidence,
        ),
        day=_day(day) or date.min,
        voice=document,
        publisher=None,
        owner=None,
        authority=Authority.PRESS,
        kind=Kind.REPORT,
        title=None,
        quote="",
    )
