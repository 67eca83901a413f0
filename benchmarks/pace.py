"""The pace of the whole: from the bytes of a web archive to the data set, stage by stage, beside what one would pick instead.

    python benchmarks/pace.py [--pages N] [--whole N] [--documents N] [--minutes M] [--only stages,whole,growth] [--json FILE]

1. stages: two sets of pages, the bytes of each from the archive to rows of Parquet in this process, by the processor's time:
   *relevant* (texts of the gold's training part, in frames of real pages) and *mixed* (the stream of ``_stream``: four in ten in
   other languages). trafilatura, newspaper4k (every eighth page), spaCy's blank English pipeline with what extraction.py gives
   it, and datasketch (128 permutations, look-up and insertion) do the same pages in between, page by page and in an order drawn
   for each, so that a busy moment hits all alike; each is warmed up first. "of trafilatura" is its rate divided by that of
   trafilatura alone, ``extract`` as paraph calls it (precision, no comments), on the same pages.
2. whole: the command ``paraph corpus run`` on the mixed stream with one worker and with two, in turn, by the clock on the wall,
   start and end of the processes included; peak memory of its processes; and the hours that a day of CC-NEWS would take.
3. growth: the command on 1,000, 10,000 and 100,000 documents of the stream in the smaller frames, with two workers.

Nothing is kept: what is made lies in a temporary folder (1.7 GB for 100,000 documents). Needs the bench group; what is not
installed is left out and told. ``--minutes`` leaves out what would not be done by then.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from _clock import Clock, exchanged
from _documents import Recipe, relevant
from _processes import Ended, watch
from _stream import write, write_items

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT.parent / "shared" / "bench" / "gold" / "train"
PARAPH = Path(sys.executable).with_name("paraph")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
CCNEWS_DAY = 380_000
# Pages that every side does before the clock starts.
SEED, WARM_UP = 7, 60
# newspaper4k takes some ten times as long as the others.
NEWSPAPER_EVERY = 8
# The larger frames are left out for the growth, so that 100,000 documents fit on a disk.
LARGEST = 100_000
SIZES = (1_000, 10_000, 100_000)
# Pieces of the runs with one worker and two, in bytes unpacked (the setting's own is 64 million): with few pieces a worker, one
# of two stands idle at the end, which a corpus of any size does not see.
PIECE_BYTES = 16_000_000
FLOOR = "trafilatura, as paraph calls it"

# Which stage each function belongs to, under the names by which the room of the corpus calls them.
STAGES: tuple[tuple[str, str, str], ...] = (
    ("paraph.corpus.work", "unpack", "unpack the archive"),
    ("paraph.corpus.work", "sniff", "unpack the archive"),
    ("paraph.corpus.work", "look_at_bytes", "triage"),
    ("paraph.corpus.work", "look_at_page", "triage"),
    ("paraph.corpus.work", "look_at_text", "triage"),
    ("paraph.corpus.work", "open_page", "decode and parse"),
    ("paraph.corpus.work", "finish_page", "article and facts"),
    ("paraph.intake.page", "is_english", "language"),
    ("paraph.corpus.triage", "english_share", "language"),
    ("paraph.link.copies", "shingles_of", "sketches"),
    ("paraph.link.copies", "bands_of", "sketches"),
    ("paraph.corpus.work", "traits_of", "traits and keys"),
    ("paraph.corpus.work", "keys_of", "traits and keys"),
    ("paraph.corpus.work", "write", "Parquet"),
    ("paraph.corpus.settle", "write", "Parquet"),
)
ORDER = (
    "unpack the archive",
    "triage",
    "decode and parse",
    "article and facts",
    "language",
    "cue engine",
    "encoder engine",
    "sketches",
    "traits and keys",
    "rows",
    "Parquet",
    "copies",
    "deals",
    "the data set",
    "the run",
)
PEER = "beside: "

Side = Callable[[bytes], object]


# ---- what one would pick instead


def page_sides() -> tuple[dict[str, Side], list[str]]:
    """Return what reads the bytes of a page, by name, and what is not installed."""
    import trafilatura

    sides: dict[str, Side] = {
        FLOOR: lambda data: trafilatura.extract(data, favor_precision=True, include_comments=False),
        "trafilatura, as it comes": trafilatura.extract,
        "trafilatura with metadata": lambda data: trafilatura.extract(
            data, favor_precision=True, include_comments=False, with_metadata=True
        ),
    }
    try:
        import newspaper
    except ImportError:
        return sides, ["newspaper4k"]

    def article(data: bytes) -> object:
        # Without a summary and keywords, which are another step of its (nlp).
        return newspaper.article(
            "https://outlet.example/", input_html=data.decode("utf-8", "replace"), fetch_images=False, language="en"
        ).text

    sides["newspaper4k"] = article
    return sides, []


def text_sides() -> tuple[dict[str, Callable[[str], object]], list[str]]:
    """Return what reads or sketches a text, by name, and what is not installed."""
    sides: dict[str, Callable[[str], object]] = {}
    missing = []
    try:
        from extraction import reader

        spacy = reader("spacy")
        sides["spaCy, blank English with its matcher"] = lambda text: spacy(text, None)
    except ImportError:
        missing.append("spacy")
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        return sides, [*missing, "datasketch"]
    index = MinHashLSH(threshold=0.5, num_perm=128)

    def sketched(text: str) -> object:
        words = text.lower().split()
        made = MinHash(num_perm=128, seed=1)
        made.update_batch([" ".join(words[n : n + 4]).encode() for n in range(max(1, len(words) - 3))])
        found = index.query(made)
        index.insert(len(index.keys), made)
        return found

    sides["datasketch, sketch and look-up"] = sketched
    return sides, missing


# ---- stages, in this process


class _Inline:
    """An engine that does the tasks where it stands, each step on the clock."""

    name, workers = "inline", 1

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def run(self, tasks: Iterable[Any], busy: float) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            family = task.step.partition("_")[0]
            stage = {"read": "rows", "copies": "copies", "deals": "deals"}.get(family, "the data set")
            with self._clock.at(stage):
                result = task.function(*task.arguments)
            yield task, result


@dataclass(slots=True)
class _Measured:
    """What one run in this process took: seconds by stage, how many documents came through each, and each page's time by side."""

    pages: int
    clock: Clock
    documents: Counter[str]
    fates: dict[str, int]
    times: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))

    @property
    def own(self) -> float:
        """Return the seconds of paraph itself, of all stages."""
        return sum(spent for stage, spent in self.clock.seconds.items() if not stage.startswith(PEER))

    def ratio(self, side: str) -> float | None:
        """Return how many times as many pages as trafilatura alone a side reads in the same time, on the pages that both read."""
        floor, mine = self.times.get(FLOOR, {}), self.times.get(side, {})
        common = floor.keys() & mine.keys()
        spent = sum(mine[number] for number in common)
        return sum(floor[number] for number in common) / spent if spent else None

    def rate(self, side: str) -> float:
        """Return pages a second of a side."""
        mine = self.times[side]
        return len(mine) / max(1e-9, sum(mine.values()))


def stages(inputs: Path, warm: Path, reader: str, scratch: Path, everything: bool) -> tuple[_Measured, list[str]]:
    """Run the whole on an archive in this process, the other sides in between; ``everything`` for the slow ones too."""
    from paraph.corpus.run import run
    from paraph.corpus.values import Record
    from paraph.corpus.work import Order
    from paraph.reading import ENGINES
    from paraph.settings import Settings

    clock = Clock()
    measured = _Measured(0, clock, Counter(), {})
    sides, missing = page_sides()
    texts, lacking = text_sides() if everything else ({}, [])
    if not everything:
        sides = {FLOOR: sides[FLOOR]}
    chance = random.Random(SEED)
    counted: Counter[str] = Counter()

    def beside(name: str, number: int, work: Callable[[], object]) -> None:
        stage = PEER + name
        before = clock.seconds[stage]
        with clock.at(stage):
            work()
        measured.times[name][number] = clock.seconds[stage] - before

    def taking_turns(records: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def found(*given: Any, **named: Any) -> Iterator[Any]:
            for one in clock.each(records(*given, **named), "unpack the archive"):
                before = measured.own
                yield one
                if not isinstance(one, Record) or one.data is None:
                    continue
                number, data = measured.pages, one.data
                measured.pages += 1
                measured.times["paraph"][number] = measured.own - before
                for name in chance.sample(list(sides), len(sides)):
                    if name != "newspaper4k" or number % NEWSPAPER_EVERY == 0:
                        beside(name, number, partial(_quiet, sides[name], data))
                if number % 100 == 99:
                    print(f"  {number + 1} pages", file=sys.stderr)

        return found

    def engine(name: str) -> Callable[[Any], Any]:
        made = ENGINES[name]

        def timed(settings: Any) -> Any:
            extract = made(settings)

            def one(document: Any, weak: bool) -> Any:
                with clock.at("cue engine" if name == "cues" else "encoder engine"):
                    signals = extract(document, weak)
                counted["read"] += 1
                number = counted["read"]
                for side, work in texts.items():
                    beside(side, number, partial(work, document.text))
                return signals

            return one

        return timed

    def on_clock(stage: str) -> Callable[[Any], Any]:
        return lambda function: clock.wrap(function, stage)

    places = [(module, name, on_clock(stage)) for module, name, stage in STAGES]
    places.append(("paraph.corpus.work", "records", taking_turns))
    old = ENGINES[reader]
    settings = Settings()
    _warm(warm, reader, scratch, sides, texts)
    try:
        ENGINES[reader] = engine(reader)
        _forget_engines()
        with exchanged(places) as gone, clock.at("the run"):
            report = run([str(inputs)], scratch, Order(reader, settings, NOW, {}), _Inline(clock))
    finally:
        ENGINES[reader] = old
        _forget_engines()
    fates = dict(report["fates"])
    measured.fates = fates
    came = clock.calls
    passed = measured.pages - fates.get("foreign", 0)
    measured.documents = Counter(
        {
            "decode and parse": came["decode and parse"],
            "article and facts": came["article and facts"],
            "language": passed,
            "cue engine": counted["read"],
            "encoder engine": counted["read"],
            "sketches": report["rows"]["documents"],
            "traits and keys": report["rows"]["documents"],
            "copies": report["rows"]["documents"],
            "deals": report["rows"]["documents"],
        }
    )
    shutil.rmtree(scratch)
    return measured, missing + lacking + [f"{name} (its time is counted with what calls it)" for name in gone]


def _quiet(side: Side, data: bytes) -> object:
    try:
        return side(data)
    except Exception:  # what a page does to another program is not measured here
        return None


def _forget_engines() -> None:
    from paraph.corpus import work

    for name in dir(work):
        forget = getattr(getattr(work, name), "cache_clear", None)
        if forget is not None and getattr(getattr(work, name), "__module__", "") == work.__name__:
            forget()


def _warm(warm: Path, reader: str, scratch: Path, sides: dict[str, Side], texts: dict[str, Any]) -> None:
    """Let every side do some other pages before the clock starts: modules and tables are loaded, caches filled."""
    import pyarrow.parquet as pq

    from paraph.corpus.inputs import plan
    from paraph.corpus.records import records
    from paraph.corpus.run import run
    from paraph.corpus.values import Record
    from paraph.corpus.work import Order
    from paraph.settings import Settings

    settings = Settings()
    run([str(warm)], scratch, Order(reader, settings, NOW, {}), _Inline(Clock()))
    for path in (scratch / "documents").rglob("*.parquet"):
        for text in pq.read_table(path).column("text").to_pylist():
            for work in texts.values():
                work(text)
    shutil.rmtree(scratch)
    for number, one in enumerate(
        one for piece in plan([str(warm)], settings).pieces for one in records(piece, settings)
    ):
        if isinstance(one, Record) and one.data is not None:
            for name, side in sides.items():
                if name != "newspaper4k" or number % NEWSPAPER_EVERY == 0:
                    _quiet(side, one.data)


def print_stages(title: str, measured: _Measured, reader: str) -> dict[str, Any]:
    """Print the table of one set, and return its figures."""
    pages, own = measured.pages, measured.own
    fates = ", ".join(f"{count} {fate}" for fate, count in sorted(measured.fates.items()))
    floor = sum(measured.times[FLOOR].values())
    print(f"\n{title}: {pages} pages ({fates}), reader {reader}, one core")
    print(f"  {'stage':38}{'documents':>10}{'a second':>10}{'ms a page':>11}{'share':>8}")
    rows = {}
    for stage in ORDER:
        spent = measured.clock.seconds.get(stage, 0.0)
        if not spent:
            continue
        came = measured.documents.get(stage) or pages
        rows[stage] = {"documents": came, "rate": came / spent, "ms_a_page": 1e3 * spent / pages, "share": spent / own}
        print(f"  {stage:38}{came:>10,}{came / spent:>10,.0f}{1e3 * spent / pages:>11.2f}{100 * spent / own:>7.1f}%")
    ratio = floor / own
    print(f"  {'the whole':38}{pages:>10,}{pages / own:>10,.1f}{1e3 * own / pages:>11.2f}{100:>7.1f}%")
    print(f"  {'beside it, the same pages':38}{'pages':>10}{'a second':>10}{'ms a page':>11}{'of trafilatura':>16}")
    sides: dict[str, Any] = {
        "paraph, bytes to data set": {"pages": pages, "rate": pages / own, "of_trafilatura": ratio}
    }
    print(
        f"  {'paraph, bytes to data set':38}{pages:>10,}{pages / own:>10,.1f}{1e3 * own / pages:>11.2f}{ratio:>16.2f}"
    )
    for side in ["paraph", *(name for name in measured.times if name in page_sides()[0])]:
        rate, one, mine = measured.rate(side), measured.ratio(side), measured.times[side]
        # Of paraph itself, what is done page by page.
        name = "paraph, page to signals" if side == "paraph" else side
        sides[name] = {"pages": len(mine), "rate": rate, "of_trafilatura": one}
        print(f"  {name:38}{len(mine):>10,}{rate:>10,.1f}{1e3 / rate:>11.2f}{one:>16.2f}")
    others = [name for name in measured.times if name not in sides and name != "paraph"]
    if others:
        own_sides = {"cue engine": "spaCy", "sketches": "datasketch"}
        print(f"  {'beside it, the same texts':38}{'texts':>10}{'a second':>10}")
        for stage in own_sides:
            if stage in rows:
                print(f"  {'paraph, ' + stage:38}{rows[stage]['documents']:>10,}{rows[stage]['rate']:>10,.0f}")
        for side in others:
            sides[side] = {"texts": len(measured.times[side]), "rate": measured.rate(side)}
            print(f"  {side:38}{len(measured.times[side]):>10,}{measured.rate(side):>10,.0f}")
    sys.stdout.flush()
    return {"pages": pages, "fates": measured.fates, "stages": rows, "sides": sides}


# ---- the whole, by command


def command(inputs: Path, out: Path, workers: int, reader: str, engine: str = "local") -> list[str]:
    """Return the command that a user gives."""
    told = ["--workers", str(workers), "--reader", reader, "--engine", engine, "--format", "json"]
    return [str(PARAPH), "corpus", "run", str(inputs), "--out", str(out), *told]


@dataclass(frozen=True, slots=True)
class Whole:
    """One run of the command: seconds on the wall and of the processor, its report, and the most memory (driver, worker, all)."""

    seconds: float
    report: dict[str, Any]
    peak: tuple[float, float, float]
    processor: float


def whole(inputs: Path, scratch: Path, workers: int, reader: str, limit: float, small: bool) -> Whole | None:
    """Run the command once; None where it took longer than ``limit`` seconds. What it made is thrown away."""
    environment = {**os.environ, **({"PARAPH_CORPUS_PIECE_BYTES": str(PIECE_BYTES)} if small else {})}
    out = scratch / "out"
    ended: Ended = watch(command(inputs, out, workers, reader), scratch / "logs", limit=limit, environment=environment)
    shutil.rmtree(out, ignore_errors=True)
    if ended.seconds >= limit:
        return None
    if ended.status:
        raise SystemExit(f"paraph corpus run ended with {ended.status}: {ended.complained.strip()[-600:]}")
    return Whole(ended.seconds, json.loads(ended.said), ended.peak(), ended.processor())


def print_whole(inputs: Path, scratch: Path, reader: str, rounds: int, until: float) -> dict[str, Any]:
    """Run the command with one worker and two in turn, and print rates, their ratio, memory and the hours of a day of CC-NEWS."""
    found: dict[int, list[Whole]] = {1: [], 2: []}
    for turn in range(rounds):
        for workers in (1, 2) if turn % 2 == 0 else (2, 1):
            done = whole(inputs, scratch, workers, reader, max(1.0, until - time.monotonic()), small=True)
            if done is None:
                print("  the time is over; left out")
                return {}
            found[workers].append(done)
            print(f"  workers {workers}: {done.seconds:.1f} s", file=sys.stderr)
    documents = found[1][0].report["documents"]
    print(
        f"\nThe whole by command: {documents:,} documents of the mixed stream, reader {reader}, "
        f"{found[1][0].report['pieces']} pieces, {rounds} {'round' if rounds == 1 else 'rounds'}, the quickest of each"
    )
    print(
        f"  {'workers':>8}{'seconds':>9}{'a second':>10}{'reading':>10}{'MB driver':>11}{'MB worker':>11}{'MB all':>9}"
    )
    best = {}
    for workers, rows in found.items():
        quickest = min(rows, key=lambda row: row.seconds)
        reading = documents / min(row.report["session"]["read_seconds"] for row in rows)
        peak = [max(row.peak[n] for row in rows) for n in range(3)]
        best[workers] = {
            "seconds": quickest.seconds,
            "rate": documents / quickest.seconds,
            "reading": reading,
            "peak": peak,
        }
        print(
            f"  {workers:>8}{quickest.seconds:>9.1f}{documents / quickest.seconds:>10.1f}{reading:>10.1f}"
            f"{peak[0]:>11.0f}{peak[1]:>11.0f}{peak[2]:>9.0f}"
        )
        cores = quickest.processor / quickest.seconds
        print(f"  {'':8} {quickest.processor:.1f} s of the processor: {cores:.2f} cores at work on average")
        steps = sorted(quickest.report["session"]["seconds"].items(), key=lambda pair: -pair[1])
        print(f"  {'':8} of it " + ", ".join(f"{step} {spent:.1f} s" for step, spent in steps if spent >= 0.05))
    gain, reading = best[2]["rate"] / best[1]["rate"], best[2]["reading"] / best[1]["reading"]
    hours = CCNEWS_DAY / best[2]["rate"] / 3_600
    print(f"  two workers to one: {gain:.2f} times (reading alone {reading:.2f})")
    print(f"  a day of CC-NEWS ({CCNEWS_DAY:,} documents) at this rate, two workers: {hours:.2f} hours")
    sys.stdout.flush()
    return {"documents": documents, "workers": best, "gain": gain, "gain_reading": reading, "ccnews_day_hours": hours}


def print_growth(most: int, scratch: Path, reader: str, until: float) -> list[dict[str, Any]]:
    """Run the command on more and more documents, and print what each costs."""
    print(f"\nGrowth: the stream in frames of {LARGEST:,} characters at the most, reader {reader}, two workers")
    print(f"  {'documents':>10}{'seconds':>9}{'ms each':>9}{'MB driver':>11}{'MB worker':>11}{'MB all':>9}")
    rows = []
    cost = 0.0
    for documents in (size for size in SIZES if size <= most):
        left = until - time.monotonic()
        # Making the stream takes some 3 ms a document on one core.
        if (cost + 0.004) * documents > left:
            print(
                f"  {documents:>10,} left out: it would take {cost * documents / 60:.0f} min, {left / 60:.0f} are left"
            )
            break
        inputs = scratch / "growing"
        write(Recipe(documents, largest=LARGEST), inputs, processes=2)
        done = whole(inputs, scratch, 2, reader, max(1.0, until - time.monotonic()), small=False)
        shutil.rmtree(inputs)
        if done is None:
            print(f"  {documents:>10,} left out: the time was over before it was done")
            break
        cost = done.seconds / documents
        peak = done.peak
        steps = done.report["session"]["seconds"]
        rows.append({"documents": documents, "seconds": done.seconds, "peak": peak, "steps": steps})
        print(
            f"  {documents:>10,}{done.seconds:>9.1f}{1e3 * cost:>9.2f}{peak[0]:>11.0f}{peak[1]:>11.0f}{peak[2]:>9.0f}"
        )
        each = sorted(steps.items(), key=lambda pair: -pair[1])[:6]
        print(f"  {'':10} ms each: " + ", ".join(f"{step} {1e3 * spent / documents:.2f}" for step, spent in each))
        sys.stdout.flush()
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=400, help="pages of each set for the stages [400]")
    parser.add_argument("--whole", type=int, default=4_000, help="documents for one worker and two [4,000]")
    parser.add_argument("--documents", type=int, default=100_000, help="the growth is measured up to so many [100,000]")
    parser.add_argument("--rounds", type=int, default=2, help="of the whole [2]")
    parser.add_argument(
        "--readers", default="cues,encoder", help="for the stages; the first for the rest [cues,encoder]"
    )
    parser.add_argument("--only", default="stages,whole,growth")
    parser.add_argument("--minutes", type=float, default=60.0, help="what would not be done by then is left out [60]")
    parser.add_argument("--gold", type=Path, default=GOLD, help="texts of relevant news")
    parser.add_argument("--scratch", type=Path, help="where the temporary folder is made")
    parser.add_argument("--json", type=Path, help="write the figures there")
    given = parser.parse_args(arguments)
    # So that what was started ends with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parts, readers = given.only.split(","), given.readers.split(",")
    until = time.monotonic() + 60 * given.minutes
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=given.scratch) as folder:
        scratch = Path(folder)
        if "stages" in parts:
            sets = _sets(scratch, given)
            for name, inputs in sets.items():
                for reader in readers:
                    print(f"stages: {name}, {reader}", file=sys.stderr)
                    measured, missing = stages(
                        inputs, scratch / "warm", reader, scratch / "stages", reader == readers[0]
                    )
                    figures[f"{name}, {reader}"] = print_stages(name, measured, reader)
                    for one in missing:
                        print(f"  not measured: {one}")
        if "whole" in parts:
            inputs = scratch / "whole"
            write(Recipe(given.whole), inputs, file_documents=1_000, processes=2)
            figures["whole"] = print_whole(inputs, scratch, readers[0], given.rounds, until)
            shutil.rmtree(inputs)
        if "growth" in parts:
            figures["growth"] = print_growth(given.documents, scratch, readers[0], until)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0


def _sets(scratch: Path, given: argparse.Namespace) -> dict[str, Path]:
    """Write the two sets of pages, and return their archives by name."""
    sets = {}
    if given.gold.is_dir():
        write_items(relevant(given.gold, given.pages), scratch / "relevant", "warc.gz")
        sets["relevant news"] = scratch / "relevant.warc.gz"
    else:
        print(f"{given.gold} is missing: relevant news is left out; name its folder with --gold")
    write(Recipe(given.pages), scratch / "mixed")
    write(Recipe(WARM_UP, seed=SEED, foreign=0.0), scratch / "warm")
    sets["mixed stream"] = scratch / "mixed"
    return sets


if __name__ == "__main__":
    sys.exit(main())
