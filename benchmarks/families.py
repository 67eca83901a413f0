"""Copies and deals of a corpus: what each step costs, from 1,000 to 100,000 documents, and copies beside datasketch.

    python benchmarks/families.py [--documents N ...] [--days N] [--peer N] [--archive FILE] [--json FILE]

The documents: made of sentences of Reuters-21578, eight each, every seventh word swapped for another; one in ten is the reprint
of a recent one, a third of these as it is, a third with other first and last words and some changed, a third cut short. Their
signals, four each on average, are those of the generated newsroom in _desk.py. All fall within ``--days`` (365, so that each
lies within ``copy_days`` of all before it, which is the hardest case).

Each size is staged as the reading step leaves it, which is not measured but for the sketching, and then all steps of ``copies``
and ``deals`` are done by one process of its own, on one core. Printed are, for each step, microseconds of processor time a
document (copies) or a signal (deals), what is compared, bytes on the stage, and the most memory that the process held at any time
(mapped files, which the system would take back, count as held).

datasketch: ``MinHash`` of 128 permutations over the same runs of words and ``MinHashLSH`` at .3, each document looked up and put
in; without an exact check, window of days or families. Runs of words are made by Paraph for both and not counted. Needs the bench
group; ``--peer 0`` leaves it out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import _desk
from _newswire import ARCHIVE, stories
from paraph.corpus.families import steps
from paraph.corpus.shuffle import Sizes
from paraph.corpus.stage import Stage
from paraph.corpus.tables import write
from paraph.link import copies, keys_of, traits_of
from paraph.model import Document, Signal, text_hash
from paraph.settings import Settings

SIZES = (1_000, 10_000, 100_000)
PIECE = 2_000
SENTENCES, SWAPPED, SEED, RECENT = 8, 1 / 7, 6, 500
FIRST = date(2025, 1, 1)
_END = re.compile(r"(?<=[.!?])\s+")
_LEADS = ("(Agency) -", "WIRE SERVICE:", "By our correspondent -", "UPDATE 2:")
_TAILS = ("Reporting by the bureau; editing by the desk.", "All rights reserved.", "Sign up for our newsletter.")


class Press:
    """Gives texts of one's own and copies of recent ones."""

    def __init__(self, archive: Path) -> None:
        self.random = random.Random(SEED)
        texts = [" ".join(story.text.split()) for story in stories(archive)]
        self.sentences = [part for text in texts for part in _END.split(text) if 8 <= len(part.split()) <= 40]
        self.words = [word for text in texts[:2_000] for word in text.split()]
        self.texts: dict[str, str] = {}
        self.order: deque[str] = deque()

    def text(self, id: str, root: str | None) -> str:
        """Return the text of a document, a copy of another's where that is known still."""
        made = self._copy(self.texts[root]) if root in self.texts else self._own()
        self.texts[id] = made
        self.order.append(id)
        if len(self.order) > 4 * RECENT:
            del self.texts[self.order.popleft()]
        return made

    def _own(self) -> str:
        return self._swapped(" ".join(self.random.choices(self.sentences, k=SENTENCES)), SWAPPED)

    def _copy(self, text: str) -> str:
        sort = self.random.randrange(3)
        if sort == 0:
            return text
        if sort == 1:
            return f"{self.random.choice(_LEADS)} {self._swapped(text, 0.02)} {self.random.choice(_TAILS)}"
        words = text.split()
        return " ".join(words[: int(len(words) * self.random.uniform(0.5, 0.9))])

    def _swapped(self, text: str, share: float) -> str:
        pick = self.random
        return " ".join(pick.choice(self.words) if pick.random() < share else word for word in text.split())


def stage(root: Path, documents: int, days: int, archive: Path) -> dict[str, float]:
    """Write so many documents to a stage as the reading step does; return what the sketches took, in seconds."""
    press, newsroom = Press(archive), _desk.Newsroom(round(documents * 29 / 7))
    rows: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    spent = {"shingles": 0.0, "bands": 0.0}
    known: dict[Any, Any] = {}
    signals = piece = 0
    for n, (reading, _, root_id) in enumerate(newsroom.readings()):
        id, day = reading.document.id, FIRST + timedelta(days=n * days // newsroom.documents_wanted)
        text = press.text(id, root_id)
        begun = time.process_time()
        shingles = copies.shingles_of(text)
        middle = time.process_time()
        bands = copies.bands_of(shingles)
        spent["shingles"] += middle - begun
        spent["bands"] += time.process_time() - middle
        version = f"{n:064x}"
        rows.append(
            {
                "id": id,
                "version": version,
                "day": day,
                "text": text,
                "text_hash": text_hash(text),
                "identity": n,
                "bands": bands,
            }
        )
        lines = reading.document.text.split("\n\n")
        for at, signal in enumerate(reading.signals):
            found = _signal(known, lines[at], at, id, signal)
            said.append(found | {"version": version, "day": day, "row": len(rows) - 1, "id": f"{signals:012x}"})
            signals += 1
        if len(rows) == PIECE or n + 1 == newsroom.documents_wanted:
            with Stage(root).making("read", piece) as folder:
                write(folder / "documents.parquet", "staged_documents", rows)
                write(folder / "signals.parquet", "staged_signals", said)
            piece += 1
            rows, said = [], []
    return spent | {"documents": n + 1, "signals": signals, "pieces": piece}


def _signal(known: dict[Any, Any], line: str, at: int, id: str, signal: Signal) -> dict[str, Any]:
    """Return a signal's row; what follows from its sentence alone is made once a sentence."""
    which = (line, signal.parties)
    if which not in known:
        start = line.index(signal.anchor)
        placed = replace(signal, start=start, end=start + len(signal.anchor))
        known[which] = traits_of(Document(text=line, id="one"), (placed,))[0]
    traits = replace(known[which], document=id, sentence=at, start=signal.start)
    keys = keys_of(traits)
    return signal.to_dict() | {
        "document": id,
        "traits": traits.to_json(),
        "keys": [key for key, _ in keys],
        "windows": [days for _, days in keys],
    }


# What is measured, in a process of its own.


def measure(root: Path, pieces: int, bucket: int) -> dict[str, Any]:
    """Do all steps and return what each took, in seconds of processor time, and what the tasks told."""
    import pyarrow as pa
    import pyarrow.parquet

    pa.array([1])  # loads pandas, where it is installed: what loading takes is no step's
    settings = Settings(corpus_bucket=bucket)
    seconds: dict[str, float] = defaultdict(float)
    told: dict[str, int] = defaultdict(int)
    begun = time.perf_counter()
    peaks = {"begin": _held()}
    for family in ("copies", "deals"):
        before = time.process_time()
        for tasks in steps(root, family, pieces, settings, Sizes()):
            between = time.process_time()
            seconds[f"{family}_driver"] += between - before
            for task in tasks:
                for name, value in task.function(*task.arguments).items():
                    told[f"{task.step}.{name}"] += value
            before = time.process_time()
            if tasks:
                seconds[tasks[0].step] += before - between
                peaks[tasks[0].step] = _held()
        seconds[f"{family}_driver"] += time.process_time() - before
        peaks[family] = _held()
    size = {path.name: _bytes(path) for path in root.iterdir() if path.name != "read"}
    return {
        "seconds": dict(seconds),
        "told": dict(told),
        "peaks": peaks,
        "bytes": size,
        "wall": time.perf_counter() - begun,
    }


def peer(root: Path, pieces: int) -> dict[str, Any]:
    """Look for copies with datasketch."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.3, num_perm=128)
    seconds, number, met = 0.0, 0, 0
    for text in _texts(root, pieces):
        tokens = [shingle.to_bytes(8, "big") for shingle in copies.shingles_of(text)]
        begun = time.process_time()
        made = MinHash(num_perm=128, seed=1)
        made.update_batch(tokens)
        met += len(index.query(made))
        index.insert(number, made)
        seconds += time.process_time() - begun
        number += 1
    return {
        "seconds": seconds,
        "documents": number,
        "met": met,
        "peak": _held(),
    }


def _texts(root: Path, pieces: int) -> Iterator[str]:
    import pyarrow.parquet as pq

    for piece in range(pieces):
        path = Stage(root).folder("read", piece) / "documents.parquet"
        yield from pq.read_table(path, columns=["text"]).column("text").to_pylist()


def _held() -> int:
    """Return the most memory that this process has held. The usual way counts what its parent held when it began."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _apart(what: str, root: Path, pieces: int, bucket: int) -> dict[str, Any]:
    """Run one of the measurements in a process of its own, so that its memory is its own."""
    given = [sys.executable, __file__, "--do", what, str(root), str(pieces), str(bucket)]
    return dict(json.loads(subprocess.run(given, check=True, capture_output=True, text=True).stdout))


STEPS = ("spread", "order", "meet", "choose", "rows", "driver")


def _told(staged: dict[str, float], found: dict[str, Any], other: dict[str, Any] | None) -> None:
    documents, signals = staged["documents"], staged["signals"]
    print(f"\n{documents:,.0f} documents, {signals:,.0f} signals; all steps {found['wall']:,.1f} s on the wall")
    for family, items, name in (("copies", documents, "document"), ("deals", signals, "signal")):
        costs = [found["seconds"][f"{family}_{step}"] / items * 1e6 for step in STEPS]
        line = "  ".join(f"{step} {cost:,.0f}" for step, cost in zip(STEPS, costs, strict=True))
        told, size = found["told"], {n: b for n, b in found["bytes"].items() if n.startswith(family)}
        print(f"  {family:6} µs a {name}: {line}  all {sum(costs):,.0f}")
        pairs, compared = told[f"{family}_meet.pairs"], told[f"{family}_choose.compared"]
        print(
            f"         a {name}: {told[f'{family}_spread.keys'] / items:.1f} keys, {pairs / items:,.1f} meetings, ",
            end="",
        )
        print(f"{compared / items:,.1f} compared; {told[f'{family}_rows.{family}']:,} {family}")
        sizes = "  ".join(f"{n.removeprefix(family + '_')} {b / items:,.0f}" for n, b in sorted(size.items()))
        print(f"         bytes a {name} on the stage: {sizes}  all {sum(size.values()) / items:,.0f}")
        print(
            f"         {1e6 / sum(costs):,.0f} {name}s a second; peak {found['peaks'][family] / 1e6:,.0f} MB ", end=""
        )
        print(f"({found['peaks']['begin'] / 1e6:,.0f} MB before anything was read)")
    sketch = staged["bands"] / documents * 1e6
    steps_ = sum(found["seconds"][f"copies_{step}"] for step in STEPS) / documents * 1e6
    print(
        f"  sketching {sketch:,.0f} µs a document (runs of words {staged['shingles'] / documents * 1e6:,.0f} µs, apart): ",
        end="",
    )
    print(f"sketch and families of copies {1e6 / (sketch + steps_):,.0f} documents a second")
    if other:
        cost = other["seconds"] / other["documents"] * 1e6
        print(
            f"  datasketch {cost:,.0f} µs a document, {1e6 / cost:,.0f} documents a second (sketch and look-up); ",
            end="",
        )
        print(f"{other['met'] / other['documents']:,.1f} met a document; peak {other['peak'] / 1e6:,.0f} MB")


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--days", type=int, default=365, help="days that the documents fall on [365]")
    parser.add_argument("--bucket", type=int, default=Settings().corpus_bucket, help="corpus_bucket")
    parser.add_argument("--peer", type=int, default=20_000, help="largest size that datasketch is given [20000]")
    parser.add_argument("--archive", type=Path, default=ARCHIVE)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--do", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args(None if arguments is None else list(arguments))
    if given.do:
        what, root, pieces, bucket = given.do
        found = peer(Path(root), int(pieces)) if what == "peer" else measure(Path(root), int(pieces), int(bucket))
        print(json.dumps(found))
        return 0
    if not given.archive.exists():
        print(f"{given.archive} is missing; name it with --archive")
        return 1
    rows = []
    for size in given.documents:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            staged = stage(root, size, given.days, given.archive)
            pieces = int(staged["pieces"])
            found = _apart("measure", root, pieces, given.bucket)
            other = _apart("peer", root, pieces, given.bucket) if size <= given.peer else None
            _told(staged, found, other)
            rows.append({"staged": staged, "found": found, "peer": other})
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
