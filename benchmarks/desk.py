"""How fast a desk answers, and how that grows: generated desks of 10,000, 100,000 and 1,000,000 signals.

usage: python benchmarks/desk.py [--signals N ...] [--desk PLACE] [--keep FOLDER] [--check N] [--json FILE]

Without arguments one desk of 10,000 signals is made and measured (a minute). ``--signals 10000 100000 1000000`` shows how the
times grow; the largest takes some twenty minutes to make and 5 GB of disk, and stays in ``--keep`` for the next time.
``--desk postgresql://…`` measures there instead of in a SQLite file; the database must be empty. What the desks hold and how
they are made stands in _desk.py; ``--check N`` compares a desk made so with one that the same documents were really added to.

Each time is that of one call on the wall, in milliseconds, the desk open and its caches as the calls before left them. Other
work on the machine shows in p95 first.

- insert: ``Desk.add`` of a new document with its signals, commit and sync to the disk included, extraction not.
  The generated texts share whole sentences, so that one in ten pairs of them is compared for being copies, where one in 8,000
  of the gold's and one in 2,000 of Reuters' is: on a large desk most of this time goes there.
- place: of these the part that finds the deals of its signals, for one signal: candidates by keys, likeness, parents written.
- list: a page of 50 deals by three filters drawn from what is there (party, sector or form, stage, certainty, source, days…).
- rare list: the same with filters that few or no deals meet, which cannot be broken off after a page.
- count, facets: how many these are; how many of them have each sector, stage, party …
- search: the first 20 documents with a word that is rare, that is in nearly all documents, two words, a phrase of frequent words.
- words: a page of deals by such words.
- history: one deal whole with its status and history, by the id of a signal drawn at random, so that large deals come often.
- scores: all scorecards (by publisher, source, wording …) after one more verdict was given.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

import _desk
from paraph.desk import DealQuery, Desk, Review, open_desk, schema
from paraph.desk import ingest as ingesting
from paraph.desk.placing import SignalForest
from paraph.model import Certainty, Instrument, Occasion, Outcome, Sector, SourceType, Stage, Verdict
from paraph.resolve.history import history_of
from paraph.settings import Settings

TODAY = _desk.LAST + timedelta(days=20)
ROUNDS = 200
# An occasion for so many signals, each with a verdict on at most so many deals.
SIGNALS_AN_OCCASION, DEALS_AN_OCCASION = 5_000, 40
# What is aimed at, p95 in milliseconds, at a million signals.
AIMS = {
    "place": 5,
    "list": 100,
    "rare list": 100,
    "count": 100,
    "facets": 100,
    "search": 50,
    "words": 100,
    "history": 100,
    "scores": 1000,
}

Times = dict[str, list[float]]


@contextmanager
def timed(times: Times, *names: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    spent = (time.perf_counter() - begin) * 1e3
    for name in names:
        times[name].append(spent)


def make(desk: Desk, signals: int, settings: Settings) -> dict[str, float]:
    """Fill an empty desk and return how many signals and seconds that were."""
    begin = time.perf_counter()
    with desk.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Room for all that one transaction changes; the connection is not used for anything else.
            connection.exec_driver_sql("PRAGMA cache_size=-4000000")
        made = _desk.Loader(connection, settings, exact=False).load(_desk.Newsroom(signals).readings())
    occasions(desk, signals)
    return {"signals": made, "seconds": round(time.perf_counter() - begin, 1)}


def made_at(folder: str, signals: int = 10_000) -> str:
    """Make a desk in a folder and return its path."""
    path = Path(folder) / "generated.db"
    settings = Settings()
    with open_desk(path, settings=settings) as desk:
        make(desk, signals, settings)
    return str(path)


def occasions(desk: Desk, signals: int) -> None:
    """Give the desk occasions of the pairs that deal most, and verdicts on the deals that were on the table before each."""
    from paraph.desk.scoring import renew

    pick = random.Random(5)
    pairs = _desk.Newsroom(1_000).pairs
    for n in range(max(4, signals // SIGNALS_AN_OCCASION)):
        first = _desk.LAST - timedelta(days=pick.randrange(60, _desk.YEARS * 365 - 120))
        pair = pairs[n % 12]
        occasion = Occasion(f"Visit {n}", pair, first, first + timedelta(days=1))
        since = first - timedelta(days=90)
        query = DealQuery(parties=pair, since=since, until=first, limit=DEALS_AN_OCCASION, sort="sightings")
        outcomes = pick.choices(list(Outcome), weights=(4, 2, 2, 8, 1), k=DEALS_AN_OCCASION)
        verdicts = [Verdict(deal.id, outcome, 0.8) for deal, outcome in zip(desk.deals(query), outcomes, strict=False)]
        desk.add_occasion(occasion)
        desk.settle(occasion, verdicts)
    renew(desk, today=TODAY)


def measure(desk: Desk, signals: int) -> Times:
    """Time everything; what is written stays in the desk (some hundred documents)."""
    times: Times = defaultdict(list)
    pick = random.Random(7)
    reads(desk, times, pick)
    writes(desk, times, signals)
    verdicts(desk, times, pick)
    return times


def reads(desk: Desk, times: Times, pick: random.Random) -> None:
    with desk.look() as connection:
        most = connection.execute(select(func.max(schema.signals.c.id))).scalar_one()
    for query in drawn(pick, ROUNDS):
        with timed(times, "list"):
            desk.deals(query)
        with timed(times, "count"):
            desk.count(query)
    for query in drawn(pick, ROUNDS // 4):
        with timed(times, "facets"):
            desk.facets(query)
    for query in rare(pick):
        with timed(times, "rare list"):
            desk.deals(query)
    for _ in range(ROUNDS // 8):
        for kind, words in asked(pick):
            with timed(times, "search", f"search {kind}"):
                desk.search(words, 20)
            with timed(times, "words", f"words {kind}"):
                desk.deals(DealQuery(words=words, today=TODAY))
    for _ in range(ROUNDS):
        with desk.look() as connection:
            number = pick.randint(1, most)
            key = connection.execute(select(schema.signals.c.key).where(schema.signals.c.id == number)).scalar_one()
        with timed(times, "history"):
            history_of(desk.deal(key), TODAY, desk.settings)


def drawn(pick: random.Random, count: int) -> Iterator[DealQuery]:
    """Yield queries with three filters or more, as people ask."""
    pairs = _desk.Newsroom(1_000).pairs
    for n in range(count):
        pair = pick.choices(pairs, cum_weights=None, weights=[1 / (k + 8) for k in range(len(pairs))])[0]
        day = _desk.LAST - timedelta(days=pick.randrange(3_000))
        sector = (Sector(pick.choices(list(Sector), weights=[1 / (k + 1) for k in range(len(Sector))])[0]),)
        yield (
            DealQuery(parties=pair, sectors=sector, today=TODAY),
            DealQuery(parties=pair[:1], sectors=sector, stages=(pick.choice(list(Stage)),), today=TODAY),
            DealQuery(parties=pair[1:], states=("table",), source_types=(SourceType.UNNAMED,), since=day, today=TODAY),
            DealQuery(sectors=sector, certainties=(Certainty.POSSIBLE,), ahead=True, today=TODAY),
            DealQuery(parties=pair, since=day, until=day + timedelta(days=90), sort="voices", today=TODAY),
            DealQuery(publishers=("The Gulf Post",), sectors=sector, states=("done",), today=TODAY),
            DealQuery(states=("lapsed",), instruments=(pick.choice(list(Instrument)),), parties=pair[:1], today=TODAY),
            DealQuery(sectors=sector, contested=True, min_voices=2, sort="first", today=TODAY),
        )[n % 8]


def rare(pick: random.Random) -> Iterator[DealQuery]:
    """Yield queries that few or no deals meet, so that all that might must be looked at."""
    last = Sector.POLITICS
    for stage in (Stage.IDEA, Stage.IN_FORCE, Stage.ENDED):
        yield DealQuery(stages=(stage,), today=TODAY)
        yield DealQuery(stages=(stage,), sort="first", today=TODAY)
        yield DealQuery(parties=("US",), sectors=(last,), stages=(stage,), today=TODAY)
        yield DealQuery(parties=("US", "CN"), sectors=(last,), stages=(stage,), today=TODAY)
        yield DealQuery(parties=("US", "CN", "RU"), today=TODAY)
        yield DealQuery(min_voices=30, sectors=(last,), states=("table",), today=TODAY)
        yield DealQuery(min_confidence=0.9999, sectors=(last,), min_voices=5, today=TODAY)
        yield DealQuery(sectors=(last,), contested=True, sort="title", min_voices=9, today=TODAY)
    for _ in range(16):
        day = _desk.LAST - timedelta(days=pick.randrange(3_000))
        yield DealQuery(since=day, until=day, sectors=(last,), stages=(Stage.IN_FORCE,), today=TODAY)


def asked(pick: random.Random) -> list[tuple[str, str]]:
    """Return words of each kind: rare, in nearly all texts, two, a phrase."""
    room = _desk.Newsroom(1_000)
    rarest, frequent = room.vocabulary[-10_000:], room.vocabulary[:]
    frequent = [room._word() for _ in range(200)]
    often = max(set(frequent), key=frequent.count)
    name = pick.choice(_desk.Newsroom(1_000).names).words
    return [
        ("rare", pick.choice(rarest)),
        ("frequent", often),
        ("two", f"{often} {pick.choice(frequent)}"),
        ("rare and frequent", f"{often} {pick.choice(rarest)}"),
        ("phrase", f'"{" ".join(pick.sample(frequent, 2))}"'),
        ("name", name),
    ]


def writes(desk: Desk, times: Times, signals: int) -> None:
    """Add new documents; the placing of their signals is timed inside."""
    placed = ingesting.place

    def place(forest: Any, moved: Any, known: Any = ()) -> Any:
        if not isinstance(forest, SignalForest):
            return placed(forest, moved, known)
        begin = time.perf_counter()
        found = placed(forest, moved, known)
        times["place"] += [(time.perf_counter() - begin) * 1e3 / max(1, len(moved))] * len(moved)
        times["place a document"].append((time.perf_counter() - begin) * 1e3)
        return found

    room = _desk.Newsroom(signals)
    with desk.look() as connection:
        taken = connection.execute(select(func.count()).select_from(schema.documents)).scalar_one()
    fresh = room.readings(more=max(0, taken - room.documents_wanted) + ROUNDS)
    ingesting.place = place  # type: ignore[assignment]
    try:
        for n, (reading, _, _) in enumerate(fresh):
            if n >= taken:
                with timed(times, "insert"):
                    desk.add(reading, seen=_desk.seen_of(reading.document))
    finally:
        ingesting.place = placed


def verdicts(desk: Desk, times: Times, pick: random.Random) -> None:
    from paraph.desk import Action
    from paraph.desk.scoring import scores
    from paraph.resolve.scorecards import By

    for n in range(20):
        occasion = pick.choice(desk.occasions())
        known = [each for each in desk.verdicts(occasion.name) if each.announced]
        if not known:
            continue
        verdict = pick.choice(known)
        payload = {"occasion": occasion.name, "outcome": str(list(Outcome)[n % len(Outcome)])}
        with timed(times, "scores"):
            desk.decide(Review(Action.OVERRULE, "benchmark", signal=verdict.deal, payload=payload))
            for by in By:
                scores(desk, by, today=TODAY)


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def check(signals: int) -> None:
    """Compare a desk that was made in bulk with one that was added to, table by table; print what differs."""
    settings = Settings()
    for exact in (True, False):
        held: dict[str, dict[str, set[str]]] = {}
        with tempfile.TemporaryDirectory() as folder:
            for way in ("bulk", "added"):
                with open_desk(Path(folder, f"{way}.db"), settings=settings) as desk:
                    readings = _desk.Newsroom(signals).readings()
                    if way == "bulk":
                        with desk.begin() as connection:
                            _desk.Loader(connection, settings, exact=exact).load(readings)
                    else:
                        for reading, _, _ in readings:
                            desk.add(reading, seen=_desk.seen_of(reading.document))
                    with desk.look() as connection:
                        held[way] = {
                            table.name: set(map(repr, map(tuple, connection.execute(select(table)))))
                            for table in schema.metadata.sorted_tables
                        }
        for name, rows in held["bulk"].items():
            added = held["added"][name]
            if rows or added:
                told = "equal" if rows == added else f"{len(added - rows):,} of {len(added):,} rows differ"
                print(f"{'all candidates' if exact else 'as for large desks'}: {name}: {len(rows):,} rows, {told}")
        if exact and held["bulk"] != held["added"]:
            sys.exit("the loader does not write what an ingest writes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", type=int, nargs="+", default=[10_000])
    parser.add_argument("--desk", help="measure there (an empty database); one size only")
    parser.add_argument("--keep", type=Path, help="keep the desks in this folder, and use those that are there")
    parser.add_argument(
        "--check", type=int, metavar="N", help="compare the loader with an ingest of N signals, and end"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    given = parser.parse_args()
    if given.check:
        check(given.check)
        return
    found: dict[int, dict[str, tuple[int, float, float]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for signals in given.signals:
            place = given.desk or str((given.keep or Path(scratch)) / f"desk-{signals}.db")
            found[signals] = run(place, signals)
    table(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


def run(place: str, signals: int) -> dict[str, tuple[int, float, float]]:
    """Make or open a desk and return n, p50 and p95 of everything."""
    settings = Settings()
    with open_desk(place, settings=settings) as desk:
        with desk.look() as connection:
            empty = connection.execute(select(schema.documents.c.id).limit(1)).first() is None
        if empty:
            print(f"{signals:,} signals: made {make(desk, signals, settings)}", file=sys.stderr, flush=True)
    with open_desk(place, settings=settings) as desk:
        times = measure(desk, signals)
    return {name: (len(those), quantile(those, 0.5), quantile(those, 0.95)) for name, those in times.items()}


def table(found: dict[int, dict[str, tuple[int, float, float]]]) -> None:
    """Print p50 and p95 by size, and how the last p95 compares with the first."""
    sizes = list(found)
    print(
        f"{'ms':<26}"
        + "".join(f"{f'{size:,}':>20}" for size in sizes)
        + (f"{'growth':>9}" if len(sizes) > 1 else "")
        + "    aim"
    )
    for name in sorted(found[sizes[0]], key=lambda name: (name.split()[0], name)):
        rows = [found[size].get(name) for size in sizes]
        cells = "".join(f"{row[1]:>10.2f}{row[2]:>10.2f}" if row else " " * 20 for row in rows)
        growth = f"{rows[-1][2] / rows[0][2]:>8.1f}x" if len(sizes) > 1 and rows[0] and rows[-1] else ""
        print(f"{name:<26}{cells}{growth}{AIMS.get(name, ''):>7}")


if __name__ == "__main__":
    main()
