"""What the gate lets through and what it costs, on gold and on real newswire, beside the cue engine in the same run.

    python benchmarks/reading_gate.py [--gold FOLDER] [--newswire ARCHIVE] [--stories N] [--show]

Recall is the share of gold signals whose document passes both looks and whose sentence is to be read. gold/train is what the
gate was made from: how it does on unseen events, training/gate/train.py says. Dropped are shares of documents (by the first
look, at the bare text; by both) and of sentences. The stories are other ones than the gate was trained on, spread evenly over
the archive. Times are of the processor, each side warmed up on all texts first.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _newswire import ARCHIVE, stories
from paraph.extract.engine import bundled
from paraph.extract.gate import bundled_gate
from paraph.extract.parse import parse
from paraph.model import Document

GOLD = ARCHIVE.parents[2] / "bench" / "gold"
# training/gate/train.py takes every sixth story of the archive; these begin beside them and keep off multiples of six.
TRAINED_STEP = 6


@dataclass(slots=True)
class Count:
    """What passed of one group of documents."""

    documents: int = 0
    first: int = 0
    both: int = 0
    sentences: int = 0
    read: int = 0
    signals: int = 0
    found: int = 0
    passed: list[str] = field(default_factory=list)

    def take(self, given: dict[str, Any]) -> None:
        """Count one document in."""
        gate = bundled_gate()
        text, title = given["text"], given.get("title")
        parsed = parse(text, title)
        first = gate.may_hold(text, title)
        to_read = gate.sentences_to_read(parsed) if first else [False] * len(parsed.layout.sentences)
        self.documents += 1
        self.first += first
        self.both += any(to_read)
        self.sentences += len(to_read)
        self.read += sum(to_read)
        if any(to_read):
            self.passed.append(f"{given['id']} {title}")
        spans = [(s.start, s.end) for s, wanted in zip(parsed.layout.sentences, to_read, strict=True) if wanted]
        for signal in given.get("signals", ()):
            self.signals += 1
            self.found += any(start <= signal["start"] < end for start, end in spans)

    def tell(self, name: str) -> None:
        """Print the line of the group."""
        recall = f"{self.found} of {self.signals} ({self.found / self.signals:.4f})" if self.signals else ""
        print(
            f"{name:28} {self.documents:5} {recall:>22} {1 - self.first / self.documents:11.3f}"
            f" {1 - self.both / self.documents:8.3f} {1 - self.read / max(1, self.sentences):10.3f}"
        )


def milliseconds(work: Callable[[dict[str, Any]], object], texts: list[dict[str, Any]]) -> float:
    """Return the milliseconds that a text takes on average."""
    for given in texts:
        work(given)
    begin = time.process_time()
    for given in texts:
        work(given)
    return 1000 * (time.process_time() - begin) / len(texts)


def groups(folder: Path, taken: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the documents of the gold by what they are told apart for; fill ``taken`` with those of the newswire."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in ("train", "dev"):
        for path in sorted((folder / part).rglob("*.json")):
            if path.name == "outcomes.json":
                continue
            given = json.loads(path.read_text("utf-8"))
            newswire = given["id"].startswith("reuters")
            if newswire:
                taken.add(given["id"].split("/")[1])
            kind = "without signals" if not given["signals"] else "newswire" if newswire else "events"
            found.setdefault(f"{part}, {kind}", []).append(given)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--newswire", type=Path, default=ARCHIVE)
    parser.add_argument("--stories", type=int, default=1_000)
    parser.add_argument("--show", action="store_true", help="print the titles of the stories that pass")
    options = parser.parse_args()
    for path in (options.gold, options.newswire):
        if not path.exists():
            print(f"{path} is missing; name it with --gold and --newswire")
            return 2
    taken: set[str] = set()
    texts = groups(options.gold, taken)
    raw = [
        {"id": story.id, "title": story.title, "text": story.text}
        for n, story in enumerate(stories(options.newswire))
        if n % TRAINED_STEP and story.id not in taken
    ]
    texts["newswire, not in the gold"] = raw[:: max(1, len(raw) // options.stories)][: options.stories]
    print(f"{'':28} {'docs':>5} {'signals passed':>22} {'dropped: by':>11} {'by both':>8} {'sentences':>10}")
    print(f"{'':57} {'first look':>11}")
    for name, documents in texts.items():
        count = Count()
        for given in documents:
            count.take(given)
        count.tell(name)
    if options.show:
        print(*count.passed, sep="\n")
    engine, gate = bundled(), bundled_gate()
    for name in ("dev, events", "newswire, not in the gold"):
        documents = texts[name][:300]
        words = sum(len(given["text"].split()) for given in documents) / len(documents)
        parses = {given["id"]: parse(given["text"], given.get("title")) for given in documents}
        first = milliseconds(lambda given: gate.may_hold(given["text"], given.get("title")), documents)
        whole = milliseconds(lambda given: gate.text_score(given["text"], given.get("title")), documents)
        parsing = milliseconds(lambda given: parse(given["text"], given.get("title")), documents)
        second = milliseconds(lambda given: gate.sentences_to_read(parses[given["id"]]), documents)  # noqa: B023
        cues = milliseconds(lambda given: engine.extract(Document(given["text"], title=given.get("title"))), documents)
        print(
            f"{name}: ms a text of {words:.0f} words: first look {first:.3f} ({whole:.3f} where all is read), parse"
            f" {parsing:.2f}, second look {second:.2f}, cue engine {cues:.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
