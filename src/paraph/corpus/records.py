"""A piece of the input to its records, one at a time: pages of web archives, rows of tables, lines, files.

What is wrong with the data comes out as an error in its place, and the rest goes on: a piece never fails because of what is
in it. Only the network does that, once it has failed for good, and what is missing on this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import sleep as wait
from typing import BinaryIO
from urllib.parse import urlsplit

from paraph.corpus.addresses import Sleep, is_address, opened, printable
from paraph.corpus.forms import Packing, look_at
from paraph.corpus.lines import lines
from paraph.corpus.tabular import rows
from paraph.corpus.values import Form, Piece, Record
from paraph.errors import FetchError, SourceError
from paraph.intake.dispatch import ARTICLES, is_robots
from paraph.intake.sniff import COMPRESSED, HEAD_BYTES, sniff
from paraph.intake.unpack import expand, gather, look, pieces, spool, unpack
from paraph.intake.warc import Capture, read_warc
from paraph.settings import Settings

__all__ = ["records"]

_CUT = "the archive kept only the beginning of the page"


def records(
    piece: Piece, settings: Settings, columns: Mapping[str, str] | None = None, *, sleep: Sleep = wait
) -> Iterator[Record | SourceError]:
    """Yield what may be a document in a piece, and an error for each thing that cannot be read, in the order of the file.

    Of a web archive come the captures that can hold an article: pages, texts, PDFs and feeds. A file that cannot be opened is one
    error. ``columns`` maps names of the contract to the input's own; ``sleep`` waits before a request is made again. Never more
    than one record (of Parquet: 64 rows) is in memory.

    Raises FetchError where the network fails for good, and MissingExtra; the piece is to be done again then.
    """
    columns = columns or {}
    if piece.form is Form.FILES:
        for address in piece.addresses[piece.start : piece.stop]:
            yield from _told(_file(address, settings, sleep), printable(address))
        return
    name = printable(piece.addresses[0])
    if piece.form is Form.PARQUET:
        yield from _told(rows(piece, settings, columns, sleep=sleep), name)
    else:
        yield from _told(_ranged(piece, name, settings, columns, sleep), name)


def _told(found: Iterator[Record | SourceError], name: str) -> Iterator[Record | SourceError]:
    """Yield what is found and, as the last value, the error that ended it."""
    try:
        yield from found
    except FetchError:
        raise
    except SourceError as error:
        yield error
    except OSError as error:
        cause = f"reading it failed here, and what follows in this piece is left out ({error.strerror or error})"
        yield SourceError(name, cause, "look at the disk that it lies on")


def _ranged(
    piece: Piece, name: str, settings: Settings, columns: Mapping[str, str], sleep: Sleep
) -> Iterator[Record | SourceError]:
    # A server that does not say how long a file is leaves the plan without its end.
    stop = piece.stop or None
    most = settings.max_archive_bytes
    with opened(piece.addresses[0], start=piece.start, stop=stop, most=most, sleep=sleep) as file:
        if piece.form is Form.JSONL:
            yield from lines(file, piece.start, stop, name, settings, columns)
            return
        # As the plan does it: all pieces of a file are read in one way, though its beginning be damaged.
        head = file.read(HEAD_BYTES)
        packing = look_at(piece.addresses[0], head)[1]
        file.seek(0)
        if packing is not Packing.OTHER:
            yield from _captures(file, packing is Packing.GZIP, (piece.start, stop), name, settings)
            return
        chunks = pieces(file)
        # Of a damaged one only the outermost layer may be seen.
        for layer in look(head)[0] or {sniff(head)} & COMPRESSED:
            chunks = expand(chunks, layer, source=name, settings=settings)
        cause = f"it unpacks to more than {most:,} bytes"
        with spool(chunks, source=name, limit=most, cause=cause, cure="raise max_archive_bytes") as unpacked:
            yield from _captures(unpacked, False, (0, None), name, settings)


def _captures(
    file: BinaryIO, packed: bool, part: tuple[int, int | None], name: str, settings: Settings
) -> Iterator[Record | SourceError]:
    for one in read_warc(file, packed=packed, source=name, settings=settings, part=part):
        if isinstance(one, SourceError):
            yield one
            continue
        try:
            record = _page(one, settings)
        except SourceError as error:
            yield error
        else:
            if record is not None:
                yield record


def _page(capture: Capture, settings: Settings) -> Record | None:
    data = capture.data
    form = sniff(data)
    if form in COMPRESSED:
        data = unpack(data, source=capture.name, settings=settings)
        form = sniff(data)
    if form not in ARTICLES or is_robots(capture.url):
        return None
    notes = (_CUT,) if capture.is_cut else ()
    return Record(capture.name, data, None, capture.url, capture.charset, capture.fetched, notes)


def _file(address: str, settings: Settings, sleep: Sleep) -> Iterator[Record | SourceError]:
    name = printable(address)
    most = settings.max_source_bytes
    with opened(address, most=most, sleep=sleep) as file:
        data = gather(
            pieces(file),
            source=name,
            limit=most,
            cause=f"it is larger than {most:,} bytes",
            cure="raise max_source_bytes if you want it",
        )
    is_page = is_address(address) and urlsplit(address).scheme in ("http", "https")
    yield Record(name, data, url=address if is_page else None)
