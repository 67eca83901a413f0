"""Tables of words by class, and tables of weights by feature: the data that extraction runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

__all__ = ["Choice", "Met", "Weights", "added_up", "classes_of", "decide", "read_weights", "weigh", "word_classes"]

_Numbers = npt.NDArray[np.float64]


@cache
def word_classes(name: str) -> dict[str, frozenset[str]]:
    """Return the classes of a bundled table of single words ("[class]" lines, words parted by commas): class -> words."""
    out: dict[str, set[str]] = {}
    section = ""
    for raw in files("paraph.extract").joinpath(f"data/{name}.txt").read_text("utf-8").splitlines():
        line = raw.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            out.setdefault(section, set()).update(word.strip() for word in line.split(","))
    return {section: frozenset(words - {""}) for section, words in out.items()}


@cache
def classes_of(name: str) -> dict[str, tuple[str, ...]]:
    """Return a bundled table of words the other way round: word or phrase -> the classes that it stands in."""
    out: dict[str, list[str]] = {}
    for section, words in word_classes(name).items():
        for word in sorted(words):
            out.setdefault(word, []).append(section)
    return {word: tuple(sections) for word, sections in out.items()}


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts towards each class: logistic regression, one class against the rest.

    ``fields`` names each field with the indices of its values' classes; ``rows[feature]`` and ``bias`` hold one weight a
    class. Trained by training/cues.
    """

    fields: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    bias: tuple[float, ...]
    rows: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The value chosen for one field, with its log-odds and the tokens that counted most for it, the first first."""

    value: str
    score: float
    tokens: tuple[int, ...]


# A choice is explained by the words that counted most for it: this many at most, each at least this share of the first.
# A matter of what a reader can take in; no figure depends on it.
EXPLAINING, LEAST_SHARE = 3, 0.5


# Each feature that counts: the token that bears it, or -1, and its row of weights.
Met = list[tuple[int, tuple[float, ...]]]


def weigh(weights: Weights, evidence: dict[str, int]) -> tuple[list[float], Met]:
    """Return the log-odds of each class for the evidence, and each feature that counts."""
    find = weights.rows.get
    met = [(token, row) for feature, token in evidence.items() if (row := find(feature)) is not None]
    # Whole columns are summed at once: rows are mostly noughts, and still this is twice as fast as adding what is not.
    return list(map(sum, zip(weights.bias, *(row for _, row in met), strict=True))), met


def added_up(bias: _Numbers, columns: _Numbers, rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return for each row of inputs what each class adds up to: its bias, then input by input times the class's weight.

    ``columns`` holds a row an input with a weight a class. Never a product of matrices, whose order of adding up is the
    machine's: these sums are the same everywhere, and whatever other rows stand beside.
    """
    out = np.tile(bias, (len(rows), 1))
    for values, weights in zip(np.array(rows).T, columns, strict=True):
        out += values[:, None] * weights
    added: list[list[float]] = out.tolist()
    return added


def decide(weights: Weights, total: list[float], met: Met) -> dict[str, Choice]:
    """Return the best value of each field by the log-odds of its classes, and the tokens that counted most for it."""
    out: dict[str, Choice] = {}
    for field, values in weights.fields:
        sign = 1.0
        if len(values) == 1:
            at, value = values[0]
            if total[at] <= 0:
                value, sign = "False", -1.0
        else:
            at, value = max(values, key=lambda pair: total[pair[0]])
        counted: dict[int, float] = {}
        for token, row in met:
            weight = row[at] * sign
            if weight > 0.0 and token >= 0:
                counted[token] = counted.get(token, 0.0) + weight
        ranked = sorted(counted.items(), key=_by_weight)[:EXPLAINING]
        tokens = tuple(token for token, weight in ranked if weight >= LEAST_SHARE * ranked[0][1])
        out[field] = Choice(value, total[at] * sign, tokens)
    return out


def _by_weight(counted: tuple[int, float]) -> tuple[float, int]:
    return -counted[1], counted[0]


def read_weights(table: str) -> Weights:
    """Return the weights that the text of a table holds.

    The first line holds the classes as "field=value", the second the biases, every further one a feature and its weights;
    tab-separated, an empty cell for nought.
    """
    lines = table.split("\n")
    fields: dict[str, list[tuple[int, str]]] = {}
    for at, name in enumerate(lines[0].split("\t")[1:]):
        field, value = name.split("=", 1)
        fields.setdefault(field, []).append((at, value))
    bias = tuple(float(x) for x in lines[1].split("\t")[1:])
    rows: dict[str, tuple[float, ...]] = {}
    for line in lines[2:]:
        if line:
            feature, *cells = line.split("\t")
            rows[feature] = tuple(float(cell) if cell else 0.0 for cell in cells)
    return Weights(tuple((field, tuple(values)) for field, values in fields.items()), bias, rows)
