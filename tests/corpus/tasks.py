"""Tasks for tests of the engines: module-level functions, so that other processes find them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from paraph.corpus.beats import Beat, guarded
from paraph.corpus.stage import Stage


def note(root: Path, number: int) -> int:
    """Write a number to the stage."""
    with Stage(root).making("note", number) as folder:
        (folder / "number").write_text(str(number))
    return number


def die_once(root: Path, number: int) -> int:
    """Die with the worker the first time a number is done."""
    mark = root / f"died-{number}"
    if number % 3 == 0 and not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    return note(root, number)


def die(root: Path, number: int) -> int:
    """Die with the worker every time."""
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def fail(root: Path, number: int) -> int:
    """Find the disk full."""
    raise OSError(28, "No space left on device", str(root))


def stuck(root: Path, number: int, session: str) -> int:
    """Get stuck at the second of three records, while it is read, until it is known as poison."""
    beat = Beat(root, number, session)
    read = 0
    with guarded(0.2) as watch:
        for record in range(3):
            beat.at(2 * record + 1)
            watch.arm()
            if beat.is_poison(2 * record + 1):
                continue
            while record == 1:
                time.monotonic()
            read += 1
    beat.over()
    return read


def whereabouts(root: Path, number: int) -> int:
    """Return the process that does it."""
    return os.getpid()
