"""Intervals by the bootstrap: documents are drawn anew, with replacement, and the figures worked out on each draw.

Documents and not signals are drawn, for signals of one document hang together (Efron and Tibshirani 1993, "An introduction
to the bootstrap", chapter 13, percentile intervals). Deals stay those of all documents whatever is drawn: in a document that
is drawn twice each deal would else be found twice, and the figure of deals come out too good. As figures follow from sums of
counts, a draw is no more than how often each document is in it, and all draws are one product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from paraph.evaluate.scoring import Sums
from paraph.resolve.statistics import Interval

__all__ = ["FEWEST", "SAMPLES", "Draws", "bootstrap"]

# So many draws unless another number is asked for: enough for two digits of a bound; set by eye.
SAMPLES = 1_000
# A bootstrap of fewer documents says little of how figures would be on others: no interval. Set by eye.
FEWEST = 5
# A figure that is undefined (nothing to take a share of) in a larger part of the draws gets no interval. Set by eye.
MOST_UNDEFINED = 0.05
# Draws times documents that are held in memory at once; 4 MB of them.
_BLOCK = 500_000
# Bounds are rounded to so many digits, so that the last bits of sums, which differ from machine to machine, do not show.
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Draws:
    """Which draws are made: how many, and from which seed. The same for each set of documents, in whatever order asked."""

    samples: int = SAMPLES
    seed: int = 0

    def over(self, n: int) -> Iterator[Sums]:
        """Yield blocks of draws from ``n`` documents: one row a draw, how often each document is in it."""
        # Of NumPy's generators this one alone promises the same numbers in all versions to come.
        generator = np.random.RandomState(self.seed)
        left = self.samples
        while left:
            rows = min(left, max(1, _BLOCK // n))
            places = (generator.random_sample((rows, n)) * n).astype(np.int64)
            places += np.arange(rows)[:, None] * n
            yield np.bincount(places.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)
            left -= rows


def bootstrap(n: int, draws: Draws, figures: Callable[[Sums], Mapping[str, Sums]]) -> dict[str, Interval | None]:
    """Return the interval of 95 % of each figure over ``n`` documents; None where they are too few, or a figure is undefined.

    ``figures`` gives for a block of draws (one row a draw) each figure of every draw, NaN where it is undefined.
    """
    if n < FEWEST or not draws.samples:
        return {}
    blocks = [figures(weights) for weights in draws.over(n)]
    return {name: _interval(np.concatenate([block[name] for block in blocks])) for name in blocks[0]}


def _interval(values: Sums) -> Interval | None:
    defined = values[~np.isnan(values)]
    if len(defined) < len(values) * (1 - MOST_UNDEFINED):
        return None
    low, high = np.quantile(defined, (0.025, 0.975))
    return Interval(round(float(low), _DIGITS), round(float(high), _DIGITS))
