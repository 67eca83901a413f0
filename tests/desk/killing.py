"""Kills ingests: forks a process that adds one delivery to a copy of a desk and has it kill itself at a chosen point.

    python killing.py KILLS SEED FOLDER

Points are counted inside SQLite (every few instructions of its virtual machine, so in the midst of statements as well)
and before and after each statement and commit. After each kill the file must hold exactly what it held before the
delivery or exactly what it holds after it, row for row; adding the delivery again must give the latter. Prints what was
found as JSON. A process of its own, as a test's process has threads, with which a fork is unsafe.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from desk_dumps import Steps, add, dump, opened, steps_of
from sqlalchemy import event

from deliveries import deliveries

# So many instructions of SQLite's machine lie between two points: one delivery has some thousands of points.
INSTRUCTIONS = 50
DELIVERIES = 18


def with_points(path: Path, steps: Steps, step: int, reached: Callable[[], None]) -> None:
    """Add a delivery to a desk and call ``reached`` at each point."""
    with opened(path) as desk:

        @event.listens_for(desk.engine, "checkout")
        def _watch(connection, record, proxy) -> None:
            connection.set_progress_handler(lambda: reached() or 0, INSTRUCTIONS)

        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(desk.engine, name, lambda *_: reached())
        add(desk, steps.deliveries[step])
        reached()


def points_of(steps: Steps, step: int, path: Path) -> int:
    """Return how many points the adding of a delivery has."""
    count = 0

    def reached() -> None:
        nonlocal count
        count += 1

    with_points(steps.copy(step, path), steps, step, reached)
    return count


def kill(steps: Steps, step: int, point: int, path: Path) -> int:
    """Fork a process that adds a delivery and kills itself at a point; return its exit status as ``waitpid`` gives it."""
    child = os.fork()
    if child == 0:
        left = point

        def reached() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        with_points(path, steps, step, reached)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main() -> None:
    kills, seed, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    chance = random.Random(seed)
    steps = steps_of(deliveries(DELIVERIES), folder)
    path = folder / "killed.db"
    points: dict[int, int] = {}
    told: dict[str, int] = {"kills": 0, "before": 0, "after": 0}
    problems: list[str] = []
    for _ in range(kills):
        step = chance.randrange(DELIVERIES)
        if step not in points:
            points[step] = points_of(steps, step, path)
        # The last point lies after the commit; it gets a share of its own.
        point = points[step] if chance.random() < 0.05 else chance.randint(1, points[step])
        status = kill(steps, step, point, steps.copy(step, path))
        told["kills"] += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        found = dump(path)
        if found == steps.dumps[step]:
            told["before"] += 1
        elif found == steps.dumps[step + 1]:
            told["after"] += 1
        else:
            problems.append(f"delivery {step} killed at point {point} left something between")
        with opened(path) as desk:
            add(desk, steps.deliveries[step])
        if dump(path) != steps.dumps[step + 1]:
            problems.append(f"delivery {step} killed at point {point} and added again gave something else")
    print(json.dumps(told | {"problems": problems, "points": sum(points.values())}))


if __name__ == "__main__":
    main()
