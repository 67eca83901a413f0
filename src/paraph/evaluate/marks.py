"""One signal as an annotator marked it or as an engine found it, read from JSON and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeGuard

from paraph.errors import Damaged
from paraph.model import Certainty, Instrument, Sector, Signal, SourceType, Stage

__all__ = ["ATTRIBUTES", "FULL", "VALUES", "Mark", "found_mark", "gold_mark", "mark_of", "shown"]

# What is scored as right or wrong on each pair, in the order of the scorer.
ATTRIBUTES = ("stage", "ahead", "certainty", "source_type", "sector", "instrument")

# The attributes that must all be right for a pair to count in `full_f1`.
FULL = ("stage", "ahead", "certainty", "source_type")

_ENUMS: dict[str, type[StrEnum]] = {
    "stage": Stage,
    "certainty": Certainty,
    "source_type": SourceType,
    "sector": Sector,
    "instrument": Instrument,
}

# The values of each attribute as text, in the order of the model.
VALUES: dict[str, tuple[str, ...]] = {
    name: tuple(map(str, _ENUMS[name])) if name in _ENUMS else ("true", "false") for name in ATTRIBUTES
}

# How much of an anchor an error message shows.
_ANCHOR_CHARS = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A signal, marked or found; ``start`` and ``end`` are code points into the document's text, ``end`` exclusive.

    What a prediction leaves out is None, and so is an annotation's ``confidence``. Values of predictions need not be those of
    the model: one that is not known is simply wrong.
    """

    start: int
    end: int
    stage: str | None = None
    ahead: bool | None = None
    certainty: str | None = None
    source_type: str | None = None
    sector: str | None = None
    instrument: str | None = None
    parties: tuple[str, ...] = ()
    deal: str | None = None
    confidence: float | None = None

    def fits(self, other: Mark) -> bool:
        """Whether stage, ahead, certainty and source type are those of the other: what `full_f1` asks of a pair."""
        return all(getattr(self, name) == getattr(other, name) for name in FULL)


def shown(value: str | bool | None) -> str:
    """Return an attribute's value as text: a truth value as "true" or "false", nothing as "nothing"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else value


def mark_of(signal: Signal) -> Mark:
    """Return the mark of a signal that an engine found, its confidence to the digits in which readings give it."""
    return Mark(
        start=signal.start,
        end=signal.end,
        stage=str(signal.stage),
        ahead=signal.ahead,
        certainty=str(signal.certainty),
        source_type=str(signal.source_type),
        sector=str(signal.sector),
        instrument=str(signal.instrument),
        parties=signal.parties,
        confidence=signal.to_dict()["confidence"],
    )


def gold_mark(data: object, text: str, *, source: str, number: int) -> Mark:
    """Return the mark that an annotated signal's JSON object describes; ``number`` counts from 1.

    All attributes and ``parties`` are needed, ``deal`` is not. The place is ``start`` and ``end``, at which ``anchor`` must
    stand if it is given, or else the ``nth`` (from 1, the first if not given; overlapping ones counted) occurrence of ``anchor``.

    Raises Damaged, naming the signal, the key and what to do.
    """
    row = _object(data, source, f"signal {number}")
    anchor = row.get("anchor")
    where = f"signal {number}" + (f" ({anchor[:_ANCHOR_CHARS]!r})" if isinstance(anchor, str) else "")
    start, end = _place(row, text, source, where)
    values: dict[str, Any] = {}
    for name in ATTRIBUTES:
        if name not in row:
            raise Damaged(source, f"{where}: the key {name!r} is missing", f"give {_choice(name)}")
        if name == "ahead":
            if not isinstance(row[name], bool):
                raise Damaged(source, f"{where}: 'ahead' must be true or false", "correct 'ahead'")
        elif row[name] not in VALUES[name]:
            raise Damaged(source, f"{where}: {name} {str(row[name])[:40]!r} is not known", f"give {_choice(name)}")
        values[name] = row[name]
    if "parties" not in row:
        raise Damaged(source, f"{where}: the key 'parties' is missing", "give a list, empty where none is known")
    deal = row.get("deal")
    if not (deal is None or isinstance(deal, str)):
        raise Damaged(source, f"{where}: 'deal' must be text", "correct 'deal' or leave it out")
    return Mark(start, end, parties=_parties(row["parties"], source, where), deal=deal or None, **values)


def found_mark(data: object, text: str, *, source: str, where: str) -> Mark:
    """Return the mark that a predicted signal's JSON object describes; only ``start`` and ``end`` are needed.

    Raises Damaged for a value of the wrong type and for offsets that lie outside the text.
    """
    row = _object(data, source, where)
    start: object = row.get("start")
    end: object = row.get("end")
    if not _whole(start) or not _whole(end):
        raise Damaged(source, f"{where}: 'start' and 'end' must be whole numbers", "give offsets in code points")
    if not 0 <= start < end <= len(text):
        cause = f"{where}: {start} to {end} is no place in the text of {len(text):,} code points"
        raise Damaged(source, cause, "count code points, not bytes, of the gold document's text")
    values: dict[str, Any] = {}
    for name in ATTRIBUTES:
        value, kind = row.get(name), bool if name == "ahead" else str
        if not (value is None or isinstance(value, kind)):
            wanted = "true or false" if kind is bool else "text"
            raise Damaged(source, f"{where}: {name!r} must be {wanted}", f"correct {name!r} or leave it out")
        values[name] = value
    confidence, deal = row.get("confidence"), row.get("deal")
    if confidence is not None and not (_number(confidence) and 0 <= confidence <= 1):
        raise Damaged(source, f"{where}: 'confidence' must be 0 to 1", "correct 'confidence' or leave it out")
    if not (deal is None or isinstance(deal, str) or _whole(deal)):
        raise Damaged(source, f"{where}: 'deal' must be text or a whole number", "correct 'deal' or leave it out")
    return Mark(
        start,
        end,
        parties=_parties(row.get("parties") or [], source, where),
        deal=None if deal is None else str(deal),
        confidence=None if confidence is None else float(confidence),
        **values,
    )


def _place(row: Mapping[str, Any], text: str, source: str, where: str) -> tuple[int, int]:
    start: object = row.get("start")
    end: object = row.get("end")
    anchor = row.get("anchor")
    if not (anchor is None or (isinstance(anchor, str) and anchor)):
        raise Damaged(source, f"{where}: 'anchor' must be words of the text", "correct 'anchor'")
    if start is None and end is None:
        if anchor is None:
            raise Damaged(source, f"{where}: the key 'anchor' is missing", "give the words that name the deal")
        at = _nth(text, anchor, row.get("nth", 1), source, where)
        return at, at + len(anchor)
    if not _whole(start) or not _whole(end) or not 0 <= start < end <= len(text):
        cause = f"{where}: {start} to {end} is no place in the text of {len(text):,} code points"
        raise Damaged(source, cause, "correct 'start' and 'end', or leave both out")
    if anchor is not None and text[start:end] != anchor:
        cause = f"{where}: the anchor does not stand at {start} to {end}"
        raise Damaged(source, cause, "leave 'start' and 'end' out to have the anchor looked for")
    return start, end


def _nth(text: str, anchor: str, nth: object, source: str, where: str) -> int:
    if not _whole(nth) or nth < 1:
        raise Damaged(source, f"{where}: 'nth' must be 1 or more", "correct 'nth' or leave it out")
    at = -1
    for seen in range(nth):
        at = text.find(anchor, at + 1)
        if at < 0:
            cause = f"{where}: the anchor stands {seen} times in the text, the {nth}. is asked for"
            raise Damaged(source, cause, "copy the anchor letter by letter and correct 'nth'")
    return at


def _object(data: object, source: str, where: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Damaged(source, f"{where} is no object", "give each signal as a JSON object")
    return data


def _parties(value: object, source: str, where: str) -> tuple[str, ...]:
    if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        raise Damaged(source, f"{where}: 'parties' must be a list of texts", "correct 'parties'")
    return tuple(value)


def _choice(name: str) -> str:
    values: Sequence[str] = VALUES[name]
    return f"{', '.join(values[:-1])} or {values[-1]}"


def _number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
