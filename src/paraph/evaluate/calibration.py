"""Whether ``confidence`` means what it says: of the signals found with 0.8, four in five should be signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from paraph.evaluate.scoring import Scored
from paraph.resolve.statistics import Interval, wilson

__all__ = ["BINS", "Bin", "Calibration", "calibration"]

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The found signals whose confidence is ``low`` or more and less than ``high`` (the last bin has 1 in it).

    ``n`` of them stand in documents with deals, ``paired`` of these with a marked signal by any overlap; ``total`` is the sum of
    their confidences. ``alarms`` stand in documents without deals, with ``alarms_total``.
    """

    low: float
    high: float
    n: int
    paired: int
    total: float
    alarms: int
    alarms_total: float

    @property
    def confidence(self) -> float | None:
        """The mean confidence in documents with deals; None where there are no signals."""
        return self.total / self.n if self.n else None

    @property
    def share(self) -> float | None:
        """The share of those in documents with deals that are paired; None where there are none."""
        return self.paired / self.n if self.n else None

    @property
    def interval(self) -> Interval | None:
        """The interval of the share (Wilson's, for single signals); None where there are none."""
        return wilson(self.paired, self.n) if self.n else None

    def to_dict(self) -> dict[str, Any]:
        """Return the bin as JSON-ready values."""
        interval = self.interval
        return {
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "paired": self.paired,
            "spurious": self.n - self.paired,
            "confidence": self.confidence,
            "share": self.share,
            "interval": [interval.low, interval.high] if interval else None,
            "false_alarms": self.alarms,
        }


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bins from 0 to 1, and what they come to."""

    bins: tuple[Bin, ...]

    @property
    def n(self) -> int:
        """How many found signals in documents with deals have a confidence."""
        return sum(each.n for each in self.bins)

    @property
    def alarms(self) -> int:
        """How many found signals in documents without deals have one."""
        return sum(each.alarms for each in self.bins)

    @property
    def error(self) -> float | None:
        """The expected calibration error in documents with deals: how far, in the mean over signals, a bin's share lies from its
        mean confidence (Naeini, Cooper and Hauskrecht 2015, ten bins of equal width). None where there are no signals.
        """
        return self._error(with_alarms=False)

    @property
    def error_with_negatives(self) -> float | None:
        """The same over all documents; what was found in those without deals is spurious."""
        return self._error(with_alarms=True)

    def _error(self, *, with_alarms: bool) -> float | None:
        n, apart = 0, 0.0
        for each in self.bins:
            n += each.n + (each.alarms if with_alarms else 0)
            apart += abs(each.paired - each.total - (each.alarms_total if with_alarms else 0.0))
        return apart / n if n else None

    def to_dict(self) -> dict[str, Any]:
        """Return the table as JSON-ready values."""
        return {
            "n": self.n,
            "false_alarms": self.alarms,
            "expected_calibration_error": self.error,
            "expected_calibration_error_with_negatives": self.error_with_negatives,
            "bins": [each.to_dict() for each in self.bins],
        }


def calibration(scored: Iterable[Scored]) -> Calibration | None:
    """Return how confidence and truth go together; None where nothing that was found has a confidence."""
    n, paired, total = [0] * BINS, [0] * BINS, [0.0] * BINS
    alarms, alarms_total = [0] * BINS, [0.0] * BINS
    for each in scored:
        for bin_, confidence in _binned([mark.confidence for mark in each.found]):
            (alarms if each.document.negative else n)[bin_] += 1
            (alarms_total if each.document.negative else total)[bin_] += confidence
        for bin_, _ in _binned([found.confidence for _, found in each.pairs]):
            paired[bin_] += 1
    if not sum(n) + sum(alarms):
        return None
    edges = [i / BINS for i in range(BINS + 1)]
    return Calibration(
        tuple(Bin(edges[i], edges[i + 1], n[i], paired[i], total[i], alarms[i], alarms_total[i]) for i in range(BINS))
    )


def _binned(confidences: Sequence[float | None]) -> list[tuple[int, float]]:
    return [(min(int(each * BINS), BINS - 1), each) for each in confidences if each is not None]
