"""A clock of the stages of a run: the processor's time of each, less that of the stages inside it.

Functions are exchanged for ones that tell the clock when they begin and end, by the names under which a module calls them; the
code that runs is the program's own. A look at the clock takes a third of a microsecond, and there are some 50 a document.
"""

from __future__ import annotations

import functools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

__all__ = ["Clock", "exchanged"]


class Clock:
    """Seconds of the processor by stage, and how often each stage began."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._stack: list[str] = []
        self._since = time.process_time()

    @contextmanager
    def at(self, stage: str) -> Iterator[None]:
        """Give what is done inside to a stage."""
        self._turn()
        self._stack.append(stage)
        self.calls[stage] += 1
        try:
            yield
        finally:
            self._turn()
            self._stack.pop()

    def _turn(self) -> None:
        now = time.process_time()
        if self._stack:
            self.seconds[self._stack[-1]] += now - self._since
        self._since = now

    def wrap(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """Return the function, its time given to a stage."""

        @functools.wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            with self.at(stage):
                return function(*given, **named)

        return timed

    def each(self, found: Iterator[Any], stage: str) -> Iterator[Any]:
        """Yield what an iterator yields, the time that it takes for it given to a stage."""
        while True:
            with self.at(stage):
                one = next(found, self)
            if one is self:
                return
            yield one


@contextmanager
def exchanged(places: Sequence[tuple[str, str, Callable[[Any], Any]]]) -> Iterator[list[str]]:
    """Exchange functions of modules while inside: each of (module, name, what makes the new one of the old one).

    Gives the names that no longer exist, whose time goes to what is around them.
    """
    old: list[tuple[Any, str, Any]] = []
    missing: list[str] = []
    try:
        for module, name, make in places:
            home = import_module(module)
            if not hasattr(home, name):
                missing.append(f"{module}.{name}")
                continue
            old.append((home, name, getattr(home, name)))
            setattr(home, name, make(getattr(home, name)))
        yield missing
    finally:
        for home, name, function in reversed(old):
            setattr(home, name, function)
