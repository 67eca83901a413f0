"""Engines: what does the tasks of a step, on this machine's cores or on a cluster.

An engine gives each task's result as it comes, in no order. A worker that dies takes its one task with it, which is done again;
what a task raises ends the run, with all that is done kept on the stage. Engines never decide what is done: the same tasks give
the same stage on any of them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from threading import Lock, Thread
from typing import Any, Protocol

from paraph._version import __version__
from paraph.corpus.values import Task
from paraph.errors import CorpusError, MissingExtra, UsageError

__all__ = ["Engine", "cores", "dask_engine", "local_engine"]

# A task whose worker died so often is given up, and the run with it: records that end their worker are left out after two deaths
# (beats.py), so what goes on dying lacks memory or disk. High enough for a piece with many such records. Set by eye.
MOST_DEATHS = 200
# Modules that a worker is started with, so that each new one has them at once.
_PRELOADED = ("paraph.corpus.work", "paraph.corpus.settle", "paraph.extract.encoder_engine", "pyarrow.parquet")
# So many tasks a worker wait on a cluster's scheduler: enough that none is idle, few enough that the scheduler stays small.
_AHEAD = 2


class Engine(Protocol):
    """What does tasks. ``name`` is what the command calls it."""

    name: str
    workers: int

    def run(self, tasks: Iterable[Task], busy: float) -> Iterator[tuple[Task, Any] | None]:
        """Yield each task that is done with its result, and None every ``busy`` seconds in which none was.

        Raises what a task raises, and CorpusError for a task that goes on ending its worker. Closing the iterator stops the work.
        """


# On one machine.


class _Slot:
    """One worker process of its own pool, so that its death is nobody else's."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._process = 0

    def give(self, task: Task) -> Future[Any]:
        """Let the worker do a task; a worker that died is replaced first."""
        if self._pool is not None:
            try:
                return self._pool.submit(task.function, *task.arguments)
            except BrokenProcessPool:  # it died while it had nothing to do
                self.bury()
        return self._started().submit(task.function, *task.arguments)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            methods = multiprocessing.get_all_start_methods()
            context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
            if hasattr(context, "set_forkserver_preload"):
                context.set_forkserver_preload(list(_PRELOADED))
            self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_alone)
            self._process = self._pool.submit(os.getpid).result()
        return self._pool

    def bury(self) -> None:
        """Forget a worker that died; its number may be another process's by now, so nothing is sent to it."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def end(self) -> None:
        """End the worker, whatever it is at: the stage shows nothing of unfinished work."""
        if self._pool is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process, getattr(signal, "SIGKILL", signal.SIGTERM))
            self.bury()


def _alone() -> None:
    # Ctrl-C reaches every process of the terminal; the driver decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    """End the worker once its driver is gone, however that ended: it would wait for tasks, or do work twice, for ever."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)


class _Local:
    """Worker processes of this machine; they live until the engine is closed, so that later steps need not start them."""

    name = "local"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._slots = [_Slot() for _ in range(workers)]

    def run(self, tasks: Iterable[Task], busy: float) -> Iterator[tuple[Task, Any] | None]:
        waiting = iter(tasks)
        deaths: dict[tuple[str, int], int] = {}
        work: dict[Future[Any], tuple[_Slot, Task]] = {}
        try:
            for slot, task in zip(self._slots, islice(waiting, self.workers), strict=False):
                work[slot.give(task)] = (slot, task)
            while work:
                done, _ = wait(work, timeout=busy, return_when=FIRST_COMPLETED)
                if not done:
                    yield None
                for future in done:
                    slot, task = work.pop(future)
                    try:
                        result = future.result()
                    except BrokenProcessPool:
                        slot.bury()
                        _count_death(deaths, task)
                        work[slot.give(task)] = (slot, task)
                        continue
                    following = next(waiting, None)
                    if following is not None:
                        work[slot.give(following)] = (slot, following)
                    yield task, result
        finally:
            # Whoever is at work yet does what nobody waits for any more.
            for slot, _ in work.values():
                slot.end()

    def close(self) -> None:
        """End all workers."""
        for slot in self._slots:
            slot.end()


def _count_death(deaths: dict[tuple[str, int], int], task: Task) -> None:
    which = (task.step, task.number)
    deaths[which] = deaths.get(which, 0) + 1
    if deaths[which] >= MOST_DEATHS:
        raise CorpusError(
            f"step {task.step}, task {task.number}: it ended its worker {deaths[which]} times (is memory short?); give fewer "
            "workers or a smaller corpus_piece_bytes, and run the same command again to go on"
        )


@contextmanager
def local_engine(workers: int) -> Iterator[Engine]:
    """Give an engine of so many processes on this machine, 0 for one a core."""
    engine = _Local(workers or cores())
    try:
        yield engine
    finally:
        engine.close()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# On a cluster.

# Workers with several threads do one task at a time all the same: the watch over records is one a process.
_ONE = Lock()


def _alone_do(task: Task) -> Any:
    with _ONE:
        return task.function(*task.arguments)


class _Dask:
    """The workers of a Dask scheduler. They must see the data set's folder under the same path and have the same Paraph."""

    name = "dask"

    def __init__(self, client: Any) -> None:
        self._client = client
        self._address: str = client.scheduler.address
        found = client.run(_version)
        other = sorted({version for version in found.values() if version != __version__})
        if other:
            raise UsageError(
                f"the workers of {client.scheduler.address} have Paraph {', '.join(other)}, this is "
                f"{__version__}; install one version"
            )
        self.workers = len(found)
        if not self.workers:
            raise UsageError(
                f"the scheduler at {client.scheduler.address} has no workers; start some and run this again"
            )

    def run(self, tasks: Iterable[Task], busy: float) -> Iterator[tuple[Task, Any] | None]:
        from distributed import CancelledError, KilledWorker, wait
        from distributed.comm.core import CommClosedError

        waiting = iter(tasks)
        deaths: dict[tuple[str, int], int] = {}
        work: dict[Any, Task] = {}

        def give(some: Iterable[Task]) -> None:
            work.update((self._client.submit(_alone_do, task, pure=False), task) for task in some)

        give(islice(waiting, _AHEAD * self.workers))
        try:
            while work:
                try:
                    done = wait(list(work), timeout=busy, return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
                except TimeoutError:
                    yield None
                    continue
                for future in done:
                    task = work.pop(future)
                    try:
                        result = future.result()
                    except KilledWorker:
                        _count_death(deaths, task)
                        give([task])
                        continue
                    give(islice(waiting, 1))
                    yield task, result
        except (CancelledError, CommClosedError) as error:
            raise CorpusError(
                f"the scheduler at {self._address} is gone ({type(error).__name__}); start it and run the same command again, "
                "it goes on"
            ) from error
        finally:
            with suppress(CancelledError, CommClosedError, OSError):
                self._client.cancel(list(work), force=True)


def _version() -> str:
    return __version__


@contextmanager
def dask_engine(workers: int, scheduler: str | None = None) -> Iterator[Engine]:
    """Give an engine of a Dask scheduler: the one at an address (tcp://host:8786), or one made here with so many workers.

    Raises MissingExtra where Dask is not installed, UsageError where the scheduler is not reached or has other workers than fit.
    """
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        raise MissingExtra("--engine dask needs Dask; install it with: pip install 'paraph[dask]'") from error
    with ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers or cores(),
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address="127.0.0.1:0",  # its own port whatever else runs here, and nobody else's to see
                )
            )
            client = stack.enter_context(Client(cluster))  # type: ignore[no-untyped-call]
        else:
            try:
                client = stack.enter_context(Client(scheduler, timeout=10))  # type: ignore[no-untyped-call]
            except (OSError, ValueError) as error:
                raise UsageError(
                    f"{scheduler}: no Dask scheduler answers ({error}); start one, or leave --scheduler out"
                ) from error
        yield _Dask(client)
