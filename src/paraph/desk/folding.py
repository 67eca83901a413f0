"""From the texts that a document had to its signals: one fold over the versions, oldest first.

A signal of one text goes on in the next where the same words are an anchor there and say the same of the deal (stage, ahead,
certainty): its id, its day and what was decided about it go with it. A signal that does not go on has *vanished*: it stays as it
was last read. What is new in an update is new on the day of the update, so that a page edited after a summit has not
forecast it. All of it is a pure function of the set of texts, whatever order they came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from paraph.desk.identity import day_that_counts, signal_id
from paraph.desk.values import Arrival
from paraph.model import Document, Signal

__all__ = ["Standing", "Text", "days_of", "fold", "in_order"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text that a document had, with what an engine found in it.

    ``document`` has the desk's key as its id. ``row`` is the version's row, ``stamp`` and ``seen`` put it in its place.
    """

    row: int
    hash: str
    text_hash: str
    stamp: str
    seen: str
    document: Document
    signals: tuple[Signal, ...]
    engine_version: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A signal over all versions: its id, the text that it was last read in, and the day that counts for it."""

    key: str
    text: Text
    day: date
    signal: Signal
    vanished: bool


def in_order(texts: Iterable[Text]) -> list[Text]:
    """Return the texts oldest first, each once: where the same text came with other facts, with those that came last."""
    newest: dict[str, Text] = {}
    first: dict[str, tuple[str, str]] = {}
    for text in texts:
        known = newest.get(text.text_hash)
        if known is None or (text.seen, text.hash) > (known.seen, known.hash):
            newest[text.text_hash] = text
        place = (text.stamp, text.seen)
        first[text.text_hash] = min(place, first.get(text.text_hash, place))
    return sorted(newest.values(), key=lambda text: (*first[text.text_hash], text.text_hash))


def days_of(texts: Sequence[Text], first_seen: datetime, arrival: Arrival, backdate_days: int) -> list[date]:
    """Return the day that counts for what is new in each text; ``texts`` are ``in_order``. The first is the document's."""
    days = [day_that_counts(texts[0].document.published, first_seen, arrival, backdate_days)]
    for text in texts[1:]:
        when = text.document.updated or text.document.published
        day = day_that_counts(when, datetime.fromisoformat(text.seen), arrival, backdate_days)
        days.append(max(days[0], day))
    return days


def fold(texts: Sequence[Text], days: Sequence[date]) -> tuple[Standing, ...]:
    """Return a document's signals; ``texts`` are ``in_order``, each with its day.

    In order of place, those that vanished after the others.
    """
    standing: list[Standing] = []
    for text, day in zip(texts, days, strict=True):
        standing = _next(standing, text, day)
    return tuple(sorted(standing, key=lambda each: (each.vanished, each.signal.start, each.signal.end, each.key)))


def _next(before: Sequence[Standing], text: Text, day: date) -> list[Standing]:
    """Return the signals after one more text."""
    open_: dict[tuple[object, ...], list[Standing]] = defaultdict(list)
    for each in sorted(before, key=lambda each: (each.vanished, each.signal.start, each.key)):
        open_[_said(each.signal)].append(each)
    out: list[Standing] = []
    for signal in text.signals:
        known = open_[_said(signal)]
        here = _sentence(text.document.text, signal)
        # The same words in the same surroundings first; else in the order in which they stand.
        same = next((each for each in known if _sentence(each.text.document.text, each.signal) == here), None)
        match = same or (known[0] if known else None)
        if match is None:
            key = signal_id(text.document.id, signal.start, signal.end, text.text_hash)
            out.append(Standing(key, text, day, signal, vanished=False))
        else:
            known.remove(match)
            out.append(replace(match, text=text, signal=signal, vanished=False))
    out += [replace(each, vanished=True) for rest in open_.values() for each in rest]
    return out


def _said(signal: Signal) -> tuple[object, ...]:
    return signal.anchor, signal.stage, signal.ahead, signal.certainty


def _sentence(text: str, signal: Signal) -> str:
    """Return the line around an anchor, which is nearly always enough to tell two places of the same words apart."""
    start = text.rfind("\n", 0, signal.start) + 1
    end = text.find("\n", signal.end)
    return text[start : end if end >= 0 else len(text)]
