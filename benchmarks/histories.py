"""How long a deal's history takes by its number of signals: python benchmarks/histories.py

Deals of 100 to 20,000 signals by as many different people in as many papers, in several shapes: the history, the status (which
a desk asks for at every new signal) and the witnesses, in milliseconds and as multiples of a plain pass that sorts the
sightings in the same run. The multiples say how it grows: what is linear keeps its multiple.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from paraph.model import Authority, Certainty, Deal, Instrument, Kind, Sector, Sighting, Signal, SourceType, Stage
from paraph.resolve.history import history_of, status_of
from paraph.resolve.witnesses import witnesses
from paraph.settings import Settings

START = date(2025, 1, 1)
SIZES = (100, 1_000, 5_000, 20_000)


@dataclass(frozen=True, slots=True)
class Shape:
    """A deal's making: over how many days, in which stages, and whether all but one are copies or a few papers say it all."""

    name: str
    days: int
    stages: tuple[Stage, ...]
    copies: bool = False
    papers: int | None = None


SHAPES = (
    Shape("one state, 3 days", 3, (Stage.SIGNED,)),
    Shape("two states, 3 days", 3, (Stage.SIGNED, Stage.ENDED)),
    Shape("two states, 3 days, 40 papers", 3, (Stage.SIGNED, Stage.ENDED), papers=40),
    Shape("agreed or talks, 3 days", 3, (Stage.AGREED, Stage.TALKS)),
    Shape("two states, 3,000 days", 3_000, (Stage.SIGNED, Stage.ENDED)),
    Shape("every state, 3 days", 3, tuple(Stage)),
    Shape("two states, all copies", 3, (Stage.SIGNED, Stage.ENDED), copies=True),
)


def deal_of(shape: Shape, size: int, seed: int = 7) -> Deal:
    """Return a deal of so many sightings in a shape; the same for the same seed."""
    chance = random.Random(seed)
    made = []
    for n in range(size):
        paper = f"paper-{n % (shape.papers or size)}"
        signal = Signal(
            start=0,
            end=4,
            anchor="pact",
            stage=shape.stages[n % len(shape.stages)],
            ahead=False,
            certainty=chance.choice((Certainty.CERTAIN, Certainty.PROBABLE)),
            source_type=SourceType.OFFICIAL,
            source=f"Given{n % 97} Family{n}",
            parties=("NO", "CL"),
            sector=Sector.TRANSPORT,
            instrument=Instrument.COOPERATION,
            confidence=0.9,
        )
        made.append(
            Sighting(
                id=f"signal-{n}",
                document=f"doc-{n}",
                signal=signal,
                day=START + timedelta(chance.randrange(shape.days)),
                voice=f"doc-{n % 2}" if shape.copies else f"doc-{n}",
                publisher=paper,
                owner=f"{paper}.example",
                authority=chance.choice((Authority.PRESS, Authority.SPOKESPERSON)),
                kind=Kind.REPORT,
                title=None,
                quote="A pact.",
            )
        )
    return Deal("deal", "A pact", ("NO", "CL"), Sector.TRANSPORT, Instrument.COOPERATION, tuple(made))


def spent(work: Callable[[], object]) -> float:
    """Return the seconds of this process's own time that a piece of work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def rows(sizes: Sequence[int], shapes: Sequence[Shape] = SHAPES) -> list[tuple[str, int, float, float, float, float]]:
    """Return shape, signals, and the seconds of a plain pass, the history, the status and the witnesses."""
    settings, found = Settings(), []
    for shape in shapes:
        for size in sizes:
            deal = deal_of(shape, size)
            today = START + timedelta(shape.days)

            plain = min(spent(partial(sorted, deal.sightings, key=_in_order)) for _ in range(5))
            history = spent(partial(history_of, deal, today, settings))
            status = spent(partial(status_of, deal, today, settings))
            found.append((shape.name, size, plain, history, status, spent(partial(witnesses, deal.sightings))))
    return found


def _in_order(sighting: Sighting) -> tuple[date, str, str]:
    return sighting.day, sighting.document, sighting.id


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    print("| deal | signals | plain pass, ms | history, ms | × plain | status, ms | witnesses, ms |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, size, plain, history, status, counted in rows(parser.parse_args().sizes):
        print(
            f"| {name} | {size:,} | {1e3 * plain:.2f} | {1e3 * history:.0f} | {history / plain:.0f} | {1e3 * status:.0f} "
            f"| {1e3 * counted:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
