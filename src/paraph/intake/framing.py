"""The framing of web archives: where each record lies, in a file sound or damaged, whole or a part of it.

It is our own, for a reader that trusts each record's length stops at the first wrong one: here a record counts as whole if
what follows it is where a record may end, and after damage the reading goes on at the next member of the gzip file or the
next line "WARC/1.". Never more than one record is in memory. Format: ISO 28500:2017.

A part of an archive owns what lies between the first opening in it and the first opening behind it, an opening being a line
"WARC/1." with a type soon after it or, packed, a gzip member that begins with one. So the parts of an archive, cut anywhere,
hold together what the whole holds, damage included.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, cast

from paraph.intake.unpack import IN_MEMORY, PIECE
from paraph.settings import Settings

__all__ = ["BLANK", "CUT", "HEADER_BYTES", "RUN_UP", "Framed", "fields_of", "frames"]

# Longest header of a record, and of the HTTP answer in it; real ones stay under 8 kB.
HEADER_BYTES = 65_536
_FIRST_BYTES = 4096
# Bytes looked at behind the first line of what may be a record for its type, which real writers put among the first.
_TYPE_WITHIN = 2048
# Bytes read at once when looking for the next record, once it is not near.
_WINDOW = 1_000_000
# A part is framed from so many bytes before it on, so that an opening inside of a record (a page that shows one, an archive
# kept in an archive) is not taken for the part's first: most records are shorter. Set by eye.
RUN_UP = 262_144
# Members of a gzip file that break are read again from their middle, so that what they swallowed is found. This many times
# the size of the archive may be read so in all; beyond, the reading goes on where the member broke.
_REREAD = 8
# Places that look like a gzip member and hold no record: by chance one in 16 MB, on purpose one every three bytes.
_MOST_PLACES = 100_000
# Most output of a gzip member that is looked at whatever its size when packed.
_FREE_OUTPUT = 1_000_000
# Bytes that the engine may hand out at once: a tenth faster than 64 kB on pages of 175 kB, and little beside a record.
_OUTPUT = 1 << 20

CUT = "the record is cut off"
_RUBBISH = "there is rubbish between the records"
_WRONG_LENGTH = "its length is wrong"

_MAGIC = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/[01]\.[0-9]{1,2}\r?\n")
BLANK = re.compile(rb"\r?\n\r?\n")
_AFTER = re.compile(rb"[\r\n]{0,8}(?:WARC/|\Z)")


@dataclass(frozen=True, slots=True)
class Framed:
    """Where a record lies in ``file``, open until the next is asked for; ``fault`` says what is wrong with it, if anything.

    ``place`` is the byte of the archive at which it, or the gzip member that it is in, begins, and ``inside`` its number in
    that member, from 1. ``is_suspect`` says that what ``file`` holds may be wrong.
    """

    file: BinaryIO
    fields: Mapping[str, str]
    start: int
    end: int
    place: int
    inside: int = 1
    fault: str = ""
    is_large: bool = False
    is_suspect: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    """Where a record lies in its file: from ``at`` on, its block between ``start`` and ``end``."""

    at: int
    fields: Mapping[str, str]
    start: int
    end: int
    fault: str = ""


def frames(
    file: BinaryIO, *, packed: bool, settings: Settings, start: int = 0, stop: int | None = None
) -> Iterator[Framed]:
    """Yield the records of an archive, or of its part from byte ``start`` to ``stop``, damaged ones with their fault.

    ``file`` can be sought in and gives as many bytes as are asked for while there are any; ``packed`` says that it is gzip.
    Bytes before ``start - RUN_UP`` are not read. An archive that an archive keeps unpacked, longer than ``RUN_UP`` and lying
    across ``start``, is taken for a part of the outer one.
    """
    size = file.seek(0, 2)
    stop = size if stop is None or stop > size else stop
    if not packed:
        for record in _records(file, start, stop, size):
            yield Framed(file, record.fields, record.start, record.end, record.at, 1, record.fault)
        return
    for member in _members(file, settings, start, stop, size):
        number = 0
        with member.file as inside:
            for record in _records(inside, 0, member.size, member.size):
                # Of a broken member only what is whole counts; its own fault says the rest.
                if not (member.fault and record.fault):
                    number += 1
                    yield Framed(
                        inside,
                        record.fields,
                        record.start,
                        record.end,
                        member.place,
                        number,
                        record.fault,
                        is_suspect=member.is_suspect,
                    )
            if member.fault:
                yield Framed(inside, {}, 0, 0, member.place, number + 1, member.fault, member.is_large)


# ---- records


def _records(file: BinaryIO, start: int, stop: int, size: int) -> Iterator[_Record]:
    """Yield the records of an unpacked archive, or of a part of it."""
    owned = start == 0
    at = 0 if start <= RUN_UP else _next_start(file, start - RUN_UP)
    while at is not None:
        at = _skip_line_ends(file, at)
        if at >= size:
            return
        head = _head(file, at)
        if (at >= stop or not owned) and at >= start and _opens(head, 0):
            if at >= stop:
                return
            owned = True
        if head.count(0) == len(head) and not any(file.read(HEADER_BYTES)):
            # Padding, or a hole in the file.
            following = _next_start(file, at)
            if owned and following is not None:
                yield _Record(at, {}, at, at, _RUBBISH)
        else:
            record = _record(file, head, at, size)
            if owned:
                yield record
            following = _next_start(file, max(at + 1, record.start)) if record.fault else record.end
        at = following


def _record(file: BinaryIO, head: bytes, at: int, size: int) -> _Record:
    if _VERSION.match(head) is None:
        return _Record(at, {}, at, at, _RUBBISH)
    blank = BLANK.search(head)
    if blank is None:
        return _Record(at, {}, at + 5, at, "its header has no end")
    fields = fields_of(head[: blank.start()])
    start = at + blank.end()
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        return _Record(at, fields, at + 5, at, "its header does not say how long it is")
    end = start + int(length)
    if end > size:
        fault = _WRONG_LENGTH if _next_start(file, start) is not None else CUT
        return _Record(at, fields, start, end, fault)
    file.seek(end)
    after = file.read(16)
    if after and not after.startswith((b"\r\n\r\n", b"\n\n")) and not _AFTER.match(after):
        return _Record(at, fields, start, end, _WRONG_LENGTH)
    return _Record(at, fields, start, end)


def _head(file: BinaryIO, at: int) -> bytes:
    """Return enough bytes from ``at`` on to hold a header: few at first, for most headers are short."""
    file.seek(at)
    head = file.read(_FIRST_BYTES)
    return head if BLANK.search(head) or not _VERSION.match(head) else head + file.read(HEADER_BYTES - _FIRST_BYTES)


def _skip_line_ends(file: BinaryIO, at: int) -> int:
    length = 16  # two lines at most, in a sound archive
    while True:
        file.seek(at)
        piece = file.read(length)
        rest = piece.lstrip(b"\r\n")
        at += len(piece) - len(rest)
        if rest or not piece:
            return at
        length = PIECE


def _opens(data: bytes, at: int) -> bool:
    """Whether a record opens there: its version, and soon a type."""
    found = _VERSION.match(data, at)
    return found is not None and b"warc-type" in data[found.end() : found.end() + _TYPE_WITHIN].lower()


def _next_start(file: BinaryIO, at: int) -> int | None:
    """Return where, from ``at`` on, a record opens. Rubbish before it may end without a line."""
    length = PIECE  # mostly it is near
    while True:
        file.seek(at)
        window = file.read(length)
        is_last = len(window) < length
        for found in _VERSION.finditer(window):
            if not is_last and len(window) - found.end() < _TYPE_WITHIN:
                break  # too near to the window's end to tell
            if _opens(window, found.start()):
                return at + found.start()
        if is_last:
            return None
        at += length - _TYPE_WITHIN - 32
        length = _WINDOW


def fields_of(block: bytes) -> dict[str, str]:
    """Return the fields of a header, names in small letters; the values of a repeated name are joined by commas."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in block.split(b"\n")[1:]:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text[:1] in (" ", "\t") and name:
            found[name][-1] = f"{found[name][-1]} {text.strip()}".strip()
            continue
        before, colon, after = text.partition(":")
        if colon:
            name = before.strip().lower()
            found.setdefault(name, []).append(after.strip())
    return {name: ", ".join(values) for name, values in found.items()}


# ---- gzip


@dataclass(frozen=True, slots=True)
class _Member:
    """The gzip member at ``place``, unpacked; ``is_suspect`` says that what came out of it may be wrong and not only short.

    ``end`` is where it ends or breaks; ``size`` is that of ``file``.
    """

    place: int
    end: int
    file: BinaryIO
    size: int
    fault: str = ""
    is_suspect: bool = False
    is_large: bool = False


def _members(file: BinaryIO, settings: Settings, start: int, stop: int, size: int) -> Iterator[_Member]:
    search = _Search(file)
    owned = start == 0
    at = 0 if start <= RUN_UP else search.after(start - RUN_UP)
    spent, most = 0, _REREAD * max(stop - start, _WINDOW)
    while at is not None and at < size:
        file.seek(at)
        data = file.read(PIECE)
        if (at >= stop or not owned) and at >= start and _opens_record(data[:_FIRST_BYTES]):
            if at >= stop:
                return
            owned = True
        if not data.startswith(_MAGIC):
            if owned and data.count(0) < len(data):
                yield _Member(at, at, BytesIO(), 0, _RUBBISH)
            at = search.after(at + 1)
            continue
        member = _unpack_member(file, at, data, settings, kept=owned)
        if owned:
            yield member
        if not member.fault:
            at = member.end
            continue
        spent += member.end - at
        at = search.after(at + 1 if spent <= most else max(at + 1, member.end))


class _Out:
    """What a member unpacks to: in memory, and on disk beyond ``IN_MEMORY``."""

    def __init__(self, kept: bool) -> None:
        self.size = 0
        self._kept = kept
        self._parts: list[bytes] = []
        self._spilled: BinaryIO | None = None

    def write(self, piece: bytes) -> None:
        self.size += len(piece)
        if not self._kept:
            return
        if self._spilled is None and self.size > IN_MEMORY:
            self._spilled = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
            self._spilled.writelines(self._parts)
            self._parts = []
        if self._spilled is None:
            self._parts.append(piece)
        else:
            self._spilled.write(piece)

    def file(self) -> BinaryIO:
        return self._spilled or BytesIO(b"".join(self._parts))


def _unpack_member(file: BinaryIO, at: int, data: bytes, settings: Settings, *, kept: bool) -> _Member:
    """Return what the member at ``at`` unpacks to; ``data`` is its beginning, behind which ``file`` stands."""
    out = _Out(kept)
    engine = zlib.decompressobj(31)
    taken = 0
    # Room for the headers beside the largest payload.
    most = settings.max_unpacked_bytes + 2 * HEADER_BYTES

    def made(end: int, fault: str = "", *, is_suspect: bool = False, is_large: bool = False) -> _Member:
        return _Member(at, end, out.file(), out.size if kept else 0, fault, is_suspect, is_large)

    while data:
        taken += len(data)
        piece = b""
        while data or len(piece) == _OUTPUT:  # a full piece may leave more inside the engine
            try:
                piece = engine.decompress(data, _OUTPUT)
            except zlib.error as error:
                return made(at + taken, f"its gzip data is damaged ({error})", is_suspect=True)
            out.write(piece)
            if out.size > most:
                fault = f"its gzip member unpacks to more than {settings.max_unpacked_bytes:,} bytes"
                return made(at + taken, fault, is_large=True)
            if out.size > _FREE_OUTPUT and out.size > taken * settings.max_expansion:
                fault = f"it grows more than {settings.max_expansion} times over, as a bomb does"
                return made(at + taken, fault, is_large=True)
            if engine.eof:
                return made(at + taken - len(engine.unused_data))
            data = engine.unconsumed_tail
        data = file.read(PIECE)
    return made(at + taken, CUT)


class _Search:
    """Looks for gzip members that hold a record, and gives up after ``_MOST_PLACES`` places that only look like one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = _MOST_PLACES

    def after(self, at: int) -> int | None:
        """Return where, from ``at`` on, a member begins that holds a record."""
        length = PIECE  # mostly it is near
        while True:
            self._file.seek(at)
            window = self._file.read(length)
            is_last = len(window) < length
            place = window.find(_MAGIC)
            while place >= 0 and self._left:
                if not is_last and len(window) - place < _FIRST_BYTES:
                    break  # too near to the window's end to tell; the next one begins before it
                if _opens_record(window[place : place + _FIRST_BYTES]):
                    return at + place
                self._left -= 1
                place = window.find(_MAGIC, place + 1)
            if is_last or not self._left:
                return None
            at += length - _FIRST_BYTES
            length = _WINDOW


def _opens_record(packed: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(packed, 8).startswith(b"WARC/")
    except zlib.error:
        return False
