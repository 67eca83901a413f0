"""Context: a second look at every signal in the light of the others of its document.

A sentence that only tells what a treaty contains does not say that the treaty was signed; the rest of the report does. After
each signal was weighed by its own words, its log-odds meet the mean of the other signals' probabilities in one more logistic
regression (stacking, Wolpert 1992), which also lets stage, ahead and certainty of one signal speak to each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

from paraph.extract.tables import Weights, added_up

__all__ = ["MOST", "USUAL", "Context", "chances", "inputs", "settle"]

# Log-odds are cut off here, for far from nought they say more about the table than about the sentence. Set once, not tuned.
MOST = 4.0
# The mean over the others starts from this many signals at the classes' usual rates, so that one other does not decide alone
# and a document's only signal is left as it is.
USUAL = 2.0


def chances(totals: list[list[float]]) -> list[list[float]]:
    """Return the probability of each class of each signal by its own log-odds."""
    return [[1.0 / (1.0 + exp(-x)) for x in row] for row in _cut(totals)]


def _cut(totals: list[list[float]]) -> list[list[float]]:
    return [[x if -MOST < x < MOST else MOST if x > 0 else -MOST for x in row] for row in totals]


def inputs(totals: list[list[float]], rates: Sequence[float]) -> list[list[float]]:
    """Return what the second look sees of each signal: its own log-odds, then the mean probabilities of all others.

    ``rates`` holds each class's mean probability over the documents that were learnt from.
    """
    found = chances(totals)
    sums = [sum(column) + USUAL * rate for column, rate in zip(zip(*found, strict=True), rates, strict=True)]
    size = USUAL + len(totals) - 1
    return [
        [*row, *((s - p) / size for s, p in zip(sums, mine, strict=True))]
        for row, mine in zip(_cut(totals), found, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Context:
    """The second look's table made ready: the classes' usual rates, their biases, and for each input a weight a class."""

    rates: tuple[float, ...]
    bias: npt.NDArray[np.float64]
    columns: npt.NDArray[np.float64]

    @classmethod
    def from_weights(cls, weights: Weights) -> Context:
        """Return the table made ready; its rows are named by their place among the inputs ("00", …), one row "rate"."""
        nothing = (0.0,) * len(weights.bias)
        rows = [weights.rows.get(f"{at:02}", nothing) for at in range(2 * len(weights.bias))]
        return cls(weights.rows.get("rate", nothing), np.array(weights.bias), np.array(rows))


def settle(context: Context, totals: list[list[float]]) -> list[list[float]]:
    """Return the log-odds of each signal's classes after the second look.

    ``totals`` holds one row a signal, one document's, in the order of the table's classes.
    """
    if not totals:
        return []
    return added_up(context.bias, context.columns, inputs(totals, context.rates))
