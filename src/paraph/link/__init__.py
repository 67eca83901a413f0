"""Linking: signals to deals, across documents and weeks; documents to families of copies.

``traits_of(document, signals)`` keeps of each signal what is needed to compare it; ``keys_of`` says which are compared,
``score`` how likely two speak of one deal, ``parents_of`` and ``roots_of`` make the trees that are the deals.
"""

from __future__ import annotations

from paraph.link.blocking import keys_of
from paraph.link.forest import parents_of, roots_of, trees_of
from paraph.link.likeness import THRESHOLD, score
from paraph.link.titles import summary_of, title_of
from paraph.link.traits import Traits, traits_of

__all__ = [
    "THRESHOLD",
    "Traits",
    "keys_of",
    "parents_of",
    "roots_of",
    "score",
    "summary_of",
    "title_of",
    "traits_of",
    "trees_of",
]
