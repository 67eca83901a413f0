"""The statistics of the scorecards: intervals, scores of probabilities, and what is learned from few cases.

All functions are pure and none draws at random: the same counts always give the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Interval", "Prior", "brier", "effective", "prior_of", "skill", "skill_interval", "wilson"]

# The normal quantile of a two-sided interval of 95 %.
Z = 1.959963984540054

# Bounds of a prior's strength, in cases: weaker than 2 would believe a single case, stronger than 1,000 would never learn.
# Where it cannot be estimated (one group, or all came out alike) it is 10. All three set by eye.
WEAKEST, STRONGEST, UNKNOWN = 2.0, 1000.0, 10.0


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of 95 %, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a share before its own cases are seen: its mean, and how many cases that belief is worth."""

    mean: float
    strength: float

    def learned(self, came: float, n: float) -> float:
        """Return the share that is to be expected after ``came`` of ``n`` cases (the mean of the posterior beta)."""
        return (came + self.mean * self.strength) / (n + self.strength)


def wilson(came: float, n: float) -> Interval:
    """Return the interval of a share of ``came`` of ``n`` (Wilson 1927, "Probable inference", JASA 22); 0 to 1 for none.

    Both may be fractional: an effective number of cases gives the interval its due width where cases hang together.
    Raises ValueError where ``came`` is not within 0 to ``n``.
    """
    if not 0 <= came <= n:
        raise ValueError(f"{came} of {n} is no share")
    if n == 0:
        return Interval(0.0, 1.0)
    share = came / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    # At the ends the formula gives 0 and 1 but for rounding.
    return Interval(0.0 if came == 0 else max(0.0, middle - half), 1.0 if came == n else min(1.0, middle + half))


def effective(n: int, squares: int) -> float:
    """Return how many independent cases ``n`` cases in clusters are worth (Kish 1965): n² by the sum of the clusters' squares.

    Twenty papers that foretold the same thing of one deal were right or wrong together: they are one case, not twenty.
    """
    return n * n / squares if squares else 0.0


def brier(rows: Iterable[tuple[float, bool, int]]) -> float:
    """Return the mean squared distance of probabilities from what came (Brier 1950): 0 is best, 0.25 is what "half" gets.

    ``rows`` hold a probability, whether it came, and how often. Raises ValueError for no rows.
    """
    total = cost = 0.0
    for probability, came, n in rows:
        total += n
        cost += n * (probability - came) ** 2
    if not total:
        raise ValueError("no forecasts to score")
    return cost / total


def skill(score: float, reference: float) -> float | None:
    """Return by how much a Brier score beats a reference's: 1 for perfect, 0 for no better, below 0 for worse.

    None where the reference is perfect: there is nothing to beat.
    """
    return 1 - score / reference if reference > 0 else None


def prior_of(groups: Sequence[tuple[float, float]]) -> Prior:
    """Return the prior that groups of cases have in common, each given as (came, n): empirical Bayes by moments.

    Shares of groups are taken as drawn from one beta distribution. Its mean is the share of all; its strength follows from how
    much more the groups' shares scatter than chance alone would let them: with p the share of all, k groups, N cases,
    s = Σ nᵢ (pᵢ − p)² and E[s] = p (1 − p) [(k − 1) + ρ (N − Σ nᵢ² / N − (k − 1))], strength = 1/ρ − 1 (moments as in Kleinman
    1973, "Proportions with extraneous variance", JASA 68, weights nᵢ). Kept within ``WEAKEST`` and ``STRONGEST``.
    Numbers may be effective ones. Without any case the mean is one half.
    """
    filled = [(came, n) for came, n in groups if n > 0]
    total = sum(n for _, n in filled)
    if not total:
        return Prior(0.5, UNKNOWN)
    share = sum(came for came, _ in filled) / total
    spread = share * (1 - share)
    free = len(filled) - 1
    room = total - sum(n * n for _, n in filled) / total - free
    if free < 1 or spread == 0 or room <= 0:
        return Prior(share, UNKNOWN)
    scatter = sum(n * (came / n - share) ** 2 for came, n in filled)
    likeness = (scatter / spread - free) / room
    strength = STRONGEST if likeness <= 0 else 1 / likeness - 1
    return Prior(share, min(max(strength, WEAKEST), STRONGEST))


def skill_interval(rows: Sequence[tuple[float, float, bool, int]], worth: float = 1.0) -> Interval | None:
    """Return the interval of a skill; rows are (probability, reference, came, how often). None where there is no skill.

    The skill is one minus a ratio of two means over the same forecasts; its variance is that of the ratio estimator, by
    linearisation (Cochran 1977, "Sampling Techniques", section 6): the variance of (a - R b) / mean(b) over n. To it are added
    some two cases each that came and did not, as Agresti and Coull (1998) do for a share, since where all came out alike the
    formula would be sure of itself. A formula and no bootstrap, as every card of a large desk has one; tests hold it to the
    bootstrap. ``worth`` in 0..1 is what a case is worth where cases hang together (``effective`` by n), and widens the interval.
    """
    n = sum(many for *_, many in rows)
    costs = [((p - came) ** 2, (r - came) ** 2, float(many)) for p, r, came, many in rows]
    promised = sum(cost * many for cost, _, many in costs) / n
    reference = sum(cost * many for _, cost, many in costs) / n
    if reference <= 0:
        return None
    ratio = promised / reference
    mean_p, mean_r = sum(p * many for p, *_, many in rows) / n, sum(r * many for _, r, _, many in rows) / n
    some = Z * Z / 2 / worth
    costs += [(mean_p**2, mean_r**2, some), ((mean_p - 1) ** 2, (mean_r - 1) ** 2, some)]
    scatter = sum(many * ((one - ratio * other) / reference) ** 2 for one, other, many in costs) / (n + 2 * some)
    half = Z * math.sqrt(scatter / ((n + 2 * some) * worth))
    return Interval(1 - ratio - half, min(1.0, 1 - ratio + half))
