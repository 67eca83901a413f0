"""Fixtures that every room's tests share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from hypothesis import HealthCheck, settings

from desks import clock, desk, empty_file, empty_server, place, postgres

# Hypothesis holds each example to 200 ms on the wall, which says more of what else the machine does than of the code; what
# must be fast is held to it by tests of its own.
settings.register_profile("paraph", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("paraph")

__all__ = ["clock", "desk", "empty_file", "empty_server", "place", "postgres"]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes that are no short plain text by their argument: what is packed may hold the time it was packed at.

    Workers that packed it in different seconds would else not agree on what tests there are.
    """
    return argname if isinstance(val, bytes) and not (len(val) < 100 and val.isascii()) else None


@pytest.fixture
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
