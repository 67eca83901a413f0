"""How far people who decided the same things agree: per cent, and Krippendorff's alpha for values that have no order. Pure.

Alpha is 1 - D_o / D_e: the disagreement that there is by the one to be expected if the same values had been given out by
chance (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"; Krippendorff 2004, "Content Analysis", chapter 11). It
takes any number of people and missing values; a unit that fewer than two people judged says nothing and is left out. 1 is
full agreement, 0 what chance would give, below 0 less than that; .8 is what Krippendorff asks for, and .667 the least
for tentative conclusions. Where everybody gave one and the same value throughout there is nothing to tell apart: alpha is None.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from paraph.resolve.statistics import Interval, wilson

__all__ = ["Agreement", "agreement_of", "alpha_of", "pairs_of"]

Value = TypeVar("Value", bound=Hashable)

# With fewer units than these what chance would give is not known well enough to set an interval against. By eye.
LEAST_UNITS = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree on one question.

    ``units`` is how many things two or more of them judged, ``people`` how many people, ``pairs`` how many pairs of judgements
    there are on one thing, ``agreeing`` how many of these pairs say the same. ``percent`` is the one by the other (0 to 1) and
    ``percent_interval`` its Wilson interval with the units, not the pairs, as its cases. ``alpha`` is None where there is nothing
    to tell apart; ``alpha_interval`` is of 95 %, and None with few units.
    """

    units: int
    people: int
    pairs: int
    agreeing: int
    percent: float | None
    percent_interval: Interval | None
    alpha: float | None
    alpha_interval: Interval | None


def agreement_of(judged: Sequence[Mapping[str, Value]]) -> Agreement:
    """Return how far people agree; ``judged`` holds, a unit, what each person who judged it said, by the person's name."""
    units = [unit for unit in judged if len(unit) > 1]
    pairs = agreeing = 0
    share = 0.0
    for unit in units:
        said = Counter(unit.values())
        here = len(unit) * (len(unit) - 1) // 2
        alike = sum(n * (n - 1) // 2 for n in said.values())
        pairs, agreeing, share = pairs + here, agreeing + alike, share + alike / here
    return Agreement(
        units=len(units),
        people=len({name for unit in units for name in unit}),
        pairs=pairs,
        agreeing=agreeing,
        percent=agreeing / pairs if pairs else None,
        percent_interval=wilson(share, len(units)) if units else None,
        alpha=alpha_of(units),
        alpha_interval=_interval(units),
    )


def pairs_of(judged: Sequence[Mapping[str, Value]]) -> dict[tuple[str, str], Agreement]:
    """Return how far each two people agree, by their names in order; those who judged nothing in common are left out."""
    together: dict[tuple[str, str], list[dict[str, Value]]] = {}
    for unit in judged:
        for one, other in combinations(sorted(unit), 2):
            together.setdefault((one, other), []).append({one: unit[one], other: unit[other]})
    return {pair: agreement_of(units) for pair, units in sorted(together.items())}


def alpha_of(judged: Sequence[Mapping[str, Value]]) -> float | None:
    """Return Krippendorff's alpha for nominal values; None where fewer than two different values were given."""
    there, expected = _disagreement(judged)
    return 1 - there / expected if expected else None


def _disagreement(judged: Sequence[Mapping[str, Value]]) -> tuple[float, float]:
    """Return the share of disagreement that there is, and the one that chance would give (D_o and D_e)."""
    totals: Counter[Value] = Counter()
    there = 0.0
    for unit in judged:
        said = Counter(unit.values())
        m = said.total()
        if m > 1:
            # With m judgements of a unit each pair of them counts 1 / (m - 1), so that each judgement counts once in all.
            totals.update(said)
            there += (m * m - sum(n * n for n in said.values())) / (m - 1)
    n = totals.total()
    if not n:
        return 0.0, 0.0
    return there / n, (n * n - sum(each * each for each in totals.values())) / (n * (n - 1))


def _interval(units: Sequence[Mapping[str, Value]]) -> Interval | None:
    """Return alpha's interval: Wilson's of the agreement that there is, over the units, set against that of chance.

    What chance would give is taken as known; it is known far better than the agreement, as all judgements speak to it. A
    formula that does not shrink to nothing where all agree, as drawing the units again does; tests hold it to that.
    """
    there, expected = _disagreement(units)
    if len(units) < LEAST_UNITS or not expected:
        return None
    share = wilson((1 - there) * len(units), len(units))
    return Interval(1 - (1 - share.low) / expected, 1 - (1 - share.high) / expected)
