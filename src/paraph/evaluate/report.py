"""What an evaluation tells: figures with intervals, breakdowns, confusions, the worst documents, the errors themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from paraph.evaluate.calibration import Calibration, calibration
from paraph.evaluate.intervals import Draws, bootstrap
from paraph.evaluate.marks import ATTRIBUTES, VALUES, Mark, shown
from paraph.evaluate.scoring import COLUMNS, FIGURES, Scored, Sums, b_cubed, f_score, figures, known, share, table
from paraph.resolve.statistics import Interval

__all__ = [
    "BY",
    "OF_DOCUMENTS",
    "VALUE_FIGURES",
    "Confusion",
    "Mistake",
    "Report",
    "Row",
    "mistakes",
    "of_document",
    "report",
]

# What documents are told apart by, and what signals are.
OF_DOCUMENTS = ("event", "genre", "role")
BY = (*OF_DOCUMENTS, *ATTRIBUTES)

# The figures of one value of an attribute, as `Row` explains them.
VALUE_FIGURES = ("found", "right", "full", "precision", "f1")

_SIGNALS, _PREDICTED = COLUMNS.index("signals"), COLUMNS.index("predicted")

# How many of the worst documents are told.
WORST = 10
# How much of the text around an error is told on each side.
AROUND = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One value of what documents or signals are told apart by.

    ``documents`` is how many have that value or a signal with it, marked or found; ``negatives`` how many of them are negative;
    ``signals`` and ``predicted`` count the signals marked and found (of documents, false alarms too). ``figures`` are, of
    documents, those of the whole; of an attribute's value ``VALUE_FIGURES``: ``found``, the share of the marked signals with
    the value that pair by any overlap; ``right``, the share of these pairs with this attribute right; ``full``, the share with
    stage, ahead, certainty and source type right; ``precision``, the share of what was found with the value that pairs with a
    marked signal that has it; ``f1`` of the value from end to end. None where there is nothing to take a share of, or to make
    an interval of.
    """

    value: str
    documents: int
    negatives: int
    signals: int
    predicted: int
    figures: Mapping[str, float | None]
    intervals: Mapping[str, Interval | None]

    def to_dict(self) -> dict[str, Any]:
        """Return the row as JSON-ready values."""
        return {
            "value": self.value,
            "documents": self.documents,
            "negatives": self.negatives,
            "signals": self.signals,
            "predicted": self.predicted,
            "figures": dict(self.figures),
            "intervals": _pairs(self.figures, self.intervals),
        }


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often ``gold`` was taken for ``taken_for``; ``of`` is how many pairs have ``gold``."""

    gold: str
    taken_for: str
    n: int
    of: int

    def to_dict(self) -> dict[str, Any]:
        """Return the confusion as JSON-ready values."""
        return {"gold": self.gold, "taken_for": self.taken_for, "n": self.n, "of": self.of}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error: ``kind`` is ``missed``, ``spurious``, ``false alarm`` or ``wrong``, the last with its ``field`` and both values.

    ``start`` and ``end`` are those of the marked signal, or of what was found where nothing is marked.
    """

    document: str
    kind: str
    start: int
    end: int
    anchor: str
    before: str
    after: str
    field: str | None = None
    gold: str | None = None
    taken_for: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON-ready values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Report:
    """All that an evaluation tells. ``figures`` begin with the counts of documents with deals, signals marked and found."""

    figures: Mapping[str, float | None]
    intervals: Mapping[str, Interval | None]
    negatives: int
    by: Mapping[str, tuple[Row, ...]]
    confusions: Mapping[str, tuple[Confusion, ...]]
    worst: tuple[Scored, ...]
    calibration: Calibration | None
    mistakes: tuple[Mistake, ...]
    mistakes_in_all: int

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "figures": dict(self.figures),
            "intervals": _pairs(FIGURES, self.intervals),
            "negatives": self.negatives,
            "by": {name: [row.to_dict() for row in rows] for name, rows in self.by.items()},
            "confusions": {name: [each.to_dict() for each in rows] for name, rows in self.confusions.items()},
            "worst": [_outline(each) for each in self.worst],
            "calibration": self.calibration.to_dict() if self.calibration else None,
            "errors_in_all": self.mistakes_in_all,
            "errors": [each.to_dict() for each in self.mistakes],
        }


def report(scored: Sequence[Scored], *, by: Sequence[str] = (), draws: Draws | None = None, errors: int = 0) -> Report:
    """Return the report on scored documents, which must be in the order of their files for the scorer's last digits.

    ``by`` names breakdowns, of ``BY``; ``draws`` are those of the intervals (none without); ``errors`` is how many errors are
    told, the first in the order of documents.
    """
    draws = draws or Draws(samples=0)
    rows = table(scored)
    sums = rows.sum(axis=0)
    negatives = sum(each.document.negative for each in scored)
    plain: dict[str, float | None] = {
        "documents": len(scored) - negatives,
        "signals": int(sums[_SIGNALS]),
        "predicted": int(sums[_PREDICTED]),
    }
    wrong = [mistake for each in scored for mistake in mistakes(each)]
    return Report(
        # The sums of the deals' shares differ from the scorer's in the order of summing, and so in the last digit.
        figures=plain | known(figures(sums)) | {"deal_b3": b_cubed(scored) or 0.0},
        intervals=_intervals(rows, draws),
        negatives=negatives,
        by={name: tuple(_rows(name, scored, draws)) for name in by},
        confusions={name: tuple(_confusions(name, scored)) for name in ATTRIBUTES},
        worst=tuple(sorted(filter(_weight, scored), key=lambda each: (-_weight(each), each.document.id))[:WORST]),
        calibration=calibration(scored),
        mistakes=tuple(wrong[:errors]),
        mistakes_in_all=len(wrong),
    )


def mistakes(each: Scored) -> Iterator[Mistake]:
    """Yield the errors in a document, in the scorer's order: missed, spurious, then the wrong fields of each pair.

    Parties count as wrong where they are not the same set; the scorer, which counts each party by itself, does not list them.
    """
    document = each.document

    def mistake(kind: str, mark: Mark, **more: str) -> Mistake:
        before = document.text[max(0, mark.start - AROUND) : mark.start]
        after = document.text[mark.end : mark.end + AROUND]
        return Mistake(
            document.id, kind, mark.start, mark.end, document.text[mark.start : mark.end], before, after, **more
        )

    yield from (mistake("missed", mark) for mark in each.missed)
    yield from (mistake("false alarm" if document.negative else "spurious", mark) for mark in each.spurious)
    for gold, found in each.pairs:
        for name in ATTRIBUTES:
            if getattr(gold, name) != getattr(found, name):
                marked, taken = shown(getattr(gold, name)), shown(getattr(found, name))
                yield mistake("wrong", gold, field=name, gold=marked, taken_for=taken)
        if {*gold.parties} != {*found.parties}:
            yield mistake("wrong", gold, field="parties", gold=_joined(gold), taken_for=_joined(found))


def of_document(each: Scored) -> dict[str, Any]:
    """Return a document's result as JSON-ready values, with all its errors."""
    return _outline(each) | {"errors": [mistake.to_dict() for mistake in mistakes(each)]}


def _outline(each: Scored) -> dict[str, Any]:
    document = each.document
    return {
        "id": document.id,
        "event": document.event,
        "role": document.role,
        "genre": document.genre,
        "path": document.path,
        "signals": len(document.marks),
        "predicted": len(each.found),
        "paired": len(each.pairs),
        "missed": len(each.missed),
        "spurious": len(each.spurious),
    }


def _weight(each: Scored) -> int:
    return len(each.missed) + len(each.spurious)


def _joined(mark: Mark) -> str:
    return ", ".join(sorted({*mark.parties})) or "none"


def _pairs(order: Iterable[str], intervals: Mapping[str, Interval | None]) -> dict[str, list[float] | None]:
    return {name: [found.low, found.high] if (found := intervals.get(name)) else None for name in order}


# --- breakdowns ------------------------------------------------------------------------------------------------------


def _rows(name: str, scored: Sequence[Scored], draws: Draws) -> Iterator[Row]:
    if name not in OF_DOCUMENTS:
        yield from _rows_of_values(name, scored, draws)
        return
    groups: dict[str, list[Scored]] = {}
    for each in scored:
        groups.setdefault(getattr(each.document, name), []).append(each)
    for value in sorted(groups):
        group = groups[value]
        rows = table(group)
        sums = rows.sum(axis=0)
        yield Row(
            value=value,
            documents=len(group),
            negatives=sum(each.document.negative for each in group),
            signals=int(sums[_SIGNALS]),
            predicted=sum(len(each.found) for each in group),
            figures=known(figures(sums, empty=np.nan)) | {"deal_b3": b_cubed(group)},
            intervals=_intervals(rows, draws),
        )


def _intervals(rows: Sums, draws: Draws) -> dict[str, Interval | None]:
    return bootstrap(len(rows), draws, lambda weights: figures(weights @ rows, empty=np.nan))


def _rows_of_values(name: str, scored: Sequence[Scored], draws: Draws) -> Iterator[Row]:
    """Yield a row for each value of an attribute, in the order of the model; values that it does not know come last."""
    counted = [_counted(name, each) for each in scored if not each.document.negative]
    seen = {value for each in counted for value in each}
    order = [*(value for value in VALUES[name] if value in seen), *sorted(seen - {*VALUES[name]})]
    for value in order:
        rows = np.array([each[value] for each in counted if value in each], dtype=np.float64)
        sums = rows.sum(axis=0)
        yield Row(
            value=value,
            documents=len(rows),
            negatives=0,
            signals=int(sums[0]),
            predicted=int(sums[1]),
            figures=known(_value_figures(sums)),
            intervals=bootstrap(len(rows), draws, _drawn(rows)),
        )


def _drawn(rows: Sums) -> Callable[[Sums], dict[str, Sums]]:
    return lambda weights: _value_figures(weights @ rows)


def _counted(name: str, each: Scored) -> dict[str, list[int]]:
    """Return for each value in a document how many signals have it marked, found, marked and paired, right, fully right."""
    rows: dict[str, list[int]] = {}

    def add(value: str | bool | None, column: int) -> None:
        rows.setdefault(shown(value), [0] * 5)[column] += 1

    for mark in each.document.marks:
        add(getattr(mark, name), 0)
    for mark in each.found:
        add(getattr(mark, name), 1)
    for gold, found in each.pairs:
        value = getattr(gold, name)
        add(value, 2)
        if value == getattr(found, name):
            add(value, 3)
        if gold.fits(found):
            add(value, 4)
    return rows


def _value_figures(sums: Sums) -> dict[str, Sums]:
    gold, predicted, paired, right, full = (sums[..., n] for n in range(5))
    return {
        "found": share(paired, gold, np.nan),
        "right": share(right, paired, np.nan),
        "full": share(full, paired, np.nan),
        "precision": share(right, predicted, np.nan),
        "f1": f_score(right, predicted, gold, np.nan),
    }


def _confusions(name: str, scored: Sequence[Scored]) -> Iterator[Confusion]:
    """Yield what was taken for what, the most frequent first; of equals in the order of the alphabet."""
    seen = Counter(
        (shown(getattr(gold, name)), shown(getattr(found, name))) for each in scored for gold, found in each.pairs
    )
    of: Counter[str] = Counter()
    for (gold_value, _), n in seen.items():
        of[gold_value] += n
    for (gold_value, taken), n in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        if gold_value != taken:
            yield Confusion(gold_value, taken, n, of[gold_value])
