"""Learn the blend of cues and encoder on folds over events, cross-validate it, and measure the whole engine.

    python training/encoder/blend.py ../shared/bench/gold/train --nets out/encoder --out out/encoder/blend.json
    python training/encoder/blend.py ../shared/bench/gold/train --nets out/encoder --dev ../shared/bench/gold/dev

Needs fold-0.pt … of train.py in the folder --nets. The tables of the cues are trained anew for each fold, so that neither
witness has seen the events on which they are weighed. The figures it prints are those of the engine with a blend learnt on
the other folds: three parts of the engine, none of which knew the event. Regressions are deterministic (L-BFGS).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from training.cues.measure import scorer
from training.cues.train import labels, spans
from training.cues.train import train as train_cues
from training.encoder.data import folds, gold_documents
from training.encoder.network import Network, crf_loss
from training.encoder.train import FOLDS, minilm, vocabulary

from paraph.extract.anchors import anchor_weights, mark_anchors, trimmed
from paraph.extract.blend import TABLES, Blend, inputs_of, rows_of, tag_inputs
from paraph.extract.encoder import Sight, look
from paraph.extract.encoder_engine import EncoderEngine
from paraph.extract.engine import CueEngine, bundled, first_times
from paraph.extract.parse import Parse, parse
from paraph.extract.parties import assign_parties
from paraph.extract.places import places
from paraph.extract.sieve import FEATURES, Sieve, features, posterior_of
from paraph.extract.sources import Attribution, attributions
from paraph.extract.windows import EVIDENCE
from paraph.extract.wordpiece import WordPieces
from paraph.model import Document

_TAGS = {"O": 0, "B": 1, "I": 2}
# Penalty (inverse) of the regressions of the fields, in standardised inputs, and that of the tags' CRF: set once, not tuned.
PENALTY, RIDGE = 0.02, 1e-4
# Posteriors from which a place is worth the sieve's look: low, for the sieve decides. Set by eye.
BARS = {"inside": 0.2, "begins": 0.15, "listed": 0.1}
# That of the sieve: .01 and .1 gave f1_any .742 and .743 over folds.
SIEVE_PENALTY = 0.05
# Probabilities tried for telling a place as a signal; and the one from which it is kept for a person's look, set by eye.
TOLD = (0.3, 0.35, 0.4, 0.45, 0.5)
# The sum is flat at its top: of those so near to the best the highest is taken, which has the fewest false alarms. Set by eye.
TIE = 0.01
WEAK = 0.15
DIGITS = 4


class TorchEncoder:
    """A network in training, read in the way the shipped one is."""

    def __init__(self, net: Network, words: WordPieces) -> None:
        self.net, self.words = net.eval(), words

    def read(
        self, parse: Parse, voices: Sequence[Sequence[Attribution]], wanted: Collection[int] | None = None
    ) -> Sight:
        """Return what the network makes of a text."""
        return look(parse, voices, self.words, self._run, wanted)

    def _run(self, given: dict[str, NDArray[Any]]) -> tuple[Any, Any, Any]:
        with torch.no_grad():
            tags, fields, sentence = self.net(*(torch.from_numpy(given[name]) for name in given))
        return tags.numpy(), fields.numpy(), sentence.numpy()


@dataclass(frozen=True, slots=True)
class Seen:
    """A document that neither witness has learnt from, with what both say of it."""

    document: dict[str, Any]
    parsed: Parse
    sight: Sight
    cues: CueEngine
    tags: list[tuple[NDArray[Any], NDArray[Any]]]  # of each sentence: inputs [tokens, 5] and right tags
    inputs: list[dict[str, list[float]]]  # of each anchor of the gold
    signals: list[dict[str, Any]]


class Kept:
    """Sights that were already made, given back for their text."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    def read(self, parse: Parse, voices: Any, wanted: Any = None) -> Sight:
        """Return the sight of the one text."""
        return self.seen.sight


def look_at(document: dict[str, Any], cues: CueEngine, encoder: TorchEncoder) -> Seen:
    """Return what both witnesses say of an annotated document."""
    parsed = parse(document["text"], document.get("title"))
    voices = attributions(parsed)
    sight = encoder.read(parsed, voices)
    marks = labels(document, parsed)
    tags = []
    for n, b, i in anchor_weights(parsed, cues.anchors):
        first, stop = parsed.ranges[n]
        rows = [tag_inputs(sight.tags.get(t), b[t - first], i[t - first]) for t in range(first, stop)]
        tags.append((np.array(rows), np.array([_TAGS[mark] for mark in marks[first:stop]])))
    inputs: list[dict[str, list[float]]] = []
    signals: list[dict[str, Any]] = []
    found = [] if document["role"] == "negative" else list(spans(document, parsed))
    if found:
        where = places(parsed, [(n, *(trimmed(a, b, parsed) or (a, b))) for n, a, b, _ in found])
        weighed = cues.weighed(parsed, where, voices)
        logits = [sight.fields(place.first, place.last) for place in where]
        kept = [at for at, row in enumerate(logits) if row is not None]
        rows_ = rows_of([row for row in logits if row is not None])
        inputs = [inputs_of(rows_, n, weighed[at]) for n, at in enumerate(kept)]
        signals = [found[at][3] for at in kept]
    return Seen(document, parsed, sight, cues, tags, inputs, signals)


def learn_tags(seen: Sequence[Seen]) -> dict[str, Any]:
    """Return the weights of the tags' inputs and the transitions: a CRF over each sentence, fitted by L-BFGS."""
    rows = [row for each in seen for row in each.tags]
    length = max(len(tags) for _, tags in rows)
    x = torch.zeros(len(rows), length, 5)
    y = torch.zeros(len(rows), length, dtype=torch.long)
    mask = torch.zeros(len(rows), length, dtype=torch.bool)
    for n, (inputs, tags) in enumerate(rows):
        x[n, : len(tags)], y[n, : len(tags)], mask[n, : len(tags)] = torch.tensor(inputs), torch.tensor(tags), True
    weights = torch.zeros(5, 2)
    weights[1, 0] = weights[2, 1] = weights[3, 0] = weights[4, 1] = 0.5
    weights.requires_grad_()
    transitions = torch.tensor([[0.0, 0.0, -8.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, transitions], max_iter=40, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        two = x @ weights
        logits = torch.cat([torch.zeros_like(two[..., :1]), two], -1)
        loss = crf_loss(logits, y, mask, transitions).sum() / mask.sum() + RIDGE * (weights**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    w, t = weights.detach(), transitions.detach()
    return {
        "begins": [round(float(v), DIGITS) for v in w[:, 0]],
        "inside": [round(float(v), DIGITS) for v in w[:, 1]],
        "transitions": [[float(f"{math.exp(v):.6g}") for v in row] for row in t.tolist()],
    }


def learn_fields(seen: Sequence[Seen], cues: CueEngine) -> dict[str, Any]:
    """Return for each table of the cues the biases and weights of its classes, in its own order."""
    tables = {"mood": cues.mood, "topic": cues.topic, "voice": cues.voice}
    out: dict[str, Any] = {}
    for name in TABLES:
        x = np.array([inputs[name] for each in seen for inputs in each.inputs])
        signals = [signal for each in seen for signal in each.signals]
        # A long list counts as eight sentences, not as sixty.
        share = np.array([len(each.signals) ** -0.5 for each in seen for _ in each.signals])
        mean, spread = x.mean(0), x.std(0) + 1e-6
        bias = np.zeros(sum(len(values) for _, values in tables[name].fields))
        weights = np.zeros((len(bias), x.shape[1]))
        for field, values in tables[name].fields:
            right = np.array([str(signal[field]) for signal in signals])
            model = LogisticRegression(C=PENALTY, max_iter=2000)
            model.fit((x - mean) / spread, right, sample_weight=share / share.mean())
            for at, value in values:
                # Of two classes the regression holds one row, that of the second in order: "True".
                row = 0 if len(model.classes_) == 2 else list(model.classes_).index(value)
                weights[at] = model.coef_[row] / spread
                bias[at] = model.intercept_[row] - (weights[at] * mean).sum()
        out[name] = {
            "bias": [round(float(v), DIGITS) for v in bias],
            "weights": [[round(float(v), DIGITS) for v in row] for row in weights],
        }
    return out


def predicted(blend: dict[str, Any], seen: Sequence[Seen]) -> dict[str, Any]:
    """Return the engine's signals for documents, in the scorer's form, by witnesses that never saw their events."""
    out = {}
    made = Blend.from_dict(blend)
    for each in seen:
        d = each.document
        engine = EncoderEngine(each.cues, Kept(each), made)
        signals = engine.extract(Document(text=d["text"], id=d["id"], title=d.get("title")))
        out[d["id"]] = {"signals": [signal.to_dict() for signal in signals]}
    return out


def figures(seen: Sequence[Seen], found: dict[str, Any]) -> dict[str, Any]:
    """Return the scorer's figures."""
    result, _, _ = scorer().score({each.document["id"]: each.document for each in seen}, found)
    return dict(result)


def places_of(blend: Blend, seen: Seen) -> tuple[list[dict[str, Any]], list[list[float]]]:
    """Return the places of a document that may be signals, and what the sieve sees of each."""
    parsed = seen.parsed
    weighed = list(blend.tags(seen.sight, anchor_weights(parsed, seen.cues.anchors), parsed.ranges))
    spans_ = first_times(parsed, mark_anchors(parsed, weighed, blend.transitions, blend.bars))
    starts, ends = parsed.tokens.starts, parsed.tokens.ends
    offsets = [(starts[s.first], ends[s.last]) for s in spans_]
    sentences = [(s.start, s.end) for s in parsed.layout.sentences]
    parties = (
        assign_parties(parsed.text, parsed.mentions, sentences, offsets, [s.n for s in spans_], parsed.title)
        if spans_
        else []
    )
    inside = posterior_of(parsed, weighed, blend.transitions)
    rows = features(parsed, spans_, inside, [len(codes) for codes, _ in parties])
    found = [
        {"start": a, "end": b, "parties": list(codes)} for (a, b), (codes, _) in zip(offsets, parties, strict=True)
    ]
    return found, rows


def learn_sieve(blend: Blend, seen: Sequence[Seen]) -> dict[str, Any]:
    """Return the sieve: a regression on what became of each place, and the probability with nearly the best f1 and f1_any."""
    looks = [places_of(blend, each) for each in seen]
    right: list[bool] = []
    for each, (found, _) in zip(seen, looks, strict=True):
        gold = [] if each.document["role"] == "negative" else each.document["signals"]
        hits = {at for _, at in scorer().pair(each.document["text"], gold, found, 1e-9)}
        right += [at in hits for at in range(len(found))]
    x = np.array([row for _, rows in looks for row in rows])
    mean, spread = x.mean(0), x.std(0) + 1e-6
    model = LogisticRegression(C=SIEVE_PENALTY, max_iter=2000).fit((x - mean) / spread, right)
    weights = model.coef_[0] / spread
    sieve = {
        "bias": round(float(model.intercept_[0] - (weights * mean).sum()), DIGITS),
        "weights": [round(float(w), DIGITS) for w in weights],
    }
    reached: dict[float, float] = {}
    for told_ in TOLD:
        tried = Sieve.from_dict(sieve | {"told": told_})
        kept = {
            each.document["id"]: {
                "signals": [f for f, row in zip(*look_, strict=True) if tried.probability(row) >= told_]
            }
            for each, look_ in zip(seen, looks, strict=True)
        }
        figure = figures(seen, kept)
        told(f"told from {told_}:", {name: figure[name] for name in ("precision", "recall", "f1", "f1_any")})
        reached[told_] = figure["f1"] + figure["f1_any"]
    return sieve | {"told": max(at for at, sum_ in reached.items() if sum_ >= max(reached.values()) - TIE)}


def learn(seen: Sequence[Seen]) -> dict[str, Any]:
    """Return the blend learnt on documents that neither witness has seen."""
    blend: dict[str, Any] = learn_tags(seen) | {"tables": learn_fields(seen, bundled()), "bars": BARS, "weak": WEAK}
    nothing = {"bias": 0.0, "weights": [0.0] * len(FEATURES), "told": 0.5}
    return blend | {"sieve": learn_sieve(Blend.from_dict(blend | {"sieve": nothing}), seen)}


def fold_sights(gold: list[dict[str, Any]], nets: Path, words: WordPieces, fold: int, cache: Path) -> list[Seen]:
    """Return what witnesses that never saw a fold's events say of them."""
    inside, outside = folds(gold, FOLDS)[fold]
    tables = cache / f"cues-{fold}"
    if not (tables / "voice.tsv").exists():
        train_cues([(gold[n], parse(gold[n]["text"], gold[n].get("title"))) for n in inside], tables)
    cues = CueEngine.from_tables({path.stem: path.read_text("utf-8") for path in tables.glob("*.tsv")})
    net = Network.from_minilm(minilm(), len(EVIDENCE))
    net.load_state_dict(torch.load(nets / f"fold-{fold}.pt"))
    encoder = TorchEncoder(net, words)
    return [look_at(gold[n], cues, encoder) for n in outside]


def told(name: str, result: dict[str, Any]) -> None:
    """Print figures on one line."""
    print(name, " ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in result.items()), flush=True)


def main() -> int:
    """Cross-validate the engine, then write the blend learnt on all folds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--nets", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument(
        "--dev", type=Path, help="annotated documents to measure the network all.pt on, with the bundled cues"
    )
    arguments = parser.parse_args()
    torch.manual_seed(0)
    gold, words = gold_documents(arguments.gold), vocabulary()
    parts = [
        fold_sights(gold, arguments.nets, words, fold, arguments.nets)
        for fold in range(FOLDS)
        if (arguments.nets / f"fold-{fold}.pt").exists()
    ]
    print("sights made", file=sys.stderr)
    found: dict[str, Any] = {}
    if len(parts) > 1:
        for at, part in enumerate(parts):
            others = [each for n, other in enumerate(parts) if n != at for each in other]
            mine = predicted(learn(others), part)
            told(f"fold {at}:", figures(part, mine))
            found |= mine
    everything = [each for part in parts for each in part]
    if found:
        told("all folds:", figures(everything, found))
        for name, kind in (("events:", False), ("newswire:", True)):
            some = [each for each in everything if each.document["event"].startswith("reuters") is kind]
            told(name, figures(some, found))
    blend = learn(everything)
    print(json.dumps({k: v for k, v in blend.items() if k != "tables"}))
    if arguments.out:
        arguments.out.write_text(json.dumps(blend) + "\n", "utf-8")
        with (arguments.out.with_suffix(".found.jsonl")).open("w", encoding="utf-8") as file:
            for id_, each in found.items():
                file.write(json.dumps({"id": id_, **each}) + "\n")
    if arguments.dev:
        net = Network.from_minilm(minilm(), len(EVIDENCE))
        net.load_state_dict(torch.load(arguments.nets / "all.pt"))
        dev = [look_at(document, bundled(), TorchEncoder(net, words)) for document in gold_documents(arguments.dev)]
        told("dev:", figures(dev, predicted(blend, dev)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
