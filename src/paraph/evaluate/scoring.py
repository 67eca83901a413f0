"""Documents with what was found in them to counts, and counts to figures: those of the benchmark's scorer.

Detection: a found and a marked signal can pair where their anchors overlap in half the words that either holds (``f1``) or in
any word (``f1_any``); pairs are taken one to one, best overlap first. The attributes are scored on the pairs of ``f1_any``, so
that they stay comparable when detection gets better; ``full_f1`` counts such a pair only where stage, ahead, certainty and
source type are all right. ``deal_b3`` is the B-cubed F1 (Bagga and Baldwin 1998, "Algorithms for scoring coreference chains")
of the deals that were found, within each event and over paired signals; 0 where what was found names none. False alarms are
what was found in documents without deals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paraph.evaluate.gold import GoldDocument
from paraph.evaluate.marks import ATTRIBUTES, Mark
from paraph.evaluate.pairing import CLOSE, overlaps, pairs

__all__ = [
    "COLUMNS",
    "FIGURES",
    "Scored",
    "Sums",
    "b_cubed",
    "f_score",
    "figures",
    "known",
    "score",
    "share",
    "table",
]

# What is counted in each document. All figures follow from sums of it: that of deals from how many pairs have one on both
# sides, and from their precisions and recalls, which are those among all documents.
_COUNTED = (
    *("documents", "negatives", "signals", "predicted", "close", "paired", "full"),
    *ATTRIBUTES,
    *("parties_both", "parties_gold", "parties_found", "alarms"),
)
COLUMNS = (*_COUNTED, "deals", "deals_precision", "deals_recall")
_AT = {name: n for n, name in enumerate(COLUMNS)}

# The figures that are shares of something, in the scorer's order; before them stand the counts of documents and signals.
FIGURES = (
    *("precision", "recall", "f1", "f1_any", "full_f1"),
    *ATTRIBUTES,
    *("parties_f1", "deal_b3", "false_alarms_per_negative"),
)

Sums = NDArray[np.float64]
# A deal by its event and its name there.
Deal = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scored:
    """A document with what was found in it, and how the two fit.

    ``pairs`` are those of any overlap, (marked, found), best first; ``close`` is how many pairs share half their words. In a
    negative document all that was found is ``spurious``, and a false alarm.
    """

    document: GoldDocument
    found: tuple[Mark, ...]
    close: int
    pairs: tuple[tuple[Mark, Mark], ...]
    missed: tuple[Mark, ...]
    spurious: tuple[Mark, ...]


def score(document: GoldDocument, found: Sequence[Mark]) -> Scored:
    """Hold what was found in a document against its annotations."""
    found = tuple(found)
    if document.negative:
        return Scored(document, found, 0, (), (), found)
    fitting = overlaps(document.text, document.marks, found)
    loose = pairs(fitting)
    paired_gold, paired_found = {i for i, _ in loose}, {j for _, j in loose}
    return Scored(
        document=document,
        found=found,
        close=len(pairs(fitting, CLOSE)),
        pairs=tuple((document.marks[i], found[j]) for i, j in loose),
        missed=tuple(mark for i, mark in enumerate(document.marks) if i not in paired_gold),
        spurious=tuple(mark for j, mark in enumerate(found) if j not in paired_found),
    )


def _counts(each: Scored) -> tuple[int, ...]:
    """Return what is counted in a document, in the order of ``_COUNTED``."""
    if each.document.negative:
        row = dict.fromkeys(_COUNTED, 0) | {"negatives": 1, "alarms": len(each.found)}
        return tuple(row[name] for name in _COUNTED)
    right = {name: sum(getattr(g, name) == getattr(f, name) for g, f in each.pairs) for name in ATTRIBUTES}
    row = right | {
        "documents": 1,
        "negatives": 0,
        "signals": len(each.document.marks),
        "predicted": len(each.found),
        "close": each.close,
        "paired": len(each.pairs),
        "full": sum(g.fits(f) for g, f in each.pairs),
        "parties_both": sum(len({*g.parties} & {*f.parties}) for g, f in each.pairs),
        "parties_gold": sum(len({*g.parties}) for g, _ in each.pairs),
        "parties_found": sum(len({*f.parties}) for _, f in each.pairs),
        "alarms": 0,
    }
    return tuple(row[name] for name in _COUNTED)


def figures(sums: Sums, empty: float = 0.0) -> dict[str, Sums]:
    """Return the figures that follow from counts, by name, in the order of ``FIGURES``.

    ``sums`` has the columns of ``COLUMNS`` as its last axis; each figure has the shape of the other axes. ``empty`` stands
    where there is nothing to take a share of; the scorer has 0 there. False alarms in documents without deals are NaN where
    there are no such documents.
    """

    def column(name: str) -> Sums:
        return sums[..., _AT[name]]

    gold, predicted, paired = column("signals"), column("predicted"), column("paired")
    out = {
        "precision": share(column("close"), predicted, empty),
        "recall": share(column("close"), gold, empty),
        "f1": f_score(column("close"), predicted, gold, empty),
        "f1_any": f_score(paired, predicted, gold, empty),
        "full_f1": f_score(column("full"), predicted, gold, empty),
    }
    out |= {name: share(column(name), paired, empty) for name in ATTRIBUTES}
    out["parties_f1"] = f_score(column("parties_both"), column("parties_found"), column("parties_gold"), empty)
    deals = column("deals")
    precision, recall = share(column("deals_precision"), deals, empty), share(column("deals_recall"), deals, empty)
    out["deal_b3"] = share(2 * precision * recall, precision + recall, empty)
    out["false_alarms_per_negative"] = share(column("alarms"), column("negatives"), np.nan)
    return out


def share(part: Sums, whole: Sums, empty: float = 0.0) -> Sums:
    """Return the shares of counts, element by element; ``empty`` where the whole is 0."""
    out = np.full(np.shape(whole), empty)
    np.divide(part, whole, out=out, where=np.asarray(whole) > 0)
    return out


def f_score(hit: Sums, predicted: Sums, gold: Sums, empty: float = 0.0) -> Sums:
    """Return the harmonic means of precision and recall, element by element; ``empty`` where there is nothing at all."""
    precision, recall = share(hit, predicted), share(hit, gold)
    # In the scorer's order of operations, to give its figures to the last digit.
    mean = share(2 * precision * recall, precision + recall)
    return np.where(np.asarray(predicted) + gold > 0, mean, empty)


def b_cubed(scored: Iterable[Scored]) -> float | None:
    """Return the B-cubed F1 of the deals of scored documents; None where no paired signal has a deal on both sides."""
    rows = [pair for deals in _deals(scored) for pair in deals]
    if not rows:
        return None
    both, gold, found = Counter(rows), Counter(a for a, _ in rows), Counter(b for _, b in rows)
    precision = sum(n * n / found[b] for (_, b), n in both.items()) / len(rows)
    recall = sum(n * n / gold[a] for (a, _), n in both.items()) / len(rows)
    return 2 * precision * recall / (precision + recall)


def table(scored: Sequence[Scored]) -> Sums:
    """Return the counts of documents as an array: one row a document, in the order of ``COLUMNS``."""
    deals = list(_deals(scored))
    rows = [pair for each in deals for pair in each]
    both, gold, found = Counter(rows), Counter(a for a, _ in rows), Counter(b for _, b in rows)
    out = np.zeros((len(scored), len(COLUMNS)))
    for n, (each, pairs_) in enumerate(zip(scored, deals, strict=True)):
        precision = sum(both[pair] / found[pair[1]] for pair in pairs_)
        recall = sum(both[pair] / gold[pair[0]] for pair in pairs_)
        out[n] = (*_counts(each), len(pairs_), precision, recall)
    return out


def _deals(scored: Iterable[Scored]) -> Iterator[list[tuple[Deal, Deal]]]:
    """Yield for each document the deals of its pairs, marked and found, where both are known. A name counts in its event."""
    for each in scored:
        event = each.document.event
        yield [((event, g.deal), (event, f.deal)) for g, f in each.pairs if g.deal is not None and f.deal is not None]


def known(values: Mapping[str, Sums]) -> dict[str, float | None]:
    """Return single figures as plain numbers, None for those that are not defined."""
    return {name: None if np.isnan(value) else float(value) for name, value in values.items()}
