"""The brief for the day before the meeting: what is on the table, how sure, who says so; as a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from paraph.briefing.folding import fold
from paraph.briefing.quoting import Quote, Spans, quote, spans_of
from paraph.briefing.values import Brief, Item, Section, Voice
from paraph.errors import SourceError
from paraph.model import Certainty, Document, Kind, Reading, Sector, Signal, SourceType, Stage
from paraph.settings import Settings

__all__ = ["Brief", "Item", "Quote", "Section", "Voice", "brief"]

# Who settles what state a deal is in, where documents of one day differ; the order of authority of the design.
AUTHORITY = (
    SourceType.OFFICIAL,
    SourceType.COMPANY,
    SourceType.MEDIA,
    SourceType.OUTLET,
    SourceType.UNNAMED,
    SourceType.EXPERT,
)


def brief(
    readings: Iterable[Reading | SourceError], *, made: datetime | None = None, settings: Settings | None = None
) -> Brief:
    """Return the brief of some readings; a SourceError among them, as ``read_all`` gives it, is kept as a failure.

    Signals are folded into items by the words of their anchors and their parties (see ``fold``); deals named in
    other words stay apart. An item's state is that of its newest document; there the official paper before the
    report, the source with more authority, the surer, the further along. Its other voices follow in that order, the first
    of each document before the second of any. A document whose text came before is
    counted once and named in ``repeats``. Signals less sure than ``settings.brief_confidence`` are left out: on the
    gold's dev part two of three signals named are deals without a limit, three of four at .5. ``made`` is kept as
    given: no clock is asked.
    """
    settings = settings or Settings.from_environment()
    documents: list[Document] = []
    failures: list[SourceError] = []
    repeats: list[str] = []
    texts: set[str] = set()
    found: list[tuple[int, Signal]] = []
    spans: list[Spans] = []
    for reading in readings:
        if isinstance(reading, SourceError):
            failures.append(reading)
            continue
        if reading.document.text in texts:
            repeats.append(reading.document.title or reading.document.url or reading.document.id)
            continue
        texts.add(reading.document.text)
        sure = [signal for signal in reading.signals if signal.confidence >= settings.brief_confidence]
        found += [(len(documents), signal) for signal in sure]
        spans.append(spans_of(reading.document) if sure else [])
        documents.append(reading.document)
    items = []
    for group in fold([signal for _, signal in found]):
        members = _spread(sorted((found[place] for place in group), key=lambda row: _order(documents[row[0]], *row)))
        voices = tuple(
            Voice(at, signal, quote(documents[at].text, spans[at], signal, settings.quote_chars))
            for at, signal in members
        )
        tally = Counter(code for _, signal in members for code in signal.parties)
        off = {signal.stage in (Stage.STALLED, Stage.ENDED) for _, signal in members}
        items.append(Item(voices, tuple(sorted(tally, key=lambda code: -tally[code])), len(off) == 2))
    weight = Counter((item.section, item.sector) for item in items)
    sections = list(Section)
    items.sort(
        key=lambda item: (
            sections.index(item.section),
            -weight[item.section, item.sector],
            list(Sector).index(item.sector),
            -list(Stage).index(item.lead.stage),
            list(Certainty).index(item.lead.certainty),
            -len(item.voices),
            item.voices[0].document,
            item.lead.start,
        )
    )
    return Brief(tuple(documents), tuple(items), tuple(failures), tuple(repeats), made)


def _spread(rows: list[tuple[int, Signal]]) -> list[tuple[int, Signal]]:
    """Return the rows with the first of each document before the second of any; what is quoted is then from as many as can be."""
    before: Counter[int] = Counter()
    ranked = []
    for at, signal in rows:
        ranked.append((before[at], at, signal))
        before[at] += 1
    return [(at, signal) for _, at, signal in sorted(ranked, key=lambda row: row[0])]


def _order(document: Document, at: int, signal: Signal) -> tuple[int, int, int, int, int, int, int]:
    """Sort key of a voice within its item: the one that gives the state first."""
    when = document.published
    newest = -(when.date() if isinstance(when, datetime) else when or date.min).toordinal()
    stages = list(Stage)
    return (
        newest,
        document.kind is not Kind.OFFICIAL,
        AUTHORITY.index(signal.source_type),
        list(Certainty).index(signal.certainty),
        -stages.index(signal.stage),
        at,
        signal.start,
    )
