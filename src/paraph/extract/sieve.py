"""The sieve: which of the places that may name a deal do, seen in the light of their document.

Tags look at words; whether a place speaks of a deal also depends on what stands around it: how sure the tags are of the whole
phrase and of the rest of the document, whether parties of two countries are in sight, whether the same words came before, what
kind of line it stands in. One logistic regression over these, learnt with the blend on events that neither cues nor encoder had
seen, gives each place the probability of being a signal, which is its confidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from operator import mul
from typing import Any

from paraph.extract.anchors import AnchorSpan, posteriors
from paraph.extract.layout import Role
from paraph.extract.parse import Parse

__all__ = ["FEATURES", "Sieve", "features", "posterior_of"]

# Probabilities nearer to nought and one than this are all the same. Set by eye.
LEAST = 1e-4
# Log-odds beyond this are no different, and the exponential of a very long document's would overflow.
MOST = 500.0
# A phrase beyond this many words counts as long. Set by eye.
LONG = 3
FEATURES: tuple[str, ...] = (
    "begins", "mean", "least", "words", "short", "density", "best-other", "mean-other", "in-sentence", "best-in-sentence",
    "no-party", "one-party", "two-parties", "more-parties", *(f"role={role}" for role in Role), "under-lead", "met-before",
    "deal-noun", "collective", "subject", "capital", "how-far", "sentences", "document",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sieve:
    """A bias and a weight for each of FEATURES; ``told`` is the probability from which a place is told as a signal."""

    bias: float
    weights: tuple[float, ...]
    told: float

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Sieve:
        """Return the sieve that blend.json describes."""
        return cls(given["bias"], tuple(given["weights"]), given["told"])

    def probability(self, seen: Sequence[float]) -> float:
        """Return how likely a place is a signal."""
        total = sum(map(mul, self.weights, seen)) + self.bias
        return 1.0 / (1.0 + exp(min(-total, MOST)))


def posterior_of(
    parse: Parse,
    weighed: Sequence[tuple[int, list[float], list[float]]],
    transitions: tuple[tuple[float, float, float], ...],
) -> dict[int, float]:
    """Return for each token the probability of being part of an anchor."""
    out: dict[int, float] = {}
    for n, b, i in weighed:
        first = parse.ranges[n][0]
        for at, (begins, inside) in enumerate(zip(*posteriors(b, i, transitions), strict=True)):
            out[first + at] = begins + inside
    return out


def features(
    parse: Parse, spans: Sequence[AnchorSpan], inside: Mapping[int, float], parties: Sequence[int]
) -> list[list[float]]:
    """Return what the sieve sees of each place, in the order of FEATURES.

    ``spans`` are all places of a document that may be signals, ``inside`` what posterior_of says, ``parties`` how many codes
    each place has.
    """
    sure = [span.confidence for span in spans]
    size = len(parse.tokens)
    per_sentence: dict[int, list[float]] = {}
    for span in spans:
        per_sentence.setdefault(span.n, []).append(span.confidence)
    for of_one in per_sentence.values():
        of_one.sort(reverse=True)
    ranked = sorted(sure, reverse=True)
    whole = sum(sure)
    met: set[str] = set()
    out = []
    for at, (span, codes) in enumerate(zip(spans, parties, strict=True)):
        tokens = range(span.first, span.last + 1)
        of_words = [inside[t] for t in tokens]
        beside = per_sentence[span.n]
        others = len(spans) - 1
        sentence = parse.sentence(span.n)
        words = parse.text[parse.tokens.starts[span.first] : parse.tokens.ends[span.last]].lower()
        cues = {name for t in tokens for name in parse.classes[t]}
        row = [
            _odds(span.confidence),
            _odds(sum(of_words) / len(of_words)),
            _odds(min(of_words)),
            len(of_words),
            min(len(of_words), LONG),
            whole / (size / 100 + 1),
            # A document's only place speaks for itself: a text of one sentence is no worse for being short.
            _best_other(ranked, sure[at]) if others else sure[at],
            (whole - sure[at]) / others if others else sure[at],
            len(beside) - 1,
            _best_other(beside, sure[at]),
            codes == 0,
            codes == 1,
            codes == 2,
            codes > 2,
            *(sentence.role is role for role in Role),
            sentence.lead is not None,
            words in met,
            "deal_noun" in cues,
            "collective" in cues,
            any(parse.subjects[t] for t in tokens),
            parse.tokens.words[span.first][0].isupper(),
            span.n / len(parse.ranges),
            len(parse.ranges),
            _odds(whole / len(sure)),
        ]
        met.add(words)
        out.append([float(value) for value in row])
    return out


def _best_other(ranked: Sequence[float], own: float) -> float:
    """Return the highest of the others, given all from high to low; 0 where there are none."""
    return ranked[own == ranked[0]] if len(ranked) > 1 else 0.0


def _odds(p: float) -> float:
    p = min(max(p, LEAST), 1.0 - LEAST)
    return log(p / (1.0 - p))
