"""The database's side of the forest: where a new item goes, and who moves because of it.

What a forest is stands in ``paraph.link.forest``: each item's parent is the most like of those before it. Placing one
item takes a fixed number of statements: those it must be compared with (by keys and windows of days), their likeness, and the few
rows that change. An item that comes late becomes the parent of every later one that is more like it than like its present parent,
so the trees are the same as if all had come in order. What a person pinned is not asked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Connection, Table, bindparam, text, update

from paraph.desk.schema import documents, signals, unfit
from paraph.link import THRESHOLD, Traits, copies, keys_of, score

__all__ = [
    "DocumentForest",
    "Forest",
    "Node",
    "Plan",
    "SignalForest",
    "fetched_by",
    "place",
    "planned",
    "take_out",
    "write_plan",
]

# What a list of ids is to each database.
_IDS = {
    "sqlite": "SELECT value FROM json_each(:ids)",
    "postgresql": "SELECT unnest(CAST(:ids AS bigint[]))",
}
# Parsed traits and cut texts are kept for the next placing: an event's signals are compared with the same ones again and again.
_KEPT_TRAITS, _KEPT_RUNS = 20_000, 1_000


@dataclass(slots=True)
class Node:
    """An item of a forest: its row, its place in the order, what it is compared by, and where it stands now."""

    id: int
    place: tuple[Any, ...]
    matter: str
    parent: int | None
    score: float | None
    root: int | None
    pinned: bool = False
    pin: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What placing changes: by item, its new parent, likeness to it and root; the new roots of those that only follow.

    ``moved`` are the rows whose root changed, ``trees`` the roots, old and new, whose trees did.
    """

    changed: Mapping[int, tuple[int | None, float | None, int]]
    followed: Mapping[int, int]
    moved: set[int]
    trees: set[int]

    def without(self, ids: Collection[int]) -> Plan:
        """Return the plan for all other items."""
        return replace(self, changed={id: found for id, found in self.changed.items() if id not in ids})


class Forest(Protocol):
    """What differs between the forest of signals and that of documents."""

    connection: Connection
    table: Table
    score: str
    threshold: float

    def nodes(self, ids: Collection[int]) -> dict[int, Node]:
        """Return the items of these rows."""

    def near(self, nodes: Iterable[Node]) -> Mapping[int, Collection[int]]:
        """Return, for each item, the rows that it is to be compared with; those of all its keys and windows."""

    def likeness(self, one: Node, other: Node) -> float:
        """Return how like two items are; symmetric."""


class SignalForest:
    """The forest whose trees are the deals."""

    table, score, threshold = signals, "score", THRESHOLD

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def nodes(self, ids: Collection[int]) -> dict[int, Node]:
        """Return the items of these rows."""
        rows = _by_ids(
            self.connection,
            ids,
            'SELECT s.id, s.day, d.key AS document, s.start, s."end", s.key, s.traits, s.parent_id, s.score, s.root_id, '
            "s.pinned, s.pin_id FROM signals s JOIN documents d ON d.id = s.document_id WHERE s.id IN ({ids})",
        )
        return {
            row.id: Node(
                row.id,
                (_ordinal(row.day), row.document, row.start, row.end, row.key),
                row.traits,
                row.parent_id,
                row.score,
                row.root_id,
                bool(row.pinned),
                row.pin_id,
            )
            for row in rows
        }

    def near(self, nodes: Iterable[Node]) -> Mapping[int, Collection[int]]:
        """Return, for each signal, those that share a key with it and whose day lies within the key's window."""
        asked = [
            (node.id, key, node.place[0] - window, node.place[0] + window)
            for node in nodes
            if (traits := _traits(node.matter)) is not None
            for key, window in keys_of(traits)
        ]
        return _meeting(self.connection, asked, "link_keys", "key", "signal_id")

    def likeness(self, one: Node, other: Node) -> float:
        """Return how likely two signals speak of one deal."""
        a, b = _traits(one.matter), _traits(other.matter)
        return 0.0 if a is None or b is None else score(a, b)


class DocumentForest:
    """The forest whose trees are families of copies; its roots are the voices."""

    table, score, threshold = documents, "likeness", copies.THRESHOLD

    def __init__(self, connection: Connection, days: int, bands: Mapping[int, Collection[int]] | None = None) -> None:
        self.connection = connection
        self.days = days
        self._bands = dict(bands or {})

    def nodes(self, ids: Collection[int]) -> dict[int, Node]:
        """Return the items of these rows."""
        rows = _by_ids(
            self.connection,
            ids,
            "SELECT d.id, d.day, d.key, d.parent_id, d.likeness, d.root_id, v.text FROM documents d "
            "JOIN versions v ON v.id = d.version_id WHERE d.id IN ({ids})",
        )
        return {
            row.id: Node(row.id, (_ordinal(row.day), row.key), row.text, row.parent_id, row.likeness, row.root_id)
            for row in rows
        }

    def near(self, nodes: Iterable[Node]) -> Mapping[int, Collection[int]]:
        """Return, for each document, those that share a band with it and lie no further apart than ``copy_days``."""
        asked = [
            (node.id, band, node.place[0] - self.days, node.place[0] + self.days)
            for node in nodes
            for band in (
                self._bands[node.id]
                if node.id in self._bands
                else copies.bands_of(copies.shingles_of(unfit(node.matter)))
            )
        ]
        return _meeting(self.connection, asked, "bands", "band", "document_id")

    def likeness(self, one: Node, other: Node) -> float:
        """Return how much two texts are copies of each other."""
        return copies.likeness(_runs(one.matter), _runs(other.matter))


def place(forest: Forest, moved: Collection[int], known: Collection[int] = ()) -> tuple[set[int], set[int]]:
    """Find the parents of the items in ``moved`` anew, and let others move because of them.

    ``known`` are those of them that stood in the forest before (with another day, other words or another pin). The items' keys
    and rows must be written already. Returns the rows whose root changed, and the roots, old and new, whose trees did.
    """
    plan = planned(forest, moved, known)
    write_plan(forest, plan)
    return plan.moved, plan.trees


def planned(forest: Forest, moved: Collection[int], known: Collection[int] = ()) -> Plan:
    """Return what ``place`` would write, without writing it."""
    if not moved:
        return Plan({}, {}, set(), set())
    moving = set(moved) | (_children(forest, known) if known else set())
    nodes = forest.nodes(moving)
    near = forest.near(nodes.values())
    wanted = {other for found in near.values() for other in found}
    wanted |= {node.pin for node in nodes.values() if node.pin is not None}
    nodes |= forest.nodes(wanted - nodes.keys())
    changed = _settled(forest, moving, near, nodes)
    return _rooted(forest, changed, nodes)


def take_out(forest: Forest, gone: Collection[int]) -> tuple[set[int], set[int], set[int]]:
    """Take items out of the forest, whose keys are deleted already; their rows stay, without parent or root.

    Returns the rows that must be placed anew (the children they had), the rows whose root changed, and the old roots.
    """
    if not gone:
        return set(), set(), set()
    left = _children(forest, gone) - set(gone)
    roots = {node.root for node in forest.nodes(gone).values() if node.root is not None}
    table = forest.table
    forest.connection.execute(
        update(table)
        .where(table.c.id == bindparam("row"))
        .values({"parent_id": None, forest.score: None, "root_id": None}),
        [{"row": row} for row in sorted(gone)],
    )
    return left, set(gone), roots


def _settled(
    forest: Forest, moving: set[int], near: Mapping[int, Collection[int]], nodes: dict[int, Node]
) -> dict[int, tuple[int | None, float | None]]:
    """Return the parent and the likeness to it of every item that gets another one."""
    known: dict[tuple[int, int], float] = {}

    def like(one: int, other: int) -> float:
        pair = (one, other) if one < other else (other, one)
        if pair not in known:
            known[pair] = forest.likeness(nodes[one], nodes[other])
        return known[pair]

    changed: dict[int, tuple[int | None, float | None]] = {}
    better: dict[int, list[tuple[float, int]]] = {}
    for id in sorted(moving):
        node = nodes[id]
        best: tuple[float, int] | None = None
        for other in near.get(id, ()):
            if other not in nodes:
                continue
            rival = nodes[other]
            value = like(id, other)
            if value < forest.threshold:
                continue
            if rival.place < node.place:
                if best is None or value > best[0] or (value == best[0] and rival.place < nodes[best[1]].place):
                    best = (value, other)
            elif other not in moving and not rival.pinned and (rival.score is None or value >= rival.score):
                better.setdefault(other, []).append((value, id))
        pinned = _pinned_to(node, nodes)
        if pinned is not None:
            changed[id] = (pinned[0], None)
        else:
            changed[id] = (best[1], best[0]) if best else (None, None)
    # Of equally like ones the earlier is taken; where a present parent is equally like, its place must be known.
    present = {nodes[id].parent for id in better} - nodes.keys() - {None}
    nodes |= forest.nodes([id for id in present if id is not None])
    for id, rivals in better.items():
        node = nodes[id]
        if node.parent is not None and node.score is not None:
            rivals.append((node.score, node.parent))
        value, parent = min(rivals, key=lambda rival: (-rival[0], nodes[rival[1]].place))
        if parent != node.parent:
            changed[id] = (parent, value)
    return {
        id: found
        for id, found in changed.items()
        if found != (nodes[id].parent, nodes[id].score) or nodes[id].root is None
    }


def _pinned_to(node: Node, nodes: Mapping[int, Node]) -> tuple[int | None] | None:
    """Return, in a tuple, what an item is pinned to (None: as a root); None where it is not, or where that is not before it."""
    if not node.pinned:
        return None
    if node.pin is None:
        return (None,)
    pin = nodes.get(node.pin)
    return (pin.id,) if pin is not None and pin.place < node.place else None


def _rooted(forest: Forest, changed: Mapping[int, tuple[int | None, float | None]], nodes: Mapping[int, Node]) -> Plan:
    """Return new parents with the roots that follow from them."""
    if not changed:
        return Plan({}, {}, set(), set())
    parents = {id: found[0] for id, found in changed.items()}
    roots = {id: nodes[id].root for id in changed}
    # Below an item that had no place stands nothing but what is in ``changed`` itself.
    old = [id for id in changed if roots[id] is not None]
    if old:
        for row in _below(forest, old):
            parents.setdefault(row.id, row.parent_id)
            roots.setdefault(row.id, row.root_id)
    now: dict[int, int] = {}
    for id in parents:
        path, at = [id], parents[id]
        while at is not None and at in parents and at not in now:
            path.append(at)
            at = parents[at]
        root = path[-1] if at is None else now[at] if at in now else nodes[at].root or at
        now |= dict.fromkeys(path, root)
    moved = {id for id in parents if now[id] != roots[id]}
    return Plan(
        {id: (parent, value, now[id]) for id, (parent, value) in changed.items()},
        {id: now[id] for id in parents if id not in changed and now[id] != roots[id]},
        moved,
        {root for id in moved for root in (roots[id], now[id]) if root is not None},
    )


def write_plan(forest: Forest, plan: Plan) -> None:
    """Write what was planned."""
    table = forest.table
    if plan.changed:
        forest.connection.execute(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values({"parent_id": bindparam("parent"), forest.score: bindparam("value"), "root_id": bindparam("root")}),
            [
                {"row": id, "parent": parent, "value": value, "root": root}
                for id, (parent, value, root) in plan.changed.items()
            ],
        )
    if plan.followed:
        forest.connection.execute(
            update(table).where(table.c.id == bindparam("row")).values({"root_id": bindparam("root")}),
            [{"row": id, "root": root} for id, root in plan.followed.items()],
        )


def _children(forest: Forest, ids: Collection[int]) -> set[int]:
    rows = _by_ids(
        forest.connection,
        ids,
        f"SELECT id FROM {forest.table.name} WHERE parent_id IN ({{ids}})",  # noqa: S608
    )
    return {row.id for row in rows}


def _below(forest: Forest, ids: Collection[int]) -> Iterable[Any]:
    """Return the rows of the items and of all below them, by the parents written so far."""
    name = forest.table.name
    return _by_ids(
        forest.connection,
        ids,
        f"WITH RECURSIVE below(id) AS (SELECT id FROM {name} WHERE id IN ({{ids}}) UNION "  # noqa: S608
        f"SELECT s.id FROM {name} s JOIN below b ON s.parent_id = b.id) "
        f"SELECT s.id, s.parent_id, s.root_id FROM {name} s JOIN below b ON b.id = s.id",
    )


def fetched_by(connection: Connection, ids: Collection[int], statement: str) -> list[Any]:
    """Return the rows of a plain statement about many ids ("{ids}" in it), as the driver gives them."""
    if not ids:
        return []
    given: Any = json.dumps(sorted(ids)) if connection.dialect.name == "sqlite" else sorted(ids)
    return _fetched(connection, statement.format(ids=_IDS[connection.dialect.name]), {"ids": given})


def _by_ids(connection: Connection, ids: Collection[int], statement: str) -> list[Any]:
    if not ids:
        return []
    given: Any = json.dumps(sorted(ids)) if connection.dialect.name == "sqlite" else sorted(ids)
    return list(connection.execute(text(statement.format(ids=_IDS[connection.dialect.name])), {"ids": given}))


def _meeting(
    connection: Connection, asked: list[tuple[int, int, int, int]], table: str, key: str, item: str
) -> dict[int, set[int]]:
    """Return the items that meet each asking one in a key within the days asked for; never itself."""
    found: dict[int, set[int]] = {id: set() for id, *_ in asked}
    if not asked:
        return found
    if connection.dialect.name == "sqlite":
        # CROSS JOIN: the few that are asked for first, each looked up in the table, whatever the planner thinks. DISTINCT: a text
        # that was reprinted a thousand times meets each of them in all of its bands.
        of = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(4))
        statement = (
            f"WITH a(id, key, low, high) AS MATERIALIZED (SELECT {of} FROM json_each(:asked)) "  # noqa: S608
            f"SELECT DISTINCT a.id, k.{item} FROM a CROSS JOIN {table} k "
            f"WHERE k.{key} = a.key AND k.day BETWEEN a.low AND a.high"
        )
        given: dict[str, Any] = {"asked": json.dumps(asked)}
    else:
        statement = (
            f"SELECT DISTINCT a.id, k.{item} FROM unnest(CAST(:ids AS bigint[]), CAST(:keys AS bigint[]), "  # noqa: S608
            f"CAST(:lows AS int[]), CAST(:highs AS int[])) AS a(id, key, low, high) "
            f"CROSS JOIN LATERAL (SELECT {item} FROM {table} WHERE {key} = a.key AND day BETWEEN a.low AND a.high OFFSET 0) k"
        )
        given = dict(zip(("ids", "keys", "lows", "highs"), map(list, zip(*asked, strict=True)), strict=True))
    for id, other in _fetched(connection, statement, given):
        if id != other:
            found[id].add(other)
    return found


def _fetched(connection: Connection, statement: str, given: Mapping[str, Any]) -> list[Any]:
    """Return the rows of a plain statement as the driver gives them: thousands of pairs of numbers need nothing made of them."""
    result = connection.execute(text(statement), given)
    cursor: Any = result.cursor
    rows: list[Any] = cursor.fetchall()
    result.close()
    return rows


@lru_cache(maxsize=_KEPT_TRAITS)
def _traits(written: str) -> Traits | None:
    """Return the traits, None for those that another version of the linking wrote.

    Such a signal is like no other until ``paraph reread`` gives it traits of today; then each meets all that have them already.
    """
    return Traits.read(written)


@lru_cache(maxsize=_KEPT_RUNS)
def _runs(written: str) -> frozenset[str]:
    return copies.runs_of(unfit(written))


def _ordinal(day: Any) -> int:
    """Return the ordinal of a day as a plain statement gives it: a text from SQLite, a date from PostgreSQL."""
    return (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()
