"""How many documents a second the encoder's engine reads, beside the cue engine and the same network in full precision.

usage: python benchmarks/encoder.py [--rounds N] [--documents N] [--full NETWORK.onnx] [--shared FOLDER]

Over the same texts (gold/dev, without the gate) and over a mixed news stream (stories of Reuters-21578, spread over the
archive, with the gate), on one core and on two. Each side runs in a process of its own that may use so many cores, in turn, so
that a busy moment hits all; texts are read before the clock starts and each side is warmed up on the first texts. By the clock
on the wall, for two cores are worth as much as they save. --full is the network before its weights went into eight bits
(training/encoder/export.py leaves it beside the weights as full.onnx). With spaCy installed, a third peer is its blank English
pipeline with a parser on a tok2vec of the usual size, untrained: what it costs, not what it knows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _newswire import stories

ROOT = Path(__file__).resolve().parents[1]
WARM = 20
# One story of so many of the archive's 19,000 makes the stream.
EACH = 19
Read = Callable[[str, str | None], object]


def reader(side: str, threads: int, full: str | None) -> Read:
    """Return what one side does with one text."""
    from dataclasses import replace

    from paraph.model import Document

    if side == "spacy":
        import spacy

        pipeline = spacy.blank("en")
        pipeline.add_pipe("tok2vec")
        pipeline.add_pipe("parser")
        pipeline.get_pipe("parser").add_label("nsubj")
        pipeline.initialize()
        return lambda text, title: pipeline(text)
    if side == "cues":
        from paraph.extract.engine import bundled

        cues = bundled()
        return lambda text, title: cues.extract(Document(text=text, title=title))
    from paraph.extract.encoder import Encoder
    from paraph.extract.encoder_engine import bundled_encoder_engine

    engine = bundled_encoder_engine(threads)
    if side == "full":
        data = ROOT / "src/paraph/extract/data/encoder"
        network = Encoder(Path(str(full)).read_bytes(), (data / "vocabulary.txt").read_text("utf-8"), threads)
        engine = replace(engine, encoder=network)
    if side != "gated":
        engine = replace(engine, gate=None)
    return lambda text, title: engine.extract(Document(text=text, title=title))


def texts(stream: str, shared: Path, count: int) -> list[tuple[str, str | None]]:
    """Return text and title of the documents of a stream."""
    if stream == "newswire":
        archive = shared / "data/reuters-21578/reuters21578.tar.gz"
        return [(story.text, story.title) for story in islice(stories(archive), 0, count * EACH, EACH)]
    documents = [json.loads(path.read_text("utf-8")) for path in sorted((shared / "bench/gold/dev").rglob("*.json"))]
    return [(d["text"], d.get("title")) for d in documents if "text" in d][:count]


def work(given: argparse.Namespace) -> None:
    """Run one side once and print its seconds and its peak of memory in MB."""
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: given.threads]))
    documents = texts(given.stream, given.shared, given.documents)
    read = reader(given.side, given.threads, given.full)
    for text, title in documents[:WARM]:
        read(text, title)
    begin = time.perf_counter()
    for text, title in documents:
        read(text, title)
    spent = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"documents": len(documents), "seconds": spent, "megabytes": peak}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--full")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--stream", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        work(given)
        return 0
    if not (given.shared / "bench/gold/dev").is_dir():
        print(f"encoder: {given.shared}/bench/gold is missing; there is nothing to read")
        return 0
    sides = [("dev", "cues", 1), ("dev", "encoder", 1), ("dev", "encoder", 2)]
    sides += [("dev", "full", 2)] if given.full else []
    sides += [("dev", "spacy", 1), ("newswire", "cues", 1), ("newswire", "gated", 1), ("newswire", "gated", 2)]
    results: dict[tuple[str, str, int], list[dict[str, float]]] = {side: [] for side in sides}
    for _ in range(given.rounds):
        for stream, side, threads in sides:
            command = [sys.executable, __file__, "--side", side, "--stream", stream, "--threads", str(threads)]
            command += ["--documents", str(given.documents), "--shared", str(given.shared)]
            command += ["--full", given.full] if given.full else []
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                print(f"{side}: not run: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                continue
            results[stream, side, threads].append(json.loads(run.stdout))
    print(f"{'stream':10} {'side':8} {'cores':>5} {'median/s':>9} {'least':>7} {'most':>7} {'peak MB':>8}")
    for (stream, side, threads), rows in results.items():
        if rows:
            rates = [row["documents"] / row["seconds"] for row in rows]
            peak = max(row["megabytes"] for row in rows)
            print(
                f"{stream:10} {side:8} {threads:5} {statistics.median(rates):9.0f} {min(rates):7.0f} {max(rates):7.0f} "
                f"{peak:8.0f}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
