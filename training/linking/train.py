"""Train the weights of linking: from annotated deals to the tables in src/paraph/link/data.

    python training/linking/train.py ../shared/bench/gold/train                                  writes the tables
    python training/linking/train.py ../shared/bench/gold/train --dev ../shared/bench/gold/dev   and measures on dev

Needs the dependency group "train", which the program does not. The signals compared are those that the cue engine finds in
events it was not trained on (so linking learns to live with its mistakes), labelled by the gold signals they overlap. Every event
is in one fold only. Weights: L1-penalised logistic regression (liblinear, seeded); the same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import collections
import math
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from training.cues import train as cues

from paraph.extract.engine import CueEngine, bundled
from paraph.intake.official import document_kind
from paraph.link import likeness, traits
from paraph.link.blocking import keys_of
from paraph.link.forest import parents_of, roots_of
from paraph.link.traits import Traits, traits_of
from paraph.model import Document, Signal

DATA = Path(__file__).parents[2] / "src/paraph/link/data"
FOLDS = 4
SEED = 7
# Inverse of the penalty: .003 and .3 are worse by .005 to .01 B-cubed F1 over events.
PENALTY = 0.01
# A word must stand in this many documents to be weighed; rarer ones share one weight.
LEAST_SEEN = 3
THRESHOLDS = (0.40, 0.43, 0.47, 0.50, 0.55)


@dataclass(frozen=True, slots=True)
class Row:
    """A signal that was found: its traits, its document's day, the gold deal it overlaps, if any, and the event."""

    traits: Traits
    day: date
    deal: str | None
    event: str


def words(documents: list[dict[str, Any]]) -> str:
    """Return the table of how much words tell: the log of the number of documents over those that hold the word."""
    seen: collections.Counter[str] = collections.Counter()
    for document in documents:
        places = traits.Places.of(document["text"], document.get("title"))
        seen.update(
            {word for n in range(len(places.sentences)) for _, _, word, sort in places.words(n) if sort != "number"}
        )
    size = len(documents)
    rows = [f"{word}\t{math.log(size / n):.2f}" for word, n in sorted(seen.items()) if n >= LEAST_SEEN]
    return "\n".join([_NOTE, f"*\t{math.log(size / 2):.2f}", *rows]) + "\n"


def concepts(rows: list[Row]) -> str:
    """Return the table of how much concepts tell: the log of the number of signals over those that speak of the concept."""
    seen: collections.Counter[str] = collections.Counter()
    for row in rows:
        seen.update(likeness.subjects_of(row.traits))
    return "\n".join([_NOTE, *(f"{name}\t{math.log(len(rows) / n):.2f}" for name, n in sorted(seen.items()))]) + "\n"


_NOTE = "# Made by training/linking/train.py; do not edit."


def found(documents: list[dict[str, Any]], engine: CueEngine) -> Iterator[Row]:
    """Yield the signals of documents as the engine finds them, weak ones among them, each with its gold deal."""
    for given in documents:
        kind, _ = document_kind(given.get("title"), given["text"], given.get("url"), given.get("publisher"))
        document = Document(
            given["text"],
            id=given["id"],
            url=given.get("url"),
            publisher=given.get("publisher"),
            title=given.get("title"),
            kind=kind,
        )
        signals = engine.extract(document, weak=True)
        deals = paired(given, signals)
        day = date.fromisoformat(given["published"][:10]) if given.get("published") else date(2024, 1, 1)
        for kept, deal in zip(traits_of(document, signals), deals, strict=True):
            # A report of the newswire is an event of its own.
            yield Row(kept, day, deal, given["id"] if given["event"].startswith("reuters") else given["event"])


def paired(given: dict[str, Any], signals: tuple[Signal, ...]) -> list[str | None]:
    """Return the gold deal of each signal: one to one, by the number of characters shared, None where there is none."""
    scored = sorted(
        (
            (min(g["end"], s.end) - max(g["start"], s.start), -i, -j)
            for i, g in enumerate(given["signals"])
            for j, s in enumerate(signals)
            if g["start"] < s.end and s.start < g["end"]
        ),
        reverse=True,
    )
    deals: list[str | None] = [None] * len(signals)
    used: set[int] = set()
    for _, i, j in scored:
        if -i not in used and deals[-j] is None:
            used.add(-i)
            deals[-j] = given["signals"][-i]["deal"]
    return deals


def by_event(rows: list[Row]) -> dict[str, list[Row]]:
    """Return the rows of each event."""
    events: dict[str, list[Row]] = {}
    for row in rows:
        events.setdefault(row.event, []).append(row)
    return events


def compared(rows: list[Row]) -> list[tuple[int, int]]:
    """Return the pairs of places in ``rows`` (one event's) that share a key within its window."""
    keys = [dict(keys_of(row.traits)) for row in rows]
    return [
        (i, j)
        for i, j in combinations(range(len(rows)), 2)
        if any(abs((rows[i].day - rows[j].day).days) <= keys[i][key] for key in keys[i].keys() & keys[j].keys())
    ]


def learn(events: dict[str, list[Row]], pairs: dict[str, list[tuple[int, int]]]) -> list[float]:
    """Return the bias and the weights of likeness.FEATURES, learnt from the pairs whose two signals are both annotated."""
    inputs, labels = [], []
    for event, rows in events.items():
        for i, j in pairs[event]:
            if rows[i].deal is not None and rows[j].deal is not None:
                inputs.append(likeness.features(rows[i].traits, rows[j].traits))
                labels.append(rows[i].deal == rows[j].deal)
    scale = StandardScaler()
    model = LogisticRegression(C=PENALTY, penalty="l1", solver="liblinear", random_state=SEED, max_iter=500)
    model.fit(scale.fit_transform(np.array(inputs, dtype=float)), labels)
    weights = model.coef_[0] / scale.scale_
    return [float(model.intercept_[0] - weights @ scale.mean_), *map(float, weights)]


def b_cubed(
    events: dict[str, list[Row]],
    pairs: dict[str, list[tuple[int, int]]],
    weights: Callable[[str], list[float]],
    threshold: float,
) -> tuple[float, float, float]:
    """Return B-cubed F1, precision and recall of the trees over annotated signals of all events but newswire."""
    both: collections.Counter[tuple[Any, Any]] = collections.Counter()
    for event, rows in events.items():
        if event.startswith("reuters"):
            continue
        bias, *rest = weights(event)
        near: dict[int, dict[int, float]] = collections.defaultdict(dict)
        for i, j in pairs[event]:
            total = bias + float(np.dot(rest, likeness.features(rows[i].traits, rows[j].traits)))
            near[i][j] = near[j][i] = 1 / (1 + math.exp(-total))
        order = {n: (row.day, row.traits.document, row.traits.start, n) for n, row in enumerate(rows)}
        roots = roots_of(parents_of(order, lambda n: near[n], lambda a, b: near[a][b], threshold))  # noqa: B023
        both.update(((event, row.deal), (event, roots[n])) for n, row in enumerate(rows) if row.deal is not None)
    gold: collections.Counter[Any] = collections.Counter()
    made: collections.Counter[Any] = collections.Counter()
    for (a, b), n in both.items():
        gold[a] += n
        made[b] += n
    size = sum(both.values())
    precision = sum(n * n / made[b] for (_, b), n in both.items()) / size
    recall = sum(n * n / gold[a] for (a, _), n in both.items()) / size
    return 2 * precision * recall / (precision + recall), precision, recall


def main() -> int:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--dev", type=Path, help="measure on these documents as well; nothing is learnt from them")
    parser.add_argument("--out", type=Path, default=DATA)
    given = parser.parse_args()
    documents = cues.documents(given.gold)
    (given.out / "weights.tsv").write_text(words(documents), "utf-8")
    traits.forget()

    names = sorted({d["event"] for d in documents} - {"negative"})
    fold_of = {name: n % FOLDS for n, name in enumerate(names)}
    rows: list[Row] = []
    for fold in range(FOLDS):
        print(f"fold {fold + 1} of {FOLDS}: training a cue engine without it", file=sys.stderr)
        with tempfile.TemporaryDirectory() as box:
            rest = [d for d in documents if fold_of.get(d["event"]) != fold]
            cues.train([(d, cues.parse(d["text"], d.get("title"))) for d in rest], Path(box))
            engine = CueEngine.from_tables({p.stem: p.read_text("utf-8") for p in Path(box).glob("*.tsv")})
        rows += found([d for d in documents if fold_of.get(d["event"]) == fold], engine)
    (given.out / "concepts.tsv").write_text(concepts(rows), "utf-8")
    likeness.forget()

    events = by_event(rows)
    pairs = {event: compared(of) for event, of in events.items()}
    weights = learn(events, pairs)
    table = [
        _NOTE,
        f"*\t{weights[0]:.4f}",
        *(f"{n}\t{w:.4f}" for n, w in zip(likeness.FEATURES, weights[1:], strict=True)),
    ]
    (given.out / "likeness.tsv").write_text("\n".join(table) + "\n", "utf-8")

    held = {}
    for fold in range(FOLDS):
        kept = {e: r for e, r in events.items() if fold_of.get(e, -1) != fold}
        held[fold] = learn(kept, pairs)
    for threshold in THRESHOLDS:
        f1, precision, recall = b_cubed(events, pairs, lambda event: held[fold_of[event]], threshold)
        print(f"over events  {threshold:.2f}  B-cubed F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}")
    if given.dev:
        tried = by_event(list(found([d for d in cues.documents(given.dev) if d["role"] != "negative"], bundled())))
        tried_pairs = {event: compared(of) for event, of in tried.items()}
        for threshold in THRESHOLDS:
            f1, precision, recall = b_cubed(tried, tried_pairs, lambda _: weights, threshold)
            print(f"dev          {threshold:.2f}  B-cubed F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
