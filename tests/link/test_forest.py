"""The forest: a pure function of the set of items, whatever the order they come in."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraph.link import parents_of, roots_of, trees_of

NAMES = "abcdefgh"
# Few values, so that ties are common.
LIKENESSES = st.sampled_from([0.0, 0.3, 0.5, 0.50001, 0.7, 0.9])


@st.composite
def pools(draw: st.DrawFn) -> tuple[dict[str, tuple[int, str]], dict[frozenset[str], float]]:
    """Items with their places (days that tie, told apart by name) and the likeness of each pair."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    items = {name: (draw(st.integers(0, 3)), name) for name in names}
    alike = {frozenset((one, other)): draw(LIKENESSES) for n, one in enumerate(names) for other in names[n + 1 :]}
    return items, alike


def grown(
    items: dict[str, tuple[int, str]], alike: dict[frozenset[str], float], seed: int, threshold: float = 0.5
) -> dict[str, str | None]:
    """Return the parents, with items and candidates given in an order made by the seed."""
    chance = random.Random(seed)
    listed = list(items)
    chance.shuffle(listed)

    def candidates(item: str) -> list[str]:
        others = [each for each in listed if each != item]
        chance.shuffle(others)
        return others

    return parents_of(
        {name: items[name] for name in listed}, candidates, lambda a, b: alike[frozenset((a, b))], threshold
    )


@given(pools(), st.integers(0, 1000), st.integers(0, 1000))
def test_the_order_of_arrival_does_not_matter(
    pool: tuple[dict[str, tuple[int, str]], dict[frozenset[str], float]], one: int, other: int
) -> None:
    assert grown(*pool, seed=one) == grown(*pool, seed=other)


@given(pools())
def test_a_parent_is_the_most_like_of_those_before_and_of_equal_ones_the_earliest(
    pool: tuple[dict[str, tuple[int, str]], dict[frozenset[str], float]],
) -> None:
    items, alike = pool
    for item, parent in grown(items, alike, seed=1).items():
        before = [each for each in items if items[each] < items[item]]
        enough = [each for each in before if alike[frozenset((item, each))] >= 0.5]
        wanted = min(enough, key=lambda each: (-alike[frozenset((item, each))], items[each]), default=None)
        assert parent == wanted


@given(pools())
def test_trees_share_out_the_items_and_roots_come_first(
    pool: tuple[dict[str, tuple[int, str]], dict[frozenset[str], float]],
) -> None:
    items, alike = pool
    parents = grown(items, alike, seed=2)
    roots = roots_of(parents)
    listed = sorted(items, key=items.__getitem__)
    trees = trees_of(listed, roots)
    assert sorted(each for tree in trees.values() for each in tree) == sorted(items)
    for root, tree in trees.items():
        assert parents[root] is None
        assert tree[0] == root
        assert all(items[one] < items[other] for one, other in pairwise(tree))
    assert all(roots[item] == (item if parent is None else roots[parent]) for item, parent in parents.items())


@given(pools())
def test_an_item_that_comes_last_changes_no_parent_before_it(
    pool: tuple[dict[str, tuple[int, str]], dict[frozenset[str], float]],
) -> None:
    items, alike = pool
    last = max(items, key=items.__getitem__)
    without = grown({name: place for name, place in items.items() if name != last}, alike, seed=3)
    with_it = grown(items, alike, seed=3)
    del with_it[last]
    assert with_it == without


@pytest.mark.parametrize(("like", "parent"), [(0.5, "a"), (0.4999999, None), (0.5000001, "a")])
def test_the_threshold_itself_is_enough(like: float, parent: str | None) -> None:
    items = {"a": (1, "a"), "b": (2, "b")}
    assert grown(items, {frozenset("ab"): like}, seed=4) == {"a": None, "b": parent}


def test_of_equal_ones_the_earlier_whichever_is_offered_first() -> None:
    items = {"a": 1, "b": 2, "c": 3}
    for offered in (["a", "b"], ["b", "a"]):
        found = parents_of(items, lambda item, offered=offered: offered, lambda one, other: 0.8, 0.5)
        assert found["c"] == "a"


def test_an_item_joins_one_of_two_trees_and_does_not_melt_them() -> None:
    alike = {frozenset("ab"): 0.1, frozenset("ac"): 0.6, frozenset("bc"): 0.7}
    roots = roots_of(grown({"a": (1, "a"), "b": (2, "b"), "c": (3, "c")}, alike, seed=5))
    assert roots == {"a": "a", "b": "b", "c": "b"}


def test_only_candidates_are_compared_and_none_later_is_taken() -> None:
    asked = []

    def like(one: int, other: int) -> float:
        asked.append((one, other))
        return 1.0

    near = {1: [2], 2: [1], 3: [4], 4: []}
    assert parents_of({n: n for n in near}, near.__getitem__, like, 0.5) == {1: None, 2: 1, 3: None, 4: None}
    assert asked == [(2, 1)]


def test_nothing_gives_nothing() -> None:
    assert parents_of({}, lambda item: [], lambda one, other: 1.0, 0.5) == {}
    assert roots_of({}) == {}
    assert trees_of([], {}) == {}


@pytest.mark.parametrize(
    "parents",
    [{"a": "a"}, {"a": "b", "b": "a"}, {"root": None, "x": "root", "a": "b", "b": "c", "c": "a"}],
    ids=["itself", "two", "beside a tree"],
)
def test_a_circle_is_told_not_followed_for_ever(parents: dict[str, str | None]) -> None:
    with pytest.raises(ValueError, match="its parents run in a circle"):
        roots_of(parents)


def test_a_long_chain_needs_no_recursion_and_no_squared_time(stopwatch) -> None:
    size = 50_000
    chain: dict[int, int | None] = {n: n + 1 for n in range(size)} | {size: None}
    with stopwatch(1.0):
        assert set(roots_of(chain).values()) == {size}


def test_trees_keep_the_order_given() -> None:
    roots = {1: 1, 2: 2, 3: 1, 4: 2}
    assert trees_of([4, 3, 2, 1], roots) == {2: [4, 2], 1: [3, 1]}
    assert list(trees_of([4, 3, 2, 1], roots)) == [2, 1]
