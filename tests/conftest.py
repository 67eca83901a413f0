"""Fixtures that every room's tests share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

__all__: list[str] = []


@pytest.fixture()
def stopwatch() -> Callable[[float], AbstractContextManager[None]]:
    """Return a context that fails where its body took more seconds of this process's own time than given.

    Time on the processor, not on the wall: a test beside others on a busy machine must not fail for its neighbours.
    """

    @contextmanager
    def watch(seconds: float) -> Iterator[None]:
        begin = time.process_time()
        yield
        spent = time.process_time() - begin
        assert spent < seconds, f"took {spent:.2f} s, {seconds} allowed"

    return watch
