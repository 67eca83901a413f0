"""A bar on standard error while many sources are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from paraph.show.safe import line

__all__ = ["counting", "progress", "wanted"]

Item = TypeVar("Item")

# How much of a source's name fits beside the bar.
NAME_CHARS = 60


def wanted(sources: Sequence[str], busy: bool) -> bool:
    """Whether a bar is of use: many sources (a folder may be), and a terminal that nothing else is being printed to."""
    many = len(sources) > 1 or any("://" not in source and Path(source).is_dir() for source in sources)
    return many and sys.stderr.isatty() and not (busy and sys.stdout.isatty())


@contextmanager
def progress(sources: Sequence[str], *, busy: bool = False) -> Iterator[Iterable[str]]:
    """Give the sources to read; with a bar that counts those begun, if that is ``wanted``.

    ``busy`` says that the results are printed to standard output meanwhile, which would tear the bar on the same terminal.
    """
    if not wanted(sources, busy):
        yield sources
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns: list[Any] = [
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(sources))

        def told(tell: Callable[..., None] = bar.update) -> Iterator[str]:
            for n, source in enumerate(sources):
                tell(task, completed=n, description=line(source)[-NAME_CHARS:])
                yield source
            tell(task, completed=len(sources))

        yield told()


@contextmanager
def counting(items: Iterable[Item], *, busy: bool = False) -> Iterator[Iterable[Item]]:
    """Give the items, with a count of those done on a terminal; how many there will be is not known."""
    if not sys.stderr.isatty() or (busy and sys.stdout.isatty()):
        yield items
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns: list[Any] = [SpinnerColumn(), TextColumn("{task.completed:,.0f}"), TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def told() -> Iterator[Item]:
            for item in items:
                yield item
                bar.advance(task)

        yield told()
