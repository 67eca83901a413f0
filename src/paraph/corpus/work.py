"""The work on one piece: its records to documents and signals, and what became of every record.

Each record is looked at in the cheapest way first (``triage``), parsed once, and read only where it may speak of a deal.
Whatever is wrong with one of them is told in the table of what was skipped and costs only itself.
"""

from __future__ import annotations

import errno
import hashlib
import platform
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self, cast

from paraph.corpus.addresses import is_address, whole
from paraph.corpus.beats import WRITING, Beat, Watch, guarded
from paraph.corpus.records import records
from paraph.corpus.stage import Stage
from paraph.corpus.summaries import Summary, month_of, write_summary
from paraph.corpus.tables import Growing, write
from paraph.corpus.triage import look_at_bytes, look_at_page, look_at_text
from paraph.corpus.values import Fate, Piece, Record
from paraph.desk.identity import key_of, signal_id, site_of, version_hash
from paraph.desk.places import quote_of
from paraph.errors import CorpusError, Damaged, NotEnglish, NoText, ParaphError, SourceError, TooLarge
from paraph.extract.layout import read_layout
from paraph.intake.dispatch import UNFORESEEN, Context, from_bytes, from_record
from paraph.intake.fetch import Fetcher
from paraph.intake.page import finish_page, open_page
from paraph.intake.pdf import PdfReader
from paraph.intake.sniff import Form, sniff
from paraph.intake.unpack import unpack
from paraph.link import copies, keys_of, traits_of
from paraph.model import Document, day_of, text_hash
from paraph.reading import ENGINES, Extract
from paraph.resolve.authority import authority_of
from paraph.settings import Settings

__all__ = ["READ", "Order", "is_full", "read_piece"]

READ = "read"
# What a full disk is called: it ends the run, which goes on once there is room.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

# Keys of the contract that say something of a page whose text is given as HTML.
_FACTS = ("title", "publisher", "published", "updated", "kind", "id", "url")


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is to do with its input; the same order on the same input gives the same data set.

    ``reader`` is the engine that finds the signals, ``columns`` maps keys of the contract to the input's own names. ``keep`` is
    "signals" where only documents that hold signals are kept, "all" for every one that was read. With ``weak``, signals too
    unsure to be told are among the others. ``now`` (with zone) is the moment that tells a date in the future where the input
    does not say when it was fetched. ``deals`` says whether signals are joined into deals.
    """

    reader: str
    settings: Settings
    now: datetime
    columns: Mapping[str, str]
    keep: str = "signals"
    weak: bool = False
    deals: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """What became of one document: its fate, what it is counted under, why it was skipped, and its rows where it is kept."""

    fate: Fate
    url: str | None = None
    day: date | None = None
    why: str = ""
    document: Mapping[str, Any] | None = None
    signals: Sequence[Mapping[str, Any]] = ()


def read_piece(root: Path, piece: Piece, order: Order, session: str) -> dict[str, int]:
    """Read a piece, write what was found to the stage, and return how many documents had which fate.

    A record that takes longer than ``corpus_document_seconds`` or ends the worker, twice in this ``session``, is left out as
    poison. Raises OSError where the disk fails, CorpusError where ``root`` is not to be seen; nothing of the piece is there then.
    """
    if not root.is_dir():
        raise CorpusError(
            f"{root}: the worker on {platform.node()} does not see this folder; all workers must see the data set's folder "
            "under the same path"
        )
    stage = Stage(root)
    beat = Beat(root, piece.number, session)
    if beat.is_poison(WRITING):
        beat.close()
        raise CorpusError(
            f"{piece.name}: writing what was read ended the worker twice (is memory short?); give fewer workers"
        )
    with (
        closing(beat),
        guarded(order.settings.corpus_document_seconds) as watch,
        PdfReader(order.settings) as pdf,
        Fetcher(order.settings) as fetcher,
        stage.making(READ, piece.number) as folder,
        _Tables(folder) as tables,
    ):
        context = Context(order.settings, lambda: order.now, fetcher, pdf)
        with closing(_beating(piece, order, beat, watch)) as found:
            for record in found:
                if isinstance(record, Record):
                    for one in _documents(record, order, context):
                        tables.take(record.name, one)
                else:
                    tables.take(record.source, _failed(record))
        watch.rest()
        beat.at(WRITING)
        tables.finish()
    beat.over()
    return dict(tables.fates)


def is_full(error: BaseException | None) -> bool:
    """Tell whether an error is that of a full disk."""
    # numpy tells how little it could write, and not why.
    return isinstance(error, OSError) and (
        error.errno in _FULL or (error.errno is None and " requested and " in str(error))
    )


class _Poison(SourceError):
    """A record that ended its worker."""


def _beating(piece: Piece, order: Order, beat: Beat, watch: Watch) -> Generator[Record | SourceError, None, None]:
    """Yield the piece's records, each written down before it is fetched and before it is read; poison comes as what it is."""
    found = records(piece, order.settings, order.columns)
    is_far = is_address(piece.addresses[0])
    number = 0
    while True:
        if beat.is_poison(2 * number):
            why = "fetching the record that begins here ended the worker twice; the rest of the piece is left out"
            yield _Poison(f"{piece.name}, record {number + 1}", why, "look at the file, or leave it out")
            return
        beat.at(2 * number)
        watch.arm()
        if is_far:
            watch.rest()  # a network has patience of its own, and its silence is no record's fault
        try:
            record = next(found, None)
        except ParaphError:  # the network, or what is missing on this machine
            raise
        except Exception as error:  # what no test of ours met must not cost the run
            if is_full(error):
                raise
            why = f"fetching it failed ({type(error).__name__}: {str(error)[:200]}); the rest of the piece is left out"
            yield Damaged(f"{piece.name}, record {number + 1}", why, UNFORESEEN)
            return
        if record is None:
            return
        if isinstance(record, SourceError) and is_full(record.__cause__):
            raise cast(OSError, record.__cause__)  # no room to unpack it is no fault of the input
        beat.at(2 * number + 1)
        watch.arm()
        if beat.is_poison(2 * number + 1):
            name = record.name if isinstance(record, Record) else record.source
            why = f"reading it ended the worker or took longer than {order.settings.corpus_document_seconds:g} seconds, twice"
            yield _Poison(name, why, "leave it out, or raise corpus_document_seconds")
        else:
            yield record
        number += 1


# From a record to documents.


def _documents(record: Record, order: Order, context: Context) -> Iterator[_Found]:
    """Yield what became of a record; never raises but for a full disk."""
    url, day = record.url, None
    try:
        url, day = _about(record)
        made = _page(record, order, context) if record.data is not None else _row(record, order, context)
        for one in made:
            if isinstance(one, Document):
                yield _read(record.name, replace(one, fetched=record.fetched, notes=(*one.notes, *record.notes)), order)
            elif isinstance(one, Fate):
                yield _Found(one, url, day, _NO_TEXT if one is Fate.EMPTY else "")
            else:
                yield replace(_failed(one), url=url, day=day)
    except SourceError as error:
        yield replace(_failed(error), url=url, day=day)
    except MemoryError:
        yield _Found(Fate.TOO_LARGE, url, day, f"{record.name}: reading it takes more memory than there is")
    except Exception as error:  # what no test of ours met must cost this record only
        if is_full(error):
            raise
        told = Damaged(record.name, f"reading it failed ({type(error).__name__}: {str(error)[:200]})", UNFORESEEN)
        yield replace(_failed(told), url=url, day=day)


def _about(record: Record) -> tuple[str | None, date | None]:
    """Return the address and the day under which a record is counted where it is not read."""
    if record.fields is None:
        return record.url, record.fetched.astimezone(UTC).date() if record.fetched else None
    url, published = record.fields.get("url"), record.fields.get("published")
    day = None
    if isinstance(published, str):
        with suppress(ValueError):
            day = date.fromisoformat(published.strip()[:10])
    return url if isinstance(url, str) else None, day


def _page(record: Record, order: Order, context: Context) -> Iterator[Document | SourceError | Fate]:
    """Yield what the bytes of a record hold."""
    data = unpack(record.data or b"", source=record.name, settings=order.settings)
    if sniff(data) is Form.HTML:
        yield _html(data, record, order)
        return
    clock = replace(context, now=lambda: record.fetched or order.now)
    for one in from_bytes(data, source=record.name, url=record.url, charset=record.charset, context=clock):
        yield (look_at_text(one.text, one.title) or one) if isinstance(one, Document) else one


def _html(data: bytes | str, record: Record, order: Order) -> Document | Fate:
    if isinstance(data, bytes) and (fate := look_at_bytes(data, record.charset)) is not None:
        return fate
    page = open_page(data, source=record.name, url=record.url, settings=order.settings, declared=record.charset)
    if (fate := look_at_page(page)) is not None:
        return fate
    document = finish_page(page, now=record.fetched or order.now)
    # The article by itself: what let the page pass may stand beside it.
    return look_at_text(document.text, document.title) or document


def _row(record: Record, order: Order, context: Context) -> Iterator[Document | SourceError | Fate]:
    """Yield the document of a row: its text, or its page with what the row says of it."""
    fields = dict(record.fields or {})
    if fields.get("text") is None and fields.get("html") is not None:
        html = fields["html"]
        facts = {name: fields[name] for name in _FACTS if fields.get(name) is not None}
        found = _html(html, replace(record, url=fields.get("url") or record.url), order)
        if isinstance(found, Fate):
            yield found
        else:
            # What the row says of the page counts before what the page says of itself; the row's words are checked as any are.
            said = from_record({"text": found.text} | facts, source=record.name, context=context)
            told = {name: value for name in _FACTS if name in facts and (value := getattr(said, name)) is not None}
            yield replace(found, **{"id": ""} | told)
        return
    text, title = fields.get("text"), fields.get("title")
    fate = look_at_text(text, title if isinstance(title, str) else None) if isinstance(text, str) else None
    yield fate or from_record(fields, source=record.name, context=context)


_FATES: tuple[tuple[type[SourceError], Fate], ...] = (
    (_Poison, Fate.POISON),
    (NotEnglish, Fate.FOREIGN),
    (NoText, Fate.EMPTY),
    (TooLarge, Fate.TOO_LARGE),
)


def _failed(error: SourceError) -> _Found:
    fate = next((fate for kind, fate in _FATES if isinstance(error, kind)), Fate.DAMAGED)
    return _Found(fate, why=str(error))


# From documents to rows.


@cache
def _extract(reader: str, settings: Settings) -> Extract:
    # A worker reads on one core; the others have workers of their own.
    return ENGINES[reader](replace(settings, encoder_threads=1))


def _read(name: str, document: Document, order: Order) -> _Found:
    """Return a document that was read, with its rows where it is to be kept."""
    extract, least = _extract(order.reader, order.settings), order.settings.min_confidence
    signals = tuple(signal for signal in extract(document, order.weak) if signal.confidence >= least)
    fate = Fate.SIGNALS if signals else Fate.QUIET
    day = _day(document)
    if not signals and order.keep != "all":
        return _Found(fate, document.url, day)
    key, version, hash = key_of(document), version_hash(document), text_hash(document.text)
    told = hashlib.sha256(f"{key}\n{version}".encode("utf-8", "surrogatepass")).digest()
    row = document.to_dict() | {
        "id": key,
        "given_id": document.id,
        "version": version,
        "name": name,
        "site": site_of(document.url),
        "day": day,
        "text_hash": hash,
        "signals": len(signals),
        "identity": int.from_bytes(told[:8], "big", signed=True),
        "bands": copies.bands_of(copies.shingles_of(document.text)),
    }
    about = {"document": key, "version": version, "day": day}
    rows = []
    spans = [(s.start, s.end) for s in read_layout(document.text, document.title).sentences] if signals else []
    for signal, traits in zip(signals, traits_of(document, signals), strict=True):
        keys = keys_of(traits)
        rows.append(
            signal.to_dict()
            | about
            | {
                "id": signal_id(key, signal.start, signal.end, hash),
                "quote": quote_of(document.text, spans, signal),
                "authority": str(authority_of(document, signal)),
                "traits": traits.to_json(),
                "keys": [number for number, _ in keys],
                "windows": [days for _, days in keys],
            }
        )
    # Half a character cannot be written to a table; better known here, where it costs one document.
    "".join(value for value in (*row.values(), *row["notes"]) if isinstance(value, str)).encode("utf-8")
    return _Found(fate, document.url, day, "", row, rows)


def _day(document: Document) -> date | None:
    """Return the day that counts for a document: of its publication, else of its fetching (in UTC), else none."""
    if document.published is not None:
        return day_of(document.published)
    return document.fetched.astimezone(UTC).date() if document.fetched else None


# What became of these is told one by one; the others are counted only.
_TOLD = frozenset({Fate.EMPTY, Fate.TOO_LARGE, Fate.DAMAGED, Fate.POISON})
_NO_TEXT = "there is no text in it"


class _Tables:
    """The rows of a piece as they come, written whenever there are some: a piece may be a file of any size."""

    def __init__(self, folder: Path) -> None:
        self.fates: Counter[str] = Counter()
        self.coverage: Counter[tuple[str, date | None, str]] = Counter()
        self._kept: Counter[str] = Counter()
        self._folder = folder
        self._documents = Growing(folder / "documents.parquet", "staged_documents")
        self._signals = Growing(folder / "signals.parquet", "staged_signals")
        self._skipped = Growing(folder / "skipped.parquet", "skipped")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for table in (self._documents, self._signals, self._skipped):
            table.close()

    def take(self, name: str, found: _Found) -> None:
        """Take in what became of one document."""
        if found.document is not None:
            place = self._documents.rows
            self._documents.add(found.document)
            self._kept[month_of(found.day)] += 1
            for signal in found.signals:
                self._signals.add({**signal, "row": place})
        if found.fate in _TOLD:
            # A key or an address may hold half a character, which no table takes.
            url = None if found.url is None else whole(found.url)
            self._skipped.add({"name": whole(name), "url": url, "fate": str(found.fate), "why": whole(found.why)})
        self.fates[str(found.fate)] += 1
        self.coverage[whole(site_of(found.url) or ""), found.day, str(found.fate)] += 1

    def finish(self) -> None:
        """Write the rest, the coverage and the summary."""
        for table in (self._documents, self._signals, self._skipped):
            table.close()
        rows = sorted(self.coverage.items(), key=lambda item: (item[0][0], item[0][1] or date.min, item[0][2]))
        counted = [
            {"site": site or None, "day": day, "fate": fate, "documents": count} for (site, day, fate), count in rows
        ]
        write(self._folder / "coverage.parquet", "coverage", counted)
        covered = tuple({month_of(day) for _, day, _ in self.coverage})
        write_summary(self._folder, Summary(self.fates, self._kept, self._skipped.rows, covered))
