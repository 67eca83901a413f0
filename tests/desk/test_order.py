"""What the desk derives is a function of the set of documents, not of the order in which they came."""

from __future__ import annotations

import random
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from paraph.desk import Desk, open_desk
from paraph.desk.schema import documents, signals, versions
from paraph.link import THRESHOLD, Traits, copies, keys_of, parents_of, roots_of, score
from paraph.settings import Settings
from pools import deliver, pool, state


def test_three_deliveries_in_any_order_give_the_same_desk(desk: Desk, tmp_path: Path, empty_file: Path) -> None:
    deliveries = pool(1, 12)
    path = tmp_path / "plain.db"
    shutil.copy(empty_file, path)
    with open_desk(path, settings=Settings()) as plain:
        deliver(plain, deliveries)
        wanted = state(plain)
    assert len(wanted["deals"]) < len(wanted["signals"])  # some came together
    assert any(row["vanished"] for row in wanted["signals"])
    assert any(row["root"] != row["key"] for row in wanted["documents"])
    shuffled = deliveries * 3
    random.Random(2).shuffle(shuffled)
    deliver(desk, shuffled)
    assert state(desk) == wanted


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_any_order_gives_the_trees_of_the_pure_forest(
    seed: int, order: random.Random, empty_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("order") / "desk.db"
    shutil.copy(empty_file, path)
    deliveries = pool(seed, 7)
    order.shuffle(deliveries)
    with open_desk(path, settings=Settings()) as desk:
        deliver(desk, deliveries)
        _check_signals(desk)
        _check_documents(desk)


def _check_signals(desk: Desk) -> None:
    with desk.look() as connection:
        found = select(signals, documents.c.key.label("document")).join(documents)
        rows = {row.id: row for row in connection.execute(found)}
    traits = {id: Traits.from_json(row.traits) for id, row in rows.items()}
    places: dict[int, Any] = {id: (row.day, row.document, row.start, row.end, row.key) for id, row in rows.items()}
    keys = {id: dict(keys_of(trait)) for id, trait in traits.items()}

    def apart(one: int, other: int) -> int:
        return abs((rows[one].day - rows[other].day).days)

    def near(one: int) -> list[int]:
        return [
            other
            for other in rows
            if other != one
            and any(apart(one, other) <= keys[one][key] for key in keys[one].keys() & keys[other].keys())
        ]

    parents = parents_of(places, near, lambda one, other: score(traits[one], traits[other]), THRESHOLD)
    assert {id: row.parent_id for id, row in rows.items()} == parents
    assert {id: row.root_id for id, row in rows.items()} == roots_of(parents)


def _check_documents(desk: Desk) -> None:
    with desk.look() as connection:
        found = select(documents, versions.c.text).join(versions, versions.c.id == documents.c.version_id)
        rows = {row.id: row for row in connection.execute(found)}
    shingles = {id: copies.shingles_of(row.text) for id, row in rows.items()}
    bands = {id: set(copies.bands_of(cut)) for id, cut in shingles.items()}
    parents = parents_of(
        {id: (row.day, row.key) for id, row in rows.items()},
        lambda one: [other for other in rows if other != one and bands[one] & bands[other]],
        lambda one, other: copies.likeness(shingles[one], shingles[other]),
        copies.THRESHOLD,
    )
    assert {id: row.parent_id for id, row in rows.items()} == parents
    assert {id: row.root_id for id, row in rows.items()} == roots_of(parents)
    assert all(isinstance(row.day, date) for row in rows.values())
