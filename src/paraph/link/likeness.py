"""Likeness: the probability that two signals speak of the same deal."""

from __future__ import annotations

from collections.abc import Sequence

from paraph.link.traits import Traits, weight_of

__all__ = ["THRESHOLD", "score"]

# From this likeness on two signals are taken to speak of one deal.
THRESHOLD = 0.5


def score(one: Traits, other: Traits, days_apart: int) -> float:
    """Return how likely two signals speak of the same deal, 0 to 1. Symmetric; a pure function of the three arguments."""
    shared = _weight(set(one.words) & set(other.words))
    least = min(_weight(one.words), _weight(other.words))
    if not shared or not least:
        return 0.0
    return 0.9 * shared / least * (1.0 if one.sector == other.sector else 0.6)


def _weight(words: Sequence[str] | set[str]) -> float:
    return sum(weight_of(word) for word in words)
