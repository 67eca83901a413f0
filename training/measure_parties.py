"""Measure the parties with the gold's own anchors, as bench/score.py counts them, and the speed of finding them.

python training/measure_parties.py [--gold ../shared/bench/gold] [--errors N] [--split train|dev]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paraph.extract.gazetteer import Mention, default_gazetteer
from paraph.extract.layout import read_layout
from paraph.extract.parties import assign_parties

GOLD = Path(__file__).resolve().parent.parent.parent / "shared" / "bench" / "gold"


@dataclass
class Case:
    """One gold document, ready for ``assign_parties``; ``parties`` holds the gold's answer for each anchor."""

    id: str
    event: str
    text: str
    title: str | None
    mentions: list[Mention]
    sentences: list[tuple[int, int]]
    anchors: list[tuple[int, int]]
    sentence_of: list[int]
    parties: list[frozenset[str]]


def load(folder: Path) -> list[Case]:
    """Read the gold documents that hold signals."""
    gazetteer = default_gazetteer()
    cases = []
    for path in sorted(folder.rglob("*.json")):
        if path.name == "outcomes.json":
            continue
        document: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if not document["signals"]:
            continue
        text = document["text"]
        spans = [(s.start, s.end) for s in read_layout(text, document["title"]).sentences]
        starts = [start for start, _ in spans]
        anchors = [(s["start"], s["end"]) for s in document["signals"]]
        cases.append(
            Case(
                id=document["id"],
                event=document["event"],
                text=text,
                title=document["title"],
                mentions=gazetteer.find(text),
                sentences=spans,
                anchors=anchors,
                sentence_of=[max(0, bisect_right(starts, start) - 1) for start, _ in anchors],
                parties=[frozenset(s["parties"]) for s in document["signals"]],
            )
        )
    return cases


def f1(pairs: list[tuple[frozenset[str], frozenset[str]]]) -> float:
    """Return the micro F1 of (gold, found) pairs, as bench/score.py counts it."""
    both = sum(len(gold & found) for gold, found in pairs)
    return 2 * both / max(1, sum(len(gold) + len(found) for gold, found in pairs))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--split", choices=("train", "dev"), action="append")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="print N wrong signals")
    options = parser.parse_args()
    for split in options.split or ("train", "dev"):
        cases = load(options.gold / split)
        pairs: list[tuple[frozenset[str], frozenset[str]]] = []
        classes: Counter[str] = Counter()
        by_event: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
        left = options.errors
        reach = total = 0
        for case in cases:
            named = {code for m in case.mentions for code in m.codes}
            named |= {code for m in default_gazetteer().find(case.title or "") for code in m.codes}
            found = assign_parties(case.text, case.mentions, case.sentences, case.anchors, case.sentence_of, case.title)
            for anchor, gold, (codes, _) in zip(case.anchors, case.parties, found, strict=True):
                pair = gold, frozenset(codes)
                pairs.append(pair)
                by_event.setdefault(case.event, []).append(pair)
                reach += len(gold & named)
                total += len(gold)
                for code in gold - pair[1]:
                    classes["missed, named in the text" if code in named else "missed, not known to be named"] += 1
                classes["too much"] += len(pair[1] - gold)
                if gold != pair[1] and left:
                    left -= 1
                    print(f"{case.id} {case.text[slice(*anchor)]!r}: gold {sorted(gold)}, found {sorted(pair[1])}")
        start = time.process_time()
        for case in cases:
            mentions = default_gazetteer().find(case.text)
            assign_parties(case.text, mentions, case.sentences, case.anchors, case.sentence_of, case.title)
        spent = (time.process_time() - start) / len(cases)
        size = sum(len(case.text) for case in cases) / len(cases)
        exact = sum(gold == found for gold, found in pairs) / len(pairs)
        print(
            f"{split}: parties_f1 {f1(pairs):.4f} on {len(pairs)} signals of {len(cases)} documents; {exact:.1%} exactly right"
        )
        print(f"  gold parties that the text names: {reach / total:.1%}; {dict(classes)}")
        print(f"  gazetteer and parties: {spent * 1000:.2f} ms a document of {size:.0f} characters")
        for event, rows in sorted(by_event.items(), key=lambda item: f1(item[1])):
            print(f"    {f1(rows):.3f} {len(rows):5} {event}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
