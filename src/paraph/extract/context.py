"""Context: a second look at every signal in the light of the others of its document.

A sentence that only tells what a treaty contains does not say that the treaty was signed; the rest of the report does. After
each signal was weighed by its own words, its log-odds meet the mean of the other signals' probabilities in one more logistic
regression (stacking, Wolpert 1992), which also lets stage, ahead and certainty of one signal speak to each other.
"""

from __future__ import annotations

from math import exp

from paraph.extract.tables import Weights

__all__ = ["EVEN", "MOST", "inputs", "settle"]

# Log-odds are cut off here, for far from nought they say more about the table than about the sentence.
MOST = 4.0
# The mean over the others starts from this many signals at even odds, so that one other signal does not decide alone.
EVEN = 2.0


def inputs(totals: list[list[float]]) -> list[list[float]]:
    """Return what the second look sees of each signal: its own log-odds, then the mean probabilities of all others."""
    own = [[min(MOST, max(-MOST, x)) for x in row] for row in totals]
    chances = [[1.0 / (1.0 + exp(-x)) for x in row] for row in own]
    sums = [sum(column) for column in zip(*chances, strict=True)]
    size = EVEN + len(totals) - 1
    return [
        [*row, *((s - p + EVEN / 2) / size for s, p in zip(sums, mine, strict=True))]
        for row, mine in zip(own, chances, strict=True)
    ]


def settle(weights: Weights, totals: list[list[float]]) -> list[list[float]]:
    """Return the log-odds of each signal's classes after the second look.

    ``totals`` holds one row a signal, one document's, in the order of the table's classes; ``weights.rows`` are named by
    their place ("00", "01", …) among the inputs.
    """
    rows = [weights.rows.get(f"{at:02}", ()) for at in range(2 * len(weights.bias))]
    out: list[list[float]] = []
    for values in inputs(totals):
        total = list(weights.bias)
        for value, row in zip(values, rows, strict=True):
            for at, weight in row:
                total[at] += weight * value
        out.append(total)
    return out
