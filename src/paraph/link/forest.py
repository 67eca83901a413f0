"""The forest: items in trees, each item a child of the most like one that came before it.

Both deals (of signals) and families of copies (of documents) are made so: order the items by day, document and place; the
parent of an item is the most like of those before it, if it is like enough; a tree is one deal. This is the best-antecedent
ranking of coreference resolution (Ng and Cardie 2002). Because likeness is a function of two items alone, the forest is a
function of the *set* of items: whatever order they arrive in, the trees are the same, and a new item can be placed without
looking at all others. Unlike single linkage, an item that is like two trees joins one and does not melt them together.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

__all__ = ["parents_of", "roots_of", "trees_of"]

Key = TypeVar("Key", bound=Hashable)


def parents_of(
    items: Mapping[Key, Any],
    candidates: Callable[[Key], Iterable[Key]],
    likeness: Callable[[Key, Key], float],
    threshold: float,
) -> dict[Key, Key | None]:
    """Return each item's parent, None for a root.

    ``items`` maps each item to its place in the order (places must differ and be sortable); ``candidates`` gives the items that
    an item is compared with, earlier or later. Of equally like ones the earlier is taken.
    """
    parents: dict[Key, Key | None] = {}
    for item, place in items.items():
        best: tuple[float, Any] | None = None
        parent = None
        for other in candidates(item):
            if items[other] >= place:
                continue
            like = likeness(item, other)
            if like < threshold:
                continue
            if best is None or like > best[0] or (like == best[0] and items[other] < best[1]):
                best, parent = (like, items[other]), other
        parents[item] = parent
    return parents


def roots_of(parents: Mapping[Key, Key | None]) -> dict[Key, Key]:
    """Return the root of each item's tree. Raises ValueError where parents run in a circle."""
    roots: dict[Key, Key] = {}
    for item in parents:
        path: list[Key] = []
        at: Key = item
        while at not in roots:
            path.append(at)
            above = parents[at]
            if above is None:
                roots[at] = at
                break
            if len(path) > len(parents):
                raise ValueError(f"{item!r}: its parents run in a circle")
            at = above
        for step in path:
            roots[step] = roots[at]
    return roots


def trees_of(items: Sequence[Key], roots: Mapping[Key, Key]) -> dict[Key, list[Key]]:
    """Return the items of each tree by its root, in the order given."""
    trees: dict[Key, list[Key]] = {}
    for item in items:
        trees.setdefault(roots[item], []).append(item)
    return trees
