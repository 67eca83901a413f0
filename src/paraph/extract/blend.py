"""The blend: what the cues say and what the encoder says of the same words, weighed against each other.

Two kinds of witnesses err in different ways: the cue engine's tables know the guidelines and the grammar, the encoder has seen
how words are used. Both give log-odds; one more layer of regressions (stacking, Wolpert 1992), learnt on events that neither had
seen, makes one verdict of them: for each token whether it begins an anchor or goes on in it, for each anchor the values of its
fields, and how sure all that is. Made by training/encoder/blend.py, kept in data/encoder/blend.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, fsum, log
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

from paraph.extract.anchors import Bars
from paraph.extract.encoder import FIELDS, Sight
from paraph.extract.engine import Weighed
from paraph.extract.sieve import Sieve
from paraph.extract.tables import added_up

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Blend", "inputs_of", "rows_of", "tag_inputs"]

# Log-odds of the cues and log-probabilities of the encoder are cut off here: farther out they tell of the table or of training by
# heart, not of the sentence. Set by eye.
MOST_CUES, MOST_ENCODER, MOST_TAGS = 6.0, 8.0, 10.0
# The mean over a document's other signals starts from this many signals at equal shares, as in context.py.
USUAL = 2.0
# The fields whose values speak for one another, by the cue engine's table that they are decided with.
TABLES: dict[str, tuple[str, ...]] = {
    "mood": ("stage", "ahead", "certainty"),
    "topic": ("sector", "instrument"),
    "voice": ("source_type",),
}
_MOOD = ("stage", "ahead", "certainty", "source_type")
_OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Blend:
    """The weights of the blend.

    ``begins`` and ``inside`` hold a bias and four weights (see ``tag_inputs``); ``transitions`` factors from O, B, I to O, B, I;
    ``tables`` for each table of the cue engine a bias and a row of weights for each of its classes, over ``inputs_of``;
    ``bars`` the posteriors that make a place worth the sieve's look, ``sieve`` what tells which are signals, ``weak`` the
    confidence from which one that is not told is kept for a person's look.
    """

    begins: tuple[float, ...]
    inside: tuple[float, ...]
    transitions: tuple[tuple[float, float, float], ...]
    tables: Mapping[str, tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]]
    bars: Bars
    sieve: Sieve
    weak: float
    # The tables as ``added_up`` takes them: biases, and for each input a weight a class.
    _columns: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        columns = {name: (np.array(bias), np.array(weights).T) for name, (bias, weights) in self.tables.items()}
        object.__setattr__(self, "_columns", columns)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Blend:
        """Return the blend that blend.json describes."""
        return cls(
            tuple(given["begins"]),
            tuple(given["inside"]),
            tuple((row[0], row[1], row[2]) for row in given["transitions"]),
            {
                name: (tuple(table["bias"]), tuple(tuple(row) for row in table["weights"]))
                for name, table in given["tables"].items()
            },
            Bars(**given["bars"]),
            Sieve.from_dict(given["sieve"]),
            given["weak"],
        )

    def tags(
        self,
        sight: Sight,
        weighed: Iterator[tuple[int, list[float], list[float]]],
        ranges: Sequence[tuple[int, int]],
    ) -> Iterator[tuple[int, list[float], list[float]]]:
        """Yield each sentence that the encoder read, with the log-weights of B and of I of its tokens."""
        for n, cue_b, cue_i in weighed:
            first, stop = ranges[n]
            if not any(t in sight.tags for t in range(first, stop)):
                continue
            rows = [
                tag_inputs(sight.tags.get(first + at), b, i) for at, (b, i) in enumerate(zip(cue_b, cue_i, strict=True))
            ]
            yield (
                n,
                [sum(map(mul, self.begins, row)) for row in rows],
                [sum(map(mul, self.inside, row)) for row in rows],
            )

    def fields(self, cues: Sequence[Weighed], logits: Sequence[list[float] | None]) -> list[Weighed]:
        """Return what speaks for each value of the fields of a document's anchors, both witnesses heard.

        An anchor that the encoder did not read keeps what the cues say.
        """
        heard = [row for row in logits if row is not None]
        if not heard:
            return list(cues)
        rows = rows_of(heard)
        at = [n for n, row in enumerate(logits) if row is not None]
        given = [inputs_of(rows, n, cues[place]) for n, place in enumerate(at)]
        totals = {
            name: added_up(bias, columns, [one[name] for one in given])
            for name, (bias, columns) in self._columns.items()
        }
        out = list(cues)
        for place, mood, topic, voice in zip(at, totals["mood"], totals["topic"], totals["voice"], strict=True):
            out[place] = replace(cues[place], mood=mood, topic=topic, voice=voice)
        return out


def tag_inputs(logits: tuple[float, float, float] | None, cue_b: float, cue_i: float) -> tuple[float, ...]:
    """Return what the blend sees of a token: one, the encoder's B and I against O, the cues' B and I against O.

    A token that the encoder did not read is outside for it.
    """
    o, b, i = logits if logits is not None else (MOST_TAGS, 0.0, 0.0)
    return (1.0, _cut(b - o, MOST_TAGS), _cut(i - o, MOST_TAGS), _cut(cue_b, MOST_TAGS), _cut(cue_i, MOST_TAGS))


def rows_of(logits: Sequence[list[float]]) -> list[dict[str, list[float]]]:
    """Return the log-probabilities of each field's values of each of a document's anchors, cut off; linear in the anchors.

    Under ``_OTHERS`` stands what the encoder makes of the other anchors' stage, ahead, certainty and source: the mean of their
    probabilities.
    """
    out = []
    for row in logits:
        mine: dict[str, list[float]] = {}
        at = 0
        for name, values in FIELDS.items():
            part = row[at : at + len(values)]
            at += len(values)
            most = max(part)
            norm = most + log(sum(exp(x - most) for x in part))
            mine[name] = [max(x - norm, -MOST_ENCODER) for x in part]
        out.append(mine)
    # All are summed once and each one's own taken off again: a list of a thousand items must not cost a million steps.
    shares = [[exp(x) for name in _MOOD for x in mine[name]] for mine in out]
    start = [USUAL / len(FIELDS[name]) for name in _MOOD for _ in FIELDS[name]]
    totals = [fsum(column) for column in zip(start, *shares, strict=True)]
    for mine, share in zip(out, shares, strict=True):
        mine[_OTHERS] = [(total - x) / (USUAL + len(out) - 1) for total, x in zip(totals, share, strict=True)]
    return out


def inputs_of(rows: Sequence[dict[str, list[float]]], n: int, cues: Weighed) -> dict[str, list[float]]:
    """Return what the blend sees of the n-th anchor of a document, by table; ``rows`` are those of ``rows_of``."""
    mine = rows[n]
    others = mine[_OTHERS]
    mood = [x for name in _MOOD for x in mine[name]]
    said = [_cut(x, MOST_CUES) for x in cues.mood]
    about = [_cut(x, MOST_CUES) for x in cues.topic]
    voice = [_cut(x, MOST_CUES) for x in cues.voice]
    return {
        "mood": [*mood, *others, *said, *voice],
        "topic": [*mine["sector"], *mine["instrument"], *about],
        "voice": [*mood, *others, *voice],
    }


def _cut(x: float, most: float) -> float:
    return most if x > most else -most if x < -most else x
