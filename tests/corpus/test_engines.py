"""Engines: every task is done once, whatever dies; what a task raises ends the run; the stage shows nothing unfinished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tasks import die, die_once, fail, note, stuck, whereabouts

from paraph.corpus import engines
from paraph.corpus.engines import Engine, cores, dask_engine, local_engine
from paraph.corpus.stage import Stage
from paraph.corpus.values import Task
from paraph.errors import CorpusError, MissingExtra, UsageError

ENGINES = {"local": local_engine, "dask": dask_engine}


@pytest.fixture(params=list(ENGINES))
def made(request: pytest.FixtureRequest) -> AbstractContextManager[Engine]:
    if request.param == "dask":
        pytest.importorskip("distributed")
    return ENGINES[request.param](2)


def results(engine: Engine, tasks: list[Task]) -> dict[int, object]:
    return {found[0].number: found[1] for found in engine.run(tasks, 0.05) if found is not None}


def test_all_tasks_are_done_and_workers_that_die_take_nobody_along(
    made: AbstractContextManager[Engine], tmp_path: Path
) -> None:
    with made as engine:
        assert engine.workers == 2
        found = results(engine, [Task("note", n, die_once, (tmp_path, n)) for n in range(8)])
    assert found == {n: n for n in range(8)}
    assert Stage(tmp_path).done("note") == list(range(8))
    assert {path.name for path in tmp_path.glob("died-*")} == {"died-0", "died-3", "died-6"}


def test_what_a_task_raises_ends_the_run_and_the_engine_can_be_used_again(
    made: AbstractContextManager[Engine], tmp_path: Path
) -> None:
    with made as engine:
        with pytest.raises(OSError, match="No space left"):
            results(
                engine, [Task("fail", 0, fail, (tmp_path, 0)), *(Task("note", n, note, (tmp_path, n)) for n in (1, 2))]
            )
        assert results(engine, [Task("note", 7, note, (tmp_path, 7))]) == {7: 7}
    assert Stage(tmp_path).is_done("note", 7)


def test_a_task_that_goes_on_dying_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "MOST_DEATHS", 2)
    with (
        local_engine(1) as engine,
        pytest.raises(
            CorpusError, match=r"step die, task 4: it ended its worker 2 times .* run the same command again"
        ),
    ):
        results(engine, [Task("die", 4, die, (tmp_path, 4))])


def test_a_record_that_never_ends_is_left_out_and_the_others_are_read(
    made: AbstractContextManager[Engine], tmp_path: Path
) -> None:
    with made as engine:
        found = results(engine, [Task("stuck", n, stuck, (tmp_path, n, "one")) for n in (0, 1)])
    assert found == {0: 2, 1: 2}


def test_the_engine_tells_that_it_is_at_work(tmp_path: Path) -> None:
    with local_engine(1) as engine:
        told = list(engine.run([Task("stuck", 0, stuck, (tmp_path, 0, "one"))], 0.01))
    assert told.count(None) > 2
    assert [found for found in told if found is not None] == [(Task("stuck", 0, stuck, (tmp_path, 0, "one")), 2)]


def test_closing_the_run_ends_the_workers(tmp_path: Path) -> None:
    with local_engine(1) as engine:
        tasks = [Task("where", 0, whereabouts, (tmp_path, 0)), Task("stuck", 1, stuck, (tmp_path, 1, "one"))]
        run = engine.run(tasks, 0.05)
        found = next(one for one in run if one is not None)
        run.close()
        assert not Path(f"/proc/{found[1]}").exists() or os.name != "posix"


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked at in /proc")
def test_a_worker_that_dies_while_it_is_idle_is_replaced(tmp_path: Path) -> None:
    with local_engine(1) as engine:
        (found,) = results(engine, [Task("where", 0, whereabouts, (tmp_path, 0))]).values()
        os.kill(int(str(found)), signal.SIGKILL)
        assert waited(lambda: not lives(found))
        assert results(engine, [Task("note", 7, note, (tmp_path, 7))]) == {7: 7}


ORPHANS = """
import os, sys, time
from paraph.corpus.engines import local_engine
from paraph.corpus.values import Task

if __name__ == "__main__":
    with local_engine(2) as engine:
        idle, busy = [Task("a", n, os.getpid) for n in range(2)], Task("b", 0, time.sleep, (600,))
        print(*(found[1] for found in engine.run(idle, 1) if found), flush=True)
        list(engine.run([busy], 1))
"""


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked at in /proc")
def test_workers_end_with_a_driver_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "driver.py"
    script.write_text(ORPHANS)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        workers = driver.stdout.readline().split()
        driver.kill()
    assert workers
    assert waited(lambda: not any(map(lives, workers)))


def lives(process: object) -> bool:
    """Tell whether a process runs; one that ended and that nobody asked after has no command any more."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes() != b""
    except OSError:
        return False


def waited(done: Callable[[], bool]) -> bool:
    """Wait until something is so, for half a minute at most."""
    end = time.monotonic() + 30
    while not done() and time.monotonic() < end:
        os.sched_yield()
    return done()


def test_no_workers_asked_for_is_one_a_core() -> None:
    with local_engine(0) as engine:
        assert engine.workers == cores() >= 1


def test_a_scheduler_that_is_not_there_is_named() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match=r"nowhere://x: no Dask scheduler answers"), dask_engine(1, "nowhere://x"):
        pass


def test_without_dask_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"pip install 'paraph\[dask\]'"), dask_engine(1):
        pass
