"""How well the brief's simple folding of signals finds the deals of the gold, at several thresholds.

usage: python benchmarks/folding.py [GOLD_FOLDER]      (default ../shared/bench/gold/train)

Prints B-cubed precision, recall and F1 of the groups against the gold's deal ids within each event. The gold's own
anchors are folded, so that it is the folding alone that is measured. Figures are "on rewritten reports".
"""

from __future__ import annotations

import collections
import json
import sys
from pathlib import Path

from paraph.briefing import folding
from paraph.model import Certainty, Instrument, Sector, Signal, SourceType, Stage

THRESHOLDS = (0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2)


def load(folder: Path) -> dict[str, list[tuple[Signal, str]]]:
    """Return each event's signals with their deal ids."""
    events: dict[str, list[tuple[Signal, str]]] = collections.defaultdict(list)
    for path in sorted(folder.rglob("*.json")):
        if path.name == "outcomes.json":
            continue
        document = json.loads(path.read_text("utf-8"))
        for row in document["signals"]:
            signal = Signal(
                start=row["start"],
                end=row["end"],
                anchor=row["anchor"],
                stage=Stage(row["stage"]),
                ahead=row["ahead"],
                certainty=Certainty(row["certainty"]),
                source_type=SourceType(row["source_type"]),
                source=row["source"],
                parties=tuple(row["parties"]),
                sector=Sector(row["sector"]),
                instrument=Instrument(row["instrument"]),
                confidence=1.0,
            )
            events[document["event"]].append((signal, row["deal"]))
    return events


def b_cubed(pairs: list[tuple[object, object]]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of predicted clusters: pairs of (gold cluster, predicted cluster)."""
    both = collections.Counter(pairs)
    gold = collections.Counter(a for a, _ in pairs)
    found = collections.Counter(b for _, b in pairs)
    precision = sum(n * n / found[b] for (_, b), n in both.items()) / len(pairs)
    recall = sum(n * n / gold[a] for (a, _), n in both.items()) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/bench/gold/train")
    if not folder.is_dir():
        print(f"{folder}: no such folder; give the folder with the gold documents", file=sys.stderr)
        return 2
    events = load(folder)
    print(f"{sum(map(len, events.values()))} signals, {len(events)} events of {folder}")
    print("near   precision  recall  F1")
    for near in THRESHOLDS:
        folding.NEAR = near
        pairs: list[tuple[object, object]] = []
        for event, rows in events.items():
            for n, group in enumerate(folding.fold([signal for signal, _ in rows])):
                pairs += [((event, rows[i][1]), (event, n)) for i in group]
        precision, recall, f1 = b_cubed(pairs)
        print(f"{near:<6} {precision:.3f}      {recall:.3f}   {f1:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
