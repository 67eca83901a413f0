"""How fast a data set goes into a desk, beside adding its documents one by one.

usage: python benchmarks/load.py [--documents N ...] [--desk postgresql://…] [--profile] [--json FILE]

The documents are those of the generated newsroom in _desk.py, five signals each on average, of which one in ten is a reprint,
over ten years of days; they are written as a data set, as ``paraph corpus run`` leaves it, which is not measured.

- load: ``paraph.corpus.load.load`` of the whole data set into an empty desk, in a process of its own: documents and signals a
  second on the wall, and the most memory that the process held at any time. Then the same again, when all is known.
- beside add: on another empty desk, transaction by transaction: so many documents by ``Desk.add_many``, and then ``ONES`` by
  ``Desk.add``, so that both meet a desk of the same size and the same other work on the machine. Milliseconds a document, of
  processor time of this process and on the wall, and how many times as fast the one is as the other, at the beginning, at the end
  and over all. What a PostgreSQL server does meanwhile is in the wall's time alone.

``--desk`` names an empty PostgreSQL database in which the desk is made (all in it is thrown away between the parts); without it
a SQLite file in a temporary folder is used. ``--profile`` prints where the time of a load goes, by the profiler, which stretches
what consists of many small calls.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import _desk
from paraph.corpus.load import load
from paraph.corpus.run import FORMAT, MANIFEST
from paraph.corpus.tables import TABLES, write
from paraph.desk import Desk, Incoming, open_desk
from paraph.desk.identity import key_of, version_hash
from paraph.desk.schema import metadata
from paraph.model import Reading
from paraph.settings import Settings

# Five signals a document.
_desk.SIGNALS_A_DOCUMENT = (3, 4, 5, 6, 7)
SIGNALS = 5
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
# After each transaction of many, so many are added one by one.
ONES = 40
PART = 20_000
# Where the time goes: what is told of it, and the function whose time that is, all that it calls included.
PARTS = {
    "reading the data set": ("load.py", "_rows"),
    "what is known": ("bulk.py", "_kept"),
    "signals and their traits": ("bulk.py", "_derive"),
    "sketches of texts": ("copies.py", "bands_of"),
    "runs of words": ("copies.py", "runs_of"),
    "copies placed": ("batches.py", "likely"),
    "likeness of signals": ("batches.py", "likeness"),
    "who meets whom": ("batches.py", "met"),
    "rows": ("inserting.py", "insert_many"),
    "index of words": ("search.py", "put"),
    "deals": ("deals.py", "refresh"),
}


def readings(documents: int) -> Iterator[Reading]:
    return (reading for reading, _, _ in islice(_desk.Newsroom(documents * SIGNALS).readings(), documents))


def make(folder: Path, documents: int) -> None:
    """Write the data set, with all documents as of one month: months make no difference here."""
    found = readings(documents)
    empty: dict[str, Any] = {name: None for name, *_ in TABLES["signals"]}
    files: dict[str, list[dict[str, Any]]] = {"documents": [], "signals": []}
    for number in range(0, documents, PART):
        rows: dict[str, list[dict[str, Any]]] = {"documents": [], "signals": []}
        for reading in islice(found, PART):
            about = {"document": key_of(reading.document), "version": version_hash(reading.document)}
            rows["documents"].append(
                empty_document(reading)
                | {"id": about["document"], "version": about["version"], "signals": len(reading.signals)}
            )
            rows["signals"] += [empty | signal.to_dict() | about for signal in reading.signals]
        for table, made in rows.items():
            path = folder / table / "month=all" / f"part-{number // PART:05d}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, table, made)
            name = path.relative_to(folder).as_posix()
            files[table].append({"path": name, "rows": len(made), "bytes": path.stat().st_size})
    tables = {table: {"rows": sum(file["rows"] for file in found), "files": found} for table, found in files.items()}
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "tables": tables}), "utf-8")


def empty_document(reading: Reading) -> dict[str, Any]:
    given = {"given_id": reading.document.id, "name": "generated"}
    return {name: None for name, *_ in TABLES["documents"]} | reading.document.to_dict() | given


def emptied(place: str) -> str:
    """Throw away what is at a place."""
    if "://" not in place:
        for rest in Path(place).parent.glob(f"{Path(place).name}*"):
            rest.unlink()
        return place
    with open_desk(place) as desk, desk.begin() as connection:
        names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"TRUNCATE {names}, document_words, signal_words RESTART IDENTITY CASCADE")
    return place


def one_load(folder: Path, place: str, profile: bool) -> dict[str, Any]:
    """Load the data set twice, and return what that took."""
    profiler = cProfile.Profile()
    with open_desk(place, settings=Settings(), now=lambda: NOW) as desk:
        begin = time.perf_counter()
        if profile:
            profiler.enable()
        last = list(load(folder, desk))[-1]
        profiler.disable()
        spent = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        begin = time.perf_counter()
        again = list(load(folder, desk))[-1]
        known = time.perf_counter() - begin
    assert again.known == last.total
    told = {
        "documents": last.total,
        "signals": last.signals,
        "seconds": spent,
        "megabytes": peak,
        "again_seconds": known,
    }
    if profile:
        told["parts"] = shares(pstats.Stats(profiler))
    return told


def shares(stats: Any) -> dict[str, float]:
    """Return the share of the whole time that each part takes."""
    whole = stats.total_tt
    spent = dict.fromkeys(PARTS, 0.0)
    for (file, _, name), (_, _, _, cumulative, _) in stats.stats.items():
        for part, (where, function) in PARTS.items():
            if name == function and Path(file).name == where:
                spent[part] += cumulative / whole
    return spent


def beside(place: str, documents: int) -> dict[str, Any]:
    """Add many and one by one in turn on one desk; return milliseconds a document of each turn."""
    many: list[tuple[float, float]] = []
    ones: list[tuple[float, float]] = []
    found = readings(documents)
    size = Settings().corpus_load_documents
    with open_desk(place, settings=Settings(), now=lambda: NOW) as desk:
        warm(desk)
        while batch := list(islice(found, size - ONES)):
            single = list(islice(found, ONES))
            with clock(many, len(batch)):
                desk.add_many([Incoming(reading, NOW) for reading in batch])
            if single:
                with clock(ones, len(single)):
                    for reading in single:
                        desk.add(reading, seen=NOW)
    return {"many": many, "ones": ones}


def warm(desk: Desk) -> None:
    """Read what is read once a process (lists of words, weights) before the clock starts."""
    for reading, _, _ in islice(_desk.Newsroom(200, seed=1).readings(), 30):
        desk.add(replace(reading, document=replace(reading.document, id=f"warm-{reading.document.id}")), seen=NOW)


@contextmanager
def clock(times: list[tuple[float, float]], count: int) -> Iterator[None]:
    wall, own = time.perf_counter(), time.process_time()
    yield
    times.append(((time.perf_counter() - wall) / count * 1e3, (time.process_time() - own) / count * 1e3))


def child(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description="The pace of paraph corpus load.")
    parser.add_argument("--documents", type=int, nargs="+", default=[4_000])
    parser.add_argument("--desk")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--load", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--beside", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        print(json.dumps(one_load(Path(given.load[0]), given.load[1], given.profile)))
        return
    if given.beside:
        print(json.dumps(beside(given.beside, given.documents[0])))
        return
    out = []
    for documents in given.documents:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder) / "set", documents)
            place = given.desk or str(Path(folder) / "desk.db")
            load_arguments = ["--load", str(Path(folder) / "set"), emptied(place)]
            told = child(*load_arguments, *(["--profile"] if given.profile else []))
            turns = {} if given.profile else child("--beside", emptied(place), "--documents", str(documents))
        out.append(told | turns)
        tell(told, turns)
    if given.json:
        given.json.write_text(json.dumps(out, indent=2) + "\n")


def tell(told: dict[str, Any], turns: dict[str, Any]) -> None:
    documents, seconds = told["documents"], told["seconds"]
    print(f"{documents:,} documents with {told['signals']:,} signals")
    print(
        f"  load   {documents / seconds:8,.0f} documents/s {told['signals'] / seconds:8,.0f} signals/s"
        f" {told['megabytes']:6,.0f} MB; again, all known: {documents / told['again_seconds']:,.0f} documents/s"
    )
    for part, share in told.get("parts", {}).items():
        print(f"  {share:6.1%}  {part}")
    if turns.get("ones"):
        for at_clock, name in enumerate(("wall", "processor")):
            rows = {kind: [each[at_clock] for each in turns[kind]] for kind in ("many", "ones")}
            first, last = ((rows["many"][at], rows["ones"][at]) for at in (0, -1))
            whole = tuple(sum(rows[kind]) / len(rows[kind]) for kind in ("many", "ones"))
            for when, (many, ones) in (("first", first), ("last", last), ("all", whole)):
                print(
                    f"  {name:9} {when:5} add_many {many:6.2f} ms/document  add {ones:6.2f} ms/document  {ones / many:5.1f} times"
                )


if __name__ == "__main__":
    main()
