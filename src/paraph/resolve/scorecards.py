"""Scorecards: how the forecasts of each publisher, speaker, wording and so on turned out, made from small counts.

``tally_of`` counts forecasts into cells; the desk counts the same cells in its database (desk/scoring.py). ``scorecards`` makes
the cards from the cells alone, so that a million signals cost no more than the cells they fall into.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from paraph.model import Certainty, Sector
from paraph.resolve.forecasts import IMPLIED, Forecast, Specificity
from paraph.resolve.statistics import Interval, Prior, brier, effective, prior_of, skill, skill_interval, wilson
from paraph.settings import Settings

__all__ = ["RANKED_BY_SKILL", "Bin", "By", "Card", "Cell", "Scorecards", "Tally", "scorecards", "tally_of", "values_of"]


class By(StrEnum):
    """What forecasts are told apart by."""

    PUBLISHER = "publisher"
    SOURCE = "source"
    SOURCE_TYPE = "source_type"
    CERTAINTY = "certainty"
    WORDING = "wording"
    STAGE = "stage"
    SPECIFICITY = "specificity"
    SECTOR = "sector"
    INSTRUMENT = "instrument"
    PARTY = "party"


# Who is held to account is ranked by skill (being sure and right); words and subjects by how often it came true.
RANKED_BY_SKILL = frozenset((By.PUBLISHER, By.SOURCE))


@dataclass(frozen=True, slots=True)
class Cell:
    """How many forecasts of one value, sector and certainty came true (or did not).

    ``lead`` is the sum of their lead times in days, ``named`` how many of them named a name or number.
    """

    value: str
    sector: Sector
    certainty: Certainty
    came: bool
    n: int
    lead: int
    named: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts that cards are made from.

    ``cells`` by value, and ``totals`` over all forecasts, each counted once (a forecast counts for each of its parties), with ""
    for value. ``squares`` holds for each value the sum of the squares of how many of its forecasts fall on one deal and
    occasion; ``squared`` holds that for all (under "") and for each sector.
    """

    cells: tuple[Cell, ...]
    squares: Mapping[str, int]
    totals: tuple[Cell, ...]
    squared: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bin:
    """One point of a calibration curve: of ``n`` forecasts that promised ``implied``, ``came`` came true."""

    certainty: Certainty
    implied: float
    n: int
    came: int
    interval: Interval

    @property
    def share(self) -> float:
        """The share that came true."""
        return self.came / self.n

    def to_dict(self) -> dict[str, Any]:
        """Return the point as JSON-ready values."""
        return {
            "certainty": str(self.certainty),
            "implied": self.implied,
            "n": self.n,
            "came_true": self.came,
            "share": round(self.share, 4),
            "low": round(self.interval.low, 4),
            "high": round(self.interval.high, 4),
        }


@dataclass(frozen=True, slots=True)
class Card:
    """How the forecasts of one value turned out.

    ``came`` of ``n`` came true; ``interval`` is Wilson's at the effective number of cases (``worth``). ``base`` is the share of
    forecasts in the same sectors that come true, whoever makes them. ``brier`` scores the probabilities that the words imply;
    ``skill`` sets it against always saying the sector's base rate (1 best, 0 no better, below 0 worse), with an interval where
    there are enough cases for a rank. ``learned`` is the probability to expect of the next one: the share, drawn towards that
    of all the more, the fewer cases there are. ``lead`` is the mean lead time in days, ``named`` the share that named a name
    or number. ``rank`` is None where n is below ``score_min_n``.
    """

    value: str
    n: int
    came: int
    worth: float
    interval: Interval
    base: float
    brier: float
    skill: float | None
    skill_interval: Interval | None
    learned: float
    lead: float
    named: float
    bins: tuple[Bin, ...]
    rank: int | None = None

    @property
    def share(self) -> float:
        """The share that came true."""
        return self.came / self.n

    def to_dict(self) -> dict[str, Any]:
        """Return the card as JSON-ready values."""
        return {
            "value": self.value,
            "rank": self.rank,
            "n": self.n,
            "came_true": self.came,
            "share": round(self.share, 4),
            "low": round(self.interval.low, 4),
            "high": round(self.interval.high, 4),
            "effective_n": round(self.worth, 1),
            "base_rate": round(self.base, 4),
            "brier": round(self.brier, 4),
            "skill": None if self.skill is None else round(self.skill, 4),
            "skill_low": None if self.skill_interval is None else round(self.skill_interval.low, 4),
            "skill_high": None if self.skill_interval is None else round(self.skill_interval.high, 4),
            "learned": round(self.learned, 4),
            "lead_days": round(self.lead, 1),
            "named": round(self.named, 4),
            "calibration": [each.to_dict() for each in self.bins],
        }


@dataclass(frozen=True, slots=True)
class Scorecards:
    """The cards by one thing, ranked ones first.

    ``whole`` is the card of all forecasts, None where there are none. ``min_n`` is how many forecasts a rank takes, ``values``
    how many cards there are, also of those that were not asked for.
    """

    by: By
    whole: Card | None
    cards: tuple[Card, ...]
    min_n: int
    values: int

    def to_dict(self) -> dict[str, Any]:
        """Return the cards as JSON-ready values."""
        return {
            "by": str(self.by),
            "min_n": self.min_n,
            "values": self.values,
            "all": None if self.whole is None else self.whole.to_dict(),
            "cards": [card.to_dict() for card in self.cards],
        }


_VALUES: Mapping[By, Callable[[Forecast], Iterable[str]]] = {
    By.PUBLISHER: lambda each: (each.publisher,),
    By.SOURCE: lambda each: (each.source,),
    By.SOURCE_TYPE: lambda each: (str(each.source_type),),
    By.CERTAINTY: lambda each: (str(each.certainty),),
    By.WORDING: lambda each: (each.wording,),
    By.STAGE: lambda each: (str(each.stage),),
    By.SPECIFICITY: lambda each: (str(each.specificity),),
    By.SECTOR: lambda each: (str(each.sector),),
    By.INSTRUMENT: lambda each: (str(each.instrument),),
    By.PARTY: lambda each: each.parties,
}


def values_of(forecast: Forecast, by: By) -> tuple[str, ...]:
    """Return under which values a forecast counts: one, or one a party."""
    return tuple(_VALUES[by](forecast))


def tally_of(forecasts: Iterable[Forecast], by: By) -> Tally:
    """Count forecasts into cells; by source only the first of each speaker counts, else only the first of each owner."""
    counted = [each for each in forecasts if (each.of_source if by is By.SOURCE else each.of_owner)]
    cells: dict[tuple[str, Sector, Certainty, bool], list[int]] = {}
    totals: dict[tuple[str, Sector, Certainty, bool], list[int]] = {}
    clusters: Counter[tuple[str, str, str]] = Counter()
    whole: Counter[tuple[str, str, str]] = Counter()
    for each in counted:
        whole["", each.occasion, each.deal] += 1
        whole[each.sector, each.occasion, each.deal] += 1
        _count(totals, "", each)
        for value in values_of(each, by):
            clusters[value, each.occasion, each.deal] += 1
            _count(cells, value, each)
    return Tally(_cells(cells), _squares(clusters), _cells(totals), _squares(whole))


def scorecards(tally: Tally, by: By, settings: Settings, *, others: int | None = None) -> Scorecards:
    """Return the cards of a tally: ranked ones in order of rank, then the others by how many forecasts they have.

    ``others`` is how many of those too few for a rank are given (all if None). Does not depend on the order of the cells.
    """
    rates = _base_rates(tally)
    groups: dict[str, list[Cell]] = {}
    for cell in tally.cells:
        groups.setdefault(cell.value, []).append(cell)
    shares = {value: _share(groups[value]) for value in sorted(groups)}
    prior = prior_of([_worth(*share, tally.squares[value]) for value, share in shares.items()])
    least = settings.score_min_n

    def card(value: str) -> Card:
        return _card(value, groups[value], rates, prior, tally.squares[value], least)

    def size(value: str) -> tuple[int, int, str]:
        came, n = shares[value]
        return -n, -came, value

    ranked = sorted((card(value) for value, (_, n) in shares.items() if n >= least), key=lambda each: _merit(each, by))
    few = sorted((value for value, (_, n) in shares.items() if n < least), key=size)
    cards = (*(replace(each, rank=n) for n, each in enumerate(ranked, 1)), *map(card, few[:others]))
    # The whole is drawn nowhere: there is nothing beyond all.
    whole = _card("", tally.totals, rates, Prior(0.5, 0.0), tally.squared[""], least) if tally.totals else None
    return Scorecards(by, whole, cards, least, len(shares))


def _base_rates(tally: Tally) -> dict[Sector, float]:
    """Return how often forecasts of each sector come true, drawn towards the share of all where a sector has few deals."""
    groups: dict[Sector, list[Cell]] = {}
    for cell in tally.totals:
        groups.setdefault(cell.sector, []).append(cell)
    worths = {sector: _worth(*_share(groups[sector]), tally.squared[sector]) for sector in sorted(groups)}
    prior = prior_of(list(worths.values()))
    return {sector: prior.learned(came, n) for sector, (came, n) in worths.items()}


def _worth(came: int, n: int, squares: int) -> tuple[float, float]:
    """Return a count as what it is worth where its cases hang together (``statistics.effective``)."""
    worth = effective(n, squares)
    return came / n * worth, worth


def _card(
    value: str,
    cells: Sequence[Cell],
    rates: Mapping[Sector, float],
    prior: Prior,
    squares: int,
    least: int,
) -> Card:
    cells = sorted(cells, key=lambda cell: (cell.sector, cell.certainty, cell.came))
    came, n = _share(cells)
    true, worth = _worth(came, n, squares)
    rows = [(IMPLIED[cell.certainty], rates[cell.sector], cell.came, cell.n) for cell in cells]
    return Card(
        value=value,
        n=n,
        came=came,
        worth=worth,
        interval=wilson(true, worth),
        base=sum(rates[cell.sector] * cell.n for cell in cells) / n,
        brier=brier((probability, hit, many) for probability, _, hit, many in rows),
        skill=_skill(rows),
        skill_interval=skill_interval(rows, worth / n) if n >= least else None,
        learned=prior.learned(true, worth),
        lead=sum(cell.lead for cell in cells) / n,
        named=sum(cell.named for cell in cells) / n,
        bins=_bins(cells, worth / n),
    )


def _skill(rows: Sequence[tuple[float, float, bool, int]]) -> float | None:
    promised = brier((probability, came, n) for probability, _, came, n in rows)
    return skill(promised, brier((reference, came, n) for _, reference, came, n in rows))


def _bins(cells: Sequence[Cell], worth: float) -> tuple[Bin, ...]:
    """Return the points of the calibration curve, from what promises least; those without forecasts are left out."""
    bins = []
    for certainty in sorted(Certainty, key=IMPLIED.__getitem__):
        came, n = _share([cell for cell in cells if cell.certainty is certainty])
        if n:
            bins.append(Bin(certainty, IMPLIED[certainty], n, came, wilson(came * worth, n * worth)))
    return tuple(bins)


def _merit(card: Card, by: By) -> tuple[float, float, str]:
    """Order the ranked: best first; without a skill (everything came as the base rate has it) at the end."""
    first = card.skill if by in RANKED_BY_SKILL else card.learned
    return (-first if first is not None else float("inf"), -card.n, card.value)


def _share(cells: Iterable[Cell]) -> tuple[int, int]:
    came = n = 0
    for cell in cells:
        n += cell.n
        came += cell.n if cell.came else 0
    return came, n


def _count(cells: dict[tuple[str, Sector, Certainty, bool], list[int]], value: str, forecast: Forecast) -> None:
    row = cells.setdefault((value, forecast.sector, forecast.certainty, forecast.came), [0, 0, 0])
    row[0] += 1
    row[1] += forecast.lead
    row[2] += forecast.specificity is Specificity.NAMED


def _squares(clusters: Mapping[tuple[str, str, str], int]) -> dict[str, int]:
    squares: Counter[str] = Counter()
    for (value, _, _), n in clusters.items():
        squares[str(value)] += n * n
    return dict(squares)


def _cells(cells: Mapping[tuple[str, Sector, Certainty, bool], Sequence[int]]) -> tuple[Cell, ...]:
    return tuple(Cell(*key, *cells[key]) for key in sorted(cells))
