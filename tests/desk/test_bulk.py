"""Adding by the thousand gives the desk that adding one by one gives, whatever the desk holds already."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from paraph.desk import Desk, Incoming, open_desk
from paraph.desk.exchange.whole import lines_of
from paraph.settings import Settings
from pools import Delivery, deliver, pool, state


def incoming(deliveries: Sequence[Delivery]) -> list[Incoming]:
    return [Incoming(reading, seen, arrival=arrival) for seen, arrival, reading in deliveries]


def one_by_one(path: Path, empty_file: Path, deliveries: Sequence[Delivery]) -> tuple[dict[str, list], list[str]]:
    shutil.copy(empty_file, path)
    with open_desk(path, settings=Settings()) as desk:
        deliver(desk, list(deliveries))
        return state(desk), list(lines_of(desk))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_of_any_size_and_order_give_the_same_desk(
    desk: Desk, tmp_path: Path, empty_file: Path, seed: int, size: int
) -> None:
    deliveries = pool(seed, 16)
    wanted, lines = one_by_one(tmp_path / "plain.db", empty_file, deliveries)
    shuffled = list(deliveries)
    random.Random(seed).shuffle(shuffled)
    for at in range(0, len(shuffled), size):
        desk.add_many(incoming(shuffled[at : at + size]))
    assert state(desk) == wanted
    assert list(lines_of(desk)) == lines
