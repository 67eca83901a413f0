"""Learn the weights of src/paraph/extract/data/parties.tsv from gold/train.

    python training/train_parties.py [--gold ../shared/bench/gold] [--dry]

Needs scikit-learn (dependency group "train"). A logistic regression over the candidates of every signal; strength of the
regularisation and thresholds are chosen by cross-validation over events, so that no event is judged by its own texts.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from measure_parties import GOLD, Case, f1, load
from paraph.extract.parties import Candidate, Weights, candidates, choose

TARGET = Path(__file__).resolve().parent.parent / "src" / "paraph" / "extract" / "data" / "parties.tsv"
FOLDS = 9
# Tried in cross-validation; weights below LEAST in size are left out of the file.
STRENGTHS = (0.1, 0.3)
LEAST = 0.02


def rows_of(cases: list[Case]) -> list[tuple[Case, list[Candidate], frozenset[str]]]:
    rows = []
    for case in cases:
        found = candidates(case.text, case.mentions, case.sentences, case.anchors, case.sentence_of, case.title)
        rows += [(case, row, gold) for row, gold in zip(found, case.parties, strict=True)]
    return rows


def is_party(candidate: Candidate, gold: frozenset[str]) -> bool:
    """Say whether a candidate is right; a group is where most of its members are."""
    codes = candidate.code.split("+")
    return sum(code in gold for code in codes) >= 0.6 * len(codes)


def score(rows: list[Any], p: Any, weights: Weights) -> float:
    at, pairs = 0, []
    for _, row, gold in rows:
        chosen = choose([(p[at + n], c.code) for n, c in enumerate(row)], weights)
        at += len(row)
        pairs.append((gold, frozenset(part for code in chosen for part in code.split("+"))))
    return f1(pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    rows = rows_of(load(options.gold / "train"))
    dev = rows_of(load(options.gold / "dev"))
    vectorizer = DictVectorizer()

    def matrix(rows: list[Any], fit: bool = False) -> Any:
        dicts = [dict.fromkeys(c.features, 1) for _, row, _ in rows for c in row]
        found = vectorizer.fit_transform(dicts) if fit else vectorizer.transform(dicts)
        found.indices, found.indptr = found.indices.astype("int32"), found.indptr.astype("int32")
        return found

    x = matrix(rows, fit=True)
    y = np.array([is_party(c, gold) for _, row, gold in rows for c in row])
    events = np.array([case.event for case, row, _ in rows for _ in row])

    def model(strength: float) -> LogisticRegression:
        return LogisticRegression(C=strength, max_iter=500, solver="liblinear")

    best: tuple[float, float, Weights] | None = None
    for strength in STRENGTHS:
        held = np.zeros(len(y))
        for inside, outside in GroupKFold(FOLDS).split(x, y, events):
            held[outside] = model(strength).fit(x[inside], y[inside]).predict_proba(x[outside])[:, 1]
        for second in (0.1, 0.15, 0.2, 0.3, 0.4):
            for third in (0.45, 0.5, 0.55, 0.6, 0.65):
                for group in (0.4, 0.6, 0.8):
                    tried = score(rows, held, w := Weights({}, second, third, group))
                    if best is None or tried > best[0]:
                        best = tried, strength, w
    assert best is not None
    reached, strength, weights = best
    final = model(strength).fit(x, y)
    chosen = f"strength {strength}, thresholds {weights.second} {weights.third} {weights.group}"
    print(f"cross-validated over events: parties_f1 {reached:.4f}; {chosen}")
    on_dev = score(dev, final.predict_proba(matrix(dev))[:, 1], weights)
    print(f"dev: parties_f1 {on_dev:.4f}; {x.shape[1]} features, {len(y)} candidates")
    if not options.dry:
        named = sorted(zip(vectorizer.feature_names_, final.coef_[0], strict=True))
        lines = [
            "# Learned by training/train_parties.py. Log odds of each feature of paraph.extract.parties; then the thresholds.",
            f"(always)\t{final.intercept_[0]:.3f}",
            *(f"{name}\t{value:.3f}" for name, value in named if abs(value) >= LEAST),
            f"threshold second\t{weights.second}",
            f"threshold third\t{weights.third}",
            f"threshold group\t{weights.group}",
        ]
        TARGET.write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
