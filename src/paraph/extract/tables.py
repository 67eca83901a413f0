"""Tables of words by class, and tables of weights by feature: the data that extraction runs on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

__all__ = ["Weights", "read_weights", "word_classes"]


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


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts towards each class: logistic regression, one class against the rest.

    ``rows[feature]`` holds one weight a class, in the order of ``classes``; ``bias`` likewise. Trained by training/cues.
    """

    classes: tuple[str, ...]
    bias: tuple[float, ...]
    rows: dict[str, tuple[float, ...]]

    def score(self, features: Iterable[str]) -> list[float]:
        """Return the log-odds of each class; unknown features count nothing."""
        total = list(self.bias)
        rows = self.rows
        for feature in features:
            row = rows.get(feature)
            if row is not None:
                for i, weight in enumerate(row):
                    if weight:
                        total[i] += weight
        return total


def read_weights(table: str) -> Weights:
    """Return the weights that the text of a table holds.

    The first line holds the classes, the second the biases, every further one a feature and its weights; tab-separated.
    """
    lines = table.split("\n")
    classes = tuple(lines[0].split("\t")[1:])
    bias = tuple(float(x) for x in lines[1].split("\t")[1:])
    rows: dict[str, tuple[float, ...]] = {}
    for line in lines[2:]:
        if line:
            feature, *weights = line.split("\t")
            rows[feature] = tuple(float(x) if x else 0.0 for x in weights)
    return Weights(classes, bias, rows)


def sigmoid(x: float) -> float:
    """Return 1 / (1 + e^-x), safe for large |x|."""
    return 1 / (1 + exp(-x)) if x > -500 else 0.0
