"""How fast the review queue answers: what is next, progress, the last decisions.

usage: python benchmarks/review.py [DESK] [--rounds N] [--decide] [--json FILE]

The desk is one that benchmarks/desk.py made; of 10,000 signals where none is named.

Each time is that of one call on the wall, in milliseconds, the desk open and its caches as the calls before left them. Nothing
is written unless ``--decide`` is given: then each round ends with a decision on the first question (accept, reject, unsure
in turn), which is timed as well. The desk is brought up to date when it is opened, which takes a copy of it.

- next: five questions of every kind; signals, links, verdicts: five of one kind.
- next of parties, next of an occasion: five of the deals of two parties that deal most, or of an occasion drawn at random.
- progress, last: how far a reviewer came, and the last ten decisions.
- decide: one decision, commit and sync to the disk included.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import _desk
from desk import TODAY, made_at
from paraph.desk import Action, Desk, Review, agreement, logbook, open_desk, queue
from paraph.desk.questions import Question

# The shares of what is told of the times.
MIDDLE, HIGH = 0.5, 0.95
ACTIONS = (Action.ACCEPT, Action.REJECT, Action.UNSURE)


def measure(desk: Desk, rounds: int, decide: bool) -> dict[str, list[float]]:
    """Return the times of each sort of call."""
    times: dict[str, list[float]] = defaultdict(list)
    pick = random.Random(9)
    occasions = [occasion.name for occasion in desk.occasions()]
    pairs = _desk.Newsroom(1_000).pairs[:20]

    def timed(name: str, call: Callable[[], Any]) -> Any:
        begin = time.perf_counter()
        found = call()
        times[name].append((time.perf_counter() - begin) * 1e3)
        return found

    def ask(**rest: Any) -> Callable[[], Any]:
        return lambda: queue.next_items(desk, "Ana", limit=5, today=TODAY, **rest)

    for n in range(rounds):
        found = timed("next", ask())
        for kind in Question:
            timed(f"next {kind}", ask(kinds=(kind,)))
        timed("next of parties", ask(parties=pick.choice(pairs)))
        timed("next of an occasion", ask(occasion=pick.choice(occasions)))
        timed("progress", lambda: queue.progress(desk, "Ana"))
        timed("last", lambda: logbook.last_decisions(desk, "Ana"))
        asked = [item for item in found if item.question is Question.SIGNAL]
        if decide and asked:
            review = Review(ACTIONS[n % len(ACTIONS)], ("Ana", "Bo")[n % 2], signal=asked[0].sighting.id)
            timed("decide", partial(desk.decide, review))
    timed("agreement", lambda: agreement.agreeing(desk))
    return times


def told(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return the median, the 95th of a hundred and the number of each sort."""
    out = {}
    for name, spent in times.items():
        order = sorted(spent)
        at = [order[min(len(order) - 1, round(share * (len(order) - 1)))] for share in (MIDDLE, HIGH)]
        out[name] = {"p50": round(at[0], 1), "p95": round(at[1], 1), "n": len(order)}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("desk", nargs="?")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--decide", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with ExitStack() as stack:
        where = given.desk or made_at(stack.enter_context(tempfile.TemporaryDirectory()))
        desk = stack.enter_context(open_desk(where, create=False))
        found = told(measure(desk, given.rounds, given.decide))
    for name, row in found.items():
        print(f"{name:22} p50 {row['p50']:8.1f}   p95 {row['p95']:8.1f} ms   n {row['n']}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
