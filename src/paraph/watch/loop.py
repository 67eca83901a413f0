"""Going round until it is stopped: by a signal, by the end of the time given, or after one round."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from paraph.intake.address import ports
from paraph.intake.fetch import Fetcher
from paraph.watch.keep import Keep
from paraph.watch.net import Askers, Door, user_agent
from paraph.watch.round import Round
from paraph.watch.taking import Extract
from paraph.watch.told import Summary, Told

if TYPE_CHECKING:
    from paraph.desk import Desk
    from paraph.settings import Settings

__all__ = ["stopped_by_signals", "watch"]

# How often a watcher that has nothing to do looks for feeds that were added meanwhile, and how long it rests at least between
# two rounds. A look is one small query.
_LOOK_AGAIN = timedelta(minutes=1)
_REST = timedelta(seconds=5)


def watch(
    desk: Desk,
    *,
    settings: Settings,
    extract: Extract,
    door: Door,
    chance: Callable[[], float],
    tell: Callable[[Told], None],
    once: bool = False,
    until: datetime | None = None,
    make: Callable[[], Fetcher] | None = None,
) -> Summary:
    """Follow the feeds of a desk until the door says stop, until a time, or for one round; return the counts of it all.

    With ``once``, feeds that are well are asked though they are not due yet, but for those asked less than
    ``watch_least_minutes`` ago: whoever calls it decides when. ``desk.now`` is the clock, the door is where it waits, ``make``
    makes the fetchers (one a thread). Raises UsageError for a setting that cannot be, DeskError where the desk fails.
    """
    agent = user_agent(settings)
    ports(settings)
    total = Summary()
    with Askers(make or (lambda: Fetcher(settings, user_agent=agent)), settings.watch_hosts_at_once, door) as askers:
        keep = Keep(desk)
        rounds = Round(desk, askers, door, settings=settings, extract=extract, chance=chance, tell=tell)
        after = desk.now()
        while not door.stopped and (until is None or desk.now() < until):
            now = desk.now()
            due = keep.next_due(now)
            if once or (due is not None and max(due, after) <= now):
                found = rounds.run(eager=once, until=until)
                total.add(found)
                # What the budget left over waits its time like everything else, or it would be no budget.
                pause = timedelta(minutes=settings.watch_every_minutes) if found.spent else _REST
                after = desk.now() + pause
                if once:
                    break
                continue
            wait = _LOOK_AGAIN if due is None else min(_LOOK_AGAIN, max(due, after) - now)
            if until is not None:
                wait = min(wait, until - now)
            door.wait(max(0.0, wait.total_seconds()), 0)
    return total


@contextmanager
def stopped_by_signals(door: Door) -> Iterator[list[int]]:
    """Let SIGINT and SIGTERM call for a stop at the door instead of ending the program; gives the signals that came.

    A second one ends it as it would have without us. Does nothing where the platform or the thread has no signals to give.
    """
    came: list[int] = []
    before: dict[int, object] = {}

    def stop(number: int, frame: object) -> None:
        came.append(number)
        for each, handler in before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]
        door.stop()

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, stop)
    except ValueError:  # not the main thread
        before.clear()
    try:
        yield came
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]
