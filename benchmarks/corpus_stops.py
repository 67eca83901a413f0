"""Stopped and taken up again: is the data set of a run that was killed equal to the byte to that of one that was not?

    python benchmarks/corpus_stops.py [--documents N] [--form FORM] [--quick] [--minutes M] [--only stops,dask,pace] [--json FILE]

On one stream of documents (``_stream``, 100,000 of them), with ``paraph corpus run``:

- undisturbed, two workers, with the memory of the driver and of the largest worker over time: where they are flat, the slope of
  the line through the later part of the reading is nothing beside the peak;
- stops: the same in another folder, its whole process group ended with signal 9 at five seeded moments (four while it
  reads, one in the steps after that), and its disk filled once while it reads; taken up again each time;
- dask: the same with ``--engine dask --workers 2``, one worker ended with signal 9 in mid-work;
- pace: one worker and two in turn on a part of the stream.

Every file of the data sets is compared by its bytes; exit status 1 where one differs, or a full disk was not told as such. The
disk that fills is a tmpfs whose size is lowered to what is used (root; else in a namespace of its own this command is to be
started in: ``unshare -rm``); where that is not allowed, the largest file that a process may write is limited instead, and told.
``--quick`` does all of it on 300 documents, with pieces so small that there are some.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _documents import Recipe
from _processes import Ended, Process, Sample, slope, watch
from _stream import FORMS, write
from pace import LARGEST, PIECE_BYTES, command

SEED, KILLS = 11, 5
QUICK, QUICK_PIECE = 300, 1_000_000
# Documents of the part on which one worker and two take turns.
PACE = 12_000
# A disk is filled up to so many bytes while it is in use; the parts that a piece writes are larger.
LEFT_ON_DISK = 65_536
# Tables are loaded and caches filled in the first part of the reading; of a shorter one, in seconds, later as well. Set by eye.
SETTLED, LONG = 0.4, 180.0
# The largest file where the disk cannot be made small: less than a table of a piece takes.
LARGEST_FILE = 4_000
# Files that tell of the run and not of the documents: of when it began and how long it took.
NOT_COMPARED = frozenset({"report.json", "order.json", "work.lock"})


@dataclass(slots=True)
class Trial:
    """What all runs of this command share."""

    inputs: Path
    scratch: Path
    reader: str
    environment: dict[str, str]
    until: float
    said: dict[str, Any]
    more: tuple[str, ...] = ()

    def run(
        self,
        out: Path,
        *,
        workers: int = 2,
        engine: str = "local",
        inputs: Path | None = None,
        meanwhile: Callable[[int, Sample], bool] = lambda group, sample: False,
        before: Callable[[], None] | None = None,
    ) -> Ended:
        """Run the command once; SystemExit where the time is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise SystemExit("the time is over (--minutes); what is printed above holds")
        called = [*command(inputs or self.inputs, out, workers, self.reader, engine), *self.more]
        ended = watch(
            called, self.scratch / "logs", meanwhile=meanwhile, limit=left, before=before, environment=self.environment
        )
        if ended.seconds >= left:
            raise SystemExit("the time is over (--minutes); what is printed above holds")
        return ended

    def done(self, out: Path, **how: Any) -> Ended:
        """Run the command to its end; SystemExit with its words where it fails."""
        ended = self.run(out, **how)
        if ended.status:
            raise SystemExit(f"the run ended with {ended.status}: {ended.complained.strip()[-800:]}")
        return ended


def contents(out: Path) -> dict[str, str]:
    """Return the hash of every file of a data set, by its name; the run's own notes are left out."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_file() and name not in NOT_COMPARED:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def compare(what: str, one: dict[str, str], other: dict[str, str]) -> bool:
    """Say whether two data sets are equal, and in what they are not."""
    wrong = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    equal = not wrong and "manifest.json" in one
    print(
        f"{what}: {len(other)} files, {'equal to the byte' if equal else 'NOT EQUAL: ' + ', '.join(wrong[:8])}",
        flush=True,
    )
    return equal


def place(out: Path) -> str:
    """Return how far a run is, in words: how many pieces are read, and the step begun last with how much of it is done."""
    if (out / "manifest.json").exists():
        return "done"
    steps = []
    with suppress(OSError):
        for folder in (out / "work").iterdir():
            if folder.is_dir() and folder.name != "beats":
                done = sum(entry.name.isdecimal() for entry in folder.iterdir())
                steps.append((folder.stat().st_mtime, folder.name, done))
    if not steps:
        return "starting"
    read = sum(count for _, step, count in steps if step == "read")
    _, last, count = max(steps)
    return f"{read} pieces read" + (f", {last} {count}" if last != "read" else "")


# ---- undisturbed


def undisturbed(trial: Trial, out: Path) -> Ended:
    """Run once and tell time and memory."""
    ended = trial.done(out)
    report = json.loads(ended.said)
    documents = report["documents"]
    print(
        f"undisturbed: {documents:,} documents in {report['pieces']} pieces, {ended.seconds:.1f} s with two workers",
        flush=True,
    )
    print("  " + ", ".join(f"{count:,} {fate}" for fate, count in report["fates"].items()))
    print_memory(trial, "undisturbed", ended, documents)
    return ended


def print_memory(trial: Trial, name: str, ended: Ended, documents: int) -> None:
    """Print the peak of memory, and its slope while the later part of the documents is read."""
    peak = ended.peak()
    reading = json.loads(ended.said)["session"]["read_seconds"]
    later = [sample for sample in ended.samples if SETTLED * reading <= sample.at <= reading]
    pace = documents / reading
    told = {}
    views: dict[str, Callable[[Sample], float]] = {
        "driver": lambda sample: sample.driver,
        "largest worker": lambda sample: sample.worker,
        "all": lambda sample: sample.together,
    }
    for who, of in views.items():
        per_second = slope([(sample.at, of(sample)) for sample in later])
        told[who] = {"peak": max(map(of, ended.samples), default=0.0), "slope": 10_000 * per_second / pace}
        shown = (
            f"slope {told[who]['slope']:+.2f} MB in 10,000 documents" if reading >= LONG else "too short for a slope"
        )
        print(f"  {who}: {told[who]['peak']:,.0f} MB at the most; {shown}")
    trial.said[name] = {"documents": documents, "seconds": ended.seconds, "peak": peak, "memory": told}
    tenths = ended.samples[:: max(1, len(ended.samples) // 10)]
    print(
        "  MB of driver/largest worker over time: " + " ".join(f"{s.driver:.0f}/{s.worker:.0f}" for s in tenths),
        flush=True,
    )


# ---- stops


def stops(trial: Trial, seconds: float, pieces: int, whole: dict[str, str]) -> bool:
    """Run with kills and a full disk, and compare; ``seconds`` and ``pieces`` are those of the undisturbed run."""
    chance = random.Random(SEED)
    # By how much is done and not by the clock, which runs otherwise on a busy machine; within the work on a piece by the clock.
    shares = sorted(chance.uniform(0.05, 0.95) for _ in range(KILLS - 1))
    waits = [chance.uniform(0.0, min(5.0, seconds / pieces)) for _ in shares]
    with disk(trial.scratch / "disk") as (home, resize):
        out = home / "out"
        killed = 0
        for number, (share, wait) in enumerate(zip(shares, waits, strict=True)):
            killed += stopped(trial, out, _moment(out, int(share * pieces), wait))
            if number == KILLS // 2 - 1 and not filled(trial, out, home, resize):
                return False
        # Once all is read: copies, deals and what settles them.
        killed += stopped(trial, out, _moment(out, pieces, chance.uniform(0.0, min(5.0, seconds / 20))))
        again = trial.done(out)
        print(f"  taken up for the last time: {again.seconds:.1f} s")
        trial.said["stops"] = {"killed": killed, "last_seconds": again.seconds}
        full = "by a full disk" if resize is not None else "for want of larger files"
        return compare(f"stopped {killed} times with signal 9 and once {full}", whole, contents(out))


def _moment(out: Path, pieces: int, wait: float) -> Callable[[Sample], bool]:
    """Return what tells the moment: so many pieces are read, a process is at work, and ``wait`` seconds have passed since."""
    since: list[float] = []

    def come(sample: Sample) -> bool:
        if not since and sample.others and len(list((out / "work" / "read").glob("?????"))) >= pieces:
            since.append(sample.at)
        return bool(since) and sample.at >= since[0] + wait

    return come


def stopped(trial: Trial, out: Path, when: Callable[[Sample], bool]) -> int:
    """Run until ``when`` says so, end the whole group with signal 9, and tell how far it was; 1 where it was killed."""
    ended = trial.run(out, meanwhile=lambda group, sample: when(sample))
    where = place(out)
    if ended.status == 0:
        print(f"  done after {ended.seconds:.1f} s, before the moment came")
        return 0
    if ended.status != -signal.SIGKILL:
        raise SystemExit(f"the run ended with {ended.status}: {ended.complained.strip()[-800:]}")
    print(f"  killed after {ended.seconds:.1f} s at: {where}", flush=True)
    return 1


Resize = Callable[[int | None], None]


@contextmanager
def disk(home: Path) -> Iterator[tuple[Path, Resize | None]]:
    """Give a folder on a disk of its own and what sets its size (None: as large as it likes); None where that is not allowed."""
    home.mkdir()

    def mount(*options: str) -> bool:
        called = ["mount", "-t", "tmpfs", *options, "tmpfs", str(home)]
        return shutil.which("mount") is not None and subprocess.run(called, capture_output=True).returncode == 0

    def resize(size: int | None) -> None:
        size = size if size is not None else 8_000_000_000
        if not mount("-o", f"remount,size={size}"):
            raise OSError(f"{home}: its size could not be set to {size}")

    if not mount("-o", "size=8000000000"):
        yield home, None
        return
    try:
        yield home, resize
    finally:
        subprocess.run(["umount", "-l", str(home)], capture_output=True)


def filled(trial: Trial, out: Path, home: Path, resize: Resize | None) -> bool:
    """Let the disk be full while the run goes on, and tell whether the run said so; make room again."""
    limited = resize is None
    full: list[bool] = []

    def fill(group: int, sample: Sample) -> bool:
        # Once the workers are at work, or in the quick form at once.
        if not full and resize is not None and sample.at >= 1.0 and any((out / "work" / "beats").glob("*")):
            full.append(True)
            used = shutil.disk_usage(home).used
            resize(used + LEFT_ON_DISK)
        return False

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))

    ended = trial.run(out, meanwhile=fill, before=small_files if limited else None)
    if resize is not None:
        resize(None)
    how = f"no file above {LARGEST_FILE:,} bytes (a small disk could not be mounted here)" if limited else "a full disk"
    told = ended.complained.strip().splitlines()[-1:] or ["(nothing)"]
    print(
        f"  {how}: ended with {ended.status} after {ended.seconds:.1f} s at: {place(out)}; it said: {told[0]}",
        flush=True,
    )
    if ended.status == 0:
        print("  the disk was not full before the run was done: the trial shows nothing")
        return False
    if "disk is full" not in ended.complained:
        print("  NOT TOLD: the message does not say that the disk is full")
        return False
    return True


# ---- dask


def dask(trial: Trial, pieces: int, whole: dict[str, str]) -> bool:
    """Run with Dask, end one of its two workers in mid-work, and compare."""
    out = trial.scratch / "dask"
    chance = random.Random(SEED + 1)
    share = chance.uniform(0.2, 0.7)
    victim: list[Process] = []

    def kill_one(group: int, sample: Sample) -> bool:
        read = len(list((out / "work" / "read").glob("?????")))
        if victim or not sample.others or read < max(1, share * pieces):
            return False
        # The busiest process but the driver is a worker: the nanny's helpers do next to nothing.
        victim.append(max(sample.others, key=lambda one: one.seconds))
        with suppress(ProcessLookupError):
            os.kill(victim[0].pid, signal.SIGKILL)
        print(f"  worker {victim[0].pid} killed after {sample.at:.1f} s at: {place(out)}", flush=True)
        return False

    ended = trial.done(out, engine="dask", meanwhile=kill_one)
    if not victim:
        print("  no worker was killed: the run was done before the moment came")
        return False
    print(f"  dask: {ended.seconds:.1f} s with two workers")
    print_memory(trial, "dask", ended, json.loads(ended.said)["documents"])
    equal = compare("dask, one worker killed in mid-work", whole, contents(out))
    shutil.rmtree(out)
    return equal


# ---- one worker and two


def pace(trial: Trial, documents: int, rounds: int, small: bool) -> None:
    """Run a part of the stream with one worker and two in turn, and print the ratio."""
    part = trial.scratch / "part"
    part.mkdir()
    count = 0
    for path in sorted(trial.inputs.iterdir()):
        if count >= documents:
            break
        os.link(path, part / path.name)
        count += FILE
    environment = trial.environment
    if not small:
        trial.environment = environment | {"PARAPH_CORPUS_PIECE_BYTES": str(PIECE_BYTES)}
    best: dict[int, tuple[float, float]] = {}
    for turn in range(rounds):
        for workers in (1, 2) if turn % 2 == 0 else (2, 1):
            out = trial.scratch / "paced"
            ended = trial.done(out, workers=workers, inputs=part)
            shutil.rmtree(out)
            report = json.loads(ended.said)
            count = report["documents"]
            known = best.get(workers, (float("inf"), float("inf")))
            best[workers] = (min(known[0], ended.seconds), min(known[1], report["session"]["read_seconds"]))
            print(f"  {workers} {'worker' if workers == 1 else 'workers'}: {ended.seconds:.1f} s", flush=True)
    trial.environment = environment
    gain, reading = best[1][0] / best[2][0], best[1][1] / best[2][1]
    print(
        f"pace: {count:,} documents: {count / best[1][0]:.1f} a second with one worker, {count / best[2][0]:.1f} with two: "
        f"{gain:.2f} times (reading alone {reading:.2f}; the quickest of {rounds})",
        flush=True,
    )
    trial.said["pace"] = {"documents": count, "one": best[1], "two": best[2], "gain": gain, "gain_reading": reading}


# Documents in one file of the stream, so that a part of it can be taken.
FILE = 1_000


def main(arguments: list[str] | None = None) -> int:
    """Try it all, and return 1 where a data set differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help=f"on {QUICK} documents, in small pieces")
    parser.add_argument(
        "--form", choices=FORMS, default="warc.gz", help="how the stream lies; jsonl is of texts [warc.gz]"
    )
    parser.add_argument("--reader", default="cues")
    parser.add_argument(
        "--no-deals", action="store_true", help="as the command's: the stream's deals are denser than news"
    )
    parser.add_argument("--only", default="stops,dask,pace")
    parser.add_argument("--pace-documents", type=int, default=PACE, help=f"for one worker and two [{PACE:,}]")
    parser.add_argument("--rounds", type=int, default=2, help="of one worker and two [2]")
    parser.add_argument("--minutes", type=float, default=120.0, help="the command ends by then [120]")
    parser.add_argument("--scratch", type=Path, help="where the temporary folder is made")
    parser.add_argument("--json", type=Path, help="write the figures there")
    given = parser.parse_args(arguments)
    # So that what was started ends with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    documents = QUICK if given.quick else given.documents
    environment = dict(os.environ)
    if given.quick:
        environment["PARAPH_CORPUS_PIECE_BYTES"] = str(QUICK_PIECE)
    parts, right = given.only.split(","), True
    with tempfile.TemporaryDirectory(dir=given.scratch) as folder:
        scratch = Path(folder)
        inputs = scratch / "stream"
        html = 0.0 if given.form == "jsonl" else 1.0
        made = write(
            Recipe(documents, html=html, largest=LARGEST), inputs, given.form, file_documents=FILE, processes=2
        )
        print(
            f"{documents:,} documents, {made['packed'] / 1e6:,.0f} MB packed, {made['unpacked'] / 1e6:,.0f} MB not",
            flush=True,
        )
        trial = Trial(inputs, scratch, given.reader, environment, time.monotonic() + 60 * given.minutes, {})
        trial.more = ("--no-deals",) if given.no_deals else ()
        if "stops" in parts or "dask" in parts:
            ended = undisturbed(trial, scratch / "whole")
            whole = contents(scratch / "whole")
            if "stops" in parts:
                right &= stops(trial, ended.seconds, json.loads(ended.said)["pieces"], whole)
            if "dask" in parts:
                right &= dask(trial, json.loads(ended.said)["pieces"], whole)
        if "pace" in parts:
            pace(trial, given.pace_documents, 1 if given.quick else given.rounds, given.quick)
    if given.json:
        given.json.write_text(json.dumps(trial.said, indent=1) + "\n", "utf-8")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
