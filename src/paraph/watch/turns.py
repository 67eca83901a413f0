"""Whose turn it is: jobs in a queue a host, one at a time a host, with a gap between two.

No clock and no thread of its own: the time is passed in, and whoever takes a job says when it is done.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

__all__ = ["Turns"]

Job = TypeVar("Job")

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Host(Generic[Job]):
    jobs: deque[Job] = field(default_factory=deque)
    ready: datetime = _LONG_AGO
    busy: bool = False
    # Which of its places in the line holds; earlier ones are passed over.
    place: int = 0


class Turns(Generic[Job]):
    """The jobs that wait, by host. Not thread-safe: one thread gives them out and takes them back."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host[Job]] = {}
        # Hosts that have a job and are not busy, by the time from which they may be asked; then by the order they came in.
        self._line: list[tuple[datetime, int, str]] = []
        self._places = 0
        self.busy = 0

    def put(self, host: str, job: Job, *, first: bool = False) -> None:
        """Add a job at the end of its host's queue, or at its head."""
        queue = self._hosts.setdefault(host, _Host())
        if first:
            queue.jobs.appendleft(job)
        else:
            queue.jobs.append(job)
        if len(queue.jobs) == 1 and not queue.busy:
            self._stand(host, queue)

    def take(self, now: datetime) -> tuple[str, Job] | None:
        """Return the host and job whose turn it is, None where nobody may be asked yet. The host is busy until ``done``."""
        while self._line:
            ready, place, host = self._line[0]
            queue = self._hosts[host]
            if place != queue.place:
                heapq.heappop(self._line)
                continue
            if ready > now:
                return None
            heapq.heappop(self._line)
            queue.busy = True
            self.busy += 1
            return host, queue.jobs.popleft()
        return None

    def done(self, host: str, ready: datetime) -> None:
        """Say that a host's job is done and from when it may be asked again."""
        queue = self._hosts[host]
        queue.busy = False
        self.busy -= 1
        queue.ready = max(queue.ready, ready)
        if queue.jobs:
            self._stand(host, queue)

    def hold(self, host: str, until: datetime) -> None:
        """Ask nothing of a host before a time; what was held longer stays held."""
        queue = self._hosts.setdefault(host, _Host())
        queue.ready = max(queue.ready, until)
        if queue.jobs and not queue.busy:
            self._stand(host, queue)

    def next_ready(self) -> datetime | None:
        """Return when the next job may be taken, were no host busy then; None where none waits but for busy hosts."""
        while self._line and self._line[0][1] != self._hosts[self._line[0][2]].place:
            heapq.heappop(self._line)
        return self._line[0][0] if self._line else None

    def ready(self, host: str) -> datetime:
        """Return from when a host may be asked."""
        return self._hosts[host].ready

    def clear(self) -> list[tuple[datetime, Job]]:
        """Take all jobs that wait out, each with the time from which its host may be asked; when that is stays known."""
        out = [(queue.ready, job) for queue in self._hosts.values() for job in queue.jobs]
        for queue in self._hosts.values():
            queue.jobs.clear()
            if queue.busy:
                self.busy -= 1
            queue.busy = False
            queue.place = 0
        self._line.clear()
        return out

    def __len__(self) -> int:
        """Return how many jobs wait, those taken left out."""
        return sum(len(queue.jobs) for queue in self._hosts.values())

    def _stand(self, host: str, queue: _Host[Job]) -> None:
        self._places += 1
        queue.place = self._places
        heapq.heappush(self._line, (queue.ready, queue.place, host))
