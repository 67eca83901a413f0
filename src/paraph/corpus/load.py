"""Loading: the documents of a data set with their signals into a desk, some thousand in a transaction.

What is in stays in: a load that was interrupted is taken up by the same call, which passes over what the desk has; the same
data set once more changes nothing. The desk makes its own copies and deals of what it is given, together with what it holds
already; those of the data set are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from paraph.corpus.run import manifest_of
from paraph.corpus.tables import reading_of
from paraph.desk import Desk, Incoming, Many
from paraph.errors import CorpusError
from paraph.settings import Settings

__all__ = ["Loaded", "load"]

# So many rows of a table are held in memory as Python's values at a time. Set by eye.
_ROWS = 500
# As many bytes of a column are read at once: a part has one group of rows, and is not to be in memory whole.
_BUFFER = 1_000_000
# So many code points of text are added in one transaction. Set by eye: a text is held some five times, as words and as runs.
_MOST_CHARS = 20_000_000
# What is read of each row; the rest the desk works out by itself.
_DOCUMENT = "given_id url publisher title published updated fetched language kind notes text version id signals".split()
_SIGNAL = (
    "document version start end anchor stage ahead certainty source_type source parties sector instrument confidence why engine"
).split()


@dataclass(frozen=True, slots=True)
class Loaded:
    """How far a load is: documents dealt with so far of all in the data set, and what that did to the desk.

    ``new`` are documents that the desk had not heard of, ``updated`` further versions of one, ``known`` those it has to the
    last letter; ``signals`` are those of the documents that are new or updated.
    """

    documents: int
    total: int
    new: int
    updated: int
    known: int
    signals: int


def load(folder: Path, desk: Desk, *, settings: Settings | None = None) -> Iterator[Loaded]:
    """Put a data set that a run made into a desk, and yield how far it is: at the beginning, and after every transaction.

    A document counts as seen when it was fetched, where the data set knows, else now: so the days of what bears no date and the
    order of versions are those of the archive, whenever it is loaded. It counts as ``added`` by hand, not as ``watched``: of what
    a feed brings an old date is not believed, and nearly everything in an archive was fetched long after its date.

    Raises CorpusError where the folder holds no whole data set, before anything is written; DeskError where the desk cannot be
    written to. ``settings`` are the desk's if not given.
    """
    settings = settings or desk.settings
    documents, signals, total = _files(folder)
    return _loading(documents, signals, total, desk, settings)


def _loading(
    documents: Sequence[Path], signals: Sequence[Path], total: int, desk: Desk, settings: Settings
) -> Iterator[Loaded]:
    now, done = desk.now(), Many()
    yield _told(done, total)
    for batch in _batches(_incoming(documents, signals, now), settings):
        done += desk.add_many(batch)
        yield _told(done, total)


def _told(done: Many, total: int) -> Loaded:
    return Loaded(done.documents, total, done.new, done.updated, done.known, done.signals)


def _batches(given: Iterator[Incoming], settings: Settings) -> Iterator[list[Incoming]]:
    """Yield what is to be added in one transaction each: so many documents, fewer where their texts are long."""
    batch: list[Incoming] = []
    chars = 0
    for each in given:
        size = len(each.reading.document.text)
        if batch and (len(batch) == settings.corpus_load_documents or chars + size > _MOST_CHARS):
            yield batch
            batch, chars = [], 0
        batch.append(each)
        chars += size
    if batch:
        yield batch


# Reading.


def _files(folder: Path) -> tuple[list[Path], list[Path], int]:
    """Return the parts of the documents and of the signals, in order, and how many documents there are; all are there, whole."""
    manifest = manifest_of(folder)
    found: dict[str, list[Path]] = {}
    try:
        for table in ("documents", "signals"):
            found[table] = [_part(folder, table, file) for file in manifest["tables"][table]["files"]]
        total = int(manifest["tables"]["documents"]["rows"])
    except (KeyError, TypeError, ValueError) as error:
        raise CorpusError(
            f"{folder}: its manifest does not say what is in it ({error}); make the data set again"
        ) from error
    return found["documents"], found["signals"], total


def _part(folder: Path, table: str, file: Mapping[str, Any]) -> Path:
    """Return the path of a part. Raises CorpusError where it is not there as the manifest has it."""
    name = PurePosixPath(file["path"])
    if name.parts[:1] != (table,) or ".." in name.parts:
        raise ValueError(f"{name} is no part of {table}")
    path = folder / name
    try:
        size = path.stat().st_size
    except OSError as error:
        raise CorpusError(f"{path}: a part of the data set is missing ({error.strerror}); copy it whole") from error
    if size != file["bytes"]:
        raise CorpusError(
            f"{path}: it has {size:,} bytes, the manifest says {file['bytes']:,}; copy the data set again"
        )
    return path


def _incoming(documents: Sequence[Path], signals: Sequence[Path], now: datetime) -> Iterator[Incoming]:
    """Yield the documents with their signals: both tables are in the same order, so each is read once and in step."""
    rows = _rows(signals, _SIGNAL)
    for document in _rows(documents, _DOCUMENT):
        own = list(islice(rows, document["signals"]))
        if len(own) != document["signals"] or any(
            (row["document"], row["version"]) != (document["id"], document["version"]) for row in own
        ):
            raise CorpusError(
                f"{signals[0].parents[2] if signals else documents[0].parents[2]}: the signals are not in step with the "
                f"documents at {document['id']}; make the data set again"
            )
        reading = reading_of(document, own)
        yield Incoming(reading, seen=_seen(reading.document.fetched, now))
    if next(rows, None) is not None:
        raise CorpusError(f"{signals[0].parents[2]}: there are signals without a document; make the data set again")


def _seen(fetched: datetime | None, now: datetime) -> datetime:
    """Return when a document was seen: when it was fetched, where that is known and not yet to come."""
    if fetched is None:
        return now
    fetched = fetched.replace(tzinfo=UTC) if fetched.tzinfo is None else fetched
    return min(fetched, now)


def _rows(parts: Sequence[Path], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the rows of some parts, one after the other; few of them are in memory at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in parts:
        try:
            with pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER) as table:
                for batch in table.iter_batches(_ROWS, columns=list(columns)):
                    yield from batch.to_pylist()
        except (pa.ArrowException, OSError) as error:
            said = " ".join(str(error).split())[:200]
            raise CorpusError(f"{path}: it cannot be read ({said}); copy the data set again") from error
