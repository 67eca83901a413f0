"""How many documents a second the cue engine reads on one core, and in what memory, beside spaCy in the same run.

usage: python benchmarks/extraction.py [FOLDER [ROUNDS]]    (default ../shared/bench/gold, else the project's fixtures; 5)

The peer is what a user would begin with: spaCy's blank English pipeline with its sentencizer, an EntityRuler-free Matcher with
patterns for deal nouns, verbs of signing and hedges, over the same texts. It does far less (it marks words; it decides no stage,
source, party, sector or instrument): it is the floor, not a rival. Each runs in a process of its own, in turn, so that a busy
moment hits both and the peak of memory is its own; texts are read before the clock starts, and each side is warmed up on all
texts first. Documents a second are by the processor's time of that process.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIDES = ("cues", "spacy")
DEAL_NOUNS = "agreement deal pact treaty accord memorandum contract sale purchase loan investment venture cooperation"
SIGNING = "sign agree approve announce negotiate discuss propose reject expect plan"
HEDGES = "may might could possible likely expected reportedly potential"


def texts(folder: Path) -> list[tuple[str, str | None]]:
    """Return text and title of every document below a folder."""
    found = []
    for path in sorted(folder.rglob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        if isinstance(data, dict) and isinstance(data.get("text"), str):
            found.append((data["text"], data.get("title")))
    if not found:
        found = [(path.read_text("utf-8"), None) for path in sorted(folder.rglob("*.txt"))]
    return found


def reader(side: str) -> Callable[[str, str | None], object]:
    """Return what one side does with one text."""
    if side == "cues":
        from paraph.extract.engine import bundled
        from paraph.model import Document

        engine = bundled()
        return lambda text, title: engine.extract(Document(text=text, title=title))
    import spacy
    from spacy.matcher import Matcher

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    matcher = Matcher(pipeline.vocab)
    for name, words in (("DEAL", DEAL_NOUNS), ("SIGN", SIGNING), ("HEDGE", HEDGES)):
        forms = [form for word in words.split() for form in (word, word + "s", word + "ed", word + "ing")]
        matcher.add(name, [[{"LOWER": {"IN": forms}}], [{"LOWER": {"IN": forms}}, {"IS_ALPHA": True, "OP": "{1,3}"}]])

    def read(text: str, title: str | None) -> object:
        document = pipeline(text)
        return [sentence.start for sentence in document.sents], matcher(document)

    return read


def work(side: str, folder: Path) -> None:
    """Run one side once and print its seconds and its peak of memory in MB."""
    documents = texts(folder)
    read = reader(side)
    for text, title in documents:
        read(text, title)
    begin = time.process_time()
    for text, title in documents:
        read(text, title)
    spent = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"documents": len(documents), "seconds": spent, "megabytes": peak}))


def main() -> int:
    if len(sys.argv) == 4 and sys.argv[1] == "--side":
        work(sys.argv[2], Path(sys.argv[3]))
        return 0
    gold = ROOT.parent / "shared/bench/gold"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else gold if gold.exists() else ROOT / "tests/fixtures/reports"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    results: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            command = [sys.executable, __file__, "--side", side, str(folder)]
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                print(f"{side}: not run: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                continue
            results[side].append(json.loads(run.stdout))
    rates = {side: [r["documents"] / r["seconds"] for r in rows] for side, rows in results.items() if rows}
    print(f"{folder}, {rounds} rounds, one core")
    print(f"{'':8} {'median/s':>9} {'least':>7} {'most':>7} {'peak MB':>8}")
    for side, values in rates.items():
        peak = max(r["megabytes"] for r in results[side])
        print(f"{side:8} {statistics.median(values):9.0f} {min(values):7.0f} {max(values):7.0f} {peak:8.0f}")
    if len(rates) == 2:
        print(f"cues to spacy: {statistics.median(rates['cues']) / statistics.median(rates['spacy']):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
