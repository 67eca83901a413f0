"""Kills, failing writes, full disks, many writers, repeated delivery: nothing lost, nothing doubled, nothing half done."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from desk_dumps import Steps, add, dump, opened, steps_of
from killing import DELIVERIES
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from writing import SHARED_FROM

from deliveries import NOW, deliveries, little
from paraph.desk import open_desk
from paraph.desk.exchange.tables import rows_of
from paraph.desk.exchange.whole import lines_of
from paraph.errors import DeskError

HERE = Path(__file__).parent


def start(script: str, *arguments: Any, **more: Any) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(HERE), str(HERE.parent), *sys.path])
    command = [sys.executable, "-W", "error", str(HERE / script), *map(str, arguments)]
    return subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def result(process: subprocess.Popen[str], send: str | None = None) -> dict[str, Any]:
    out, err = process.communicate(send, timeout=540 if WRITES <= 60 else 7_200)
    assert process.returncode == 0, err
    assert not err
    return json.loads(out.splitlines()[-1])


def whole(where: Path | str) -> str:
    """Return what export writes, and beside it what the desk made of it by itself."""
    with opened(where) as desk:
        derived = [json.dumps(row) for table in ("signals", "deals", "documents") for row in rows_of(desk, table)]
        return "".join(lines_of(desk)) + "\n".join(derived)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Steps:
    return steps_of(deliveries(DELIVERIES), tmp_path_factory.mktemp("steps"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that it forks")
@pytest.mark.parametrize("seed", range(5))
def test_killed_at_any_point_a_delivery_is_in_whole_or_not_at_all(tmp_path: Path, seed: int) -> None:
    """300 kills in all, 60 with each seed; see killing.py."""
    told = result(start("killing.py", 60, seed, tmp_path))
    assert told["problems"] == []
    assert told["kills"] == told["before"] + told["after"] == 60
    assert told["before"] > told["after"]


@pytest.mark.parametrize("first", range(1, 201, 50))
def test_where_the_nth_write_fails_nothing_has_changed(tmp_path: Path, steps: Steps, first: int) -> None:
    """The n-th INSERT, UPDATE or DELETE of the deliveries fails within SQLite, for each n to 200."""
    numbered = [(step, nth) for step in range(DELIVERIES) for nth in range(1, writes_of(steps, step, tmp_path) + 1)]
    assert len(numbered) >= 200
    for step, nth in numbered[first - 1 : first + 49]:
        path = steps.copy(step, tmp_path / "failing.db")
        with opened(path) as desk:
            seen = fail_at(desk.engine, nth)
            with pytest.raises(OperationalError, match=r"interrupted|constructor failed"):
                add(desk, steps.deliveries[step])
            assert seen["writes"] == nth
            assert content(desk) == steps.dumps[step], f"write {nth} of delivery {step} failed and left something"
            add(desk, steps.deliveries[step])  # on the same desk, still open
        assert dump(path) == steps.dumps[step + 1]


def writes_of(steps: Steps, step: int, folder: Path) -> int:
    with opened(steps.copy(step, folder / "counted.db")) as desk:
        seen = fail_at(desk.engine, None)
        add(desk, steps.deliveries[step])
    return seen["writes"]


def fail_at(engine: Any, nth: int | None) -> Counter[str]:
    """Have the n-th write from now on fail, within SQLite's own work; return the count of writes as it goes on."""
    seen: Counter[str] = Counter()

    @event.listens_for(engine, "before_cursor_execute")
    def _before(connection, cursor, statement, *_) -> None:
        if statement.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE"):
            seen["writes"] += 1
            if seen["writes"] == nth:
                driver = connection.connection.driver_connection
                driver.set_progress_handler(lambda: driver.set_progress_handler(None, 0) or 1, 1)

    return seen


def content(desk: Any) -> str:
    return dump(Path(desk.engine.url.database))


def add_until_refused(desk: Any, steps: Steps, step: int) -> tuple[int, str]:
    for at, delivery in enumerate(steps.deliveries[step:], step):
        try:
            add(desk, delivery)
        except DeskError as error:
            return at, str(error)
    pytest.fail("nothing was refused")


@pytest.mark.parametrize("spare", [0, 1, 2, 3, 4, 6, 8, 11])
def test_a_full_disk_is_told_and_keeps_what_was_in(tmp_path: Path, steps: Steps, spare: int) -> None:
    """The file may not grow by more than some pages."""
    path = steps.copy(6, tmp_path / "full.db")
    with opened(path) as desk:
        with desk.look() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

        @event.listens_for(desk.engine, "checkout")
        def _limit(connection, record, proxy) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages + spare}")

        done, said = add_until_refused(desk, steps, 6)
        assert said.endswith("the disk is full; what was in stays in (make room and run it again)")
    assert dump(path) == steps.dumps[done]
    with opened(path) as desk:
        for delivery in steps.deliveries:
            add(desk, delivery)
    assert whole(path) == whole(steps.files[-1])


@pytest.mark.skipif(sys.platform == "win32", reason="limits of the operating system")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 1.0, 1.1])
def test_a_write_that_the_system_refuses_is_told_and_keeps_what_was_in(
    tmp_path: Path, steps: Steps, share: float
) -> None:
    path = steps.copy(6, tmp_path / "limited.db")
    told = result(start("limited.py", path, 6, int(path.stat().st_size * share)))
    assert told["done"] < DELIVERIES - 6
    assert "what was in stays in" in told["said"]
    assert dump(path) == steps.dumps[6 + told["done"]]
    with opened(path) as desk:
        for delivery in steps.deliveries:
            add(desk, delivery)
    assert whole(path) == whole(steps.files[-1])


@pytest.mark.parametrize("seed", range(2))
def test_three_deliveries_in_any_order_make_the_same_desk(place: str, steps: Steps, seed: int) -> None:
    thrice = steps.deliveries * 3
    random.Random(seed).shuffle(thrice)
    with opened(place) as desk:
        for delivery in thrice:
            add(desk, delivery)
    assert whole(place) == whole(steps.files[-1])


def test_a_writer_killed_before_any_statement_leaves_nothing_on_either_database(place: str, steps: Steps) -> None:
    """The lock that it held is free at once, and what it had written is not there."""
    chance = random.Random(1)
    with opened(place) as desk:
        for step in (0, 3, 8):
            before = whole(place)
            for nth in chance.sample(range(1, 30), 2):
                process = start("dying.py", place, step, nth)
                process.communicate(timeout=60)
                assert process.returncode == -signal.SIGKILL
                assert whole(place) == before
            for delivery in steps.deliveries[: step + 1]:
                add(desk, delivery)
        for delivery in steps.deliveries:
            add(desk, delivery)
    assert whole(place) == whole(steps.files[-1])


# As many reports as each of the 8 writers adds: 60 in the suite, 1,000 with PARAPH_TEST_WRITES=1000.
WRITES = int(os.environ.get("PARAPH_TEST_WRITES", "60"))
SHARED = 10


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What one writer alone makes of all that the eight add."""
    path = tmp_path_factory.mktemp("clean") / "clean.db"
    own = [number * 10_000 + at for number in range(8) for at in range(WRITES)]
    with open_desk(path, now=lambda: NOW) as desk:
        for name in [*own, *range(SHARED_FROM, SHARED_FROM + SHARED)]:
            desk.add(little(name), seen=NOW)
    return whole(path)


def test_eight_writers_at_once_lose_and_double_nothing(place: str, written: str) -> None:
    writers = [start("writing.py", place, number, WRITES, SHARED, stdin=subprocess.PIPE) for number in range(8)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n", writer.communicate()[1]
    told = sum((Counter(result(writer, "go\n")) for writer in writers), Counter())
    assert told["new"] + told["copy"] == 8 * WRITES + SHARED
    assert told["same"] == 7 * SHARED
    assert whole(place) == written
