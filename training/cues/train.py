"""Train the weights of the cue engine: from annotated documents to the tables in src/paraph/extract/data.

    python training/cues/train.py ../shared/bench/gold/train              trains on all of it and writes the tables
    python training/cues/train.py ../shared/bench/gold/train --folds 4    cross-validates over events, writes nothing

Needs the dependency group "train" (scikit-learn, python-crfsuite), which the program itself does not. The anchors' weights are
a linear-chain CRF with L1 and L2 penalties (L-BFGS/OWL-QN, deterministic); those of the fields L1-penalised logistic
regressions, one class against the rest (liblinear, seeded). Features are made by the same functions that the program runs.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from paraph.extract import anchors, context, mood, places, sources, tables, topics, voice
from paraph.extract.parse import Parse, parse
from paraph.extract.plain import NOT_ENDED
from paraph.model import Certainty, Sector, Stage

Given = dict[str, dict[str, float]]
DATA = Path(__file__).parents[2] / "src/paraph/extract/data"
# Penalties and the least number of signals that a feature must be seen in. c1 is the best of 0.3, 1, 2 and 4 on gold/dev; those
# of the fields lie between values that gave the same on gold/dev (0.3, 0.6, 1.0 for mood); the rest is not tuned.
CRF = {"c1": 1.0, "c2": 0.05, "max_iterations": 120, "feature.minfreq": 2}
LEAST_SEEN = 4
FIELDS = {
    "mood": {"stage": 0.4, "ahead": 0.4, "certainty": 0.4},
    "topic": {"sector": 0.5, "instrument": 0.5},
    "voice": {"source_type": 0.5},
}
SEED = 7
# The second look: folds over events that its log-odds come from, and its L2 penalty (.01 to .1 differ by less than .002).
CONTEXT_FOLDS, CONTEXT_PENALTY = 4, 0.05
# Weights nearer to nought than these are left out of the tables: on gold/dev nothing is lost up to 0.1 (f1_any .707 before and
# .709 after, stage .633 and .648), while 0.15 costs f1_any .02 and full_f1 .01.
LEAST_ANCHOR_WEIGHT, LEAST_FIELD_WEIGHT = 0.05, 0.1
# Weights that the guidelines give, where annotated texts are too few to learn them: a bullet takes its sector from its
# heading, and running text in a numbered section mostly. 3.0 outweighs a bullet's own words unless all are of one other sector
# (weights of words are 0.3 to 1.5, of a subject in the anchor itself up to 4); half of it is what running text gets.
GIVEN: dict[str, Given] = {
    "topic": {
        f"{place}:{sector}": {f"sector={sector}": weight}
        for place, weight in (("under", 3.0), ("section", 1.5))
        for sector in Sector
    }
}
# What a text says plainly (plain.py) outweighs all else: the second look cuts log-odds off at 4, which this always reaches.
PLAIN = 15.0
GIVEN["mood"] = {
    f"plain:{field}={value}": {f"{field}={other}": PLAIN if other == value else -PLAIN for other in kind}
    for field, kind in (("stage", Stage), ("certainty", Certainty))
    for value in kind
} | {
    "plain:ahead=True": {"ahead=True": PLAIN},
    "plain:ahead=False": {"ahead=True": -PLAIN},
    f"plain:stage={NOT_ENDED}": {f"stage={Stage.ENDED}": -PLAIN},
}


def documents(folder: Path) -> list[dict[str, Any]]:
    """Return the annotated documents below a folder, in order of path."""
    return [
        json.loads(path.read_text("utf-8")) for path in sorted(folder.rglob("*.json")) if path.name != "outcomes.json"
    ]


def spans(document: dict[str, Any], parsed: Parse) -> Iterator[tuple[int, int, int, dict[str, Any]]]:
    """Yield sentence, first and last token and signal for each signal that lies within one sentence."""
    for signal in sorted(document["signals"], key=lambda s: (s["start"], s["end"])):
        first, stop = parsed.token_range(signal["start"], signal["end"])
        n = next((n for n, (a, b) in enumerate(parsed.ranges) if a <= first < b), None)
        if n is not None and stop > first:
            yield n, first, min(stop, parsed.ranges[n][1]) - 1, signal


def labels(document: dict[str, Any], parsed: Parse) -> list[str]:
    """Return B, I or O for each token."""
    out = ["O"] * len(parsed.tokens)
    for _, first, last, _ in spans(document, parsed):
        # Some annotators took an opening quotation mark in; the program never does, so it is not taught to.
        first, last = anchors.trimmed(first, last, parsed) or (first, last)
        for i in range(first, last + 1):
            if out[i] == "O":
                out[i] = "B" if i == first else "I"
    return out


def train_anchors(pairs: list[tuple[dict[str, Any], Parse]]) -> str:
    """Return the table of anchor weights learnt from annotated documents."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for document, parsed in pairs:
        marks = labels(document, parsed)
        about = anchors.document_features(parsed)
        for n, (first, stop) in enumerate(parsed.ranges):
            if stop > first:
                shared = about + anchors.sentence_features(parsed, n)
                trainer.append([shared + own for own in anchors.token_features(parsed, n)], marks[first:stop])
    trainer.set_params(CRF)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        info = tagger.info()
    rows: dict[str, dict[str, float]] = collections.defaultdict(dict)
    for (feature, label), weight in info.state_features.items():
        rows[feature][label] = weight
    lines = [
        "\t".join([a, *(f"{info.transitions.get((a, b), -50.0 if (a, b) == ('O', 'I') else 0.0):.3f}" for b in "OBI")])
        for a in "OBI"
    ]
    for feature in sorted(rows):
        o = rows[feature].get("O", 0.0)
        b, i = rows[feature].get("B", 0.0) - o, rows[feature].get("I", 0.0) - o
        if max(abs(b), abs(i)) >= LEAST_ANCHOR_WEIGHT:
            lines.append(f"{feature}\t{b:.2f}\t{i:.2f}")
    return "\n".join(lines) + "\n"


def observations(
    pairs: list[tuple[dict[str, Any], Parse]],
) -> dict[str, list[tuple[dict[str, int], dict[str, Any], str]]]:
    """Return features, signal and event for each signal, by body of evidence."""
    out: dict[str, list[tuple[dict[str, int], dict[str, Any], str]]] = {name: [] for name in FIELDS}
    for document, parsed in pairs:
        found = list(spans(document, parsed))
        if not found or document["role"] == "negative":
            continue
        voices = sources.attributions(parsed)
        subjects = topics.Topics(parsed)
        for place, (*_, signal) in zip(places.places(parsed, [(n, a, b) for n, a, b, _ in found]), found, strict=True):
            scene = mood.Scene(parsed, place.n)
            out["mood"].append((mood.mood_features(parsed, place, scene), signal, document["event"]))
            out["topic"].append((topics.topic_features(parsed, place, subjects), signal, document["event"]))
            out["voice"].append((voice.voice_features(parsed, place, voices)[0], signal, document["event"]))
    return out


def shares(owners: list[str]) -> np.ndarray:
    """Return what each signal weighs by the document it stands in: a list of sixty counts as eight sentences, not as sixty."""
    count = collections.Counter(owners)
    weights = np.array([count[owner] ** -0.5 for owner in owners])
    return np.asarray(weights / weights.mean())


def train_fields(
    rows: list[tuple[dict[str, int], dict[str, Any], str]],
    fields: dict[str, float],
    given: Given,
    share: np.ndarray | None = None,
) -> str:
    """Return one table of weights for fields that share their evidence; those in ``given`` are not learnt."""
    seen = collections.Counter(feature for features, _, _ in rows for feature in features)
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(
        [{f: 1 for f in features if seen[f] >= LEAST_SEEN and f not in given} for features, _, _ in rows]
    )
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    classes: list[str] = []
    biases: list[float] = []
    weights: list[np.ndarray] = []
    for field, penalty in fields.items():
        values = np.array([str(signal[field]) for _, signal, _ in rows])
        for value in sorted(set(values)) if field != "ahead" else ["True"]:
            model = LogisticRegression(penalty="l1", C=penalty, solver="liblinear", random_state=SEED, max_iter=300)
            model.fit(matrix, values == value, sample_weight=share)
            classes.append(f"{field}={value}")
            biases.append(float(model.intercept_[0]))
            weights.append(model.coef_[0])
    table = np.stack(weights, axis=1)
    lines = ["\t".join(["", *classes]), "\t".join(["", *(f"{x:.3f}" for x in biases)])]
    for feature, row in zip(vectors.get_feature_names_out(), table, strict=True):
        row = np.where(np.abs(row) >= LEAST_FIELD_WEIGHT, row, 0.0)
        if row.any():
            lines.append("\t".join([feature, *(f"{x:.2f}" if x else "" for x in row)]))
    for feature, row in sorted(given.items()):
        lines.append("\t".join([feature, *(f"{row[name]:.2f}" if name in row else "" for name in classes)]))
    return "\n".join(lines) + "\n"


def train_context(
    rows: list[tuple[dict[str, int], dict[str, Any], str]], owners: list[str], fields: dict[str, float], given: Given
) -> str:
    """Return the table of the second look (context.py), learnt on log-odds that each event got from tables without it."""
    events = [event for *_, event in rows]
    totals: list[list[float]] = [[] for _ in rows]
    weights = None
    share = shares(owners)
    for inside, outside in GroupKFold(CONTEXT_FOLDS).split(rows, groups=events):
        weights = tables.read_weights(train_fields([rows[i] for i in inside], fields, given, share[inside]))
        for i in outside:
            totals[i] = tables.weigh(weights, rows[i][0])[0]
    assert weights is not None
    together: dict[str, list[int]] = collections.defaultdict(list)
    for i, owner in enumerate(owners):
        together[owner].append(i)
    seen = np.zeros((len(rows), 2 * len(weights.bias)))
    rates = np.mean(context.chances(totals), axis=0).tolist()
    for group in together.values():
        seen[group] = context.inputs([totals[i] for i in group], rates)
    mean, spread = seen.mean(0), seen.std(0)
    columns: list[np.ndarray] = []
    biases: list[float] = []
    classes: list[str] = []
    for field, named in weights.fields:
        values = np.array([str(signal[field]) for _, signal, _ in rows])
        model = LogisticRegression(C=CONTEXT_PENALTY, max_iter=500).fit((seen - mean) / spread, values)
        for row, bias, name in zip(
            model.coef_, model.intercept_, named if len(named) == 1 else [(0, c) for c in model.classes_], strict=True
        ):
            columns.append(row / spread)
            biases.append(float(bias - (row * mean / spread).sum()))
            classes.append(f"{field}={name[1]}")
    lines = ["\t".join(["", *classes]), "\t".join(["", *(f"{x:.3f}" for x in biases)])]
    lines.append("\t".join(["rate", *(f"{x:.3f}" for x in rates)]))
    lines += ["\t".join([f"{at:02}", *(f"{x:.3f}" for x in row)]) for at, row in enumerate(np.stack(columns, axis=1))]
    return "\n".join(lines) + "\n"


def train(pairs: list[tuple[dict[str, Any], Parse]], out: Path) -> None:
    """Train every table on annotated documents and write them into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "anchors.tsv").write_text(train_anchors(pairs), "utf-8")
    observed = observations(pairs)
    owners = [
        document["id"] for document, parsed in pairs if document["role"] != "negative" for _ in spans(document, parsed)
    ]
    (out / "context.tsv").write_text(train_context(observed["mood"], owners, FIELDS["mood"], GIVEN["mood"]), "utf-8")
    for name, rows in observed.items():
        (out / f"{name}.tsv").write_text(
            train_fields(rows, FIELDS[name], GIVEN.get(name, {}), shares(owners) if name == "mood" else None), "utf-8"
        )


def main() -> int:
    """Train or cross-validate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument(
        "--folds", type=int, default=0, help="cross-validate over this many groups of events instead of writing"
    )
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    given = documents(arguments.gold)
    pairs = [(document, parse(document["text"], document.get("title"))) for document in given]
    if not arguments.folds:
        train(pairs, arguments.out)
        return 0
    from training.cues.measure import extracted, figures  # the scorer needs the whole engine

    groups = [
        f"{document['event']}" if document["event"] != "negative" else f"negative-{n % arguments.folds}"
        for n, document in enumerate(given)
    ]
    predicted: dict[str, Any] = {}
    for fold, (inside, outside) in enumerate(GroupKFold(arguments.folds).split(given, groups=groups)):
        with tempfile.TemporaryDirectory() as folder:
            train([pairs[i] for i in inside], Path(folder))
            part = extracted([given[i] for i in outside], Path(folder))
        predicted |= part
        print(f"fold {fold + 1}:", figures([given[i] for i in outside], part), file=sys.stderr)
    print(figures(given, predicted))
    return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        raise SystemExit(main())
