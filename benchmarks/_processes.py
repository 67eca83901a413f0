"""A command in a process group of its own, watched from outside: memory of its processes over time, killed where asked for.

Memory is what /proc tells (Linux): of each process its resident pages, which processes may share, so that a sum over processes
is more than they take together.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Ended", "Process", "Sample", "group_of", "slope", "watch"]

# Memory is looked at so often, in seconds; a look at ten processes takes half a millisecond.
EVERY = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the group: megabytes in memory, seconds of a processor that it has used."""

    pid: int
    megabytes: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """The group at one moment, in seconds from its start: the driver, which is the command itself, and the others.

    ``driver`` is its megabytes, ``busy`` the seconds of a processor that it has used.
    """

    at: float
    driver: float
    others: tuple[Process, ...]
    busy: float = 0.0

    @property
    def worker(self) -> float:
        """Return the megabytes of the largest of the others."""
        return max((one.megabytes for one in self.others), default=0.0)

    @property
    def together(self) -> float:
        """Return the megabytes of all, shared ones counted as often as they are shared."""
        return self.driver + sum(one.megabytes for one in self.others)


@dataclass(slots=True)
class Ended:
    """How a command ended: exit status (negative: killed by that signal), seconds, what it wrote, and its samples."""

    status: int
    seconds: float
    said: str
    complained: str
    samples: list[Sample] = field(default_factory=list)

    def peak(self) -> tuple[float, float, float]:
        """Return the most megabytes of the driver, of the largest worker and of all together."""
        rows = self.samples or [Sample(0.0, 0.0, ())]
        return max(s.driver for s in rows), max(s.worker for s in rows), max(s.together for s in rows)

    def processor(self) -> float:
        """Return the seconds of a processor that all used, as last seen of each: a little less than they did."""
        last = {one.pid: one.seconds for sample in self.samples for one in sample.others}
        return sum(last.values()) + max((sample.busy for sample in self.samples), default=0.0)


def watch(
    command: Sequence[str],
    logs: Path,
    *,
    meanwhile: Callable[[int, Sample], bool] = lambda group, sample: False,
    limit: float = 3_600.0,
    before: Callable[[], None] | None = None,
    environment: dict[str, str] | None = None,
) -> Ended:
    """Run a command to its end, and return how it went. ``logs`` is a folder for what it writes.

    ``meanwhile`` is called with the group and each sample; where it returns True, and after ``limit`` seconds, the whole group
    is killed with signal 9. ``before`` runs in the new process before the command.
    """
    logs.mkdir(parents=True, exist_ok=True)
    samples: list[Sample] = []
    with (logs / "out").open("wb") as out, (logs / "err").open("wb") as err:
        begin = time.monotonic()
        child = subprocess.Popen(
            list(command), stdout=out, stderr=err, start_new_session=True, preexec_fn=before, env=environment
        )
        try:
            while child.poll() is None:
                sample = _look(child.pid, time.monotonic() - begin)
                samples.append(sample)
                if meanwhile(child.pid, sample) or sample.at > limit:
                    break
                with suppress(subprocess.TimeoutExpired):
                    child.wait(EVERY)
        finally:
            # Workers of a driver that was killed are in the group still.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            # What was killed takes a moment to be gone, a process of 300 MB some ten milliseconds.
            for _ in range(500):
                if not group_of(child.pid):
                    break
                time.sleep(0.01)
    spent = time.monotonic() - begin
    said, complained = ((logs / name).read_text("utf-8", "replace") for name in ("out", "err"))
    return Ended(child.returncode, spent, said, complained, samples)


def group_of(leader: int) -> list[Process]:
    """Return the processes of a group that are alive."""
    found = []
    for entry in os.scandir("/proc"):
        if not entry.name.isdecimal():
            continue
        try:
            # Behind the name, which may hold anything and stands in parentheses: state, parent, group, … 12th and 13th the times.
            rest = Path(entry.path, "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            if int(rest[2]) != leader or rest[0] == "Z":
                continue
            pages = int(Path(entry.path, "statm").read_text("ascii").split()[1])
        except (OSError, IndexError, ValueError):  # it has just ended
            continue
        found.append(Process(int(entry.name), pages * _PAGE / 1e6, (int(rest[11]) + int(rest[12])) / _TICK))
    return found


def _look(leader: int, at: float) -> Sample:
    rows = group_of(leader)
    driver = next((one for one in rows if one.pid == leader), Process(leader, 0.0, 0.0))
    return Sample(at, driver.megabytes, tuple(one for one in rows if one.pid != leader), driver.seconds)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the line that fits the points best by least squares; 0 for fewer than two."""
    if len(points) < 2:
        return 0.0
    mean_x, mean_y = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
