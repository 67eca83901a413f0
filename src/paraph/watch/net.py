"""The asking: a few threads that do nothing but wait for servers, and the door at which their answers come in.

Everything else (parsing, reading, the desk) is done on the calling thread, which gives out the errands and takes the answers.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paraph.errors import Damaged, SourceError, UsageError
from paraph.intake.dispatch import UNFORESEEN
from paraph.intake.fetch import Answer, Fetcher
from paraph.settings import Settings

__all__ = ["Askers", "Asking", "Door", "user_agent"]

# How long the end waits for a thread that is still asking; it is left behind then, for it holds nothing that could be lost.
_GOODBYE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: what it is for, where, with which headers, and the setting that limits its answer.

    ``follow`` is how many redirects are followed at once; of the others the answer tells where they lead.
    """

    errand: Any
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    limit: str | None = None
    follow: int = 0


class Door:
    """Where answers come in, and where a stop is called: the one place at which the calling thread waits.

    ``stop`` may be called from a signal handler and from other threads.
    """

    def __init__(self) -> None:
        self._box: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.stopped = False

    def put(self, item: Any) -> None:
        """Bring something to the door."""
        self._box.put(item)

    def stop(self) -> None:
        """Call for a stop: who waits goes on at once, and nothing new is begun."""
        self.stopped = True
        self._box.put(None)

    def wait(self, seconds: float | None, asked: int) -> Any:
        """Return what comes in, or None after so many seconds (None: without end) or once a stop was called.

        ``asked`` is how many answers are still to come.
        """
        if self.stopped:
            return None
        try:
            return self._box.get(timeout=seconds)
        except queue.Empty:
            return None


class Askers:
    """Up to ``size`` threads, each with a fetcher of its own; a context manager. Started when there is something to ask."""

    def __init__(self, make: Callable[[], Fetcher], size: int, door: Door) -> None:
        self._make = make
        self._size = size
        self._door = door
        self._jobs: queue.SimpleQueue[Asking | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self.asked = 0

    def __enter__(self) -> Askers:
        """Return the askers; no thread is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the threads; those that wait for a server are given a second and then left behind."""
        for _thread in self._threads:
            self._jobs.put(None)
        end = time.monotonic() + _GOODBYE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    @property
    def free(self) -> bool:
        """Whether one more can be asked at once."""
        return self.asked < self._size

    def ask(self, asking: Asking) -> None:
        """Ask; the answer comes to the door as a pair of the asking and the Answer or SourceError."""
        self.asked += 1
        if len(self._threads) < self.asked:
            self._threads.append(threading.Thread(target=self._work, daemon=True))
            self._threads[-1].start()
        self._jobs.put(asking)

    def take(self, seconds: float | None) -> tuple[Asking, Answer | SourceError] | None:
        """Wait at the door for an answer; None where the time is over or a stop was called."""
        found: tuple[Asking, Answer | SourceError] | None = self._door.wait(seconds, self.asked)
        if found is not None:
            self.asked -= 1
        return found

    def _work(self) -> None:
        with self._make() as fetcher:
            while (asking := self._jobs.get()) is not None:
                self._door.put((asking, _ask(fetcher, asking)))


def _ask(fetcher: Fetcher, asking: Asking) -> Answer | SourceError:
    try:
        answer = fetcher.ask(asking.url, headers=asking.headers, limit=asking.limit)
        for _ in range(asking.follow):
            if answer.to is None:
                break
            answer = fetcher.ask(answer.to, limit=asking.limit)
        return answer
    except SourceError as error:
        return error
    except Exception as error:
        told = Damaged(asking.url, f"asking failed ({type(error).__name__}: {str(error)[:200]})", UNFORESEEN)
        told.__cause__ = error
        return told


def user_agent(settings: Settings) -> str:
    """Return what we call ourselves: name, version, what we do, and how to reach whoever runs us, if that is set.

    Raises UsageError for a contact that cannot stand in a header.
    """
    from paraph._version import __version__

    contact = settings.watch_contact.strip()
    if (
        not (contact.isascii() and (contact.isprintable() or not contact))
        or len(contact) > 200
        or set("()") & set(contact)
    ):
        raise UsageError(
            "setting watch_contact: give a mail address or the address of a page, up to 200 plain characters"
        )
    return f"Paraph/{__version__} (follows news feeds{'; ' + contact if contact else ''})"
