"""Annotated documents as the encoder learns them: windows with the tags of their tokens and the fields of their anchors."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from training.cues.train import documents as gold_documents
from training.cues.train import labels, spans
from training.reports import documents as written_documents

from paraph.extract.encoder import FIELDS
from paraph.extract.parse import Parse, parse
from paraph.extract.sources import attributions
from paraph.extract.windows import CONTEXT, EVIDENCE, evidence, windows
from paraph.extract.wordpiece import WordPieces

__all__ = [
    "Batch",
    "Example",
    "Hiding",
    "collate",
    "examples",
    "folds",
    "gold_documents",
    "groups",
    "written_documents",
]

_TAGS = {"O": 0, "B": 1, "I": 2}
# Words that carry grammar are never hidden: they are what stage, certainty and voice are to be learnt from.
_GRAMMAR = frozenset(
    """a an the of on in to for with by from at over about and or as that which who this these those its their his her he she
    it they we i you is are was were be been being has have had having do does did will would may might could can should shall
    must not no nor if whether but while when after before until unless since because although though between among under
    against during without within than then also still yet already again more most other both each any some such only just
    very so there here what how why where said says say told tell saying according""".split()
)


@dataclass(frozen=True, slots=True)
class Hiding:
    """How likely a word is hidden in training, so that the 28 events of the gold are not learnt by heart.

    Of names, of words in an anchor, and of other words that carry no grammar. Twice as much (.4, .3, .15) was behind after four
    epochs of eight and left there; not tuned further.
    """

    names: float = 0.2
    anchors: float = 0.15
    words: float = 0.06


@dataclass(frozen=True, slots=True)
class Anchor:
    """An anchor in a window: its first piece and the one behind its last, its sentence's opening, the value of each field."""

    first: int
    stop: int
    opening: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One window: its inputs, and what is to be learnt from it.

    ``known`` [pieces, marks]; ``sentences`` holds, for each sentence that is read, the first pieces of its tokens and their
    tags; ``words`` tells of each piece how its word is hidden (None: never) and with which others it goes.
    """

    pieces: tuple[int, ...]
    positions: Tensor
    numbers: Tensor
    known: Tensor
    sentences: tuple[tuple[Tensor, Tensor], ...]
    anchors: tuple[Anchor, ...]
    words: tuple[tuple[int, str | None], ...]


def groups(documents: Sequence[dict[str, Any]], folds: int) -> list[str]:
    """Return what may not be parted by cross-validation: the event of each document; negatives are dealt out."""
    return [
        document["event"] if document["event"] != "negative" else f"negative-{n % folds}"
        for n, document in enumerate(documents)
    ]


def folds(documents: Sequence[dict[str, Any]], count: int) -> list[tuple[list[int], list[int]]]:
    """Return documents inside and outside of each fold, by place; no event is in both."""
    from sklearn.model_selection import GroupKFold

    split = GroupKFold(count).split(documents, groups=groups(documents, count))
    return [(inside.tolist(), outside.tolist()) for inside, outside in split]


def examples(document: dict[str, Any], words: WordPieces) -> list[Example]:
    """Return the windows of an annotated document with what is to be learnt from them."""
    parsed = parse(document["text"], document.get("title"))
    marks = labels(document, parsed)
    known = evidence(parsed, attributions(parsed))
    found = [] if document["role"] == "negative" else list(spans(document, parsed))
    return [_example(parsed, window, marks, known, found) for window in windows(parsed, words)]


def _example(
    parsed: Parse, window: Any, marks: list[str], known: list[tuple[int, ...]], found: list[tuple[int, int, int, Any]]
) -> Example:
    table = torch.zeros(len(window.pieces), len(EVIDENCE), dtype=torch.bool)
    words: list[tuple[int, str | None]] = []
    for at, token in enumerate(window.tokens):
        if token == CONTEXT:
            words.append((CONTEXT, None))
            continue
        table[at, list(known[token])] = True
        word = parsed.tokens.lowers[token]
        if word in _GRAMMAR or not word[0].isalnum():
            words.append((token, None))
        else:
            words.append((token, "anchors" if marks[token] != "O" else "names" if parsed.kinds[token] else "words"))
    sentences = []
    for first, stop in parsed.ranges:
        tokens = [t for t in range(first, stop) if t in window.read]
        if tokens:
            sentences.append(
                (torch.tensor([window.read[t][0] for t in tokens]), torch.tensor([_TAGS[marks[t]] for t in tokens]))
            )
    anchors = []
    for _, first, last, signal in found:
        read = [window.read[t] for t in range(first, last + 1) if t in window.read]
        if read:
            values = tuple(FIELDS[name].index(str(signal[name])) for name in FIELDS)
            anchors.append(Anchor(read[0][0], read[-1][1], read[0][2], values))
    return Example(
        window.pieces,
        torch.tensor(window.positions),
        torch.tensor(window.sentences),
        table,
        tuple(sentences),
        tuple(anchors),
        tuple(words),
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows side by side, filled up at the end: [rows, length] and, for what is known, [rows, length, marks]."""

    pieces: Tensor
    positions: Tensor
    numbers: Tensor
    known: Tensor


def collate(given: Sequence[Example], words: WordPieces, hiding: Hiding | None, random_: random.Random) -> Batch:
    """Return windows side by side, with words hidden by chance where ``hiding`` says how."""
    length = max(len(example.pieces) for example in given)
    pieces = torch.full((len(given), length), words.pad)
    positions = torch.zeros((len(given), length), dtype=torch.long)
    numbers = torch.full((len(given), length), -1)
    known = torch.zeros((len(given), length, len(EVIDENCE)))
    for row, example in enumerate(given):
        size = len(example.pieces)
        shown: Iterable[int] = example.pieces if hiding is None else _hidden(example, words, hiding, random_)
        pieces[row, :size] = torch.tensor(list(shown))
        positions[row, :size] = example.positions
        numbers[row, :size] = example.numbers
        known[row, :size] = example.known
    return Batch(pieces, positions, numbers, known)


def _hidden(example: Example, words: WordPieces, hiding: Hiding, random_: random.Random) -> list[int]:
    shares = {"names": hiding.names, "anchors": hiding.anchors, "words": hiding.words}
    out = list(example.pieces)
    last, hide = CONTEXT, False
    for at, (token, kind) in enumerate(example.words):
        if token == CONTEXT:
            continue
        if token != last:
            last, hide = token, kind is not None and random_.random() < shares[kind]
        if hide:
            out[at] = words.mask
    return out


def all_documents(gold: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the gold's documents and the reports written for training."""
    return gold_documents(gold), written_documents()
